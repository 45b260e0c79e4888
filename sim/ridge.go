package sim

import (
	"fmt"
	"math/big"
	"math/rand/v2"

	"github.com/perturb-go/perturb/tensor"
)

// Ridge is Mean Estimation with an l₂ penalty whose coefficient is a weight too: P = 2,
// the weights are θ and λ ≥ 0, and
//
//	l_x(θ, λ) = ½ (H + λ) θ² + x S θ.
//
// Losses are reported without the penalty, that is, as of Mean. (P §C.1)
type Ridge struct {
	H, S float64
}

var (
	_ Exact       = Ridge{}
	_ Penalized   = Ridge{}
	_ Constrained = Ridge{}
)

// Name returns the parameters, such as "ridge H=0.1 S=10".
func (r Ridge) Name() string { return fmt.Sprintf("ridge H=%v S=%v", r.H, r.S) }

// Dim returns 2.
func (Ridge) Dim() int { return 2 }

// Size returns 1.
func (Ridge) Size() int { return 1 }

// Sample draws a standard normal number.
func (Ridge) Sample(rnd *rand.Rand, x []float64) { x[0] = rnd.NormFloat64() }

// Clone returns r.
func (r Ridge) Clone() Landscape { return r }

// Project sets a negative λ to 0.
func (Ridge) Project(theta []float64) { theta[1] = max(theta[1], 0) }

// Unpenalized returns the landscape of the same weights with λ ignored.
func (r Ridge) Unpenalized() Landscape { return unpenalized{r} }

// Loss returns the mean of l_x, or its derivative; see Landscape.
func (r Ridge) Loss(theta, data []float64, along ...[]float64) float64 {
	return r.loss(theta, mean(data), 1, along)
}

// Gradient is the mean of ∇l_x, or its derivative; see Landscape.
func (r Ridge) Gradient(grad, theta, data []float64, along ...[]float64) {
	r.gradient(grad, theta, mean(data), 1, along)
}

// MeanLoss returns ½ (H + λ) θ², or its derivative.
func (r Ridge) MeanLoss(theta []float64, along ...[]float64) float64 {
	return r.loss(theta, 0, 1, along)
}

// MeanGradient sets grad to ((H + λ) θ, ½ θ²), or its derivative.
func (r Ridge) MeanGradient(grad, theta []float64, along ...[]float64) {
	r.gradient(grad, theta, 0, 1, along)
}

// NoiseRank returns 1.
func (Ridge) NoiseRank() int { return 1 }

// Noise sets noise to (S ξ, 0).
func (r Ridge) Noise(noise, theta, xi []float64) { noise[0], noise[1] = r.S*xi[0], 0 }

// loss is the loss with the penalty times c.
func (r Ridge) loss(theta []float64, x, c float64, along [][]float64) float64 {
	if len(along) == 0 {
		return ((r.H+c*theta[1])*theta[0]/2 + x*r.S) * theta[0]
	}
	var grad [2]float64
	r.gradient(grad[:], theta, x, c, along[1:])
	return grad[0]*along[0][0] + grad[1]*along[0][1]
}

func (r Ridge) gradient(grad, theta []float64, x, c float64, along [][]float64) {
	switch len(along) {
	case 0:
		grad[0] = (r.H+c*theta[1])*theta[0] + x*r.S
		grad[1] = c * theta[0] * theta[0] / 2
	case 1:
		v := along[0]
		grad[0] = (r.H+c*theta[1])*v[0] + c*theta[0]*v[1]
		grad[1] = c * theta[0] * v[0]
	case 2:
		v, w := along[0], along[1]
		grad[0] = c * (v[0]*w[1] + v[1]*w[0])
		grad[1] = c * v[0] * w[0]
	default:
		grad[0], grad[1] = 0, 0
	}
}

// Local returns the landscape itself, with its penalty; see Exact.
func (r Ridge) Local(theta []float64, degree int) (tensor.Landscape, error) {
	return r.local(theta, 1)
}

func (r Ridge) local(theta []float64, c float64) (tensor.Landscape, error) {
	numbers, err := rationals(theta[0], theta[1], r.H, r.S, c)
	if err != nil {
		return nil, fmt.Errorf("sim: %s at %v: %w", r.Name(), theta, err)
	}
	half := big.NewRat(1, 2)
	loss, err := tensor.NewPolynomial(3, []tensor.Term{
		{Coef: new(big.Rat).Mul(half, numbers[2]), Exp: []int{2, 0, 0}},
		{Coef: new(big.Rat).Mul(half, numbers[4]), Exp: []int{2, 1, 0}},
		{Coef: numbers[3], Exp: []int{1, 0, 1}},
	})
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	return standardNormal(numbers[:2], loss)
}

// unpenalized is Ridge with λ ignored.
type unpenalized struct{ Ridge }

var _ Exact = unpenalized{}

func (u unpenalized) Name() string           { return "unpenalized " + u.Ridge.Name() }
func (u unpenalized) Clone() Landscape       { return u }
func (u unpenalized) Unpenalized() Landscape { return u }

func (u unpenalized) Loss(theta, data []float64, along ...[]float64) float64 {
	return u.loss(theta, mean(data), 0, along)
}

func (u unpenalized) Gradient(grad, theta, data []float64, along ...[]float64) {
	u.gradient(grad, theta, mean(data), 0, along)
}

func (u unpenalized) MeanLoss(theta []float64, along ...[]float64) float64 {
	return u.loss(theta, 0, 0, along)
}

func (u unpenalized) MeanGradient(grad, theta []float64, along ...[]float64) {
	u.gradient(grad, theta, 0, 0, along)
}

func (u unpenalized) Local(theta []float64, degree int) (tensor.Landscape, error) {
	return u.local(theta, 0)
}
