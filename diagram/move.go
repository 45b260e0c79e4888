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

// moves appends to a list the moves of a forest but the identity. If there are more than
// most, it appends only those that exchange neighbouring siblings, and returns false.
func (f *forest) moves(list []move, most int) (longer []move, all bool) {
	m := mover{forest: f, list: list}
	for v := range f.nodes {
		m.image[v] = int8(v)
	}
	total := 1
	for v := range f.inner() {
		if total *= f.rank(v); total > most {
			m.swap()
			return m.list, false
		}
	}
	if total > 1 {
		m.place(f.inner()-1, true)
	}
	return m.list, true
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

// A mover lists moves.
type mover struct {
	*forest
	image [MaxNodes]int8 // by place; of leaves it is not kept
	used  uint64
	list  []move
}

// place chooses the images of place v and lower ones; parents come first. It lists what
// that makes, unless all nodes stay where they are.
func (m *mover) place(v int, stay bool) {
	for v >= 0 && m.leaves>>v&1 == 1 {
		v--
	}
	if v < 0 {
		if !stay {
			m.list = append(m.list, m.move())
		}
		return
	}
	for set := m.alike(v, m.image[m.parent[v]]) &^ m.used; set != 0; {
		w := bits.Len64(set) - 1
		set &^= 1 << w
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
