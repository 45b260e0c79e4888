package diagram

import (
	"errors"
	"fmt"
	"iter"
)

// ErrOptions reports options, or a number of edges, that no diagram can have.
var ErrOptions = errors.New("no diagram can have")

// Roots says which roots an enumeration yields.
type Roots int

const (
	Single  Roots = iota // one root, alone in its part: for test-set quantities
	Tied                 // one root, which shares its part with another node
	Two                  // two roots, each alone in its part
	Bridged              // two roots, and some part meets both trees
)

// Options narrow an enumeration. The zero Options is all diagrams with a single root,
// alone in its part.
type Options struct {
	Roots         Roots
	RootDegree    int  // the number of children of every root; 0 for any
	MaxPart       int  // the size of the largest part; 0 for any
	Irreducible   bool // see Diagram.Irreducible
	PathCondition bool // see Diagram.PathCondition
}

// All yields the diagrams with the given number of edges and a single root, alone in
// its part, one per isomorphism class, in the order of Compare; that order is part of
// the API. Each diagram may be kept; none is held. Outside 0 ≤ edges ≤ MaxEdges there
// are none; see Enumerate for an error in that case, and for other roots.
//
// There are 1, 1, 4, 17, 101, 700, 5861, 55818, 598201, … of them.
func All(edges int) iter.Seq[Diagram] {
	seq, err := Enumerate(edges, Options{})
	if err != nil {
		return func(func(Diagram) bool) {}
	}
	return seq
}

// Enumerate yields the diagrams with the given number of edges that obey the options,
// one per isomorphism class, in the order of Compare. It does not filter: a tree or a
// partition that cannot be completed is left as soon as that shows. Memory does not
// grow with the number of diagrams.
//
// The error wraps ErrTooLarge or ErrOptions.
func Enumerate(edges int, options Options) (iter.Seq[Diagram], error) {
	if err := options.check(edges); err != nil {
		return nil, err
	}
	nodes := edges + options.roots()
	return func(yield func(Diagram) bool) {
		trees := treeGenerator{nodes: nodes, options: options}
		trees.yield = func(levels []byte) bool { return newPartGenerator(levels, options).run(yield) }
		trees.run()
	}, nil
}

func (o Options) roots() int {
	if o.Roots == Two || o.Roots == Bridged {
		return 2
	}
	return 1
}

func (o Options) check(edges int) error {
	switch {
	case edges < 0:
		return fmt.Errorf("%w %d edges", ErrOptions, edges)
	case o.Roots < Single || o.Roots > Bridged:
		return fmt.Errorf("%w roots of kind %d", ErrOptions, o.Roots)
	case edges+o.roots() > MaxNodes:
		return fmt.Errorf("%w, too few for %d edges", ErrTooLarge, edges)
	case o.RootDegree < 0:
		return fmt.Errorf("%w a root of degree %d", ErrOptions, o.RootDegree)
	case o.MaxPart < 0:
		return fmt.Errorf("%w a largest part of %d nodes", ErrOptions, o.MaxPart)
	}
	return nil
}

// A treeGenerator yields canonical level sequences in decreasing lexicographic order.
//
// A sequence is canonical if every subtree's is at most that of the sibling before it.
// So a node that is appended must not make the subtree of any of its ancestors exceed
// the ancestor's elder sibling's; only where both agree so far is there a bound.
type treeGenerator struct {
	nodes   int
	options Options
	yield   func(levels []byte) bool

	levels [MaxNodes]byte
	roots  int
	degree int // of the last root
	// For each level, about the last node seen there:
	start [MaxNodes]int // its position
	elder [MaxNodes]int // that of its elder sibling, -1 if it has none
	equal [MaxNodes]int // its subtree agrees with the elder's in all positions but the last ones, from here
}

func (g *treeGenerator) run() bool { return g.plantRoot(0) }

func (g *treeGenerator) plantRoot(i int) bool {
	was, degree := g.start[0], g.degree
	g.levels[i], g.start[0], g.elder[0], g.degree = 0, i, -1, 0
	g.roots++
	more := g.grow(i + 1)
	g.roots--
	g.start[0], g.degree = was, degree
	return more
}

