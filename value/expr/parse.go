package expr

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/perturb-go/perturb/internal/rational"
)

// maxNesting bounds parentheses and sums within each other. The text of an expression has
// at most four to a level of its depth: those of a node's argument, of a gathered
// coefficient, of an exponent and a sum.
const maxNesting = 4 * (MaxDepth + 2)

// Parse reads an expression in the notation of the package comment, and brings it to
// canonical form.
//
// The error is a *ParseError. It wraps ErrSyntax, ErrName, ErrIndex if an index stands
// above more than once or pairs with more than one below, ErrDivision, ErrExponent, or
// ErrLimit if the text has more than MaxText bytes, nests too deeply or stands for an
// expression that is too large.
func Parse(text string) (Expr, error) { return parse(text, newWork()) }

func parse(text string, w *work) (Expr, error) {
	p := parser{text: text, w: w, summed: map[string]int{}}
	if len(text) > MaxText {
		return Expr{}, &ParseError{text, 0, fmt.Errorf("%w: %d bytes, more than %d", ErrLimit, len(text), MaxText)}
	}
	s, err := p.sum()
	if err == nil {
		if p.skip(); p.at < len(text) {
			err = p.fail(ErrSyntax, "%s, which begins no factor", p.seen())
		}
	}
	if err == nil {
		s, err = p.done(0, s, nil)
	}
	if err != nil {
		return Expr{}, err
	}
	return Expr{s: s}, nil
}

// MustParse is Parse for literals: it panics on an error.
func MustParse(text string) Expr { return Must(Parse(text)) }

// UnmarshalText reads e as Parse does.
func (e *Expr) UnmarshalText(text []byte) error {
	x, err := Parse(string(text))
	if err == nil {
		*e = x
	}
	return err
}

// A parser descends recursively. Indices that stand above carry a tag until they find
// their partners or the text ends.
type parser struct {
	text   string
	at     int
	depth  int
	w      *work
	summed map[string]int // how many sums around have the index
}

// fail returns an error at the present place.
func (p *parser) fail(cause error, format string, args ...any) error {
	return p.failAt(p.at, fmt.Errorf("%w: %s", cause, fmt.Sprintf(format, args...)))
}

// failAt returns err with its place, unless it has one.
func (p *parser) failAt(at int, err error) error {
	if place := (*ParseError)(nil); err == nil || errors.As(err, &place) {
		return err
	}
	return &ParseError{p.text, at, err}
}

// seen describes what stands at the present place.
func (p *parser) seen() string {
	if p.at >= len(p.text) {
		return "the end of the text"
	}
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	if r == utf8.RuneError && size == 1 {
		return "a byte that is no UTF-8"
	}
	return fmt.Sprintf("%q", r)
}

func (p *parser) skip() {
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		if !unicode.IsSpace(r) {
			return
		}
		p.at += size
	}
}

// next returns the rune at the present place, 0 at the end.
func (p *parser) next() rune {
	if p.at >= len(p.text) {
		return 0
	}
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	if r == utf8.RuneError && size == 1 || r == 0 {
		return utf8.RuneError
	}
	return r
}

// take steps over the next rune if it is one of the given.
func (p *parser) take(any string) bool {
	r := p.next()
	if r == 0 || r == utf8.RuneError || !strings.ContainsRune(any, r) {
		return false
	}
	p.at += utf8.RuneLen(r)
	return true
}

// expect is take after spaces, for one rune that must be there.
func (p *parser) expect(what string) error {
	if p.skip(); !p.take(what) {
		return p.fail(ErrSyntax, "%s instead of %q", p.seen(), what)
	}
	return nil
}

func (p *parser) nested(f func() (*sum, error)) (*sum, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.fail(ErrLimit, "nested deeper than %d", maxNesting)
	}
	defer func() { p.depth-- }()
	return f()
}

// done is for the end of a text, of an argument or an exponent: what stands above there
// without a partner is free.
func (p *parser) done(at int, s *sum, err error) (*sum, error) {
	if err == nil {
		s, err = p.w.unmark(s)
	}
	return s, p.failAt(at, err)
}

// sum reads [sign] term {sign term}.
func (p *parser) sum() (*sum, error) {
	a := p.w.adder()
	p.skip()
	c := one
	for first := true; ; first = false {
		switch {
		case p.take("-−"):
			c = big.NewRat(-1, 1)
		case p.take("+"):
			c = one
		case !first:
			s, err := a.sum()
			return s, p.failAt(p.at, err)
		}
		at := p.at
		t, err := p.term()
		if err == nil {
			err = a.addSum(c, t)
		}
		if err != nil {
			return nil, p.failAt(at, err)
		}
		p.skip()
	}
}

