package expr_test

import (
	"errors"
	"testing"

	"github.com/perturb-go/perturb/value/expr"
)

func TestIdentities(t *testing.T) {
	for _, c := range []struct{ a, b, why string }{
		{"2·x + 3·x", "5·x", "like terms"},
		{"x·y − y·x", "0", "commutes"},
		{"(x + y)·(x − y)", "x² − y²", "expands"},
		{"0.25·x", "x/4", "decimals are exact"},
		{"(k_μ·k_ν)^T", "k_μ^T·k_ν^T", "powers of products"},
		{"Σ_μν C_μν·dd(T; 1, k_μ·k_ν)·k_μ", "Σ_μν C_μν·dd(T; 1, k_ν·k_μ)·k_ν", "symmetric"},
		{"dd(3; 1, k_μ)", "1 + k_μ + k_μ²", "h_2(1, k)"},
		{"C_μν·H^μν", "Σ_μν C_μν·H_μν", "the convention"},
		{"C_μν·H^μν", "H_ab·C^ba", "dummy names, symmetry"},
		{"(C_μ^μ)²", "C_μ^μ·C_ν^ν", "each its own index"},
		{"S_μνλ·J^μνλ", "J_cab·S^abc", "symmetry"},
		{"S_μνλ·G^μ·H^νλ", "H_μν·S^μνλ·G_λ", "symmetry"},
		{"C_μν·H^ν_λ·H^λμ", "H_ab·C^bc·H_c^a", "tr(CHH)"},
		{"G_μ·H^μν·H_ν^λ·G_λ", "H_bc·G^b·H^ca·G_a", "GHHG"},
		{"κ(∇_μ l, ∇_ν∇_λ l)·G^μ·H^νλ", "κ(∇_a∇_b l, ∇_c l)·G^c·H^ab", "nodes commute"},
		{"κ(∇_μ l)", "G_μ", "the mean"},
		{"E[∇_μ∇_ν l]", "H_μν", "the mean"},
		{"κ(∇_μ l, ∇_ν l, ∇_λ l)", "S_μνλ", "its letter"},
		{"κ(l)", "l", "the mean"},
		{"∇_μ∇_ν∇_λ l", "J_μνλ", "its letter"},
		{"G_μ·G_ν·H^μν", "G_μ G^ν H_ν^μ", "no signs needed"},
		{"δ_μν·G^ν", "G_μ", "delta"},
		{"δ_μ^μ", "P", "the dimension"},
		{"δ_μν·δ^ν_λ·H^λ_ρ", "H_μρ", "deltas"},
		{"δ_μμ", "1", "not summed"},
		{"Σ_μν δ_μν·h_μ·h_ν", "Σ_μ h_μ²", "delta"},
		{"Σ_μ x", "P·x", "nothing depends on μ"},
		{"(1 − (1 − η·h_μ)^T)²", "1 − 2·(1 − η·h_μ)^T + (1 − η·h_μ)^(2·T)", "powers join"},
		{"x^T·x^(1 − T)", "x", "powers join"},
		{"x^(T + 2)/x", "x·x^T", "known powers split off"},
		{"(x^T)^N", "x^(T·N)", "powers of powers"},
		{"(x²)^T", "x^(2·T)", "powers of powers"},
		{"(1/x)^T", "x^(−T)", "powers of powers"},
		{"(1/(x + y))^T", "(x + y)^(−T)", "powers of powers"},
		{"1^T", "1", "one"},
		{"x^0", "1", "as everywhere in algebra"},
		{"exp(x)·exp(−x)", "1", "exponentials join"},
		{"exp(x)^T", "exp(T·x)", "powers of exponentials"},
		{"exp(x)³", "exp(3·x)", "powers of exponentials"},
		{"exp(0)", "1", "exp"},
		{"dd(T; x)", "x^T", "one point"},
		{"ddexp(T; x)", "exp(T·x)", "one point"},
		{"dd(T; x, y)", "dd(T; y, x)", "symmetric"},
		{"dd(4; x, y)", "x³ + x²·y + x·y² + y³", "h_3(x, y)"},
		{"dd(2; x, y, z)", "1", "h_0"},
		{"dd(1; x, y, z)", "0", "T < k"},
		{"dd(5; 1, 1, 1)", "10", "C(5, 2)"},
		{"ddexp(0; x, y)", "0", "of a constant"},
		{"1/(2·η·h_μ + 2·η·h_ν)", "1/2/η/(h_ν + h_μ)", "common factors"},
		{"1/(x − y)", "−1/(y − x)", "signs"},
		{"1/(1/x + 1/y)", "x·y/(x + y)", "no fractions in denominators"},
		{"(x + y)⁻²", "1/(x + y)²", "negative powers"},
		{"1/(x² + 2·x·y + y²)", "1/(x + y)²", "perfect powers in denominators"},
		{"1/(2 − 12·η + 24·η² − 16·η³)", "1/2/(1 − 2·η)³", "perfect powers in denominators"},
		{"1/(1/(x + y))", "x + y", "and back"},
		{"Σ_μν C_μν/(h_μ − h_ν)", "0", "antisymmetric"},
		{"Σ_μν C_μν·h_μ/(h_μ + h_ν)", "Σ_μν C_μν·h_ν/(h_μ + h_ν)", "symmetric"},
		{"Σ_μ exp(−η·T·h_μ)·C_μμ", "Σ_ν C_νν·exp(−T·h_ν·η)", "inside functions"},
		{"exp(Σ_μ h_μ)", "exp(Σ_ν h_ν)", "inside functions"},
		{"Σ_μ exp(Σ_ν h_μ·h_ν)", "Σ_ν exp(Σ_μ h_ν·h_μ)", "nested"},
		{"Σ_μ (exp(Σ_ν H_μν)·h_μ)", "Σ_λ (h_λ·exp(Σ_μ H_λμ))", "nested"},
	} {
		a, err := expr.Parse(c.a)
		if err != nil {
			t.Errorf("%s: %v", c.a, err)
			continue
		}
		b, err := expr.Parse(c.b)
		if err != nil {
			t.Errorf("%s: %v", c.b, err)
			continue
		}
		if !a.Equal(b) {
			t.Errorf("%s: %v is %v, but %v is %v", c.why, c.a, a, c.b, b)
		}
	}
}

