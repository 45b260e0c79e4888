package descent

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// A Series is a power series in η, truncated: element k is the coefficient of η^k.
type Series []*big.Rat

// Equal reports whether s and t have the same length and coefficients.
func (s Series) Equal(t Series) bool {
	return slices.EqualFunc(s, t, func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })
}

// Sum returns Σ_k s_k η^k.
func (s Series) Sum(eta *big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, coef := range slices.Backward(s) {
		sum.Add(sum.Mul(sum, eta), coef)
	}
	return sum
}

// String returns the coefficients in order, as in [1 -1/2 0].
func (s Series) String() string {
	var b strings.Builder
	for k, coef := range s {
		if k > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, coef.RatString())
	}
	return "[" + b.String() + "]"
}

// zero returns the series 0 with n coefficients.
func zero(n int) Series {
	s := make(Series, n)
	for k := range s {
		s[k] = new(big.Rat)
	}
	return s
}

// constant returns c + 0η + … with n coefficients.
func constant(c *big.Rat, n int) Series {
	s := zero(n)
	if n > 0 {
		s[0].Set(c)
	}
	return s
}

// addScaled adds c·t to s. Coefficients beyond the shorter of the two are left alone.
func (s Series) addScaled(c *big.Rat, t Series) {
	product := new(big.Rat)
	for k := range min(len(s), len(t)) {
		if t[k].Sign() != 0 {
			s[k].Add(s[k], product.Mul(c, t[k]))
		}
	}
}

// times returns the first n coefficients of the product s·t, where those beyond the end
// of s or t count as zero.
func (s Series) times(t Series, n int) Series {
	product, term := zero(n), new(big.Rat)
	for i, a := range s {
		if a.Sign() == 0 {
			continue
		}
		for j := range min(len(t), n-i) {
			if t[j].Sign() != 0 {
				product[i+j].Add(product[i+j], term.Mul(a, t[j]))
			}
		}
	}
	return product
}

// minus returns s − t, which have the same length.
func (s Series) minus(t Series) Series {
	diff := zero(len(s))
	for k := range diff {
		diff[k].Sub(s[k], t[k])
	}
	return diff
}
