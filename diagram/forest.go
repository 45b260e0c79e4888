package diagram

import (
	"cmp"
	"math/bits"
)

// A forest is the tree of a diagram, or its two trees, in canonical form.
//
// The children of every node stand in decreasing lexicographic order of their
// subtrees' level sequences, so that siblings of one shape are adjacent, and leaves come
// last. Nodes are numbered as they print: non-root nodes in postorder, then the roots. So
// the canonical order of children is that of their labels, and sets of nodes will do.
type forest struct {
	nodes, roots int
	depth        [MaxNodes]byte   // of the i-th node in preorder; a root has 0
	parent       [MaxNodes]int8   // by label; -1 for a root
	kids         [MaxNodes]uint64 // by label
	shape        [MaxNodes]shape  // by label
	leaves       uint64           // the nodes without children, roots left out
}

// inner returns the number of non-root nodes.
func (f *forest) inner() int { return f.nodes - f.roots }

func (f *forest) levels() []byte { return f.depth[:f.nodes] }

// A shape tells subtrees apart, and orders them as their level sequences. It spells what
// is below the subtree's root in bits from the left: for each child a 1, the child's
// shape and a 0. The level of a node exceeds that of the one before it by one, less the
// zeros between, so fewer zeros make the greater sequence.
type shape struct{ high, low uint64 }

func (s shape) compare(t shape) int {
	return cmp.Or(cmp.Compare(s.high, t.high), cmp.Compare(s.low, t.low))
}

// nodes returns the number of nodes below the root.
func (s shape) nodes() int { return bits.OnesCount64(s.high) + bits.OnesCount64(s.low) }

// attach adds a child after children of so many nodes.
func (s *shape) attach(child shape, nodes int) {
	kid := shape{child.high>>1 | 1<<63, child.low>>1 | child.high<<63}
	// Shifts by 64 or more give 0.
	at := 2 * uint(nodes)
	s.high |= kid.high >> at
	s.low |= kid.low>>at | kid.high<<(64-at) | kid.high>>(at-64)
}

// plant makes f the forest with a canonical level sequence. It returns the label of each
// preorder position.
func (f *forest) plant(levels []byte) (label [MaxNodes]int8) {
	*f = forest{nodes: len(levels)}
	copy(f.depth[:], levels)
	// Of the open nodes, whose subtrees are not complete: the positions, the children and
	// shapes so far, and the numbers of descendants, by level.
	var (
		position [MaxNodes + 1]int8
		kids     [MaxNodes + 1]uint64
		shapes   [MaxNodes + 1]shape
		below    [MaxNodes + 1]int
	)
	open, next := 0, int8(0)
	for i := range len(levels) + 1 {
		level := 0
		if i < len(levels) {
			level = int(levels[i])
		}
		for ; open > max(level, 1); open-- {
			v, l := next, open-1
			next++
			label[position[l]] = v
			f.adopt(v, kids[l], shapes[l])
			kids[l-1] |= 1 << v
			shapes[l-1].attach(shapes[l], below[l-1])
			below[l-1] += below[l] + 1
		}
		if level == 0 && open == 1 {
			// Roots have the last labels, so they wait; there are two at most.
			v := int8(len(levels) - 1)
			if i < len(levels) {
				v--
			}
			label[position[0]] = v
			f.adopt(v, kids[0], shapes[0])
			f.parent[v] = -1
			f.roots++
		}
		position[level], kids[level], shapes[level], below[level] = int8(i), 0, shape{}, 0
		open = level + 1
	}
	f.leaves &= 1<<f.inner() - 1
	return label
}

// adopt gives node v its children.
func (f *forest) adopt(v int8, kids uint64, s shape) {
	f.kids[v], f.shape[v] = kids, s
	if kids == 0 {
		f.leaves |= 1 << v
	}
	for ; kids != 0; kids &= kids - 1 {
		f.parent[bits.TrailingZeros64(kids)] = v
	}
}

// grow makes f the canonical forest of a parent array that is known to be acyclic, with
// −1 for roots. It returns the label that each node gets in it.
func (f *forest) grow(parent []int) (label [MaxNodes]int8) {
	var (
		kids   [MaxNodes]uint64
		sorted [MaxNodes]int8     // children in canonical order,
		start  [MaxNodes + 1]int8 // those of a node from here on
		below  [MaxNodes]int8     // numbers of descendants
		shapes [MaxNodes]shape
		levels [MaxNodes]byte
		node   [MaxNodes]int8 // by preorder position
	)
	roots := uint64(0)
	for v, up := range parent {
		if up < 0 {
			roots |= 1 << v
		} else {
			kids[up] |= 1 << v
		}
	}
	down, filled := parentsFirst(roots, &kids), int8(0)
	for i := len(parent) - 1; i >= 0; i-- {
		v := down[i]
		start[v] = filled
		for set := kids[v]; set != 0; set &= set - 1 {
			kid := int8(bits.TrailingZeros64(set))
			at := filled
			for ; at > start[v] && shapes[sorted[at-1]].compare(shapes[kid]) < 0; at-- {
				sorted[at] = sorted[at-1]
			}
			sorted[at] = kid
			filled++
		}
		for _, kid := range sorted[start[v]:filled] {
			shapes[v].attach(shapes[kid], int(below[v]))
			below[v] += below[kid] + 1
		}
	}
	// Nodes that wait for their place in preorder, the next one last.
	var stack [MaxNodes]int8
	waiting := 0
	if roots &= roots - 1; roots != 0 {
		stack[0], waiting = int8(bits.TrailingZeros64(roots)), 1
	}
	stack[waiting] = down[0]
	for i := range parent {
		v := stack[waiting]
		node[i] = v
		if up := parent[v]; up >= 0 {
			levels[v]++ // it had its parent's
		}
		end := start[v] + int8(bits.OnesCount64(kids[v]))
		for at := end - 1; at >= start[v]; at-- {
			stack[waiting] = sorted[at]
			levels[sorted[at]] = levels[v]
			waiting++
		}
		waiting--
	}
	var sequence [MaxNodes]byte
	for i := range parent {
		sequence[i] = levels[node[i]]
	}
	for i, l := range f.plant(sequence[:len(parent)]) {
		if i < len(parent) {
			label[node[i]] = l
		}
	}
	return label
}

// parentsFirst lists the nodes below some roots, roots in their order first, and every
// node after its parent.
func parentsFirst(roots uint64, kids *[MaxNodes]uint64) (list [MaxNodes]int8) {
	count := 0
	for i := -1; i < count; i++ {
		found := roots
		if i >= 0 {
			found = kids[list[i]]
		}
		for ; found != 0; found &= found - 1 {
			list[count] = int8(bits.TrailingZeros64(found))
			count++
		}
	}
	return list
}
