package expr

import "fmt"

// Reshape is the same elements in the same order, row by row, as a matrix of another
// shape.
type Reshape struct{ Rows, Cols int }

func (k Reshape) String() string { return "reshape to " + Shape(k).String() }

func (Reshape) arity() int { return 1 }

func (k Reshape) shape(in []Shape) (Shape, error) {
	if k.Rows < 1 || in[0].Size() != Shape(k).Size() {
		return Shape{}, ErrShape
	}
	return Shape(k), nil
}

func (Reshape) eval(in []matrix, out matrix) { copy(out.data, in[0].data) }

func (k Reshape) pullback(b *Builder, in []*Node, _, grad *Node, _ []bool) []*Node {
	s := b.shape(in[0])
	return []*Node{b.Reshape(grad, s.Rows, s.Cols)}
}

func (k Reshape) jet(l *lifter, in []Jet) Jet { return l.linear(k, in[0]) }

// Repeat is a matrix of Rows copies of one row.
type Repeat struct{ Rows int }

func (k Repeat) String() string { return fmt.Sprintf("repeat %d", k.Rows) }

func (Repeat) arity() int { return 1 }

func (k Repeat) shape(in []Shape) (Shape, error) {
	if k.Rows < 1 || in[0].Rows != 1 {
		return Shape{}, ErrShape
	}
	return Shape{k.Rows, in[0].Cols}, nil
}

func (Repeat) eval(in []matrix, out matrix) {
	for i := range out.rows {
		copy(out.row(i), in[0].data)
	}
}

func (Repeat) pullback(b *Builder, _ []*Node, _, grad *Node, _ []bool) []*Node {
	return []*Node{b.Apply(SumRows{}, grad)}
}

func (k Repeat) jet(l *lifter, in []Jet) Jet { return l.linear(k, in[0]) }

// SumRows is the sum of the rows, a single one. It is the adjoint of Repeat.
type SumRows struct{}

func (SumRows) String() string { return "sum of rows" }

func (SumRows) arity() int { return 1 }

func (SumRows) shape(in []Shape) (Shape, error) { return Shape{1, in[0].Cols}, nil }

func (SumRows) eval(in []matrix, out matrix) {
	for i := range in[0].rows {
		for j, v := range in[0].row(i) {
			out.data[j] += v
		}
	}
}

func (SumRows) pullback(b *Builder, in []*Node, _, grad *Node, _ []bool) []*Node {
	return []*Node{b.Apply(Repeat{b.shape(in[0]).Rows}, grad)}
}

func (k SumRows) jet(l *lifter, in []Jet) Jet { return l.linear(k, in[0]) }
