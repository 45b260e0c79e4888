package sim

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/perturb-go/perturb/tensor"
)

// Gauss is the landscape of fitting a centred normal distribution, of variance e^h, to
// standard normal data: P = 1, x ~ N(0, 1), and
//
//	l_x(h) = ½ (h + x² e^{−h}).
//
// Its minimum is at h = 0, where G = 0, H = C = ½ and J = −½. The noise of its gradients
// (1 − x² e^{−h})/2 is a shifted chi-squared one. (P §C.1)
type Gauss struct{}

var _ Exact = Gauss{}

// Name returns "gauss".
func (Gauss) Name() string { return "gauss" }

// Dim returns 1.
func (Gauss) Dim() int { return 1 }

// Size returns 1.
func (Gauss) Size() int { return 1 }

// Sample draws a standard normal number.
func (Gauss) Sample(r *rand.Rand, x []float64) { x[0] = r.NormFloat64() }

// Clone returns g.
func (g Gauss) Clone() Landscape { return g }

// Loss returns the mean of l_x, or its derivative; see Landscape.
func (Gauss) Loss(theta, data []float64, along ...[]float64) float64 {
	return gaussLoss(theta[0], meanSquare(data), along)
}

// Gradient is the mean of ∇l_x, or its derivative; see Landscape.
func (Gauss) Gradient(grad, theta, data []float64, along ...[]float64) {
	grad[0] = gaussGradient(theta[0], meanSquare(data), along)
}

// MeanLoss returns ½ (h + e^{−h}), or its derivative.
func (Gauss) MeanLoss(theta []float64, along ...[]float64) float64 {
	return gaussLoss(theta[0], 1, along)
}

// MeanGradient sets grad to ½ (1 − e^{−h}), or its derivative.
func (Gauss) MeanGradient(grad, theta []float64, along ...[]float64) {
	grad[0] = gaussGradient(theta[0], 1, along)
}

// NoiseRank returns 1.
func (Gauss) NoiseRank() int { return 1 }

// Noise sets noise to ξ e^{−h}/√2: the variance of x² is 2.
func (Gauss) Noise(noise, theta, xi []float64) {
	noise[0] = xi[0] * math.Exp(-theta[0]) / math.Sqrt2
}

// gaussLoss returns the derivative along directions of ½ (h + s e^{−h}).
func gaussLoss(h, s float64, along [][]float64) float64 {
	if len(along) == 0 {
		return (h + s*math.Exp(-h)) / 2
	}
	return gaussGradient(h, s, along[1:]) * along[0][0]
}

// gaussGradient returns the derivative along directions of ½ (1 − s e^{−h}).
func gaussGradient(h, s float64, along [][]float64) float64 {
	d := -s * math.Exp(-h) / 2
	if len(along) == 0 {
		return 0.5 + d
	}
	for _, v := range along {
		d *= -v[0]
	}
	return d
}

func meanSquare(data []float64) float64 {
	sum := 0.0
	for _, x := range data {
		sum += x * x
	}
	return sum / float64(len(data))
}

// Local returns ½ (h + x² Σ_k e^{−θ} (θ−h)^k / k!), through k = degree; see Exact. It is
// exact at θ = 0, and elsewhere has e^{−θ} in float64.
func (Gauss) Local(theta []float64, degree int) (tensor.Landscape, error) {
	at := new(big.Rat).SetFloat64(theta[0])
	scale := new(big.Rat).SetFloat64(math.Exp(-theta[0]))
	if at == nil || scale == nil {
		return nil, fmt.Errorf("sim: gauss at %v: %w", theta, ErrLandscape)
	}
	// In the displacement δ = h − θ; then moved.
	terms := []tensor.Term{{Coef: big.NewRat(1, 2), Exp: []int{1, 0}}}
	terms = append(terms, tensor.Term{Coef: new(big.Rat).Quo(at, big.NewRat(2, 1)), Exp: []int{0, 0}})
	coef := new(big.Rat).Quo(scale, big.NewRat(2, 1))
	for k := range degree + 1 {
		terms = append(terms, tensor.Term{Coef: new(big.Rat).Set(coef), Exp: []int{k, 2}})
		coef.Quo(coef, big.NewRat(-int64(k)-1, 1))
	}
	return localGaussian([]*big.Rat{at}, big.NewRat(1, 1), terms)
}

// localGaussian returns a landscape at θ with a normal datum of one coordinate, mean zero
// and the given variance, whose loss has the given terms in θ_i minus the point, then x.
func localGaussian(theta []*big.Rat, variance *big.Rat, terms []tensor.Term) (tensor.Landscape, error) {
	loss, err := tensor.NewPolynomial(len(theta)+1, terms)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	back := make([]*big.Rat, 0, len(theta)+1)
	for _, x := range theta {
		back = append(back, new(big.Rat).Neg(x))
	}
	loss, err = loss.Shift(append(back, new(big.Rat)))
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	g, err := tensor.NewGaussian(theta, []*big.Rat{new(big.Rat)}, [][]*big.Rat{{variance}}, loss)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	return g, nil
}
