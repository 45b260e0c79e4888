package expr

import (
	"fmt"
	"math/big"
	"slices"
)

// pow returns s^n.
func (w *work) pow(s *sum, n int) (*sum, error) {
	if err := checkPower(n); err != nil {
		return nil, err
	}
	switch {
	case n == 0:
		return w.constant(one)
	case n == 1:
		return s, nil
	case len(s.terms) == 0:
		if n < 0 {
			return nil, ErrDivision
		}
		return zero, nil
	case len(s.terms) == 1 && len(s.terms[0].bound) == 0:
		return w.powTerm(s.terms[0], n)
	case n < 0:
		return w.invert(s, n)
	case n >= MaxTerms && len(s.terms) > 1:
		// It has more than n terms, unless deltas make it collapse.
		return nil, fmt.Errorf("%w: power %d of a sum", ErrLimit, n)
	}
	return w.repeat(s, n)
}

// repeat returns s^n by repeated multiplication, n ≥ 1.
func (w *work) repeat(s *sum, n int) (*sum, error) {
	p := s
	for i := 1; i < n; i++ {
		if err := w.spend(1); err != nil {
			return nil, err
		}
		var err error
		if p, err = w.mul(p, s); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// powTerm returns a power of a product.
func (w *work) powTerm(t term, n int) (*sum, error) {
	coef, err := powNumber(t.coef, n)
	if err != nil {
		return nil, err
	}
	var factors []factor
	var sums []*sum
	for _, f := range t.factors {
		if isDelta(f) {
			if n < 0 {
				return nil, fmt.Errorf("%w: δ is 0 somewhere", ErrDivision)
			}
			factors = append(factors, f)
			continue
		}
		// Both are at most MaxPower, so this does not overflow.
		p := int(int64(f.power) * int64(n))
		if err := checkPower(p); err != nil {
			return nil, err
		}
		if i, ok := f.node.(*inverse); ok && p > 0 {
			s, err := w.repeat(i.base, p)
			if err != nil {
				return nil, err
			}
			sums = append(sums, s)
			continue
		}
		factors = append(factors, factor{f.node, p})
	}
	p, err := w.monomial(coef, factors...)
	for _, s := range sums {
		if err != nil {
			return nil, err
		}
		p, err = w.mul(p, s)
	}
	return p, err
}

func powNumber(q *big.Rat, n int) (*big.Rat, error) {
	size := n
	if n < 0 {
		size = -n
	}
	num, den := q.Num(), q.Denom()
	if (num.BitLen()-1)*size > maxBits || (den.BitLen()-1)*size > maxBits {
		return nil, fmt.Errorf("%w: power %d of %.40s", ErrLimit, n, q.RatString())
	}
	e := big.NewInt(int64(size))
	num, den = new(big.Int).Exp(num, e, nil), new(big.Int).Exp(den, e, nil)
	if n < 0 {
		num, den = den, num
	}
	if den.Sign() == 0 {
		return nil, ErrDivision
	}
	p := new(big.Rat).SetFrac(num, den)
	return p, checkNumber(p)
}

// invert returns s^n for a negative n and a sum of several terms, or over indices.
func (w *work) invert(s *sum, n int) (*sum, error) {
	if err := w.spend(len(s.terms)); err != nil {
		return nil, err
	}
	coef, factors := content(s)
	if coef.Cmp(one) == 0 && len(factors) == 0 {
		for _, k := range smallPrimes {
			if root, ok := w.root(s, k); ok {
				return w.pow(root, n*k)
			}
		}
		return w.monomial(one, factor{newInverse(s), n})
	}
	rest, err := w.quotient(s, coef, factors)
	if err != nil {
		return nil, err
	}
	// The rest has no negative powers of what was common, so that it has at most such a
	// common factor as came in with the expansion of a denominator.
	if rest, err = w.pow(rest, n); err != nil {
		return nil, err
	}
	common, err := w.powTerm(term{coef: coef, factors: factors}, n)
	if err != nil {
		return nil, err
	}
	return w.mul(common, rest)
}

// quotient divides each term of s by a common factor. A denominator that only some terms
// have is expanded in the others.
func (w *work) quotient(s *sum, coef *big.Rat, common []factor) (*sum, error) {
	terms, err := w.opened(s)
	if err != nil {
		return nil, err
	}
	a := w.adder()
	for _, t := range terms {
		left := slices.Clone(t.factors)
		for _, f := range common {
			left = append(left, factor{f.node, -f.power})
		}
		if left, err = w.merge(left); err != nil {
			return nil, err
		}
		p, err := w.constant(new(big.Rat).Quo(t.coef, coef))
		if err != nil {
			return nil, err
		}
		for _, f := range left {
			var x *sum
			if n, ok := f.node.(*inverse); ok && f.power > 0 {
				x, err = w.repeat(n.base, f.power)
			} else {
				x, err = w.monomial(one, f)
			}
			if err != nil {
				return nil, err
			}
			if p, err = w.mul(p, x); err != nil {
				return nil, err
			}
		}
		if err := a.addBound(p, t.bound); err != nil {
			return nil, err
		}
	}
	return a.sum()
}

// content returns the number and the factors common to all terms of s: what is left
// has coprime integers for coefficients, the first positive, and of every node that
// stands in it with an integer power, such a power that the least is 0. Factors with
// summation indices are not common.
func content(s *sum) (*big.Rat, []factor) {
	num, den := new(big.Int), big.NewInt(1)
	var common []factor
	for i, t := range s.terms {
		num.GCD(nil, nil, num, new(big.Int).Abs(t.coef.Num()))
		g := new(big.Int).GCD(nil, nil, den, t.coef.Denom())
		den.Mul(den, g.Quo(t.coef.Denom(), g))
		own := slices.DeleteFunc(slices.Clone(t.factors), func(f factor) bool {
			switch f.node.(type) {
			case *delta, *power, *exponential:
				return true
			}
			return slices.ContainsFunc(t.bound, func(index string) bool { return has(f, index) })
		})
		if i == 0 {
			common = own
		} else {
			common = least(common, own)
		}
	}
	coef := new(big.Rat).SetFrac(num, den)
	if s.terms[0].coef.Sign() < 0 {
		coef.Neg(coef)
	}
	return coef, common
}

// least returns the lesser power of each node of two products. A node that does not
// stand in one has the power 0 there.
func least(a, b []factor) []factor {
	var out []factor
	add := func(n node, power int) {
		if power != 0 {
			out = append(out, factor{n, power})
		}
	}
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].node.key() < b[0].node.key():
			add(a[0].node, min(a[0].power, 0))
			a = a[1:]
		case len(a) == 0 || b[0].node.key() < a[0].node.key():
			add(b[0].node, min(b[0].power, 0))
			b = b[1:]
		default:
			add(a[0].node, min(a[0].power, b[0].power))
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// power returns base^exponent.
func (w *work) power(base, exponent *sum) (*sum, error) {
	constant, rest, err := w.split(exponent)
	if err != nil {
		return nil, err
	}
	fixed, err := w.pow(base, constant)
	if err != nil || rest == zero || base.isOne() {
		return fixed, err
	}
	if len(base.terms) == 1 && slices.ContainsFunc(base.terms[0].factors, isDelta) {
		return nil, fmt.Errorf("%w: an unknown power of δ", ErrExponent)
	}
	if factors, ok := w.apart(base); ok {
		product, err := w.constant(one)
		for _, f := range factors {
			var x *sum
			if err == nil {
				x, err = w.power(f, exponent)
			}
			if err == nil {
				product, err = w.mul(product, x)
			}
		}
		return product, err
	}
	if t, ok := single(base); ok {
		f := t.factors[0]
		switch n := f.node.(type) {
		case *exponential:
			arg, err := w.mul(n.arg, exponent)
			if err != nil {
				return nil, err
			}
			return w.exp(arg)
		case *power:
			e, err := w.mul(n.exponent, exponent)
			if err != nil {
				return nil, err
			}
			return w.power(n.base, e)
		}
		e, err := w.scale(big.NewRat(int64(f.power), 1), rest)
		if err != nil {
			return nil, err
		}
		root := base
		if i, ok := f.node.(*inverse); ok {
			root = i.base
		} else if f.power != 1 {
			if root, err = w.monomial(one, factor{f.node, 1}); err != nil {
				return nil, err
			}
		}
		variable, err := w.monomial(one, factor{newPower(root, e), 1})
		if err != nil {
			return nil, err
		}
		return w.mul(variable, fixed)
	}
	variable, err := w.monomial(one, factor{newPower(base, rest), 1})
	if err != nil {
		return nil, err
	}
	return w.mul(variable, fixed)
}

// apart returns the factors of a product of several.
func (w *work) apart(s *sum) (list []*sum, ok bool) {
	if len(s.terms) != 1 {
		return nil, false
	}
	t := s.terms[0]
	if len(t.bound) > 0 || len(t.factors) == 0 || len(t.factors) == 1 && t.coef.Cmp(one) == 0 {
		return nil, false
	}
	if t.coef.Cmp(one) != 0 {
		c, err := w.constant(t.coef)
		if err != nil {
			return nil, false
		}
		list = append(list, c)
	}
	for _, f := range t.factors {
		x, err := w.monomial(one, f)
		if err != nil {
			return nil, false
		}
		list = append(list, x)
	}
	return list, true
}

// single returns the term of a sum that is one factor.
func single(s *sum) (term, bool) {
	if len(s.terms) != 1 {
		return term{}, false
	}
	t := s.terms[0]
	return t, len(t.factors) == 1 && len(t.bound) == 0 && t.coef.Cmp(one) == 0
}

// propagators lists the propagators that s is a product of, each as often as it stands
// there; it is not ok for other sums.
func propagators(s *sum) (list []*propagator, ok bool) {
	if len(s.terms) != 1 {
		return nil, false
	}
	t := s.terms[0]
	if len(t.factors) == 0 || len(t.bound) > 0 || t.coef.Cmp(one) != 0 {
		return nil, false
	}
	for _, f := range t.factors {
		k, ok := f.node.(*propagator)
		if !ok || f.power < 0 || len(list)+f.power > MaxPoints {
			return nil, false
		}
		for range f.power {
			list = append(list, k)
		}
	}
	return list, true
}

// split returns the constant term of an exponent, which must be an integer, and the rest.
func (w *work) split(exponent *sum) (int, *sum, error) {
	at := slices.IndexFunc(exponent.terms, func(t term) bool { return len(t.factors) == 0 })
	if at < 0 {
		return 0, exponent, nil
	}
	n, err := integer(exponent.terms[at].coef)
	if err != nil {
		return 0, nil, err
	}
	a := w.adder()
	for i, t := range exponent.terms {
		if i != at {
			if err := a.addTerm(one, t); err != nil {
				return 0, nil, err
			}
		}
	}
	rest, err := a.sum()
	return n, rest, err
}

// integer returns a number that may be a power.
func integer(q *big.Rat) (int, error) {
	if !q.IsInt() {
		return 0, fmt.Errorf("%w: %.40s", ErrExponent, q.RatString())
	}
	if q.Num().BitLen() > 31 {
		return 0, fmt.Errorf("%w: power %.40s, beyond ±%d", ErrLimit, q.RatString(), MaxPower)
	}
	n := int(q.Num().Int64())
	return n, checkPower(n)
}

// exp returns exp(arg).
func (w *work) exp(arg *sum) (*sum, error) {
	if arg == zero {
		return w.constant(one)
	}
	return w.monomial(one, factor{newExponential(arg), 1})
}

// divided returns the divided difference of x^n, or of e^{nx}, at the points.
func (w *work) divided(exp bool, n *sum, points []*sum) (*sum, error) {
	switch k := len(points) - 1; {
	case k < 0:
		return nil, fmt.Errorf("%w: a divided difference at no point", ErrSyntax)
	case k >= MaxPoints:
		return nil, fmt.Errorf("%w: more than %d points", ErrLimit, MaxPoints)
	case k == 0 && exp:
		arg, err := w.mul(n, points[0])
		if err != nil {
			return nil, err
		}
		return w.exp(arg)
	case k == 0:
		return w.power(points[0], n)
	}
	if q, ok := n.constant(); ok {
		if exp && q.Sign() == 0 {
			return zero, nil // of a constant
		}
		if !exp {
			steps, err := integer(q)
			if err == nil && steps < 0 {
				err = fmt.Errorf("%w: %d", ErrExponent, steps)
			}
			if err != nil {
				return nil, err
			}
			return w.homogeneous(steps-len(points)+1, points)
		}
	}
	return w.monomial(one, factor{newDivided(exp, n, points), 1})
}

// homogeneous returns the complete homogeneous symmetric polynomial of the degree.
func (w *work) homogeneous(degree int, points []*sum) (*sum, error) {
	if degree < 0 {
		return zero, nil
	}
	if err := w.spend(degree); err != nil {
		return nil, err
	}
	// h[d] over the points met so far: h_d(…, a) = h_d(…) + a h_{d−1}(…, a).
	h := make([]*sum, degree+1)
	for d := range h {
		h[d] = zero
	}
	var err error
	if h[0], err = w.constant(one); err != nil {
		return nil, err
	}
	for _, a := range points {
		for d := 1; d <= degree; d++ {
			p, err := w.mul(a, h[d-1])
			if err != nil {
				return nil, err
			}
			if h[d], err = w.total([]*sum{h[d], p}); err != nil {
				return nil, err
			}
		}
	}
	return h[degree], nil
}
