package diagram

import (
	"fmt"
	"math/big"
)

// Symmetry is the automorphism group Aut(D) of a diagram: the automorphisms of its
// rooted tree that map parts onto parts. Each of two roots stays where it is.
type Symmetry struct {
	forest     *forest
	part       []int8
	order      *big.Int
	generators [][]int8
}

// Symmetry returns the automorphism group of d.
//
// It is found by a backtracking search that follows one of each class of equivalent
// choices. The problem is as hard as graph isomorphism; trees with few ties, stars,
// caterpillars and other highly symmetric diagrams take polynomial time.
func (d Diagram) Symmetry() *Symmetry {
	s := newSearch(d.forest(), d.localParts(), nil, confirm)
	s.run()
	return &Symmetry{s.forest, s.part, &s.order, s.generators}
}

// Aut returns |Aut(D)|, the order of the automorphism group.
func (d Diagram) Aut() *big.Int { return d.Symmetry().Order() }

// Order returns the number of automorphisms.
func (s *Symmetry) Order() *big.Int { return new(big.Int).Set(s.order) }

// Generators returns permutations that generate the group: g[v] is the image of node v.
// There are none if the group is trivial, and fewer than there are nodes.
func (s *Symmetry) Generators() [][]int {
	list := make([][]int, len(s.generators))
	for i, g := range s.generators {
		list[i] = make([]int, len(g))
		for v, w := range g {
			list[i][v] = int(w)
		}
	}
	return list
}

// Stabilizer returns the number of automorphisms a with colour[a(v)] = colour[v] for
// every node. If colour numbers the cells to which an embedding f sends the nodes, it
// is |Aut_f(D)|.
//
// colour has one entry per node, roots included; else the error wraps ErrNotPartition.
func (s *Symmetry) Stabilizer(colour []int) (*big.Int, error) {
	if err := s.checkColour(colour); err != nil {
		return nil, err
	}
	search := newSearch(s.forest, s.part, colour, preserve)
	search.run()
	return &search.order, nil
}

// Least reports whether colour is the lexicographically least of the colourings
// colour∘a, for a in the group; if so, it also returns the order of its stabilizer. So
// a list of colourings may be thinned to one per orbit, and each one's orbit has
// Order()/stabilizer members.
//
// colour has one entry per node, roots included; else the error wraps ErrNotPartition.
func (s *Symmetry) Least(colour []int) (least bool, stabilizer *big.Int, err error) {
	if err := s.checkColour(colour); err != nil {
		return false, nil, err
	}
	search := newSearch(s.forest, s.part, colour, colours)
	if !search.run() {
		return false, nil, nil
	}
	return true, &search.order, nil
}

func (s *Symmetry) checkColour(colour []int) error {
	if len(colour) != len(s.part) {
		return fmt.Errorf("%w: %d nodes, but colours for %d", ErrNotPartition, len(s.part), len(colour))
	}
	return nil
}
