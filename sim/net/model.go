package net

import (
	"fmt"
	"math/rand/v2"

	"github.com/perturb-go/perturb/sim/net/expr"
)

// A Model is a smooth loss of weights and of data, where a datum is an input and a target.
type Model struct {
	// Name names the model: models of equal names are equal.
	Name string
	// Inputs and Targets are how many numbers make a datum's input and target.
	Inputs, Targets int
	// Weights are the shapes of the weight matrices. A point θ of weight space is their
	// elements, row by row, one matrix after the other.
	Weights []expr.Shape
	// Build builds the mean loss of a batch, 1×1, out of the inputs x, a row for each
	// datum, the targets y, likewise, and the weights. A classifier, whose targets are 1
	// at the class and 0 elsewhere, also returns its scores, a row for each datum, the
	// largest at the class that it chooses; others return nil. An error is left to b.
	Build func(b *expr.Builder, x, y *expr.Node, w []*expr.Node) (loss, scores *expr.Node)
}

// Dim returns the number of weights.
func (m Model) Dim() int {
	dim := 0
	for _, s := range m.Weights {
		dim += s.Size()
	}
	return dim
}

// Start returns weights drawn independently from the standard normal distribution: the
// initialization, numbered by a seed, of models that scale their weights accordingly, as
// all of this package do. The same seed and number of weights give the same weights.
func (m Model) Start(seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	theta := make([]float64, m.Dim())
	for i := range theta {
		theta[i] = r.NormFloat64()
	}
	return theta
}

// check reports whether the model can be built and differentiated, for batches of all sizes
// that programs are compiled for.
func (m Model) check() error {
	if m.Inputs < 1 || m.Targets < 1 || len(m.Weights) == 0 || m.Build == nil {
		return fmt.Errorf("net: model %s: %d inputs, %d targets and %d weight matrices: %w",
			m.Name, m.Inputs, m.Targets, len(m.Weights), ErrModel)
	}
	for _, batch := range batches {
		for _, what := range []quantity{{}, {gradient: true}, {scores: true}} {
			if _, err := m.express(what, batch); err != nil {
				return fmt.Errorf("net: model %s: batches of %d: %w", m.Name, batch, err)
			}
		}
	}
	return nil
}

// A quantity is what a program computes: the loss or its gradient, differentiated along
// some directions, or the scores.
type quantity struct {
	along            int
	gradient, scores bool
}

// An expression is a quantity as a graph: of the inputs, the targets, the weights, and the
// directions' parts for each weight matrix, in this order.
type expression struct {
	inputs, outputs []*expr.Node
}

// express builds a quantity of a batch.
func (m Model) express(q quantity, batch int) (expression, error) {
	plain := expr.NewBuilder()
	x, y := plain.Input("x", batch, m.Inputs), plain.Input("y", batch, m.Targets)
	w := m.matrices(plain, "w")
	loss, scores := m.Build(plain, x, y, w)
	if err := plain.Err(); err != nil {
		return expression{}, err
	}
	if q.scores {
		if scores == nil {
			return expression{}, nil
		}
		if s, err := expr.ShapeOf(scores); err != nil || s != (expr.Shape{Rows: batch, Cols: m.Targets}) {
			return expression{}, fmt.Errorf("the scores are not %d×%d: %w", batch, m.Targets, ErrModel)
		}
		return expression{append([]*expr.Node{x, y}, w...), []*expr.Node{scores}}, nil
	}
	if loss == nil || loss.Shape().TotalSize() != 1 {
		return expression{}, fmt.Errorf("the loss is no 1×1 matrix: %w", ErrModel)
	}
	algebra, err := expr.Multilinear(q.along)
	if err != nil {
		return expression{}, err
	}
	b := expr.NewBuilder()
	constant := func(name string, cols int) (*expr.Node, expr.Jet) {
		j := make(expr.Jet, algebra.Len())
		j[0] = b.Input(name, batch, cols)
		return j[0], j
	}
	jets := map[*expr.Node]expr.Jet{}
	e := expression{inputs: make([]*expr.Node, 2)}
	e.inputs[0], jets[x] = constant("x", m.Inputs)
	e.inputs[1], jets[y] = constant("y", m.Targets)
	weights := m.matrices(b, "w")
	e.inputs = append(e.inputs, weights...)
	for i, n := range w {
		jets[n] = make(expr.Jet, algebra.Len())
		jets[n][0] = weights[i]
	}
	for k := range q.along {
		v := m.matrices(b, fmt.Sprintf("v%d.", k))
		e.inputs = append(e.inputs, v...)
		for i, n := range w {
			jets[n][1<<k] = v[i]
		}
	}
	lifted, err := expr.Lift(b, algebra, jets, loss)
	if err != nil {
		return expression{}, err
	}
	value := lifted[0][algebra.Len()-1]
	if value == nil {
		value = b.Apply(expr.Fill{}, lifted[0][0])
	}
	e.outputs = []*expr.Node{value}
	if q.gradient {
		if e.outputs, err = expr.Gradient(b, value, weights...); err != nil {
			return expression{}, err
		}
	}
	return e, b.Err()
}

// matrices returns inputs of the shapes of the weights.
func (m Model) matrices(b *expr.Builder, name string) []*expr.Node {
	var w []*expr.Node
	for i, s := range m.Weights {
		w = append(w, b.Input(fmt.Sprint(name, i), s.Rows, s.Cols))
	}
	return w
}
