package expr

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode"
)

// A Convention says how LaTeX shows sums over indices.
type Convention int

const (
	// Einstein sums over an index that stands on tensors twice, once below and once
	// above. Other sums are written out.
	Einstein Convention = iota
	// Explicit writes a sum sign for every summation index, and all indices below.
	Explicit
)

// LaTeX writes e for LaTeX's math mode, in P's letters. It needs the package amsmath and
// no other. The layout is that of String.
func (e Expr) LaTeX(convention Convention) string {
	s := e.sum()
	return latexPrinter{convention}.sum(s, newScope(s))
}

type latexPrinter struct {
	convention Convention
}

func (p latexPrinter) sum(s *sum, sc scope) string {
	if len(s.terms) == 0 {
		return "0"
	}
	var b strings.Builder
	for i, l := range layouts(s) {
		switch negative := l.coef.Sign() < 0; {
		case i == 0 && negative:
			b.WriteString("-")
		case negative:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		}
		b.WriteString(p.layout(l, sc.inner(l)))
	}
	return b.String()
}

// layout writes a product without its sign: what stands before a sum sign, the sum sign, a
// fraction of numbers and what divides, the rest.
func (p latexPrinter) layout(l layout, sc scope) string {
	explicit, placements := l.place(sc)
	if p.convention == Explicit {
		explicit = nil
		for _, index := range l.bound {
			explicit = append(explicit, sc.of(index))
		}
		slices.SortFunc(explicit, compareNames)
	}
	summed := func(free []string) bool {
		return slices.ContainsFunc(free, func(index string) bool { return slices.Contains(explicit, sc.of(index)) })
	}
	var before, after, under, underSum []string
	above := func(text string, free []string) {
		if summed(free) {
			after = append(after, text)
		} else {
			before = append(before, text)
		}
	}
	below := func(text string, free []string) {
		if summed(free) {
			underSum = append(underSum, text)
		} else {
			under = append(under, text)
		}
	}
	for _, f := range joined(l.content) {
		free := f.node.free()
		switch n := f.node.(type) {
		case *inverse:
			text := p.sum(n.base, sc)
			if f.power != -1 {
				text = parenthesised(text) + latexPower(-f.power)
			}
			below(text, free)
		case *power:
			above(p.power(n, f.power, sc), free)
		default:
			if f.power < 0 {
				below(p.node(f.node, -f.power, sc), free)
			} else {
				above(p.node(f.node, f.power, sc), free)
			}
		}
	}
	if l.poly != nil {
		above(parenthesised(p.sum(l.poly, sc))+latexPower(l.power), l.poly.fr)
	}
	for _, t := range placements {
		if t.power < 0 {
			below(p.tensor(t, -t.power), t.node.free())
		} else {
			after = append(after, p.tensor(t, t.power))
		}
	}
	return strings.Join(slices.Concat(fraction(l.coef, under), before, sigma(explicit),
		fraction(one, underSum), after, unit(l.coef, under, underSum, before, after)), " ")
}

// unit is the 1 of an empty product.
func unit(coef *big.Rat, lists ...[]string) []string {
	if len(slices.Concat(lists...)) > 0 || coef.Denom().Cmp(big.NewInt(1)) != 0 || coef.Num().CmpAbs(big.NewInt(1)) != 0 {
		return nil
	}
	return []string{"1"}
}

func sigma(explicit []string) []string {
	if len(explicit) == 0 {
		return nil
	}
	return []string{`\sum_{` + latexNames(explicit) + "}"}
}

// fraction writes |coef| over what divides.
func fraction(coef *big.Rat, under []string) []string {
	num, den := new(big.Int).Abs(coef.Num()).String(), coef.Denom().String()
	if den != "1" {
		under = append([]string{den}, under...)
	}
	switch {
	case len(under) > 1:
		for i, text := range under {
			// A sum among several factors. Other texts have their sums in
			// parentheses, or within braces.
			if isLaTeXSum(text) {
				under[i] = parenthesised(text)
			}
		}
		fallthrough
	case len(under) == 1:
		return []string{`\frac{` + num + "}{" + strings.Join(under, " ") + "}"}
	case num == "1":
		return nil
	}
	return []string{num}
}

// isLaTeXSum reports whether a sign stands outside all parentheses.
func isLaTeXSum(text string) bool {
	depth := 0
	for _, r := range text {
		switch r {
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			depth--
		case '+', '-':
			if depth == 0 {
				return true
			}
		}
	}
	return false
}

func parenthesised(text string) string { return `\left(` + text + `\right)` }

func latexPower(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf("^{%d}", n)
}

func (p latexPrinter) power(n *power, by int, sc scope) string {
	base := p.sum(n.base, sc)
	if !isWord(n.base) {
		base = parenthesised(base)
	}
	return base + "^{" + p.sum(shifted(n, by), sc) + "}"
}

