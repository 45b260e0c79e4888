package descent

import (
	"fmt"
	"math/big"
)

// A poly is a polynomial: its coefficients by monomial, none of them shared.
type poly map[monomial]*big.Rat

// A monomial is Π_μ θ_μ^{e_μ}, written as the string of the bytes e_μ.
type monomial string

// newPoly collects the terms of a loss in dim variables.
func newPoly(loss Loss, dim int) (poly, error) {
	p := poly{}
	for i, term := range loss {
		if term.Coef == nil || len(term.Exp) != dim {
			return nil, fmt.Errorf("term %d has coefficient %v and exponents %v in dimension %d", i, term.Coef, term.Exp, dim)
		}
		m := make([]byte, dim)
		for mu, e := range term.Exp {
			if e < 0 || e > 255 {
				return nil, fmt.Errorf("term %d has exponent %d", i, e)
			}
			m[mu] = byte(e)
		}
		p.add(monomial(m), term.Coef)
	}
	return p, nil
}

// add adds c·m to p.
func (p poly) add(m monomial, c *big.Rat) {
	if p[m] == nil {
		p[m] = new(big.Rat)
	}
	p[m].Add(p[m], c)
}

// addScaled adds c·q to p.
func (p poly) addScaled(c *big.Rat, q poly) {
	for m, coef := range q {
		p.add(m, new(big.Rat).Mul(c, coef))
	}
}

// derivative returns ∂p/∂θ_μ.
func (p poly) derivative(mu int) poly {
	d := poly{}
	for m, coef := range p {
		if e := m[mu]; e > 0 {
			d.add(m.lower(mu), new(big.Rat).Mul(coef, big.NewRat(int64(e), 1)))
		}
	}
	return d
}

// lower returns m/θ_μ.
func (m monomial) lower(mu int) monomial {
	b := []byte(m)
	b[mu]--
	return monomial(b)
}

// last returns the greatest μ with e_μ > 0, or −1 if m is 1.
func (m monomial) last() int {
	mu := len(m) - 1
	for mu >= 0 && m[mu] == 0 {
		mu--
	}
	return mu
}

// A point is a θ whose coordinates are series, with the monomials found so far. Two
// polynomials share the work of the monomials and their divisors that they share.
type point struct {
	n         int // number of coefficients that are wanted
	theta     []Series
	monomials map[monomial]Series
}

func newPoint(theta []Series, n int) *point {
	return &point{n, theta, map[monomial]Series{}}
}

// monomial returns the value of m, which is shared.
func (x *point) monomial(m monomial) Series {
	if s, ok := x.monomials[m]; ok {
		return s
	}
	s := constant(big.NewRat(1, 1), x.n)
	if mu := m.last(); mu >= 0 {
		s = x.monomial(m.lower(mu)).times(x.theta[mu], x.n)
	}
	x.monomials[m] = s
	return s
}

// value returns p at the point.
func (x *point) value(p poly) Series {
	sum := zero(x.n)
	for m, coef := range p {
		if coef.Sign() != 0 {
			sum.addScaled(coef, x.monomial(m))
		}
	}
	return sum
}
