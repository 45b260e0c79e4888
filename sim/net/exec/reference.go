package exec

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/perturb-go/perturb/sim/net/expr"
)

// Reference is an Executor in float64 that calls each operation's Do.
type Reference struct{}

// Compile returns a program that walks the graph, which must then stay as it is.
func (Reference) Compile(inputs, outputs []*expr.Node) (Program[float64], error) {
	order, err := expr.Sort(outputs...)
	if err != nil {
		return nil, err
	}
	w := &walk{order: order, inputs: inputs, outputs: outputs}
	if w.inputSizes, err = sizesOf(inputs); err != nil {
		return nil, err
	}
	if w.outputSizes, err = sizesOf(outputs); err != nil {
		return nil, err
	}
	given := map[*expr.Node]bool{}
	for _, n := range inputs {
		given[n] = true
	}
	for _, n := range order {
		if expr.KindOf(n) == nil && !given[n] {
			return nil, fmt.Errorf("exec: input %s is missing: %w", n.Name(), expr.ErrGraph)
		}
	}
	return w, nil
}

type walk struct {
	order, inputs, outputs  []*expr.Node
	inputSizes, outputSizes []int
}

func (w *walk) Clone() Program[float64] { return w }

func (w *walk) Run(inputs, outputs [][]float64) error {
	if err := checkLengths("input", w.inputSizes, inputs); err != nil {
		return err
	}
	if err := checkLengths("output", w.outputSizes, outputs); err != nil {
		return err
	}
	values := map[*expr.Node]gorgonia.Value{}
	for i, n := range w.inputs {
		values[n] = tensor.New(tensor.WithShape(n.Shape()...), tensor.WithBacking(inputs[i]))
	}
	for _, n := range w.order {
		if n.Op() == nil {
			continue
		}
		var in []gorgonia.Value
		for _, m := range expr.Operands(n) {
			in = append(in, values[m])
		}
		v, err := n.Op().Do(in...)
		if err != nil {
			return fmt.Errorf("exec: %w", err)
		}
		values[n] = v
	}
	for i, n := range w.outputs {
		copy(outputs[i], values[n].Data().([]float64))
	}
	return nil
}
