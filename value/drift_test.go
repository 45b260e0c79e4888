package value_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// exactDrift solves HX + XH − ηHXH = C as linear equations for the elements of X, and returns
// −(η²/2) J_μνλ X_μν, in rational numbers. In continuous time there is no term in HXH.
func exactDrift(t fatal, l tensor.Landscape, eta *big.Rat, kind value.Kind) []*big.Rat {
	t.Helper()
	s, ring := l.Statistics(), mobius.Rational{}
	h, err := tensor.Hessian(s)
	if err != nil {
		t.Fatal(err)
	}
	c, err := tensor.Covariance(ring, s)
	if err != nil {
		t.Fatal(err)
	}
	j, err := tensor.Jerk(s)
	if err != nil {
		t.Fatal(err)
	}
	dim := l.Dim()
	twist := new(big.Rat)
	if kind == value.Discrete {
		twist.Neg(eta)
	}
	rows := make([][]*big.Rat, dim*dim)
	for mu := range dim {
		for nu := range dim {
			row := make([]*big.Rat, dim*dim+1)
			for a := range dim {
				for b := range dim {
					x := mul(twist, h.At(mu, a), h.At(b, nu))
					if b == nu {
						x.Add(x, h.At(mu, a))
					}
					if a == mu {
						x.Add(x, h.At(b, nu))
					}
					row[a*dim+b] = x
				}
			}
			row[dim*dim] = c.At(mu, nu)
			rows[mu*dim+nu] = row
		}
	}
	x := solve(t, rows)
	v := make([]*big.Rat, dim)
	for lambda := range v {
		v[lambda] = new(big.Rat)
		for mu := range dim {
			for nu := range dim {
				v[lambda].Sub(v[lambda], mul(eta, eta, big.NewRat(1, 2), j.At(mu, nu, lambda), x[mu*dim+nu]))
			}
		}
	}
	return v
}

// solve eliminates; the last column is the right hand side.
func solve(t fatal, rows [][]*big.Rat) []*big.Rat {
	t.Helper()
	for i := range rows {
		pivot := i
		for pivot < len(rows) && rows[pivot][i].Sign() == 0 {
			pivot++
		}
		if pivot == len(rows) {
			t.Fatal("the equations for X are singular")
		}
		rows[i], rows[pivot] = rows[pivot], rows[i]
		scale := inv(rows[i][i])
		for k := range rows[i] {
			rows[i][k] = mul(rows[i][k], scale)
		}
		for other := range rows {
			if q := new(big.Rat).Set(rows[other][i]); other != i && q.Sign() != 0 {
				for k := range rows[other] {
					rows[other][k] = sub(rows[other][k], mul(q, rows[i][k]))
				}
			}
		}
	}
	var x []*big.Rat
	for _, row := range rows {
		x = append(x, row[len(row)-1])
	}
	return x
}

// exactJacobian returns ∂_ρ v_λ at row λ and column ρ, up to terms in ε⁴ for ε = 2⁻¹⁶:
// differences of exactDrift at ε and at ε/2 about θ, extrapolated.
func exactJacobian(t fatal, l tensor.Landscape, eta *big.Rat, kind value.Kind) [][]float64 {
	t.Helper()
	slope := func(rho int, epsilon *big.Rat) []*big.Rat {
		var ends [2][]*big.Rat
		for i, sign := range []int64{1, -1} {
			theta := l.Theta()
			theta[rho] = add(theta[rho], mul(epsilon, big.NewRat(sign, 1)))
			moved, err := l.At(theta)
			if err != nil {
				t.Fatal(err)
			}
			ends[i] = exactDrift(t, moved, eta, kind)
		}
		out := make([]*big.Rat, len(ends[0]))
		for lambda := range out {
			out[lambda] = mul(sub(ends[0][lambda], ends[1][lambda]), inv(mul(big.NewRat(2, 1), epsilon)))
		}
		return out
	}
	jacobian := make([][]float64, l.Dim())
	for rho := range l.Dim() {
		coarse, fine := slope(rho, big.NewRat(1, 1<<16)), slope(rho, big.NewRat(1, 1<<17))
		for lambda := range fine {
			x := mul(big.NewRat(1, 3), sub(mul(big.NewRat(4, 1), fine[lambda]), coarse[lambda]))
			jacobian[lambda] = append(jacobian[lambda], mobius.Float64{}.Rat(x))
		}
	}
	return jacobian
}