// grow tries every level for the node at position i.
func (g *treeGenerator) grow(i int) bool {
	if i == g.nodes {
		return !g.complete() || g.yield(g.levels[:i])
	}
	for level := int(g.levels[i-1]) + 1; level > 0; level-- {
		if g.allows(i, level) && !g.appendNode(i, level) {
			return false
		}
	}
	if g.roots < g.options.roots() && g.finishedRoot(i) {
		return g.plantRoot(i)
	}
	return true
}

func (g *treeGenerator) complete() bool {
	return g.roots == g.options.roots() && g.finishedRoot(g.nodes)
}

// finishedRoot reports whether the last root's tree may end before position i.
func (g *treeGenerator) finishedRoot(i int) bool {
	return (g.options.RootDegree == 0 || g.degree == g.options.RootDegree) &&
		(g.options.Roots != Bridged || i > g.start[0]+1)
}

// allows reports whether a node at this level keeps the sequence canonical.
func (g *treeGenerator) allows(i, level int) bool {
	if level == 1 && g.options.RootDegree > 0 && g.degree == g.options.RootDegree {
		return false
	}
	for l := 1; l < level; l++ {
		if g.elder[l] < 0 || g.equal[l] < i {
			continue
		}
		twin := g.elder[l] + i - g.start[l]
		if twin == g.start[l] || level > int(g.levels[twin]) {
			return false
		}
	}
	return true
}

// appendNode puts a node of the given level at position i and goes on.
func (g *treeGenerator) appendNode(i, level int) bool {
	saved := *g
	g.levels[i] = byte(level)
	for l := 1; l < level; l++ {
		if g.elder[l] >= 0 && g.equal[l] == i && level == int(g.levels[g.elder[l]+i-g.start[l]]) {
			g.equal[l] = i + 1
		}
	}
	g.elder[level] = -1
	if g.start[level] > g.start[level-1] {
		g.elder[level] = g.start[level]
	}
	g.start[level], g.equal[level] = i, i+1
	if level == 1 {
		g.degree++
	}
	more := g.grow(i + 1)
	saved.levels = g.levels
	*g = saved
	return more
}

// A partGenerator yields the diagrams on one tree, by increasing restricted growth
// string of the parts in label order.
type partGenerator struct {
	*forest
	options Options
	yield   func(Diagram) bool

	inner    int // the number of non-root nodes
	part     [MaxNodes]int8
	size     [MaxNodes]int8
	parts    int8
	below    [MaxNodes]uint64 // the parts met in each node's subtree
	elder    [MaxNodes]int8   // the sibling just before, if it has the same shape, else -1
	span     [MaxNodes]int8   // the number of nodes of each subtree
	link     [MaxNodes]bool   // non-root nodes of degree 2
	lonely   int              // parts of one node so far, and that one of degree 2
	second   [MaxNodes]bool   // the node lies in the second root's tree
	first    uint64           // the parts that meet the first root's tree
	bridges  int              // nodes of the second tree in such a part
	symmetry bool             // the forest has automorphisms
	code     []byte
}

func newPartGenerator(levels []byte, options Options) *partGenerator {
	f := plant(levels)
	g := &partGenerator{forest: f, options: options, inner: len(levels) - f.roots}
	for v := range levels {
		g.elder[v], g.span[v] = -1, 1
		for i, kid := range f.kids[v] {
			g.span[v] += g.span[kid]
			if i > 0 && f.shape[kid] == f.shape[f.kids[v][i-1]] {
				g.elder[kid] = f.kids[v][i-1]
				g.symmetry = true
			}
		}
		g.link[v] = v < g.inner && len(f.kids[v]) == 1
	}
	if f.roots == 2 {
		for v := int(g.span[g.inner]) - 1; v < g.inner; v++ {
			g.second[v] = true
		}
	}
	g.code = append(make([]byte, 0, 2*len(levels)), levels...)
	return g
}

