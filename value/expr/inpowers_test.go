package expr_test

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
	"github.com/perturb-go/perturb/value/expr/internal/exprtest"
)

func TestInPowers(t *testing.T) {
	for _, c := range []struct{ text, want, why string }{
		{"η·h_μ·dd(T; 1, 1 − η·h_μ)", "1 − (1 − η·h_μ)^T", "a geometric sum"},
		{"1/2·η²/N·Σ_μ C_μμ·h_μ·dd(T; 1, 1 − η·h_μ)²", "Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)", "P Corollary 2, discrete"},
		{"1/2·η²/N·Σ_μ C_μμ·h_μ·ddexp(T; 0, −η·h_μ)²", "Σ_μ (1 − exp(−η·h_μ·T))²·C_μμ/(2·N·h_μ)", "P Corollary 2"},
		{"dd(T; 1, (1 − η·h_μ)·(1 − η·h_ν))", "(1 − (1 − η·h_μ)^T·(1 − η·h_ν)^T)/η/(h_μ + h_ν − η·h_μ·h_ν)", "a product of propagators"},
		{"η·h_μ·dd(T; 1, k_μ)", "1 − (1 − η·h_μ)^T", "its letter"},
		{"k_μ·dd(T; 1, k_μ·k_ν)", "(1 − η·h_μ)·(1 − (1 − η·h_μ)^T·(1 − η·h_ν)^T)/η/(h_μ + h_ν − η·h_μ·h_ν)", "letters"},
		{"dd(T; 1, (1 − η·h_μ)²)", "(1 − (1 − η·h_μ)^(2·T))/(2·η·h_μ − η²·h_μ²)", "a square"},
		{"dd(T; 0, (1 − η)·(1 − η·h_μ)²·(1 − η·x/N))", "((1 − η)^T·(1 − η·h_μ)^(2·T)·(1 − η·x/N)^T − 0^T)/((1 − η)·(1 − η·h_μ)²·(1 − η·x/N))", "four"},
		{"dd(T; (1 − η·h_μ)·(1 − η·h_ν), (1 − η·h_μ)·(1 − η·h_λ))",
			"((1 − η·h_ν)^T − (1 − η·h_λ)^T)·(1 − η·h_μ)^T/η/(1 − η·h_μ)/(h_λ − h_ν)", "a propagator in common"},
		{"dd(T; 0, 1 − η·x + η²·y)", "((1 − η·x + η²·y)^T − 0^T)/(1 − η·x + η²·y)", "no product"},
		{"dd(T; 0, 1 − 2·η·x + η²·x·y)", "((1 − 2·η·x + η²·x·y)^T − 0^T)/(1 − 2·η·x + η²·x·y)", "no product"},
		{"dd(T; 0, 1 − 3·η + 2·η²)", "((1 − η)^T·(1 − 2·η)^T − 0^T)/(1 − 3·η + 2·η²)", "numbers"},
		{"dd(T; 0, (1 − η)²·(1 + 5/3·η)·(1 − 7/11·η)³)",
			"((1 − η)^(2·T)·(1 + 5/3·η)^T·(1 − 7/11·η)^(3·T) − 0^T)/((1 − η)²·(1 + 5/3·η)·(1 − 7/11·η)³)", "numbers"},
		{"dd(T; 0, (1 − η)·(1 + η))", "((1 − η)^T·(1 + η)^T − 0^T)/(1 − η²)", "numbers"},
		{"dd(T; 0, (1 − η)·(1 + η²))", "((1 − η + η² − η³)^T − 0^T)/(1 − η + η² − η³)", "two that are not rational"},
		{"dd(T; 0, 1 − 4·η + 2·η²)", "((1 − 4·η + 2·η²)^T − 0^T)/(1 − 4·η + 2·η²)", "2 ± √2"},
		{"dd(T; 1, 1)", "T", "C(T, 1)"},
		{"dd(T; 1, 1, 1, 1)", "1/6·T·(T − 1)·(T − 2)", "C(T, 3)"},
		{"dd(T; x, x)", "T·x^(T − 1)", "derivative"},
		{"dd(T + 1; x, x, x)", "1/2·T·(T + 1)·x^(T − 1)", "half the second derivative"},
		{"dd(T; 1, 1, x)", "T/(1 − x) − (1 − x^T)/(1 − x)²", "Σ_{t<T} dd(t; 1, x)"},
		{"dd(T; 0, 0, x)", "dd(T; 0, 0, x)", "no 0^(T − 1)"},
		{"dd(T; 0, x)", "(x^T − 0^T)/x", "0^T is 0 or 1"},
		{"ddexp(T; 0, 0)", "T", "T/1!"},
		{"ddexp(T; x, x, x)", "1/2·T²·exp(T·x)", "T²/2!"},
		{"ddexp(T; 0, 0, −x)", "T/x − (1 − exp(−T·x))/x²", "the integral of ddexp(t; 0, −x)"},
		{"exp(dd(T; 1, 1)·ddexp(dd(T; 1, 1); 0, 0))/(1 + dd(T; 1, dd(N; 1, 1)))^x", "exp(T²)/(1 + (1 − N^T)/(1 − N))^x", "inside"},
	} {
		got, err := expr.MustParse(c.text).InPowers()
		if want := expr.MustParse(c.want); err != nil || !got.Equal(want) {
			t.Errorf("%s: %s: %v, %v; want %v", c.why, c.text, got, err, want)
		}
	}
}

