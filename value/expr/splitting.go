package expr

import (
	"math/big"
	"slices"
)

// splitting returns the numbers c_i for which a polynomial in η with rational coefficients is
// Π_i (1 − c_i η), or nil if there are none. The coefficients begin with that of η⁰, which
// is 1; the last is not 0.
//
// With L the common denominator, the L·c_i are the zeros of y^d + Σ_k a_k L^k y^{d−k}, and
// integers. Newton's iteration from above all of them goes down to the greatest and not
// beyond, where all are real.
func (w *work) splitting(coefficients []*big.Rat) ([]*big.Rat, error) {
	L := big.NewInt(1)
	for _, a := range coefficients {
		g := new(big.Int).GCD(nil, nil, L, a.Denom())
		L.Mul(L, new(big.Int).Quo(a.Denom(), g))
	}
	q := make([]*big.Int, len(coefficients)) // from the highest power of y
	power := big.NewInt(1)
	bits := 0
	for k, a := range coefficients {
		q[k] = new(big.Int).Mul(a.Num(), power)
		q[k].Quo(q[k], a.Denom())
		power = new(big.Int).Mul(power, L)
		if k > 0 {
			bits = max(bits, q[k].BitLen()/k+1)
		}
	}
	y := new(big.Int).Lsh(big.NewInt(1), uint(bits+1)) // 2·max |q_k|^{1/k} and more
	var zeros []*big.Rat
	for len(q) > 1 {
		if err := w.spend(len(q)); err != nil {
			return nil, err
		}
		quotient, value := horner(q, y)
		if value.Sign() == 0 {
			zeros = append(zeros, new(big.Rat).SetFrac(y, L))
			q = quotient
			continue
		}
		_, slope := horner(quotient, y)
		if value.Sign() < 0 || slope.Sign() <= 0 {
			return nil, nil
		}
		step := new(big.Int).Quo(value, slope)
		if step.Sign() == 0 {
			step.SetInt64(1)
		}
		y = new(big.Int).Sub(y, step)
	}
	return zeros, nil
}

// horner divides a polynomial, given from its highest power, by x − y: the rest is its
// value at y.
func horner(p []*big.Int, y *big.Int) (quotient []*big.Int, value *big.Int) {
	sums := make([]*big.Int, len(p))
	sums[0] = p[0]
	for i := range p[1:] {
		sums[i+1] = new(big.Int).Mul(sums[i], y)
		sums[i+1].Add(sums[i+1], p[i+1])
	}
	last := len(sums) - 1
	return slices.Clip(sums[:last]), sums[last]
}
