package value_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// A normal variable of variance 1/3 has the moments, through the fifth, of one that is −1,
// 0, 1 with probabilities 1/6, 2/3, 1/6. So on losses a(θ) + x b(θ), SGD on Gaussian data
// has the series of SGD on those three data, as long as no more than five nodes share a
// part: for the test loss and the displacement through order 5.
func TestGaussianData(t *testing.T) {
	const order = 4
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 2).Draw(t, "dim")
		a, b := descenttest.Loss(dim, 3).Draw(t, "a"), descenttest.Loss(dim, 2).Draw(t, "b")
		grid := descenttest.Grids().Draw(t, "grid")
		p := descent.Problem{Dim: dim, N: grid.N, T: grid.T, Cells: grid.Cells}
		for range dim {
			p.Theta = append(p.Theta, descenttest.Rational().Draw(t, "theta"))
		}
		var joint descent.Loss // in θ and x
		for _, term := range a {
			joint = append(joint, descent.Term{Coef: term.Coef, Exp: append(append([]int{}, term.Exp...), 0)})
		}
		for _, term := range b {
			joint = append(joint, descent.Term{Coef: term.Coef, Exp: append(append([]int{}, term.Exp...), 1)})
		}
		for x, prob := range map[int64]*big.Rat{-1: big.NewRat(1, 6), 0: big.NewRat(2, 3), 1: big.NewRat(1, 6)} {
			loss := append(descent.Loss{}, a...)
			for _, term := range b {
				loss = append(loss, descent.Term{Coef: mul(term.Coef, big.NewRat(x, 1)), Exp: term.Exp})
			}
			p.Data = append(p.Data, descent.Datum{Prob: prob, Loss: loss})
		}
		exact, err := descent.Expand(p, order)
		if err != nil {
			t.Fatal(err)
		}
		l, err := tensor.NewGaussian(p.Theta, []*big.Rat{new(big.Rat)}, [][]*big.Rat{{big.NewRat(1, 3)}}, polynomialOf(t, dim+1, joint))
		if err != nil {
			t.Fatal(err)
		}
		c := embed.NewCounter(gridOf(t, p))
		for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
			for o, want := range map[string][]descent.Series{"test": {exact.TestLoss()}, "displacement": exact.Displacement()} {
				observable, err := value.ParseObservable(o)
				if err != nil {
					t.Fatal(err)
				}
				x, err := expand(c, observable, order, form, value.ExactPoint(l))
				if err != nil {
					t.Fatal(err)
				}
				for i, w := range want {
					for d := range order + 1 {
						if got := x.Coefficients[d].Data()[i]; got.Cmp(w[d]) != 0 {
							t.Fatalf("%s, %v form, component %d, coefficient of η^%d: %v, want %v", o, form, i, d, got, w[d])
						}
					}
				}
			}
		}
	})
}
