package sim_test

import (
	"context"
	"fmt"

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