// Expressions that look alike and are not the same.
func TestDifferences(t *testing.T) {
	for _, c := range [][2]string{
		{"C_μμ", "C_μ^μ"}, // a component, the trace
		{"G_μ·G_ν", "G_μ·G_μ"},
		{"S_μν^ν·G^μ", "S_μνλ·J^μνλ"},
		{"C_μν·C_νλ", "C_μν·C^ν_λ"},
		{"κ(∇_μ l, ∇_ν l)", "E[∇_μ l ∇_ν l]"},
		{"κ(∇_μ l, ∇_ν∇_λ l)·G^μ·H^νλ", "κ(∇_μ l, ∇_ν∇_λ l)·G^ν·H^μλ"},
		{"C_μν·C_λρ·H^μν·H^λρ", "C_μν·C_λρ·H^μλ·H^νρ"},
		{"J_μνλ·J^μνλ", "J_μν^ν·J^μλ_λ"},
		{"(C_μ^μ)²", "C_μν·C^μν"},
		{"dd(T; x, y)", "ddexp(T; x, y)"},
		{"E", "E[l l]"},
	} {
		if a, b := expr.MustParse(c[0]), expr.MustParse(c[1]); a.Equal(b) {
			t.Errorf("%v and %v are both %v", c[0], c[1], a)
		}
	}
}

