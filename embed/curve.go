package embed

// A vector is a function of time: its values at the columns 0, 1, … and after the last. It
// may depend on the rows of some bound parts; its version tells when it has changed.
type vector struct {
	x       []uint64
	rows    uint64
	version int
}

// A curve is a function of time in pieces: after column at[i], up to and including at[i+1],
// it is Σ_k c_ik b_k(t) for some basis of vectors, of which nil is the constant 1; and it is
// 0 up to at[0]. What depends on the cells of a few rows alone has few pieces, and its
// coefficients, unlike its values, take no time in proportion to the number of columns.
type curve struct {
	at    []int32
	basis []*vector
	c     []uint64 // c_ik at i·len(basis) + k
}

// reset empties a curve for the given number of pieces, which must all be set, keeping the
// basis.
func (f *curve) reset(pieces int) {
	f.at = resized(f.at, pieces)
	f.c = resized(f.c, pieces*len(f.basis))
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
	if len(f.basis) != 1 {
		f.basis = []*vector{v}
	}
	f.basis[0] = v
	f.reset(1)
	f.at[0], f.c[0] = -1, m.one
}

// piece returns the value at t by the coefficients of a piece.
func (f *curve) piece(m *modulus, c []uint64, t int32) uint64 {
	var sum uint64
	for k, b := range f.basis {
		x := c[k]
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
	return f.piece(m, f.c[(len(f.at)-1)*len(f.basis):], int32(end))
}

// isVector reports whether the curve is a vector.
func (f *curve) isVector() bool {
	return len(f.at) == 1 && f.at[0] < 0 && len(f.basis) == 1 && f.basis[0] != nil
}

// multiplyAt multiplies out[i] by the value at at[i].
func (f *curve) multiplyAt(by *modulus, at []int32, out []uint64) {
	m := *by // in registers
	out = out[:len(at)]
	switch {
	case f.isVector():
		x := f.basis[0].x
		for i, t := range at {
			out[i] = m.mul(out[i], x[t])
		}
	case len(f.basis) == 1 && f.basis[0] == nil && sameStart(f.at, at):
		out[0] = 0
		rest := out[1:]
		for i, c := range f.c[:len(rest)] {
			rest[i] = m.mul(rest[i], c)
		}
	case len(f.basis) == 2 && f.basis[0] == nil && sameStart(f.at, at):
		out[0] = 0
		x, c := f.basis[1].x, f.c
		for i, t := range at[1:] {
			piece := c[:2]
			out[i+1] = m.mul(out[i+1], m.add(piece[0], m.mul(piece[1], x[t])))
			c = c[2:]
		}
	case len(f.basis) == 1 && f.basis[0] == nil:
		j := -1
		for i, t := range at {
			for j+1 < len(f.at) && f.at[j+1] < t {
				j++
			}
			if j < 0 {
				out[i] = 0
				continue
			}
			out[i] = m.mul(out[i], f.c[j])
		}
	default:
		j, n := -1, len(f.basis)
		for i, t := range at {
			for j+1 < len(f.at) && f.at[j+1] < t {
				j++
			}
			if j < 0 {
				out[i] = 0
				continue
			}
			out[i] = m.mul(out[i], f.piece(by, f.c[j*n:j*n+n], t))
		}
	}
}

// constantsAt sets out[i] to the value at at[i] and reports true, if the pieces are constants
// and begin there.
func (f *curve) constantsAt(at []int32, out []uint64) bool {
	if len(f.basis) != 1 || f.basis[0] != nil || !sameStart(f.at, at) {
		return false
	}
	out[0] = 0
	copy(out[1:], f.c)
	return true
}

// sameStart reports whether two lists that are not empty are the same place.
func sameStart(a, b []int32) bool { return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] }

