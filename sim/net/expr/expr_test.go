package expr_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/perturb-go/perturb/sim/net/exec"
	"github.com/perturb-go/perturb/sim/net/expr"
)

// Gorgonia's own reverse mode and machine agree with ours at first order.
func TestGorgoniaAgrees(t *testing.T) {
	for _, e := range examples {
		if e.name == "fill" {
			continue // Gorgonia refuses graphs with a part that is not differentiable
		}
		f := e.function(t, 8)
		gradients, err := expr.Gradient(f.b, f.y, f.inputs...)
		if err != nil {
			t.Fatal(err)
		}
		want := run(t, f.inputs, f.values, gradients...)
		one := f.b.Graph().Constant(tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float64{1})))
		theirs, err := gorgonia.Backpropagate(gorgonia.Nodes{f.y}, gorgonia.Nodes{one}, f.inputs)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		values := make([]gorgonia.Value, len(theirs))
		for i, g := range theirs {
			gorgonia.Read(g, &values[i])
		}
		for i, n := range f.inputs {
			v := tensor.New(tensor.WithShape(n.Shape()...), tensor.WithBacking(slices.Clone(f.values[i])))
			if err := gorgonia.Let(n, v); err != nil {
				t.Fatal(err)
			}
		}
		machine := gorgonia.NewTapeMachine(f.b.Graph())
		if err := machine.RunAll(); err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		for i, v := range values {
			near(t, e.name, v.Data().([]float64), want[i], 1e-12)
		}
		machine.Close()
	}
}

