package diagram_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
)

// orderings lists all total orders of the non-root nodes with children before parents
// and the parts, without the roots, contiguous; and counts them up to automorphism.
func orderings(d diagram.Diagram) int {
	n := d.Edges()
	orbits := map[string]bool{}
	group := rawOf(d).automorphisms()
	for place := range permutations(n) {
		if !isOrdering(d, place) {
			continue
		}
		least := ""
		for _, a := range group {
			moved := make([]int, n)
			for v, at := range place {
				moved[a[v]] = at
			}
			if text := fmt.Sprint(moved); least == "" || text < least {
				least = text
			}
		}
		orbits[least] = true
	}
	return len(orbits)
}

// isOrdering reports whether the non-root nodes may stand at these places.
func isOrdering(d diagram.Diagram, place []int) bool {
	n := len(place)
	for v, up := range d.Parents()[:n] {
		if up < n && place[v] > place[up] {
			return false
		}
	}
	for _, part := range d.Parts() {
		low, high, size := n, -1, 0
		for _, v := range part {
			if v < n {
				low, high, size = min(low, place[v]), max(high, place[v]), size+1
			}
		}
		if size > 0 && high-low != size-1 {
			return false
		}
	}
	return true
}

func TestOrderingsAgainstLists(t *testing.T) {
	most := 5
	if testing.Short() {
		most = 4
	}
	for _, d := range every(most) {
		want := 0
		if withoutRoots := rootless(d); withoutRoots.PathCondition() && withoutRoots.Acyclic() {
			want = orderings(d)
		}
		if got := d.Orderings(); got.Cmp(big.NewInt(int64(want))) != 0 {
			t.Errorf("%v has %v orderings, want %d", d, got, want)
		}
	}
}

// rootless sets the root of d apart from its part.
func rootless(d diagram.Diagram) diagram.Diagram {
	l := rawOf(d)
	for v, up := range l.parent {
		if up < 0 {
			l.part[v] = len(l.part) + v
		}
	}
	return l.diagram()
}

func TestOrderingsTable(t *testing.T) {
	for _, test := range []struct {
		text string
		want string
		why  string
	}{
		{"(0)()", "1", "nothing to order"},
		{"(0-1-2)(02-12)", "1", "the two leaves are alike"},
		{"(01-2)(02-12)", "1", "and so if tied"},
		{"(0-1-2-3)(01-13-23)", "3", "a leaf among a chain"},
		{"(0-12-3)(01-13-23)", "2", "the leaf, then the pair either way round"},
		{"(01-2)(01-12)", "0", "a part above itself"},
		{"(03-12-4)(01-14-23-34)", "0", "each part before the other"},
	} {
		if got := parse(test.text).Orderings().String(); got != test.want {
			t.Errorf("%s: %s orderings, want %s (%s)", test.text, got, test.want, test.why)
		}
	}
}

func TestOrderingsOfLargeDiagrams(t *testing.T) {
	for _, test := range []struct {
		name string
		labelled
		want *big.Int
	}{
		{"star of singles", star(35, func(i int) int { return i }), big.NewInt(1)},
		{"star of pairs", star(34, func(i int) int { return i / 2 }), big.NewInt(1)},
		// Chains of five, seven of them alike: 35!/(5!^7 7!) ways to merge them.
		{"chains", chains(run(0, 5), run(5, 5), run(10, 5), run(15, 5), run(20, 5), run(25, 5), run(30, 5)),
			quotient(factorial(35), power(factorial(5), 7), factorial(7))},
		// In a forest, n! over the product of the sizes of all subtrees (Knuth, TAOCP 5.1.4,
		// exercise 20), here 5 branches of 7 nodes, up to 6!^5 5! automorphisms.
		{"branches", branches(run(0, 6), run(6, 6), run(12, 6), run(18, 6), run(24, 6)),
			quotient(factorial(35), power(big.NewInt(7), 5), power(factorial(6), 5), factorial(5))},
	} {
		if got := test.diagram().Orderings(); got.Cmp(test.want) != 0 {
			t.Errorf("%s: %v orderings, want %v", test.name, got, test.want)
		}
	}
}

func factorial(n int64) *big.Int { return new(big.Int).MulRange(1, n) }

func power(x *big.Int, n int64) *big.Int { return new(big.Int).Exp(x, big.NewInt(n), nil) }

func quotient(x *big.Int, by ...*big.Int) *big.Int {
	for _, y := range by {
		x = new(big.Int).Quo(x, y)
	}
	return x
}
