package expr

import (
	"fmt"
	"slices"
)

// Combine is a linear combination Σ_i c_i x_i of matrices of one shape.
type Combine struct{ coefs []float64 }

// NewCombine returns the linear combination with the given coefficients.
func NewCombine(coefs ...float64) Combine { return Combine{slices.Clone(coefs)} }

// Coefs returns the coefficients.
func (k Combine) Coefs() []float64 { return slices.Clone(k.coefs) }

func (k Combine) String() string { return fmt.Sprintf("combine %v", k.coefs) }

func (k Combine) arity() int { return len(k.coefs) }

func (Combine) shape(in []Shape) (Shape, error) { return equal(in) }

func equal(in []Shape) (Shape, error) {
	if len(in) == 0 {
		return Shape{}, ErrShape
	}
	for _, s := range in {
		if s != in[0] {
			return Shape{}, ErrShape
		}
	}
	return in[0], nil
}

func (k Combine) eval(in []matrix, out matrix) {
	for i, c := range k.coefs {
		for j, v := range in[i].data {
			out.data[j] += c * v
		}
	}
}

func (k Combine) pullback(b *Builder, in []*Node, _, grad *Node, want []bool) []*Node {
	down := make([]*Node, len(in))
	for i, c := range k.coefs {
		switch {
		case !want[i]:
		case c == 1:
			down[i] = grad
		default:
			down[i] = b.Scale(c, grad)
		}
	}
	return down
}

func (k Combine) jet(l *lifter, in []Jet) Jet {
	return l.each(func(s int) *Node {
		var coefs []float64
		var terms []*Node
		for i, x := range in {
			if x[s] != nil {
				coefs, terms = append(coefs, k.coefs[i]), append(terms, x[s])
			}
		}
		if terms == nil {
			return nil
		}
		return l.combine(coefs, terms)
	})
}

// Mul is the elementwise product x∘y, times Scale.
type Mul struct{ Scale float64 }

func (k Mul) String() string { return fmt.Sprintf("%v x∘y", k.Scale) }

func (Mul) arity() int { return 2 }

func (Mul) shape(in []Shape) (Shape, error) { return equal(in) }

func (k Mul) eval(in []matrix, out matrix) {
	for i, v := range in[0].data {
		out.data[i] = k.Scale * v * in[1].data[i]
	}
}

func (k Mul) pullback(b *Builder, in []*Node, _, grad *Node, want []bool) []*Node {
	down := make([]*Node, 2)
	for i := range down {
		if want[i] {
			down[i] = b.Mul(k.Scale, grad, in[1-i])
		}
	}
	return down
}

func (k Mul) jet(l *lifter, in []Jet) Jet { return l.bilinear(k, in[0], in[1]) }

// Fill is a matrix of the operand's shape all of whose elements are Value.
type Fill struct{ Value float64 }

func (k Fill) String() string { return fmt.Sprintf("fill with %v", k.Value) }

func (Fill) arity() int { return 1 }

func (Fill) shape(in []Shape) (Shape, error) { return in[0], nil }

func (k Fill) eval(_ []matrix, out matrix) {
	for i := range out.data {
		out.data[i] = k.Value
	}
}

func (Fill) pullback(_ *Builder, _ []*Node, _, _ *Node, _ []bool) []*Node { return []*Node{nil} }

func (k Fill) jet(l *lifter, in []Jet) Jet {
	y := make(Jet, l.Len())
	y[0] = l.Apply(k, in[0][0])
	return y
}
