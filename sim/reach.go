package sim

// A reach says how far each training point has moved the linear process ζ by some time:
// ζ_t = −Σ_n a_n (∇l_n(θ_0) − G), with a_n = η Σ w Π (I − η s_u H) over the cells (n, c)
// before t, the product over the columns u with c < u < t. In the eigenbasis of H the
// matrix a_n is diagonal.
type reach interface {
	// at returns a_n for classes of rows that are alike, at time t. Times are asked for in
	// increasing order.
	at(t int64) reached
}

// A reached has the diagonals of a_n, and for how many rows each stands. It may be unknown.
type reached struct {
	known bool
	a     [][]float64
	rows  int64 // to each
}

func newReach(lin *linearization, c *columns, rows int64, eta float64) reach {
	if c.regular {
		return regularReach{lin, c, eta}
	}
	r := &gridReach{lin: lin, columns: c, eta: eta}
	if rows*int64(len(c.start)) > maxVisits {
		return unknownReach{}
	}
	for range rows {
		r.a = append(r.a, make([]float64, len(lin.hessian)))
	}
	return r
}

type unknownReach struct{}

func (unknownReach) at(int64) reached { return reached{} }

// A regularReach is that of a regular grid. The rows of batch k took part m times before
// t, every K = N/B columns; with λ = 1 − ηsh, a is ηw λ^g Σ_{j<m} λ^{Kj}, where g is the
// number of columns since the last time.
type regularReach struct {
	lin     *linearization
	columns *columns
	eta     float64
}

func (r regularReach) at(t int64) reached {
	out := reached{known: true, rows: r.columns.batch}
	slots := r.columns.slots
	epochs, part := t/slots, t%slots
	s := r.columns.sum(0)
	dim := len(r.lin.hessian)
	// By the number of columns since the last time: g = 0 for the batch just used.
	factor := make([]float64, dim)
	few, many := make([]float64, dim), make([]float64, dim) // Σ_j for epochs and epochs+1
	for i, h := range r.lin.hessian {
		factor[i] = r.eta * r.columns.weight
		whole := raise(1-r.eta*s*h, int(slots))
		power := 1.0
		for range epochs {
			few[i] += power
			power *= whole
		}
		many[i] = few[i] + power
	}
	for g := range slots {
		sum := few
		if g < part {
			sum = many
		}
		if epochs == 0 && g >= part {
			break // the rest was never used
		}
		a := make([]float64, dim)
		for i := range a {
			a[i] = factor[i] * sum[i]
		}
		out.a = append(out.a, a)
		r.lin.propagate(factor, r.eta*s)
	}
	return out
}

// A gridReach is that of any grid.
type gridReach struct {
	lin     *linearization
	columns *columns
	eta     float64
	a       [][]float64
	time    int64
}

func (r *gridReach) at(t int64) reached {
	for ; r.time < t; r.time++ {
		s := r.columns.sum(r.time)
		for _, a := range r.a {
			r.lin.propagate(a, r.eta*s)
		}
		r.columns.each(r.time, func(row int64, weight float64) {
			for i := range r.a[row] {
				r.a[row][i] += r.eta * weight
			}
		})
	}
	return reached{known: true, a: r.a, rows: 1}
}

// means returns E[ζ_μ ζ_ν] = Σ_n a_n C a_n and E[δ·ζ] = −Σ_n tr(a_n C)/N.
func (r reached) means(cov [][]float64, rows int64) controlMeans {
	if !r.known {
		return controlMeans{}
	}
	dim := len(cov)
	m := controlMeans{known: true, products: make([]float64, dim*(dim+1)/2)}
	for _, a := range r.a {
		each(dim, func(k, mu, nu int) {
			m.products[k] += float64(r.rows) * a[mu] * a[nu] * cov[mu][nu]
		})
		for mu := range dim {
			m.train -= float64(r.rows) * a[mu] * cov[mu][mu] / float64(rows)
		}
	}
	return m
}
