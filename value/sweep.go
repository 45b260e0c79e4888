package value

import (
	"context"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
)

// A sweeper computes discrete re-summed values on any grid and over any numbers (P Theorem
// 1): it goes through the columns once and keeps, for every set of nodes that may have
// happened by then, the sum over the maps of these to earlier cells.
type sweeper[T any] struct {
	evaluator[T]
	columns *columns
	eta     T
	descent *tensor.Dense[T] // gH, an upper index first
	known   map[diagram.Diagram]*sweepPlan
	steps   map[string]*tensor.Dense[T] // I − sηgH, by s
	entered map[*column]*entered[T]
}

func newSweeper[T any](r *Resummed, p Point[T], eta T) (*sweeper[T], error) {
	c, err := newColumns(r.timing.Grid)
	if err != nil {
		return nil, err
	}
	h, err := tensor.Hessian(p.Statistics)
	if err != nil {
		return nil, err
	}
	descent, err := p.Metric.Raise(p.Ring, h, 0)
	if err != nil {
		return nil, err
	}
	return &sweeper[T]{
		evaluator: evaluator[T]{p, &Series{Observable: r.Observable, Form: embed.Cumulant}},
		columns:   c, eta: eta, descent: descent,
		known: map[diagram.Diagram]*sweepPlan{}, steps: map[string]*tensor.Dense[T]{},
		entered: map[*column]*entered[T]{},
	}, nil
}

// plan returns the plan for a diagram.
func (s *sweeper[T]) plan(d diagram.Diagram) (*sweepPlan, error) {
	if p, ok := s.known[d]; ok {
		return p, nil
	}
	p, err := newSweepPlan(takeApart(d), s.Statistics.Dim(), s.columns.single)
	if err == nil {
		s.known[d] = p
	}
	return p, err
}

func (s *sweeper[T]) work(d diagram.Diagram) (float64, error) {
	p, err := s.plan(d)
	if err != nil {
		return 0, err
	}
	tensors, numbers := p.work(s.columns)
	return float64(s.columns.count) * (3000*tensors + s.numberCost(d.Edges())*numbers), nil
}

// numberCost estimates the time that an operation takes, in nanoseconds. Rational numbers
// get longer with each column, and most of their time goes into common divisors, which
// takes the square of their length.
func (s *sweeper[T]) numberCost(edges int) float64 {
	eta, ok := any(s.eta).(*big.Rat)
	if !ok {
		return 1
	}
	length := func(x *big.Rat) int { return x.Num().BitLen() + x.Denom().BitLen() }
	bits := 0
	for _, x := range any(s.descent.Data()).([]*big.Rat) {
		bits = max(bits, length(x))
	}
	weight := 0
	for _, w := range s.columns.weights {
		weight = max(weight, length(w))
	}
	words := float64(bits+weight+length(eta)) * float64(edges) * float64(s.columns.count) / 64
	return 300 + 3*words*words
}

// propagator returns I − sηgH.
func (s *sweeper[T]) propagator(sum *big.Rat) (*tensor.Dense[T], error) {
	key := sum.RatString()
	if k, ok := s.steps[key]; ok {
		return k, nil
	}
	one, err := tensor.Identity[T](s.Ring, s.descent.Dim())
	if err != nil {
		return nil, err
	}
	scale := s.Ring.Mul(s.Ring.Rat(new(big.Rat).Neg(sum)), s.eta)
	k, err := tensor.Add(s.Ring, one, tensor.Scale(s.Ring, scale, s.descent))
	if err == nil {
		s.steps[key] = k
	}
	return k, err
}

// An entered column is a column over the sweeper's numbers.
type entered[T any] struct {
	*column
	through *tensor.Dense[T] // the propagator through it
	weights []T              // of the cells
	at      map[int]int      // the cell of each class
	powers  map[int]T        // Σ w^k over the cells' rows, by k
}

func (s *sweeper[T]) enter(c *column) (*entered[T], error) {
	if e, ok := s.entered[c]; ok {
		return e, nil
	}
	through, err := s.propagator(c.sum)
	if err != nil {
		return nil, err
	}
	e := &entered[T]{column: c, through: through, at: map[int]int{}, powers: map[int]T{}}
	for i, cell := range c.cells {
		e.weights = append(e.weights, s.Ring.Rat(cell.weight))
		e.at[cell.class] = i
	}
	s.entered[c] = e
	return e, nil
}

