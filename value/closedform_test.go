package value_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// tracked is a float64 with a bound on its absolute error, to first order in the unit
// roundoff. Values over tracked numbers are swept, never in closed form.
type tracked struct{ x, e float64 }

const roundoff = 0x1p-53

type trackedRing struct{}

func (trackedRing) Add(a, b tracked) tracked {
	x := a.x + b.x
	return tracked{x, a.e + b.e + roundoff*math.Abs(x)}
}

func (trackedRing) Mul(a, b tracked) tracked {
	x := a.x * b.x
	return tracked{x, math.Abs(a.x)*b.e + math.Abs(b.x)*a.e + a.e*b.e + roundoff*math.Abs(x)}
}

func (r trackedRing) Int(n *big.Int) tracked { return r.Rat(new(big.Rat).SetInt(n)) }

func (trackedRing) Rat(q *big.Rat) tracked {
	x, exact := q.Float64()
	if exact {
		return tracked{x, 0}
	}
	return tracked{x, roundoff * math.Abs(x)}
}

func trackedPoint(t fatal, p value.Point[*big.Rat]) value.Point[tracked] {
	t.Helper()
	m, err := tensor.MapMetric(p.Metric, trackedRing{}.Rat)
	if err != nil {
		t.Fatal(err)
	}
	return value.Point[tracked]{Ring: trackedRing{}, Statistics: tensor.Convert[tracked](trackedRing{}, p.Statistics), Metric: m, Theta: p.Theta}
}

func floatPoint(t fatal, p value.Point[*big.Rat]) value.Point[float64] {
	t.Helper()
	m, err := tensor.MapMetric(p.Metric, mobius.Float64{}.Rat)
	if err != nil {
		t.Fatal(err)
	}
	return value.Point[float64]{Ring: mobius.Float64{}, Statistics: tensor.Convert[float64](mobius.Float64{}, p.Statistics), Metric: m, Theta: p.Theta}
}

// dense returns a landscape of two data, at θ = 0, whose losses have all monomials up to an
// order, so that few cumulants of its derivatives vanish. Its mean Hessian has the given
// eigenvalues, in sixteenths, and is diagonal or turned in the first two coordinates.
func dense(t fatal, r *rand.Rand, sixteenths []int64, order int, diagonal bool) *tensor.Finite {
	t.Helper()
	dim := len(sixteenths)
	probs := []*big.Rat{big.NewRat(1, 3), big.NewRat(2, 3)}
	noise := []*big.Rat{big.NewRat(1, 8), big.NewRat(-1, 16)} // of mean 0
	var data []tensor.Datum
	for x, prob := range probs {
		var terms []tensor.Term
		for _, exp := range exponents(dim, order) {
			coef := noise[x]
			if degree(descent.Term{Exp: exp}) != 2 {
				coef = big.NewRat(r.Int64N(9)-4, 4)
			}
			terms = append(terms, tensor.Term{Coef: coef, Exp: exp})
		}
		for mu := range dim {
			for nu := range mu + 1 {
				exp := make([]int, dim)
				exp[mu]++
				exp[nu]++
				h := hessianOf(sixteenths, diagonal, mu, nu)
				if mu == nu {
					h = mul(h, big.NewRat(1, 2))
				}
				terms = append(terms, tensor.Term{Coef: h, Exp: exp})
			}
		}
		loss, err := tensor.NewPolynomial(dim, terms)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, tensor.Datum{Prob: prob, Loss: loss})
	}
	theta := make([]*big.Rat, dim)
	for i := range theta {
		theta[i] = new(big.Rat)
	}
	l, err := tensor.NewFinite(theta, data)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// exponents lists the exponents of all monomials up to a degree.
func exponents(dim, degree int) (list [][]int) {
	if dim == 0 {
		return [][]int{nil}
	}
	for e := range degree + 1 {
		for _, rest := range exponents(dim-1, degree-e) {
			list = append(list, append([]int{e}, rest...))
		}
	}
	return list
}

