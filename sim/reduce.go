package sim

import (
	"math"
)

const (
	// foldCount is the number of folds that blocks are dealt to.
	foldCount = 10
	// trialsPerControl is how many trials a coefficient must be fitted to.
	trialsPerControl = 20
	// collinear is the part of a control's variance below which what others leave
	// unexplained of it counts as rounding.
	collinear = 1e-9
)

// folds returns the moments of a group over folds of blocks, each folded in the order of
// the blocks. The block of index i is in fold i modulo foldCount.
func (r *Result) folds(group int) []*moments {
	var out []*moments
	for range foldCount {
		out = append(out, newMoments(r.plan.groups[group].columns()))
	}
	for _, b := range r.inOrder() {
		out[b.index%foldCount].merge(b.groups[group])
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
	// Differences of nearly equal sums may come out below what they can be.
	r.co[0] = max(r.co[0], 0)
	return r
}

// fit returns the coefficients β of the regression of a column on the controls. Controls
// that do not vary, or hardly beyond what those before them explain, have coefficient 0.
// With few trials, only the first controls are used.
func (l layout) fit(m *moments, column int) []float64 {
	beta := make([]float64, l.controls)
	limit := min(l.controls, int(m.count/trialsPerControl))
	var used []int // pivots, by control
	var scale []float64
	// Cholesky, one control at a time: rows of the triangular factor of the correlations.
	var rows [][]float64
	for c := range limit {
		z := l.values + c
		s := math.Sqrt(m.at(z, z))
		if !(s > 0) || math.IsInf(s, 0) {
			continue
		}
		row := make([]float64, len(used)+1)
		rest := 1.0
		for i, u := range used {
			x := m.at(z, l.values+u) / (s * scale[i])
			for j := range i {
				x -= row[j] * rows[i][j]
			}
			row[i] = x / rows[i][i]
			rest -= row[i] * row[i]
		}
		if !(rest > collinear) {
			continue
		}
		row[len(used)] = math.Sqrt(rest)
		used, scale, rows = append(used, c), append(scale, s), append(rows, row)
	}
	y := make([]float64, len(used))
	for i, u := range used {
		y[i] = m.at(column, l.values+u) / scale[i]
		for j := range i {
			y[i] -= rows[i][j] * y[j]
		}
		y[i] /= rows[i][i]
	}
	for i := len(used) - 1; i >= 0; i-- {
		for k := i + 1; k < len(used); k++ {
			y[i] -= rows[k][i] * y[k]
		}
		y[i] /= rows[i][i]
		beta[used[i]] = y[i] / scale[i]
	}
	return beta
}
