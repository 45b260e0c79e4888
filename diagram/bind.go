package diagram

import "math/bits"

// bind reports whether the options forbid some partitions of the non-root nodes.
func (o Options) bind() bool {
	return o.MaxPart > 0 || o.PathCondition || o.Irreducible || o.Roots == Bridged
}

// A tally keeps count of what the options bear on, for the nodes that have their parts.
type tally struct {
	members [MaxNodes]uint64 // of each part
	below   [MaxNodes]uint64 // the parts met in each node's subtree
	lonely  uint64           // the parts of one node, and that one of degree 2
	first   uint64           // the parts that meet the first tree
	bridged bool             // whether some part meets both trees
}

// allows reports whether node v may lie in part p.
func (g *assigner) allows(v, p int) bool {
	if most := g.options.MaxPart; most > 0 && bits.OnesCount64(g.tally.members[p]) >= most {
		return false
	}
	if g.options.PathCondition {
		for kids := g.kids[v]; kids != 0; kids &= kids - 1 {
			if g.tally.below[bits.TrailingZeros64(kids)]>>p&1 == 1 {
				return false
			}
		}
	}
	return true
}

// join counts node v as a member of part p.
func (t *tally) join(v, p int, h *host) {
	if t.members[p] == 0 && h.links>>v&1 == 1 {
		t.lonely |= 1 << p
	} else {
		t.lonely &^= 1 << p
	}
	t.members[p] |= 1 << v
	t.below[v] = 1 << p
	for kids := h.kids[v]; kids != 0; kids &= kids - 1 {
		t.below[v] |= t.below[bits.TrailingZeros64(kids)]
	}
	if h.second>>v&1 == 0 {
		t.first |= 1 << p
	} else if t.first>>p&1 == 1 {
		t.bridged = true
	}
}

// hasHope reports whether the parts of nodes 0,…,v can be completed, as far as is seen.
func (g *assigner) hasHope(v int) bool {
	left := g.places - 1 - v
	if g.options.MaxPart == 1 {
		left = 0
	}
	if g.options.Irreducible && bits.OnesCount64(g.tally.lonely) > left {
		return false
	}
	return g.options.Roots != Bridged || g.tally.bridged || left > 0
}