func TestInPowersErrors(t *testing.T) {
	many := "0"
	for i := range 20 {
		many += strings.Repeat(fmt.Sprintf(", 1 − η·k%d", i), 3)
	}
	for text, want := range map[string]error{
		"dd(T; 1, δ_μν)":         expr.ErrExponent,
		"dd(T; 0, δ_μν)":         expr.ErrDivision,
		"dd(T + 1/2; 0, x)":      expr.ErrExponent,
		"dd(T; " + many + ")":    expr.ErrLimit,
		"ddexp(T; " + many + ")": expr.ErrLimit,
	} {
		if got, err := expr.MustParse(text).InPowers(); !errors.Is(err, want) {
			t.Errorf("%.40s: %v, %v; want error %v", text, got, err, want)
		}
	}
}

// The value stays the same, wherever there is one, but for powers of 0: 0^T/0^T is 1.
func TestInPowersHasValue(t *testing.T) {
	check(t, 10, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 4, Free: free})
		if strings.Contains(e.String(), "0^") {
			t.Skip("a power of 0")
		}
		world := exprtest.DrawWorld(t, free)
		want, err := e.EvalRat(world.Env())
		if err != nil {
			t.Skip(err)
		}
		f, err := e.InPowers()
		if errors.Is(err, expr.ErrLimit) || strings.Contains(tree.String(), "δ") && (errors.Is(err, expr.ErrExponent) || errors.Is(err, expr.ErrDivision)) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatalf("%v = %v: %v", tree, e, err)
		}
		if got, err := f.EvalRat(world.Env()); !errors.Is(err, expr.ErrDivision) && (err != nil || got.Cmp(want) != 0) {
			t.Fatalf("%v = %v in powers %v: %v, %v; want %v", tree, e, f, got, err, want)
		}
	})
}

var powersOfT = regexp.MustCompile(`(\([^()]*\)|\S)\^`)

// drawPropagators draws a product of propagators with the eigenvalues h_a, h_b, h_c, and
// returns it with its text.
func drawPropagators(t *rapid.T, most int) (expr.Expr, string) {
	factors := rapid.SliceOfN(rapid.SampledFrom([]string{"(1 − η·h_a)", "(1 − η·h_b)", "(1 − η·h_c)"}), 1, most).Draw(t, "propagators")
	text := strings.Join(factors, "·")
	return expr.MustParse(text), text
}

// Points are products of propagators, repeated or not: powers of sums of other than these
// do not occur in the result, and the value is the same.
func TestInPowersOfPropagators(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := []string{"1"}
		for range rapid.IntRange(1, 3).Draw(t, "points") {
			_, text := drawPropagators(t, 3)
			points = append(points, text)
		}
		e := expr.MustParse("dd(T; " + strings.Join(points, ", ") + ")")
		f, err := e.InPowers()
		if err != nil {
			t.Fatal(err)
		}
		if text := f.String(); strings.Contains(text, "dd") {
			t.Fatalf("%v in powers: %v", e, f)
		}
		checkPrinters(t, "the result", f)
		// The bases of powers are propagators: they are the only sums with a T above.
		for _, base := range powersOfT.FindAllStringSubmatch(f.String(), -1) {
			if !slices.Contains([]string{"(1 − η·h_a)", "(1 − η·h_b)", "(1 − η·h_c)"}, base[1]) {
				t.Fatalf("%v in powers: %v has a power of %s", e, f, base[1])
			}
		}
		world := exprtest.DrawWorld(t, []string{"a", "b", "c"})
		want, err := e.EvalRat(world.Env())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.EvalRat(world.Env()); !errors.Is(err, expr.ErrDivision) && (err != nil || got.Cmp(want) != 0) {
			t.Fatalf("%v in powers %v: %v, %v; want %v", e, f, got, err, want)
		}
	})
}

func TestInPowersOfExp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.SampledFrom([]string{"0", "−x", "−2·x", "−y", "−x − y"}), 2, 5).Draw(t, "points")
		e := expr.MustParse("ddexp(T; " + strings.Join(points, ", ") + ")")
		f, err := e.InPowers()
		if err != nil {
			t.Fatal(err)
		}
		env := expr.Env[float64]{Scalars: map[string]float64{"T": 2, "x": 1, "y": 3.5}}
		want, err := e.Eval(env)
		if err != nil {
			t.Fatal(err)
		}
		// Distances of points are at least 1, so that no residue exceeds (1 + T)^4 by more
		// than binomials below 100.
		if got, err := f.Eval(env); err != nil || math.Abs(got-want) > 1e-11 {
			t.Fatalf("%v in powers %v: %v, %v; want %v", e, f, got, err, want)
		}
	})
}

// Products of propagators with rational numbers are found: dd(T; 0, x) = (x^T − 0^T)/x.
func TestInPowersOfNumbers(t *testing.T) {
	must := expr.Must
	n, zero := expr.MustParse("T"), expr.MustParse("0^T")
	rapid.Check(t, func(t *rapid.T) {
		point, power := expr.Int(1), expr.Int(1)
		for range rapid.IntRange(2, 6).Draw(t, "factors") {
			num, den := rapid.IntRange(1, 1000).Draw(t, "num"), rapid.IntRange(1, 60).Draw(t, "den")
			sign := rapid.SampledFrom([]string{"+", "−", "−"}).Draw(t, "sign")
			f := expr.MustParse(fmt.Sprintf("1 %s %d/%d·η", sign, num, den))
			point, power = must(expr.Mul(point, f)), must(expr.Mul(power, must(expr.Power(f, n))))
		}
		want := must(expr.Div(must(expr.Sub(power, zero)), point))
		got, err := must(expr.DividedPower(n, expr.Int(0), point)).InPowers()
		if err != nil || !got.Equal(want) {
			t.Fatalf("powers of %v: %v, %v; want %v", point, got, err, want)
		}
	})
}
