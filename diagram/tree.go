package diagram

// A treeGenerator yields canonical level sequences in decreasing lexicographic order.
//
// A sequence is canonical if every subtree's is at most that of the sibling before it.
// So a node that is appended must not make the subtree of any of its ancestors exceed
// the ancestor's elder sibling's; only where both agree so far is there a bound.
type treeGenerator struct {
	nodes   int
	options Options
	pulse   *pulse
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
	if !g.pulse.beats() {
		return false
	}
	start, elder, equal, degree := g.start[level], g.elder[level], g.equal[level], g.degree
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
	g.start[level], g.elder[level], g.equal[level], g.degree = start, elder, equal, degree
	for l := 1; l < level; l++ {
		if g.equal[l] > i {
			g.equal[l] = i
		}
	}
	return more
}
