package divdiff_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/value/divdiff"
	"pgregory.net/rapid"
)

// SumOverTimes adds up Π_j a_j^{gap_j} over all 0 ≤ t_1 < … < t_k < steps, one by one.
func sumOverTimes(steps int, points []*big.Rat) *big.Rat {
	total := new(big.Rat)
	var visit func(event, time int, product *big.Rat)
	visit = func(event, time int, product *big.Rat) {
		if time == steps {
			if event == len(points)-1 {
				total.Add(total, product)
			}
			return
		}
		// Either nothing happens at this time, or the next event does.
		visit(event, time+1, new(big.Rat).Mul(product, points[event]))
		if event < len(points)-1 {
			visit(event+1, time+1, product)
		}
	}
	visit(0, 0, big.NewRat(1, 1))
	return total
}

// Small rationals, often equal, often 0 or 1.
func drawPoints(t *rapid.T, most int) []*big.Rat {
	point := rapid.Custom(func(t *rapid.T) *big.Rat {
		den := rapid.SampledFrom([]int64{1, 2, 3, 10, 64}).Draw(t, "den")
		return big.NewRat(rapid.Int64Range(-2*den, 2*den).Draw(t, "num"), den)
	})
	return rapid.SliceOfN(point, 1, most).Draw(t, "points")
}

func mustRat(t interface{ Fatal(...any) }, steps int64, points []*big.Rat) *big.Rat {
	r, err := divdiff.PowerRat(steps, points)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPowerRat_sumsOverTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.IntRange(0, 9).Draw(t, "steps")
		points := drawPoints(t, 5)
		want := sumOverTimes(steps, points)
		if got := mustRat(t, int64(steps), points); got.Cmp(want) != 0 {
			t.Fatalf("PowerRat(%d, %v) = %v, want %v", steps, points, got, want)
		}
	})
}

func TestPowerRat_isSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.Int64Range(0, 40).Draw(t, "steps")
		points := drawPoints(t, 6)
		shuffled := rapid.Permutation(points).Draw(t, "shuffled")
		a, b := mustRat(t, steps, points), mustRat(t, steps, shuffled)
		if a.Cmp(b) != 0 {
			t.Fatalf("%v at %v, %v at %v", a, points, b, shuffled)
		}
	})
}

// The recurrence that defines divided differences, multiplied out, so for equal points too.
func TestPowerRat_recurrence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.Int64Range(0, 200).Draw(t, "steps")
		points := drawPoints(t, 6)
		k := len(points) - 1
		if k == 0 {
			return
		}
		left := new(big.Rat).Sub(points[k], points[0])
		left.Mul(left, mustRat(t, steps, points))
		right := mustRat(t, steps, points[1:])
		right.Sub(right, mustRat(t, steps, points[:k]))
		if left.Cmp(right) != 0 {
			t.Fatalf("%v at %v: %v ≠ %v", steps, points, left, right)
		}
	})
}

func TestPowerRat_values(t *testing.T) {
	one, zero := big.NewRat(1, 1), new(big.Rat)
	ones := []*big.Rat{one, one, one, one, one}
	for _, test := range []struct {
		steps  int64
		points []*big.Rat
		want   *big.Rat
	}{
		{0, []*big.Rat{big.NewRat(3, 7)}, one},
		{0, []*big.Rat{zero}, one},
		{0, ones[:2], zero},
		{3, []*big.Rat{big.NewRat(-3, 7)}, big.NewRat(-27, 343)},
		{4, ones, one},
		{3, ones, zero},
		{1000, ones, new(big.Rat).SetInt(new(big.Int).Binomial(1000, 4))},
		{math.MaxInt64, ones[:2], new(big.Rat).SetInt64(math.MaxInt64)},
		{7, []*big.Rat{zero, zero}, zero},
		{1, []*big.Rat{zero, zero}, one},
		// 1 + 1/2 + … + 1/2⁹.
		{10, []*big.Rat{one, big.NewRat(1, 2)}, big.NewRat(1023, 512)},
		// The derivative of x¹⁰ at −1/2.
		{10, []*big.Rat{big.NewRat(-1, 2), big.NewRat(-1, 2)}, big.NewRat(-10, 512)},
	} {
		if got := mustRat(t, test.steps, test.points); got.Cmp(test.want) != 0 {
			t.Errorf("PowerRat(%d, %v) = %v, want %v", test.steps, test.points, got, test.want)
		}
	}
}

