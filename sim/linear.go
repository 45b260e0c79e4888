package sim

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

const (
	// maxDense is the largest dimension in which the Hessian at the start is used.
	maxDense = 8
	// maxProducts is the largest dimension in which products of ζ are.
	maxProducts = 4
	// maxVisits bounds the work for the means of products: the number of batches of a
	// regular grid, the rows times the columns of another.
	maxVisits = 1 << 26
)

// A linearization is what is known of a landscape at the start. Where it is dense, vectors
// are in an eigenbasis of the Hessian H, so that propagators are numbers.
type linearization struct {
	start    []float64
	gradient []float64 // G
	dense    bool
	axes     [][]float64 // the eigenvectors of H
	hessian  []float64   // its eigenvalues
	cov      [][]float64 // C
}

// linearize returns nil if the landscape does not know its mean gradient, or if no controls
// need it.
func (p *plan) linearize() (*linearization, error) {
	l, ok := p.Landscape.Clone().(Averaged)
	if !ok || p.Controls != Frozen {
		return nil, nil
	}
	dim := l.Dim()
	lin := &linearization{start: p.Start, gradient: make([]float64, dim)}
	l.MeanGradient(lin.gradient, p.Start)
	if !finiteNumbers(lin.gradient) {
		return nil, fmt.Errorf("sim: %w: the mean gradient at the start is %v", ErrSpec, lin.gradient)
	}
	e, ok := l.(Exact)
	if !ok || dim > maxDense {
		return lin, nil
	}
	hessian := mat.NewSymDense(dim, nil)
	row, unit := make([]float64, dim), make([]float64, dim)
	for mu := range dim {
		unit[mu] = 1
		e.MeanGradient(row, p.Start, unit)
		unit[mu] = 0
		if !finiteNumbers(row) {
			return nil, fmt.Errorf("sim: %w: the Hessian at the start has a row %v", ErrSpec, row)
		}
		for nu := range mu + 1 {
			hessian.SetSym(mu, nu, row[nu])
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(hessian, true) {
		return nil, fmt.Errorf("sim: %w: the Hessian at the start has no eigenvalues", ErrSpec)
	}
	lin.dense = true
	lin.hessian = eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	for i := range dim {
		lin.axes = append(lin.axes, mat.Col(nil, i, &vectors))
	}
	lin.gradient = lin.rotated(lin.gradient)
	lin.covary(e)
	return lin, nil
}

// covary sets C = b bᵀ.
func (lin *linearization) covary(e Exact) {
	dim := e.Dim()
	for range dim {
		lin.cov = append(lin.cov, make([]float64, dim))
	}
	xi, noise := make([]float64, e.NoiseRank()), make([]float64, dim)
	for j := range xi {
		xi[j] = 1
		e.Noise(noise, lin.start, xi)
		xi[j] = 0
		b := lin.rotated(noise)
		for mu := range dim {
			for nu := range dim {
				lin.cov[mu][nu] += b[mu] * b[nu]
			}
		}
	}
}

// rotated returns x in the eigenbasis.
func (lin *linearization) rotated(x []float64) []float64 {
	out := make([]float64, len(x))
	lin.rotate(out, x)
	return out
}

func (lin *linearization) rotate(out, x []float64) {
	if !lin.dense {
		copy(out, x)
		return
	}
	for i, axis := range lin.axes {
		out[i] = dot(axis, x)
	}
}

// propagate multiplies x by I − hH.
func (lin *linearization) propagate(x []float64, h float64) {
	for i, v := range lin.hessian {
		x[i] *= 1 - h*v
	}
}

// controlMeans are the means of controls of a run at one time.
type controlMeans struct {
	known    bool
	products []float64 // of ζ_μ ζ_ν, for ν ≤ μ
	train    float64   // of δ·ζ
}

// controlMeans returns the means at each time of a run, unknown where they are.
func (lin *linearization) controlMeans(r Run, eta float64) []controlMeans {
	out := make([]controlMeans, len(r.Times))
	if lin == nil || !lin.dense {
		return out
	}
	dim := len(lin.hessian)
	if c := gridColumns(r.Optimizer); c != nil {
		rows := r.Optimizer.Rows()
		if reach := newReach(lin, c, rows, eta); reach != nil {
			for i, t := range r.Times {
				out[i] = lin.means(reach, t, rows)
			}
		}
		return out
	}
	refine, h, c, ok := noiseSteps(r.Optimizer, eta)
	if !ok {
		return out
	}
	for i, t := range r.Times {
		out[i] = controlMeans{known: true, products: make([]float64, dim*(dim+1)/2)}
		each(dim, func(k, mu, nu int) {
			decay := (1 - h*lin.hessian[mu]) * (1 - h*lin.hessian[nu])
			out[i].products[k] = c * c * lin.cov[mu][nu] * geometric(decay, t*refine)
		})
	}
	return out
}

// each calls f for every pair ν ≤ μ, with its number.
func each(dim int, f func(k, mu, nu int)) {
	k := 0
	for mu := range dim {
		for nu := range mu + 1 {
			f(k, mu, nu)
			k++
		}
	}
}
