package draw

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

const (
	// MaxRows is the largest number of rows that is drawn.
	MaxRows = 64
	// MaxColumns is the largest number of columns that is drawn.
	MaxColumns = 128
)

var (
	// ErrTooLarge reports a grid with too many rows or columns to draw.
	ErrTooLarge = fmt.Errorf("too large to draw, beyond %d rows or %d columns", MaxRows, MaxColumns)
	// ErrEmbedding reports cells that are no embedding of the diagram into the grid.
	ErrEmbedding = errors.New("not an embedding of the diagram into the grid")
)

// A place is a row and a column.
type place struct{ n, t int }

// A sheet is a grid that is small enough to draw.
type sheet struct {
	rows, columns int
	weights       map[place]*big.Rat
	weight        *big.Rat // that of every cell; nil if they differ or there is none
}

func newSheet(g embed.Grid) (*sheet, error) {
	if g.Rows() > MaxRows || g.Columns() > MaxColumns {
		return nil, fmt.Errorf("draw: grid of N=%d rows and T=%d columns: %w", g.Rows(), g.Columns(), ErrTooLarge)
	}
	s := &sheet{rows: int(g.Rows()), columns: int(g.Columns()), weights: map[place]*big.Rat{}}
	differ := false
	for c := range g.Cells() {
		s.weights[place{int(c.N), int(c.T)}] = c.Weight
		if s.weight == nil {
			s.weight = c.Weight
		}
		differ = differ || s.weight.Cmp(c.Weight) != 0
	}
	if differ {
		s.weight = nil
	}
	return s, nil
}

// places returns where the non-root nodes of d are, or why e is no embedding into the
// sheet. It is one in cumulant form if it is one at all.
func (s *sheet) places(d diagram.Diagram, e embed.Embedding) ([]place, error) {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("draw: embedding of %v: %w: %s", d, ErrEmbedding, fmt.Sprintf(format, args...))
	}
	if len(e.Cells) != d.Edges() {
		return nil, fail("%d cells for %d nodes", len(e.Cells), d.Edges())
	}
	list := make([]place, len(e.Cells))
	for v, c := range e.Cells {
		if c.N < 0 || c.N >= int64(s.rows) || c.T < 0 || c.T >= int64(s.columns) || s.weights[place{int(c.N), int(c.T)}] == nil {
			return nil, fail("node %s is at (n=%d, t=%d), which is no cell", label(v), c.N, c.T)
		}
		list[v] = place{int(c.N), int(c.T)}
	}
	parents, part := d.Parents(), d.Labels()
	for v, at := range list {
		if up := parents[v]; up < len(list) && at.t >= list[up].t {
			return nil, fail("node %s is not before its parent %s", label(v), label(up))
		}
		for w := range v {
			if part[v] == part[w] && at.n != list[w].n {
				return nil, fail("nodes %s and %s of one part are in different rows", label(w), label(v))
			}
		}
	}
	return list, nil
}

// rootRow returns the row of the root's part, or −1.
func rootRow(d diagram.Diagram, places []place) int {
	if !d.Tied() {
		return -1
	}
	part := d.Labels()
	for v, at := range places {
		if part[v] == part[len(places)] {
			return at.n
		}
	}
	panic("draw: a tied root has no companion")
}

// label returns the name of a node in a diagram's text: 0-9, then a-z.
func label(v int) string { return strconv.FormatInt(int64(v), 36) }

// short returns a weight, rounded if it is long.
func short(w *big.Rat) string {
	if text := w.RatString(); len(text) <= 7 {
		return text
	}
	return "≈" + new(big.Float).SetRat(w).Text('g', 3)
}
