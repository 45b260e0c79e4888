package diagram_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

func TestNew(t *testing.T) {
	for _, test := range []struct {
		parent, part []int
		want         string
	}{
		{[]int{-1}, []int{math.MinInt}, "(0)()"},
		{[]int{-1, 0}, []int{7, 7}, "(01)(01)"},
		{[]int{1, -1, 1}, []int{4, 9, 4}, "(01-2)(02-12)"},
		{[]int{1, -1, 0}, []int{2, 1, 3}, "(0-1-2)(01-12)"},
		// The mixed tree: a chain of two edges and a leaf. The chain comes first.
		{[]int{2, 2, -1, 0}, []int{math.MaxInt, -1, 0, -1}, "(02-1-3)(01-13-23)"},
		// Two roots, the first with the leaf.
		{[]int{1, -1, -1}, []int{0, 1, 2}, "(0-1-2)(01)"},
		{[]int{2, -1, -1}, []int{0, 1, 2}, "(0-1-2)(02)"},
		{[]int{-1, -1}, []int{5, 6}, "(0-1)()"},
	} {
		d, err := diagram.New(test.parent, test.part)
		if err != nil || d.String() != test.want {
			t.Errorf("New(%v, %v): got %v, %v, want %v", test.parent, test.part, d, err, test.want)
		}
	}
}

func TestNewLimits(t *testing.T) {
	chain := func(n int) []int {
		parent := ids(n)
		for v := range parent {
			parent[v]--
		}
		return parent
	}
	if d, err := diagram.New(chain(diagram.MaxNodes), ids(diagram.MaxNodes)); err != nil || d.Edges() != diagram.MaxEdges {
		t.Errorf("chain of %d nodes: got %d edges, %v", diagram.MaxNodes, d.Edges(), err)
	}
	if _, err := diagram.New(chain(diagram.MaxNodes+1), ids(diagram.MaxNodes+1)); !errors.Is(err, diagram.ErrTooLarge) {
		t.Errorf("chain of %d nodes: got error %v", diagram.MaxNodes+1, err)
	}
}

func TestNewErrors(t *testing.T) {
	for _, test := range []struct {
		parent, part []int
		cause        error
		text         string
	}{
		{nil, nil, diagram.ErrNotTree, "the edges are not a rooted tree, nor two: 0 of 0 nodes are roots"},
		{[]int{1, 0}, []int{0, 1}, diagram.ErrNotTree, "the edges are not a rooted tree, nor two: 0 of 2 nodes are roots"},
		{[]int{-1, -1, -1}, []int{0, 1, 2}, diagram.ErrNotTree, "the edges are not a rooted tree, nor two: 3 of 3 nodes are roots"},
		{[]int{-1, 1}, []int{0, 1}, diagram.ErrNotTree, "the edges are not a rooted tree, nor two: node 1 lies on or below a cycle"},
		{[]int{-1, 2, 3, 2}, []int{0, 1, 2, 3}, diagram.ErrNotTree, "the edges are not a rooted tree, nor two: node 1 lies on or below a cycle"},
		{[]int{-1, 2}, []int{0, 1}, diagram.ErrNotTree, "the edges are not a rooted tree, nor two: node 1 has parent 2, which is no node"},
		{[]int{-2, -1}, []int{0, 1}, diagram.ErrNotTree, "the edges are not a rooted tree, nor two: node 0 has parent -2, which is no node"},
		{[]int{-1, 0}, []int{0}, diagram.ErrNotPartition, "the parts are not a set partition of the nodes: 2 nodes, but parts for 1"},
		{[]int{-1, -1, 1}, []int{0, 1, 1}, diagram.ErrRoot, "a root is tied where it may not be: of two roots, 1 shares its part with 2"},
		{[]int{-1, -1}, []int{3, 3}, diagram.ErrRoot, "a root is tied where it may not be: of two roots, 0 shares its part with 1"},
	} {
		d, err := diagram.New(test.parent, test.part)
		if d != (diagram.Diagram{}) || !errors.Is(err, test.cause) || err.Error() != test.text {
			t.Errorf("New(%v, %v): got %v, %v, want %q", test.parent, test.part, d, err, test.text)
		}
	}
}

