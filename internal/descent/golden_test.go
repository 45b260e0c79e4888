package descent_test

import (
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/golden"
)

// Every observable of every recorded case, to every recorded order.
func TestGolden(t *testing.T) {
	for _, c := range golden.Series() {
		t.Run(c.Name, func(t *testing.T) {
			e := expand(t, problemOf(c), c.Order)
			want := c.Series
			same(t, "test loss", e.TestLoss(), want.Test)
			same(t, "train loss", e.TrainLoss(), want.Train)
			same(t, "gap", e.Gap(), want.Gap)
			same(t, "variance of the test loss", e.TestLossVariance(), want.TestLossVariance)
			covariance := e.WeightCovariance()
			for mu, s := range e.Displacement() {
				same(t, "displacement", s, want.Displacement[mu])
				for nu, s := range covariance[mu] {
					same(t, "covariance of the weights", s, want.Covariance[mu][nu])
				}
			}
		})
	}
}

func BenchmarkGolden(b *testing.B) {
	for _, c := range golden.Series() {
		p := problemOf(c)
		b.Run(c.Name, func(b *testing.B) {
			for b.Loop() {
				e, err := descent.Expand(p, c.Order)
				if err != nil {
					b.Fatal(err)
				}
				e.Gap()
				e.TestLossVariance()
				e.Displacement()
				e.WeightCovariance()
			}
		})
	}
}

// problemOf returns the problem of a recorded case.
func problemOf(c golden.SeriesCase) descent.Problem {
	p := descent.Problem{Dim: c.Landscape.Dim, Theta: c.Landscape.Theta, N: c.Grid.N, T: c.Grid.T}
	for _, cell := range c.Grid.Cells {
		p.Cells = append(p.Cells, descent.Cell(cell))
	}
	for _, datum := range c.Landscape.Data {
		d := descent.Datum{Prob: datum.Prob}
		for _, term := range datum.Loss {
			d.Loss = append(d.Loss, descent.Term(term))
		}
		p.Data = append(p.Data, d)
	}
	return p
}

func expand(t testing.TB, p descent.Problem, order int) *descent.Ensemble {
	t.Helper()
	e, err := descent.Expand(p, order)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func same(t testing.TB, name string, got descent.Series, want []*big.Rat) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s: %v, want %v", name, got, descent.Series(want))
	}
}
