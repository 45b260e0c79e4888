package expr

import "math"

// LogSoftmax is x_ij − log Σ_k e^{x_ik}.
type LogSoftmax struct{}

func (LogSoftmax) String() string { return "log softmax" }

func (LogSoftmax) arity() int { return 1 }

func (LogSoftmax) shape(in []Shape) (Shape, error) { return in[0], nil }

func (LogSoftmax) eval(in []matrix, out matrix) {
	for i := range out.rows {
		x, y := in[0].row(i), out.row(i)
		largest := math.Inf(-1)
		for _, v := range x {
			largest = math.Max(largest, v)
		}
		sum := 0.0
		for _, v := range x {
			sum += math.Exp(v - largest)
		}
		for j, v := range x {
			y[j] = v - largest - math.Log(sum)
		}
	}
}

func (LogSoftmax) pullback(b *Builder, _ []*Node, out, grad *Node, _ []bool) []*Node {
	return []*Node{b.Sub(grad, b.Mul(1, b.Exp(out), b.Apply(RowSum{}, grad)))}
}

// jet solves E y = E x − Σ_row p∘E x, with p = e^y, so E p = p∘E y.
func (LogSoftmax) jet(l *lifter, in []Jet) Jet {
	x, y, p := in[0], make(Jet, l.Len()), make(Jet, l.Len())
	y[0] = l.LogSoftmax(x[0])
	p[0] = l.Exp(y[0])
	for _, s := range l.ascending() {
		if inner := l.derivation(s, x, p); inner != nil {
			mean := l.Apply(RowSum{}, inner)
			if x[s] == nil {
				y[s] = l.Scale(-1, mean)
			} else {
				y[s] = l.Sub(x[s], mean)
			}
		}
		p[s] = l.derivation(s, y, p)
	}
	return y
}

// RowSum is a matrix of the operand's shape each of whose elements is the sum of its row.
type RowSum struct{}

func (RowSum) String() string { return "row sum" }

func (RowSum) arity() int { return 1 }

func (RowSum) shape(in []Shape) (Shape, error) { return in[0], nil }

func (RowSum) eval(in []matrix, out matrix) {
	for i := range out.rows {
		sum := 0.0
		for _, v := range in[0].row(i) {
			sum += v
		}
		for j := range out.cols {
			out.row(i)[j] = sum
		}
	}
}

func (RowSum) pullback(b *Builder, _ []*Node, _, grad *Node, _ []bool) []*Node {
	return []*Node{b.Apply(RowSum{}, grad)}
}

func (k RowSum) jet(l *lifter, in []Jet) Jet { return l.linear(k, in[0]) }
