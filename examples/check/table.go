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

func printTable(w io.Writer, o *options, points []point) error {
	fmt.Fprintf(w, "%s, %v", o.source, o.optimizer)
	if o.against != nil {
		fmt.Fprintf(w, ", less %v", o.against)
	}
	fmt.Fprintf(w, ", %d trials at each η\n\n", o.trials)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "η\tT\tobservable\tmeasured\t± 1 s.e.\t")
	shown := kindsOf(points)
	for _, kind := range shown {
		for d := range o.order {
			fmt.Fprintf(t, "%v %d\t", kind, d+1)
			if points[0].Errors[kind] != nil {
				fmt.Fprint(t, "± 1 s.e.\tz\t")
			}
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
		for _, kind := range shown {
			for d := range o.order {
				switch {
				case p.Theory[kind] == nil:
					fmt.Fprint(t, "–\t")
				case p.Errors[kind] == nil:
					fmt.Fprintf(t, "%.7g\t", p.Theory[kind][d])
				default:
					fmt.Fprintf(t, "%.7g\t%.2g\t%.2f\t", p.Theory[kind][d], p.Errors[kind][d], p.z(kind, d))
				}
			}
		}
		fmt.Fprintf(t, "%.2f\t%.2f\t\n", p.Z, p.Power)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if points[0].Errors != nil {
		fmt.Fprint(w, "\nThe errors of the values are those of the statistics: they are common to all points.\n")
	}
	return printVerdict(w, points[0].best, o.order, sim.Judge(level, verdicts))
}

// kindsOf returns the names of the kinds of value that some point has.
func kindsOf(points []point) []string {
	var out []string
	for _, kind := range kinds {
		name := kind.String()
		if slices.ContainsFunc(points, func(p point) bool { return p.Theory[name] != nil }) {
			out = append(out, name)
		}
	}
	return out
}

func printVerdict(w io.Writer, best string, order int, r sim.Report) error {
	fmt.Fprintf(w, "\nz compares with %s values of order %d; power is the chance, computed beforehand, to see %v%% more of the effect.\n", best, order, 100*planted)
	fmt.Fprintf(w, "%d of %d points are rejected at %v%%, where chance rejects %.2g; the largest |z| is %.2f, chance gives one with probability %.2g.\n",
		r.Rejected, r.Points, 100*r.Level, r.Expected, r.Largest, r.Family)
	if r.Diverged > 0 {
		fmt.Fprintf(w, "%d trials diverged and are left out.\n", r.Diverged)
	}
	return nil
}
