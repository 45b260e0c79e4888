package value_test

import (
	"context"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

var ctx = context.Background()

// Every observable of random problems, in both forms, has the series of SGD itself, with
// every training set enumerated: rationals are equal.
func TestSeriesIsSGD(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		if rapid.Bool().Draw(t, "with metric") {
			p.Metric = descenttest.Metric(p.Dim).Draw(t, "metric")
		}
		form := rapid.SampledFrom([]embed.Form{embed.Cumulant, embed.Moment}).Draw(t, "form")
		const order = 4
		exact, err := descent.Expand(p, order)
		if err != nil {
			t.Fatal(err)
		}
		c := embed.NewCounter(gridOf(t, p))
		point := pointOf(t, p)
		s := descenttest.Loss(p.Dim, 3).Draw(t, "s")
		q := value.Polynomial("s", polynomialOf(t, p.Dim, s))
		check := func(o value.Observable, want ...descent.Series) {
			x, err := expand(c, o, order, form, point)
			if err != nil {
				t.Fatal(err)
			}
			for i, w := range want {
				for d := range order + 1 {
					if got := x.Coefficients[d].Data()[i]; got.Cmp(w[d]) != 0 {
						t.Fatalf("%v, %v form, component %d, coefficient of η^%d: %v, want %v", o, form, i, d, got, w[d])
					}
				}
			}
		}
		check(value.TestLoss(), exact.TestLoss())
		check(value.TrainLoss(), exact.TrainLoss())
		check(value.Gap(), exact.Gap())
		check(value.Displacement(), exact.Displacement()...)
		check(value.LossVariance(), exact.TestLossVariance())
		var covariance []descent.Series
		for _, row := range exact.WeightCovariance() {
			covariance = append(covariance, row...)
		}
		check(value.WeightCovariance(), covariance...)
		check(value.Mean(q), exact.Mean(s))
		check(value.Covariance(q, value.Loss()), exact.Covariance(s, lossOf(p)))
	})
}

// lossOf returns the expected loss of a problem as a polynomial.
func lossOf(p descent.Problem) descent.Loss {
	var mean descent.Loss
	for _, d := range p.Data {
		for _, term := range d.Loss {
			mean = append(mean, descent.Term{Coef: new(big.Rat).Mul(d.Prob, term.Coef), Exp: term.Exp})
		}
	}
	return mean
}

func expand(c *embed.Counter, o value.Observable, order int, form embed.Form, p value.Point[*big.Rat]) (*value.Expansion[*big.Rat], error) {
	s, err := value.ExpandWith(ctx, c, o, order, form)
	if err != nil {
		return nil, err
	}
	return value.Evaluate(ctx, s, p)
}

type fatal interface {
	Helper()
	Fatal(args ...any)
}

