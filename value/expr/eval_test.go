package expr_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/value/expr"
)

func TestEval(t *testing.T) {
	env := expr.Env[float64]{
		Spectrum: []float64{0.5, 2},
		Scalars:  map[string]float64{"η": 0.1, "T": 10, "N": 4, "x": 3, "y": 2, "huge": 1e9, "tiny": 1e-9},
		Component: func(c expr.Component) (float64, error) {
			return map[string]float64{"C[0,0]": 2, "C[0,1]": 1, "C[1,1]": 3, "G[0]": 1, "G[1]": 5, "l": 7,
				"κ(∇[0] l, ∇[0,1] l)": 11, "E[∇[0] l ∇[0] l]": 13, "∇[0,1] s": 17, "S[0,0,1]": 19}[c.String()], nil
		},
		Indices: map[string]int{"μ": 0, "ν": 1},
	}
	for _, c := range []struct {
		text string
		want float64
	}{
		{"1/3", 1.0 / 3},
		{"C_μ^μ", 5},
		{"C_μν·C^μν", 4 + 2 + 9},
		{"C_μν·G^μ·G^ν", 2 + 10 + 75},
		{"G_μ·G^μ·C_ν^ν", 26 * 5},
		{"P·l", 14},
		{"G_μ·h_ν", 2},
		{"κ(∇_μ∇_ν l, ∇_μ l)", 11},
		{"E[∇_μ l ∇_μ l]", 13},
		{"∇_ν∇_μ s", 17},
		{"S_μνμ", 19},
		{"δ_μν + 2·δ_μμ", 2},
		{"Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)",
			math.Pow(1-math.Pow(0.95, 10), 2)*2/(8*0.5) + math.Pow(1-math.Pow(0.8, 10), 2)*3/(8*2)},
		{"dd(T; 1, 1 − η·h_μ)", (1 - math.Pow(0.95, 10)) / 0.05},
		{"ddexp(T; 0, −η·h_μ)", (1 - math.Exp(-0.5)) / 0.05},
		{"ddexp(−T; 0, −η·h_μ)", (1 - math.Exp(0.5)) / 0.05},
		{"dd(T; x, y)", 59049 - 1024},
		{"dd(T; x, x)", 10 * 19683},
		{"dd(1; x, x, x)", 0},
		// P Corollary 2's factor for tiny steps: nothing is lost.
		{"(1 − tiny)^huge", math.Exp(1e9 * math.Log1p(-1e-9))},
		{"dd(huge; 1, 1 − tiny)", -math.Expm1(1e9*math.Log1p(-1e-9)) / 1e-9},
		{"dd(huge; 1, (1 − tiny)·(1 − 2·tiny))", -math.Expm1(1e9*(math.Log1p(-1e-9)+math.Log1p(-2e-9))) / 2.999999998e-9},
	} {
		got, err := expr.MustParse(c.text).Eval(env)
		if err != nil || math.Abs(got-c.want) > 4e-15*math.Abs(c.want) {
			t.Errorf("%s: %v, %v; want %v", c.text, got, err, c.want)
		}
	}
}

