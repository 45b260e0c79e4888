package embed_test

import (
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

func BenchmarkCount(b *testing.B) {
	for _, bench := range []struct {
		name  string
		grid  embed.Grid
		edges int
	}{
		{"sgd-100-1-1", must(embed.SGD(100, 1, 1)), 4},
		{"sgd-1000-10-10", must(embed.SGD(1000, 10, 10)), 5},
		{"gd-100-1000", must(embed.GD(100, 1000)), 4},
		{"ragged-1000", raggedGrid(100, 100, 1000), 4},
	} {
		diagrams := enumerate(bench.edges, diagram.Single)
		for _, form := range forms {
			b.Run(bench.name+"/"+form.String(), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c := embed.NewCounter(bench.grid)
					for _, d := range diagrams {
						count(b, c, d, form)
					}
				}
			})
		}
	}
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
