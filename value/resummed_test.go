package value_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// poly is a polynomial in η with rational coefficients; polys are the algebra of them.
// Discrete values over it, at η = x, are polynomials in the learning rate.
type poly []*big.Rat

type polys struct{}

func (polys) Add(a, b poly) poly {
	if len(a) < len(b) {
		a, b = b, a
	}
	sum := append(poly(nil), a...)
	for i, x := range b {
		sum[i] = add(sum[i], x)
	}
	return sum
}

func (polys) Mul(a, b poly) poly {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	product := make(poly, len(a)+len(b)-1)
	for i := range product {
		product[i] = new(big.Rat)
	}
	for i, x := range a {
		for j, y := range b {
			if x.Sign() != 0 && y.Sign() != 0 {
				product[i+j].Add(product[i+j], new(big.Rat).Mul(x, y))
			}
		}
	}
	return product
}

func (r polys) Int(n *big.Int) poly { return r.Rat(new(big.Rat).SetInt(n)) }

func (polys) Rat(q *big.Rat) poly {
	if q.Sign() == 0 {
		return nil
	}
	return poly{q}
}

// at returns a coefficient.
func (p poly) at(k int) *big.Rat {
	if k < len(p) {
		return p[k]
	}
	return new(big.Rat)
}

// polyPoint returns a point over polynomials in η.
func polyPoint(t fatal, p value.Point[*big.Rat]) value.Point[poly] {
	t.Helper()
	m, err := tensor.MapMetric(p.Metric, polys{}.Rat)
	if err != nil {
		t.Fatal(err)
	}
	return value.Point[poly]{Ring: polys{}, Statistics: tensor.Convert[poly](polys{}, p.Statistics), Metric: m, Theta: p.Theta}
}

var eta = poly{new(big.Rat), big.NewRat(1, 1)}

// observables are those with a name, and those of a random polynomial.
func observables(t *rapid.T, p descent.Problem) []value.Observable {
	s := value.Polynomial("s", polynomialOf(t, p.Dim, descenttest.Loss(p.Dim, 3).Draw(t, "s")))
	return []value.Observable{
		value.TestLoss(), value.TrainLoss(), value.Gap(), value.Displacement(), value.LossVariance(),
		value.WeightCovariance(), value.Mean(s), value.Covariance(s, value.Weights()),
	}
}

// The discrete value of an irreducible diagram, as a polynomial in η, is the sum of the
// plain terms of all diagrams that reduce to it: for every observable, on any grid, with
// any metric.
func TestDiscreteIsSumOfReducible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		if rapid.Bool().Draw(t, "with metric") {
			p.Metric = descenttest.Metric(p.Dim).Draw(t, "metric")
		}
		order := min(4, 6-p.Dim)
		if testing.Short() {
			order = 3
		}
		point := pointOf(t, p)
		over := polyPoint(t, point)
		c := embed.NewCounter(gridOf(t, p))
		o := rapid.SampledFrom(observables(t, p)).Draw(t, "observable")
		s, err := value.ExpandWith(ctx, c, o, order, embed.Cumulant)
		if err != nil {
			t.Fatal(err)
		}
		want := map[diagram.Diagram][]*tensor.Dense[*big.Rat]{} // by irreducible form and order
		for _, term := range s.Terms {
			x, err := value.PlainValue(term.Diagram, o, embed.Cumulant, point)
			if err != nil {
				t.Fatal(err)
			}
			x = tensor.Scale(point.Ring, term.Coefficient, x)
			d := term.Diagram.Reduced()
			if want[d] == nil {
				want[d] = make([]*tensor.Dense[*big.Rat], order+1)
			}
			if known := want[d][term.Order()]; known != nil {
				if x, err = tensor.Add(point.Ring, x, known); err != nil {
					t.Fatal(err)
				}
			}
			want[d][term.Order()] = x
		}
		r, err := value.Resum(ctx, c, o, order, value.Discrete)
		if err != nil {
			t.Fatal(err)
		}
		for _, term := range r.Terms {
			got, err := value.TermAt(ctx, r, term, over, eta)
			if err != nil {
				t.Fatal(err)
			}
			w := want[term.Diagram]
			for k := range order + 1 {
				for i, x := range got.Data() {
					plain := new(big.Rat)
					if w != nil && w[k] != nil {
						plain = w[k].Data()[i]
					}
					if x.at(k).Cmp(plain) != 0 {
						t.Fatalf("%v, %v, component %d: coefficient of η^%d is %v, want %v", o, term.Diagram, i, k, x.at(k), plain)
					}
				}
			}
			delete(want, term.Diagram)
		}
		if len(want) > 0 {
			t.Fatalf("%v: no value for the reduced diagrams %v", o, want)
		}
	})
}

