package net_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorgonia.org/gorgonia"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/sim/net/exec"
	"github.com/perturb-go/perturb/sim/net/expr"
)

func synthetic(t testing.TB, image data.Shape, classes, points int) *data.Set {
	t.Helper()
	set, err := data.Synthetic(data.Synthesis{Shape: image, Classes: classes, Points: points, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func landscape(t testing.TB, m net.Model, set *data.Set, precision net.Precision) *net.Landscape {
	t.Helper()
	l, err := net.New(m, net.Images(set), precision)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// landscapes are one of each of the package's models, in float64.
func landscapes(t testing.TB) map[string]*net.Landscape {
	t.Helper()
	list := map[string]*net.Landscape{
		"cifar convnet":   convnet(t, cifar, 20, net.Float64),
		"fashion convnet": convnet(t, fashion, 20, net.Float64),
	}
	small := data.Shape{Channels: 1, Height: 3, Width: 3}
	for name, build := range map[string]func() (net.Model, error){
		"logistic":   func() (net.Model, error) { return net.Logistic(small, 4) },
		"small":      func() (net.Model, error) { return net.Small(small, 3, 4) },
		"classifier": func() (net.Model, error) { return net.Classifier(small, 4, "conv 2/1 3, tanh, conv 2/1 2, tanh") },
	} {
		m, err := build()
		if err != nil {
			t.Fatal(err)
		}
		list[name] = landscape(t, m, synthetic(t, small, 4, 20), net.Float64)
	}
	return list
}

// slope returns the derivative of f at 0 by central differences with errors of order h⁶.
func slope(f func(s float64) float64, h float64) float64 {
	return (45*(f(h)-f(-h)) - 9*(f(2*h)-f(-2*h)) + (f(3*h) - f(-3*h))) / (60 * h)
}

func moved(theta, v []float64, s float64) []float64 {
	m := make([]float64, len(theta))
	for i := range m {
		m[i] = theta[i] + s*v[i]
	}
	return m
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}

// Derivatives to order 4 along different directions, and their gradients, agree with
// finite differences of those of one order less, for whole networks. Directions are of
// about the size that gradients have, so that high orders are not all that matters.
func TestDerivativesToOrderFour(t *testing.T) {
	for name, l := range landscapes(t) {
		t.Run(name, func(t *testing.T) {
			theta := l.Model().Start(1)
			var along [][]float64
			for k := range 4 {
				v := l.Model().Start(uint64(10 + k))
				for i := range v {
					v[i] *= 3 / math.Sqrt(float64(len(v)))
				}
				along = append(along, v)
			}
			other := l.Model().Start(20)
			for i := range other {
				other[i] *= 3 / math.Sqrt(float64(len(other)))
			}
			points := []float64{3, 7, 11, 2, 19}
			grad := make([]float64, l.Dim())
			for k := 0; k <= 4; k++ {
				if k > 0 {
					got := l.Loss(theta, points, along[:k]...)
					want := slope(func(s float64) float64 {
						return l.Loss(moved(theta, along[k-1], s), points, along[:k-1]...)
					}, 0.01)
					if !(math.Abs(got-want) <= 1e-9*(1+math.Abs(want))) {
						t.Errorf("order %d: %v, want %v", k, got, want)
					}
				}
				l.Gradient(grad, theta, points, along[:k]...)
				got := dot(grad, other)
				want := slope(func(s float64) float64 { return l.Loss(moved(theta, other, s), points, along[:k]...) }, 0.01)
				if !(math.Abs(got-want) <= 1e-9*(1+math.Abs(want))) {
					t.Errorf("gradient of order %d: %v, want %v", k, got, want)
				}
			}
		})
	}
}

// counted are points that count how often an input is asked for.
type counted struct {
	net.Points
	inputs *int
}

func (c counted) Input(dst []float64, i int) {
	*c.inputs++
	c.Points.Input(dst, i)
}

// Points are converted once, on whatever executor.
func TestPointsAreConvertedOnce(t *testing.T) {
	set := synthetic(t, data.Shape{Channels: 1, Height: 2, Width: 2}, 2, 30)
	m, err := net.Logistic(set.Shape(), set.Classes())
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func(p net.Points) (*net.Landscape, error){
		"New": func(p net.Points) (*net.Landscape, error) { return net.New(m, p, net.Float32) },
		"NewOn": func(p net.Points) (*net.Landscape, error) {
			return net.NewOn(exec.Executor[float64](exec.Reference{}), m, p)
		},
	} {
		inputs := 0
		l, err := open(counted{net.Images(set), &inputs})
		if err != nil {
			t.Fatal(err)
		}
		l.MeanLoss(m.Start(0))
		if inputs != set.Len() {
			t.Errorf("%s: %d inputs of %d points", name, inputs, set.Len())
		}
	}
}

// The two executors agree, and the two precisions as far as they go.
func TestExecutorsAndPrecisionsAgree(t *testing.T) {
	set := synthetic(t, fashion, 10, 30)
	m, err := net.Convnet(fashion, 10)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := net.NewOn(exec.Executor[float64](exec.Reference{}), m, net.Images(set))
	if err != nil {
		t.Fatal(err)
	}
	double, single := landscape(t, m, set, net.Float64), landscape(t, m, set, net.Float32)
	theta, v := m.Start(1), m.Start(2)
	points := []float64{4, 1, 2, 29, 8, 8}
	for _, along := range [][][]float64{nil, {v}} {
		want := make([]float64, m.Dim())
		reference.Gradient(want, theta, points, along...)
		size := math.Sqrt(dot(want, want))
		for _, c := range []struct {
			l         *net.Landscape
			precision float64
		}{{double, 1e-14}, {single, 1e-5}} {
			got := make([]float64, m.Dim())
			c.l.Gradient(got, theta, points, along...)
			difference := moved(got, want, -1)
			if e := math.Sqrt(dot(difference, difference)); !(e <= c.precision*size) {
				t.Errorf("%s: gradients along %d differ by %v of %v", c.l.Name(), len(along), e, size)
			}
			loss, known := c.l.Loss(theta, points, along...), reference.Loss(theta, points, along...)
			if !(math.Abs(loss-known) <= 10*c.precision*(1+math.Abs(known))) {
				t.Errorf("%s: loss along %d is %v, want %v", c.l.Name(), len(along), loss, known)
			}
		}
	}
	names := map[string]bool{reference.Name(): true, double.Name(): true, single.Name(): true}
	if len(names) != 3 {
		t.Errorf("names do not differ: %v", names)
	}
}

// Means over batches are means of the points' own losses and gradients, whatever the size.
func TestMeansOfPoints(t *testing.T) {
	l := landscapes(t)["small"]
	theta := l.Model().Start(3)
	for n := 1; n <= 20; n++ {
		points, each := make([]float64, n), make([]float64, n)
		grads, grad, mean := make([]float64, n*l.Dim()), make([]float64, l.Dim()), make([]float64, l.Dim())
		for i := range points {
			points[i] = float64(i)
		}
		l.EachLoss(each, theta, points)
		l.EachGradient(grads, theta, points)
		sum := 0.0
		for i, loss := range each {
			sum += loss / float64(n)
			for mu := range mean {
				mean[mu] += grads[i*l.Dim()+mu] / float64(n)
			}
		}
		if got := l.Loss(theta, points); math.Abs(got-sum) > 1e-14 {
			t.Errorf("%d points: %v, want %v", n, got, sum)
		}
		l.Gradient(grad, theta, points)
		for mu := range mean {
			if math.Abs(grad[mu]-mean[mu]) > 1e-14 {
				t.Fatalf("%d points, weight %d: %v, want %v", n, mu, grad[mu], mean[mu])
			}
		}
		if n == 20 {
			if got := l.MeanLoss(theta); got != l.Loss(theta, points) {
				t.Errorf("the mean loss is %v", got)
			}
			l.MeanGradient(mean, theta)
			if !slices.Equal(mean, grad) {
				t.Error("the mean gradient is not that of all points")
			}
			l.HessianTimes(mean, theta, points, grad)
			l.Gradient(grad, theta, points, slices.Clone(grad))
			if !slices.Equal(mean, grad) {
				t.Error("the Hessian times a vector is not the gradient along it")
			}
		}
	}
}

// At weights zero logistic regression on K classes has the loss log K, and the gradient
// of a point is √(2/(n+K)) (1/K − y) x, of square (2/(n+K)) (1 − 1/K) |x|².
func TestLogisticAtZero(t *testing.T) {
	image := data.Shape{Channels: 3, Height: 4, Width: 5}
	set := synthetic(t, image, 10, 6)
	m, err := net.Logistic(image, 10)
	if err != nil {
		t.Fatal(err)
	}
	l := landscape(t, m, set, net.Float64)
	theta, grad, x := make([]float64, m.Dim()), make([]float64, m.Dim()), make([]float64, image.Size())
	for i := range set.Len() {
		point := []float64{float64(i)}
		if got := l.Loss(theta, point); math.Abs(got-math.Log(10)) > 1e-15 {
			t.Errorf("point %d: loss %v", i, got)
		}
		set.Image(x, i)
		l.Gradient(grad, theta, point)
		want := 2. / 70 * 0.9 * dot(x, x)
		if got := dot(grad, grad); math.Abs(got-want) > 1e-13*want {
			t.Errorf("point %d: |∇l|² = %v, want %v", i, got, want)
		}
	}
}

// The paper's networks have the numbers of weights that its description says, and scores
// of the size that Glorot and Xavier meant.
func TestConvnets(t *testing.T) {
	for _, c := range []struct {
		image data.Shape
		want  int
	}{
		{cifar, 25*3*10 + 25*10*10 + 25*10*10 + 10*10},   // 14×14 and 5×5 pixels
		{fashion, 25*1*10 + 25*10*10 + 16*10*10 + 10*10}, // 12×12 and 4×4 pixels
	} {
		l := convnet(t, c.image, 40, net.Float64)
		if l.Dim() != c.want {
			t.Errorf("%v: %d weights, want %d", c.image, l.Dim(), c.want)
		}
		mean := 0.0
		const starts = 20
		for seed := range uint64(starts) {
			mean += l.MeanLoss(l.Model().Start(seed)) / starts
		}
		if mean < math.Log(10) || mean > 3 {
			t.Errorf("%v: the mean loss at initialization is %v", c.image, mean)
		}
	}
}

// Training on all points makes the loss fall and the accuracy rise.
func TestAccuracy(t *testing.T) {
	l := convnet(t, fashion, 50, net.Float32)
	theta, grad := l.Model().Start(0), make([]float64, l.Dim())
	every := make([]float64, 50)
	for i := range every {
		every[i] = float64(i)
	}
	before := l.Accuracy(theta, every)
	for range 150 {
		l.Gradient(grad, theta, every)
		for i, g := range grad {
			theta[i] -= g
		}
	}
	if after := l.Accuracy(theta, every); after < 0.9 || before > 0.5 {
		t.Errorf("accuracy %v, then %v", before, after)
	}
	theta[0] = math.NaN()
	if diverged := l.Accuracy(theta, every); diverged != 0 {
		t.Errorf("accuracy %v of weights that are no numbers", diverged)
	}
}

// Experiments of sim run on networks, in both precisions, and do not depend on workers.
func TestSimulate(t *testing.T) {
	for _, precision := range []net.Precision{net.Float64, net.Float32} {
		l := convnet(t, fashion, 40, precision)
		grid, err := embed.Parse("sgd N=4")
		if err != nil {
			t.Fatal(err)
		}
		spec := sim.Spec{
			Landscape: l, Start: l.Model().Start(0), Eta: 0.05, Test: 5, Block: 4,
			Runs: []sim.Run{{Optimizer: sim.SGD{Grid: grid}}, {Optimizer: sim.GDC{N: 4, T: 4, B: 1}}},
		}
		var means []float64
		for _, workers := range []int{1, 3} {
			r, err := sim.Simulate(context.Background(), spec, 12, sim.Options{Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			e, err := r.Estimate(sim.Snapshot{}, sim.Test, sim.Reduced)
			if err != nil {
				t.Fatal(err)
			}
			means = append(means, e.Mean)
		}
		if means[0] != means[1] || !(means[0] > 0) {
			t.Errorf("%v: means %v", precision, means)
		}
	}
}

// Of five points and three updates all runs of SGD can be made, so E[l(θ_T)] is known
// without any estimate. Over many seeds every estimator's mean is it, its 95% intervals
// hold it in that share of cases, and its standard error is that of its means from seed to
// seed, within four standard deviations. Control variates make its square thousands of
// times less.
func TestEstimatesOfNetworks(t *testing.T) {
	const points, steps, eta, trials = 5, 3, 0.05, 320
	seeds := 200.
	if testing.Short() {
		seeds = 50
	}
	image := data.Shape{Channels: 1, Height: 3, Width: 3}
	m, err := net.Small(image, 3, 4)
	if err != nil {
		t.Fatal(err)
	}
	l := landscape(t, m, synthetic(t, image, 4, points), net.Float64)
	start, grad := m.Start(0), make([]float64, m.Dim())
	var mean func(theta []float64, steps int) float64
	mean = func(theta []float64, steps int) float64 {
		if steps == 0 {
			return l.MeanLoss(theta)
		}
		sum := 0.0
		for x := range points {
			next := slices.Clone(theta)
			step(l, next, grad, []float64{float64(x)}, eta)
			sum += mean(next, steps-1) / points
		}
		return sum
	}
	want := mean(start, steps)
	grid, err := embed.OneEpoch(steps)
	if err != nil {
		t.Fatal(err)
	}
	hits := map[sim.Estimator]float64{}
	squares, stated := map[sim.Estimator]float64{}, map[sim.Estimator]float64{}
	for seed := range uint64(seeds) {
		spec := sim.Spec{
			Landscape: l, Start: start, Eta: eta, Test: 2, Block: 32, Seed: seed,
			Runs: []sim.Run{{Optimizer: sim.SGD{Grid: grid}}},
		}
		r, err := sim.Simulate(context.Background(), spec, trials, sim.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []sim.Estimator{sim.Raw, sim.Paired, sim.Reduced} {
			x, err := r.Estimate(sim.Snapshot{}, sim.Test, e)
			if err != nil {
				t.Fatal(err)
			}
			if x.Low <= want && want <= x.High {
				hits[e]++
			}
			squares[e] += (x.Mean - want) * (x.Mean - want) / seeds
			stated[e] += x.StdErr * x.StdErr / seeds
		}
	}
	for _, e := range []sim.Estimator{sim.Raw, sim.Paired, sim.Reduced} {
		if share := hits[e] / seeds; math.Abs(share-0.95) > 4*math.Sqrt(0.95*0.05/seeds) {
			t.Errorf("%v: intervals hold the answer in %v of cases", e, share)
		}
		if ratio := squares[e] / stated[e]; math.Abs(ratio-1) > 4*math.Sqrt(2/seeds) {
			t.Errorf("%v: errors have %v times the variance that is stated", e, ratio)
		}
	}
	if ratio := squares[sim.Raw] / squares[sim.Reduced]; ratio < 1000 {
		t.Errorf("the raw mean takes %v times the trials, expected 1000 or more", ratio)
	}
}

// Clones may be used at the same time, and give the bits that the landscape itself does.
func TestClonesAtTheSameTime(t *testing.T) {
	l := convnet(t, fashion, 20, net.Float64)
	theta, v := l.Model().Start(0), l.Model().Start(1)
	gradient := func(l *net.Landscape, along ...[]float64) []float64 {
		grad := make([]float64, l.Dim())
		for range 3 {
			l.Gradient(grad, theta, []float64{1, 2, 3, 4, 5}, along...)
		}
		return grad
	}
	results := make([][2][]float64, 4)
	var group sync.WaitGroup
	for i := range results {
		c := l.Clone().(*net.Landscape)
		group.Add(1)
		go func() {
			defer group.Done()
			results[i] = [2][]float64{gradient(c), gradient(c, v)}
		}()
	}
	group.Wait()
	for i, r := range results {
		if !slices.Equal(r[0], gradient(l)) || !slices.Equal(r[1], gradient(l, v)) {
			t.Errorf("clone %d differs", i)
		}
	}
}

// The heap does not grow over many steps, on any executor. The products of the convolution
// are large enough for a library of C, if there is one.
func TestHeapIsFlat(t *testing.T) {
	image := data.Shape{Channels: 1, Height: 14, Width: 14}
	m, err := net.Classifier(image, 10, "conv 5/2 10, tanh, dense 10, tanh")
	if err != nil {
		t.Fatal(err)
	}
	points := synthetic(t, image, 10, 100)
	small, err := net.Logistic(data.Shape{Channels: 1, Height: 2, Width: 2}, 2)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := net.NewOn(exec.Executor[float64](exec.Reference{}), small, net.Images(synthetic(t, data.Shape{Channels: 1, Height: 2, Width: 2}, 2, 100)))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []*net.Landscape{landscape(t, m, points, net.Float32), landscape(t, m, points, net.Float64), reference} {
		theta, grad, x := l.Model().Start(0), make([]float64, l.Dim()), []float64{0}
		heap := func() uint64 {
			runtime.GC()
			var s runtime.MemStats
			runtime.ReadMemStats(&s)
			return s.HeapAlloc
		}
		steps := func(n int) {
			for i := range n {
				x[0] = float64(i % 100)
				step(l, theta, grad, x, 1e-3)
			}
		}
		many := 20000
		if testing.Short() {
			many = 2000
		}
		steps(100)
		before := heap()
		steps(many)
		if after := heap(); after > before+1<<16 {
			t.Errorf("%s: the heap grew from %d to %d bytes", l.Name(), before, after)
		}
	}
}

func TestLayersThatAreNotSupported(t *testing.T) {
	for _, layer := range []string{"relu", "ReLU", "maxpool 2", "dropout", "batchnorm"} {
		_, err := net.Classifier(fashion, 10, "conv 5/2 10, "+layer)
		var unsupported *net.UnsupportedError
		if !errors.As(err, &unsupported) || !errors.Is(err, net.ErrUnsupported) {
			t.Errorf("%s: %v", layer, err)
		} else if unsupported.Op != strings.Fields(layer)[0] {
			t.Errorf("%s is called %s", layer, unsupported.Op)
		}
	}
	for _, layers := range []string{"conv", "conv 5 10", "conv 5/2", "conv 5/0 3", "conv 50/1 3", "dense", "dense -1", "dense 1e3", "tanh 3",
		"dense 3, conv 1/1 1", "conv 1/1 1000000", "tanh,,tanh", ",", "dense 99999999", "dense 1000000, dense 1000000"} {
		if _, err := net.Classifier(fashion, 10, layers); !errors.Is(err, net.ErrModel) {
			t.Errorf("%q: %v", layers, err)
		}
	}
	for _, c := range []struct {
		image   data.Shape
		classes int
	}{{data.Shape{}, 10}, {data.Shape{Channels: 1 << 40, Height: 1 << 40, Width: 1 << 40}, 10}, {data.Shape{Channels: 1, Height: 1 << 32, Width: 1 << 32}, 10}, {fashion, 1}, {data.Shape{Channels: 1, Height: 4, Width: 4}, 10}} {
		if _, err := net.Convnet(c.image, c.classes); !errors.Is(err, net.ErrModel) {
			t.Errorf("%v in %d classes: %v", c.image, c.classes, err)
		}
	}
}

// FuzzClassifier reads any text without a panic, and what it accepts can be read again.
func FuzzClassifier(f *testing.F) {
	for _, text := range []string{"", "tanh", "conv 2/1 3, tanh, dense 2", "relu", "dense 0", "conv 2//1", " , "} {
		f.Add(text)
	}
	image := data.Shape{Channels: 2, Height: 6, Width: 5}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := net.Classifier(image, 3, text)
		if err != nil {
			return
		}
		_, layers, _ := strings.Cut(m.Name, ", ")
		layers = strings.TrimSuffix(strings.TrimSuffix(layers, "dense 3"), ", ")
		again, err := net.Classifier(image, 3, layers)
		if err != nil || again.Name != m.Name || !slices.Equal(again.Weights, m.Weights) {
			t.Fatalf("%q is read as %q, and that as %q: %v", text, m.Name, again.Name, err)
		}
	})
}

// custom is a user's model: a regression with a bias and a smooth penalty on a hidden layer.
func custom() net.Model {
	return net.Model{
		Name: "custom", Inputs: 2, Targets: 1, Weights: []expr.Shape{{Rows: 3, Cols: 2}, {Rows: 1, Cols: 3}, {Rows: 1, Cols: 3}},
		Build: func(b *expr.Builder, x, y *expr.Node, w []*expr.Node) (loss, scores *expr.Node) {
			hidden := b.Tanh(b.Bias(b.Linear(1, x, w[0]), w[1]))
			miss := b.Sub(b.Linear(1, hidden, w[2]), y)
			return b.Inner(0.5, miss, miss), nil
		},
	}
}

// curve is points for it: (i/4, 1) and its square.
type curve struct{}

func (curve) Name() string                { return "curve" }
func (curve) Len() int                    { return 5 }
func (curve) Input(dst []float64, i int)  { dst[0], dst[1] = float64(i)/4, 1 }
func (curve) Target(dst []float64, i int) { dst[0] = float64(i) * float64(i) / 16 }

// A user's own model and points make a landscape: its loss is what it says.
func TestCustomModel(t *testing.T) {
	l, err := net.New(custom(), curve{}, net.Float64)
	if err != nil {
		t.Fatal(err)
	}
	theta := custom().Start(4)
	want := 0.0
	for i := range 5 {
		u, y := float64(i)/4, 0.0
		for j := range 3 {
			y += theta[9+j] * math.Tanh(theta[2*j]*u+theta[2*j+1]+theta[6+j])
		}
		want += 0.5 * (y - u*u) * (y - u*u)
		single := 0.5 * (y - u*u) * (y - u*u)
		if got := l.Loss(theta, []float64{float64(i)}); math.Abs(got-single) > 1e-15 {
			t.Errorf("point %d: %v, want %v", i, got, single)
		}
	}
	if got := l.Accuracy(theta, []float64{0}); got != 0 {
		t.Errorf("a regression has accuracy %v", got)
	}
	x := []float64{0}
	r := rand.New(rand.NewPCG(1, 1))
	var counts [5]int
	for range 1000 {
		l.Sample(r, x)
		counts[int(x[0])]++
	}
	for i, n := range counts {
		if n < 140 || n > 260 { // 200, with deviation 12.6
			t.Errorf("point %d was drawn %d times of 1000", i, n)
		}
	}
}

func TestModelsThatCannotBeBuilt(t *testing.T) {
	for name, change := range map[string]func(m *net.Model) error{
		"no weights":  func(m *net.Model) error { m.Weights = nil; return net.ErrModel },
		"no inputs":   func(m *net.Model) error { m.Inputs = 0; return net.ErrModel },
		"no graph":    func(m *net.Model) error { m.Build = nil; return net.ErrModel },
		"empty shape": func(m *net.Model) error { m.Weights[0].Rows = 0; return expr.ErrShape },
		"misfit":      func(m *net.Model) error { m.Weights[0].Cols = 3; return expr.ErrShape },
		"no loss": func(m *net.Model) error {
			m.Build = func(b *expr.Builder, x, y *expr.Node, w []*expr.Node) (loss, scores *expr.Node) { return nil, nil }
			return net.ErrModel
		},
		"a loss that is no number": func(m *net.Model) error {
			m.Build = func(b *expr.Builder, x, y *expr.Node, w []*expr.Node) (loss, scores *expr.Node) { return w[0], nil }
			return net.ErrModel
		},
		"wrong scores": func(m *net.Model) error {
			m.Build = func(b *expr.Builder, x, y *expr.Node, w []*expr.Node) (loss, scores *expr.Node) {
				return b.Inner(1, w[0], w[0]), w[0]
			}
			return net.ErrModel
		},
		"one datum only": func(m *net.Model) error {
			m.Build = func(b *expr.Builder, x, y *expr.Node, w []*expr.Node) (loss, scores *expr.Node) {
				row := b.Linear(1, b.Reshape(x, 1, 2), w[0])
				return b.Inner(1, row, row), nil
			}
			return expr.ErrShape
		},
		"ReLU": func(m *net.Model) error {
			m.Build = func(b *expr.Builder, x, y *expr.Node, w []*expr.Node) (loss, scores *expr.Node) {
				kinked, err := gorgonia.Rectify(b.Linear(1, x, w[0]))
				if err != nil {
					t.Fatal(err)
				}
				return b.Inner(1, kinked, kinked), nil
			}
			return net.ErrUnsupported
		},
	} {
		m := custom()
		want := change(&m)
		if _, err := net.New(m, curve{}, net.Float64); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := net.New(custom(), nil, net.Float64); !errors.Is(err, net.ErrPoints) {
		t.Errorf("no points: %v", err)
	}
	if _, err := net.New(custom(), curve{}, 7); !errors.Is(err, net.ErrModel) {
		t.Errorf("precision 7: %v", err)
	}
}

// Images of another shape, or of other classes, than the model's are refused; so are none.
func TestImagesThatDoNotFit(t *testing.T) {
	model, err := net.Logistic(data.Shape{Channels: 1, Height: 2, Width: 2}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []data.Synthesis{
		{Shape: data.Shape{Channels: 1, Height: 1, Width: 2}, Classes: 3, Points: 4},
		{Shape: data.Shape{Channels: 3, Height: 2, Width: 2}, Classes: 3, Points: 4},
		{Shape: data.Shape{Channels: 1, Height: 2, Width: 2}, Classes: 2, Points: 4},
		{Shape: data.Shape{Channels: 1, Height: 2, Width: 2}, Classes: 4, Points: 4},
	} {
		set, err := data.Synthetic(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := net.New(model, net.Images(set), net.Float64); !errors.Is(err, net.ErrPoints) {
			t.Errorf("%v in %d classes: %v", s.Shape, s.Classes, err)
		}
	}
	if _, err := net.New(model, net.Images(&data.Set{}), net.Float64); !errors.Is(err, net.ErrPoints) {
		t.Errorf("no images: %v", err)
	}
}

// SGD with one update on a single point makes its loss fall by η|∇l|², to first order.
func Example() {
	image := data.Shape{Channels: 1, Height: 28, Width: 28}
	set, err := data.Synthetic(data.Synthesis{Shape: image, Classes: 10, Points: 100, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := net.Convnet(image, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := net.New(model, net.Images(set), net.Float64)
	if err != nil {
		fmt.Println(err)
		return
	}
	theta, grad, x := model.Start(0), make([]float64, l.Dim()), []float64{17}
	before := l.Loss(theta, x)
	l.Gradient(grad, theta, x)
	const eta = 1e-5
	square := 0.0
	for i, g := range grad {
		theta[i] -= eta * g
		square += g * g
	}
	fmt.Println(l.Dim(), "weights")
	fmt.Printf("%.3f\n", (before-l.Loss(theta, x))/(eta*square))
	// Output:
	// 4450 weights
	// 1.000
}
