package net_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net"
)

// A logit is logistic regression by hand: scores c W x, for a row of W to each class, with
// c = √(2/(inputs + classes)).
type logit struct {
	inputs, targets [][]float64
	scale           float64
}

func newLogit(p net.Points, inputs, classes int) logit {
	l := logit{scale: math.Sqrt(2 / float64(inputs+classes))}
	for i := range p.Len() {
		x, y := make([]float64, inputs), make([]float64, classes)
		p.Input(x, i)
		p.Target(y, i)
		l.inputs, l.targets = append(l.inputs, x), append(l.targets, y)
	}
	return l
}

func (l logit) scores(w []float64, i int) []float64 {
	x, scores := l.inputs[i], make([]float64, len(l.targets[i]))
	for k := range scores {
		scores[k] = l.scale * dot(w[k*len(x):(k+1)*len(x)], x)
	}
	return scores
}

func (l logit) accuracy(w []float64) float64 {
	right := 0.0
	for i, target := range l.targets {
		if scores := l.scores(w, i); target[slices.Index(scores, slices.Max(scores))] == 1 {
			right++
		}
	}
	return right / float64(len(l.targets))
}

// step returns the weights after an update on point i.
func (l logit) step(w []float64, i int, eta float64) []float64 {
	scores, total := l.scores(w, i), 0.0
	for k, s := range scores {
		scores[k] = math.Exp(s)
		total += scores[k]
	}
	next := slices.Clone(w)
	for k, e := range scores {
		for j, x := range l.inputs[i] {
			next[k*len(l.inputs[i])+j] -= eta * l.scale * (e/total - l.targets[i][k]) * x
		}
	}
	return next
}

// Of six points and three updates all runs of SGD can be made, by hand. The accuracy that is
// estimated after each is theirs, in both precisions and for any workers, and so is by how
// much it changes.
func TestAccuracyAfterTraining(t *testing.T) {
	const steps, classes, eta, trials = 3, 3, 2, 4000
	image := data.Shape{Channels: 1, Height: 2, Width: 2}
	m, err := net.Logistic(image, classes)
	if err != nil {
		t.Fatal(err)
	}
	set := synthetic(t, image, classes, 6)
	byHand, start := newLogit(net.Images(set), image.Size(), classes), m.Start(8)
	want := make([]float64, steps+1)
	var visit func(w []float64, done int, prob float64)
	visit = func(w []float64, done int, prob float64) {
		want[done] += prob * byHand.accuracy(w)
		if done < steps {
			for i := range byHand.inputs {
				visit(byHand.step(w, i, eta), done+1, prob/float64(len(byHand.inputs)))
			}
		}
	}
	visit(start, 0, 1)
	if math.Abs(want[steps]-want[0]) < 0.05 {
		t.Fatalf("accuracies %v do not change", want)
	}
	grid, err := embed.OneEpoch(steps)
	if err != nil {
		t.Fatal(err)
	}
	change := sim.Contrast{First: sim.Snapshot{Time: steps}, Second: sim.Snapshot{}}
	for _, precision := range []net.Precision{net.Float64, net.Float32} {
		spec := sim.Spec{
			Landscape: landscape(t, m, set, precision), Start: start, Eta: eta, Test: 10, Accuracy: true,
			Runs: []sim.Run{{Optimizer: sim.SGD{Grid: grid}, Times: []int64{0, 1, 2, 3}}}, Contrasts: []sim.Contrast{change},
		}
		if got := spec.Landscape.(*net.Landscape).MeanAccuracy(start); got != want[0] {
			t.Errorf("%v: accuracy %v on all points, want %v", precision, got, want[0])
		}
		r, err := sim.Simulate(context.Background(), spec, trials, sim.Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []sim.Estimator{sim.Raw, sim.Reduced} {
			check := func(g sim.Group, want float64) {
				x, err := r.Estimate(g, sim.Accuracy, e)
				// 20 numbers: a chance of 1 in 7000.
				if err != nil || !(math.Abs(x.Mean-want) <= 4.5*x.StdErr) || !(x.StdErr < 0.004) {
					t.Errorf("%v, %v of %+v: %v ± %v, want %v; %v", precision, e, g, x.Mean, x.StdErr, want, err)
				}
			}
			for at, w := range want {
				check(sim.Snapshot{Time: at}, w)
			}
			check(change, want[steps]-want[0])
		}
		again, err := sim.Simulate(context.Background(), spec, trials, sim.Options{Workers: 3})
		if err != nil || !bytes.Equal(again.Bytes(), r.Bytes()) {
			t.Errorf("%v: 3 workers give other bytes, %v", precision, err)
		}
	}
}

// A regression has no accuracy, and sim says so.
func TestAccuracyOfRegression(t *testing.T) {
	l, err := net.New(custom(), curve{}, net.Float64)
	if err != nil {
		t.Fatal(err)
	}
	spec := sim.Spec{
		Landscape: l, Start: custom().Start(1), Eta: 0.1, Test: 2, Accuracy: true,
		Runs: []sim.Run{{Optimizer: sim.SGD{Grid: embed.Must(embed.OneEpoch(2))}}},
	}
	if _, err := sim.Simulate(context.Background(), spec, 10, sim.Options{}); !errors.Is(err, sim.ErrSpec) || !strings.Contains(err.Error(), "accuracy") {
		t.Errorf("accuracy of a regression: %v", err)
	}
	if l.Classifies() {
		t.Error("a regression classifies")
	}
}
