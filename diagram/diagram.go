package diagram

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/perturb-go/perturb/mobius"
)

// MaxNodes is the largest number of nodes of a diagram: one for each label 0-9a-z.
const MaxNodes = 36

// MaxEdges is the largest number of edges of a diagram.
const MaxEdges = MaxNodes - 1

var (
	// ErrNotTree reports edges that do not form one rooted tree, or two.
	ErrNotTree = errors.New("the edges are not a rooted tree, nor two")
	// ErrNotPartition reports parts that are not a set partition of the nodes.
	ErrNotPartition = errors.New("the parts are not a set partition of the nodes")
	// ErrRoot reports a root that shares its part where it may not: one of two roots
	// stands alone in its part.
	ErrRoot = errors.New("a root is tied where it may not be")
	// ErrTooLarge reports a diagram of more than MaxNodes nodes.
	ErrTooLarge = fmt.Errorf("a diagram has at most %d nodes", MaxNodes)
)

// A Diagram is a rooted tree, or an ordered pair of them, with a set partition of all
// its nodes (P §2, §A.3). With one root, the root may share its part; of two roots,
// each is alone in its part.
//
// A Diagram is immutable and held in canonical form, so == is isomorphism and a
// Diagram can key a map. The zero Diagram is the bare root, (0)().
//
// Its n nodes are labelled 0,…,n−1, as they print: the non-root nodes in postorder,
// children in canonical order, then the root or the two roots.
type Diagram struct {
	// code is the level sequence in preorder, then the part of each label, both as
	// bytes. It is empty for the bare root.
	code string
}

var bareRoot = string([]byte{0, 0})

// New returns the diagram in which node v has parent[v], or is a root if parent[v] is
// −1, and lies in the part that part[v] names. Any numbering of the nodes and any
// integers as names of parts will do. Of two roots, the one with the lower index is
// the first.
//
// The error wraps ErrNotTree (no root, more than two roots, a cycle, a parent that is
// no node), ErrNotPartition (part and parent differ in length), ErrRoot or ErrTooLarge.
func New(parent, part []int) (Diagram, error) {
	if err := checkTree(parent); err != nil {
		return Diagram{}, err
	}
	if len(part) != len(parent) {
		return Diagram{}, fmt.Errorf("%w: %d nodes, but parts for %d", ErrNotPartition, len(parent), len(part))
	}
	if err := checkRoots(parent, part); err != nil {
		return Diagram{}, err
	}
	return canonical(parent, part), nil
}

// checkTree reports why a parent array is not one rooted tree, or two.
func checkTree(parent []int) error {
	n := len(parent)
	if n > MaxNodes {
		return fmt.Errorf("%w: this one has %d", ErrTooLarge, n)
	}
	roots := 0
	for v, up := range parent {
		switch {
		case up == -1:
			roots++
		case up < -1 || up >= n:
			return fmt.Errorf("%w: node %d has parent %d, which is no node", ErrNotTree, v, up)
		}
	}
	if roots < 1 || roots > 2 {
		return fmt.Errorf("%w: %d of %d nodes are roots", ErrNotTree, roots, n)
	}
	for v := range n {
		up := v
		for steps := 0; parent[up] >= 0; steps++ {
			if steps == n {
				return fmt.Errorf("%w: node %d lies on or below a cycle", ErrNotTree, v)
			}
			up = parent[up]
		}
	}
	return nil
}

// checkRoots reports the one of two roots that shares its part.
func checkRoots(parent, part []int) error {
	var roots []int
	for v, up := range parent {
		if up < 0 {
			roots = append(roots, v)
		}
	}
	if root, mate, tied := tiedRoot(roots, part); tied {
		return fmt.Errorf("%w: of two roots, %d shares its part with %d", ErrRoot, root, mate)
	}
	return nil
}

