package diagram

import "math/bits"

// A pairing is a set of maps of a structure's points to themselves, in which the
// automorphisms of interest are sought: the maps that send the points from[i] of every
// cell to its points to[i]. The from of all cells are disjoint and hold all points, and
// so are the to; those of one cell have equally many members.
//
// Refinement splits cells by the numbers of children, parents and ties that their points
// have in other cells, until all agree. No automorphism is lost, and when every cell has
// one point, the one map left is an automorphism.
type pairing struct {
	*structure
	cells [maxPoints]cell
	count int
}

// A cell says that points go to points; both are sets.
type cell struct{ from, to uint64 }

// pairing returns the refined pairing that holds all automorphisms, or all those that
// keep every point's colour if there are colours.
func (s *structure) pairing(colour []int) *pairing {
	p := &pairing{structure: s}
	for points := s.all; points != 0; points &= points - 1 {
		v := bits.TrailingZeros64(points)
		i := 0
		for i < p.count {
			w := p.cells[i].representative()
			if s.class[v] == s.class[w] && (colour == nil || colour[v] == colour[w]) {
				break
			}
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

func (c cell) representative() int { return bits.TrailingZeros64(c.from) }

// single reports whether the cell has one point.
func (c cell) single() bool { return c.from&(c.from-1) == 0 }

// discrete reports whether every cell has one point.
func (p *pairing) discrete() bool { return p.count == bits.OnesCount64(p.all) }

// find returns the cell from which point v goes.
func (p *pairing) find(v int) *cell {
	for i := range p.cells[:p.count] {
		if p.cells[i].from>>v&1 == 1 {
			return &p.cells[i]
		}
	}
	panic("diagram: a point is in no cell")
}

// open returns a cell of several points, that which holds the least one, or nil.
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

// refine splits cells by their points' numbers of neighbours in the pending cells, and
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

// around returns the neighbours of a set of points.
func (p *pairing) around(set uint64) uint64 {
	near := uint64(0)
	for ; set != 0; set &= set - 1 {
		near |= p.near[bits.TrailingZeros64(set)]
	}
	return near
}

// split splits cell j by its points' numbers of neighbours in another cell. The first
// piece keeps the place.
func (p *pairing) split(j int, by cell) bool {
	whole := p.cells[j]
	if whole.single() {
		return p.links(whole.representative(), by.from) == p.links(bits.TrailingZeros64(whole.to), by.to)
	}
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

// links encodes how many children, ties and parents point v has in a set.
func (p *pairing) links(v int, set uint64) int {
	ties := 0
	for i := range p.ties {
		ties += bits.OnesCount64(p.ties[i][v]&set) << i
	}
	up := 0
	if parent := p.parent[v]; parent >= 0 {
		up = int(set >> parent & 1)
	}
	return (bits.OnesCount64(p.kids[v]&set)<<16|ties)<<1 | up
}

// linked returns the points of a set that have such links with another.
func (p *pairing) linked(points, set uint64, links int) uint64 {
	same := uint64(0)
	for rest := points; rest != 0; rest &= rest - 1 {
		if v := bits.TrailingZeros64(rest); p.links(v, set) == links {
			same |= 1 << v
		}
	}
	return same
}

// automorphism returns an automorphism in p, or nil if there is none.
func (p *pairing) automorphism() []int8 {
	c := p.open()
	if g := p.plainest(); c == nil || p.preserves(g) {
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

// plainest returns the map in p that leaves as many points as it can where they are, and
// keeps the others of a cell in order.
func (p *pairing) plainest() []int8 {
	g := make([]int8, maxPoints)
	for _, c := range p.cells[:p.count] {
		for same := c.from & c.to; same != 0; same &= same - 1 {
			v := bits.TrailingZeros64(same)
			g[v] = int8(v)
		}
		to := c.to &^ c.from
		for from := c.from &^ c.to; from != 0; from, to = from&(from-1), to&(to-1) {
			g[bits.TrailingZeros64(from)] = int8(bits.TrailingZeros64(to))
		}
	}
	return g
}

// preserves reports whether a map in p is an automorphism.
func (p *pairing) preserves(g []int8) bool {
	moved := uint64(0)
	for set := p.all; set != 0; set &= set - 1 {
		if v := bits.TrailingZeros64(set); int(g[v]) != v {
			moved |= 1 << v
		}
	}
	for set := moved | p.around(moved); set != 0; set &= set - 1 {
		v := bits.TrailingZeros64(set)
		if moveSet(g, p.kids[v]) != p.kids[g[v]] {
			return false
		}
		for i := range p.ties {
			if moveSet(g, p.ties[i][v]) != p.ties[i][g[v]] {
				return false
			}
		}
	}
	return true
}

// moveSet returns the images of some points.
func moveSet(g []int8, points uint64) (images uint64) {
	for ; points != 0; points &= points - 1 {
		images |= 1 << g[bits.TrailingZeros64(points)]
	}
	return images
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

// fixing returns the maps in p that fix some points, if the identity is in p.
func (p *pairing) fixing(points uint64) *pairing {
	q := *p
	for ; points != 0; points &= points - 1 {
		v := bits.TrailingZeros64(points)
		q.send(v, v)
	}
	return &q
}
