package sim

// martingale are the Martingale controls of a run.
type martingale struct {
	l       Exact
	columns *columns // nil if there are no training points
	sums    []float64

	gradient, fresh, scratch, xi []float64
	along                        [][]float64
}

// newMartingale returns the controls of an optimizer, or nil if it has none.
func newMartingale(o Optimizer, l Landscape) controller {
	e, ok := l.(Exact)
	if !ok {
		return nil
	}
	m := &martingale{l: e}
	switch o := o.(type) {
	case SDE, Gaussian:
	case Reshuffled:
		if o.E > 1 {
			return nil
		}
		m.columns = o.columns()
	case SGD:
		if m.columns = newColumns(o.Grid); !m.columns.fresh(o.Rows(), o.Steps()) {
			return nil
		}
	default:
		return nil
	}
	dim := l.Dim()
	m.sums = make([]float64, 2*dim+2)
	m.gradient, m.fresh, m.scratch = make([]float64, dim), make([]float64, dim), make([]float64, dim)
	m.xi, m.along = make([]float64, e.NoiseRank()), [][]float64{m.fresh}
	return m
}

// fresh reports whether no row is used twice.
func (c *columns) fresh(rows, steps int64) bool {
	if c.regular {
		return steps <= c.slots
	}
	seen := make([]bool, rows)
	for _, cell := range c.cells {
		if seen[cell.row] {
			return false
		}
		seen[cell.row] = true
	}
	return true
}

func (m *martingale) len() int { return len(m.sums) }

func (m *martingale) begin(*frozenTrial) { clear(m.sums) }

func (m *martingale) points(theta, grad []float64, t int64, _ []int) {
	m.l.MeanGradient(m.gradient, theta)
	s := m.columns.sum(t)
	for mu, g := range grad {
		m.fresh[mu] = g - s*m.gradient[mu]
	}
	m.add(theta, m.columns.squares(t))
}

func (m *martingale) noise(theta, noise []float64, _, c float64, _ []float64) {
	m.l.MeanGradient(m.gradient, theta)
	copy(m.fresh, noise)
	m.add(theta, c*c)
}

// add adds an update whose noise, m.fresh, has the given variance times C.
func (m *martingale) add(theta []float64, variance float64) {
	m.l.MeanGradient(m.scratch, theta, m.along...)
	dim := len(theta)
	for mu, f := range m.fresh {
		m.sums[mu] += f
		m.sums[dim+mu] += m.scratch[mu]
	}
	m.sums[2*dim] += dot(m.gradient, m.fresh)
	m.sums[2*dim+1] += dot(m.fresh, m.fresh) - variance*m.trace(theta)
}

// trace returns tr C.
func (m *martingale) trace(theta []float64) float64 {
	sum := 0.0
	for j := range m.xi {
		m.xi[j] = 1
		m.l.Noise(m.scratch, theta, m.xi)
		m.xi[j] = 0
		sum += dot(m.scratch, m.scratch)
	}
	return sum
}

func (m *martingale) snapshot(_ int, out []float64) { copy(out, m.sums) }

// squares returns the sum of the squares of the weights in column t.
func (c *columns) squares(t int64) float64 {
	if c.regular {
		return c.weight * c.weight * float64(c.batch)
	}
	sum := 0.0
	for _, cell := range c.column(t) {
		sum += cell.weight * cell.weight
	}
	return sum
}