func driftAt(t fatal, l tensor.Landscape, eta float64, kind value.Kind) *value.Drift {
	t.Helper()
	d, err := value.DriftAt(value.FloatPoint(l), eta, kind)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The velocity and its derivative, on dense landscapes of one to three weights and beside the
// valley of Archimedes, against exact ones. Curvatures are 1 or so, or 1/2⁴ at least, so that
// rounding errors grow by at most 2⁸; noise, J and their derivatives are of order 1.
func TestDriftAt(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	one, zero := big.NewRat(1, 1), new(big.Rat)
	eta := big.NewRat(1, 8)
	for name, l := range map[string]tensor.Landscape{
		"one weight":    dense(t, r, []int64{12}, 4, true),
		"diagonal":      dense(t, r, []int64{12, 5, 20}, 4, true),
		"two weights":   dense(t, r, []int64{12, 9}, 4, false),
		"three weights": dense(t, r, []int64{40, 30, 50}, 4, false),
		"Archimedes":    archimedes(t, one, zero, zero, one),
		"its far side":  archimedes(t, big.NewRat(3, 5), big.NewRat(4, 5), big.NewRat(-6, 5), big.NewRat(11, 10)),
	} {
		for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
			d := driftAt(t, l, 0.125, kind)
			v := exactDrift(t, l, eta, kind)
			jacobian, err := d.Jacobian()
			if err != nil {
				t.Fatal(err)
			}
			curl, err := d.Curl()
			if err != nil {
				t.Fatal(err)
			}
			want := exactJacobian(t, l, eta, kind)
			for lambda := range v {
				if x := (mobius.Float64{}).Rat(v[lambda]); !(math.Abs(d.Velocity.At(lambda)-x) <= 1e-12*(1+math.Abs(x))) {
					t.Errorf("%s, %v: v_%d = %v, want %v", name, kind, lambda, d.Velocity.At(lambda), x)
				}
				for rho := range v {
					x := want[lambda][rho]
					if !(math.Abs(jacobian.At(lambda, rho)-x) <= 1e-11*(1+math.Abs(x))) {
						t.Errorf("%s, %v: ∂_%d v_%d = %v, want %v", name, kind, rho, lambda, jacobian.At(lambda, rho), x)
					}
					if x -= want[rho][lambda]; !(math.Abs(curl.At(lambda, rho)-x) <= 1e-11*(1+math.Abs(x))) {
						t.Errorf("%s, %v: curl %v at %d, %d, want %v", name, kind, curl.At(lambda, rho), lambda, rho, x)
					}
				}
			}
		}
	}
}

// P §3.2: no effective loss makes descent go as SGD does on Archimedes. Along its valley, a
// circle once z and z + 2π are one place, SGD moves forward everywhere, by η²/6 per step and
// more in discrete time, and a gradient cannot; and beside the valley the drift has curl.
func TestArchimedesHasNoEffectiveLoss(t *testing.T) {
	const eta = 0.05
	rate := map[value.Kind]float64{value.Continuous: eta * eta / 6, value.Discrete: eta * eta / (2 * (3 - 2*eta))}
	zero := new(big.Rat)
	for kind, want := range rate {
		for _, angle := range [][2]*big.Rat{ // its cosine and sine
			{big.NewRat(1, 1), zero}, {big.NewRat(3, 5), big.NewRat(4, 5)}, {big.NewRat(-5, 13), big.NewRat(12, 13)}, {big.NewRat(-8, 17), big.NewRat(-15, 17)},
		} {
			d := driftAt(t, archimedes(t, angle[0], angle[1], zero, zero), eta, kind)
			if got := d.Velocity.At(2); !(math.Abs(got-want) <= 1e-14*want) || math.Hypot(d.Velocity.At(0), d.Velocity.At(1)) > 1e-14*want {
				t.Errorf("%v, z at %v: velocity %v, want %v along z", kind, angle, d.Velocity, want)
			}
			if _, err := d.Jacobian(); !errors.Is(err, expr.ErrDiverges) {
				t.Errorf("the derivative across the valley: %v", err)
			}
		}
		curl, err := driftAt(t, archimedes(t, big.NewRat(1, 1), zero, zero, big.NewRat(1, 1)), eta, kind).Curl()
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
			if x := curl.At(pair[0], pair[1]); !(math.Abs(x) > eta*eta/100) || x != -curl.At(pair[1], pair[0]) {
				t.Errorf("%v: curl %v", kind, curl)
			}
		}
	}
}

