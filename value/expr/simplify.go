package expr

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// An adder collects like terms.
type adder struct {
	w     *work
	terms map[string]*term
}

func (w *work) adder() *adder { return &adder{w, map[string]*term{}} }

// addTerm adds c times a term in canonical form.
func (a *adder) addTerm(c *big.Rat, t term) error {
	if err := a.w.spend(1); err != nil {
		return err
	}
	coef := new(big.Rat).Mul(c, t.coef)
	if old := a.terms[t.k]; old != nil {
		coef.Add(coef, old.coef)
	}
	if err := checkNumber(coef); err != nil {
		return err
	}
	if coef.Sign() == 0 {
		delete(a.terms, t.k)
		return nil
	}
	t.coef = coef
	a.terms[t.k] = &t
	if len(a.terms) > MaxTerms {
		return fmt.Errorf("%w: more than %d terms", ErrLimit, MaxTerms)
	}
	return nil
}

// addSum adds c times a sum.
func (a *adder) addSum(c *big.Rat, s *sum) error {
	for _, t := range s.terms {
		if err := a.addTerm(c, t); err != nil {
			return err
		}
	}
	return nil
}

// addMonomial adds c times the product of the factors, summed over the bound indices,
// which are labels.
func (a *adder) addMonomial(c *big.Rat, factors []factor, bound []string) error {
	if err := a.w.spend(1 + len(factors)); err != nil {
		return err
	}
	if c.Sign() == 0 {
		return nil
	}
	if len(bound) > MaxIndices {
		return fmt.Errorf("%w: more than %d summation indices", ErrLimit, MaxIndices)
	}
	factors, err := a.w.merge(factors)
	if err != nil {
		return err
	}
	// An index of a delta that is summed gives way to the other one.
	for i, f := range factors {
		d, ok := f.node.(*delta)
		if !ok {
			continue
		}
		for _, end := range [][2]string{{d.i, d.j}, {d.j, d.i}} {
			if at := slices.Index(bound, end[0]); at >= 0 {
				return a.addRenamed(c, slices.Delete(factors, i, i+1), renaming{end[0]: end[1]},
					slices.Delete(slices.Clone(bound), at, at+1))
			}
		}
	}
	// An index that nothing has counts the dimension P of weight space.
	var standing []string
	for _, index := range bound {
		if slices.ContainsFunc(factors, func(f factor) bool { return has(f, index) }) {
			standing = append(standing, index)
		}
	}
	if n := len(bound) - len(standing); n > 0 {
		factors, err = a.w.merge(append(factors, factor{newScalar(dimension), n}))
		if err != nil {
			return err
		}
	}
	t, err := a.w.canonical(c, factors, standing)
	if err != nil || t.coef.Sign() == 0 {
		return err
	}
	return a.addTerm(one, t)
}

// dimension is the name of the number of weights.
const dimension = "P"

// rate is the learning rate, the scalar that propagators have in them.
const rate = "η"

// addRenamed is addMonomial for factors of which indices are to be renamed first, and may
// become the same.
func (a *adder) addRenamed(c *big.Rat, factors []factor, m renaming, bound []string) error {
	p, err := a.w.constant(c)
	if err != nil {
		return err
	}
	for _, f := range factors {
		x, err := a.w.renameNode(f.node, m)
		if err != nil {
			return err
		}
		if x, err = a.w.pow(x, f.power); err != nil {
			return err
		}
		if p, err = a.w.mul(p, x); err != nil {
			return err
		}
	}
	return a.addBound(p, bound)
}

func isDelta(f factor) bool { _, ok := f.node.(*delta); return ok }

func has(f factor, index string) bool {
	_, found := slices.BinarySearch(f.node.free(), index)
	return found
}

