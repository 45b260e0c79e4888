package embed

import (
	"context"
	"math/bits"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// A run takes a plan through an engine's table.
type run struct {
	*engine
	*plan
	ctx   context.Context
	err   error // the context's, once it has ended
	steps int   // that were taken
	next  int   // the number of steps at which the context is asked

	row    []int // of each bound part that is looped over
	known  []result
	made   map[diagram.Diagram]*rowCurves // what is kept of terms that were not known before
	spare  []uint64
	pieces []int32
}

// A result is what a term has come to, for the rows of its open parts.
type result struct {
	valid    bool
	rows     []int     // of all parts, when it was computed
	now      *curve    // one of the next two
	curve    curve     // which is computed, in the same place for all rows
	recalled curve     // which is kept
	weights  []uint64  // of a free node: those of columns times the closed factors
	vectors  []*vector // that the curve's basis consists of
	sources  []*vector // that these were made from
	versions []int
	products []curveProduct // of the factors, one after the other
	jumps    [][]uint64     // of a sum over rows: those of each coefficient, by column
	x        []uint64
	curves   *rowCurves // of all rows, if they are kept
	asked    bool       // whether they were looked for
	unkept   bool       // whether they cannot be kept
}

// maxSteps is how many steps are taken before the context is asked: about a millisecond's.
const maxSteps = 1 << 17

// spend counts steps, and reports whether the context has ended.
func (r *run) spend(steps int) bool {
	if r.steps += steps; r.steps >= r.next {
		r.next = r.steps + maxSteps
		if r.err == nil {
			r.err = r.ctx.Err()
		}
	}
	return r.err != nil
}

func (e *engine) newRun(ctx context.Context, p *plan) *run {
	return &run{engine: e, plan: p, ctx: ctx, row: make([]int, p.parts), known: make([]result, p.terms), made: map[diagram.Diagram]*rowCurves{}}
}

// total returns the sum over the maps of a diagram whose root's children share parts.
func (e *engine) total(ctx context.Context, p *plan) (uint64, error) {
	r := e.newRun(ctx, p)
	x := r.of(p.top).last(&e.modulus, e.columns)
	r.release()
	return x, r.err
}

// release gives back the room of curves that the end of the context left unfinished.
func (r *run) release() {
	for _, c := range r.made {
		if c.left > 0 {
			r.kept.release(c)
		}
	}
}

// of returns a term for the rows at hand. It is valid until these change.
func (r *run) of(t *term) *curve {
	k := &r.known[t.number]
	if k.valid && r.current(t.open, k.rows) || t.rowShared() && r.recall(t, k) {
		return k.now
	}
	if !r.spend(1) {
		switch t.kind {
		case closed:
			r.ofWhole(t, k)
		case ofRow:
			r.ofRow(t, k)
		case ofColumn:
			r.ofColumn(t, k)
		case ofPart:
			r.ofPart(t, k)
		case overRows:
			r.overRows(t, k)
		}
	}
	k.valid, k.now = r.err == nil, &k.curve
	k.rows = append(k.rows[:0], r.row...)
	if k.valid && t.rowShared() && !k.unkept {
		r.remember(t, k)
	}
	return k.now
}

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

// current reports whether the rows of the parts are the given ones.
func (r *run) current(parts uint64, rows []int) bool {
	for ; parts != 0; parts &= parts - 1 {
		if part := bits.TrailingZeros64(parts); r.row[part] != rows[part] {
			return false
		}
	}
	return true
}

func (r *run) ofWhole(t *term, k *result) {
	v := r.kept.get(r.kept.known, t.whole)
	if v == nil {
		w := r.newRun(r.ctx, newPlan(t.whole, false))
		w.steps, w.next = r.steps, r.next
		f := w.of(w.top)
		w.release()
		r.steps, r.next, r.err = w.steps, w.next, w.err
		if r.err != nil {
			return
		}
		v = f.basis[0] // what depends on no row is a vector
		r.kept.put(r.kept.known, t.whole, v)
	}
	k.curve.whole(&r.modulus, v)
}

// inCells returns Π f(t) w(t) at the cells of a row, of factors f.
func (r *run) inCells(k *result, cells rowCells, factors []*term) []uint64 {
	k.x = resized(k.x, len(cells.at))
	x := k.x
	for i, t := range factors {
		f := r.of(t)
		if r.err != nil {
			return x
		}
		if i > 0 {
			r.multiplyAt(f, cells.at, x)
			continue
		}
		r.valuesAt(f, cells.at, x)
		if !r.unit {
			r.productAt(x, x, r.weight, cells.value)
		}
	}
	if len(factors) == 0 {
		for i, v := range cells.value {
			x[i] = r.weight[v]
		}
	}
	return x
}

func (r *run) ofRow(t *term, k *result) {
	cells := r.rows[r.row[t.part]]
	x := r.inCells(k, cells, t.inner)
	if k.curve.basis == nil {
		k.curve.basis, k.curve.c = []*vector{nil}, make([][]uint64, 1)
	}
	r.sums(x)
	k.curve.at, k.curve.c[0] = cells.at, x
}

// own returns the vector of a result that depends on the parts as it does on nothing else.
func (r *run) own(t *term, k *result) *vector {
	if k.vectors == nil {
		k.vectors = []*vector{{x: make([]uint64, r.columns+1), rows: t.open}}
	}
	k.vectors[0].version++
	clear(k.vectors[0].x)
	return k.vectors[0]
}

// accumulate turns x[t] into Σ_{s<t} x[s].
func (r *run) accumulate(x []uint64) {
	var sum uint64
	for t, y := range x {
		x[t] = sum
		sum = r.add(sum, y)
	}
}

func (r *run) ofPart(t *term, k *result) {
	v := r.own(t, k)
	r.mass(t, k, v.x)
	for _, factor := range t.outer {
		r.multiplyAll(r.of(factor), v.x[:r.columns])
	}
	r.accumulate(v.x)
	k.curve.whole(&r.modulus, v)
}

// mass adds Σ_rows w(t) Π inner(t).
func (r *run) mass(t *term, k *result, sum []uint64) {
	if t.shared {
		v := r.kept.get(r.kept.masses, t.whole)
		if v == nil && len(t.inner) == 1 && t.inner[0].rowShared() {
			v, _ = r.sweep(t.inner[0], t.part)
		}
		if v != nil {
			copy(sum, v.x)
			return
		}
	}
	for row, cells := range r.rows {
		r.row[t.part] = row
		x := r.inCells(k, cells, t.inner)
		if r.spend(len(cells.at)) {
			return
		}
		r.addAt(sum, x, cells.at)
	}
	if t.shared {
		r.kept.put(r.kept.masses, t.whole, &vector{x: slices.Clone(sum)})
	}
}

// sweep goes through the rows of a part on which alone a term F depends. It returns the mass
// Σ_rows w(t) F(t) of a node of that part above F, and the last values of F by row: there may
// not be the room to keep F until both have been asked for.
func (r *run) sweep(t *term, part int) (mass, ends *vector) {
	mass, ends = &vector{x: make([]uint64, r.columns+1)}, &vector{x: make([]uint64, len(r.rows))}
	factors := []*term{t}
	var k result
	for row, cells := range r.rows {
		r.row[part] = row
		x := r.inCells(&k, cells, factors)
		if r.spend(len(cells.at)) {
			return mass, ends
		}
		r.addAt(mass.x, x, cells.at)
		ends.x[row] = r.of(t).last(&r.modulus, r.columns)
	}
	r.kept.put(r.kept.masses, t.whole, mass)
	r.kept.put(r.kept.ends, t.whole, ends)
	return mass, ends
}

func (r *run) ofColumn(t *term, k *result) {
	if k.weights == nil {
		k.weights = make([]uint64, r.columns+1)
		copy(k.weights, r.column)
		for _, factor := range t.inner {
			if factor.open == 0 {
				r.multiplyAll(r.of(factor), k.weights)
			}
		}
	}
	if t.open == 0 {
		v := r.own(t, k)
		copy(v.x, k.weights)
		r.accumulate(v.x)
		k.curve.whole(&r.modulus, v)
		return
	}
	f := r.productOf(k, t.inner)
	if r.err != nil || r.integrate(k, f.basis) {
		return
	}
	n := len(f.basis)
	g := &k.curve
	if len(g.basis) != n+1 {
		g.basis, g.c = append([]*vector{nil}, k.vectors...), make([][]uint64, n+1)
	}
	// Where a piece begins, it agrees with the one before it, or with 0.
	k.x = resized(k.x, len(f.at))
	clear(k.x)
	for j, v := range k.vectors {
		if r.spend(2 * len(f.at)) {
			return
		}
		r.subStepsAt(k.x, f.c[j], v.x, f.at)
	}
	r.sums(k.x)
	g.at, g.c[0] = f.at, k.x
	copy(g.c[1:], f.c)
}

// integrate makes the vectors Σ_{s<t} w(s) b(s), for the vectors b of a basis, unless they are
// that. It reports whether the context has ended.
func (r *run) integrate(k *result, basis []*vector) bool {
	if len(k.vectors) != len(basis) {
		k.vectors, k.sources, k.versions = make([]*vector, len(basis)), make([]*vector, len(basis)), make([]int, len(basis))
	}
	for i, b := range basis {
		v := k.vectors[i]
		switch {
		case v == nil:
			v = &vector{x: make([]uint64, r.columns+1)}
			k.vectors[i] = v
		case k.sources[i] == b && (b == nil || k.versions[i] == b.version):
			continue
		}
		if r.spend(r.columns) {
			return true
		}
		k.sources[i] = b
		v.version++
		copy(v.x, k.weights)
		if b != nil {
			k.versions[i] = b.version
			v.rows = b.rows
			r.product(v.x, v.x, b.x)
		}
		r.accumulate(v.x)
	}
	return false
}

// productOf returns the product of the factors that depend on rows.
func (r *run) productOf(k *result, factors []*term) *curve {
	var f *curve
	if k.products == nil {
		k.products = make([]curveProduct, len(factors))
	}
	for i, t := range factors {
		if t.open == 0 {
			continue
		}
		g := r.of(t)
		if r.err != nil {
			return g
		}
		if f == nil {
			f = g
			continue
		}
		p := &k.products[i]
		r.multiply(p, f, g)
		f = &p.curve
	}
	return f
}

func (r *run) overRows(t *term, k *result) {
	if t.atEnd {
		r.atEnd(t, k)
		return
	}
	v := r.own(t, k)
	var basis []*vector
	for _, jump := range k.jumps {
		clear(jump)
	}
	for row := range r.rows {
		r.row[t.part] = row
		f := r.productOf(k, t.inner)
		basis = f.basis
		for len(k.jumps) < len(basis) {
			k.jumps = append(k.jumps, make([]uint64, r.columns+1))
		}
		for b, vector := range basis {
			if r.spend(len(f.at)) {
				return
			}
			if vector != nil && vector.rows>>t.part&1 == 1 {
				r.addValues(f, b, v.x)
				if r.spend(r.columns) {
					return
				}
				continue
			}
			r.addStepsAt(k.jumps[b], f.c[b], f.at)
		}
	}
	for b, jump := range k.jumps {
		if r.spend(r.columns) {
			return
		}
		var c uint64
		for t, j := range jump {
			c = r.add(c, j)
			x := c
			if basis[b] != nil {
				x = r.mul(c, basis[b].x[t])
			}
			v.x[t] = r.add(v.x[t], x)
		}
	}
	k.curve.whole(&r.modulus, v)
}

// addValues adds one of the vectors of a curve's basis, times its coefficients.
func (r *run) addValues(f *curve, b int, sum []uint64) {
	x := f.basis[b].x
	for i, at := range f.at {
		end := int32(r.columns)
		if i+1 < len(f.at) {
			end = f.at[i+1]
		}
		c := f.c[b][i]
		for t := at + 1; t <= end; t++ {
			sum[t] = r.add(sum[t], r.mul(c, x[t]))
		}
	}
}

// atEnd sums the values after the last column.
func (r *run) atEnd(t *term, k *result) {
	ends := make([]*vector, len(t.inner))
	for i, factor := range t.inner {
		if factor.rowShared() {
			ends[i] = r.ends(factor, t.part)
		}
	}
	var sum uint64
	for row := range r.rows {
		r.row[t.part] = row
		x := r.one
		for i, factor := range t.inner {
			if r.spend(1) {
				return
			}
			if ends[i] != nil {
				x = r.mul(x, ends[i].x[row])
				continue
			}
			x = r.mul(x, r.of(factor).last(&r.modulus, r.columns))
		}
		sum = r.add(sum, x)
	}
	k.curve = curve{[]int32{-1}, []*vector{nil}, [][]uint64{{sum}}}
}

// ends returns the last values of a term that depends on the row of one part, by that row.
func (r *run) ends(t *term, part int) *vector {
	if v := r.kept.get(r.kept.ends, t.whole); v != nil {
		return v
	}
	_, v := r.sweep(t, part)
	return v
}
