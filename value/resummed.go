package value

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
)

// A Resummed is an observable as a sum over diagrams whose edges carry propagators of some
// kind (P Theorem 1). Unlike a Series it is no polynomial in η: EvaluateAt sums it at one
// learning rate after another.
type Resummed struct {
	Observable Observable
	Kind       Kind
	Order      int
	Terms      []ResummedTerm // in the order of diagram.Compare

	timing   embed.Timing
	clock    clock
	hasClock bool
	series   *Series // of the plain kind
}

// A ResummedTerm is one diagram of a re-summed series. Its part of the sum is
//
//	Coefficient · η^edges · Σ_f Π_cells w · (cumulants contracted through propagators)
//
// over the maps f of its non-root nodes to cells; in continuous time, with an integral
// over their times.
type ResummedTerm struct {
	Diagram diagram.Diagram
	Aut     *big.Int // |Aut(D)|
	// Coefficient is (−1)^edges/|Aut(D)|, times 1/N for a tied root; for the generalization
	// gap, minus that.
	Coefficient *big.Rat
}

// Order returns the number of edges.
func (t ResummedTerm) Order() int { return t.Diagram.Edges() }

// Resum returns an observable's values of some kind over diagrams, through the given
// order: the irreducible ones among the diagrams of Expand in cumulant form, or, for the
// plain kind, all of these.
//
// At fixed T the discrete values with at most d edges add up to the plain series through
// η^d, and to better beyond: on a quadratic landscape with constant noise they are SGD
// itself at every η, test and train loss from d = 2, displacement d = 1, variance of the
// test loss d = 4.
//
// Discrete values are for optimizers on any grid and for embed.Gaussian. Continuous ones
// are for embed.Gaussian, for one epoch of SGD with any batch size, where the parts of a
// diagram each have a time, and for GD, where the nodes do; one step that takes all of
// several points is one of GD, one on the only point is one of SGD. They are also for
// embed.ODE and embed.SDE, whose exact re-summation they are. For everything else the
// error wraps ErrKind. It wraps ErrOrder and embed.ErrTraining as that of ExpandWith does.
func Resum(ctx context.Context, dynamics embed.Dynamics, o Observable, order int, kind Kind) (*Resummed, error) {
	r := &Resummed{Observable: o, Kind: kind, Order: order}
	if err := r.prepare(ctx, dynamics); err != nil {
		return nil, err
	}
	w := weigher{ctx, dynamics, embed.Cumulant}
	for edges := range order + 1 {
		err := o.visit(w, edges, kind != Plain, func(d diagram.Diagram, aut uint64, f family) error {
			if r.happens(d) {
				r.Terms = append(r.Terms, newResummedTerm(d, aut, dynamics.Rows(), f.negative))
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("value: order %d of %v: %w", edges, o, err)
		}
	}
	slices.SortFunc(r.Terms, func(a, b ResummedTerm) int { return diagram.Compare(a.Diagram, b.Diagram) })
	return r, nil
}

// prepare checks the arguments of Resum, and expands the plain series.
func (r *Resummed) prepare(ctx context.Context, dynamics embed.Dynamics) error {
	if r.Kind == Plain {
		var err error
		r.series, err = ExpandWith(ctx, dynamics, r.Observable, r.Order, embed.Cumulant)
		return err
	}
	if err := checkOrder(r.Order); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	if dynamics.Rows() == 0 && (r.Observable.kind == train || r.Observable.kind == gap) {
		return fmt.Errorf("value: %v: %w", r.Observable, embed.ErrTraining)
	}
	timing, ok := embed.TimingOf(dynamics)
	r.timing = timing
	r.clock, r.hasClock = clockOf(timing)
	switch {
	case r.Kind != Continuous && r.Kind != Discrete:
		return fmt.Errorf("value: %w: %v", ErrKind, r.Kind)
	case !ok:
		return fmt.Errorf("value: %w: these dynamics have no %v values", ErrKind, r.Kind)
	case r.Kind == Discrete && timing.Time != nil:
		return fmt.Errorf("value: %w: dynamics in continuous time have no discrete values", ErrKind)
	case r.Kind == Continuous && !r.hasClock:
		return fmt.Errorf("value: %w: continuous values are for one epoch of SGD, GD, and dynamics in continuous time", ErrKind)
	}
	return nil
}

// happens reports whether no part is too large for the dynamics to have.
func (r *Resummed) happens(d diagram.Diagram) bool {
	for _, part := range d.Parts() {
		if r.timing.MaxPart > 0 && len(part) > r.timing.MaxPart {
			return false
		}
	}
	return true
}

func newResummedTerm(d diagram.Diagram, aut uint64, rows int64, negative bool) ResummedTerm {
	t := ResummedTerm{Diagram: d, Aut: new(big.Int).SetUint64(aut)}
	t.Coefficient = new(big.Rat).SetFrac(big.NewInt(1), t.Aut)
	if d.Tied() {
		t.Coefficient.Quo(t.Coefficient, big.NewRat(rows, 1))
	}
	if (t.Order()%2 == 1) != negative {
		t.Coefficient.Neg(t.Coefficient)
	}
	return t
}

// EvaluateAt returns the sum at a point and a learning rate: at index d, over the diagrams
// with at most d edges. The sums have the rank of the observable.
//
// Plain values, and discrete ones, may be over any numbers: exact rationals stay exact. For
// discrete values the columns of the grid are swept, with a tensor for each set of nodes
// that may have happened by then, which has an index for each edge that is open. So the
// cost is linear in T, exponential in the number of edges, grows as P to the power of the
// number of indices, and, for diagrams whose parts come back in later epochs, as the number
// of different rows, N/B in SGD, to the power of the number of such parts; exact numbers
// also have digits in proportion to T.
//
// Over float64 an eigenbasis of ηH serves instead, with an eigenvalue for each edge: the
// sum over their choices has P^edges terms at most. Of tensor.Samples, behind tensor.Cache or
// not, a joint cumulant is computed at an index for each edge only; of other statistics it
// is a tensor with an index for each end of an edge. On GD the sums over times are shared by
// the diagrams on one tree. On one epoch of SGD, on GD, for
// embed.Gaussian and in continuous time the sum over times is in closed form, one
// divided difference (see package divdiff) for each order in which the diagram's events
// can happen. T = 10⁹ takes little longer than T = 10. Rounding errors are a few ulp of the
// largest summand, besides what those of the eigenvalues make: an ulp of the norm of
// each block of coordinates that the Hessian and the metric couple, times ηT. On other
// grids the columns are swept with numbers instead of tensors, and the relative error
// grows as an ulp times T. The eigenbasis takes a metric that is positive semidefinite;
// with another one, discrete values sweep with tensors, and for continuous ones the error
// wraps ErrMetric.
//
// For embed.Forever, T → ∞, every sum over times has its limit; if one has none, the error
// wraps expr.ErrDiverges and names ηh. It needs float64, as continuous values do.
//
// The cost is estimated first, and the error wraps embed.ErrTooLarge if it comes to
// minutes; see EstimateAt. Continuous values are for float64 alone: else the error wraps
// ErrKind. It wraps tensor.ErrValue if a float64 overflows. If the context ends, the partial
// sums that are complete come with its error.
func EvaluateAt[T any](ctx context.Context, r *Resummed, p Point[T], eta T) ([]*tensor.Dense[T], error) {
	sums, err := evaluateAt(ctx, r, p, eta)
	if err != nil {
		return sums, fmt.Errorf("value: %v values of %v: %w", r.Kind, r.Observable, err)
	}
	return sums, nil
}

func evaluateAt[T any](ctx context.Context, r *Resummed, p Point[T], eta T) ([]*tensor.Dense[T], error) {
	if r.Kind == Plain {
		return plainAt(ctx, r.series, p, eta)
	}
	v, err := newValuer(r, p, eta)
	if err != nil {
		return nil, err
	}
	if _, err := workOf(ctx, r, v); err != nil {
		return nil, err
	}
	sum, err := tensor.New(p.Statistics.Dim(), r.Observable.Rank(), p.Ring.Int(new(big.Int)))
	if err != nil {
		return nil, err
	}
	sums := make([]*tensor.Dense[T], r.Order+1)
	terms := r.Terms
	for d := range sums {
		for ; len(terms) > 0 && terms[0].Order() == d; terms = terms[1:] {
			x, err := termAt(ctx, v, terms[0], p, eta)
			if err != nil && ctx.Err() != nil {
				return sums[:d], err
			}
			if err != nil {
				return nil, err
			}
			if sum, err = tensor.Add(p.Ring, sum, x); err != nil {
				return nil, err
			}
		}
		sums[d] = sum
	}
	return sums, checkFinite(sum)
}

// plainAt returns the partial sums of a plain series.
func plainAt[T any](ctx context.Context, s *Series, p Point[T], eta T) ([]*tensor.Dense[T], error) {
	x, ended := Evaluate(ctx, s, p)
	if x == nil {
		return nil, ended
	}
	sums := make([]*tensor.Dense[T], len(x.Coefficients))
	for d := range sums {
		var err error
		if sums[d], err = x.At(eta, d); err != nil {
			return nil, err
		}
	}
	return sums, errors.Join(ended, checkFinite(sums[len(sums)-1]))
}

// TermAt returns one term's part of the sum that EvaluateAt returns, at the same cost and
// with the same errors as for that diagram alone.
func TermAt[T any](ctx context.Context, r *Resummed, t ResummedTerm, p Point[T], eta T) (*tensor.Dense[T], error) {
	one := *r
	one.Terms = []ResummedTerm{t}
	one.Order = t.Order()
	if r.Kind == Plain {
		one.series = &Series{Observable: r.Observable, Order: t.Order()}
		for _, term := range r.series.Terms {
			if term.Diagram == t.Diagram {
				one.series.Terms = []Term{term}
			}
		}
	}
	sums, err := EvaluateAt(ctx, &one, p, eta)
	if err != nil {
		return nil, err
	}
	return sums[t.Order()], nil
}

// EstimateAt returns about how long EvaluateAt takes, within a factor of a few, without
// doing it; the error is what would keep EvaluateAt from starting. Plain values are counted
// as no time.
func EstimateAt[T any](ctx context.Context, r *Resummed, p Point[T], eta T) (time.Duration, error) {
	if r.Kind == Plain {
		return 0, nil
	}
	v, err := newValuer(r, p, eta)
	var work float64
	if err == nil {
		work, err = workOf(ctx, r, v)
	}
	if err != nil {
		return 0, fmt.Errorf("value: %v values of %v: %w", r.Kind, r.Observable, err)
	}
	return time.Duration(work), nil
}

// maxWork bounds the estimated nanoseconds of one evaluation.
const maxWork = 1e11

// workOf estimates the nanoseconds that the sum over the terms takes.
func workOf[T any](ctx context.Context, r *Resummed, v valuer[T]) (float64, error) {
	work := 0.0
	for _, t := range r.Terms {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		w, err := v.work(t.Diagram)
		if err != nil {
			return 0, fmt.Errorf("%v: %w", t.Diagram, err)
		}
		if work += w; !(work <= maxWork) {
			return 0, fmt.Errorf("%w: the diagrams up to %v alone take more than %v", embed.ErrTooLarge, t.Diagram, time.Duration(maxWork))
		}
	}
	return work, nil
}

// A valuer computes re-summed values at one point and one learning rate.
type valuer[T any] interface {
	// work estimates the nanoseconds that value takes.
	work(d diagram.Diagram) (float64, error)
	// value returns what stands beside Coefficient and η^edges in a ResummedTerm's part
	// of the sum.
	value(ctx context.Context, d diagram.Diagram) (*tensor.Dense[T], error)
}

// newValuer uses an eigenbasis of the Hessian where it may, else tensors.
func newValuer[T any](r *Resummed, p Point[T], eta T) (valuer[T], error) {
	p.Statistics = tensor.Cache(p.Statistics)
	if eta, ok := any(eta).(float64); ok {
		s, err := newSpectral(r, any(p).(Point[float64]), eta)
		if err == nil {
			return any(s).(valuer[T]), nil
		}
		if r.Kind == Continuous || r.timing.Endless || !errors.Is(err, ErrMetric) {
			return nil, err
		}
	}
	switch {
	case r.Kind == Continuous:
		return nil, fmt.Errorf("%w over these numbers: exponentials need float64", ErrKind)
	case r.timing.Endless:
		return nil, fmt.Errorf("%w over these numbers: limits need float64", ErrKind)
	}
	return newSweeper(r, p, eta)
}

// termAt returns a term's part of the sum.
func termAt[T any](ctx context.Context, v valuer[T], t ResummedTerm, p Point[T], eta T) (*tensor.Dense[T], error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x, err := v.value(ctx, t.Diagram)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", t.Diagram, err)
	}
	c := p.Ring.Rat(t.Coefficient)
	for range t.Order() {
		c = p.Ring.Mul(c, eta)
	}
	return tensor.Scale(p.Ring, c, x), nil
}

// checkFinite reports an infinity or a NaN among float64 elements.
func checkFinite[T any](t *tensor.Dense[T]) error {
	data, ok := any(t.Data()).([]float64)
	for _, x := range data {
		if ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
			return fmt.Errorf("%w: the sum overflows float64", tensor.ErrValue)
		}
	}
	return nil
}
