package sim

import (
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
)

func ratio(a, b int64) *big.Rat { return big.NewRat(a, b) }

// forces returns ∇tr C and HG at the point of a landscape: ∇_λ tr C = 2 κ(∇_μ l, ∇_μ∇_λ l).
func forces(t *testing.T, l tensor.Landscape) (noise, bend []float64) {
	t.Helper()
	ring := mobius.Rational{}
	both, err := tensor.Cumulant(ring, l.Statistics(), []int{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	gradient, err := tensor.Gradient(l.Statistics())
	if err != nil {
		t.Fatal(err)
	}
	hessian, err := tensor.Hessian(l.Statistics())
	if err != nil {
		t.Fatal(err)
	}
	k, g, h := tensor.Map(both, toFloat), tensor.Map(gradient, toFloat), tensor.Map(hessian, toFloat)
	for i := range l.Dim() {
		var c, b float64
		for mu := range l.Dim() {
			c += 2 * k.At(mu, mu, i)
			b += h.At(i, mu) * g.At(mu)
		}
		noise, bend = append(noise, c), append(bend, b)
	}
	return noise, bend
}