func TestSubstitute(t *testing.T) {
	set := func(name, value string) expr.Rule { return expr.Set(name, expr.MustParse(value)) }
	for _, c := range []struct {
		text  string
		rules []expr.Rule
		want  string
	}{
		{prop2, []expr.Rule{expr.NoGradient()}, "l + 1/2·η²·M²·N·C_μν·H^μν"},
		{prop2, []expr.Rule{expr.NoHessian()}, "l − η·M·N·G_μ·G^μ + 1/2·η²·M·N·(M − 1/B)·κ(∇_μ l, ∇^μ∇_ν l)·G^ν"},
		{prop2, []expr.Rule{expr.NoNoise()}, "l − η·M·N·G_μ·G^μ + η²·M·N·(M·N − 1/2)·G_μ·G_ν·H^μν"},
		{prop2, []expr.Rule{expr.NoGradient(), expr.NoiseIsHessian()}, "l + 1/2·η²·M²·N·H_μν·H^μν"},
		{prop2, []expr.Rule{expr.NoGradient(), expr.Eigenbasis()}, "l + 1/2·η²·M²·N·Σ_μ h_μ·C_μμ"},
		{prop2, []expr.Rule{expr.NoGradient(), set("M", "T/N")}, "l + 1/2·η²·T²/N·C_μν·H^μν"},
		{"M²·N", []expr.Rule{set("M", "T/N"), set("N", "4")}, "4·T²/N²"}, // at once
		{"k_μ^T", []expr.Rule{expr.Propagators()}, "(1 − η·h_μ)^T"},
		{"h_μ·k_μ^T", []expr.Rule{expr.NoHessian()}, "0"},
		{"k_μ^T", []expr.Rule{expr.NoHessian()}, "1"},
		{"k_μ·k_ν·η", []expr.Rule{set("η", "2·x")}, "2·x·(1 − 2·x·h_μ)·(1 − 2·x·h_ν)"},
		{"k_μ·T", []expr.Rule{set("T", "5")}, "5·k_μ"},
		{"x·y", []expr.Rule{set("x", "y"), set("y", "x")}, "x·y"},
		{"exp(x)/(1 + x)·x^T", []expr.Rule{set("x", "2·z")}, "exp(2·z)/(1 + 2·z)·(2·z)^T"},
		{"(1 − η·h_μ)^T·dd(T; 1, x)", []expr.Rule{set("T", "3")}, "(1 − η·h_μ)³·(1 + x + x²)"},
		{"(1 − η·h_μ)^T", []expr.Rule{expr.NoHessian()}, "1"},
		{"K − N/B", []expr.Rule{set("K", "N/B")}, "0"},
		{"J_μνλ·S^μνλ + l", []expr.Rule{expr.NoJerk()}, "l"},
		{"E[∇_μ l ∇_ν l]", []expr.Rule{expr.NoNoise()}, "G_μ·G_ν"},
		{"Σ_μ x·h_μ", []expr.Rule{set("x", "h_μ")}, "Σ_ν h_μ·h_ν"}, // no capture
		{"H_μν·x", []expr.Rule{expr.Eigenbasis()}, "h_μ·δ_μν·x"},
		{"H_μ^μ", []expr.Rule{expr.Eigenbasis()}, "Σ_μ h_μ"},
		{"G_μ·H^μν·H_νλ·G^λ", []expr.Rule{expr.Eigenbasis()}, "Σ_μ G_μ²·h_μ²"},
		{"h_μ·h_ν + Σ_μ h_μ·C_μμ", []expr.Rule{expr.SetEigenvalue("μ", expr.MustParse("x"))}, "x·h_ν + Σ_μ h_μ·C_μμ"},
		{"dd(T; 1, 1 − η·h_λ, 1 − η·h_μ)", []expr.Rule{expr.SetEigenvalue("λ", expr.Int(0))}, "dd(T; 1, 1, 1 − η·h_μ)"},
		{"Σ_μ h_μ·h_ν", []expr.Rule{expr.SetEigenvalue("ν", expr.MustParse("h_μ"))}, "h_μ·Σ_ν h_ν"}, // no capture
		// P Remark 1: −η³/3! ΣSJ/(3 ηH) at isotropic curvature.
		{"−1/6·η²·Σ_μνλ S_μνλ·J_μνλ/(h_μ + h_ν + h_λ)", []expr.Rule{expr.Isotropic(expr.MustParse("x"))}, "−η²·S_μνλ·J^μνλ/(18·x)"},
		{"C_μν·H^μν + h_μ + H_μμ", []expr.Rule{expr.Isotropic(expr.MustParse("x"))}, "x·C_μ^μ + 2·x"},
		{"S_μνλ·J^μνλ + C_μν·H^μν + κ(∇_μ l, ∇_ν l, ∇^μ∇^ν l)", []expr.Rule{expr.NoSkewness()}, "C_μν·H^μν + κ(∇_μ l, ∇_ν l, ∇^μ∇^ν l)"},
		{"E[∇_μ l ∇_ν l ∇_λ l]", []expr.Rule{expr.NoSkewness()}, "E[∇_μ l ∇_ν l ∇_λ l]"},
	} {
		got, err := expr.MustParse(c.text).Substitute(c.rules...)
		want := expr.MustParse(c.want)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v; want %v", c.text, got, err, want)
		}
	}
	for _, c := range []struct {
		text  string
		rules []expr.Rule
		want  error
	}{
		{"1/h_μ", []expr.Rule{expr.NoHessian()}, expr.ErrDivision},
		{"1/(x − y)", []expr.Rule{set("x", "y")}, expr.ErrDivision},
		{"x^T", []expr.Rule{set("T", "1/2")}, expr.ErrExponent},
		{"dd(T; x, y)", []expr.Rule{set("T", "−1")}, expr.ErrExponent},
		{"(x + y)^T", []expr.Rule{set("T", "1000000000")}, expr.ErrLimit},
		{"x", []expr.Rule{expr.Set("G", expr.Int(1))}, expr.ErrName},
		{"x", []expr.Rule{expr.SetEigenvalue("Λ", expr.Int(1))}, expr.ErrName},
		{"1/h_μ", []expr.Rule{expr.SetEigenvalue("μ", expr.Int(0))}, expr.ErrDivision},
	} {
		if got, err := expr.MustParse(c.text).Substitute(c.rules...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v; want error %v", c.text, got, err, c.want)
		}
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct{ moments, cumulants string }{
		{"E[∇_μ l ∇_ν l]", "C_μν + G_μ·G_ν"},
		{"E[∇_μ l ∇_ν l]·H^μν", "C_μν·H^μν + G_μ·G_ν·H^μν"},
		{"E[∇_μ l ∇_ν l ∇_λ l]·J^μνλ", "S_μνλ·J^μνλ + 3·C_μν·G_λ·J^μνλ + G_μ·G_ν·G_λ·J^μνλ"},
		{"E[l l]", "κ(l, l) + l²"},
		{"exp(E[l l])", "exp(κ(l, l) + l²)"},
	} {
		m, k := expr.MustParse(c.moments), expr.MustParse(c.cumulants)
		if got, err := m.InCumulants(); err != nil || !got.Equal(k) {
			t.Errorf("%v: %v, %v; want %v", m, got, err, k)
		}
		if got, err := k.InMoments(); err != nil || !got.Equal(m) {
			t.Errorf("%v: %v, %v; want %v", k, got, err, m)
		}
	}
}