func (p latexPrinter) node(n node, power int, sc scope) string {
	switch n := n.(type) {
	case *scalar:
		return latexName(n.name) + latexPower(power)
	case *eigenvalue:
		return "h_{" + latexNames([]string{sc.of(n.index)}) + "}" + latexPower(power)
	case *propagator:
		return "k_{" + latexNames([]string{sc.of(n.index)}) + "}" + latexPower(power)
	case *exponential:
		return `\exp` + parenthesised(p.sum(n.arg, sc))
	case *divided:
		points := make([]string, len(n.points))
		for i, point := range n.points {
			points[i] = p.sum(point, sc)
		}
		text, steps := `\left[`+strings.Join(points, ", ")+`\right] `, p.sum(n.n, sc)
		switch {
		case !n.exp:
			text += "x^{" + steps + "}"
		case isLaTeXSum(steps):
			text += "e^{" + parenthesised(steps) + " x}"
		default:
			text += "e^{" + steps + " x}"
		}
		// The bracket acts on what follows it, so it ends here.
		return parenthesised(text) + latexPower(power)
	}
	panic("expr: a node of unknown kind")
}

// tensor writes a power of a tensor or a delta.
func (p latexPrinter) tensor(t placement, power int) string {
	if p.convention == Explicit {
		for _, node := range t.nodes {
			for i := range node {
				node[i].above = false
			}
		}
	}
	var text string
	plain := power == 1
	switch n := t.node.(type) {
	case *delta:
		text = `\delta` + latexMarks(t.nodes[0])
	case *tensor:
		if letter := letterOf(n); letter != "" {
			text = letter + latexMarks(slices.Concat(t.nodes...))
			break
		}
		list := make([]string, len(t.nodes))
		for i, node := range t.nodes {
			for _, index := range node {
				list[i] += `\nabla` + latexMarks([]placed{index})
			}
			if len(node) > 0 {
				list[i] += " "
			}
			list[i] += latexName(n.function)
		}
		switch {
		case len(list) == 1:
			text = list[0]
		case n.form == Moment:
			text, plain = `\operatorname{E}\left[`+strings.Join(list, ` \, `)+`\right]`, true
		default:
			text, plain = `\kappa`+parenthesised(strings.Join(list, ", ")), true
		}
	}
	if !plain {
		text = parenthesised(text)
	}
	return text + latexPower(power)
}

func latexMarks(list []placed) string {
	var lower, upper []string
	for _, index := range list {
		if index.above {
			upper = append(upper, index.name)
		} else {
			lower = append(lower, index.name)
		}
	}
	text := ""
	if len(lower) > 0 {
		text += "_{" + latexNames(lower) + "}"
	}
	if len(upper) > 0 {
		text += "^{" + latexNames(upper) + "}"
	}
	return text
}

func latexNames(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = latexName(name)
	}
	return strings.Join(list, " ")
}

// latexName writes a name: Greek letters as commands, subscript digits as a subscript,
// several letters upright.
func latexName(name string) string {
	trimmed := strings.TrimRight(name, subscripts)
	var b strings.Builder
	letters := 0
	for _, r := range trimmed {
		b.WriteString(latexRune(r))
		letters++
	}
	text := strings.TrimSuffix(b.String(), " ")
	if letters > 1 {
		text = `\mathrm{` + text + "}"
	}
	if len(trimmed) == len(name) {
		return text
	}
	// Braces, so that an exponent or an index may follow.
	var digits strings.Builder
	for _, r := range name[len(trimmed):] {
		digits.WriteByte(plainDigit(r))
	}
	return "{" + text + "_{" + digits.String() + "}}"
}

func plainDigit(r rune) byte {
	if i := strings.IndexRune(subscripts, r); i >= 0 {
		return byte('0' + i/3)
	}
	return byte(r)
}

// latexGreek has the commands of Greek letters. Those that look like Latin ones are these.
var latexGreek = map[rune]string{
	'α': `\alpha`, 'β': `\beta`, 'γ': `\gamma`, 'δ': `\delta`, 'ε': `\varepsilon`, 'ϵ': `\epsilon`, 'ζ': `\zeta`,
	'η': `\eta`, 'θ': `\theta`, 'ϑ': `\vartheta`, 'ι': `\iota`, 'κ': `\kappa`, 'λ': `\lambda`, 'μ': `\mu`, 'µ': `\mu`,
	'ν': `\nu`, 'ξ': `\xi`, 'ο': `o`, 'π': `\pi`, 'ϖ': `\varpi`, 'ρ': `\rho`, 'ϱ': `\varrho`, 'σ': `\sigma`, 'ς': `\varsigma`,
	'τ': `\tau`, 'υ': `\upsilon`, 'φ': `\varphi`, 'ϕ': `\phi`, 'χ': `\chi`, 'ψ': `\psi`, 'ω': `\omega`,
	'Α': "A", 'Β': "B", 'Γ': `\Gamma`, 'Δ': `\Delta`, 'Ε': "E", 'Ζ': "Z", 'Η': "H", 'Θ': `\Theta`, 'Ι': "I", 'Κ': "K",
	'Λ': `\Lambda`, 'Μ': "M", 'Ν': "N", 'Ξ': `\Xi`, 'Ο': "O", 'Π': `\Pi`, 'Ρ': "P", 'Τ': "T",
	'Υ': `\Upsilon`, 'Φ': `\Phi`, 'Χ': "X", 'Ψ': `\Psi`, 'Ω': `\Omega`,
}

func latexRune(r rune) string {
	if command, ok := latexGreek[r]; ok {
		if command[0] == '\\' {
			return command + " "
		}
		return command
	}
	switch {
	case r <= unicode.MaxASCII:
		return string(r)
	case isDigit(r):
		return string(plainDigit(r))
	}
	// A letter that plain fonts lack.
	return fmt.Sprintf(`\mathrm{u%x}`, r)
}
