package value_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// curved is a landscape in three dimensions with four data, whose losses have all
// monomials up to degree 4.
func curved(b testing.TB) *tensor.Finite {
	r := rand.New(rand.NewPCG(3, 4))
	var data []tensor.Datum
	for i := range int64(4) {
		var terms []tensor.Term
		for degree := range 5 {
			for _, exp := range exponents(3, degree) {
				terms = append(terms, tensor.Term{Coef: big.NewRat(r.Int64N(19)-9, 1+r.Int64N(3)), Exp: exp})
			}
		}
		loss, err := tensor.NewPolynomial(3, terms)
		if err != nil {
			b.Fatal(err)
		}
		data = append(data, tensor.Datum{Prob: big.NewRat(1+i, 10), Loss: loss})
	}
	l, err := tensor.NewFinite([]*big.Rat{big.NewRat(1, 2), big.NewRat(-1, 3), big.NewRat(0, 1)}, data)
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// The terms of the test loss of SGD in two epochs.
func BenchmarkExpand(b *testing.B) {
	grid := embed.Must(embed.SGD(10, 2, 1))
	for _, workers := range []int{1, 2} {
		for _, order := range []int{6, 7, 8} {
			name := fmt.Sprintf("order=%d", order)
			if workers > 1 {
				name = fmt.Sprintf("workers=%d/%s", workers, name)
			}
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := value.ExpandWorkers(context.Background(), embed.NewCounter(grid), value.TestLoss(), order, embed.Cumulant, workers); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// The test loss of GD and of SGD in two epochs.
func BenchmarkSeries(b *testing.B) {
	ctx := context.Background()
	const order = 6
	l := curved(b)
	grids := []embed.Grid{embed.Must(embed.GD(10, 20)), embed.Must(embed.SGD(10, 2, 1))}
	b.Run(fmt.Sprintf("exact/order=%d", order), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p := value.ExactPoint(l)
			for _, g := range grids {
				evaluate(b, ctx, g, order, p)
			}
		}
	})
	b.Run(fmt.Sprintf("float64/order=%d", order), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			samples, err := l.Samples(order)
			if err != nil {
				b.Fatal(err)
			}
			p := value.Point[float64]{Ring: mobius.Float64{}, Statistics: tensor.Cache[float64](samples)}
			for _, g := range grids {
				evaluate(b, ctx, g, order, p)
			}
		}
	})
}

func evaluate[T any](b *testing.B, ctx context.Context, g embed.Grid, order int, p value.Point[T]) {
	s, err := value.Expand(ctx, g, value.TestLoss(), order, embed.Cumulant)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := value.Evaluate(ctx, s, p); err != nil {
		b.Fatal(err)
	}
}

// One epoch of SGD, and GD, where every irreducible diagram happens.
func BenchmarkResummed(b *testing.B) {
	ctx := context.Background()
	grids := []struct {
		name string
		grid embed.Grid
	}{{"sgd", embed.Must(embed.OneEpoch(1000))}, {"gd", embed.Must(embed.GD(100, 1000))}}
	for _, size := range []struct{ order, dim int }{{3, 50}, {4, 12}} {
		p := value.Point[float64]{Ring: mobius.Float64{}, Statistics: randomSamples(b, 8, size.dim, size.order)}
		for _, g := range grids {
			for _, kind := range []value.Kind{value.Discrete, value.Continuous} {
				r, err := value.Resum(ctx, embed.NewCounter(g.grid), value.TestLoss(), size.order, kind)
				if err != nil {
					b.Fatal(err)
				}
				b.Run(fmt.Sprintf("order=%d/dim=%d/%s/%v", size.order, size.dim, g.name, kind), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := value.EvaluateAt(ctx, r, p, 0.01); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
