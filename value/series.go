package value

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

var (
	// ErrOrder reports an order below 0, or one with too many diagrams.
	ErrOrder = errors.New("no such order")
	// ErrMismatch reports series that cannot be compared.
	ErrMismatch = errors.New("the series have different observables, forms or orders")
)

// MaxOrder is the highest order of a series: beyond it there are millions of diagrams. To
// expand to order 8 on SGD without reshuffling takes some seven seconds of one processor's
// time and a third of a gigabyte, to order 7 half a second.
const MaxOrder = 8

// A Term is one diagram's part of a series: Coefficient times η^Order times the plain
// value of the diagram.
type Term struct {
	Diagram diagram.Diagram
	Maps    *big.Int // the number of maps of the non-root nodes into the grid; nil for dynamics without one
	Aut     *big.Int // |Aut(D)|
	// Weight is W(D), the sum over maps of the product of weights, with the factors that
	// the observable adds: see Expand.
	Weight *big.Rat
	// Coefficient is (−1)^d Weight/Aut, for d edges; for a root-joined diagram of the
	// generalization gap, minus that.
	Coefficient *big.Rat
}

// Order returns the power of η: the number of edges.
func (t Term) Order() int { return t.Diagram.Edges() }

// Weighted returns Weight/Aut, the sum over embeddings f of the product of weights over
// |Aut_f|.
func (t Term) Weighted() *big.Rat {
	return new(big.Rat).Quo(t.Weight, new(big.Rat).SetInt(t.Aut))
}

// A Series is the expansion of an observable in powers of η: the sum of its terms, in
// which the diagrams' plain values still stand as they are.
type Series struct {
	Observable Observable
	Form       embed.Form
	Order      int
	Terms      []Term // those with a weight other than 0, in the order of diagram.Compare
}

// Expand returns the series, through the given order, of what an observable is after
// training on a grid (P Theorem 3, exact to every order in η):
//
//	E[l(θ_T)] = Σ_D (−η)^{edges(D)} / |Aut(D)| · W(D) · value(D)
//
// over the diagrams with an untied root for a test-set quantity. In cumulant form W(D)
// sums over all maps and values are products of joint cumulants; in moment form
// different parts lie in different rows and values are products of moments. The other
// observables differ in the diagrams and in the weights:
//
//   - train loss: diagrams with a tied root, too; W has a factor 1/N for them. In moment
//     form, where an untied root occupies a row unlike those of the p parts, it has a
//     factor (N−p)/N for the others.
//   - gap: in cumulant form minus the diagrams with a tied root; in moment form also the
//     untied ones, with a factor p/N (P Theorem 3).
//   - covariances: diagrams with two roots; in cumulant form just the bridged ones, in
//     moment form all, and for those that are not bridged W is that of the whole minus
//     the product of those of the two trees.
//   - a root that stands for weights has one child.
//
// The error wraps ErrOrder if order is not among 0,…,MaxOrder; it is the context's if that
// ends, or says why embeddings could not be counted. If the context ends after order 0, the
// series through the last order that is complete comes with the error.
func Expand(ctx context.Context, g embed.Grid, o Observable, order int, form embed.Form) (*Series, error) {
	return ExpandWith(ctx, embed.NewCounter(g), o, order, form)
}

// ExpandWith is Expand for any dynamics, for a grid by its Counter, which keeps what it
// has counted. Means and covariances are over training sets and over whatever else the
// dynamics draws at random: noise, or the orders of reshuffled epochs.
//
// Where there is no training set the error wraps embed.ErrTraining for the train loss, the
// gap and the moment form.
func ExpandWith(ctx context.Context, dynamics embed.Dynamics, o Observable, order int, form embed.Form) (*Series, error) {
	return ExpandWorkers(ctx, dynamics, o, order, form, 1)
}

