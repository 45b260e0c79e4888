package divdiff_test

import (
	"fmt"
	"math"
	"math/big"

	"github.com/perturb-go/perturb/value/divdiff"
)

// Two events at the times s < t among four steps. Nothing decays before the first, an edge
// decays by 1/2 per step from the first to the second, and two edges, by 1/2 and 2/3,
// after it.
func Example() {
	a, b := 1.0/2, 2.0/3
	sum := 0.0
	for t := range 4 {
		for s := range t {
			sum += math.Pow(1, float64(s)) * math.Pow(a, float64(t-s-1)) * math.Pow(a*b, float64(4-t-1))
		}
	}
	both := divdiff.Join(1-a, 1-b)
	closed, err := divdiff.Power(4, 0, 1-a, both)
	fmt.Printf("%.10f\n%.10f %v\n", sum, closed, err)
	// Output:
	// 2.3611111111
	// 2.3611111111 <nil>
}

// The geometric sum Σ_{s<T} (1−h)^s is the divided difference at 1−h and 1. With h = 1/2
// and T = 10 it is 2 − 2⁻⁹.
func ExamplePower() {
	sum, err := divdiff.Power(10, 0.5, 0)
	fmt.Println(sum, err)
	// Output: 1.998046875 <nil>
}

// With no decay at all every choice of times counts once: there are C(10, 3) = 120.
func ExamplePower_binomial() {
	count, err := divdiff.Power(10, 0, 0, 0, 0)
	fmt.Println(count, err)
	// Output: 120 <nil>
}

// After many steps the sum is one over the product of the deltas, here 1/(1/2 · 1/4), if
// one delta is zero; with two zero deltas it grows by that much per step.
func ExamplePower_limit() {
	for _, steps := range []int64{10, 100, 1000} {
		bounded, _ := divdiff.Power(steps, 0, 0.5, 0.25)
		before, _ := divdiff.Power(steps, 0, 0, 0.5, 0.25)
		after, _ := divdiff.Power(steps+1, 0, 0, 0.5, 0.25)
		fmt.Printf("%.10f %.10f\n", bounded, after-before)
	}
	// Output:
	// 7.1067962646 7.1067962646
	// 8.0000000000 8.0000000000
	// 8.0000000000 8.0000000000
}

// A small learning rate and many steps. Rounding 1 − δ costs half of the digits, and a
// quotient of differences costs the rest when the points are close.
func ExamplePower_digits() {
	const steps = 1e9
	x, y := 1e-9, 1.0000001e-9
	good, _ := divdiff.Power(steps, x, y)
	bad := (math.Pow(1-x, steps) - math.Pow(1-y, steps)) / (y - x)
	fmt.Printf("%.6g\noff by more than a tenth: %t\n", good, math.Abs(bad/good-1) > 0.1)
	// Output:
	// 3.67879e+08
	// off by more than a tenth: true
}

// The integral of e^(−st) over 0 < t < T is (1 − e^(−sT))/s.
func ExampleExp() {
	integral, err := divdiff.Exp(3, 0, 2)
	fmt.Printf("%.12f %.12f %v\n", integral, -math.Expm1(-6)/2, err)
	// Output: 0.498760623912 0.498760623912 <nil>
}

// Times that do not decay fill a simplex, of volume T³/3!.
func ExampleExp_simplex() {
	volume, err := divdiff.Exp(6, 0, 0, 0, 0)
	fmt.Printf("%.12g %v\n", volume, err)
	// Output: 36 <nil>
}

// The sum of the whole-package example, exactly.
func ExamplePowerRat() {
	sum, err := divdiff.PowerRat(4, []*big.Rat{big.NewRat(1, 1), big.NewRat(1, 2), big.NewRat(1, 3)})
	fmt.Println(sum, err)
	// Output: 85/36 <nil>
}

// Propagators of 0.9 and 0.8 per step multiply to 0.72; small deltas add, and lose nothing.
func ExampleJoin() {
	fmt.Printf("%.12g\n", divdiff.Join(0.1, 0.2))
	fmt.Printf("%.12g\n", divdiff.Join(1e-30, 2e-30))
	// Output:
	// 0.28
	// 3e-30
}
