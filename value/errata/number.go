package errata

import (
	"math/big"
	"strings"
)

// frac returns the number p/q.
func frac(p, q int64) *big.Rat { return big.NewRat(p, q) }

func sum(list ...*big.Rat) *big.Rat {
	total := new(big.Rat)
	for _, x := range list {
		total.Add(total, x)
	}
	return total
}

func product(list ...*big.Rat) *big.Rat {
	total := frac(1, 1)
	for _, x := range list {
		total.Mul(total, x)
	}
	return total
}

func minus(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }

// falling returns n (n−1) ⋯ (n−k+1) = n!/(n−k)!.
func falling(n, k int) *big.Rat {
	total := frac(1, 1)
	for i := range k {
		total.Mul(total, frac(int64(n-i), 1))
	}
	return total
}

// number writes x for a sentence.
func number(x *big.Rat) string {
	return strings.ReplaceAll(x.RatString(), "-", "−")
}
