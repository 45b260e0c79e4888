package value_test

import (
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/golden"
	"github.com/perturb-go/perturb/value"
)

// Every observable of every record equals the series of exact SGD that an unrelated
// program computed, in both forms.
func TestGoldenSeries(t *testing.T) {
	for _, c := range golden.Series() {
		t.Run(c.Name, func(t *testing.T) {
			g, p := gridOf(t, problemOf(c)), pointOf(t, problemOf(c))
			for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
				counter := embed.NewCounter(g)
				for name, want := range map[string][]tensorSeries{
					"test":         {scalars(c.Series.Test)},
					"train":        {scalars(c.Series.Train)},
					"gap":          {scalars(c.Series.Gap)},
					"variance":     {scalars(c.Series.TestLossVariance)},
					"displacement": vectors(c.Series.Displacement),
					"covariance":   matrices(c.Series.Covariance),
				} {
					o, err := value.ParseObservable(name)
					if err != nil {
						t.Fatal(err)
					}
					order := c.Order
					if form == embed.Moment {
						order = min(order, 5) // beyond, moment form takes long and shows nothing new
					}
					s, err := value.ExpandWith(ctx, counter, o, order, form)
					if err != nil {
						t.Fatal(err)
					}
					got, err := value.Evaluate(ctx, s, p)
					if err != nil {
						t.Fatal(err)
					}
					for _, w := range want {
						for d, x := range w.coefficients[:order+1] {
							if y := got.Coefficients[d].At(w.index...); x.Cmp(y) != 0 {
								t.Errorf("%s %v%v, coefficient of η^%d: %v, want %v", name, form, w.index, d, y, x)
							}
						}
					}
				}
			}
		})
	}
}

// A tensorSeries is the series of one component.
type tensorSeries struct {
	index        []int
	coefficients []*big.Rat
}

func scalars(c []*big.Rat) tensorSeries { return tensorSeries{nil, c} }

func vectors(c [][]*big.Rat) []tensorSeries {
	var list []tensorSeries
	for i, x := range c {
		list = append(list, tensorSeries{[]int{i}, x})
	}
	return list
}

func matrices(c [][][]*big.Rat) []tensorSeries {
	var list []tensorSeries
	for i, row := range c {
		for j, x := range row {
			list = append(list, tensorSeries{[]int{i, j}, x})
		}
	}
	return list
}

// problemOf returns a record as the problem that it solves.
func problemOf(c golden.SeriesCase) descent.Problem {
	p := descent.Problem{Dim: c.Landscape.Dim, Theta: c.Landscape.Theta, N: c.Grid.N, T: c.Grid.T}
	for _, x := range c.Grid.Cells {
		p.Cells = append(p.Cells, descent.Cell(x))
	}
	for _, d := range c.Landscape.Data {
		datum := descent.Datum{Prob: d.Prob}
		for _, x := range d.Loss {
			datum.Loss = append(datum.Loss, descent.Term(x))
		}
		p.Data = append(p.Data, datum)
	}
	return p
}
