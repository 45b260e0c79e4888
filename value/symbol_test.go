package value_test

import (
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/value"
)

func TestSymbol(t *testing.T) {
	cube := value.Polynomial("s", polynomialOf(t, 1, descent.Loss{}))
	for _, c := range []struct {
		o            value.Observable
		diagram      string
		form         embed.Form
		want, origin string
	}{
		{value.TestLoss(), "(0)()", embed.Cumulant, "l", "P §1.1"},
		{value.TestLoss(), "(0-1)(01)", embed.Cumulant, "G_μ G^μ", "P Prop. 2"},
		{value.TestLoss(), "(01-2)(02-12)", embed.Cumulant, "C_μν H^μν", "P Prop. 2"},
		{value.TestLoss(), "(01-2)(02-12)", embed.Moment, "E[∇_μ l ∇_ν l] H^μν", "P §A.1"},
		{value.TestLoss(), "(0-1-2)(02-12)", embed.Cumulant, "G_μ H_ν^μ G^ν", "P Prop. 2"},
		{value.TestLoss(), "(0-1-2)(01-12)", embed.Moment, "G_μ H_ν^μ G^ν", "the value class of the corolla"},
		{value.TestLoss(), "(012-3)(03-13-23)", embed.Cumulant, "S_μνλ J^μνλ", "P Example 1"},
		{value.TestLoss(), "(0-1-2-3-4)(04-14-24-34)", embed.Cumulant, "G_μ G_ν G_λ ∇^μ∇^ν∇^λ∇_ρ l G^ρ", "∇^4 l has no letter"},
		{value.TrainLoss(), "(01)(01)", embed.Cumulant, "C_μ^μ", "tr C"},
		{value.TrainLoss(), "(012)(01-12)", embed.Cumulant, "κ(∇_μ l, ∇^μ∇_ν l, ∇^ν l)", "X of the train-loss analogue of P Prop. 2"},
		{value.TestLoss(), "(0123-4)(04-14-24-34)", embed.Cumulant, "κ(∇_μ l, ∇_ν l, ∇_λ l, ∇_ρ l) ∇^μ∇^ν∇^λ∇^ρ l", "beyond S"},
		{value.Displacement(), "(0-1)(01)", embed.Cumulant, "G^μ", "the free index stands above"},
		{value.Displacement(), "(0-1-2)(01-12)", embed.Cumulant, "G_ν H^νμ", "the free index stands above"},
		{value.WeightCovariance(), "(01-2-3)(02-13)", embed.Cumulant, "C^μν", "free indices"},
		{value.LossVariance(), "(01-2-3)(02-13)", embed.Cumulant, "C_μν G^μ G^ν", "two gradients at the roots"},
		{value.Mean(cube), "(0-1-2)(02-12)", embed.Cumulant, "G_μ G_ν ∇^μ∇^ν s", "a quantity by its name"},
	} {
		if got := c.o.Symbol(diagram.MustParse(c.diagram), c.form); got != c.want {
			t.Errorf("%v of %v (%s): %q, want %q", c.diagram, c.o, c.origin, got, c.want)
		}
	}
}

// Symbols tell value classes apart, and nothing else.
func TestSymbolIsClass(t *testing.T) {
	for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
		classOf := map[string]diagram.Diagram{}
		symbolOf := map[diagram.Diagram]string{}
		for edges := range 6 {
			for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied} {
				seq, err := diagram.Enumerate(edges, diagram.Options{Roots: roots})
				if err != nil {
					t.Fatal(err)
				}
				for d := range seq {
					class, symbol := d.Class(), value.TrainLoss().Symbol(d, form)
					if c, ok := classOf[symbol]; ok && c != class {
						t.Errorf("%q stands for %v and %v", symbol, c, class)
					}
					if s, ok := symbolOf[class]; ok && s != symbol {
						t.Errorf("%v has the symbols %q and %q", class, s, symbol)
					}
					classOf[symbol], symbolOf[class] = class, symbol
				}
			}
		}
	}
}
