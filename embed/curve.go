package embed

// A vector is a function of time: its values at the columns 0, 1, … and after the last. It
// may depend on the rows of some bound parts; its version tells when it has changed.
type vector struct {
	x       []uint64
	rows    uint64
	version int
}

// A curve is a function of time in pieces: after column at[i], up to and including at[i+1],
// it is Σ_k c_ki b_k(t) for some basis of vectors, of which the first may be nil, the constant
// 1; and it is 0 up to at[0]. What depends on the cells of a few rows alone has few pieces, and
// its coefficients, unlike its values, take no time in proportion to the number of columns.
type curve struct {
	at    []int32
	basis []*vector
	c     [][]uint64 // c_ki at [k][i]
}

// resized returns a slice of n elements, of any values, in the same place if it fits.
func resized[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]T, n, n+n/4)
}

// whole makes the curve one vector.
func (f *curve) whole(m *modulus, v *vector) {
	if len(f.at) != 1 {
		*f = curve{[]int32{-1}, []*vector{nil}, [][]uint64{{m.one}}}
	}
	f.basis[0] = v
}

// value returns the value at t by the coefficients of a piece.
func (f *curve) value(m *modulus, piece int, t int32) uint64 {
	var sum uint64
	for k, b := range f.basis {
		x := f.c[k][piece]
		if b != nil {
			x = m.mul(x, b.x[t])
		}
		sum = m.add(sum, x)
	}
	return sum
}

// last returns the value after the last column.
func (f *curve) last(m *modulus, end int) uint64 {
	if len(f.at) == 0 {
		return 0
	}
	return f.value(m, len(f.at)-1, int32(end))
}

// isVector reports whether the curve is a vector.
func (f *curve) isVector() bool {
	return len(f.at) == 1 && f.at[0] < 0 && len(f.basis) == 1 && f.basis[0] != nil
}

// sameStart reports whether two lists that are not empty are the same place.
func sameStart(a, b []int32) bool { return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] }

// valuesAt sets out[i] to f's value at at[i], unless the context ends.
func (r *run) valuesAt(f *curve, at []int32, out []uint64) {
	if r.spend(len(at)) {
		return
	}
	if f.isVector() {
		x := f.basis[0].x
		for i, t := range at {
			out[i] = x[t]
		}
		return
	}
	if !sameStart(f.at, at) {
		r.valuesAcross(f, at, out)
		return
	}
	// Each cell ends a piece, but the first.
	out[0] = 0
	out, at = out[1:], at[1:]
	for k, b := range f.basis {
		switch {
		case b == nil:
			copy(out, f.c[k])
		case k == 0:
			r.productAt(out, f.c[k], b.x, at)
		case r.spend(len(at)):
			return
		default:
			r.addProductAt(out, f.c[k], b.x, at)
		}
	}
}

// valuesAcross is valuesAt where pieces begin anywhere.
func (r *run) valuesAcross(f *curve, at []int32, out []uint64) {
	r.pieces = resized(r.pieces, len(at))
	piece, zeros := -1, 0
	for i, t := range at {
		piece = f.pieceAt(piece, t)
		r.pieces[i] = int32(piece)
		if piece < 0 {
			out[i] = 0
			zeros++
		}
	}
	out, at = out[zeros:], at[zeros:]
	pieces := r.pieces[zeros:]
	for k, b := range f.basis {
		c := f.c[k]
		switch {
		case b == nil:
			for i, p := range pieces {
				out[i] = c[p]
			}
		case k == 0:
			r.productFrom(out, c, b.x, pieces, at)
		case r.spend(len(at)):
			return
		default:
			r.addProductFrom(out, c, b.x, pieces, at)
		}
	}
}

// pieceAt returns the number of the piece that t lies in, or −1, given a piece before it.
func (f *curve) pieceAt(piece int, t int32) int {
	for piece+1 < len(f.at) && f.at[piece+1] < t {
		piece++
	}
	return piece
}