// ExpandWorkers is ExpandWith by some workers, or one per processor that Go may use if
// workers is less than 1: they count the embeddings of so many diagrams at a time. The series
// and the error are the same for any number.
func ExpandWorkers(ctx context.Context, dynamics embed.Dynamics, o Observable, order int, form embed.Form, workers int) (*Series, error) {
	if err := checkOrder(order); err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	s := &Series{Observable: o, Form: form, Order: -1}
	if dynamics.Rows() == 0 && (o.kind == train || o.kind == gap) {
		return nil, fmt.Errorf("value: %v: %w", o, embed.ErrTraining)
	}
	w := weigher{ctx, dynamics, form}
	for edges := range order + 1 {
		terms, err := o.terms(w, edges, workers)
		if err != nil {
			err = fmt.Errorf("value: order %d of %v: %w", edges, o, err)
			if edges > 0 && ctx.Err() != nil {
				return s, err
			}
			return nil, err
		}
		s.Order, s.Terms = edges, append(s.Terms, terms...)
	}
	return s, nil
}

func checkOrder(order int) error {
	switch {
	case order < 0:
		return fmt.Errorf("%w: %d is negative", ErrOrder, order)
	case order <= MaxOrder:
		return nil
	}
	n, err := diagram.Count(order, diagram.Single)
	if err != nil {
		return fmt.Errorf("%w: %d is above %d", ErrOrder, order, MaxOrder)
	}
	return fmt.Errorf("%w: %d is above %d, and it has %v diagrams", ErrOrder, order, MaxOrder, n)
}

// terms returns the terms with the given number of edges.
func (o Observable) terms(w weigher, edges, workers int) ([]Term, error) {
	var terms []Term
	for _, f := range o.families(w) {
		seq, err := diagram.EnumerateAut(w.ctx, edges, f.options)
		if err != nil {
			return nil, err
		}
		more, err := f.weighShares(w, o.shares(seq), workers)
		if err == nil {
			err = w.ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		terms = append(terms, more...)
	}
	slices.SortFunc(terms, func(a, b Term) int { return diagram.Compare(a.Diagram, b.Diagram) })
	return terms, nil
}

func newTerm(d diagram.Diagram, aut uint64, count embed.Count, negative bool) Term {
	t := Term{Diagram: d, Maps: count.Maps, Aut: new(big.Int).SetUint64(aut), Weight: count.Weight}
	t.Coefficient = t.Weighted()
	if (t.Order()%2 == 1) != negative {
		t.Coefficient.Neg(t.Coefficient)
	}
	return t
}

// A Class is the part of a series that shares a plain value.
type Class struct {
	Representative diagram.Diagram // the value class, by diagram.Diagram.Class
	Members        []Term
	Coefficient    *big.Rat // the sum of the members' coefficients
}

// Order returns the power of η.
func (c Class) Order() int { return c.Representative.Edges() }

// Classes groups the terms by value class, in the order of diagram.Compare; a class whose
// coefficients cancel is left out. Plain values depend on nothing but the value class
// for the mean, test and train losses and their gap; for other observables every diagram
// is a class by itself.
func (s *Series) Classes() []Class {
	classes, _ := s.classes(context.Background())
	return classes
}

// classes is Classes, until the context ends.
func (s *Series) classes(ctx context.Context) ([]Class, error) {
	index := map[diagram.Diagram]int{}
	var classes []Class
	for _, t := range s.Terms {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		key := s.Observable.class(t.Diagram)
		i, ok := index[key]
		if !ok {
			i = len(classes)
			index[key] = i
			classes = append(classes, Class{Representative: key, Coefficient: new(big.Rat)})
		}
		classes[i].Members = append(classes[i].Members, t)
		classes[i].Coefficient.Add(classes[i].Coefficient, t.Coefficient)
	}
	classes = slices.DeleteFunc(classes, func(c Class) bool { return c.Coefficient.Sign() == 0 })
	slices.SortFunc(classes, func(a, b Class) int { return diagram.Compare(a.Representative, b.Representative) })
	return classes, nil
}

// class returns what the plain value of d depends on.
func (o Observable) class(d diagram.Diagram) diagram.Diagram {
	if o.isLoss() {
		return d.Class()
	}
	return d
}
