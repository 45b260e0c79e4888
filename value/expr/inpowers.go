package expr

import (
	"math/big"
	"slices"
)

// InPowers writes the divided differences in e as sums of powers, or of exponentials, by
// the residues of x^T/Π_j (x − a_j): where no two points are equal,
//
//	[a_0, …, a_k] x^T = Σ_j a_j^T/Π_{i≠j} (a_j − a_i),
//
// and where a point a is repeated, m + 1 times in all, it brings
//
//	Π_i 1/(a − a_i) · Σ_{q=0}^m C(T, m−q) a^{T−m+q} (−1)^q h_q(1/(a − a_i)),
//
// where i goes over the other points and h_q is the complete homogeneous polynomial; for
// e^{Tx} it has T^{m−q}/(m−q)! e^{Ta} in the place of the binomial and the power. So
// dd(T; 1, 1) = T and dd(T; 1, 1 − η·h) = (1 − (1 − η·h)^T)/(η·h).
//
// A point that is the product of propagators 1 − η·h_i, or of like sums with another
// linear part, is written as such a product where the h_i can be read off what is linear
// in η, or are rational numbers; k_μ is written out. Powers of 0 that is a point more than
// once cannot be written: such divided differences stay.
//
// Points are equal if they are so as expressions. The result holds wherever those that are
// not differ in value too, and no repeated point is 0; elsewhere it has a denominator
// that vanishes, where e has none, unless powers of 0 cancel. That goes for the diagonal of
// a sum too, as μ = ν in Σ_μν C_μν·dd(T; 1 − η·h_μ, 1 − η·h_ν): Bind such sums before. The
// error wraps ErrExponent or ErrDivision as that of Power, as for the point δ_μν, or
// ErrLimit.
func (e Expr) InPowers() (Expr, error) {
	w := newWork()
	s, err := w.writtenOut(e.sum())
	if err == nil {
		s, err = w.inPowers(s)
	}
	return result(s, err, "powers")
}

func (w *work) inPowers(s *sum) (*sum, error) {
	return w.mapped(s, func(n node) (*sum, error) {
		d, ok := n.(*divided)
		if !ok {
			return w.inside(n, w.inPowers)
		}
		steps, points, err := d.each(w.inPowers)
		if err != nil {
			return nil, err
		}
		list, err := w.clusters(d.exp, points)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(c cluster) bool { return !d.exp && len(c.point.terms) == 0 && c.times > 1 }) {
			return w.divided(d.exp, steps, points)
		}
		a := w.adder()
		for i := range list {
			r, err := w.residue(d.exp, steps, list, i)
			if err != nil {
				return nil, err
			}
			if err := a.addSum(one, r); err != nil {
				return nil, err
			}
		}
		return a.sum()
	})
}

// A cluster is a point of a divided difference, with factors of which it is the product.
type cluster struct {
	point   *sum
	factors []*sum
	times   int
}

// clusters gathers equal points. Points of e^{Tx} are not factored.
func (w *work) clusters(exp bool, points []*sum) ([]cluster, error) {
	var list []cluster
	for _, p := range points {
		if at := slices.IndexFunc(list, func(c cluster) bool { return c.point.k == p.k }); at >= 0 {
			list[at].times++
			continue
		}
		out, err := w.writtenOut(p)
		if err != nil {
			return nil, err
		}
		factors := []*sum{out}
		if !exp {
			if factors, err = w.factored(p, out); err != nil {
				return nil, err
			}
		}
		list = append(list, cluster{out, factors, 1})
	}
	return list, nil
}

// factored returns the propagators that a point is the product of, also given written out.
func (w *work) factored(p, out *sum) ([]*sum, error) {
	list, ok := propagators(p)
	if !ok {
		return w.propagators(out)
	}
	factors := make([]*sum, len(list))
	for i, k := range list {
		s, err := w.monomial(one, factor{k, 1})
		if err == nil {
			factors[i], err = w.writtenOut(s)
		}
		if err != nil {
			return nil, err
		}
	}
	return factors, nil
}