func (g *partGenerator) run(yield func(Diagram) bool) bool {
	g.yield = yield
	return g.assign(0)
}

// assign tries every part for node v.
func (g *partGenerator) assign(v int) bool {
	if v == len(g.levels) {
		return !g.isLeast() || g.yield(g.diagram())
	}
	low, high := int8(0), g.parts
	if v >= g.inner {
		if g.options.Roots == Tied {
			high--
		} else {
			low = g.parts
		}
	}
	for p := low; p <= high; p++ {
		if g.allows(v, p) && !g.place(v, p) {
			return false
		}
	}
	return true
}

// allows reports whether node v may lie in part p.
func (g *partGenerator) allows(v int, p int8) bool {
	if g.options.MaxPart > 0 && int(g.size[p]) >= g.options.MaxPart {
		return false
	}
	if g.options.PathCondition {
		for _, kid := range g.kids[v] {
			if g.below[kid]>>p&1 == 1 {
				return false
			}
		}
	}
	return true
}

// place puts node v into part p and goes on, unless that can lead nowhere.
func (g *partGenerator) place(v int, p int8) bool {
	parts, lonely, first, bridges := g.parts, g.lonely, g.first, g.bridges
	g.part[v] = p
	g.joinLonely(v, p)
	g.size[p]++
	g.parts = max(parts, p+1)
	g.below[v] = 1 << p
	for _, kid := range g.kids[v] {
		g.below[v] |= g.below[kid]
	}
	if v < g.inner {
		switch {
		case !g.second[v]:
			g.first |= 1 << p
		case g.first>>p&1 == 1:
			g.bridges++
		}
	}
	more := true
	if g.hasHope(v) {
		more = g.assign(v + 1)
	}
	g.size[p]--
	g.parts, g.lonely, g.first, g.bridges = parts, lonely, first, bridges
	return more
}

// joinLonely keeps count of the lonely parts when v joins p.
func (g *partGenerator) joinLonely(v int, p int8) {
	if g.size[p] == 0 {
		if g.link[v] {
			g.lonely++
		}
		return
	}
	if g.size[p] > 1 {
		return
	}
	for w := range v {
		if g.part[w] == p && g.link[w] {
			g.lonely--
			return
		}
	}
}

// hasHope reports whether the parts of nodes 0,…,v can be completed, as far as is seen.
func (g *partGenerator) hasHope(v int) bool {
	if g.options.Irreducible {
		left := max(0, g.inner-1-v)
		if g.options.Roots == Tied && v < g.inner {
			left++
		}
		if g.options.MaxPart == 1 {
			left = 0
		}
		if g.lonely > left {
			return false
		}
	}
	if g.options.Roots == Bridged && v == g.inner-1 && g.bridges == 0 {
		return false
	}
	return g.elder[v] < 0 || !g.swapIsLess(v)
}

// swapIsLess reports whether exchanging the subtree of v with its elder sibling's gives
// a smaller restricted growth string; then no completion is canonical. Both subtrees
// are runs of labels, one next to the other.
func (g *partGenerator) swapIsLess(v int) bool {
	span := int(g.span[v])
	start := v + 1 - 2*span
	next := int8(0) // the first number that no part before start has
	for w := range start {
		next = max(next, g.part[w]+1)
	}
	old := next
	var number [MaxNodes]int8
	for i := range 2 * span {
		from := start + i + span
		if i >= span {
			from = start + i - span
		}
		p := g.part[from]
		if p >= old {
			if number[p] == 0 {
				next++
				number[p] = next
			}
			p = number[p] - 1
		}
		if now := g.part[start+i]; p != now {
			return p < now
		}
	}
	return false
}

// isLeast reports whether no automorphism of the forest gives a smaller string.
func (g *partGenerator) isLeast() bool {
	if !g.symmetry {
		return true
	}
	return newSearch(g.forest, g.part[:len(g.levels)], true).run()
}

func (g *partGenerator) diagram() Diagram {
	code := g.code
	for _, p := range g.part[:len(g.levels)] {
		code = append(code, byte(p))
	}
	return fromCode(code)
}
