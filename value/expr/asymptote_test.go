package expr_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
)

func TestLongRun(t *testing.T) {
	for _, c := range []struct{ text, asymptote, limit, rate string }{
		// P Corollary 2: C H⁻¹/N over 2 and, for the gap, C H⁻¹/N.
		{"1/2·η²/N·Σ_μ C_μμ·h_μ·dd(T; 1, 1 − η·h_μ)²", "Σ_μ C_μμ/(2·N·h_μ)", "Σ_μ C_μμ/(2·N·h_μ)", "0"},
		{"1/2·η²/N·Σ_μ C_μμ·h_μ·ddexp(T; 0, −η·h_μ)²", "Σ_μ C_μμ/(2·N·h_μ)", "Σ_μ C_μμ/(2·N·h_μ)", "0"},
		{"Σ_μ (1 − (1 − η·h_μ)^T)·C_μμ/(N·h_μ)", "Σ_μ C_μμ/(N·h_μ)", "Σ_μ C_μμ/(N·h_μ)", "0"},
		// P Corollary 1: the displacement where h_λ > 0, and along a flat direction.
		{"dd(T; 1, 1 − η·h_λ, (1 − η·h_μ)·(1 − η·h_ν))", "1/(η²·h_λ·(h_μ + h_ν − η·h_μ·h_ν))", "1/(η²·h_λ·(h_μ + h_ν − η·h_μ·h_ν))", "0"},
		{"k_λ·dd(T; 1, k_λ, k_μ·k_ν) + k_μ^T", "k_λ/(η²·h_λ·(h_μ + h_ν − η·h_μ·h_ν))", "k_λ/(η²·h_λ·(h_μ + h_ν − η·h_μ·h_ν))", "0"},
		{"dd(T; 1, 1, (1 − η·h_μ)·(1 − η·h_ν))",
			"T/(η·(h_μ + h_ν − η·h_μ·h_ν)) − 1/(η²·(h_μ + h_ν − η·h_μ·h_ν)²)", "∞", "1/(η·(h_μ + h_ν − η·h_μ·h_ν))"},
		{"ddexp(T; 0, 0, −h_μ − h_ν)", "T/(h_μ + h_ν) − 1/(h_μ + h_ν)²", "∞", "1/(h_μ + h_ν)"},
		{"−1/6·η³·Σ_μνλ S_μνλ·J_μνλ·ddexp(T; 0, −η·h_μ − η·h_ν − η·h_λ)", // P Example 1
			"−1/6·η²·Σ_μνλ S_μνλ·J_μνλ/(h_μ + h_ν + h_λ)", "−1/6·η²·Σ_μνλ S_μνλ·J_μνλ/(h_μ + h_ν + h_λ)", "0"},
		{"dd(T; 1, 1)", "T", "∞", "1"},
		{"dd(T; 1, 1, 1)", "T²/2 − T/2", "∞", "∞"},
		{"ddexp(T; 0, 0, 0)/T", "T/2", "∞", "1/2"},
		// Σ_{t<T} Σ_{s<t} (t−s−1 choose 1): by hand, C(T,2)/d − T/d² + 1/d³ for one other point 1 − d.
		{"dd(T; 1, 1, 1, 1 − η)", "T·(T − 1)/(2·η) − T/η² + 1/η³", "∞", "∞"},
		// Two others: T/(d e) − (1/d + 1/e)/(d e).
		{"dd(T; 1, 1, 1 − η, 1 − 2·η)", "T/(2·η²) − 3/(4·η³)", "∞", "1/(2·η²)"},
		{"dd(T; 1 − η, 1 − 2·η)", "0", "0", "0"},
		{"dd(2·T + 1; 1, 1, 1 − η)/T", "2/η + 1/(η·T) − 1/(η²·T)", "2/η", "0"},
		{"dd(N; 1, 1 − η)", "dd(N; 1, 1 − η)", "dd(N; 1, 1 − η)", "0"},
		{"l + 1/T + x^N/T²", "l + 1/T + x^N/T²", "l", "0"},
		{"(T + 1)³/(T² + x)/T", "(T + 1)³/(T² + x)/T", "1", "0"},
		{"T²/(T + 1) − T", "T²/(T + 1) − T", "?", "0"},
		{"1/(2 − (1 − η)^T) + exp((1 − η)^T) + (2 − (1 − η)^T)^N", "3/2 + 2^N", "3/2 + 2^N", "0"},
		{"T³·(1 − η·h_μ)^T + exp(−T²·h_μ + T) + (2/3)^(2·T − N) + 3^(−T) + (1 + η·h_μ)^(−T) + 0^T", "0", "0", "0"},
		{"Σ_μ exp(−T·h_μ)·C_μμ + exp(−T·Σ_μ h_μ)", "0", "0", "0"},
		{"dd(T; 1, 1 − η/(3 − 2·η))", "(3 − 2·η)/η", "(3 − 2·η)/η", "0"},
		{"ddexp(T; 0, −x^N/(1 + y)³)", "(1 + y)³/x^N", "(1 + y)³/x^N", "0"},
		{"dd(T; 1, 1 − η²·exp(−x) − η³)", "1/(η²·(exp(−x) + η))", "1/(η²·(exp(−x) + η))", "0"},
		{"(1 − h_μ/10)^T + (1/2 − h_μ/10 − η)^T", "0", "0", "0"},
	} {
		e := expr.MustParse(c.text)
		for _, op := range []struct {
			name, want string
			do         func(string) (expr.Expr, error)
		}{{"asymptote", c.asymptote, e.Asymptote}, {"limit", c.limit, e.Limit}, {"rate", c.rate, e.Rate}} {
			got, err := op.do("T")
			switch op.want {
			case "∞":
				if !errors.Is(err, expr.ErrDiverges) || !strings.Contains(err.Error(), "T^") {
					t.Errorf("%s of %s: %v, %v; want error %v and the power of T", op.name, c.text, got, err, expr.ErrDiverges)
				}
			case "?":
				if !errors.Is(err, expr.ErrUndecided) {
					t.Errorf("%s of %s: %v, %v; want error %v", op.name, c.text, got, err, expr.ErrUndecided)
				}
			default:
				if want := expr.MustParse(op.want); err != nil || !got.Equal(want) {
					t.Errorf("%s of %s: %v, %v; want %v", op.name, c.text, got, err, want)
				}
			}
		}
	}
}

func TestLongRunErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		want error
		says string
	}{
		{"dd(T; 1, 1 + η·h_μ)", expr.ErrDiverges, "1 + η·h_μ"},
		{"dd(T; 1, 3)", expr.ErrDiverges, "3"},
		{"dd(T; 1, −1)", expr.ErrDiverges, "−1"},
		{"(−1)^T", expr.ErrDiverges, "−1"},
		{"Σ_μ (1 + η·h_μ)^T·C_μμ", expr.ErrDiverges, "1 + η·h_μ"},
		{"(1 − η·h_μ)^(−T)", expr.ErrDiverges, "1 − η·h_μ"},
		{"(−1)^(−T)", expr.ErrDiverges, "−1"},
		{"(1/2)^(−T)", expr.ErrDiverges, "2"},
		{"0^(−T)", expr.ErrDivision, ""},
		{"exp(T)", expr.ErrDiverges, "rate 1"},
		{"Σ_μ exp(η·h_μ·T)", expr.ErrDiverges, "η·h_μ"},
		{"ddexp(T; 0, h_μ)", expr.ErrDiverges, "h_μ"},
		{"1/(1 − η)^T/(1 + x) + 1/((1/2)^T + (1/3)^T)", expr.ErrDiverges, ""},
		{"1/((1/2)^T + (1/3)^T)", expr.ErrDiverges, "denominator"},
		{"dd(T; 1, 1 − η·(h_μ − h_ν))", expr.ErrUndecided, "1 − η·h_μ + η·h_ν"},
		{"Σ_μν dd(T; 1, 1 − η·(h_μ − h_ν))·C_μν", expr.ErrUndecided, "1 − η·h_μ + η·h_ν"},
		{"dd(T; 1, x)", expr.ErrUndecided, "x"},
		{"dd(T; 1, 1 − x)", expr.ErrUndecided, "−x + 1"},
		{"dd(T; 1, 1 − C_μμ·η)", expr.ErrUndecided, "C_μμ"},
		{"dd(T; 1, 1 − 1/η)", expr.ErrUndecided, "1/η"},
		{"ddexp(T; 0, −1/(x − y))", expr.ErrUndecided, "x − y"},
		{"ddexp(T; 0, −(1 − x)^N)", expr.ErrUndecided, "x"},
		{"dd(T; 1, −1 − η)", expr.ErrUndecided, "−1 − η"},
		{"dd(T; 1, 1 − 1/T)", expr.ErrUndecided, "1 − 1/T"},
		{"dd(x − T; 1, 1 − η)", expr.ErrUndecided, "−T + x"},
		{"dd(1/T; 1, 1 − η)", expr.ErrUndecided, "1/T"},
		{"ddexp(T; 0, x − y)", expr.ErrUndecided, "x − y"},
		{"(1 − 1/T)^T", expr.ErrUndecided, "1 − 1/T"},
		{"(1 + T)^x", expr.ErrUndecided, "1 + T"},
		{"x^(T/(T + 1))", expr.ErrUndecided, "T"},
		{"exp(1/T)", expr.ErrUndecided, "exp(1/T)"},
		{"exp(T·x − T·y)", expr.ErrUndecided, "x − y"},
		{"exp(T·x/(1 + T))", expr.ErrUndecided, "exp"},
	} {
		e := expr.MustParse(c.text)
		for _, do := range []func(string) (expr.Expr, error){e.Asymptote, e.Limit, e.Rate} {
			if got, err := do("T"); !errors.Is(err, c.want) || !strings.Contains(strings.ReplaceAll(err.Error(), "T + 1", "1 + T"), c.says) {
				t.Errorf("%s: %v, %v; want error %v that names %s", c.text, got, err, c.want, c.says)
			}
		}
	}
	for _, name := range []string{"", "h", "1"} {
		if got, err := expr.MustParse("T").Limit(name); !errors.Is(err, expr.ErrName) {
			t.Errorf("limit in %q: %v, %v; want error %v", name, got, err, expr.ErrName)
		}
	}
}

