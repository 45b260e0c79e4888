package expr

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/perturb-go/perturb/internal/rational"
)

// An Expr is an expression in canonical form; see the package comment for what that
// is. It is immutable and may be shared between goroutines. The zero Expr is 0.
//
// Expressions are compared with Equal. Their text may key a map: equal expressions have
// equal text, and others do not.
type Expr struct {
	_ [0]func() // no ==, which would compare pointers
	s *sum
}

func (e Expr) sum() *sum {
	if e.s == nil {
		return zero
	}
	return e.s
}

func sums(list []Expr) []*sum {
	out := make([]*sum, len(list))
	for i, e := range list {
		out[i] = e.sum()
	}
	return out
}

// result makes an Expr of what an operation returned, saying which.
func result(s *sum, err error, what string, args ...any) (Expr, error) {
	if err != nil {
		return Expr{}, fmt.Errorf("expr: %s: %w", fmt.Sprintf(what, args...), err)
	}
	return Expr{s: s}, nil
}

// Must returns e, or panics if err is not nil. It is for literals:
// Must(Mul(Must(Scalar("η")), Must(G("μ")))).
func Must(e Expr, err error) Expr {
	if err != nil {
		panic(err)
	}
	return e
}

// Equal reports whether e and f are the same expression. Expressions with the same value
// may differ where a sum meets its own denominator; see the package comment.
func (e Expr) Equal(f Expr) bool { return e.sum().k == f.sum().k }

// Compare returns a negative number, 0 or a positive number as a comes before b, equals it
// or comes after it in a total order.
func Compare(a, b Expr) int { return strings.Compare(a.sum().k, b.sum().k) }

// IsZero reports whether e is 0.
func (e Expr) IsZero() bool { return len(e.sum().terms) == 0 }

// Constant returns the value of an expression that is a number, and whether it is one.
func (e Expr) Constant() (*big.Rat, bool) {
	q, ok := e.sum().constant()
	if !ok {
		return nil, false
	}
	return rational.Clone(q), true
}

// NumTerms returns the number of terms of the expanded sum.
func (e Expr) NumTerms() int { return len(e.sum().terms) }

// Free returns the free indices, sorted.
func (e Expr) Free() []string { return slices.Clone(e.sum().fr) }

// Scalars returns the names of the scalars that stand anywhere in e, sorted.
func (e Expr) Scalars() []string {
	found := map[string]bool{}
	walk(e.sum(), func(n node) {
		switch n := n.(type) {
		case *scalar:
			found[n.name] = true
		case *propagator:
			found[rate] = true
		}
	})
	return unique(keys(found))
}

// walk calls visit for all nodes of s.
func walk(s *sum, visit func(node)) {
	for _, t := range s.terms {
		for _, f := range t.factors {
			visit(f.node)
			switch n := f.node.(type) {
			case *inverse:
				walk(n.base, visit)
			case *power:
				walk(n.base, visit)
				walk(n.exponent, visit)
			case *exponential:
				walk(n.arg, visit)
			case *divided:
				walk(n.n, visit)
				for _, p := range n.points {
					walk(p, visit)
				}
			}
		}
	}
}

// Coefficient returns the coefficient of the given power of a scalar in the expanded
// sum: what the terms that have the scalar to just this power have besides. Scalars
// inside denominators, exponents, exponentials and divided differences do not count.
func (e Expr) Coefficient(name string, n int) (Expr, error) {
	if err := checkScalar(name); err != nil {
		return Expr{}, err
	}
	w := newWork()
	a := w.adder()
	key := newScalar(name).key()
	for _, t := range e.sum().terms {
		at := slices.IndexFunc(t.factors, func(f factor) bool { return f.node.key() == key })
		has := 0
		if at >= 0 {
			has = t.factors[at].power
		}
		if has != n {
			continue
		}
		if at >= 0 {
			t = newTerm(t.coef, slices.Delete(slices.Clone(t.factors), at, at+1), t.bound)
		}
		if err := a.addTerm(one, t); err != nil {
			return result(nil, err, "coefficient of %s^%d", name, n)
		}
	}
	s, err := a.sum()
	return result(s, err, "coefficient of %s^%d", name, n)
}

