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
	text := fmt.Sprintf("%s, %v", o.source, o.optimizer)
	if o.against != nil {
		text += fmt.Sprintf(", less %v", o.against)
	}
	return text
}

func printTable(w io.Writer, o *options, points []point) error {
	fmt.Fprintf(w, "%s, %d trials at each η\n\n", o.title(), o.trials)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "η\tT\tobservable\tmeasured\t± 1 s.e.\t")
	c := columnsOf(points, o.order)
	c.printHeads(t)
	fmt.Fprintln(t)
	var verdicts []sim.Verdict
	for _, p := range points {
		fmt.Fprintf(t, "%v\t%s\t%s\t%.7g\t%.2g\t", p.Eta, o.when(p), o.what(p), p.Measured, p.StdErr)
		c.print(t, p)
		fmt.Fprintln(t)
		if p.best != "" {
			verdicts = append(verdicts, p.verdict)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if o.unmeasured {
		fmt.Fprintf(w, "\nThe values are from %d blocks, measured for this table; -statistics takes those of the program measure.\n", ownBlocks)
	}
	if c.errors {
		fmt.Fprint(w, "\nThe errors of the values are those of the statistics: they are common to all points.\n")
	}
	if slices.Contains(o.observables, sim.Accuracy) && o.network != nil {
		fmt.Fprintf(w, "\nThe accuracy at the start is %.4g, on all images.\n", o.network.MeanAccuracy(o.start))
	}
	printVerdict(w, bestOf(points), o.order, sim.Judge(level, verdicts))
	return printDiverged(w, points)
}

// bestOf returns the best kind of value that points have; "" if they have none.
func bestOf(points []point) string {
	for _, p := range points {
		if p.best != "" {
			return p.best
		}
	}
	return ""
}

// columns are those of the theory in a table; there are none if no point has values.
type columns struct {
	kinds  []string // those that some point has
	order  int
	errors bool // whether values have errors, and each its z
}

func columnsOf(points []point, order int) columns {
	c := columns{order: order}
	for _, kind := range kinds {
		name := kind.String()
		if slices.ContainsFunc(points, func(p point) bool { return p.Theory[name] != nil }) {
			c.kinds = append(c.kinds, name)
		}
	}
	c.errors = slices.ContainsFunc(points, func(p point) bool { return p.Errors != nil })
	return c
}

func (c columns) printHeads(t io.Writer) {
	if len(c.kinds) == 0 {
		return
	}
	for _, kind := range c.kinds {
		for d := range c.order {
			fmt.Fprintf(t, "%v %d\t", kind, d+1)
			if c.errors {
				fmt.Fprint(t, "± 1 s.e.\tz\t")
			}
		}
	}
	fmt.Fprint(t, "z\tpower\t")
}

// print prints what a point has of the theory, and dashes for what it has not.
func (c columns) print(t io.Writer, p point) {
	if len(c.kinds) == 0 {
		return
	}
	for _, kind := range c.kinds {
		for d := range c.order {
			c.printValue(t, p, kind, d)
		}
	}
	if p.best == "" {
		fmt.Fprint(t, "–\t–\t")
		return
	}
	fmt.Fprintf(t, "%.2f\t%.2f\t", p.verdict.Z(), *p.Power)
}

// printValue prints the value of a kind through order d+1.
func (c columns) printValue(t io.Writer, p point, kind string, d int) {
	switch {
	case p.Theory[kind] == nil && c.errors:
		fmt.Fprint(t, "–\t–\t–\t")
	case p.Theory[kind] == nil:
		fmt.Fprint(t, "–\t")
	case c.errors:
		v := p.verdict
		v.Theory = p.estimate(kind, d)
		fmt.Fprintf(t, "%.7g\t%.2g\t%.2f\t", v.Theory.Mean, v.Theory.StdErr, v.Z())
	default:
		fmt.Fprintf(t, "%.7g\t", p.Theory[kind][d])
	}
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
