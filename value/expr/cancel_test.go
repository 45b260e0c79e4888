package expr_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
	"github.com/perturb-go/perturb/value/expr/internal/exprtest"
)

func TestCancel(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"x/(x + y) + y/(x + y)", "1"},
		{"3/(3 − 2·η) − 2·η/(3 − 2·η)", "1"},
		{"(x² − y²)/(x − y)", "x + y"},
		{"(x³ − y³)/(x − y)²", "(x² + x·y + y²)/(x − y)"},
		{"(x² − y²)²/(x − y)³/(x + y)", "(x + y)/(x − y)"},
		{"(1/x − 1/y)/(x − y)", "−1/(x·y)"},
		{"x/(x + y)", "x/(x + y)"},
		{"x·C_μ^μ/(x + y) + y·C_μ^μ/(x + y) + x·l/(x + y)", "C_μ^μ + x·l/(x + y)"},
		{"(h_μ + h_ν)·C_μν/(h_μ + h_ν)", "C_μν"},
		{"(1 − (1 − η)^T)/(1 − (1 − η)^T)", "1"},
		{"(x^T·y + x^T·N)/(x^T·y + x^T·N)", "1"},
		{"(exp(x)·y + exp(x)·N)/(y + N)", "exp(x)"},
		{"exp(x/(x + y) + y/(x + y))·dd(N; 1, 1 + (x·y + y²)/(x + y))^2", "exp(1)·dd(N; 1, 1 + y)²"},
		{"1/(1 + (x² + x)/(x + 1))", "1/(1 + x)"},
	} {
		got, err := expr.MustParse(c.text).Cancel()
		if want := expr.MustParse(c.want); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v; want %v", c.text, got, err, want)
		}
	}
	if got, err := expr.MustParse("1/(exp(x/(x + y) + y/(x + y)) − exp(1))").Cancel(); !errors.Is(err, expr.ErrDivision) {
		t.Errorf("1/0: %v, %v; want error %v", got, err, expr.ErrDivision)
	}
}

// A product over a factor of it is the product of the others, and values stay.
func TestCancelHasValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := exprtest.Options{Depth: 3, Free: free, Polynomial: true}
		_, a := build(t, o)
		_, b := build(t, o)
		if b.IsZero() {
			t.Skip("division by zero")
		}
		ab, err := expr.Mul(a, b)
		if err != nil {
			t.Skip(err)
		}
		e, err := expr.Div(ab, b)
		if err != nil {
			t.Skip(err)
		}
		checkCancel(t, e)
		_, e = build(t, exprtest.Options{Depth: 4, Free: free})
		checkCancel(t, e)
	})
}

func checkCancel(t *rapid.T, e expr.Expr) {
	f, err := e.Cancel()
	if errors.Is(err, expr.ErrLimit) {
		t.Skip(err)
	}
	world := exprtest.DrawWorld(t, free)
	want, undefined := e.EvalRat(world.Env())
	if undefined != nil {
		t.Skip(undefined)
	}
	if err != nil {
		t.Fatalf("%v: %v", e, err)
	}
	if got, err := f.EvalRat(world.Env()); err != nil || got.Cmp(want) != 0 {
		t.Fatalf("%v, cancelled: %v: %v, %v; want %v", e, f, got, err, want)
	}
}

// Polynomials in scalars cancel without a rest.
func TestCancelProducts(t *testing.T) {
	texts := []string{"x + y", "1 − η·x", "x² + N", "η − 2·N", "x·y − 3", "1/x + y"}
	rapid.Check(t, func(t *rapid.T) {
		a, b := expr.Int(1), expr.Int(1)
		for _, text := range rapid.SliceOfN(rapid.SampledFrom(texts), 1, 3).Draw(t, "divisor") {
			b = expr.Must(expr.Mul(b, expr.MustParse(text)))
		}
		for _, text := range rapid.SliceOfN(rapid.SampledFrom(texts), 1, 3).Draw(t, "quotient") {
			a = expr.Must(expr.Mul(a, expr.MustParse(text)))
		}
		e := expr.Must(expr.Div(expr.Must(expr.Mul(a, b)), b))
		if got, err := e.Cancel(); err != nil || !got.Equal(a) {
			t.Fatalf("%v·%v/%v: %v, %v", a, b, b, got, err)
		}
	})
}
