package divdiff_test

import (
	"math"
	"math/big"
	"slices"
)

// The oracles compute divided differences from their definition: Newton's table over the
// sorted points, with derivatives where points coincide, in as many bits as the
// differences cancel. They share no idea with the package.

// OraclePower returns [a_0, …, a_k] x^T at a_j = 1 − deltas_j, or at |a_j|.
func oraclePower(steps int64, deltas []float64, abs bool) *big.Float {
	if steps < int64(len(deltas)-1) {
		return new(big.Float) // the table would leave a residue of roundings
	}
	points := make([]*big.Float, len(deltas))
	for i, delta := range deltas {
		// 1 − δ is exact in 1200 bits for any δ that is not subnormal.
		points[i] = new(big.Float).SetPrec(1200).Sub(bigOne, big.NewFloat(delta))
		if abs {
			points[i].Abs(points[i])
		}
	}
	return newton(0, points, func(x *big.Float, prec uint) *big.Float {
		return powFloat(x, steps, prec)
	}, func(power, x *big.Float, r int) *big.Float {
		// The r-th derivative over r! is C(T, r) x^(T−r).
		prec := power.Prec()
		value := new(big.Float).SetPrec(prec).SetInt(new(big.Int).Binomial(steps, int64(r)))
		switch {
		case x.Sign() == 0 && int64(r) == steps:
			return value
		case x.Sign() == 0:
			return new(big.Float)
		}
		return value.Mul(value, power).Quo(value, powFloat(x, int64(r), prec))
	})
}

// OracleExp returns [−s_0, …, −s_k] exp(Tx).
func oracleExp(time float64, rates []float64) *big.Float {
	points := make([]*big.Float, len(rates))
	for i, rate := range rates {
		points[i] = big.NewFloat(-rate)
	}
	t := big.NewFloat(time)
	// The result is of order T^k, out of values near 1, when T is small.
	lost := max(0, -t.MantExp(nil)) * len(rates)
	return newton(uint(lost), points, func(x *big.Float, prec uint) *big.Float {
		return expFloat(new(big.Float).SetPrec(prec).Mul(t, x), prec)
	}, func(exp, x *big.Float, r int) *big.Float {
		// The r-th derivative over r! is T^r e^(Tx)/r!.
		value := new(big.Float).Mul(exp, powFloat(t, int64(r), exp.Prec()))
		return value.Quo(value, new(big.Float).SetInt(new(big.Int).MulRange(1, int64(r))))
	})
}

var bigOne = big.NewFloat(1)

// Newton returns the divided difference of a function at the points: value(x) is the
// function, and derivative(value(x), x, r) is its r-th derivative over r!. The result has
// some 300 bits, after a loss of the given number besides that from close points.
func newton(
	lost uint,
	points []*big.Float,
	value func(x *big.Float, prec uint) *big.Float,
	derivative func(value, x *big.Float, r int) *big.Float,
) *big.Float {
	slices.SortFunc(points, func(a, b *big.Float) int { return a.Cmp(b) })
	// Each column of the table loses at most the bits of the least difference in it, of
	// numbers near the largest point.
	prec := 400 + lost
	for order := 1; order < len(points); order++ {
		most := 0
		for i := range len(points) - order {
			gap := new(big.Float).Sub(points[i+order], points[i])
			if gap.Sign() != 0 {
				most = max(most, -gap.MantExp(nil))
			}
		}
		prec += uint(most) + 2
	}
	values := make([]*big.Float, len(points))
	for i, x := range points {
		if i > 0 && x.Cmp(points[i-1]) == 0 {
			values[i] = values[i-1]
			continue
		}
		values[i] = value(x, prec)
	}
	// Package big subtracts exactly before it rounds, which takes for ever next to e^(−10⁹).
	largest := math.MinInt
	for _, v := range values {
		if v.Sign() != 0 {
			largest = max(largest, v.MantExp(nil))
		}
	}
	for i, v := range values {
		if v.Sign() != 0 && v.MantExp(nil) < largest-2*int(prec) {
			values[i] = new(big.Float).SetPrec(prec)
		}
	}
	table := slices.Clone(values)
	for order := 1; order < len(points); order++ {
		for i := range len(points) - order {
			gap := new(big.Float).SetPrec(prec).Sub(points[i+order], points[i])
			if gap.Sign() == 0 {
				table[i] = derivative(values[i], points[i], order)
				continue
			}
			difference := new(big.Float).SetPrec(prec).Sub(table[i+1], table[i])
			table[i] = difference.Quo(difference, gap)
		}
	}
	return table[0]
}

func powFloat(x *big.Float, n int64, prec uint) *big.Float {
	result := new(big.Float).SetPrec(prec + 64).SetInt64(1)
	square := new(big.Float).SetPrec(prec + 64).Set(x)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result.Mul(result, square)
		}
		if n > 1 {
			square.Mul(square, square)
		}
	}
	return result.SetPrec(prec)
}

func expFloat(x *big.Float, prec uint) *big.Float {
	if x.Sign() == 0 {
		return new(big.Float).SetPrec(prec).SetInt64(1)
	}
	// Reduce x to below 2⁻³², sum the series, square back.
	halvings := max(0, x.MantExp(nil)+32)
	work := prec + uint(halvings) + 32
	reduced := new(big.Float).SetPrec(work).Set(x)
	reduced.SetMantExp(reduced, -halvings)
	sum := new(big.Float).SetPrec(work).SetInt64(1)
	term := new(big.Float).SetPrec(work).SetInt64(1)
	for n := int64(1); term.Sign() != 0 && term.MantExp(nil) > -int(work); n++ {
		term.Mul(term, reduced).Quo(term, new(big.Float).SetInt64(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum.SetPrec(prec)
}

// RelativeError returns |got − want| / scale; 0 if the two are the same float64, for then
// it is not larger than rounding makes it, in or out of range.
func relativeError(got float64, want, scale *big.Float) float64 {
	if nearest, _ := want.Float64(); got == nearest {
		return 0
	}
	if math.IsNaN(got) || math.IsInf(got, 0) || scale.Sign() == 0 {
		return math.Inf(1)
	}
	difference := new(big.Float).SetPrec(want.Prec()).Sub(big.NewFloat(got), want)
	ratio, _ := difference.Quo(difference.Abs(difference), scale).Float64()
	return ratio
}
