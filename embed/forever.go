package embed

import (
	"context"
	"errors"
	"fmt"

	"github.com/perturb-go/perturb/diagram"
)

// ErrEndless reports that infinitely many steps have no number of embeddings.
var ErrEndless = errors.New("there are infinitely many steps")

// Forever returns what dynamics whose steps are all alike become as T → ∞ with all else held
// fixed: GD on its N points, ODE, SDE, Gaussian noise, and one epoch of SGD in batches of its
// size, on ever more points. How many steps d has does not matter.
//
// Every W grows without bound, so Count reports ErrEndless; but re-summed values have limits
// (package value). One epoch on infinitely many points has no training set: its
// generalization gap tends to 0.
//
// The error wraps ErrSize if the steps of d are not alike.
func Forever(d Dynamics) (Dynamics, error) {
	t, ok := TimingOf(d)
	switch {
	case !ok:
	case t.Time != nil || t.MaxPart > 0:
		return endless{d, 0}, nil
	default:
		epochs, batch, _, ok := t.Grid.Regular()
		switch {
		case !ok:
		case batch == t.Grid.Rows():
			return endless{d, batch}, nil
		case epochs == 1:
			return endless{d, 0}, nil
		}
	}
	return nil, fmt.Errorf("%w: T=inf is for GD, one epoch of SGD, ode, sde and gaussian", ErrSize)
}

// endless is Forever of some dynamics.
type endless struct {
	of   Dynamics
	rows int64
}

// Count returns ErrEndless.
func (e endless) Count(context.Context, diagram.Diagram, Form) (Count, error) {
	return Count{}, fmt.Errorf("embed: %w: W is not finite", ErrEndless)
}

// Rows returns N of GD, and else 0.
func (e endless) Rows() int64 { return e.rows }

// Multiplicative returns true.
func (e endless) Multiplicative() bool { return true }