// withNoise returns a landscape of two weights with the loss l(θ) + x f(θ) + y g(θ), x and y
// normal and independent with variance 1.
func withNoise(t fatal, loss, f, g []tensor.Term) *tensor.Gaussian {
	t.Helper()
	var terms []tensor.Term
	for i, part := range [][]tensor.Term{loss, f, g} {
		for _, term := range part {
			exp := append(append([]int{}, term.Exp...), 0, 0)
			if i > 0 {
				exp[1+i]++
			}
			terms = append(terms, tensor.Term{Coef: term.Coef, Exp: exp})
		}
	}
	p, err := tensor.NewPolynomial(4, terms)
	if err != nil {
		t.Fatal(err)
	}
	zero, one := new(big.Rat), big.NewRat(1, 1)
	l, err := tensor.NewGaussian([]*big.Rat{big.NewRat(1, 3), big.NewRat(-1, 5)}, []*big.Rat{zero, zero}, [][]*big.Rat{{one, zero}, {zero, one}}, p)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Where C = c·1 everywhere, X is a function of H, and v_λ = −(η²c/2) tr f(H)∂_λH is a
// gradient, that of −(η²c/4) log det H in continuous time; a constant C of other form gives
// no gradient.
func TestCurlUnderConstantNoise(t *testing.T) {
	loss := []tensor.Term{
		monomial(1, 1, 2, 0), monomial(3, 4, 0, 2), monomial(1, 2, 1, 1), monomial(1, 3, 3, 0), monomial(1, 1, 2, 1), monomial(-1, 2, 1, 2), monomial(1, 5, 4, 0), monomial(1, 1, 2, 2), monomial(1, 7, 0, 4),
	}
	for _, c := range []struct {
		name  string
		f, g  []tensor.Term
		curls bool
	}{
		{"isotropic", []tensor.Term{monomial(2, 1, 1, 0)}, []tensor.Term{monomial(2, 1, 0, 1)}, false},
		{"in one direction", []tensor.Term{monomial(2, 1, 1, 0)}, nil, true},
	} {
		l := withNoise(t, loss, c.f, c.g)
		for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
			d := driftAt(t, l, 0.1, kind)
			curl, err := d.Curl()
			if err != nil {
				t.Fatal(err)
			}
			if x := math.Abs(curl.At(0, 1)); c.curls != (x > 1e-4) || !c.curls && x > 1e-15 {
				t.Errorf("%s, %v: curl %v", c.name, kind, curl)
			}
		}
	}
	// C = 4·1: v = −η² ∇ log det H.
	l := withNoise(t, loss, []tensor.Term{monomial(2, 1, 1, 0)}, []tensor.Term{monomial(2, 1, 0, 1)})
	logDet := func(rho int, by float64) float64 {
		theta := l.Theta()
		theta[rho] = add(theta[rho], new(big.Rat).SetFloat64(by))
		moved, err := l.At(theta)
		if err != nil {
			t.Fatal(err)
		}
		h, err := tensor.Hessian(moved.Statistics())
		if err != nil {
			t.Fatal(err)
		}
		det := sub(mul(h.At(0, 0), h.At(1, 1)), mul(h.At(0, 1), h.At(1, 0)))
		return math.Log(mobius.Float64{}.Rat(det))
	}
	const epsilon = 1e-4 // errors of the slope: ε² and 2⁻⁵³/ε, 1e-8 and 1e-12
	for rho, v := range driftAt(t, l, 0.1, value.Continuous).Velocity.Data() {
		want := -0.1 * 0.1 * (logDet(rho, epsilon) - logDet(rho, -epsilon)) / (2 * epsilon)
		near(t, fmt.Sprintf("v_%d", rho), v, want, 1e-6)
	}
}

