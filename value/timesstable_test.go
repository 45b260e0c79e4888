package value

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/diagram"
)

const precision = 400 // bits

func bigFloat(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

// A generator is the upper triangular matrix, over the sets of events that have happened, of
// what one step does; or, in continuous time, the rates.
type generator [][]*big.Float

func newGenerator(size int) generator {
	g := make(generator, size)
	for i := range g {
		g[i] = make([]*big.Float, size)
		for j := range g[i] {
			g[i][j] = bigFloat(0)
		}
	}
	return g
}

func (g generator) mul(h generator) generator {
	product := newGenerator(len(g))
	x := bigFloat(0)
	for i := range g {
		for k := i; k < len(g); k++ {
			if g[i][k].Sign() == 0 {
				continue
			}
			for j := k; j < len(g); j++ {
				if h[k][j].Sign() != 0 {
					product[i][j].Add(product[i][j], x.Mul(g[i][k], h[k][j]))
				}
			}
		}
	}
	return product
}

// stepOf returns the generator of one step, whose λ are 1 − decay.
func stepOf(d diagram.Diagram, nodes bool, decay []float64) generator {
	event, before := eventsAndPrerequisites(d, nodes)
	g := newGenerator(1 << len(before))
	for placed := range g {
		for now := range g {
			possible := placed&now == 0
			for e, needed := range before {
				possible = possible && (now>>e&1 == 0 || int(needed)&^placed == 0)
			}
			if !possible {
				continue
			}
			factor := bigFloat(1)
			for v, up := range d.Parents()[:d.Edges()] {
				ends := up < d.Edges() && (placed|now)>>event[up]&1 == 1
				if placed>>event[v]&1 == 1 && !ends {
					factor.Mul(factor, new(big.Float).Sub(bigFloat(1), bigFloat(decay[v])))
				}
			}
			g[placed][placed|now] = factor
		}
	}
	return g
}

// sumToPower raises a step to the power T, by squaring.
func sumToPower(step generator, steps int64) *big.Float {
	power := newGenerator(len(step))
	for i := range power {
		power[i][i] = bigFloat(1)
	}
	for bit := int64(1) << 40; bit > 0; bit >>= 1 {
		power = power.mul(power)
		if steps&bit != 0 {
			power = power.mul(step)
		}
	}
	return power[0][len(step)-1]
}

// ratesOf returns the generator of continuous time.
func ratesOf(d diagram.Diagram, nodes bool, decay []float64) generator {
	event, before := eventsAndPrerequisites(d, nodes)
	g := newGenerator(1 << len(before))
	for placed := range g {
		for v, up := range d.Parents()[:d.Edges()] {
			ends := up < d.Edges() && placed>>event[up]&1 == 1
			if placed>>event[v]&1 == 1 && !ends {
				g[placed][placed].Sub(g[placed][placed], bigFloat(decay[v]))
			}
		}
		for e, needed := range before {
			if placed>>e&1 == 0 && int(needed)&^placed == 0 {
				g[placed][placed|1<<e] = bigFloat(1)
			}
		}
	}
	return g
}

// integralToTime is exp(T·rates), by a Taylor series at T/2^60 and squaring. What the squarings
// lose of the 400 bits is about twice 60.
func integralToTime(rates generator, end float64) *big.Float {
	const halvings = 60
	scaled := newGenerator(len(rates))
	for i := range rates {
		for j := range rates {
			scaled[i][j].Mul(rates[i][j], bigFloat(math.Ldexp(end, -halvings)))
		}
	}
	sum, power := newGenerator(len(rates)), newGenerator(len(rates))
	for i := range rates {
		power[i][i] = bigFloat(1)
	}
	for n := 1; n < 24; n++ {
		for i := range sum {
			for j := range sum {
				sum[i][j].Add(sum[i][j], power[i][j])
			}
		}
		power = power.mul(scaled)
		for i := range power {
			for j := range power {
				power[i][j].Quo(power[i][j], bigFloat(float64(n)))
			}
		}
	}
	for range halvings {
		sum = sum.mul(sum)
	}
	return sum[0][len(sum)-1]
}

// Sums over times in float64, numerically and by the formula, are within 10⁻¹⁰ relative of
// 400-bit arithmetic, for ηh from 10⁻¹² to 1, equal and nearly equal, and T from 1 to 10⁹.
// The oracle knows nothing of divided differences: it multiplies out the steps.
func TestTimesAreStable(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(10, 9))
	decays := []float64{1e-12, 1e-12 * (1 + 1e-9), 3e-10, 1e-6, 1e-6 + 1e-16, 0.01, 0.3, 0.3 + 1e-14, 0.7, 1}
	ends := []int64{1, 2, 3, 5, 17, 1000, 1e6, 123456789, 1e9}
	for edges := range 6 {
		irreducible(t, edges, func(d diagram.Diagram) {
			if skip := []int{1, 1, 2, 15, 300, 4000}[edges]; rng.IntN(skip) > 0 || testing.Short() && edges > 3 {
				return
			}
			for _, nodes := range []bool{false, true} {
				checkTimes(t, rng, d, nodes, decays, ends)
			}
		})
	}
}

func checkTimes(t *testing.T, rng *rand.Rand, d diagram.Diagram, nodes bool, decays []float64, ends []int64) {
	t.Helper()
	decay := make([]float64, d.Edges())
	class := make([]int, d.Edges())
	for v := range decay {
		decay[v], class[v] = decays[rng.IntN(len(decays))], v
		if v > 0 && rng.IntN(3) == 0 {
			decay[v] = decay[v-1]
		}
	}
	end := ends[rng.IntN(len(ends))]
	for _, kind := range []Kind{Discrete, Continuous} {
		var want *big.Float
		if kind == Discrete {
			want = sumToPower(stepOf(d, nodes, decay), end)
		} else {
			want = integralToTime(ratesOf(d, nodes, decay), float64(end))
		}
		exact, _ := want.Float64()
		c := newClock(end, 1, big.NewRat(1, 1), nodes)
		sum, _, err := newClosedForm(c, kind, decay).of(d)
		if err != nil {
			t.Fatal(err)
		}
		got := 0.0
		if sum != nil {
			if got, err = sum(context.Background(), class); err != nil {
				t.Fatal(err)
			}
		}
		if !(math.Abs(got-exact) <= 1e-10*exact) {
			t.Errorf("%v, nodes %v, %v, T = %d, decays %v: %v; want %v", d, nodes, kind, end, decay, got, exact)
		}
		formula, err := timesFormula(d, familyTraits{nodes: nodes}, kind, TestLoss().edgeIndices(d))
		if err != nil {
			t.Fatal(err)
		}
		got, err = formula.Eval(spectrum(TestLoss().edgeIndices(d), decay, map[string]float64{"η": 1, "T": float64(end)}))
		if err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(got-exact) <= 1e-10*exact) {
			t.Errorf("%v, nodes %v, %v formula, T = %d, decays %v: %v; want %v", d, nodes, kind, end, decay, got, exact)
		}
	}
}
