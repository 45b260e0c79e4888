package divdiff

import "math"

// A double is the unevaluated sum hi + lo of two float64s with |lo| ≤ ulp(hi)/2: a number
// of at least 106 bits. Sums, products and quotients have relative errors of at most a
// few 2⁻¹⁰⁴, unless they leave the range in which the low half is a normal number.
//
// Source: M. Joldes, J.-M. Muller and V. Popescu, Tight and rigorous error bounds for
// basic building blocks of double-word arithmetic, ACM TOMS 44 (2017) 15.
type double struct{ hi, lo float64 }

var one = double{hi: 1}

// TwoSum returns a + b exactly.
func twoSum(a, b float64) double {
	s := a + b
	t := s - a
	return double{s, (a - (s - t)) + (b - t)}
}

// FastTwoSum returns a + b exactly if |a| ≥ |b| or a = 0.
func fastTwoSum(a, b float64) double {
	s := a + b
	return double{s, b - (s - a)}
}

// TwoProduct returns a·b exactly, short of underflow.
func twoProduct(a, b float64) double {
	p := float64(a * b) // the conversion keeps the compiler from fusing it into a sum
	return double{p, math.FMA(a, b, -p)}
}

func (x double) neg() double { return double{-x.hi, -x.lo} }

func (x double) add(y double) double {
	s, t := twoSum(x.hi, y.hi), twoSum(x.lo, y.lo)
	v := fastTwoSum(s.hi, s.lo+t.hi)
	return fastTwoSum(v.hi, t.lo+v.lo)
}

func (x double) sub(y double) double { return x.add(y.neg()) }

func (x double) mul(y double) double {
	p := twoProduct(x.hi, y.hi)
	cross := math.FMA(x.hi, y.lo, float64(x.lo*y.hi))
	return fastTwoSum(p.hi, p.lo+cross)
}

// Quo returns x/y. It is exact when x = y, so a point's ratio to itself is 1.
func (x double) quo(y double) double {
	q := x.hi / y.hi
	r := x.sub(y.mul(double{hi: q}))
	s := r.hi / y.hi
	r = r.sub(y.mul(double{hi: s}))
	return fastTwoSum(q, s).add(double{hi: r.hi / y.hi})
}

func (x double) less(y double) bool {
	return x.hi < y.hi || x.hi == y.hi && x.lo < y.lo
}

func (x double) ldexp(exp int) double {
	return double{math.Ldexp(x.hi, exp), math.Ldexp(x.lo, exp)}
}
