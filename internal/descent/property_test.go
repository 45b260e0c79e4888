package descent_test

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
)

// all returns every observable, in a fixed order.
func all(e *descent.Ensemble) []descent.Series {
	list := []descent.Series{e.TestLoss(), e.TrainLoss(), e.Gap(), e.TestLossVariance()}
	list = append(list, e.Displacement()...)
	return append(list, slices.Concat(e.WeightCovariance()...)...)
}

// expandAll expands p, unless something is wrong with it, and returns every observable.
func expandAll(t *rapid.T, p descent.Problem, order int) []descent.Series {
	e, err := descent.Expand(p, order)
	if err != nil {
		t.Fatal(err)
	}
	return all(e)
}

func mustEqual(t *rapid.T, got, want []descent.Series) {
	if !slices.EqualFunc(got, want, func(a, b descent.Series) bool { return a.Equal(b) }) {
		t.Fatalf("%v, want %v", got, want)
	}
}

// θ_T is a polynomial in η, of degree (k−1)^{T−1} + … + 1 for losses of degree k. To
// that order times k the series of the losses are exact, and so the sum at a value of η
// is the value at that η.
func TestSeriesSumsToRun(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := descenttest.Grids().Filter(func(g descenttest.Grid) bool { return g.T <= 2 }).Draw(t, "grid")
		k := rapid.IntRange(2, 3).Draw(t, "k")
		p := descenttest.On(g, descenttest.Loss(2, k), 2).Draw(t, "problem")
		degree := k * []int{0, 1, k}[g.T]
		eta := descenttest.Rational().Draw(t, "eta")
		e, err := descent.At(p, eta)
		if err != nil {
			t.Fatal(err)
		}
		// A covariance may have twice the degree.
		want := all(e)
		for i, s := range expandAll(t, p, 2*degree) {
			if got := s.Sum(eta); got.Cmp(want[i][0]) != 0 {
				t.Fatalf("observable %d: series sums to %v, want %v", i, got, want[i][0])
			}
		}
	})
}

// A quadratic in one step: order 2 is exact for the losses, and order 1 is not.
func TestSharp(t *testing.T) {
	eta := big.NewRat(1, 3)
	test, train, err := descent.Run(coin(), eta)
	if err != nil {
		t.Fatal(err)
	}
	for order, exact := range map[int]bool{1: false, 2: true, 3: true} {
		e := expand(t, coin(), order)
		got := e.TestLoss().Sum(eta).Cmp(test) == 0 && e.TrainLoss().Sum(eta).Cmp(train) == 0
		if got != exact {
			t.Errorf("order %d: exact is %v, want %v", order, got, exact)
		}
	}
}

// A lower order is a prefix of a higher one.
func TestTruncation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		order := rapid.IntRange(0, 3).Draw(t, "order")
		long := expandAll(t, p, 4)
		for i := range long {
			long[i] = long[i][:order+1]
		}
		mustEqual(t, expandAll(t, p, order), long)
	})
}

// A row is idle also if its cells have weight zero; those are enumerated.
func TestZeroWeightIsIdle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		want := expandAll(t, p, 3)
		p.T++
		for n := range p.N {
			p.Cells = append(p.Cells, descent.Cell{N: n, T: p.T - 1, Weight: new(big.Rat)})
		}
		mustEqual(t, expandAll(t, p, 3), want)
	})
}

// The names of rows, the order of cells and the splitting of a datum do not matter.
func TestRelabelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		want := expandAll(t, p, 3)
		p.Cells = slices.Clone(p.Cells)
		slices.Reverse(p.Cells)
		for i := range p.Cells {
			p.Cells[i].N = p.N - 1 - p.Cells[i].N
		}
		half := descent.Datum{Prob: new(big.Rat).Quo(p.Data[0].Prob, big.NewRat(2, 1)), Loss: p.Data[0].Loss}
		p.Data = append([]descent.Datum{half}, p.Data...)
		p.Data[1] = half
		mustEqual(t, expandAll(t, p, 3), want)
	})
}

