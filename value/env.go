package value

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value/expr"
)

// Env returns what formulas need to have values at a point, but for their scalars: the
// components of cumulants and moments, and, if the Hessian is diagonal there, its spectrum.
// Where it is not, Eigenpoint turns the coordinates; formulas in eigenvalues have no value
// before.
//
// The error wraps ErrMetric unless the metric is the identity; that of the statistics comes
// with the components.
func Env[T any](p Point[T]) (expr.Env[T], error) {
	if !p.Metric.IsIdentity() {
		return expr.Env[T]{}, fmt.Errorf("value: formulas: %w: the metric is not the identity", ErrMetric)
	}
	statistics := tensor.Cache(p.Statistics)
	env := expr.Env[T]{Dim: statistics.Dim(), Scalars: map[string]T{}, Indices: map[string]int{}}
	env.Component = func(c expr.Component) (T, error) { return component(p.Ring, statistics, c) }
	h, err := tensor.Hessian(statistics)
	if err != nil {
		return expr.Env[T]{}, fmt.Errorf("value: formulas: %w", err)
	}
	for i := range env.Dim {
		for j := range i {
			if x := h.At(i, j); !isZero(x) {
				return env, nil
			}
		}
	}
	for i := range env.Dim {
		env.Spectrum = append(env.Spectrum, h.At(i, i))
	}
	return env, nil
}

// isZero reports whether a number is 0, of the kinds for which that can be told.
func isZero[T any](x T) bool {
	switch x := any(x).(type) {
	case float64:
		return x == 0
	case *big.Rat:
		return x.Sign() == 0
	}
	return false
}

// component returns a component of the loss's cumulants or moments.
func component[T any](ring mobius.Algebra[T], s tensor.Statistics[T], c expr.Component) (T, error) {
	var none T
	if c.Function != "l" {
		return none, fmt.Errorf("%w of %s", expr.ErrUnbound, c.Function)
	}
	var orders, index []int
	for _, node := range c.Nodes {
		orders = append(orders, len(node))
		index = append(index, node...)
	}
	var t *tensor.Dense[T]
	var err error
	if c.Form == expr.Moment {
		t, err = s.Moment(orders)
	} else {
		t, err = tensor.Cumulant(ring, s, orders)
	}
	if err != nil {
		return none, err
	}
	return t.At(index...), nil
}

// Eigenpoint returns a point in coordinates in which its metric is the identity and its
// Hessian diagonal, and the matrix V of the change: with g the metric, that is g = VVᵀ and
// VᵀHV diagonal, and a displacement with components x there is Vx here. Coordinates that
// neither the Hessian nor the metric couples stay apart, and keep exact zeros.
//
// The error wraps ErrMetric if the metric is not positive semidefinite, or tensor.ErrValue if
// there is no eigenbasis in float64.
func Eigenpoint(p Point[float64]) (Point[float64], *tensor.Dense[float64], error) {
	h, err := tensor.Hessian(p.Statistics)
	if err != nil {
		return Point[float64]{}, nil, fmt.Errorf("value: eigenbasis: %w", err)
	}
	e, err := diagonalize(h, p.Metric)
	if err != nil {
		return Point[float64]{}, nil, fmt.Errorf("value: eigenbasis: %w", err)
	}
	return Point[float64]{Ring: p.Ring, Statistics: tensor.Cache[float64](&turned{p, e})}, e.basis, nil
}

// turned are statistics in an eigenbasis.
type turned struct {
	from Point[float64]
	eigenbasis
}

func (t *turned) Dim() int { return t.from.Statistics.Dim() }

func (t *turned) Moment(orders []int) (*tensor.Dense[float64], error) {
	m, err := t.from.Statistics.Moment(orders)
	if err != nil {
		return nil, err
	}
	return t.in(orders, m)
}

// Cumulant is that of the point that is turned, so that one that vanishes there stays 0.
func (t *turned) Cumulant(orders []int) (*tensor.Dense[float64], error) {
	c, err := tensor.Cumulant[float64](t.from.Ring, t.from.Statistics, orders)
	if err != nil {
		return nil, err
	}
	return t.in(orders, c)
}

// in turns a tensor. The Hessian is made diagonal to the last bit.
func (t *turned) in(orders []int, x *tensor.Dense[float64]) (*tensor.Dense[float64], error) {
	if len(orders) != 1 || orders[0] != 2 {
		return t.transform(x, false)
	}
	dim := t.Dim()
	diagonal := make([]float64, dim*dim)
	for i, h := range t.values {
		diagonal[i*dim+i] = h
	}
	return tensor.FromSlice(dim, 2, diagonal)
}
