package mobius_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/mobius"
)

// The variables are distinct, so that n of them take about 3ⁿ products.
func BenchmarkCumulants(b *testing.B) {
	for _, n := range []int{4, 8, 12, 16} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			benchmarkCumulants(b, mobius.Float64{}, n, func(k int64) float64 { return 1 / float64(1+k) })
		})
	}
	b.Run("n=8/rational", func(b *testing.B) {
		benchmarkCumulants(b, mobius.Rational{}, 8, func(k int64) *big.Rat { return big.NewRat(1, 1+k) })
	})
}

func benchmarkCumulants[T any](b *testing.B, r mobius.Ring[T], n int, moment func(k int64) T) {
	shape := make([]int, n)
	for i := range shape {
		shape[i] = 1
	}
	moments, err := mobius.NewTable(shape, func(index []int) T {
		k := int64(0)
		for i, a := range index {
			k += int64(a * (i + 1))
		}
		return moment(k)
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mobius.Cumulants(r, moments); err != nil {
			b.Fatal(err)
		}
	}
}
