package expr_test

import (
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/value/expr"
)

const prop2 = "l − η·M·N·G_μ·G^μ + η²·M·N·(M·N − 1/2)·G_μ·G_ν·H^μν + 1/2·η²·M²·N·C_μν·H^μν + 1/2·η²·M·N·(M − 1/B)·κ(∇_μ l, ∇^μ∇_ν l)·G^ν"

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		expr.MustParse(prop2)
	}
}

func BenchmarkString(b *testing.B) {
	e := expr.MustParse(prop2)
	for b.Loop() {
		_ = e.String()
	}
}

func BenchmarkSquare(b *testing.B) {
	e := expr.MustParse(prop2)
	for b.Loop() {
		expr.Must(expr.Mul(e, e))
	}
}

func BenchmarkEval(b *testing.B) {
	e := expr.MustParse("Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)")
	env := expr.Env[float64]{
		Scalars: map[string]float64{"η": 0.1, "T": 100, "N": 50}, Spectrum: make([]float64, 100),
		Component: func(expr.Component) (float64, error) { return 1, nil },
	}
	for i := range env.Spectrum {
		env.Spectrum[i] = float64(i+1) / 10
	}
	for b.Loop() {
		if _, err := e.Eval(env); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInPowers(b *testing.B) {
	e := expr.MustParse(displacement)
	for b.Loop() {
		expr.Must(e.InPowers())
	}
}

func BenchmarkBind(b *testing.B) {
	e := expr.MustParse(displacement)
	env := archimedes()
	for b.Loop() {
		expr.Must(e.Bind(env))
	}
}

// No component is zero: 125 products.
func BenchmarkBind_dense(b *testing.B) {
	e := expr.MustParse("Σ_μνλ S_μνλ·J_μνλ·dd(T; 1, (1 − η·h_μ)·(1 − η·h_ν)·(1 − η·h_λ), (1 − η·h_μ)·(1 − η·h_ν))")
	env := expr.Env[*big.Rat]{Component: func(c expr.Component) (*big.Rat, error) { return big.NewRat(int64(1+c.Nodes[0][0]), 1), nil }}
	for i := range 5 {
		env.Spectrum = append(env.Spectrum, big.NewRat(int64(i+1), 3))
	}
	for b.Loop() {
		expr.Must(e.Bind(env))
	}
}
