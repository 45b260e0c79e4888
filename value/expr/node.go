package expr

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

// A node is an indivisible factor: a generator of the ring that expressions form. The
// kinds are scalar, eigenvalue, propagator, tensor, delta, inverse, power, exponential and divided.
type node interface {
	key() string    // determines the node; orders factors
	free() []string // its indices that are not summed inside it, sorted, each once
	height() int    // above the numbers of all indices summed inside it
	depth() int     // how deep sums nest in it
	// mark writes the node with every index replaced by what name gives, every index
	// summed inside it by a dot, and no signs: what stays the same when indices are
	// renamed, though not all of it.
	mark(b *strings.Builder, name func(string) string)
}

// info is what nodes know of themselves.
type info struct {
	k    string
	fr   []string
	h, d int
}

func (i *info) key() string    { return i.k }
func (i *info) free() []string { return i.fr }
func (i *info) height() int    { return i.h }
func (i *info) depth() int     { return i.d }

// around returns the info of a node made of sums.
func around(kind string, sums ...*sum) info {
	var b strings.Builder
	var i info
	b.WriteString(kind)
	for _, s := range sums {
		b.WriteByte('{')
		b.WriteString(s.k)
		b.WriteByte('}')
		i.fr = append(i.fr, s.fr...)
		i.h = max(i.h, s.h)
		i.d = max(i.d, s.d+1)
	}
	i.k = b.String()
	i.fr = unique(i.fr)
	return i
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Clip(slices.Compact(names))
}

func markSums(b *strings.Builder, kind string, name func(string) string, sums ...*sum) {
	b.WriteString(kind)
	for _, s := range sums {
		b.WriteByte('{')
		s.mark(b, name)
		b.WriteByte('}')
	}
}

// A scalar is a named number.
type scalar struct {
	info
	name string
}

// scalarOrder puts the names of the theory in the order in which P writes them.
const scalarOrder = "ηMNBEKTP"

func newScalar(name string) *scalar {
	rank := len(scalarOrder)
	if utf8.RuneCountInString(name) == 1 && strings.Contains(scalarOrder, name) {
		rank = strings.Index(scalarOrder, name)
	}
	return &scalar{info{k: "a" + string(rune('A'+rank)) + name}, name}
}

func (s *scalar) mark(b *strings.Builder, _ func(string) string) { b.WriteString(s.k) }

// An eigenvalue is h_index.
type eigenvalue struct {
	info
	index string
}

func newEigenvalue(index string) *eigenvalue {
	return &eigenvalue{info{k: "b" + index, fr: []string{index}}, index}
}

func (e *eigenvalue) mark(b *strings.Builder, name func(string) string) {
	b.WriteByte('b')
	b.WriteString(name(e.index))
}

// A propagator is k_index = 1 − η·h_index.
type propagator struct {
	info
	index string
}

func newPropagator(index string) *propagator {
	return &propagator{info{k: "c_" + index, fr: []string{index}}, index}
}

func (p *propagator) mark(b *strings.Builder, name func(string) string) {
	b.WriteString("c_")
	b.WriteString(name(p.index))
}

// A delta is δ with two different indices, the first before the second.
type delta struct {
	info
	i, j string
}

func newDelta(i, j string) *delta {
	if i > j {
		i, j = j, i
	}
	return &delta{info{k: "z" + i + "," + j, fr: []string{i, j}}, i, j}
}

func (d *delta) mark(b *strings.Builder, name func(string) string) {
	i, j := name(d.i), name(d.j)
	if i > j {
		i, j = j, i
	}
	b.WriteString("z" + i + "," + j)
}

// An inverse stands, with a negative power, for a power of a sum. The sum has no common
// factor, its coefficients are coprime integers, and its first is positive.
type inverse struct {
	info
	base *sum
}

func newInverse(base *sum) *inverse { return &inverse{around("c", base), base} }

func (n *inverse) mark(b *strings.Builder, name func(string) string) {
	markSums(b, "c", name, n.base)
}

// A power has an exponent that is no number, and has no constant term.
type power struct {
	info
	base, exponent *sum
}

func newPower(base, exponent *sum) *power {
	return &power{around("d", base, exponent), base, exponent}
}

func (n *power) mark(b *strings.Builder, name func(string) string) {
	markSums(b, "d", name, n.base, n.exponent)
}

// An exponential is exp(arg), arg not zero.
type exponential struct {
	info
	arg *sum
}

func newExponential(arg *sum) *exponential { return &exponential{around("e", arg), arg} }

func (n *exponential) mark(b *strings.Builder, name func(string) string) {
	markSums(b, "e", name, n.arg)
}

// A divided is the divided difference of x^n, or of e^{nx}, at two points or more, which
// are sorted, numbers first.
type divided struct {
	info
	exp    bool
	n      *sum
	points []*sum
}

func newDivided(exp bool, n *sum, points []*sum) *divided {
	points = slices.Clone(points)
	number := func(s *sum) int {
		if _, ok := s.constant(); ok {
			return 0
		}
		return 1
	}
	slices.SortFunc(points, func(a, b *sum) int { return cmp.Or(number(a)-number(b), cmp.Compare(a.k, b.k)) })
	d := &divided{exp: exp, n: n, points: points}
	d.info = around(d.kind(), append([]*sum{n}, points...)...)
	return d
}

func (n *divided) kind() string {
	if n.exp {
		return "g"
	}
	return "f"
}

func (n *divided) mark(b *strings.Builder, name func(string) string) {
	markSums(b, n.kind(), name, n.n)
	marks := make([]string, len(n.points))
	for i, p := range n.points {
		var pb strings.Builder
		p.mark(&pb, name)
		marks[i] = pb.String()
	}
	slices.Sort(marks)
	for _, m := range marks {
		b.WriteString("{" + m + "}")
	}
}

// A factor is a power of a node. Exponentials, powers and deltas have the power 1,
// inverses a negative one.
type factor struct {
	node  node
	power int
}

// A term is a number times factors, summed over the bound indices. Its factors are
// sorted by key; no two have the same node, nor are there two exponentials, or two
// powers of one base.
type term struct {
	coef    *big.Rat
	factors []factor
	bound   []string
	k       string // of all but coef
	h       int    // above the numbers of bound
}

// A sum is an expression in canonical form: terms with different keys, sorted, none with
// a zero coefficient. It is immutable.
type sum struct {
	terms []term
	k     string
	fr    []string
	h, d  int
}

var zero = &sum{}

// constant reports whether s is a number.
func (s *sum) constant() (*big.Rat, bool) {
	switch {
	case len(s.terms) == 0:
		return new(big.Rat), true
	case len(s.terms) == 1 && len(s.terms[0].factors) == 0:
		return s.terms[0].coef, true
	}
	return nil, false
}

func (s *sum) isOne() bool {
	q, ok := s.constant()
	return ok && q.Cmp(one) == 0
}

var one = big.NewRat(1, 1)

func (s *sum) mark(b *strings.Builder, name func(string) string) {
	marks := make([]string, len(s.terms))
	for i, t := range s.terms {
		named := name
		if len(t.bound) > 0 {
			named = func(index string) string {
				if slices.Contains(t.bound, index) {
					return "•"
				}
				return name(index)
			}
		}
		list := make([]string, len(t.factors))
		for j, f := range t.factors {
			list[j] = markFactor(f, named)
		}
		slices.Sort(list)
		marks[i] = new(big.Rat).Abs(t.coef).RatString() + "*" + strings.Join(list, "")
	}
	slices.Sort(marks)
	b.WriteString(strings.Join(marks, "+"))
}