func TestPowerRat_errors(t *testing.T) {
	half, one := big.NewRat(1, 2), big.NewRat(1, 1)
	fine := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 1<<21))
	many, ones := make([]*big.Rat, 500), make([]*big.Rat, 40)
	for i := range many {
		many[i] = half
	}
	for i := range ones {
		ones[i] = one
	}
	for _, test := range []struct {
		steps  int64
		points []*big.Rat
		want   error
	}{
		{-1, []*big.Rat{half}, divdiff.ErrSteps},
		{1, nil, divdiff.ErrNoPoints},
		{1, []*big.Rat{half, nil}, divdiff.ErrPoint},
		{1e9, []*big.Rat{half, one}, divdiff.ErrTooLarge},
		{math.MaxInt64, []*big.Rat{half}, divdiff.ErrTooLarge},
		{math.MaxInt64, []*big.Rat{big.NewRat(2, 1)}, divdiff.ErrTooLarge},
		{math.MaxInt64, []*big.Rat{one, one, big.NewRat(-1, 1), new(big.Rat)}, nil},
		{3, []*big.Rat{fine}, divdiff.ErrTooLarge},
		{1000, many, divdiff.ErrTooLarge},
		{499, ones, nil},
		{5, many, nil},
	} {
		if _, err := divdiff.PowerRat(test.steps, test.points); !errors.Is(err, test.want) {
			t.Errorf("PowerRat(%d, %d points): error %v, want %v", test.steps, len(test.points), err, test.want)
		}
	}
}

// The result is the caller's, and the points are not touched.
func TestPowerRat_copies(t *testing.T) {
	points := []*big.Rat{big.NewRat(1, 2), big.NewRat(2, 3)}
	got := mustRat(t, 2, points)
	got.SetInt64(99)
	if points[0].Cmp(big.NewRat(1, 2)) != 0 || points[1].Cmp(big.NewRat(2, 3)) != 0 {
		t.Errorf("points became %v", points)
	}
}

// Power agrees with exact values at deltas that are exact in both.
func TestPower_agreesWithRat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.Int64Range(0, 300).Draw(t, "steps")
		eighths := rapid.SliceOfN(rapid.Int64Range(-2, 18), 1, 6).Draw(t, "eighths")
		var deltas []float64
		var points, sizes []*big.Rat
		for _, e := range eighths {
			deltas = append(deltas, float64(e)/8)
			a := big.NewRat(8-e, 8)
			points, sizes = append(points, a), append(sizes, new(big.Rat).Abs(a))
		}
		got, err := divdiff.Power(steps, deltas...)
		if err != nil {
			t.Fatal(err)
		}
		want := mustRat(t, steps, points)
		exact, _ := want.Float64()
		bound, _ := mustRat(t, steps, sizes).Float64()
		if math.Abs(got-exact) > 1e-14*math.Abs(exact)+1e-25*bound {
			t.Fatalf("Power(%d, %v) = %v, want %v", steps, deltas, got, exact)
		}
	})
}

func TestPower_isSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.Int64Range(0, 1e9).Draw(t, "steps")
		deltas := rapid.SliceOfN(rapid.Float64Range(-1e-9, 2), 1, 8).Draw(t, "deltas")
		shuffled := rapid.Permutation(deltas).Draw(t, "shuffled")
		a, errA := divdiff.Power(steps, deltas...)
		b, errB := divdiff.Power(steps, shuffled...)
		if errA != nil || errB != nil || a != b {
			t.Fatalf("%v, %v at %v; %v, %v at %v", a, errA, deltas, b, errB, shuffled)
		}
		a, errA = divdiff.Exp(float64(steps), deltas...)
		b, errB = divdiff.Exp(float64(steps), shuffled...)
		if errA != nil || errB != nil || a != b {
			t.Fatalf("Exp: %v, %v at %v; %v, %v at %v", a, errA, deltas, b, errB, shuffled)
		}
	})
}

// Any finite input has a value that is a number.
func TestPower_neverNaN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.Int64Min(0).Draw(t, "steps")
		deltas := rapid.SliceOfN(rapid.Float64(), 1, 8).Draw(t, "deltas")
		if got, err := divdiff.Power(steps, deltas...); err != nil || math.IsNaN(got) {
			t.Fatalf("Power(%d, %v) = %v, %v", steps, deltas, got, err)
		}
		got, err := divdiff.Exp(float64(steps), deltas...)
		if err != nil && !errors.Is(err, divdiff.ErrTooLarge) || err == nil && !(got >= 0) {
			t.Fatalf("Exp(%d, %v) = %v, %v", steps, deltas, got, err)
		}
	})
}
