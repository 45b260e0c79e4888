package diagram

import (
	"math/big"
	"math/bits"
	"slices"
	"strings"
)

// A search walks over the automorphisms of a forest, building for each the sequence
// of keys that its nodes get in label order, and keeps to the least sequence.
//
// An automorphism sends the place v of the canonical forest to the node image[v]. As
// the walk leaves a place, the part of its image gets the next free number if it has
// none: so the numbers along the places are a restricted growth string.
//
// Two choices for a place are equivalent if an automorphism of the diagram, one that
// maps parts onto parts, fixes all nodes chosen so far and exchanges them. Only one of
// each equivalence class is followed, so symmetry does not multiply the work. By
// orbit and stabilizer, the order of the automorphism group is the product of the
// sizes of the classes of the first choices.
type search struct {
	*forest
	part   []int8 // of each node
	size   []int8 // of each part
	colour []int  // nil, or a colouring of the nodes that automorphisms must keep
	goal   goal

	image  [MaxNodes]int8 // by place
	used   uint64         // the nodes entered, and the roots
	number [MaxNodes]int8 // of each part, -1 before its first node is left
	next   int8           // the first free part number

	best  [MaxNodes]int // keys of the least sequence so far
	known int           // how many of them stand
	less  bool          // the colours at hand are less than the identity's

	first      bool // no second choice has been taken yet
	order      big.Int
	generators [][]int8
	hue        []int8 // an invariant of nodes under automorphisms, made on demand
}

// A goal says which keys a search compares, and what a smaller one means.
type goal int

const (
	canonise goal = iota // keys are part numbers; find the least sequence
	confirm              // keys are part numbers; stop once one is less than the identity's
	colours              // keys are colours, the part numbers are the identity's; stop likewise
	preserve             // both part numbers and colours are the identity's
)

// newSearch prepares a search over a forest whose nodes lie in the given parts. Unless
// the goal is to canonise, part must be a restricted growth string.
func newSearch(f *forest, part []int8, colour []int, g goal) *search {
	n := len(part)
	s := &search{forest: f, part: part, colour: colour, goal: g, size: make([]int8, n), first: true}
	for _, p := range part {
		s.size[p]++
	}
	for i := range s.number {
		s.number[i] = -1
	}
	for v := n - f.roots; v < n; v++ {
		s.image[v] = int8(v)
		s.used |= 1 << v
	}
	s.order.SetInt64(1)
	if g != canonise {
		s.known = n
		for v := range n {
			s.best[v] = s.key(int8(v), part[v])
		}
	}
	return s
}

func (s *search) key(node, number int8) int {
	if s.goal == canonise || s.goal == confirm {
		return int(number)
	}
	if s.colour == nil {
		return 0
	}
	return s.colour[node]
}

// run reports whether the search went to its end; it stops early when the goal is to
// confirm or compare colours and the identity is not least.
func (s *search) run() bool { return s.follow(0) }

func (s *search) follow(k int) bool {
	if k == len(s.steps) {
		s.first = false
		return !s.less
	}
	if st := s.steps[k]; !st.leave {
		return s.enter(k, st.node)
	}
	return s.leave(k, s.steps[k].node)
}

// leave numbers the part of the image of place v, and cuts the branch if its key is too large.
func (s *search) leave(k int, v int8) bool {
	node := s.image[v]
	part := s.part[node]
	number := s.number[part]
	isNew := number < 0
	if isNew {
		number = s.next
	}
	if s.goal >= colours && number != s.part[v] {
		return true
	}
	if !s.less {
		switch key := s.key(node, number); {
		case int(v) >= s.known || key < s.best[v]:
			switch s.goal {
			case canonise:
				s.best[v] = key
				s.known = int(v) + 1
			case confirm:
				return false
			case colours: // unless this branch leads to no automorphism of the diagram
				s.less = true
				defer func() { s.less = false }()
			case preserve:
				return true
			}
		case key > s.best[v]:
			return true
		}
	}
	if !isNew {
		return s.follow(k + 1)
	}
	s.number[part] = number
	s.next++
	more := s.follow(k + 1)
	s.number[part] = -1
	s.next--
	return more
}

