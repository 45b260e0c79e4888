package embed

import (
	"math/bits"

	"github.com/perturb-go/perturb/diagram"
)

// bare returns what of a diagram its embeddings depend on: the root is untied, since it
// sits at time T and its part's row is that of the part's other nodes; two roots, which
// both sit at time T and have no row, are merged into one.
func bare(d diagram.Diagram) diagram.Diagram {
	if d.Roots() == 1 && !d.Tied() {
		return d
	}
	parent, part := d.Parents(), d.Labels()
	inner := d.Edges()
	parent, part = parent[:inner+1], part[:inner+1]
	for v, up := range parent[:inner] {
		parent[v] = min(up, inner)
	}
	parent[inner], part[inner] = -1, -1
	b, err := diagram.New(parent, part)
	if err != nil {
		panic("embed: a part of a diagram is no diagram: " + err.Error())
	}
	return b
}

// A forest is what message passing needs to know of an untied diagram. Node labels are
// the diagram's, so children come before parents and the root, the last, has no cell.
//
// A part of one node is free: its row is summed over column by column. Other parts are
// bound: their rows are summed over explicitly. A bound part is open at a node if some
// but not all of its nodes lie in the node's subtree, and closes at the lowest node
// whose subtree holds them all.
type forest struct {
	kids   [][]int
	bound  []int    // the bound part of each node, -1 if its part is free
	open   []uint64 // bound parts that are open at each node
	closes []uint64 // bound parts that close at each node
	parts  int      // the number of bound parts
	partOf []int    // their labels in the diagram
}

func newForest(d diagram.Diagram) *forest {
	n := d.Edges()
	f := &forest{
		kids:   d.Children(),
		bound:  make([]int, n+1),
		open:   make([]uint64, n+1),
		closes: make([]uint64, n+1),
	}
	labels := d.Labels()
	size := make([]int, n+1)
	for _, p := range labels[:n] {
		size[p]++
	}
	number := map[int]int{}
	var total []int // the number of nodes of each bound part
	for v := range f.bound {
		f.bound[v] = -1
		if p := labels[v]; v < n && size[p] > 1 {
			if _, ok := number[p]; !ok {
				number[p] = len(total)
				total = append(total, size[p])
				f.partOf = append(f.partOf, p)
			}
			f.bound[v] = number[p]
		}
	}
	f.parts = len(total)
	within := make([][]int, n+1) // how many nodes of each bound part a subtree holds
	for v := range within {
		within[v] = make([]int, f.parts)
		if p := f.bound[v]; p >= 0 {
			within[v][p]++
		}
		var belowOpen uint64
		for _, kid := range f.kids[v] {
			for p, count := range within[kid] {
				within[v][p] += count
			}
			belowOpen |= f.open[kid]
		}
		if p := f.bound[v]; p >= 0 {
			belowOpen |= 1 << p
		}
		for set := belowOpen; set != 0; set &= set - 1 {
			if p := bits.TrailingZeros64(set); within[v][p] == total[p] {
				f.closes[v] |= 1 << p
			}
		}
		f.open[v] = belowOpen &^ f.closes[v]
	}
	return f
}

// edges returns the number of edges: of nodes that have a cell.
func (f *forest) edges() int { return len(f.bound) - 1 }

// A factor of the product at a node: a child, and the bound parts open there.
type factor struct {
	child int
	open  uint64
}

// factors lists the children of v.
func (f *forest) factors(v int) []factor {
	list := make([]factor, 0, len(f.kids[v]))
	for _, kid := range f.kids[v] {
		list = append(list, factor{kid, f.open[kid]})
	}
	return list
}

// split separates the factors that closing parts join to the start, directly or through
// others, from the rest; the seed is joined in any case.
func split(factors []factor, closing, start uint64, seed ...factor) (joined, rest []factor) {
	joined, rest = seed, factors
	reach := start & closing
	for grown := true; grown; {
		grown = false
		var left []factor
		for _, f := range rest {
			if f.open&reach == 0 {
				left = append(left, f)
				continue
			}
			joined = append(joined, f)
			reach |= f.open & closing
			grown = true
		}
		rest = left
	}
	return joined, rest
}

// firstShared returns the first closing part that is open at one of the factors, or −1.
func firstShared(factors []factor, closing uint64) int {
	var shared uint64
	for _, f := range factors {
		shared |= f.open & closing
	}
	if shared == 0 {
		return -1
	}
	return bits.TrailingZeros64(shared)
}
