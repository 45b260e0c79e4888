package embed

import (
	"math/bits"
	"slices"
)

// A run keeps the curves of terms that depend on the row of one part: other diagrams have the
// same terms.

// recall takes the curve of a term that depends on one row from where it is kept.
func (r *run) recall(t *term, k *result) bool {
	if !k.asked {
		k.asked = true
		k.curves = r.kept.getCurves(t.whole)
	}
	if k.curves == nil {
		return false
	}
	row := r.row[bits.TrailingZeros64(t.open)]
	if !k.curves.known[row] {
		return false
	}
	k.valid = true
	k.rows = append(k.rows[:0], r.row...)
	k.recalled.basis, k.recalled.at = k.curves.basis, r.rows[row].at
	k.recalled.c = k.curves.of(k.recalled.c, r.rows[row])
	k.now = &k.recalled
	return true
}

// remember keeps the curve of a term that depends on one row.
func (r *run) remember(t *term, k *result) {
	if k.curves == nil && !r.makeRoom(t, k) {
		k.unkept = true
		return
	}
	row := r.row[bits.TrailingZeros64(t.open)]
	k.recalled.c = k.curves.of(k.recalled.c, r.rows[row])
	for i, c := range k.recalled.c[:k.curves.own] {
		copy(c, k.curve.c[i])
	}
	k.curves.known[row] = true
	if k.curves.left--; k.curves.left == 0 {
		r.kept.putCurves(t.whole, k.curves)
	}
}

// makeRoom prepares to keep the curves of a term, and reports whether they can be. Of terms
// that are alike, the first is kept.
func (r *run) makeRoom(t *term, k *result) bool {
	if r.made[t.whole] != nil {
		return false
	}
	own, size := len(k.curve.basis), 0
	for _, v := range k.curve.basis {
		if v == nil {
			continue
		}
		if v.rows != 0 {
			return false
		}
		size += len(v.x)
	}
	var below [][]uint64
	if f := r.keptBelow(t); f != nil {
		// The column's sums have all coefficients of f, and one more.
		own, below = 1, f.c
	}
	size += r.cells * own
	if !reserve(&r.kept.room.curves, size) {
		return false
	}
	k.curves = &rowCurves{basis: slices.Clone(k.curve.basis), own: own, size: size, known: make([]bool, len(r.rows)), left: len(r.rows)}
	r.made[t.whole] = k.curves
	for range own {
		k.curves.c = append(k.curves.c, make([]uint64, r.cells))
	}
	k.curves.c = append(k.curves.c, below...)
	return true
}

// keptBelow returns the curves that are kept of a column's only factor that depends on rows,
// or nil.
func (r *run) keptBelow(t *term) *rowCurves {
	if t.kind != ofColumn {
		return nil
	}
	var curves *rowCurves
	factors := 0
	for _, f := range t.inner {
		if f.open != 0 {
			factors++
			curves = r.known[f.number].curves
		}
	}
	if factors > 1 {
		return nil
	}
	return curves
}

// release gives back the room of curves that the end of the context left unfinished.
func (r *run) release() {
	for _, c := range r.made {
		if c.left > 0 {
			r.kept.release(c)
		}
	}
}
