package value

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/embed"
)

// columns are a grid as a sweep sees it: columns without cells are left out, and rows with
// the same cells are one class.
type columns struct {
	count   int64 // the number of columns
	classes int
	last    []int64    // the last column of each class
	single  bool       // no row has two cells
	perStep float64    // the number of classes in a column, on average
	weights []*big.Rat // all that occur, and their sums over columns

	listed  []column // by time, unless the grid is regular
	regular *column  // of a regular grid: every column, but for the class of its one cell,
	slots   int64    // which is the time modulo slots
}

// A column has cells, each for all rows of a class.
type column struct {
	sum   *big.Rat // of the weights
	cells []classCell
}

type classCell struct {
	class  int
	rows   int64 // in the class
	weight *big.Rat
}

// maxClasses bounds the memory for the classes of a regular grid.
const maxClasses = 1 << 22

func newColumns(g embed.Grid) (*columns, error) {
	epochs, batch, weight, ok := g.Regular()
	if !ok {
		return listColumns(g), nil
	}
	slots := g.Rows() / batch
	if slots > maxClasses {
		return nil, fmt.Errorf("%w: %d batches", embed.ErrTooLarge, slots)
	}
	c := &columns{
		count: g.Columns(), classes: int(slots), last: make([]int64, slots), single: epochs == 1, perStep: 1,
		weights: []*big.Rat{weight}, slots: slots,
		regular: &column{new(big.Rat).Mul(weight, big.NewRat(batch, 1)), []classCell{{0, batch, weight}}},
	}
	for k := range c.last {
		c.last[k] = (epochs-1)*slots + int64(k)
	}
	return c, nil
}

// listColumns lists the columns of any grid.
func listColumns(g embed.Grid) *columns {
	c := &columns{single: true}
	class := classesOf(g)
	var rows []int64 // in each class
	for _, k := range class {
		for k >= len(rows) {
			rows = append(rows, 0)
		}
		rows[k]++
	}
	c.classes, c.last = len(rows), make([]int64, len(rows))
	for k := range c.last {
		c.last[k] = -1
	}
	used := int64(-1)
	for cell := range g.Cells() {
		if cell.T != used {
			used = cell.T
			c.listed = append(c.listed, column{sum: new(big.Rat)})
			c.count++
		}
		now := &c.listed[c.count-1]
		now.sum.Add(now.sum, cell.Weight)
		k := class[cell.N]
		if c.last[k] == c.count-1 {
			continue // another row of the class
		}
		c.single = c.single && c.last[k] < 0
		c.last[k] = c.count - 1
		now.cells = append(now.cells, classCell{k, rows[k], cell.Weight})
		c.weights = append(c.weights, cell.Weight)
		c.perStep += 1
	}
	c.perStep /= float64(max(1, c.count))
	for _, column := range c.listed {
		c.weights = append(c.weights, column.sum)
	}
	return c
}

// classesOf numbers the classes of rows that have the same cells, in the order of their
// first cells.
func classesOf(g embed.Grid) map[int64]int {
	text := map[int64][]byte{} // the cells of each row
	var order []int64
	for cell := range g.Cells() {
		if text[cell.N] == nil {
			order = append(order, cell.N)
		}
		text[cell.N] = fmt.Appendf(text[cell.N], "%d:%v ", cell.T, cell.Weight)
	}
	class, known := map[int64]int{}, map[string]int{}
	for _, row := range order {
		k, ok := known[string(text[row])]
		if !ok {
			k = len(known)
			known[string(text[row])] = k
		}
		class[row] = k
	}
	return class
}

// at returns a column, which must not be changed; in a regular grid, short of the class.
func (c *columns) at(t int64) *column {
	if c.regular != nil {
		return c.regular
	}
	return &c.listed[t]
}
