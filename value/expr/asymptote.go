package expr

import (
	"errors"
	"fmt"
)

// Asymptote returns what e approaches as a scalar, such as T, goes to infinity through the
// integers and all else is held fixed: what remains of e without powers and exponentials
// that decay. Where N grows with T, as N = B·T/E, substitute that before.
//
// The result is a polynomial in the scalar, with negative powers where e has some outside
// of what decays, or with denominators such as 1/(T + 1). A divided difference leaves
// what its point 1 brings: if that stands m + 1 times, and a_j are the others,
//
//	dd(T; …) → Π_j 1/(1 − a_j) · Σ_i C(T, i) (−1)^{m−i} h_{m−i}(1/(1 − a_j)),
//
// where h is the complete homogeneous polynomial, 0 if no point is 1; and so ddexp for
// its point 0 and the others −s_j, with T^i/i! and 1/s_j. So dd(T; 1, 1 − η·h) → 1/(η·h),
// and with the flat direction h = 0, see SetEigenvalue, dd(T; 1, 1) = T.
//
// It is assumed that scalars are positive, and eigenvalues too, with 0 < ηh < 2: a
// direction is flat only if its eigenvalue has been set to 0. A power x^T decays if
// p = 1 − x is, for small η, between 0 and 2: what is lowest in η in p has to have
// positive coefficients only. If it has negative ones only, x^T grows.
//
// The error wraps ErrDiverges if a power or an exponential grows, or does not decay, as
// (−1)^T; ErrUndecided if there is no telling, as for the point 1 − η·(h_μ − h_ν); both
// name it. Else it wraps ErrDivision, ErrName or ErrLimit.
func (e Expr) Asymptote(name string) (Expr, error) {
	h, err := newHorizon(name)
	if err != nil {
		return Expr{}, err
	}
	s, err := h.asymptote(e.sum())
	return result(s, err, "asymptote in %s", name)
}

// Limit returns the limit of e as a scalar goes to infinity and all else is held fixed,
// on the assumptions of Asymptote. Its error wraps ErrDiverges too if e grows, and says
// how fast and which term does, or ErrUndecided if terms that grow cancel in part, as in
// T²/(T + 1) − T.
func (e Expr) Limit(name string) (Expr, error) { return e.limit(name, 0, "limit") }

// Rate returns the limit of e/T as the scalar T goes to infinity and all else is held
// fixed: the drift per step, where e grows no faster. Its error is that of Limit.
func (e Expr) Rate(name string) (Expr, error) { return e.limit(name, 1, "rate") }

// limit returns the limit of e/T^k.
func (e Expr) limit(name string, k int, what string) (Expr, error) {
	h, err := newHorizon(name)
	if err != nil {
		return Expr{}, err
	}
	s, err := h.asymptote(e.sum())
	if err != nil {
		return result(nil, err, "%s in %s", what, name)
	}
	degree, s, err := h.leading(s)
	switch {
	case err != nil:
	case degree < k:
		s = zero
	case degree > k && len(s.terms) == 0:
		err = fmt.Errorf("%w: terms of order %s^%d cancel", ErrUndecided, name, degree)
	case degree > k:
		err = fmt.Errorf("%w: it grows as %s^%d times %s", ErrDiverges, name, degree, display(s))
	}
	return result(s, err, "%s in %s", what, name)
}

// A horizon is the limit of a scalar to infinity.
type horizon struct {
	w    *work
	name string
}

func newHorizon(name string) (horizon, error) {
	return horizon{newWork(), name}, checkScalar(name)
}

// in reports whether the scalar stands in any of the sums.
func (h horizon) in(list ...*sum) bool {
	found := false
	for _, s := range list {
		walk(s, func(n node) {
			switch n := n.(type) {
			case *scalar:
				found = found || n.name == h.name
			case *propagator:
				found = found || h.name == rate
			}
		})
	}
	return found
}

func (h horizon) asymptote(s *sum) (*sum, error) {
	if !h.in(s) {
		return s, nil
	}
	return h.w.mapped(s, h.node)
}

// node returns the asymptote of a node, where an inverse stands for its base.
func (h horizon) node(n node) (*sum, error) {
	switch n := n.(type) {
	case *inverse:
		base, err := h.asymptote(n.base)
		if err == nil && len(base.terms) == 0 {
			err = fmt.Errorf("%w: the denominator %s goes to 0", ErrDiverges, display(n.base))
		}
		return base, err
	case *power:
		return h.power(n)
	case *exponential:
		return h.exp(n)
	case *divided:
		return h.divided(n)
	}
	return h.w.monomial(one, factor{n, 1})
}