func TestZero(t *testing.T) {
	var zero diagram.Diagram
	if got := must(diagram.New([]int{-1}, []int{3})); got != zero || parse("(0)()") != zero {
		t.Errorf("the bare root is not the zero Diagram: %#v", got)
	}
	if zero.Nodes() != 1 || zero.Roots() != 1 || zero.Edges() != 0 || zero.Tied() || zero.Bridged() {
		t.Errorf("nodes %d, roots %d, edges %d", zero.Nodes(), zero.Roots(), zero.Edges())
	}
	if !slices.Equal(zero.Parents(), []int{-1}) || !slices.Equal(zero.Labels(), []int{0}) || !slices.Equal(zero.Degrees(), []int{0}) {
		t.Errorf("parents %v, labels %v, degrees %v", zero.Parents(), zero.Labels(), zero.Degrees())
	}
	if zero.Aut().Int64() != 1 || zero.Class() != zero || zero.Reduced() != zero || zero.Orderings().Int64() != 1 {
		t.Error("the bare root is not its own class, form or order")
	}
}

func TestAccessors(t *testing.T) {
	d := parse("(013-2-4-5)(02-12-25-35-45)")
	if got, want := d.Parents(), []int{2, 2, 5, 5, 5, -1}; !slices.Equal(got, want) {
		t.Errorf("parents %v, want %v", got, want)
	}
	if got, want := d.Labels(), []int{0, 0, 1, 0, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("labels %v, want %v", got, want)
	}
	if got, want := d.Degrees(), []int{1, 1, 3, 1, 1, 3}; !slices.Equal(got, want) {
		t.Errorf("degrees %v, want %v", got, want)
	}
	if got, want := d.Parts(), [][]int{{0, 1, 3}, {2}, {4}, {5}}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("parts %v, want %v", got, want)
	}
	if got, want := d.Children(), [][]int{{}, {}, {0, 1}, {}, {}, {2, 3, 4}}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("children %v, want %v", got, want)
	}
	if got, want := d.Partition().String(), "013-2-4-5"; got != want {
		t.Errorf("partition %v, want %v", got, want)
	}
	d.Parents()[0], d.Labels()[0] = 4, 4
	if d != parse("(013-2-4-5)(02-12-25-35-45)") || d.Parents()[0] != 2 || d.Labels()[0] != 0 {
		t.Error("a caller's slice changed the diagram")
	}
}

func TestTiedAndBridged(t *testing.T) {
	for _, test := range []struct {
		text          string
		tied, bridged bool
	}{
		{"(01)(01)", true, false},
		{"(0-1)(01)", false, false},
		{"(01-2)(02-12)", false, false},
		{"(0-12)(02-12)", true, false},
		{"(0-1-2-3)(02-13)", false, false},
		{"(01-2-3)(02-13)", false, true},
		{"(01-2-3)(02-12)", false, false},
		{"(02-1-3-4)(03-13-24)", false, true},
	} {
		d := parse(test.text)
		if d.Tied() != test.tied || d.Bridged() != test.bridged {
			t.Errorf("%v: tied %v, bridged %v", d, d.Tied(), d.Bridged())
		}
	}
}

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		text, first, second string
		disjoint            bool
	}{
		{"(01-2)(02-12)", "(01-2)(02-12)", "(0)()", true},
		{"(0-1)()", "(0)()", "(0)()", true},
		{"(01-2-3)(02-13)", "(0-1)(01)", "(0-1)(01)", false},
		{"(0-12-3-4)(03-13-24)", "(0-1-2)(02-12)", "(0-1)(01)", false},
		{"(0-1-2-3-4)(03-13-24)", "(0-1-2)(02-12)", "(0-1)(01)", true},
		{"(0-12-3-4)(03-14-24)", "(0-1)(01)", "(01-2)(02-12)", true},
	} {
		first, second, disjoint := parse(test.text).Split()
		if first != parse(test.first) || second != parse(test.second) || disjoint != test.disjoint {
			t.Errorf("%s: got %v, %v, %v", test.text, first, second, disjoint)
		}
	}
}

