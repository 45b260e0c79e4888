package diagram_test

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

// Two diagrams are equal if and only if some permutation of the nodes makes them so.
func TestEqualIsIsomorphic(t *testing.T) {
	most := 5 // nodes: 35,000 labelled diagrams
	if testing.Short() {
		most = 4
	}
	for n := 1; n <= most; n++ {
		keys := map[diagram.Diagram]string{}
		diagrams := map[string]diagram.Diagram{}
		seen := map[string]string{} // by relabelled text
		for l := range allLabelled(n) {
			d := l.diagram()
			text := fmt.Sprint(l.parent, l.part)
			key, ok := seen[text]
			if !ok {
				key = text
				for perm := range permutations(n) {
					if roots := l.roots(); len(roots) < 2 || perm[roots[0]] < perm[roots[1]] {
						m := l.relabel(perm)
						seen[fmt.Sprint(m.parent, growth(m.part))] = key
					}
				}
			}
			if k, ok := keys[d]; ok && k != key {
				t.Fatalf("%v stands for both %s and %s", d, k, key)
			}
			if e, ok := diagrams[key]; ok && e != d {
				t.Fatalf("%s is both %v and %v", key, d, e)
			}
			keys[d], diagrams[key] = key, d
		}
	}
}

func TestRelabellingKeepsTheDiagram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLabelled(t, diagram.MaxNodes)
		perm := drawPermutation(t, l)
		if got, want := l.relabel(perm).diagram(), l.diagram(); got != want {
			t.Fatalf("relabelled by %v: %v, want %v", perm, got, want)
		}
	})
}

// The labels are as documented: a naive search through all plane orders of the tree
// finds the greatest level sequence, and among the orders that have it the least
// restricted growth string of parts.
func TestCanonicalForm(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, l labelled) {
		d := l.diagram()
		var best plane
		for p := range planes(l) {
			if best.levels == nil || p.compare(best) < 0 {
				best = p
			}
		}
		if got := rawOf(d); !slices.Equal(got.parent, best.parent) || !slices.Equal(got.part, best.part) {
			t.Fatalf("%v is %v, want %v", l, got, best)
		}
	}
	for n := 1; n <= 4; n++ {
		for l := range allLabelled(n) {
			check(t, l)
		}
	}
	rapid.Check(t, func(t *rapid.T) { check(t, drawLabelled(t, 8)) })
}

// A plane is a diagram with an order of the children of every node: its nodes' levels
// in preorder, and their parents and parts under the labels that the order gives them.
type plane struct{ levels, parent, part []int }

// compare orders planes: the greatest levels first, then the least parts.
func (p plane) compare(q plane) int {
	return cmp.Or(slices.Compare(q.levels, p.levels), slices.Compare(p.part, q.part))
}

// planes yields a diagram in all plane orders.
func planes(l labelled) iter.Seq[plane] {
	kids := make([][]int, len(l.parent))
	for v, up := range l.parent {
		if up >= 0 {
			kids[up] = append(kids[up], v)
		}
	}
	return func(yield func(plane) bool) {
		var order func(v int) bool
		order = func(v int) bool {
			if v == len(kids) {
				return yield(l.inOrder(kids))
			}
			whole := kids[v]
			for perm := range permutations(len(whole)) {
				kids[v] = make([]int, len(whole))
				for i, j := range perm {
					kids[v][i] = whole[j]
				}
				if !order(v + 1) {
					return false
				}
			}
			kids[v] = whole
			return true
		}
		order(0)
	}
}

// inOrder labels the non-root nodes in postorder and then the roots.
func (l labelled) inOrder(kids [][]int) plane {
	perm := make([]int, len(kids))
	next := 0
	var p plane
	var visit func(v, level int)
	visit = func(v, level int) {
		p.levels = append(p.levels, level)
		for _, kid := range kids[v] {
			visit(kid, level+1)
		}
		if level > 0 {
			perm[v] = next
			next++
		}
	}
	for _, root := range l.roots() {
		visit(root, 0)
	}
	for _, root := range l.roots() {
		perm[root] = next
		next++
	}
	m := l.relabel(perm)
	p.parent, p.part = m.parent, growth(m.part)
	return p
}