// hessianOf returns an element of a matrix with the given eigenvalues: diagonal, or turned
// by the angle of (3, 4).
func hessianOf(sixteenths []int64, diagonal bool, mu, nu int) *big.Rat {
	if diagonal || mu > 1 {
		if mu != nu {
			return new(big.Rat)
		}
		return big.NewRat(sixteenths[mu], 16)
	}
	axes := [2][2]*big.Rat{{big.NewRat(3, 5), big.NewRat(4, 5)}, {big.NewRat(-4, 5), big.NewRat(3, 5)}}
	return add(
		mul(big.NewRat(sixteenths[0], 16), axes[0][mu], axes[0][nu]),
		mul(big.NewRat(sixteenths[1], 16), axes[1][mu], axes[1][nu]),
	)
}

func named(t fatal, names ...string) []value.Observable {
	t.Helper()
	var list []value.Observable
	for _, name := range names {
		o, err := value.ParseObservable(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, o)
	}
	return list
}

// In closed form, every irreducible diagram of every observable has the value that the
// sweep of the grid finds, within a multiple of the bound on the sweep's own rounding errors,
// whether ηH has eigenvalues between 0 and 1, above 1, beyond 2, negative, zero or equal.
func TestClosedFormIsSweep(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		order      int
		grid       embed.Grid
		sixteenths []int64
		diagonal   bool
		eta        *big.Rat
	}{
		{4, embed.Must(embed.OneEpoch(200)), []int64{16, 5}, true, big.NewRat(1, 10)},
		{4, embed.Must(embed.SGD(60, 1, 2)).Scale(big.NewRat(3, 2)), []int64{16, 0}, true, big.NewRat(1, 4)},
		{4, embed.Must(embed.GD(3, 50)), []int64{16, 4}, true, big.NewRat(1, 20)},
		{3, embed.Must(embed.GD(3, 200)), []int64{16, 4}, true, big.NewRat(1, 20)},
		{5, embed.Must(embed.GD(2, 4)), []int64{16, 4}, true, big.NewRat(1, 5)},
		{5, embed.Must(embed.OneEpoch(7)), []int64{16, 4}, true, big.NewRat(1, 5)},
		{4, embed.Must(embed.GD(2, 12)), []int64{24, 8}, true, big.NewRat(1, 1)},
		{4, embed.Must(embed.OneEpoch(12)), []int64{33, -2}, false, big.NewRat(1, 1)},
		{4, embed.Must(embed.GD(2, 7)), []int64{16, 16}, false, big.NewRat(1, 1)},
		{4, embed.Must(embed.OneEpoch(9)), []int64{20, 1, 0}, false, big.NewRat(1, 2)},
		{4, embed.Must(embed.OneEpoch(1)), []int64{3}, true, big.NewRat(1, 2)},
		{4, embed.Must(embed.GD(4, 0)), []int64{3}, true, big.NewRat(1, 2)},
	} {
		order := c.order
		if testing.Short() {
			order = min(order, 3)
		}
		l := dense(t, r, c.sixteenths, order+1, c.diagonal)
		t.Run(fmt.Sprintf("N=%d T=%d P=%d order=%d", c.grid.Rows(), c.grid.Columns(), l.Dim(), order), func(t *testing.T) {
			compareWithSweep(t, c.grid, value.ExactPoint(l), c.eta, order)
		})
	}
}

