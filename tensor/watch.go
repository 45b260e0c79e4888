package tensor

import "context"

// A watch asks now and then whether a context has ended.
type watch struct {
	ctx   context.Context
	steps int // since it last asked
	err   error
}

// period is the number of steps, of some hundred nanoseconds at most, from one look at the
// context to the next.
const period = 1 << 14

// spend counts steps, and returns the context's error if it has ended.
func (w *watch) spend(steps int) error {
	if w.steps += steps; w.steps >= period {
		w.steps = 0
		w.err = w.ctx.Err()
	}
	return w.err
}

// An interruptible is Statistics whose moments stop with a context.
type interruptible[T any] interface {
	momentWithin(ctx context.Context, orders []int) (*Dense[T], error)
}

// An interruptibleCumulator is a Cumulator whose cumulants do, too.
type interruptibleCumulator[T any] interface {
	cumulantWithin(ctx context.Context, orders []int) (*Dense[T], error)
}

// MomentContext is s.Moment for the statistics of this package, which stop soon after the
// context ends; then the error is the context's. Others do so before they begin.
func MomentContext[T any](ctx context.Context, s Statistics[T], orders []int) (*Dense[T], error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s, ok := s.(interruptible[T]); ok && isOurs[T](s) {
		return s.momentWithin(ctx, orders)
	}
	return s.Moment(orders)
}

// isOurs reports whether statistics are of a type of this package. One that embeds such a
// type has its methods, but may have a Moment and a Cumulant of its own.
func isOurs[T any](s any) bool {
	switch s.(type) {
	case *finiteStatistics, *gaussianStatistics, *Samples, *cache[T], converted[T]:
		return true
	}
	return false
}
