package divdiff

import (
	"fmt"
	"math"
	"slices"
)

// Exp returns the divided difference of x ↦ exp(Tx), T = time, at the points −s_j,
//
//	[−s_0, …, −s_k] exp(Tx) = ∫_{0 < t_1 < … < t_k < T} exp(−Σ_j s_j (t_{j+1} − t_j)) dt,
//
// with t_0 = 0 and t_{k+1} = T, for the given rates s_0, …, s_k in any order, equal or not.
// It is T^k/k! if every rate is 0; with one rate it is exp(−sT), with s and 0 it is
// (1 − exp(−sT))/s. As T → ∞ it tends to 1/Π_{j≥1} s_j when s_0 = 0 and the other rates are
// positive. It is the limit of η^k [Power] with T/η steps and deltas η·s_j as η → 0.
//
// Rates may be negative; times and rates are taken as exact. The integrand is positive, and
// the relative error of the result is below (k+1) (20 + 5p) 2⁻⁵³, where 2^p is the least
// power of two above T times the largest difference of rates, or 1; it is measured below
// 10⁻¹⁴ up to k = 12 and T·s = 10⁶. For T > 0 the result overflows to infinity, or falls to
// zero or to a subnormal number of fewer digits, only if the exact one does.
//
// The cost is k³ p/6 multiplications, after some 10 k² more. The error wraps ErrTime if
// T is negative, infinite or not a number, ErrNoPoints, ErrPoint if a rate is infinite or
// not a number, and ErrTooLarge if k·p > 900 or k > 64: with k = 12, T times a
// difference of rates may be 10²².
//
// Source: P §3, Remark 2; see the package comment.
func Exp(time float64, rates ...float64) (float64, error) {
	if !(time >= 0) || !isFinite(time) {
		return 0, fmt.Errorf("divdiff: exponential at time %v: %w", time, ErrTime)
	}
	if len(rates) == 0 {
		return 0, fmt.Errorf("divdiff: exponential: %w", ErrNoPoints)
	}
	for i, rate := range rates {
		if !isFinite(rate) {
			return 0, fmt.Errorf("divdiff: exponential: rate %d is %v: %w", i, rate, ErrPoint)
		}
	}
	k := len(rates) - 1
	switch {
	case k == 0:
		return expOf(twoProduct(-time, rates[0])).float64(), nil
	case time == 0:
		return 0, nil
	}
	var buffer [smallSize]float64
	decays := append(buffer[:0], rates...)
	slices.Sort(decays) // so that the order of rates changes no bit
	least := decays[0]
	for i := range decays {
		decays[i] = time * (decays[i] - least)
	}
	p := 0
	if spread := decays[k]; spread > 1 {
		// Infinity, which Frexp would pass, is not below it.
		if !(spread <= math.MaxFloat64) {
			return 0, fmt.Errorf("divdiff: exponential at %d points: %w", len(rates), ErrTooLarge)
		}
		_, p = math.Frexp(spread)
	}
	if k > 64 || k*p > 900 {
		return 0, fmt.Errorf("divdiff: exponential at %d points: %w", len(rates), ErrTooLarge)
	}

	result := scaled{expDecays(decays, p), int64(-p * k)}
	result = result.mul(powerOf(twoSum(time, 0), twoSum(1, -time), int64(k)))
	return result.mul(expOf(twoProduct(-time, least))).float64(), nil
}

// ExpDecays returns 2^(pk) times the divided difference of e^x at the points −z_j, for z
// that increase from 0 to at most 2^p.
//
// Let A have the numbers −z_j/2^p on its diagonal and ones above it. Then
//
//	exp(mA)[i][j] = m^(j−i) [−m z_i/2^p, …, −m z_j/2^p] exp,
//
// all of them positive. They are summed as power series for m = 1 and follow by squaring
// for m = 2, 4, …, 2^p, with diagonals that are computed anew each time. By the argument of
// powerOneSign a squaring adds k·(y + 2u) to the relative error, u = 2⁻⁵³, where y is that
// of math.Exp, below 2u: the arguments are exact multiples of z_j. The series have errors
// below (2d + 12) u at d points besides the first. The roundings of z_j itself are
// harmless: for the result F, a positive function that decreases with all z,
//
//	−z_j ∂F/∂z_j = z_j F(0, z_1, …, z_k, z_j) = F(0, z_1, …, z_k) − F(z_j, z_1, …, z_k) ≤ F,
//
// so that relative errors of 2u in each z_j make one of at most 2k·u in F.
func expDecays(decays []float64, p int) float64 {
	n := len(decays)
	k := n - 1
	for i := range decays {
		decays[i] = math.Ldexp(decays[i], -p)
	}
	var buffer, termBuffer [smallSize * smallSize]float64
	matrix, term := newMatrix(buffer[:], n), newMatrix(termBuffer[:], n)
	expSeries(matrix, term, decays)
	for m := 1.0; p > 0; p-- {
		square(matrix, n)
		m *= 2
		for i, decay := range decays {
			matrix[i*n+i] = math.Exp(-m * decay)
		}
	}
	return matrix[k]
}

// ExpSeries sets the entries i ≤ j of matrix to the divided differences of e^x at the
// points −z_i, …, −z_j, for z that increase from 0 to at most 1. Term is for its own use.
//
// With x_j = z_k − z_j in [0, 1], so that no power is negative, it is
//
//	e^(−z_k) Σ_r h_r(x_i, …, x_j)/(r + j − i)!.
//
// The r-th term is at most 1/r! times the first. Rounding x_j by 2⁻⁵³ multiplies the
// result by at most 1 ± 2⁻⁵³.
func expSeries(matrix, term, decays []float64) {
	n := len(decays)
	largest := decays[n-1]
	for i := range n {
		term[i*n+i] = 1
		for j := i + 1; j < n; j++ {
			term[i*n+j] = term[i*n+j-1] / float64(j-i)
		}
	}
	copy(matrix, term)
	// 1/20! is below 2⁻⁶¹, and so is the rest of the series.
	bound := 1.0
	for r := 1; r < 20 && bound > 0x1p-60; r++ {
		bound *= largest / float64(r)
		for i := range n {
			below := 0.0
			for j := i; j < n; j++ {
				x := largest - decays[j]
				below = (below + x*term[i*n+j]) / float64(r+j-i)
				term[i*n+j] = below
				matrix[i*n+j] += below
			}
		}
	}
	scale := math.Exp(-largest)
	for i := range n {
		matrix[i*n+i] = math.Exp(-decays[i])
		for j := i + 1; j < n; j++ {
			matrix[i*n+j] *= scale
		}
	}
}
