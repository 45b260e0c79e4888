package expr

import (
	"encoding/binary"
	"fmt"
	"hash"
	"sync/atomic"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A Node is a node of a Gorgonia graph.
type Node = gorgonia.Node

// A Shape is the number of rows and columns of a matrix.
type Shape struct{ Rows, Cols int }

// Size returns the number of elements.
func (s Shape) Size() int { return s.Rows * s.Cols }

func (s Shape) String() string { return fmt.Sprintf("%d×%d", s.Rows, s.Cols) }

// ShapeOf returns the shape of a node. The error wraps ErrShape if it is no matrix.
func ShapeOf(n *Node) (Shape, error) {
	s := n.Shape()
	if len(s) != 2 {
		return Shape{}, fmt.Errorf("expr: %v is no matrix but has %d indices: %w", n, len(s), ErrShape)
	}
	return Shape{s[0], s[1]}, nil
}

// A Kind is what an operation does: one of MatMul, Patch, Fold, Reshape, Combine, Mul,
// Fill, Tanh, OneMinusSquare, Exp, LogSoftmax, RowSum, Repeat and SumRows.
//
// Kinds are plain values. Two operations of kinds that print alike, on equal operands,
// have equal results.
type Kind interface {
	fmt.Stringer
	arity() int
	// shape returns the shape of the result. The operands' number is right.
	shape(in []Shape) (Shape, error)
	// eval computes the result, whose elements are zero before.
	eval(in []matrix, out matrix)
	// pullback returns the adjoint derivatives applied to grad, for the operands that are
	// wanted; others may be nil.
	pullback(b *Builder, in []*Node, out, grad *Node, want []bool) []*Node
	// jet returns the Taylor coefficients of the result.
	jet(l *lifter, in []Jet) Jet
}

// An Op is an operation of a Gorgonia graph. Every one differs from every other, also from
// those of its kind, so that Gorgonia, which tells nodes apart by hashes, never takes one
// for another.
type Op struct {
	Kind
	serial uint32
}

var serials atomic.Uint32

func newOp(k Kind) *Op { return &Op{k, serials.Add(1)} }

var _ gorgonia.SDOp = (*Op)(nil)

// Arity returns the number of operands.
func (o *Op) Arity() int { return o.arity() }

// Type says that the operands and the result are of one type.
func (o *Op) Type() hm.Type {
	types := make([]hm.Type, o.arity()+1)
	for i := range types {
		types[i] = hm.TypeVariable('a')
	}
	return hm.NewFnType(types...)
}

// InferShape returns the shape of the result. The error wraps ErrShape.
func (o *Op) InferShape(sizes ...gorgonia.DimSizer) (tensor.Shape, error) {
	in := make([]Shape, len(sizes))
	for i, s := range sizes {
		given, ok := s.(tensor.Shape)
		if !ok || len(given) != 2 {
			return nil, fmt.Errorf("expr: %v: operand %d is no matrix: %w", o, i, ErrShape)
		}
		in[i] = Shape{given[0], given[1]}
	}
	out, err := o.shape(in)
	if err != nil {
		return nil, fmt.Errorf("expr: %v of %v: %w", o, in, err)
	}
	return tensor.Shape{out.Rows, out.Cols}, nil
}

// Do computes the result, a new matrix of float64. The error wraps ErrShape.
func (o *Op) Do(values ...gorgonia.Value) (gorgonia.Value, error) {
	shapes, in := make([]gorgonia.DimSizer, len(values)), make([]matrix, len(values))
	for i, v := range values {
		shapes[i] = v.Shape()
		data, ok := v.Data().([]float64)
		if !ok || v.Shape().Dims() != 2 {
			return nil, fmt.Errorf("expr: %v: operand %d is no matrix of float64: %w", o, i, ErrShape)
		}
		in[i] = matrix{v.Shape()[0], v.Shape()[1], data}
	}
	shape, err := o.InferShape(shapes...)
	if err != nil {
		return nil, err
	}
	out := matrix{shape[0], shape[1], make([]float64, shape.TotalSize())}
	o.eval(in, out)
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(out.data)), nil
}

// DiffWRT says that there are derivatives by all operands, but for Fill's.
func (o *Op) DiffWRT(inputs int) []bool {
	_, constant := o.Kind.(Fill)
	d := make([]bool, inputs)
	for i := range d {
		d[i] = !constant
	}
	return d
}

// SymDiff returns the adjoint derivatives applied to grad.
func (o *Op) SymDiff(inputs gorgonia.Nodes, output, grad *Node) (gorgonia.Nodes, error) {
	b := &Builder{graph: output.Graph()}
	in := o.pullback(b, inputs, output, grad, o.DiffWRT(len(inputs)))
	return in, b.err
}

// ReturnsPtr is false: results are new.
func (o *Op) ReturnsPtr() bool { return false }

// CallsExtern is false.
func (o *Op) CallsExtern() bool { return false }

// OverwritesInput is -1: operands stay as they are.
func (o *Op) OverwritesInput() int { return -1 }

// WriteHash writes what no other operation does.
func (o *Op) WriteHash(h hash.Hash) {
	h.Write(binary.LittleEndian.AppendUint32(nil, o.serial))
}

// Hashcode returns a number that no other operation has.
func (o *Op) Hashcode() uint32 { return o.serial }

// A matrix holds its elements row by row.
type matrix struct {
	rows, cols int
	data       []float64
}

func (m matrix) row(i int) []float64 { return m.data[i*m.cols : (i+1)*m.cols] }
