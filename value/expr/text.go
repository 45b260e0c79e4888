package expr

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// String writes e in the notation that Parse reads, such as
//
//	η²·M·N·(M·N − 1/2)·G_μ·G_ν·H^μν
//
// Terms with the same tensors are gathered, and their coefficient is written as a product
// where its factors are easy to find. Equal expressions have equal text, and Parse
// returns e for e's text.
func (e Expr) String() string {
	s := e.sum()
	return textPrinter{}.sum(s, newScope(s))
}

// MarshalText returns the text of e.
func (e Expr) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

type textPrinter struct{}

func (p textPrinter) sum(s *sum, sc scope) string {
	if len(s.terms) == 0 {
		return "0"
	}
	var b strings.Builder
	for i, l := range layouts(s) {
		switch negative := l.coef.Sign() < 0; {
		case i == 0 && negative:
			b.WriteString("−")
		case negative:
			b.WriteString(" − ")
		case i > 0:
			b.WriteString(" + ")
		}
		b.WriteString(p.layout(l, sc.inner(l)))
	}
	return b.String()
}

// layout writes a product without its sign.
func (p textPrinter) layout(l layout, sc scope) string {
	explicit, placements := l.place(sc)
	summed := func(free []string) bool {
		return slices.ContainsFunc(free, func(index string) bool { return slices.Contains(explicit, sc.of(index)) })
	}
	var before, after, under, unders []string // Σ; what divides, products first
	above := func(text string, free []string) {
		if summed(free) {
			after = append(after, text)
		} else {
			before = append(before, text)
		}
	}
	for _, f := range joined(l.content) {
		free := f.node.free()
		switch n := f.node.(type) {
		case *inverse:
			unders = append(unders, "("+p.sum(n.base, sc)+")"+superscript(-f.power))
		case *power:
			above(p.power(n, f.power, sc), free)
		default:
			text := p.node(f.node, sc)
			if f.power < 0 {
				under = append(under, text+superscript(-f.power))
			} else {
				above(text+superscript(f.power), free)
			}
		}
	}
	if l.poly != nil {
		above("("+p.sum(l.poly, sc)+")"+superscript(l.power), l.poly.fr)
	}
	for _, t := range placements {
		if t.power < 0 {
			under = append(under, p.tensor(t, -t.power))
		} else {
			after = append(after, p.tensor(t, t.power))
		}
	}
	num, den := new(big.Int).Abs(l.coef.Num()).String(), l.coef.Denom().String()
	number := num
	if den != "1" {
		if len(under) > 0 {
			under = append([]string{den}, under...)
		} else {
			number += "/" + den
		}
	}
	if number != "1" {
		before = append([]string{number}, before...)
	}
	if len(explicit) > 0 {
		if len(after) == 0 {
			after = []string{"1"}
		}
		after[0] = "Σ_" + strings.Join(explicit, "") + " " + after[0]
	}
	text := strings.Join(append(before, after...), "·")
	if text == "" {
		text = "1"
	}
	switch {
	case len(under) == 1:
		text += "/" + under[0]
	case len(under) > 1:
		text += "/(" + strings.Join(under, "·") + ")"
	}
	for _, u := range unders {
		text += "/" + u
	}
	return text
}

// joined puts the inverse of a base into the power of the base, as in x^(T − 1): its
// exponent's constant term is the factor's power less one.
func joined(content []factor) []factor {
	out := slices.Clone(content)
	for i, f := range out {
		n, ok := f.node.(*power)
		if !ok {
			continue
		}
		for j, g := range out {
			if d, ok := g.node.(*inverse); ok && g.power < 0 && d.base.k == n.base.k {
				out[i].power += g.power
				out[j].power = 0
			}
		}
	}
	return slices.DeleteFunc(out, func(f factor) bool {
		_, ok := f.node.(*inverse)
		return ok && f.power == 0
	})
}

