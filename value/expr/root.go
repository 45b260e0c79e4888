package expr

import (
	"math/big"
	"slices"
)

// smallPrimes are the roots that are looked for.
var smallPrimes = []int{2, 3, 5, 7}

// root returns the k-th root of a polynomial in scalars and their like, if it has one with
// a few terms, by the rule for digits: the leading term first, then from the rest of the
// polynomial the next term, and so on.
func (w *work) root(p *sum, k int) (*sum, bool) {
	const few = 6
	if n := len(p.terms); n <= k || n > 64 || p.h > 0 {
		return nil, false
	}
	var variables []string
	exponents := map[string]map[string]*big.Rat{} // of each term
	note := func(s *sum) {
		for _, t := range s.terms {
			e := exponentsOf(t)
			exponents[t.k] = e
			variables = unique(append(variables, keys(e)...))
		}
	}
	note(p)
	compare := func(t, u term) int {
		for _, v := range variables {
			if c := compareExponents(exponents[t.k][v], exponents[u.k][v]); c != 0 {
				return c
			}
		}
		return 0
	}
	leading := func(s *sum) term {
		note(s)
		return slices.MaxFunc(s.terms, compare)
	}
	first, ok := w.rootTerm(leading(p), k)
	if !ok {
		return nil, false
	}
	if _, ok := w.rootTerm(slices.MinFunc(p.terms, compare), k); !ok {
		return nil, false
	}
	// The next term is the leading one of the rest divided by k·first^{k−1}.
	divisor, err := w.pow(first, 1-k)
	if err != nil {
		return nil, false
	}
	if divisor, err = w.scale(big.NewRat(1, int64(k)), divisor); err != nil {
		return nil, false
	}
	root := first
	for range few {
		if k*(len(root.terms)-1)+1 > len(p.terms) {
			return nil, false // powers of so many terms seldom have so few
		}
		full, err := w.pow(root, k)
		if err != nil {
			return nil, false
		}
		rest, err := w.total([]*sum{p, Neg(Expr{s: full}).sum()})
		if err != nil {
			return nil, false
		}
		if rest == zero {
			return root, true
		}
		t := leading(rest)
		next, err := w.mul(&sum{terms: []term{t}}, divisor)
		if err != nil {
			return nil, false
		}
		if root, err = w.total([]*sum{root, next}); err != nil {
			return nil, false
		}
	}
	return nil, false
}

// compareExponents compares exponents, where nil is 0.
func compareExponents(a, b *big.Rat) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -b.Sign()
	case b == nil:
		return a.Sign()
	}
	return a.Cmp(b)
}

// exponentsOf returns the exponents of a term, where powers and exponentials count as
// products over the terms of their exponents.
func exponentsOf(t term) map[string]*big.Rat {
	e := map[string]*big.Rat{}
	for _, f := range t.factors {
		switch n := f.node.(type) {
		case *power:
			for _, u := range n.exponent.terms {
				e[n.base.k+"^"+u.k] = u.coef
			}
		case *exponential:
			for _, u := range n.arg.terms {
				e["exp "+u.k] = u.coef
			}
		default:
			e[n.key()] = big.NewRat(int64(f.power), 1)
		}
	}
	return e
}

// rootTerm returns the k-th root of a term, if it is one.
func (w *work) rootTerm(t term, k int) (*sum, bool) {
	c, ok := rootNumber(t.coef, k)
	if !ok {
		return nil, false
	}
	part := big.NewRat(1, int64(k))
	factors := slices.Clone(t.factors)
	for i, f := range factors {
		switch n := f.node.(type) {
		case *power:
			for _, u := range n.exponent.terms {
				if u.coef.IsInt() && !new(big.Rat).Mul(u.coef, part).IsInt() {
					return nil, false
				}
			}
			e, err := w.scale(part, n.exponent)
			if err != nil {
				return nil, false
			}
			factors[i].node = newPower(n.base, e)
		case *exponential:
			arg, err := w.scale(part, n.arg)
			if err != nil {
				return nil, false
			}
			factors[i].node = newExponential(arg)
		default:
			if f.power%k != 0 {
				return nil, false
			}
			factors[i].power /= k
		}
	}
	s, err := w.monomial(c, factors...)
	return s, err == nil && len(s.terms) == 1
}

// rootNumber returns the k-th root of a number, if it is rational.
func rootNumber(q *big.Rat, k int) (*big.Rat, bool) {
	if q.Sign() < 0 {
		r, ok := rootNumber(new(big.Rat).Neg(q), k)
		if k%2 == 0 || !ok {
			return nil, false
		}
		return r.Neg(r), true
	}
	num, ok := rootInt(q.Num(), k)
	if !ok {
		return nil, false
	}
	den, ok := rootInt(q.Denom(), k)
	if !ok {
		return nil, false
	}
	return new(big.Rat).SetFrac(num, den), true
}

func rootInt(n *big.Int, k int) (*big.Int, bool) {
	low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(n.BitLen()/k+1))
	e := big.NewInt(int64(k))
	for low.Cmp(high) < 0 {
		mid := new(big.Int).Add(low, high)
		mid.Rsh(mid, 1)
		if new(big.Int).Exp(mid, e, nil).Cmp(n) < 0 {
			low = mid.Add(mid, big.NewInt(1))
		} else {
			high = mid
		}
	}
	return low, new(big.Int).Exp(low, e, nil).Cmp(n) == 0
}
