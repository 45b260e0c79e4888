package expr_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
	"github.com/perturb-go/perturb/value/expr/internal/exprtest"
)

var free = []string{"μ", "β", "x₁"}

// check is rapid.Check, a number of times over: most random expressions are small.
func check(t *testing.T, times int, property func(*rapid.T)) {
	t.Helper()
	for range times {
		rapid.Check(t, property)
	}
}

// build draws a tree that has an expression: denominators are not zero, nor is it too
// large.
func build(t *rapid.T, o exprtest.Options) (*exprtest.Tree, expr.Expr) {
	tree := exprtest.Draw(t, o)
	e, err := tree.Build()
	switch {
	case errors.Is(err, expr.ErrDivision), errors.Is(err, expr.ErrLimit), errors.Is(err, expr.ErrExponent):
		t.Skip(err)
	case err != nil:
		t.Fatalf("%v: %v", tree, err)
	}
	return tree, e
}

func TestCanonicalFormHasValue(t *testing.T) {
	check(t, 20, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 5, Free: free})
		world := exprtest.DrawWorld(t, free)
		want, ok := world.Value(tree)
		if !ok {
			t.Skip("division by zero")
		}
		got, err := e.EvalRat(world.Env())
		if err != nil {
			t.Fatalf("%v = %v: %v", tree, e, err)
		}
		if got.Cmp(want) != 0 {
			t.Fatalf("%v = %v: %v, want %v", tree, e, got, want)
		}
	})
}

func TestCanonicalFormHasFloatValue(t *testing.T) {
	check(t, 20, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 5, Free: free, Exp: true})
		world := exprtest.DrawWorld(t, free)
		want, size := world.Approximate(tree)
		if !(size < 1e12) {
			t.Skip("too large")
		}
		got, err := e.Eval(world.Float())
		if err != nil {
			t.Skip(err) // a denominator that vanishes
		}
		if math.Abs(got-want) > 1e-10*(1+size) {
			t.Fatalf("%v = %v: %v, want %v ± %v", tree, e, got, want, size)
		}
	})
}

func TestRenamingAndReordering(t *testing.T) {
	check(t, 20, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 5, Free: free, Exp: true})
		next := 0
		names := rapid.Permutation([]string{"a", "b", "c", "τ", "σ", "ω"}).Draw(t, "names")
		other := tree.Renamed(func() string {
			next++
			return fmt.Sprintf("%s%c", names[next%len(names)], []rune("₀₁₂₃₄₅₆₇₈₉")[next/len(names)%10])
		}).Shuffled(t)
		f, err := other.Build()
		if errors.Is(err, expr.ErrLimit) {
			t.Skip(err)
		}
		if err != nil || !f.Equal(e) {
			t.Fatalf("%v = %v, but %v = %v, %v", tree, e, other, f, err)
		}
	})
}

func TestAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := exprtest.Options{Depth: 2, Free: free, Exp: true}
		_, a := build(t, o)
		_, b := build(t, o)
		_, c := build(t, o)
		op := func(e expr.Expr, err error) expr.Expr {
			if errors.Is(err, expr.ErrLimit) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		add := func(list ...expr.Expr) expr.Expr { return op(expr.Add(list...)) }
		mul := func(list ...expr.Expr) expr.Expr { return op(expr.Mul(list...)) }
		for _, law := range []struct {
			name string
			x, y expr.Expr
		}{
			{"a + b = b + a", add(a, b), add(b, a)},
			{"(a + b) + c = a + (b + c)", add(add(a, b), c), add(a, add(b, c))},
			{"a + b + c", add(a, b, c), add(a, add(b, c))},
			{"a·b = b·a", mul(a, b), mul(b, a)},
			{"(a·b)·c = a·(b·c)", mul(mul(a, b), c), mul(a, mul(b, c))},
			{"a·(b + c) = a·b + a·c", mul(a, add(b, c)), add(mul(a, b), mul(a, c))},
			{"a − a = 0", op(expr.Sub(a, a)), expr.Expr{}},
			{"1·a = a", mul(expr.Int(1), a), a},
			{"0 + a = a", add(expr.Expr{}, a), a},
			{"−(−a) = a", expr.Neg(expr.Neg(a)), a},
			{"a² = a·a", op(expr.Pow(a, 2)), mul(a, a)},
			{"Σ(a + b) = Σa + Σb", op(expr.Sum(add(a, b), "μ")), add(op(expr.Sum(a, "μ")), op(expr.Sum(b, "μ")))},
			{"ΣΣ", op(expr.Sum(a, "μ", "β")), op(expr.Sum(op(expr.Sum(a, "β")), "μ"))},
		} {
			if !law.x.Equal(law.y) || law.x.String() != law.y.String() || expr.Compare(law.x, law.y) != 0 {
				t.Fatalf("%s for a = %v, b = %v, c = %v: %v, %v", law.name, a, b, c, law.x, law.y)
			}
		}
	})
}