func TestConvention(t *testing.T) {
	must := expr.Must
	g, c, h := must(expr.G("μ")), must(expr.C("μ", "ν")), must(expr.H("μ", "ν"))
	for _, e := range []struct {
		got  expr.Expr
		want string
	}{
		{must(expr.Contract(g, g)), "G_μ·G^μ"},
		{must(expr.Contract(c, h)), "C_μν·H^μν"},
		{must(expr.Mul(c, h)), "C_μν·H_μν"},
		{must(expr.Contract(c, g)), "C_νμ·G^μ"},
		{must(expr.Sum(must(expr.Mul(c, g)), "μ")), "C_νμ·G^μ"},
		{must(expr.Sum(must(expr.Mul(g, g)), "ν")), "P·G_μ²"},
		{must(expr.Contract(must(expr.Delta("μ", "ν")), h)), "H_μ^μ"},
		{must(expr.Contract(must(expr.Delta("μ", "λ")), h)), "H_λν"},
		{must(h.Rename(map[string]string{"μ": "ν", "ν": "μ"})), "H_μν"},
		{must(must(expr.Mul(h, g)).Rename(map[string]string{"μ": "ν", "ν": "μ"})), "H_μν·G_ν"},
		{must(h.Rename(map[string]string{"ν": "μ"})), "H_μμ"},
	} {
		if want := expr.MustParse(e.want); !e.got.Equal(want) {
			t.Errorf("%v, want %v", e.got, want)
		}
	}
	eigen := must(expr.Eigenvalue("μ"))
	for _, list := range [][]expr.Expr{{g, g, g}, {g, g, eigen}, {c, h, g}} {
		if e, err := expr.Contract(list...); !errors.Is(err, expr.ErrIndex) {
			t.Errorf("contraction of %v: %v, %v; want error %v", list, e, err, expr.ErrIndex)
		}
	}
}
