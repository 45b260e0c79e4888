package diagram_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/internal/golden"
	"github.com/perturb-go/perturb/mobius"
)

func TestEnumerationCounts(t *testing.T) {
	known := golden.Diagrams()
	for _, test := range []struct {
		roots diagram.Roots
		want  []int
	}{
		{diagram.Single, known.Count[:9]},
		{diagram.Tied, known.TiedCount},
		{diagram.Bridged, known.BridgedCount},
	} {
		for edges, want := range test.want {
			if edges > 6 && testing.Short() {
				break
			}
			got := 0
			for range must(diagram.Enumerate(edges, diagram.Options{Roots: test.roots})) {
				got++
			}
			if got != want {
				t.Errorf("roots %d, %d edges: %d diagrams, want %d", test.roots, edges, got, want)
			}
		}
	}
}

// The lists were made by trying all permutations.
func TestEnumerationIsGolden(t *testing.T) {
	known := golden.Diagrams()
	for _, test := range []struct {
		roots diagram.Roots
		list  []golden.Diagram
		edges int
	}{
		{diagram.Single, known.Diagrams, 4},
		{diagram.Tied, known.Tied, 3},
		{diagram.Bridged, known.Bridged, 3},
	} {
		aut := map[diagram.Diagram]int{}
		for _, g := range test.list {
			aut[parse(g.Text)] = g.Aut
		}
		if len(aut) != len(test.list) {
			t.Errorf("roots %d: of %d golden diagrams %d are different", test.roots, len(test.list), len(aut))
		}
		for edges := range test.edges + 1 {
			for _, d := range collect(edges, diagram.Options{Roots: test.roots}) {
				if want, ok := aut[d]; !ok || d.Aut().Int64() != int64(want) {
					t.Errorf("%v with |Aut| = %v: golden is %d, known %v", d, d.Aut(), want, ok)
				}
				delete(aut, d)
			}
		}
		for d := range aut {
			t.Errorf("roots %d: no %v", test.roots, d)
		}
	}
}

// Σ d!/|Aut| counts labelled diagrams: (d+1)^(d−1) rooted forests by Cayley, times
// Bell(d) partitions.
func TestEnumerationIsWeightedByLabellings(t *testing.T) {
	most := 7
	if testing.Short() {
		most = 6
	}
	for edges := 1; edges <= most; edges++ {
		d := int64(edges)
		factorial := new(big.Int).MulRange(1, d)
		sum := new(big.Int)
		for d := range diagram.All(edges) {
			sum.Add(sum, new(big.Int).Quo(factorial, d.Aut()))
		}
		want := new(big.Int).Exp(big.NewInt(d+1), big.NewInt(d-1), nil)
		if want.Mul(want, mobius.Bell(edges)); sum.Cmp(want) != 0 {
			t.Errorf("%d edges: %v labelled diagrams, want %v", edges, sum, want)
		}
	}
}

func TestEnumerationIsOrderedAndCanonical(t *testing.T) {
	for edges := range 6 {
		for roots := diagram.Single; roots <= diagram.Bridged; roots++ {
			if edges == 5 && roots >= diagram.Two && testing.Short() {
				continue
			}
			var last diagram.Diagram
			for i, d := range collect(edges, diagram.Options{Roots: roots}) {
				if i > 0 && diagram.Compare(last, d) >= 0 {
					t.Errorf("%v comes before %v", last, d)
				}
				last = d
				if e, err := diagram.Parse(d.String()); err != nil || e != d {
					t.Errorf("%v parses as %v, %v", d, e, err)
				}
				if e, err := diagram.New(d.Parents(), d.Labels()); err != nil || e != d {
					t.Errorf("%v is made anew as %v, %v", d, e, err)
				}
				if d.Edges() != edges || d.Tied() != (roots == diagram.Tied) || (d.Roots() == 2) != (roots >= diagram.Two) ||
					roots == diagram.Bridged && !d.Bridged() {
					t.Errorf("%v with roots %d", d, roots)
				}
			}
		}
	}
}

// rootDegrees reports whether every root has so many children.
func rootDegrees(d diagram.Diagram, degree int) bool {
	for v := d.Edges(); v < d.Nodes(); v++ {
		if d.Degrees()[v] != degree {
			return false
		}
	}
	return true
}

func largestPart(d diagram.Diagram) int {
	largest := 0
	for _, part := range d.Parts() {
		largest = max(largest, len(part))
	}
	return largest
}

