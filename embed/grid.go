package embed

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/internal/rational"
)

// MaxSize bounds N, E, B and T as a caller gives them: 2³¹−1. The T = EN/B that
// follows from them may be larger.
const MaxSize = math.MaxInt32

// MaxCells bounds the number of cells of a grid that are held one by one.
const MaxCells = 1 << 22

var (
	// ErrSize reports an N, E, B or T that is out of range, or a B that does not divide N.
	ErrSize = errors.New("no such grid")
	// ErrCell reports a cell outside its grid, or one that stands twice.
	ErrCell = errors.New("no such cell")
	// ErrShuffle reports an order of the rows that is not a permutation.
	ErrShuffle = errors.New("not a permutation of the rows")
	// ErrTooLarge reports a grid, or a count, that would take too much memory or time.
	ErrTooLarge = errors.New("too large")
)

// A Cell says that training point N takes part in update T, with a weight: the update is
// θ_{T+1} = θ_T − η Σ w ∇l_N(θ_T), summed over the cells of column T. A nil Weight is
// not a number, and an error wherever it is used.
type Cell struct {
	N, T   int64
	Weight *big.Rat
}

// A Grid is the space-time of an optimizer (P §A.2): N rows, the training points; T
// columns, the updates; and a set of weighted cells. Columns may be empty and rows idle.
//
// A Grid is immutable. The zero Grid has one row and no column: no training at all.
type Grid struct {
	rows, columns int64
	cells         []Cell   // by column, then row; nil if epochs is not
	epochs        *regular // the cells of SGD without reshuffling
}

// A regular grid goes through the rows in the same order in every epoch, batch by
// batch; all weights are equal.
type regular struct {
	epochs, batch int64
	weight        *big.Rat
}

// SGD returns the grid of stochastic gradient descent on n points for the given number of
// epochs with the given batch size, without reshuffling: column t holds the points
// kB,…,kB+B−1 for k = t mod (N/B), each with weight 1/B. There are T = EN/B columns.
//
// The error wraps ErrSize and names the argument that is not in 1,…,MaxSize, or says
// that the batch size does not divide n. Any size takes the same memory.
func SGD(n, epochs, batch int64) (Grid, error) {
	if err := errors.Join(checkSize("N", n, 1), checkSize("E", epochs, 1), checkSize("B", batch, 1)); err != nil {
		return Grid{}, err
	}
	if n%batch != 0 {
		return Grid{}, fmt.Errorf("%w: B=%d does not divide N=%d", ErrSize, batch, n)
	}
	return Grid{rows: n, columns: n / batch * epochs, epochs: &regular{epochs, batch, big.NewRat(1, batch)}}, nil
}

// OneEpoch returns the grid of SGD on n points for one epoch with batch size 1: one cell
// in each row and in each column.
func OneEpoch(n int64) (Grid, error) { return SGD(n, 1, 1) }

// GD returns the grid of full-batch gradient descent on n points for the given number of
// steps, from 0: every cell, with weight 1/n.
func GD(n, steps int64) (Grid, error) {
	if err := errors.Join(checkSize("N", n, 1), checkSize("T", steps, 0)); err != nil {
		return Grid{}, err
	}
	if steps == 0 {
		return Grid{rows: n}, nil
	}
	return SGD(n, steps, n)
}

// Reshuffled returns the grid of SGD with batch size batch whose e-th epoch goes through
// the rows in the order orders[e], a permutation of 0,…,n−1 (P §A.2).
//
// The error wraps ErrSize, ErrTooLarge or ErrShuffle, which names the epoch and the row.
func Reshuffled(n, batch int64, orders [][]int64) (Grid, error) {
	if _, err := SGD(n, max(1, int64(len(orders))), batch); err != nil {
		return Grid{}, err
	}
	if total := n * int64(len(orders)); total > MaxCells {
		return Grid{}, tooManyCells(big.NewInt(total))
	}
	weight := big.NewRat(1, batch)
	var cells []Cell
	for e, order := range orders {
		if err := checkShuffle(n, order); err != nil {
			return Grid{}, fmt.Errorf("epoch %d: %w", e, err)
		}
		for i, row := range order {
			cells = append(cells, Cell{row, int64(e)*(n/batch) + int64(i)/batch, weight})
		}
	}
	return New(n, n/batch*int64(len(orders)), cells)
}

func checkShuffle(n int64, order []int64) error {
	if int64(len(order)) != n {
		return fmt.Errorf("%w: %d rows, of %d", ErrShuffle, len(order), n)
	}
	seen := make([]bool, n)
	for _, row := range order {
		if row < 0 || row >= n {
			return fmt.Errorf("%w: row %d is not among 0,…,%d", ErrShuffle, row, n-1)
		}
		if seen[row] {
			return fmt.Errorf("%w: row %d stands twice", ErrShuffle, row)
		}
		seen[row] = true
	}
	return nil
}

