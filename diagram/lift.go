package diagram

import (
	"math/big"
	"math/bits"
)

// wholeGroup returns the group of all automorphisms of a diagram: of those that map every
// column of its matrix to itself, and of one more for each permutation of columns.
func wholeGroup(f *forest, part []int8) group {
	var m matrix
	m.fill(f, part)
	g := group{order: big.NewInt(1)}
	if f.total(1) > 1 {
		g = generate(columnStructure(f, &m).pairing(nil))
	}
	g.order.Mul(g.order, m.interchanges(m.rows[:m.parts]))
	columns := g.generators
	g.generators = m.exchanges(f)
	for _, a := range columns {
		g.generators = append(g.generators, m.lift(f, a))
	}
	return g
}

// members returns the nodes of part p in the column of node v, a set.
func (m *matrix) members(f *forest, p int8, v int) (set uint64) {
	for w, q := range m.part[:f.nodes] {
		if q == p && m.unit[w] == m.unit[v] {
			set |= 1 << w
		}
	}
	return set
}

// lift returns an automorphism that permutes columns in the given way. Each part goes to
// one with the row that its row becomes, and its nodes in a column to those there, both
// in order.
func (m *matrix) lift(f *forest, columns []int8) []int8 {
	var became, row [MaxNodes]uint64 // by part
	first := func(v int) int {       // the node that the column is named for
		for m.twin>>v&1 == 1 {
			v--
		}
		return v
	}
	for v, p := range m.part[:f.nodes] {
		became[p] += m.unit[columns[first(v)]]
		row[p] += m.unit[v]
	}
	image := make([]int8, f.nodes)
	taken := uint64(0)
	for p := range int8(m.parts) {
		q := 0
		for taken>>q&1 == 1 || row[q] != became[p] {
			q++
		}
		taken |= 1 << q
		for v, r := range m.part[:f.nodes] {
			if r != p || m.twin>>v&1 == 1 && m.part[v-1] == p {
				continue
			}
			from := m.members(f, p, v)
			to := m.members(f, int8(q), int(columns[first(v)]))
			for ; from != 0; from, to = from&(from-1), to&(to-1) {
				image[bits.TrailingZeros64(from)] = int8(bits.TrailingZeros64(to))
			}
		}
	}
	return image
}

// exchanges returns generators of the automorphisms that map every column to itself:
// exchanges of two leaves that share column and part, and of two parts with equal rows.
func (m *matrix) exchanges(f *forest) (list [][]int8) {
	exchange := func(from, to uint64) {
		a := make([]int8, f.nodes)
		for v := range a {
			a[v] = int8(v)
		}
		for ; from != 0; from, to = from&(from-1), to&(to-1) {
			v, w := bits.TrailingZeros64(from), bits.TrailingZeros64(to)
			a[v], a[w] = int8(w), int8(v)
		}
		list = append(list, a)
	}
	for v := f.nodes - 1; v >= 0; v-- {
		if earlier := m.members(f, m.part[v], v) & (1<<v - 1); earlier != 0 {
			exchange(1<<(bits.Len64(earlier)-1), 1<<v)
		}
	}
	for p := int8(m.parts) - 1; p > 0; p-- {
		if m.rows[p] != m.rows[p-1] {
			continue
		}
		var from, to uint64
		for v, q := range m.part[:f.nodes] {
			switch q {
			case p - 1:
				from |= 1 << v
			case p:
				to |= 1 << v
			}
		}
		exchange(from, to)
	}
	return list
}
