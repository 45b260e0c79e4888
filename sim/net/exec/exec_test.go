package exec_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/sim/net/exec"
	"github.com/perturb-go/perturb/sim/net/expr"
)

// A graph has an expression that uses every kind, its gradient, and things that are hard on
// an executor: an output that is an input, two equal outputs, an output that is used
// further, one that is a reshape of another, a constant, and shared terms. Some products of
// matrices are so large that they go to a library of C, if there is one.
func graph(t testing.TB) (inputs, outputs []*expr.Node, values [][]float64) {
	t.Helper()
	b := expr.NewBuilder()
	x, w, v := b.Input("x", 72, 2), b.Input("w", 12, 18), b.Input("v", 4, 192)
	row, y := b.Input("row", 1, 4), b.Input("y", 2, 4)
	hidden := b.Tanh(b.Linear(0.2, b.Patch(expr.Patch{Height: 6, Width: 6, Channels: 2, Side: 3, Stride: 1}, x), w))
	scores := b.Bias(b.Linear(0.3, b.Reshape(hidden, 2, 192), v), row)
	loss := b.CrossEntropy(scores, y)
	gradients, err := expr.Gradient(b, loss, w, v, row, x)
	if err != nil {
		t.Fatal(err)
	}
	twice := b.Add(hidden, hidden, b.Mul(0.5, hidden, hidden), b.Scale(-1, b.Add(hidden, hidden)))
	flat := b.Reshape(twice, 1, 384)
	outputs = append(gradients, loss, x, b.Linear(1, x, x), hidden, hidden, twice, flat, b.Scale(2, flat),
		b.Apply(expr.Fill{Value: 2.5}, row), b.Exp(scores), b.Apply(expr.Fold{Height: 6, Width: 6, Channels: 2, Side: 3, Stride: 1},
			b.Apply(expr.MatMul{Form: expr.NN, Scale: 1}, hidden, w)))
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	inputs = []*expr.Node{x, w, v, row, y}
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range inputs {
		value := make([]float64, n.Shape().TotalSize())
		for i := range value {
			value[i] = r.NormFloat64()
		}
		values = append(values, value)
	}
	return inputs, outputs, values
}

func space[T exec.Float](nodes []*expr.Node) [][]T {
	s := make([][]T, len(nodes))
	for i, n := range nodes {
		s[i] = make([]T, n.Shape().TotalSize())
		for j := range s[i] {
			s[i][j] = T(math.NaN()) // whatever was there must not matter
		}
	}
	return s
}

func convert[T exec.Float](values [][]float64) [][]T {
	c := make([][]T, len(values))
	for i, v := range values {
		for _, x := range v {
			c[i] = append(c[i], T(x))
		}
	}
	return c
}

// testExecutor runs a program and its clone three times: the bits stay the same, and the
// inputs as they were.
func testExecutor[T exec.Float](t *testing.T, e exec.Executor[T]) [][]T {
	t.Helper()
	inputs, outputs, values := graph(t)
	p, err := e.Compile(inputs, outputs)
	if err != nil {
		t.Fatal(err)
	}
	in := convert[T](values)
	first := space[T](outputs)
	if err := p.Run(in, first); err != nil {
		t.Fatal(err)
	}
	for _, q := range []exec.Program[T]{p, p, p, p.Clone()} {
		again := space[T](outputs)
		if err := q.Run(in, again); err != nil {
			t.Fatal(err)
		}
		for i := range first {
			if !slices.Equal(first[i], again[i]) {
				t.Fatalf("output %d changed from run to run", i)
			}
		}
	}
	for i, v := range convert[T](values) {
		if !slices.Equal(v, in[i]) {
			t.Fatalf("input %d was changed", i)
		}
	}
	return first
}

func TestExecutorsAgree(t *testing.T) {
	want := testExecutor(t, exec.Reference{})
	compare(t, testExecutor(t, exec.CPU[float64]{}), want, 1e-13)
	// The sums here have some hundred terms of size 1 to 10.
	compare(t, testExecutor(t, exec.CPU[float32]{}), want, 1e-5)
}

