package expr

import (
	"cmp"
	"math/big"
	"slices"
)

// rewrite puts leaf(n) in the place of every scalar, eigenvalue, propagator, tensor and
// delta n.
func (w *work) rewrite(s *sum, leaf func(node) (*sum, error)) (*sum, error) {
	return w.mapped(s, func(n node) (*sum, error) { return w.rewriteNode(n, leaf) })
}

// mapped puts image(n) in the place of every factor n of the terms of s, where an inverse
// stands for its base.
func (w *work) mapped(s *sum, image func(node) (*sum, error)) (*sum, error) {
	terms, err := w.opened(s)
	if err != nil {
		return nil, err
	}
	a := w.adder()
	for _, t := range terms {
		p, err := w.constant(t.coef)
		for _, f := range t.factors {
			if err != nil {
				return nil, err
			}
			var x *sum
			if x, err = image(f.node); err != nil {
				return nil, err
			}
			if x, err = w.pow(x, f.power); err != nil {
				return nil, err
			}
			p, err = w.mul(p, x)
		}
		if err == nil {
			err = a.addBound(p, t.bound)
		}
		if err != nil {
			return nil, err
		}
	}
	return a.sum()
}

// addBound adds s summed over indices that are labels already.
func (a *adder) addBound(s *sum, bound []string) error {
	if len(bound) == 0 {
		return a.addSum(one, s)
	}
	terms, err := a.w.opened(s)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if err := a.addMonomial(t.coef, t.factors, slices.Concat(t.bound, bound)); err != nil {
			return err
		}
	}
	return nil
}

// rewriteNode is rewrite for a node, where an inverse stands for its base: the power that
// the caller takes of it is negative.
func (w *work) rewriteNode(n node, leaf func(node) (*sum, error)) (*sum, error) {
	switch n.(type) {
	case *inverse, *power, *exponential, *divided:
		return w.inside(n, func(s *sum) (*sum, error) { return w.rewrite(s, leaf) })
	}
	return leaf(n)
}

// inside applies f to the sums in a node, where an inverse stands for its base. A node
// that has none stays.
func (w *work) inside(n node, f func(*sum) (*sum, error)) (*sum, error) {
	switch n := n.(type) {
	case *inverse:
		return f(n.base)
	case *power:
		base, err := f(n.base)
		if err != nil {
			return nil, err
		}
		exponent, err := f(n.exponent)
		if err != nil {
			return nil, err
		}
		return w.power(base, exponent)
	case *exponential:
		arg, err := f(n.arg)
		if err != nil {
			return nil, err
		}
		return w.exp(arg)
	case *divided:
		steps, points, err := n.each(f)
		if err != nil {
			return nil, err
		}
		return w.divided(n.exp, steps, points)
	}
	return w.monomial(one, factor{n, 1})
}

// each applies f to the steps and the points.
func (n *divided) each(f func(*sum) (*sum, error)) (steps *sum, points []*sum, err error) {
	if steps, err = f(n.n); err != nil {
		return nil, nil, err
	}
	points = make([]*sum, len(n.points))
	for i, p := range n.points {
		if points[i], err = f(p); err != nil {
			return nil, nil, err
		}
	}
	return steps, points, nil
}

// rename gives indices that are free in s other names, which are not summed in s.
func (w *work) rename(s *sum, m renaming) (*sum, error) {
	if !m.touches(s.fr) {
		return s, nil
	}
	return w.rewrite(s, func(n node) (*sum, error) { return w.renameNode(n, m) })
}

// renameNode is rename for a node, where an inverse stands for its base.
func (w *work) renameNode(n node, m renaming) (*sum, error) {
	switch n := n.(type) {
	case *eigenvalue:
		return w.monomial(one, factor{newEigenvalue(m.of(n.index)), 1})
	case *propagator:
		return w.monomial(one, factor{newPropagator(m.of(n.index)), 1})
	case *tensor:
		return w.monomial(one, factor{n.renamed(m.of), 1})
	case *delta:
		return w.newDelta(m.of(n.i), m.of(n.j))
	case *scalar:
		return w.monomial(one, factor{n, 1})
	}
	return w.rewriteNode(n, func(n node) (*sum, error) { return w.renameNode(n, m) })
}

func (w *work) newDelta(i, j string) (*sum, error) {
	if i == j {
		return w.constant(one)
	}
	return w.monomial(one, factor{newDelta(i, j), 1})
}

// relabel is rename for names that differ and are new to s: nothing joins or cancels.
func (w *work) relabel(s *sum, m renaming) (*sum, error) {
	if !m.touches(s.fr) {
		return s, nil
	}
	terms, err := w.opened(s)
	if err != nil {
		return nil, err
	}
	a := w.adder()
	for _, t := range terms {
		coef, factors, err := w.renameFactors(t.coef, t.factors, m)
		if err != nil {
			return nil, err
		}
		if len(t.bound) > 0 {
			err = a.addMonomial(coef, factors, t.bound)
		} else {
			err = a.addTerm(one, newTerm(coef, factors, nil))
		}
		if err != nil {
			return nil, err
		}
	}
	return a.sum()
}

// renameFactors renames the indices of a product, one to one, so that it stays a product
// of as many factors. The coefficient may change its sign, for the denominator
// h_μ − h_ν is held as h_ν − h_μ when it is the other way round. The factors are sorted.
func (w *work) renameFactors(coef *big.Rat, factors []factor, m renaming) (*big.Rat, []factor, error) {
	if err := w.spend(len(factors)); err != nil {
		return nil, nil, err
	}
	factors = slices.Clone(factors)
	for i, f := range factors {
		if !m.touches(f.node.free()) {
			continue
		}
		switch n := f.node.(type) {
		case *eigenvalue:
			factors[i].node = newEigenvalue(m.of(n.index))
		case *propagator:
			factors[i].node = newPropagator(m.of(n.index))
		case *tensor:
			factors[i].node = n.renamed(m.of)
		case *delta:
			factors[i].node = newDelta(m.of(n.i), m.of(n.j))
		case *inverse:
			base, err := w.relabel(n.base, m)
			if err != nil {
				return nil, nil, err
			}
			if base.terms[0].coef.Sign() < 0 {
				if base, err = w.scale(big.NewRat(-1, 1), base); err != nil {
					return nil, nil, err
				}
				if f.power%2 != 0 {
					coef = new(big.Rat).Neg(coef)
				}
			}
			factors[i].node = newInverse(base)
		case *power:
			base, err := w.relabel(n.base, m)
			if err != nil {
				return nil, nil, err
			}
			exponent, err := w.relabel(n.exponent, m)
			if err != nil {
				return nil, nil, err
			}
			factors[i].node = newPower(base, exponent)
		case *exponential:
			arg, err := w.relabel(n.arg, m)
			if err != nil {
				return nil, nil, err
			}
			factors[i].node = newExponential(arg)
		case *divided:
			steps, err := w.relabel(n.n, m)
			if err != nil {
				return nil, nil, err
			}
			points := make([]*sum, len(n.points))
			for j, p := range n.points {
				if points[j], err = w.relabel(p, m); err != nil {
					return nil, nil, err
				}
			}
			factors[i].node = newDivided(n.exp, steps, points)
		}
	}
	slices.SortFunc(factors, func(f, g factor) int { return cmp.Compare(f.node.key(), g.node.key()) })
	return coef, factors, nil
}