func (h horizon) power(n *power) (*sum, error) {
	switch {
	case !h.in(n.exponent):
		base, err := h.asymptote(n.base)
		if err != nil {
			return nil, err
		}
		if h.in(base) || len(base.terms) == 0 {
			return nil, fmt.Errorf("%w: %s", ErrUndecided, describe(n))
		}
		return h.w.power(base, n.exponent)
	case h.in(n.base):
		return nil, fmt.Errorf("%w: %s", ErrUndecided, describe(n))
	}
	growth, err := h.growth(n.exponent, n)
	if err != nil {
		return nil, err
	}
	sign, known := signOf(growth)
	if !known {
		return nil, fmt.Errorf("%w: %s", ErrUndecided, describe(n))
	}
	if _, ok := n.base.constant(); ok && sign < 0 {
		inverted, err := h.w.pow(n.base, -1)
		if err != nil {
			return nil, err
		}
		_, err = h.w.fateOfPower(inverted)
		return zero, err
	}
	_, err = h.w.fateOfPower(n.base)
	if sign < 0 {
		switch {
		case err == nil:
			err = fmt.Errorf("%w: %s grows", ErrDiverges, describe(n))
		case errors.Is(err, ErrDiverges): // the base is above 1
			err = nil
		}
	}
	return zero, err
}

func (h horizon) exp(n *exponential) (*sum, error) {
	arg, err := h.asymptote(n.arg)
	if err != nil {
		return nil, err
	}
	if !h.in(arg) {
		return h.w.exp(arg)
	}
	growth, err := h.growth(arg, n)
	if err != nil {
		return nil, err
	}
	if _, err := fateOfExp(growth); err != nil {
		return nil, err
	}
	return zero, nil
}

func (h horizon) divided(n *divided) (*sum, error) {
	if h.in(n.points...) {
		return nil, fmt.Errorf("%w: %s", ErrUndecided, describe(n))
	}
	if !h.in(n.n) {
		return h.w.monomial(one, factor{n, 1})
	}
	growth, err := h.growth(n.n, n)
	if err != nil {
		return nil, err
	}
	if sign, known := signOf(growth); !known || sign < 0 {
		return nil, fmt.Errorf("%w: %s", ErrUndecided, describe(n))
	}
	list, err := h.w.clusters(n.exp, n.points)
	if err != nil {
		return nil, err
	}
	flat := -1
	for i, c := range list {
		var f fate
		if n.exp {
			f, err = fateOfExp(c.point)
		} else {
			f, err = h.w.fateOfPower(c.point)
		}
		if err != nil {
			return nil, err
		}
		if f == stays {
			flat = i
		}
	}
	if flat < 0 {
		return zero, nil
	}
	return h.w.residue(n.exp, n.n, list, flat)
}

// growth returns the coefficient of the highest power, which must be positive, of the
// scalar in a polynomial that is an argument of n.
func (h horizon) growth(s *sum, n node) (*sum, error) {
	for _, t := range s.terms {
		for _, f := range t.factors {
			if _, ok := f.node.(*scalar); !ok && h.in(&sum{terms: []term{{factors: []factor{f}}}}) {
				return nil, fmt.Errorf("%w: %s", ErrUndecided, describe(n))
			}
		}
	}
	degree, c, err := h.leading(s)
	if err == nil && degree <= 0 {
		err = fmt.Errorf("%w: %s", ErrUndecided, describe(n))
	}
	return c, err
}

// leading returns the highest power of the scalar in the terms of a sum in which the
// scalar stands nowhere but as a factor and in denominators, and the sum of their
// coefficients, which is 0 if they cancel. Corrections to them are of lower order.
func (h horizon) leading(s *sum) (int, *sum, error) {
	terms, err := h.w.opened(s)
	if err != nil {
		return 0, nil, err
	}
	highest := 0
	a := h.w.adder()
	for i, t := range terms {
		degree, c, err := h.leadingTerm(t)
		if err != nil {
			return 0, nil, err
		}
		if i == 0 || degree > highest {
			highest, a = degree, h.w.adder()
		}
		if degree == highest {
			if err := a.addBound(c, t.bound); err != nil {
				return 0, nil, err
			}
		}
	}
	c, err := a.sum()
	return highest, c, err
}

func (h horizon) leadingTerm(t term) (int, *sum, error) {
	degree := 0
	c, err := h.w.constant(t.coef)
	if err != nil {
		return 0, nil, err
	}
	for _, f := range t.factors {
		d, x := 0, (*sum)(nil)
		switch n := f.node.(type) {
		case *inverse:
			if d, x, err = h.leading(n.base); err == nil && len(x.terms) == 0 {
				err = fmt.Errorf("%w: %s", ErrUndecided, display(n.base))
			}
		case *scalar:
			if n.name == h.name {
				d = 1
				x, err = h.w.constant(one)
				break
			}
			x, err = h.w.monomial(one, factor{n, 1})
		default:
			x, err = h.w.monomial(one, factor{n, 1})
		}
		if err == nil {
			x, err = h.w.pow(x, f.power)
		}
		if err == nil {
			c, err = h.w.mul(c, x)
		}
		if err == nil {
			degree += d * f.power
			err = checkPower(degree)
		}
		if err != nil {
			return 0, nil, err
		}
	}
	return degree, c, nil
}
