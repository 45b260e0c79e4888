package tensor

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/internal/rational"
)

// Eval returns the value of p at a point. The error wraps ErrShape unless the point
// has a coordinate for each variable, and ErrNumber if one is nil.
func (p Polynomial) Eval(point []*big.Rat) (*big.Rat, error) {
	if err := checkPoint(p.dim, point); err != nil {
		return nil, within("point", err)
	}
	if q, ok := p.derivatives(newPowers(point, p.terms), 0)[0]; ok {
		return q, nil
	}
	return new(big.Rat), nil
}

// Shift returns the Taylor polynomial of p at a point: q(h) = p(point + h). The error
// is as for Eval, and wraps ErrTooLarge if q has more than MaxTerms terms.
func (p Polynomial) Shift(point []*big.Rat) (Polynomial, error) {
	if err := checkPoint(p.dim, point); err != nil {
		return Polynomial{}, within("point", err)
	}
	powers := newPowers(point, p.terms)
	terms := p.terms
	for i, x := range point { // re-centre one variable after the other
		if x.Sign() == 0 {
			continue
		}
		sum := make(map[string]*big.Rat)
		for _, t := range terms {
			e := int(t.exp[i])
			exp := []byte(t.exp)
			for k := 0; k <= e; k++ { // (x+h)^e = Σ_k C(e,k) x^(e−k) h^k
				exp[i] = byte(k)
				c := new(big.Rat).SetInt(new(big.Int).Binomial(int64(e), int64(k)))
				c.Mul(c, t.coef)
				accumulate(sum, string(exp), c.Mul(c, powers.at(i, e-k)))
			}
			if len(sum) > MaxTerms {
				return Polynomial{}, within("", fmt.Errorf("a shifted polynomial of more than %d terms: %w", MaxTerms, ErrTooLarge))
			}
		}
		terms = collect(sum)
	}
	return Polynomial{p.dim, terms}, nil
}

// Derivative returns ∇^k p at a point: the symmetric tensor of rank k whose element at
// (i_1, …, i_k) is ∂_{i_1}…∂_{i_k} p. Order 0 is the value.
//
// The error wraps ErrShape unless the point has a coordinate for each variable,
// ErrNumber if one is nil, ErrOrder if k < 0, and ErrTooLarge as for New.
func (p Polynomial) Derivative(point []*big.Rat, k int) (*Dense[*big.Rat], error) {
	if err := checkPoint(p.dim, point); err != nil {
		return nil, within("point", err)
	}
	if _, err := rankOf([]int{k}); err != nil {
		return nil, within("", err)
	}
	if _, err := size(p.dim, k); err != nil {
		return nil, within("", err)
	}
	sum := p.derivatives(newPowers(point, p.terms), k)
	zero := new(big.Rat)
	place := strides(p.dim, k)
	return FillSymmetric(p.dim, []int{k}, func(index []int) *big.Rat {
		offset := 0
		for axis, i := range index {
			offset += i * place[axis]
		}
		if q, ok := sum[offset]; ok {
			return q
		}
		return zero
	})
}

// derivatives returns the derivatives of order k at the point whose powers are given,
// by the offset of their increasing index in a tensor of rank k; those left out are zero.
func (p Polynomial) derivatives(powers powers, k int) map[int]*big.Rat {
	sum := make(map[int]*big.Rat)
	for _, t := range p.terms {
		powers.differentiate(t, k, func(offset int, value *big.Rat) {
			if old, ok := sum[offset]; ok {
				value.Add(value, old)
			}
			sum[offset] = value
		})
	}
	return sum
}

// checkPoint returns an error unless the point has dim coordinates.
func checkPoint(dim int, point []*big.Rat) error {
	if len(point) != dim {
		return fmt.Errorf("%d coordinates for %d variables: %w", len(point), dim, ErrShape)
	}
	for i, x := range point {
		if x == nil {
			return fmt.Errorf("coordinate %d is nil: %w", i, ErrNumber)
		}
	}
	return nil
}

// powers holds the powers of the coordinates of a point.
type powers [][]*big.Rat

// newPowers returns the powers that occur in the terms, in their first variables.
func newPowers(point []*big.Rat, terms []term) powers {
	largest := make([]byte, len(point))
	for _, t := range terms {
		for i := range largest {
			largest[i] = max(largest[i], t.exp[i])
		}
	}
	p := make(powers, len(point))
	for i, x := range point {
		p[i] = []*big.Rat{big.NewRat(1, 1)}
		for e := range int(largest[i]) {
			p[i] = append(p[i], new(big.Rat).Mul(p[i][e], x))
		}
	}
	return p
}

// at returns the e-th power of coordinate i, which is not to be changed.
func (p powers) at(i, e int) *big.Rat { return p[i][e] }

// differentiate calls yield with the derivatives of order k of a term in the first
// len(p) variables, at the point: those that are not zero, each once, as a fresh
// number and the offset of its increasing index in a tensor of rank k. Later
// variables do not matter.
func (p powers) differentiate(t term, k int, yield func(offset int, value *big.Rat)) {
	// after[i] is the most that the variables from i on can be differentiated.
	after := make([]int, len(p)+1)
	for i := len(p) - 1; i >= 0; i-- {
		after[i] = after[i+1] + int(t.exp[i])
	}
	var visit func(i, left, offset int, value *big.Rat)
	visit = func(i, left, offset int, value *big.Rat) {
		if left > after[i] {
			return
		}
		for i < len(p) && t.exp[i] == 0 {
			i++
		}
		if i == len(p) {
			yield(offset, rational.Clone(value))
			return
		}
		// ∂^n x^e = e(e−1)…(e−n+1) x^(e−n), which at x = 0 is zero unless n = e.
		e := int(t.exp[i])
		falling := big.NewInt(1)
		for n := 0; n <= min(e, left); n++ {
			if n > 0 {
				falling.Mul(falling, big.NewInt(int64(e-n+1)))
				offset = offset*len(p) + i
			}
			if x := p.at(i, e-n); x.Sign() != 0 {
				v := new(big.Rat).SetInt(falling)
				v.Mul(v, x)
				visit(i+1, left-n, offset, v.Mul(v, value))
			}
		}
	}
	visit(0, k, 0, t.coef)
}
