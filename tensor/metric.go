package tensor

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/mobius"
)

// A Metric is a symmetric η^{μν}, the learning rate of each pair of directions, by
// which indices are raised. The zero Metric is the identity, in every dimension.
//
// A Metric is immutable. Its elements are in θ²/loss, so that η^{μν} ∇_ν l is a
// displacement of θ.
type Metric[T any] struct {
	diagonal []T
	full     *Dense[T]
}

// IdentityMetric returns δ^{μν}, with which raising an index changes nothing.
func IdentityMetric[T any]() Metric[T] { return Metric[T]{} }

// DiagonalMetric returns the metric with the given values on its diagonal and zero
// elsewhere. The error wraps ErrShape if there are no values, and ErrValue if one is
// a NaN or an infinity.
func DiagonalMetric[T any](values []T) (Metric[T], error) {
	if len(values) == 0 {
		return Metric[T]{}, fmt.Errorf("tensor: metric: no diagonal: %w", ErrShape)
	}
	if err := checkFinite(values); err != nil {
		return Metric[T]{}, fmt.Errorf("tensor: metric: %w", err)
	}
	return Metric[T]{diagonal: slices.Clone(values)}, nil
}

// FullMetric returns the metric with the elements of t. The error wraps ErrShape if
// the rank of t is not 2, ErrAsymmetric unless t is exactly symmetric, and ErrValue if
// an element is a NaN or an infinity.
func FullMetric[T any](t *Dense[T]) (Metric[T], error) {
	if t == nil || t.rank != 2 {
		return Metric[T]{}, fmt.Errorf("tensor: metric: the rank is not 2: %w", ErrShape)
	}
	if err := checkFinite(t.data); err != nil {
		return Metric[T]{}, fmt.Errorf("tensor: metric: %w", err)
	}
	for i := range t.dim {
		for j := range i {
			if !equal(t.At(i, j), t.At(j, i)) {
				return Metric[T]{}, fmt.Errorf("tensor: metric: elements (%d, %d) and (%d, %d) differ: %w", i, j, j, i, ErrAsymmetric)
			}
		}
	}
	return Metric[T]{full: t}, nil
}

// MapMetric returns the metric of the values of f at the elements of m. Off the
// diagonal of a diagonal metric f is not called.
func MapMetric[T, U any](m Metric[T], f func(T) U) (Metric[U], error) {
	switch {
	case m.full != nil:
		return FullMetric(Map(m.full, f))
	case m.diagonal != nil:
		values := make([]U, len(m.diagonal))
		for i, v := range m.diagonal {
			values[i] = f(v)
		}
		return DiagonalMetric(values)
	}
	return Metric[U]{}, nil
}

// IsIdentity reports whether m was made as the identity.
func (m Metric[T]) IsIdentity() bool { return m.diagonal == nil && m.full == nil }

// Dim returns the dimension of m, or 0 for the identity, which fits every dimension.
func (m Metric[T]) Dim() int {
	if m.full != nil {
		return m.full.dim
	}
	return len(m.diagonal)
}

// Dense returns m as a tensor of rank 2. The error wraps ErrShape if m is not of
// dimension dim, and is as for New otherwise.
func (m Metric[T]) Dense(r mobius.Ring[T], dim int) (*Dense[T], error) {
	if err := m.fits(dim); err != nil {
		return nil, err
	}
	if m.full != nil {
		return m.full, nil
	}
	t, err := Identity(r, dim)
	for i, v := range m.diagonal {
		if err == nil {
			t.data[i*dim+i] = v
		}
	}
	return t, err
}

// Raise returns Σ_ν η^{μν} t_{…ν…}, with ν and μ on the given axis. The identity
// returns t itself, at no cost. The error wraps ErrShape if t has no such axis or
// another dimension than m.
func (m Metric[T]) Raise(r mobius.Ring[T], t *Dense[T], axis int) (*Dense[T], error) {
	if axis < 0 || axis >= t.rank {
		return nil, fmt.Errorf("tensor: raise axis %d of a tensor of rank %d: %w", axis, t.rank, ErrShape)
	}
	if err := m.fits(t.dim); err != nil {
		return nil, err
	}
	switch {
	case m.diagonal != nil:
		run := strides(t.dim, t.rank)[axis]
		data := make([]T, len(t.data))
		for offset, v := range t.data {
			data[offset] = r.Mul(m.diagonal[offset/run%t.dim], v)
		}
		return &Dense[T]{t.dim, t.rank, data}, nil
	case m.full != nil:
		labels := make([]int, t.rank)
		open := make([]int, t.rank)
		for i := range labels {
			labels[i], open[i] = i, i
		}
		open[axis] = t.rank
		plan, err := PlanContraction(t.dim, [][]int{{t.rank, axis}, labels}, open)
		if err != nil {
			return nil, err
		}
		return Contract(r, plan, []*Dense[T]{m.full, t})
	}
	return t, nil
}

// fits returns an error unless m has, or can have, dimension dim.
func (m Metric[T]) fits(dim int) error {
	if !m.IsIdentity() && m.Dim() != dim {
		return fmt.Errorf("tensor: a metric of dimension %d for a tensor of dimension %d: %w", m.Dim(), dim, ErrShape)
	}
	return nil
}

// checkFinite returns an error if T is float64 and values has a NaN or an infinity,
// or if T is *big.Rat and values has a nil.
func checkFinite[T any](values []T) error {
	switch values := any(values).(type) {
	case []float64:
		for i, v := range values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("element %d is %v: %w", i, v, ErrValue)
			}
		}
	case []*big.Rat:
		for i, v := range values {
			if v == nil {
				return fmt.Errorf("element %d is nil: %w", i, ErrValue)
			}
		}
	}
	return nil
}
