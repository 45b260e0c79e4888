package sim

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/perturb-go/perturb/tensor"
)

// Mean is the Mean Estimation landscape: P = 1, x ~ N(0, 1), and
//
//	l_x(θ) = ½ H θ² + x S θ.
//
// Its Hessian is H and the covariance of its gradients S², everywhere. (P §C.1)
type Mean struct {
	H, S float64
}

var _ Exact = Mean{}

// Name returns the parameters, such as "mean H=0.1 S=10".
func (m Mean) Name() string { return fmt.Sprintf("mean H=%v S=%v", m.H, m.S) }

// Dim returns 1.
func (Mean) Dim() int { return 1 }

// Size returns 1.
func (Mean) Size() int { return 1 }

// Sample draws a standard normal number.
func (Mean) Sample(r *rand.Rand, x []float64) { x[0] = r.NormFloat64() }

// Clone returns m.
func (m Mean) Clone() Landscape { return m }

// Loss returns the mean of l_x, or its derivative; see Landscape.
func (m Mean) Loss(theta, data []float64, along ...[]float64) float64 {
	return m.loss(theta[0], mean(data), along)
}

// Gradient is the mean of ∇l_x, or its derivative; see Landscape.
func (m Mean) Gradient(grad, theta, data []float64, along ...[]float64) {
	grad[0] = m.gradient(theta[0], mean(data), along)
}

// MeanLoss returns ½ H θ², or its derivative.
func (m Mean) MeanLoss(theta []float64, along ...[]float64) float64 {
	return m.loss(theta[0], 0, along)
}

// MeanGradient sets grad to H θ, or its derivative.
func (m Mean) MeanGradient(grad, theta []float64, along ...[]float64) {
	grad[0] = m.gradient(theta[0], 0, along)
}

// NoiseRank returns 1.
func (Mean) NoiseRank() int { return 1 }

// Noise sets noise to S ξ.
func (m Mean) Noise(noise, theta, xi []float64) { noise[0] = m.S * xi[0] }

func (m Mean) loss(theta, x float64, along [][]float64) float64 {
	if len(along) == 0 {
		return (m.H*theta/2 + x*m.S) * theta
	}
	return m.gradient(theta, x, along[1:]) * along[0][0]
}

func (m Mean) gradient(theta, x float64, along [][]float64) float64 {
	switch len(along) {
	case 0:
		return m.H*theta + x*m.S
	case 1:
		return m.H * along[0][0]
	}
	return 0
}

// Local returns the landscape itself; see Exact.
func (m Mean) Local(theta []float64, degree int) (tensor.Landscape, error) {
	numbers, err := rationals(theta[0], m.H, m.S)
	if err != nil {
		return nil, fmt.Errorf("sim: %s at %v: %w", m.Name(), theta, err)
	}
	at, h, s := numbers[0], numbers[1], numbers[2]
	loss, err := tensor.NewPolynomial(2, []tensor.Term{
		{Coef: h.Quo(h, big.NewRat(2, 1)), Exp: []int{2, 0}},
		{Coef: s, Exp: []int{1, 1}},
	})
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	return standardNormal([]*big.Rat{at}, loss)
}

// standardNormal returns the landscape with one standard normal coordinate as its datum.
func standardNormal(theta []*big.Rat, loss tensor.Polynomial) (tensor.Landscape, error) {
	g, err := tensor.NewGaussian(theta, []*big.Rat{new(big.Rat)}, [][]*big.Rat{{big.NewRat(1, 1)}}, loss)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	return g, nil
}

// rationals returns the exact values of finite numbers.
func rationals(x ...float64) ([]*big.Rat, error) {
	out := make([]*big.Rat, len(x))
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%w: %v is not finite", ErrLandscape, v)
		}
		out[i] = new(big.Rat).SetFloat64(v)
	}
	return out, nil
}