// tiedRoot returns one of two roots that shares its part, and a node of that part.
func tiedRoot(roots, part []int) (root, mate int, tied bool) {
	if len(roots) < 2 {
		return 0, 0, false
	}
	for _, root := range roots {
		for v, p := range part {
			if v != root && p == part[root] {
				return root, v, true
			}
		}
	}
	return 0, 0, false
}

// canonical returns the diagram of valid arrays.
func canonical(parent, part []int) Diagram {
	var f forest
	label := f.grow(parent)
	var local [MaxNodes]int8 // parts by canonical label, numbered below the number of nodes
	for v, p := range part {
		first := 0
		for part[first] != p {
			first++
		}
		local[label[v]] = int8(first)
	}
	return onForest(&f, local[:len(part)])
}

// onForest returns the diagram on a canonical forest, with parts by canonical label,
// numbered below the number of nodes.
func onForest(f *forest, part []int8) Diagram {
	var code [2 * MaxNodes]byte
	n := copy(code[:], f.levels())
	var c contest
	c.enter(f, part)
	if c.hold() {
		c.write(c.best[:c.parts], code[n:2*n])
	} else {
		// Copies go to the heap, so that f and part need not.
		own := *f
		s := newSearch(&own, slices.Clone(part), false)
		s.run()
		for v := range part {
			code[n+v] = byte(s.best[v])
		}
	}
	return fromCode(string(code[:2*n]))
}

func fromCode(code string) Diagram {
	if len(code) == len(bareRoot) {
		return Diagram{}
	}
	return Diagram{code}
}

func (d Diagram) bytes() string {
	if d.code == "" {
		return bareRoot
	}
	return d.code
}

func (d Diagram) levels() string { code := d.bytes(); return code[:len(code)/2] }

// parts returns the restricted growth string of the nodes' parts, by label.
func (d Diagram) parts() string { code := d.bytes(); return code[len(code)/2:] }

func (d Diagram) forest() *forest {
	f := new(forest)
	f.plant([]byte(d.levels()))
	return f
}

func (d Diagram) localParts() []int8 {
	text := d.parts()
	part := make([]int8, len(text))
	for v := range part {
		part[v] = int8(text[v])
	}
	return part
}

// Nodes returns the number of nodes, roots included.
func (d Diagram) Nodes() int { return len(d.levels()) }

// Roots returns the number of roots, one or two. They have the highest labels.
func (d Diagram) Roots() int {
	levels := d.levels()
	roots := 0
	for i := range len(levels) {
		if levels[i] == 0 {
			roots++
		}
	}
	return roots
}

// Edges returns the number of edges: the order of the diagram, the power of η.
func (d Diagram) Edges() int { return d.Nodes() - d.Roots() }

// Parents returns the parent of each node, −1 for a root. The slice is the caller's.
func (d Diagram) Parents() []int {
	var f forest
	f.plant([]byte(d.levels()))
	parent := make([]int, f.nodes)
	for v := range parent {
		parent[v] = int(f.parent[v])
	}
	return parent
}

// Labels returns the number of each node's part, a restricted growth string: parts are
// numbered from 0 in the order of their least nodes. The slice is the caller's.
func (d Diagram) Labels() []int {
	text := d.parts()
	part := make([]int, len(text))
	for v := range part {
		part[v] = int(text[v])
	}
	return part
}

// Partition returns the set partition of the nodes.
func (d Diagram) Partition() mobius.Partition { return mobius.MustNew(d.Labels()) }

// Parts lists the nodes of each part in increasing order, parts by their least node.
func (d Diagram) Parts() [][]int {
	var parts [][]int
	for v, p := range d.Labels() {
		if p == len(parts) {
			parts = append(parts, nil)
		}
		parts[p] = append(parts[p], v)
	}
	return parts
}

// Children lists the children of each node in increasing order.
func (d Diagram) Children() [][]int {
	kids := make([][]int, d.Nodes())
	for v, up := range d.Parents() {
		if up >= 0 {
			kids[up] = append(kids[up], v)
		}
	}
	return kids
}