func compare[T exec.Float](t *testing.T, got [][]T, want [][]float64, precision float64) {
	t.Helper()
	for i := range want {
		for j := range want[i] {
			if !(math.Abs(float64(got[i][j])-want[i][j]) <= precision*(1+math.Abs(want[i][j]))) {
				t.Fatalf("output %d, element %d: %v, want %v", i, j, got[i][j], want[i][j])
			}
		}
	}
}

func TestProgramsAllocateNothing(t *testing.T) {
	inputs, outputs, values := graph(t)
	p, err := exec.CPU[float64]{}.Compile(inputs, outputs)
	if err != nil {
		t.Fatal(err)
	}
	out := space[float64](outputs)
	if n := testing.AllocsPerRun(100, func() {
		if err := p.Run(values, out); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations in a run", n)
	}
}

func TestArgumentsThatDoNotFit(t *testing.T) {
	inputs, outputs, values := graph(t)
	for _, e := range []exec.Executor[float64]{exec.CPU[float64]{}, exec.Reference{}} {
		if _, err := e.Compile(inputs[1:], outputs); !errors.Is(err, expr.ErrGraph) {
			t.Errorf("%T: an input is missing: %v", e, err)
		}
		if _, err := e.Compile(inputs, []*expr.Node{nil}); !errors.Is(err, expr.ErrGraph) {
			t.Errorf("%T: no output: %v", e, err)
		}
		p, err := e.Compile(inputs, outputs)
		if err != nil {
			t.Fatal(err)
		}
		out := space[float64](outputs)
		if err := p.Run(values[1:], out); !errors.Is(err, exec.ErrLength) {
			t.Errorf("%T: too few inputs: %v", e, err)
		}
		out[2] = out[2][1:]
		if err := p.Run(values, out); !errors.Is(err, exec.ErrLength) {
			t.Errorf("%T: a short output: %v", e, err)
		}
	}
}

// The quotients of polynomials are good where they are used, and so is what is beyond.
func TestTanh(t *testing.T) {
	testTanh[float32](t, 4e-7) // some five roundings and what is cut off
	testTanh[float64](t, 1e-15)
}

func testTanh[T exec.Float](t *testing.T, precision float64) {
	t.Helper()
	b := expr.NewBuilder()
	x := b.Input("x", 1, 1)
	y := b.Tanh(x)
	p, err := exec.CPU[T]{}.Compile([]*expr.Node{x}, []*expr.Node{y})
	if err != nil {
		t.Fatal(err)
	}
	out := []T{0}
	at := func(x float64) float64 {
		if err := p.Run([][]T{{T(x)}}, [][]T{out}); err != nil {
			t.Fatal(err)
		}
		return float64(out[0])
	}
	for x := -22.0; x <= 22; x += 0.00137 {
		want := math.Tanh(float64(T(x)))
		if got := at(x); !(math.Abs(got-want) <= precision*math.Abs(want)) {
			t.Fatalf("tanh %v = %v, want %v", T(x), got, want)
		}
	}
	tiny := float64(T(1e-30))
	for x, want := range map[float64]float64{0: 0, math.Inf(1): 1, math.Inf(-1): -1, tiny: tiny, -tiny: -tiny} {
		if got := at(x); got != want {
			t.Errorf("tanh %v = %v, want %v", x, got, want)
		}
	}
	if got := at(math.NaN()); !math.IsNaN(got) {
		t.Errorf("tanh of no number = %v", got)
	}
}

// A program for the derivative of tanh, 1 − tanh².
func Example() {
	b := expr.NewBuilder()
	x := b.Input("x", 1, 3)
	gradient, err := expr.Gradient(b, b.Tanh(x), x)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := exec.CPU[float64]{}.Compile([]*expr.Node{x}, gradient)
	if err != nil {
		fmt.Println(err)
		return
	}
	slope := make([]float64, 3)
	err = p.Run([][]float64{{0, math.Atanh(0.5), -math.Atanh(0.5)}}, [][]float64{slope})
	fmt.Printf("%.4f %v\n", slope, err)
	// Output: [1.0000 0.7500 0.7500] <nil>
}