// residue returns what the cluster i brings to the divided difference.
func (w *work) residue(exp bool, steps *sum, list []cluster, i int) (*sum, error) {
	c := list[i]
	product, err := w.constant(one)
	if err != nil {
		return nil, err
	}
	var inverses []*sum // 1/(a − a_j)
	for j, other := range list {
		if j == i {
			continue
		}
		inv, err := w.inverseDifference(c, other)
		if err != nil {
			return nil, err
		}
		for range other.times {
			inverses = append(inverses, inv)
			if product, err = w.mul(product, inv); err != nil {
				return nil, err
			}
		}
	}
	m := c.times - 1
	a := w.adder()
	for q := 0; q <= m; q++ {
		h, err := w.homogeneous(q, inverses)
		if err != nil {
			return nil, err
		}
		x, err := w.taylor(exp, steps, c, m-q)
		if err != nil {
			return nil, err
		}
		if x, err = w.mul(x, h); err != nil {
			return nil, err
		}
		sign := int64(1 - 2*(q%2))
		if err := a.addSum(big.NewRat(sign, 1), x); err != nil {
			return nil, err
		}
	}
	s, err := a.sum()
	if err != nil {
		return nil, err
	}
	return w.mul(product, s)
}

// taylor returns the r-th derivative of x^steps, or of e^{steps·x}, at the cluster,
// divided by r!.
func (w *work) taylor(exp bool, steps *sum, c cluster, r int) (*sum, error) {
	x, err := w.constant(one)
	if err != nil {
		return nil, err
	}
	for k := range r {
		falling := steps
		if !exp {
			if falling, err = w.plus(steps, -int64(k)); err != nil {
				return nil, err
			}
		}
		if falling, err = w.scale(big.NewRat(1, int64(k+1)), falling); err != nil {
			return nil, err
		}
		if x, err = w.mul(x, falling); err != nil {
			return nil, err
		}
	}
	if exp {
		arg, err := w.mul(steps, c.point)
		if err != nil {
			return nil, err
		}
		y, err := w.exp(arg)
		if err != nil {
			return nil, err
		}
		return w.mul(x, y)
	}
	exponent, err := w.plus(steps, -int64(r))
	if err != nil {
		return nil, err
	}
	for _, f := range c.factors {
		y, err := w.power(f, exponent)
		if err != nil {
			return nil, err
		}
		if x, err = w.mul(x, y); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// plus returns s + n.
func (w *work) plus(s *sum, n int64) (*sum, error) {
	if n == 0 {
		return s, nil
	}
	q, err := w.constant(big.NewRat(n, 1))
	if err != nil {
		return nil, err
	}
	return w.total([]*sum{s, q})
}

// inverseDifference returns 1/(a − b), where factors that the points share stand apart.
func (w *work) inverseDifference(a, b cluster) (*sum, error) {
	var shared, left []*sum
	right := slices.Clone(b.factors)
	for _, f := range a.factors {
		if at := slices.IndexFunc(right, func(g *sum) bool { return g.k == f.k }); at >= 0 {
			shared = append(shared, f)
			right = slices.Delete(right, at, at+1)
		} else {
			left = append(left, f)
		}
	}
	x, err := w.product(left...)
	if err != nil {
		return nil, err
	}
	y, err := w.product(right...)
	if err != nil {
		return nil, err
	}
	d, err := w.total([]*sum{x, Neg(Expr{s: y}).sum()})
	if err != nil {
		return nil, err
	}
	inv, err := w.pow(d, -1)
	for _, f := range shared {
		if err != nil {
			return nil, err
		}
		var g *sum
		if g, err = w.pow(f, -1); err == nil {
			inv, err = w.mul(inv, g)
		}
	}
	return inv, err
}
