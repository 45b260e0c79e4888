package expr_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
	"github.com/perturb-go/perturb/value/expr/internal/exprtest"
)

func TestDerivative(t *testing.T) {
	for _, c := range []struct{ text, by, want string }{
		{"η³·x", "η", "3·η²·x"},
		{"1/N", "N", "−1/N²"},
		{"(1 − η·h_μ)^T", "η", "−T·h_μ·(1 − η·h_μ)^(T − 1)"},
		{"Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)", "N", "−Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N²·h_μ)"},
		{"exp(−η·T·h_μ)", "T", "−η·h_μ·exp(−η·T·h_μ)"},
		{"1/(x + y)", "x", "−1/(x + y)²"},
		{"dd(T; x, y)", "x", "dd(T; x, x, y)"},
		{"dd(T; x, x)", "x", "2·dd(T; x, x, x)"},
		{"dd(T; x², 1)", "x", "2·x·dd(T; x², x², 1)"},
		{"ddexp(T; x, y)", "y", "ddexp(T; x, y, y)"},
		{"ddexp(T; x, y)", "T", "x·ddexp(T; x, y) + exp(T·y)"},
		{"ddexp(2·T; x, y)", "T", "2·x·ddexp(2·T; x, y) + 2·exp(2·T·y)"},
		{"x^T", "y", "0"},
		{"k_μ^T", "η", "−T·h_μ·k_μ^(T − 1)"},
		{"k_μ^T", "x", "0"},
		{"(x^T)", "x", "T·x^(T − 1)"},
	} {
		got, err := expr.MustParse(c.text).Derivative(c.by)
		if want := expr.MustParse(c.want); err != nil || !got.Equal(want) {
			t.Errorf("∂/∂%s %s: %v, %v; want %v", c.by, c.text, got, err, want)
		}
	}
	for _, c := range []struct{ text, by, want string }{
		{"h_μ²", "μ", "2·h_μ"},
		{"h_μ²", "ν", "2·h_μ·δ_μν"},
		{"Σ_ν h_ν²·C_νν", "μ", "2·h_μ·C_μμ"},
		{"exp(Σ_ν h_ν)", "μ", "exp(Σ_ν h_ν)"},
		{"Σ_νλ C_νλ/(h_ν + h_λ)", "μ", "−2·Σ_ν C_μν/(h_μ + h_ν)²"},
		{"H_μν", "μ", "0"},
		{"dd(T; 1, k_μ·k_ν)", "μ", "−η·(k_ν + δ_μν·k_μ)·dd(T; 1, k_μ·k_ν, k_μ·k_ν)"},
	} {
		got, err := expr.MustParse(c.text).DerivativeEigenvalue(c.by)
		if want := expr.MustParse(c.want); err != nil || !got.Equal(want) {
			t.Errorf("∂/∂h_%s %s: %v, %v; want %v", c.by, c.text, got, err, want)
		}
	}
	for _, text := range []string{"x^T", "dd(T; x, y)", "exp(x^(2·T))", "1/(1 + x^T)", "ddexp(x^T; x, y)"} {
		if got, err := expr.MustParse(text).Derivative("T"); !errors.Is(err, expr.ErrDiscrete) {
			t.Errorf("∂/∂T %s: %v, %v; want error %v", text, got, err, expr.ErrDiscrete)
		}
	}
}

// The derivative of a polynomial is what a small shift brings in at first order.
func TestDerivativeOfPolynomials(t *testing.T) {
	shift := expr.Set("x", expr.MustParse("x + ε"))
	rapid.Check(t, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 4, Free: free, Polynomial: true})
		shifted, err := e.Substitute(shift)
		if err != nil {
			t.Skip(err)
		}
		want, err := shifted.Coefficient("ε", 1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Derivative("x")
		if err != nil || !got.Equal(want) {
			t.Fatalf("%v = %v: %v, %v; want %v", tree, e, got, err, want)
		}
	})
}

// Exactly: f(x + ε) − f(x − ε) = 2ε f'(x) + ε³ f”'(ξ)/3, so that halving ε divides the
// error by 4, but for functions with no curvature.
func TestDerivativeOfRationalFunctions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 3, Free: free})
		d, err := e.Derivative("x")
		if errors.Is(err, expr.ErrLimit) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatalf("%v = %v: %v", tree, e, err)
		}
		world := exprtest.DrawWorld(t, free)
		x := world.Scalars["x"]
		want, err := d.EvalRat(world.Env())
		if err != nil {
			t.Skip(err)
		}
		difference := func(ε *big.Rat) *big.Rat {
			at := func(ε *big.Rat) *big.Rat {
				world.Scalars["x"] = new(big.Rat).Add(x, ε)
				y, err := e.EvalRat(world.Env())
				if err != nil {
					t.Skip(err)
				}
				return y
			}
			y := new(big.Rat).Sub(at(ε), at(new(big.Rat).Neg(ε)))
			y.Quo(y, ε)
			y.Mul(y, big.NewRat(1, 2))
			y.Sub(y, want)
			return y.Abs(y)
		}
		ε := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(25), nil))
		large := difference(ε)
		small := difference(new(big.Rat).Mul(ε, big.NewRat(1, 2)))
		// The error is c ε² (1 + O(ε²)): 4·small = large, to many digits.
		small.Mul(small, big.NewRat(4, 1))
		gap := new(big.Rat).Sub(large, small)
		gap.Abs(gap)
		if gap.Mul(gap, big.NewRat(1000000, 1)).Cmp(large) > 0 {
			t.Fatalf("%v = %v: derivative %v has error %v, then %v", tree, e, d, large, small)
		}
	})
}

// With exponentials, by central differences with an extrapolated tolerance.
func TestDerivativeOfExponentials(t *testing.T) {
	for _, text := range []string{
		"exp(−x·y)", "ddexp(x; y, 2·y, −1)", "ddexp(T; x, y, x²)", "exp(exp(x))/(1 + x²)", "Σ_μ exp(−x·h_μ)·C_μμ/(h_μ + x)",
		"ddexp(x; −h_μ, −x, −2·x)·exp(x)", "exp(−x)·dd(T; 1 − x, 1, exp(−x))",
	} {
		e := expr.MustParse(text)
		d, err := e.Derivative("x")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		rapid.Check(t, func(t *rapid.T) {
			world := exprtest.DrawWorld(t, nil)
			env := world.Float()
			env.Indices, env.Scalars["y"] = map[string]int{"μ": 0}, env.Scalars["M"]
			x := env.Scalars["x"]
			at := func(x float64) float64 {
				env.Scalars["x"] = x
				y, err := e.Eval(env)
				if err != nil {
					t.Skip(err)
				}
				return y
			}
			const ε = 1e-4
			wide := (at(x+2*ε) - at(x-2*ε)) / (4 * ε)
			narrow := (at(x+ε) - at(x-ε)) / (2 * ε)
			size := math.Abs(at(x)) + math.Abs(at(x+ε))
			env.Scalars["x"] = x
			got, err := d.Eval(env)
			if err != nil {
				t.Skip(err)
			}
			// Rounding by ε, and a truncation of a third of the change.
			tolerance := 1e-11*(size+math.Abs(got))/ε + math.Abs(wide-narrow)
			if !(math.Abs(got-narrow) <= tolerance) {
				t.Fatalf("∂/∂x %v = %v at %v: %v, want %v ± %v", e, d, env, got, narrow, tolerance)
			}
		})
	}
}
