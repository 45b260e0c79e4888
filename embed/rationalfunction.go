package embed

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// A RationalFunction of the number of epochs E, the number of points N and the batch size
// B is a polynomial over powers of N−1, N−2, …; N and B may also be divided by. It is
// immutable and in lowest terms; the zero RationalFunction is 0.
type RationalFunction struct {
	numerator Polynomial // in E, B and K = N/B
	poles     []int      // at index j−1, the power of N−j in the denominator; the last is not 0
}

// RationalFunction returns p in E, N and B, where K = N/B.
func (p Polynomial) RationalFunction() RationalFunction { return RationalFunction{numerator: p} }

// Polynomial returns f in E, K = N/B and B; it is not ok if f has a denominator of more
// than powers of N and B.
func (f RationalFunction) Polynomial() (p Polynomial, ok bool) {
	return f.numerator, len(f.poles) == 0
}

// over returns f/(N−j), for j > 0, not reduced.
func (f RationalFunction) over(j int) RationalFunction {
	poles := make([]int, max(j, len(f.poles)))
	copy(poles, f.poles)
	poles[j-1]++
	return RationalFunction{f.numerator, poles}
}

// Add returns f + g.
func (f RationalFunction) Add(g RationalFunction) RationalFunction {
	poles := make([]int, max(len(f.poles), len(g.poles)))
	for i := range poles {
		poles[i] = max(f.pole(i), g.pole(i))
	}
	return RationalFunction{f.widened(poles).plus(g.widened(poles)), poles}.reduced()
}

// pole returns the power of N−(i+1) in the denominator.
func (f RationalFunction) pole(i int) int {
	if i < len(f.poles) {
		return f.poles[i]
	}
	return 0
}

// widened returns the numerator over a multiple of the denominator.
func (f RationalFunction) widened(poles []int) Polynomial {
	p := f.numerator
	for i, n := range poles {
		for range n - f.pole(i) {
			p = p.times(rowsLess(i + 1))
		}
	}
	return p
}

// rowsLess returns N−j.
func rowsLess(j int) Polynomial {
	n := Polynomial{map[monomial]*big.Rat{{k: 1, b: 1}: big.NewRat(1, 1)}}
	return n.plus(constant(big.NewRat(int64(-j), 1)))
}

// Sub returns f − g.
func (f RationalFunction) Sub(g RationalFunction) RationalFunction {
	return f.Add(g.Scale(big.NewRat(-1, 1)))
}

// Mul returns f·g.
func (f RationalFunction) Mul(g RationalFunction) RationalFunction { return f.times(g).reduced() }

// times returns f·g, not reduced.
func (f RationalFunction) times(g RationalFunction) RationalFunction {
	poles := make([]int, max(len(f.poles), len(g.poles)))
	for i := range poles {
		poles[i] = f.pole(i) + g.pole(i)
	}
	return RationalFunction{f.numerator.times(g.numerator), poles}
}

// Scale returns q·f.
func (f RationalFunction) Scale(q *big.Rat) RationalFunction {
	return f.Mul(constant(q).RationalFunction())
}

// Equal reports whether f and g are the same rational function.
func (f RationalFunction) Equal(g RationalFunction) bool {
	return f.numerator.Equal(g.numerator) && slices.Equal(f.poles, g.poles)
}

// reduced returns f in lowest terms: divided by each N−j as often as that goes.
func (f RationalFunction) reduced() RationalFunction {
	p, poles := f.numerator, slices.Clone(f.poles)
	for i := range poles {
		for poles[i] > 0 {
			q, ok := p.quotient(int64(i) + 1)
			if !ok {
				break
			}
			p = q
			poles[i]--
		}
	}
	for len(poles) > 0 && poles[len(poles)-1] == 0 {
		poles = poles[:len(poles)-1]
	}
	return RationalFunction{p, poles}
}