// multiplyAll multiplies out[t] by the value at t.
func (f *curve) multiplyAll(m *modulus, out []uint64) {
	if f.isVector() {
		for t, x := range f.basis[0].x[:len(out)] {
			out[t] = m.mul(out[t], x)
		}
		return
	}
	j, n := -1, len(f.basis)
	for t := range out {
		for j+1 < len(f.at) && f.at[j+1] < int32(t) {
			j++
		}
		if j < 0 {
			out[t] = 0
			continue
		}
		out[t] = m.mul(out[t], f.piece(m, f.c[j*n:j*n+n], int32(t)))
	}
}

// A curveProduct is that of two curves, with the products of their bases.
type curveProduct struct {
	curve
	pairs  []pair
	merged []int32 // where pieces begin, unless f's and g's are the same
}

// A pair is a product of two vectors of bases.
type pair struct {
	of       [2]*vector
	versions [2]int
	is       *vector // nil is the constant 1
}

// refresh multiplies the vectors anew, unless that is what the pair is, and reports the steps
// that took.
func (p *pair) refresh(m *modulus, a, b *vector) int {
	if a == nil || b == nil {
		if p.is = a; a == nil {
			p.is = b
		}
		return 0
	}
	versions := [2]int{a.version, b.version}
	if p.is != nil && p.of == [2]*vector{a, b} && p.versions == versions {
		return 0
	}
	if p.of[0] == nil {
		p.is = &vector{x: make([]uint64, len(a.x))}
	}
	p.of, p.versions = [2]*vector{a, b}, versions
	p.is.rows = a.rows | b.rows
	p.is.version++
	for t, x := range a.x {
		p.is.x[t] = m.mul(x, b.x[t])
	}
	return len(a.x)
}

// multiplyPieces sets c to the coefficients of the products of pieces.
func multiplyPieces(by *modulus, c, f, g []uint64, kf, kg int) {
	m := *by // in registers
	if kf == 1 && kg == 1 {
		for i, x := range f {
			c[i] = m.mul(x, g[i])
		}
		return
	}
	for ; len(f) > 0; f, g = f[kf:], g[kg:] {
		piece := g[:kg]
		for _, x := range f[:kf] {
			to := c[:len(piece)]
			for b, y := range piece {
				to[b] = m.mul(x, y)
			}
			c = c[kg:]
		}
	}
}

// set makes p the product of f and g, and returns the steps that took.
func (p *curveProduct) set(m *modulus, f, g *curve) int {
	steps := 0
	kf, kg := len(f.basis), len(g.basis)
	k := kf * kg
	if len(p.pairs) != k {
		p.pairs, p.basis = make([]pair, k), make([]*vector, k)
	}
	for i := range p.pairs {
		steps += p.pairs[i].refresh(m, f.basis[i/kg], g.basis[i%kg])
		p.basis[i] = p.pairs[i].is
	}
	if sameStart(f.at, g.at) {
		p.at, p.c = f.at, resized(p.c, len(f.at)*k)
		multiplyPieces(m, p.c, f.c, g.c, kf, kg)
		return steps + len(p.c)
	}
	p.merged = resized(p.merged, len(f.at)+len(g.at))
	p.at, p.c = p.merged, resized(p.c, len(p.merged)*k)
	i, j, n := -1, -1, 0
	for i+1 < len(f.at) || j+1 < len(g.at) {
		var at int32
		switch {
		case j+1 == len(g.at) || i+1 < len(f.at) && f.at[i+1] < g.at[j+1]:
			i++
			at = f.at[i]
		case i+1 == len(f.at) || g.at[j+1] < f.at[i+1]:
			j++
			at = g.at[j]
		default:
			i, j = i+1, j+1
			at = f.at[i]
		}
		if i < 0 || j < 0 {
			continue
		}
		p.at[n] = at
		multiplyPieces(m, p.c[n*k:], f.c[i*kf:(i+1)*kf], g.c[j*kg:(j+1)*kg], kf, kg)
		n++
	}
	p.at, p.c = p.at[:n], p.c[:n*k]
	return steps + (len(f.at)+len(g.at))*k
}
