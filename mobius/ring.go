package mobius

import "math/big"

// A Ring is a commutative ring with one, whose elements are values of type T.
//
// Elements are immutable: an operation returns a fresh element or an operand
// unchanged, and never writes to an operand. So pointers such as *big.Rat may be
// shared freely between the elements of a table.
type Ring[T any] interface {
	Add(a, b T) T
	Mul(a, b T) T
	// Int returns n times one; Int(0) is zero.
	Int(n *big.Int) T
}

// An Algebra is a Ring that contains the rational numbers.
type Algebra[T any] interface {
	Ring[T]
	// Rat returns q times one.
	Rat(q *big.Rat) T
}

// Float64 is the Algebra of float64 numbers, rounded once per operation.
type Float64 struct{}

var _ Algebra[float64] = Float64{}

// Add returns a + b.
func (Float64) Add(a, b float64) float64 { return a + b }

// Mul returns a · b.
func (Float64) Mul(a, b float64) float64 { return a * b }

// Int returns the float64 nearest to n.
func (Float64) Int(n *big.Int) float64 { x, _ := new(big.Float).SetInt(n).Float64(); return x }

// Rat returns the float64 nearest to q.
func (Float64) Rat(q *big.Rat) float64 { x, _ := q.Float64(); return x }

// Rational is the Algebra of exact rational numbers.
type Rational struct{}

var _ Algebra[*big.Rat] = Rational{}

// Add returns a + b.
func (Rational) Add(a, b *big.Rat) *big.Rat {
	switch {
	case a.Sign() == 0:
		return b
	case b.Sign() == 0:
		return a
	}
	return new(big.Rat).Add(a, b)
}

// Mul returns a · b.
func (Rational) Mul(a, b *big.Rat) *big.Rat {
	switch {
	case a.Sign() == 0:
		return a
	case b.Sign() == 0:
		return b
	}
	return new(big.Rat).Mul(a, b)
}

// Int returns n.
func (Rational) Int(n *big.Int) *big.Rat { return new(big.Rat).SetInt(n) }

// Rat returns q itself.
func (Rational) Rat(q *big.Rat) *big.Rat { return q }
