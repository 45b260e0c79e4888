package expr

import "fmt"

// Gradient returns the gradient of the sum of y's elements with respect to some nodes, as
// new nodes of the same graph: reverse mode. It may be taken of gradients again.
//
// Only what leads from y to the nodes is differentiated. A node that y does not depend on
// has gradient zero. The error is that of Sort, or wraps ErrGraph.
func Gradient(b *Builder, y *Node, by ...*Node) ([]*Node, error) {
	order, err := Sort(y)
	if err != nil {
		return nil, err
	}
	active := map[*Node]bool{}
	for i, n := range by {
		if n == nil || n.Graph() != b.graph {
			return nil, fmt.Errorf("expr: gradient by node %d: %w", i, ErrGraph)
		}
		active[n] = true
	}
	for _, n := range order {
		for _, m := range Operands(n) {
			active[n] = active[n] || active[m]
		}
	}
	terms := map[*Node][]*Node{y: {b.Apply(Fill{1}, y)}}
	for i := len(order) - 1; i >= 0; i-- {
		n := order[i]
		if !active[n] || terms[n] == nil {
			continue
		}
		grad := b.Add(terms[n]...)
		terms[n] = []*Node{grad}
		if err := pull(b, n, grad, active, terms); err != nil {
			return nil, err
		}
	}
	gradients := make([]*Node, len(by))
	for i, n := range by {
		if terms[n] == nil {
			gradients[i] = b.Apply(Fill{0}, n)
		} else {
			gradients[i] = terms[n][0]
		}
	}
	return gradients, b.err
}

// pull adds to the terms of a node's operands.
func pull(b *Builder, n, grad *Node, active map[*Node]bool, terms map[*Node][]*Node) error {
	k := KindOf(n)
	if k == nil {
		return nil
	}
	in := Operands(n)
	want := make([]bool, len(in))
	for j, m := range in {
		want[j] = active[m]
	}
	for j, g := range k.pullback(b, in, n, grad, want) {
		if want[j] && g != nil {
			terms[in[j]] = append(terms[in[j]], g)
		}
	}
	return b.err
}
