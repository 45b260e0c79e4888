package expr

import (
	"math/big"
	"slices"
	"strconv"
)

// Cancel puts terms over a denominator that they share, and divides by it where that goes
// without a rest: a/(a + b) + b/(a + b) becomes 1, and so inside powers, denominators and
// the like. Terms that differ in anything but what the denominator is made of are not put
// together; x^{2T} counts as different from x^T. The result has a value wherever e has one, and perhaps elsewhere. The error
// wraps ErrDivision if a denominator turns out to be 0, or ErrLimit.
func (e Expr) Cancel() (Expr, error) {
	s, err := newWork().cancel(e.sum())
	return result(s, err, "cancellation")
}

func (w *work) cancel(s *sum) (*sum, error) {
	s, err := w.mapped(s, func(n node) (*sum, error) { return w.inside(n, w.cancel) })
	if err != nil {
		return nil, err
	}
	for again := true; again; {
		again = false
		for _, d := range denominators(s) {
			var ok bool
			if ok, s, err = w.cancelBy(s, d); err != nil {
				return nil, err
			}
			again = again || ok
		}
	}
	return s, nil
}

// denominators returns those of s that are polynomials in nodes with any integer power,
// none of them with an index that is summed.
func denominators(s *sum) []*inverse {
	var list []*inverse
	met := map[string]bool{}
	for _, t := range s.terms {
		for _, f := range t.factors {
			d, ok := f.node.(*inverse)
			if !ok || met[d.base.k] || isAny(f, t.bound) {
				continue
			}
			met[d.base.k] = true
			if !slices.ContainsFunc(d.base.terms, func(t term) bool {
				return len(t.bound) > 0 || slices.ContainsFunc(t.factors, func(f factor) bool {
					_, ok := f.node.(*inverse)
					return ok || isDelta(f)
				})
			}) {
				list = append(list, d)
			}
		}
	}
	return list
}

// cancelBy puts together the terms with one power of a denominator that differ in no more
// than what stands in the denominator, and divides each such polynomial by it, once, if
// that goes. It reports whether it did.
func (w *work) cancelBy(s *sum, d *inverse) (bool, *sum, error) {
	if err := w.spend(len(s.terms)); err != nil {
		return false, nil, err
	}
	ring := newRing(d)
	divisor := make([]polyTerm, len(d.base.terms))
	for i, t := range d.base.terms {
		divisor[i], _ = ring.split(t)
	}
	type class struct {
		like     term // but for the ring's variables and d
		power    int  // of d
		dividend []polyTerm
		terms    []term
	}
	classes := map[string]*class{}
	var order []string
	for _, t := range s.terms {
		p, others := ring.split(t)
		power := 0
		others = slices.DeleteFunc(others, func(f factor) bool {
			if f.node.key() != d.k {
				return false
			}
			power = f.power
			return true
		})
		like := newTerm(one, others, t.bound)
		key := strconv.Itoa(power) + like.k
		if classes[key] == nil {
			classes[key] = &class{like: like, power: power}
			order = append(order, key)
		}
		c := classes[key]
		c.dividend, c.terms = append(c.dividend, p), append(c.terms, t)
	}
	divided := false
	a := w.adder()
	for _, key := range order {
		c := classes[key]
		var quotient []polyTerm
		if c.power < 0 {
			var err error
			if quotient, err = w.divide(c.dividend, divisor); err != nil {
				return false, nil, err
			}
		}
		if quotient == nil {
			for _, t := range c.terms {
				if err := a.addTerm(one, t); err != nil {
					return false, nil, err
				}
			}
			continue
		}
		divided = true
		for _, q := range quotient {
			factors := ring.join(q, append(slices.Clone(c.like.factors), factor{d, c.power + 1}))
			p, err := w.monomial(q.coef, factors...)
			if err == nil {
				err = a.addBound(p, c.like.bound)
			}
			if err != nil {
				return false, nil, err
			}
		}
	}
	if !divided {
		return false, s, nil
	}
	s, err := a.sum()
	return true, s, err
}

// A ring has the nodes of a denominator for its variables.
type ring struct {
	keys  []string
	nodes map[string]node
}

func newRing(d *inverse) ring {
	r := ring{nodes: map[string]node{}}
	for _, t := range d.base.terms {
		for _, f := range t.factors {
			r.nodes[f.node.key()] = f.node
		}
	}
	r.keys = unique(keys(r.nodes))
	return r
}

// split returns what a term has of the ring, and its other factors.
func (r ring) split(t term) (polyTerm, []factor) {
	p := polyTerm{t.coef, make([]int, len(r.keys))}
	var others []factor
	for _, f := range t.factors {
		if i, ok := slices.BinarySearch(r.keys, f.node.key()); ok {
			p.powers[i] = f.power
		} else {
			others = append(others, f)
		}
	}
	return p, others
}

// join adds the factors of a term of the ring to others.
func (r ring) join(p polyTerm, others []factor) []factor {
	for i, n := range p.powers {
		others = append(others, factor{r.nodes[r.keys[i]], n})
	}
	return others
}

// A polyTerm is a term of a polynomial, with a power for each variable.
type polyTerm struct {
	coef   *big.Rat
	powers []int
}

// divide returns a/b for polynomials, which may have negative powers, if b divides a; else
// nil.
func (w *work) divide(a, b []polyTerm) ([]polyTerm, error) {
	byPowers := func(p, q polyTerm) int { return slices.Compare(p.powers, q.powers) }
	b = slices.Clone(b)
	slices.SortFunc(b, byPowers)
	first := b[len(b)-1]
	low := lowestPowers(a)
	for i, n := range lowestPowers(b) {
		low[i] -= n
	}
	rest := slices.Clone(a)
	slices.SortFunc(rest, byPowers)
	quotient := []polyTerm{}
	for len(rest) > 0 {
		last := rest[len(rest)-1]
		q := polyTerm{new(big.Rat).Quo(last.coef, first.coef), slices.Clone(last.powers)}
		for i, n := range first.powers {
			if q.powers[i] -= n; q.powers[i] < low[i] {
				return nil, nil
			}
		}
		if err := checkNumber(q.coef); err != nil {
			return nil, err
		}
		quotient = append(quotient, q)
		if err := w.spend(len(b) + len(rest)); err != nil {
			return nil, err
		}
		for _, t := range b {
			u := polyTerm{new(big.Rat).Mul(q.coef, t.coef), slices.Clone(t.powers)}
			for i, n := range q.powers {
				u.powers[i] += n
			}
			u.coef.Neg(u.coef)
			at, ok := slices.BinarySearchFunc(rest, u, byPowers)
			if ok {
				if u.coef.Add(u.coef, rest[at].coef).Sign() == 0 {
					rest = slices.Delete(rest, at, at+1)
					continue
				}
				rest[at] = u
			} else {
				rest = slices.Insert(rest, at, u)
			}
		}
	}
	return quotient, nil
}

// lowestPowers returns the lowest power of each variable in a polynomial; those of a
// product are the sums of the factors'.
func lowestPowers(p []polyTerm) []int {
	low := slices.Clone(p[0].powers)
	for _, t := range p[1:] {
		for i, n := range t.powers {
			low[i] = min(low[i], n)
		}
	}
	return low
}