// term reads factor {("·" | "*" | "/" | nothing) factor}, and sums over the indices that
// stand once below and once above.
func (p *parser) term() (*sum, error) {
	p.skip()
	start := p.at
	t, n, err := p.factor()
	if err == nil {
		t, err = p.w.pow(t, n)
	}
	if err != nil {
		return nil, p.failAt(start, err)
	}
	for {
		p.skip()
		at := p.at
		divide := p.take("/")
		if !divide && !p.take("·*") && !p.begins() {
			t, err = p.pairs(t)
			return t, p.failAt(start, err)
		}
		p.skip()
		f, n, err := p.factor()
		if err == nil {
			if divide {
				n = -n
			}
			if f, err = p.w.pow(f, n); err == nil {
				t, err = p.w.mul(t, f)
			}
		}
		if err != nil {
			return nil, p.failAt(at, err)
		}
	}
}

// begins reports whether a factor begins here.
func (p *parser) begins() bool {
	r := p.next()
	return r == '(' || r == 'Σ' || r == '∇' || '0' <= r && r <= '9' || isLetter(r)
}

// pairs sums each term of a product over the indices that stand once below and once
// above, but for those that a sum around has.
func (p *parser) pairs(s *sum) (*sum, error) {
	if !slices.ContainsFunc(s.fr, func(index string) bool { return unmarked(index) != index }) {
		return s, nil
	}
	return p.w.einstein(s, func(name string, slots map[string]int, other int) (bool, error) {
		up, down := slots[above(name)], slots[name]
		switch {
		case up == 0 || p.summed[name] > 0:
			return false, nil
		case up == 1 && down == 1 && other == 0:
			return true, nil
		case up == 1 && down == 0 && other == 0:
			return false, nil
		}
		return false, fmt.Errorf("%w: %s stands %d times; write Σ_%s", ErrIndex, name, up+down+other, name)
	})
}

// factor reads a primary with an exponent, if any, and returns an integer exponent apart.
func (p *parser) factor() (*sum, int, error) {
	s, err := p.primary()
	if err != nil {
		return nil, 0, err
	}
	if r := p.next(); r == '⁻' || strings.ContainsRune(superscripts, r) && r != 0 {
		n, err := p.superscript()
		return s, n, err
	}
	at := p.at
	if !p.take("^") {
		return s, 1, nil
	}
	e, err := p.exponent()
	if err != nil {
		return nil, 0, err
	}
	if q, ok := e.constant(); ok {
		n, err := integer(q)
		return s, n, p.failAt(at, err)
	}
	s, err = p.w.power(s, e)
	return s, 1, p.failAt(at, err)
}

// superscript reads a power such as ² or ⁻¹.
func (p *parser) superscript() (int, error) {
	start := p.at
	sign := 1
	if p.take("⁻") {
		sign = -1
	}
	n, digits := 0, 0
	for {
		digit := slices.Index(superscriptDigits, p.next())
		if digit < 0 {
			break
		}
		p.take(superscripts)
		if n = 10*n + digit; n > MaxPower {
			return 0, p.failAt(start, checkPower(n))
		}
		digits++
	}
	if digits == 0 {
		return 0, p.fail(ErrSyntax, "%s instead of a superscript digit", p.seen())
	}
	return sign * n, nil
}

// exponent reads a number, a scalar or an expression in parentheses.
func (p *parser) exponent() (*sum, error) {
	at := p.at
	switch r := p.next(); {
	case r == '(':
		s, err := p.primary()
		return p.done(at, s, err)
	case r == '-' || r == '−':
		p.take("-−")
		s, err := p.number()
		if err == nil {
			s, err = p.w.scale(big.NewRat(-1, 1), s)
		}
		return s, p.failAt(at, err)
	case '0' <= r && r <= '9':
		return p.number()
	case isLetter(r):
		name := p.word()
		if err := checkScalar(name); err != nil {
			return nil, p.failAt(at, err)
		}
		s, err := p.w.monomial(one, factor{newScalar(name), 1})
		return s, p.failAt(at, err)
	}
	return nil, p.fail(ErrSyntax, "%s instead of an exponent", p.seen())
}

