package net

import (
	"fmt"
	"sync"

	"github.com/perturb-go/perturb/sim/net/exec"
)

// batches are the sizes of batches that programs are compiled for, the largest first. A
// mean goes over its points in batches of these sizes.
var batches = []int{4, 1}

// maxTable bounds the bytes of the table of points that a landscape keeps converted.
const maxTable = 1 << 27

// A machine runs the programs of a model in one precision.
type machine[T exec.Float] struct {
	*shop[T]
	programs map[request]*loaded[T]
	weights  []T // θ and directions, converted, unless T is float64
	input    []float64
}

// A request is for a program.
type request struct {
	quantity
	batch int
}

// A loaded program has its arguments.
type loaded[T exec.Float] struct {
	exec.Program[T]
	in, out [][]T
	x, y    []T // the inputs and targets of a batch
	result  []T // what out are parts of
}

// A shop compiles programs, once for all the clones of a landscape, and keeps points.
type shop[T exec.Float] struct {
	executor exec.Executor[T]
	model    Model
	points   Points
	table    []T // inputs and targets of all points, one after the other, or nil

	mu       sync.Mutex
	compiled map[request]exec.Program[T]
}

func newMachine[T exec.Float](e exec.Executor[T], m Model, p Points) *machine[T] {
	s := &shop[T]{executor: e, model: m, points: p, compiled: map[request]exec.Program[T]{}}
	c := s.machine()
	if width := m.Inputs + m.Targets; width <= maxTable/8/p.Len() {
		table := make([]T, width*p.Len())
		for i := range p.Len() {
			row := table[i*width : (i+1)*width]
			c.load(row[:m.Inputs], row[m.Inputs:], i)
		}
		s.table = table
	}
	return c
}

func (s *shop[T]) machine() *machine[T] {
	return &machine[T]{
		shop: s, programs: map[request]*loaded[T]{},
		input: make([]float64, max(s.model.Inputs, s.model.Targets)),
	}
}

func (c *machine[T]) clone() engine { return c.machine() }

// load sets x and y to a point's input and target.
func (c *machine[T]) load(x, y []T, i int) {
	if c.table != nil {
		row := c.table[i*(len(x)+len(y)):]
		copy(x, row)
		copy(y, row[len(x):])
		return
	}
	in := c.input[:len(x)]
	c.points.Input(in, i)
	narrow(x, in)
	in = c.input[:len(y)]
	c.points.Target(in, i)
	narrow(y, in)
}

func narrow[T exec.Float](dst []T, src []float64) {
	for i, v := range src {
		dst[i] = T(v)
	}
}

// compile returns a program of its own for the caller. Only a model that passed its check
// comes here, so an error is a fault of this package.
func (s *shop[T]) compile(r request) exec.Program[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.compiled[r]
	if !ok {
		e, err := s.model.express(r.quantity, r.batch)
		if err == nil {
			p, err = s.executor.Compile(e.inputs, e.outputs)
		}
		if err != nil {
			panic(fmt.Sprintf("net: %s: %v", s.model.Name, err))
		}
		s.compiled[r] = p
	}
	return p.Clone()
}

// program returns a loaded program.
func (c *machine[T]) program(r request) *loaded[T] {
	if p, ok := c.programs[r]; ok {
		return p
	}
	m := c.model
	p := &loaded[T]{
		Program: c.compile(r),
		x:       make([]T, r.batch*m.Inputs), y: make([]T, r.batch*m.Targets),
		in: make([][]T, 2+(1+r.along)*len(m.Weights)),
	}
	p.in[0], p.in[1] = p.x, p.y
	switch {
	case r.gradient:
		p.result = make([]T, m.Dim())
		p.out = c.split(nil, p.result)
	case r.scores:
		p.result = make([]T, r.batch*m.Targets)
		p.out = [][]T{p.result}
	default:
		p.result = make([]T, 1)
		p.out = [][]T{p.result}
	}
	c.programs[r] = p
	return p
}

// split appends the weight matrices that a point or a direction of weight space consists of.
func (c *machine[T]) split(list [][]T, theta []T) [][]T {
	for _, s := range c.model.Weights {
		list = append(list, theta[:s.Size()])
		theta = theta[s.Size():]
	}
	return list
}

// own returns a vector of weight space in the machine's precision: itself, if it is in it,
// else a copy in the given place of c.weights.
func (c *machine[T]) own(v []float64, place int) []T {
	if same, ok := any(v).([]T); ok {
		return same
	}
	dim := len(v)
	converted := c.weights[place*dim : (place+1)*dim]
	narrow(converted, v)
	return converted
}

// each runs the programs of a quantity over points, batch by batch, and calls f after each
// with the place in data of the first point of the batch, and the result.
func (c *machine[T]) each(q quantity, theta, data []float64, along [][]float64, f func(at, batch int, result []T)) {
	q.along = len(along)
	if _, same := any(theta).([]T); !same && len(c.weights) < (1+len(along))*len(theta) {
		c.weights = make([]T, (1+len(along))*len(theta))
	}
	vectors := make([][]T, 0, 1+expectDirections)
	vectors = append(vectors, c.own(theta, 0))
	for k, v := range along {
		vectors = append(vectors, c.own(v, k+1))
	}
	for at := 0; at < len(data); {
		batch := largestBatch(len(data) - at)
		p := c.program(request{q, batch})
		list := p.in[:2]
		for _, v := range vectors {
			list = c.split(list, v)
		}
		for i := range batch {
			m := c.model
			c.load(p.x[i*m.Inputs:(i+1)*m.Inputs], p.y[i*m.Targets:(i+1)*m.Targets], int(data[at+i]))
		}
		if err := p.Run(list, p.out); err != nil {
			panic(fmt.Sprintf("net: %s: %v", c.model.Name, err))
		}
		f(at, batch, p.result)
		at += batch
	}
}

// expectDirections is for how many directions each has space at hand.
const expectDirections = 8

func largestBatch(points int) int {
	for _, b := range batches {
		if b <= points {
			return b
		}
	}
	return 1
}

func (c *machine[T]) loss(theta, data []float64, along [][]float64) float64 {
	sum := 0.0
	c.each(quantity{}, theta, data, along, func(_, batch int, result []T) {
		sum += float64(batch) * float64(result[0])
	})
	return sum / float64(len(data))
}

func (c *machine[T]) gradient(grad, theta, data []float64, along [][]float64) {
	c.each(quantity{gradient: true}, theta, data, along, func(at, batch int, result []T) {
		share := float64(batch) / float64(len(data))
		if at == 0 {
			for i, v := range result {
				grad[i] = share * float64(v)
			}
			return
		}
		for i, v := range result {
			grad[i] += share * float64(v)
		}
	})
}

func (c *machine[T]) scores(theta, data []float64, f func(i int, scores []float64)) {
	wide := make([]float64, c.model.Targets)
	c.each(quantity{scores: true}, theta, data, nil, func(at, batch int, result []T) {
		for i := range batch {
			for j := range wide {
				wide[j] = float64(result[i*len(wide)+j])
			}
			f(at+i, wide)
		}
	})
}
