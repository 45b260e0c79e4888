package value

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
)

// A Sum is a linear combination of plain values: a *Series or a *Comparison.
type Sum interface {
	// summands returns what is summed: each diagram, or value class, with its coefficient, by
	// increasing numbers of edges. The error is the context's.
	summands(ctx context.Context) ([]summand, error)
	series() *Series // whose observable, form and order the sum has
}

type summand struct {
	diagram     diagram.Diagram // the value class, or the diagram itself
	member      diagram.Diagram // a diagram of that class in the series
	coefficient *big.Rat
}

func (s *Series) series() *Series { return s }

func (s *Series) summands(ctx context.Context) ([]summand, error) {
	classes, err := s.classes(ctx)
	var list []summand
	for _, c := range classes {
		list = append(list, summand{c.Representative, c.Members[0].Diagram, c.Coefficient})
	}
	return list, err
}

func (c *Comparison) series() *Series { return c.First }

func (c *Comparison) summands(ctx context.Context) ([]summand, error) {
	difference := &Series{Observable: c.First.Observable}
	for _, d := range c.Terms {
		difference.Terms = append(difference.Terms, Term{Diagram: d.Diagram(), Coefficient: d.Coefficient})
	}
	return difference.summands(ctx)
}

// A Point is where in weight space values are evaluated, and over which numbers.
type Point[T any] struct {
	Ring       mobius.Algebra[T]
	Statistics tensor.Statistics[T]
	Metric     tensor.Metric[T] // η^{μν}/η; the zero Metric is the identity
	Theta      []*big.Rat       // θ_0; only polynomial quantities need it
}

// ExactPoint returns the initial point of a landscape over the exact rationals.
func ExactPoint(l tensor.Landscape) Point[*big.Rat] {
	return Point[*big.Rat]{Ring: mobius.Rational{}, Statistics: tensor.Cache(l.Statistics()), Theta: l.Theta()}
}

// FloatPoint returns the initial point of a landscape over float64: its statistics are
// computed exactly and then rounded.
func FloatPoint(l tensor.Landscape) Point[float64] {
	exact := tensor.Cache(l.Statistics())
	return Point[float64]{Ring: mobius.Float64{}, Statistics: tensor.Convert(mobius.Float64{}, exact), Theta: l.Theta()}
}

// An Expansion is a polynomial in η whose coefficients are tensors: numbers for losses,
// vectors for displacements, matrices for covariances of weights.
type Expansion[T any] struct {
	ring mobius.Algebra[T]
	// Coefficients holds the coefficient of η^d at index d.
	Coefficients []*tensor.Dense[T]
}

