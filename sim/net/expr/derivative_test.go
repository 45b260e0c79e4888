package expr_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/sim/net/exec"
	"github.com/perturb-go/perturb/sim/net/expr"
)

// An example is a function of matrices, out of an operation.
type example struct {
	name  string
	in    []expr.Shape
	build func(b *expr.Builder, in []*expr.Node) *expr.Node
}

func of(name string, k expr.Kind, in ...expr.Shape) example {
	return example{name, in, func(b *expr.Builder, x []*expr.Node) *expr.Node { return b.Apply(k, x...) }}
}

var window = expr.Patch{Height: 4, Width: 5, Channels: 2, Side: 3, Stride: 1}

// examples has every kind, and compositions of them.
var examples = []example{
	of("NT", expr.MatMul{Form: expr.NT, Scale: 0.7}, expr.Shape{Rows: 3, Cols: 4}, expr.Shape{Rows: 2, Cols: 4}),
	of("NN", expr.MatMul{Form: expr.NN, Scale: -1.3}, expr.Shape{Rows: 3, Cols: 2}, expr.Shape{Rows: 2, Cols: 4}),
	of("TN", expr.MatMul{Form: expr.TN, Scale: 0.4}, expr.Shape{Rows: 3, Cols: 2}, expr.Shape{Rows: 3, Cols: 4}),
	of("patch", window, expr.Shape{Rows: 40, Cols: 2}),
	of("strided patch", expr.Patch{Height: 5, Width: 4, Channels: 3, Side: 2, Stride: 2}, expr.Shape{Rows: 20, Cols: 3}),
	of("fold", expr.Fold(window), expr.Shape{Rows: 12, Cols: 18}),
	of("reshape", expr.Reshape{Rows: 3, Cols: 4}, expr.Shape{Rows: 2, Cols: 6}),
	of("repeat", expr.Repeat{Rows: 3}, expr.Shape{Rows: 1, Cols: 4}),
	of("sum of rows", expr.SumRows{}, expr.Shape{Rows: 3, Cols: 4}),
	of("combine", expr.NewCombine(0.5, -2, 1), expr.Shape{Rows: 2, Cols: 3}, expr.Shape{Rows: 2, Cols: 3}, expr.Shape{Rows: 2, Cols: 3}),
	of("mul", expr.Mul{Scale: -0.6}, expr.Shape{Rows: 2, Cols: 3}, expr.Shape{Rows: 2, Cols: 3}),
	of("fill", expr.Fill{Value: 3}, expr.Shape{Rows: 2, Cols: 3}),
	of("tanh", expr.Tanh{}, expr.Shape{Rows: 2, Cols: 3}),
	of("1-y²", expr.OneMinusSquare{}, expr.Shape{Rows: 2, Cols: 3}),
	of("exp", expr.Exp{}, expr.Shape{Rows: 2, Cols: 3}),
	of("log softmax", expr.LogSoftmax{}, expr.Shape{Rows: 2, Cols: 4}),
	of("row sum", expr.RowSum{}, expr.Shape{Rows: 2, Cols: 4}),
	{"square", []expr.Shape{{Rows: 2, Cols: 2}}, func(b *expr.Builder, x []*expr.Node) *expr.Node { return b.Mul(1, x[0], x[0]) }},
	{"gram", []expr.Shape{{Rows: 2, Cols: 3}}, func(b *expr.Builder, x []*expr.Node) *expr.Node { return b.Linear(1, x[0], x[0]) }},
	{"bias and cross entropy", []expr.Shape{{Rows: 3, Cols: 4}, {Rows: 1, Cols: 4}, {Rows: 3, Cols: 4}},
		func(b *expr.Builder, x []*expr.Node) *expr.Node { return b.CrossEntropy(b.Bias(x[0], x[1]), x[2]) }},
	{"two convolutions", []expr.Shape{{Rows: 36, Cols: 1}, {Rows: 2, Cols: 9}, {Rows: 2, Cols: 8}},
		func(b *expr.Builder, x []*expr.Node) *expr.Node {
			one := b.Tanh(b.Linear(0.4, b.Patch(expr.Patch{Height: 6, Width: 6, Channels: 1, Side: 3, Stride: 1}, x[0]), x[1]))
			return b.Tanh(b.Linear(0.3, b.Patch(expr.Patch{Height: 4, Width: 4, Channels: 2, Side: 2, Stride: 2}, one), x[2]))
		}},
}

// A function is a number Σ c∘f(x), for random c, so that all elements of f count.
type function struct {
	b      *expr.Builder
	inputs []*expr.Node
	y      *expr.Node
	values [][]float64
}

func (e example) function(t *testing.T, seed uint64) function {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	f := function{b: expr.NewBuilder()}
	for i, s := range e.in {
		f.inputs = append(f.inputs, f.b.Input(fmt.Sprint("x", i), s.Rows, s.Cols))
		f.values = append(f.values, normals(r, s.Size()))
	}
	y := e.build(f.b, f.inputs)
	if err := f.b.Err(); err != nil {
		t.Fatal(err)
	}
	shape, err := expr.ShapeOf(y)
	if err != nil {
		t.Fatal(err)
	}
	weights := f.b.Input("weights", shape.Rows, shape.Cols)
	f.y = f.b.Inner(1, weights, y)
	f.inputs = append(f.inputs, weights)
	f.values = append(f.values, normals(r, shape.Size()))
	return f
}