// Options prune; filtering the whole list must give the same.
func TestOptionsFilter(t *testing.T) {
	most := 5
	if testing.Short() {
		most = 4
	}
	for edges := range most + 1 {
		for roots := diagram.Single; roots <= diagram.Bridged; roots++ {
			of := roots
			if roots == diagram.Bridged {
				of = diagram.Two
			}
			whole := collect(edges, diagram.Options{Roots: of})
			for _, o := range optionsFor(roots) {
				want := slices.DeleteFunc(slices.Clone(whole), func(d diagram.Diagram) bool {
					return roots == diagram.Bridged && !d.Bridged() ||
						o.RootDegree > 0 && !rootDegrees(d, o.RootDegree) ||
						o.MaxPart > 0 && largestPart(d) > o.MaxPart ||
						o.Irreducible && !irreducible(d) ||
						o.PathCondition && !pathCondition(d)
				})
				if got := collect(edges, o); !slices.Equal(got, want) {
					t.Errorf("%d edges, %+v: %d diagrams, want %d", edges, o, len(got), len(want))
				}
			}
		}
	}
}

// optionsFor lists combinations of options.
func optionsFor(roots diagram.Roots) []diagram.Options {
	var list []diagram.Options
	for degree := range 4 {
		for largest := range 4 {
			for flags := range 4 {
				list = append(list, diagram.Options{
					Roots: roots, RootDegree: degree, MaxPart: largest,
					Irreducible: flags&1 != 0, PathCondition: flags&2 != 0,
				})
			}
		}
	}
	return list
}

func TestEnumerationMayStop(t *testing.T) {
	seq := must(diagram.Enumerate(5, diagram.Options{Roots: diagram.Two}))
	whole := slices.Collect(seq)
	for _, stop := range []int{1, 2, 100, len(whole)} {
		var got []diagram.Diagram
		for d := range seq {
			if got = append(got, d); len(got) == stop {
				break
			}
		}
		if !slices.Equal(got, whole[:stop]) {
			t.Errorf("stopped after %d: got %v", stop, got)
		}
	}
}

func TestPrunedEnumerationsOfTrees(t *testing.T) {
	for _, test := range []struct {
		edges   int
		options diagram.Options
		want    int
	}{
		// OEIS A000081(11), rooted trees with 11 nodes.
		{10, diagram.Options{MaxPart: 1}, 1842},
		// OEIS A001678(11) and (15), series-reduced planted trees with 11 and 15 nodes.
		{10, diagram.Options{MaxPart: 1, Irreducible: true, RootDegree: 1}, 35},
		{14, diagram.Options{MaxPart: 1, Irreducible: true, RootDegree: 1}, 482},
	} {
		if got := len(collect(test.edges, test.options)); got != test.want {
			t.Errorf("%d edges, %+v: %d, want %d", test.edges, test.options, got, test.want)
		}
	}
}

func TestLargestEnumerationStarts(t *testing.T) {
	for d := range diagram.All(diagram.MaxEdges) {
		if d.Edges() != diagram.MaxEdges || largestPart(d) != diagram.MaxEdges {
			t.Errorf("first of %d edges: %v", diagram.MaxEdges, d)
		}
		break
	}
}

func TestAllOutOfRange(t *testing.T) {
	for _, edges := range []int{-1, diagram.MaxEdges + 1} {
		for d := range diagram.All(edges) {
			t.Fatalf("All(%d) yields %v", edges, d)
		}
	}
}

func TestEnumerateErrors(t *testing.T) {
	for _, test := range []struct {
		edges   int
		options diagram.Options
		cause   error
		text    string
	}{
		{3, diagram.Options{Workers: -1}, diagram.ErrOptions, "no diagram can have -1 workers"},
		{-1, diagram.Options{}, diagram.ErrOptions, "no diagram can have -1 edges"},
		{3, diagram.Options{Roots: 4}, diagram.ErrOptions, "no diagram can have roots of kind 4"},
		{3, diagram.Options{Roots: -1}, diagram.ErrOptions, "no diagram can have roots of kind -1"},
		{3, diagram.Options{RootDegree: -1}, diagram.ErrOptions, "no diagram can have a root of degree -1"},
		{3, diagram.Options{MaxPart: -2}, diagram.ErrOptions, "no diagram can have a largest part of -2 nodes"},
		{36, diagram.Options{}, diagram.ErrTooLarge, "a diagram has at most 36 nodes, too few for 36 edges"},
		{35, diagram.Options{Roots: diagram.Two}, diagram.ErrTooLarge, "a diagram has at most 36 nodes, too few for 35 edges"},
	} {
		seq, err := diagram.Enumerate(test.edges, test.options)
		if seq != nil || !errors.Is(err, test.cause) || fmt.Sprint(err) != test.text {
			t.Errorf("Enumerate(%d, %+v): got error %v, want %q", test.edges, test.options, err, test.text)
		}
	}
}
