package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/value"
)

// A theory says what the mean of an observable of a group is, with values of some kind: at
// index d, the sum over diagrams of at most d edges.
type theory interface {
	predict(ctx context.Context, s sim.Spec, g sim.Group, o sim.Observable, order int, kind value.Kind) ([]value.Estimate, error)
}

// hasTheory reports whether there are values of an observable, on some landscape. The
// accuracy, which jumps, is no sum over diagrams.
func hasTheory(o sim.Observable) bool { return o != sim.Accuracy }

// exactTheory is that of landscapes that the exact core knows.
type exactTheory struct{}

func (exactTheory) predict(ctx context.Context, s sim.Spec, g sim.Group, o sim.Observable, order int, kind value.Kind) ([]value.Estimate, error) {
	sums, err := sim.Predict(ctx, s, g, o, order, kind)
	return exactly(sums), err
}

func exactly(sums []float64) []value.Estimate {
	out := make([]value.Estimate, len(sums))
	for d, x := range sums {
		out[d].Mean = x
	}
	return out
}

// measuredTheory has plain values as they were measured.
type measuredTheory struct{ *value.Statistics }

// openStatistics reads those of a network from a file.
func openStatistics(path string, n *network.Network) (measuredTheory, error) {
	f, err := os.Open(path)
	if err != nil {
		return measuredTheory{}, fmt.Errorf("%w: -statistics: %w", errInput, err)
	}
	defer f.Close()
	m, err := readStatistics(f, n)
	if err != nil {
		return m, fmt.Errorf("%w: -statistics %.80s: %w", errInput, path, err)
	}
	return m, nil
}

// readStatistics reads those of a network. The mean loss at the start, which the losses
// after training are measured from, is known without error.
func readStatistics(r io.Reader, n *network.Network) (measuredTheory, error) {
	s, err := value.ReadStatistics(r)
	if err != nil {
		return measuredTheory{}, err
	}
	if s.Source() != "" && s.Source() != n.Source {
		return measuredTheory{}, fmt.Errorf("measured on %.200s; expected %.200s", s.Source(), n.Source)
	}
	if s, err = s.Known(diagram.MustParse("(0)()"), n.MeanLoss(n.Start)); err != nil {
		return measuredTheory{}, err
	}
	return measuredTheory{s}, nil
}

func (m measuredTheory) predict(ctx context.Context, s sim.Spec, g sim.Group, o sim.Observable, order int, kind value.Kind) ([]value.Estimate, error) {
	if kind != value.Plain {
		return nil, value.ErrKind
	}
	var series []*value.Series
	for _, part := range parts(s, g) {
		dynamics, observable, err := part.theory(o)
		if err != nil {
			return nil, err
		}
		x, err := value.ExpandWith(ctx, dynamics, observable, order, m.Form())
		if err != nil {
			return nil, err
		}
		series = append(series, x)
	}
	var sum value.Sum = series[0]
	if len(series) > 1 { // the difference of two
		var err error
		if sum, err = value.Compare(series[0], series[1]); err != nil {
			return nil, err
		}
	}
	p, err := value.Predict(sum, m.Statistics)
	if err != nil {
		return nil, fmt.Errorf("%w: -order, -statistics: %w", errInput, err)
	}
	return p.At(s.Eta), nil
}

// denseTheory has values of every kind, from all tensors of a small network.
type denseTheory struct{ value.Point[float64] }

// newDenseTheory computes the tensors of every point, for values of at most order edges. The
// error wraps tensor.ErrTooLarge if there is no room for them.
func newDenseTheory(ctx context.Context, n *network.Network, order int) (denseTheory, error) {
	every := make([]float64, n.Points().Len())
	for i := range every {
		every[i] = float64(i)
	}
	samples, err := measure.Samples(ctx, n.Landscape, n.Start, every, order)
	return denseTheory{value.Point[float64]{Ring: mobius.Float64{}, Statistics: samples}}, err
}

func (t denseTheory) predict(ctx context.Context, s sim.Spec, g sim.Group, o sim.Observable, order int, kind value.Kind) ([]value.Estimate, error) {
	total := make([]float64, order+1)
	for _, part := range parts(s, g) {
		dynamics, observable, err := part.theory(o)
		if err != nil {
			return nil, err
		}
		resummed, err := value.Resum(ctx, dynamics, observable, order, kind)
		if err != nil {
			return nil, err
		}
		sums, err := value.EvaluateAt(ctx, resummed, t.Point, s.Eta)
		if err != nil {
			return nil, err
		}
		for d, sum := range sums {
			total[d] += float64(part.sign) * sum.At()
		}
	}
	return exactly(total), nil
}

// A part is a run until some time, with the sign that it has in a group.
type part struct {
	run  sim.Run
	time int64
	sign int64
}

func parts(s sim.Spec, g sim.Group) []part {
	at := func(p sim.Snapshot, sign int64) part { return part{s.Runs[p.Run], s.Runs[p.Run].Times[p.Time], sign} }
	if c, ok := g.(sim.Contrast); ok {
		return []part{at(c.First, 1), at(c.Second, -1)}
	}
	return []part{at(g.(sim.Snapshot), 1)}
}

// theory returns the theory's names for a run and for an observable of it.
func (p part) theory(o sim.Observable) (embed.Dynamics, value.Observable, error) {
	observable, err := value.ParseObservable(o.String())
	if err != nil {
		return nil, observable, err
	}
	until, err := p.run.Optimizer.Until(p.time)
	if err != nil {
		return nil, observable, err
	}
	dynamics := until.Dynamics()
	if dynamics == nil {
		return nil, observable, fmt.Errorf("%w of %v", sim.ErrTheory, until)
	}
	return dynamics, observable, nil
}
