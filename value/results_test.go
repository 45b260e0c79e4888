package value_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// same reports an expression that differs from what text says.
func same(t *testing.T, what string, got expr.Expr, err error, text string) {
	t.Helper()
	if want := expr.MustParse(text); err != nil || !got.Equal(want) {
		t.Errorf("%s: %v, %v; want %v", what, got, err, want)
	}
}

// one puts batches of one point.
func one(t fatal, e expr.Expr, err error) expr.Expr {
	t.Helper()
	if err == nil {
		e, err = e.Substitute(expr.Set("B", expr.Int(1)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The results at minima are what P prints, or where it errs what design and errata have.
func TestResultsInLetters(t *testing.T) {
	discrete, continuous := value.Discrete, value.Continuous
	inPowers := func(e expr.Expr, err error) (expr.Expr, error) {
		if err != nil {
			return e, err
		}
		return e.InPowers()
	}
	e, err := inPowers(value.Example1(ctx, continuous)) // P §1.1
	same(t, "Example 1", one(t, e, err), nil, "−1/6·η³·Σ_μνλ S_μνλ·J_μνλ·(1 − exp(−T·η·(h_μ + h_ν + h_λ)))/(η·(h_μ + h_ν + h_λ))")
	e, err = inPowers(value.Example1(ctx, discrete)) // design §3
	power := "(1 − η·h_μ)^T·(1 − η·h_ν)^T·(1 − η·h_λ)^T"
	same(t, "Example 1, discrete", one(t, e, err), nil, "−1/6·η³·Σ_μνλ S_μνλ·J_μνλ·(1 − "+power+")/(1 − (1 − η·h_μ)·(1 − η·h_ν)·(1 − η·h_λ))")
	e, err = value.Remark1(ctx, continuous) // P §1.1
	same(t, "Remark 1", one(t, e, err), nil, "−1/6·η²·S_μνλ·J^μνλ/(3·h₀)")
	e, err = value.Remark1(ctx, discrete)
	same(t, "Remark 1, discrete", one(t, e, err), nil, "−1/6·η³·S_μνλ·J^μνλ/(1 − (1 − η·h₀)³)")
	e, err = value.Corollary1(ctx, continuous) // design §7
	same(t, "Cor. 1", one(t, e, err), nil, "−1/2·η·Σ_νλ C_νλ·J_νλμ/((h_ν + h_λ)·h_μ)")
	e, err = value.Corollary1(ctx, discrete)
	same(t, "Cor. 1, discrete", one(t, e, err), nil, "−1/2·η·Σ_νλ C_νλ·J_νλμ/((h_ν + h_λ − η·h_ν·h_λ)·h_μ)")
	e, err = value.DriftFormula(ctx, discrete)
	same(t, "drift, discrete", one(t, e, err), nil, "−1/2·η²·Σ_νλ C_νλ·J_νλμ/(h_ν + h_λ − η·h_ν·h_λ)")

	over, gap, err := value.Corollary2(ctx, continuous) // P §2.3
	over, err = inPowers(over, err)
	same(t, "Cor. 2", over, err, "Σ_μ C_μμ/N/(2·h_μ)·(1 − exp(−η·T·h_μ))²")
	gap, err = inPowers(gap, err)
	same(t, "Cor. 2, gap", gap, err, "Σ_μ C_μμ/N/h_μ·(1 − exp(−η·T·h_μ))")
	over, gap, err = value.Corollary2(ctx, discrete) // design §7
	over, err = inPowers(over, err)
	same(t, "Cor. 2, discrete", over, err, "Σ_μ C_μμ/N/(2·h_μ)·(1 − (1 − η·h_μ)^T)²")
	limit, err := gap.Limit("T")
	same(t, "Cor. 2, TIC", limit, err, "Σ_μ C_μμ/h_μ/N")
	fisher, err := limit.Substitute(expr.NoiseIsHessian(), expr.Eigenbasis())
	if err == nil {
		fisher, err = fisher.Substitute(expr.Eigenbasis())
	}
	same(t, "Cor. 2, AIC", fisher, err, "P/N")

	for name, f := range map[string]func() (expr.Expr, error){
		"Remark 1": func() (expr.Expr, error) { return value.Remark1(ctx, value.Plain) },
		"Cor. 1":   func() (expr.Expr, error) { return value.Corollary1(ctx, value.Plain) },
		"drift":    func() (expr.Expr, error) { return value.DriftFormula(ctx, value.Plain) },
		"Cor. 2":   func() (expr.Expr, error) { e, _, err := value.Corollary2(ctx, 7); return e, err },
	} {
		e, err := f()
		if !errors.Is(err, value.ErrKind) {
			t.Errorf("%s of a kind there is not: %v, %v", name, e, err)
		} else if strings.Contains(err.Error(), ": value: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Example 1 without looking for S: it is all that SGD has at order 3 and SGD with Gaussian
// noise of the same covariance has not.
func TestExample1IsWhatGaussianNoiseLacks(t *testing.T) {
	for _, kind := range []value.Kind{value.Plain, value.Continuous, value.Discrete} {
		e, err := value.ResummedFormula(ctx, value.OneEpoch, value.TestLoss(), 3, kind)
		sgd := one(t, e, err)
		e, err = value.ResummedFormula(ctx, value.GaussianNoise, value.TestLoss(), 3, kind)
		general, err := expr.Sub(sgd, one(t, e, err))
		if err != nil {
			t.Fatal(err)
		}
		e, err = value.Example1(ctx, kind)
		if e = one(t, e, err); !e.Equal(general) {
			t.Errorf("%v: %v, but SGD less SGD with Gaussian noise has %v", kind, e, general)
		}
	}
}

// Two landscapes with one gradient, Hessian, J and covariance: what a cubic loss makes of
// SGD on skewed noise and on symmetric noise differs by Example 1, exactly after one step,
// and to order η³ after any number.
func TestExample1IsSGD(t *testing.T) {
	// Slopes of mean 0 and variance 2: ±1, ±2 make a skewness of 2 or of 0.
	skewed := map[int64]*big.Rat{2: big.NewRat(1, 3), -1: big.NewRat(2, 3)}
	symmetric := map[int64]*big.Rat{2: big.NewRat(1, 4), 0: big.NewRat(1, 2), -2: big.NewRat(1, 4)}
	const h, j, s = 3, 5, 2
	problem := func(slopes map[int64]*big.Rat, steps int) descent.Problem {
		p := descent.Problem{Dim: 1, Theta: []*big.Rat{new(big.Rat)}, N: steps, T: steps}
		for slope, prob := range slopes {
			p.Data = append(p.Data, descent.Datum{Prob: prob, Loss: descent.Loss{
				{Coef: big.NewRat(slope, 1), Exp: []int{1}}, {Coef: big.NewRat(h, 2), Exp: []int{2}}, {Coef: big.NewRat(j, 6), Exp: []int{3}},
			}})
		}
		for i := range steps {
			p.Cells = append(p.Cells, descent.Cell{N: i, T: i, Weight: big.NewRat(1, 1)})
		}
		return p
	}
	env := func(steps int64, eta *big.Rat) expr.Env[*big.Rat] {
		return expr.Env[*big.Rat]{
			Spectrum: []*big.Rat{big.NewRat(h, 1)}, Scalars: map[string]*big.Rat{"T": big.NewRat(steps, 1), "η": eta, "B": big.NewRat(1, 1)},
			Component: func(c expr.Component) (*big.Rat, error) {
				if len(c.Nodes) == 3 {
					return big.NewRat(s, 1), nil
				}
				return big.NewRat(j, 1), nil
			},
		}
	}
	check := func(kind value.Kind, steps int64, eta, want *big.Rat) {
		t.Helper()
		e, err := value.Example1(ctx, kind)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.EvalRat(env(steps, eta)); err != nil || got.Cmp(want) != 0 {
			t.Errorf("%v, T=%d: %v, %v; want %v", kind, steps, got, err, want)
		}
	}
	eta := big.NewRat(2, 7)
	a, _, err := descent.Run(problem(skewed, 1), eta)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := descent.Run(problem(symmetric, 1), eta)
	if err != nil {
		t.Fatal(err)
	}
	check(value.Discrete, 1, eta, sub(a, b))
	for _, steps := range []int{1, 2, 4} {
		a, err := descent.Expand(problem(skewed, steps), 3)
		if err != nil {
			t.Fatal(err)
		}
		b, err := descent.Expand(problem(symmetric, steps), 3)
		if err != nil {
			t.Fatal(err)
		}
		check(value.Plain, int64(steps), big.NewRat(1, 1), sub(a.TestLoss()[3], b.TestLoss()[3]))
	}
}

// No diagram of the displacement but that of Corollary 1 is of order η as T → ∞.
func TestCorollary1IsLeading(t *testing.T) {
	// Where every statistic and eigenvalue is 1, a limit of order η² is below 2⁻³⁰ η.
	eta := big.NewRat(1, 1<<50)
	unit := expr.Env[*big.Rat]{
		Spectrum: []*big.Rat{big.NewRat(1, 1)}, Scalars: map[string]*big.Rat{"η": eta, "B": big.NewRat(1, 1)}, Indices: map[string]int{"μ": 0},
		Component: func(expr.Component) (*big.Rat, error) { return big.NewRat(1, 1), nil },
	}
	found := 0
	for edges := 1; edges <= 5; edges++ {
		seq, err := diagram.Enumerate(edges, diagram.Options{RootDegree: 1, Irreducible: true})
		if err != nil {
			t.Fatal(err)
		}
		for d := range seq {
			e, err := value.TermFormula(value.OneEpoch, value.Displacement(), d, value.Discrete)
			if err != nil {
				t.Fatal(err)
			}
			if e, err = e.Substitute(expr.NoGradient()); err != nil || e.IsZero() {
				continue
			}
			if e, err = e.Limit("T"); err != nil {
				t.Fatalf("%v: %v", d, err)
			}
			x, err := e.EvalRat(unit)
			if err != nil {
				t.Fatal(err)
			}
			if x.Abs(x).Cmp(mul(eta, big.NewRat(1, 1<<30))) > 0 {
				found++
				corollary, err := value.Corollary1(ctx, value.Discrete)
				if err != nil || !corollary.Equal(e) {
					t.Errorf("%v: %v is of order η too, besides Corollary 1: %v, %v", d, e, corollary, err)
				}
			}
		}
	}
	if found != 1 {
		t.Errorf("%d diagrams are of order η", found)
	}
}

// P §2.3: overfitting is largest for curvatures h with 2x = e^x − 1 for x = ηTh, 1.25643…
func TestMostOverfitting(t *testing.T) {
	over, _, err := value.Corollary2(ctx, value.Continuous)
	if err != nil {
		t.Fatal(err)
	}
	slope, err := over.DerivativeEigenvalue("α")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ eta, steps float64 }{{0.1, 50}, {1e-3, 1e6}, {2, 3}} {
		at := func(h float64) float64 {
			x, err := slope.Eval(expr.Env[float64]{
				Spectrum: []float64{h}, Scalars: map[string]float64{"η": c.eta, "T": c.steps, "N": 10}, Indices: map[string]int{"α": 0},
				Component: func(expr.Component) (float64, error) { return 7, nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		low, high := 0.5/(c.eta*c.steps), 3/(c.eta*c.steps)
		if !(at(low) > 0 && at(high) < 0) {
			t.Fatalf("overfitting does not rise and fall: slopes %v and %v", at(low), at(high))
		}
		for range 60 {
			if middle := (low + high) / 2; at(middle) > 0 {
				low = middle
			} else {
				high = middle
			}
		}
		x := c.eta * c.steps * low
		// The terms of the slope are of order 1 and known to some ulp; its own slope is −0.3.
		if r := math.Expm1(x) - 2*x; math.Abs(r) > 1e-12 {
			t.Errorf("η=%v, T=%v: ηTh = %.15f, where e^x − 1 − 2x is %v", c.eta, c.steps, x, r)
		}
		near(t, "ηTh", x, 1.2564312086261697, 1e-12)
	}
}

// letter returns the landscape's formulas in one dimension: its Hessian is called H₀, and
// the covariance of its gradients is 1.
func letter(t fatal, e expr.Expr, err error) expr.Expr {
	t.Helper()
	if err == nil {
		e, err = e.Substitute(expr.Propagators())
	}
	if err == nil {
		e, err = e.Substitute(expr.Isotropic(expr.MustParse("H₀")), expr.NoGradient())
	}
	if err == nil {
		e, err = e.Bind(expr.Env[*big.Rat]{Dim: 1, Component: func(c expr.Component) (*big.Rat, error) {
			if len(c.Nodes) == 2 && c.String() == "C[0,0]" {
				return big.NewRat(1, 1), nil
			}
			return new(big.Rat), nil // the loss itself, and cumulants that constant noise does not have
		}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// P §C.1, Mean Estimation: l_x = H θ²/2 + x S θ, from the mean θ = 0. The series are closed
// forms in H, S², N, η and T, and equal to SGD and GD as exact numbers.
func TestMeanEstimation(t *testing.T) {
	cases := []struct {
		family value.Family
		o      value.Observable
		closed string // over S²
	}{
		{value.FullBatch, value.TestLoss(), "(1 − (1 − η·H₀)^T)²/(2·N·H₀)"},
		{value.FullBatch, value.Gap(), "(1 − (1 − η·H₀)^T)/(N·H₀)"},
		{value.FullBatch, value.TrainLoss(), "(1 − (1 − η·H₀)^T)²/(2·N·H₀) − (1 − (1 − η·H₀)^T)/(N·H₀)"},
		{value.OneEpoch, value.TestLoss(), "η/(2·B)·(1 − (1 − η·H₀)^T·(1 − η·H₀)^T)/(2 − η·H₀)"},
		{value.OneEpoch, value.Gap(), "(1 − (1 − η·H₀)^T)/(T·B·H₀)"},
	}
	h, s := big.NewRat(3, 5), big.NewRat(7, 2)
	runs := []struct {
		family value.Family
		n, t   int
		b      int64
		eta    *big.Rat
	}{
		{value.FullBatch, 1, 4, 1, big.NewRat(2, 7)}, {value.FullBatch, 3, 3, 1, big.NewRat(5, 2)}, {value.FullBatch, 2, 0, 1, big.NewRat(1, 2)},
		{value.OneEpoch, 4, 4, 1, big.NewRat(2, 7)}, {value.OneEpoch, 4, 2, 2, big.NewRat(4, 1)},
	}
	for _, c := range cases {
		e, err := value.ResummedFormula(ctx, c.family, c.o, 2, value.Discrete)
		e = letter(t, e, err)
		powers, err := e.InPowers()
		if err != nil {
			t.Fatal(err)
		}
		if want, err := expr.MustParse(c.closed).Cancel(); err != nil || !equalAfterCancel(t, powers, want) {
			t.Errorf("%v of %v: %v, want %v", c.o, c.family, powers, want)
		}
		for _, run := range runs {
			if run.family != c.family {
				continue
			}
			p := descent.Problem{Dim: 1, Theta: []*big.Rat{new(big.Rat)}, N: run.n, T: run.t}
			for _, x := range []int64{-1, 1} {
				p.Data = append(p.Data, descent.Datum{Prob: big.NewRat(1, 2), Loss: descent.Loss{
					{Coef: mul(h, big.NewRat(1, 2)), Exp: []int{2}}, {Coef: mul(s, big.NewRat(x, 1)), Exp: []int{1}},
				}})
			}
			g := embed.Must(embed.GD(int64(run.n), int64(run.t)))
			if run.family == value.OneEpoch {
				g = embed.Must(embed.SGD(int64(run.n), 1, run.b))
			}
			p.Cells = cellsOf(g)
			exact, err := descent.At(p, run.eta)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]descent.Series{"test": exact.TestLoss(), "train": exact.TrainLoss(), "gap": exact.Gap()}[c.o.String()][0]
			got, err := e.EvalRat(expr.Env[*big.Rat]{Scalars: map[string]*big.Rat{
				"H₀": h, "η": run.eta, "T": big.NewRat(int64(run.t), 1), "N": big.NewRat(int64(run.n), 1), "B": big.NewRat(run.b, 1),
			}})
			if err != nil || mul(got, s, s).Cmp(want) != 0 {
				t.Errorf("%v of %v, N=%d T=%d B=%d η=%v: %v, %v; itself %v", c.o, c.family, run.n, run.t, run.b, run.eta, mul(got, s, s), err, want)
			}
		}
	}
}

// equalAfterCancel reports whether a − b is 0 over a common denominator.
func equalAfterCancel(t fatal, a, b expr.Expr) bool {
	t.Helper()
	d, err := expr.Sub(a, b)
	if err == nil {
		d, err = d.Cancel()
	}
	if err != nil {
		t.Fatal(err)
	}
	return d.IsZero()
}

// gauss is P §C.1's Gauss, l_x = (θ + x² e^{−θ})/2 with normal x at θ = 0, through θ⁴.
func gauss(t fatal) *tensor.Gaussian {
	return gaussian(t, 1, big.NewRat(1, 1), monomial(1, 2, 1, 0), monomial(1, 2, 0, 2),
		monomial(-1, 2, 1, 2), monomial(1, 4, 2, 2), monomial(-1, 12, 3, 2), monomial(1, 48, 4, 2))
}

// P §C.1, Gauss: with H = C = ½, J = −½ and S = −1 it overfits as any well-specified model.
func TestGauss(t *testing.T) {
	env, err := value.Env(value.ExactPoint(gauss(t)))
	if err != nil {
		t.Fatal(err)
	}
	delete(env.Scalars, "P")
	bind := func(e expr.Expr, err error) expr.Expr {
		t.Helper()
		if err == nil {
			e, err = e.Bind(env)
		}
		if err == nil {
			e, err = e.InPowers()
		}
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	over, gap, err := value.Corollary2(ctx, value.Discrete)
	same(t, "overfitting", bind(over, err), nil, "(1 − (1 − 1/2·η)^T)²/(2·N)")
	same(t, "gap", bind(gap, err), nil, "(1 − (1 − 1/2·η)^T)/N")
	skewness, err := value.Example1(ctx, value.Continuous)
	same(t, "skewness", bind(skewness, err), nil, "−η³/12/B²·(1 − exp(−3/2·η·T))/(3/2·η)")
	sgd, err := value.Corollary1(ctx, value.Continuous)
	env.Indices = map[string]int{"μ": 0}
	same(t, "displacement", bind(sgd, err), nil, "1/4·η/B") // −(η/2)·½·(−½)/(1·½)
}

// archimedes is P §C.1's Archimedes, through (z−z₀)⁴ about the angle z₀ with the given cosine
// and sine, at u and v: H(θ) = u² + v² + (cos(z) u + sin(z) v)², l_x = H/2 + x S with S =
// cos(z−π/4) u + sin(z−π/4) v. Here x has the variance ½, for √½ in the cosine of π/4.
func archimedes(t fatal, cos, sin, u, v *big.Rat) *tensor.Gaussian {
	t.Helper()
	poly := func(terms ...tensor.Term) tensor.Polynomial {
		p, err := tensor.NewPolynomial(4, terms) // u, v, z − z₀, x
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	add := func(p, q tensor.Polynomial) tensor.Polynomial {
		sum, err := p.Add(q)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	times := func(p, q tensor.Polynomial) tensor.Polynomial {
		product, err := p.Mul(q)
		if err != nil {
			t.Fatal(err)
		}
		return product
	}
	minus := big.NewRat(-1, 1)
	inU, inV := poly(monomial(1, 1, 1, 0, 0, 0)), poly(monomial(1, 1, 0, 1, 0, 0))
	even := poly(monomial(1, 1, 0, 0, 0, 0), monomial(-1, 2, 0, 0, 2, 0), monomial(1, 24, 0, 0, 4, 0))
	odd := poly(monomial(1, 1, 0, 0, 1, 0), monomial(-1, 6, 0, 0, 3, 0))
	cosine := add(even.Scale(cos), odd.Scale(mul(minus, sin)))
	sine := add(even.Scale(sin), odd.Scale(cos))
	along := add(times(cosine, inU), times(sine, inV))
	square := add(times(along, along), add(times(inU, inU), times(inV, inV)))
	slope := add(times(add(cosine, sine), inU), times(add(sine, cosine.Scale(minus)), inV))
	loss := add(square.Scale(big.NewRat(1, 2)), times(slope, poly(monomial(1, 1, 0, 0, 0, 1))))
	l, err := tensor.NewGaussian([]*big.Rat{u, v, new(big.Rat)}, []*big.Rat{new(big.Rat)}, [][]*big.Rat{{big.NewRat(1, 2)}}, loss)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// P §3.2: from the statistics of Archimedes to its velocity as a formula in η. The paper's is
// η²/6, and design §3 has that of discrete time.
func TestArchimedesDrifts(t *testing.T) {
	origin := archimedes(t, big.NewRat(1, 1), new(big.Rat), new(big.Rat), new(big.Rat))
	env, err := value.Env(value.ExactPoint(origin))
	if err != nil {
		t.Fatal(err)
	}
	for kind, velocity := range map[value.Kind]string{value.Continuous: "1/6·η²", value.Discrete: "1/2·η²/(3 − 2·η)"} {
		drift, err := value.DriftFormula(ctx, kind)
		if err != nil {
			t.Fatal(err)
		}
		env.Indices = map[string]int{"μ": 2}
		bound, err := one(t, drift, nil).Bind(env)
		same(t, kind.String(), bound, err, velocity)
	}
}
