package embed

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/internal/rational"
)

// A Polynomial is a polynomial with rational coefficients in the number of epochs E, the
// number of batches K = N/B and the batch size B, of which the last may also be divided
// by. It is immutable; the zero Polynomial is 0.
type Polynomial struct {
	terms map[monomial]*big.Rat // none of them zero
}

// A monomial holds the exponents of E, K and B; that of B may be negative.
type monomial struct{ e, k, b int }

// Polynomials returns the number of maps of d into the grid of SGD without reshuffling,
// and their weighted sum W(D), as polynomials in E, K = N/B and B (P Prop. 1 for one epoch,
// E = B = 1; GD is K = 1, with E = T and B = N). They equal Counter.Count on every such
// grid.
//
// A node has an epoch and its part a batch and a place in it, so in cumulant form the
// number of maps is B^{parts} times a polynomial in E and K, which is read off its values
// on small grids. W is that over B^{edges}; if the root is tied, over KB, too, which must
// leave a polynomial. Moment form is the Möbius inversion of cumulant form.
//
// The error is the context's, or wraps ErrForm or ErrTooLarge.
func Polynomials(ctx context.Context, d diagram.Diagram, form Form) (maps, weight Polynomial, err error) {
	if err = form.check(); err == nil {
		maps, err = polynomialOf(ctx, bare(d), form)
	}
	if err != nil {
		return Polynomial{}, Polynomial{}, fmt.Errorf("embed: count %v: %w", d, err)
	}
	shift := monomial{b: -d.Edges()}
	if d.Tied() {
		shift.k, shift.b = -1, shift.b-1
	}
	return maps, maps.times(Polynomial{map[monomial]*big.Rat{shift: big.NewRat(1, 1)}}), nil
}

// polynomialOf returns the number of maps of an untied diagram with one root.
func polynomialOf(ctx context.Context, d diagram.Diagram, form Form) (Polynomial, error) {
	if d.Edges() > maxSplit {
		p := polynomials{ctx: ctx, grids: newSmallGrids(), done: map[diagram.Diagram]Polynomial{}}
		return p.count(d, form)
	}
	c, err := newSplitter().count(ctx, d, form)
	if err != nil {
		return Polynomial{}, err
	}
	return expand(c, form), nil
}

// expand returns Σ c_{ijqr} C(E,i) C(K,j) … of a splitter in powers of E, K and B, variable
// by variable: first over the common denominator edges! parts!.
func expand(c *splitCount, form Form) Polynomial {
	common := new(big.Int).Mul(factorial(c.edges), factorial(c.parts))
	sum := map[monomial]*big.Int{}
	add := func(m monomial, n *big.Int) {
		if old, ok := sum[m]; ok {
			n = n.Add(n, old)
		}
		sum[m] = n
	}
	c.each(func(i, related, j, q int, n int64) {
		// C(E,i) C(K,j) = E(E−1)… K(K−1)… / i! j!
		scale := new(big.Int).Quo(common, new(big.Int).Mul(factorial(i), factorial(j)))
		scale.Mul(scale, big.NewInt(n))
		rows := []*big.Int{big.NewInt(1)}
		shift := monomial{b: q}
		if form == Cumulant {
			shift = monomial{k: c.parts - related, b: c.parts}
		} else {
			rows = risen(related, c.parts-related)
		}
		for e, x := range fallingPowers[i] {
			for k, y := range fallingPowers[j] {
				if x*y == 0 {
					continue
				}
				factor := new(big.Int).Mul(scale, big.NewInt(x*y))
				for r, z := range rows {
					add(monomial{e, k + r + shift.k, r + shift.b}, new(big.Int).Mul(factor, z))
				}
			}
		}
	})
	p := Polynomial{map[monomial]*big.Rat{}}
	for m, n := range sum {
		if n.Sign() != 0 {
			p.terms[m] = new(big.Rat).SetFrac(n, common)
		}
	}
	return p
}

