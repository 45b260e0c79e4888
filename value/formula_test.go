package value_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

func mustFormula(t *testing.T) func(expr.Expr, error) expr.Expr {
	return func(e expr.Expr, err error) expr.Expr {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

// P Prop. 2, and its analogue for the train loss; G·∇tr C is 2 κ(∇_μ l, ∇^μ∇_ν l) G^ν.
func TestSGDFormula(t *testing.T) {
	const test = "l − η·M·N·G_μ·G^μ + η²·M·N·(M·N − 1/2)·G_μ·H^μ_ν·G^ν + η²·M²·N/2·C_μν·H^μν + η²·M·N·(M − 1/B)/4·2·κ(∇_μ l, ∇^μ∇_ν l)·G^ν"
	const less = "η·M·C_μ^μ − η²·(M·(M·N − 1)/2·C_μν·H^μν + M·(3·M·N − 1)/4·2·κ(∇_μ l, ∇^μ∇_ν l)·G^ν + M·(M − 1/(2·B))·κ(∇_μ l, ∇^μ∇_ν l, ∇^ν l))"
	ok := mustFormula(t)
	for o, want := range map[string]string{
		"test": test, "train": test + " − (" + less + ")", "gap": less,
		"displacement": "−η·M·N·G_μ + η²·M·N·(M·N − 1)/2·H_μν·G^ν + η²·M·N·(M − 1/B)/2·κ(∇^ν l, ∇_ν∇_μ l)",
		"covariance":   "η²·M²·N·C_μν",
	} {
		observable, err := value.ParseObservable(o)
		if err != nil {
			t.Fatal(err)
		}
		if got := ok(value.SGDFormula(ctx, observable, 2)); !got.Equal(ok(expr.Parse(want))) {
			t.Errorf("%s: %v, want %s", o, got, want)
		}
	}
}

// With numbers for N, M and B, the formula for SGD is that of the grid.
func TestFormulasAgree(t *testing.T) {
	ok := mustFormula(t)
	for _, name := range []string{"test", "train", "gap", "displacement", "covariance", "variance"} {
		o, err := value.ParseObservable(name)
		if err != nil {
			t.Fatal(err)
		}
		general := ok(value.SGDFormula(ctx, o, 3))
		for _, g := range []struct{ n, e, b int64 }{{1, 1, 1}, {6, 1, 2}, {4, 3, 4}, {10, 2, 5}} {
			s, err := value.Expand(ctx, embed.Must(embed.SGD(g.n, g.e, g.b)), o, 3, embed.Cumulant)
			if err != nil {
				t.Fatal(err)
			}
			numbers := general
			for scalar, q := range map[string]*big.Rat{"N": big.NewRat(g.n, 1), "M": big.NewRat(g.e, g.b), "B": big.NewRat(g.b, 1)} {
				numbers = ok(numbers.Substitute(expr.Set(scalar, ok(expr.Number(q)))))
			}
			if got := ok(value.Formula(s)); !got.Equal(numbers) {
				t.Errorf("%s on %+v: %v, want %v", name, g, got, numbers)
			}
		}
	}
}

// P Prop. 2, for SGD of any M, N and B.
func ExampleSGDFormula() {
	f, err := value.SGDFormula(ctx, value.TestLoss(), 2)
	fmt.Println(f, err)
	// Output: l − η·M·N·G_μ·G^μ + η²·M·N·(M·N − 1/2)·G_μ·G_ν·H^μν + 1/2·η²·M²·N·C_μν·H^μν + 1/2·η²·M·N·(M − 1/B)·κ(∇_μ l, ∇^μ∇_ν l)·G^ν <nil>
}
