package diagram_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/mobius"
)

// plainDiagrams yields diagrams with an untied root and the orders of their groups, in
// the plainest way: on every tree, by decreasing level sequence, those partitions of the
// non-root nodes whose strings no automorphism of the tree makes less. The labelled is
// used again.
func plainDiagrams(edges int) iter.Seq2[labelled, uint64] {
	return func(yield func(labelled, uint64) bool) {
		for levels := range plainTrees(edges + 1) {
			parent := plainParents(levels)
			group := plainAutomorphisms(parent)
			for part := range mobius.Strings(edges) {
				order := plainOrder(part, group)
				part = append(slices.Clip(part), edges)
				if order > 0 && !yield(labelled{parent, part}, order) {
					return
				}
			}
		}
	}
}

// plainTrees yields the canonical level sequences of rooted trees by Beyer and
// Hedetniemi's rule: the last level above 1 goes down to that of the node's parent, whose
// subtree then repeats to the end.
func plainTrees(nodes int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		levels := ids(nodes)
		for yield(levels) {
			p := nodes - 1
			for p > 0 && levels[p] == 1 {
				p--
			}
			if p == 0 {
				return
			}
			q := p - 1
			for levels[q] != levels[p]-1 {
				q--
			}
			for i := p; i < nodes; i++ {
				levels[i] = levels[i-p+q]
			}
		}
	}
}

// plainParents returns the parents of the nodes of a tree, labelled in postorder.
func plainParents(levels []int) []int {
	parent := make([]int, len(levels))
	var open []int // positions
	label := make([]int, len(levels))
	next := 0
	for i := range len(levels) + 1 {
		for len(open) > 0 && (i == len(levels) || levels[open[len(open)-1]] >= levels[i]) {
			label[open[len(open)-1]] = next
			next++
			open = open[:len(open)-1]
		}
		open = append(open, i)
	}
	for i, level := range levels {
		up := i - 1
		for up >= 0 && levels[up] >= level {
			up--
		}
		parent[label[i]] = -1
		if up >= 0 {
			parent[label[i]] = label[up]
		}
	}
	return parent
}

// plainAutomorphisms lists the automorphisms of a rooted tree, parents being labelled
// above their children. It sends the nodes from the root down to nodes with the right
// parent and shape.
func plainAutomorphisms(parent []int) (group [][]int) {
	n := len(parent)
	shape := make([]string, n)
	kids := make([][]string, n)
	for v, up := range parent {
		slices.Sort(kids[v])
		for _, kid := range kids[v] {
			shape[v] += "(" + kid + ")"
		}
		if up >= 0 {
			kids[up] = append(kids[up], shape[v])
		}
	}
	image := ids(n)
	used := make([]bool, n)
	var send func(v int)
	send = func(v int) {
		if v < 0 {
			group = append(group, slices.Clone(image))
			return
		}
		for w := range n - 1 {
			if !used[w] && parent[w] == image[parent[v]] && shape[w] == shape[v] {
				used[w], image[v] = true, w
				send(v - 1)
				used[w] = false
			}
		}
	}
	send(n - 2)
	return group
}

// plainOrder returns how many elements of the group leave a string of parts as it is, or
// 0 if one makes it less.
func plainOrder(part []int, group [][]int) (order uint64) {
	var name [diagram.MaxNodes]int
	for _, g := range group {
		clear(name[:len(part)])
		sign, next := 0, 1
		for v := range part {
			p := part[g[v]]
			if name[p] == 0 {
				name[p] = next
				next++
			}
			if sign = name[p] - 1 - part[v]; sign != 0 {
				break
			}
		}
		switch {
		case sign < 0:
			return 0
		case sign == 0:
			order++
		}
	}
	return order
}

func TestEnumerationIsPlain(t *testing.T) {
	most := 7
	if testing.Short() {
		most = 6
	}
	for edges := range most + 1 {
		next, stop := iter.Pull2(enumerateAut(edges, diagram.Options{}))
		for l, order := range plainDiagrams(edges) {
			d, got, ok := next()
			if !ok || !slices.Equal(d.Parents(), l.parent) || !slices.Equal(d.Labels(), growth(l.part)) || got != order {
				t.Fatalf("%v with |Aut| %d, %v, want %v with %d", d, got, ok, l, order)
			}
		}
		if d, _, ok := next(); ok {
			t.Errorf("%v after the last", d)
		}
		stop()
	}
}