// A disjoint union is known by its trees.
func TestSplitIsInjectiveOnDisjointUnions(t *testing.T) {
	seen := map[[2]diagram.Diagram]diagram.Diagram{}
	for _, d := range collect(4, diagram.Options{Roots: diagram.Two}) {
		first, second, disjoint := d.Split()
		if !disjoint {
			continue
		}
		if first.Edges()+second.Edges() != 4 || first.Tied() || second.Tied() {
			t.Errorf("%v: trees %v and %v", d, first, second)
		}
		pair := [2]diagram.Diagram{first, second}
		if other, ok := seen[pair]; ok {
			t.Errorf("%v and %v have equal trees", d, other)
		}
		seen[pair] = d
	}
	// Σ n_i n_(4−i) for n = 1, 1, 4, 17, 101.
	if want := 101 + 17 + 4*4 + 17 + 101; len(seen) != want {
		t.Errorf("%d disjoint unions, want %d", len(seen), want)
	}
}

func TestMerge(t *testing.T) {
	for _, test := range []struct {
		text  string
		label []int
		want  string
	}{
		{"(0-1-2)(02-12)", []int{5, -5, 0}, "(0-1-2)(02-12)"},
		{"(0-1-2)(02-12)", []int{1, 1, 0}, "(01-2)(02-12)"},
		{"(0-1-2)(02-12)", []int{1, 0, 1}, "(0-12)(02-12)"},
		{"(01-2-3)(02-12-23)", []int{3, 3, 3}, "(0123)(02-12-23)"},
		{"(0-1-2-3)(02-13)", []int{1, 1, 2, 3}, "(01-2-3)(02-13)"},
	} {
		if got, err := parse(test.text).Merge(test.label); err != nil || got != parse(test.want) {
			t.Errorf("%s merged by %v: got %v, %v, want %s", test.text, test.label, got, err, test.want)
		}
	}
}

func TestMergeErrors(t *testing.T) {
	if _, err := parse("(01-2)(02-12)").Merge([]int{1, 2, 3}); !errors.Is(err, diagram.ErrNotPartition) {
		t.Errorf("three labels for two parts: got error %v", err)
	}
	if _, err := parse("(0-1-2)(01)").Merge([]int{1, 0, 1}); !errors.Is(err, diagram.ErrRoot) {
		t.Errorf("the second root joins a part: got error %v", err)
	}
}

func TestMergeIsNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawLabelled(t, 12).diagram()
		label := rapid.SliceOfN(rapid.IntRange(0, 3), len(d.Parts()), len(d.Parts())).Draw(t, "label")
		part := d.Labels()
		for v, p := range part {
			part[v] = label[p]
		}
		want, wantErr := diagram.New(d.Parents(), part)
		got, err := d.Merge(label)
		if got != want || (err == nil) != (wantErr == nil) {
			t.Fatalf("%v merged by %v: got %v, %v, want %v, %v", d, label, got, err, want, wantErr)
		}
	})
}

func TestCompareIsAnOrder(t *testing.T) {
	list := every(3)
	for _, a := range list {
		for _, b := range list {
			order := diagram.Compare(a, b)
			if order != -diagram.Compare(b, a) || (order == 0) != (a == b) {
				t.Fatalf("Compare(%v, %v) = %d, reversed %d", a, b, order, diagram.Compare(b, a))
			}
		}
	}
	slices.SortFunc(list, diagram.Compare)
	for i, a := range list {
		for _, b := range list[i+1:] {
			if diagram.Compare(a, b) >= 0 {
				t.Fatalf("Compare(%v, %v) ≥ 0 after sorting", a, b)
			}
		}
	}
}
