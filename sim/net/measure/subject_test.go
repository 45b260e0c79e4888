package measure_test

import (
	"context"
	"math"
	"math/big"
	"os"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/value"
)

// A subject is a network with its values measured, on which SGD is run besides.
type subject struct {
	subjectSpec
	l      *net.Landscape // to run trials on
	theta  []float64
	values *measure.Result // through order 3
	fourth *measure.Result // of order 4, which say how far orders 2 and 3 hold
}

type subjectSpec struct {
	name      string
	images    data.Synthesis
	model     func(image data.Shape, classes int) (net.Model, error)
	start     func(m net.Model) []float64
	precision net.Precision // of trials
	blocks    [2]int        // of the measurements of values
	trials    int64         // of SGD
	points    int64         // N
	rate      float64       // small enough for the corollaries to be told from higher orders
	ladder    []float64     // learning rates from where orders 2 and 3 hold to where neither does
	// late is what holds further than order 4 says. The convnet's test loss follows order 3
	// so, at any of a handful of initial weights: what further orders add cancels.
	late string
}

// order is the highest of the theory.
const order = 4

var (
	coarse = data.Synthesis{Shape: data.Shape{Channels: 1, Height: 4, Width: 4}, Classes: 4, Points: 40, Seed: 3}
	fine   = data.Synthesis{Shape: data.FashionMNIST.Shape(), Classes: 10, Points: 1000, Seed: 1}
)

// small and large are logistic regression from the origin, where the paper starts it too,
// and a network: on small images a small one, at a draw of weights where the series converges
// well; on large images the convnet of P §C.2. N = T = 10 on large images, as there.
var (
	small = []subjectSpec{{
		name: "logistic", images: coarse, model: net.Logistic, start: origin, precision: net.Float64,
		blocks: [2]int{5000, 1000}, trials: 10000, points: 6, rate: 0.02, ladder: []float64{0.00625, 0.025, 0.1, 1.6},
	}, {
		name: "network", images: coarse, model: smallNetwork, start: drawn(5), precision: net.Float64,
		blocks: [2]int{1500, 500}, trials: 5000, points: 6, rate: 0.05, ladder: []float64{0.025, 0.1, 0.4, 1.6},
	}}
	large = []subjectSpec{{
		name: "logistic", images: fine, model: net.Logistic, start: origin, precision: net.Float32,
		blocks: [2]int{1500, 200}, trials: 900, points: 10, rate: 0.05, ladder: []float64{0.05, 0.2, 0.8, 1.6},
	}, {
		name: "convnet", images: fine, model: net.Convnet, start: drawn(0), precision: net.Float32,
		blocks: [2]int{1200, 100}, trials: 1200, points: 10, rate: 0.1, ladder: []float64{0.05, 0.2, 0.8, 3.2},
		late: "test through order 3",
	}}
)

func smallNetwork(image data.Shape, classes int) (net.Model, error) {
	return net.Small(image, 3, classes)
}

func origin(m net.Model) []float64 { return make([]float64, m.Dim()) }

func drawn(seed uint64) func(m net.Model) []float64 {
	return func(m net.Model) []float64 { return m.Start(seed) }
}

// The theory, of values measured on a network, agrees with SGD there: see the parts.
func TestTheoryAgreesWithSGD(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many trials")
	}
	specs := small
	if os.Getenv("PERTURB_LONG") != "" {
		specs = large
	}
	for _, spec := range specs {
		t.Run(spec.name, func(t *testing.T) {
			s := newSubject(t, spec)
			t.Run("Orders", s.testOrders)
			t.Run("Corollary3", s.testCorollary3)
			t.Run("Corollary4", s.testCorollary4)
		})
	}
}

func newSubject(t *testing.T, spec subjectSpec) subject {
	t.Helper()
	set, err := data.Synthetic(spec.images)
	if err != nil {
		t.Fatal(err)
	}
	model, err := spec.model(set.Shape(), set.Classes())
	if err != nil {
		t.Fatal(err)
	}
	precise, err := net.New(model, net.Images(set), net.Float64)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.New(model, net.Images(set), spec.precision)
	if err != nil {
		t.Fatal(err)
	}
	s := subject{subjectSpec: spec, l: l, theta: spec.start(model)}
	m := measure.Spec{Landscape: precise, Theta: s.theta, Diagrams: classes(t, order-1), Form: embed.Cumulant, Means: true, Batch: 10}
	s.values = run(t, m, spec.blocks[0])
	m.Diagrams, m.Seed = slices.DeleteFunc(classes(t, order), func(d diagram.Diagram) bool { return d.Edges() < order }), 1
	s.fourth = run(t, m, spec.blocks[1])
	return s
}

