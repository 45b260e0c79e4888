package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// sided is the cubic landscape with classes: those of its data are right on one side of a
// line each, lines[x]·(θ, 1) > 0.
type sided struct {
	Exact
	classless bool
}

var lines = [3][3]float64{{2, 0, -0.79}, {1, -2, -1.18}, {-2, 2, 1.35}}

func (sided) Name() string       { return "sided" }
func (s sided) Clone() Landscape { return s }
func (s sided) Classifies() bool { return !s.classless }
func (s sided) Accuracy(theta, data []float64) (a float64) {
	for _, x := range data {
		if line := lines[int(x)]; line[0]*theta[0]+line[1]*theta[1]+line[2] > 0 {
			a += 1 / float64(len(data))
		}
	}
	return a
}

// sidedSpec has SGD and GD on three points, at two times, and how they differ.
func sidedSpec(t testing.TB) Spec {
	return Spec{
		Landscape: sided{Exact: cubic(t)}, Start: cubicStart, Eta: 0.125, Test: 3, Accuracy: true, Block: 64,
		Runs: []Run{
			{SGD{embed.Must(embed.OneEpoch(3))}, []int64{0, 1, 3}},
			{Optimizer: SGD{embed.Must(embed.GD(3, 3))}},
		},
		Contrasts: []Contrast{{Snapshot{0, 2}, Snapshot{1, 0}}, {Snapshot{0, 2}, Snapshot{0, 0}}},
	}
}

// expectedAccuracies are the exact ones of the groups of sidedSpec, by its 27 training sets.
func expectedAccuracies(l Exact) [6]float64 {
	probs := [3]float64{0.25, 0.25, 0.5}
	accuracy := func(theta []float64) (sum float64) {
		for x, p := range probs {
			if lines[x][0]*theta[0]+lines[x][1]*theta[1]+lines[x][2] > 0 {
				sum += p
			}
		}
		return sum
	}
	var mean [6]float64
	for set := range 27 {
		points := []float64{float64(set % 3), float64(set / 3 % 3), float64(set / 9)}
		prob, grad := 1.0, make([]float64, 2)
		for _, x := range points {
			prob *= probs[int(x)]
		}
		after := func(step func(t int) []float64, steps int) float64 {
			theta := slices.Clone(cubicStart)
			for t := range steps {
				l.Gradient(grad, theta, step(t))
				theta[0], theta[1] = theta[0]-0.125*grad[0], theta[1]-0.125*grad[1]
			}
			return accuracy(theta)
		}
		sgd := func(t int) []float64 { return points[t : t+1] }
		start, once, last, gd := after(sgd, 0), after(sgd, 1), after(sgd, 3), after(func(int) []float64 { return points }, 3)
		for i, a := range []float64{start, once, last, gd, last - gd, last - start} {
			mean[i] += prob * a
		}
	}
	return mean
}

// The estimated accuracies, and how they differ, are those of all training sets, by every
// estimator.
func TestAccuracyExactly(t *testing.T) {
	spec := sidedSpec(t)
	want := expectedAccuracies(cubic(t))
	for i, w := range want {
		if slices.Contains(want[:i], w) || w == 0 {
			t.Fatalf("accuracies %v tell nothing", want)
		}
	}
	groups := []Group{Snapshot{0, 0}, Snapshot{0, 1}, Snapshot{0, 2}, Snapshot{1, 0}, spec.Contrasts[0], spec.Contrasts[1]}
	for _, controls := range []Controls{Frozen, Martingale, NoControls} {
		spec.Controls = controls
		r := simulate(t, spec, 20000, Options{})
		for i, g := range groups {
			for _, e := range []Estimator{Raw, Paired, Reduced} {
				x, err := r.Estimate(g, Accuracy, e)
				if err != nil {
					t.Fatal(err)
				}
				// 54 numbers: a chance of 1 in 2700.
				if !(math.Abs(x.Mean-want[i]) <= 4.5*x.StdErr) || !(x.StdErr < 0.004) {
					t.Errorf("controls %d, %+v, %v: %v ± %v, want %v", controls, g, e, x.Mean, x.StdErr, want[i])
				}
			}
		}
		raw, errRaw := r.Estimate(groups[2], Accuracy, Raw)
		reduced, err := r.Estimate(groups[2], Accuracy, Reduced)
		if err != nil || errRaw != nil || (controls == Frozen) != (reduced.StdErr < 0.95*raw.StdErr) && controls != Martingale {
			t.Errorf("controls %d: raw %v, reduced %v", controls, raw, reduced)
		}
	}
}

