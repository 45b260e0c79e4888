package sim

import (
	"github.com/perturb-go/perturb/embed"
)

// columns is a grid over float64, ready to run.
type columns struct {
	// Of a regular grid: batches of equal size and weight, the same in every epoch.
	regular bool
	batch   int64
	slots   int64   // batches in an epoch
	weight  float64 // of every cell
	// Of any other grid: column t has the cells from start[t] to start[t+1].
	start []int64
	cells []weighted
}

// A weighted is a cell: a row, and its weight.
type weighted struct {
	row    int64
	weight float64
}

func newColumns(g embed.Grid) *columns {
	if _, batch, weight, ok := g.Regular(); ok {
		w, _ := weight.Float64()
		return &columns{regular: true, batch: batch, slots: g.Rows() / batch, weight: w}
	}
	c := &columns{start: make([]int64, 1, g.Columns()+1)}
	for cell := range g.Cells() {
		for int64(len(c.start)) <= cell.T {
			c.start = append(c.start, int64(len(c.cells)))
		}
		w, _ := cell.Weight.Float64()
		c.cells = append(c.cells, weighted{cell.N, w})
	}
	for int64(len(c.start)) <= g.Columns() {
		c.start = append(c.start, int64(len(c.cells)))
	}
	return c
}

// column returns the cells of column t of a grid that is not regular.
func (c *columns) column(t int64) []weighted { return c.cells[c.start[t]:c.start[t+1]] }

// gradient sets grad to Σ w ∇l_n(θ) over the cells (n, t), with scratch of its size.
func (c *columns) gradient(l Landscape, grad, scratch, theta, points []float64, t int64) {
	size := int64(l.Size())
	if c.regular {
		first := t % c.slots * c.batch
		l.Gradient(grad, theta, points[first*size:(first+c.batch)*size])
		if scale := c.weight * float64(c.batch); scale != 1 {
			for mu := range grad {
				grad[mu] *= scale
			}
		}
		return
	}
	clear(grad)
	for _, cell := range c.column(t) {
		l.Gradient(scratch, theta, points[cell.row*size:(cell.row+1)*size])
		for mu, g := range scratch {
			grad[mu] += cell.weight * g
		}
	}
}

// sum returns the sum of the weights in column t.
func (c *columns) sum(t int64) float64 {
	if c.regular {
		return c.weight * float64(c.batch)
	}
	sum := 0.0
	for _, cell := range c.column(t) {
		sum += cell.weight
	}
	return sum
}
