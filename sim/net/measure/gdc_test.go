package measure_test

import (
	"context"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// gdc is sim.GDC as a sum over diagrams, which it is as SGD is, but for a W of its own.
// Its update adds to η Σ_n ∇l_n/N, of GD, the force η ∇l̂_C (P §C.4, corrected), of
//
//	∇l̂_C = η (N−B)/(2NB(N−1)) Σ_{nm} (δ_nm − 1/N) ∇∇l_n ∇l_m,
//
// which is two nodes in one column, at rows n and m, and an edge between them: the weight
// of the pair is −(N−B)/(2NB(N−1)) (δ_nm − 1/N). So W sums over the ways to pair some nodes
// with a child, the times of pairs and of the other nodes, and the rows of parts.
type gdc struct{ n, t, b int64 }

func (g gdc) Rows() int64          { return g.n }
func (g gdc) Multiplicative() bool { return true }

// Count returns W in cumulant form; the number of maps has no use here.
func (g gdc) Count(_ context.Context, d diagram.Diagram, form embed.Form) (embed.Count, error) {
	if form != embed.Cumulant {
		return embed.Count{}, embed.ErrForm
	}
	nodes := d.Nodes() - 1 // the root is the last
	parent := d.Parents()[:nodes]
	part := make([]int, nodes)
	parts := 0
	for _, p := range d.Parts() {
		if p[0] == nodes {
			continue // the root alone
		}
		for _, v := range p {
			if v < nodes {
				part[v] = parts
			}
		}
		parts++
	}
	total := new(big.Rat)
	paired := make([]bool, nodes)
	var visit func(v int, pairs []int) // pairs are the children
	visit = func(v int, pairs []int) {
		if v == nodes {
			weight := new(big.Rat).Mul(g.times(parent, pairs), g.rows(parent, part, parts, pairs))
			total.Add(total, weight)
			return
		}
		visit(v+1, pairs)
		if p := parent[v]; p < nodes && !paired[v] && !paired[p] {
			paired[v], paired[p] = true, true
			visit(v+1, append(pairs[:len(pairs):len(pairs)], v))
			paired[v], paired[p] = false, false
		}
	}
	visit(0, nil)
	if d.Tied() { // the root's own row
		total.Quo(total, big.NewRat(g.n, 1))
	}
	return embed.Count{Maps: new(big.Int), Weight: total}, nil
}

// times returns the number of ways to put pairs, and the other nodes, into columns, every
// child before its parent.
func (g gdc) times(parent, pairs []int) *big.Rat {
	together := make([]bool, len(parent))
	for _, v := range pairs {
		together[v] = true
	}
	ways := make([][]*big.Rat, len(parent)) // of what is below a node that is at a time
	total := big.NewRat(1, 1)
	for v := range parent {
		ways[v] = make([]*big.Rat, g.t)
		for t := range ways[v] {
			ways[v][t] = big.NewRat(1, 1)
		}
	}
	for v, p := range parent { // children have lower labels
		before := new(big.Rat)
		for t := range ways[v] {
			here := ways[v][t]
			switch {
			case p == len(parent):
			case together[v]:
				ways[p][t].Mul(ways[p][t], here)
			default:
				ways[p][t].Mul(ways[p][t], before)
			}
			before.Add(before, here)
		}
		if p == len(parent) {
			total.Mul(total, before)
		}
	}
	return total
}

// rows returns the sum over the rows of parts of the product of weights.
func (g gdc) rows(parent, part []int, parts int, pairs []int) *big.Rat {
	row := make([]int64, parts)
	sum := int64(0)
	for {
		product := int64(1)
		for _, v := range pairs { // N δ − 1
			if row[part[v]] == row[part[parent[v]]] {
				product *= g.n - 1
			} else {
				product = -product
			}
		}
		sum += product
		at := 0
		for ; at < parts; at++ {
			if row[at]++; row[at] < g.n {
				break
			}
			row[at] = 0
		}
		if at == parts {
			break
		}
	}
	weight := big.NewRat(sum, 1)
	for range pairs {
		weight.Mul(weight, big.NewRat(-(g.n-g.b), 2*g.n*g.b*(g.n-1)*g.n))
	}
	for range len(parent) - 2*len(pairs) {
		weight.Mul(weight, big.NewRat(1, g.n))
	}
	return weight
}
