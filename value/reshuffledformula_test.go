package value_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// With numbers for N, E and B, the formula is that of the dynamics' series; without
// SGDFormula it is what reshuffling does.
func TestReshuffledFormula(t *testing.T) {
	ok := mustFormula(t)
	for name, order := range map[string]int{"test": 4, "train": 3, "gap": 3, "displacement": 4, "covariance": 4, "variance": 3} {
		o, err := value.ParseObservable(name)
		if err != nil {
			t.Fatal(err)
		}
		general := ok(value.ReshuffledFormula(ctx, o, order))
		for _, g := range []struct{ n, e, b int64 }{{2, 3, 1}, {6, 1, 2}, {4, 3, 4}, {10, 2, 5}} {
			s, err := value.ExpandWith(ctx, must(embed.RandomReshuffles(g.n, g.e, g.b)), o, order, embed.Cumulant)
			if err != nil {
				t.Fatal(err)
			}
			numbers := ok(general.Substitute(
				expr.Set("N", expr.Int(g.n)), expr.Set("E", expr.Int(g.e)), expr.Set("B", expr.Int(g.b))))
			if got := ok(value.Formula(s)); !got.Equal(numbers) {
				t.Errorf("%s on %+v: %v, want %v", name, g, got, numbers)
			}
		}
		fixed := ok(ok(value.SGDFormula(ctx, o, order)).Substitute(expr.Set("M", ok(expr.Parse("E/B")))))
		effect := ok(value.ReshufflingFormula(ctx, o, order))
		if got := ok(expr.Sub(general, fixed)); !got.Equal(effect) {
			t.Errorf("%s: less SGDFormula it is %v, want %v", name, got, effect)
		}
		if effect.Equal(expr.Int(0)) != (order < 4) {
			t.Errorf("%s: to order %d, reshuffling does %v", name, order, effect)
		}
		for _, nothing := range []expr.Rule{expr.Set("E", expr.Int(1)), expr.Set("B", ok(expr.Scalar("N")))} { // one epoch, one batch
			if got := ok(effect.Substitute(nothing)); !got.Equal(expr.Int(0)) {
				t.Errorf("%s: reshuffling one does %v", name, got)
			}
		}
	}
}

func TestReshuffledFormulaErrors(t *testing.T) {
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for name, formula := range map[string]func(context.Context, value.Observable, int) (expr.Expr, error){
		"reshuffled": value.ReshuffledFormula, "reshuffling": value.ReshufflingFormula,
	} {
		for _, order := range []int{-1, value.MaxOrder + 1} {
			if _, err := formula(ctx, value.TestLoss(), order); !errors.Is(err, value.ErrOrder) {
				t.Errorf("%s, order %d: %v, want ErrOrder", name, order, err)
			}
		}
		if _, err := formula(cancelled, value.TestLoss(), 3); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", name, err)
		}
	}
}

// What random orders add to the covariance of the weights, of two epochs of ten points.
func ExampleReshufflingFormula() {
	f, err := value.ReshufflingFormula(ctx, value.WeightCovariance(), 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err = f.Substitute(expr.Set("E", expr.Int(2)), expr.Set("N", expr.Int(10)), expr.Set("B", expr.Int(1)))
	fmt.Println(f, err)
	// Output: −45·η⁴·C_λρ·κ(∇_ν∇^λ l, ∇_μ∇^ρ l) − 165·η⁴·C_λρ·H_μ^λ·H_ν^ρ + 45·η⁴·κ(∇_λ l, ∇_ν∇_ρ l)·κ(∇^ρ l, ∇_μ∇^λ l) + 165·η⁴·κ(∇_λ l, ∇_μ∇_ρ l)·G^ρ·H_ν^λ + 165·η⁴·κ(∇_λ l, ∇_ν∇_ρ l)·G^ρ·H_μ^λ − 165·η⁴·κ(∇_ν∇_λ l, ∇_μ∇_ρ l)·G^λ·G^ρ <nil>
}

// Through order 3 it is SGDFormula in N, E and B.
func ExampleReshuffledFormula() {
	f, err := value.ReshuffledFormula(ctx, value.TestLoss(), 2)
	fmt.Println(f, err)
	// Output: l − η·N·E·G_μ·G^μ/B + η²·N·E·(N·E/B − 1/2)·G_μ·G_ν·H^μν/B + η²·N·E²·C_μν·H^μν/(2·B²) + η²·N·E·(E − 1)·κ(∇_μ l, ∇^μ∇_ν l)·G^ν/(2·B²) <nil>
}
