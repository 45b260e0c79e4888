package errata

import (
	"math/big"
	"strings"
)

// A polynomial is one in a weight θ or in the learning rate η, from the constant term on.
type polynomial []*big.Rat

// at returns the coefficient of the k-th power.
func (p polynomial) at(k int) *big.Rat {
	if k < len(p) {
		return p[k]
	}
	return new(big.Rat)
}

func (p polynomial) add(q polynomial) polynomial {
	total := make(polynomial, max(len(p), len(q)))
	for k := range total {
		total[k] = sum(p.at(k), q.at(k))
	}
	return total
}

func (p polynomial) mul(q polynomial) polynomial {
	if len(p) == 0 || len(q) == 0 {
		return nil
	}
	total := make(polynomial, len(p)+len(q)-1)
	for k := range total {
		total[k] = new(big.Rat)
	}
	for i, x := range p {
		for j, y := range q {
			total[i+j].Add(total[i+j], product(x, y))
		}
	}
	return total
}

func (p polynomial) scale(c *big.Rat) polynomial { return p.mul(polynomial{c}) }

func (p polynomial) derivative() polynomial {
	var d polynomial
	for k := 1; k < len(p); k++ {
		d = append(d, product(frac(int64(k), 1), p[k]))
	}
	return d
}

func (p polynomial) eval(x *big.Rat) *big.Rat {
	total := new(big.Rat)
	for k := len(p) - 1; k >= 0; k-- {
		total = sum(product(total, x), p[k])
	}
	return total
}

// quotient returns the power series of p/q as far as η^order. It has none of negative
// powers: q vanishes at 0 to no higher an order than p.
func (p polynomial) quotient(q polynomial, order int) polynomial {
	for q[0].Sign() == 0 {
		p, q = p[min(1, len(p)):], q[1:]
	}
	series := make(polynomial, order+1)
	for k := range series {
		rest := p.at(k)
		for j := 1; j <= k; j++ {
			rest = minus(rest, product(q.at(j), series[k-j]))
		}
		series[k] = rest.Quo(rest, q[0])
	}
	return series
}

// String writes the polynomial in θ, such as −θ/3 + θ²/2.
func (p polynomial) String() string {
	var text strings.Builder
	for k, c := range p {
		if c.Sign() == 0 {
			continue
		}
		switch {
		case text.Len() > 0 && c.Sign() > 0:
			text.WriteString(" + ")
		case text.Len() > 0:
			text.WriteString(" − ")
		case c.Sign() < 0:
			text.WriteString("−")
		}
		text.WriteString(monomial(new(big.Rat).Abs(c), k))
	}
	if text.Len() == 0 {
		return "0"
	}
	return text.String()
}

// monomial writes cθ^k for a positive c.
func monomial(c *big.Rat, k int) string {
	power := [...]string{"", "θ", "θ²", "θ³"}[k]
	text := c.Num().String() + power
	if k > 0 && c.Num().IsInt64() && c.Num().Int64() == 1 {
		text = power
	}
	if !c.IsInt() {
		text += "/" + c.Denom().String()
	}
	return text
}

// polynomials is the algebra of polynomials in η, over which discrete values are just that.
type polynomials struct{}

func (polynomials) Add(a, b polynomial) polynomial { return a.add(b) }
func (polynomials) Mul(a, b polynomial) polynomial { return a.mul(b) }
func (polynomials) Int(n *big.Int) polynomial      { return polynomial{new(big.Rat).SetInt(n)} }
func (polynomials) Rat(q *big.Rat) polynomial      { return polynomial{q} }