// run computes nodes of a builder's graph on the CPU and by the reference, which must agree.
func run(t *testing.T, inputs []*expr.Node, values [][]float64, outputs ...*expr.Node) [][]float64 {
	t.Helper()
	results := make([][][]float64, 2)
	for i, e := range []exec.Executor[float64]{exec.CPU[float64]{}, exec.Reference{}} {
		p, err := e.Compile(inputs, outputs)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range outputs {
			results[i] = append(results[i], make([]float64, n.Shape().TotalSize()))
		}
		if err := p.Run(values, results[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range results[0] {
		near(t, "reference", results[0][i], results[1][i], 1e-12)
	}
	return results[0]
}

// near compares to a precision relative to the largest element, or 1.
func near(t *testing.T, what string, got, want []float64, precision float64) {
	t.Helper()
	largest := 1.0
	for _, v := range want {
		largest = math.Max(largest, math.Abs(v))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= precision*largest) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// slope returns the derivative of f at 0 by central differences with errors of order h⁶.
func slope(f func(s float64) float64, h float64) float64 {
	return (45*(f(h)-f(-h)) - 9*(f(2*h)-f(-2*h)) + (f(3*h) - f(-3*h))) / (60 * h)
}

// along returns the point moved by s times directions.
func along(values, directions [][]float64, s float64) [][]float64 {
	moved := make([][]float64, len(values))
	for i, v := range values {
		moved[i] = make([]float64, len(v))
		for j := range v {
			moved[i][j] = v[j] + s*directions[i][j]
		}
	}
	return moved
}

// directionsLike returns random directions for the values but the last, the weights.
func directionsLike(values [][]float64, seed uint64) [][]float64 {
	r := rand.New(rand.NewPCG(seed, 2))
	d := make([][]float64, len(values))
	for i, v := range values {
		d[i] = make([]float64, len(v))
		for j := range v {
			if i < len(values)-1 {
				d[i][j] = r.NormFloat64()
			}
		}
	}
	return d
}

// number runs a program of one 1×1 output.
func number(t *testing.T, p exec.Program[float64], values [][]float64) float64 {
	t.Helper()
	out := make([]float64, 1)
	if err := p.Run(values, [][]float64{out}); err != nil {
		t.Fatal(err)
	}
	return out[0]
}

func compile(t *testing.T, inputs []*expr.Node, outputs ...*expr.Node) exec.Program[float64] {
	t.Helper()
	p, err := exec.CPU[float64]{}.Compile(inputs, outputs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Gradients agree with finite differences; so do the gradients of a random combination of
// their elements, and once more, all in one graph, where each earlier gradient is among
// what is differentiated.
func TestGradientsOfEveryKind(t *testing.T) {
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			f := e.function(t, 3)
			for order := 1; order <= 3; order++ {
				gradients, err := expr.Gradient(f.b, f.y, f.inputs...)
				if err != nil {
					t.Fatal(err)
				}
				got := run(t, f.inputs, f.values, gradients...)
				f.compareGradient(t, got)
				f.combine(t, gradients, uint64(order))
			}
		})
	}
}

// compareGradient compares every seventh element of a gradient with finite differences.
func (f function) compareGradient(t *testing.T, got [][]float64) {
	t.Helper()
	value := compile(t, f.inputs, f.y)
	for i := range got {
		for j := 0; j < len(got[i]); j += 7 {
			unit := zeros(f.values)
			unit[i][j] = 1
			want := slope(func(s float64) float64 { return number(t, value, along(f.values, unit, s)) }, 2e-3)
			near(t, fmt.Sprintf("gradient by input %d, element %d", i, j), got[i][j:j+1], []float64{want}, 1e-8)
		}
	}
}

// combine makes the function the sum of new inputs times the elements of nodes.
func (f *function) combine(t *testing.T, nodes []*expr.Node, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 4))
	var terms []*expr.Node
	for _, n := range nodes {
		shape, err := expr.ShapeOf(n)
		if err != nil {
			t.Fatal(err)
		}
		c := f.b.Input(fmt.Sprint("c", len(f.inputs)), shape.Rows, shape.Cols)
		f.inputs = append(f.inputs, c)
		f.values = append(f.values, normals(r, shape.Size()))
		terms = append(terms, f.b.Inner(1, c, n))
	}
	f.y = f.b.Add(terms...)
	if err := f.b.Err(); err != nil {
		t.Fatal(err)
	}
}

func zeros(like [][]float64) [][]float64 {
	z := make([][]float64, len(like))
	for i := range z {
		z[i] = make([]float64, len(like[i]))
	}
	return z
}

func normals(r *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

// An expansion is a function lifted to jets along k directions for each of its inputs.
type expansion struct {
	b          *expr.Builder
	inputs     []*expr.Node // the function's, then the directions, one set after another
	values     [][]float64
	directions [][][]float64
	jet        expr.Jet
}

// expand lifts a function along the directions, for which seed returns the jet of an input
// from itself and its directions.
func (f function) expand(t *testing.T, a expr.Algebra, directions [][][]float64, seed func(x *expr.Node, v []*expr.Node) expr.Jet) expansion {
	t.Helper()
	x := expansion{b: expr.NewBuilder(), directions: directions}
	jets := map[*expr.Node]expr.Jet{}
	vs := make([][]*expr.Node, len(f.inputs))
	for i, n := range f.inputs {
		s, err := expr.ShapeOf(n)
		if err != nil {
			t.Fatal(err)
		}
		x.inputs = append(x.inputs, x.b.Input(n.Name(), s.Rows, s.Cols))
		for k := range directions {
			vs[i] = append(vs[i], x.b.Input(fmt.Sprint(n.Name(), "along", k), s.Rows, s.Cols))
		}
		jets[n] = seed(x.inputs[i], vs[i])
	}
	x.values = append(x.values, f.values...)
	for k, d := range directions {
		for i := range f.inputs {
			x.inputs = append(x.inputs, vs[i][k])
		}
		x.values = append(x.values, d...)
	}
	lifted, err := expr.Lift(x.b, a, jets, f.y)
	if err != nil {
		t.Fatal(err)
	}
	x.jet = lifted[0]
	return x
}

// coefficient returns a coefficient, as a node.
func (x expansion) coefficient(s int) *expr.Node {
	if x.jet[s] == nil {
		return x.b.Apply(expr.Fill{Value: 0}, x.jet[0])
	}
	return x.jet[s]
}

// multilinear returns the jet x + Σ ε_i v_i.
func multilinear(x *expr.Node, v []*expr.Node) expr.Jet {
	j := make(expr.Jet, 1<<len(v))
	j[0] = x
	for i, n := range v {
		j[1<<i] = n
	}
	return j
}

// univariate returns the jet x + εv to the given order.
func univariate(order int) func(x *expr.Node, v []*expr.Node) expr.Jet {
	return func(x *expr.Node, v []*expr.Node) expr.Jet {
		j := make(expr.Jet, order+1)
		j[0], j[1] = x, v[0]
		return j
	}
}

// Derivatives of every order to 4 along different directions, and their gradients, agree
// with finite differences of those of the order below.
func TestMultilinearJetsOfEveryKind(t *testing.T) {
	const order = 4
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			f := e.function(t, 5)
			a, err := expr.Multilinear(order)
			if err != nil {
				t.Fatal(err)
			}
			var directions [][][]float64
			for k := range order {
				directions = append(directions, directionsLike(f.values, uint64(k)))
			}
			x := f.expand(t, a, directions, multilinear)
			other := directionsLike(f.values, 99)
			for k := 1; k <= order; k++ {
				below, here := x.coefficient(1<<(k-1)-1), x.coefficient(1<<k-1)
				got := run(t, x.inputs, x.values, here)[0][0]
				p := compile(t, x.inputs, below)
				want := slope(func(s float64) float64 { return number(t, p, x.moved(directions[k-1], s)) }, 2e-3)
				near(t, fmt.Sprintf("order %d", k), []float64{got}, []float64{want}, 1e-8)

				gradient, err := expr.Gradient(x.b, here, x.inputs[:len(f.inputs)]...)
				if err != nil {
					t.Fatal(err)
				}
				product := 0.0
				for i, g := range run(t, x.inputs, x.values, gradient...) {
					for j, v := range g {
						product += v * other[i][j]
					}
				}
				p = compile(t, x.inputs, here)
				want = slope(func(s float64) float64 { return number(t, p, x.moved(other, s)) }, 2e-3)
				near(t, fmt.Sprintf("gradient of order %d", k), []float64{product}, []float64{want}, 1e-8)
			}
		})
	}
}

// moved returns the values with the point, not the directions, moved.
func (x expansion) moved(direction [][]float64, s float64) [][]float64 {
	n := len(direction)
	return append(along(x.values[:n], direction, s), x.values[n:]...)
}

// The univariate coefficient of order k is the multilinear one along k times the same
// direction, over k!.
func TestUnivariateJets(t *testing.T) {
	const order = 5
	for _, e := range examples {
		f := e.function(t, 6)
		direction := directionsLike(f.values, 7)
		u, err := expr.Univariate(order)
		if err != nil {
			t.Fatal(err)
		}
		m, err := expr.Multilinear(order)
		if err != nil {
			t.Fatal(err)
		}
		one := f.expand(t, u, [][][]float64{direction}, univariate(order))
		all := f.expand(t, m, [][][]float64{direction, direction, direction, direction, direction}, multilinear)
		factorial := 1.0
		for k := 1; k <= order; k++ {
			factorial *= float64(k)
			got := run(t, one.inputs, one.values, one.coefficient(k))[0]
			want := run(t, all.inputs, all.values, all.coefficient(1<<k-1))[0]
			near(t, fmt.Sprintf("%s, order %d", e.name, k), []float64{factorial * got[0]}, want, 1e-11)
		}
	}
}