// sum returns what was added, in canonical form.
func (a *adder) sum() (*sum, error) {
	if len(a.terms) == 0 {
		return zero, nil
	}
	s := &sum{terms: make([]term, 0, len(a.terms))}
	ranks := make(map[string]termRank, len(a.terms))
	for _, t := range a.terms {
		s.terms = append(s.terms, *t)
		ranks[t.k] = rankOf(*t)
	}
	slices.SortFunc(s.terms, func(t, u term) int {
		r, q := ranks[t.k], ranks[u.k]
		return cmp.Or(slices.Compare(r[:], q[:]), compareFactors(t.factors, u.factors), cmp.Compare(t.k, u.k))
	})
	var b strings.Builder
	for _, t := range s.terms {
		b.WriteString(t.coef.RatString())
		b.WriteByte('*')
		b.WriteString(t.k)
		b.WriteByte('+')
		s.h = max(s.h, t.h)
		for _, f := range t.factors {
			s.d = max(s.d, f.node.depth())
			for _, index := range f.node.free() {
				if !slices.Contains(t.bound, index) {
					s.fr = append(s.fr, index)
				}
			}
		}
	}
	s.fr = unique(s.fr)
	s.k = b.String()
	if len(s.k) > maxKey {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrLimit, maxKey)
	}
	return s, checkDepth(s.d)
}

// A termRank orders terms as readers expect them, such as 1 − η·h_μ and M·N − 1/2:
// by powers of η, then of eigenvalues, then powers with unknown exponents and their like,
// then the highest degree in scalars first.
type termRank [4]int

func rankOf(t term) termRank {
	var r termRank
	for _, f := range t.factors {
		switch n := f.node.(type) {
		case *scalar:
			if n.name == "η" {
				r[0] = f.power
			} else {
				r[3] -= f.power
			}
		case *eigenvalue, *propagator:
			r[1] += f.power
		case *power, *exponential, *divided:
			r[2]++
		}
	}
	return r
}

// compareFactors puts a² before a·b, and that before b².
func compareFactors(a, b []factor) int {
	return slices.CompareFunc(a, b, func(f, g factor) int {
		return cmp.Or(cmp.Compare(f.node.key(), g.node.key()), g.power-f.power)
	})
}

// merge sorts factors and joins those with the same node, the exponentials, and the
// powers of one base.
func (w *work) merge(factors []factor) ([]factor, error) {
	factors = slices.Clone(factors)
	var exps []*sum
	exponents := map[string][]*sum{} // by the key of the base
	rest := factors[:0]
	for _, f := range factors {
		switch n := f.node.(type) {
		case *exponential:
			arg, err := w.scale(big.NewRat(int64(f.power), 1), n.arg)
			if err != nil {
				return nil, err
			}
			exps = append(exps, arg)
		case *power:
			e := n.exponent
			if f.power != 1 {
				var err error
				if e, err = w.scale(big.NewRat(int64(f.power), 1), e); err != nil {
					return nil, err
				}
			}
			old := exponents[n.base.k]
			exponents[n.base.k] = append(old, e)
			if old == nil {
				rest = append(rest, f) // keeps its place until all exponents are known
			}
		default:
			rest = append(rest, f)
		}
	}
	var out []factor
	for _, f := range rest {
		if n, ok := f.node.(*power); ok {
			e, err := w.total(exponents[n.base.k])
			if err != nil {
				return nil, err
			}
			if e == zero {
				continue
			}
			f = factor{newPower(n.base, e), 1}
		}
		out = append(out, f)
	}
	if len(exps) > 0 {
		arg, err := w.total(exps)
		if err != nil {
			return nil, err
		}
		if arg != zero {
			out = append(out, factor{newExponential(arg), 1})
		}
	}
	slices.SortStableFunc(out, func(f, g factor) int { return cmp.Compare(f.node.key(), g.node.key()) })
	merged := out[:0]
	for _, f := range out {
		if last := len(merged) - 1; last >= 0 && merged[last].node.key() == f.node.key() {
			merged[last].power += f.power
			if err := checkPower(merged[last].power); err != nil {
				return nil, err
			}
			continue
		}
		merged = append(merged, f)
	}
	merged = slices.DeleteFunc(merged, func(f factor) bool { return f.power == 0 })
	for i, f := range merged {
		if isDelta(f) {
			merged[i].power = 1 // 0² = 0 and 1² = 1; Pow refuses negative powers
		}
	}
	if len(merged) > MaxFactors {
		return nil, fmt.Errorf("%w: more than %d factors", ErrLimit, MaxFactors)
	}
	return merged, nil
}

