package diagram_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

// checkGenerators fails the test unless the generators are automorphisms, none of them
// trivial, and fewer than there are nodes.
func checkGenerators(t interface{ Errorf(string, ...any) }, d diagram.Diagram) {
	generators := d.Symmetry().Generators()
	for _, g := range generators {
		if !rawOf(d).isAutomorphism(g) || slices.IsSorted(g) {
			t.Errorf("%v: generator %v", d, g)
		}
	}
	if len(generators) >= d.Nodes() || (len(generators) == 0) != (d.Aut().Cmp(big.NewInt(1)) == 0) {
		t.Errorf("%v: %d generators of a group of order %v", d, len(generators), d.Aut())
	}
}

// closure returns the size of the group that permutations generate, or limit.
func closure(n int, generators [][]int, limit int) int {
	seen := map[string]bool{fmt.Sprint(ids(n)): true}
	for queue := [][]int{ids(n)}; len(queue) > 0 && len(seen) < limit; queue = queue[1:] {
		for _, g := range generators {
			product := make([]int, n)
			for v, w := range queue[0] {
				product[v] = g[w]
			}
			if text := fmt.Sprint(product); !seen[text] {
				seen[text] = true
				queue = append(queue, product)
			}
		}
	}
	return len(seen)
}

func TestGroupAgainstPermutations(t *testing.T) {
	most := 5
	if testing.Short() {
		most = 4
	}
	for _, d := range every(most) {
		group := rawOf(d).automorphisms()
		for _, got := range []*big.Int{d.Aut(), d.Symmetry().Order()} {
			if got.Cmp(big.NewInt(int64(len(group)))) != 0 {
				t.Errorf("|Aut(%v)| = %v, want %d", d, got, len(group))
			}
		}
		checkGenerators(t, d)
		if got := closure(d.Nodes(), d.Symmetry().Generators(), 1000); got != len(group) {
			t.Errorf("%v: generators generate %d permutations, want %d", d, got, len(group))
		}
	}
}

func TestGeneratorsGenerate(t *testing.T) {
	const limit = 3000
	rapid.Check(t, func(t *rapid.T) {
		d := drawLabelled(t, diagram.MaxNodes).diagram()
		checkGenerators(t, d)
		order := d.Aut()
		got := closure(d.Nodes(), d.Symmetry().Generators(), limit)
		if got < limit && order.Cmp(big.NewInt(int64(got))) != 0 {
			t.Fatalf("|Aut(%v)| = %v, but generators generate %d", d, order, got)
		}
		if got >= limit && order.Cmp(big.NewInt(limit)) < 0 {
			t.Fatalf("|Aut(%v)| = %v, but generators generate %d or more", d, order, got)
		}
	})
}

// Where only leaves are tied, and all branches of the root are alike, an automorphism is a
// permutation of the branches that keeps the list of the parts, each as a list of
// branches, along with permutations of equal parts and of leaves that share both.
func TestGroupAgainstBranches(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	for _, shape := range []struct{ branches, leaves, size int }{
		{6, 2, 2}, {6, 3, 2}, {6, 3, 3}, {6, 4, 2}, {6, 4, 3}, {5, 4, 2}, {5, 6, 2}, {5, 6, 3}, {4, 7, 4},
	} {
		for range 10 {
			lists := make([][]int, shape.branches)
			parts := make([][]int, (shape.branches*shape.leaves+shape.size-1)/shape.size)
			for i, end := range r.Perm(shape.branches * shape.leaves) {
				branch, part := i/shape.leaves, end/shape.size
				lists[branch] = append(lists[branch], part)
				parts[part] = append(parts[part], branch)
			}
			got := branches(lists...).diagram().Aut()
			if want := branchAutomorphisms(shape.branches, parts); got.Cmp(want) != 0 {
				t.Errorf("branches %v: |Aut| = %v, want %v", lists, got, want)
			}
		}
	}
}

func branchAutomorphisms(branches int, parts [][]int) *big.Int {
	list := func(perm []int) []string {
		var list []string
		for _, part := range parts {
			moved := make([]int, len(part))
			for i, branch := range part {
				moved[i] = perm[branch]
			}
			slices.Sort(moved)
			list = append(list, fmt.Sprint(moved))
		}
		slices.Sort(list)
		return list
	}
	count := int64(0)
	whole := list(ids(branches))
	for perm := range permutations(branches) {
		if slices.Equal(list(perm), whole) {
			count++
		}
	}
	n := big.NewInt(count)
	equal := map[string]int64{}
	for _, name := range whole {
		equal[name]++
		n.Mul(n, big.NewInt(equal[name])) // the factors of a factorial, one by one
	}
	for _, part := range parts {
		leaves := map[int]int64{}
		for _, branch := range part {
			leaves[branch]++
			n.Mul(n, big.NewInt(leaves[branch]))
		}
	}
	return n
}

// act returns colour∘a.
func act(colour, a []int) []int {
	out := make([]int, len(colour))
	for v, w := range a {
		out[v] = colour[w]
	}
	return out
}

func TestColouringsAgainstPermutations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawLabelled(t, 7).diagram()
		n := d.Nodes()
		colour := rapid.SliceOfN(rapid.IntRange(-1, 2), n, n).Draw(t, "colour")
		stabilizer, wantLeast := 0, true
		for _, a := range rawOf(d).automorphisms() {
			switch slices.Compare(act(colour, a), colour) {
			case 0:
				stabilizer++
			case -1:
				wantLeast = false
			}
		}
		checkColouring(t, d, colour, wantLeast, int64(stabilizer))
	})
}

