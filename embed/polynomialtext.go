package embed

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// A notation is how functions of E, K = N/B and B are written: their letters, and what
// they may be divided by besides numbers and powers of letters.
type notation struct {
	name    string
	letters map[byte]monomial
	powers  func(m monomial) []power // m in letters
	poles   bool                     // whether N−1, N−2, … may be divisors
	divisor string
	wrong   error
}

// inBatches is the notation of polynomials, inRows that of rational functions.
var (
	inBatches = &notation{
		name:    "polynomial",
		letters: map[byte]monomial{'E': {e: 1}, 'K': {k: 1}, 'B': {b: 1}},
		powers:  func(m monomial) []power { return []power{{"E", m.e}, {"K", m.k}, {"B", m.b}} },
		divisor: "numbers, K and B",
		wrong:   ErrPolynomial,
	}
	inRows = &notation{
		name:    "rational function",
		letters: map[byte]monomial{'E': {e: 1}, 'N': {k: 1, b: 1}, 'B': {b: 1}},
		powers:  func(m monomial) []power { return []power{{"E", m.e}, {"N", m.k}, {"B", m.b - m.k}} },
		poles:   true,
		divisor: "numbers, N, B, N - 1, N - 2, …",
		wrong:   ErrRationalFunction,
	}
)

// maxPolynomialText bounds the text of a function, maxExponent its exponents, and
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
	f, err := inBatches.parse(text)
	return f.numerator, err
}

// ParseRationalFunction reads a function of E, N and B as RationalFunction.String writes
// it: integers and the variables joined by + - * / ^ and parentheses, where exponents are
// integers and divisors are products of numbers, N, B, and N - 1, N - 2, …, N - 64. What is
// divided by these last is no term of a sum.
//
// The error wraps ErrRationalFunction and says at which byte.
func ParseRationalFunction(text string) (RationalFunction, error) { return inRows.parse(text) }

func (n *notation) parse(text string) (RationalFunction, error) {
	r := functionReader{notation: n, text: text}
	if len(text) > maxPolynomialText {
		r.fail("more than %d bytes", maxPolynomialText)
	}
	f := r.sum()
	if r.err == nil && r.peek() != 0 {
		r.fail("%q should not stand here", r.peek())
	}
	if r.err != nil {
		return RationalFunction{}, r.err
	}
	return f.reduced(), nil
}

// A functionReader reads by recursive descent; the first error stays.
type functionReader struct {
	*notation
	text  string
	at    int
	depth int
	err   error
}

func (r *functionReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s %.40q: byte %d: %s: %w", r.name, r.text, r.at, fmt.Sprintf(format, args...), r.wrong)
	}
}

// peek returns the next byte that is no space, 0 at the end or after an error.
func (r *functionReader) peek() byte {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
	if r.err != nil || r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

func (r *functionReader) sum() RationalFunction {
	total := r.signed()
	for {
		switch r.peek() {
		case '+':
			r.at++
			total = r.plus(total, r.product())
		case '-':
			r.at++
			total = r.plus(total, negative(r.product()))
		default:
			return total
		}
	}
}

// plus adds functions without poles: common denominators could become large.
func (r *functionReader) plus(f, g RationalFunction) RationalFunction {
	if len(f.poles)+len(g.poles) > 0 {
		r.fail("a sum should have no term over N - 1, N - 2, …")
		return RationalFunction{}
	}
	return f.numerator.plus(g.numerator).RationalFunction()
}

func (r *functionReader) signed() RationalFunction {
	if r.peek() == '-' {
		r.at++
		return negative(r.product())
	}
	return r.product()
}

// negative returns −f.
func negative(f RationalFunction) RationalFunction {
	return RationalFunction{f.numerator.Scale(big.NewRat(-1, 1)), f.poles}
}

func (r *functionReader) product() RationalFunction {
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

func (r *functionReader) multiply(f, g RationalFunction) RationalFunction {
	if len(f.numerator.terms)*len(g.numerator.terms) > maxTerms {
		r.fail("more than %d terms", maxTerms)
		return RationalFunction{}
	}
	product := f.times(g)
	poles := 0
	for _, n := range product.poles {
		poles += n
	}
	if poles > maxExponent {
		r.fail("more than %d factors N - 1, N - 2, … in a denominator", maxExponent)
	}
	for m, c := range product.numerator.terms {
		if r.largestExponent(m) > maxExponent || c.Num().BitLen() > maxPolynomialText {
			r.fail("an exponent above %d, or a number too large", maxExponent)
			return RationalFunction{}
		}
	}
	return product
}

// largestExponent returns the largest absolute value of an exponent.
func (n *notation) largestExponent(m monomial) int {
	largest := 0
	for _, p := range n.powers(m) {
		largest = max(largest, p.exponent, -p.exponent)
	}
	return largest
}

// inverse returns 1/f for a product of what may be divisors.
func (r *functionReader) inverse(f RationalFunction) RationalFunction {
	p, inverted := f.numerator, RationalFunction{}
	for j := 1; r.poles && j <= maxExponent && len(p.terms) > 1; j++ {
		for q, ok := p.quotient(int64(j)); ok && len(p.terms) > 1; q, ok = p.quotient(int64(j)) {
			p, inverted = q, inverted.over(j)
		}
	}
	for m, c := range p.terms {
		if len(p.terms) == 1 && m.e <= 0 && len(f.poles) == 0 {
			inverted.numerator = Polynomial{map[monomial]*big.Rat{{-m.e, -m.k, -m.b}: new(big.Rat).Inv(c)}}
			return inverted
		}
	}
	r.fail("a divisor should be a product of %s", r.divisor)
	return RationalFunction{}
}

func (r *functionReader) power() RationalFunction {
	base := r.atom()
	if r.peek() != '^' {
		return base
	}
	r.at++
	digits := r.digits()
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxExponent {
		r.fail("an exponent should be an integer from 0 to %d", maxExponent)
		return RationalFunction{}
	}
	result := constant(big.NewRat(1, 1)).RationalFunction()
	for range n {
		result = r.multiply(result, base)
	}
	return result
}

func (r *functionReader) digits() string {
	r.peek()
	rest := r.text[r.at:]
	n := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	r.at += n
	return rest[:n]
}

func (r *functionReader) atom() RationalFunction {
	c := r.peek()
	if m, ok := r.letters[c]; ok {
		r.at++
		return letters(m)
	}
	switch {
	case c >= '0' && c <= '9':
		n, _ := new(big.Int).SetString(r.digits(), 10)
		return constant(new(big.Rat).SetInt(n)).RationalFunction()
	case c == '(' && r.depth < maxDepth:
		r.at++
		r.depth++
		f := r.sum()
		r.depth--
		if r.peek() != ')' {
			r.fail("a closing parenthesis is missing")
		}
		r.at++
		return f
	}
	r.fail("a number, a letter or a parenthesis should stand here")
	return RationalFunction{}
}
