package sim

import (
	"context"
	"fmt"
	"testing"

	"github.com/perturb-go/perturb/embed"
)

// archimedesSpec is the experiment of P §C.3 for a number of updates.
func archimedesSpec(eta float64, steps int64, controls Controls) Spec {
	return Spec{
		Landscape: Archimedes{}, Eta: eta, Controls: controls, Block: 4,
		Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(steps))}}},
	}
}

// One operation is one step of one trial: drawing its point, and the update.
func BenchmarkStep(b *testing.B) {
	const steps = 10000
	for _, bench := range []struct {
		name string
		spec Spec
	}{
		{"archimedes", archimedesSpec(0.05, steps, NoControls)},
		{"archimedes-martingale", archimedesSpec(0.05, steps, Martingale)},
		{"gauss", Spec{Landscape: Gauss{}, Eta: 0.05, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(steps))}}}, Controls: NoControls}},
		{"polynomial", Spec{Landscape: cubic(b), Eta: 0.05, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(steps))}}}, Controls: NoControls}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			p, err := newPlan(bench.spec)
			if err != nil {
				b.Fatal(err)
			}
			w := newWorker(p)
			b.ReportAllocs()
			b.ResetTimer()
			for done := 0; done < b.N; done += steps {
				if err := w.trial(context.Background(), int64(done)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One operation is one trial of many steps; two workers should take half the time.
func BenchmarkWorkers(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			_, err := Simulate(context.Background(), archimedesSpec(0.05, 10000, NoControls), int64(b.N+1), Options{Workers: workers})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}

// The metric raw/reduced is how many times more trials the raw mean of the test loss takes
// to a given interval than the reduced one; trial-ns is the time of a trial.
func BenchmarkVariance(b *testing.B) {
	for _, bench := range []struct {
		name       string
		spec       Spec
		observable Observable
	}{
		{"gauss", Spec{Landscape: Gauss{}, Eta: 0.1, Test: 10, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(10))}}}}, Test},
		{"mean", Spec{Landscape: Mean{H: 0.1, S: 1}, Eta: 0.1, Test: 10, Runs: []Run{{Optimizer: SGD{embed.Must(embed.GD(10, 100))}}}}, Test},
		{"archimedes", archimedesSpec(0.05, 1000, Martingale), Displacement(2)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			trials := int64(max(b.N, 1000))
			r, err := Simulate(context.Background(), bench.spec, trials, Options{})
			if err != nil {
				b.Fatal(err)
			}
			raw, err := r.Estimate(Snapshot{}, bench.observable, Raw)
			if err != nil {
				b.Fatal(err)
			}
			reduced, err := r.Estimate(Snapshot{}, bench.observable, Reduced)
			if err != nil {
				b.Fatal(err)
			}
			ratio := raw.StdErr / reduced.StdErr
			b.ReportMetric(ratio*ratio, "raw/reduced")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(trials), "trial-ns")
		})
	}
}