func checkColouring(t *rapid.T, d diagram.Diagram, colour []int, wantLeast bool, stabilizer int64) {
	s := d.Symmetry()
	got, err := s.Stabilizer(colour)
	if err != nil || got.Cmp(big.NewInt(stabilizer)) != 0 {
		t.Fatalf("%v: stabilizer of %v is %v, %v, want %d", d, colour, got, err, stabilizer)
	}
	least, order, err := s.Least(colour)
	if err != nil || least != wantLeast {
		t.Fatalf("%v: %v least: %v, %v, want %v", d, colour, least, err, wantLeast)
	}
	if least && order.Cmp(got) != 0 || !least && order != nil {
		t.Fatalf("%v: Least of %v gives the stabilizer %v, want %v", d, colour, order, got)
	}
}

// Every orbit of colourings has exactly one least member, so by counting each with the
// size of its orbit we get all colourings.
func TestLeastThinsToOnePerOrbit(t *testing.T) {
	for _, d := range every(4) {
		checkThinning(t, d, 3)
	}
}

func checkThinning(t *testing.T, d diagram.Diagram, colours int) {
	t.Helper()
	s := d.Symmetry()
	total := new(big.Int)
	for colour := range words(d.Nodes(), colours) {
		least, stabilizer, err := s.Least(colour)
		if err != nil {
			t.Fatal(err)
		}
		if least {
			total.Add(total, new(big.Int).Quo(s.Order(), stabilizer))
		}
	}
	if want := power(big.NewInt(int64(colours)), int64(d.Nodes())); total.Cmp(want) != 0 {
		t.Errorf("%v: orbits have %v colourings, want %v", d, total, want)
	}
}

// The same where groups of colourings lie askew: on the vertices, the edges' ends and the
// root of K4, 2^17 colourings.
func TestLeastThinsColouringsOfK4(t *testing.T) {
	if testing.Short() {
		t.Skip("a second")
	}
	d := branches([]int{0, 1, 2}, []int{0, 3, 4}, []int{1, 3, 5}, []int{2, 4, 5}).diagram()
	checkThinning(t, d, 2)
}

// The orbit of a colouring under the generators gives its stabilizer and its least member.
func TestColouringsAgainstOrbits(t *testing.T) {
	const limit = 600
	check := func(t *rapid.T, d diagram.Diagram) {
		n := d.Nodes()
		colour := rapid.SliceOfN(rapid.IntRange(0, 1), n, n).Draw(t, "colour")
		if rapid.Bool().Draw(t, "few") {
			clear(colour)
			colour[rapid.IntRange(0, n-1).Draw(t, "one")] = rapid.SampledFrom([]int{-1, 1}).Draw(t, "its")
		}
		s := d.Symmetry()
		least, size := leastOfOrbit(s, colour)
		stabilizer := s.Order().Int64() / int64(size)
		checkColouring(t, d, colour, slices.Equal(colour, least), stabilizer)
		checkColouring(t, d, least, true, stabilizer)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := drawLabelled(t, diagram.MaxNodes).diagram()
		if d.Aut().Cmp(big.NewInt(limit)) > 0 {
			t.Skip("the group is too large to list")
		}
		check(t, d)
	})
	for _, test := range hardCases() {
		d := test.diagram()
		if d.Aut().Cmp(big.NewInt(limit)) > 0 {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { check(t, d) })
		})
	}
}

// leastOfOrbit returns the least of the colourings that generators make of one, and
// their number.
func leastOfOrbit(s *diagram.Symmetry, colour []int) ([]int, int) {
	least := colour
	generators := s.Generators()
	seen := map[string]bool{fmt.Sprint(colour): true}
	for queue := [][]int{colour}; len(queue) > 0; queue = queue[1:] {
		if slices.Compare(queue[0], least) < 0 {
			least = queue[0]
		}
		for _, g := range generators {
			next := act(queue[0], g)
			if key := fmt.Sprint(next); !seen[key] {
				seen[key] = true
				queue = append(queue, next)
			}
		}
	}
	return least, len(seen)
}

func TestLeastOfHardCases(t *testing.T) {
	for _, test := range hardCases() {
		t.Run(test.name, func(t *testing.T) {
			s := test.diagram().Symmetry()
			n := len(test.parent)
			if least, stabilizer, err := s.Least(make([]int, n)); !least || stabilizer.Cmp(s.Order()) != 0 {
				t.Errorf("constant colouring: %v, %v, %v", least, stabilizer, err)
			}
			if least, stabilizer, err := s.Least(ids(n)); !least || stabilizer.Int64() != 1 {
				t.Errorf("increasing colouring: %v, %v, %v", least, stabilizer, err)
			}
			down := ids(n)
			slices.Reverse(down)
			if least, _, err := s.Least(down); least && test.aut != "1" {
				t.Errorf("decreasing colouring: %v, %v", least, err)
			}
			parity := ids(n)
			for v := range parity {
				parity[v] %= 2
			}
			if _, _, err := s.Least(parity); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestColourErrors(t *testing.T) {
	s := parse("(01-2)(02-12)").Symmetry()
	for _, colour := range [][]int{nil, {0, 0}, {0, 0, 0, 0}} {
		if _, err := s.Stabilizer(colour); !errors.Is(err, diagram.ErrNotPartition) {
			t.Errorf("Stabilizer(%v): got error %v", colour, err)
		}
		if _, _, err := s.Least(colour); !errors.Is(err, diagram.ErrNotPartition) {
			t.Errorf("Least(%v): got error %v", colour, err)
		}
	}
}

func TestSymmetryIsNotShared(t *testing.T) {
	s := parse("(01-2)(02-12)").Symmetry()
	s.Order().SetInt64(9)
	s.Generators()[0][0] = 9
	if s.Order().Int64() != 2 || s.Generators()[0][0] != 1 {
		t.Error("a caller's number or slice changed the group")
	}
}
