package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/perturb-go/perturb/sim"
)

func printJSON(w io.Writer, points []point) error {
	return json.NewEncoder(w).Encode(struct {
		Points []point `json:"points"`
	}{points})
}

// title says what is measured on what.
func (o *options) title() string {
	text := fmt.Sprintf("%s, %v", o.name, o.optimizer)
	if o.against != nil {
		text += fmt.Sprintf(", less %v", o.against)
	}
	return text
}

func printTable(w io.Writer, o *options, points []point) error {
	fmt.Fprintf(w, "%s, %d trials at each η\n\n", o.title(), o.trials)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "η\tT\tobservable\tmeasured\t± 1 s.e.\t")
	for _, kind := range kinds {
		for d := range o.order {
			fmt.Fprintf(t, "%v %d\t", kind, d+1)
		}
	}
	fmt.Fprint(t, "z\tpower\t\n")
	var verdicts []sim.Verdict
	for _, p := range points {
		verdicts = append(verdicts, p.verdict)
		time, observable := fmt.Sprint(p.T), p.Observable
		if o.drift {
			time, observable = fmt.Sprintf("%d–%d", p.From, p.T), observable+" per step"
		}
		fmt.Fprintf(t, "%v\t%s\t%s\t%.7g\t%.2g\t", p.Eta, time, observable, p.Measured, p.StdErr)
		for _, kind := range kinds {
			values := p.Theory[kind.String()]
			for d := range o.order {
				if values == nil {
					fmt.Fprint(t, "–\t")
				} else {
					fmt.Fprintf(t, "%.7g\t", values[d])
				}
			}
		}
		fmt.Fprintf(t, "%.2f\t%.2f\t\n", p.verdict.Z(), p.Power)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return printVerdict(w, points[0].best, o.order, sim.Judge(level, verdicts))
}

func printVerdict(w io.Writer, best string, order int, r sim.Report) error {
	fmt.Fprintf(w, "\nz compares with %s values of order %d, which leave out what higher orders add; power is the chance, computed beforehand, to see %v%% more of the effect.\n", best, order, 100*planted)
	fmt.Fprintf(w, "%d of %d points are rejected at %v%%, where chance rejects %.2g; the largest |z| is %.2f, chance gives one with probability %.2g.\n",
		r.Rejected, r.Points, 100*r.Level, r.Expected, r.Largest, r.Family)
	if r.Diverged > 0 {
		fmt.Fprintf(w, "%d trials diverged and are left out.\n", r.Diverged)
	}
	return nil
}
