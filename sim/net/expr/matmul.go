package expr

import "fmt"

// A Form says which factor of a product of matrices is transposed.
type Form int

const (
	NT Form = iota // a·bᵀ
	NN             // a·b
	TN             // aᵀ·b
)

func (f Form) String() string {
	switch f {
	case NT:
		return "a·bᵀ"
	case NN:
		return "a·b"
	case TN:
		return "aᵀ·b"
	}
	return fmt.Sprintf("Form(%d)", int(f))
}

// MatMul is Scale times a product of two matrices. The derivatives of each form are of
// the three forms.
type MatMul struct {
	Form  Form
	Scale float64
}

func (k MatMul) String() string { return fmt.Sprintf("%v %v", k.Scale, k.Form) }

func (MatMul) arity() int { return 2 }

func (k MatMul) shape(in []Shape) (Shape, error) {
	a, b := in[0], in[1]
	var out Shape
	var fits bool
	switch k.Form {
	case NT:
		out, fits = Shape{a.Rows, b.Rows}, a.Cols == b.Cols
	case NN:
		out, fits = Shape{a.Rows, b.Cols}, a.Cols == b.Rows
	case TN:
		out, fits = Shape{a.Cols, b.Cols}, a.Rows == b.Rows
	}
	if !fits {
		return Shape{}, ErrShape
	}
	return out, nil
}

func (k MatMul) eval(in []matrix, out matrix) {
	a, b := in[0], in[1]
	at := func(m matrix, i, j int) float64 { return m.data[i*m.cols+j] }
	inner := a.cols
	if k.Form == TN {
		inner = a.rows
	}
	for i := range out.rows {
		for j := range out.cols {
			sum := 0.0
			for l := range inner {
				switch k.Form {
				case NT:
					sum += at(a, i, l) * at(b, j, l)
				case NN:
					sum += at(a, i, l) * at(b, l, j)
				case TN:
					sum += at(a, l, i) * at(b, l, j)
				}
			}
			out.data[i*out.cols+j] = k.Scale * sum
		}
	}
}

func (k MatMul) pullback(b *Builder, in []*Node, _, grad *Node, want []bool) []*Node {
	product := func(f Form, x, y *Node) *Node { return b.Apply(MatMul{f, k.Scale}, x, y) }
	down := make([]*Node, 2)
	if want[0] {
		switch k.Form {
		case NT:
			down[0] = product(NN, grad, in[1])
		case NN:
			down[0] = product(NT, grad, in[1])
		case TN:
			down[0] = product(NT, in[1], grad)
		}
	}
	if want[1] {
		switch k.Form {
		case NT:
			down[1] = product(TN, grad, in[0])
		case NN:
			down[1] = product(TN, in[0], grad)
		case TN:
			down[1] = product(NN, in[0], grad)
		}
	}
	return down
}

func (k MatMul) jet(l *lifter, in []Jet) Jet { return l.bilinear(k, in[0], in[1]) }
