package errata

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// In discrete time the diagram is −(η/2) C J / ((2H − ηH²) H), as a series in η.
func TestDisplacementAtLast(t *testing.T) {
	got, err := displacementAtLast(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s := skewed.letters()
	numerator := polynomial{new(big.Rat), product(frac(-1, 2), s.C, s.J)}
	denominator := polynomial{product(frac(2, 1), s.H, s.H), product(frac(-1, 1), s.H, s.H, s.H)}
	for k, want := range numerator.quotient(denominator, 2) {
		same(t, fmt.Sprintf("η^%d", k), got.at(k), want)
	}
}

// With constant noise and Hessian, E[θ²] = ηC/(2H − ηH²) and E[θ] = 0.
func TestStationaryQuadratic(t *testing.T) {
	l := landscape{[2]polynomial{
		{new(big.Rat), frac(3, 2), frac(2, 3)}, {new(big.Rat), frac(-3, 2), frac(2, 3)},
	}, new(big.Rat)}
	h, c := frac(4, 3), frac(9, 4)
	want := polynomial{new(big.Rat), c}.quotient(polynomial{product(frac(2, 1), h), product(frac(-1, 1), h, h)}, 5)
	first, second := stationaryMoment(l, 1, 5), stationaryMoment(l, 2, 5)
	for k := range want {
		same(t, fmt.Sprintf("E[θ²], η^%d", k), second[k], want[k])
		same(t, fmt.Sprintf("E[θ], η^%d", k), first[k], new(big.Rat))
	}
}

// A long run of SGD itself has the stationary moments of the equations through η⁴.
func TestStationaryRun(t *testing.T) {
	const eta, steps, batches = 0.1, 4_000_000, 100
	r := rand.New(rand.NewPCG(1, 2))
	theta := 0.0
	var means [batches]float64
	for i := range means {
		for range steps / batches {
			x := 1.0 / 3
			if r.Uint64()&1 == 0 {
				x = -x
			}
			theta -= eta * (theta + theta*theta/2 - x)
			means[i] += theta / (steps / batches)
		}
	}
	average, square := 0.0, 0.0
	for _, m := range means[1:] { // the first has the way from 0
		average += m / (batches - 1)
	}
	for _, m := range means[1:] {
		square += (m - average) * (m - average)
	}
	// Batches of 40000 steps, 10 of which forget where they began, are independent.
	stderr := math.Sqrt(square / (batches - 1) / (batches - 2))
	want, power := 0.0, 1.0
	for _, c := range stationaryMoment(skewed, 1, 4) {
		x, _ := c.Float64()
		want += x * power
		power *= eta
	}
	if math.Abs(average-want) > 5*stderr {
		t.Errorf("mean %.3e ± %.1e, by the moment equations %.3e", average, stderr, want)
	}
	asPrinted, _ := corollary1AsPrinted().eval(frac(1, 10)).Float64()
	if math.Abs(average-asPrinted) < 10*stderr {
		t.Errorf("mean %.3e ± %.1e, which does not tell the paper's %.3e from ours", average, stderr, asPrinted)
	}
	t.Logf("mean %.3e ± %.1e, by the moment equations %.3e, by the paper %.3e", average, stderr, want, asPrinted)
}