var observables = []struct {
	measured  sim.Observable
	predicted value.Observable
}{{sim.Test, value.TestLoss()}, {sim.Gap, value.Gap()}}

// simulate runs optimizers on the same points. Contrasts are of the first with the others.
func (s subject) simulate(t *testing.T, eta float64, trials int64, optimizers ...string) *sim.Result {
	t.Helper()
	spec := sim.Spec{Landscape: s.l, Start: s.theta, Eta: eta, Test: 40, Block: 50}
	for i, text := range optimizers {
		o, err := sim.ParseOptimizer(text)
		if err != nil {
			t.Fatal(err)
		}
		spec.Runs = append(spec.Runs, sim.Run{Optimizer: o})
		if i > 0 {
			spec.Contrasts = append(spec.Contrasts, contrast(i))
		}
	}
	r, err := sim.Simulate(context.Background(), spec, trials, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// contrast is the difference of the i-th optimizer from the first.
func contrast(i int) sim.Contrast { return sim.Contrast{First: sim.Snapshot{Run: i}} }

func measured(t *testing.T, r *sim.Result, g sim.Group, o sim.Observable) sim.Estimate {
	t.Helper()
	x, err := r.Estimate(g, o, sim.Reduced)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// A sum is a linear combination of plain values, by value class.
type sum map[diagram.Diagram]*big.Rat

// seriesOf returns the series of an observable, through order.
func seriesOf(t *testing.T, dynamics embed.Dynamics, o value.Observable) sum {
	t.Helper()
	series, err := value.ExpandWith(context.Background(), dynamics, o, order, embed.Cumulant)
	if err != nil {
		t.Fatal(err)
	}
	s := sum{}
	for _, c := range series.Classes() {
		s[c.Representative.Class()] = c.Coefficient
	}
	return s
}

// at returns the coefficient of a value.
func (s sum) at(d diagram.Diagram) *big.Rat {
	if q, ok := s[d.Class()]; ok {
		return q
	}
	return new(big.Rat)
}

// less returns s − x.
func (s sum) less(x sum) sum {
	out := sum{}
	for d := range s {
		out[d] = new(big.Rat).Sub(s.at(d), x.at(d))
	}
	for d := range x {
		out[d] = new(big.Rat).Sub(s.at(d), x.at(d))
	}
	return out
}

// with returns s with another coefficient at a diagram.
func (s sum) with(d diagram.Diagram, q *big.Rat) sum {
	out := s.less(nil)
	out[d.Class()] = q
	return out
}

// predict puts the measured values into a sum: at index d, through order d.
func (s subject) predict(x sum, eta float64) []value.Estimate {
	out := make([]value.Estimate, order+1)
	for d := range order {
		out[d] = put(x, eta, s.values, d)
	}
	last, third := put(x, eta, s.fourth, order), out[order-1]
	out[order] = value.Estimate{Mean: third.Mean + last.Mean, StdErr: math.Hypot(third.StdErr, last.StdErr)}
	return out
}

// put puts values through an order into a sum, with the error of their mean over blocks.
func put(x sum, eta float64, r *measure.Result, through int) value.Estimate {
	rows := r.Rows()
	each, n := make([]float64, len(rows)), float64(len(rows))
	for i, class := range r.Spec().Diagrams {
		if class.Edges() > through {
			continue
		}
		c, _ := x.at(class).Float64()
		c *= math.Pow(eta, float64(class.Edges()))
		for b, row := range rows {
			each[b] += c * row[i]
		}
	}
	mean, squares := 0.0, 0.0
	for _, v := range each {
		mean += v / n
	}
	for _, v := range each {
		squares += (v - mean) * (v - mean)
	}
	return value.Estimate{Mean: mean, StdErr: math.Sqrt(squares / (n - 1) / n)}
}

// zs returns the z-scores of a measurement, by order of the theory.
func zs(x sim.Estimate, predicted []value.Estimate) []float64 {
	out := make([]float64, len(predicted))
	for d, p := range predicted {
		out[d] = sim.Verdict{Measured: x, Theory: p}.Z()
	}
	return out
}
