package sim

import (
	"fmt"
	"math"
	"math/big"

	"github.com/perturb-go/perturb/embed"
)

// DefaultRefine is the number of parts into which an update of ODE and SDE is refined
// unless they say otherwise (P §C.4).
const DefaultRefine = 16

// maxRefine bounds the time of an update, within which no context is looked at.
const maxRefine = 1 << 20

// ODE approximates gradient flow, dθ = −∇l dt', for the time t' = ηT: each of T updates is
// Refine steps of the classical method of Runge and Kutta.
type ODE struct {
	T      int64
	Refine int64 // 0 is DefaultRefine; at most 2²⁰
}

// SDE approximates the stochastic differential equation dθ = −∇l dt' + √(ηC(θ)/B) dW, in
// Itô's sense, for the time t' = ηT: each of T updates is Refine steps of the method of
// Euler and Maruyama. (P §C.4)
type SDE struct {
	T, B   int64
	Refine int64 // 0 is DefaultRefine; at most 2²⁰
}

// Gaussian is SGD of batch size 1 whose noise is replaced by Gaussian noise of the same
// covariance C(θ), drawn afresh at each of T updates.
type Gaussian struct {
	T int64
}

func refinement(r int64) int64 {
	if r == 0 {
		return DefaultRefine
	}
	return r
}

// String writes the optimizer as ParseOptimizer reads it.
func (o ODE) String() string { return fmt.Sprintf("ode T=%d refine=%d", o.T, refinement(o.Refine)) }

// String writes the optimizer as ParseOptimizer reads it.
func (o SDE) String() string {
	return fmt.Sprintf("sde T=%d B=%d refine=%d", o.T, o.B, refinement(o.Refine))
}

// String writes the optimizer as ParseOptimizer reads it.
func (o Gaussian) String() string { return fmt.Sprintf("gaussian T=%d", o.T) }

// Steps returns T.
func (o ODE) Steps() int64 { return o.T }

// Steps returns T.
func (o SDE) Steps() int64 { return o.T }

// Steps returns T.
func (o Gaussian) Steps() int64 { return o.T }

// Rows returns 0: there is no training set.
func (ODE) Rows() int64 { return 0 }

// Rows returns 0: there is no training set.
func (SDE) Rows() int64 { return 0 }

// Rows returns 0: there is no training set.
func (Gaussian) Rows() int64 { return 0 }

// Dynamics returns embed.ODE, without the error of refinement, which is of order η⁴/Refine⁴.
func (o ODE) Dynamics() embed.Dynamics {
	d, err := embed.ODE(big.NewRat(o.T, 1))
	if err != nil {
		return nil
	}
	return d
}

// Dynamics returns embed.SDE, without the error of refinement, which is of order η/Refine.
func (o SDE) Dynamics() embed.Dynamics {
	d, err := embed.SDE(big.NewRat(o.T, 1), o.B)
	if err != nil {
		return nil
	}
	return d
}

// Dynamics returns embed.Gaussian, or nil if T is 0.
func (o Gaussian) Dynamics() embed.Dynamics {
	d, err := embed.Gaussian(o.T)
	if err != nil {
		return nil
	}
	return d
}

// Until returns the flow for t updates.
func (o ODE) Until(t int64) (Optimizer, error) {
	err := checkSteps(o, t)
	o.T = t
	return o, err
}

// Until returns the process for t updates.
func (o SDE) Until(t int64) (Optimizer, error) {
	err := checkSteps(o, t)
	o.T = t
	return o, err
}

// Until returns the process for t updates.
func (o Gaussian) Until(t int64) (Optimizer, error) {
	err := checkSteps(o, t)
	o.T = t
	return o, err
}

func (o ODE) valid() error {
	if o.T < 0 || o.Refine < 0 || o.Refine > maxRefine {
		return fmt.Errorf("sim: %w: %v: T is at least 0, and refine in 0,…,%d", ErrOptimizer, o, maxRefine)
	}
	return nil
}