// enter tries the nodes that may stand at place v, one of each equivalence class.
func (s *search) enter(k int, v int8) bool {
	var list [MaxNodes]int8
	choices := list[:s.choices(&list, v)]
	used, onFirst := s.used, s.first
	var done uint64 // the choices equivalent to one that was followed
	for i, w := range choices {
		if done>>w&1 == 1 {
			continue
		}
		s.image[v] = w
		s.used = used | 1<<w
		if !s.follow(k + 1) {
			return false
		}
		s.used = used
		class := s.class(w, choices[i+1:], done, onFirst && i == 0)
		if onFirst && i == 0 {
			s.order.Mul(&s.order, big.NewInt(int64(bits.OnesCount64(class))))
		}
		done |= class
	}
	return true
}

// class returns node w and those of the others, except the done ones, to which an
// automorphism that fixes the used nodes maps w. It records such automorphisms on request.
func (s *search) class(w int8, others []int8, done uint64, record bool) uint64 {
	class := uint64(1) << w
	orbit := class
	if len(others) > 0 {
		orbit = s.orbit(w)
	}
	for _, o := range others {
		if done>>o&1 == 1 {
			continue
		}
		if orbit>>o&1 == 0 {
			g := s.carry(w, o)
			if g == nil {
				continue
			}
			if record {
				s.generators = append(s.generators, g)
				orbit = s.orbit(w)
			}
		}
		class |= 1 << o
	}
	return class
}

// choices lists the free nodes of v's shape below the image of v's parent. Where v is a
// leaf, which will be left at once, only those with the least part number are listed.
func (s *search) choices(list *[MaxNodes]int8, v int8) int {
	n := 0
	least := int8(MaxNodes)
	leaf := len(s.kids[v]) == 0
	for _, w := range s.kids[s.image[s.parent[v]]] {
		if s.used>>w&1 == 1 || s.shape[w] != s.shape[v] {
			continue
		}
		if s.goal >= colours && s.size[s.part[w]] != s.size[s.part[v]] {
			continue
		}
		if leaf {
			number := s.number[s.part[w]]
			if number < 0 {
				number = s.next
			}
			if number > least {
				continue
			}
			if number < least {
				least, n = number, 0
			}
		}
		list[n] = w
		n++
	}
	return n
}

// carry returns an automorphism that fixes the used nodes and maps a to b, two choices
// for one place, or nil if there is none.
func (s *search) carry(a, b int8) []int8 {
	if s.colour != nil && s.colour[a] != s.colour[b] || s.size[s.part[a]] != s.size[s.part[b]] {
		return nil
	}
	if len(s.kids[a]) == 0 && (s.part[a] == s.part[b] || s.size[s.part[a]] == 1) {
		return s.exchange(a, b)
	}
	return newMatching(s).extend(a, b)
}

// exchange returns the permutation that swaps a and b.
func (s *search) exchange(a, b int8) []int8 {
	g := make([]int8, len(s.part))
	for v := range g {
		g[v] = int8(v)
	}
	g[a], g[b] = b, a
	return g
}

// orbit returns the nodes to which recorded automorphisms that fix the used nodes lead from w.
func (s *search) orbit(w int8) uint64 {
	var fixing [][]int8
	for _, g := range s.generators {
		if s.fixesUsed(g) {
			fixing = append(fixing, g)
		}
	}
	orbit := uint64(1) << w
	for frontier := orbit; frontier != 0; {
		v := bits.TrailingZeros64(frontier)
		frontier &^= 1 << v
		for _, g := range fixing {
			if image := uint64(1) << g[v]; orbit&image == 0 {
				orbit |= image
				frontier |= image
			}
		}
	}
	return orbit
}

func (s *search) fixesUsed(g []int8) bool {
	for set := s.used; set != 0; set &= set - 1 {
		if v := bits.TrailingZeros64(set); int(g[v]) != v {
			return false
		}
	}
	return true
}

// A matching is an automorphism of the diagram under construction.
type matching struct {
	*search
	image    [MaxNodes]int8 // -1 where undefined
	taken    uint64         // the nodes that are images
	partTo   [MaxNodes]int8 // image of each part, -1 where undefined
	partFrom [MaxNodes]int8
	rest     []int8 // the nodes still to map, parents first
}

func newMatching(s *search) *matching {
	if s.hue == nil {
		s.refine()
	}
	m := &matching{search: s}
	for i := range MaxNodes {
		m.image[i], m.partTo[i], m.partFrom[i] = -1, -1, -1
	}
	return m
}

