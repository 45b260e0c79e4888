package divdiff_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/value/divdiff"
)

func checkExp(t *testing.T, time float64, rates []float64) (relative float64) {
	t.Helper()
	got, err := divdiff.Exp(time, rates...)
	if err != nil {
		t.Fatalf("Exp(%v, %v): %v", time, rates, err)
	}
	want := oracleExp(time, rates)
	scale := new(big.Float).Abs(want)
	const tolerance = 2e-14
	if exact, _ := want.Float64(); exact != 0 && exact < 0x1p-1022 {
		scale.Add(scale, big.NewFloat(0x1p-1072/tolerance)) // subnormal
	}
	relative = relativeError(got, want, scale)
	if relative > tolerance {
		t.Errorf("Exp(%v, %v) = %v, want %s: error %.3g", time, rates, got, want.Text('g', 20), relative)
	}
	return relative
}

func TestExp_accuracy(t *testing.T) {
	for _, k := range []int{0, 1, 2, 3, 4, 6, 8, 12} {
		t.Run(fmt.Sprintf("k=%d", k), func(t *testing.T) {
			t.Parallel()
			worst := 0.0
			for _, time := range []float64{1e-12, 1e-3, 0.5, 1, 1.5, 30, 1e3, 1e4, 1e6} {
				for i, pattern := range closePatterns(k + 1) {
					for j := range pattern {
						if i%4 == 3 {
							pattern[j] -= 1e-5 // some rates negative
						}
					}
					worst = max(worst, checkExp(t, time, pattern))
				}
			}
			t.Logf("worst relative error %.2g", worst)
		})
	}
}

func TestExp_accuracyBeyond(t *testing.T) {
	for _, test := range []struct {
		time  float64
		rates []float64
	}{
		{1, []float64{700, 701, 709.5}},
		{1, []float64{740, 741, 745}},
		{1, []float64{-700, -705, -709}},
		{1e-300, []float64{1e300, 2e300, 0}},
		{1e20, []float64{0, 1, 1, 3e-20}},
		{1e20, []float64{1e-18, 1.5e-18, 4}},
		{1e100, []float64{7, 0}},
		{1e200, []float64{1e-198, 1e-198}},
		{5e-324, []float64{3, 4}},
		{7, make([]float64, 65)},
	} {
		checkExp(t, test.time, test.rates)
	}
}

func TestExp_accuracyRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		checkExp(t, math.Pow(10, -2+9*random.Float64()), randomPattern(random))
	}
}

func TestExp_range(t *testing.T) {
	for _, test := range []struct {
		time  float64
		rates []float64
		want  float64
	}{
		{0, []float64{7}, 1},
		{0, []float64{7, 3}, 0},
		{1e300, []float64{0}, 1},
		{1e300, []float64{1e300}, 0},
		{1e300, []float64{-1e300}, math.Inf(1)},
		{1, []float64{746}, 0},
		{1, []float64{-711, -710}, math.Inf(1)},
		{1e200, []float64{0, 0, 0}, math.Inf(1)},
		{1e200, []float64{1, 1, 1}, 0},
		{1e-200, []float64{1, 1, 1}, 0},
		{0x1p600, []float64{0, 0}, 0x1p600},
	} {
		got, err := divdiff.Exp(test.time, test.rates...)
		if err != nil || got != test.want {
			t.Errorf("Exp(%v, %v) = %v, %v, want %v", test.time, test.rates, got, err, test.want)
		}
	}
}

func TestExp_errors(t *testing.T) {
	for _, test := range []struct {
		time  float64
		rates []float64
		want  error
	}{
		{-1, []float64{0}, divdiff.ErrTime},
		{math.NaN(), []float64{0}, divdiff.ErrTime},
		{math.Inf(1), []float64{0}, divdiff.ErrTime},
		{1, nil, divdiff.ErrNoPoints},
		{1, []float64{0, math.NaN()}, divdiff.ErrPoint},
		{1, []float64{math.Inf(1)}, divdiff.ErrPoint},
		{1, make([]float64, 66), divdiff.ErrTooLarge},
		{1, []float64{-math.MaxFloat64, math.MaxFloat64}, divdiff.ErrTooLarge},
		{1e200, []float64{0, 1e200}, divdiff.ErrTooLarge},
		{1e22, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, nil},
		{1e23, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, divdiff.ErrTooLarge},
	} {
		if _, err := divdiff.Exp(test.time, test.rates...); !errors.Is(err, test.want) {
			t.Errorf("Exp(%v, %v): error %v, want %v", test.time, test.rates, err, test.want)
		}
	}
}

// Exp is the limit of Power as steps become short, at a rate linear in their length.
func TestExp_isLimitOfPower(t *testing.T) {
	const time = 3
	rates := []float64{0, 1, 1, 0.25}
	want, err := divdiff.Exp(time, rates...)
	if err != nil {
		t.Fatal(err)
	}
	previous := math.Inf(1)
	for _, eta := range []float64{1e-2, 1e-4, 1e-6} {
		deltas := make([]float64, len(rates))
		for i, rate := range rates {
			deltas[i] = eta * rate
		}
		got, err := divdiff.Power(int64(math.Round(time/eta)), deltas...)
		if err != nil {
			t.Fatal(err)
		}
		gap := math.Abs(got*math.Pow(eta, 3)/want - 1)
		if gap > 5*eta || gap > previous/50 {
			t.Errorf("at eta = %v the relative difference is %v", eta, gap)
		}
		previous = gap
	}
}