// risen returns the coefficients of (x−s)(x−s−1)…, of n factors, by powers of x.
func risen(s, n int) []*big.Int {
	list := []*big.Int{big.NewInt(1)}
	for i := range n {
		list = append(list, new(big.Int))
		for k := len(list) - 1; k >= 0; k-- {
			list[k].Mul(list[k], big.NewInt(int64(-s-i)))
			if k > 0 {
				list[k].Add(list[k], list[k-1])
			}
		}
	}
	return list
}

func factorial(n int) *big.Int { return new(big.Int).MulRange(1, int64(n)) }

// polynomials finds counting polynomials, each once.
type polynomials struct {
	ctx   context.Context
	grids *smallGrids
	done  map[diagram.Diagram]Polynomial // in cumulant form
}

func (p polynomials) count(d diagram.Diagram, form Form) (Polynomial, error) {
	if form == Cumulant {
		return p.anywhere(d)
	}
	var sum Polynomial
	err := eachMerger(d, func(merged diagram.Diagram, mu *big.Int) error {
		n, err := p.anywhere(merged)
		sum = sum.plus(n.Scale(new(big.Rat).SetInt(mu)))
		return err
	})
	return sum, err
}

// anywhere is the polynomial in cumulant form: Σ_{ij} Δ_ij C(E,i) C(K,j) B^parts, where
// Δ_ij are the forward differences at 0 of the numbers of maps into small grids.
func (p polynomials) anywhere(d diagram.Diagram) (Polynomial, error) {
	if n, ok := p.done[d]; ok {
		return n, nil
	}
	parts := nonRootParts(d)
	values := make([][]*big.Int, d.Edges()+1) // by epochs, then batches
	for e := range values {
		values[e] = make([]*big.Int, parts+1)
		for k := range values[e] {
			var err error
			if values[e][k], err = p.grids.of(int64(e), int64(k)).sum(p.ctx, d); err != nil {
				return Polynomial{}, err
			}
		}
		differences(values[e], subtract)
	}
	differences(values, func(a, b []*big.Int) []*big.Int {
		row := make([]*big.Int, len(a))
		for k := range row {
			row[k] = subtract(a[k], b[k])
		}
		return row
	})
	var sum Polynomial
	for e, row := range values {
		for k, delta := range row {
			term := constant(new(big.Rat).SetInt(delta))
			sum = sum.plus(term.times(binomial(monomial{e: 1}, e)).times(binomial(monomial{k: 1}, k)))
		}
	}
	p.done[d] = sum.times(Polynomial{map[monomial]*big.Rat{{b: parts}: big.NewRat(1, 1)}})
	return p.done[d], nil
}

// binomial returns C(x, i) for a variable x.
func binomial(x monomial, i int) Polynomial {
	product := constant(big.NewRat(1, 1))
	for j := range i {
		factor := Polynomial{map[monomial]*big.Rat{x: big.NewRat(1, int64(j)+1)}}
		product = product.times(factor.plus(constant(big.NewRat(-int64(j), int64(j)+1))))
	}
	return product
}

func constant(q *big.Rat) Polynomial {
	if q.Sign() == 0 {
		return Polynomial{}
	}
	return Polynomial{map[monomial]*big.Rat{{}: rational.Clone(q)}}
}

func (p Polynomial) plus(q Polynomial) Polynomial {
	sum := map[monomial]*big.Rat{}
	for _, terms := range []map[monomial]*big.Rat{p.terms, q.terms} {
		for m, c := range terms {
			collect(sum, m, c)
		}
	}
	return Polynomial{sum}
}

func (p Polynomial) times(q Polynomial) Polynomial {
	product := map[monomial]*big.Rat{}
	for m, c := range p.terms {
		for n, d := range q.terms {
			collect(product, monomial{m.e + n.e, m.k + n.k, m.b + n.b}, new(big.Rat).Mul(c, d))
		}
	}
	return Polynomial{product}
}

