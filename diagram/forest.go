package diagram

import (
	"bytes"
	"slices"
)

// A forest is the tree of a diagram, or its two trees, in canonical form.
//
// The children of every node stand in decreasing lexicographic order of their
// subtrees' level sequences, so that siblings of one shape are adjacent. Nodes are
// numbered as they print: non-root nodes in postorder, then the roots.
type forest struct {
	levels []byte   // levels[i] is the depth of the i-th node in preorder; a root has 0
	roots  int      // one or two; the last labels
	parent []int8   // by label; -1 for a root
	kids   [][]int8 // by label, in canonical order
	shape  []int8   // nodes with equal numbers root isomorphic subtrees
	steps  []step   // the depth-first walk that a search follows; it meets nodes in the order of their labels
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

// plant returns the forest with a canonical level sequence.
func plant(levels []byte) *forest {
	n := len(levels)
	f := &forest{
		levels: levels,
		parent: make([]int8, n),
		kids:   make([][]int8, n),
		shape:  make([]int8, n),
		steps:  make([]step, 0, 2*n),
	}
	label := labels(levels)
	var path [MaxNodes]int8 // path[l] is the last node seen at level l
	for i, level := range levels {
		v := label[i]
		path[level] = v
		if level == 0 {
			f.parent[v] = -1
			f.roots++
			continue
		}
		up := path[level-1]
		f.parent[v] = up
		f.kids[up] = append(f.kids[up], v)
	}
	f.compareShapes(label)
	f.walk()
	return f
}

// labels returns the label of each preorder position.
func labels(levels []byte) []int8 {
	label := make([]int8, len(levels))
	next := int8(0)
	var path []int // preorder positions from a root down
	leaveTo := func(depth int) {
		for ; len(path) > depth; path = path[:len(path)-1] {
			if i := path[len(path)-1]; levels[i] > 0 {
				label[i] = next
				next++
			}
		}
	}
	for i, level := range levels {
		leaveTo(int(level))
		path = append(path, i)
	}
	leaveTo(0)
	for i, level := range levels {
		if level == 0 {
			label[i] = next
			next++
		}
	}
	return label
}

// compareShapes numbers the shapes of the subtrees.
func (f *forest) compareShapes(label []int8) {
	for i := range f.levels {
		f.shape[label[i]] = int8(i)
		for j := range i {
			if sameShape(subtree(f.levels, i), subtree(f.levels, j)) {
				f.shape[label[i]] = f.shape[label[j]]
				break
			}
		}
	}
}

// subtree returns the levels of the subtree at preorder position i.
func subtree(levels []byte, i int) []byte {
	j := i + 1
	for j < len(levels) && levels[j] > levels[i] {
		j++
	}
	return levels[i:j]
}

func sameShape(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i]-a[0] != b[i]-b[0] {
			return false
		}
	}
	return true
}

// walk fills in the steps.
func (f *forest) walk() {
	var visit func(v int8)
	visit = func(v int8) {
		if f.parent[v] >= 0 {
			f.steps = append(f.steps, step{v, enter})
		}
		leaves := f.leaves(v)
		for _, kid := range f.kids[v][:len(f.kids[v])-len(leaves)] {
			visit(kid)
		}
		if len(leaves) > 0 {
			f.steps = append(f.steps, step{v, settle})
		}
		if f.parent[v] >= 0 {
			f.steps = append(f.steps, step{v, leave})
		}
	}
	n := len(f.parent)
	for v := n - f.roots; v < n; v++ {
		visit(int8(v))
	}
	for v := n - f.roots; v < n; v++ {
		f.steps = append(f.steps, step{int8(v), leave})
	}
}

// leaves returns the children of v that are leaves: the last ones.
func (f *forest) leaves(v int8) []int8 {
	kids := f.kids[v]
	i := len(kids)
	for i > 0 && len(f.kids[kids[i-1]]) == 0 {
		i--
	}
	return kids[i:]
}

// growForest returns the canonical forest of a parent array that is known to be
// acyclic, with -1 for roots, and the label that each node gets in it.
func growForest(parent []int) (*forest, []int8) {
	n := len(parent)
	kids := make([][]int, n)
	var roots []int
	for v, up := range parent {
		if up < 0 {
			roots = append(roots, v)
		} else {
			kids[up] = append(kids[up], v)
		}
	}
	// A branch is a subtree: its levels and its nodes, both in preorder.
	type branch struct {
		levels []byte
		nodes  []int
	}
	var grow func(v, level int) branch
	grow = func(v, level int) branch {
		branches := make([]branch, len(kids[v]))
		for i, kid := range kids[v] {
			branches[i] = grow(kid, level+1)
		}
		slices.SortStableFunc(branches, func(a, b branch) int { return bytes.Compare(b.levels, a.levels) })
		whole := branch{[]byte{byte(level)}, []int{v}}
		for _, b := range branches {
			whole.levels = append(whole.levels, b.levels...)
			whole.nodes = append(whole.nodes, b.nodes...)
		}
		return whole
	}
	var all branch
	for _, root := range roots {
		b := grow(root, 0)
		all.levels = append(all.levels, b.levels...)
		all.nodes = append(all.nodes, b.nodes...)
	}
	f := plant(all.levels)
	label := make([]int8, n)
	for i, l := range labels(all.levels) {
		label[all.nodes[i]] = l
	}
	return f, label
}
