package exec

import (
	"fmt"
	"slices"

	"github.com/perturb-go/perturb/sim/net/expr"
)

// CPU is the Executor for one core.
//
// It merges equal subexpressions, flattens nested sums, products and linear combinations
// into steps that add up any number of terms, reshapes without copying, and reuses the
// space of values that are not needed any more.
type CPU[T Float] struct{}

// Compile lowers a graph; see Executor.
func (CPU[T]) Compile(inputs, outputs []*expr.Node) (Program[T], error) {
	c := &compiler[T]{values: map[*expr.Node]int{}, known: map[string]int{}}
	var err error
	p := &program[T]{}
	if err := c.read(inputs, outputs); err != nil {
		return nil, fmt.Errorf("exec: %w", err)
	}
	if p.inputSizes, err = sizesOf(inputs); err != nil {
		return nil, err
	}
	if p.outputSizes, err = sizesOf(outputs); err != nil {
		return nil, err
	}
	c.lower()
	c.place(p, outputs)
	p.slots = p.allocate()
	return p, nil
}

// A program is a list of steps over slots: first the inputs, then the outputs, then
// scratch.
type program[T Float] struct {
	inputSizes, outputSizes []int
	scratch                 []int
	constants               map[int]T // scratch that is filled once
	steps                   []step[T]
	slots                   [][]T
}

// A step reads and writes slots.
type step[T Float] func(slots [][]T)

func (p *program[T]) allocate() [][]T {
	arguments := len(p.inputSizes) + len(p.outputSizes)
	slots := make([][]T, arguments+len(p.scratch))
	for i, size := range p.scratch {
		slots[arguments+i] = make([]T, size)
	}
	for at, v := range p.constants {
		fill(slots[at], v)
	}
	return slots
}

func (p *program[T]) Clone() Program[T] {
	q := *p
	q.slots = q.allocate()
	return &q
}

func (p *program[T]) Run(inputs, outputs [][]T) error {
	if err := checkLengths("input", p.inputSizes, inputs); err != nil {
		return err
	}
	if err := checkLengths("output", p.outputSizes, outputs); err != nil {
		return err
	}
	copy(p.slots, inputs)
	copy(p.slots[len(inputs):], outputs)
	for _, s := range p.steps {
		s(p.slots)
	}
	return nil
}

// A value is a node, or several that are equal.
type value struct {
	kind     expr.Kind // nil for inputs
	operands []int
	shape    expr.Shape
	uses     int
	of       int // the value whose elements it shares: itself, or what it reshapes
}

// A compiler lowers a graph.
type compiler[T Float] struct {
	values       map[*expr.Node]int
	list         []value
	known        map[string]int // values by kind and operands
	instructions []instruction[T]
}

// read numbers the values, operands first, and counts their uses.
func (c *compiler[T]) read(inputs, outputs []*expr.Node) error {
	for i, n := range inputs {
		if n == nil {
			return fmt.Errorf("input %d: %w", i, expr.ErrGraph)
		}
		shape, err := expr.ShapeOf(n)
		if err != nil {
			return err
		}
		c.values[n] = len(c.list)
		c.list = append(c.list, value{shape: shape, of: len(c.list)})
	}
	order, err := expr.Sort(outputs...)
	if err != nil {
		return err
	}
	for _, n := range order {
		if _, given := c.values[n]; given {
			continue
		}
		if err := c.number(n); err != nil {
			return err
		}
	}
	for _, n := range outputs {
		c.list[c.values[n]].uses += 2 // so that nothing swallows it
	}
	return nil
}

func (c *compiler[T]) number(n *expr.Node) error {
	k := expr.KindOf(n)
	if k == nil {
		return fmt.Errorf("input %s is missing: %w", n.Name(), expr.ErrGraph)
	}
	shape, err := expr.ShapeOf(n)
	if err != nil {
		return err
	}
	v := value{kind: k, shape: shape, of: len(c.list)}
	for _, m := range expr.Operands(n) {
		v.operands = append(v.operands, c.values[m])
	}
	if _, ok := k.(expr.Fill); ok {
		v.operands = nil
	}
	key := fmt.Sprint(k, v.operands, shape)
	if same, ok := c.known[key]; ok {
		c.values[n] = same
		return nil
	}
	if _, ok := k.(expr.Reshape); ok {
		v.of = c.list[v.operands[0]].of
	}
	for _, m := range v.operands {
		c.list[m].uses++
	}
	c.known[key], c.values[n] = len(c.list), len(c.list)
	c.list = append(c.list, v)
	return nil
}

