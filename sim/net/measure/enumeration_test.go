package measure_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// a trainer trains on a training set, from θ.
type trainer func(l *net.Landscape, theta, set []float64, eta float64)

// epochs returns E epochs at η/E.
func epochs(e int) trainer {
	return func(l *net.Landscape, theta, set []float64, eta float64) {
		grad := make([]float64, len(theta))
		for step := range e * len(set) {
			n := step % len(set)
			l.Gradient(grad, theta, set[n:n+1])
			descend(theta, grad, eta/float64(e))
		}
	}
}

// emulation returns as many updates of full batches as there are points, on the loss plus
// strength · η (N−1)/(4N) tr Ĉ: GD for 0, and GDC for 1. The force is written out over pairs.
func emulation(strength float64) trainer {
	return func(l *net.Landscape, theta, set []float64, eta float64) {
		n := float64(len(set))
		grad, bend := make([]float64, len(theta)), make([]float64, len(theta))
		for range set {
			total := make([]float64, len(theta))
			l.Gradient(total, theta, set)
			for x := range set {
				for y := range set {
					// tr Ĉ is the mean of ½|∇l_x − ∇l_y|² over n(n−1) pairs: each has
					// (∇∇l_x − ∇∇l_y)(∇l_x − ∇l_y), twice ∇∇l_x (∇l_x − ∇l_y) in the sum.
					apart := make([]float64, len(theta))
					l.Gradient(apart, theta, set[x:x+1])
					l.Gradient(grad, theta, set[y:y+1])
					descend(apart, grad, 1)
					l.Gradient(bend, theta, set[x:x+1], apart)
					descend(total, bend, -strength*eta*(n-1)/(4*n)*2/(n*(n-1)))
				}
			}
			descend(theta, total, eta)
		}
	}
}

func descend(theta, grad []float64, eta float64) {
	for i, g := range grad {
		theta[i] -= eta * g
	}
}

// after returns the expected test loss, gap and displacements: means over all training sets
// of a size.
func after(l *net.Landscape, start []float64, size int, eta float64, train trainer) []float64 {
	out := make([]float64, 2+len(start))
	points := l.Points().Len()
	sets := 1
	for range size {
		sets *= points
	}
	theta, set := make([]float64, len(start)), make([]float64, size)
	for code := range sets {
		for i, rest := 0, code; i < size; i, rest = i+1, rest/points {
			set[i] = float64(rest % points)
		}
		copy(theta, start)
		train(l, theta, set, eta)
		test := l.MeanLoss(theta)
		out[0] += test / float64(sets)
		out[1] += (test - l.Loss(theta, set)) / float64(sets)
		for i, x := range theta {
			out[2+i] += (x - start[i]) / float64(sets)
		}
	}
	return out
}

