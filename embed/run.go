package embed

import (
	"context"
	"math/bits"

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
