package value

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/value/expr"
)

// irreducible calls visit for every irreducible diagram with one root, tied or not, or two.
func irreducible(t *testing.T, edges int, visit func(d diagram.Diagram)) {
	t.Helper()
	for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied, diagram.Bridged} {
		seq, err := diagram.Enumerate(edges, diagram.Options{Roots: roots, Irreducible: true})
		if err != nil {
			t.Fatal(err)
		}
		for d := range seq {
			visit(d)
		}
	}
}

// eventsAndPrerequisites numbers a diagram's events, and lists those before each.
func eventsAndPrerequisites(d diagram.Diagram, nodes bool) (event []int, before []uint) {
	event = d.Labels()[:d.Edges()]
	count := 0
	for v := range event {
		if nodes {
			event[v] = v
		}
		count = max(count, event[v]+1)
	}
	before = make([]uint, count)
	for v, up := range d.Parents()[:d.Edges()] {
		if up < d.Edges() {
			before[event[up]] |= 1 << event[v]
		}
	}
	return event, before
}

// sumOverTimes adds up, for all times of the events among the steps 0, …, T−1 that put
// children before parents, the product of λ^{t'−t−1} over the edges: step by step, for each
// set of events that have happened.
func sumOverTimes(d diagram.Diagram, nodes bool, lambda []*big.Int, steps int) *big.Int {
	event, before := eventsAndPrerequisites(d, nodes)
	parents := d.Parents()[:d.Edges()]
	size := uint(1) << len(before)
	// through is what a step multiplies by if the events now happen in it, after those placed.
	through := func(placed, now uint) *big.Int {
		product := big.NewInt(1)
		for v, up := range parents {
			ends := up < d.Edges() && (placed|now)>>event[up]&1 == 1
			if placed>>event[v]&1 == 1 && !ends {
				product.Mul(product, lambda[v])
			}
		}
		return product
	}
	type move struct {
		from, to uint
		factor   *big.Int
	}
	var moves []move
	for placed := range size {
		var free uint
		for e, needed := range before {
			if placed>>e&1 == 0 && needed&^placed == 0 {
				free |= 1 << e
			}
		}
		for now := free; ; now = (now - 1) & free {
			moves = append(moves, move{placed, placed | now, through(placed, now)})
			if now == 0 {
				break
			}
		}
	}
	sums := make([]*big.Int, size)
	for s := range sums {
		sums[s] = new(big.Int)
	}
	sums[0].SetInt64(1)
	var product big.Int
	for range steps {
		next := make([]*big.Int, size)
		for s := range next {
			next[s] = new(big.Int)
		}
		for _, m := range moves {
			if sums[m.from].Sign() != 0 {
				next[m.to].Add(next[m.to], product.Mul(sums[m.from], m.factor))
			}
		}
		sums = next
	}
	return sums[size-1]
}

// spectrum is an Env with an eigenvalue of its own for every edge.
func spectrum[T any](indices []string, eigenvalues []T, scalars map[string]T) expr.Env[T] {
	env := expr.Env[T]{Spectrum: eigenvalues, Scalars: scalars, Indices: map[string]int{}}
	for v, name := range indices {
		env.Indices[name] = v
	}
	return env
}

// The closed form of the sum over times of every irreducible diagram, for parts and for
// nodes as events, is that sum, for integers as the λ of the edges and η = 1: as
// polynomials agree that agree on integers, so for all λ.
func TestTimesFormulaIsSum(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 14))
	edges := 5
	if testing.Short() {
		edges = 4
	}
	for n := range edges + 1 {
		irreducible(t, n, func(d diagram.Diagram) {
			for _, f := range []Family{OneEpoch, FullBatch} {
				traits, err := f.traits()
				if err != nil {
					t.Fatal(err)
				}
				indices := TestLoss().edgeIndices(d)
				formula, err := timesFormula(d, traits, Discrete, indices)
				if err != nil {
					t.Fatalf("%v, %v: %v", f, d, err)
				}
				lambda := make([]*big.Int, d.Edges())
				h := make([]*big.Rat, d.Edges())
				for v := range lambda {
					lambda[v] = big.NewInt(rng.Int64N(13) - 6)
					h[v] = new(big.Rat).SetInt(new(big.Int).Sub(big.NewInt(1), lambda[v]))
				}
				steps := rng.IntN(12)
				if n < 5 && rng.IntN(2) == 0 || rng.IntN(20) == 0 {
					steps = rng.IntN(201)
				}
				got, err := formula.EvalRat(spectrum(indices, h, map[string]*big.Rat{"η": big.NewRat(1, 1), "T": big.NewRat(int64(steps), 1)}))
				if err != nil {
					t.Fatalf("%v, %v: %v: %v", f, d, formula, err)
				}
				want := sumOverTimes(d, traits.nodes, lambda, steps)
				if got.Cmp(new(big.Rat).SetInt(want)) != 0 {
					t.Errorf("%v, %v, T = %d, λ = %v: %v; want %v", f, d, steps, lambda, got, want)
				}
			}
		})
	}
}