// number reads digits, with a decimal point or none.
func (p *parser) number() (*sum, error) {
	start := p.at
	for '0' <= p.next() && p.next() <= '9' {
		p.at++
	}
	if p.next() == '.' {
		for p.at++; '0' <= p.next() && p.next() <= '9'; {
			p.at++
		}
	}
	q, err := rational.Parse(p.text[start:p.at])
	switch {
	case errors.Is(err, rational.ErrRange):
		return nil, p.failAt(start, fmt.Errorf("%w: %w", ErrLimit, err))
	case err != nil:
		return nil, p.failAt(start, fmt.Errorf("%w: %w", ErrSyntax, err))
	}
	if err := checkNumber(q); err != nil {
		return nil, p.failAt(start, err)
	}
	s, err := p.w.constant(q)
	return s, p.failAt(start, err)
}

// word reads a letter, then letters and digits.
func (p *parser) word() string {
	start := p.at
	for r := p.next(); isLetter(r) || p.at > start && isDigit(r); r = p.next() {
		p.at += utf8.RuneLen(r)
	}
	return p.text[start:p.at]
}

// primary reads a factor without its exponent.
func (p *parser) primary() (*sum, error) {
	start := p.at
	switch r := p.next(); {
	case r == '(':
		p.at++
		s, err := p.nested(p.sum)
		if err == nil {
			err = p.expect(")")
		}
		return s, err
	case '0' <= r && r <= '9':
		return p.number()
	case r == 'Σ':
		return p.sigma()
	case r == '∇':
		node, function, err := p.derivative()
		if err != nil {
			return nil, err
		}
		return p.tensor(start, Cumulant, function, [][]string{node})
	case !isLetter(r):
		return nil, p.fail(ErrSyntax, "%s instead of a factor", p.seen())
	}
	name := p.word()
	if name == "E" && p.next() == '[' {
		return p.average(start, Moment)
	}
	if !reserved[name] {
		if err := checkScalar(name); err != nil {
			return nil, p.failAt(start, err)
		}
		s, err := p.w.monomial(one, factor{newScalar(name), 1})
		return s, p.failAt(start, err)
	}
	switch name {
	case "κ":
		return p.average(start, Cumulant)
	case "exp", "dd", "ddexp":
		return p.function(start, name)
	case "l":
		return p.tensor(start, Cumulant, "l", [][]string{nil})
	}
	indices, err := p.marks()
	if err != nil {
		return nil, err
	}
	if want := map[string]int{"G": 1, "H": 2, "J": 3, "C": 2, "S": 3, "h": 1, "k": 1, "δ": 2}[name]; len(indices) != want {
		return nil, p.failAt(start, fmt.Errorf("%w: %s has %d indices, not %d", ErrSyntax, name, want, len(indices)))
	}
	switch name {
	case "C", "S":
		nodes := make([][]string, len(indices))
		for i, index := range indices {
			nodes[i] = []string{index}
		}
		return p.tensor(start, Cumulant, "l", nodes)
	case "h":
		s, err := p.w.monomial(one, factor{newEigenvalue(indices[0]), 1})
		return s, p.failAt(start, err)
	case "k":
		s, err := p.w.monomial(one, factor{newPropagator(indices[0]), 1})
		return s, p.failAt(start, err)
	case "δ":
		s, err := p.w.newDelta(indices[0], indices[1])
		return s, p.failAt(start, err)
	}
	return p.tensor(start, Cumulant, "l", [][]string{indices})
}

// function reads (x) or (n; a, b, …).
func (p *parser) function(start int, name string) (*sum, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	argument := func() (*sum, error) {
		at := p.at
		s, err := p.nested(p.sum)
		return p.done(at, s, err)
	}
	first, err := argument()
	if err != nil {
		return nil, err
	}
	if name == "exp" {
		if err := p.expect(")"); err != nil {
			return nil, err
		}
		s, err := p.w.exp(first)
		return s, p.failAt(start, err)
	}
	if err := p.expect(";"); err != nil {
		return nil, err
	}
	var points []*sum
	for {
		point, err := argument()
		if err != nil {
			return nil, err
		}
		if points = append(points, point); len(points) > MaxPoints {
			return nil, p.failAt(start, fmt.Errorf("%w: more than %d points", ErrLimit, MaxPoints))
		}
		if p.skip(); p.take(")") {
			s, err := p.w.divided(name == "ddexp", first, points)
			return s, p.failAt(start, err)
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}
