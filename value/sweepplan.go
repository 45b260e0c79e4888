package value

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
)

// A stage is a set of nodes of a block's core that may have happened by some time. Its
// tensor has an index for the edge above each of these nodes whose parent is not among
// them, and indices for all edges at each node that is yet to come, but that shares its
// part with one that happened: their joint cumulant is there already. Where such a part is
// open, it also matters which row it is in.
type stage struct {
	placed uint64
	number int   // among the stages of the block
	ends   []int // of the edges that the indices belong to
	alive  []int // the nodes whose edge to the parent is open
	open   []int // the parts that are open
	moves  []*move
	wait   tensor.Plan // what a column does if nothing happens in it
}

// A move is what nodes of a block can do in one column: to happen, all at once.
type move struct {
	to      *stage
	keeps   []int     // by open part of to: its index among those of from, or −1
	goesOn  []portion // the parts open before that have nodes among them
	begins  []portion // the parts that begin, to stay open
	passes  []portion // the parts that begin and end
	fields  []*block
	fresh   []int // the parts that begin, in any case
	spreads int   // the number of edges that the column adds to
	plan    tensor.Plan
}

// A portion is a number of nodes of a part. For parts open before, part is an index among
// these; for those that begin to be open, an index among those that are open next.
type portion struct{ part, nodes int }

// blockPlan has the stages of a block, from none of its nodes to all.
type blockPlan struct {
	*block
	stages []*stage
}

// A sweepPlan says how to sweep the columns of a grid for one diagram.
type sweepPlan struct {
	*blocks
	dim        int
	single     bool          // no row has two cells
	ends       map[int][]int // of the edges at each part's nodes
	plans      []blockPlan   // in the order of blocks.all
	impossible bool          // no map to the grid exists
}

// maxStages bounds the stages and moves of a block.
const maxStages = 1 << 16

// afresh turns the lower end of an edge into that before a column.
const afresh = 1 << 10

func newSweepPlan(b *blocks, dim int, single bool) (*sweepPlan, error) {
	p := &sweepPlan{blocks: b, dim: dim, single: single, ends: map[int][]int{}}
	for v := range b.parents {
		if v < b.inner || b.part[v] == b.rootPart {
			p.ends[b.part[v]] = append(p.ends[b.part[v]], nodeEnds(v, b.parents, b.kids)...)
		}
	}
	for _, x := range b.all {
		bp, err := p.planBlock(x)
		if err != nil {
			return nil, err
		}
		if last(bp.stages).placed != x.core {
			return &sweepPlan{blocks: b, dim: dim, impossible: true}, nil
		}
		p.plans = append(p.plans, bp)
	}
	return p, nil
}

// planBlock finds the stages that can be reached.
func (p *sweepPlan) planBlock(x *block) (blockPlan, error) {
	bp := blockPlan{block: x}
	known := map[uint64]*stage{}
	visit := func(placed uint64) *stage {
		if s, ok := known[placed]; ok {
			return s
		}
		s := p.newStage(x, placed)
		known[placed] = s
		bp.stages = append(bp.stages, s)
		return s
	}
	visit(0)
	moves := 0
	for i := 0; i < len(bp.stages); i++ {
		s := bp.stages[i]
		if err := p.planWait(s); err != nil {
			return bp, err
		}
		free := x.available(s.placed)
		for now := free; now != 0; now = (now - 1) & free {
			if p.single && p.reach(now) != now {
				continue // the part could not go on
			}
			m, err := p.planMove(x, s, visit(s.placed|now))
			if err != nil {
				return bp, err
			}
			s.moves = append(s.moves, m)
			if moves++; moves > maxStages {
				return bp, fmt.Errorf("%w: more than %d moves in a block", embed.ErrTooLarge, maxStages)
			}
		}
	}
	// A move adds nodes, so in this order nothing comes before what it follows from.
	slices.SortStableFunc(bp.stages, func(a, b *stage) int {
		return bits.OnesCount64(a.placed) - bits.OnesCount64(b.placed)
	})
	for i, s := range bp.stages {
		s.number = i
	}
	return bp, nil
}

