package expr

import (
	"math/big"
	"slices"
)

// A Rule says what to put in the place of something; see Expr.Substitute.
type Rule struct {
	// leaf returns what stands in the place of a node, or nil if it stays.
	leaf func(w *work, n node) (*sum, error)
	err  error
}

// Substitute applies rules to all of e, inside denominators, exponents, exponentials and
// divided differences too, and brings the result to canonical form. All rules are
// applied at once: what one puts in, others do not see. Where two meet, the first counts.
//
// The error wraps ErrDivision if a denominator becomes 0, ErrExponent if an exponent
// becomes a number but no integer, ErrLimit, or ErrName if a rule names no scalar.
func (e Expr) Substitute(rules ...Rule) (Expr, error) {
	for _, r := range rules {
		if r.err != nil {
			return Expr{}, r.err
		}
	}
	w := newWork()
	s, err := w.rewrite(e.sum(), func(n node) (*sum, error) {
		return w.apply(rules, n)
	})
	return result(s, err, "substitution")
}

// apply returns what the rules put in the place of a scalar, an eigenvalue, a propagator, a
// tensor or a delta.
func (w *work) apply(rules []Rule, n node) (*sum, error) {
	for _, r := range rules {
		if r.leaf == nil {
			continue
		}
		if s, err := r.leaf(w, n); s != nil || err != nil {
			return s, err
		}
	}
	if k, ok := n.(*propagator); ok {
		return w.applyPropagator(rules, k)
	}
	return w.monomial(one, factor{n, 1})
}

// applyPropagator writes a propagator out if the rules change what it is made of.
func (w *work) applyPropagator(rules []Rule, k *propagator) (*sum, error) {
	parts := []node{newScalar(rate), newEigenvalue(k.index)}
	decay, err := w.constant(one)
	changed := false
	for _, n := range parts {
		var s *sum
		if err == nil {
			s, err = w.apply(rules, n)
		}
		if err != nil {
			return nil, err
		}
		if t, ok := single(s); !ok || t.factors[0].node.key() != n.key() || t.factors[0].power != 1 {
			changed = true
		}
		decay, err = w.mul(decay, s)
	}
	if err != nil {
		return nil, err
	}
	if !changed {
		return w.monomial(one, factor{k, 1})
	}
	return w.less(decay)
}

// writtenOut returns s with all propagators as 1 − η·h.
func (w *work) writtenOut(s *sum) (*sum, error) {
	found := false
	walk(s, func(n node) {
		_, ok := n.(*propagator)
		found = found || ok
	})
	if !found {
		return s, nil
	}
	return w.rewrite(s, func(n node) (*sum, error) { return w.apply([]Rule{Propagators()}, n) })
}

// less returns 1 − s.
func (w *work) less(s *sum) (*sum, error) {
	a := w.adder()
	if err := a.addTerm(one, newTerm(one, nil, nil)); err != nil {
		return nil, err
	}
	if err := a.addSum(big.NewRat(-1, 1), s); err != nil {
		return nil, err
	}
	return a.sum()
}

// Propagators is k_μ = 1 − η·h_μ.
func Propagators() Rule {
	return Rule{leaf: func(w *work, n node) (*sum, error) {
		k, ok := n.(*propagator)
		if !ok {
			return nil, nil
		}
		decay, err := w.monomial(one, factor{newScalar(rate), 1}, factor{newEigenvalue(k.index), 1})
		if err != nil {
			return nil, err
		}
		return w.less(decay)
	}}
}

// Set puts an expression in the place of a scalar. Free indices of the value are
// free in the result.
func Set(name string, value Expr) Rule {
	err := checkScalar(name)
	return Rule{err: err, leaf: func(_ *work, n node) (*sum, error) {
		if s, ok := n.(*scalar); ok && s.name == name {
			return value.sum(), nil
		}
		return nil, nil
	}}
}

// NoGradient is G = 0: a critical point of the expected loss.
func NoGradient() Rule { return vanishing(1) }

// NoHessian is H = 0: all its eigenvalues vanish too.
func NoHessian() Rule {
	tensors := vanishing(2).leaf
	return Rule{leaf: func(w *work, n node) (*sum, error) {
		if _, ok := n.(*eigenvalue); ok {
			return zero, nil
		}
		return tensors(w, n)
	}}
}

// NoJerk is J = 0.
func NoJerk() Rule { return vanishing(3) }

// vanishing is ∇^k l = 0.
func vanishing(k int) Rule {
	return Rule{leaf: func(_ *work, n node) (*sum, error) {
		if t, ok := n.(*tensor); ok && t.isMean(k) {
			return zero, nil
		}
		return nil, nil
	}}
}