// So it is with any positive metric, a singular one included.
func TestClosedFormMetric(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	p := value.ExactPoint(dense(t, r, []int64{12, 5}, 4, false))
	q := func(a, b int64) *big.Rat { return big.NewRat(a, b) }
	diagonal, err := tensor.DiagonalMetric([]*big.Rat{q(1, 2), q(3, 2)})
	if err != nil {
		t.Fatal(err)
	}
	metrics := []tensor.Metric[*big.Rat]{diagonal}
	for _, x := range [][]*big.Rat{{q(2, 1), q(1, 2), q(1, 2), q(1, 1)}, {q(1, 1), q(2, 1), q(2, 1), q(4, 1)}} {
		full, err := tensor.FromSlice(2, 2, x)
		if err != nil {
			t.Fatal(err)
		}
		m, err := tensor.FullMetric(full)
		if err != nil {
			t.Fatal(err)
		}
		metrics = append(metrics, m)
	}
	for _, m := range metrics {
		p.Metric = m
		compareWithSweep(t, embed.Must(embed.OneEpoch(10)), p, q(1, 5), 3)
		compareWithSweep(t, embed.Must(embed.GD(2, 6)), p, q(1, 5), 3)
	}
}

// On other grids the sums over times in an eigenbasis are those of the sweep with tensors:
// with several epochs and batches, in any order, with ragged weights, idle rows and empty
// columns.
func TestScalarSweepIsSweep(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	order := 4
	if testing.Short() {
		order = 3
	}
	var ragged []embed.Cell
	for i := range int64(24) {
		ragged = append(ragged, embed.Cell{N: i * i % 5, T: i + i/6, Weight: big.NewRat(i%7-1, 2)})
		if i%3 == 0 {
			ragged = append(ragged, embed.Cell{N: 5 + i%2, T: i + i/6, Weight: big.NewRat(1, 3)})
		}
	}
	for _, c := range []struct {
		name string
		grid embed.Grid
	}{
		{"epochs", embed.Must(embed.SGD(4, 3, 1))},
		{"batches", embed.Must(embed.SGD(6, 3, 2)).Scale(big.NewRat(1, 2))},
		{"reshuffled", embed.Must(embed.Reshuffled(4, 2, [][]int64{{0, 1, 2, 3}, {2, 0, 1, 3}, {3, 1, 2, 0}}))},
		{"ragged", embed.Must(embed.New(9, 30, ragged))},
	} {
		t.Run(c.name, func(t *testing.T) {
			compareWithSweep(t, c.grid, value.ExactPoint(dense(t, r, []int64{16, 5}, order+1, true)), big.NewRat(1, 10), order)
			compareWithSweep(t, c.grid, value.ExactPoint(dense(t, r, []int64{14, 5, 0}, 3, false)), big.NewRat(1, 10), 2)
		})
	}
}

func compareWithSweep(t *testing.T, g embed.Grid, p value.Point[*big.Rat], eta *big.Rat, order int) {
	t.Helper()
	float, swept := floatPoint(t, p), trackedPoint(t, p)
	worst, sharpness, nonzero := 0.0, 0.0, 0
	for _, o := range named(t, "train", "displacement", "covariance", "variance") { // train has test and gap
		order := order
		if o.Rank() > 0 || o.String() == "variance" {
			order = min(order, 3) // or their many diagrams would take the most time
		}
		r, err := value.Resum(ctx, embed.NewCounter(g), o, order, value.Discrete)
		if err != nil {
			t.Fatal(err)
		}
		for _, term := range r.Terms {
			x, err := value.TermAt(ctx, r, term, float, mobius.Float64{}.Rat(eta))
			if err != nil {
				t.Fatal(err)
			}
			y, err := value.TermAt(ctx, r, term, swept, trackedRing{}.Rat(eta))
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range x.Data() {
				want := y.Data()[i]
				// The closed form's roundings are those of a sum over as many
				// products, with fewer operations, besides eigenvectors that are
				// orthogonal to some ulp.
				off := math.Abs(got-want.x) / (want.e + 1e-300)
				worst = max(worst, off)
				if want.x != 0 {
					sharpness = max(sharpness, want.e/math.Abs(want.x))
					nonzero++
				}
				if off > 8 && got != want.x {
					t.Errorf("%v, %v, component %d: %v, want %v ± %.1e", o, term.Diagram, i, got, want.x, want.e)
				}
			}
		}
	}
	t.Logf("%d numbers, with errors of at most %.2g of the bound, which is at most %.1g of a number", nonzero, worst, sharpness)
}
