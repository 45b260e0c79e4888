package value

import (
	"context"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/tensor"
)

// A piece is the tensor of a part of a diagram, or of a root. Its axes are ends of edges.
// An edge goes by the label v of its child: its lower end, at the child, is 2v and its
// upper end 2v+1.
type piece[T any] struct {
	part   int
	tensor *tensor.Dense[T]
	ends   []int
	orders []int // of the derivatives: how many of the ends each has
}

// nodeEnds lists the ends of edges at a node.
func nodeEnds(v int, parents []int, kids [][]int) []int {
	var ends []int
	for _, kid := range kids[v] {
		ends = append(ends, 2*kid+1)
	}
	if parents[v] >= 0 {
		ends = append(ends, 2*v)
	}
	return ends
}

// pieces returns the cumulants that a diagram's value consists of, in the order of its
// parts; statistic computes those of derivatives of losses. Roots that stand for weights have
// none: the upper ends of their edges are open.
func (e evaluator[T]) pieces(ctx context.Context, d diagram.Diagram, statistic func(ctx context.Context, orders []int) (*tensor.Dense[T], error)) (list []piece[T], open []int, err error) {
	parents, kids, inner := d.Parents(), d.Children(), d.Edges()
	for part, nodes := range d.Parts() {
		p := piece[T]{part: part}
		p.orders = make([]int, len(nodes))
		for i, v := range nodes {
			ends := nodeEnds(v, parents, kids)
			p.orders[i] = len(ends)
			p.ends = append(p.ends, ends...)
		}
		kind := lossQuantity
		var q Quantity
		if root := nodes[0]; root >= inner {
			q = e.Observable.roots()[root-inner]
			kind = q.kind
		}
		switch kind {
		case weightQuantity:
			open = append(open, p.ends...)
			continue
		case polynomialQuantity:
			t, err := q.derivative(e.Theta, p.orders[0])
			if err != nil {
				return nil, nil, err
			}
			p.tensor = tensor.Map(t, e.Ring.Rat)
		default:
			if p.tensor, err = statistic(ctx, p.orders); err != nil {
				return nil, nil, err
			}
		}
		list = append(list, p)
	}
	return list, open, nil
}
