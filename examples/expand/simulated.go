package main

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"text/tabwriter"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

const (
	// toyTrials is the number of simulated runs of the overview at each learning rate.
	toyTrials = 20000
	// toyOrder is the highest order that they are compared with.
	toyOrder = 4
	// toySeed makes the overview the same every time.
	toySeed = 1
)

// printSimulated compares values of the three kinds, through each order, with simulated
// SGD at some learning rates.
func printSimulated(ctx context.Context, stdout io.Writer, landscape tensor.Landscape, grid embed.Grid, rates []*big.Rat) error {
	l, err := sim.Polynomial(landscape)
	if err != nil {
		return err
	}
	spec := sim.Spec{Landscape: l, Runs: []sim.Run{{Optimizer: sim.SGD{Grid: grid}}}, Seed: toySeed}
	for _, x := range landscape.Theta() {
		at, _ := x.Float64()
		spec.Start = append(spec.Start, at)
	}
	fmt.Fprintf(stdout, "\nThe same measured on %d random training sets, with its standard error. Beside it plain values, as above, and values\n"+
		"re-summed in continuous and in discrete time; z is (measured − value) in standard errors:\n\n", toyTrials)
	w := tabwriter.NewWriter(stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "η\tmeasured SGD\torder\tplain\tz\tcontinuous\tz\tdiscrete\tz")
	var last []sim.Verdict
	for _, eta := range rates {
		spec.Eta, _ = eta.Float64()
		verdicts, err := simulatedVerdicts(ctx, spec)
		if err != nil {
			return err
		}
		for i, row := range verdicts {
			if i == 0 {
				fmt.Fprintf(w, "%s\t%.8f ± %.1g", eta.FloatString(2), row[0].Measured.Mean, row[0].Measured.StdErr)
			} else {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprintf(w, "\t%d", i+1)
			for _, v := range row {
				fmt.Fprintf(w, "\t%.8f\t%.1f", v.Theory.Mean, v.Z())
			}
			fmt.Fprintln(w)
			if i == toyOrder-1 {
				last = append(last, row[value.Discrete])
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	report := sim.Judge(0.05, last)
	_, err = fmt.Fprintf(stdout, "\nDiscrete values of order %d: %d of %d rejected at 5%%, the largest |z| is %.1f. More with go run ./examples/check.\n",
		toyOrder, report.Rejected, report.Points, report.Largest)
	return err
}

// simulatedVerdicts sets the measured test loss against values of each kind, by order from 1
// and then by kind.
func simulatedVerdicts(ctx context.Context, spec sim.Spec) ([][]sim.Verdict, error) {
	result, err := sim.Simulate(ctx, spec, toyTrials, sim.Options{})
	if err != nil {
		return nil, err
	}
	measured, err := result.Estimate(sim.Snapshot{}, sim.Test, sim.Reduced)
	if err != nil {
		return nil, err
	}
	verdicts := make([][]sim.Verdict, toyOrder)
	for _, kind := range []value.Kind{value.Plain, value.Continuous, value.Discrete} {
		theory, err := sim.Predict(ctx, spec, sim.Snapshot{}, sim.Test, toyOrder, kind)
		if err != nil {
			return nil, err
		}
		for i := range verdicts {
			v := sim.Verdict{Eta: spec.Eta, Observable: sim.Test, Theory: value.Estimate{Mean: theory[i+1]}, Measured: measured}
			verdicts[i] = append(verdicts[i], v)
		}
	}
	return verdicts, nil
}
