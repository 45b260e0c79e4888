package value

import (
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// A Comparison is the difference of two series of one observable, term by term.
type Comparison struct {
	First, Second *Series
	Terms         []Difference // those that do not cancel, in the order of diagram.Compare
}

// A Difference is one diagram's part of a comparison.
type Difference struct {
	First, Second Term     // a term that one series lacks has Maps, Weight and Coefficient 0
	Coefficient   *big.Rat // First.Coefficient − Second.Coefficient, not 0
}

// Diagram returns the diagram of both terms.
func (d Difference) Diagram() diagram.Diagram { return d.First.Diagram }

// Order returns the power of η.
func (d Difference) Order() int { return d.First.Order() }

// Compare returns the difference first − second, diagram by diagram. The error wraps
// ErrMismatch unless both have the same observable, form and order.
func Compare(first, second *Series) (*Comparison, error) {
	if !first.Observable.same(second.Observable) || first.Form != second.Form || first.Order != second.Order {
		return nil, ErrMismatch
	}
	c := &Comparison{First: first, Second: second}
	pairs := map[diagram.Diagram][2]*Term{}
	for side, s := range []*Series{first, second} {
		for i, t := range s.Terms {
			pair := pairs[t.Diagram]
			pair[side] = &s.Terms[i]
			pairs[t.Diagram] = pair
		}
	}
	for _, pair := range pairs {
		if d := newDifference(pair); d.Coefficient.Sign() != 0 {
			c.Terms = append(c.Terms, d)
		}
	}
	slices.SortFunc(c.Terms, func(a, b Difference) int { return diagram.Compare(a.Diagram(), b.Diagram()) })
	return c, nil
}

func newDifference(pair [2]*Term) Difference {
	var terms [2]Term
	for side, t := range pair {
		if t != nil {
			terms[side] = *t
			continue
		}
		other := pair[1-side]
		terms[side] = Term{Diagram: other.Diagram, Maps: new(big.Int), Aut: other.Aut, Weight: new(big.Rat), Coefficient: new(big.Rat)}
	}
	return Difference{terms[0], terms[1], new(big.Rat).Sub(terms[0].Coefficient, terms[1].Coefficient)}
}
