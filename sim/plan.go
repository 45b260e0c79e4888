package sim

import "fmt"

// A plan is a specification made ready: what its trials need, and where its results go.
type plan struct {
	Spec
	hash   [32]byte
	key    [32]byte // of the streams
	rows   int64    // training points of a trial
	groups []layout
	first  []int // of each run, the index of its first snapshot's group
	linear *linearization
	// The mean loss at the start, if it is known.
	startLoss  float64
	startKnown bool
	means      [][]controlMeans // by run and time
}

// A layout is what the columns of a group are: values, then controls.
type layout struct {
	values, controls int
	train            bool // whether there are train losses
	accuracy         bool // whether the last value is the accuracy
}

func (l layout) columns() int { return l.values + l.controls }

func newPlan(s Spec) (*plan, error) {
	s, err := s.withDefaults()
	if err != nil {
		return nil, err
	}
	p := &plan{Spec: s, hash: s.hash(), key: s.key()}
	for _, r := range s.Runs {
		p.rows = max(p.rows, r.Optimizer.Rows())
	}
	if l, ok := measured(s.Landscape.Clone()).(Averaged); ok {
		p.startLoss, p.startKnown = l.MeanLoss(s.Start), true
	}
	if p.linear, err = p.linearize(); err != nil {
		return nil, err
	}
	for i, r := range s.Runs {
		p.first = append(p.first, len(p.groups))
		p.means = append(p.means, p.linear.controlMeans(r, s.Eta))
		controls := p.controlCount(i)
		for range r.Times {
			l := layout{
				values:   losses + len(s.Directions),
				controls: controls,
				train:    r.Optimizer.Rows() > 0,
				accuracy: s.Accuracy,
			}
			if l.accuracy {
				l.values++
			}
			p.groups = append(p.groups, l)
		}
	}
	for _, c := range s.Contrasts {
		a, b := p.groups[p.snapshot(c.First)], p.groups[p.snapshot(c.Second)]
		p.groups = append(p.groups, layout{a.values, a.controls + b.controls, a.train && b.train, s.Accuracy})
	}
	size := 0
	for _, g := range p.groups {
		size += g.columns() * (g.columns() + 3) / 2
	}
	if size > maxFloats {
		return nil, fmt.Errorf("sim: %w: blocks of %d numbers", ErrTooLarge, size)
	}
	return p, nil
}

// snapshot returns the index of a snapshot's group.
func (p *plan) snapshot(s Snapshot) int { return p.first[s.Run] + s.Time }

func (s Snapshot) index(p *plan) (int, error) {
	if s.Run < 0 || s.Run >= len(p.Runs) || s.Time < 0 || s.Time >= len(p.Runs[s.Run].Times) {
		return 0, fmt.Errorf("sim: %w: snapshot %+v", ErrResult, s)
	}
	return p.snapshot(s), nil
}

func (c Contrast) index(p *plan) (int, error) {
	for i, d := range p.Contrasts {
		if c == d {
			return len(p.groups) - len(p.Contrasts) + i, nil
		}
	}
	return 0, fmt.Errorf("sim: %w: contrast %+v", ErrResult, c)
}