// An instruction sets the elements of a value from those of others.
type instruction[T Float] struct {
	to    int
	reads []int
	// make returns the step, given the slots of what it reads and writes.
	make func(to int, reads []int) step[T]
	// over is the index in reads of what may be overwritten by the result, or −1.
	over int
}

// lower makes the instructions.
func (c *compiler[T]) lower() {
	swallowed := make([]bool, len(c.list))
	// Terms of sums that nothing else uses are made by the sum itself.
	for i := len(c.list) - 1; i >= 0; i-- {
		v := c.list[i]
		if _, ok := v.kind.(expr.Combine); !ok {
			continue
		}
		for _, m := range v.operands {
			switch c.list[m].kind.(type) {
			case expr.Combine, expr.Mul, expr.MatMul:
				swallowed[m] = swallowed[m] || c.list[m].uses == 1
			}
		}
	}
	for i, v := range c.list {
		switch k := v.kind.(type) {
		case nil, expr.Reshape, expr.Fill:
		case expr.Combine, expr.Mul, expr.MatMul:
			if !swallowed[i] {
				c.instructions = append(c.instructions, newSum[T](c.list, i, swallowed))
			}
		default:
			c.instructions = append(c.instructions, instruction[T]{
				to: i, reads: []int{c.list[v.operands[0]].of}, over: -1,
				make: unary[T](k, c.list[v.operands[0]].shape, v.shape),
			})
		}
	}
}

// place gives values their slots and makes the steps.
func (c *compiler[T]) place(p *program[T], outputs []*expr.Node) {
	inputs, arguments := len(p.inputSizes), len(p.inputSizes)+len(p.outputSizes)
	slot := make([]int, len(c.list))
	for i := range slot {
		slot[i] = -1
		if i < inputs {
			slot[i] = i
		}
	}
	p.constants = map[int]T{}
	newSlot := func(size int) int {
		p.scratch = append(p.scratch, size)
		return arguments + len(p.scratch) - 1
	}
	for i, v := range c.list {
		if f, ok := v.kind.(expr.Fill); ok {
			slot[i] = newSlot(v.shape.Size())
			p.constants[slot[i]] = T(f.Value)
		}
	}
	kept := slices.Clone(slot) // slots that are no scratch to reuse
	var copies []int
	for i, n := range outputs {
		v := c.list[c.values[n]].of
		if slot[v] >= 0 {
			copies = append(copies, i)
			continue
		}
		slot[v] = inputs + i
		kept[v] = slot[v]
	}
	last := make([]int, len(c.list))
	for i, in := range c.instructions {
		for _, r := range in.reads {
			last[r] = i
		}
	}
	free := map[int][]int{}
	for i, in := range c.instructions {
		size := c.list[in.to].shape.Size()
		dies := func(r int) bool { return last[r] == i && kept[r] < 0 }
		if slot[in.to] < 0 {
			if in.over >= 0 && dies(in.reads[in.over]) && count(in.reads, in.reads[in.over]) == 1 {
				r := in.reads[in.over]
				slot[in.to] = slot[r]
				kept[r] = slot[r] // it is not to be freed
			} else if n := len(free[size]); n > 0 {
				slot[in.to] = free[size][n-1]
				free[size] = free[size][:n-1]
			} else {
				slot[in.to] = newSlot(size)
			}
		}
		reads := make([]int, len(in.reads))
		for j, r := range in.reads {
			reads[j] = slot[r]
		}
		p.steps = append(p.steps, in.make(slot[in.to], reads))
		for j, r := range in.reads {
			if dies(r) && !slices.Contains(in.reads[:j], r) {
				size := c.list[r].shape.Size()
				free[size] = append(free[size], slot[r])
			}
		}
	}
	for _, i := range copies {
		from, to := slot[c.list[c.values[outputs[i]]].of], inputs+i
		p.steps = append(p.steps, func(s [][]T) { copy(s[to], s[from]) })
	}
}

func count(list []int, x int) int {
	n := 0
	for _, y := range list {
		if y == x {
			n++
		}
	}
	return n
}
