package value

import (
	"math/bits"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// A history is a way in which the events of a diagram can follow one another, as far as
// it matters in an eigenbasis: which edges are alive in each gap between two steps with
// events, or after the last, and how many such steps each edge passes over.
type history struct {
	gaps    []uint64 // sets of edges, sorted
	passes  []int    // by edge
	repeats int      // the number of orders of this form
}

// events numbers the events that the non-root nodes of a diagram belong to: their parts,
// or each node by itself.
func events(d diagram.Diagram, nodes bool) []int {
	event := d.Labels()[:d.Edges()]
	for v := range event {
		if nodes {
			event[v] = v
		}
	}
	return event
}

// histories lists the weak orders of the events that put every child into an earlier
// step than its parent, or only the strict ones, joined by form. There is none if that
// relation among the events has a cycle.
func histories(d diagram.Diagram, nodes, strict bool) []history {
	return historiesOf(d.Parents()[:d.Edges()], events(d, nodes), strict)
}

// historiesOf lists the histories of nodes, given the parent and the event of each. A
// parent beyond the nodes stands for the end.
func historiesOf(parents, event []int, strict bool) []history {
	h := historian{parents: parents, event: event, strict: strict, known: map[string]int{}}
	count := 0
	for _, e := range h.event {
		count = max(count, e+1)
	}
	h.before = make([]uint64, count)
	for v, up := range h.parents {
		if up < len(h.event) {
			h.before[h.event[up]] |= 1 << h.event[v]
		}
	}
	h.level = make([]int, count)
	h.next(uint64(1)<<count-1, 0)
	return h.list
}

type historian struct {
	parents []int // of non-root nodes
	event   []int // of each of these
	strict  bool
	before  []uint64 // the events that come before each
	level   []int    // the step of each event, counted among those with events
	list    []history
	known   map[string]int // indices in the list
}

// next puts some of the events that are left into a step.
func (h *historian) next(left uint64, level int) {
	if left == 0 {
		h.add(level)
		return
	}
	var free uint64
	for set := left; set != 0; set &= set - 1 {
		if e := bits.TrailingZeros64(set); h.before[e]&left == 0 {
			free |= 1 << e
		}
	}
	for now := free; now != 0; now = (now - 1) & free {
		if h.strict && bits.OnesCount64(now) > 1 {
			continue
		}
		for set := now; set != 0; set &= set - 1 {
			h.level[bits.TrailingZeros64(set)] = level
		}
		h.next(left&^now, level+1)
	}
}

// add lists the order at hand, which has so many levels.
func (h *historian) add(levels int) {
	x := history{gaps: make([]uint64, levels), passes: make([]int, len(h.parents)), repeats: 1}
	for v, up := range h.parents {
		from, to := h.level[h.event[v]], levels
		if up < len(h.parents) {
			to = h.level[h.event[up]]
		}
		for l := from; l < to; l++ {
			x.gaps[l] |= 1 << v
		}
		x.passes[v] = to - from - 1
	}
	// A divided difference does not depend on the order of its points.
	slices.Sort(x.gaps)
	var key []byte
	for _, gap := range x.gaps {
		for b := range 5 {
			key = append(key, byte(gap>>(8*b)))
		}
	}
	for _, n := range x.passes {
		key = append(key, byte(n))
	}
	if i, ok := h.known[string(key)]; ok {
		h.list[i].repeats++
		return
	}
	h.known[string(key)] = len(h.list)
	h.list = append(h.list, x)
}
