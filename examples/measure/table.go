package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/value"
)

// printTable prints what was measured on which data, and the values by order.
func printTable(w io.Writer, o *options, r *measure.Result) error {
	every := make([]float64, o.Points().Len())
	for i := range every {
		every[i] = float64(i)
	}
	s := r.Spec()
	fmt.Fprintf(w, "%s\n%d weights; at the start the loss is %.6g and the accuracy %.4g\n", o.Source, o.Dim(),
		o.MeanLoss(o.Start), o.Accuracy(o.Start, every))
	fmt.Fprintf(w, "%v values from %d blocks, with batches of %d images; written to %s\n\n", s.Form, r.Blocks(), s.Batch, o.out)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "order\tvalue\t± 1 s.e.\tdiagram\t  meaning")
	for _, d := range s.Diagrams {
		e, err := r.Value(d)
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%d\t%.6g\t%.2g\t%v\t  %s\n", d.Edges(), e.Mean, e.StdErr, d, value.TestLoss().Symbol(d, s.Form))
	}
	return t.Flush()
}
