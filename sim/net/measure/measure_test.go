package measure_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

func classes(t testing.TB, order int) []diagram.Diagram {
	t.Helper()
	list, err := measure.Classes(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func run(t testing.TB, s measure.Spec, blocks int) *measure.Result {
	t.Helper()
	r, err := measure.Run(context.Background(), s, blocks, measure.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func estimate(t testing.TB, r *measure.Result, d diagram.Diagram) value.Estimate {
	t.Helper()
	e, err := r.Value(d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// plain returns the exact value of a class on a landscape of given statistics.
func plain(t testing.TB, d diagram.Diagram, form embed.Form, s tensor.Statistics[float64]) float64 {
	t.Helper()
	o := value.TestLoss()
	if d.Tied() {
		o = value.TrainLoss()
	}
	v, err := value.PlainValue(d, o, form, value.Point[float64]{Ring: mobius.Float64{}, Statistics: s})
	if err != nil {
		t.Fatal(err)
	}
	return v.At()
}

// gauss returns the Gauss landscape at 0.3 and its exact statistics, good to 4 edges.
func gauss(t testing.TB) (sim.Landscape, []float64, tensor.Statistics[float64]) {
	t.Helper()
	theta := []float64{0.3}
	local, err := sim.Gauss{}.Local(theta, 4)
	if err != nil {
		t.Fatal(err)
	}
	return sim.Gauss{}, theta, tensor.Convert(mobius.Float64{}, tensor.Cache(local.Statistics()))
}

// Every value to order 4 agrees with the exact one within its stated error, on a landscape
// of continuous data, in both forms; with two data to a tied node, to order 3, since
// products of ten squares of normal numbers, each seldom large, want more blocks.
func TestValuesOfGauss(t *testing.T) {
	l, theta, exact := gauss(t)
	for _, form := range []embed.Form{embed.Moment, embed.Cumulant} {
		for tied, order := range map[int]int{1: 4, 2: 3} {
			r := run(t, measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, order), Form: form, Batch: 10, Tied: tied}, 500)
			for _, d := range classes(t, order) {
				got, want := estimate(t, r, d), plain(t, d, form, exact)
				if !(math.Abs(got.Mean-want) <= 5*got.StdErr) || got.StdErr == 0 {
					t.Errorf("%v of %v, %d tied: %v ± %v, want %v", form, d, tied, got.Mean, got.StdErr, want)
				}
			}
		}
	}
}

// Intervals of two standard errors hold the exact value in 95% of measurements.
func TestCoverage(t *testing.T) {
	l, theta, exact := gauss(t)
	const seeds = 200
	held := map[diagram.Diagram]int{}
	for seed := range uint64(seeds) {
		r := run(t, measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, 2), Form: embed.Cumulant, Batch: 20, Seed: seed}, 100)
		for _, d := range classes(t, 2) {
			e := estimate(t, r, d)
			if math.Abs(e.Mean-plain(t, d, embed.Cumulant, exact)) <= 1.984*e.StdErr { // Student's, 99 degrees
				held[d]++
			}
		}
	}
	for d, n := range held {
		// The count has deviation √(200·0.95·0.05) = 3.1; skewness costs some more below.
		if n < 190-20 || n > 190+10 {
			t.Errorf("%v: %d of %d intervals hold", d, n, seeds)
		}
	}
	if len(held) != len(classes(t, 2)) {
		t.Errorf("%d values, not %d", len(held), len(classes(t, 2)))
	}
}

// So they do of every value to order 3 on a network, in both forms, with few blocks.
func TestCoverageOfNetwork(t *testing.T) {
	const seeds = 100
	l, theta, exact := network(t, 3)
	statistics := tensor.Cache(tensor.Statistics[float64](exact))
	for _, form := range []embed.Form{embed.Moment, embed.Cumulant} {
		want, held, all := map[diagram.Diagram]float64{}, map[diagram.Diagram]int{}, 0
		for _, d := range classes(t, 3) {
			want[d] = plain(t, d, form, statistics)
		}
		for seed := range uint64(seeds) {
			r := run(t, measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, 3), Form: form, Batch: 6, Seed: seed}, 24)
			for d, want := range want {
				if e := estimate(t, r, d); math.Abs(e.Mean-want) <= 2.069*e.StdErr { // Student's, 23 degrees
					held[d]++
					all++
				}
			}
		}
		// As errors go, 24 blocks are few where a value has far outliers: of one value up to
		// 15% of intervals too many miss, and 2% of all. With errors 20% smaller 88% of all hold,
		// and 96.5% with 20% larger ones.
		for d := range want {
			if held[d] < 75 {
				t.Errorf("%v of %v: %d of %d intervals hold", form, d, held[d], seeds)
			}
		}
		if fraction := float64(all) / float64(seeds*len(want)); len(want) != 25 || fraction < 0.91 || fraction > 0.96 {
			t.Errorf("%v: %v of the intervals of %d values hold", form, fraction, len(want))
		}
	}
}

