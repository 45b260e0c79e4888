package diagram

import "math/bits"

// A pairing is a set of maps of a diagram's nodes to themselves, in which the
// automorphisms of interest are sought: the maps that send the nodes from[i] of every
// cell to its nodes to[i]. The from of all cells are disjoint and hold all nodes, and so
// are the to; those of one cell have equally many members.
//
// Refinement splits cells by the numbers of children, parents and part mates that their
// nodes have in other cells, until all agree. No automorphism is lost, and when every
// cell has one node, the one map left is an automorphism.
type pairing struct {
	*structure
	cells [MaxNodes]cell
	count int
}

// A cell says that nodes go to nodes; both are sets.
type cell struct{ from, to uint64 }

// A structure is what automorphisms of a diagram preserve: besides the forest, for each
// node, as sets, its part, and that together with its children and parent.
type structure struct {
	*forest
	part        []int8
	mates, near [MaxNodes]uint64
}

func newStructure(f *forest, part []int8) *structure {
	s := &structure{forest: f, part: part}
	var members [MaxNodes]uint64
	for v, p := range part {
		members[p] |= 1 << v
	}
	for v, p := range part {
		s.mates[v] = members[p]
		s.near[v] |= members[p]
		s.near[v] |= f.kids[v]
		if up := f.parent[v]; up >= 0 {
			s.near[v] |= 1 << up
		}
	}
	return s
}

// pairing returns the refined pairing that holds all automorphisms, or all those that
// keep every node's colour if there are colours.
func (s *structure) pairing(colour []int) *pairing {
	p := &pairing{structure: s}
	for v := range s.part {
		i := 0
		for i < p.count && !s.alike(v, p.cells[i].representative(), colour) {
			i++
		}
		p.cells[i].from |= 1 << v
		p.count = max(p.count, i+1)
	}
	for i := range p.count {
		p.cells[i].to = p.cells[i].from
	}
	p.refine(1<<p.count - 1)
	return p
}

// alike reports whether two nodes may be equivalent at first sight.
func (s *structure) alike(v, w int, colour []int) bool {
	return s.parent[v] >= 0 && s.parent[w] >= 0 && s.shape[v] == s.shape[w] &&
		bits.OnesCount64(s.mates[v]) == bits.OnesCount64(s.mates[w]) &&
		(colour == nil || colour[v] == colour[w])
}

func (c cell) representative() int { return bits.TrailingZeros64(c.from) }

// single reports whether the cell has one node.
func (c cell) single() bool { return c.from&(c.from-1) == 0 }

// find returns the cell from which node v goes.
func (p *pairing) find(v int) *cell {
	for i := range p.cells[:p.count] {
		if p.cells[i].from>>v&1 == 1 {
			return &p.cells[i]
		}
	}
	panic("diagram: a node is in no cell")
}

// open returns a cell of several nodes, that which holds the least one, or nil.
func (p *pairing) open() *cell {
	var least *cell
	for i := range p.cells[:p.count] {
		c := &p.cells[i]
		if !c.single() && (least == nil || c.representative() < least.representative()) {
			least = c
		}
	}
	return least
}

// send narrows p to the maps that send v to w. It reports whether any may be left.
func (p *pairing) send(v, w int) bool {
	c := p.find(v)
	if c.to>>w&1 == 0 {
		return false
	}
	if c.single() {
		return true
	}
	c.from &^= 1 << v
	c.to &^= 1 << w
	p.cells[p.count] = cell{1 << v, 1 << w}
	p.count++
	return p.refine(1 << (p.count - 1))
}

// refine splits cells by their nodes' numbers of neighbours in the pending cells, and
// then by those in the cells that this makes. It reports whether any map may be left.
func (p *pairing) refine(pending uint64) bool {
	for pending != 0 {
		i := bits.TrailingZeros64(pending)
		pending &^= 1 << i
		by := p.cells[i]
		near := cell{p.around(by.from), p.around(by.to)}
		for j := range p.cells[:p.count] {
			c := p.cells[j]
			if c.from&near.from == 0 && c.to&near.to == 0 {
				continue
			}
			count := p.count
			if !p.split(j, by) {
				return false
			}
			if p.count > count {
				pending |= 1<<j | (1<<p.count - 1<<count)
			}
		}
	}
	return true
}

// around returns the neighbours of a set of nodes.
func (p *pairing) around(set uint64) uint64 {
	near := uint64(0)
	for ; set != 0; set &= set - 1 {
		near |= p.near[bits.TrailingZeros64(set)]
	}
	return near
}

// split splits cell j by its nodes' numbers of neighbours in another cell. The first
// piece keeps the place.
func (p *pairing) split(j int, by cell) bool {
	whole := p.cells[j]
	for at := j; ; at = p.count - 1 {
		links := p.links(whole.representative(), by.from)
		piece := cell{p.linked(whole.from, by.from, links), p.linked(whole.to, by.to, links)}
		if bits.OnesCount64(piece.from) != bits.OnesCount64(piece.to) {
			return false
		}
		p.cells[at] = piece
		whole.from &^= piece.from
		whole.to &^= piece.to
		if whole.from == 0 {
			return true
		}
		p.count++
	}
}

// links encodes how many children, parents and part mates node v has in a set.
func (p *pairing) links(v int, set uint64) int {
	up := 0
	if parent := p.parent[v]; parent >= 0 {
		up = int(set >> parent & 1)
	}
	return (bits.OnesCount64(p.kids[v]&set)<<8|bits.OnesCount64(p.mates[v]&set))<<1 | up
}

// linked returns the nodes of a set that have such links with another.
func (p *pairing) linked(nodes, set uint64, links int) uint64 {
	same := uint64(0)
	for rest := nodes; rest != 0; rest &= rest - 1 {
		if v := bits.TrailingZeros64(rest); p.links(v, set) == links {
			same |= 1 << v
		}
	}
	return same
}

// automorphism returns an automorphism in p, or nil if there is none.
func (p *pairing) automorphism() []int8 {
	c := p.open()
	if c == nil {
		g := make([]int8, len(p.part))
		for _, c := range p.cells[:p.count] {
			g[c.representative()] = int8(bits.TrailingZeros64(c.to))
		}
		return g
	}
	for to := c.to; to != 0; to &= to - 1 {
		q := *p
		if q.send(c.representative(), bits.TrailingZeros64(to)) {
			if g := q.automorphism(); g != nil {
				return g
			}
		}
	}
	return nil
}

// carry returns an automorphism in p that sends v to w, or nil if there is none.
func (p *pairing) carry(v, w int) []int8 {
	c := p.find(v)
	if c.to>>w&1 == 0 {
		return nil
	}
	q := *p
	if !q.send(v, w) {
		return nil
	}
	return q.automorphism()
}

// fixing returns the maps in p that fix some nodes, if the identity is in p.
func (p *pairing) fixing(nodes uint64) *pairing {
	q := *p
	for ; nodes != 0; nodes &= nodes - 1 {
		v := bits.TrailingZeros64(nodes)
		q.send(v, v)
	}
	return &q
}
