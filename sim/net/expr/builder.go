package expr

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A Builder builds one graph. Its methods return new nodes; after an error, which Err
// reports, they return nil, so that a long expression is checked once.
type Builder struct {
	graph  *gorgonia.ExprGraph
	inputs map[string]bool
	err    error
}

// NewBuilder returns a builder of an empty graph.
func NewBuilder() *Builder {
	return &Builder{graph: gorgonia.NewGraph(), inputs: map[string]bool{}}
}

// Graph returns the graph.
func (b *Builder) Graph() *gorgonia.ExprGraph { return b.graph }

// Err returns the first error. It wraps ErrShape or ErrGraph, or is an *UnsupportedError
// where operands do not fit that operations of other packages made, or there is no operation.
func (b *Builder) Err() error { return b.err }

// Input returns a matrix that is to be supplied. Two inputs of one builder may not share
// a name, which is an error that wraps ErrGraph.
func (b *Builder) Input(name string, rows, cols int) *Node {
	switch {
	case b.err != nil:
		return nil
	case rows < 1 || cols < 1:
		b.err = fmt.Errorf("expr: input %s of shape %v: %w", name, Shape{rows, cols}, ErrShape)
		return nil
	case b.inputs[name]:
		b.err = fmt.Errorf("expr: a second input %s: %w", name, ErrGraph)
		return nil
	}
	b.inputs[name] = true
	return gorgonia.NewMatrix(b.graph, tensor.Float64, gorgonia.WithName(name), gorgonia.WithShape(rows, cols))
}

// Apply returns the result of an operation.
func (b *Builder) Apply(k Kind, in ...*Node) *Node {
	if b.err != nil {
		return nil
	}
	if k == nil {
		b.err = fmt.Errorf("expr: %w", &UnsupportedError{"nil"})
		return nil
	}
	if len(in) == 0 || len(in) != k.arity() {
		b.err = fmt.Errorf("expr: %v of %d operands, not %d: %w", k, len(in), max(1, k.arity()), ErrShape)
		return nil
	}
	for i, n := range in {
		if n == nil || n.Graph() != b.graph {
			b.err = fmt.Errorf("expr: %v: operand %d: %w", k, i, ErrGraph)
			return nil
		}
	}
	n, err := gorgonia.ApplyOp(newOp(k), in...)
	if err != nil {
		b.err = blame(err, in...)
		return nil
	}
	return n
}

// blame returns the error for operands that do not fit: that they are made by operations
// which are not of this package, if so, since what these make need be no matrix.
func blame(misfit error, in ...*Node) error {
	if _, err := Sort(in...); err != nil {
		return err
	}
	return misfit
}

// shape returns the shape of an operand. It is an error if that is no matrix.
func (b *Builder) shape(n *Node) Shape {
	s, err := ShapeOf(n)
	if err != nil {
		b.err = blame(err, n)
	}
	return s
}

// Linear returns scale · x wᵀ: every row of x, n×k, mapped by the matrix w, m×k. A
// convolution is Linear of a Patch.
func (b *Builder) Linear(scale float64, x, w *Node) *Node { return b.Apply(MatMul{NT, scale}, x, w) }

// Patch returns the patches of images; see the Kind.
func (b *Builder) Patch(p Patch, x *Node) *Node { return b.Apply(p, x) }

// Reshape returns x in another shape.
func (b *Builder) Reshape(x *Node, rows, cols int) *Node { return b.Apply(Reshape{rows, cols}, x) }

// Add returns the sum of matrices of one shape.
func (b *Builder) Add(x ...*Node) *Node {
	if len(x) == 1 {
		return x[0]
	}
	ones := make([]float64, len(x))
	for i := range ones {
		ones[i] = 1
	}
	return b.combine(ones, x)
}

// Sub returns x − y.
func (b *Builder) Sub(x, y *Node) *Node { return b.combine([]float64{1, -1}, []*Node{x, y}) }

// Scale returns c·x.
func (b *Builder) Scale(c float64, x *Node) *Node { return b.combine([]float64{c}, []*Node{x}) }

func (b *Builder) combine(coefs []float64, x []*Node) *Node {
	return b.Apply(NewCombine(coefs...), x...)
}

// Mul returns scale · x∘y, elementwise.
func (b *Builder) Mul(scale float64, x, y *Node) *Node { return b.Apply(Mul{scale}, x, y) }

// Tanh returns tanh of every element.
func (b *Builder) Tanh(x *Node) *Node { return b.Apply(Tanh{}, x) }

// Exp returns e to the power of every element.
func (b *Builder) Exp(x *Node) *Node { return b.Apply(Exp{}, x) }

// LogSoftmax returns x_ij − log Σ_k e^{x_ik}.
func (b *Builder) LogSoftmax(x *Node) *Node { return b.Apply(LogSoftmax{}, x) }

// Bias returns x with a row, 1×m, added to each of its rows.
func (b *Builder) Bias(x, row *Node) *Node {
	if b.err != nil || x == nil {
		return b.Apply(NewCombine(1, 1), x, row)
	}
	return b.Add(x, b.Apply(Repeat{b.shape(x).Rows}, row))
}

// Inner returns scale · Σ_ij x_ij y_ij, 1×1.
func (b *Builder) Inner(scale float64, x, y *Node) *Node {
	if b.err != nil || x == nil || y == nil {
		return b.Apply(MatMul{NT, scale}, x, y)
	}
	n, m := b.shape(x).Size(), b.shape(y).Size()
	return b.Linear(scale, b.Reshape(x, 1, n), b.Reshape(y, 1, m))
}

// CrossEntropy returns the mean over rows of −Σ_k y_ik log softmax(x)_ik, 1×1.
func (b *Builder) CrossEntropy(x, y *Node) *Node {
	if b.err != nil || x == nil {
		return b.Apply(LogSoftmax{}, x)
	}
	return b.Inner(-1/float64(b.shape(x).Rows), y, b.LogSoftmax(x))
}

// Operands returns the operands of a node, in order; none if it is an input.
func Operands(n *Node) []*Node {
	var in []*Node
	for it := n.Graph().From(n.ID()); it != nil && it.Next(); {
		in = append(in, it.Node().(*Node))
	}
	return in
}

// KindOf returns the kind of a node's operation, nil if the node is an input. It must be
// one of a sorted graph's.
func KindOf(n *Node) Kind {
	if op, ok := n.Op().(*Op); ok {
		return op.Kind
	}
	return nil
}

// Sort returns the nodes that outputs depend on, and outputs, operands first. The order
// is that of a depth-first walk. The error wraps ErrGraph if an output is nil, or is an
// *UnsupportedError if an operation is not of this package.
func Sort(outputs ...*Node) ([]*Node, error) {
	var order []*Node
	seen := map[*Node]bool{}
	var visit func(n *Node)
	visit = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, m := range Operands(n) {
			visit(m)
		}
		order = append(order, n)
	}
	for i, n := range outputs {
		if n == nil {
			return nil, fmt.Errorf("expr: output %d: %w", i, ErrGraph)
		}
		visit(n)
	}
	if err := refuse(order); err != nil {
		return nil, err
	}
	return order, nil
}