// total returns the sum of sums.
func (w *work) total(list []*sum) (*sum, error) {
	if len(list) == 1 {
		return list[0], nil
	}
	a := w.adder()
	for _, s := range list {
		if err := a.addSum(one, s); err != nil {
			return nil, err
		}
	}
	return a.sum()
}

// scale returns c·s.
func (w *work) scale(c *big.Rat, s *sum) (*sum, error) {
	if c.Cmp(one) == 0 {
		return s, nil
	}
	a := w.adder()
	if err := a.addSum(c, s); err != nil {
		return nil, err
	}
	return a.sum()
}

// constant returns a number as a sum.
func (w *work) constant(q *big.Rat) (*sum, error) {
	return w.monomial(q)
}

// monomial returns the product of factors without bound indices.
func (w *work) monomial(c *big.Rat, factors ...factor) (*sum, error) {
	a := w.adder()
	if err := a.addMonomial(c, factors, nil); err != nil {
		return nil, err
	}
	return a.sum()
}

// mul returns a·b.
func (w *work) mul(a, b *sum) (*sum, error) {
	if q, ok := a.constant(); ok {
		return w.scale(q, b)
	}
	if q, ok := b.constant(); ok {
		return w.scale(q, a)
	}
	if len(a.terms)*len(b.terms) > w.left {
		return nil, w.spend(len(a.terms) * len(b.terms))
	}
	left, err := w.opened(a)
	if err != nil {
		return nil, err
	}
	right, err := w.opened(b)
	if err != nil {
		return nil, err
	}
	sum := w.adder()
	for _, t := range left {
		for _, u := range right {
			err := sum.addMonomial(new(big.Rat).Mul(t.coef, u.coef),
				slices.Concat(t.factors, u.factors), slices.Concat(t.bound, u.bound))
			if err != nil {
				return nil, err
			}
		}
	}
	return sum.sum()
}

// product returns the product of sums.
func (w *work) product(list ...*sum) (*sum, error) {
	p, err := w.constant(one)
	for _, s := range list {
		if err != nil {
			return nil, err
		}
		p, err = w.mul(p, s)
	}
	return p, err
}

// opened returns the terms of s with new labels for their summation indices.
func (w *work) opened(s *sum) ([]term, error) {
	if s.h == 0 {
		return s.terms, nil
	}
	terms := slices.Clone(s.terms)
	for i, t := range terms {
		if len(t.bound) == 0 {
			continue
		}
		m := renaming{}
		bound := make([]string, len(t.bound))
		for j, index := range t.bound {
			bound[j] = newLabel()
			m[index] = bound[j]
		}
		coef, factors, err := w.renameFactors(t.coef, t.factors, m)
		if err != nil {
			return nil, err
		}
		terms[i] = term{coef: coef, factors: factors, bound: bound}
	}
	return terms, nil
}

// bind returns s summed over the indices, which are free in s, and get new labels.
func (w *work) bind(s *sum, indices []string) (*sum, error) {
	if len(indices) == 0 {
		return s, nil
	}
	m := renaming{}
	var bound []string
	for _, index := range indices {
		label := newLabel()
		m[index] = label
		bound = append(bound, label)
	}
	s, err := w.relabel(s, m)
	if err != nil {
		return nil, err
	}
	a := w.adder()
	if err := a.addBound(s, bound); err != nil {
		return nil, err
	}
	return a.sum()
}

func keys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}
