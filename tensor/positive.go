package tensor

import (
	"fmt"
	"math/big"
)

// maxMinor bounds the bits of a determinant by which a covariance is seen to be
// positive, and so the time that takes, to some seconds.
const maxMinor = 1 << 16

// components returns, for each row of a symmetric matrix, the first row that it is
// connected with by elements that are not zero.
func components(a [][]*big.Rat) []int {
	first := make([]int, len(a))
	for i, row := range a {
		first[i] = i
		for j, v := range row[:i] {
			if p, q := first[i], first[j]; v.Sign() != 0 && p != q {
				for k := range i + 1 {
					if first[k] == p || first[k] == q {
						first[k] = min(p, q)
					}
				}
			}
		}
	}
	return first
}

// checkPositive returns an error unless the symmetric matrix a is positive
// semidefinite.
func checkPositive(a [][]*big.Rat) error {
	members := make([][]int, len(a))
	for i, c := range components(a) {
		members[c] = append(members[c], i)
	}
	for _, rows := range members {
		scaled, bits := scaleToIntegers(a, rows)
		if len(rows)*bits > maxMinor {
			return fmt.Errorf("%d correlated coordinates with numbers of %d bits over a common denominator: %w", len(rows), bits, ErrTooLarge)
		}
		if i := negative(scaled); i >= 0 {
			return within(fmt.Sprintf("[%d]", rows[i]), fmt.Errorf("the coordinates up to this have a combination of negative variance: %w", ErrCovariance))
		}
	}
	return nil
}

// scaleToIntegers returns the submatrix of a with the given rows and columns, times a common
// denominator, and the bits of its largest element or of that denominator. Above
// maxMinor it stops short.
func scaleToIntegers(a [][]*big.Rat, rows []int) ([][]*big.Int, int) {
	denominator := big.NewInt(1)
	for _, i := range rows {
		for _, j := range rows {
			leastCommonMultiple(denominator, a[i][j].Denom())
			if bits := denominator.BitLen(); bits > maxMinor {
				return nil, bits
			}
		}
	}
	bits := denominator.BitLen()
	scaled := make([][]*big.Int, len(rows))
	for r, i := range rows {
		for _, j := range rows {
			v := new(big.Int).Quo(denominator, a[i][j].Denom())
			v.Mul(v, a[i][j].Num())
			scaled[r] = append(scaled[r], v)
			bits = max(bits, v.BitLen())
		}
	}
	return scaled, bits
}

// negative returns −1 if the symmetric matrix a is positive semidefinite, and else a
// row by which it is seen not to be. It overwrites a.
//
// It is LDLᵀ without fractions (Bareiss): the pivot of row i is d_i times the pivot
// before, and all elements are minors of a. A matrix that is positive semidefinite has
// no negative pivot, and only zeros in the row of a pivot zero.
func negative(a [][]*big.Int) int {
	before := big.NewInt(1)
	v := new(big.Int)
	for i, row := range a {
		pivot := row[i]
		if pivot.Sign() < 0 {
			return i
		}
		for j := i + 1; j < len(a); j++ {
			if pivot.Sign() == 0 {
				if row[j].Sign() != 0 {
					return j
				}
				continue
			}
			for k := j; k < len(a); k++ {
				a[j][k].Mul(a[j][k], pivot)
				a[j][k].Sub(a[j][k], v.Mul(row[j], row[k]))
				a[j][k].Quo(a[j][k], before)
			}
		}
		if pivot.Sign() > 0 {
			before = pivot
		}
	}
	return -1
}