// power returns Σ w^k over all rows of the column.
func (s *sweeper[T]) power(e *entered[T], k int) T {
	if x, ok := e.powers[k]; ok {
		return x
	}
	sum := s.Ring.Int(new(big.Int))
	for i := range e.cells {
		sum = s.Ring.Add(sum, s.inCell(e, i, k))
	}
	e.powers[k] = sum
	return sum
}

// inCell returns w^k over the rows of one class.
func (s *sweeper[T]) inCell(e *entered[T], cell, k int) T {
	x := s.Ring.Int(big.NewInt(e.cells[cell].rows))
	for range k {
		x = s.Ring.Mul(x, e.weights[cell])
	}
	return x
}

// A rowKey has the classes of the rows that a stage's open parts are in.
type rowKey [MaxOrder / 2]int32

// sums are the tensors of a stage, by the rows of its open parts, in the order in which
// these came up.
type sums[T any] struct {
	index map[rowKey]int
	keys  []rowKey
	x     []*tensor.Dense[T]
}

// get returns the tensor of rows, or nil.
func (s *sums[T]) get(key rowKey) *tensor.Dense[T] {
	if i, ok := s.index[key]; ok {
		return s.x[i]
	}
	return nil
}

// A sweep is on its way through the columns, for one diagram.
type sweep[T any] struct {
	*sweeper[T]
	*sweepPlan
	tensors map[int]*tensor.Dense[T] // the cumulant of each part, with the lower ends raised
	now     map[*block][]*sums[T]    // by stage
	t       int64
	in      *entered[T]
}

func (s *sweeper[T]) value(ctx context.Context, d diagram.Diagram) (*tensor.Dense[T], error) {
	plan, err := s.plan(d)
	if err != nil {
		return nil, err
	}
	pieces, open, err := s.pieces(ctx, d, s.statistic)
	if err != nil {
		return nil, err
	}
	if plan.impossible {
		return tensor.New(plan.dim, len(open), s.Ring.Int(new(big.Int)))
	}
	w := &sweep[T]{sweeper: s, sweepPlan: plan, tensors: map[int]*tensor.Dense[T]{}, now: map[*block][]*sums[T]{}}
	var roots []piece[T]
	for _, p := range pieces {
		if w.members[p.part] == 0 {
			roots = append(roots, p)
			continue
		}
		x := p.tensor
		for axis, end := range p.ends {
			if end&1 == 0 {
				if x, err = s.Metric.Raise(s.Ring, x, axis); err != nil {
					return nil, err
				}
			}
		}
		w.tensors[p.part] = x
	}
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	return w.finish(roots, open)
}

