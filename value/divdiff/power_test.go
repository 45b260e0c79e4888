package divdiff_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/value/divdiff"
)

// ClosePatterns returns n numbers in [0, 1] in every mix of equal, nearly equal, widely
// different and zero that the package promises to cope with.
func closePatterns(n int) [][]float64 {
	var patterns [][]float64
	add := func(f func(i int) float64) {
		pattern := make([]float64, n)
		for i := range pattern {
			pattern[i] = f(i)
		}
		patterns = append(patterns, pattern)
	}
	for _, x := range []float64{0, 1e-12, 1e-9, 1e-3, 0.3, 1} {
		add(func(int) float64 { return x })
	}
	for _, x := range []float64{1e-12, 3e-9, 1e-5, 0.7} {
		for _, gap := range []float64{1e-16, 1e-13, 1e-8, 1e-4, 1e-1} {
			add(func(i int) float64 { return x * math.Pow(1-gap, float64(i)) })
		}
		// One unit in the last place apart, with and without a zero and with pairs.
		add(func(i int) float64 { return math.Float64frombits(math.Float64bits(x) - uint64(i)) })
		add(func(i int) float64 { return math.Float64frombits(math.Float64bits(x)-uint64(i)) * min(float64(i), 1) })
		add(func(i int) float64 { return math.Float64frombits(math.Float64bits(x) - uint64(i/2)) })
		// Two clusters, three with zero, and all scales.
		add(func(i int) float64 { return []float64{x, 1e-3 * x}[i%2] * (1 - 1e-10*float64(i)) })
		add(func(i int) float64 { return []float64{0, x, 1e-7}[i%3] * (1 - 1e-14*float64(i)) })
		add(func(i int) float64 { return x * math.Pow(0.1, float64(i)) })
	}
	add(func(i int) float64 { return math.Pow(10, -12*float64(i)/float64(n)) })
	add(func(i int) float64 { return []float64{0, 1, 1e-12, 0.5}[i%4] })
	add(func(i int) float64 { return float64(i) / 16 })
	return patterns
}

var manySteps = []int64{
	0, 1, 3, 8, 13, 30, 1000, 123456, 99999999, 1e9 - 1, 1e9,
}

// CheckPower compares with the oracle: relative to the result itself if all points have
// one sign, or else as Power's documentation says.
func checkPower(t *testing.T, steps int64, deltas []float64) (relative float64) {
	t.Helper()
	got, err := divdiff.Power(steps, deltas...)
	if err != nil {
		t.Fatalf("Power(%d, %v): %v", steps, deltas, err)
	}
	want := oraclePower(steps, deltas, false)
	mixed := slices.Min(deltas) < 1 && slices.Max(deltas) > 1
	scale := new(big.Float).Abs(want)
	tolerance := 2e-14
	if steps > 1e9 {
		tolerance = 4e-14
	}
	if mixed {
		tolerance = 1
		extra := new(big.Float).Mul(oraclePower(steps, deltas, true), big.NewFloat(0x1p-85))
		scale.Mul(scale, big.NewFloat(0x1p-51)).Add(scale, extra)
	}
	if exact, _ := want.Float64(); exact != 0 && math.Abs(exact) < 0x1p-1022 {
		scale.Add(scale, big.NewFloat(0x1p-1072/tolerance)) // subnormal
	}
	relative = relativeError(got, want, scale)
	if relative > tolerance {
		t.Errorf("Power(%d, %v) = %v, want %s: error %.3g", steps, deltas, got, want.Text('g', 20), relative)
	}
	if mixed {
		return 0
	}
	return relative
}

func TestPower_accuracy(t *testing.T) {
	for _, k := range []int{0, 1, 2, 3, 4, 6, 8, 12} {
		t.Run(fmt.Sprintf("k=%d", k), func(t *testing.T) {
			t.Parallel()
			worst := 0.0
			for _, steps := range manySteps {
				for _, pattern := range closePatterns(k + 1) {
					worst = max(worst, checkPower(t, steps, pattern))
				}
			}
			t.Logf("worst relative error %.2g", worst)
		})
	}
}

// Each point a becomes −a in turn, in pairs, and altogether.
func TestPower_accuracyOvershooting(t *testing.T) {
	for _, k := range []int{0, 1, 2, 3, 5, 8, 12} {
		t.Run(fmt.Sprintf("k=%d", k), func(t *testing.T) {
			t.Parallel()
			for _, steps := range []int64{1, 5, 13, 100, 4097, 1e6, 1e9 - 1, 1e9} {
				for i, pattern := range closePatterns(k + 1) {
					for j := range pattern {
						if j%(i%3+1) == 0 {
							pattern[j] = 2 - pattern[j]
						}
					}
					checkPower(t, steps, pattern)
				}
			}
		})
	}
}

// Points of size above one, subnormal results, and the largest number of steps.
func TestPower_accuracyBeyond(t *testing.T) {
	for _, test := range []struct {
		steps  int64
		deltas []float64
	}{
		{10, []float64{-1, -2, 5}},
		{10, []float64{1e30, -1e30, 7}},
		{1000, []float64{-0.5, -0.5, -0.25, 0.1}},
		{1000, []float64{2.5, 2.5, 2.25, 1.9}},
		{1001, []float64{2.5, 2.5, -0.25, 1.9}},
		{1e9, []float64{-3e-7, 1e-9, 0}},
		{1e9, []float64{2 + 0x1p-22, 2, 2 + 0x1p-21}},
		{1e9, []float64{7.4e-7, 7.4e-7, 7.5e-7}},
		{1072, []float64{0.5}},
		{1040, []float64{0.5, 0.75, 0.5}},
		{2, []float64{5e-324, 5e-324}},
		{math.MaxInt64, []float64{0, 1e-18, 1e-18, 2e-18, 5e-17, 0.5}},
		{math.MaxInt64, []float64{1e-18, 2e-18, 2e-18, 1e-17, 5e-17}},
		{math.MaxInt64, []float64{0x1p-62, 2 - 0x1p-52, 1e-3}},
		{math.MaxInt64 - 1, []float64{0, 2, 0, 2, 2}},
		{1 << 62, []float64{-1e-17, 0, 1e-17}},
	} {
		checkPower(t, test.steps, test.deltas)
	}
}

