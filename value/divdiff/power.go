package divdiff

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Power returns the divided difference of x^T, T = steps, at the points a_j = 1 − δ_j,
//
//	[a_0, …, a_k] x^T = h_{T−k}(a_0, …, a_k) = Σ_{0 ≤ t_1 < … < t_k < T} Π_j a_j^{gap_j},
//
// for the given deltas δ_0, …, δ_k in any order, equal or not. It is 0 if T < k, 1 if
// T = k, and C(T, k) if every δ_j is 0; with one delta it is (1−δ)^T, with δ and 0 it is
// the geometric sum (1 − (1−δ)^T)/δ. As T → ∞ it tends to 1/Π_{j≥1} δ_j when δ_0 = 0 and
// the other points are inside (−1, 1).
//
// The deltas are taken as exact. If all are at most 1, as in a descent that does not
// overshoot, every term of the sum is non-negative and the relative error of the result is
// below 10 (k+1) (1 + log₂ T) 2⁻⁵³, and measured below 2·10⁻¹⁴ up to k = 12 and T = 10⁹.
// The same holds if all are at least 1. If the points a_j have both signs the sum has
// terms of both signs too; these are added with 100 bits, so that the error is at most
// 2⁻⁵¹ |result| + 2⁻⁸⁵ h_{T−k}(|a_0|, …, |a_k|). Deltas below 0 or above 2, the |a_j| > 1
// of a descent that diverges, have the same bounds. For T > k the result overflows to an
// infinity, or falls to zero or to a subnormal number of fewer digits, only if the exact
// one does.
//
// The cost is some k³ log₂(T)/6 multiplications and k log₂(T) exponentials, and several
// times as much for points of both signs. The error wraps ErrSteps, ErrNoPoints, ErrPoint
// if a delta is infinite or not a number, and ErrTooLarge if T > k and 2¹⁰⁰⁰ is less than
// C(T, i) for some i ≤ k: it takes k = 39 for that at T = 10⁹, and k = 17 at the largest T
// there is.
//
// Source: P §3 and §B.5; see the package comment.
func Power(steps int64, deltas ...float64) (float64, error) {
	if steps < 0 {
		return 0, fmt.Errorf("divdiff: power %d: %w", steps, ErrSteps)
	}
	if len(deltas) == 0 {
		return 0, fmt.Errorf("divdiff: power %d: %w", steps, ErrNoPoints)
	}
	for i, delta := range deltas {
		if !isFinite(delta) {
			return 0, fmt.Errorf("divdiff: power %d: delta %d is %v: %w", steps, i, delta, ErrPoint)
		}
	}
	k := len(deltas) - 1
	if steps < int64(k) {
		return 0, nil
	}
	if steps == int64(k) {
		return 1, nil
	}
	if binomialExceeds(steps, k, 0x1p1000) {
		return 0, fmt.Errorf("divdiff: power %d at %d points: %w", steps, len(deltas), ErrTooLarge)
	}
	degree := steps - int64(k)

	// Divide all points by the largest, ρ = 1 − least. Then h_{T−k} ≥ 1, because one of
	// its terms is 1, and what is left is a factor ρ^{T−k}.
	var buffer [smallSize]point
	points := buffer[:0]
	for _, delta := range deltas {
		points = append(points, newPoint(delta))
	}
	slices.SortFunc(points, comparePoints) // so that the order of deltas changes no bit
	least, largest := points[0].gap, points[0].size
	if largest.hi == 0 {
		return 0, nil
	}
	var positive, negative bool
	for i := range points {
		p := &points[i]
		p.gap, p.size = p.gap.sub(least).quo(largest), p.size.quo(largest)
		if p.size.hi != 0 {
			positive = positive || !p.negative
			negative = negative || p.negative
		}
	}

	var result scaled
	switch {
	case !negative:
		result.mant = powerOneSign(steps, points)
	case !positive:
		result.mant = powerOneSign(steps, points)
		if degree%2 == 1 {
			result.mant = -result.mant
		}
	default:
		result.mant = powerTwoSigns(steps, points)
	}
	return result.mul(powerOf(largest, least, degree)).float64(), nil
}

// SmallSize is the number of points up to which nothing is allocated.
const smallSize = 13

// A point is the number a = ±size, with gap = 1 − size.
type point struct {
	size, gap double
	negative  bool
}

