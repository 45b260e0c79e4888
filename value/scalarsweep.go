package value

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// A scalarSweep sums over times on any grid. It goes through the columns as a sweeper does,
// but the eigenvalue on each edge is given, so that a stage has a number instead of a
// tensor, for each choice of the rows that its open parts are in: an array of numbers.
type scalarSweep struct {
	*columns
	decays []float64 // by class
	listed []scalarColumn
	plans  map[diagram.Diagram]*scalarSum
}

// A scalarColumn is a column in float64.
type scalarColumn struct {
	sum   float64 // of the weights
	cells []scalarCell
	total [MaxOrder + 1]float64 // Σ w^k over all rows, by k
}

type scalarCell struct {
	class int
	rows  float64
	power [MaxOrder + 1]float64 // w^k, by k
}

// maxNumbers bounds the numbers that a sweep keeps: 512 MiB.
const maxNumbers = 1 << 26

func newScalarSweep(c *columns, decays []float64) *scalarSweep {
	s := &scalarSweep{columns: c, decays: decays, plans: map[diagram.Diagram]*scalarSum{}}
	listed := c.listed
	if c.regular != nil {
		listed = []column{*c.regular}
	}
	for _, col := range listed {
		x := scalarColumn{}
		x.sum, _ = col.sum.Float64()
		for _, cell := range col.cells {
			y := scalarCell{class: cell.class, rows: float64(cell.rows)}
			w, _ := cell.weight.Float64()
			power := 1.0
			for k := range y.power {
				y.power[k] = power
				x.total[k] += y.rows * power
				power *= w
			}
			x.cells = append(x.cells, y)
		}
		s.listed = append(s.listed, x)
	}
	return s
}

func (s *scalarSweep) of(d diagram.Diagram) (timeSum, float64, error) {
	x, ok := s.plans[d]
	if !ok {
		var err error
		if x, err = s.plan(d); err != nil {
			return nil, 0, err
		}
		s.plans[d] = x
	}
	if x.impossible {
		return nil, 0, nil
	}
	return x.sum, x.work, nil
}

// plan prepares the sum over the times of a diagram.
func (s *scalarSweep) plan(d diagram.Diagram) (*scalarSum, error) {
	// The stages and moves are wanted, not their contractions: as if in one dimension.
	plan, err := newSweepPlan(takeApart(d), 1, s.single)
	if err != nil {
		return nil, err
	}
	x := &scalarSum{scalarSweep: s, sweepPlan: plan, known: map[*block]map[classKey][]float64{}}
	size := 0.0
	for _, b := range plan.plans {
		sb := s.newBlock(b)
		x.blocks = append(x.blocks, sb)
		for _, n := range sb.size {
			size += n
			x.work += n
		}
		for _, m := range sb.moves {
			x.work += 10 + s.cost(m)
		}
	}
	if x.work *= float64(s.count); s.count > maxNumbers {
		return nil, fmt.Errorf("%w: %d columns", embed.ErrTooLarge, s.count)
	}
	if size > maxNumbers {
		return nil, fmt.Errorf("%w: %.0e ways to choose the rows of its parts", embed.ErrTooLarge, size)
	}
	return x, nil
}

// A scalarBlock is what a sweep does in a block.
type scalarBlock struct {
	blockPlan
	size  []float64 // by stage, the length of its array
	moves []scalarMove
}

// A scalarMove is a move as a sum over arrays.
type scalarMove struct {
	*move
	from, to *stage
	spreads  []int // the edges that the column adds to
	axes     []axis
}

// An axis is a part whose row matters before or after a move. Its row is any if no node of
// the part takes part in the move, and else that of a cell of the column.
type axis struct {
	fromStride, toStride int // 0 where the row does not matter
	nodes                int // how many of the part take part
	begins               bool
}

func (s *scalarSweep) newBlock(b blockPlan) *scalarBlock {
	x := &scalarBlock{blockPlan: b}
	for _, stage := range b.stages {
		x.size = append(x.size, math.Pow(float64(s.classes), float64(len(stage.open))))
	}
	stride := func(i int) int {
		n := 1
		for range i {
			n *= s.classes
		}
		return n
	}
	for _, from := range b.stages {
		for _, m := range from.moves {
			y := scalarMove{move: m, from: from, to: m.to}
			for _, v := range from.alive {
				if slices.Contains(m.to.alive, v) {
					y.spreads = append(y.spreads, v)
				}
			}
			for _, p := range m.begins {
				y.axes = append(y.axes, axis{toStride: stride(p.part), nodes: p.nodes, begins: true})
			}
			for i := range from.open {
				a := axis{fromStride: stride(i)}
				if j := slices.Index(m.keeps, i); j >= 0 {
					a.toStride = stride(j)
				}
				for _, p := range m.goesOn {
					if p.part == i {
						a.nodes = p.nodes
					}
				}
				y.axes = append(y.axes, a)
			}
			// The long loops inside.
			slices.SortStableFunc(y.axes, func(a, b axis) int { return min(b.nodes, 1) - min(a.nodes, 1) })
			x.moves = append(x.moves, y)
		}
	}
	// Moves to later stages first: so arrays can be changed in place.
	slices.SortStableFunc(x.moves, func(a, b scalarMove) int { return b.to.number - a.to.number })
	return x
}