// shifted returns the exponent of a power, which joined has given the power.
func shifted(n *power, by int) *sum {
	s, err := newWork().total([]*sum{n.exponent, {terms: []term{newTerm(big.NewRat(int64(by-1), 1), nil, nil)}}})
	if by == 1 || err != nil {
		return n.exponent
	}
	return s
}

func (p textPrinter) power(n *power, by int, sc scope) string {
	base := p.sum(n.base, sc)
	if !isWord(n.base) {
		base = "(" + base + ")"
	}
	e := shifted(n, by)
	exponent := p.sum(e, sc)
	if !isWord(e) {
		exponent = "(" + exponent + ")"
	}
	return base + "^" + exponent
}

// isWord reports whether s is one scalar, or a natural number.
func isWord(s *sum) bool {
	if q, ok := s.constant(); ok {
		return q.IsInt() && q.Sign() >= 0
	}
	t, ok := single(s)
	if !ok || t.factors[0].power != 1 {
		return false
	}
	_, ok = t.factors[0].node.(*scalar)
	return ok
}

// node writes scalars and their like, but for inverses and powers.
func (p textPrinter) node(n node, sc scope) string {
	switch n := n.(type) {
	case *scalar:
		return n.name
	case *eigenvalue:
		return "h_" + sc.of(n.index)
	case *propagator:
		return "k_" + sc.of(n.index)
	case *exponential:
		return "exp(" + p.sum(n.arg, sc) + ")"
	case *divided:
		points := make([]string, len(n.points))
		for i, point := range n.points {
			points[i] = p.sum(point, sc)
		}
		name := "dd"
		if n.exp {
			name = "ddexp"
		}
		return fmt.Sprintf("%s(%s; %s)", name, p.sum(n.n, sc), strings.Join(points, ", "))
	}
	panic("expr: a node of unknown kind")
}

// tensor writes a power of a tensor or a delta.
func (p textPrinter) tensor(t placement, power int) string {
	var text string
	plain := true // takes a superscript without parentheses
	switch n := t.node.(type) {
	case *delta:
		text = "δ" + textMarks(t.nodes[0])
	case *tensor:
		letter := letterOf(n)
		if letter != "" {
			text = letter + textMarks(slices.Concat(t.nodes...))
			break
		}
		list := make([]string, len(t.nodes))
		for i, node := range t.nodes {
			list[i] = textDerivative(n.function, node)
		}
		switch {
		case len(list) == 1:
			text, plain = list[0], false
		case n.form == Moment:
			text = "E[" + strings.Join(list, " ") + "]"
		default:
			text = "κ(" + strings.Join(list, ", ") + ")"
		}
	}
	if power != 1 && !plain {
		text = "(" + text + ")"
	}
	return text + superscript(power)
}

// letterOf returns the letter of a tensor that has one.
func letterOf(n *tensor) string {
	switch k := n.rank(); {
	case n.isMean(k) && k <= 3:
		return []string{"l", "G", "H", "J"}[k]
	case n.isNoise() && k == len(n.nodes) && 2 <= k && k <= 3 && len(n.nodes[0]) == 1:
		return []string{"C", "S"}[k-2]
	}
	return ""
}

func textMarks(list []placed) string {
	var lower, upper string
	for _, index := range list {
		if index.above {
			upper += index.name
		} else {
			lower += index.name
		}
	}
	text := ""
	if lower != "" {
		text += "_" + lower
	}
	if upper != "" {
		text += "^" + upper
	}
	return text
}

func textDerivative(function string, list []placed) string {
	text := ""
	for _, index := range list {
		text += "∇" + textMarks([]placed{index})
	}
	if text == "" {
		return function
	}
	return text + " " + function
}

var superscriptDigits = []rune(superscripts)

// superscript writes a power ≥ 1.
func superscript(n int) string {
	if n == 1 {
		return ""
	}
	var b strings.Builder
	for _, digit := range strconv.Itoa(n) {
		b.WriteRune(superscriptDigits[digit-'0'])
	}
	return b.String()
}