// branches returns a diagram whose root has a child for every list, with a leaf for
// every member of the list: its part. The root and its children are alone.
func branches(lists ...[]int) labelled {
	l := labelled{[]int{-1}, []int{-1}}
	for i, list := range lists {
		child := len(l.parent)
		l.parent = append(l.parent, 0)
		l.part = append(l.part, -2-i)
		for _, part := range list {
			l.parent = append(l.parent, child)
			l.part = append(l.part, part)
		}
	}
	return l
}

// star returns a root with n leaves in the given parts; the root is alone.
func star(n int, part func(leaf int) int) labelled {
	l := labelled{[]int{-1}, []int{-1}}
	for i := range n {
		l.parent = append(l.parent, 0)
		l.part = append(l.part, part(i))
	}
	return l
}

// chains returns a root with chains of nodes whose parts are given from the root down.
func chains(lists ...[]int) labelled {
	l := labelled{[]int{-1}, []int{-1}}
	for _, list := range lists {
		up := 0
		for _, part := range list {
			l.parent = append(l.parent, up)
			l.part = append(l.part, part)
			up = len(l.parent) - 1
		}
	}
	return l
}

// run returns n numbers from a on.
func run(a, n int) []int {
	list := ids(n)
	for i := range list {
		list[i] += a
	}
	return list
}

// A hardCase is a large symmetric diagram with a known group.
type hardCase struct {
	name string
	labelled
	aut string
}

func hardCases() []hardCase {
	return []hardCase{
		{"star36", star(35, func(i int) int { return i }), "10333147966386144929666651337523200000000"}, // 35!
		{"star36 in one part", star(35, func(int) int { return 0 }), "10333147966386144929666651337523200000000"},
		{"star35 in pairs", star(34, func(i int) int { return i / 2 }), "46620662575398912000"}, // 2!^17 17!
		{"star34 in triples", star(33, func(i int) int { return i / 3 }), "14481697524940800"},  // 3!^11 11!
		{"caterpillar", caterpillar(36), "1"},
		{"wreath of singles", branches(run(0, 6), run(6, 6), run(12, 6), run(18, 6), run(24, 6)), "23219011584000000"}, // 6!^5 5!
		{"wreath across", branches(run(0, 6), run(0, 6), run(0, 6), run(0, 6), run(0, 6)), "86400"},                    // 6! 5!
		// Leaves paired within each branch: (2!^3 3!)^5 5!.
		{"wreath of pairs", branches([]int{0, 0, 1, 1, 2, 2}, []int{3, 3, 4, 4, 5, 5}, []int{6, 6, 7, 7, 8, 8},
			[]int{9, 9, 10, 10, 11, 11}, []int{12, 12, 13, 13, 14, 14}), "30576476160"},
		// Vertices are branches and edges parts: the groups of the graphs.
		{"K4", branches([]int{0, 1, 2}, []int{0, 3, 4}, []int{1, 3, 5}, []int{2, 4, 5}), "24"},
		{"cube", branches([]int{0, 1, 2}, []int{0, 3, 4}, []int{3, 5, 6}, []int{1, 5, 7},
			[]int{2, 8, 9}, []int{4, 8, 10}, []int{6, 10, 11}, []int{7, 9, 11}), "48"},
		// Colour refinement does not tell these cycles apart: 6·8, 6²·2!·8 and 12·6·4.
		{"triangle, square", cycles(3, 4), "48"},
		{"triangles, square", cycles(3, 3, 4), "576"},
		{"hexagon, triangle, digon", cycles(6, 3, 2), "288"},
		// Lines are branches and points parts: the Fano plane and the Möbius–Kantor configuration.
		{"Fano", branches([]int{0, 1, 2}, []int{0, 3, 4}, []int{0, 5, 6}, []int{1, 3, 5}, []int{1, 4, 6},
			[]int{2, 3, 6}, []int{2, 4, 5}), "168"},
		{"Möbius–Kantor", branches([]int{0, 1, 3}, []int{1, 2, 4}, []int{2, 3, 5}, []int{3, 4, 6}, []int{4, 5, 7},
			[]int{5, 6, 0}, []int{6, 7, 1}, []int{7, 0, 2}), "48"},
		// One branch has a leaf of each part, which the others tell apart only later.
		{"deferred 444", branches(run(0, 4), run(4, 4), run(8, 4), run(0, 12)), "82944"},                                        // 4!^3 3!
		{"deferred 222222", branches(run(0, 2), run(2, 2), run(4, 2), run(6, 2), run(8, 2), run(10, 2), run(0, 12)), "46080"},   // 2!^6 6!
		{"chains of singles", chains(run(0, 5), run(5, 5), run(10, 5), run(15, 5), run(20, 5), run(25, 5), run(30, 5)), "5040"}, // 7!
		// A cycle of 17 chains: the node of one is tied to the leaf of the next.
		{"cycle of chains", cycleOfChains(17), "17"},
	}
}

