package embed_test

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// One epoch over four samples visits four cells, one per step, so a chain of two edges
// embeds once for each pair of steps: C(4, 2) = 6. If its nodes share a sample it does
// not embed, since a sample has but one step.
func Example() {
	counter := embed.NewCounter(embed.Must(embed.OneEpoch(4)))
	for _, text := range []string{"(0-1-2)(01-12)", "(01-2)(01-12)"} {
		count, err := counter.Count(context.Background(), diagram.MustParse(text), embed.Cumulant)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %v maps, W = %v\n", text, count.Maps, count.Weight.RatString())
	}
	// Output:
	// (0-1-2)(01-12): 6 maps, W = 6
	// (01-2)(01-12): 0 maps, W = 0
}

// Two epochs over four points in batches of two: four updates of two cells each.
func ExampleSGD() {
	grid, err := embed.SGD(4, 2, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("N=%d T=%d, %v cells\n", grid.Rows(), grid.Columns(), grid.CellCount())
	for c := range grid.Cells() {
		if c.T < 2 {
			fmt.Printf("update %d uses point %d with weight %v\n", c.T, c.N, c.Weight)
		}
	}
	// Output:
	// N=4 T=4, 8 cells
	// update 0 uses point 0 with weight 1/2
	// update 0 uses point 1 with weight 1/2
	// update 1 uses point 2 with weight 1/2
	// update 1 uses point 3 with weight 1/2
}

// A grid of any size takes no memory. That two gradients of one point multiply at the
// same level of the tree, (01-2)(02-12), has the weight N T² / N² = T²/N.
func ExampleGD() {
	grid := embed.Must(embed.GD(1_000_000, 2_000_000_000))
	count, err := embed.NewCounter(grid).Count(context.Background(), diagram.MustParse("(01-2)(02-12)"), embed.Cumulant)
	fmt.Println(count.Weight.RatString(), err)
	// Output: 4000000000000 <nil>
}

// A ragged last batch, and a second epoch at half the rate: three points in batches of
// two and one.
func ExampleNew() {
	var cells []embed.Cell
	for epoch, rate := range []*big.Rat{big.NewRat(1, 1), big.NewRat(1, 2)} {
		t := int64(2 * epoch)
		half := new(big.Rat).Quo(rate, big.NewRat(2, 1))
		cells = append(cells,
			embed.Cell{N: 0, T: t, Weight: half},
			embed.Cell{N: 1, T: t, Weight: half},
			embed.Cell{N: 2, T: t + 1, Weight: rate},
		)
	}
	grid, err := embed.New(3, 4, cells)
	if err != nil {
		fmt.Println(err)
		return
	}
	// The weights add up to what multiplies −ηG: 1 + 1 + 1/2 + 1/2.
	count, err := embed.NewCounter(grid).Count(context.Background(), diagram.MustParse("(0-1)(01)"), embed.Cumulant)
	fmt.Println(count.Weight.RatString(), err)
	// Output: 3 <nil>
}

func ExampleReshuffled() {
	grid, err := embed.Reshuffled(3, 1, [][]int64{{0, 1, 2}, {2, 0, 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for c := range grid.Cells() {
		fmt.Print(c.N, " ")
	}
	// Output: 0 1 2 2 0 1
}

func ExampleParse() {
	for _, text := range []string{"sgd N=10 E=2 B=5", "gd N=10 T=20 rate=1/2", "sgd N=10 B=3"} {
		grid, err := embed.Parse(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %d rows, %d columns, %v cells\n", text, grid.Rows(), grid.Columns(), grid.CellCount())
	}
	// Output:
	// sgd N=10 E=2 B=5: 10 rows, 4 columns, 20 cells
	// gd N=10 T=20 rate=1/2: 10 rows, 20 columns, 200 cells
	// grid "sgd N=10 B=3": no such grid: B=3 does not divide N=10
}

// The untied corolla on two points, one epoch: in cumulant form its nodes go anywhere, in
// moment form they must take different points.
func ExampleCounter_Count() {
	counter := embed.NewCounter(embed.Must(embed.OneEpoch(2)))
	corolla := diagram.MustParse("(0-1-2)(02-12)")
	for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
		count, err := counter.Count(context.Background(), corolla, form)
		fmt.Printf("%v form: %v maps %v\n", form, count.Maps, err)
	}
	// Output:
	// cumulant form: 4 maps <nil>
	// moment form: 2 maps <nil>
}

// Of the nine maps of a corolla into one epoch of three, the two nodes being alike, six
// embeddings remain: three with a symmetry.
func ExampleEmbeddings() {
	grid := embed.Must(embed.OneEpoch(3))
	embeddings, err := embed.Embeddings(diagram.MustParse("(0-1-2)(02-12)"), grid, embed.Cumulant)
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range embeddings {
		fmt.Printf("times %d and %d, %v automorphisms\n", e.Cells[0].T, e.Cells[1].T, e.Aut)
	}
	// Output:
	// times 0 and 0, 2 automorphisms
	// times 0 and 1, 1 automorphisms
	// times 0 and 2, 1 automorphisms
	// times 1 and 1, 2 automorphisms
	// times 1 and 2, 1 automorphisms
	// times 2 and 2, 2 automorphisms
}