func TestDriftErrors(t *testing.T) {
	plain := func(terms ...tensor.Term) tensor.Landscape { return gaussian(t, 2, big.NewRat(1, 1), terms...) }
	valley := plain(monomial(1, 2, 2, 0, 0), monomial(1, 1, 1, 0, 1))
	metric, err := tensor.DiagonalMetric([]float64{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	withMetric := value.FloatPoint(valley)
	withMetric.Metric = metric
	for name, c := range map[string]struct {
		p    value.Point[float64]
		eta  float64
		kind value.Kind
		want error
	}{
		"plain":             {value.FloatPoint(valley), 0.1, value.Plain, value.ErrKind},
		"metric":            {withMetric, 0.1, value.Discrete, value.ErrMetric},
		"no rate":           {value.FloatPoint(valley), 0, value.Discrete, tensor.ErrValue},
		"noise along it":    {value.FloatPoint(plain(monomial(1, 2, 2, 0, 0), monomial(1, 1, 1, 0, 1), monomial(1, 1, 0, 1, 1))), 0.1, value.Discrete, expr.ErrDiverges},
		"a maximum":         {value.FloatPoint(plain(monomial(-1, 2, 2, 0, 0), monomial(1, 1, 1, 0, 1))), 0.1, value.Continuous, expr.ErrDiverges},
		"too large a rate":  {value.FloatPoint(valley), 2.5, value.Discrete, expr.ErrDiverges},
		"flat, without":     {value.FloatPoint(valley), 0.1, value.Discrete, nil},
		"large, continuous": {value.FloatPoint(valley), 2.5, value.Continuous, nil},
	} {
		if d, err := value.DriftAt(c.p, c.eta, c.kind); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v; want error %v", name, d, err, c.want)
		}
	}
}

// A flat direction that is not along the axes is found in spite of rounding errors.
func TestDriftAlongSlantedValley(t *testing.T) {
	// With p = (3u + 4z)/5 across and q = (4u − 3z)/5 along: l = p²/2 + p²q/2, noise xp.
	// So H_pp = 1, C_pp = 1, J_ppq = 1: v_q = −(η²/2)·1/(2 − η).
	fifth := func(n int64) *big.Rat { return big.NewRat(n, 5) }
	p := []*big.Rat{fifth(3), fifth(4)}
	q := []*big.Rat{fifth(4), fifth(-3)}
	exponent := func(axes ...int) []int {
		e := make([]int, 3)
		for _, a := range axes {
			e[a]++
		}
		return e
	}
	var terms []tensor.Term
	half := big.NewRat(1, 2)
	for i := range 2 {
		terms = append(terms, tensor.Term{Coef: p[i], Exp: exponent(i, 2)})
		for j := range 2 {
			terms = append(terms, tensor.Term{Coef: mul(half, p[i], p[j]), Exp: exponent(i, j)})
			for k := range 2 {
				terms = append(terms, tensor.Term{Coef: mul(half, p[i], p[j], q[k]), Exp: exponent(i, j, k)})
			}
		}
	}
	const eta = 0.1
	d := driftAt(t, gaussian(t, 2, big.NewRat(1, 1), terms...), eta, value.Discrete)
	speed := -eta * eta / 2 / (2 - eta)
	near(t, "v_u", d.Velocity.At(0), 0.8*speed, 1e-13)
	near(t, "v_z", d.Velocity.At(1), -0.6*speed, 1e-13)
	near(t, "X_uu", d.Scatter.At(0, 0), 0.36/(2-eta), 1e-13)
}