// run goes through the columns.
func (w *sweep[T]) run(ctx context.Context) error {
	for _, b := range w.plans {
		w.now[b.block] = make([]*sums[T], len(b.stages))
		for i := range b.stages {
			w.now[b.block][i] = &sums[T]{index: map[rowKey]int{}}
		}
		one, err := tensor.Scalar(w.dim, w.Ring.Int(big.NewInt(1)))
		if err != nil {
			return err
		}
		w.now[b.block][0] = &sums[T]{map[rowKey]int{{}: 0}, []rowKey{{}}, []*tensor.Dense[T]{one}}
	}
	for w.t = range w.columns.count {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if w.in, err = w.enter(w.columns.at(w.t)); err != nil {
			return err
		}
		// What hangs on a block is asked for its value before the column, so it comes later.
		for _, b := range w.plans {
			if err := w.step(ctx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// cell returns the index of a class's cell in the column at hand.
func (w *sweep[T]) cell(class int32) (int, bool) {
	if w.columns.regular != nil {
		return 0, int64(class) == w.t%w.columns.slots
	}
	i, ok := w.in.at[int(class)]
	return i, ok
}

// class returns the class of a cell in the column at hand.
func (w *sweep[T]) class(cell int) int32 {
	if w.columns.regular != nil {
		return int32(w.t % w.columns.slots)
	}
	return int32(w.in.cells[cell].class)
}

// goesOn reports whether a row has cells in later columns.
func (w *sweep[T]) goesOn(class int32) bool { return w.columns.last[class] > w.t }

// step takes a block through the column.
func (w *sweep[T]) step(ctx context.Context, b blockPlan) error {
	next := make([]*sums[T], len(b.stages))
	for i := range next {
		next[i] = &sums[T]{index: map[rowKey]int{}}
	}
	next[0] = w.now[b.block][0]
	for i, from := range b.stages {
		old := w.now[b.block][i]
		for k, key := range old.keys {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := w.wait(next[i], from, key, old.x[k]); err != nil {
				return err
			}
			for _, m := range from.moves {
				if err := w.move(next[m.to.number], from, m, key, old.x[k]); err != nil {
					return err
				}
			}
		}
	}
	w.now[b.block] = next
	return nil
}

// wait adds what becomes of a tensor if no node happens in the column.
func (w *sweep[T]) wait(to *sums[T], s *stage, key rowKey, x *tensor.Dense[T]) error {
	if s.placed == 0 {
		return nil
	}
	for i := range s.open {
		if !w.goesOn(key[i]) {
			return nil
		}
	}
	factors := []*tensor.Dense[T]{x}
	for range s.alive {
		factors = append(factors, w.in.through)
	}
	y, err := tensor.Contract[T](w.Ring, s.wait, factors)
	if err != nil {
		return err
	}
	return w.add(to, key, y)
}

// move adds what becomes of a tensor if some nodes happen in the column.
func (w *sweep[T]) move(to *sums[T], from *stage, m *move, key rowKey, x *tensor.Dense[T]) error {
	weight := w.Ring.Int(big.NewInt(1))
	for _, p := range m.goesOn {
		cell, ok := w.cell(key[p.part])
		if !ok {
			return nil
		}
		for range p.nodes {
			weight = w.Ring.Mul(weight, w.in.weights[cell])
		}
	}
	for _, p := range m.passes {
		weight = w.Ring.Mul(weight, w.power(w.in, p.nodes))
	}
	var next rowKey
	for i, j := range m.keeps {
		if j >= 0 {
			if next[i] = key[j]; !w.goesOn(next[i]) {
				return nil
			}
		}
	}
	var factors []*tensor.Dense[T]
	if from.placed != 0 {
		factors = append(factors, x)
	}
	for _, part := range m.fresh {
		factors = append(factors, w.tensors[part])
	}
	for _, field := range m.fields {
		y := last(w.now[field]).get(rowKey{})
		if y == nil {
			return nil
		}
		factors = append(factors, y)
	}
	for range m.spreads {
		factors = append(factors, w.in.through)
	}
	var y *tensor.Dense[T]
	// each chooses the rows of the parts that begin.
	var each func(begins []portion, weight T) error
	each = func(begins []portion, weight T) error {
		if len(begins) == 0 {
			if y == nil {
				var err error
				if y, err = tensor.Contract[T](w.Ring, m.plan, factors); err != nil {
					return err
				}
			}
			return w.add(to, next, tensor.Scale(w.Ring, weight, y))
		}
		for cell := range w.in.cells {
			if next[begins[0].part] = w.class(cell); w.goesOn(next[begins[0].part]) {
				if err := each(begins[1:], w.Ring.Mul(weight, w.inCell(w.in, cell, begins[0].nodes))); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return each(m.begins, weight)
}

func last[T any](list []T) T { return list[len(list)-1] }

// add adds to the tensor of some rows.
func (w *sweep[T]) add(to *sums[T], key rowKey, x *tensor.Dense[T]) error {
	i, ok := to.index[key]
	if !ok {
		to.index[key] = len(to.keys)
		to.keys = append(to.keys, key)
		to.x = append(to.x, x)
		return nil
	}
	var err error
	to.x[i], err = tensor.Add(w.Ring, to.x[i], x)
	return err
}

// finish contracts what happened by the end with the roots.
func (w *sweep[T]) finish(roots []piece[T], open []int) (*tensor.Dense[T], error) {
	var labels [][]int
	var factors []*tensor.Dense[T]
	add := func(ends []int, x *tensor.Dense[T]) {
		joined := slices.Clone(ends)
		for i, end := range joined {
			joined[i] = end &^ 1
		}
		labels, factors = append(labels, joined), append(factors, x)
	}
	for _, root := range roots {
		add(root.ends, root.tensor)
	}
	for _, b := range w.plans {
		if !slices.Contains(w.atEnd, b.block) {
			continue
		}
		x := last(w.now[b.block]).get(rowKey{})
		if x == nil {
			return tensor.New(w.dim, len(open), w.Ring.Int(new(big.Int)))
		}
		add(last(b.stages).ends, x)
	}
	free := slices.Clone(open)
	for i, end := range free {
		free[i] = end &^ 1
	}
	plan, err := tensor.PlanContraction(w.dim, labels, free)
	if err != nil {
		return nil, err
	}
	return tensor.Contract[T](w.Ring, plan, factors)
}