// Degrees returns the degree of each node: the number of all its edges, the one to its
// parent included. A node of degree k stands for a tensor ∇^k l_x.
func (d Diagram) Degrees() []int {
	degree := make([]int, d.Nodes())
	for v, up := range d.Parents() {
		if up >= 0 {
			degree[v]++
			degree[up]++
		}
	}
	return degree
}

// Tied reports whether the root shares its part with another node.
func (d Diagram) Tied() bool {
	if d.Roots() > 1 {
		return false
	}
	part := d.parts()
	root := len(part) - 1
	return slices.Contains([]byte(part[:root]), part[root])
}

// Bridged reports whether some part meets both trees of a two-rooted diagram.
func (d Diagram) Bridged() bool {
	if d.Roots() != 2 {
		return false
	}
	first := d.firstTree()
	part := d.parts()
	inner := len(part) - 2
	for v := range inner {
		for w := v + 1; w < inner; w++ {
			if part[v] == part[w] && first[v] != first[w] {
				return true
			}
		}
	}
	return false
}

// firstTree reports which nodes lie in the first root's tree.
func (d Diagram) firstTree() []bool {
	parent := d.Parents()
	root := d.Nodes() - d.Roots()
	first := make([]bool, len(parent))
	for v := range first {
		up := v
		for parent[up] >= 0 {
			up = parent[up]
		}
		first[v] = up == root
	}
	return first
}

// Split returns the trees of a two-rooted diagram as two diagrams of one root each,
// and whether it is the disjoint union of them, that is, not bridged. With one root it
// returns d, the bare root and true.
func (d Diagram) Split() (first, second Diagram, disjoint bool) {
	if d.Roots() == 1 {
		return d, Diagram{}, true
	}
	in := d.firstTree()
	return d.restrict(func(v int) bool { return in[v] }), d.restrict(func(v int) bool { return !in[v] }), !d.Bridged()
}

// restrict returns the diagram on a set of nodes that holds the parent of each of its
// members but roots.
func (d Diagram) restrict(keep func(v int) bool) Diagram {
	parents, labels := d.Parents(), d.Labels()
	var parent, part []int
	index := make([]int, len(parents))
	for v := range parents {
		index[v] = -1
		if keep(v) {
			index[v] = len(part)
			part = append(part, labels[v])
		}
	}
	for v, up := range parents {
		if index[v] < 0 {
			continue
		}
		if up >= 0 {
			up = index[up]
		}
		parent = append(parent, up)
	}
	return canonical(parent, part)
}

// Merge returns d with parts merged: node v lies in the part that label[p] names, where p
// is the number of its part in d by Labels. Any integers as names will do.
//
// The error wraps ErrNotPartition unless label has one entry per part, or ErrRoot.
func (d Diagram) Merge(label []int) (Diagram, error) {
	part := d.Labels()
	if parts := slices.Max(part) + 1; len(label) != parts {
		return Diagram{}, fmt.Errorf("%w: %d parts, but labels for %d", ErrNotPartition, parts, len(label))
	}
	merged := make([]int8, len(part))
	for v, p := range part {
		part[v] = label[p]
		merged[v] = int8(slices.Index(label, label[p]))
	}
	if d.Roots() == 2 {
		if err := checkRoots(d.Parents(), part); err != nil {
			return Diagram{}, err
		}
	}
	return onForest(d.forest(), merged), nil
}

// Compare returns −1, 0 or +1 as a comes before, is, or comes after b in the order of
// enumeration: fewer edges first, then fewer roots, then the larger level sequence
// (the depths of the nodes in preorder, compared lexicographically: chains come first,
// corollas last), then the smaller restricted growth string of the nodes' parts.
func Compare(a, b Diagram) int {
	return cmp.Or(
		cmp.Compare(a.Edges(), b.Edges()),
		cmp.Compare(a.Roots(), b.Roots()),
		cmp.Compare(b.levels(), a.levels()),
		cmp.Compare(a.parts(), b.parts()),
	)
}