// cost estimates the operations of a move.
func (s *scalarSweep) cost(m scalarMove) float64 {
	n := 1.0
	for _, a := range m.axes {
		if a.nodes > 0 {
			n *= s.perStep
		} else {
			n *= float64(s.classes)
		}
	}
	return n
}

// A scalarSum sums over the times of one diagram.
type scalarSum struct {
	*scalarSweep
	*sweepPlan
	blocks []*scalarBlock
	work   float64                           // estimated operations
	known  map[*block]map[classKey][]float64 // the fields of blocks, by the classes in them
	held   int                               // the numbers in known
}

// sum returns the product of the blocks that hang on the roots, at the end.
func (x *scalarSum) sum(ctx context.Context, class []int) (float64, error) {
	product := 1.0
	for _, b := range x.atEnd {
		f, err := x.field(ctx, b, class)
		if err != nil {
			return 0, err
		}
		product *= last(f)
	}
	return product, nil
}

// field returns what a block has come to before each column and after the last.
func (x *scalarSum) field(ctx context.Context, b *block, class []int) ([]float64, error) {
	var key classKey
	for set := x.nodes(b); set != 0; set &= set - 1 {
		v := bits.TrailingZeros64(set)
		key[v] = int32(class[v])
	}
	if f, ok := x.known[b][key]; ok {
		return f, nil
	}
	i := slices.IndexFunc(x.blocks, func(s *scalarBlock) bool { return s.block == b })
	f, err := x.run(ctx, x.blocks[i], class)
	if err != nil {
		return nil, err
	}
	if slices.Contains(x.atEnd, b) {
		f = slices.Clone(f[len(f)-1:])
	}
	if x.held += len(f); x.held > maxNumbers {
		clear(x.known)
		x.held = len(f)
	}
	if x.known[b] == nil {
		x.known[b] = map[classKey][]float64{}
	}
	x.known[b][key] = f
	return f, nil
}

// nodes returns the nodes of a block and of what hangs on it.
func (x *scalarSum) nodes(b *block) uint64 {
	var nodes uint64
	for _, top := range b.tops {
		nodes |= x.subtree[top]
	}
	return nodes
}

// run takes a block through all columns.
func (x *scalarSum) run(ctx context.Context, b *scalarBlock, class []int) ([]float64, error) {
	fields := map[*block][]float64{}
	for set := b.core; set != 0; set &= set - 1 {
		for _, hung := range b.hung[bits.TrailingZeros64(set)] {
			f, err := x.field(ctx, hung, class)
			if err != nil {
				return nil, err
			}
			fields[hung] = f
		}
	}
	arrays := make([][]float64, len(b.stages))
	for i, n := range b.size {
		arrays[i] = make([]float64, int(n))
	}
	arrays[0][0] = 1
	result := make([]float64, x.count+1)
	wait, spread := make([]float64, len(b.stages)), make([]float64, len(b.moves))
	var col *scalarColumn
	for t := range x.count {
		if t&0xff == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		result[t] = last(arrays)[0]
		before := col
		if x.regular != nil {
			col = &x.listed[0]
			col.cells[0].class = int(t % x.slots)
		} else {
			col = &x.listed[t]
		}
		if before == nil || before.sum != col.sum {
			for i, s := range b.stages {
				wait[i] = x.through(col, s.alive, class)
			}
			for i, m := range b.moves {
				spread[i] = x.through(col, m.spreads, class)
			}
		}
		next := len(b.stages)
		for i := range b.moves {
			m := &b.moves[i]
			for ; next > m.to.number; next-- {
				scale(arrays[next-1], wait[next-1])
			}
			weight := spread[i]
			for _, p := range m.passes {
				weight *= col.total[p.nodes]
			}
			for _, hung := range m.fields {
				weight *= fields[hung][t]
			}
			if weight != 0 {
				x.add(col, m.axes, arrays[m.to.number], arrays[m.from.number], weight)
			}
		}
	}
	result[x.count] = last(arrays)[0]
	return result, nil
}

// through returns the product of propagators through a column.
func (x *scalarSum) through(col *scalarColumn, edges []int, class []int) float64 {
	product := 1.0
	for _, e := range edges {
		product *= 1 - col.sum*x.decays[class[e]]
	}
	return product
}

func scale(array []float64, by float64) {
	for i := range array {
		array[i] *= by
	}
}

// add adds weight times the elements of from to those of to, by a loop over each axis.
func (x *scalarSum) add(col *scalarColumn, axes []axis, to, from []float64, weight float64) {
	if len(axes) == 0 {
		to[0] += weight * from[0]
		return
	}
	a := axes[0]
	if a.nodes == 0 && len(axes) == 1 {
		for row := range x.classes {
			to[a.toStride*row] += weight * from[a.fromStride*row]
		}
		return
	}
	if a.nodes == 0 {
		for row := range x.classes {
			x.add(col, axes[1:], to[a.toStride*row:], from[a.fromStride*row:], weight)
		}
		return
	}
	for i := range col.cells {
		cell := &col.cells[i]
		w := weight * cell.power[a.nodes]
		if a.begins {
			w *= cell.rows
		}
		x.add(col, axes[1:], to[a.toStride*cell.class:], from[a.fromStride*cell.class:], w)
	}
}