// Scaling the metric by c is scaling η, so the coefficient of η^k by c^k.
func TestMetricScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		want := expandAll(t, p, 3)
		c := descenttest.Rational().Draw(t, "c")
		for mu := range p.Dim {
			p.Metric = append(p.Metric, make([]*big.Rat, p.Dim))
			for nu := range p.Dim {
				p.Metric[mu][nu] = new(big.Rat)
			}
			p.Metric[mu][mu] = c
		}
		for _, s := range want {
			scale := big.NewRat(1, 1)
			for k := range s {
				s[k].Mul(s[k], scale)
				scale.Mul(scale, c)
			}
		}
		mustEqual(t, expandAll(t, p, 3), want)
	})
}

// A metric η = A Aᵀ is the identity in the coordinates φ, θ = Aφ; here A = ((1,0),(a,1)).
func TestMetricIsChangeOfCoordinates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := descenttest.Grids().Draw(t, "grid")
		p := descenttest.On(g, descenttest.Loss(2, 3), 2).Draw(t, "problem")
		a := descenttest.Rational().Draw(t, "a")
		inCoordinates := shear(p, a)
		one := big.NewRat(1, 1)
		p.Metric = [][]*big.Rat{{one, a}, {a, new(big.Rat).Add(one, new(big.Rat).Mul(a, a))}}
		mustEqual(t, expandAll(t, p, 3)[:4], expandAll(t, inCoordinates, 3)[:4])
	})
}

// shear returns p in the coordinates φ with θ_0 = φ_0 and θ_1 = aφ_0 + φ_1.
func shear(p descent.Problem, a *big.Rat) descent.Problem {
	q := p
	y := new(big.Rat).Mul(a, p.Theta[0])
	q.Theta = []*big.Rat{p.Theta[0], y.Sub(p.Theta[1], y)}
	q.Data = nil
	for _, datum := range p.Data {
		var loss descent.Loss
		for _, term := range datum.Loss {
			coef, n := new(big.Rat).Set(term.Coef), term.Exp[1]
			for k := range n + 1 { // C(n,k) (aφ_0)^k φ_1^{n−k}
				binomial := new(big.Rat).SetInt(new(big.Int).Binomial(int64(n), int64(k)))
				loss = append(loss, descent.Term{
					Coef: binomial.Mul(binomial, coef), Exp: []int{term.Exp[0] + k, n - k},
				})
				coef.Mul(coef, a)
			}
		}
		q.Data = append(q.Data, descent.Datum{Prob: datum.Prob, Loss: loss})
	}
	return q
}

// The named observables are cases of Mean and Covariance.
func TestObservables(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		e, err := descent.Expand(p, 3)
		if err != nil {
			t.Fatal(err)
		}
		var l descent.Loss
		for _, datum := range p.Data {
			for _, term := range datum.Loss {
				l = append(l, descent.Term{Coef: new(big.Rat).Mul(term.Coef, datum.Prob), Exp: term.Exp})
			}
		}
		mustEqual(t, []descent.Series{e.Mean(l), e.Covariance(l, l)}, []descent.Series{e.TestLoss(), e.TestLossVariance()})
		for mu, want := range e.Displacement() {
			got := e.Mean(coordinate(p.Dim, mu))
			got[0].Sub(got[0], p.Theta[mu])
			mustEqual(t, []descent.Series{got}, []descent.Series{want})
			for nu, want := range e.WeightCovariance()[mu] {
				got := e.Covariance(coordinate(p.Dim, mu), coordinate(p.Dim, nu))
				mustEqual(t, []descent.Series{got}, []descent.Series{want})
			}
		}
	})
}

// coordinate returns θ_μ.
func coordinate(dim, mu int) descent.Loss {
	term := descent.Term{Coef: big.NewRat(1, 1), Exp: make([]int, dim)}
	term.Exp[mu] = 1
	return descent.Loss{term}
}