func (o SDE) valid() error {
	if o.T < 0 || o.B < 1 || o.Refine < 0 || o.Refine > maxRefine {
		return fmt.Errorf("sim: %w: %v: T is at least 0, B at least 1, and refine in 0,…,%d", ErrOptimizer, o, maxRefine)
	}
	return nil
}

func (o Gaussian) valid() error {
	if o.T < 0 {
		return fmt.Errorf("sim: %w: %v: T is at least 0", ErrOptimizer, o)
	}
	return nil
}

func (o ODE) cost() int64 { return 4 * refinement(o.Refine) }

func (o SDE) cost() int64 { return refinement(o.Refine) }

func (o Gaussian) cost() int64 { return 1 }

func (o ODE) stepper(l Landscape, eta float64) stepper {
	s := &flow{l: l.(Exact), refine: int(refinement(o.Refine))}
	s.h = eta / float64(s.refine)
	for i := range s.slope {
		s.slope[i] = make([]float64, l.Dim())
	}
	s.moved = make([]float64, l.Dim())
	return s
}

func (o SDE) stepper(l Landscape, eta float64) stepper { return newNoisy(o, l, eta) }

func (o Gaussian) stepper(l Landscape, eta float64) stepper { return newNoisy(o, l, eta) }

// noiseSteps returns the number of steps θ −= h ∇l + c b(θ) ξ to an update, and h and c, if
// the optimizer is of that kind.
func noiseSteps(o Optimizer, eta float64) (refine int64, h, c float64, ok bool) {
	switch o := o.(type) {
	case SDE:
		refine = refinement(o.Refine)
		h = eta / float64(refine)
		return refine, h, math.Sqrt(h * eta / float64(o.B)), true
	case Gaussian:
		return 1, eta, eta, true
	}
	return 0, 0, 0, false
}

// A flow moves along −∇l.
type flow struct {
	l      Exact
	refine int
	h      float64
	slope  [4][]float64
	moved  []float64
}

func (s *flow) begin(draws) {}

func (s *flow) step(theta []float64, t int64, w witness) {
	for range s.refine {
		s.l.MeanGradient(s.slope[0], theta)
		for i, c := range [3]float64{0.5, 0.5, 1} {
			for mu, x := range theta {
				s.moved[mu] = x - c*s.h*s.slope[i][mu]
			}
			s.l.MeanGradient(s.slope[i+1], s.moved)
		}
		for mu := range theta {
			theta[mu] -= s.h / 6 * (s.slope[0][mu] + 2*s.slope[1][mu] + 2*s.slope[2][mu] + s.slope[3][mu])
		}
	}
}

// A noisy stepper makes a number of steps θ −= h ∇l + c b(θ) ξ to an update, with ξ of
// independent standard normal numbers.
type noisy struct {
	l                   Exact
	refine              int64
	h, c                float64
	draws               draws
	gradient, noise, xi []float64
}

func newNoisy(o Optimizer, l Landscape, eta float64) *noisy {
	e := l.(Exact)
	refine, h, c, _ := noiseSteps(o, eta)
	return &noisy{
		l: e, refine: refine, h: h, c: c,
		gradient: make([]float64, l.Dim()), noise: make([]float64, l.Dim()), xi: make([]float64, e.NoiseRank()),
	}
}

func (s *noisy) begin(d draws) { s.draws = d }

func (s *noisy) step(theta []float64, t int64, w witness) {
	for range s.refine {
		for j := range s.xi {
			s.xi[j] = s.draws.noise.NormFloat64()
		}
		s.l.MeanGradient(s.gradient, theta)
		s.l.Noise(s.noise, theta, s.xi)
		for mu := range s.noise {
			s.noise[mu] *= s.c
		}
		if w != nil {
			w.noise(theta, s.noise, s.h, s.c, s.xi)
		}
		for mu, g := range s.gradient {
			theta[mu] -= s.h*g + s.noise[mu]
		}
	}
}
