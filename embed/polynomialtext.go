package embed

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// maxPolynomialText bounds the text of a polynomial, maxExponent its exponents, and
// maxDepth its parentheses.
const (
	maxPolynomialText = 1 << 16
	maxExponent       = 64
	maxDepth          = 64
)

// ParsePolynomial reads a polynomial in E, K and B as Polynomial.String writes it:
// integers and the variables joined by + - * / ^ and parentheses, where exponents are
// integers and divisors are products of numbers, K and B.
//
// The error wraps ErrPolynomial and says at which byte.
func ParsePolynomial(text string) (Polynomial, error) {
	r := polynomialReader{text: text}
	if len(text) > maxPolynomialText {
		r.fail("more than %d bytes", maxPolynomialText)
	}
	p := r.sum()
	if r.err == nil && r.peek() != 0 {
		r.fail("%q should not stand here", r.peek())
	}
	if r.err != nil {
		return Polynomial{}, r.err
	}
	return p, nil
}

// A polynomialReader reads by recursive descent; the first error stays.
type polynomialReader struct {
	text  string
	at    int
	depth int
	err   error
}

func (r *polynomialReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("polynomial %.40q: byte %d: %s: %w", r.text, r.at, fmt.Sprintf(format, args...), ErrPolynomial)
	}
}

// peek returns the next byte that is no space, 0 at the end or after an error.
func (r *polynomialReader) peek() byte {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
	if r.err != nil || r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

func (r *polynomialReader) sum() Polynomial {
	total := r.signed()
	for {
		switch r.peek() {
		case '+':
			r.at++
			total = total.plus(r.product())
		case '-':
			r.at++
			total = total.plus(r.product().times(constant(big.NewRat(-1, 1))))
		default:
			return total
		}
	}
}

func (r *polynomialReader) signed() Polynomial {
	if r.peek() == '-' {
		r.at++
		return r.product().times(constant(big.NewRat(-1, 1)))
	}
	return r.product()
}

func (r *polynomialReader) product() Polynomial {
	total := r.power()
	for {
		switch r.peek() {
		case '*':
			r.at++
			total = r.multiply(total, r.power())
		case '/':
			r.at++
			total = r.multiply(total, r.inverse(r.power()))
		default:
			return total
		}
	}
}

// maxTerms bounds the size of a polynomial that text may describe.
const maxTerms = 1 << 12

func (r *polynomialReader) multiply(p, q Polynomial) Polynomial {
	if len(p.terms)*len(q.terms) > maxTerms {
		r.fail("more than %d terms", maxTerms)
		return Polynomial{}
	}
	product := p.times(q)
	for m, c := range product.terms {
		if max(m.e, m.k, m.b, -m.k, -m.b) > maxExponent || c.Num().BitLen() > maxPolynomialText {
			r.fail("an exponent above %d, or a number too large", maxExponent)
			return Polynomial{}
		}
	}
	return product
}

// inverse returns 1/p for a product of numbers and powers of K and B.
func (r *polynomialReader) inverse(p Polynomial) Polynomial {
	for m, c := range p.terms {
		if len(p.terms) == 1 && m.e <= 0 {
			return Polynomial{map[monomial]*big.Rat{{-m.e, -m.k, -m.b}: new(big.Rat).Inv(c)}}
		}
	}
	r.fail("a divisor should be a product of numbers, K and B")
	return Polynomial{}
}

func (r *polynomialReader) power() Polynomial {
	base := r.atom()
	if r.peek() != '^' {
		return base
	}
	r.at++
	digits := r.digits()
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxExponent {
		r.fail("an exponent should be an integer from 0 to %d", maxExponent)
		return Polynomial{}
	}
	result := constant(big.NewRat(1, 1))
	for range n {
		result = r.multiply(result, base)
	}
	return result
}

func (r *polynomialReader) digits() string {
	r.peek()
	rest := r.text[r.at:]
	n := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	r.at += n
	return rest[:n]
}

func (r *polynomialReader) atom() Polynomial {
	switch c := r.peek(); {
	case c == 'E' || c == 'K' || c == 'B':
		r.at++
		m := map[byte]monomial{'E': {e: 1}, 'K': {k: 1}, 'B': {b: 1}}[c]
		return Polynomial{map[monomial]*big.Rat{m: big.NewRat(1, 1)}}
	case c >= '0' && c <= '9':
		n, _ := new(big.Int).SetString(r.digits(), 10)
		return constant(new(big.Rat).SetInt(n))
	case c == '(' && r.depth < maxDepth:
		r.at++
		r.depth++
		p := r.sum()
		r.depth--
		if r.peek() != ')' {
			r.fail("a closing parenthesis is missing")
		}
		r.at++
		return p
	}
	r.fail("a number, E, K, B or a parenthesis should stand here")
	return Polynomial{}
}