// integralOverTimes integrates Π exp(−decay·(t'−t)) over the edges, for all times in [0, T]
// of the events that put children before parents: one event after another, each from the
// last one's time, by Gauss rules of more and more nodes until nothing changes.
func integralOverTimes(d diagram.Diagram, nodes bool, decay []float64, end float64) float64 {
	event, before := eventsAndPrerequisites(d, nodes)
	all := uint(1)<<len(before) - 1
	alive := func(placed uint) float64 {
		sum := 0.0
		for v, up := range d.Parents()[:d.Edges()] {
			ends := up < d.Edges() && placed>>event[up]&1 == 1
			if placed>>event[v]&1 == 1 && !ends {
				sum += decay[v]
			}
		}
		return sum
	}
	// rest integrates over the events that are left, from a time on.
	var rest func(placed uint, from float64, points int) float64
	rest = func(placed uint, from float64, points int) float64 {
		rate := alive(placed)
		if placed == all {
			return math.Exp(-rate * (end - from))
		}
		total := 0.0
		for e, needed := range before {
			if placed>>e&1 == 1 || needed&^placed != 0 {
				continue
			}
			total += quad.Fixed(func(t float64) float64 {
				return math.Exp(-rate*(t-from)) * rest(placed|1<<e, t, points)
			}, from, end, points, quad.Legendre{}, 0)
		}
		return total
	}
	last := math.Inf(1)
	for points := 6; ; points++ {
		x := rest(0, 0, points)
		if math.Abs(x-last) <= 1e-11*math.Abs(x) || points > 12 {
			return x
		}
		last = x
	}
}

// The closed form in continuous time is the integral over times, for every diagram to 3
// edges and a sample beyond. The exponents are moderate, so that few nodes integrate to near
// rounding: the tolerance is ten times what one more node changed.
func TestTimesFormulaIsIntegral(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 72))
	for n := range 6 {
		irreducible(t, n, func(d diagram.Diagram) {
			if n == 4 && rng.IntN(20) > 0 || n == 5 && rng.IntN(300) > 0 {
				return
			}
			for _, f := range []Family{OneEpoch, FullBatch} {
				traits, err := f.traits()
				if err != nil {
					t.Fatal(err)
				}
				indices := TestLoss().edgeIndices(d)
				formula, err := timesFormula(d, traits, Continuous, indices)
				if err != nil {
					t.Fatalf("%v, %v: %v", f, d, err)
				}
				h := make([]float64, d.Edges())
				for v := range h {
					h[v] = 1.5*rng.Float64() - 0.25
				}
				if len(h) > 1 && rng.IntN(3) == 0 {
					h[0] = h[1]
				}
				end := float64(1 + rng.IntN(200))
				eta := 0.75 / end
				got, err := formula.Eval(spectrum(indices, h, map[string]float64{"η": eta, "T": end}))
				if err != nil {
					t.Fatalf("%v, %v: %v: %v", f, d, formula, err)
				}
				decay := make([]float64, len(h))
				for v := range h {
					decay[v] = eta * h[v]
				}
				want := integralOverTimes(d, traits.nodes, decay, end)
				if math.Abs(got-want) > 1e-10*math.Abs(want) {
					t.Errorf("%v, %v: %v; want %v", f, d, got, want)
				}
			}
		})
	}
}

// The plain weights of a family are those of its dynamics: in one place T = 7.
func TestTimesFormulaPlain(t *testing.T) {
	one := make([]*big.Int, 5)
	for v := range one {
		one[v] = big.NewInt(1)
	}
	for n := range 5 {
		irreducible(t, n, func(d diagram.Diagram) {
			for _, f := range []Family{OneEpoch, FullBatch} {
				traits, err := f.traits()
				if err != nil {
					t.Fatal(err)
				}
				formula, err := timesFormula(d, traits, Plain, TestLoss().edgeIndices(d))
				if err != nil {
					t.Fatal(err)
				}
				got, err := formula.EvalRat(expr.Env[*big.Rat]{Scalars: map[string]*big.Rat{"T": big.NewRat(7, 1)}})
				if err != nil {
					t.Fatal(err)
				}
				if want := sumOverTimes(d, traits.nodes, one, 7); got.Cmp(new(big.Rat).SetInt(want)) != 0 {
					t.Errorf("%v, %v: %v; want %v", f, d, got, want)
				}
			}
		})
	}
}
