package diagram

import (
	"math/bits"
	"slices"
)

// A host is a tree, or two, whose partitions are to be listed.
type host struct {
	forest
	layout
	options Options
	places  int // the nodes that choose a part: all but untied roots
	moves   []move
	listed  bool   // whether these are all moves but the identity
	news    uint64 // the places where some move becomes known further
	links   uint64 // the non-root nodes of degree 2
	second  uint64 // the non-root nodes of the second tree
}

// set makes h the host of a canonical level sequence.
func (h *host) set(levels []byte, options Options) {
	*h = host{options: options, moves: h.moves}
	h.plant(levels)
	h.layout = h.forest.layout()
	h.places = h.inner()
	if options.Roots == Tied {
		h.places++
	}
	h.moves, h.listed = h.forest.moves(h.moves[:0], maxMoves)
	for _, m := range h.moves {
		for v := range h.places {
			if m.known[v] > 0 && (v == 0 || m.known[v] > m.known[v-1]) {
				h.news |= 1 << v
			}
		}
	}
	for v := range h.inner() {
		if bits.OnesCount64(h.kids[v]) == 1 {
			h.links |= 1 << v
		}
	}
	if h.roots == 2 {
		first := 0 // the size of the first tree without its root
		for first+1 < h.nodes && h.depth[first+1] > 0 {
			first++
		}
		h.second = 1<<h.inner() - 1<<first
	}
}

// An assigner yields the diagrams on one host with the orders of their groups, by
// increasing restricted growth string of the parts in label order.
//
// It gives the nodes their parts in turn, as entries of the matrix that layout describes,
// and keeps the rows in decreasing order, which settles permutations of leaves. A move
// may make a lesser string, and then nothing can come of the parts so far; or a greater
// one, and then it is done with. Moves that do neither to the end are automorphisms.
type assigner struct {
	*host
	pulse *pulse
	// hand takes diagrams, some at a time: their codes, each of one length, and the orders
	// of their groups, in a slice that is used again.
	hand  func(length int, codes string, orders []uint64) bool
	weigh bool                    // whether the orders are of interest
	given []byte                  // the parts of the first nodes, as far as they are given
	split func(v, parts int) bool // stops at node v, with so many parts so far; may be nil

	code  [2 * MaxNodes]byte
	part  []byte               // by label, in code
	rows  [MaxNodes + 1]uint64 // rows[p+1] is that of part p; rows[0] is above all
	image [MaxNodes]uint64     // rows as a move makes them
	shown [MaxNodes]uint64     // rows as far as it is known
	moved []int16              // all moves
	left  [MaxNodes][]int16    // by node: room for the moves left after it
	bound bool                 // whether the options bind
	tally tally                // kept if they do
	batch batch
}

// newAssigner returns an assigner that yields diagrams.
func newAssigner(p *pulse, weigh bool, yield func(Diagram, uint64) bool) *assigner {
	return &assigner{pulse: p, weigh: weigh, hand: func(length int, codes string, orders []uint64) bool {
		return eachOf(length, codes, orders, yield)
	}}
}

// settle makes g assign parts on a host.
func (g *assigner) settle(h *host) {
	g.host = h
	g.pulse.work += len(h.moves) // to list them took about as long
	g.bound = h.options.bind()
	copy(g.code[:], h.levels())
	g.part = g.code[h.nodes : 2*h.nodes]
	for v := range h.places {
		if h.news>>v&1 == 1 {
			g.left[v] = slices.Grow(g.left[v][:0], len(h.moves))
		}
	}
}

// run yields the diagrams that begin with the given parts. It reports whether it went to
// the end.
func (g *assigner) run() bool {
	clear(g.rows[:])
	g.rows[0] = 1<<64 - 1
	g.tally = tally{}
	g.moved = g.moved[:0]
	for i := range g.moves {
		g.moved = append(g.moved, int16(i))
	}
	more := g.assign(0, 0, 1, g.moved)
	return g.deliver() && more
}

