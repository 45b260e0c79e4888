package divdiff_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/value/divdiff"
)

// BenchDeltas are k+1 deltas of order 1/steps: zero, two equal, and others that differ.
func benchDeltas(k int, steps int64) []float64 {
	deltas := []float64{0, 1, 1, 1.001, 2, 0.3, 5, 3, 3, 4, 4.5, 7, 8}[:k+1]
	for i := range deltas {
		deltas[i] /= float64(steps)
	}
	return deltas
}

func BenchmarkPower(b *testing.B) {
	for _, k := range []int{0, 1, 2, 4, 8, 12} {
		for _, steps := range []int64{1e3, 1e6, 1e9} {
			b.Run(fmt.Sprintf("k=%d/steps=%d", k, steps), func(b *testing.B) {
				deltas := benchDeltas(k, steps)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := divdiff.Power(steps, deltas...); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// With no point equal to one, and with one of the other sign.
func BenchmarkPower_scaled(b *testing.B) {
	for _, test := range []struct {
		name   string
		deltas []float64
	}{
		{"positive", []float64{1e-9, 2e-9, 2e-9, 3e-9, 1e-8}},
		{"mixed", []float64{0, 2e-9, 2e-9, 3e-9, 1.5}},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := divdiff.Power(1e9, test.deltas...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkExp(b *testing.B) {
	for _, k := range []int{0, 1, 2, 4, 8, 12} {
		for _, time := range []float64{1, 1e4} {
			b.Run(fmt.Sprintf("k=%d/time=%v", k, time), func(b *testing.B) {
				rates := benchDeltas(k, 1)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := divdiff.Exp(time, rates...); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkPowerRat(b *testing.B) {
	points := []*big.Rat{big.NewRat(1, 1), big.NewRat(9, 10), big.NewRat(9, 10), big.NewRat(4, 5)}
	for _, steps := range []int64{10, 100, 1000, 10000} {
		b.Run(fmt.Sprintf("k=3/steps=%d", steps), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := divdiff.PowerRat(steps, points); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkJoin(b *testing.B) {
	for b.Loop() {
		divdiff.Join(1e-3, 2e-3, 3e-3)
	}
}