// network returns a small network on few synthetic images, with all of its statistics.
func network(t testing.TB, order int) (*net.Landscape, []float64, *tensor.Samples) {
	t.Helper()
	image := data.Shape{Channels: 2, Height: 1, Width: 1}
	set, err := data.Synthetic(data.Synthesis{Shape: image, Classes: 3, Points: 12, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	model, err := net.Small(image, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.New(model, net.Images(set), net.Float64)
	if err != nil {
		t.Fatal(err)
	}
	theta := model.Start(0)
	every := make([]float64, set.Len())
	for i := range every {
		every[i] = float64(i)
	}
	s, err := measure.Samples(context.Background(), l, theta, every, order)
	if err != nil {
		t.Fatal(err)
	}
	return l, theta, s
}

// Every value to order 3 agrees with the exact one of the population, on a network.
func TestValuesOfNetwork(t *testing.T) {
	l, theta, exact := network(t, 3)
	for _, form := range []embed.Form{embed.Moment, embed.Cumulant} {
		want := map[diagram.Diagram]float64{}
		for _, d := range classes(t, 3) {
			want[d] = plain(t, d, form, tensor.Cache(tensor.Statistics[float64](exact)))
		}
		for _, means := range []bool{false, true} {
			r := run(t, measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, 3), Form: form, Batch: 6, Means: means}, 150)
			for _, d := range classes(t, 3) {
				got, want := estimate(t, r, d), want[d]
				apart := len(d.Parts()) == d.Nodes()
				if !(math.Abs(got.Mean-want) <= 4.5*got.StdErr+1e-13) || (got.StdErr < 1e-13) != (means && apart) {
					t.Errorf("%v of %v, means %v: %v ± %v, want %v", form, d, means, got.Mean, got.StdErr, want)
				}
			}
		}
	}
}

// The statistics of a network on its population are those that its mean gradient and
// Hessian say, and the metric's eigenbasis can be had of them.
func TestSamplesOfNetwork(t *testing.T) {
	l, theta, s := network(t, 2)
	grad := make([]float64, l.Dim())
	l.MeanGradient(grad, theta)
	g, err := tensor.Gradient(tensor.Statistics[float64](s))
	if err != nil {
		t.Fatal(err)
	}
	h, err := tensor.Hessian(tensor.Statistics[float64](s))
	if err != nil {
		t.Fatal(err)
	}
	axis, row := make([]float64, l.Dim()), make([]float64, l.Dim())
	for i := range grad {
		if math.Abs(g.At(i)-grad[i]) > 1e-14 {
			t.Fatalf("gradient %d is %v, want %v", i, g.At(i), grad[i])
		}
		clear(axis)
		axis[i] = 1
		l.MeanGradient(row, theta, axis)
		for j := range row {
			if math.Abs(h.At(i, j)-row[j]) > 1e-14 {
				t.Fatalf("Hessian %d,%d is %v, want %v", i, j, h.At(i, j), row[j])
			}
		}
	}
}

// Results do not depend on workers, nor on whether some blocks were known, and fewer
// blocks are the first of more.
func TestResultsAreReproducible(t *testing.T) {
	l, theta, _ := gauss(t)
	spec := measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, 3), Seed: 7}
	want := run(t, spec, 20)
	short := run(t, spec, 8)
	for _, o := range []measure.Options{{Workers: 1}, {Workers: 5}, {Known: short.Rows()}} {
		done := 0
		o.Progress = func(int) { done++ }
		got, err := measure.Run(context.Background(), spec, 20, o)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Rows(), want.Rows()) {
			t.Errorf("other rows with %d workers", o.Workers)
		}
		if done != 20-len(o.Known) {
			t.Errorf("%d blocks reported", done)
		}
	}
	if !reflect.DeepEqual(short.Rows(), want.Rows()[:8]) {
		t.Error("fewer blocks are not the first of more")
	}
	spec.Seed++
	if reflect.DeepEqual(run(t, spec, 8).Rows(), short.Rows()) {
		t.Error("another seed gives the same rows")
	}
}

