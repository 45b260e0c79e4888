package sim

// A controller computes the control variates of one run, whose means are zero.
type controller interface {
	witness
	// len returns the number of controls of a snapshot.
	len() int
	// begin starts a trial.
	begin(f *frozenTrial)
	// snapshot writes the controls of the run's index-th time.
	snapshot(index int, out []float64)
}

// newController returns the controller of a run, or nil if it has no controls. The
// landscape is the worker's own.
func (p *plan) newController(run int, l Landscape) controller {
	o := p.Runs[run].Optimizer
	switch _, deterministic := o.(ODE); {
	case p.Controls == NoControls || deterministic:
		return nil
	case p.Controls == Martingale:
		return newMartingale(o, l)
	case p.linear == nil:
		return nil
	}
	return newFrozen(p.linear, o, p.Eta, l, p.means[run], p.testGradients())
}

// controlCount returns the number of controls of a snapshot of a run.
func (p *plan) controlCount(run int) int {
	if c := p.newController(run, p.Landscape); c != nil {
		return c.len()
	}
	return 0
}

// testGradients reports whether test losses are measured on test points that controls can
// explain.
func (p *plan) testGradients() bool {
	_, exact := measured(p.Landscape).(Exact)
	return p.linear != nil && p.Test > 0 && !exact
}

// gridColumns returns the columns of an optimizer that descends on training points in an
// order that is known beforehand, or nil.
func gridColumns(o Optimizer) *columns {
	switch o := o.(type) {
	case SGD:
		return newColumns(o.Grid)
	case GDC:
		return fullBatch(o.N)
	case Regularized:
		return fullBatch(o.N)
	}
	return nil
}

func fullBatch(n int64) *columns {
	return &columns{regular: true, batch: n, slots: 1, weight: 1 / float64(n)}
}