// tinyNetwork returns a network of 8 weights on 3 images, so small that all training sets
// can be gone through, and its statistics, good to 4 edges.
func tinyNetwork(t *testing.T) (*net.Landscape, []float64, value.Point[float64]) {
	t.Helper()
	image := data.Shape{Channels: 2, Height: 1, Width: 1}
	set, err := data.Synthetic(data.Synthesis{Shape: image, Classes: 2, Points: 3, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	model, err := net.Small(image, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.New(model, net.Images(set), net.Float64)
	if err != nil {
		t.Fatal(err)
	}
	start := model.Start(1)
	samples, err := measure.Samples(context.Background(), l, start, []float64{0, 1, 2}, 4)
	if err != nil {
		t.Fatal(err)
	}
	return l, start, value.Point[float64]{Ring: mobius.Float64{}, Statistics: tensor.Cache(tensor.Statistics[float64](samples))}
}

// The series of E epochs at η/E, of GD and of GDC are what these do, in the mean over all
// training sets of 3 points: through order d, test loss, gap and weights have errors that
// halving η divides by 2^{d+1}. Were a coefficient of some order wrong, it would be by less.
func TestSeriesOfNetwork(t *testing.T) {
	l, start, point := tinyNetwork(t)
	for name, c := range map[string]struct {
		train    trainer
		dynamics embed.Dynamics
	}{
		"1 epoch":  {epochs(1), parse(t, "sgd N=3")},
		"2 epochs": {epochs(2), parse(t, "sgd N=3 E=2 rate=1/2")},
		"3 epochs": {epochs(3), parse(t, "sgd N=3 E=3 rate=1/3")},
		"5 epochs": {epochs(5), parse(t, "sgd N=3 E=5 rate=1/5")},
		"8 epochs": {epochs(8), parse(t, "sgd N=3 E=8 rate=1/8")},
		"gd":       {emulation(0), parse(t, "gd N=3 T=3")},
		"gdc":      {emulation(1), parse(t, "gdc N=3 T=3")},
	} {
		const eta, order = 0.04, 3
		coefficients := expansion(t, c.dynamics, order, point)
		coarse, fine := after(l, start, 3, eta, c.train), after(l, start, 3, eta/2, c.train)
		for d := range order + 1 {
			for k, x := range coefficients[d] {
				coarse[k] -= x * math.Pow(eta, float64(d))
				fine[k] -= x * math.Pow(eta/2, float64(d))
			}
			for quantity, ends := range map[string][2]int{"test": {0, 1}, "gap": {1, 2}, "displacement": {2, len(coarse)}} {
				size, rest := 0.0, 0.0 // of the error, and of what is of higher order in it
				for k := ends[0]; k < ends[1]; k++ {
					size = max(size, math.Abs(coarse[k]))
					rest = max(rest, math.Abs(coarse[k]-math.Pow(2, float64(d+1))*fine[k]))
				}
				if !(rest <= 0.1*size) {
					t.Errorf("%s: through order %d the %s is off by %v, and by half of η so that %v is left", name, d, quantity, size, rest)
				}
			}
		}
	}
}

// At η², weights differ from one epoch of SGD by N (E−1)/(4E) (∇tr C + 2HG) after E epochs
// at η/E, by T (N−1)/(4N) ∇tr C after GD, and not at all after GDC (P Corollaries 3 and 4,
// corrected): here ∇tr C and HG are from loops over the images. The paper's own vectors,
// without HG and without T, are other ones.
func TestCorollariesOfNetwork(t *testing.T) {
	l, start, point := tinyNetwork(t)
	const n = 3
	noise, bend := forces(l, start)
	one := expansion(t, parse(t, "sgd N=3"), 2, point)
	for name, c := range map[string]struct {
		dynamics    embed.Dynamics
		noise, bend float64
		paper       float64 // the factor of ∇tr C there, if it is another vector
	}{
		"2 epochs": {dynamics: parse(t, "sgd N=3 E=2 rate=1/2"), noise: n / 8., bend: n / 4., paper: n / 8.},
		"3 epochs": {dynamics: parse(t, "sgd N=3 E=3 rate=1/3"), noise: n / 6., bend: n / 3., paper: n / 6.},
		"5 epochs": {dynamics: parse(t, "sgd N=3 E=5 rate=1/5"), noise: n / 5., bend: n * 2 / 5., paper: n / 5.},
		"8 epochs": {dynamics: parse(t, "sgd N=3 E=8 rate=1/8"), noise: n * 7 / 32., bend: n * 7 / 16., paper: n * 7 / 32.},
		"gd":       {dynamics: parse(t, "gd N=3 T=3"), noise: n * (n - 1) / (4. * n), paper: (n - 1) / (4. * n)},
		"gdc":      {dynamics: parse(t, "gdc N=3 T=3")},
	} {
		other := expansion(t, c.dynamics, 2, point)
		size, apart := 0.0, 0.0
		for mu := range start {
			got := other[2][2+mu] - one[2][2+mu]
			if want := c.noise*noise[mu] + c.bend*bend[mu]; math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: weight %d differs by %v η², want %v", name, mu, got, want)
			}
			size, apart = max(size, math.Abs(got)), max(apart, math.Abs(got-c.paper*noise[mu]))
			if math.Abs(other[1][2+mu]-one[1][2+mu]) > 1e-12 {
				t.Errorf("%s: weight %d differs at order 1", name, mu)
			}
		}
		if c.paper != 0 && apart < size/4 {
			t.Errorf("%s: the paper's vector is about the same", name)
		}
	}
}

// forces returns ∇tr C and HG, with tr C the mean over the images of |∇l_x|², less |G|².
func forces(l *net.Landscape, theta []float64) (noise, bend []float64) {
	points := l.Points().Len()
	noise, bend = make([]float64, len(theta)), make([]float64, len(theta))
	g, grad := make([]float64, len(theta)), make([]float64, len(theta))
	l.MeanGradient(g, theta)
	l.HessianTimes(bend, theta, every(l), g)
	descend(noise, bend, 2)
	for x := range points {
		one := []float64{float64(x)}
		l.Gradient(grad, theta, one)
		l.HessianTimes(grad, theta, one, slices.Clone(grad))
		descend(noise, grad, -2/float64(points))
	}
	return noise, bend
}

// every returns all data of a network.
func every(l *net.Landscape) []float64 {
	all := make([]float64, l.Points().Len())
	for i := range all {
		all[i] = float64(i)
	}
	return all
}

// expansion returns the coefficients of η^0, …, η^order, of what after returns.
func expansion(t *testing.T, dynamics embed.Dynamics, order int, p value.Point[float64]) [][]float64 {
	t.Helper()
	out := make([][]float64, order+1)
	for _, o := range []value.Observable{value.TestLoss(), value.Gap(), value.Displacement()} {
		series, err := value.ExpandWith(context.Background(), dynamics, o, order, embed.Cumulant)
		if err != nil {
			t.Fatal(err)
		}
		numbers, err := value.Evaluate(context.Background(), series, p)
		if err != nil {
			t.Fatal(err)
		}
		for d, c := range numbers.Coefficients {
			out[d] = append(out[d], c.Data()...)
		}
	}
	return out
}

// parse reads dynamics.
func parse(t testing.TB, text string) embed.Dynamics {
	t.Helper()
	d, err := embed.ParseDynamics(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