// NoNoise makes all data alike: cumulants of two derivatives or more vanish, and moments
// become products of means.
func NoNoise() Rule {
	return Rule{leaf: func(w *work, n node) (*sum, error) {
		t, ok := n.(*tensor)
		if !ok || len(t.nodes) < 2 {
			return nil, nil
		}
		if t.isNoise() {
			return zero, nil
		}
		factors := make([]factor, len(t.nodes))
		for i, indices := range t.nodes {
			factors[i] = factor{newTensor(Cumulant, "l", [][]string{indices}), 1}
		}
		return w.monomial(one, factors...)
	}}
}

// NoSkewness is S = 0. Moments stay as they are: InCumulants brings out the S in them.
func NoSkewness() Rule {
	return Rule{leaf: func(_ *work, n node) (*sum, error) {
		if t, ok := n.(*tensor); ok && t.isNoise() && letterOf(t) == "S" {
			return zero, nil
		}
		return nil, nil
	}}
}

// NoiseIsHessian is C = H, which holds at the minimum of a well-specified negative
// log-likelihood, where both are the Fisher information. Moments stay as they are:
// InCumulants brings out the C in them.
func NoiseIsHessian() Rule {
	return Rule{leaf: func(w *work, n node) (*sum, error) {
		if t, ok := n.(*tensor); ok && t.isNoise() && len(t.nodes) == 2 && t.rank() == 2 && len(t.nodes[0]) == 1 {
			return w.monomial(one, factor{newTensor(Cumulant, "l", [][]string{slices.Concat(t.nodes...)}), 1})
		}
		return nil, nil
	}}
}

// Eigenbasis takes all components in an eigenbasis of H: H_μν becomes h_μ δ_μν.
func Eigenbasis() Rule {
	return Rule{leaf: func(w *work, n node) (*sum, error) {
		t, ok := n.(*tensor)
		if !ok || !t.isMean(2) {
			return nil, nil
		}
		i, j := t.nodes[0][0], t.nodes[0][1]
		factors := []factor{{newEigenvalue(i), 1}}
		if i != j {
			factors = append(factors, factor{newDelta(i, j), 1})
		}
		return w.monomial(one, factors...)
	}}
}

// InCumulants writes the moments in e as sums over set partitions π of their nodes,
//
//	E[Π_i ∇^{k_i} l] = Σ_π Π_{B∈π} κ(∇^{k_i} l, i ∈ B).
//
// The error wraps ErrLimit.
func (e Expr) InCumulants() (Expr, error) {
	return e.inForm(Cumulant, func(int) *big.Rat { return one })
}

// InMoments writes the cumulants in e as sums over set partitions π of their nodes,
//
//	κ(∇^{k_i} l, …) = Σ_π (−1)^{|π|−1} (|π|−1)! Π_{B∈π} E[Π_{i∈B} ∇^{k_i} l].
//
// The error wraps ErrLimit.
func (e Expr) InMoments() (Expr, error) {
	return e.inForm(Moment, func(parts int) *big.Rat {
		c := new(big.Int).MulRange(1, int64(parts-1))
		if parts%2 == 0 {
			c.Neg(c)
		}
		return new(big.Rat).SetInt(c)
	})
}

func (e Expr) inForm(form Form, weight func(parts int) *big.Rat) (Expr, error) {
	w := newWork()
	s, err := w.rewrite(e.sum(), func(n node) (*sum, error) {
		t, ok := n.(*tensor)
		if !ok || len(t.nodes) < 2 || t.form == form {
			return w.monomial(one, factor{n, 1})
		}
		a := w.adder()
		err := partitions(t.nodes, nil, func(parts [][][]string) error {
			factors := make([]factor, len(parts))
			for i, nodes := range parts {
				factors[i] = factor{newTensor(form, "l", nodes), 1}
			}
			return a.addMonomial(weight(len(parts)), factors, nil)
		})
		if err != nil {
			return nil, err
		}
		return a.sum()
	})
	return result(s, err, "%vs", form)
}

// partitions calls yield for every way to add the items to the parts or to new ones.
func partitions[T any](items []T, parts [][]T, yield func([][]T) error) error {
	if len(items) == 0 {
		return yield(parts)
	}
	for i := range parts {
		old := parts[i]
		parts[i] = append(slices.Clone(old), items[0])
		err := partitions(items[1:], parts, yield)
		parts[i] = old
		if err != nil {
			return err
		}
	}
	return partitions(items[1:], append(slices.Clone(parts), []T{items[0]}), yield)
}
