package diagram

import (
	"math/bits"
	"slices"
)

// A search walks over the automorphisms of a forest, each of which gives the nodes'
// parts a restricted growth string, and finds the least string.
//
// An automorphism sends every place v of the canonical forest to the node image[v]. Its
// string lists, by place, the parts of the images, numbered in the order in which they
// occur.
//
// The search branches over the images of places with children alone. The leaves below a
// place are settled together: in the least string their numbers increase, and of several
// parts that may still have the same number, the one with the most leaves here has it.
// Parts with equally many leaves form a pool, to which a run of numbers belongs; who
// gets which stays open until one of them is met again.
//
// Two choices for a place are equivalent if an automorphism of the diagram, one that
// maps parts onto parts, fixes all nodes chosen so far and maps one to the other. Only
// one of each equivalence class is followed, so symmetry does not multiply the work.
type search struct {
	*forest
	part    []int8 // of each node
	confirm bool   // part is the string to beat: stop once a lesser one is found

	steps []step
	image [MaxNodes]int8 // by place; of leaves it stays open
	used  uint64         // the images so far, the roots among them
	pools pools

	best  [MaxNodes]int8 // the least string so far
	known int            // how much of it stands
	limit int            // the step at which to turn back

	chosen   [MaxNodes]int8         // the images in the order of choice, as many as
	choices  int                    // were chosen
	pairings [MaxNodes + 1]*pairing // see fixing; nil where not yet made
	found    group                  // some automorphisms
}

// pools tells the numbers of parts. Parts with the same low are a pool, and its run of
// numbers begins there.
type pools struct {
	low  [MaxNodes]int8 // by part; -1 before the first node of the part
	next int8           // the first number in no run
}

// newSearch prepares a search over a forest whose nodes lie in the given parts. To
// confirm that part is least, it must be a restricted growth string.
func newSearch(f *forest, part []int8, confirm bool) *search {
	n := len(part)
	s := &search{forest: f, part: part, confirm: confirm, steps: f.walk()}
	s.limit = len(s.steps)
	for p := range n {
		s.pools.low[p] = -1
	}
	for v := n - f.roots; v < n; v++ {
		s.image[v] = int8(v)
		s.used |= 1 << v
	}
	if confirm {
		s.known = copy(s.best[:], part)
	}
	return s
}

// run reports whether the search went to its end. It stops early when the string to
// confirm is not least.
func (s *search) run() bool { return s.follow(0) }

func (s *search) follow(k int) bool {
	if k == s.limit {
		return true
	}
	switch v := s.steps[k].node; s.steps[k].kind {
	case enter:
		return s.enter(k, v)
	case settle:
		return s.settle(k, v)
	default:
		return s.leave(k, v)
	}
}

// offer compares the number of place v with that of the least string, whose earlier
// numbers are those at hand. If it is less, offer takes it over and returns 0, unless
// the string should have been least.
func (s *search) offer(v int, number int8) int {
	switch {
	case v < s.known && number == s.best[v]:
		return 0
	case v < s.known && number > s.best[v]:
		return 1
	case s.confirm:
		return -1
	}
	s.best[v] = number
	s.known = v + 1
	return 0
}

// leave numbers the image of place v, all of whose descendants are numbered.
func (s *search) leave(k int, v int8) bool {
	saved := s.pools
	part := s.part[s.image[v]]
	number := s.pools.low[part]
	if number < 0 {
		number = s.pools.next
	}
	if order := s.offer(int(v), number); order != 0 {
		return order > 0
	}
	s.pools.draw([]int8{part}, nil, len(s.part))
	more := s.follow(k + 1)
	s.pools = saved
	return more
}

// settle numbers the leaves below place v.
func (s *search) settle(k int, v int8) bool {
	var leaves, list [MaxNodes]int8 // the number of leaves of each part, and the parts
	parts := list[:0]
	for set := s.kids[s.image[v]] & s.leaves; set != 0; set &= set - 1 {
		p := s.part[bits.TrailingZeros64(set)]
		if leaves[p] == 0 {
			parts = append(parts, p)
		}
		leaves[p]++
	}
	slices.SortFunc(parts, func(p, q int8) int {
		if lowP, lowQ := uint8(s.pools.low[p]), uint8(s.pools.low[q]); lowP != lowQ {
			return int(lowP) - int(lowQ) // −1 comes last
		}
		return int(leaves[q] - leaves[p])
	})
	saved := s.pools
	place := bits.TrailingZeros64(s.kids[v] & s.leaves)
	for len(parts) > 0 {
		low := s.pools.low[parts[0]]
		pool := 1
		for pool < len(parts) && s.pools.low[parts[pool]] == low {
			pool++
		}
		if low < 0 {
			low = s.pools.next
		}
		for i, p := range parts[:pool] {
			for range leaves[p] {
				if order := s.offer(place, low+int8(i)); order != 0 {
					s.pools = saved
					return order > 0
				}
				place++
			}
		}
		s.pools.draw(parts[:pool], &leaves, len(s.part))
		parts = parts[pool:]
	}
	more := s.follow(k + 1)
	s.pools = saved
	return more
}

