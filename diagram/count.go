package diagram

import (
	"fmt"
	"math/big"
)

// MaxCount is the largest number of edges for which Count counts diagrams.
const MaxCount = 30

// ErrCount reports a number of edges above MaxCount.
var ErrCount = fmt.Errorf("diagrams are counted up to %d edges", MaxCount)

// Count returns the number of diagrams with the given number of edges that Enumerate
// yields for these roots and no other option, without enumerating them.
//
// By Burnside's lemma it is the mean, over the permutations of the d non-root nodes, of
// the number of pairs of a forest on the nodes and a partition of them that the
// permutation fixes. Both numbers depend on the cycle type alone, so it is a sum over
// the partitions of the integer d: milliseconds at d = 20, seconds at 30.
//
// The error wraps ErrOptions if edges is negative or roots no kind of roots, or
// ErrCount if edges exceeds MaxCount.
func Count(edges int, roots Roots) (*big.Int, error) {
	if edges < 0 || roots < Single || roots > Bridged {
		return nil, fmt.Errorf("%w %d edges and roots of kind %d", ErrOptions, edges, roots)
	}
	if edges > MaxCount {
		return nil, fmt.Errorf("%w, not %d", ErrCount, edges)
	}
	b := burnside{invariant: map[string]*big.Int{}}
	switch roots {
	case Tied:
		// The root is one more node, which every permutation fixes.
		return new(big.Int).Sub(b.orbits(edges, 1, true), b.orbits(edges, 1, false)), nil
	case Two:
		return b.orbits(edges, 2, false), nil
	case Bridged:
		n := b.orbits(edges, 2, false)
		for i := range edges + 1 {
			n.Sub(n, new(big.Int).Mul(b.orbits(i, 1, false), b.orbits(edges-i, 1, false)))
		}
		return n, nil
	}
	return b.orbits(edges, 1, false), nil
}

// burnside counts orbits of permutations of nodes.
type burnside struct {
	invariant map[string]*big.Int // numbers of invariant partitions, by cycle type
}

// orbits returns the number of pairs, up to permutations of the n non-root nodes, of a
// forest below the given number of roots and a partition of the non-root nodes, and of
// the root besides if tied.
func (b burnside) orbits(n, roots int, tied bool) *big.Int {
	total := new(big.Rat)
	cycles := make([]int, n+1) // cycles[k] is the number of cycles of length k
	var choose func(left, longest int)
	choose = func(left, longest int) {
		if left == 0 {
			fixed := forestsFixed(cycles, roots)
			fixed.Mul(fixed, b.partitionsFixed(cycles, tied))
			total.Add(total, new(big.Rat).SetFrac(fixed, centralizer(cycles)))
			return
		}
		for k := min(left, longest); k > 0; k-- {
			cycles[k]++
			choose(left-k, k)
			cycles[k]--
		}
	}
	choose(n, n)
	return new(big.Int).Set(total.Num())
}

// centralizer returns n! over the number of permutations of a cycle type: Π k^m_k m_k!.
func centralizer(cycles []int) *big.Int {
	z := big.NewInt(1)
	for k, m := range cycles {
		z.Mul(z, power(int64(k), m))
		z.Mul(z, new(big.Int).MulRange(1, int64(m)))
	}
	return z
}

func power(base int64, exponent int) *big.Int {
	return new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(exponent)), nil)
}

// forestsFixed returns the number of forests below the roots that a permutation fixes. A
// cycle of length k hangs, in j ways, from any cycle whose length j divides k. So the m
// cycles of length k are a forest whose trees hang from a nodes of shorter cycles, and
// whose other edges are of k kinds: a (a+km)^(m−1) of them, by Cayley.
func forestsFixed(cycles []int, roots int) *big.Int {
	n := big.NewInt(1)
	for k, m := range cycles {
		if m == 0 {
			continue
		}
		shorter := int64(roots)
		for j := 1; j < k; j++ {
			if k%j == 0 {
				shorter += int64(j * cycles[j])
			}
		}
		n.Mul(n, big.NewInt(shorter))
		n.Mul(n, power(shorter+int64(k*m), m-1))
	}
	return n
}

// partitionsFixed returns the number of set partitions that a permutation of the given
// cycle type fixes; with one more fixed point if extra.
func (b burnside) partitionsFixed(cycles []int, extra bool) *big.Int {
	kinds := make([]byte, max(2, len(cycles)))
	for k, m := range cycles {
		kinds[k] = byte(m)
	}
	if extra {
		kinds[1]++
	}
	return b.invariants(kinds)
}

// invariants sums over the cycles that share an orbit of parts with one of the longest
// cycles, and over the number r of parts in that orbit: r divides all their lengths,
// and each cycle but one can be turned against the parts in r ways.
func (b burnside) invariants(cycles []byte) *big.Int {
	longest := len(cycles) - 1
	for longest > 0 && cycles[longest] == 0 {
		longest--
	}
	if longest == 0 {
		return big.NewInt(1)
	}
	key := string(cycles[:longest+1])
	if n, ok := b.invariant[key]; ok {
		return n
	}
	n := new(big.Int)
	for r := 1; r <= longest; r++ {
		if longest%r == 0 {
			rest := []byte(key)
			rest[longest]--
			b.addOrbits(n, rest, r, r, big.NewInt(1))
		}
	}
	b.invariant[key] = n
	return n
}

// addOrbits adds to n, for every choice of further cycles of lengths k, k+r, …, the
// number of ways to choose them, times ways, times the invariant partitions of the rest.
func (b burnside) addOrbits(n *big.Int, rest []byte, r, k int, ways *big.Int) {
	if k >= len(rest) {
		n.Add(n, new(big.Int).Mul(ways, b.invariants(rest)))
		return
	}
	m := int64(rest[k])
	for c := range m + 1 {
		rest[k] = byte(m - c)
		more := new(big.Int).Binomial(m, c)
		more.Mul(more, power(int64(r), int(c)))
		b.addOrbits(n, rest, r, k+r, more.Mul(more, ways))
	}
	rest[k] = byte(m)
}