// quotient returns p/(N−j), by Horner's rule in N for each power of E and B; it is not ok
// if there is a remainder.
func (p Polynomial) quotient(j int64) (q Polynomial, ok bool) {
	q = Polynomial{map[monomial]*big.Rat{}}
	for _, column := range p.byRows() {
		carry := new(big.Rat)
		for at := column.highest; at.k >= column.lowest; at = at.fewerRows() {
			carry = new(big.Rat).Mul(carry, big.NewRat(j, 1))
			if c, ok := p.terms[at]; ok {
				carry.Add(carry, c)
			}
			if at.k > column.lowest && carry.Sign() != 0 {
				q.terms[at.fewerRows()] = carry
			}
		}
		if carry.Sign() != 0 {
			return Polynomial{}, false
		}
	}
	return q, true
}

// fewerRows returns m/N, where N is KB.
func (m monomial) fewerRows() monomial { return monomial{m.e, m.k - 1, m.b - 1} }

// A powersOfRows is a set of monomials that differ by powers of N.
type powersOfRows struct {
	highest monomial
	lowest  int // its power of N
}

// byRows sorts the terms by their powers of E and B, with N for KB.
func (p Polynomial) byRows() map[[2]int]powersOfRows {
	columns := map[[2]int]powersOfRows{}
	for m := range p.terms {
		key := [2]int{m.e, m.b - m.k}
		c, ok := columns[key]
		if !ok {
			c = powersOfRows{m, m.k}
		}
		if m.k > c.highest.k {
			c.highest = m
		}
		c.lowest = min(c.lowest, m.k)
		columns[key] = c
	}
	return columns
}

// At returns the value at E, N and B: where N is one of the roots of the denominator, the
// limit as N goes there with E and B as given. The error wraps ErrSize if there is none,
// as where N or B is 0 and f is divided by it.
func (f RationalFunction) At(e, n, b *big.Rat) (*big.Rat, error) {
	ofRows := map[monomial]*big.Rat{} // a function of N alone
	for m, c := range f.numerator.terms {
		if m.b < m.k && b.Sign() == 0 || m.k < 0 && n.Sign() == 0 {
			return nil, f.noValue(e, n, b)
		}
		value := new(big.Rat).Mul(raise(e, m.e), raise(b, m.b-m.k))
		collect(ofRows, monomial{k: m.k, b: m.k}, value.Mul(value, c))
	}
	g := RationalFunction{Polynomial{ofRows}, f.poles}.reduced()
	value := new(big.Rat)
	for m, c := range g.numerator.terms {
		value.Add(value, new(big.Rat).Mul(c, raise(n, m.k)))
	}
	for i, power := range g.poles {
		if power == 0 {
			continue
		}
		less := new(big.Rat).Sub(n, big.NewRat(int64(i)+1, 1))
		if less.Sign() == 0 {
			return nil, f.noValue(e, n, b)
		}
		value.Mul(value, raise(less, -power))
	}
	return value, nil
}

func (f RationalFunction) noValue(e, n, b *big.Rat) error {
	return fmt.Errorf("%w: %.200s has no value at E=%v, N=%v, B=%v", ErrSize, f, e.RatString(), n.RatString(), b.RatString())
}

// String writes f in E, N and B, with + - * / ^, as a sum over powers of N - 1, N - 2, …:
// (1/2*E^2*N - E*N/B)/(N - 1). ParseRationalFunction reads it back.
func (f RationalFunction) String() string {
	var text strings.Builder
	text.WriteString(f.numerator.format(inRows.powers))
	if len(f.poles) > 0 && len(f.numerator.terms) > 1 {
		numerator := text.String()
		text.Reset()
		text.WriteString("(" + numerator + ")")
	}
	for i, power := range f.poles {
		if power > 0 {
			text.WriteString("/(N - " + strconv.Itoa(i+1) + ")")
		}
		if power > 1 {
			text.WriteString("^" + strconv.Itoa(power))
		}
	}
	return text.String()
}