// collect adds a term to a sum.
func collect(sum map[monomial]*big.Rat, m monomial, c *big.Rat) {
	if old, ok := sum[m]; ok {
		c = new(big.Rat).Add(old, c)
	}
	sum[m] = c
	if c.Sign() == 0 {
		delete(sum, m)
	}
}

// Scale returns q·p.
func (p Polynomial) Scale(q *big.Rat) Polynomial { return p.times(constant(q)) }

// Equal reports whether p and q are the same polynomial.
func (p Polynomial) Equal(q Polynomial) bool {
	if len(p.terms) != len(q.terms) {
		return false
	}
	for m, c := range p.terms {
		if d, ok := q.terms[m]; !ok || c.Cmp(d) != 0 {
			return false
		}
	}
	return true
}

// At returns the value at E, K and B. The error wraps ErrSize if K or B is 0 where p is
// divided by it.
func (p Polynomial) At(e, k, b *big.Rat) (*big.Rat, error) {
	sum := new(big.Rat)
	for m, c := range p.terms {
		if m.k < 0 && k.Sign() == 0 || m.b < 0 && b.Sign() == 0 {
			return nil, fmt.Errorf("%w: %v has no value at E=%v, K=%v, B=%v", ErrSize, p, e.RatString(), k.RatString(), b.RatString())
		}
		term := new(big.Rat).Set(c)
		for _, factor := range []*big.Rat{raise(e, m.e), raise(k, m.k), raise(b, m.b)} {
			term.Mul(term, factor)
		}
		sum.Add(sum, term)
	}
	return sum, nil
}

// raise returns x^n; x is not 0 if n is negative.
func raise(x *big.Rat, n int) *big.Rat {
	power := big.NewRat(1, 1)
	for range max(n, -n) {
		power.Mul(power, x)
	}
	if n < 0 {
		power.Inv(power)
	}
	return power
}

// String writes p in E, K and B, with + - * / ^, such as 1/2*E^2*K^2 - 1/2*E*K/B: higher
// powers first. ParsePolynomial reads it back.
func (p Polynomial) String() string {
	return p.format(inBatches.powers)
}

// InNMB writes p in N, M and B, as P does: E = MB and K = N/B.
func (p Polynomial) InNMB() string {
	return p.format(func(m monomial) []power { return []power{{"M", m.e}, {"N", m.k}, {"B", m.b + m.e - m.k}} })
}

// A power is a variable with an exponent.
type power struct {
	variable string
	exponent int
}

func (p Polynomial) format(powers func(m monomial) []power) string {
	type term struct {
		powers      []power
		coefficient *big.Rat
	}
	var terms []term
	for m, c := range p.terms {
		terms = append(terms, term{powers(m), c})
	}
	slices.SortFunc(terms, func(a, b term) int {
		for i := range a.powers {
			if c := cmp.Compare(b.powers[i].exponent, a.powers[i].exponent); c != 0 {
				return c
			}
		}
		return 0
	})
	if len(terms) == 0 {
		return "0"
	}
	var b strings.Builder
	for i, t := range terms {
		switch negative := t.coefficient.Sign() < 0; {
		case i == 0 && negative:
			b.WriteString("-")
		case i > 0 && negative:
			b.WriteString(" - ")
		case i > 0:
			b.WriteString(" + ")
		}
		b.WriteString(product(new(big.Rat).Abs(t.coefficient), t.powers))
	}
	return b.String()
}

// product writes a positive coefficient times powers.
func product(coefficient *big.Rat, powers []power) string {
	var factors, divisors []string
	for _, p := range powers {
		text := p.variable
		if n := max(p.exponent, -p.exponent); n > 1 {
			text += "^" + strconv.Itoa(n)
		}
		switch {
		case p.exponent > 0:
			factors = append(factors, text)
		case p.exponent < 0:
			divisors = append(divisors, text)
		}
	}
	if one := big.NewRat(1, 1); coefficient.Cmp(one) != 0 || len(factors) == 0 {
		factors = append([]string{coefficient.RatString()}, factors...)
	}
	return strings.Join(append([]string{strings.Join(factors, "*")}, divisors...), "/")
}
