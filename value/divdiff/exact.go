package divdiff

import (
	"fmt"
	"math/big"
	"math/bits"
)

// The bounds on exact results keep them within seconds: the number of bits of the
// numerator or denominator, and the same times the number of products in a squaring.
const (
	maxBits = 1 << 20
	maxWork = 1 << 26
)

// PowerRat returns the divided difference of x^T, T = steps, at the given points,
//
//	[a_0, …, a_k] x^T = h_{T−k}(a_0, …, a_k),
//
// exactly, by the matrix powers that [Power] uses. It is 0 if T < k and C(T, k) if every
// point is 1. Unlike those of Power, points are a_j and not 1 − a_j. The result is new and
// the points are not changed.
//
// With a common denominator q of the points, and ℓ the bit length of q or of the longest
// q·a_j (but 0 if these are all 0 or ±1), the numbers involved have up to b = T·ℓ + k·log₂(T)
// bits, and the cost is some (k+1)³/6 products of such numbers and a greatest common
// divisor of two: a second at the most. The error wraps ErrSteps, ErrNoPoints, ErrPoint if
// a point is nil, and ErrTooLarge if b exceeds 2²⁰ or (b + 64)(k+1)(k+2)(k+3)/6 exceeds 2²⁶,
// as it does from T = 2²⁰ or before unless all points are 0 or ±1.
func PowerRat(steps int64, points []*big.Rat) (*big.Rat, error) {
	if steps < 0 {
		return nil, fmt.Errorf("divdiff: exact power %d: %w", steps, ErrSteps)
	}
	if len(points) == 0 {
		return nil, fmt.Errorf("divdiff: exact power %d: %w", steps, ErrNoPoints)
	}
	for i, point := range points {
		if point == nil {
			return nil, fmt.Errorf("divdiff: exact power %d: point %d is nil: %w", steps, i, ErrPoint)
		}
	}
	k := len(points) - 1
	if steps < int64(k) {
		return new(big.Rat), nil
	}
	numerators, denominator, ok := commonDenominator(points)
	if !ok || !affordable(steps, numerators, denominator) {
		return nil, fmt.Errorf("divdiff: exact power %d at %d points: %w", steps, len(points), ErrTooLarge)
	}
	numerator := powerInt(steps, numerators)
	degree := big.NewInt(steps - int64(k))
	return new(big.Rat).SetFrac(numerator, degree.Exp(denominator, degree, nil)), nil
}

// CommonDenominator returns integers p_j and q > 0 such that the points are p_j/q. It is
// not ok if q has too many bits for a power of any kind.
func commonDenominator(points []*big.Rat) (numerators []*big.Int, denominator *big.Int, ok bool) {
	q := big.NewInt(1)
	for _, point := range points {
		gcd := new(big.Int).GCD(nil, nil, q, point.Denom())
		q.Mul(q, gcd.Quo(point.Denom(), gcd))
		if q.BitLen() > maxBits {
			return nil, nil, false
		}
	}
	for _, point := range points {
		p := new(big.Int).Quo(q, point.Denom())
		numerators = append(numerators, p.Mul(p, point.Num()))
	}
	return numerators, q, true
}

// Affordable reports whether the power is within maxBits and maxWork.
func affordable(steps int64, numerators []*big.Int, denominator *big.Int) bool {
	length := 0
	if denominator.BitLen() > 1 {
		length = denominator.BitLen()
	}
	for _, p := range numerators {
		if p.CmpAbs(big.NewInt(1)) > 0 {
			length = max(length, p.BitLen())
		}
	}
	n := int64(len(numerators))
	if length > 0 && steps > maxBits/int64(length) || n > 1000 {
		return false
	}
	total := steps*int64(length) + (n-1)*int64(bits.Len64(uint64(steps)))
	return total <= maxBits && (total+64)*(n*(n+1)*(n+2)/6) <= maxWork
}

// PowerInt returns h_{T−k} of integers, as powerOneSign does.
func powerInt(steps int64, points []*big.Int) *big.Int {
	n := len(points)
	k := n - 1
	matrix := make([]*big.Int, n*n)
	for i := range n {
		for j := i; j < n; j++ {
			matrix[i*n+j] = new(big.Int)
		}
		matrix[i*n+i].SetInt64(1)
	}
	var product, sum big.Int
	// From the zeroth power on, as T may be 0.
	for bit := bits.Len64(uint64(steps)) - 1; bit >= 0; bit-- {
		for i := range n {
			for j := n - 1; j >= i; j-- {
				sum.SetInt64(0)
				for l := i; l <= j; l++ {
					sum.Add(&sum, product.Mul(matrix[i*n+l], matrix[l*n+j]))
				}
				matrix[i*n+j].Set(&sum)
			}
		}
		if steps>>bit&1 == 0 {
			continue
		}
		for i := range n {
			for j := i; j < n; j++ {
				matrix[i*n+j].Mul(matrix[i*n+j], points[i])
				if j > i {
					matrix[i*n+j].Add(matrix[i*n+j], matrix[(i+1)*n+j])
				}
			}
		}
	}
	return matrix[k]
}
