package sim

import (
	"context"
	"math"
)

// checkEvery is the number of gradients of data between looks at the context.
const checkEvery = 1024

// A worker runs trials, one after another.
type worker struct {
	*plan
	landscape Landscape
	measured  Landscape
	exact     Exact // the measured landscape, if it is
	// The measured landscape if its accuracy is measured.
	classifier Classifier

	train, test, noise stream
	points, testPoints []float64
	frozen             *frozenTrial // nil if no run needs it
	runs               []running
	theta              []float64

	index    int64       // of the trial
	values   [][]float64 // the rows of columns, by group
	diverged []bool      // by group
	// Of the trial: what paired losses start from, and the test points' loss at the start.
	base, testStart float64
}

// A running is a run of a worker.
type running struct {
	Run
	stepper    stepper
	controller controller // may be nil
	witness    witness    // the same
	points     []float64  // its training points
	random     bool       // whether it draws noise
	every      int64      // updates between looks at the context
	start      float64    // their loss at the start, in the present trial
}

func newWorker(p *plan) *worker {
	l := p.Landscape.Clone()
	w := &worker{
		plan: p, landscape: l, measured: measured(l),
		train: newStream(), test: newStream(), noise: newStream(),
		points:     make([]float64, int(p.rows)*l.Size()),
		testPoints: make([]float64, int(p.Test)*l.Size()),
		theta:      make([]float64, l.Dim()),
		diverged:   make([]bool, len(p.groups)),
	}
	w.exact, _ = w.measured.(Exact)
	if p.Accuracy {
		w.classifier = classifier(l)
	}
	for i, r := range p.Runs {
		run := running{
			Run: r, stepper: r.Optimizer.stepper(l, p.Eta), controller: p.newController(i, l),
			points: w.points[:int(r.Optimizer.Rows())*l.Size()],
			random: drawsNoise(r.Optimizer),
			every:  max(1, checkEvery/max(1, r.Optimizer.cost())),
		}
		if run.controller != nil {
			run.witness = run.controller
		}
		w.runs = append(w.runs, run)
	}
	if p.linear != nil {
		w.frozen = newFrozenTrial(l.Dim(), p.rows)
	}
	for _, g := range p.groups {
		w.values = append(w.values, make([]float64, g.columns()))
	}
	return w
}

// trial runs trial i and sets the rows of its groups. The error is the context's.
func (w *worker) trial(ctx context.Context, i int64) error {
	w.index = i
	w.draw(uint64(i))
	return w.measure(ctx)
}

// measure runs the trial of the points that the worker has.
func (w *worker) measure(ctx context.Context) error {
	if w.frozen != nil {
		w.frozen.fill(w.linear, w.landscape, w.points, w.testPoints)
	}
	w.startLosses()
	for r := range w.runs {
		if err := w.run(ctx, r); err != nil {
			return err
		}
	}
	for i, c := range w.Contrasts {
		at := len(w.groups) - len(w.Contrasts) + i
		w.contrast(at, w.snapshot(c.First), w.snapshot(c.Second))
	}
	return nil
}

// draw draws the points of a trial.
func (w *worker) draw(i uint64) {
	size := w.landscape.Size()
	fill := func(s stream, p purpose, points []float64) {
		if len(points) == 0 {
			return
		}
		s.restart(w.key, w.Seed, i, p)
		for at := 0; at < len(points); at += size {
			w.landscape.Sample(s.Rand, points[at:at+size])
		}
	}
	fill(w.train, trainingPoints, w.points)
	fill(w.test, testPoints, w.testPoints)
}

// startLosses measures the losses at the start. What paired losses start from is the mean
// loss if it is known, else that on all points of the trial.
func (w *worker) startLosses() {
	for r := range w.runs {
		if run := &w.runs[r]; len(run.points) > 0 {
			run.start = w.measured.Loss(w.Start, run.points)
		}
	}
	if w.exact == nil {
		w.testStart = w.measured.Loss(w.Start, w.testPoints)
	}
	switch {
	case w.startKnown:
		w.base = w.startLoss
	case w.rows > 0:
		n, m := float64(w.rows), float64(w.Test)
		w.base = (m*w.testStart + n*w.measured.Loss(w.Start, w.points)) / (m + n)
	default:
		w.base = w.testStart
	}
}

// run runs an optimizer.
func (w *worker) run(ctx context.Context, r int) error {
	run := &w.runs[r]
	if run.controller != nil {
		run.controller.begin(w.frozen)
	}
	if run.random {
		// Runs have the same noise as well as the same points.
		w.noise.restart(w.key, w.Seed, uint64(w.index), dynamics)
	}
	run.stepper.begin(draws{run.points, w.noise.Rand})
	copy(w.theta, w.Start)
	project, constrained := w.landscape.(Constrained)
	t, lost := int64(0), false
	for i, time := range run.Times {
		for ; t < time && !lost; t++ {
			if t%run.every == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			run.stepper.step(w.theta, t, run.witness)
			if constrained {
				project.Project(w.theta)
			}
			lost = w.far()
		}
		group := w.first[r] + i
		w.diverged[group] = lost || !w.observe(group, run, i)
		lost = w.diverged[group]
	}
	return nil
}

// drawsNoise reports whether an optimizer draws more than training points.
func drawsNoise(o Optimizer) bool {
	switch o.(type) {
	case Reshuffled, SDE, Gaussian:
		return true
	}
	return false
}

// far reports whether a weight is further than the bound from the start, or no number.
func (w *worker) far() bool {
	for mu, x := range w.theta {
		if !(math.Abs(x-w.Start[mu]) <= w.Bound) {
			return true
		}
	}
	return false
}

// observe sets the row of a snapshot, and reports whether its losses are within the bound.
func (w *worker) observe(group int, run *running, time int) bool {
	row := w.values[group]
	raw, paired := row[rawLosses:pairedLosses], row[pairedLosses:losses]
	if w.Test > 0 {
		raw[Test] = w.measured.Loss(w.theta, w.testPoints)
	}
	if w.exact != nil {
		paired[Test] = w.exact.MeanLoss(w.theta)
		if w.Test == 0 {
			raw[Test] = paired[Test]
		}
	} else {
		paired[Test] = raw[Test] - w.testStart + w.base
	}
	if len(run.points) > 0 {
		raw[Train] = w.measured.Loss(w.theta, run.points)
		paired[Train] = raw[Train] - run.start + w.base
		raw[Gap], paired[Gap] = raw[Test]-raw[Train], paired[Test]-paired[Train]
	}
	for _, loss := range row[:losses] {
		if !(math.Abs(loss) <= w.Bound) {
			return false
		}
	}
	for i, v := range w.Directions {
		row[losses+i] = 0
		for mu, x := range w.theta {
			row[losses+i] += v[mu] * (x - w.Start[mu])
		}
	}
	if w.classifier != nil {
		row[losses+len(w.Directions)] = w.classifier.Accuracy(w.theta, w.testPoints)
	}
	if run.controller != nil {
		run.controller.snapshot(time, row[w.groups[group].values:])
	}
	return true
}

// contrast sets the row of a contrast: the differences of values, and both controls.
func (w *worker) contrast(group, first, second int) {
	w.diverged[group] = w.diverged[first] || w.diverged[second]
	row, a, b := w.values[group], w.values[first], w.values[second]
	values := w.groups[group].values
	for i := range values {
		row[i] = a[i] - b[i]
	}
	n := copy(row[values:], a[values:])
	copy(row[values+n:], b[values:])
}
