package divdiff

// Join returns 1 − Π_i (1 − δ_i), the delta of the product of the points a_i = 1 − δ_i: of
// two, δ_1 + δ_2 − δ_1 δ_2. It is what several edges that are alive at the same
// time decay by together, and the delta to give to [Power] for them. Join() is 0, the
// delta of the empty product, and a delta of 1 yields 1.
//
// The relative error is below 2⁻⁵² for deltas in [0, 2], so |a_i| ≤ 1, however small they
// or their distances from 2 are; but where an odd number of points is negative, the product
// is near −1 and its delta near 2, the distance from 2 is lost in the rounding to a float64.
// With other deltas the parts of a sum may cancel, and the absolute error is below
// 2⁻⁵² |result| + 2⁻⁹⁰ Π_i (1 + |δ_i|). The result is NaN if a delta is, or if a product is
// of zero with infinity.
func Join(deltas ...float64) float64 {
	// With 1 − d_i = |a_i| the parts of d + d_i (1 − d) have one sign for all d_i in [0, 1].
	gap, product, negative, zero, finite := double{}, 1.0, false, false, true
	for _, delta := range deltas {
		p := newPoint(delta)
		zero = zero || delta == 1
		finite = finite && isFinite(delta)
		gap = gap.add(p.gap.mul(one.sub(gap)))
		product *= 1 - delta
		negative = negative != p.negative
	}
	if zero && finite {
		return 1
	}
	if negative {
		gap = double{hi: 2}.sub(gap)
	}
	if !isFinite(gap.hi) || !isFinite(gap.lo) {
		return 1 - product
	}
	return gap.hi
}
