package expr

import (
	"fmt"
	"math/bits"
)

// An Algebra is a graded commutative algebra with a basis in which the product of two
// elements is one or zero: what Taylor coefficients are multiplied in. Element 0 is one.
type Algebra interface {
	// Len returns the number of basis elements.
	Len() int
	// Degree returns the degree of an element.
	Degree(s int) int
	// Product returns the product of two elements, or −1 if it is zero.
	Product(s, t int) int
}

// MaxDirections is the largest number of directions of Multilinear, and the largest
// order of Univariate.
const MaxDirections = 8

type univariate int

// Univariate returns R[ε]/ε^{k+1}, whose element s is ε^s. The coefficients of a function
// at x + εv are ∇^s f[v, …, v]/s!. The error wraps ErrUnsupported unless 0 ≤ k ≤
// MaxDirections.
func Univariate(k int) (Algebra, error) {
	if k < 0 || k > MaxDirections {
		return nil, fmt.Errorf("expr: jets of order %d: %w", k, ErrUnsupported)
	}
	return univariate(k), nil
}

func (k univariate) Len() int       { return int(k) + 1 }
func (univariate) Degree(s int) int { return s }

func (k univariate) Product(s, t int) int {
	if s+t > int(k) {
		return -1
	}
	return s + t
}

type multilinear int

// Multilinear returns R[ε_1, …, ε_m] with every ε_i² = 0. Element s is the product of
// those ε_i whose bit i−1 is set in s. The last coefficient of a function at
// x + Σ ε_i v_i is ∇^m f[v_1, …, v_m]. The error is as for Univariate.
func Multilinear(m int) (Algebra, error) {
	if m < 0 || m > MaxDirections {
		return nil, fmt.Errorf("expr: jets along %d directions: %w", m, ErrUnsupported)
	}
	return multilinear(m), nil
}

func (m multilinear) Len() int       { return 1 << m }
func (multilinear) Degree(s int) int { return bits.OnesCount(uint(s)) }

func (multilinear) Product(s, t int) int {
	if s&t != 0 {
		return -1
	}
	return s | t
}