// At returns the sum through order d at a learning rate: Σ_{k≤d} Coefficients[k] η^k. An
// order beyond the last means the last.
func (e *Expansion[T]) At(eta T, order int) (*tensor.Dense[T], error) {
	last := min(order, len(e.Coefficients)-1)
	if last < 0 {
		return nil, fmt.Errorf("value: %w: %d", ErrOrder, order)
	}
	sum := e.Coefficients[last]
	for k := last - 1; k >= 0; k-- {
		var err error
		if sum, err = tensor.Add(e.ring, tensor.Scale(e.ring, eta, sum), e.Coefficients[k]); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// Evaluate returns the sum with plain values taken at a point: every node of degree k is
// a tensor ∇^k l_x, every part a joint cumulant or, in moment form, moment over x of its
// nodes' tensors, and every edge contracts an index of its two ends with the metric.
//
// Exact statistics give exact coefficients, for which values in cumulants may be computed as
// sums of moments. The work grows with P to the power of the number of indices of the
// largest part, where P is the dimension of weight space; the error wraps tensor.ErrTooLarge
// where that is too much. If the context ends, the expansion through the last order that is
// complete, if any is, comes with its error.
func Evaluate[T any](ctx context.Context, s Sum, p Point[T]) (*Expansion[T], error) {
	e := evaluator[T]{p, s.series()}
	x := &Expansion[T]{ring: p.Ring}
	for range e.Order + 1 {
		zero, err := tensor.New(p.Statistics.Dim(), e.Observable.Rank(), p.Ring.Int(new(big.Int)))
		if err != nil {
			return nil, err
		}
		x.Coefficients = append(x.Coefficients, zero)
	}
	list, err := s.summands(ctx)
	if err != nil {
		return nil, err
	}
	if _, exact := any(p.Ring).(mobius.Rational); exact && e.Form == embed.Cumulant && fewerInMoments(list, p.Statistics.Dim()) {
		moments := *e.Series
		moments.Form = embed.Moment
		e.Series = &moments
		if list, err = inMoments(ctx, list, e.Observable); err != nil {
			return nil, err
		}
	}
	for _, term := range list {
		d := term.diagram.Edges()
		if err := ctx.Err(); err != nil {
			return x.before(d), err
		}
		v, err := e.value(ctx, term.diagram)
		if err != nil && ctx.Err() != nil {
			return x.before(d), err
		}
		if err != nil {
			return nil, fmt.Errorf("value: %v: %w", term.member, err)
		}
		v = tensor.Scale(p.Ring, p.Ring.Rat(term.coefficient), v)
		if x.Coefficients[d], err = tensor.Add(p.Ring, x.Coefficients[d], v); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// before returns the expansion through the order before d, or nil if there is none.
func (e *Expansion[T]) before(d int) *Expansion[T] {
	if d == 0 {
		return nil
	}
	return &Expansion[T]{e.ring, e.Coefficients[:d]}
}

// PlainValue returns the plain value of one diagram of an observable's series, of the
// rank of the observable.
func PlainValue[T any](d diagram.Diagram, o Observable, form embed.Form, p Point[T]) (*tensor.Dense[T], error) {
	if d.Roots() != len(o.roots()) || d.Tied() && !o.isLoss() || !o.allows(d) {
		return nil, fmt.Errorf("value: %w: %v is no diagram of %v", ErrObservable, d, o)
	}
	e := evaluator[T]{p, &Series{Observable: o, Form: form}}
	return e.value(context.Background(), d)
}

type evaluator[T any] struct {
	Point[T]
	*Series
}

// value contracts the tensors of a diagram's parts along its edges.
func (e evaluator[T]) value(ctx context.Context, d diagram.Diagram) (*tensor.Dense[T], error) {
	n := network[T]{Point: e.Point}
	n.connect(d)
	inner := d.Edges()
	for _, nodes := range d.Parts() {
		if err := e.addPart(ctx, &n, d, nodes, inner); err != nil {
			return nil, err
		}
	}
	return n.contract(ctx)
}

// addPart adds the tensor of one part to the network.
func (e evaluator[T]) addPart(ctx context.Context, n *network[T], d diagram.Diagram, nodes []int, inner int) error {
	if root := nodes[0]; root >= inner {
		switch q := e.Observable.roots()[root-inner]; q.kind {
		case weightQuantity:
			n.open = append(n.open, n.ends[root]...)
			return nil
		case polynomialQuantity:
			t, err := q.derivative(e.Theta, len(n.ends[root]))
			if err != nil {
				return err
			}
			n.add(tensor.Map(t, e.Ring.Rat), n.ends[root])
			return nil
		}
	}
	orders := make([]int, len(nodes))
	var labels []int
	for i, v := range nodes {
		orders[i] = len(n.ends[v])
		labels = append(labels, n.ends[v]...)
	}
	t, err := e.statistic(ctx, orders)
	if err != nil {
		return err
	}
	n.add(t, labels)
	return nil
}

// statistic returns the joint cumulant, or moment, of derivatives of the given orders.
func (e evaluator[T]) statistic(ctx context.Context, orders []int) (*tensor.Dense[T], error) {
	if e.Form == embed.Moment {
		return tensor.MomentContext(ctx, e.Statistics, orders)
	}
	return tensor.CumulantContext[T](ctx, e.Ring, e.Statistics, orders)
}

// A network is a set of tensors with labelled indices; equal labels are summed over.
type network[T any] struct {
	Point[T]
	edges   int     // the edges are those from nodes 0,…,edges−1 to their parents
	ends    [][]int // the labels of each node's edges
	tensors []*tensor.Dense[T]
	labels  [][]int
	open    []int
}

// connect gives each edge a label; an edge on which the metric stands has two.
func (n *network[T]) connect(d diagram.Diagram) {
	n.edges, n.ends = d.Edges(), make([][]int, d.Nodes())
	for v, up := range d.Parents() {
		if up < 0 {
			continue
		}
		lower, upper := 2*v, 2*v
		if !n.Metric.IsIdentity() {
			upper++
		}
		n.ends[v] = append(n.ends[v], lower)
		n.ends[up] = append(n.ends[up], upper)
	}
}

func (n *network[T]) add(t *tensor.Dense[T], labels []int) {
	n.tensors = append(n.tensors, t)
	n.labels = append(n.labels, labels)
}

func (n *network[T]) contract(ctx context.Context) (*tensor.Dense[T], error) {
	dim := n.Statistics.Dim()
	if !n.Metric.IsIdentity() {
		m, err := n.Metric.Dense(n.Ring, dim)
		if err != nil {
			return nil, err
		}
		for v := range n.edges {
			n.add(m, []int{2 * v, 2*v + 1})
		}
	}
	plan, err := tensor.PlanContraction(dim, n.labels, n.open)
	if err != nil {
		return nil, err
	}
	return tensor.ContractContext[T](ctx, n.Ring, plan, n.tensors)
}
