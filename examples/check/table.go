package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
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
	theory := slices.ContainsFunc(points, func(p point) bool { return p.best != "" })
	if theory {
		printTheoryHeads(t, o.order)
	}
	fmt.Fprintln(t)
	var verdicts []sim.Verdict
	for _, p := range points {
		time, observable := fmt.Sprint(p.T), p.Observable
		if o.drift {
			time, observable = fmt.Sprintf("%d–%d", p.From, p.T), observable+" per step"
		}
		fmt.Fprintf(t, "%v\t%s\t%s\t%.7g\t%.2g\t", p.Eta, time, observable, p.Measured, p.StdErr)
		if theory {
			printTheory(t, o.order, p)
		}
		fmt.Fprintln(t)
		if p.best != "" {
			verdicts = append(verdicts, p.verdict)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	printVerdict(w, points[0].best, o.order, sim.Judge(level, verdicts))
	return printDiverged(w, points)
}

func printTheoryHeads(t io.Writer, order int) {
	for _, kind := range kinds {
		for d := range order {
			fmt.Fprintf(t, "%v %d\t", kind, d+1)
		}
	}
	fmt.Fprint(t, "z\tpower\t")
}

// printTheory prints what a point has of the theory, and dashes for what it has not.
func printTheory(t io.Writer, order int, p point) {
	for _, kind := range kinds {
		values := p.Theory[kind.String()]
		for d := range order {
			if values == nil {
				fmt.Fprint(t, "–\t")
			} else {
				fmt.Fprintf(t, "%.7g\t", values[d])
			}
		}
	}
	if p.best == "" {
		fmt.Fprint(t, "–\t–\t")
		return
	}
	fmt.Fprintf(t, "%.2f\t%.2f\t", p.verdict.Z(), *p.Power)
}

func printVerdict(w io.Writer, best string, order int, r sim.Report) {
	if best == "" {
		fmt.Fprint(w, "\nThe theory has no values here to compare with.\n")
		return
	}
	fmt.Fprintf(w, "\nz compares with %s values of order %d, which leave out what higher orders add; power is the chance, computed beforehand, to see %v%% more of the effect.\n", best, order, 100*planted)
	fmt.Fprintf(w, "%d of %d points are rejected at %v%%, where chance rejects %.2g; the largest |z| is %.2f, chance gives one with probability %.2g.\n",
		r.Rejected, r.Points, 100*r.Level, r.Expected, r.Largest, r.Family)
}

// printDiverged says how many trials the means are without.
func printDiverged(w io.Writer, points []point) error {
	diverged := int64(0)
	for _, p := range points {
		diverged += p.Diverged
	}
	if diverged == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "%d trials diverged, counted at each point, and are left out: means are over the others.\n", diverged)
	return err
}
