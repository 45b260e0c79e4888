package expr

import (
	_ "embed" // for the functions that written source needs
	"fmt"
	"go/format"
	"go/token"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A GoFunc is the name of a Go function and the expression that it computes.
type GoFunc struct {
	Name string
	Expr Expr
}

// GoFile writes a Go source file that stands alone, with one function in float64 for
// each expression,
//
//	func Name(s Statistics, mu int, eta, M, N float64) float64
//
// Its parameters are what is known of the landscape; the free indices in the order of
// Free, from 0 to s.Dim()−1; and the scalars in the order of Scalars, but for P, which is
// s.Dim(). Greek letters are spelt: η is eta. Sums become loops. The file declares
//
//	type Statistics interface {
//		Dim() int                 // the dimension of weight space
//		Eigenvalue(i int) float64 // h_i, of H
//		Loss() float64            // l
//		G(i int) float64
//		H(i, j int) float64
//		J(i, j, k int) float64
//		C(i, j int) float64
//		S(i, j, k int) float64
//		// Derivative returns ∇_i∇_j… of the function, which may be l.
//		Derivative(function string, indices ...int) float64
//		// Cumulant returns κ(∇^{orders[0]} l, ∇^{orders[1]} l, …) at the indices, in
//		// this order; Moment returns E[∇^{orders[0]} l ∇^{orders[1]} l …].
//		Cumulant(orders []int, indices ...int) float64
//		Moment(orders []int, indices ...int) float64
//	}
//
// and what it needs else. The error wraps ErrName if the package or a function has no Go
// name, or two functions have the same, or ErrLimit.
func GoFile(pkg string, funcs ...GoFunc) ([]byte, error) {
	if !token.IsIdentifier(pkg) {
		return nil, fmt.Errorf("expr: Go package %q: %w", pkg, ErrName)
	}
	var b strings.Builder
	_, helpers, _ := strings.Cut(goHelpers, "\n") // after the package clause
	imports, helpers, _ := strings.Cut(helpers, goRemark)
	fmt.Fprintf(&b, "package %s\n%s%s%s", pkg, imports, goStatistics, helpers)
	taken := map[string]bool{"Statistics": true, "pow1": true, "join": true, "dd": true, "ddexp": true, "triangle": true,
		"square": true, "delta": true, "init": true, "math": true, "float64": true, "int": true, "_": true}
	for _, f := range funcs {
		if !token.IsIdentifier(f.Name) || taken[f.Name] {
			return nil, fmt.Errorf("expr: Go function %q: %w", f.Name, ErrName)
		}
		taken[f.Name] = true
		b.WriteString("\n")
		writeGoFunc(&b, f)
	}
	source, err := format.Source([]byte(b.String()))
	if err != nil {
		return nil, fmt.Errorf("expr: the written source is not Go: %w", err)
	}
	return source, nil
}

//go:embed numeric.go
var goHelpers string

// goRemark is about the package's own copy.
const goRemark = `// The functions of this file do not depend on the rest of the package: the source that
// GoFile writes holds a copy of them.

`

const goStatistics = `// Statistics are what is known of a landscape: the expected loss l and its derivatives
// G, H and J, the covariance C and the skewness S of gradients, and more.
type Statistics interface {
	Dim() int                 // the dimension of weight space
	Eigenvalue(i int) float64 // h_i, of H
	Loss() float64            // l
	G(i int) float64
	H(i, j int) float64
	J(i, j, k int) float64
	C(i, j int) float64
	S(i, j, k int) float64
	// Derivative returns ∇_i∇_j… of the function, which may be l.
	Derivative(function string, indices ...int) float64
	// Cumulant returns κ(∇^{orders[0]} l, ∇^{orders[1]} l, …) at the indices, in
	// this order; Moment returns E[∇^{orders[0]} l ∇^{orders[1]} l …].
	Cumulant(orders []int, indices ...int) float64
	Moment(orders []int, indices ...int) float64
}

// delta is 1 where i = j.
func delta(i, j int) float64 {
	if i == j {
		return 1
	}
	return 0
}

`

// A goPrinter writes one function.
type goPrinter struct {
	names map[string]string // Go names of scalars
	taken map[string]bool
}

func writeGoFunc(b *strings.Builder, f GoFunc) {
	p := goPrinter{map[string]string{}, map[string]bool{}}
	for _, name := range []string{"s", "math", "total", "float64", "int", "pow1", "join", "dd", "ddexp", "delta"} {
		p.taken[name] = true
	}
	s := f.Expr.sum()
	sc := scope{map[string]string{}, map[string]bool{}}
	var about []string
	spell := func(name string) string {
		spelt := p.fresh(goName(name))
		if spelt != name {
			about = append(about, spelt+" is "+name)
		}
		return spelt
	}
	params := []string{"s Statistics"}
	declare := func(list []string, kind string) {
		if len(list) > 0 {
			params = append(params, strings.Join(list, ", ")+" "+kind)
		}
	}
	var list []string
	for _, index := range s.fr {
		sc.names[index] = spell(index)
		list = append(list, sc.names[index])
	}
	declare(list, "int")
	list = nil
	for _, name := range f.Expr.Scalars() {
		if name != dimension {
			p.names[name] = spell(name)
			list = append(list, p.names[name])
		}
	}
	declare(list, "float64")
	text := f.Expr.String()
	if len(text) > 2000 {
		text = "an expression of " + strconv.Itoa(len(s.terms)) + " terms"
	}
	fmt.Fprintf(b, "// %s returns\n//\n//\t%s\n", f.Name, text)
	if len(about) > 0 {
		fmt.Fprintf(b, "//\n// where %s.\n", strings.Join(about, ", "))
	}
	fmt.Fprintf(b, "func %s(%s) float64 {\n", f.Name, strings.Join(params, ", "))
	p.statements(b, s, sc)
	b.WriteString("}\n")
}

// statements writes statements that return s.
func (p goPrinter) statements(b *strings.Builder, s *sum, sc scope) {
	b.WriteString("total := 0.0\n")
	for _, l := range layouts(s) {
		factors := l.factors()
		groups := connected(factors, l.bound)
		sign, product := p.number(l.coef)
		for _, f := range factors {
			if !isAny(f, l.bound) {
				p.times(&product, f, sc)
			}
		}
		if len(groups) == 1 {
			p.loops(b, groups[0], sc, sign, product)
			continue
		}
		// A product of sums: each in a function of its own.
		for _, g := range groups {
			var inner strings.Builder
			inner.WriteString("func() float64 {\ntotal := 0.0\n")
			p.loops(&inner, g, sc, "+", goProduct{})
			inner.WriteString("return total\n}()")
			product.num = append(product.num, inner.String())
		}
		fmt.Fprintf(b, "total %s= %s\n", sign, product)
	}
	b.WriteString("return total\n")
}

// factors returns the layout's factors, its polynomial among them.
func (l layout) factors() []factor {
	factors := slices.Concat(l.content, l.tensors)
	if l.poly != nil {
		factors = append(factors, factor{newInverse(l.poly), l.power})
	}
	return factors
}

// loops adds the product, with the group's factors besides, summed over the group's
// indices, to total.
func (p goPrinter) loops(b *strings.Builder, g group, sc scope, sign string, product goProduct) {
	in := scope{map[string]string{}, nil}
	for k, v := range sc.names {
		in.names[k] = v
	}
	q := goPrinter{p.names, map[string]bool{}}
	for name := range p.taken {
		q.taken[name] = true
	}
	for _, index := range g.indices {
		in.names[index] = q.fresh("i")
		fmt.Fprintf(b, "for %s := range s.Dim() {\n", in.names[index])
	}
	for _, f := range g.factors {
		q.times(&product, f, in)
	}
	fmt.Fprintf(b, "total %s= %s\n", sign, product)
	b.WriteString(strings.Repeat("}\n", len(g.indices)))
}

// A goProduct is a product and what divides it.
type goProduct struct {
	num, den []string
}

func (p goProduct) String() string {
	text := "1.0"
	if len(p.num) > 0 {
		text = strings.Join(p.num, "*")
	}
	switch len(p.den) {
	case 0:
		return text
	case 1:
		return text + "/" + p.den[0]
	}
	return text + "/(" + strings.Join(p.den, "*") + ")"
}

// number returns the sign and the size of a coefficient.
func (goPrinter) number(q *big.Rat) (sign string, product goProduct) {
	sign = "+"
	if q.Sign() < 0 {
		sign = "-"
	}
	if q.Num().BitLen() > 53 || q.Denom().BitLen() > 53 {
		product.num = []string{goNumber(new(big.Rat).Abs(q))}
		return sign, product
	}
	if n := new(big.Int).Abs(q.Num()).String(); n != "1" {
		product.num = []string{n + ".0"}
	}
	if d := q.Denom().String(); d != "1" {
		product.den = []string{d + ".0"}
	}
	return sign, product
}

// times multiplies a product by a factor.
func (p goPrinter) times(product *goProduct, f factor, sc scope) {
	list := &product.num
	if f.power < 0 {
		f.power = -f.power
		list = &product.den
	}
	*list = append(*list, p.factor(f, sc))
}

// fresh returns a name that is not taken, and takes it: for i, these are i, j, k, m, n
// and i1, i2, ….
func (p goPrinter) fresh(name string) string {
	candidates := []string{name}
	if name == "i" {
		candidates = append(candidates, "j", "k", "m", "n")
	}
	for round := 1; ; round++ {
		for _, c := range candidates {
			if !p.taken[c] {
				p.taken[c] = true
				return c
			}
		}
		candidates = []string{name + strconv.Itoa(round), name + "_" + strconv.Itoa(round)}
	}
}

// goName spells a name for Go.
func goName(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch command := latexGreek[r]; {
		case command != "":
			b.WriteString(strings.TrimPrefix(command, `\`))
		case isDigit(r):
			b.WriteByte(plainDigit(r))
		case unicode.IsLetter(r):
			b.WriteRune(r)
		}
	}
	if spelt := b.String(); token.IsIdentifier(spelt) {
		return spelt
	}
	return "x" + b.String() // a keyword
}

func goNumber(q *big.Rat) string {
	if x, _ := q.Float64(); q.Num().BitLen() > 53 || q.Denom().BitLen() > 53 {
		text := strconv.FormatFloat(x, 'g', -1, 64)
		if strings.Contains(text, "Inf") {
			return "math.Inf(" + text[:1] + "1)"
		}
		return "(" + text + ")"
	}
	if q.IsInt() {
		return "(" + q.Num().String() + ".0)"
	}
	return "(" + q.Num().String() + ".0/" + q.Denom().String() + ")"
}

// sum writes an expression.
func (p goPrinter) sum(s *sum, sc scope) string {
	if q, ok := s.constant(); ok {
		return goNumber(q)
	}
	if s.h > 0 && slices.ContainsFunc(s.terms, func(t term) bool { return len(t.bound) > 0 }) {
		var b strings.Builder
		b.WriteString("func() float64 {\n")
		p.statements(&b, s, sc)
		b.WriteString("}()")
		return b.String()
	}
	var b strings.Builder
	for i, l := range layouts(s) {
		sign, product := p.number(l.coef)
		for _, f := range l.factors() {
			p.times(&product, f, sc)
		}
		if i > 0 || sign == "-" {
			b.WriteString(sign)
		}
		b.WriteString(product.String())
	}
	return b.String()
}

// factor writes a positive power of a node.
func (p goPrinter) factor(f factor, sc scope) string {
	node, simple := p.node(f.node, sc)
	switch {
	case f.power == 1:
		return node
	case f.power == 2 && simple:
		return "(" + node + "*" + node + ")"
	}
	return fmt.Sprintf("math.Pow(%s, %d)", node, f.power)
}

// node writes a node, and says whether it is cheap to compute twice.
func (p goPrinter) node(n node, sc scope) (text string, simple bool) {
	switch n := n.(type) {
	case *scalar:
		if n.name == dimension {
			return "float64(s.Dim())", true
		}
		return p.names[n.name], true
	case *eigenvalue:
		return "s.Eigenvalue(" + sc.of(n.index) + ")", true
	case *propagator:
		return "(1 - " + p.decay(n, sc) + ")", true
	case *delta:
		return "delta(" + sc.of(n.i) + ", " + sc.of(n.j) + ")", true
	case *tensor:
		return p.tensor(n, sc), true
	case *inverse:
		return "(" + p.sum(n.base, sc) + ")", false
	case *power:
		exponent := p.sum(n.exponent, sc)
		if nearOne(n.base) {
			return "pow1(" + p.less1(n.base, sc) + ", " + exponent + ")", false
		}
		return "math.Pow(" + p.sum(n.base, sc) + ", " + exponent + ")", false
	case *exponential:
		return "math.Exp(" + p.sum(n.arg, sc) + ")", false
	case *divided:
		list := []string{p.sum(n.n, sc)}
		name := "dd"
		for _, point := range n.points {
			if n.exp {
				name = "ddexp"
				list = append(list, p.sum(point, sc))
			} else {
				list = append(list, p.less1(point, sc))
			}
		}
		return name + "(" + strings.Join(list, ", ") + ")", false
	}
	panic("expr: a node of unknown kind")
}

// decay writes 1 − k.
func (p goPrinter) decay(n *propagator, sc scope) string {
	return p.names[rate] + "*s.Eigenvalue(" + sc.of(n.index) + ")"
}

// less1 writes 1 − s.
func (p goPrinter) less1(s *sum, sc scope) string {
	list, ok := propagators(s)
	if !ok {
		return p.sum(complement(s), sc)
	}
	decays := make([]string, len(list))
	for i, n := range list {
		decays[i] = p.decay(n, sc)
	}
	if len(decays) == 1 {
		return decays[0]
	}
	return "join(" + strings.Join(decays, ", ") + ")"
}

func (p goPrinter) tensor(n *tensor, sc scope) string {
	var names, orders []string
	for _, node := range n.nodes {
		orders = append(orders, strconv.Itoa(len(node)))
		for _, index := range node {
			names = append(names, sc.of(index))
		}
	}
	indices := strings.Join(names, ", ")
	switch letter := letterOf(n); {
	case letter == "l":
		return "s.Loss()"
	case letter != "":
		return "s." + letter + "(" + indices + ")"
	case len(n.nodes) == 1:
		return fmt.Sprintf("s.Derivative(%s)", strings.Join(append([]string{strconv.Quote(n.function)}, names...), ", "))
	}
	method := "Cumulant"
	if n.form == Moment {
		method = "Moment"
	}
	list := append([]string{"[]int{" + strings.Join(orders, ", ") + "}"}, names...)
	return fmt.Sprintf("s.%s(%s)", method, strings.Join(list, ", "))
}