// NewPoint returns 1 − delta. Both halves are exact: 1 − δ is the sum of two float64s,
// and so is 2 − δ, the distance of δ − 1 from 1.
func newPoint(delta float64) point {
	if delta <= 1 {
		return point{twoSum(1, -delta), double{hi: delta}, false}
	}
	return point{twoSum(delta, -1), twoSum(2, -delta), true}
}

// ComparePoints orders points by decreasing size, the positive of two opposite ones first.
func comparePoints(p, q point) int {
	switch {
	case p.gap.less(q.gap):
		return -1
	case q.gap.less(p.gap):
		return +1
	case p.negative == q.negative:
		return 0
	case q.negative:
		return -1
	default:
		return +1
	}
}

// PowerOneSign returns h_{T−k} of the sizes, which decrease from 1.
//
// Let A have the sizes a_0 = 1, …, a_k on its diagonal, ones above it and zeros elsewhere.
// A walk from i to j in m steps either stays where it is or moves one up, so
//
//	A^m[i][j] = h_{m−(j−i)}(a_i, …, a_j),
//
// and what is wanted is A^T[0][k]. The bits of T, highest first, say how to get there from
// A by A^m ↦ A^2m and A^m ↦ A^(m+1):
//
//	A^2m[i][j] = (A^m[i][i] + A^m[j][j]) A^m[i][j] + Σ_{i<l<j} A^m[i][l] A^m[l][j]
//	A^(m+1)[i][j] = a_i A^m[i][j] + A^m[i+1][j].
//
// Error. Write u = 2⁻⁵³ and let an entry j−i = d > 0 above the diagonal have relative error
// at most d·x, to first order in u, and the diagonal entries at most y. No term is negative,
// so a squaring makes the error at most the largest among its terms plus the roundings,
//
//	max(y + d·x, l·x + (d−l)·x) + (d + 1) u ≤ d·(x + y + 2u),
//
// and a step adds at most 3u more. After p = ⌊log₂ T⌋ of each, starting from ones above the
// diagonal that are exact, the error of A^T[0][k] is at most k·p·(y + 5u). All hinges on y,
// therefore: diagonal entries must not be squared again and again, for each time their
// errors double.
//
// They are exp(−m·c_j) with c_j = −log(a_j) instead, found from 1 − a_j by log1p, and their
// squares serve in the step that may follow a squaring, no longer. The exponential itself
// adds 2u. Rounding its argument m·c_j =: x_m adds x_m u, which is not bounded by a constant;
// but a term that contains exp(−x_m) is small itself when x_m is large. Precisely, let N_j
// be the mean number of steps that a walk from 0 to k spends at j, walks being weighted by
// the products of their sizes: N_j = a_j ∂h/∂a_j / h for the result h. At most N_j/m of
// the T/m blocks of m steps are spent at j entirely on average, so an error x_m u of the
// m-th power of a_j is at most an error x_m u N_j/m = c_j N_j u of the result. Because of
//
//	(1 − a_j) ∂h_n/∂a_j = (1 − a_j) h_{n−1}(a_0, …, a_k, a_j)
//	                    = h_n(a_0, …, a_k) − h_n(a_j, a_1, …, a_k) ≤ h_n,
//
// the recurrence of divided differences with a_0 = 1, and c_j a_j ≤ 1 − a_j, this is at
// most u per point and doubling, so that y = 3u. By the same inequality the roundings of
// 1 − a_j, by u, and of c_j, by 2u, cost at most another 3u per point. In all the relative
// error is at most k·p·8u + 3k·u.
//
// Underflow of small entries is harmless: the result is at least 1 and no entry exceeds
// C(T, i) ≤ 2¹⁰⁰⁰ for some i ≤ k.
func powerOneSign(steps int64, points []point) float64 {
	n := len(points)
	k := n - 1
	if k == 0 {
		return 1
	}
	var buffer [smallSize * smallSize]float64
	matrix := newMatrix(buffer[:], n)
	var sizeBuffer, decayBuffer [smallSize]float64
	sizes, decays := sizeBuffer[:0], decayBuffer[:0]
	for i, p := range points {
		sizes = append(sizes, p.size.hi)
		decays = append(decays, math.Log1p(-p.gap.hi))
		matrix[i*n+i] = p.size.hi
		if i < k {
			matrix[i*n+i+1] = 1
		}
	}
	for bit := topBit(steps) >> 1; bit > 0; bit >>= 1 {
		square(matrix, n)
		if steps&bit != 0 {
			for i := range n {
				for j := i + 1; j < n; j++ {
					matrix[i*n+j] = sizes[i]*matrix[i*n+j] + matrix[(i+1)*n+j]
				}
			}
		}
		m := float64(steps / bit)
		for i, decay := range decays {
			matrix[i*n+i] = math.Exp(m * decay)
		}
	}
	return matrix[k]
}

