package expr

import (
	"fmt"
	"math/big"
	"slices"
)

// Derivative returns ∂e/∂name for a scalar. All other scalars are held fixed, whatever the
// theory knows of them: substitute T = M·N before a derivative with respect to N. So are
// eigenvalues and tensors.
//
// Divided differences are differentiated exactly: a point a_j that changes is doubled, and
//
//	∂/∂t [a_0, …, a_k] e^{tx} = a_0 [a_0, …, a_k] e^{tx} + [a_1, …, a_k] e^{tx}.
//
// The error wraps ErrDiscrete if the scalar stands in the exponent of a power, or of a
// divided difference of powers: these are for integers only, and have continuous
// counterparts in exp and ddexp. It wraps ErrName or ErrLimit else.
func (e Expr) Derivative(name string) (Expr, error) {
	if err := checkScalar(name); err != nil {
		return Expr{}, err
	}
	w := newWork()
	s, err := w.derivative(e.sum(), func(n node) (*sum, error) {
		switch n := n.(type) {
		case *scalar:
			if n.name == name {
				return w.constant(one)
			}
		case *propagator:
			if name == rate {
				return w.monomial(big.NewRat(-1, 1), factor{newEigenvalue(n.index), 1})
			}
		}
		return zero, nil
	})
	return result(s, err, "derivative by %s", name)
}

// DerivativeEigenvalue returns ∂e/∂h_index: that of h_ν is δ_ν,index, and that of
// k_ν is −η·δ_ν,index. Tensors are held
// fixed, H among them; Substitute with Eigenbasis before brings out its eigenvalues.
//
// The error wraps ErrDiscrete or ErrLimit as that of Derivative, or ErrName.
func (e Expr) DerivativeEigenvalue(index string) (Expr, error) {
	if err := checkIndex(index); err != nil {
		return Expr{}, err
	}
	w := newWork()
	s, err := w.derivative(e.sum(), func(n node) (*sum, error) {
		switch n := n.(type) {
		case *eigenvalue:
			return w.newDelta(n.index, index)
		case *propagator:
			d, err := w.newDelta(n.index, index)
			if err != nil {
				return nil, err
			}
			p, err := w.monomial(big.NewRat(-1, 1), factor{newScalar(rate), 1})
			if err != nil {
				return nil, err
			}
			return w.mul(p, d)
		}
		return zero, nil
	})
	return result(s, err, "derivative by h_%s", index)
}

// derivative returns the derivative of s, given that of scalars, eigenvalues, propagators,
// tensors and deltas.
func (w *work) derivative(s *sum, leaf func(node) (*sum, error)) (*sum, error) {
	terms, err := w.opened(s)
	if err != nil {
		return nil, err
	}
	a := w.adder()
	for _, t := range terms {
		for i, f := range t.factors {
			d, err := w.derivativeNode(f.node, leaf)
			if err != nil {
				return nil, err
			}
			if d == zero {
				continue
			}
			c := new(big.Rat).Mul(t.coef, big.NewRat(int64(f.power), 1))
			rest := slices.Clone(t.factors)
			rest[i].power--
			if err := checkPower(rest[i].power); err != nil {
				return nil, err
			}
			if rest[i].power == 0 {
				rest = slices.Delete(rest, i, i+1)
			}
			p, err := w.monomial(c, rest...)
			if err != nil {
				return nil, err
			}
			if p, err = w.mul(p, d); err != nil {
				return nil, err
			}
			if err := a.addBound(p, t.bound); err != nil {
				return nil, err
			}
		}
	}
	return a.sum()
}

// derivativeNode returns the derivative of a node, where an inverse stands for its base.
func (w *work) derivativeNode(n node, leaf func(node) (*sum, error)) (*sum, error) {
	switch n := n.(type) {
	case *inverse:
		return w.derivative(n.base, leaf)
	case *power:
		return w.derivativePower(n, leaf)
	case *exponential:
		d, err := w.derivative(n.arg, leaf)
		if err != nil || d == zero {
			return zero, err
		}
		return w.times(d, n)
	case *divided:
		return w.derivativeDivided(n, leaf)
	}
	return leaf(n)
}

// times returns the product of a sum and a node.
func (w *work) times(s *sum, n node) (*sum, error) {
	m, err := w.monomial(one, factor{n, 1})
	if err != nil {
		return nil, err
	}
	return w.mul(s, m)
}

// fixed returns an error if the number of steps changes.
func (w *work) fixed(n *sum, leaf func(node) (*sum, error)) error {
	d, err := w.derivative(n, leaf)
	if err == nil && d != zero {
		err = fmt.Errorf("%w %s", ErrDiscrete, Expr{s: n})
	}
	return err
}

func (w *work) derivativePower(n *power, leaf func(node) (*sum, error)) (*sum, error) {
	if err := w.fixed(n.exponent, leaf); err != nil {
		return nil, err
	}
	d, err := w.derivative(n.base, leaf)
	if err != nil || d == zero {
		return zero, err
	}
	if d, err = w.mul(d, n.exponent); err != nil {
		return nil, err
	}
	less, err := w.pow(n.base, -1)
	if err != nil {
		return nil, err
	}
	if d, err = w.mul(d, less); err != nil {
		return nil, err
	}
	return w.times(d, n)
}

func (w *work) derivativeDivided(n *divided, leaf func(node) (*sum, error)) (*sum, error) {
	a := w.adder()
	add := func(c, s *sum, err error) error {
		if err == nil {
			if s, err = w.mul(c, s); err == nil {
				err = a.addSum(one, s)
			}
		}
		return err
	}
	if !n.exp {
		if err := w.fixed(n.n, leaf); err != nil {
			return nil, err
		}
	} else {
		d, err := w.derivative(n.n, leaf)
		if err != nil {
			return nil, err
		}
		if d != zero {
			inner := w.adder()
			s, err := w.times(n.points[0], n)
			if err == nil {
				err = inner.addSum(one, s)
			}
			if err != nil {
				return nil, err
			}
			if s, err = w.divided(true, n.n, n.points[1:]); err == nil {
				err = inner.addSum(one, s)
			}
			if err != nil {
				return nil, err
			}
			s, err = inner.sum()
			if err = add(d, s, err); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range n.points {
		d, err := w.derivative(p, leaf)
		if err != nil {
			return nil, err
		}
		if d == zero {
			continue
		}
		s, err := w.divided(n.exp, n.n, append(slices.Clone(n.points), p))
		if err = add(d, s, err); err != nil {
			return nil, err
		}
	}
	return a.sum()
}