// assign tries every part for node v, after so many parts. The moves are those whose
// strings agree so far; the order is that of the group of permutations of leaves that
// map every part to itself.
func (g *assigner) assign(v, parts int, order uint64, moves []int16) bool {
	if g.split != nil && g.split(v, parts) {
		return true
	}
	if v == g.places {
		return g.finish(parts, order, moves)
	}
	if !g.pulse.beats() {
		return false
	}
	low, high := 0, parts
	unit, twin := g.unit[v], g.twin>>v&1 == 1
	switch {
	case v < len(g.given):
		low, high = int(g.given[v]), int(g.given[v])
	case twin:
		low = int(g.part[v-1])
	case v == g.inner():
		high = parts - 1
	}
	for p := low; p <= high; p++ {
		row := g.rows[p+1] + unit
		if row > g.rows[p] || g.bound && !g.allows(v, p) {
			continue
		}
		g.part[v], g.rows[p+1] = byte(p), row
		leaves := order
		if twin {
			at := bits.TrailingZeros64(unit)
			leaves *= row & g.field[at] >> at
		}
		more := g.descend(v, p, max(parts, p+1), leaves, moves)
		g.rows[p+1] -= unit
		if !more {
			return false
		}
	}
	return true
}

// descend goes on after node v has got part p, unless that can lead nowhere.
func (g *assigner) descend(v, p, parts int, order uint64, moves []int16) bool {
	if len(moves) > 0 && g.news>>v&1 == 1 {
		least := false
		if moves, least = g.agreeing(v, parts, moves); !least {
			return true
		}
	}
	if !g.bound {
		return g.assign(v+1, parts, order, moves)
	}
	t := &g.tally
	lonely, first, bridged := t.lonely, t.first, t.bridged
	t.join(v, p, g.host)
	more := !g.hasHope(v) || g.assign(v+1, parts, order, moves)
	t.members[p] &^= 1 << v
	t.lonely, t.first, t.bridged = lonely, first, bridged
	return more
}

// agreeing returns those of the moves whose strings agree as far as they are known after
// node v, unless one is less.
func (g *assigner) agreeing(v, parts int, moves []int16) (left []int16, least bool) {
	g.pulse.work += len(moves)
	left = g.left[v][:0]
	for _, i := range moves {
		m := &g.moves[i]
		known := m.known[v]
		if known == 0 || v > 0 && known == m.known[v-1] {
			left = append(left, i)
			continue
		}
		image, shown := g.image[:parts], g.shown[:parts]
		clear(image)
		for place, from := range m.from[:known] {
			image[g.part[from]] += g.unit[place]
		}
		sortRows(image)
		past := g.unit[known-1] - 1
		for p := range shown {
			shown[p] = g.rows[p+1] &^ past
		}
		switch g.compare(image, shown) {
		case -1:
			return nil, false
		case 0:
			left = append(left, i)
		}
	}
	return left, true
}

// finish yields a diagram whose nodes have their parts.
func (g *assigner) finish(parts int, order uint64, moves []int16) bool {
	order *= uint64(1 + len(moves))
	if g.twin != 0 {
		order *= g.interchanges(parts)
	}
	for v := g.places; v < g.nodes; v++ {
		g.part[v] = byte(parts + v - g.places)
	}
	if !g.listed {
		var least bool
		if order, least = g.search(); !least {
			return true
		}
	}
	g.batch.add(&g.code, 2*g.nodes, order)
	return !g.batch.full(2*g.nodes) || g.deliver()
}

// deliver hands on the diagrams that are made.
func (g *assigner) deliver() bool {
	if g.batch.count == 0 {
		return true
	}
	more := g.hand(2*g.nodes, g.batch.text(), g.batch.orders[:g.batch.count])
	g.batch.used, g.batch.count = 0, 0
	return more
}

// search is for hosts with more moves than are listed.
func (g *assigner) search() (order uint64, least bool) {
	g.pulse.work += period
	var part [MaxNodes]int8
	for v, p := range g.part {
		part[v] = int8(p)
	}
	if !newSearch(&g.forest, part[:g.nodes], true).run() {
		return 0, false
	}
	if !g.weigh {
		return 0, true
	}
	return wholeGroup(&g.forest, part[:g.nodes]).order.Uint64(), true
}

// interchanges returns the number of permutations of parts that have equal rows.
func (g *assigner) interchanges(parts int) uint64 {
	count, equal := uint64(1), uint64(1)
	for p := 2; p <= parts; p++ {
		if g.rows[p] != g.rows[p-1] {
			equal = 0
		}
		equal++
		count *= equal
	}
	return count
}
