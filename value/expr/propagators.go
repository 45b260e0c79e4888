package expr

import (
	"math/big"
	"slices"
)

// propagators factors a product of propagators Π_i (1 + c_i x_i η), given expanded, where
// the x_i are products without η: each c_i x_i η stands in the part linear in η, as often
// as the propagator does, and the term highest in η, Π_i c_i x_i η, tells how often that
// is. If all x_i are 1, the c_i are found by their being rational. Any other sum is its own
// only factor.
func (w *work) propagators(s *sum) ([]*sum, error) {
	degree, linear, top := readPropagators(s)
	if degree < 2 {
		return []*sum{s}, nil
	}
	if coefficients, ok := univariate(s, degree); ok {
		return w.numericPropagators(s, coefficients)
	}
	var factors []*sum
	add := func(t term, times int) error {
		c := new(big.Rat).Mul(t.coef, big.NewRat(1, int64(times)))
		f, err := w.total([]*sum{
			{terms: []term{newTerm(one, nil, nil)}},
			{terms: []term{newTerm(c, t.factors, nil)}},
		})
		for range times {
			factors = append(factors, f)
		}
		return err
	}
	bare := -1 // the linear term c·η, of which there is no telling how often it stands in top
	left := degree
	for i, t := range linear {
		if len(t.factors) == 1 {
			bare = i
			continue
		}
		times := contained(t.factors, top.factors)
		if left -= times; times == 0 || left < 0 {
			return []*sum{s}, nil
		}
		if err := add(t, times); err != nil {
			return nil, err
		}
	}
	switch {
	case bare >= 0 && left > 0:
		if err := add(linear[bare], left); err != nil {
			return nil, err
		}
	case bare >= 0 || left > 0:
		return []*sum{s}, nil
	}
	p, err := w.product(factors...)
	if err != nil {
		return nil, err
	}
	if p.k != s.k {
		return []*sum{s}, nil
	}
	return factors, nil
}

// univariate returns the coefficients of a polynomial in η, if s has no other factors.
func univariate(s *sum, degree int) ([]*big.Rat, bool) {
	list := make([]*big.Rat, degree+1)
	for i := range list {
		list[i] = new(big.Rat)
	}
	for _, t := range s.terms {
		n := powerOf(t, "η")
		if len(t.factors) != min(n, 1) {
			return nil, false
		}
		list[n] = t.coef
	}
	return list, true
}

func (w *work) numericPropagators(s *sum, coefficients []*big.Rat) ([]*sum, error) {
	zeros, err := w.splitting(coefficients)
	if err != nil || zeros == nil {
		return []*sum{s}, err
	}
	var factors []*sum
	for _, c := range zeros {
		x, err := w.monomial(new(big.Rat).Neg(c), factor{newScalar("η"), 1})
		if err == nil {
			x, err = w.plus(x, 1)
		}
		if err != nil {
			return nil, err
		}
		factors = append(factors, x)
	}
	return factors, nil
}

// maxPropagators is the largest number of propagators in a product that is factored: it
// has up to 2^maxPropagators terms.
const maxPropagators = 12

// readPropagators returns the degree of s in η, the terms linear in it and the one with the
// highest power of it; degree 0 if s is certainly no product of propagators.
func readPropagators(s *sum) (degree int, linear []term, top term) {
	alone, constant := false, false
	for _, t := range s.terms {
		n := powerOf(t, "η")
		switch {
		case n < 0 || len(t.bound) > 0 || n > maxPropagators:
			return 0, nil, top
		case n == 0 && len(t.factors) > 0, n == 0 && t.coef.Cmp(one) != 0:
			return 0, nil, top
		case n == 0:
			constant = true
		case n == 1:
			linear = append(linear, t)
		}
		if n >= degree {
			alone = n > degree
			degree, top = n, t
		}
	}
	if !constant || !alone || len(linear) > degree {
		return 0, nil, top
	}
	return degree, linear, top
}

// powerOf returns the power of a scalar in a product.
func powerOf(t term, name string) int {
	for _, f := range t.factors {
		if n, ok := f.node.(*scalar); ok && n.name == name {
			return f.power
		}
	}
	return 0
}

// contained returns the largest n such that the n-th power of a product, but for its η,
// divides another in the sense that no power changes its sign or grows.
func contained(part, whole []factor) int {
	times := maxPropagators
	for _, f := range part {
		if n, ok := f.node.(*scalar); ok && n.name == "η" {
			continue
		}
		at := slices.IndexFunc(whole, func(g factor) bool { return g.node.key() == f.node.key() })
		if at < 0 {
			return 0
		}
		times = min(times, max(whole[at].power/f.power, 0))
	}
	return times
}