// At fixed T, discrete values through d edges agree with SGD itself through η^d, and not
// beyond.
func TestDiscreteIsSharp(t *testing.T) {
	q := func(num, den int64) *big.Rat { return big.NewRat(num, den) }
	p := descent.Problem{
		Dim: 1, Theta: []*big.Rat{q(1, 2)}, N: 2, T: 4,
		Data: []descent.Datum{
			{Prob: q(1, 3), Loss: descent.Loss{{Coef: q(1, 1), Exp: []int{1}}, {Coef: q(1, 2), Exp: []int{2}}, {Coef: q(1, 1), Exp: []int{3}}}},
			{Prob: q(2, 3), Loss: descent.Loss{{Coef: q(-1, 1), Exp: []int{2}}, {Coef: q(1, 1), Exp: []int{4}}}},
		},
	}
	g := embed.Must(embed.SGD(2, 2, 1))
	p.Cells = cellsOf(g)
	const most = 4
	exact, err := descent.Expand(p, most+1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    value.Observable
		want descent.Series
	}{
		{value.TestLoss(), exact.TestLoss()}, {value.TrainLoss(), exact.TrainLoss()}, {value.Displacement(), exact.Displacement()[0]},
	} {
		o, want := c.o, c.want
		sums, err := value.EvaluateAt(ctx, resum(t, embed.NewCounter(g), o, most, value.Discrete), polyPoint(t, pointOf(t, p)), eta)
		if err != nil {
			t.Fatal(err)
		}
		for d, sum := range sums {
			x := sum.Data()[0]
			for k := range d + 1 {
				if x.at(k).Cmp(want[k]) != 0 {
					t.Errorf("%v through %d edges: coefficient of η^%d is %v, want %v", o, d, k, x.at(k), want[k])
				}
			}
			if x.at(d+1).Cmp(want[d+1]) == 0 {
				t.Errorf("%v through %d edges: the coefficient of η^%d is right, too", o, d, d+1)
			}
		}
	}
}

// quadratic draws a landscape whose data have one Hessian and differ in their gradients.
func quadratic(dim int) *rapid.Generator[[]descent.Datum] {
	return rapid.Custom(func(t *rapid.T) []descent.Datum {
		shared := descenttest.Loss(dim, 2).Draw(t, "shared")
		return rapid.Map(descenttest.Data(descenttest.Loss(dim, 1)), func(data []descent.Datum) []descent.Datum {
			for i := range data {
				linear := descent.Loss{}
				for _, term := range data[i].Loss {
					if degree(term) < 2 {
						linear = append(linear, term)
					}
				}
				data[i].Loss = append(linear, shared...)
			}
			return data
		}).Draw(t, "data")
	})
}

func degree(term descent.Term) int {
	sum := 0
	for _, e := range term.Exp {
		sum += e
	}
	return sum
}

// grids draws a grid of the kinds that have names, or any.
func grids() *rapid.Generator[embed.Grid] {
	return rapid.Custom(func(t *rapid.T) embed.Grid {
		rate := big.NewRat(rapid.Int64Range(1, 3).Draw(t, "rate"), 2)
		switch rapid.IntRange(0, 4).Draw(t, "kind of grid") {
		case 0:
			return embed.Must(embed.OneEpoch(rapid.Int64Range(1, 4).Draw(t, "N"))).Scale(rate)
		case 1:
			return embed.Must(embed.GD(rapid.Int64Range(1, 3).Draw(t, "N"), rapid.Int64Range(0, 5).Draw(t, "T"))).Scale(rate)
		case 2:
			b := rapid.Int64Range(1, 2).Draw(t, "B")
			k := rapid.Int64Range(1, 3-b+1).Draw(t, "N/B")
			return embed.Must(embed.SGD(k*b, rapid.Int64Range(1, 3).Draw(t, "E"), b)).Scale(rate)
		}
		g := descenttest.Grids().Draw(t, "grid")
		return gridOf(t, descent.Problem{N: g.N, T: g.T, Cells: g.Cells})
	})
}

func cellsOf(g embed.Grid) (cells []descent.Cell) {
	for c := range g.Cells() {
		cells = append(cells, descent.Cell{N: int(c.N), T: int(c.T), Weight: c.Weight})
	}
	return cells
}

// On a quadratic landscape with constant noise the discrete values are SGD itself at every
// η, as rational numbers: test and train loss and the gap with two edges, the displacement
// with one, the variance of the test loss with four, the covariance of weights with two.
func TestDiscreteIsSGDOnQuadratics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 2).Draw(t, "dim")
		g := grids().Draw(t, "grid")
		p := descent.Problem{
			Dim: dim, Theta: rapid.SliceOfN(descenttest.Rational(), dim, dim).Draw(t, "theta"),
			Data: quadratic(dim).Draw(t, "data"), N: int(g.Rows()), T: int(g.Columns()), Cells: cellsOf(g),
		}
		if rapid.Bool().Draw(t, "with metric") {
			p.Metric = descenttest.Metric(dim).Draw(t, "metric")
		}
		eta := big.NewRat(rapid.Int64Range(-9, 9).Draw(t, "num"), rapid.Int64Range(1, 7).Draw(t, "den"))
		exact, err := descent.At(p, eta)
		if err != nil {
			t.Fatal(err)
		}
		point := pointOf(t, p)
		for _, c := range []struct {
			o     value.Observable
			order int
			want  []descent.Series
		}{
			{value.TestLoss(), 2, []descent.Series{exact.TestLoss()}},
			{value.TrainLoss(), 2, []descent.Series{exact.TrainLoss()}},
			{value.Gap(), 2, []descent.Series{exact.Gap()}},
			{value.Displacement(), 1, exact.Displacement()},
			{value.LossVariance(), 4, []descent.Series{exact.TestLossVariance()}},
			{value.WeightCovariance(), 2, flat(exact.WeightCovariance())},
		} {
			r, err := value.Resum(ctx, embed.NewCounter(g), c.o, c.order, value.Discrete)
			if err != nil {
				t.Fatal(err)
			}
			got, err := value.EvaluateAt(ctx, r, point, eta)
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range got[c.order].Data() {
				if want := c.want[i][0]; x.Cmp(want) != 0 {
					t.Fatalf("%v at η=%v, component %d: %v, want %v", c.o, eta, i, x, want)
				}
			}
		}
	})
}

func flat(matrix [][]descent.Series) (list []descent.Series) {
	for _, row := range matrix {
		list = append(list, row...)
	}
	return list
}
