package diagram

import (
	"context"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/mobius"
)

// A burnside counts orbits of permutations of up to so many non-root nodes. It stops,
// and its results are void, when the context ends.
type burnside struct {
	ctx         context.Context
	most        int
	irreducible bool

	powers  [][]*big.Int          // powers[a][b] is a^b
	bell    []*big.Int            // the numbers of partitions
	fixed   map[string][]*big.Int // see invariants
	scratch big.Int
}

func newBurnside(ctx context.Context, most int, irreducible bool) *burnside {
	b := &burnside{ctx: ctx, most: most, irreducible: irreducible, fixed: map[string][]*big.Int{}}
	for base := range most + 3 {
		powers := []*big.Int{big.NewInt(1)}
		for len(powers) <= most {
			powers = append(powers, new(big.Int).Mul(powers[len(powers)-1], big.NewInt(int64(base))))
		}
		b.powers = append(b.powers, powers)
	}
	for n := range most + 2 {
		b.bell = append(b.bell, mobius.Bell(n))
	}
	return b
}

// orbits returns, for each number of non-root nodes from least to most, the number of
// pairs, up to permutations of these nodes, of a forest below the given number of roots
// and a partition of the nodes, and of the root besides if tied.
func (b *burnside) orbits(least, roots int, tied bool) []*big.Int {
	s := &orbitSum{
		burnside: b, least: least, roots: roots, tied: tied,
		cycles: make([]int, b.most+1),
		common: new(big.Int).MulRange(1, int64(b.most)),
		total:  make([]*big.Int, b.most+1),
	}
	for n := range s.total {
		s.total[n] = new(big.Int)
	}
	var none series
	none[0] = 1
	s.choose(b.most, b.most, &none)
	for _, n := range s.total {
		n.Quo(n, s.common)
	}
	return s.total
}

// A series is a polynomial in x, up to x^MaxCount.
type series [MaxCount + 1]int64

// divide divides a series by 1 + x^k.
func (s *series) divide(k int) {
	for i := k; i < len(s); i++ {
		s[i] -= s[i-k]
	}
}

// An orbitSum is a sum over cycle types.
type orbitSum struct {
	*burnside
	least, roots int
	tied         bool
	cycles       []int      // cycles[k] is the number of cycles of length k
	common       *big.Int   // the denominator of the total
	total        []*big.Int // by number of nodes
	term, factor big.Int
}

// choose chooses numbers of cycles of length k and less, of so many nodes at most. The
// longer ones have the generating function x^n links(x), if they have n nodes.
func (s *orbitSum) choose(k, nodes int, links *series) {
	if s.ctx.Err() != nil {
		return
	}
	if k = min(k, nodes); k <= 1 {
		s.add(nodes, links)
		return
	}
	more := *links
	for m := 0; ; m++ {
		s.cycles[k] = m
		s.choose(k-1, nodes-m*k, &more)
		if (m+1)*k > nodes {
			break
		}
		if s.irreducible {
			more.divide(k)
		}
	}
	s.cycles[k] = 0
}

// add adds the terms for all numbers of fixed points, when the longer cycles are chosen
// and leave so many nodes.
func (s *orbitSum) add(nodes int, links *series) {
	partitions := s.invariants(s.cycles)
	others := s.most - nodes
	more := *links
	for m := 0; m <= nodes; m++ {
		if m > 0 && s.irreducible {
			more.divide(1)
		}
		n := others + m
		if !s.irreducible && n < s.least {
			continue
		}
		if len(s.cycles) > 1 {
			s.cycles[1] = m
		}
		s.weigh(partitions)
		s.cycles[min(1, s.most)] = 0
		last := n
		if s.irreducible {
			last = s.most
		}
		for to := max(n, s.least); to <= last; to++ {
			s.total[to].Add(s.total[to], s.factor.Mul(&s.term, s.factor.SetInt64(more[to-n])))
		}
	}
}

// weigh sets the term to the number of pairs that a permutation of the cycle type fixes,
// times the part of all permutations that are of this type, times the denominator.
func (s *orbitSum) weigh(partitions []*big.Int) {
	t := s.term.SetInt64(0)
	fixed := s.cycles[min(1, s.most)]
	if s.tied {
		fixed++
	}
	for i, n := range partitions {
		t.Add(t, s.factor.Mul(n, s.bell[i+fixed]))
	}
	t.Mul(t, s.common)
	// A cycle of length k hangs, in j ways, from any cycle whose length j divides k. So
	// the m cycles of length k are a forest whose trees hang from a nodes of shorter
	// cycles, and whose other edges are of k kinds: a (a+km)^(m−1) of them, by Cayley.
	centralizer := big.NewInt(1)
	for k, m := range s.cycles {
		if m == 0 {
			continue
		}
		shorter := s.roots
		for j := 1; j < k; j++ {
			if k%j == 0 {
				shorter += j * s.cycles[j]
			}
		}
		t.Mul(t, s.factor.SetInt64(int64(shorter)))
		t.Mul(t, s.powers[shorter+k*m][m-1])
		centralizer.Mul(centralizer, s.powers[k][m])
		centralizer.Mul(centralizer, s.factor.MulRange(1, int64(m)))
	}
	t.Quo(t, centralizer)
}

// invariants returns the numbers n_i of which Σ n_i Bell(i+m) is the number of partitions
// that a permutation with m fixed points besides longer cycles fixes.
//
// A part that a permutation maps to itself is a set of whole cycles, and these sets are a
// partition. Other parts have orbits of r > 1 parts. So n_i is the number of ways to
// choose such orbits so that i cycles are left. An orbit is a set of cycles, the length of
// each a multiple of r, which can be turned against one another in r ways.
func (b *burnside) invariants(cycles []int) []*big.Int {
	key := make([]byte, len(cycles))
	for k := 2; k < len(cycles); k++ {
		key[k] = byte(cycles[k])
	}
	return b.left(key)
}

// left is invariants for the longer cycles. It sums over the orbit of the first of the
// longest cycles.
func (b *burnside) left(cycles []byte) []*big.Int {
	longest := len(cycles) - 1
	for longest > 1 && cycles[longest] == 0 {
		longest--
	}
	if longest <= 1 {
		return b.bell[:1]
	}
	cycles = cycles[:longest+1]
	if n, ok := b.fixed[string(cycles)]; ok {
		return n
	}
	rest := slices.Clone(cycles)
	rest[longest]--
	n := []*big.Int{new(big.Int)}
	for _, alone := range b.left(rest) {
		n = append(n, new(big.Int).Set(alone))
	}
	for r := 2; r <= longest; r++ {
		if longest%r == 0 {
			b.addOrbits(n, rest, r, r, big.NewInt(1))
		}
	}
	b.fixed[string(cycles)] = n
	return n
}

// addOrbits adds to n, for every choice of further cycles of lengths k, k+r, … in the
// orbit, the number of ways to choose them, times ways, times what is left of the rest.
func (b *burnside) addOrbits(n []*big.Int, rest []byte, r, k int, ways *big.Int) {
	for k < len(rest) && rest[k] == 0 {
		k += r
	}
	if k >= len(rest) {
		for i, left := range b.left(rest) {
			n[i].Add(n[i], b.scratch.Mul(ways, left))
		}
		return
	}
	m := rest[k]
	for c := range m + 1 {
		rest[k] = m - c
		more := new(big.Int).Binomial(int64(m), int64(c))
		more.Mul(more, b.powers[r][c])
		b.addOrbits(n, rest, r, k+r, more.Mul(more, ways))
	}
	rest[k] = m
}
