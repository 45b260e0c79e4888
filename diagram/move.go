package diagram

import "math/bits"

// A move is an automorphism of a forest, up to permutations of leaves that are siblings.
// It makes another string of a partition, which shows at each place v the part of the
// node from[v].
type move struct {
	from [MaxNodes]int8
	// known[v] is the number of places, whole columns from the first one on, that have
	// no label above v and show no node above it.
	known [MaxNodes]int8
}

// maxMoves is the largest number of moves that are tried one by one. It allows for six
// equal branches, which have twelve nodes or more.
const maxMoves = 720

// moves appends to a list the moves of a forest but the identity. If there are more than
// most, it appends only those that exchange neighbouring siblings, and returns false.
func (f *forest) moves(list []move, most int) (longer []move, all bool) {
	m := mover{list: list}
	m.reset(f)
	switch total := f.total(most); {
	case total > most:
		m.swap()
		return m.list, false
	case total > 1:
		m.place(f.inner()-1, true)
	}
	return m.list, true
}

// total returns the number of moves, or a number above most if that is.
func (f *forest) total(most int) int {
	total := 1
	for v := range f.inner() {
		if total *= f.rank(v); total > most {
			break
		}
	}
	return total
}

// rank returns the number of siblings of node v that have its shape and no greater
// label, itself included; 1 if v is a leaf.
func (f *forest) rank(v int) int {
	if f.leaves>>v&1 == 1 {
		return 1
	}
	rank := 0
	for set := f.alike(v, f.parent[v]) & (2<<v - 1); set != 0; set &= set - 1 {
		rank++
	}
	return rank
}

// alike returns the children of node up that have children and the shape of v.
func (f *forest) alike(v int, up int8) uint64 {
	same := uint64(0)
	for set := f.kids[up] &^ f.leaves; set != 0; set &= set - 1 {
		if w := bits.TrailingZeros64(set); f.shape[w] == f.shape[v] {
			same |= 1 << w
		}
	}
	return same
}

// An assembly is a move in the making: the images of nodes with children, by place.
type assembly struct {
	forest // a copy, which keeps the other off the heap
	image  [MaxNodes]int8
	used   uint64
}

// reset lets all nodes stay where they are.
func (a *assembly) reset(f *forest) {
	a.forest = *f
	for v := range f.nodes {
		a.image[v] = int8(v)
	}
}

// next returns the highest place up to v with children, and the nodes that may go there;
// parents have theirs already. Without such a place it returns -1.
func (a *assembly) next(v int) (place int, choices uint64) {
	for v >= 0 && a.leaves>>v&1 == 1 {
		v--
	}
	if v < 0 {
		return -1, 0
	}
	return v, a.alike(v, a.image[a.parent[v]]) &^ a.used
}

// A mover lists moves.
type mover struct {
	assembly
	list []move
}

// place chooses the images of places up to v. It lists what that makes, unless all nodes
// stay where they are.
func (m *mover) place(v int, stay bool) {
	v, choices := m.next(v)
	if v < 0 {
		if !stay {
			m.list = append(m.list, m.move())
		}
		return
	}
	for ; choices != 0; choices &= choices - 1 {
		w := bits.TrailingZeros64(choices)
		m.image[v] = int8(w)
		m.used |= 1 << w
		m.place(v-1, stay && w == v)
		m.used &^= 1 << w
	}
}

// swap lists the moves that exchange two neighbouring siblings.
func (m *mover) swap() {
	for v := range m.inner() {
		if m.rank(v) == 1 {
			continue
		}
		// Two subtrees of this size are runs of labels, one next to the other.
		size := m.shape[v].nodes() + 1
		for w := v - size + 1; w <= v; w++ {
			m.image[w], m.image[w-size] = int8(w-size), int8(w)
		}
		m.list = append(m.list, m.move())
		for w := v - 2*size + 1; w <= v; w++ {
			m.image[w] = int8(w)
		}
	}
}

// move returns the move that the images make.
func (m *mover) move() (made move) {
	last := 0 // the highest label seen
	for v, size := 0, 0; v < m.nodes; v += size {
		size = 1
		made.from[v] = m.image[v]
		if m.leaves>>v&1 == 1 {
			leaves := m.kids[m.image[m.parent[v]]] & m.leaves
			size = bits.OnesCount64(leaves)
			for i := range size {
				made.from[v+i] = int8(bits.TrailingZeros64(leaves) + i)
			}
		}
		end := v + size
		last = max(last, end-1, int(made.from[end-1]))
		for w := last; w < m.nodes; w++ {
			made.known[w] = int8(end)
		}
	}
	return made
}
