package diagram_test

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/internal/golden"
	"github.com/perturb-go/perturb/internal/stops"
	"github.com/perturb-go/perturb/mobius"
)

func TestCount(t *testing.T) {
	known := golden.Diagrams()
	for _, test := range []struct {
		roots diagram.Roots
		want  []int
	}{
		// By Burnside's lemma in a program unrelated to this one; to 8 edges also listed.
		{diagram.Single, []int{1, 1, 4, 17, 101, 700, 5861, 55818, 598201, 7075470, 91341253}},
		{diagram.Single, known.Count},
		{diagram.Tied, known.TiedCount},
		{diagram.Bridged, known.BridgedCount},
		// The bare roots; a leaf below either; ten with two edges.
		{diagram.Two, []int{1, 2}},
	} {
		for edges, want := range test.want {
			if got, err := diagram.Count(edges, test.roots); err != nil || got.Cmp(big.NewInt(int64(want))) != 0 {
				t.Errorf("Count(%d, %d): got %v, %v, want %d", edges, test.roots, got, err, want)
			}
		}
	}
}

func TestCountIsEnumeration(t *testing.T) {
	most := 7
	if testing.Short() {
		most = 5
	}
	for roots := diagram.Single; roots <= diagram.Bridged; roots++ {
		for edges := range most + 1 {
			for _, irreducible := range []bool{false, true} {
				o := diagram.Options{Roots: roots, Irreducible: irreducible}
				got := must(o.Count(context.Background(), edges))
				want := int64(0)
				for range must(diagram.Enumerate(edges, o)) {
					want++
				}
				if got.Cmp(big.NewInt(want)) != 0 {
					t.Errorf("%d edges, %+v: got %v, enumerated %d", edges, o, got, want)
				}
			}
		}
	}
}

// Burnside's lemma by plain listing: the forests and the partitions that one permutation
// of each cycle type fixes.
func TestCountAgainstFixedPoints(t *testing.T) {
	most := 6
	if testing.Short() {
		most = 5
	}
	for edges := range most + 1 {
		forests := forestsBelow(edges, 1)
		partitions := slices.Collect(mobius.Partitions(edges))
		sum := new(big.Int)
		classes := map[string]int64{}
		fixed := map[string]int64{}
		for perm := range permutations(edges) {
			cycles := cycleType(perm)
			classes[cycles]++
			if _, ok := fixed[cycles]; !ok {
				fixed[cycles] = fixedForests(forests, perm) * fixedPartitions(partitions, perm)
			}
		}
		for cycles, size := range classes {
			sum.Add(sum, big.NewInt(size*fixed[cycles]))
		}
		want := sum.Quo(sum, factorial(int64(edges)))
		if got := must(diagram.Count(edges, diagram.Single)); got.Cmp(want) != 0 {
			t.Errorf("%d edges: got %v, want %v", edges, got, want)
		}
	}
}

// forestsBelow lists the parents of nodes 0,…,n−1 in all forests below further roots n, ….
func forestsBelow(n, roots int) [][]int {
	var list [][]int
	for parent := range words(n, n+roots) {
		whole := slices.Clone(parent)
		for range roots {
			whole = append(whole, -1)
		}
		if _, err := diagram.New(whole, ids(n+roots)); err == nil {
			list = append(list, parent)
		}
	}
	return list
}

// cycleType returns the sorted lengths of a permutation's cycles.
func cycleType(perm []int) string {
	var lengths []byte
	seen := make([]bool, len(perm))
	for v := range perm {
		length := byte(0)
		for ; !seen[v]; v = perm[v] {
			seen[v] = true
			length++
		}
		if length > 0 {
			lengths = append(lengths, length)
		}
	}
	slices.Sort(lengths)
	return string(lengths)
}

func fixedForests(forests [][]int, perm []int) int64 {
	count := int64(0)
	for _, parent := range forests {
		fixed := true
		for v, up := range parent {
			if up < len(perm) {
				up = perm[up]
			}
			fixed = fixed && parent[perm[v]] == up
		}
		if fixed {
			count++
		}
	}
	return count
}

func fixedPartitions(partitions []mobius.Partition, perm []int) int64 {
	count := int64(0)
	for _, p := range partitions {
		moved := make([]int, len(perm))
		for v, w := range perm {
			moved[w] = p.PartOf(v)
		}
		if mobius.MustNew(moved) == p {
			count++
		}
	}
	return count
}

func TestCountLimits(t *testing.T) {
	if !testing.Short() {
		if n, err := diagram.Count(diagram.MaxCount, diagram.Tied); err != nil || n.Sign() <= 0 {
			t.Errorf("Count(%d, Tied): got %v, %v", diagram.MaxCount, n, err)
		}
	}
	for _, test := range []struct {
		edges int
		roots diagram.Roots
		cause error
	}{
		{diagram.MaxCount + 1, diagram.Single, diagram.ErrCount},
		{-1, diagram.Single, diagram.ErrOptions},
		{1, diagram.Bridged + 1, diagram.ErrOptions},
		{1, -1, diagram.ErrOptions},
	} {
		if n, err := diagram.Count(test.edges, test.roots); n != nil || !errors.Is(err, test.cause) {
			t.Errorf("Count(%d, %d): got %v, %v", test.edges, test.roots, n, err)
		}
	}
}

// These were counted by another sum, over all choices of orbits of parts, fixed points
// among them.
func TestLargeCounts(t *testing.T) {
	for _, test := range []struct {
		edges int
		roots diagram.Roots
		want  string
	}{
		{20, diagram.Single, "342353383962193152603"},
		{20, diagram.Tied, "2776672377621701440290"},
		{20, diagram.Two, "1670229029694918442360"},
		{20, diagram.Bridged, "947532621152208189133"},
		{30, diagram.Single, "69510451186941896851247777335972050"},
		{30, diagram.Tied, "770966785333745248518677966706302757"},
		{30, diagram.Two, "351160309083458363645041262069574771"},
		{30, diagram.Bridged, "206899847121051743033797441344856190"},
	} {
		if got := must(diagram.Count(test.edges, test.roots)); got.String() != test.want {
			t.Errorf("Count(%d, %d): got %v, want %v", test.edges, test.roots, got, test.want)
		}
	}
}

func TestOptionsCountErrors(t *testing.T) {
	for _, o := range []diagram.Options{{RootDegree: 1}, {MaxPart: 2}, {PathCondition: true}} {
		if n, err := o.Count(context.Background(), 3); n != nil || !errors.Is(err, diagram.ErrCount) {
			t.Errorf("%+v: got %v, %v", o, n, err)
		}
	}
	stops.Check(t, 10*time.Millisecond, func(ctx context.Context) error {
		n, err := diagram.Options{Roots: diagram.Bridged, Irreducible: true}.Count(ctx, diagram.MaxCount)
		if n != nil {
			t.Errorf("got %v", n)
		}
		return err
	})
}
