package sim

import (
	"math/rand/v2"

	"github.com/perturb-go/perturb/tensor"
)

// A Landscape is a distribution over smooth losses l_x of θ ∈ R^P, where a datum x is
// given by Size numbers.
//
// Losses and gradients are means over a batch of k ≥ 1 data, held one after the other in
// a slice of k·Size numbers. They may be differentiated along k directions v_1, …, v_k,
// each of P numbers:
//
//	Loss      Σ_μ ∇^k l[v_1, …, v_k], a number
//	Gradient  ∇^{k+1} l[v_1, …, v_k, ·], P numbers
//
// so that Gradient along v is the Hessian times v. Lengths are the caller's duty.
//
// A Landscape may keep scratch space: one value is for one goroutine at a time.
type Landscape interface {
	// Name names the distribution: landscapes of equal names are equal. It is part of
	// what a trial's random numbers depend on.
	Name() string
	// Dim returns P, the dimension of weight space.
	Dim() int
	// Size returns how many numbers make a datum, at least 1.
	Size() int
	// Sample draws a datum: it fills x, of Size numbers.
	Sample(r *rand.Rand, x []float64)
	// Loss returns the mean loss of a batch, or its derivative along some directions.
	Loss(theta, data []float64, along ...[]float64) float64
	// Gradient sets grad to the mean gradient of a batch, or that of its derivative along
	// some directions.
	Gradient(grad, theta, data []float64, along ...[]float64)
	// Clone returns the same landscape for use by another goroutine.
	Clone() Landscape
}

// An Averaged landscape knows its mean loss l = E_x l_x, though it may be costly. It is
// asked for at the start only, to measure from and for control variates.
type Averaged interface {
	Landscape
	// MeanLoss returns l(θ), or its derivative along some directions.
	MeanLoss(theta []float64, along ...[]float64) float64
	// MeanGradient sets grad to ∇l, or to its derivative along some directions.
	MeanGradient(grad, theta []float64, along ...[]float64)
}

// An Exact landscape knows its mean loss and the covariance C of its gradients at every θ,
// at about the cost of a datum's.
type Exact interface {
	Averaged
	// NoiseRank returns the number r of columns of a matrix b(θ) with b bᵀ = C.
	NoiseRank() int
	// Noise sets noise to b(θ) ξ, for r numbers ξ. If they are independent and standard
	// normal, it is Gaussian noise of covariance C.
	Noise(noise, theta, xi []float64)
	// Local returns the landscape as the exact core has it, with its Taylor polynomial at
	// θ of the given degree or a higher one for a loss; θ is its point. Its statistics
	// are those of the landscape for diagrams of at most that many edges.
	Local(theta []float64, degree int) (tensor.Landscape, error)
}

// A Classifier is a landscape whose weights choose a class for every datum, which is the
// right one or not.
type Classifier interface {
	Landscape
	// Classifies reports whether that is so of this value, as a type may have others.
	Classifies() bool
	// Accuracy returns the fraction of a batch whose class is the right one, in [0, 1] for
	// any weights.
	Accuracy(theta, data []float64) float64
}

// A Penalized landscape is descended on with a penalty that its losses are reported
// without.
type Penalized interface {
	Landscape
	// Unpenalized returns the landscape of the same weights and data without penalty.
	Unpenalized() Landscape
}

// A Constrained landscape keeps weights inside a region.
type Constrained interface {
	Landscape
	// Project moves θ to the nearest point of the region, after every update.
	Project(theta []float64)
}

// measured returns the landscape whose losses are reported.
func measured(l Landscape) Landscape {
	if p, ok := l.(Penalized); ok {
		return p.Unpenalized()
	}
	return l
}

// classifier returns the landscape whose accuracy is reported, or nil if it has none.
func classifier(l Landscape) Classifier {
	if c, ok := measured(l).(Classifier); ok && c.Classifies() {
		return c
	}
	return nil
}
