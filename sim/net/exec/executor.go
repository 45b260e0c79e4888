package exec

import (
	"errors"
	"fmt"

	"github.com/perturb-go/perturb/sim/net/expr"
)

// A Float is a type of floating-point numbers to compute in.
type Float interface{ float32 | float64 }

// An Executor compiles graphs.
type Executor[T Float] interface {
	// Compile returns a program that computes the outputs, which may depend on the given
	// inputs alone. The graph is not needed afterwards. The error wraps
	// expr.ErrUnsupported, or expr.ErrGraph if an input is missing.
	Compile(inputs, outputs []*expr.Node) (Program[T], error)
}

// A Program computes matrices from matrices, each a slice of its elements, row by row. It
// holds scratch space: one program is for one goroutine at a time.
type Program[T Float] interface {
	// Run sets the elements of the outputs. It changes no input, and equal inputs give
	// equal bits. The error wraps ErrLength. No output may overlap another, or an input.
	Run(inputs, outputs [][]T) error
	// Clone returns the same program with scratch space of its own.
	Clone() Program[T]
}

// ErrLength reports arguments of a program of the wrong number or length.
var ErrLength = errors.New("wrong length")

// checkLengths compares arguments with the sizes they should have.
func checkLengths[T Float](what string, sizes []int, values [][]T) error {
	if len(values) != len(sizes) {
		return fmt.Errorf("exec: %d %ss, not %d: %w", len(values), what, len(sizes), ErrLength)
	}
	for i, v := range values {
		if len(v) != sizes[i] {
			return fmt.Errorf("exec: %s %d has %d elements, not %d: %w", what, i, len(v), sizes[i], ErrLength)
		}
	}
	return nil
}

// sizesOf returns the numbers of elements of nodes.
func sizesOf(nodes []*expr.Node) ([]int, error) {
	sizes := make([]int, len(nodes))
	for i, n := range nodes {
		if n == nil {
			return nil, fmt.Errorf("exec: node %d: %w", i, expr.ErrGraph)
		}
		s, err := expr.ShapeOf(n)
		if err != nil {
			return nil, err
		}
		sizes[i] = s.Size()
	}
	return sizes, nil
}