// NewMatrix returns a zero n×n matrix, in the given array if it is large enough.
func newMatrix(array []float64, n int) []float64 {
	if n*n <= len(array) {
		return array[:n*n]
	}
	return make([]float64, n*n)
}

// Square replaces an upper triangular n×n matrix by its square.
func square(matrix []float64, n int) {
	// In this order what an entry depends on, to its left and below it, is still old.
	for i := range n {
		row := matrix[i*n : i*n+n]
		for j := n - 1; j > i; j-- {
			sum := row[j] * (row[i] + matrix[j*n+j])
			for l := i + 1; l < j; l++ {
				sum += row[l] * matrix[l*n+j]
			}
			row[j] = sum
		}
		row[i] *= row[i]
	}
}

// PowerTwoSigns returns h_{T−k} of the points, of which the first has size 1 and no other
// a larger one. It does what powerOneSign does, with doubles throughout.
//
// The bound is the same, relative to the sum of absolute values and with a unit of 2⁻¹⁰²:
// as k·log₂ T < 2¹⁴ for all that binomialExceeds lets pass, it is below 2⁻⁸⁵. The diagonal
// has relative errors of up to 2⁻⁸⁶ in its least entries, but of a few 2⁻¹⁰⁴ in those that
// are of order 1.
func powerTwoSigns(steps int64, points []point) float64 {
	n := len(points)
	k := n - 1
	var buffer [smallSize * smallSize]double
	matrix := buffer[:]
	if n*n > len(matrix) {
		matrix = make([]double, n*n)
	}
	var diagonalBuffer [smallSize]running
	diagonal := diagonalBuffer[:0]
	entry := func(i int, m int64) double {
		value := diagonal[i].unscaled()
		if points[i].negative && m%2 == 1 {
			return value.neg()
		}
		return value
	}
	for i, p := range points {
		diagonal = append(diagonal, newRunning(p.size, p.gap))
		matrix[i*n+i] = entry(i, 1)
		if i < k {
			matrix[i*n+i+1] = one
		}
	}
	for bit := topBit(steps) >> 1; bit > 0; bit >>= 1 {
		for i := range n {
			for j := n - 1; j > i; j-- {
				sum := matrix[i*n+j].mul(matrix[i*n+i].add(matrix[j*n+j]))
				for l := i + 1; l < j; l++ {
					sum = sum.add(matrix[i*n+l].mul(matrix[l*n+j]))
				}
				matrix[i*n+j] = sum
			}
			diagonal[i].double()
		}
		// The diagonal is needed at 2m for the step, and after it at 2m+1.
		m := steps / bit
		for i := range n {
			matrix[i*n+i] = entry(i, m&^1)
		}
		if m%2 == 0 {
			continue
		}
		for i := range n {
			size := points[i].size
			if points[i].negative {
				size = size.neg()
			}
			for j := i + 1; j < n; j++ {
				matrix[i*n+j] = matrix[i*n+j].mul(size).add(matrix[(i+1)*n+j])
			}
			diagonal[i].next()
			matrix[i*n+i] = entry(i, m)
		}
	}
	return matrix[k].hi
}

// BinomialExceeds reports whether C(n, i) > limit for some i ≤ k, for 0 ≤ k ≤ n.
func binomialExceeds(n int64, k int, limit float64) bool {
	c := 1.0
	for i := int64(1); i <= min(int64(k), n/2); i++ {
		c *= float64(n-i+1) / float64(i)
		if c > limit {
			return true
		}
	}
	return false
}

// TopBit returns the largest power of two that is at most n, for n > 0.
func topBit(n int64) int64 { return 1 << (bits.Len64(uint64(n)) - 1) }

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