func (p *sweepPlan) newStage(x *block, placed uint64) *stage {
	s := &stage{placed: placed}
	for set := placed; set != 0; set &= set - 1 {
		v := bits.TrailingZeros64(set)
		if up := p.parents[v]; up >= p.inner || placed>>up&1 == 0 {
			s.alive = append(s.alive, v)
			s.ends = append(s.ends, 2*v)
		}
	}
	for part, members := range p.members {
		if members&placed == 0 {
			continue
		}
		if members&^placed != 0 {
			s.open = append(s.open, part)
		}
		for set := members &^ placed; set != 0; set &= set - 1 {
			s.ends = append(s.ends, nodeEnds(bits.TrailingZeros64(set), p.parents, p.kids)...)
		}
		if part == p.rootPart {
			s.ends = append(s.ends, nodeEnds(p.inner, p.parents, p.kids)...)
		}
	}
	return s
}

// planWait plans a column in which nothing happens.
func (p *sweepPlan) planWait(s *stage) error {
	if s.placed == 0 {
		return nil
	}
	labels := [][]int{slices.Clone(s.ends)}
	labels = p.spread(labels, 0, s.alive)
	var err error
	s.wait, err = tensor.PlanContraction(p.dim, labels, s.ends)
	return err
}

// spread adds propagators through a column on edges of the factor with the given index.
func (p *sweepPlan) spread(labels [][]int, factor int, edges []int) [][]int {
	for _, v := range edges {
		labels[factor][slices.Index(labels[factor], 2*v)] = 2*v + afresh
		labels = append(labels, []int{2 * v, 2*v + afresh})
	}
	return labels
}

func (p *sweepPlan) planMove(x *block, from, to *stage) (*move, error) {
	m := &move{to: to, keeps: make([]int, len(to.open))}
	now := to.placed &^ from.placed
	var labels [][]int
	if from.placed != 0 {
		labels = append(labels, slices.Clone(from.ends))
	}
	for i, part := range to.open {
		m.keeps[i] = slices.Index(from.open, part)
	}
	for part, members := range p.members {
		nodes := bits.OnesCount64(members & now)
		if nodes == 0 {
			continue
		}
		if members&from.placed != 0 {
			m.goesOn = append(m.goesOn, portion{slices.Index(from.open, part), nodes})
			continue
		}
		m.fresh = append(m.fresh, part)
		labels = append(labels, slices.Clone(p.ends[part]))
		if i := slices.Index(to.open, part); i >= 0 {
			m.begins = append(m.begins, portion{i, nodes})
		} else {
			m.passes = append(m.passes, portion{part, nodes})
		}
	}
	for set := now; set != 0; set &= set - 1 {
		v := bits.TrailingZeros64(set)
		for _, field := range x.hung[v] {
			m.fields = append(m.fields, field)
			var ends []int
			for _, top := range field.tops {
				ends = append(ends, 2*top)
			}
			labels = append(labels, ends)
		}
		// The edges from v's children end here: both ends become one index.
		for _, list := range labels {
			for i, end := range list {
				if end&1 == 1 && p.parents[end/2] == v {
					list[i] = end - 1
				}
			}
		}
	}
	var old []int
	for _, v := range from.alive {
		if slices.Contains(to.alive, v) {
			old = append(old, v)
		}
	}
	m.spreads = len(old)
	if m.spreads > 0 {
		labels = p.spread(labels, 0, old)
	}
	var err error
	m.plan, err = tensor.PlanContraction(p.dim, labels, to.ends)
	return m, err
}

// work estimates the contractions and sums of tensors in a column, on average, and the
// multiplications of numbers in these.
func (p *sweepPlan) work(c *columns) (tensors, numbers float64) {
	for _, b := range p.plans {
		for _, s := range b.stages {
			rows := math.Pow(float64(c.classes), float64(len(s.open)))
			if s.placed != 0 {
				tensors += rows
				numbers += rows * float64(s.wait.Cost())
			}
			for _, m := range s.moves {
				// A part goes on only in columns that its row is in.
				times := rows * math.Pow(min(1, c.perStep/float64(max(1, c.classes))), float64(len(m.goesOn)))
				results := math.Pow(c.perStep, float64(len(m.begins)))
				size := math.Pow(float64(p.dim), float64(len(m.to.ends)))
				tensors += times * (1 + results)
				numbers += times * (float64(m.plan.Cost()) + results*size)
			}
		}
	}
	return tensors, numbers
}
