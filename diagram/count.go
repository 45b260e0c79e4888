package diagram

import (
	"context"
	"errors"
	"fmt"
	"math/big"
)

// MaxCount is the largest number of edges for which Count counts diagrams.
const MaxCount = 40

// ErrCount reports a number of edges above MaxCount, or options without a formula.
var ErrCount = fmt.Errorf("diagrams are counted up to %d edges", MaxCount)

// Count returns the number of diagrams with the given number of edges that Enumerate
// yields for these roots and no other option, without enumerating them. See
// Options.Count.
//
// The error wraps ErrOptions if edges is negative or roots no kind of roots, or
// ErrCount if edges exceeds MaxCount.
func Count(edges int, roots Roots) (*big.Int, error) {
	return Options{Roots: roots}.Count(context.Background(), edges)
}

// Count returns the number of diagrams with the given number of edges that Enumerate
// yields, without enumerating them.
//
// By Burnside's lemma it is the mean, over the permutations of the d non-root nodes, of
// the number of pairs of a forest on the nodes and a partition of them that the
// permutation fixes. Both numbers depend on the cycle type alone, so it is a sum over
// the partitions of the integer d: milliseconds at d = 20, half a second at 40.
//
// Every diagram is made of just one irreducible diagram, by putting nodes of degree 2,
// alone in their parts, onto the edges above its non-root nodes. So irreducible diagrams
// have the sum of all diagrams, with the generating function x^k/(1+x^k) for each cycle
// of length k instead of x^k.
//
// The error wraps ErrOptions, or ErrCount if edges exceeds MaxCount, or if there is a
// condition on the root's degree, on paths or on the sizes of parts, for which there is
// no formula. Or it is the context's.
func (o Options) Count(ctx context.Context, edges int) (*big.Int, error) {
	switch err := o.check(edges); {
	case err != nil && !errors.Is(err, ErrTooLarge):
		return nil, err
	case edges > MaxCount:
		return nil, fmt.Errorf("%w, not %d", ErrCount, edges)
	case o.conditional():
		return nil, fmt.Errorf("%w, and not under conditions on degrees, paths or sizes of parts", ErrCount)
	}
	n := newBurnside(ctx, edges, o.Irreducible).count(o.Roots)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return n, nil
}

// count returns the number of diagrams of the greatest size.
func (b *burnside) count(roots Roots) *big.Int {
	switch roots {
	case Tied:
		// The root is one more node, which every permutation fixes.
		n := b.orbits(b.most, 1, true)[b.most]
		return n.Sub(n, b.orbits(b.most, 1, false)[b.most])
	case Two:
		return b.orbits(b.most, 2, false)[b.most]
	case Bridged:
		n := b.orbits(b.most, 2, false)[b.most]
		trees := b.orbits(0, 1, false)
		for i, first := range trees {
			n.Sub(n, new(big.Int).Mul(first, trees[b.most-i]))
		}
		return n
	}
	return b.orbits(b.most, 1, false)[b.most]
}
