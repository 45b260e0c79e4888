package embed

import "math/big"

// A table holds the cells of a grid by row. Columns without cells are left out, since no
// node can stand there, and so are idle rows. Weights are integers.
type table struct {
	columns int
	cells   int
	rows    []rowCells
	values  []*big.Int // the weights that occur
	most    *big.Int   // the largest Σ|w| over a row
	total   *big.Int   // Σ|w| over all cells
}

// The cells of a row: their columns, increasing, and their weights, as indices; and how many
// cells the rows before have.
type rowCells struct {
	at, value []int32
	first     int
}

// newTable returns the table of cells, of which the i-th has the weight values[index(i)].
func newTable(cells []Cell, values []*big.Int, index func(i int) int32) *table {
	t := &table{cells: len(cells), values: values, most: new(big.Int), total: new(big.Int)}
	number := map[int64]int{}
	for i, c := range cells {
		if i == 0 || cells[i-1].T != c.T {
			t.columns++
		}
		row, ok := number[c.N]
		if !ok {
			row = len(t.rows)
			number[c.N] = row
			t.rows = append(t.rows, rowCells{})
		}
		r := &t.rows[row]
		r.at = append(r.at, int32(t.columns-1))
		r.value = append(r.value, index(i))
	}
	first := 0
	for i, r := range t.rows {
		t.rows[i].first = first
		first += len(r.at)
		sum, size := new(big.Int), new(big.Int)
		for _, v := range r.value {
			sum.Add(sum, size.Abs(values[v]))
		}
		if sum.Cmp(t.most) > 0 {
			t.most = sum
		}
		t.total.Add(t.total, sum)
	}
	return t
}

// bound returns what the sum of the products of weights over the maps of a forest is at
// most, in size: each part has its first node in any cell, and the others in the same row.
func (t *table) bound(edges, parts int) *big.Int {
	b := toThe(t.total, parts)
	return b.Mul(b, toThe(t.most, edges-parts))
}

// An engine is a table modulo a prime, with what was computed from it.
type engine struct {
	modulus
	*table
	weight []uint64 // by index
	column []uint64 // the sum of the weights in each column
	unit   bool     // whether all weights are 1
	kept   *keep
}

func newEngine(t *table, m modulus, room *room) *engine {
	e := &engine{modulus: m, table: t, column: make([]uint64, t.columns), kept: newKeep(room)}
	for _, v := range t.values {
		e.weight = append(e.weight, m.of(v))
	}
	e.unit = len(e.weight) == 1 && e.weight[0] == m.one
	for _, r := range t.rows {
		for i, at := range r.at {
			e.column[at] = m.add(e.column[at], e.weight[r.value[i]])
		}
	}
	return e
}
