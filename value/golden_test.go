package value_test

import (
	"context"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/golden"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// Every observable of every record equals the series of exact SGD that an unrelated
// program computed, in both forms.
func TestGoldenSeries(t *testing.T) {
	for _, c := range golden.Series() {
		t.Run(c.Name, func(t *testing.T) {
			g := goldenGrid(t, c.Grid)
			p := value.ExactPoint(goldenLandscape(t, c.Landscape))
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
					s, err := value.ExpandWith(context.Background(), counter, o, order, form)
					if err != nil {
						t.Fatal(err)
					}
					got, err := value.Evaluate(context.Background(), s, p)
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

func goldenGrid(t *testing.T, g golden.Grid) embed.Grid {
	t.Helper()
	var cells []embed.Cell
	for _, c := range g.Cells {
		cells = append(cells, embed.Cell{N: int64(c.N), T: int64(c.T), Weight: c.Weight})
	}
	grid, err := embed.New(int64(g.N), int64(g.T), cells)
	if err != nil {
		t.Fatal(err)
	}
	return grid
}

func goldenLandscape(t *testing.T, l golden.Landscape) tensor.Landscape {
	t.Helper()
	var data []tensor.Datum
	for _, d := range l.Data {
		var terms []tensor.Term
		for _, x := range d.Loss {
			terms = append(terms, tensor.Term{Coef: x.Coef, Exp: x.Exp})
		}
		loss, err := tensor.NewPolynomial(l.Dim, terms)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, tensor.Datum{Prob: d.Prob, Loss: loss})
	}
	f, err := tensor.NewFinite(l.Theta, data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
