package sim

import (
	"math"
)

const (
	// foldCount is the number of folds that blocks are dealt to.
	foldCount = 10
	// trialsPerControl is how many trials a coefficient must be fitted to.
	trialsPerControl = 20
	// chanceGain is how many times more than chance a control must explain.
	chanceGain = 4
	// collinear is the part of a control's variance below which what others leave
	// unexplained of it counts as rounding.
	collinear = 1e-9
	// cancelled is the part of a column's variance below which what controls leave of it
	// is rounding.
	cancelled = 0x1p-50
)

// folds returns the moments of a group over folds of blocks, to which the blocks are dealt
// one after the other in the order of their index.
func (r *Result) folds(group int) []*moments {
	var out []*moments
	for range foldCount {
		out = append(out, newMoments(r.plan.groups[group].columns()))
	}
	for i, b := range r.inOrder() {
		out[i%foldCount].merge(b.groups[group])
	}
	return out
}

// reduce returns the mean of Y − β·Z over all trials and the sum of the squares of its
// deviations, where Y is a column, Z are the controls, and the β of each fold comes from
// the others.
func (l layout) reduce(folds []*moments, column int) (mean, square float64) {
	total := newMoments(2)
	for i, f := range folds {
		if f.count == 0 {
			continue
		}
		others := newMoments(l.columns())
		for j, g := range folds {
			if j != i {
				others.merge(g)
			}
		}
		beta := l.fit(others, column)
		total.merge(l.residual(f, column, beta))
	}
	return total.mean[0], total.at(0, 0)
}

// residual returns the count, mean and sum of squares of Y − β·Z in a fold, as the first
// column of moments.
func (l layout) residual(f *moments, column int, beta []float64) *moments {
	r := newMoments(2)
	r.count = f.count
	r.mean[0] = f.mean[column]
	r.co[0] = f.at(column, column)
	for i, b := range beta {
		z := l.values + i
		r.mean[0] -= b * f.mean[z]
		r.co[0] -= 2 * b * f.at(column, z)
		for j, c := range beta {
			r.co[0] += b * c * f.at(z, l.values+j)
		}
	}
	// A difference of nearly equal sums is no better than their rounding, even if it comes
	// out as 0 or less.
	r.co[0] = max(r.co[0], cancelled*f.at(column, column))
	return r
}

// fit returns the coefficients β of a regression of a column on some of the controls. They
// are taken one by one, always the one that explains most of what is left, as long as it
// explains more than chance would, and there are trials enough. Those that are left out
// have coefficient 0; so have those that vary hardly beyond what others explain.
func (l layout) fit(m *moments, column int) []float64 {
	e := newElimination(l, m, column)
	left := m.at(column, column)
	for len(e.pivots) < int(m.count/trialsPerControl) {
		pivot, gain := e.best()
		// A control unlike the column explains 1/n of its variance, on average.
		if pivot < 0 || !(gain*float64(m.count) > chanceGain*left) {
			break
		}
		left -= gain
		e.eliminate(pivot)
	}
	return e.solution()
}

// An elimination solves the normal equations s β = y for controls scaled to variance 1,
// pivot by pivot.
type elimination struct {
	scale  []float64   // of the controls, 0 for those that do not vary
	s      [][]float64 // what is left of the correlations
	y      []float64   // and of the products with the column
	pivots []pivot
}

// A pivot is a control with its row of the equations when it was eliminated.
type pivot struct {
	control int
	row     []float64
	y       float64
}

func newElimination(l layout, m *moments, column int) *elimination {
	e := &elimination{scale: make([]float64, l.controls), y: make([]float64, l.controls)}
	for i := range e.scale {
		z := l.values + i
		if v := m.at(z, z); v > 0 && !math.IsInf(v, 0) {
			e.scale[i] = 1 / math.Sqrt(v)
		}
	}
	for i, a := range e.scale {
		row := make([]float64, l.controls)
		for j, b := range e.scale {
			row[j] = a * b * m.at(l.values+i, l.values+j)
		}
		e.s = append(e.s, row)
		e.y[i] = a * m.at(column, l.values+i)
	}
	return e
}

// best returns the control that explains most, and how much; −1 if there is none.
func (e *elimination) best() (control int, gain float64) {
	control = -1
	for i, y := range e.y {
		if e.s[i][i] <= collinear {
			continue
		}
		if g := y * y / e.s[i][i]; g > gain {
			control, gain = i, g
		}
	}
	return control, gain
}

func (e *elimination) eliminate(control int) {
	row := append([]float64(nil), e.s[control]...)
	p := pivot{control, row, e.y[control]}
	e.pivots = append(e.pivots, p)
	for i := range e.s {
		c := row[i] / row[control]
		for j := range e.s[i] {
			e.s[i][j] -= c * row[j]
		}
		e.y[i] -= c * p.y
	}
	e.s[control][control] = 0
}

// solution returns β, with 0 for what is no pivot.
func (e *elimination) solution() []float64 {
	beta := make([]float64, len(e.y))
	for k := len(e.pivots) - 1; k >= 0; k-- {
		p := e.pivots[k]
		sum := p.y
		for _, later := range e.pivots[k+1:] {
			sum -= p.row[later.control] * beta[later.control]
		}
		beta[p.control] = sum / p.row[p.control]
	}
	for i, s := range e.scale {
		beta[i] *= s
	}
	return beta
}
