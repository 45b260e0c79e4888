package embed

import (
	"context"
	"fmt"
	"iter"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
)

// An Embedding is a map of the non-root nodes of a diagram to cells, up to automorphism.
type Embedding struct {
	Cells  []Cell   // by node label
	Weight *big.Rat // the product of the cells' weights; 1/N times it if the root is tied
	Aut    *big.Int // |Aut_f(D)|, the number of automorphisms a with f∘a = f
}

// Embeddings yields the embeddings of d into g, one of each class up to automorphism: the
// one whose cells, by node label, come first lexicographically (cells are ordered by
// column, then row). They come in that order. Each may be kept.
//
// Over all of them Σ Weight/Aut = W(D)/|Aut(D)| (P §B.3). There can be as many as there
// are cells to the power of the edges: count them before, by Counter.Count; and see
// EmbeddingsContext.
//
// The error wraps ErrTooLarge if g has more than MaxCells cells, or ErrForm.
func Embeddings(d diagram.Diagram, g Grid, form Form) (iter.Seq[Embedding], error) {
	all, err := EmbeddingsContext(context.Background(), d, g, form)
	if err != nil {
		return nil, err
	}
	return func(yield func(Embedding) bool) {
		for e := range all {
			if !yield(e) {
				return
			}
		}
	}, nil
}

// EmbeddingsContext is Embeddings for long searches: if the context ends, the last that is
// yielded is its error, with no Embedding.
func EmbeddingsContext(ctx context.Context, d diagram.Diagram, g Grid, form Form) (iter.Seq2[Embedding, error], error) {
	if err := form.check(); err != nil {
		return nil, fmt.Errorf("embed: embeddings of %v: %w", d, err)
	}
	cells, err := g.list()
	if err != nil {
		return nil, fmt.Errorf("embed: embeddings of %v: %w", d, err)
	}
	return func(yield func(Embedding, error) bool) {
		p := newPlacing(d, g.Rows(), cells, form)
		p.ctx = ctx
		p.yield = func(e Embedding) bool { return yield(e, nil) }
		p.place(0)
		if p.err != nil {
			yield(Embedding{}, fmt.Errorf("embed: embeddings of %v: %w", d, p.err))
		}
	}, nil
}

// A placing builds maps node by node, children before parents.
type placing struct {
	cells    []Cell
	column   []int // of each cell, counting columns that have cells
	columns  int
	byRow    map[int64][]int // the cells of each row
	all      []int
	form     Form
	rows     int64
	tied     bool
	symmetry *diagram.Symmetry
	swaps    [][]int // generators of the automorphism group
	yield    func(Embedding) bool
	ctx      context.Context
	tried    int   // cells, for any node
	err      error // the context's, once it has ended

	inner  int
	kids   [][]int
	part   []int
	height []int // of each node, the number of nodes above it below the root
	cell   []int // of each node, an index; negative for a root
	row    []int64
	used   []int // how many nodes of each part have a place
}

func newPlacing(d diagram.Diagram, rows int64, cells []Cell, form Form) *placing {
	n := d.Nodes()
	p := &placing{
		cells: cells, column: make([]int, len(cells)), byRow: map[int64][]int{}, all: make([]int, len(cells)),
		form: form, rows: rows, tied: d.Tied(), symmetry: d.Symmetry(),
		inner: d.Edges(), kids: d.Children(), part: d.Labels(),
		height: make([]int, n), cell: make([]int, n), row: make([]int64, n), used: make([]int, n),
	}
	p.swaps = p.symmetry.Generators()
	for i, c := range cells {
		if i == 0 || cells[i-1].T != c.T {
			p.columns++
		}
		p.column[i] = p.columns - 1
		p.all[i] = i
		p.byRow[c.N] = append(p.byRow[c.N], i)
	}
	parents := d.Parents()
	for v := n - 1; v >= 0; v-- {
		p.cell[v] = -1
		if up := parents[v]; up >= 0 && up < p.inner {
			p.height[v] = p.height[up] + 1
		}
	}
	return p
}

// place tries every cell for node v and those after it.
func (p *placing) place(v int) bool {
	if v == p.inner {
		return p.finish()
	}
	earliest := 0
	for _, kid := range p.kids[v] {
		earliest = max(earliest, p.column[p.cell[kid]]+1)
	}
	part := p.part[v]
	choices := p.all
	if p.used[part] > 0 {
		choices = p.byRow[p.row[part]]
	}
	for _, c := range choices {
		if p.tried&0x3ff == 0 {
			p.err = p.ctx.Err()
		}
		if p.tried++; p.err != nil {
			return false
		}
		if p.column[c] < earliest {
			continue
		}
		if p.column[c]+p.height[v] >= p.columns {
			break
		}
		if p.used[part] == 0 && p.form == Moment && p.taken(p.cells[c].N) {
			continue
		}
		p.cell[v], p.row[part] = c, p.cells[c].N
		if p.preceded(v) {
			continue
		}
		p.used[part]++
		more := p.place(v + 1)
		p.used[part]--
		if !more {
			return false
		}
	}
	return true
}

// taken reports whether some part lies in the row.
func (p *placing) taken(row int64) bool {
	for part, used := range p.used {
		if used > 0 && p.row[part] == row {
			return true
		}
	}
	return false
}

// preceded reports whether a generator of the automorphism group turns the places of
// nodes 0,…,v into ones that come before them: then no map that continues them is the
// first of its class.
func (p *placing) preceded(v int) bool {
	for _, swap := range p.swaps {
		for w := 0; w <= v && swap[w] <= v; w++ {
			if now, swapped := p.cell[w], p.cell[swap[w]]; now != swapped {
				if swapped < now {
					return true
				}
				break
			}
		}
	}
	return false
}

// finish yields the map if it is the first of its class.
func (p *placing) finish() bool {
	aut := big.NewInt(1)
	if len(p.swaps) > 0 {
		least, stabilizer, err := p.symmetry.Least(p.cell)
		if err != nil {
			panic("embed: " + err.Error())
		}
		if !least {
			return true
		}
		aut = stabilizer
	}
	e := Embedding{Cells: make([]Cell, p.inner), Weight: big.NewRat(1, 1), Aut: aut}
	if p.tied {
		e.Weight.SetFrac64(1, p.rows)
	}
	for v := range e.Cells {
		c := p.cells[p.cell[v]]
		e.Weight.Mul(e.Weight, c.Weight)
		e.Cells[v] = Cell{c.N, c.T, new(big.Rat).Set(c.Weight)}
	}
	return p.yield(e)
}
