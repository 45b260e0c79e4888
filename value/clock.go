package value

import (
	"math/big"

	"github.com/perturb-go/perturb/embed"
)

// A clock is what closed forms need to know of dynamics: all steps are alike, and the
// events of a diagram have times on their own, but for the order that its edges impose.
// On one epoch of SGD the events are the parts; on GD they are the nodes, for a row is
// used at every step. Each part of k nodes has a factor B^(1−k), where B = N for GD.
type clock struct {
	steps int64    // T in discrete time
	time  *big.Rat // T in continuous time
	batch *big.Rat // B
	rate  *big.Rat // the sum of the weights of a step
	nodes bool     // whether the events are the nodes

	endless bool // T → ∞, whatever steps and time are
}

// clockOf returns the clock of one epoch of SGD, of GD and of dynamics in continuous time;
// it is not ok for others.
func clockOf(t embed.Timing) (c clock, ok bool) {
	if t.Time != nil {
		return clock{time: t.Time, batch: t.Batch, rate: t.Rate, endless: t.Endless}, true
	}
	g := t.Grid
	epochs, batch, weight, ok := g.Regular()
	if !ok {
		return listedClock(g)
	}
	if epochs > 1 && batch < g.Rows() {
		return clock{}, false
	}
	// One step that takes all of several rows is one of GD; so are endless ones, of any row.
	c = newClock(g.Columns(), batch, weight, epochs > 1 || batch == g.Rows() && (batch > 1 || t.Endless))
	c.endless = t.Endless
	return c, true
}

func newClock(steps, batch int64, weight *big.Rat, nodes bool) clock {
	b := big.NewRat(batch, 1)
	return clock{
		steps: steps, time: big.NewRat(steps, 1), batch: b, rate: new(big.Rat).Mul(weight, b), nodes: nodes,
	}
}

// listedClock returns the clock of a grid whose cells are listed, if every column has as
// many cells, with one weight, and either no row has two or every row that has any is in
// every column, as are several rows in the only one.
func listedClock(g embed.Grid) (c clock, ok bool) {
	var weight *big.Rat
	inColumn := map[int64]int64{}
	inRow := map[int64]int64{}
	for cell := range g.Cells() {
		if weight == nil {
			weight = cell.Weight
		}
		if weight.Cmp(cell.Weight) != 0 {
			return clock{}, false
		}
		inColumn[cell.T]++
		inRow[cell.N]++
	}
	if g.Columns() == 0 {
		return newClock(0, 1, big.NewRat(1, 1), false), true
	}
	if int64(len(inColumn)) < g.Columns() {
		return clock{}, false
	}
	batch, visits := inColumn[0], int64(0)
	for _, n := range inColumn {
		if n != batch {
			return clock{}, false
		}
	}
	for _, n := range inRow {
		visits = max(visits, n)
	}
	if visits > 1 && int64(len(inRow)) > batch {
		return clock{}, false
	}
	return newClock(g.Columns(), batch, weight, visits > 1 || g.Columns() == 1 && batch > 1), true
}