// A measurement that is stopped has the blocks that were done, and can be continued.
func TestStopAndContinue(t *testing.T) {
	l, theta, _ := gauss(t)
	spec := measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, 2)}
	ctx, cancel := context.WithCancel(context.Background())
	part, err := measure.Run(ctx, spec, 50, measure.Options{Workers: 2, Progress: func(done int) {
		if done == 10 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if part.Blocks() < 9 || part.Blocks() > 12 {
		t.Fatalf("%d blocks", part.Blocks())
	}
	whole, err := measure.Run(context.Background(), spec, 50, measure.Options{Known: part.Rows()})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(whole.Rows(), run(t, spec, 50).Rows()) {
		t.Error("continued to other rows")
	}
	cancelled, cancelAtOnce := context.WithCancel(context.Background())
	cancelAtOnce()
	if r, err := measure.Run(cancelled, spec, 5, measure.Options{}); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", r, err)
	}
}

// A prediction is the mean of those that the blocks make, each by itself, and its standard
// error that of their mean: the errors of different values have much in common.
func TestPredictsAsBlocksDo(t *testing.T) {
	const eta = 0.2
	l, theta, _ := gauss(t)
	r := run(t, measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, 3), Form: embed.Moment}, 50)
	own, err := r.Statistics()
	if err != nil {
		t.Fatal(err)
	}
	alone := map[diagram.Diagram]value.Estimate{}
	for _, d := range classes(t, 3) {
		alone[d] = estimate(t, r, d)
	}
	independent, err := value.NewStatistics(embed.Moment, alone)
	if err != nil {
		t.Fatal(err)
	}
	at := func(sum value.Sum, s *value.Statistics) []value.Estimate {
		p, err := value.Predict(sum, s)
		if err != nil {
			t.Fatal(err)
		}
		return p.At(eta)
	}
	series := func(grid string, o value.Observable) *value.Series {
		g, err := embed.Parse(grid)
		if err != nil {
			t.Fatal(err)
		}
		s, err := value.Expand(context.Background(), g, o, 3, embed.Moment)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	difference, err := value.Compare(series("sgd N=4", value.TestLoss()), series("gd N=4 T=4", value.TestLoss()))
	if err != nil {
		t.Fatal(err)
	}
	for name, sum := range map[string]value.Sum{
		"test": series("sgd N=4 E=2", value.TestLoss()), "train": series("sgd N=4 E=2", value.TrainLoss()), "gap": series("sgd N=4 E=2", value.Gap()), "difference": difference,
	} {
		got, uncorrelated := at(sum, own), at(sum, independent)
		n := float64(r.Blocks())
		means, squares := make([]float64, 4), make([]float64, 4)
		for _, row := range r.Rows() {
			block := map[diagram.Diagram]value.Estimate{}
			for i, d := range r.Spec().Diagrams {
				block[d] = value.Estimate{Mean: row[i]}
			}
			s, err := value.NewStatistics(embed.Moment, block)
			if err != nil {
				t.Fatal(err)
			}
			for d, e := range at(sum, s) {
				means[d] += e.Mean / n
				squares[d] += (e.Mean - got[d].Mean) * (e.Mean - got[d].Mean)
			}
		}
		for d, e := range got {
			want := math.Sqrt(squares[d] / (n - 1) / n)
			if math.Abs(e.Mean-means[d]) > 1e-13 || math.Abs(e.StdErr-want) > 1e-12 {
				t.Errorf("%s, order %d: %v, blocks %v ± %v", name, d, e, means[d], want)
			}
			if ratio := uncorrelated[d].StdErr / want; d == 3 && math.Abs(ratio-1) < 0.05 {
				t.Errorf("%s: errors as if independent are %v times those of blocks, which no test can tell apart", name, ratio)
			}
		}
	}
}

