package sim

// A reach says how far each training point has moved the linear process ζ by some time:
// ζ_t = −Σ_n a_n (∇l_n(θ_0) − G), with a_n = η Σ w Π (I − η s_u H) over the cells (n, c)
// before t, the product over the columns u with c < u < t. In the eigenbasis of H the
// matrix a_n is diagonal.
type reach interface {
	// each calls f with the diagonal of a_n at time t for classes of rows that are alike,
	// and how many rows each stands for. Those of which it is zero may be left out. Times
	// are asked for in increasing order.
	each(t int64, f func(a []float64, rows int64))
}

// newReach returns the reach of a grid, or nil if that is too much work.
func newReach(lin *linearization, c *columns, rows int64, eta float64) reach {
	if c.regular {
		if c.slots > maxVisits {
			return nil
		}
		return regularReach{lin, c, eta}
	}
	if rows*int64(len(c.start)) > maxVisits {
		return nil
	}
	r := &gridReach{lin: lin, columns: c, eta: eta}
	for range rows {
		r.a = append(r.a, make([]float64, len(lin.hessian)))
	}
	return r
}

// A regularReach is that of a regular grid. The rows of batch k took part m times before
// t, every K = N/B columns; with λ = 1 − ηsh, a is ηw λ^g Σ_{j<m} λ^{Kj}, where g is the
// number of columns since the last time.
type regularReach struct {
	lin     *linearization
	columns *columns
	eta     float64
}

func (r regularReach) each(t int64, f func(a []float64, rows int64)) {
	slots := r.columns.slots
	epochs, part := t/slots, t%slots
	s := r.columns.sum(0)
	dim := len(r.lin.hessian)
	factor := make([]float64, dim)                          // ηw λ^g
	few, many := make([]float64, dim), make([]float64, dim) // Σ_j for m = epochs, and one more
	for i, h := range r.lin.hessian {
		factor[i] = r.eta * r.columns.weight
		whole := raise(1-r.eta*s*h, slots)
		few[i], many[i] = geometric(whole, epochs), geometric(whole, epochs+1)
	}
	a := make([]float64, dim)
	for g := range slots {
		// The batches of this epoch come first, the last used with g = 0.
		sum := few
		if g < part {
			sum = many
		} else if epochs == 0 {
			return // the rest was never used
		}
		for i := range a {
			a[i] = factor[i] * sum[i]
		}
		f(a, r.columns.batch)
		r.lin.propagate(factor, r.eta*s)
	}
}

// geometric returns Σ_{j<n} x^j.
func geometric(x float64, n int64) float64 {
	// Of the lowest bits of n so far: sum is Σ_{j<m} x^j. Of the next: part is Σ_{j<2^k}
	// x^j, and x is x^{2^k}.
	sum, part := 0.0, 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			sum = sum*x + part
		}
		part *= 1 + x
		x *= x
	}
	return sum
}

// A gridReach is that of any grid.
type gridReach struct {
	lin     *linearization
	columns *columns
	eta     float64
	a       [][]float64
	time    int64
}

func (r *gridReach) each(t int64, f func(a []float64, rows int64)) {
	for ; r.time < t; r.time++ {
		s := r.columns.sum(r.time)
		for _, a := range r.a {
			r.lin.propagate(a, r.eta*s)
		}
		for _, cell := range r.columns.column(r.time) {
			for i := range r.a[cell.row] {
				r.a[cell.row][i] += r.eta * cell.weight
			}
		}
	}
	for _, a := range r.a {
		f(a, 1)
	}
}

// means returns E[ζ_μ ζ_ν] = Σ_n a_n C a_n and E[δ·ζ] = −Σ_n tr(a_n C)/N at time t.
func (lin *linearization) means(r reach, t, rows int64) controlMeans {
	dim := len(lin.cov)
	m := controlMeans{known: true, products: make([]float64, dim*(dim+1)/2)}
	r.each(t, func(a []float64, alike int64) {
		each(dim, func(k, mu, nu int) {
			m.products[k] += float64(alike) * a[mu] * a[nu] * lin.cov[mu][nu]
		})
		for mu := range dim {
			m.train -= float64(alike) * a[mu] * lin.cov[mu][mu] / float64(rows)
		}
	})
	return m
}
