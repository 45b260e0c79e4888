package diagram

// PathCondition reports whether no path from a leaf to a root meets a part twice (P
// §2). A diagram that fails it has no embedding into a grid with one cell per row.
func (d Diagram) PathCondition() bool {
	parent, part := d.Parents(), d.Labels()
	for v := range parent {
		for up := parent[v]; up >= 0; up = parent[up] {
			if part[up] == part[v] {
				return false
			}
		}
	}
	return true
}

// Acyclic reports whether the order that the trees induce on the parts has no cycle: an
// edge between two parts puts the child's before the parent's, and an edge within a
// part is a cycle. Just these diagrams embed into a grid with one cell per row, one per
// column, and enough rows.
func (d Diagram) Acyclic() bool {
	parent, part := d.Parents(), d.Labels()
	later := make([]uint64, len(part)) // parts that must come after, by part
	for v, up := range parent {
		if up >= 0 {
			later[part[v]] |= 1 << part[up]
		}
	}
	return isAcyclic(later)
}

// isAcyclic reports whether a relation, as the set of successors of each element, has
// no cycle. It removes elements without successors until none is left or none can be.
func isAcyclic(later []uint64) bool {
	left := uint64(1)<<len(later) - 1
	for shrunk := true; shrunk; {
		shrunk = false
		for p := range later {
			if left>>p&1 == 1 && later[p]&left == 0 {
				left &^= 1 << p
				shrunk = true
			}
		}
	}
	return left == 0
}

// Irreducible reports whether no non-root node has degree 2 and a part of its own.
//
// (P §2 prints the opposite condition; this is the one under which the re-summed
// diagrams of P §B.5 each stand for a class of plain ones.)
func (d Diagram) Irreducible() bool {
	for _, drop := range d.links() {
		if drop {
			return false
		}
	}
	return true
}

// links marks the non-root nodes of degree 2 that are alone in their parts: factors of
// the Hessian that re-summation absorbs into propagators.
func (d Diagram) links() []bool {
	degree, part, parent := d.Degrees(), d.Labels(), d.Parents()
	size := make([]int, len(part))
	for _, p := range part {
		size[p]++
	}
	link := make([]bool, len(part))
	for v := range link {
		link[v] = parent[v] >= 0 && degree[v] == 2 && size[part[v]] == 1
	}
	return link
}

// Reduced returns the irreducible form of d: every non-root node of degree 2 that is
// alone in its part is removed, and its child becomes its parent's. Diagrams with one
// irreducible form are those that P §B.5 says have one geometric realization.
func (d Diagram) Reduced() Diagram {
	link := d.links()
	parent := d.Parents()
	var upTo, part, index []int
	index = make([]int, len(parent))
	labels := d.Labels()
	for v := range parent {
		index[v] = len(part)
		if !link[v] {
			part = append(part, labels[v])
		}
	}
	for v, up := range parent {
		if link[v] {
			continue
		}
		for up >= 0 && link[up] {
			up = parent[up]
		}
		if up >= 0 {
			up = index[up]
		}
		upTo = append(upTo, up)
	}
	return canonical(upTo, part)
}
