package embed

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/internal/rational"
)

// ErrTraining reports that a dynamics has no training set, so no tied root, no moment
// form, and neither train loss nor generalization gap.
var ErrTraining = errors.New("these dynamics have no training set")

// Dynamics is anything whose expectations are sums over diagrams: an optimizer on a grid,
// by its Counter, or what SGD on a grid is compared with: ODE, SDE, Gaussian noise, GDC and
// RandomReshuffles. They differ in the W that they give to a diagram, and in nothing else.
type Dynamics interface {
	// Count returns W(D), and the number of maps where W counts any. The error is the
	// context's, or wraps ErrForm, ErrTraining or ErrTooLarge. It may be called concurrently.
	Count(ctx context.Context, d diagram.Diagram, form Form) (Count, error)
	// Rows returns N, the size of the training set; 0 if there is none.
	Rows() int64
	// Multiplicative reports whether the W of two trees that share no part is the product
	// of theirs, in cumulant form: as it is unless the dynamics itself is random.
	Multiplicative() bool
}

var (
	_ Dynamics = (*Counter)(nil)
	_ Dynamics = continuous{}
	_ Dynamics = (*gaussian)(nil)
	_ Dynamics = (*gdc)(nil)
	_ Dynamics = (*reshuffled)(nil)
	_ Dynamics = endless{}
)

// Rows returns N, the number of training points of the grid.
func (c *Counter) Rows() int64 { return c.grid.Rows() }

// Multiplicative returns true: the trees' maps are independent.
func (c *Counter) Multiplicative() bool { return true }

// continuous is a dynamics in continuous time: each part of a diagram has one time.
type continuous struct {
	time    *big.Rat
	batch   *big.Rat
	maxPart int
}

// ODE returns the gradient flow dθ = −∇l dt' for the time t' = ηT: SGD without noise
// and in continuous time. W(D) is the volume of the times in [0,T] of the nodes that obey
// the tree's order, if every part is a single node, and 0 otherwise.
//
// The error wraps ErrSize unless T ≥ 0.
func ODE(time *big.Rat) (Dynamics, error) {
	if time == nil || time.Sign() < 0 {
		return nil, fmt.Errorf("%w: T=%v is negative", ErrSize, time)
	}
	return continuous{rational.Clone(time), big.NewRat(1, 1), 1}, nil
}

// SDE returns the stochastic differential equation dθ = −∇l dt' + √(ηC(θ)/B) dW, in Itô's
// sense, for the time t' = ηT: SGD with Gaussian noise and in continuous time. W(D) is the
// volume of the times in [0,T] of the parts that obey the order which the trees induce,
// over B for every pair, if every part is a single node or a pair, and 0 otherwise.
//
// The error wraps ErrSize unless T ≥ 0 and B is in 1,…,MaxSize.
func SDE(time *big.Rat, batch int64) (Dynamics, error) {
	if time == nil || time.Sign() < 0 {
		return nil, fmt.Errorf("%w: T=%v is negative", ErrSize, time)
	}
	if err := checkSize("B", batch, 1); err != nil {
		return nil, err
	}
	return continuous{rational.Clone(time), big.NewRat(batch, 1), 2}, nil
}

// Rows returns 0: there is no training set.
func (continuous) Rows() int64 { return 0 }

// Multiplicative returns true: volumes multiply.
func (continuous) Multiplicative() bool { return true }

// Count returns the volume; it has no number of maps. Of p parts with L orders that obey
// the relations among them, it is T^p L/p!.
func (c continuous) Count(_ context.Context, d diagram.Diagram, form Form) (Count, error) {
	if err := cumulantOnly(d, form); err != nil {
		return Count{}, err
	}
	untied := bare(d)
	sizes := partSizes(untied)
	w := new(big.Rat).SetInt(untied.Orderings())
	w.Mul(w, new(big.Rat).SetInt(untied.Aut()))
	for i, size := range sizes {
		if size > c.maxPart {
			return Count{Weight: new(big.Rat)}, nil
		}
		w.Mul(w, c.time)
		w.Quo(w, big.NewRat(int64(i)+1, 1))
		if size == 2 {
			w.Quo(w, big.NewRat(2, 1)) // Orderings also orders the nodes of a part
			w.Quo(w, c.batch)
		}
	}
	return Count{Weight: w}, nil
}

// cumulantOnly reports a diagram or form that needs a training set.
func cumulantOnly(d diagram.Diagram, form Form) error {
	if err := form.check(); err != nil {
		return err
	}
	if form != Cumulant || d.Tied() {
		return fmt.Errorf("embed: count %v in %v form: %w", d, form, ErrTraining)
	}
	return nil
}

// partSizes returns the sizes of the non-root parts of an untied diagram.
func partSizes(d diagram.Diagram) []int {
	sizes := make([]int, nonRootParts(d))
	for _, p := range d.Labels()[:d.Edges()] {
		sizes[p]++
	}
	return sizes
}

// gaussian is SGD of batch size 1 with Gaussian noise.
type gaussian struct{ counter *Counter }

// Gaussian returns T steps of SGD with batch size 1 whose noise is replaced by Gaussian
// noise of the same covariance C(θ), drawn afresh at each step. W(D) is that of one-epoch
// SGD on T points if every part is a single node or a pair, and 0 otherwise.
//
// The error wraps ErrSize unless T is in 1,…,MaxSize.
func Gaussian(steps int64) (Dynamics, error) {
	if err := checkSize("T", steps, 1); err != nil {
		return nil, err
	}
	g, err := OneEpoch(steps)
	if err != nil {
		return nil, err
	}
	return &gaussian{NewCounter(g)}, nil
}

// Rows returns 0: there is no training set.
func (*gaussian) Rows() int64 { return 0 }

// Multiplicative returns true: the trees' maps are independent.
func (*gaussian) Multiplicative() bool { return true }

// Count returns W(D); maps are those of one-epoch SGD.
func (g *gaussian) Count(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	if err := cumulantOnly(d, form); err != nil {
		return Count{}, err
	}
	for _, size := range partSizes(bare(d)) {
		if size > 2 {
			return Count{new(big.Int), new(big.Rat)}, nil
		}
	}
	return g.counter.Count(ctx, d, form)
}

// Scaled returns the dynamics with learning rate rate·η: W(D) times rate^edges.
func Scaled(d Dynamics, rate *big.Rat) Dynamics { return scaled{d, rational.Clone(rate)} }

type scaled struct {
	Dynamics
	rate *big.Rat
}

// Count returns W(D) times a power of the rate.
func (s scaled) Count(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	c, err := s.Dynamics.Count(ctx, d, form)
	for range d.Edges() {
		if err == nil {
			c.Weight.Mul(c.Weight, s.rate)
		}
	}
	return c, err
}