// caterpillar returns a path from the root each of whose nodes has a leaf, so that no two
// nodes are alike if n is even.
func caterpillar(n int) labelled {
	l := labelled{[]int{-1}, []int{-1}}
	for v := 1; v < n; v++ {
		l.parent = append(l.parent, max(0, v-2+v%2))
		l.part = append(l.part, v)
	}
	return l
}

// cycles returns a graph of cycles: vertices are branches and edges parts.
func cycles(lengths ...int) labelled {
	var lists [][]int
	for _, length := range lengths {
		first := len(lists)
		for i := range length {
			lists = append(lists, []int{first + i, first + (i+1)%length})
		}
	}
	return branches(lists...)
}

func cycleOfChains(n int) labelled {
	lists := make([][]int, n)
	for i := range lists {
		lists[i] = []int{i, (i + 1) % n}
	}
	return chains(lists...)
}

func TestHardCases(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, test := range hardCases() {
		t.Run(test.name, func(t *testing.T) {
			d := test.diagram()
			if got, order := d.Aut().String(), d.Symmetry().Order().String(); got != test.aut || order != test.aut {
				t.Errorf("|Aut| = %s, and the group's order %s, want %s", got, order, test.aut)
			}
			for range 5 {
				if e := test.relabel(r.Perm(len(test.parent))).diagram(); e != d {
					t.Errorf("relabelled: %v, want %v", e, d)
				}
			}
			if parse(d.String()) != d {
				t.Errorf("%v does not parse to itself", d)
			}
		})
	}
}

// Random regular graphs and hypergraphs have few automorphisms to help a search.
func TestRandomRegular(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for _, shape := range []struct{ branches, leaves, size int }{
		{8, 3, 2}, {8, 3, 3}, {7, 4, 2}, {7, 4, 4}, {5, 6, 2}, {5, 6, 3}, {11, 2, 2}, {17, 1, 2}, {3, 10, 2},
	} {
		for range 10 {
			ends := r.Perm(shape.branches * shape.leaves)
			lists := make([][]int, shape.branches)
			for i, end := range ends {
				lists[i/shape.leaves] = append(lists[i/shape.leaves], end/shape.size)
			}
			l := branches(lists...)
			d := l.diagram()
			if e := l.relabel(r.Perm(len(l.parent))).diagram(); e != d {
				t.Errorf("%v relabelled is %v", d, e)
			}
			checkGenerators(t, d)
		}
	}
}

// randomCases are encoded random regular graphs, tied and untied, with shuffled labels.
func randomCases() []hardCase {
	r := rand.New(rand.NewSource(4))
	var cases []hardCase
	for _, shape := range []struct{ branches, leaves, size int }{
		{8, 3, 2}, {8, 3, 3}, {7, 4, 2}, {11, 2, 2}, {17, 1, 2}, {5, 6, 2}, {3, 10, 2},
	} {
		for _, tied := range []bool{false, true} {
			lists := make([][]int, shape.branches)
			for i, end := range r.Perm(shape.branches * shape.leaves) {
				lists[i/shape.leaves] = append(lists[i/shape.leaves], end/shape.size)
			}
			l := branches(lists...)
			name := fmt.Sprintf("random %d×%d in parts of %d", shape.branches, shape.leaves, shape.size)
			if tied {
				l.part[0] = l.part[1] // the root and a branch
				name += ", tied"
			}
			cases = append(cases, hardCase{name: name, labelled: l.relabel(r.Perm(len(l.parent)))})
		}
	}
	return cases
}
