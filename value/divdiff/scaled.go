package divdiff

import "math"

// A scaled is the number mant · 2^exp, for products whose factors may leave the range of
// float64 though the product does not.
type scaled struct {
	mant float64
	exp  int64
}

func (x scaled) mul(y scaled) scaled {
	m, e := math.Frexp(x.mant)
	n, f := math.Frexp(y.mant)
	return scaled{m * n, clamp(x.exp + int64(e) + y.exp + int64(f))}
}

// Float64 returns the nearest float64, which may be zero or infinite.
func (x scaled) float64() float64 { return math.Ldexp(x.mant, int(clamp(x.exp))) }

// MaxExp is an exponent so large that any number with it, or its negative, is out of
// reach of products with other numbers in this package.
const maxExp = 1 << 30

func clamp(exp int64) int64 { return min(max(exp, -maxExp), maxExp) }

// A running is a power a^m of a number a ≥ 0, as m grows from 1 by doubling and by adding
// one. The number is given both as base = a and as gap = 1 − a, each to a few 2⁻¹⁰⁴.
//
// As long as a^m is near 1, what is held is 1 − a^m =: e, for which doubling m reads
// e ↦ e(2 − e): relative errors of e then hardly grow, however many doublings there are.
// From |e| > 1/2 on it is a^m, whose relative error each squaring doubles. That is
// harmless because eleven squarings later a^m is beyond the range of float64. Together the
// relative error of a^m is below 2⁻⁸⁶ for every m < 2⁶³, unless a^m is out of range.
type running struct {
	base, gap double
	baseExp   int64
	value     double // 1 − a^m if near, else a^m · 2^−exp
	exp       int64
	near      bool
}

func newRunning(base, gap double) running {
	r := running{base: base, gap: gap}
	if math.Abs(gap.hi) <= 0.5 {
		r.near, r.value = true, gap
		return r
	}
	if !inMidrange(base.hi) {
		_, e := math.Frexp(base.hi)
		r.base, r.baseExp = base.ldexp(-e), int64(e)
	}
	r.value, r.exp = r.base, r.baseExp
	return r
}

// Double doubles the exponent m.
func (r *running) double() {
	if r.near {
		r.value = r.value.mul(double{hi: 2}.sub(r.value))
	} else {
		r.value = r.value.mul(r.value)
		r.exp *= 2
	}
	r.normalize()
}

// Next adds one to the exponent m.
func (r *running) next() {
	if r.near {
		r.value = r.value.add(r.gap.mul(one.sub(r.value)))
	} else {
		r.value = r.value.mul(r.base)
		r.exp += r.baseExp
	}
	r.normalize()
}

func (r *running) normalize() {
	if r.near {
		if math.Abs(r.value.hi) <= 0.5 {
			return
		}
		r.near, r.value, r.exp = false, one.sub(r.value), 0
	}
	if !inMidrange(r.value.hi) {
		_, e := math.Frexp(r.value.hi)
		r.value = r.value.ldexp(-e)
		r.exp += int64(e)
	}
	r.exp = clamp(r.exp)
}

// InMidrange reports whether squares of x and of its low half are far from the limits of
// float64, or x is zero.
func inMidrange(x float64) bool { return x == 0 || 0x1p-200 < x && x < 0x1p+200 }

// Power returns a^m, for the present m.
func (r *running) power() (double, int64) {
	if r.near {
		return one.sub(r.value), 0
	}
	return r.value, r.exp
}

// Unscaled returns a^m where it is at most 1.
func (r *running) unscaled() double {
	value, exp := r.power()
	if exp == 0 {
		return value
	}
	return value.ldexp(int(exp))
}

// PowerOf returns base^n for n ≥ 0, where gap = 1 − base, correctly rounded but for
// rare ties.
func powerOf(base, gap double, n int64) scaled {
	if n == 0 || gap == (double{}) {
		return scaled{mant: 1}
	}
	r := newRunning(base, gap)
	for bit := topBit(n) >> 1; bit > 0; bit >>= 1 {
		r.double()
		if n&bit != 0 {
			r.next()
		}
	}
	value, exp := r.power()
	return scaled{value.hi, exp}
}

// ExpOf returns e^x.
func expOf(x double) scaled {
	const limit = 1e6 // far out of range, even next to the largest other factors
	if !(x.hi < limit) {
		return scaled{1, maxExp}
	}
	if !(x.hi > -limit) {
		return scaled{1, -maxExp}
	}
	// Ln 2 in double, so that the reduced argument has an absolute error of 2⁻⁸⁰.
	ln2 := double{math.Ln2, 2.3190468138462996e-17}
	q := math.Round(x.hi / math.Ln2)
	r := x.sub(ln2.mul(double{hi: q}))
	e := math.Exp(r.hi)
	return scaled{e + e*r.lo, int64(q)}
}
