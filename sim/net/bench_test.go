package net_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/sim/net/measure"
)

var (
	cifar   = data.Shape{Channels: 3, Height: 32, Width: 32}
	fashion = data.Shape{Channels: 1, Height: 28, Width: 28}
)

// convnet returns the landscape of the paper's convnet on synthetic images.
func convnet(t testing.TB, image data.Shape, points int, precision net.Precision) *net.Landscape {
	t.Helper()
	set, err := data.Synthetic(data.Synthesis{Shape: image, Classes: 10, Points: points, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	model, err := net.Convnet(image, 10)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.New(model, net.Images(set), precision)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// step makes an update on one point.
func step(l *net.Landscape, theta, grad, x []float64, eta float64) {
	l.Gradient(grad, theta, x)
	for i, g := range grad {
		theta[i] -= eta * g
	}
}

// BenchmarkStep is one update of SGD of batch size 1 on the convnet for 3×32×32 pixels;
// workers=2 is two of them at the same time, on landscapes of their own. speedup is the
// rate of the two over that of one, which take turns, in the best turn of each: 2 if two
// processors are free for some milliseconds, and workers are not in each other's way.
func BenchmarkStep(b *testing.B) {
	for _, precision := range []net.Precision{net.Float32, net.Float64} {
		l := convnet(b, cifar, 100, precision)
		worker := func(l *net.Landscape) func(steps int) {
			theta, grad, at := l.Model().Start(0), make([]float64, l.Dim()), 0
			work := func(steps int) {
				for range steps {
					step(l, theta, grad, []float64{float64(at % 100)}, 1e-3)
					at++
				}
			}
			work(1)
			return work
		}
		b.Run("cifar/"+precision.String(), func(b *testing.B) {
			work := worker(l)
			b.ResetTimer()
			work(b.N)
		})
		b.Run("workers=2/cifar/"+precision.String(), func(b *testing.B) {
			const turn = 50
			single, pair := worker(l), []func(int){worker(l.Clone().(*net.Landscape)), worker(l.Clone().(*net.Landscape))}
			alone, together := math.Inf(1), math.Inf(1) // seconds for a step of each worker
			b.ResetTimer()
			for left := b.N; left > 0; left -= turn {
				steps := (min(left, turn) + 1) / 2
				b.StopTimer()
				began := time.Now()
				single(steps)
				alone = min(alone, time.Since(began).Seconds()/float64(steps))
				b.StartTimer()
				began = time.Now()
				var group sync.WaitGroup
				for _, work := range pair {
					group.Add(1)
					go func() {
						defer group.Done()
						work(steps)
					}()
				}
				group.Wait()
				together = min(together, time.Since(began).Seconds()/float64(steps))
			}
			b.ReportMetric(2*alone/together, "speedup")
		})
	}
}

// An experiment is 10 updates of SGD of batch size 1 on 10 points, and the loss on 40 test
// points after them.
type experiment struct {
	*net.Landscape
	random             *rand.Rand
	start, theta, grad []float64
	points             [50]float64
}

func newExperiment(l *net.Landscape) *experiment {
	return &experiment{
		Landscape: l, random: rand.New(rand.NewPCG(1, 1)),
		start: l.Model().Start(0), theta: make([]float64, l.Dim()), grad: make([]float64, l.Dim()),
	}
}

func (e *experiment) trial(eta float64) float64 {
	for i := range e.points {
		e.Sample(e.random, e.points[i:i+1])
	}
	copy(e.theta, e.start)
	for i := range 10 {
		step(e.Landscape, e.theta, e.grad, e.points[i:i+1], eta)
	}
	return e.Loss(e.theta, e.points[10:])
}

// BenchmarkTrial is an experiment's trial in float32.
func BenchmarkTrial(b *testing.B) {
	for name, image := range map[string]data.Shape{"cifar": cifar, "fashion": fashion} {
		b.Run(name, func(b *testing.B) {
			e := newExperiment(convnet(b, image, 1000, net.Float32))
			for b.Loop() {
				e.trial(1e-2)
			}
		})
	}
}

// BenchmarkJet is the gradient of D³l[u, v, w], for a batch of 4 on the convnet for 3×32×32
// pixels, in float64.
func BenchmarkJet(b *testing.B) {
	b.Run("D3", func(b *testing.B) {
		l := convnet(b, cifar, 100, net.Float64)
		theta, grad := l.Model().Start(0), make([]float64, l.Dim())
		u, v, w := l.Model().Start(1), l.Model().Start(2), l.Model().Start(3)
		batch := []float64{0, 1, 2, 3}
		l.Gradient(grad, theta, batch, u, v, w)
		for b.Loop() {
			l.Gradient(grad, theta, batch, u, v, w)
		}
	})
}

// BenchmarkStatistics is all plain values to order 3, in cumulant form, of the convnet for
// 28×28 pixels, in float64, from 1000 images: 25 blocks of 4 batches of 10, on one core.
func BenchmarkStatistics(b *testing.B) {
	b.Run("fashion/order=3", func(b *testing.B) {
		l := convnet(b, fashion, 1000, net.Float64)
		classes, err := measure.Classes(b.Context(), 3)
		if err != nil {
			b.Fatal(err)
		}
		spec := measure.Spec{Landscape: l, Theta: l.Model().Start(0), Diagrams: classes, Batch: 10}
		for b.Loop() {
			if _, err := measure.Run(context.Background(), spec, 25, measure.Options{Workers: 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkVariance is a trial of N = T = 10, B = 1 with 40 test points of the convnet for
// 28×28 pixels, from initialization 0, at three learning rates. raw/reduced is how many
// times more trials it takes to know E[l(θ_T)] − l(θ_0) equally well without paired
// differences and control variates, from test losses alone: the ratio of the variances.
// cost is the time of a trial over that of a plain one, without them: about 4, for they
// take the losses and gradients of all its points at the start.
//
// The ratio goes as η⁻⁴: raw losses vary as test points do, at any η, by 0.065 from trial
// to trial, and all that is of first order in η, −η Σ g'·g_n, the controls take away. What
// is left is of second order, 0.0004 at ηT = 1. TestEstimatesOfNetworks shows that errors
// are as small as stated, and around the truth.
func BenchmarkVariance(b *testing.B) {
	for _, etaT := range []string{"0.1", "0.3", "1"} {
		b.Run("etaT="+etaT, func(b *testing.B) {
			value, err := strconv.ParseFloat(etaT, 64)
			if err != nil {
				b.Fatal(err)
			}
			grid, err := embed.OneEpoch(10)
			if err != nil {
				b.Fatal(err)
			}
			l := convnet(b, fashion, 1000, net.Float64)
			spec := sim.Spec{
				Landscape: l, Start: l.Model().Start(0), Eta: value / 10, Test: 40, Block: 32,
				Runs: []sim.Run{{Optimizer: sim.SGD{Grid: grid}}},
			}
			b.ResetTimer()
			trials := max(b.N, 320)
			r, err := sim.Simulate(context.Background(), spec, int64(trials), sim.Options{Workers: 1})
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			errors := map[sim.Estimator]float64{}
			for _, e := range []sim.Estimator{sim.Raw, sim.Reduced} {
				estimate, err := r.Estimate(sim.Snapshot{}, sim.Test, e)
				if err != nil {
					b.Fatal(err)
				}
				errors[e] = estimate.StdErr
			}
			ratio := errors[sim.Raw] / errors[sim.Reduced]
			b.ReportMetric(ratio*ratio, "raw/reduced")
			plain := newExperiment(l)
			began := time.Now()
			for range trials {
				plain.trial(spec.Eta)
			}
			b.ReportMetric(b.Elapsed().Seconds()/time.Since(began).Seconds(), "cost")
		})
	}
}
