package value_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// gaussian returns a landscape with one normal coordinate x of mean 0, at θ = 0.
func gaussian(t fatal, dim int, variance *big.Rat, terms ...tensor.Term) *tensor.Gaussian {
	t.Helper()
	loss, err := tensor.NewPolynomial(dim+1, terms)
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]*big.Rat, dim)
	for i := range theta {
		theta[i] = new(big.Rat)
	}
	l, err := tensor.NewGaussian(theta, []*big.Rat{new(big.Rat)}, [][]*big.Rat{{variance}}, loss)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func resum(t fatal, d embed.Dynamics, o value.Observable, order int, kind value.Kind) *value.Resummed {
	t.Helper()
	r, err := value.Resum(ctx, d, o, order, kind)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sumAt[T any](t fatal, r *value.Resummed, p value.Point[T], eta T) *tensor.Dense[T] {
	t.Helper()
	sums, err := value.EvaluateAt(ctx, r, p, eta)
	if err != nil {
		t.Fatal(err)
	}
	return sums[r.Order]
}

// leading returns the part of one diagram.
func leading[T any](t fatal, r *value.Resummed, text string, p value.Point[T], eta T) *tensor.Dense[T] {
	t.Helper()
	for _, term := range r.Terms {
		if term.Diagram == diagram.MustParse(text) {
			x, err := value.TermAt(ctx, r, term, p, eta)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
	}
	t.Fatal(text + " is not among the terms")
	return nil
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func power(x *big.Rat, k int64) *big.Rat {
	y := big.NewRat(1, 1)
	for range k {
		y.Mul(y, x)
	}
	return y
}

// P Cor. 2, in discrete time: mean estimation by GD overfits by (1−(1−ηH)^T)² C/(2NH), with
// a generalization gap of (1−(1−ηH)^T) C/(NH). As exact numbers, and at T = 10⁹.
func TestCorollary2(t *testing.T) {
	h, c := big.NewRat(3, 5), big.NewRat(7, 2)
	l := gaussian(t, 1, c, tensor.Term{Coef: mul(h, big.NewRat(1, 2)), Exp: []int{2, 0}}, tensor.Term{Coef: big.NewRat(1, 1), Exp: []int{1, 1}})
	one := big.NewRat(1, 1)
	for _, steps := range []int64{0, 1, 2, 7, 20} {
		n, eta := int64(6), big.NewRat(2, 7)
		gd := embed.NewCounter(embed.Must(embed.GD(n, steps)))
		decayed := sub(one, power(sub(one, mul(eta, h)), steps))
		over := mul(decayed, decayed, c, inv(mul(big.NewRat(2*n, 1), h)))
		if got := sumAt(t, resum(t, gd, value.TestLoss(), 2, value.Discrete), value.ExactPoint(l), eta).At(); got.Cmp(over) != 0 {
			t.Errorf("T=%d: overfitting %v, want %v", steps, got, over)
		}
		gap := mul(decayed, c, inv(mul(big.NewRat(n, 1), h)))
		if got := sumAt(t, resum(t, gd, value.Gap(), 2, value.Discrete), value.ExactPoint(l), eta).At(); got.Cmp(gap) != 0 {
			t.Errorf("T=%d: gap %v, want %v", steps, got, gap)
		}
	}
	const steps, n, eta = 1e9, 100.0, 1e-9
	gd := embed.NewCounter(embed.Must(embed.GD(n, steps)))
	decayed := -math.Expm1(steps * math.Log1p(-eta*0.6))
	near(t, "overfitting at T=1e9", sumAt(t, resum(t, gd, value.TestLoss(), 2, value.Discrete), value.FloatPoint(l), eta).At(), decayed*decayed*3.5/(2*n*0.6), 1e-14)
	near(t, "gap at T=1e9", sumAt(t, resum(t, gd, value.Gap(), 2, value.Discrete), value.FloatPoint(l), eta).At(), decayed*3.5/(n*0.6), 1e-14)
	near(t, "overfitting at T=1e9 of flow", sumAt(t, resum(t, gd, value.TestLoss(), 2, value.Continuous), value.FloatPoint(l), eta).At(),
		math.Pow(math.Expm1(-steps*eta*0.6), 2)*3.5/(2*n*0.6), 1e-14)
}

// P Example 1: skewness adds −(η³/3!) S (1−e^{−3TηH})/(3ηH) J to the test loss, and in
// discrete time (1−(1−ηH)^{3T})/(1−(1−ηH)³) stands for the fraction.
func TestExample1(t *testing.T) {
	// x² − 1 with x normal has the third cumulant 8.
	l := gaussian(t, 1, big.NewRat(1, 1),
		tensor.Term{Coef: big.NewRat(1, 4), Exp: []int{2, 0}}, tensor.Term{Coef: big.NewRat(1, 9), Exp: []int{3, 0}},
		tensor.Term{Coef: big.NewRat(1, 1), Exp: []int{1, 2}}, tensor.Term{Coef: big.NewRat(-1, 1), Exp: []int{1, 0}})
	const (
		h, j, s = 0.5, 2.0 / 3, 8.0
		shape   = "(012-3)(03-13-23)"
	)
	for _, c := range []struct {
		steps int64
		eta   float64
	}{{1, 0.3}, {10, 0.1}, {1000, 1e-3}, {1e9, 1e-9}, {1e9, 0.5}} {
		sgd := embed.NewCounter(embed.Must(embed.OneEpoch(c.steps)))
		factor := -c.eta * c.eta * c.eta / 6 * s * j
		x := leading(t, resum(t, sgd, value.TestLoss(), 3, value.Continuous), shape, value.FloatPoint(l), c.eta).At()
		near(t, "continuous", x, factor*-math.Expm1(-3*float64(c.steps)*c.eta*h)/(3*c.eta*h), 1e-14)
		x = leading(t, resum(t, sgd, value.TestLoss(), 3, value.Discrete), shape, value.FloatPoint(l), c.eta).At()
		step := math.Log1p(-c.eta * h)
		near(t, "discrete", x, factor*math.Expm1(3*float64(c.steps)*step)/math.Expm1(3*step), 1e-14)
	}
}

// P §C.1, Archimedes: what matters of the landscape at u = v = z = 0 are H = diag(2, 1, 0),
// C = ½(1, −1, 0)⊗(1, −1, 0) and ∂_z H_uv = 1. The leading diagram drives z by η²/6 per step in
// continuous time, and by η²/(2(3−2η)) in discrete time.
func TestArchimedes(t *testing.T) {
	half, one := big.NewRat(1, 2), big.NewRat(1, 1)
	l := gaussian(t, 3, half,
		tensor.Term{Coef: one, Exp: []int{2, 0, 0, 0}}, tensor.Term{Coef: half, Exp: []int{0, 2, 0, 0}},
		tensor.Term{Coef: one, Exp: []int{1, 1, 1, 0}},
		tensor.Term{Coef: one, Exp: []int{1, 0, 0, 1}}, tensor.Term{Coef: big.NewRat(-1, 1), Exp: []int{0, 1, 0, 1}})
	const shape = "(01-2-3)(02-12-23)"
	eta := big.NewRat(1, 20)
	z := func(steps int64) *big.Rat {
		sgd := embed.NewCounter(embed.Must(embed.OneEpoch(steps)))
		return leading(t, resum(t, sgd, value.Displacement(), 3, value.Discrete), shape, value.ExactPoint(l), eta).At(2)
	}
	// With λ = (1−2η)(1−η), the step T+1 adds η²(1−λ^T)/(2(3−2η)).
	lambda := mul(sub(one, mul(big.NewRat(2, 1), eta)), sub(one, eta))
	speed := mul(eta, eta, half, inv(sub(big.NewRat(3, 1), mul(big.NewRat(2, 1), eta))))
	for _, steps := range []int64{1, 2, 10, 30} {
		want := mul(speed, sub(one, power(lambda, steps)))
		if got := sub(z(steps+1), z(steps)); got.Cmp(want) != 0 {
			t.Errorf("step %d moves z by %v, want %v", steps, got, want)
		}
	}
	const rate = 0.05
	for kind, speed := range map[value.Kind]float64{value.Continuous: rate * rate / 6, value.Discrete: rate * rate / (2 * (3 - 2*rate))} {
		const steps = 1e9
		sgd := embed.NewCounter(embed.Must(embed.OneEpoch(steps)))
		x := leading(t, resum(t, sgd, value.Displacement(), 3, kind), shape, value.FloatPoint(l), rate)
		near(t, kind.String()+" drift of z", x.At(2)/steps, speed, 1e-7) // the start takes a few of 10⁹ steps
		if x.At(0) != 0 || x.At(1) != 0 {
			t.Errorf("%v drift of u and v: %v", kind, x)
		}
	}
}

// monomial returns a term of a loss, for the exponents of θ and of x.
func monomial(num, den int64, exp ...int) tensor.Term {
	return tensor.Term{Coef: big.NewRat(num, den), Exp: exp}
}