// extend returns an automorphism that fixes the used nodes and maps a to b, nil if there is none.
func (m *matching) extend(a, b int8) []int8 {
	for set := m.used; set != 0; set &= set - 1 {
		v := int8(bits.TrailingZeros64(set))
		m.assign(v, v)
	}
	if _, ok := m.assign(a, b); !ok {
		return nil
	}
	// The subtree of a first: its ties then steer the choices elsewhere.
	m.rest = m.queue(m.rest, a)
	for v := len(m.part) - m.roots; v < len(m.part); v++ {
		m.rest = m.queue(m.rest, int8(v))
	}
	if !m.complete(0) {
		return nil
	}
	return m.image[:len(m.part)]
}

// queue appends the nodes below v that have no image yet, parents first.
func (m *matching) queue(list []int8, v int8) []int8 {
	for _, kid := range m.kids[v] {
		if m.image[kid] < 0 && !slices.Contains(list, kid) {
			list = append(list, kid)
		}
		list = m.queue(list, kid)
	}
	return list
}

func (m *matching) complete(i int) bool {
	if i == len(m.rest) {
		return true
	}
	v := m.rest[i]
	if m.image[v] >= 0 {
		return m.complete(i + 1)
	}
	try := func(w int8) bool {
		newPart, ok := m.assign(v, w)
		if !ok {
			return false
		}
		if m.complete(i + 1) {
			return true
		}
		m.withdraw(v, w, newPart)
		return false
	}
	candidates := m.kids[m.image[m.parent[v]]]
	if slices.Contains(candidates, v) && try(v) {
		return true
	}
	for _, w := range candidates {
		if w != v && try(w) {
			return true
		}
	}
	return false
}

// assign maps v to w if nothing forbids it. It reports whether that mapped a part, too.
func (m *matching) assign(v, w int8) (newPart, ok bool) {
	if m.taken>>w&1 == 1 || m.hue[v] != m.hue[w] {
		return false, false
	}
	p, q := m.part[v], m.part[w]
	switch {
	case m.partTo[p] < 0 && m.partFrom[q] < 0:
		m.partTo[p], m.partFrom[q] = q, p
		newPart = true
	case m.partTo[p] != q:
		return false, false
	}
	m.image[v] = w
	m.taken |= 1 << w
	return newPart, true
}

func (m *matching) withdraw(v, w int8, newPart bool) {
	if newPart {
		m.partTo[m.part[v]], m.partFrom[m.part[w]] = -1, -1
	}
	m.image[v] = -1
	m.taken &^= 1 << w
}

// refine colours the nodes so that equivalent ones get equal hues: it starts from shape,
// part size and colour, and refines by the hues of parent, children and part until
// nothing changes.
func (s *search) refine() {
	n := len(s.part)
	s.hue = make([]int8, n)
	signature := make([]string, n)
	for v := range n {
		root := 0
		if s.parent[v] < 0 {
			root = v
		}
		signature[v] = string([]byte{byte(s.shape[v]), byte(s.size[s.part[v]]), byte(root)})
		if s.colour != nil {
			signature[v] += colourKey(s.colour[v])
		}
	}
	for count, was := s.rank(signature), 0; count != was; {
		for v := range n {
			signature[v] = s.neighbourhood(int8(v))
		}
		was, count = count, s.rank(signature)
	}
}

func colourKey(colour int) string {
	return string(big.NewInt(int64(colour)).Append(nil, 16))
}

// rank sets the hues to the ranks of the signatures, and counts the different ones.
func (s *search) rank(signature []string) int {
	sorted := slices.Clone(signature)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	for v, sig := range signature {
		rank, _ := slices.BinarySearch(sorted, sig)
		s.hue[v] = int8(rank)
	}
	return len(sorted)
}

// neighbourhood describes the hues around node v.
func (s *search) neighbourhood(v int8) string {
	var text strings.Builder
	text.WriteByte(byte(s.hue[v]))
	if up := s.parent[v]; up >= 0 {
		text.WriteByte(byte(s.hue[up]))
	}
	hues := make([]byte, 0, MaxNodes)
	for _, kid := range s.kids[v] {
		hues = append(hues, byte(s.hue[kid]))
	}
	slices.Sort(hues)
	text.Write(hues)
	text.WriteByte(MaxNodes)
	hues = hues[:0]
	for w, p := range s.part {
		if p == s.part[v] {
			hues = append(hues, byte(s.hue[w]))
		}
	}
	slices.Sort(hues)
	text.Write(hues)
	return text.String()
}
