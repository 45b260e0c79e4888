package diagram

import "math/bits"

// A layout writes partitions of a forest's nodes as matrices, with a row for each part
// and a column for each set of nodes that need not be told apart: the leaves below one
// node, or any other node by itself. An entry is the number of nodes of the part in the
// set. A row is a number, in which each column has a field wide enough for all its nodes,
// the first column the highest; so rows are added and compared as a whole.
//
// Permutations of leaves that are siblings do not change the rows, and of the strings
// that they make, the least numbers the rows in decreasing order: the first leaves go to
// the parts that occurred before, and then to those that have most leaves here, or else
// at the next column that tells them apart. So of two matrices with decreasing rows, the
// lesser string is the one with the greater entry where they first differ, column by
// column.
type layout struct {
	width int
	unit  [MaxNodes]uint64 // by label: 1 in the field of the node's column
	field [MaxNodes]uint64 // by bit: the mask of the field that it is in
	twin  uint64           // the nodes whose column is that of the node before
}

// layout returns the layout of a forest.
func (f *forest) layout() (l layout) {
	for v, size := f.nodes-1, 0; v >= 0; v -= size {
		size = 1
		if f.leaves>>v&1 == 1 {
			// Siblings that are leaves have consecutive labels.
			size = bits.OnesCount64(f.kids[f.parent[v]] & f.leaves)
		}
		wide := bits.Len(uint(size))
		for i := range wide {
			l.field[l.width+i] = (1<<wide - 1) << l.width
		}
		for w := v; w > v-size; w-- {
			l.unit[w] = 1 << l.width
			if w < v {
				l.twin |= 2 << w
			}
		}
		l.width += wide
	}
	return l
}

// sortRows puts rows into decreasing order.
func sortRows(rows []uint64) {
	for i, row := range rows {
		for ; i > 0 && rows[i-1] < row; i-- {
			rows[i] = rows[i-1]
		}
		rows[i] = row
	}
}

// compare returns −1, 0 or +1 as the string of a matrix is less than, equals or is
// greater than that of another; the rows of both decrease.
func (l *layout) compare(a, b []uint64) int {
	differ := uint64(0)
	for i, row := range a {
		differ |= row ^ b[i]
	}
	if differ == 0 {
		return 0
	}
	column := l.field[bits.Len64(differ)-1]
	for i, row := range a {
		if x, y := row&column, b[i]&column; x > y {
			return -1
		} else if x < y {
			return 1
		}
	}
	panic("diagram: a column differs but its entries do not")
}

// entry returns the entry of a row in the column of node v.
func (l *layout) entry(row uint64, v int) int {
	at := bits.TrailingZeros64(l.unit[v])
	return int(row & l.field[at] >> at)
}

// A matrix is a partition of the nodes of a forest.
type matrix struct {
	layout
	part  [MaxNodes]int8   // by label: the row
	rows  [MaxNodes]uint64 // in decreasing order
	parts int
}

// fill sets m to the matrix of parts by label, numbered below MaxNodes.
func (m *matrix) fill(f *forest, part []int8) {
	*m = matrix{layout: f.layout()}
	var number, row, place [MaxNodes]int8 // number is one more, 0 if there is none yet
	for v, p := range part {
		if number[p] == 0 {
			m.parts++
			number[p] = int8(m.parts)
		}
		m.part[v] = number[p] - 1
		m.rows[m.part[v]] += m.unit[v]
	}
	for p := range m.parts {
		word, at := m.rows[p], p
		for ; at > 0 && m.rows[at-1] < word; at-- {
			m.rows[at], row[at] = m.rows[at-1], row[at-1]
		}
		m.rows[at], row[at] = word, int8(p)
	}
	for at, p := range row[:m.parts] {
		place[p] = int8(at)
	}
	for v := range part {
		m.part[v] = place[m.part[v]]
	}
}

// alone returns the first row from p on with entries in the column of node v alone, or −1.
func (m *matrix) alone(p, v int) int {
	column := m.field[bits.TrailingZeros64(m.unit[v])]
	for ; p < m.parts; p++ {
		if m.rows[p]&^column == 0 {
			return p
		}
	}
	return -1
}

// alikeAlone reports whether the rows with entries in one column alone have the same
// entries in the columns of two nodes.
func (m *matrix) alikeAlone(v, w int) bool {
	p, q := m.alone(0, v), m.alone(0, w)
	for p >= 0 && q >= 0 {
		if m.entry(m.rows[p], v) != m.entry(m.rows[q], w) {
			return false
		}
		p, q = m.alone(p+1, v), m.alone(q+1, w)
	}
	return p == q
}
