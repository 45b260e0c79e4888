package sim

import (
	"fmt"
	"math/rand/v2"

	"github.com/perturb-go/perturb/embed"
)

// An Optimizer is a rule by which weights move from θ_0, one update after another: [SGD],
// [Reshuffled], [GDC], [Regularized], [ODE], [SDE] or [Gaussian]. The learning rate η is
// the Spec's.
type Optimizer interface {
	// String names the optimizer in full, in the form that ParseOptimizer reads, or if it
	// is a grid of other than the regular kinds, by a hash.
	String() string
	// Steps returns T, the number of updates.
	Steps() int64
	// Rows returns N, the number of training points; 0 if there are none.
	Rows() int64
	// Until returns the same optimizer stopped after the first t updates. The error wraps
	// ErrOptimizer unless 0 ≤ t ≤ T.
	Until(t int64) (Optimizer, error)
	// Dynamics returns what the theory knows the optimizer as, or nil if it is none of
	// embed's dynamics. Its dynamics in continuous time are those of which the optimizer
	// is the approximation.
	Dynamics() embed.Dynamics

	// valid returns an error unless the optimizer's numbers make one.
	valid() error
	// cost returns about how many gradients of a datum an update takes.
	cost() int64
	// stepper returns a new state for descent on l with learning rate eta.
	stepper(l Landscape, eta float64) stepper
}

// A stepper is an optimizer at work. It may be used for one trial after another.
type stepper interface {
	// begin starts a trial.
	begin(d draws)
	// step moves θ by update t. They are asked for in order, from 0. If there is a
	// witness, it is told of the update before it is made.
	step(theta []float64, t int64, w witness)
}

// draws are what is random in a trial.
type draws struct {
	points []float64  // training points, at least as many as the optimizer has rows
	noise  *rand.Rand // for what else is random
}

// A witness watches an optimizer at work, for control variates.
type witness interface {
	// points tells of an update in which grad is Σ w ∇l_n(θ) over column t, whose row n is
	// the training point order[n], or n if there is no order.
	points(theta, grad []float64, t int64, order []int)
	// noise tells of an update θ −= h ∇l(θ) + noise, where noise is c b(θ) ξ.
	noise(theta, noise []float64, h, c float64, xi []float64)
}

func checkSteps(o Optimizer, t int64) error {
	if t < 0 || t > o.Steps() {
		return fmt.Errorf("sim: %w: %v has no update %d", ErrOptimizer, o, t)
	}
	return nil
}

// checkFit returns an error unless the optimizer is valid and can descend on l.
func checkFit(o Optimizer, l Landscape) error {
	if err := o.valid(); err != nil {
		return err
	}
	switch o.(type) {
	case ODE, SDE, Gaussian:
		if _, ok := l.(Exact); !ok {
			return fmt.Errorf("%w: %v needs the mean gradient and the covariance, which %s does not have", ErrSpec, o, l.Name())
		}
	}
	return nil
}