// draw gives the first numbers of a pool's run to some of its n parts, or the next free
// numbers to parts without a pool, in the given order; those with equally many leaves
// stay together. leaves may be nil for a single part.
func (p *pools) draw(drawn []int8, leaves *[MaxNodes]int8, n int) {
	low, count := p.low[drawn[0]], int8(len(drawn))
	if low < 0 {
		low = p.next
		p.next += count
	} else {
		for q := range p.low[:n] {
			if p.low[q] == low {
				p.low[q] += count
			}
		}
	}
	for i, q := range drawn {
		p.low[q] = low + int8(i)
		if i > 0 && leaves[q] == leaves[drawn[i-1]] {
			p.low[q] = p.low[drawn[i-1]]
		}
	}
}

// enter tries the nodes that may stand at place v, one of each equivalence class.
func (s *search) enter(k int, v int8) bool {
	var list [MaxNodes]int8
	choices := list[:0]
	for set := s.alike(int(v), s.image[s.parent[v]]) &^ s.used; set != 0; set &= set - 1 {
		choices = append(choices, int8(bits.TrailingZeros64(set)))
	}
	if len(choices) > 1 && !s.confirm {
		s.scout(k, v, choices)
	}
	for len(choices) > 0 {
		w := choices[0]
		choices = choices[1:]
		if !s.choose(k, v, w) {
			return false
		}
		choices = s.others(int(w), choices)
	}
	return true
}

// others returns the choices that are not equivalent to w, one of them.
func (s *search) others(w int, choices []int8) []int8 {
	if len(choices) == 0 {
		return nil
	}
	fixing := s.fixing(s.choices)
	if fixing.discrete() {
		return choices
	}
	class := s.found.orbit(w, s.used)
	mayGo := fixing.find(w).to
	for _, o := range choices {
		if (mayGo&^class)>>o&1 == 0 {
			continue
		}
		if a := fixing.carry(w, int(o)); a != nil {
			s.found.generators = append(s.found.generators, a)
			class = s.found.orbit(w, s.used)
		}
	}
	return slices.DeleteFunc(choices, func(o int8) bool { return class>>o&1 == 1 })
}

// choose sends place v to node w and goes on.
func (s *search) choose(k int, v, w int8) bool {
	s.image[v] = w
	s.used |= 1 << w
	s.chosen[s.choices] = w
	s.choices++
	s.pairings[s.choices] = nil
	more := s.follow(k + 1)
	s.choices--
	s.used &^= 1 << w
	return more
}

// scout tries the choices for place v as far as the next place with a choice, so that
// those which do badly there are cut at once.
func (s *search) scout(k int, v int8, choices []int8) {
	whole := s.limit
	s.limit = k + 1
	for s.limit < whole && !s.branches(s.steps[s.limit]) {
		s.limit++
	}
	for _, w := range choices {
		s.choose(k, v, w)
	}
	s.limit = whole
}

// fixing returns the automorphisms of the diagram that fix the first images chosen, as
// permutations of columns.
func (s *search) fixing(images int) *pairing {
	if s.pairings[images] != nil {
		return s.pairings[images]
	}
	var p *pairing
	if images == 0 {
		var m matrix
		m.fill(s.forest, s.part)
		p = columnStructure(s.forest, &m).pairing(nil)
	} else if p = s.fixing(images - 1); !p.discrete() {
		q := *p
		last := int(s.chosen[images-1])
		q.send(last, last)
		p = &q
	}
	s.pairings[images] = p
	return p
}

// branches reports whether several nodes may stand at a place that a step enters.
func (s *search) branches(at step) bool {
	if at.kind != enter {
		return false
	}
	return s.alike(int(at.node), s.parent[at.node])>>at.node > 1
}

// A step of the walk is at a node with children, or at a root.
type step struct {
	node int8
	kind stepKind
}

type stepKind int8

const (
	enter  stepKind = iota // before all descendants; not at roots
	settle                 // at the leaves among the children, which come after all others
	leave                  // after all descendants; roots are left last
)

// walk returns the depth-first walk that a search follows. It meets nodes in the order of
// their labels.
func (f *forest) walk() []step {
	steps := make([]step, 0, 2*f.nodes)
	var visit func(v int8)
	visit = func(v int8) {
		if f.parent[v] >= 0 {
			steps = append(steps, step{v, enter})
		}
		for set := f.kids[v] &^ f.leaves; set != 0; set &= set - 1 {
			visit(int8(bits.TrailingZeros64(set)))
		}
		if f.kids[v]&f.leaves != 0 {
			steps = append(steps, step{v, settle})
		}
		if f.parent[v] >= 0 {
			steps = append(steps, step{v, leave})
		}
	}
	for v := f.inner(); v < f.nodes; v++ {
		visit(int8(v))
	}
	for v := f.inner(); v < f.nodes; v++ {
		steps = append(steps, step{int8(v), leave})
	}
	return steps
}
