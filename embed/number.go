package embed

import (
	"math/big"
	"math/bits"
)

// Numbers adds and multiplies the integers of one representation.
type numbers[T any] interface {
	add(a, b T) T
	mul(a, b T) T
	isZero(a T) bool
}

// Machine words, checked: once a result does not fit, overflow is set, results mean
// nothing, and the caller must start over with bigs.
type words struct{ overflow *bool }

func (w words) add(a, b int64) int64 {
	sum := a + b
	if (a >= 0) == (b >= 0) && (sum >= 0) != (a >= 0) {
		*w.overflow = true
	}
	return sum
}

func (w words) mul(a, b int64) int64 {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high != 0 || low > 1<<63-1 {
		*w.overflow = true
	}
	return a * b
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

func (words) isZero(a int64) bool { return a == 0 }

// Bigs are integers of any size, none of which is ever changed.
type bigs struct{}

func (bigs) add(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }
func (bigs) mul(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
func (bigs) isZero(a *big.Int) bool     { return a.Sign() == 0 }