// RandomPattern returns up to 13 numbers in [0, 1] with ties and near ties.
func randomPattern(random *rand.Rand) []float64 {
	tiny := func() float64 { return math.Pow(10, -16*random.Float64()) }
	pattern := make([]float64, 1+random.IntN(13))
	for i := range pattern {
		switch random.IntN(4) {
		case 0:
			pattern[i] = tiny()
		case 1:
			pattern[i] = random.Float64()
		default:
			pattern[i] = pattern[random.IntN(i+1)] * (1 - tiny())
		}
	}
	return pattern
}

func TestPower_accuracyRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 700 {
		deltas := randomPattern(random)
		if random.IntN(3) == 0 {
			deltas[0] = 2 - deltas[0]
		}
		checkPower(t, int64(math.Pow(10, 9*random.Float64())), deltas)
	}
}

// Values outside the range of float64, exactly and only where the result is.
func TestPower_range(t *testing.T) {
	for _, test := range []struct {
		steps  int64
		deltas []float64
		want   float64
	}{
		{1e9, []float64{0.5}, 0},
		{1e9, []float64{0.5, 1, 0.75}, 0},
		{5, []float64{1, 1}, 0},
		{1e9, []float64{-1}, math.Inf(1)},
		{1e9, []float64{3}, math.Inf(1)},
		{1e9 + 1, []float64{3}, math.Inf(-1)},
		{1e9, []float64{3, -0.5, 3}, math.Inf(1)},
		{3, []float64{math.MaxFloat64, -math.MaxFloat64}, math.Inf(1)},
		{1, []float64{-math.MaxFloat64}, math.MaxFloat64},
		{1, []float64{math.MaxFloat64}, -math.MaxFloat64},
		{math.MaxInt64, []float64{-math.MaxFloat64}, math.Inf(1)},
		{math.MaxInt64, []float64{1 - 0x1p-53}, 0},
		{2, []float64{math.MaxFloat64, -math.MaxFloat64, 7}, 1},
		{1023, []float64{-1}, 0x1p1023},
		{1024, []float64{-1}, math.Inf(1)},
		{1074, []float64{0.5}, 0x1p-1074},
		{1076, []float64{0.5}, 0},
		// The result is 2^(-1100) times C(1137, 2) and then some.
		{1137, []float64{0.5, 0.5, 0.5}, 1137 * 1136 / 2 * 0x1p-1074 / (1 << 61)},
	} {
		got, err := divdiff.Power(test.steps, test.deltas...)
		if err != nil || got != test.want {
			t.Errorf("Power(%d, %v) = %v, %v, want %v", test.steps, test.deltas, got, err, test.want)
		}
	}
}

func TestPower_errors(t *testing.T) {
	many := make([]float64, 200)
	for _, test := range []struct {
		steps  int64
		deltas []float64
		want   error
	}{
		{-1, []float64{0}, divdiff.ErrSteps},
		{math.MinInt64, nil, divdiff.ErrSteps},
		{3, nil, divdiff.ErrNoPoints},
		{3, []float64{0, math.NaN()}, divdiff.ErrPoint},
		{3, []float64{math.Inf(1)}, divdiff.ErrPoint},
		{0, []float64{0, math.Inf(-1)}, divdiff.ErrPoint},
		// C(10⁹, 39) is above 2¹⁰⁰⁰, C(10⁹, 38) is not; likewise 17 and 16 at the end.
		{1e9, many[:40], divdiff.ErrTooLarge},
		{1e9, many[:39], nil},
		{math.MaxInt64, many[:18], divdiff.ErrTooLarge},
		{math.MaxInt64, many[:17], nil},
		{10000, many, divdiff.ErrTooLarge},
		{199, many, nil},
		{198, many, nil},
		{300, many, nil},
	} {
		if _, err := divdiff.Power(test.steps, test.deltas...); !errors.Is(err, test.want) {
			t.Errorf("Power(%d, %d points): error %v, want %v", test.steps, len(test.deltas), err, test.want)
		}
	}
}

// More points than fit the arrays on the stack, with either sign.
func TestPower_manyPoints(t *testing.T) {
	deltas := make([]float64, 30)
	for i := range deltas {
		deltas[i] = 1e-3 * float64(i%7)
	}
	checkPower(t, 10000, deltas)
	deltas[3] = 1.99
	checkPower(t, 10000, deltas)
}

// The power of the rounded point is what a delta is there to avoid.
func TestPower_roundedPointIsUseless(t *testing.T) {
	const delta, steps = 1e-9, 1e9
	want := math.Exp(steps * math.Log1p(-delta))
	got, err := divdiff.Power(steps, delta)
	if err != nil || math.Abs(got/want-1) > 1e-15 {
		t.Errorf("Power = %v, %v, want %v", got, err, want)
	}
	if rounded := math.Pow(1-delta, steps); math.Abs(rounded/want-1) < 1e-9 {
		t.Errorf("the rounded point gives %v, as good as %v", rounded, want)
	}
}
