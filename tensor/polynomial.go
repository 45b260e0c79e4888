package tensor

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/perturb-go/perturb/internal/rational"
)

// Limits of polynomials, above which a constructor or an operation returns an error
// that wraps ErrTooLarge.
const (
	// MaxVariables bounds the variables of a polynomial.
	MaxVariables = 1024
	// MaxDegree bounds the total degree of each term.
	MaxDegree = 64
	// MaxTerms bounds the terms of a polynomial.
	MaxTerms = 1 << 17
	// maxProducts bounds the products of terms in one multiplication.
	maxProducts = 1 << 26
)

// A Polynomial is a polynomial with exact rational coefficients in variables
// x_0, …, x_{n−1}.
//
// A Polynomial is immutable, and is held in canonical form: like terms are one, none
// is zero, and the exponents increase lexicographically. The zero Polynomial is 0, in
// no variables.
type Polynomial struct {
	dim   int
	terms []term
}

// A Term is Coef · Π_i x_i^Exp[i].
type Term struct {
	Coef *big.Rat
	Exp  []int
}

// A term holds exponents as bytes, which compare and key a map. MaxDegree leaves room
// to multiply a few.
type term struct {
	exp  string
	coef *big.Rat
}

// NewPolynomial returns the sum of the terms, in dim variables. Like terms add up.
//
// The error names the term. It wraps ErrShape if dim < 1 or a term has not dim
// exponents, ErrExponent if an exponent is negative, ErrNumber if a coefficient is nil,
// and ErrTooLarge above MaxVariables, MaxDegree or MaxTerms.
func NewPolynomial(dim int, terms []Term) (Polynomial, error) {
	if err := checkTerms(dim, len(terms)); err != nil {
		return Polynomial{}, within("terms", err)
	}
	sum := make(map[string]*big.Rat, len(terms))
	for i, t := range terms {
		exp, err := packExponents(dim, t.Exp)
		if err != nil {
			return Polynomial{}, within(fmt.Sprintf("terms[%d].exp", i), err)
		}
		if t.Coef == nil {
			return Polynomial{}, within(fmt.Sprintf("terms[%d].coef", i), fmt.Errorf("nil: %w", ErrNumber))
		}
		accumulate(sum, exp, rational.Clone(t.Coef))
	}
	return Polynomial{dim, collect(sum)}, nil
}

// checkTerms returns an error unless a polynomial may have n terms in dim variables.
func checkTerms(dim, n int) error {
	switch {
	case dim < 1:
		return fmt.Errorf("%d variables: %w", dim, ErrShape)
	case dim > MaxVariables:
		return fmt.Errorf("%d variables, more than %d: %w", dim, MaxVariables, ErrTooLarge)
	case n > MaxTerms:
		return fmt.Errorf("%d terms, more than %d: %w", n, MaxTerms, ErrTooLarge)
	}
	return nil
}

// packExponents returns the exponents of a term as bytes, if they are in order.
func packExponents(dim int, exp []int) (string, error) {
	if len(exp) != dim {
		return "", fmt.Errorf("%d exponents for %d variables: %w", len(exp), dim, ErrShape)
	}
	packed := make([]byte, dim)
	degree := 0
	for i, e := range exp {
		if e < 0 {
			return "", fmt.Errorf("%d is negative: %w", e, ErrExponent)
		}
		if e > MaxDegree-degree {
			return "", fmt.Errorf("the degree exceeds %d: %w", MaxDegree, ErrTooLarge)
		}
		degree += e
		packed[i] = byte(e)
	}
	return string(packed), nil
}

// accumulate adds q to the element of sum at key. It may change the elements of sum,
// none of which is shared, and keeps q.
func accumulate(sum map[string]*big.Rat, key string, q *big.Rat) {
	if old, ok := sum[key]; ok {
		old.Add(old, q)
		return
	}
	sum[key] = q
}

// collect returns the terms of a sum in canonical form.
func collect(sum map[string]*big.Rat) []term {
	terms := make([]term, 0, len(sum))
	for _, exp := range slices.Sorted(maps.Keys(sum)) {
		if q := sum[exp]; q.Sign() != 0 {
			terms = append(terms, term{exp, q})
		}
	}
	return terms
}

// Dim returns the number of variables.
func (p Polynomial) Dim() int { return p.dim }

// Degree returns the total degree, the largest sum of the exponents of a term. That of
// the polynomial 0 is 0.
func (p Polynomial) Degree() int {
	d := 0
	for _, t := range p.terms {
		d = max(d, degree(t.exp))
	}
	return d
}

// degree returns the sum of packed exponents.
func degree(exp string) int {
	d := 0
	for i := range len(exp) {
		d += int(exp[i])
	}
	return d
}

// Terms returns a copy of the terms, in lexicographic order of the exponents. None has
// the coefficient zero, and no two the same exponents.
func (p Polynomial) Terms() []Term {
	terms := make([]Term, len(p.terms))
	for i, t := range p.terms {
		exp := make([]int, len(t.exp))
		for j := range exp {
			exp[j] = int(t.exp[j])
		}
		terms[i] = Term{rational.Clone(t.coef), exp}
	}
	return terms
}

