package embed_test

import (
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// everyMap calls visit with every map of the non-root nodes of d to cells that obeys the
// definition: times strictly increase from child to parent, nodes of one part share a
// row, and in moment form nodes of different parts do not. The map lists, by node
// label, the indices of cells; visit must copy it to keep it.
func everyMap(d diagram.Diagram, cells []embed.Cell, form embed.Form, visit func(at []int)) {
	parent, part := d.Parents(), d.Labels()
	at := make([]int, d.Edges())
	allowed := func() bool {
		for v := range at {
			if up := parent[v]; up < len(at) && cells[at[v]].T >= cells[at[up]].T {
				return false
			}
			for w := range v {
				shared := cells[at[v]].N == cells[at[w]].N
				if part[v] == part[w] && !shared || part[v] != part[w] && shared && form == embed.Moment {
					return false
				}
			}
		}
		return true
	}
	var choose func(v int)
	choose = func(v int) {
		if v == len(at) {
			if allowed() {
				visit(at)
			}
			return
		}
		for i := range cells {
			at[v] = i
			choose(v + 1)
		}
	}
	choose(0)
}

// weightOf returns the weight of a map: that of its cells, and 1/N for a tied root.
func weightOf(d diagram.Diagram, s space, at []int) *big.Rat {
	weight := big.NewRat(1, 1)
	if d.Tied() {
		weight.SetFrac64(1, s.rows)
	}
	for _, i := range at {
		weight.Mul(weight, s.cells[i].Weight)
	}
	return weight
}

// bruteCount counts by trying every map.
func bruteCount(d diagram.Diagram, s space, form embed.Form) embed.Count {
	total := embed.Count{Maps: new(big.Int), Weight: new(big.Rat)}
	everyMap(d, s.cells, form, func(at []int) {
		total.Maps.Add(total.Maps, big.NewInt(1))
		total.Weight.Add(total.Weight, weightOf(d, s, at))
	})
	return total
}

// everyAutomorphism calls visit with every permutation of the nodes that preserves
// roots, parents and parts.
func everyAutomorphism(d diagram.Diagram, visit func(image []int)) {
	parent, part := d.Parents(), d.Labels()
	n := d.Nodes()
	image := make([]int, n)
	preserves := func() bool {
		for v := range n {
			switch {
			case parent[v] < 0 && image[v] != v:
				return false
			case parent[v] >= 0 && image[parent[v]] != parent[image[v]]:
				return false
			}
			for w := range v {
				if (part[v] == part[w]) != (part[image[v]] == part[image[w]]) {
					return false
				}
			}
		}
		return true
	}
	var choose func(v int)
	choose = func(v int) {
		if v == n {
			if preserves() {
				visit(image)
			}
			return
		}
		for w := range n {
			if !slices.Contains(image[:v], w) {
				image[v] = w
				choose(v + 1)
			}
		}
	}
	choose(0)
}
