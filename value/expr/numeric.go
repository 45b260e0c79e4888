package expr

import "math"

// The functions of this file do not depend on the rest of the package: the source that
// GoFile writes holds a copy of them.

// pow1 returns (1−delta)^n.
func pow1(delta, n float64) float64 {
	if math.Abs(delta) < 0.5 {
		return math.Exp(n * math.Log1p(-delta))
	}
	return math.Pow(1-delta, n)
}

// join returns 1 − Π (1−δ_j).
func join(deltas ...float64) float64 {
	total := 0.0
	for _, delta := range deltas {
		total += delta * (1 - total)
	}
	return total
}

// dd returns [a_0, …, a_k] x^n at the points a_j = 1 − δ_j, and NaN unless n is
// an integer ≥ 0. It raises the bidiagonal matrix with the points on the diagonal and ones
// above to the power n by squaring (Opitz), and keeps the diagonal at the powers of the
// points. If no point is negative, nothing cancels.
func dd(n float64, deltas ...float64) float64 {
	k := len(deltas) - 1
	if n < 0 || n != math.Floor(n) || n > 1<<53 {
		return math.NaN()
	}
	if n < float64(k) {
		return 0
	}
	steps := uint64(n)
	x := triangle(k + 1)
	done := uint64(0) // x is the power done
	set := func() {
		for i, delta := range deltas {
			x[i][i] = pow1(delta, float64(done))
		}
	}
	set()
	for bit := uint64(1) << 53; bit > 0; bit >>= 1 {
		if done > 0 {
			square(x)
			done *= 2
			set()
		}
		if steps&bit != 0 {
			// Times the bidiagonal matrix, from the right.
			for i := range x {
				for j := k; j > i; j-- {
					x[i][j] = x[i][j]*(1-deltas[j]) + x[i][j-1]
				}
			}
			done++
			set()
		}
	}
	return x[0][k]
}

// ddexp returns [a_0, …, a_k] e^{tx} at the points: an entry of the exponential of the
// bidiagonal matrix, by scaling and squaring. The diagonal is kept at the exponentials of
// the points, and nothing cancels in the squarings.
func ddexp(t float64, points ...float64) float64 {
	k := len(points) - 1
	least, greatest := points[0], points[0]
	for _, a := range points {
		least, greatest = math.Min(least, a), math.Max(greatest, a)
	}
	spread := math.Abs(t) * (greatest - least)
	if math.IsNaN(spread) || math.IsInf(spread, 0) {
		return math.NaN()
	}
	squarings := 0
	for ; spread > 0.5; spread /= 2 {
		squarings++
	}
	t = math.Ldexp(t, -squarings)
	center := least + (greatest-least)/2

	// Σ_j of t^j/j! times the j-th power of the matrix less center.
	x, p := triangle(k+1), triangle(k+1)
	for i := range p {
		p[i][i], x[i][i] = 1, 1
	}
	for n := 1; n < k+22; n++ {
		for i := range p {
			for j := k; j >= i; j-- {
				v := p[i][j] * (points[j] - center)
				if j > i {
					v += p[i][j-1]
				}
				p[i][j] = v * t / float64(n)
				x[i][j] += p[i][j]
			}
		}
	}
	factor := math.Exp(t * center)
	for i := range x {
		for j := range x[i] {
			x[i][j] *= factor
		}
		x[i][i] = math.Exp(t * points[i])
	}
	for range squarings {
		square(x)
		t *= 2
		for i := range x {
			x[i][i] = math.Exp(t * points[i])
		}
	}
	return x[0][k]
}

// triangle returns the zero matrix of the size.
func triangle(size int) [][]float64 {
	x := make([][]float64, size)
	for i := range x {
		x[i] = make([]float64, size)
	}
	return x
}

// square squares an upper triangular matrix.
func square(x [][]float64) {
	for i := range x {
		// From the right, so that what is still needed is not yet overwritten: entry
		// (i, j) needs (i, m) and (m, j) for i ≤ m ≤ j.
		for j := len(x) - 1; j >= i; j-- {
			v := 0.0
			for m := i; m <= j; m++ {
				v += x[i][m] * x[m][j]
			}
			x[i][j] = v
		}
	}
}
