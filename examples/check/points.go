package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/value"
)

// A point is a measurement with the theory beside it. Values by kind are those through
// order 1, 2, …; a kind that the dynamics do not have, or that would take too long, is
// left out, and so is one of numbers beyond float64. Where none is left, z and power are
// null.
type point struct {
	Eta        float64              `json:"eta"`
	From       int64                `json:"from,omitempty"` // of a drift
	T          int64                `json:"T"`
	AgainstT   *int64               `json:"againstT,omitempty"` // of the optimizer that is set against
	Observable string               `json:"observable"`
	Measured   float64              `json:"measured"`
	StdErr     float64              `json:"stderr"`
	Theory     map[string][]float64 `json:"theory"`
	Errors     map[string][]float64 `json:"theoryStderr,omitempty"` // of the theory's values, if they were measured
	Z          *float64             `json:"z"`                      // with the best kind there is, through all orders
	Power      *float64             `json:"power"`                  // to see 5% more of what the theory says happens, as computed beforehand
	Trials     int64                `json:"trials"`
	Diverged   int64                `json:"diverged"`

	best    string // "" if there is no theory
	verdict sim.Verdict
}

// kinds are the kinds of value, the best last.
var kinds = []value.Kind{value.Plain, value.Continuous, value.Discrete}

const (
	level   = 0.05 // of the tests
	planted = 0.05 // the part of an effect that is to be seen

	// maxPilot bounds the trials by which the power is computed beforehand.
	maxPilot = 1000
)

// points runs the experiment at every learning rate.
func (o *options) points(ctx context.Context, report func(sim.Progress)) ([]point, error) {
	var out []point
	done, total := int64(0), o.trials*int64(len(o.rates))
	for _, eta := range o.rates {
		spec := o.spec(eta)
		pilot, trials := spec, min(o.trials, min(max(200, o.trials/20), maxPilot))
		pilot.Seed++
		pilot.Block = max(1, trials/20) // enough blocks for the controls to be fitted
		beforehand, err := sim.Simulate(ctx, pilot, trials, sim.Options{Workers: o.workers})
		if err != nil {
			return nil, err
		}
		result, err := sim.Simulate(ctx, spec, o.trials, sim.Options{
			Workers: o.workers, Dir: o.dir,
			Progress: func(p sim.Progress) {
				report(sim.Progress{Done: done + p.Done, Total: total, Found: p.Found})
			},
		})
		if err != nil {
			return nil, err
		}
		done += o.trials
		for i, g := range o.groups(spec) {
			for _, observable := range o.observables {
				p := point{Eta: eta, T: o.times[i], Observable: observable.String()}
				if o.against != nil {
					p.AgainstT = &o.otherTimes[i]
				}
				steps := 1.0
				if o.drift {
					p.From, p.T = o.times[i], o.times[i+1]
					steps = float64(p.T - p.From)
				}
				if err := p.measure(ctx, o.theory, spec, g, observable, o.order, steps, beforehand, result); err != nil {
					return nil, err
				}
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// spec returns the experiment at a learning rate.
func (o *options) spec(eta float64) sim.Spec {
	s := sim.Spec{
		Landscape: o.landscape, Start: o.start, Eta: eta, Seed: o.seed,
		Runs: []sim.Run{{Optimizer: o.optimizer, Times: o.times}},
		Test: o.test, Accuracy: slices.Contains(o.observables, sim.Accuracy), Controls: o.controls, Block: o.block,
	}
	if o.against != nil {
		s.Runs = append(s.Runs, sim.Run{Optimizer: o.against, Times: o.otherTimes})
	}
	for i := range o.times {
		switch {
		case o.against != nil:
			s.Contrasts = append(s.Contrasts, sim.Contrast{First: sim.Snapshot{Run: 0, Time: i}, Second: sim.Snapshot{Run: 1, Time: i}})
		case o.drift && i > 0:
			s.Contrasts = append(s.Contrasts, sim.Contrast{First: sim.Snapshot{Run: 0, Time: i}, Second: sim.Snapshot{Run: 0, Time: i - 1}})
		}
	}
	return s
}

// groups returns what is measured, in the order of times.
func (o *options) groups(s sim.Spec) []sim.Group {
	var out []sim.Group
	for _, c := range s.Contrasts {
		out = append(out, c)
	}
	if len(out) == 0 {
		for i := range o.times {
			out = append(out, sim.Snapshot{Run: 0, Time: i})
		}
	}
	return out
}

// measure fills in the measurement, in units of steps, and the theory.
func (p *point) measure(ctx context.Context, theory theory, spec sim.Spec, g sim.Group, o sim.Observable, order int, steps float64, beforehand, result *sim.Result) error {
	pilot, err := beforehand.Estimate(g, o, sim.Reduced)
	if err != nil {
		return err
	}
	x, err := result.Estimate(g, o, sim.Reduced)
	if err != nil {
		return err
	}
	stderr := pilot.After(x.Trials) / steps
	for _, v := range []*float64{&x.Mean, &x.StdErr, &x.Low, &x.High} {
		*v /= steps
	}
	p.Measured, p.StdErr, p.Trials, p.Diverged = x.Mean, x.StdErr, x.Trials, x.Diverged
	p.Theory = map[string][]float64{}
	if !hasTheory(o) {
		return nil
	}
	effect := 0.0
	for _, kind := range kinds {
		estimates, err := theory.predict(ctx, spec, g, o, order, kind)
		if errors.Is(err, value.ErrKind) || errors.Is(err, embed.ErrTooLarge) || errors.Is(err, sim.ErrTheory) {
			continue
		}
		if err != nil {
			return err
		}
		sums, stderrs := perStep(estimates, steps)
		if !finite(sums) || !finite(stderrs) {
			continue
		}
		p.best = kind.String()
		p.Theory[p.best] = sums[1:]
		effect = sums[order] - sums[0]
		if stderrs[order] > 0 {
			p.Errors = map[string][]float64{p.best: stderrs[1:]}
		}
	}
	if p.best == "" {
		return nil
	}
	p.verdict = sim.Verdict{Eta: p.Eta, Time: p.T, Observable: o, Measured: x, Theory: p.estimate(p.best, order-1)}
	z, power := p.verdict.Z(), sim.Power(planted*effect, stderr, level)
	if math.IsInf(z, 0) { // which JSON does not have
		z = math.Copysign(math.MaxFloat64, z)
	}
	p.Z, p.Power = &z, &power
	return nil
}

// perStep returns estimates in units of steps, and their standard errors.
func perStep(estimates []value.Estimate, steps float64) (sums, stderrs []float64) {
	for _, e := range estimates {
		sums, stderrs = append(sums, e.Mean/steps), append(stderrs, e.StdErr/steps)
	}
	return sums, stderrs
}

// when says at which numbers of updates a point is.
func (o *options) when(p point) string {
	switch {
	case o.drift:
		return fmt.Sprintf("%d–%d", p.From, p.T)
	case p.AgainstT != nil && *p.AgainstT != p.T:
		return fmt.Sprintf("%d, %d", p.T, *p.AgainstT)
	}
	return fmt.Sprint(p.T)
}

// what says what is measured at a point.
func (o *options) what(p point) string {
	if o.drift {
		return p.Observable + " per step"
	}
	return p.Observable
}

// estimate returns the value of a kind that the point has, through order d+1.
func (p *point) estimate(kind string, d int) value.Estimate {
	e := value.Estimate{Mean: p.Theory[kind][d]}
	if stderrs := p.Errors[kind]; stderrs != nil {
		e.StdErr = stderrs[d]
	}
	return e
}

// finite reports whether all numbers are.
func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
