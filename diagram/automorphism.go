package diagram

import (
	"fmt"
	"math/big"
	"math/bits"
)

// Symmetry is the automorphism group Aut(D) of a diagram: the automorphisms of its
// rooted tree that map parts onto parts. Each of two roots stays where it is.
type Symmetry struct {
	structure *structure // of the nodes
	nodes     int
	group     group
}

// Symmetry returns the automorphism group of d.
//
// It is found by a backtracking search that narrows the images of nodes down by colour
// refinement. In general that is as hard as graph isomorphism; diagrams of MaxNodes
// nodes are too small to be.
func (d Diagram) Symmetry() *Symmetry {
	f, part := d.forest(), d.localParts()
	return &Symmetry{nodeStructure(f, part), f.nodes, wholeGroup(f, part)}
}

// Order returns the number of automorphisms.
func (s *Symmetry) Order() *big.Int { return new(big.Int).Set(s.group.order) }

// Generators returns permutations that generate the group: g[v] is the image of node v.
// There are none if the group is trivial, and fewer than there are nodes.
func (s *Symmetry) Generators() [][]int {
	list := make([][]int, len(s.group.generators))
	for i, g := range s.group.generators {
		list[i] = make([]int, s.nodes)
		for v := range list[i] {
			list[i][v] = int(g[v])
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
	return generate(s.structure.pairing(colour)).order, nil
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
	if len(s.group.generators) == 0 {
		return true, big.NewInt(1), nil
	}
	keeping := s.structure.pairing(colour)
	l := leastSearch{colour, keeping, generate(keeping)}
	if !l.follow(0, s.structure.pairing(nil), 0) {
		return false, nil, nil
	}
	return true, l.group.order, nil
}

func (s *Symmetry) checkColour(colour []int) error {
	if n := s.nodes; len(colour) != n {
		return fmt.Errorf("%w: %d nodes, but colours for %d", ErrNotPartition, n, len(colour))
	}
	return nil
}

// A group of automorphisms.
type group struct {
	order      *big.Int
	generators [][]int8
}

// generate returns the group of all automorphisms in a pairing that holds the identity.
//
// By orbit and stabilizer, its order is the number of images of the first node that it
// moves times the order of the subgroup that fixes this node. So for every k, those
// generators that fix the nodes 0,…,k−1 generate all automorphisms that do.
func generate(p *pairing) group {
	c := p.open()
	if c == nil {
		return group{order: big.NewInt(1)}
	}
	v := c.representative()
	fixing := *p
	fixing.send(v, v)
	g := generate(&fixing)
	images := g.orbit(v, 0)
	for others := c.to &^ images; others != 0; others &= others - 1 {
		w := bits.TrailingZeros64(others)
		if images>>w&1 == 1 {
			continue
		}
		if a := p.carry(v, w); a != nil {
			g.generators = append(g.generators, a)
			images = g.orbit(v, 0)
		}
	}
	g.order.Mul(g.order, big.NewInt(int64(bits.OnesCount64(images))))
	return g
}

// orbit returns the nodes to which products of those generators that fix some nodes send v.
func (g group) orbit(v int, fixed uint64) uint64 {
	orbit := uint64(1) << v
	for grown := true; grown; {
		grown = false
		for _, a := range g.generators {
			if !fixes(a, fixed) {
				continue
			}
			for set := orbit; set != 0; set &= set - 1 {
				if image := uint64(1) << a[bits.TrailingZeros64(set)]; orbit&image == 0 {
					orbit |= image
					grown = true
				}
			}
		}
	}
	return orbit
}

func fixes(a []int8, nodes uint64) bool {
	for ; nodes != 0; nodes &= nodes - 1 {
		if v := bits.TrailingZeros64(nodes); int(a[v]) != v {
			return false
		}
	}
	return true
}

// A leastSearch looks for an automorphism a such that colour∘a is less than colour. It
// chooses the images of the nodes 0, 1, … in turn, among those that have the least
// colour. Two choices are equivalent if an automorphism that keeps the colours and fixes
// the earlier images maps one to the other; one of each class is followed.
type leastSearch struct {
	colour  []int
	keeping *pairing // the automorphisms that keep the colours
	group   group    // again
}

// follow chooses the images of node v and later ones, among the automorphisms in p;
// there are some. The earlier images, as far as they were a choice, are used. It reports
// whether it finds no lesser colouring.
func (l *leastSearch) follow(v int, p *pairing, used uint64) bool {
	for ; v < len(l.colour); v++ {
		c := p.find(v)
		if !c.single() {
			return l.choose(v, p, c.to, used)
		}
		if w := bits.TrailingZeros64(c.to); l.colour[w] != l.colour[v] {
			return l.colour[w] > l.colour[v]
		}
	}
	return true
}

func (l *leastSearch) choose(v int, p *pairing, choices, used uint64) bool {
	same := uint64(0) // the choices that leave the colour as it is
	for ; choices != 0; choices &= choices - 1 {
		switch w := bits.TrailingZeros64(choices); {
		case l.colour[w] == l.colour[v]:
			same |= 1 << w
		case l.colour[w] < l.colour[v] && p.carry(v, w) != nil:
			return false
		}
	}
	for same != 0 {
		w := bits.TrailingZeros64(same)
		q := *p
		if q.send(v, w) && q.automorphism() != nil && !l.follow(v+1, &q, used|1<<w) {
			return false
		}
		same &^= l.equivalent(w, same, used)
	}
	return true
}

// equivalent returns those of the choices that are equivalent to w, one of them.
func (l *leastSearch) equivalent(w int, choices, used uint64) uint64 {
	class := l.group.orbit(w, used)
	rest := choices &^ class
	if rest == 0 {
		return class
	}
	fixing := l.keeping.fixing(used)
	for ; rest != 0; rest &= rest - 1 {
		if o := bits.TrailingZeros64(rest); fixing.carry(w, o) != nil {
			class |= 1 << o
		}
	}
	return class
}