func TestMeasurementsThatCannotBeMade(t *testing.T) {
	l, theta, _ := gauss(t)
	good := measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, 2)}
	for name, change := range map[string]func(s *measure.Spec){
		"no landscape":  func(s *measure.Spec) { s.Landscape = nil },
		"a long point":  func(s *measure.Spec) { s.Theta = []float64{1, 2} },
		"two roots":     func(s *measure.Spec) { s.Diagrams = []diagram.Diagram{diagram.MustParse("(01-2-3)(02-13)")} },
		"batch":         func(s *measure.Spec) { s.Batch = -1 },
		"tied":          func(s *measure.Spec) { s.Tied = 9 },
		"a large part":  func(s *measure.Spec) { s.Tied = 4 },
		"form":          func(s *measure.Spec) { s.Form = 7 },
		"too many edge": func(s *measure.Spec) { s.Diagrams = classes(t, 1); s.Diagrams[0] = corolla(9) },
	} {
		s := good
		change(&s)
		if _, err := measure.Run(context.Background(), s, 2, measure.Options{}); !errors.Is(err, measure.ErrSpec) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, o := range map[string]measure.Options{
		"too many known":  {Known: make([][]float64, 3)},
		"known of others": {Known: [][]float64{{1}}},
	} {
		if _, err := measure.Run(context.Background(), good, 2, o); !errors.Is(err, measure.ErrSpec) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := measure.Run(context.Background(), good, 0, measure.Options{}); !errors.Is(err, measure.ErrSpec) {
		t.Errorf("no blocks: %v", err)
	}
	r := run(t, good, 1)
	if err := r.WriteJSON(new(bytes.Buffer), ""); !errors.Is(err, measure.ErrResult) {
		t.Errorf("one block written: %v", err)
	}
	if _, err := r.Statistics(); !errors.Is(err, value.ErrStatistics) {
		t.Errorf("statistics of one block: %v", err)
	}
	other := diagram.MustParse("(0-1-2-3)(03-13-23)")
	if _, err := r.Value(other); !errors.Is(err, measure.ErrResult) {
		t.Errorf("a value that was not measured: %v", err)
	}
	if _, err := r.Covariance(good.Diagrams[0], other); !errors.Is(err, measure.ErrResult) {
		t.Errorf("a covariance that was not measured: %v", err)
	}
	if _, err := measure.Classes(t.Context(), -1); !errors.Is(err, measure.ErrSpec) {
		t.Errorf("order -1: %v", err)
	}
	if _, err := measure.Samples(context.Background(), l, theta, nil, 1); !errors.Is(err, measure.ErrSpec) {
		t.Errorf("no data: %v", err)
	}
}

// idle is a landscape of a thousand weights that is not to be asked for losses or gradients.
type idle struct {
	sim.Landscape
	t *testing.T
}

func (idle) Dim() int               { return 1000 }
func (idle) Size() int              { return 1 }
func (l idle) Clone() sim.Landscape { return l }

func (l idle) Loss([]float64, []float64, ...[]float64) float64 {
	l.t.Error("it computes a loss")
	return 0
}

func (l idle) Gradient([]float64, []float64, []float64, ...[]float64) {
	l.t.Error("it computes a gradient")
}

// Tensors that would be too large are refused before any are computed: each by itself, or
// all together.
func TestSamplesTooLarge(t *testing.T) {
	l := idle{t: t}
	for _, c := range []struct {
		points, order int
		elements      string
	}{{1, 3, "1001001001"}, {68, 2, "68068068"}, {1, 8, "1001001001001001001001001"}} {
		_, err := measure.Samples(context.Background(), l, make([]float64, l.Dim()), make([]float64, c.points), c.order)
		if !errors.Is(err, tensor.ErrTooLarge) || !strings.Contains(err.Error(), " "+c.elements+" ") {
			t.Errorf("%s elements: %v", c.elements, err)
		}
	}
}

// corolla returns the star with the given number of leaves, all apart.
func corolla(leaves int) diagram.Diagram {
	parent, part := make([]int, leaves+1), make([]int, leaves+1)
	for i := range parent {
		parent[i], part[i] = leaves, i
	}
	parent[leaves] = -1
	d, err := diagram.New(parent, part)
	if err != nil {
		panic(err)
	}
	return d
}

// Classes are as many as there are trees with a partition of their nodes, up to
// relabelling: counted by trying all labelled trees, partitions and relabellings.
func TestClasses(t *testing.T) {
	list := classes(t, 4)
	var counts [5]int
	for i, d := range list {
		counts[d.Edges()]++
		if d.Class() != d || slices.Index(list, d) != i {
			t.Errorf("%v is no class, or stands twice", d)
		}
	}
	for edges, got := range counts {
		if want := partitionedTrees(edges + 1); got != want {
			t.Errorf("%d classes of %d edges, want %d", got, edges, want)
		}
	}
}

// Classes of 8 edges are refused before any are found, by the number of diagrams; those of 7
// are found only until the context ends, in the enumeration, and then in a plan.
func TestClassesStop(t *testing.T) {
	began := time.Now()
	var limit *diagram.LimitError
	_, err := measure.Classes(t.Context(), measure.MaxOrder)
	if !errors.Is(err, measure.ErrSpec) || !errors.As(err, &limit) || limit.Count.Cmp(big.NewInt(598201)) != 0 {
		t.Errorf("8 edges: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := measure.Classes(ctx, 7); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("7 edges: %v", err)
	}
	// One part of all 9 nodes has 21147 finer partitions.
	l, theta, _ := gauss(t)
	ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	whole := measure.Spec{Landscape: l, Theta: theta, Diagrams: []diagram.Diagram{diagram.MustParse("(012345678)(08-18-28-38-48-58-68-78)")}, Form: embed.Cumulant}
	if _, err := measure.Run(ctx, whole, 1, measure.Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a plan: %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

// partitionedTrees counts the trees on n nodes with a partition of these, up to relabelling:
// each that was not met yet is counted, and all its relabellings are met.
func partitionedTrees(n int) int {
	orders := permutations(n)
	met := map[string]bool{}
	count := 0
	// Every tree on 0, …, n−1 can be labelled so that each node but the first has one
	// neighbour before it.
	parent := make([]int, n)
	for code := range factorial(n - 1) {
		for v := 1; v < n; v++ {
			parent[v], code = code%v, code/v
		}
		for labels := range mobius.Strings(n) {
			if met[relabelled(parent, labels, orders[0])] {
				continue
			}
			count++
			for _, p := range orders {
				met[relabelled(parent, labels, p)] = true
			}
		}
	}
	return count
}

// relabelled writes a tree and a partition with node v called p[v].
func relabelled(parent, labels, p []int) string {
	var edges []int
	for v := 1; v < len(parent); v++ {
		a, b := p[v], p[parent[v]]
		edges = append(edges, min(a, b)*len(parent)+max(a, b))
	}
	slices.Sort(edges)
	parts := make([]int, len(labels))
	for v, label := range labels {
		parts[p[v]] = label
	}
	return fmt.Sprint(edges, mobius.MustNew(parts))
}

func factorial(n int) int {
	if n < 2 {
		return 1
	}
	return n * factorial(n-1)
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var list [][]int
	for _, p := range permutations(n - 1) {
		for at := range n {
			list = append(list, slices.Insert(slices.Clone(p), at, n-1))
		}
	}
	return list
}

// A measurement of the exact values of the Gauss landscape at its minimum: the gradient
// vanishes and its variance is ½.
func ExampleRun() {
	variance := diagram.MustParse("(01)(01)") // κ(∇l_x, ∇l_x)
	spec := measure.Spec{Landscape: sim.Gauss{}, Diagrams: []diagram.Diagram{variance}, Form: embed.Cumulant}
	r, err := measure.Run(context.Background(), spec, 10000, measure.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := r.Value(variance)
	fmt.Printf("%.1f %v %v\n", e.Mean, e.StdErr < 0.02, err)
	// Output: 0.5 true <nil>
}
