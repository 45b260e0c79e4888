package embed

import (
	"context"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
	"sync"
)

// maxWork bounds the estimated operations of one count: about half a minute, at 15 ns each.
const maxWork = 2e9

// A table holds the cells of a grid for message passing: columns without cells are left
// out, since no node can stand there, and so are idle rows.
type table[T any] struct {
	columns int
	rows    []function[T] // for each row, its weights as a mass
	all     function[T]   // for each column, the sum of its weights
}

func newTable[T any, R numbers[T]](r R, cells []Cell, weight func(i int) T) *table[T] {
	t := &table[T]{}
	index := map[int64]int{}
	for i, c := range cells {
		if i == 0 || cells[i-1].T != c.T {
			t.columns++
		}
		at := int32(t.columns - 1)
		row, ok := index[c.N]
		if !ok {
			row = len(t.rows)
			index[c.N] = row
			t.rows = append(t.rows, function[T]{})
		}
		w := weight(i)
		t.rows[row].add(at, w)
		if last := len(t.all.at) - 1; last >= 0 && t.all.at[last] == at {
			t.all.x[last] = r.add(t.all.x[last], w)
		} else {
			t.all.add(at, w)
		}
	}
	return t
}

// A passing sums the product of the cell weights over all maps of a diagram into a grid.
//
// Let f_v(t) be that sum over the maps of the subtree of v that put v into column t, as
// a function of the rows of the parts open at v. Then f_v(t) = w(t) Π_c F_c(t) over the
// children c of v, where F_c(t) = Σ_{s<t} f_c(s) and w is the weight of v's row, or the
// column sum if v's part is free; and where a part closes, its row is summed over. Rows
// are summed over by loops around the smallest product that depends on them, so k parts
// that are open at once cost a factor N^k: time is of order |cells| N^(k−1) per node, or
// T N^k where a free node lies between the nodes of an open part. Memory is of order T
// per node.
type passing[T any, R numbers[T]] struct {
	*forest
	*table[T]
	numbers  R
	one      T
	minusOne T
	ctx      context.Context
	err      error // the context's, once it has ended

	row   []int // of each bound part that is being looped over
	known []message[T]
}

// A message is a node's function, for the rows of its open parts when it was computed.
type message[T any] struct {
	valid bool
	rows  []int
	mass  function[T]
}

// total returns the sum.
func (p *passing[T, R]) total() (x T, ok bool, err error) {
	root := p.edges()
	p.row = make([]int, p.parts)
	p.known = make([]message[T], len(p.bound))
	f := p.product(root, p.factors(root), p.closes[root])
	x, ok = f.last()
	return x, ok, p.err
}

// mass returns f_v for the rows at hand.
func (p *passing[T, R]) mass(v int) function[T] {
	m := &p.known[v]
	if m.valid && p.current(v, m.rows) {
		return m.mass
	}
	m.mass = p.compute(v)
	m.valid = true
	m.rows = slices.Clone(p.row)
	return m.mass
}

// current reports whether the rows of the parts open at v are the ones given.
func (p *passing[T, R]) current(v int, rows []int) bool {
	for set := p.open[v]; set != 0; set &= set - 1 {
		if part := bits.TrailingZeros64(set); p.row[part] != rows[part] {
			return false
		}
	}
	return true
}

func (p *passing[T, R]) compute(v int) function[T] {
	if p.stopped() {
		return function[T]{}
	}
	factors := p.factors(v)
	own := p.bound[v]
	if own < 0 || p.closes[v]>>own&1 == 0 {
		weight := p.all
		if own >= 0 {
			weight = p.rows[p.row[own]]
		}
		return p.weighted(v, weight, factors, p.closes[v])
	}
	// v's own part closes here: loop over its row, around the factors that depend on it.
	joined, others := split(factors, p.closes[v], 1<<own)
	total := newSum[T](p.columns)
	p.eachRow(own, func(row int) {
		addMass(p.numbers, total, p.weighted(v, p.rows[row], joined, p.closes[v]&^(1<<own)))
	})
	return p.weighted(v, total.mass(), others, p.closes[v])
}

// weighted returns the mass w(t) Π F(t) over the factors, summed over closing parts.
func (p *passing[T, R]) weighted(v int, w function[T], factors []factor, closing uint64) function[T] {
	if len(factors) == 0 {
		return w
	}
	return weigh(p.numbers, w, p.product(v, factors, closing))
}

