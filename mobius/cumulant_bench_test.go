package mobius_test

import (
	"fmt"
	"math"
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
	b.Run("by-hand/n=8", func(b *testing.B) {
		moments := make([]float64, 1<<8)
		for set := range moments {
			moments[set] = 1 / float64(1+set)
		}
		b.ReportAllocs()
		for b.Loop() {
			cumulantByHand(8, moments)
		}
	})
	b.Run("rational/n=8", func(b *testing.B) {
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

// cumulantByHand returns the joint cumulant of n variables by a loop over restricted
// growth strings as one writes it by hand, for Σ (−1)^(k−1) (k−1)! Π m(A) with k parts A.
// The moments are by set of variables. It is one of the cumulants that Cumulants returns.
func cumulantByHand(n int, moments []float64) (sum float64) {
	a, bound := make([]int, n), make([]int, n)
	for i := 1; i < n; i++ {
		bound[i] = 1
	}
	sets := make([]int, n)
	for {
		parts := max(bound[n-1], a[n-1]+1)
		clear(sets[:parts])
		for i, p := range a {
			sets[p] |= 1 << i
		}
		term := moments[sets[0]]
		for k, set := range sets[1:parts] {
			term *= -float64(k+1) * moments[set]
		}
		sum += term
		i := n - 1
		for a[i] == bound[i] {
			if i == 0 {
				return sum
			}
			i--
		}
		a[i]++
		next := max(bound[i], a[i]+1)
		for i++; i < n; i++ {
			a[i], bound[i] = 0, next
		}
	}
}

// The peer computes what Cumulants does.
func TestCumulantByHand(t *testing.T) {
	shape := []int{1, 1, 1, 1, 1}
	moments, err := mobius.NewTable(shape, func(index []int) float64 { return 1 / float64(1+setOf(index)) })
	if err != nil {
		t.Fatal(err)
	}
	bySet := make([]float64, 1<<len(shape))
	for index, m := range moments.All() {
		bySet[setOf(index)] = m
	}
	cumulants, err := mobius.Cumulants(mobius.Float64{}, moments)
	if err != nil {
		t.Fatal(err)
	}
	// 52 terms, none above 24, and each rounded some ten times.
	got, want := cumulantByHand(len(shape), bySet), cumulants.At(shape...)
	if math.Abs(got-want) > 52*24*10*0x1p-53 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// setOf returns the set of the variables that occur.
func setOf(index []int) (set int) {
	for i, a := range index {
		set |= a << i
	}
	return set
}