func gridOf(t fatal, p descent.Problem) embed.Grid {
	t.Helper()
	var cells []embed.Cell
	for _, c := range p.Cells {
		cells = append(cells, embed.Cell{N: int64(c.N), T: int64(c.T), Weight: c.Weight})
	}
	g, err := embed.New(int64(p.N), int64(p.T), cells)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func polynomialOf(t fatal, dim int, loss descent.Loss) tensor.Polynomial {
	t.Helper()
	var terms []tensor.Term
	for _, x := range loss {
		terms = append(terms, tensor.Term{Coef: x.Coef, Exp: x.Exp})
	}
	p, err := tensor.NewPolynomial(dim, terms)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func landscapeOf(t fatal, p descent.Problem) *tensor.Finite {
	t.Helper()
	var data []tensor.Datum
	for _, d := range p.Data {
		data = append(data, tensor.Datum{Prob: d.Prob, Loss: polynomialOf(t, p.Dim, d.Loss)})
	}
	l, err := tensor.NewFinite(p.Theta, data)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func pointOf(t fatal, p descent.Problem) value.Point[*big.Rat] {
	t.Helper()
	point := value.ExactPoint(landscapeOf(t, p))
	if p.Metric == nil {
		return point
	}
	var data []*big.Rat
	for _, row := range p.Metric {
		data = append(data, row...)
	}
	m, err := tensor.FromSlice(p.Dim, 2, data)
	if err != nil {
		t.Fatal(err)
	}
	if point.Metric, err = tensor.FullMetric(m); err != nil {
		t.Fatal(err)
	}
	return point
}

// The series is sharp: summed through order d, it differs from SGD at rational η by a
// remainder of order η^{d+1}, here for one step on a quadratic, where order 2 is exact
// and order 1 is not.
func TestSharp(t *testing.T) {
	p := descent.Problem{
		Dim: 1, Theta: []*big.Rat{big.NewRat(1, 1)}, N: 2, T: 1,
		Data: []descent.Datum{
			{Prob: big.NewRat(1, 2), Loss: descent.Loss{{Coef: big.NewRat(1, 1), Exp: []int{2}}}},
			{Prob: big.NewRat(1, 2), Loss: descent.Loss{{Coef: big.NewRat(1, 2), Exp: []int{2}}, {Coef: big.NewRat(1, 3), Exp: []int{1}}}},
		},
		Cells: []descent.Cell{{N: 0, T: 0, Weight: big.NewRat(1, 2)}, {N: 1, T: 0, Weight: big.NewRat(1, 2)}},
	}
	eta := big.NewRat(3, 7)
	exact, _, err := descent.Run(p, eta)
	if err != nil {
		t.Fatal(err)
	}
	x, err := expand(embed.NewCounter(gridOf(t, p)), value.TestLoss(), 3, embed.Cumulant, pointOf(t, p))
	if err != nil {
		t.Fatal(err)
	}
	for order, equal := range []bool{false, false, true, true} {
		sum, err := x.At(eta, order)
		if err != nil {
			t.Fatal(err)
		}
		if got := sum.At().Cmp(exact) == 0; got != equal {
			t.Errorf("order %d: %v, exact %v", order, sum.At(), exact)
		}
	}
}

// Over float64 the coefficients are the exact ones, to rounding.
func TestFloat64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		coefficients := func(p descent.Problem, form embed.Form) (exact []*big.Rat, float []float64) {
			l := landscapeOf(t, p)
			s, err := value.Expand(ctx, gridOf(t, p), value.TestLoss(), 3, form)
			if err != nil {
				t.Fatal(err)
			}
			x, err := value.Evaluate(ctx, s, value.ExactPoint(l))
			if err != nil {
				t.Fatal(err)
			}
			y, err := value.Evaluate(ctx, s, value.FloatPoint(l))
			if err != nil {
				t.Fatal(err)
			}
			for d := range x.Coefficients {
				exact, float = append(exact, x.Coefficients[d].At()), append(float, y.Coefficients[d].At())
			}
			return exact, float
		}
		exact, float := coefficients(p, embed.Cumulant)
		most, _ := coefficients(majorant(p), embed.Moment)
		for d, got := range float {
			// The error is relative to the sum of the absolute values of all that is added up.
			// For three nodes these are at most the majorant's, for each of 5 partitions below
			// another and each of the terms of a cumulant, whose factors are 13 in all. At most
			// 10^4 roundings lose 2^-53 each.
			want := mobius.Float64{}.Rat(exact[d])
			if bound := 5 * 13 * 1e4 * 0x1p-53 * math.Abs(mobius.Float64{}.Rat(most[d])); !(math.Abs(got-want) <= bound) {
				t.Fatalf("coefficient of η^%d: %v, exactly %v, within %v", d, got, want, bound)
			}
		}
	})
}

// majorant returns a problem on one datum whose derivatives, and whose weights, are no less
// than any absolute value of a problem's, so that all its terms of an order have one sign.
func majorant(p descent.Problem) descent.Problem {
	q := p
	q.Theta, q.Cells = nil, nil
	for _, x := range p.Theta {
		q.Theta = append(q.Theta, new(big.Rat).Abs(x))
	}
	for _, c := range p.Cells {
		c.Weight = new(big.Rat).Abs(c.Weight)
		q.Cells = append(q.Cells, c)
	}
	all := descent.Datum{Prob: big.NewRat(1, 1)}
	for _, x := range p.Data {
		for _, term := range x.Loss {
			term.Coef = new(big.Rat).Abs(term.Coef)
			all.Loss = append(all.Loss, term)
		}
	}
	q.Data = []descent.Datum{all}
	return q
}
