package expr

import (
	"fmt"
	"slices"
)

// A Jet is the Taylor coefficients of a matrix, one for each basis element of an Algebra.
// Those that are nil are zero; the one at 0, the matrix itself, is not nil.
type Jet []*Node

// Lift replaces nodes by their jets. It walks the graph of the outputs and builds the
// coefficients in the graph of b, which may be another, out of the inputs' jets.
//
// Coefficients come from the grading. Let the derivation E multiply a coefficient of
// degree k by k. Linear operations map coefficients one by one; products are those of the
// algebra; and a function such as y = tanh x, with E y = (1 − y²) E x, has
//
//	y_S = (1/|S|) Σ_{T·U=S, |T|≥1} |T| x_T (1 − y²)_U.
//
// The error wraps ErrGraph if an input has no jet, or one of the wrong length or without
// its coefficient 0, or is that of Sort.
func Lift(b *Builder, a Algebra, inputs map[*Node]Jet, outputs ...*Node) ([]Jet, error) {
	order, err := Sort(outputs...)
	if err != nil {
		return nil, err
	}
	l := &lifter{b, a}
	jets := map[*Node]Jet{}
	for _, n := range order {
		k := KindOf(n)
		if k == nil {
			jet := inputs[n]
			if len(jet) != a.Len() || jet[0] == nil {
				return nil, fmt.Errorf("expr: jet of input %s: %w", n.Name(), ErrGraph)
			}
			jets[n] = jet
			continue
		}
		var in []Jet
		for _, m := range Operands(n) {
			in = append(in, jets[m])
		}
		jets[n] = k.jet(l, in)
		if b.err != nil {
			return nil, b.err
		}
	}
	result := make([]Jet, len(outputs))
	for i, n := range outputs {
		result[i] = jets[n]
	}
	return result, nil
}

type lifter struct {
	*Builder
	Algebra
}

// ascending returns the basis but for 0, by increasing degree.
func (l *lifter) ascending() []int {
	order := make([]int, 0, l.Len())
	for s := 1; s < l.Len(); s++ {
		order = append(order, s)
	}
	slices.SortStableFunc(order, func(s, t int) int { return l.Degree(s) - l.Degree(t) })
	return order
}

func (l *lifter) each(f func(s int) *Node) Jet {
	y := make(Jet, l.Len())
	for s := range y {
		y[s] = f(s)
	}
	return y
}

// sum returns the sum of terms, nil if there are none.
func (l *lifter) sum(terms []*Node) *Node {
	if len(terms) == 0 {
		return nil
	}
	return l.Add(terms...)
}

func (l *lifter) linear(k Kind, x Jet) Jet {
	return l.each(func(s int) *Node {
		if x[s] == nil {
			return nil
		}
		return l.Apply(k, x[s])
	})
}

func (l *lifter) bilinear(k Kind, x, y Jet) Jet {
	return l.each(func(s int) *Node {
		var terms []*Node
		for t, u := range l.splits(s) {
			if x[t] != nil && y[u] != nil {
				terms = append(terms, l.Apply(k, x[t], y[u]))
			}
		}
		return l.sum(terms)
	})
}

// splits yields the pairs of elements whose product is s.
func (l *lifter) splits(s int) func(yield func(t, u int) bool) {
	return func(yield func(t, u int) bool) {
		for t := range s + 1 {
			for u := range s + 1 {
				if l.Product(t, u) == s && !yield(t, u) {
					return
				}
			}
		}
	}
}

// derivation returns (1/|S|) Σ_{T·U=S, |T|≥1} |T| x_T∘g_U.
func (l *lifter) derivation(s int, x, g Jet) *Node {
	var terms []*Node
	for t, u := range l.splits(s) {
		if t != 0 && x[t] != nil && g[u] != nil {
			terms = append(terms, l.Mul(float64(l.Degree(t))/float64(l.Degree(s)), x[t], g[u]))
		}
	}
	return l.sum(terms)
}

// square returns c times coefficient s of y∘y.
func (l *lifter) square(s int, c float64, y Jet) *Node {
	var terms []*Node
	for t, u := range l.splits(s) {
		switch {
		case t > u || y[t] == nil || y[u] == nil:
		case t == u:
			terms = append(terms, l.Mul(c, y[t], y[u]))
		default:
			terms = append(terms, l.Mul(2*c, y[t], y[u]))
		}
	}
	return l.sum(terms)
}