// Asking for the accuracy changes no bit of any other estimate. Its blocks are others: they
// are found again, by any number of workers, and are not taken for those without it.
func TestBlocksWithAccuracy(t *testing.T) {
	const trials = 64*7 + 5
	with, dir := sidedSpec(t), t.TempDir()
	without := with
	without.Accuracy = false
	plain := simulate(t, without, trials, Options{Dir: dir})
	found := func(spec Spec, workers int) (r *Result, found int64) {
		r = simulate(t, spec, trials, Options{Dir: dir, Workers: workers, Progress: func(p Progress) { found = p.Found }})
		return r, found
	}
	r, old := found(with, 3)
	if old != 0 {
		t.Errorf("%d trials were found that have no accuracy", old)
	}
	for _, workers := range []int{1, 2} {
		again, old := found(with, workers)
		if old != trials || !bytes.Equal(again.Bytes(), r.Bytes()) {
			t.Errorf("resumed with %d workers: %d trials were found, or the bytes are others", workers, old)
		}
		if fresh := simulate(t, with, trials, Options{Workers: workers}); !bytes.Equal(fresh.Bytes(), r.Bytes()) {
			t.Errorf("%d workers: other bytes", workers)
		}
	}
	if _, old := found(without, 1); old != trials {
		t.Errorf("%d trials without accuracy are left", old)
	}
	for _, g := range []Group{Snapshot{0, 1}, Snapshot{1, 0}, with.Contrasts[0]} {
		for _, o := range []Observable{Test, Train, Gap, Displacement(0), Displacement(1)} {
			for _, e := range []Estimator{Raw, Paired, Reduced} {
				a, errA := r.Estimate(g, o, e)
				b, errB := plain.Estimate(g, o, e)
				if a != b || errA != nil || errB != nil {
					t.Errorf("%+v, %v, %v: %v with accuracy, %v without", g, o, e, a, b)
				}
			}
		}
	}
	if _, err := Merge(r, plain); !errors.Is(err, ErrResult) {
		t.Errorf("merging with and without accuracy: %v", err)
	}
	if _, err := FromBytes(without, r.Bytes()); !errors.Is(err, ErrResult) {
		t.Errorf("reading as without accuracy: %v", err)
	}
	back, err := FromBytes(with, r.Bytes())
	if err != nil || !bytes.Equal(back.Bytes(), r.Bytes()) {
		t.Errorf("read back: %v", err)
	}
}

// penalized is descended on with a penalty of 0.
type penalized struct{ Landscape }

func (p penalized) Clone() Landscape       { return p }
func (p penalized) Unpenalized() Landscape { return p.Landscape }

// Trials that diverged are left out of the accuracy too, and a penalty does not hide it.
func TestAccuracyOfThoseLeft(t *testing.T) {
	spec := sidedSpec(t)
	spec.Landscape, spec.Bound = penalized{spec.Landscape}, 0.4
	x, err := simulate(t, spec, 1000, Options{}).Estimate(Snapshot{0, 2}, Accuracy, Raw)
	if err != nil || x.Diverged == 0 || x.Trials+x.Diverged != 1000 || !(x.Mean > 0 && x.Mean < 1) {
		t.Errorf("%+v, %v", x, err)
	}
}

// Where there is no accuracy the error says so.
func TestNoAccuracy(t *testing.T) {
	ctx := context.Background()
	for name, change := range map[string]func(*Spec){
		"no classifier":  func(s *Spec) { s.Landscape = s.Landscape.(sided).Exact },
		"no classes":     func(s *Spec) { s.Landscape = sided{s.Landscape.(sided).Exact, true} },
		"no test points": func(s *Spec) { s.Test = 0 },
	} {
		spec := sidedSpec(t)
		change(&spec)
		if _, err := Simulate(ctx, spec, 10, Options{}); !errors.Is(err, ErrSpec) || !strings.Contains(fmt.Sprint(err), "accuracy") {
			t.Errorf("%s: %v", name, err)
		}
	}
	spec := sidedSpec(t)
	if _, err := Predict(ctx, spec, Snapshot{}, Accuracy, 2, value.Plain); !errors.Is(err, ErrTheory) || !strings.Contains(fmt.Sprint(err), "accuracy") {
		t.Errorf("theory: %v", err)
	}
	r := simulate(t, spec, 10, Options{})
	for _, o := range []Observable{Displacement(2), Displacement(-1), -1} {
		if x, err := r.Estimate(Snapshot{}, o, Raw); !errors.Is(err, ErrResult) {
			t.Errorf("%v: %v, %v", o, x, err)
		}
	}
	spec.Accuracy = false
	if x, err := simulate(t, spec, 10, Options{}).Estimate(Snapshot{}, Accuracy, Raw); !errors.Is(err, ErrResult) || !strings.Contains(fmt.Sprint(err), "accuracy") {
		t.Errorf("not asked for: %v, %v", x, err)
	}
}
