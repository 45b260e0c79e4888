package embed

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// maxSymmetries bounds the automorphisms that are listed.
const maxSymmetries = 5040

// A Stabilized is a number of embeddings up to automorphism, of those with one |Aut_f|.
type Stabilized struct {
	Aut   *big.Int   // |Aut_f|
	Count Polynomial // in E, K = N/B and B
}

// EmbeddingPolynomials returns how many embeddings d has into the grid of SGD without
// reshuffling, up to automorphism, for each |Aut_f| that an embedding may have, in
// increasing order: the table of P §B.7, for any diagram. The sum of Count/Aut is the
// number of maps over |Aut(D)|.
//
// A map that automorphisms keep is one of the diagram in which the nodes that they exchange
// are one node, and the parts that meet in these are one part. Maps that nothing else keeps
// come from these counts by Möbius inversion over the partitions of nodes that automorphisms
// have for orbits, and |Aut(D)|/|Aut_f| maps are one embedding.
//
// The error is that of Polynomials, and wraps ErrTooLarge above 5040 automorphisms.
func EmbeddingPolynomials(ctx context.Context, d diagram.Diagram, form Form) ([]Stabilized, error) {
	elements, err := automorphisms(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("embed: embeddings of %v: %w", d, err)
	}
	orbits, err := orbitPartitions(ctx, elements)
	if err != nil {
		return nil, err
	}
	exact := make([]RationalFunction, len(orbits)) // the maps that just the orbits' group keeps
	byAut := map[int64]RationalFunction{}
	// Coarser partitions come first.
	for i, p := range orbits {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("embed: embeddings of %v: %w", d, err)
		}
		if exact[i], err = keptMaps(ctx, d, p, form); err != nil {
			return nil, fmt.Errorf("embed: embeddings of %v: %w", d, err)
		}
		for j, q := range orbits[:i] {
			if finer(p, q) {
				exact[i] = exact[i].Sub(exact[j])
			}
		}
		kept := int64(0)
		for _, a := range elements {
			if finer(orbitsOf(a), p) {
				kept++
			}
		}
		share := big.NewRat(kept, int64(len(elements)))
		byAut[kept] = byAut[kept].Add(exact[i].Scale(share))
	}
	var list []Stabilized
	for kept, count := range byAut {
		p, ok := count.Polynomial()
		if !ok {
			panic("embed: a sum of polynomials is none")
		}
		if !p.Equal(Polynomial{}) {
			list = append(list, Stabilized{big.NewInt(kept), p})
		}
	}
	slices.SortFunc(list, func(a, b Stabilized) int { return a.Aut.Cmp(b.Aut) })
	return list, nil
}

// automorphisms lists Aut(D).
func automorphisms(ctx context.Context, d diagram.Diagram) ([][]int, error) {
	symmetry := d.Symmetry()
	if symmetry.Order().Cmp(big.NewInt(maxSymmetries)) > 0 {
		return nil, fmt.Errorf("%w: %v automorphisms, at most %d", ErrTooLarge, symmetry.Order(), maxSymmetries)
	}
	identity := make([]int, d.Nodes())
	for v := range identity {
		identity[v] = v
	}
	list := [][]int{identity}
	known := map[string]bool{fmt.Sprint(identity): true}
	for i := 0; i < len(list); i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, g := range symmetry.Generators() {
			product := make([]int, len(identity))
			for v, image := range list[i] {
				product[v] = g[image]
			}
			if key := fmt.Sprint(product); !known[key] {
				known[key] = true
				list = append(list, product)
			}
		}
	}
	return list, nil
}

// orbitsOf returns the orbits of one automorphism: by node, the least node of its orbit.
func orbitsOf(a []int) []int {
	least := make([]int, len(a))
	for v := range least {
		least[v] = v
	}
	for v := range a {
		if least[v] == v {
			for w := a[v]; w != v; w = a[w] {
				least[w] = v
			}
		}
	}
	return least
}

// join returns the finest partition that both are finer than.
func join(p, q []int) []int {
	least := slices.Clone(p)
	for v, w := range q {
		from, to := max(least[v], least[w]), min(least[v], least[w])
		for u, x := range least {
			if x == from {
				least[u] = to
			}
		}
	}
	return least
}

// finer reports whether every block of p lies in one of q.
func finer(p, q []int) bool {
	for v, w := range p {
		if q[v] != q[w] {
			return false
		}
	}
	return true
}

// orbitPartitions returns the partitions into orbits of all subgroups, those with fewer
// orbits first.
func orbitPartitions(ctx context.Context, elements [][]int) ([][]int, error) {
	known := map[string]bool{}
	var single, list [][]int
	add := func(to *[][]int, p []int) {
		if key := fmt.Sprint(p); !known[key] {
			known[key] = true
			*to = append(*to, p)
		}
	}
	for _, a := range elements {
		add(&single, orbitsOf(a))
	}
	list = slices.Clone(single)
	for i := 0; i < len(list); i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, q := range single {
			add(&list, join(list[i], q))
		}
	}
	slices.SortStableFunc(list, func(p, q []int) int { return orbitCount(p) - orbitCount(q) })
	return list, nil
}

func orbitCount(p []int) int {
	n := 0
	for v, least := range p {
		if v == least {
			n++
		}
	}
	return n
}

// keptMaps returns the number of maps that are constant on orbits.
func keptMaps(ctx context.Context, d diagram.Diagram, orbits []int, form Form) (RationalFunction, error) {
	part := d.Labels()
	for v, w := range orbits {
		if from, to := part[v], part[w]; from != to {
			if form == Moment {
				return RationalFunction{}, nil // two parts in one row
			}
			for u := range part {
				if part[u] == from {
					part[u] = to
				}
			}
		}
	}
	var parent, parts []int
	number := make([]int, len(orbits))
	for v, least := range orbits {
		if v == least {
			number[v] = len(parts)
			parts = append(parts, part[v])
		}
	}
	for v, least := range orbits {
		if v != least {
			continue
		}
		up := d.Parents()[v]
		if up >= 0 {
			up = number[orbits[up]]
		}
		parent = append(parent, up)
	}
	quotient, err := diagram.New(parent, parts)
	if err != nil {
		return RationalFunction{}, err
	}
	maps, _, err := Polynomials(ctx, quotient, form)
	if err != nil {
		return RationalFunction{}, err
	}
	return maps.RationalFunction(), nil
}