// What a divided difference is more than its asymptote is a sum of Σ_j c_j(T) a_j^T over
// the points that decay, with c_j of a degree below the multiplicity of a_j, so that
// Π_j (E − a_j) makes it 0, where E shifts T by one; a polynomial that this makes 0 is 0.
// So the asymptote is right just if this holds, for as many T as there are points at least.
func TestAsymptoteExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := make([]string, rapid.IntRange(0, 3).Draw(t, "flat"))
		for i := range points {
			points[i] = "1"
		}
		var decaying []expr.Expr
		for range rapid.IntRange(1, 3).Draw(t, "decaying") {
			e, text := drawPropagators(t, 2)
			points = append(points, text)
			decaying = append(decaying, e)
		}
		e := expr.MustParse("dd(T; " + strings.Join(points, ", ") + ")")
		a, err := e.Asymptote("T")
		if err != nil {
			t.Fatalf("%v: %v", e, err)
		}
		checkPrinters(t, "the asymptote", a)
		env := expr.Env[*big.Rat]{
			Scalars: map[string]*big.Rat{"η": big.NewRat(1, 7)}, Indices: map[string]int{"a": 0, "b": 1, "c": 2},
			Spectrum: []*big.Rat{big.NewRat(1, 2), big.NewRat(3, 1), big.NewRat(13, 1)},
		}
		value := func(e expr.Expr) *big.Rat {
			x, err := e.EvalRat(env)
			if err != nil {
				t.Fatalf("%v: %v", e, err)
			}
			return x
		}
		rest := make([]*big.Rat, 9)
		for T := range rest {
			env.Scalars["T"] = big.NewRat(int64(T), 1)
			rest[T] = new(big.Rat).Sub(value(e), value(a))
		}
		for _, p := range decaying {
			x := value(p)
			for i := range rest[1:] {
				rest[i] = new(big.Rat).Sub(rest[i+1], new(big.Rat).Mul(x, rest[i]))
			}
			rest = rest[:len(rest)-1]
		}
		for i, x := range rest {
			if x.Sign() != 0 {
				t.Fatalf("%v has asymptote %v: wrong by %v at T = %d", e, a, x, i)
			}
		}
	})
}

// At T = 2000 the power that decays most slowly, (9/10)^T, is below 10⁻⁹⁰; residues at points
// at least 1/20 apart, of which there are 4, are below 4·20³·2000² = 1.3·10¹¹ times that.
func TestAsymptoteAtLargeT(t *testing.T) {
	bound := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(78), nil))
	env := expr.Env[*big.Rat]{
		Scalars:  map[string]*big.Rat{"η": big.NewRat(1, 10), "T": big.NewRat(2000, 1)},
		Indices:  map[string]int{"a": 0, "b": 1},
		Spectrum: []*big.Rat{big.NewRat(1, 1), big.NewRat(3, 1)},
	}
	for _, text := range []string{
		"dd(T; 1, 1 − η·h_a)", "dd(T; 1, 1, 1 − η·h_b)", "dd(T; 1, 1, 1 − η·h_a, (1 − η·h_a)·(1 − η·h_b))",
		"dd(T; 1, 1 − η·h_a, 1 − η·h_a, (1 − η·h_b)²)", "dd(T; 1 − η·h_a, 1 − η·h_b)", "dd(T; 1, 1 − η·h_a)²·(1 − η·h_b)^T + 1/T",
	} {
		e := expr.MustParse(text)
		a, err := e.Asymptote("T")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		x, err := e.EvalRat(env)
		if err != nil {
			t.Fatal(err)
		}
		y, err := a.EvalRat(env)
		if err != nil {
			t.Fatal(err)
		}
		if d := new(big.Rat).Sub(x, y); d.Sign() == 0 || d.Abs(d).Cmp(bound) > 0 {
			t.Errorf("%s has asymptote %v: wrong by %s", text, a, d.FloatString(90))
		}
	}
}

// In continuous time, with e^{−50}, below 10⁻²¹, of what is left.
func TestAsymptoteOfExp(t *testing.T) {
	env := expr.Env[float64]{Scalars: map[string]float64{"T": 50, "x": 1, "y": 2.5}}
	for _, points := range []string{"0, −x", "0, 0, −x", "0, 0, 0, −x, −y", "0, −x, −x, −y", "−x, −y", "0, 0, −x, −x − y"} {
		e := expr.MustParse(fmt.Sprintf("ddexp(T; %s)", points))
		a, err := e.Asymptote("T")
		if err != nil {
			t.Errorf("%v: %v", e, err)
			continue
		}
		x, err := e.Eval(env)
		if err != nil {
			t.Fatal(err)
		}
		y, err := a.Eval(env)
		if err != nil || math.Abs(x-y) > 1e-18+1e-13*math.Abs(x) {
			t.Errorf("%v is %v, its asymptote %v is %v, %v", e, x, a, y, err)
		}
	}
}