// multiplyAt multiplies out[i] by f's value at at[i], unless the context ends.
func (r *run) multiplyAt(f *curve, at []int32, out []uint64) {
	if r.spend(len(at)) {
		return
	}
	switch {
	case f.isVector():
		r.productAt(out, out, f.basis[0].x, at)
	case len(f.basis) == 1 && f.basis[0] == nil && sameStart(f.at, at):
		out[0] = 0
		r.product(out[1:], out[1:], f.c[0])
	default:
		r.spare = resized(r.spare, len(at))
		r.valuesAt(f, at, r.spare)
		r.product(out, out, r.spare)
	}
}

// multiplyAll multiplies out[t] by f's value at t, unless the context ends.
func (r *run) multiplyAll(f *curve, out []uint64) {
	if r.spend(len(out)) {
		return
	}
	if f.isVector() {
		r.product(out, out, f.basis[0].x)
		return
	}
	piece := -1
	for t := range out {
		if piece = f.pieceAt(piece, int32(t)); piece < 0 {
			out[t] = 0
			continue
		}
		out[t] = r.mul(out[t], f.value(&r.modulus, piece, int32(t)))
	}
}

// A curveProduct is that of two curves, with the products of their bases.
type curveProduct struct {
	curve
	pairs  []pair
	merged merger
}

// A merger says where the pieces of two curves' product begin, and of which pieces they are.
type merger struct{ at, left, right []int32 }

// A pair is a product of two vectors of bases.
type pair struct {
	of       [2]*vector
	versions [2]int
	is       *vector // nil is the constant 1
}

// refresh multiplies the vectors anew, unless that is what the pair is.
func (p *pair) refresh(r *run, a, b *vector) {
	if a == nil || b == nil {
		if p.is = a; a == nil {
			p.is = b
		}
		return
	}
	versions := [2]int{a.version, b.version}
	if p.is != nil && p.of == [2]*vector{a, b} && p.versions == versions || r.spend(len(a.x)) {
		return
	}
	if p.of[0] == nil {
		p.is = &vector{x: make([]uint64, len(a.x))}
	}
	p.of, p.versions = [2]*vector{a, b}, versions
	p.is.rows = a.rows | b.rows
	p.is.version++
	r.product(p.is.x, a.x, b.x)
}

// multiply makes p the product of f and g, unless the context ends.
func (r *run) multiply(p *curveProduct, f, g *curve) {
	kf, kg := len(f.basis), len(g.basis)
	k := kf * kg
	if len(p.pairs) != k {
		p.pairs, p.basis, p.c = make([]pair, k), make([]*vector, k), make([][]uint64, k)
	}
	for i := range p.pairs {
		p.pairs[i].refresh(r, f.basis[i/kg], g.basis[i%kg])
		p.basis[i] = p.pairs[i].is
	}
	same := sameStart(f.at, g.at)
	if p.at = f.at; !same {
		p.merged.set(f.at, g.at)
		p.at = p.merged.at
	}
	for i := range p.c {
		if r.spend(len(f.at) + len(g.at)) {
			return
		}
		p.c[i] = resized(p.c[i], len(p.at))
		if same {
			r.product(p.c[i], f.c[i/kg], g.c[i%kg])
		} else {
			r.productFrom(p.c[i], f.c[i/kg], g.c[i%kg], p.merged.left, p.merged.right)
		}
	}
}

// set merges the beginnings of pieces, from where both curves have one.
func (p *merger) set(f, g []int32) {
	p.at, p.left, p.right = resized(p.at, len(f)+len(g)), resized(p.left, len(f)+len(g)), resized(p.right, len(f)+len(g))
	i, j, n := int32(-1), int32(-1), 0
	for int(i)+1 < len(f) || int(j)+1 < len(g) {
		var at int32
		switch {
		case int(j)+1 == len(g) || int(i)+1 < len(f) && f[i+1] < g[j+1]:
			i++
			at = f[i]
		case int(i)+1 == len(f) || g[j+1] < f[i+1]:
			j++
			at = g[j]
		default:
			i, j = i+1, j+1
			at = f[i]
		}
		if i < 0 || j < 0 {
			continue
		}
		p.at[n], p.left[n], p.right[n] = at, i, j
		n++
	}
	p.at, p.left, p.right = p.at[:n], p.left[:n], p.right[:n]
}
