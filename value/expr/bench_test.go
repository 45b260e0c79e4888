package expr_test

import (
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