// New returns the grid of n rows and t columns with the given cells, in any order. Weights
// are any rational numbers; t may be 0.
//
// The error wraps ErrSize, ErrTooLarge or ErrCell, which names the cell.
func New(n, t int64, cells []Cell) (Grid, error) {
	if err := errors.Join(checkSize("N", n, 1), checkSize("T", t, 0)); err != nil {
		return Grid{}, err
	}
	if len(cells) > MaxCells {
		return Grid{}, tooManyCells(big.NewInt(int64(len(cells))))
	}
	own := slices.Clone(cells)
	slices.SortFunc(own, compareCells)
	for i, c := range own {
		switch {
		case c.N < 0 || c.N >= n || c.T < 0 || c.T >= t:
			return Grid{}, fmt.Errorf("%w: cell (n=%d, t=%d) lies outside a grid of N=%d rows and T=%d columns", ErrCell, c.N, c.T, n, t)
		case i > 0 && compareCells(own[i-1], c) == 0:
			return Grid{}, fmt.Errorf("%w: cell (n=%d, t=%d) stands twice", ErrCell, c.N, c.T)
		case c.Weight == nil:
			return Grid{}, fmt.Errorf("%w: cell (n=%d, t=%d) has no weight", ErrCell, c.N, c.T)
		}
		own[i].Weight = rational.Clone(c.Weight)
	}
	return Grid{rows: n, columns: t, cells: own}, nil
}

func compareCells(a, b Cell) int { return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.N, b.N)) }

func checkSize(name string, value, least int64) error {
	if value < least || value > MaxSize {
		return fmt.Errorf("%w: %s=%d is not among %d,…,%d", ErrSize, name, value, least, MaxSize)
	}
	return nil
}

func tooManyCells(count *big.Int) error {
	return fmt.Errorf("%w: %d cells, of at most %d that can be held one by one", ErrTooLarge, count, MaxCells)
}

// Must returns g, and panics on an error: for literals, as in Must(SGD(10, 1, 1)).
func Must(g Grid, err error) Grid {
	if err != nil {
		panic(err)
	}
	return g
}

// Rows returns N, the number of training points.
func (g Grid) Rows() int64 { return max(1, g.rows) }

// Columns returns T, the number of updates.
func (g Grid) Columns() int64 { return g.columns }

// CellCount returns the number of cells.
func (g Grid) CellCount() *big.Int {
	if g.epochs == nil {
		return big.NewInt(int64(len(g.cells)))
	}
	return new(big.Int).Mul(big.NewInt(g.rows), big.NewInt(g.epochs.epochs))
}

// Cells yields the cells by column, then row. The weights are the caller's.
func (g Grid) Cells() iter.Seq[Cell] {
	return func(yield func(Cell) bool) {
		for _, c := range g.cells {
			if !yield(Cell{c.N, c.T, rational.Clone(c.Weight)}) {
				return
			}
		}
		if g.epochs == nil {
			return
		}
		r := g.epochs
		slots := g.rows / r.batch
		for t := range g.columns {
			for b := range r.batch {
				if !yield(Cell{t%slots*r.batch + b, t, rational.Clone(r.weight)}) {
					return
				}
			}
		}
	}
}

// list returns the cells as a slice that must not be changed.
func (g Grid) list() ([]Cell, error) {
	if g.epochs == nil {
		return g.cells, nil
	}
	if count := g.CellCount(); count.Cmp(big.NewInt(MaxCells)) > 0 {
		return nil, tooManyCells(count)
	}
	return slices.Collect(g.Cells()), nil
}

// Scale returns the grid with every weight multiplied by rate: the optimizer whose
// learning rate is rate·η.
func (g Grid) Scale(rate *big.Rat) Grid {
	if r := g.epochs; r != nil {
		g.epochs = &regular{r.epochs, r.batch, new(big.Rat).Mul(r.weight, rate)}
		return g
	}
	cells := slices.Clone(g.cells)
	for i, c := range cells {
		cells[i].Weight = new(big.Rat).Mul(c.Weight, rate)
	}
	g.cells = cells
	return g
}

// Schedule returns the grid with the weights of column t multiplied by rates[t]: the
// optimizer whose learning rate at update t is rates[t]·η.
//
// The error wraps ErrSize unless there is one rate, not nil, per column, or ErrTooLarge.
func (g Grid) Schedule(rates []*big.Rat) (Grid, error) {
	if int64(len(rates)) != g.columns {
		return Grid{}, fmt.Errorf("%w: %d rates for %d columns", ErrSize, len(rates), g.columns)
	}
	if t := slices.Index(rates, nil); t >= 0 {
		return Grid{}, fmt.Errorf("%w: no rate for column %d", ErrSize, t)
	}
	cells, err := g.list()
	if err != nil {
		return Grid{}, err
	}
	cells = slices.Clone(cells)
	for i, c := range cells {
		cells[i].Weight = new(big.Rat).Mul(c.Weight, rates[c.T])
	}
	return Grid{rows: g.rows, columns: g.columns, cells: cells}, nil
}
