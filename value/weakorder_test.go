package value

import (
	"context"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// With k steps among T that have events there are C(T, k) ways to choose them, so weak
// orders of the nodes count the maps into a grid of one row, and those of the parts the
// maps into one epoch. For a corolla they are the Fubini numbers (OEIS A000670).
func TestHistoriesCountMaps(t *testing.T) {
	const steps = 5
	for _, roots := range []diagram.Roots{diagram.Single, diagram.Bridged} {
		for edges := range 6 {
			seq, err := diagram.Enumerate(edges, diagram.Options{Roots: roots})
			if err != nil {
				t.Fatal(err)
			}
			for d := range seq {
				for nodes, grid := range map[bool]embed.Grid{true: embed.Must(embed.GD(1, steps)), false: embed.Must(embed.OneEpoch(steps))} {
					sum := new(big.Int)
					for _, h := range histories(d, nodes, false) {
						ways := new(big.Int).Binomial(steps, int64(len(h.gaps)))
						sum.Add(sum, ways.Mul(ways, big.NewInt(int64(h.repeats))))
					}
					want, err := embed.NewCounter(grid).Count(context.Background(), d, embed.Cumulant)
					if err != nil {
						t.Fatal(err)
					}
					if sum.Cmp(want.Maps) != 0 {
						t.Errorf("%v, nodes %v: %v maps, want %v", d, nodes, sum, want.Maps)
					}
				}
			}
		}
	}
	for edges, want := range []int{1, 1, 3, 13, 75, 541} {
		parent, part := make([]int, edges+1), make([]int, edges+1)
		for v := range parent {
			parent[v], part[v] = edges, v
		}
		parent[edges] = -1
		corolla, err := diagram.New(parent, part)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, h := range histories(corolla, true, false) {
			count += h.repeats
		}
		if count != want {
			t.Errorf("%d events have %d weak orders, want %d", edges, count, want)
		}
	}
}

// Of strict orders there are as many as orders of P Prop. 1 times automorphisms, where each
// node is a part.
func TestHistoriesStrict(t *testing.T) {
	for d := range diagram.All(5) {
		if d.Partition().NumParts() < d.Nodes() {
			continue
		}
		count := 0
		for _, h := range histories(d, true, true) {
			count += h.repeats
		}
		if want := new(big.Int).Mul(d.Orderings(), d.Aut()); want.Cmp(big.NewInt(int64(count))) != 0 {
			t.Errorf("%v: %d strict orders, want %v", d, count, want)
		}
	}
}
