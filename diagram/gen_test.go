package diagram_test

import (
	"iter"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

// parse reads a literal.
func parse(text string) diagram.Diagram { return diagram.MustParse(text) }

// must unwraps a result that cannot fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// collect lists an enumeration.
func collect(edges int, options diagram.Options) []diagram.Diagram {
	return slices.Collect(must(diagram.Enumerate(edges, options)))
}

// every lists the diagrams with up to so many edges of all kinds of roots.
func every(edges int) []diagram.Diagram {
	var list []diagram.Diagram
	for n := range edges + 1 {
		for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied, diagram.Two} {
			list = append(list, collect(n, diagram.Options{Roots: roots})...)
		}
	}
	return list
}

// labelled is a diagram as New takes it, on any labels.
type labelled struct{ parent, part []int }

func rawOf(d diagram.Diagram) labelled { return labelled{d.Parents(), d.Labels()} }

func (l labelled) diagram() diagram.Diagram { return must(diagram.New(l.parent, l.part)) }

// roots lists the roots in order.
func (l labelled) roots() []int {
	var roots []int
	for v, up := range l.parent {
		if up < 0 {
			roots = append(roots, v)
		}
	}
	return roots
}

// relabel gives node v the label perm[v].
func (l labelled) relabel(perm []int) labelled {
	m := labelled{make([]int, len(perm)), make([]int, len(perm))}
	for v, w := range perm {
		m.parent[w] = -1
		if up := l.parent[v]; up >= 0 {
			m.parent[w] = perm[up]
		}
		m.part[w] = l.part[v]
	}
	return m
}

// growth renames parts in the order of their least nodes.
func growth(part []int) []int {
	names := map[int]int{}
	out := make([]int, len(part))
	for v, p := range part {
		if _, ok := names[p]; !ok {
			names[p] = len(names)
		}
		out[v] = names[p]
	}
	return out
}

// equal reports whether two labelled diagrams are the same, labels and all.
func (l labelled) equal(m labelled) bool {
	return slices.Equal(l.parent, m.parent) && slices.Equal(growth(l.part), growth(m.part))
}

// permutations yields all permutations of 0,…,n−1. The slice is reused.
func permutations(n int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		perm := ids(n)
		var permute func(i int) bool
		permute = func(i int) bool {
			if i == n {
				return yield(perm)
			}
			for j := i; j < n; j++ {
				perm[i], perm[j] = perm[j], perm[i]
				if !permute(i + 1) {
					return false
				}
				perm[i], perm[j] = perm[j], perm[i]
			}
			return true
		}
		permute(0)
	}
}

func ids(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// automorphisms lists Aut by trying all permutations of the nodes.
func (l labelled) automorphisms() [][]int {
	var list [][]int
	for perm := range permutations(len(l.parent)) {
		if l.isAutomorphism(perm) {
			list = append(list, slices.Clone(perm))
		}
	}
	return list
}

// isAutomorphism reports whether a permutation fixes roots, maps edges to edges and
// parts onto parts.
func (l labelled) isAutomorphism(perm []int) bool {
	for v, up := range l.parent {
		if up < 0 && perm[v] != v {
			return false
		}
	}
	return l.relabel(perm).equal(l)
}

// allLabelled yields all labelled diagrams on n nodes, of any kind.
func allLabelled(n int) iter.Seq[labelled] {
	return func(yield func(labelled) bool) {
		for parent := range words(n, n+1) {
			for v := range parent {
				parent[v]--
			}
			if _, err := diagram.New(parent, ids(n)); err != nil {
				continue
			}
			for partition := range mobius.Partitions(n) {
				l := labelled{parent, partition.Labels()}
				if _, err := diagram.New(l.parent, l.part); err == nil && !yield(l) {
					return
				}
			}
		}
	}
}

// words yields all words of length n over 0,…,letters−1.
func words(n, letters int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		word := make([]int, n)
		for {
			if !yield(slices.Clone(word)) {
				return
			}
			i := n - 1
			for i >= 0 && word[i] == letters-1 {
				word[i] = 0
				i--
			}
			if i < 0 {
				return
			}
			word[i]++
		}
	}
}

// drawLabelled draws a diagram on shuffled labels, with a weight on stars, chains,
// equal branches and much symmetry among the parts.
func drawLabelled(t *rapid.T, maxNodes int) labelled {
	n := rapid.IntRange(1, maxNodes).Draw(t, "nodes")
	roots := 1
	if n > 1 {
		roots = rapid.IntRange(1, 2).Draw(t, "roots")
	}
	l := labelled{make([]int, n), make([]int, n)}
	tree := rapid.SampledFrom([]string{"any", "star", "chain", "branches", "caterpillar"}).Draw(t, "tree")
	branch := rapid.IntRange(1, 6).Draw(t, "branch")
	for v := range n {
		switch {
		case v < roots:
			l.parent[v] = -1
		case tree == "star":
			l.parent[v] = v % roots
		case tree == "chain":
			l.parent[v] = v - 1
		case tree == "branches" && (v-roots)%branch == 0:
			l.parent[v] = (v - roots) / branch % roots
		case tree == "branches":
			l.parent[v] = v - 1 - rapid.IntRange(0, 1).Draw(t, "fork")*((v-roots)%branch-1)
		case tree == "caterpillar" && (v-roots)%2 == 1:
			l.parent[v] = v - 1
		case tree == "caterpillar":
			l.parent[v] = max(0, v-2)
		default:
			l.parent[v] = rapid.IntRange(0, v-1).Draw(t, "parent")
		}
	}
	labels := rapid.IntRange(1, n).Draw(t, "labels")
	regular := rapid.Bool().Draw(t, "regular")
	for v := range n {
		switch {
		case v < roots && (roots == 2 || rapid.Bool().Draw(t, "alone")):
			l.part[v] = -1 - v
		case regular:
			l.part[v] = v % labels
		default:
			l.part[v] = rapid.IntRange(0, labels-1).Draw(t, "part")
		}
	}
	return l.relabel(drawPermutation(t, l))
}

// drawPermutation draws a relabelling that keeps the order of two roots.
func drawPermutation(t *rapid.T, l labelled) []int {
	perm := rapid.Permutation(ids(len(l.parent))).Draw(t, "perm")
	if roots := l.roots(); len(roots) == 2 && perm[roots[0]] > perm[roots[1]] {
		perm[roots[0]], perm[roots[1]] = perm[roots[1]], perm[roots[0]]
	}
	return perm
}
