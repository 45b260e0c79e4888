package sim

// A frozenTrial is what frozen controls need to know of a trial: at the start, the
// deviations of its training points' gradients from G, one after the other, and that of
// its test points' mean gradient.
type frozenTrial struct {
	points []float64
	test   []float64
	grad   []float64 // scratch
}

// newFrozenTrial returns space for the deviations of a number of points.
func newFrozenTrial(dim int, rows int64) *frozenTrial {
	return &frozenTrial{make([]float64, int(rows)*dim), make([]float64, dim), make([]float64, dim)}
}

// fill computes the deviations.
func (f *frozenTrial) fill(lin *linearization, l Landscape, points, test []float64) {
	dim, size, grad := l.Dim(), l.Size(), f.grad
	for n := range len(f.points) / dim {
		l.Gradient(grad, lin.start, points[n*size:(n+1)*size])
		lin.deviate(f.points[n*dim:(n+1)*dim], grad)
	}
	if len(test) > 0 {
		l.Gradient(grad, lin.start, test)
		lin.deviate(f.test, grad)
	}
}

// deviate sets out to grad − G.
func (lin *linearization) deviate(out, grad []float64) {
	lin.rotate(out, grad)
	for i, g := range lin.gradient {
		out[i] -= g
	}
}

// frozen are the Frozen controls of a run.
type frozen struct {
	*linearization
	columns *columns // nil if there are no training points
	rows    int
	eta     float64
	exact   Exact // for noise
	means   []controlMeans
	test    bool // whether test points have controls

	trial   *frozenTrial
	zeta    []float64
	delta   []float64
	scratch []float64
	turned  []float64
}

func newFrozen(lin *linearization, o Optimizer, eta float64, l Landscape, means []controlMeans, test bool) *frozen {
	dim := l.Dim()
	f := &frozen{linearization: lin, rows: int(o.Rows()), eta: eta, means: means, test: test}
	f.exact, _ = l.(Exact)
	f.columns = gridColumns(o)
	if r, ok := o.(Reshuffled); ok {
		f.columns = r.columns()
	}
	f.zeta, f.delta = make([]float64, dim), make([]float64, dim)
	f.scratch, f.turned = make([]float64, dim), make([]float64, dim)
	return f
}

func (f *frozen) len() int {
	n := 0
	if f.dense {
		dim := len(f.zeta)
		n += dim
		if f.rows > 0 {
			n += dim
		}
		if f.means[0].known {
			if dim <= maxProducts {
				n += len(f.means[0].products)
			}
			if f.rows > 0 {
				n++
			}
		}
	} else {
		n++
		if f.rows > 0 {
			n++
		}
	}
	if f.test {
		n += 2
	}
	return n
}

func (f *frozen) begin(trial *frozenTrial) {
	f.trial = trial
	clear(f.zeta)
	clear(f.delta)
	for n := range f.rows {
		for mu, d := range f.deviation(n) {
			f.delta[mu] += d / float64(f.rows)
		}
	}
}

// deviation returns ∇l_n(θ_0) − G for a training point.
func (f *frozen) deviation(n int) []float64 {
	dim := len(f.zeta)
	return f.trial.points[n*dim : (n+1)*dim]
}

func (f *frozen) points(_, _ []float64, t int64, order []int) {
	c := f.columns
	f.propagate(f.zeta, f.eta*c.sum(t))
	if !c.regular {
		for _, cell := range c.column(t) {
			f.pull(int(cell.row), cell.weight)
		}
		return
	}
	first := int(t % c.slots * c.batch)
	for row := first; row < first+int(c.batch); row++ {
		if order == nil {
			f.pull(row, c.weight)
		} else {
			f.pull(order[row], c.weight)
		}
	}
}

// pull subtracts ηw (∇l_n(θ_0) − G) from ζ.
func (f *frozen) pull(n int, weight float64) {
	for mu, d := range f.deviation(n) {
		f.zeta[mu] -= f.eta * weight * d
	}
}

func (f *frozen) noise(_, _ []float64, h, c float64, xi []float64) {
	f.propagate(f.zeta, h)
	f.exact.Noise(f.scratch, f.start, xi)
	f.rotate(f.turned, f.scratch)
	for mu, b := range f.turned {
		f.zeta[mu] -= c * b
	}
}

func (f *frozen) snapshot(index int, out []float64) {
	next := func(x float64) {
		out[0] = x
		out = out[1:]
	}
	if f.dense {
		f.snapshotDense(f.means[index], next)
	} else {
		next(dot(f.gradient, f.zeta))
		if f.rows > 0 {
			next(dot(f.gradient, f.delta))
		}
	}
	if f.test {
		next(dot(f.trial.test, f.gradient))
		next(dot(f.trial.test, f.zeta))
	}
}

func (f *frozen) snapshotDense(m controlMeans, next func(float64)) {
	for _, z := range f.zeta {
		next(z)
	}
	if f.rows > 0 {
		for _, d := range f.delta {
			next(d)
		}
	}
	if !m.known {
		return
	}
	if len(f.zeta) <= maxProducts {
		each(len(f.zeta), func(k, mu, nu int) { next(f.zeta[mu]*f.zeta[nu] - m.products[k]) })
	}
	if f.rows > 0 {
		next(dot(f.delta, f.zeta) - m.train)
	}
}
