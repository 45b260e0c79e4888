package embed

import "slices"

// Where a part closes, its row is summed over: at a node of that part, or in a product.

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