// Add returns the sum of the terms, 0 if there are none. The error wraps ErrLimit.
func Add(terms ...Expr) (Expr, error) {
	a := newWork().adder()
	for _, e := range terms {
		if err := a.addSum(one, e.sum()); err != nil {
			return result(nil, err, "sum of %d terms", len(terms))
		}
	}
	s, err := a.sum()
	return result(s, err, "sum of %d terms", len(terms))
}

// Sub returns a − b. The error wraps ErrLimit.
func Sub(a, b Expr) (Expr, error) {
	return Add(a, Neg(b))
}

// Neg returns −e.
func Neg(e Expr) Expr {
	s := e.sum()
	terms := slices.Clone(s.terms)
	var b strings.Builder
	for i := range terms {
		terms[i].coef = new(big.Rat).Neg(terms[i].coef)
		b.WriteString(terms[i].coef.RatString() + "*" + terms[i].k + "+")
	}
	return Expr{s: &sum{terms, b.String(), s.fr, s.h, s.d}}
}

// Mul returns the product of the factors, expanded; 1 if there are none. Free indices stay
// free even if they stand in several factors: Contract sums over these.
//
// The error wraps ErrLimit.
func Mul(factors ...Expr) (Expr, error) {
	s, err := newWork().product(sums(factors)...)
	return result(s, err, "product of %d factors", len(factors))
}

// Div returns a/b. The error wraps ErrDivision if b is 0, or ErrLimit.
func Div(a, b Expr) (Expr, error) {
	w := newWork()
	s, err := w.pow(b.sum(), -1)
	if err == nil {
		s, err = w.mul(a.sum(), s)
	}
	return result(s, err, "quotient")
}

// Pow returns e^n. The error wraps ErrDivision if e is 0 and n < 0, or ErrLimit.
func Pow(e Expr, n int) (Expr, error) {
	s, err := newWork().pow(e.sum(), n)
	return result(s, err, "power %d", n)
}

// Power returns base^exponent for an exponent that stands for an integer, such as the
// number of steps T. What is known of the exponent is split off: x^{T+1} becomes x·x^T, and
// is expanded.
//
// The error wraps ErrExponent if the exponent has a constant term that is no integer, or
// the base is a product with a δ, and ErrDivision or ErrLimit as that of Pow.
func Power(base, exponent Expr) (Expr, error) {
	s, err := newWork().power(base.sum(), exponent.sum())
	return result(s, err, "power")
}

// Exp returns exp(e). Products of exponentials are joined: exp(a)·exp(b) is exp(a + b).
// The error wraps ErrLimit.
func Exp(e Expr) (Expr, error) {
	s, err := newWork().exp(e.sum())
	return result(s, err, "exponential")
}

// DividedPower returns the divided difference [a_0, …, a_k] x^n at the points, in any order
// and equal or not: the sum over 0 ≤ t_1 < … < t_k < n of
// a_0^{t_1} a_1^{t_2−t_1−1} ⋯ a_k^{n−t_k−1} (P Theorem 1). It expands where n is a number.
//
// The error wraps ErrSyntax if there is no point, ErrExponent if n is a number but no
// integer ≥ 0, or ErrLimit.
func DividedPower(n Expr, points ...Expr) (Expr, error) {
	s, err := newWork().divided(false, n.sum(), sums(points))
	return result(s, err, "divided difference of a power")
}

// DividedExp returns the divided difference [a_0, …, a_k] e^{tx} at the points: the
// integral over 0 < t_1 < … < t_k < t of exp(a_0 t_1 + a_1 (t_2 − t_1) + … + a_k (t − t_k))
// (P Remark 2).
//
// The error wraps ErrSyntax if there is no point, or ErrLimit.
func DividedExp(t Expr, points ...Expr) (Expr, error) {
	s, err := newWork().divided(true, t.sum(), sums(points))
	return result(s, err, "divided difference of exp")
}

// Rename gives free indices other names, all at once. If two get one name, both mean the
// same from then on, and are not summed. The error wraps ErrName or ErrLimit.
func (e Expr) Rename(names map[string]string) (Expr, error) {
	m := renaming{}
	for old, name := range names {
		if err := checkIndex(name); err != nil {
			return Expr{}, err
		}
		if slices.Contains(e.sum().fr, old) {
			m[old] = name
		}
	}
	s, err := newWork().rename(e.sum(), m)
	return result(s, err, "rename")
}