// product returns the step function Π F(t) over the factors, summed over closing parts.
func (p *passing[T, R]) product(v int, factors []factor, closing uint64) function[T] {
	if len(factors) == 0 {
		return function[T]{at: []int32{-1}, x: []T{p.one}}
	}
	joined, rest := split(factors[1:], closing, factors[0].open, factors[0])
	result := p.connected(v, joined, closing)
	if len(rest) == 0 || len(result.at) == 0 {
		return result
	}
	return multiply(p.numbers, result, p.product(v, rest, closing))
}

// connected returns the product over factors that closing parts join, summed over those
// parts' rows: by a loop over the rows of one, which leaves a product to take apart anew.
func (p *passing[T, R]) connected(v int, factors []factor, closing uint64) function[T] {
	part := firstShared(factors, closing)
	if part < 0 { // a single factor
		return p.steps(v, factors[0].child)
	}
	total := newSum[T](p.columns)
	p.eachRow(part, func(int) {
		f := p.product(v, factors, closing&^(1<<part))
		if v == p.edges() {
			f = p.atEnd(f)
		}
		addMass(p.numbers, total, jumps(p.numbers, p.minusOne, f))
	})
	return cumulate(p.numbers, total.mass())
}

// steps returns F of a child of v.
func (p *passing[T, R]) steps(v, child int) function[T] {
	f := cumulate(p.numbers, p.mass(child))
	if v == p.edges() {
		return p.atEnd(f)
	}
	return f
}

// atEnd reduces a step function to its last value: the root, at time T, needs no other.
func (p *passing[T, R]) atEnd(f function[T]) function[T] {
	x, ok := f.last()
	if !ok {
		return f
	}
	return function[T]{at: []int32{0}, x: []T{x}}
}

// eachRow calls do with every row for a part, until the context ends.
func (p *passing[T, R]) eachRow(part int, do func(row int)) {
	for row := range p.rows {
		if p.stopped() {
			return
		}
		p.row[part] = row
		do(row)
	}
}

// stopped reports whether the context has ended.
func (p *passing[T, R]) stopped() bool {
	if p.err == nil {
		p.err = p.ctx.Err()
	}
	return p.err != nil
}

// A tally prepares a list of cells for message passing: in machine words while the
// numbers fit, in big integers otherwise. Weights are given as integers.
type tally struct {
	cells int
	bits  int // of the largest weight
	fits  bool
	small *table[int64] // of nonsense unless the weights fit
	large func() *table[*big.Int]
}

func newTally(cells []Cell, weight func(i int) *big.Int) *tally {
	t := &tally{cells: len(cells)}
	var overflow bool
	t.small = newTable(words{&overflow}, cells, func(i int) int64 {
		w := weight(i)
		t.bits = max(t.bits, w.BitLen())
		overflow = overflow || !w.IsInt64()
		return w.Int64()
	})
	t.fits = !overflow
	t.large = sync.OnceValue(func() *table[*big.Int] { return newTable(bigs{}, cells, weight) })
	return t
}

// sum returns the sum over all maps of the product of the weights.
func (t *tally) sum(ctx context.Context, f *forest) (*big.Int, error) {
	work := t.work(f)
	if err := t.hopeless(work); err != nil {
		return nil, err
	}
	if t.fits {
		var overflow bool
		p := &passing[int64, words]{forest: f, table: t.small, numbers: words{&overflow}, one: 1, minusOne: -1, ctx: ctx}
		x, _, err := p.total()
		if err != nil || !overflow {
			return big.NewInt(x), err
		}
	}
	if err := t.hopeless(work * bigCost(t.bits, f.edges())); err != nil {
		return nil, err
	}
	p := &passing[*big.Int, bigs]{forest: f, table: t.large(), one: big.NewInt(1), minusOne: big.NewInt(-1), ctx: ctx}
	x, ok, err := p.total()
	if err != nil || !ok {
		return new(big.Int), err
	}
	return new(big.Int).Set(x), nil
}

// work estimates the operations of a sum in machine words.
func (t *tally) work(f *forest) float64 {
	return f.work(len(t.small.rows), t.small.columns, t.cells)
}

// bigCost estimates how much longer an operation takes on bigs than on words: tenfold to
// allocate the result, and to multiply a weight by a product of up to so many of them.
func bigCost(bits, edges int) float64 {
	words := float64(bits) / 64
	return 10 + words*words*float64(edges)/100
}

func (t *tally) hopeless(work float64) error {
	if work <= maxWork {
		return nil
	}
	return fmt.Errorf("%w: about %.0e operations, for parts that interlock on %d rows", ErrTooLarge, work, len(t.small.rows))
}