// String returns the polynomial as text, such as -1/2 + x0^2 x1.
func (p Polynomial) String() string {
	if len(p.terms) == 0 {
		return "0"
	}
	var b strings.Builder
	for i, t := range p.terms {
		coef := new(big.Rat).Abs(t.coef)
		switch {
		case i == 0 && t.coef.Sign() < 0:
			b.WriteString("-")
		case i > 0 && t.coef.Sign() < 0:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		}
		var factors []string
		if degree(t.exp) == 0 || coef.Cmp(big.NewRat(1, 1)) != 0 {
			factors = append(factors, coef.RatString())
		}
		for j := range len(t.exp) {
			switch e := t.exp[j]; {
			case e == 1:
				factors = append(factors, fmt.Sprintf("x%d", j))
			case e > 1:
				factors = append(factors, fmt.Sprintf("x%d^%d", j, e))
			}
		}
		b.WriteString(strings.Join(factors, " "))
	}
	return b.String()
}

// Equal reports whether p and q are the same polynomial in as many variables.
func (p Polynomial) Equal(q Polynomial) bool {
	return p.dim == q.dim && slices.EqualFunc(p.terms, q.terms, func(s, t term) bool {
		return s.exp == t.exp && s.coef.Cmp(t.coef) == 0
	})
}

// MarshalJSON returns the list of terms, such as [{"coef":"-1/2","exp":[0,2]}]. The
// error wraps ErrNumber if a coefficient has too many digits to be read again.
func (p Polynomial) MarshalJSON() ([]byte, error) {
	e := encoder{}
	return e.marshal(e.terms("", p, p.dim))
}

// UnmarshalJSON reads a list of terms, all with as many exponents as the first. The
// error is as for ParseLandscape.
func (p *Polynomial) UnmarshalJSON(data []byte) error {
	raw, err := document(data)
	if err != nil {
		return within("", err)
	}
	items, err := list(raw, MaxTerms)
	if err != nil || len(items) == 0 {
		*p = Polynomial{}
		return within("", err)
	}
	var first wireTerm
	if err := object(items[0], &first); err != nil {
		return within("[0]", err)
	}
	exp, err := integers(first.Exp, MaxVariables)
	if err == nil {
		err = checkTerms(len(exp), len(items))
	}
	if err != nil {
		return within("[0].exp", err)
	}
	read, err := newDecoder().polynomial(raw, len(exp), 0)
	if err != nil {
		return within("", err)
	}
	*p = read
	return nil
}

// Add returns p + q. The error wraps ErrShape unless they have as many variables, and
// ErrTooLarge if the sum has more than MaxTerms terms.
func (p Polynomial) Add(q Polynomial) (Polynomial, error) {
	if p.dim != q.dim {
		return Polynomial{}, within("", fmt.Errorf("add polynomials in %d and %d variables: %w", p.dim, q.dim, ErrShape))
	}
	sum := make(map[string]*big.Rat, len(p.terms)+len(q.terms))
	for _, t := range p.terms {
		sum[t.exp] = rational.Clone(t.coef)
	}
	for _, t := range q.terms {
		accumulate(sum, t.exp, rational.Clone(t.coef))
	}
	terms := collect(sum)
	if len(terms) > MaxTerms {
		return Polynomial{}, within("", checkTerms(p.dim, len(terms)))
	}
	return Polynomial{p.dim, terms}, nil
}

// Scale returns c·p.
func (p Polynomial) Scale(c *big.Rat) Polynomial {
	if c.Sign() == 0 {
		return Polynomial{dim: p.dim}
	}
	terms := make([]term, len(p.terms))
	for i, t := range p.terms {
		terms[i] = term{t.exp, new(big.Rat).Mul(c, t.coef)}
	}
	return Polynomial{p.dim, terms}
}

// Mul returns p·q. The error wraps ErrShape unless they have as many variables, and
// ErrTooLarge if the product exceeds MaxDegree or MaxTerms, or if more than 2^26
// products of terms would go into it.
func (p Polynomial) Mul(q Polynomial) (Polynomial, error) {
	if p.dim != q.dim {
		return Polynomial{}, within("", fmt.Errorf("multiply polynomials in %d and %d variables: %w", p.dim, q.dim, ErrShape))
	}
	if d := p.Degree() + q.Degree(); d > MaxDegree {
		return Polynomial{}, within("", fmt.Errorf("a product of degree %d, above %d: %w", d, MaxDegree, ErrTooLarge))
	}
	terms, err := mulTerms(p.terms, q.terms)
	if err != nil {
		return Polynomial{}, within("", err)
	}
	return Polynomial{p.dim, terms}, nil
}

// mulTerms returns the product of sums of terms whose degrees add up to at most 255.
func mulTerms(a, b []term) ([]term, error) {
	if len(b) > 0 && len(a) > maxProducts/len(b) {
		return nil, fmt.Errorf("a product of %d terms and %d: %w", len(a), len(b), ErrTooLarge)
	}
	sum := make(map[string]*big.Rat)
	for _, s := range a {
		for _, t := range b {
			exp := []byte(s.exp)
			for i := range exp {
				exp[i] += t.exp[i]
			}
			accumulate(sum, string(exp), new(big.Rat).Mul(s.coef, t.coef))
		}
		if len(sum) > MaxTerms {
			return nil, fmt.Errorf("a product of more than %d terms: %w", MaxTerms, ErrTooLarge)
		}
	}
	return collect(sum), nil
}
