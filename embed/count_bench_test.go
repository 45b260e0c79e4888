package embed_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// randomGrid is a ragged grid with the given number of random cells in every row, whose
// weights differ.
func randomGrid(rows, columns int64, perRow int) embed.Grid {
	random := rand.New(rand.NewPCG(1, 2))
	var cells []embed.Cell
	for n := range rows {
		for _, t := range random.Perm(int(columns))[:perRow] {
			cells = append(cells, cell(n, int64(t), 1+random.Int64N(5), 1+random.Int64N(3)))
		}
	}
	return must(embed.New(rows, columns, cells))
}

func BenchmarkCount(b *testing.B) {
	toSix, toFive := upTo(6), upTo(5)
	var apart []diagram.Diagram
	for _, d := range toSix {
		if embed.OpenAtOnce(d) < 2 {
			apart = append(apart, d)
		}
	}
	for _, bench := range []struct {
		name     string
		grid     embed.Grid
		diagrams []diagram.Diagram
		forms    []embed.Form
	}{
		{"sgd-1000-1-1", must(embed.SGD(1000, 1, 1)), toSix, forms},
		{"sgd-1000-10-10", must(embed.SGD(1000, 10, 10)), toSix, forms},
		{"gd-100-1000", must(embed.GD(100, 1000)), toSix, forms},
		{"ragged-1000", randomGrid(100, 100, 10), toFive, forms},
		{"ragged-100000", randomGrid(1000, 1000, 100), apart, forms[:1]},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := embed.NewCounter(bench.grid)
				for _, form := range bench.forms {
					for _, d := range bench.diagrams {
						count(b, c, d, form)
					}
				}
			}
		})
	}
}

func BenchmarkCountAll(b *testing.B) {
	grid, diagrams := randomGrid(100, 100, 10), upTo(5)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("ragged-1000/workers=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(embed.NewCounter(grid).CountAll(context.Background(), diagrams, embed.Cumulant, workers))
			}
		})
	}
}

// One epoch whose learning rate falls as 1/(t+1).
func BenchmarkSchedule(b *testing.B) {
	rates := make([]*big.Rat, 2000)
	for t := range rates {
		rates[t] = big.NewRat(1, int64(t)+1)
	}
	grid := must(must(embed.OneEpoch(2000)).Schedule(rates))
	diagrams := upTo(3)
	b.ReportAllocs()
	for b.Loop() {
		c := embed.NewCounter(grid)
		for _, d := range diagrams {
			count(b, c, d, embed.Cumulant)
		}
	}
}

func BenchmarkPolynomial(b *testing.B) {
	diagrams := upTo(6)
	b.Run("edges=6", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, d := range diagrams {
				for _, form := range forms {
					if _, _, err := embed.Polynomials(context.Background(), d, form); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	})
}

func BenchmarkEmbeddings(b *testing.B) {
	grid := must(embed.SGD(8, 2, 2))
	diagrams := enumerate(4, diagram.Single)
	b.ReportAllocs()
	for b.Loop() {
		for _, d := range diagrams {
			for range must(embed.Embeddings(d, grid, embed.Cumulant)) {
			}
		}
	}
}