// Operations of Gorgonia's own are refused by name, by whatever meets them first.
func TestUnsupportedOperations(t *testing.T) {
	b := expr.NewBuilder()
	x := b.Input("x", 4, 4)
	relu, err := gorgonia.Rectify(x)
	if err != nil {
		t.Fatal(err)
	}
	image := gorgonia.NewTensor(b.Graph(), tensor.Float64, 4, gorgonia.WithName("image"), gorgonia.WithShape(1, 1, 4, 4))
	pool, err := gorgonia.MaxPool2D(image, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
	if err != nil {
		t.Fatal(err)
	}
	multilinear, err := expr.Multilinear(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		y    *expr.Node
		x    *expr.Node
		want string
	}{
		{"ReLU", relu, x, "ReLU"},
		{"pooling", pool, image, "max pooling"},
	} {
		meet := map[string]func() error{
			"gradient": func() error { _, err := expr.Gradient(b, c.y, c.x); return err },
			"jet": func() error {
				_, err := expr.Lift(b, multilinear, map[*expr.Node]expr.Jet{c.x: {c.x, c.x}}, c.y)
				return err
			},
			"CPU":       func() error { _, err := exec.CPU[float32]{}.Compile([]*expr.Node{x}, []*expr.Node{c.y, x}); return err },
			"reference": func() error { _, err := exec.Reference{}.Compile([]*expr.Node{x}, []*expr.Node{c.y}); return err },
		}
		for what, f := range meet {
			var unsupported *expr.UnsupportedError
			err := f()
			if !errors.As(err, &unsupported) || !errors.Is(err, expr.ErrUnsupported) {
				t.Errorf("%s of %s: error %v", what, c.name, err)
			} else if got := unsupported.Op; len(got) < len(c.want) || got[:len(c.want)] != c.want {
				t.Errorf("%s of %s: names %q", what, c.name, got)
			}
		}
	}
}

// What pooling and sums give is no matrix: it is they that are named, not the misfit.
func TestUnsupportedOperands(t *testing.T) {
	for _, c := range []struct {
		name, want string
		apply      func(b *expr.Builder, row, pool, number *expr.Node)
	}{
		{"linear", "max pooling", func(b *expr.Builder, row, pool, _ *expr.Node) { b.Linear(1, pool, row) }},
		{"scale", "max pooling", func(b *expr.Builder, _, pool, _ *expr.Node) { b.Scale(2, pool) }},
		{"bias", "max pooling", func(b *expr.Builder, row, pool, _ *expr.Node) { b.Bias(pool, row) }},
		{"bias by it", "max pooling", func(b *expr.Builder, row, pool, _ *expr.Node) { b.Bias(row, pool) }},
		{"inner", "Σ", func(b *expr.Builder, row, _, number *expr.Node) { b.Inner(1, number, number) }},
		{"inner by it", "Σ", func(b *expr.Builder, row, _, number *expr.Node) { b.Inner(1, row, number) }},
		{"cross entropy", "Σ", func(b *expr.Builder, row, _, number *expr.Node) { b.CrossEntropy(number, row) }},
	} {
		b := expr.NewBuilder()
		row := b.Input("row", 1, 4)
		image := gorgonia.NewTensor(b.Graph(), tensor.Float64, 4, gorgonia.WithName("image"), gorgonia.WithShape(1, 1, 4, 4))
		pool, err := gorgonia.MaxPool2D(image, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
		if err != nil {
			t.Fatal(err)
		}
		number, err := gorgonia.Sum(row)
		if err != nil {
			t.Fatal(err)
		}
		c.apply(b, row, pool, number)
		var unsupported *expr.UnsupportedError
		if !errors.As(b.Err(), &unsupported) || !strings.HasPrefix(unsupported.Op, c.want) {
			t.Errorf("%s: %v", c.name, b.Err())
		}
	}
	b := expr.NewBuilder()
	image := gorgonia.NewTensor(b.Graph(), tensor.Float64, 4, gorgonia.WithName("image"), gorgonia.WithShape(1, 1, 4, 4))
	if b.CrossEntropy(image, image); !errors.Is(b.Err(), expr.ErrShape) {
		t.Errorf("an input that is no matrix: %v", b.Err())
	}
}

func TestShapesThatDoNotFit(t *testing.T) {
	shape := func(r, c int) expr.Shape { return expr.Shape{Rows: r, Cols: c} }
	patch := expr.Patch{Height: 4, Width: 4, Channels: 2, Side: 3, Stride: 1}
	for _, c := range []struct {
		kind expr.Kind
		in   []expr.Shape
	}{
		{expr.MatMul{Form: expr.NT}, []expr.Shape{shape(2, 3), shape(2, 4)}},
		{expr.MatMul{Form: expr.NN}, []expr.Shape{shape(2, 3), shape(2, 3)}},
		{expr.MatMul{Form: expr.TN}, []expr.Shape{shape(2, 3), shape(3, 3)}},
		{expr.MatMul{}, []expr.Shape{shape(2, 3)}},
		{patch, []expr.Shape{shape(15, 2)}},
		{patch, []expr.Shape{shape(16, 1)}},
		{expr.Patch{Height: 2, Width: 2, Channels: 1, Side: 3, Stride: 1}, []expr.Shape{shape(4, 1)}},
		{expr.Patch{Height: 4, Width: 4, Channels: 1, Side: 3}, []expr.Shape{shape(16, 1)}},
		{expr.Fold(patch), []expr.Shape{shape(4, 17)}},
		{expr.Fold(patch), []expr.Shape{shape(3, 18)}},
		{expr.Fold{}, []expr.Shape{shape(3, 18)}},
		{expr.Reshape{Rows: 2, Cols: 2}, []expr.Shape{shape(5, 1)}},
		{expr.Reshape{Rows: -2, Cols: -2}, []expr.Shape{shape(4, 1)}},
		{expr.Repeat{Rows: 2}, []expr.Shape{shape(2, 2)}},
		{expr.Repeat{}, []expr.Shape{shape(1, 2)}},
		{expr.NewCombine(1, 1), []expr.Shape{shape(2, 2), shape(2, 1)}},
		{expr.NewCombine(), nil},
		{expr.MatMul{Form: 9, Scale: 1}, []expr.Shape{shape(2, 2), shape(2, 2)}},
		{expr.Mul{Scale: 1}, []expr.Shape{shape(2, 2), shape(4, 1)}},
	} {
		b := expr.NewBuilder()
		var in []*expr.Node
		for i, s := range c.in {
			in = append(in, b.Input(string(rune('a'+i)), s.Rows, s.Cols))
		}
		if n := b.Apply(c.kind, in...); n != nil || !errors.Is(b.Err(), expr.ErrShape) {
			t.Errorf("%v of %v: %v", c.kind, c.in, b.Err())
		}
	}
}

func TestBuilderKeepsItsFirstError(t *testing.T) {
	b := expr.NewBuilder()
	x := b.Input("x", 2, 3)
	bad := b.Linear(1, x, b.Input("w", 2, 4))
	if bad != nil || !errors.Is(b.Err(), expr.ErrShape) {
		t.Fatalf("a product of misfits: %v, %v", bad, b.Err())
	}
	first := b.Err()
	for _, n := range []*expr.Node{b.Tanh(bad), b.Bias(bad, bad), b.Inner(1, bad, x), b.CrossEntropy(bad, x), b.Input("y", 1, 1)} {
		if n != nil {
			t.Errorf("a node after an error: %v", n)
		}
	}
	if b.Err() != first {
		t.Errorf("the error became %v", b.Err())
	}
	b = expr.NewBuilder()
	b.Input("x", 1, 1)
	if b.Input("x", 1, 1); !errors.Is(b.Err(), expr.ErrGraph) {
		t.Errorf("a second input x: %v", b.Err())
	}
	b = expr.NewBuilder()
	if b.Tanh(x); !errors.Is(b.Err(), expr.ErrGraph) {
		t.Errorf("a node of another graph: %v", b.Err())
	}
	b = expr.NewBuilder()
	if n := b.Apply(nil, b.Input("x", 1, 1)); n != nil || !errors.Is(b.Err(), expr.ErrUnsupported) {
		t.Errorf("no operation: %v, %v", n, b.Err())
	}
	if got := fmt.Sprint(expr.NN, expr.Form(9), expr.Form(-1)); got != "a·b Form(9) Form(-1)" {
		t.Errorf("forms print %s", got)
	}
	if _, err := expr.Gradient(expr.NewBuilder(), nil); !errors.Is(err, expr.ErrGraph) {
		t.Errorf("the gradient of nothing: %v", err)
	}
	if _, err := expr.Multilinear(expr.MaxDirections + 1); !errors.Is(err, expr.ErrUnsupported) {
		t.Errorf("too many directions: %v", err)
	}
	if _, err := expr.Univariate(-1); !errors.Is(err, expr.ErrUnsupported) {
		t.Errorf("a negative order: %v", err)
	}
}

// What a node does not depend on has gradient zero, and an input without a jet is refused.
func TestIndependentInputs(t *testing.T) {
	b := expr.NewBuilder()
	x, y := b.Input("x", 1, 2), b.Input("y", 1, 2)
	z := b.Inner(1, x, b.Exp(x))
	g, err := expr.Gradient(b, z, y)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, []*expr.Node{x, y}, [][]float64{{1, 2}, {3, 4}}, g...); !slices.Equal(got[0], []float64{0, 0}) {
		t.Errorf("gradient %v", got)
	}
	a, err := expr.Univariate(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, jet := range []expr.Jet{nil, {x}, {nil, x}} {
		if _, err := expr.Lift(b, a, map[*expr.Node]expr.Jet{x: jet}, z); !errors.Is(err, expr.ErrGraph) {
			t.Errorf("jet %v: %v", jet, err)
		}
	}
}
