package value

import (
	"math/bits"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// A block is a smallest set of subtrees of a diagram that hang on one node, or on the
// roots together, and whose parts lie within: so what happens in it, up to the time of the
// node that it hangs on, does not depend on the rest.
type block struct {
	tops []int            // the children it consists of, by which it hangs
	core uint64           // its nodes, less those in blocks that hang on these
	kids map[int]uint64   // by node of the core, the children in the core
	hung map[int][]*block // by node of the core, the blocks that hang on it
}

// blocks is a diagram, taken apart.
type blocks struct {
	parents  []int
	kids     [][]int
	part     []int
	inner    int      // the number of non-root nodes
	rootPart int      // the part of a tied root, or −1
	members  []uint64 // the non-root nodes of each part
	subtree  []uint64 // of each non-root node
	all      []*block // every block before those that hang on it
	atEnd    []*block // those that hang on the roots
}

func takeApart(d diagram.Diagram) *blocks {
	b := &blocks{
		parents: d.Parents(), kids: d.Children(), part: d.Labels(), inner: d.Edges(), rootPart: -1,
		members: make([]uint64, d.Nodes()), subtree: make([]uint64, d.Edges()),
	}
	if d.Tied() {
		b.rootPart = b.part[b.inner]
	}
	for v := range b.inner {
		b.members[b.part[v]] |= 1 << v
		b.subtree[v] |= 1 << v
		if up := b.parents[v]; up < b.inner {
			b.subtree[up] |= b.subtree[v] // children come before parents
		}
	}
	var kids []int
	for _, list := range b.kids[b.inner:] {
		kids = append(kids, list...)
	}
	b.atEnd, _ = b.hanging(kids, true)
	return b
}

// hanging returns the blocks that some siblings form, and the siblings that are in none.
func (b *blocks) hanging(siblings []int, atEnd bool) (closed []*block, others []int) {
	for left := slices.Clone(siblings); len(left) > 0; {
		joined := []int{left[0]}
		nodes := b.subtree[left[0]]
		left = left[1:]
		for grown := true; grown; {
			reach := b.reach(nodes)
			before := len(left)
			left = slices.DeleteFunc(left, func(v int) bool {
				if b.subtree[v]&reach == 0 {
					return false
				}
				joined = append(joined, v)
				nodes |= b.subtree[v]
				return true
			})
			grown = len(left) < before
		}
		if b.reach(nodes) != nodes || !atEnd && b.holds(nodes, b.rootPart) {
			others = append(others, joined...)
			continue
		}
		slices.Sort(joined)
		closed = append(closed, b.newBlock(joined))
	}
	return closed, others
}

// reach returns all nodes of the parts of the given ones.
func (b *blocks) reach(nodes uint64) uint64 {
	reach := nodes
	for set := nodes; set != 0; set &= set - 1 {
		reach |= b.members[b.part[bits.TrailingZeros64(set)]]
	}
	return reach
}

// holds reports whether one of the nodes is in the part.
func (b *blocks) holds(nodes uint64, part int) bool {
	return part >= 0 && nodes&b.members[part] != 0
}

func (b *blocks) newBlock(tops []int) *block {
	x := &block{tops: tops, kids: map[int]uint64{}, hung: map[int][]*block{}}
	b.all = append(b.all, x)
	for left := slices.Clone(tops); len(left) > 0; {
		v := left[0]
		left = left[1:]
		x.core |= 1 << v
		closed, others := b.hanging(b.kids[v], false)
		x.hung[v] = closed
		for _, kid := range others {
			x.kids[v] |= 1 << kid
		}
		left = append(left, others...)
	}
	return x
}

// available returns the nodes of the core that may happen next.
func (x *block) available(placed uint64) uint64 {
	var free uint64
	for set := x.core &^ placed; set != 0; set &= set - 1 {
		if v := bits.TrailingZeros64(set); x.kids[v]&^placed == 0 {
			free |= 1 << v
		}
	}
	return free
}
