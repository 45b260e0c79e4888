package sim_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/value"
)

// One epoch of SGD on ten points of the Gauss landscape, started at its minimum: by how
// much the test loss grows, measured and by theory.
func Example() {
	ctx := context.Background()
	grid, err := embed.OneEpoch(10)
	if err != nil {
		fmt.Println(err)
		return
	}
	spec := sim.Spec{
		Landscape: sim.Gauss{},
		Eta:       0.05,
		Runs:      []sim.Run{{Optimizer: sim.SGD{Grid: grid}}},
	}
	result, err := sim.Simulate(ctx, spec, 10000, sim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	measured, err := result.Estimate(sim.Snapshot{}, sim.Test, sim.Reduced)
	if err != nil {
		fmt.Println(err)
		return
	}
	theory, err := sim.Predict(ctx, spec, sim.Snapshot{}, sim.Test, 6, value.Plain)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("measured %.4f\n", measured.Mean)
	for order := 2; order <= 6; order++ {
		fmt.Printf("order %d  %.4f\n", order, theory[order])
	}
	// Output:
	// measured 0.5025
	// order 2  0.5031
	// order 3  0.5023
	// order 4  0.5026
	// order 5  0.5025
	// order 6  0.5025
}

// A run may be shared by machines, or stopped and continued, and comes out the same to the
// last bit: here three shards, of which the second finds its blocks in a folder.
func ExampleMerge() {
	ctx := context.Background()
	spec := sim.Spec{
		Landscape: sim.Archimedes{},
		Eta:       0.1,
		Runs:      []sim.Run{{Optimizer: sim.SGD{Grid: embed.Must(embed.OneEpoch(50))}}},
	}
	folder, err := os.MkdirTemp("", "blocks")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	var shards []*sim.Result
	for _, o := range []sim.Options{{Shard: 2, Shards: 3}, {Shard: 0, Shards: 3}, {Shard: 1, Shards: 3, Dir: folder}, {Shard: 1, Shards: 3, Dir: folder}} {
		result, err := sim.Simulate(ctx, spec, 2000, o)
		if err != nil {
			fmt.Println(err)
			return
		}
		shards = append(shards, result)
	}
	merged, err := sim.Merge(shards...)
	if err != nil {
		fmt.Println(err)
		return
	}
	whole, err := sim.Simulate(ctx, spec, 2000, sim.Options{Workers: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(merged.Trials(), bytes.Equal(merged.Bytes(), whole.Bytes()))
	// Output: 2000 true
}

// A theory that is 1% off is found out by enough trials: the power says beforehand by how
// many.
func ExampleJudge() {
	ctx := context.Background()
	spec := sim.Spec{
		Landscape: sim.Gauss{},
		Eta:       0.05,
		Runs:      []sim.Run{{Optimizer: sim.SGD{Grid: embed.Must(embed.OneEpoch(1))}}},
	}
	estimate := func(seed uint64, trials int64) sim.Estimate {
		spec.Seed = seed
		result, err := sim.Simulate(ctx, spec, trials, sim.Options{})
		if err != nil {
			fmt.Println(err)
			return sim.Estimate{}
		}
		x, err := result.Estimate(sim.Snapshot{}, sim.Gap, sim.Reduced)
		if err != nil {
			fmt.Println(err)
		}
		return x
	}
	// The gap after one update, ½ e^{η/2} ((1+η)^{−1/2} − (1+η)^{−3/2}), and 1% more.
	truth := math.Exp(spec.Eta/2) / 2 * (math.Pow(1+spec.Eta, -0.5) - math.Pow(1+spec.Eta, -1.5))
	wrong := 1.01 * truth
	pilot := estimate(1, 1000)
	measured := estimate(2, 50000)
	fmt.Printf("power to see 1%% by 50000 trials: %.2f\n", sim.Power(0.01*truth, pilot.After(50000), 0.05))
	for _, theory := range []float64{truth, wrong} {
		v := sim.Verdict{Eta: spec.Eta, Time: 1, Observable: sim.Gap, Theory: value.Estimate{Mean: theory}, Measured: measured}
		fmt.Println("rejected:", sim.Judge(0.05, []sim.Verdict{v}).Rejected == 1)
	}
	// Output:
	// power to see 1% by 50000 trials: 1.00
	// rejected: false
	// rejected: true
}

// Epochs after the first see the same noise again: the difference between two optimizers
// is best measured on the same points, as a contrast.
func ExampleContrast() {
	one := embed.Must(embed.SGD(10, 1, 1))
	ten := embed.Must(embed.SGD(10, 10, 10)) // GD
	contrast := sim.Contrast{First: sim.Snapshot{Run: 0}, Second: sim.Snapshot{Run: 1}}
	result, err := sim.Simulate(context.Background(), sim.Spec{
		Landscape: sim.Mean{H: 0.5, S: 1},
		Start:     []float64{1},
		Eta:       0.1,
		Runs:      []sim.Run{{Optimizer: sim.SGD{Grid: one}}, {Optimizer: sim.SGD{Grid: ten}}},
		Contrasts: []sim.Contrast{contrast},
	}, 3000, sim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range []sim.Observable{sim.Test, sim.Displacement(0)} {
		x, err := result.Estimate(contrast, o, sim.Reduced)
		fmt.Printf("%v %.6f %v\n", o, max(x.Mean, 0), err)
	}
	// Output:
	// test 0.000348 <nil>
	// displacement[0] 0.000000 <nil>
}
