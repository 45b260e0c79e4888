package divdiff_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/value/divdiff"
	"pgregory.net/rapid"
)

// Weighted to numbers near 0, 1 and 2.
func drawDeltas(t *rapid.T) []float64 {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
		small := math.Pow(10, -rapid.Float64Range(0, 30).Draw(t, "digits"))
		switch rapid.IntRange(0, 5).Draw(t, "near") {
		case 0, 1:
			return small
		case 2:
			return 1 - small
		case 3:
			return 1 + small
		case 4:
			return 2 - small
		default:
			return rapid.SampledFrom([]float64{0, 1, 2}).Draw(t, "special")
		}
	}), 0, 6).Draw(t, "deltas")
}

func TestJoin_accuracy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		deltas := drawDeltas(t)
		product := new(big.Float).SetPrec(1000).SetInt64(1)
		for _, delta := range deltas {
			product.Mul(product, new(big.Float).SetPrec(1000).Sub(bigOne, big.NewFloat(delta)))
		}
		want := product.Sub(bigOne, product)
		got := divdiff.Join(deltas...)
		if relative := relativeError(got, want, new(big.Float).Abs(want)); relative > 0x1p-52 {
			t.Fatalf("Join(%v) = %v, want %s: error %.3g", deltas, got, want.Text('g', 20), relative)
		}
	})
}

func TestJoin_values(t *testing.T) {
	inf := math.Inf(1)
	for _, test := range []struct {
		deltas []float64
		want   float64
	}{
		{nil, 0},
		{[]float64{0.3}, 0.3},
		{[]float64{0, 0}, 0},
		{[]float64{1e-200, 3}, 3},
		{[]float64{1e-20, 1e-20}, 2e-20},
		{[]float64{0.5, 0.5, 0.5}, 0.875},
		{[]float64{1, 0.3}, 1},
		{[]float64{1, -1e300, 1e300}, 1},
		{[]float64{2, 2}, 0},
		{[]float64{2, 2, 2}, 2},
		{[]float64{2 - 0x1p-52, 2 - 0x1p-52}, 0x1p-51 - 0x1p-104},
		{[]float64{-1, -1}, -3},
		{[]float64{3, 0.5}, 2},
		{[]float64{-1e200, -1e200}, -inf},
		{[]float64{1e200, 1e200, 0.5}, -inf},
		{[]float64{1e200, -1e200}, inf},
		{[]float64{inf}, inf},
	} {
		if got := divdiff.Join(test.deltas...); got != test.want {
			t.Errorf("Join(%v) = %v, want %v", test.deltas, got, test.want)
		}
	}
	for _, deltas := range [][]float64{{math.NaN()}, {math.NaN(), 1}, {1, inf}} {
		if got := divdiff.Join(deltas...); !math.IsNaN(got) {
			t.Errorf("Join(%v) = %v, want NaN", deltas, got)
		}
	}
}

// A power of a joined delta is the product of the powers.
func TestJoin_powersMultiply(t *testing.T) {
	const steps = 1000000
	a, b := 1e-7, 3e-8
	joined, err := divdiff.Power(steps, divdiff.Join(a, b))
	if err != nil {
		t.Fatal(err)
	}
	first, _ := divdiff.Power(steps, a)
	second, _ := divdiff.Power(steps, b)
	if math.Abs(joined/(first*second)-1) > 1e-15 {
		t.Errorf("%v, want %v · %v", joined, first, second)
	}
}
