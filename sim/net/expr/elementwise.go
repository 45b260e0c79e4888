package expr

import "math"

// Tanh is tanh of every element.
type Tanh struct{}

func (Tanh) String() string { return "tanh" }

func (Tanh) arity() int { return 1 }

func (Tanh) shape(in []Shape) (Shape, error) { return in[0], nil }

func (Tanh) eval(in []matrix, out matrix) { mapTo(out, in[0], math.Tanh) }

func mapTo(out, in matrix, f func(float64) float64) {
	for i, v := range in.data {
		out.data[i] = f(v)
	}
}

func (Tanh) pullback(b *Builder, _ []*Node, out, grad *Node, _ []bool) []*Node {
	return []*Node{b.Mul(1, grad, b.Apply(OneMinusSquare{}, out))}
}

// jet solves E y = g∘E x, g = 1 − y², for the derivation E that multiplies a coefficient
// by its degree.
func (Tanh) jet(l *lifter, in []Jet) Jet {
	x, y, g := in[0], make(Jet, l.Len()), make(Jet, l.Len())
	y[0] = l.Tanh(x[0])
	g[0] = l.Apply(OneMinusSquare{}, y[0])
	for _, s := range l.ascending() {
		y[s] = l.derivation(s, x, g)
		g[s] = l.square(s, -1, y)
	}
	return y
}

// OneMinusSquare is 1 − y² of every element, the derivative of tanh in terms of tanh.
type OneMinusSquare struct{}

func (OneMinusSquare) String() string { return "1-y²" }

func (OneMinusSquare) arity() int { return 1 }

func (OneMinusSquare) shape(in []Shape) (Shape, error) { return in[0], nil }

func (OneMinusSquare) eval(in []matrix, out matrix) {
	mapTo(out, in[0], func(y float64) float64 { return 1 - y*y })
}

func (OneMinusSquare) pullback(b *Builder, in []*Node, _, grad *Node, _ []bool) []*Node {
	return []*Node{b.Mul(-2, grad, in[0])}
}

func (OneMinusSquare) jet(l *lifter, in []Jet) Jet {
	g := make(Jet, l.Len())
	g[0] = l.Apply(OneMinusSquare{}, in[0][0])
	for _, s := range l.ascending() {
		g[s] = l.square(s, -1, in[0])
	}
	return g
}

// Exp is e to the power of every element.
type Exp struct{}

func (Exp) String() string { return "exp" }

func (Exp) arity() int { return 1 }

func (Exp) shape(in []Shape) (Shape, error) { return in[0], nil }

func (Exp) eval(in []matrix, out matrix) { mapTo(out, in[0], math.Exp) }

func (Exp) pullback(b *Builder, _ []*Node, out, grad *Node, _ []bool) []*Node {
	return []*Node{b.Mul(1, grad, out)}
}

// jet solves E y = y∘E x.
func (Exp) jet(l *lifter, in []Jet) Jet {
	y := make(Jet, l.Len())
	y[0] = l.Exp(in[0][0])
	for _, s := range l.ascending() {
		y[s] = l.derivation(s, in[0], y)
	}
	return y
}