func TestEvalErrors(t *testing.T) {
	fails := errors.New("no such tensor")
	env := expr.Env[float64]{
		Spectrum: []float64{0.5, 2}, Scalars: map[string]float64{"x": 0, "z": 0.5}, Indices: map[string]int{"ν": 2},
		Component: func(expr.Component) (float64, error) { return 0, fails },
	}
	for _, c := range []struct {
		text string
		want error
		says string
	}{
		{"η", expr.ErrUnbound, "scalar η"},
		{"G_μ", expr.ErrUnbound, "index μ"},
		{"G_ν", expr.ErrUnbound, "index ν"},
		{"C_μ^μ", fails, "C[0,0]"},
		{"1/x", expr.ErrDivision, "x"},
		{"1/(x + x²)", expr.ErrDivision, "x"},
		{"dd(z; 1, x)", expr.ErrExponent, "0.5"},
		{"Σ_abcdefghijkmnopqrstuvwxyzαβγδ J_abc·J_bcd·J_cde·J_def·J_efg·J_fgh·J_ghi·J_hij·J_ijk·J_jkm·J_kmn·J_mno·J_nop·J_opq·J_pqr·J_qrs·J_rst·J_stu·J_tuv·J_uvw·J_vwx·J_wxy·J_xyz·J_yzα·J_zαβ·J_αβγ·J_βγδ", fails, "J"},
	} {
		got, err := expr.MustParse(c.text).Eval(env)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v; want error %v naming %s", c.text, got, err, c.want, c.says)
		}
	}
	if _, err := expr.MustParse("C_μ^μ").Eval(expr.Env[float64]{}); !errors.Is(err, expr.ErrUnbound) {
		t.Errorf("no dimension: %v", err)
	}
	if _, err := expr.MustParse("l").Eval(expr.Env[float64]{}); !errors.Is(err, expr.ErrUnbound) || !strings.Contains(err.Error(), "component l") {
		t.Errorf("no component: %v", err)
	}
	if _, err := expr.MustParse("h_μ").Eval(expr.Env[float64]{Dim: 2, Indices: map[string]int{"μ": 1}}); !errors.Is(err, expr.ErrUnbound) {
		t.Errorf("no spectrum: %v", err)
	}
	many := expr.MustParse("Σ_abcdefghijk 1/(h_a + h_b + h_c + h_d + h_e + h_f + h_g + h_h + h_i + h_j + h_k)")
	if _, err := many.Eval(expr.Env[float64]{Spectrum: make([]float64, 100)}); !errors.Is(err, expr.ErrDivision) {
		t.Errorf("0 eigenvalues: %v; want error %v", err, expr.ErrDivision)
	}
	if _, err := many.EvalWithin(expr.Env[float64]{Spectrum: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, 1<<16); !errors.Is(err, expr.ErrLimit) {
		t.Errorf("10¹¹ products: %v; want error %v", err, expr.ErrLimit)
	}
}

func TestEvalRat(t *testing.T) {
	env := expr.Env[*big.Rat]{
		Spectrum: []*big.Rat{big.NewRat(1, 2), big.NewRat(2, 1)},
		Scalars: map[string]*big.Rat{"η": big.NewRat(1, 10), "T": big.NewRat(3, 1), "N": big.NewRat(4, 1), "z": new(big.Rat),
			"half": big.NewRat(1, 2), "huge": big.NewRat(1e9, 1)},
		Component: func(expr.Component) (*big.Rat, error) { return big.NewRat(2, 3), nil },
	}
	for _, c := range []struct {
		text string
		want *big.Rat
	}{
		{"Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)", big.NewRat(7_600_619_3, 2_400_000_000)},
		{"dd(T; 1, η)", big.NewRat(111, 100)},
		{"exp(z) + ddexp(z; η, N)", big.NewRat(1, 1)},
		{"(−1/3)^T", big.NewRat(-1, 27)},
		{"η^(−T)", big.NewRat(1000, 1)},
		{"z^z", big.NewRat(1, 1)},
	} {
		got, err := expr.MustParse(c.text).EvalRat(env)
		if err != nil || c.text[0] != 206 && got.Cmp(c.want) != 0 {
			t.Errorf("%s: %v, %v; want %v", c.text, got, err, c.want)
		}
	}
	for text, want := range map[string]error{
		"exp(η)": expr.ErrInexact, "ddexp(T; η, N)": expr.ErrInexact, "η^half": expr.ErrExponent, "dd(−T; η, N)": expr.ErrExponent,
		"dd(half; η, N)": expr.ErrExponent, "η^huge": expr.ErrLimit, "dd(huge; η, N)": expr.ErrLimit, "1/z": expr.ErrDivision,
		"z^(−T)": expr.ErrDivision, "(η^T + z)^huge": expr.ErrLimit,
	} {
		if got, err := expr.MustParse(text).EvalRat(env); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v; want error %v", text, got, err, want)
		}
	}
	// The result is the caller's own.
	q, _ := expr.MustParse("η").EvalRat(env)
	if q.SetInt64(5); env.Scalars["η"].Cmp(big.NewRat(1, 10)) != 0 {
		t.Error("the result is the scalar itself")
	}
}
