package diagram_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"(0)()", "(0)()"},
		{"(0-1)(01)", "(0-1)(01)"},
		{"(2-10)(12-02)", "(01-2)(02-12)"},
		{"(01-2-3)(02-12-23)", "(01-2-3)(02-12-23)"},
		{"(0-12-3)(03-12-23)", "(01-2-3)(01-13-23)"},
		{"(0-1-2-3)(02-13)", "(0-1-2-3)(02-13)"},
		{"(0-1-2-3)(03-12)", "(0-1-2-3)(02-13)"},
		{"(0-1)()", "(0-1)()"},
		{"(1-0-2)(01)", "(0-1-2)(01)"},
		{"(0-1-2)(02)", "(0-1-2)(02)"},
	} {
		if d, err := diagram.Parse(test.text); err != nil || d.String() != test.want {
			t.Errorf("Parse(%q): got %v, %v, want %s", test.text, d, err, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	const syntax = "expected a diagram such as (01-2)(02-12): "
	const tree = "the edges are not a rooted tree, nor two: "
	const partition = "the parts are not a set partition of the nodes: "
	const large = "a diagram has at most 36 nodes: "
	for _, test := range []struct {
		text   string
		offset int
		cause  error
		reason string
	}{
		{"", 0, diagram.ErrSyntax, syntax + `the text ends where '(' should stand`},
		{"nonsense", 0, diagram.ErrSyntax, syntax + `'n' stands where '(' should`},
		{"(0", 2, diagram.ErrSyntax, syntax + `the text ends where ')' should stand`},
		{"(0)", 3, diagram.ErrSyntax, syntax + `the text ends where '(' should stand`},
		{"(01-2)(02-12", 12, diagram.ErrSyntax, syntax + `the text ends where ')' should stand`},
		{"(01-2)(02-12) ", 13, diagram.ErrSyntax, syntax + `nothing should follow`},
		{" (0)()", 0, diagram.ErrSyntax, syntax + `' ' stands where '(' should`},
		{"(0--1)(01)", 3, diagram.ErrSyntax, syntax + `a label from 0-9a-z should stand here`},
		{"(0-)(01)", 3, diagram.ErrSyntax, syntax + `a label from 0-9a-z should stand here`},
		{"(-0)()", 1, diagram.ErrSyntax, syntax + `a label from 0-9a-z should stand here`},
		{"(0-A)(01)", 3, diagram.ErrSyntax, syntax + `a label from 0-9a-z should stand here`},
		{"(0é)()", 2, diagram.ErrSyntax, syntax + `'Ã' stands where ')' should`},
		{"(0-1)(0)", 6, diagram.ErrSyntax, syntax + `an edge has two labels, child and parent, not 1`},
		{"(0-1-2)(02-012)", 11, diagram.ErrSyntax, syntax + `an edge has two labels, child and parent, not 3`},

		{"()()", 1, diagram.ErrNotPartition, partition + `there is no node`},
		{"(0-00)(01)", 3, diagram.ErrNotPartition, partition + `label 0 stands twice`},
		{"(0-1-1)(01)", 5, diagram.ErrNotPartition, partition + `label 1 stands twice`},
		{"(0-2)(02)", 3, diagram.ErrNotPartition, partition + `label 2 stands among 2 labels, so a lower one is missing`},
		{"(0-1)(02-12)", 6, diagram.ErrNotPartition, partition + `edge 02 leaves the 2 nodes of the parts`},

		{"(0-1)(00)", 6, diagram.ErrNotTree, tree + `edge 00 does not go from a lower label to a higher one`},
		{"(0-1-2)(01-10)", 11, diagram.ErrNotTree, tree + `edge 10 does not go from a lower label to a higher one`},
		{"(0-1-2)(02-01)", 11, diagram.ErrNotTree, tree + `node 0 has two parents`},
		{"(0-1-2)()", 1, diagram.ErrNotTree, tree + `node 0 is one of 3 without a parent`},
		{"(0-1-2)(12)", 1, diagram.ErrNotTree, tree + `node 0 has no parent, but roots have the highest labels`},

		{"(0-12)(02)", 3, diagram.ErrRoot, "a root is tied where it may not be: of two roots, 1 shares its part with 2"},
		{"(0b-1-2-3-4-5-6-7-8-9-a)(0a-1a-2a-3a-4a-5a-6a-7a-8a-9a)", 2, diagram.ErrRoot,
			"a root is tied where it may not be: of two roots, b shares its part with 0"},

		{"(" + strings.Repeat("0", 37) + ")()", 2, diagram.ErrNotPartition, partition + `label 0 stands twice`},
		{strings.Repeat("(0-1)", 36), 179, diagram.ErrTooLarge, large + `this text has 180 bytes`},
		{strings.Repeat("(", 1<<20), 179, diagram.ErrTooLarge, large + `this text has 1048576 bytes`},
		{"(0)()" + strings.Repeat("é", 1<<19), 179, diagram.ErrTooLarge, large + `this text has 1048581 bytes`},
	} {
		d, err := diagram.Parse(test.text)
		checkParseError(t, test.text, d, err, diagram.ParseError{Text: test.text, Offset: test.offset, Err: test.cause}, test.reason)
	}
}

// checkParseError fails the test unless err is as wanted, with a message of modest length.
func checkParseError(t *testing.T, text string, d diagram.Diagram, err error, want diagram.ParseError, reason string) {
	t.Helper()
	var got *diagram.ParseError
	if d != (diagram.Diagram{}) || !errors.As(err, &got) {
		t.Errorf("%.80q: got %v, %v", text, d, err)
		return
	}
	if got.Text != want.Text || got.Offset != want.Offset || !errors.Is(err, want.Err) || got.Err.Error() != reason {
		t.Errorf("%.80q: got offset %d, %q, want offset %d, %q", text, got.Offset, got.Err, want.Offset, reason)
	}
	if message := err.Error(); len(message) > 600 || !strings.HasSuffix(message, reason) {
		t.Errorf("%.80q: message of %d bytes: %.600s", text, len(message), message)
	}
}

func TestParseErrorMessage(t *testing.T) {
	_, err := diagram.Parse("(0-1-2)(02-01)")
	want := `diagram "(0-1-2)(02-01)": offset 11: the edges are not a rooted tree, nor two: node 0 has two parents`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestMustParse(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, diagram.ErrSyntax) {
			t.Errorf("recovered %v, want ErrSyntax", err)
		}
	}()
	diagram.MustParse("(0")
}

// The longest text of a diagram is just accepted.
func TestLongestText(t *testing.T) {
	text := star(35, func(i int) int { return i }).diagram().String()
	if len(text) != 179 {
		t.Errorf("%d bytes, want 179: %s", len(text), text)
	}
	if d, err := diagram.Parse(text); err != nil || d.String() != text {
		t.Errorf("got %v, %v", d, err)
	}
}

// Any labelling that puts children below parents, in any order of parts and edges,
// parses to the diagram.
func TestParseAnyLabelling(t *testing.T) {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	rapid.Check(t, func(t *rapid.T) {
		d := drawLabelled(t, diagram.MaxNodes).diagram()
		perm := risingLabels(t, d)
		var parts, edges []string
		for _, part := range d.Parts() {
			text := ""
			for _, v := range part {
				text += digits[perm[v] : perm[v]+1]
			}
			parts = append(parts, text)
		}
		for v, up := range d.Parents() {
			if up >= 0 {
				edges = append(edges, digits[perm[v]:perm[v]+1]+digits[perm[up]:perm[up]+1])
			}
		}
		parts = rapid.Permutation(parts).Draw(t, "parts")
		if len(edges) > 0 {
			edges = rapid.Permutation(edges).Draw(t, "edges")
		}
		text := "(" + strings.Join(parts, "-") + ")(" + strings.Join(edges, "-") + ")"
		if got, err := diagram.Parse(text); err != nil || got != d {
			t.Fatalf("Parse(%q): got %v, %v, want %v", text, got, err, d)
		}
	})
}

// risingLabels draws a labelling in which children come before parents and roots last.
func risingLabels(t *rapid.T, d diagram.Diagram) []int {
	perm := ids(d.Nodes())
	parent, free := d.Parents(), d.Children()
	waiting := make([]int, d.Nodes()) // children without a label
	var ready []int
	for v, kids := range free {
		waiting[v] = len(kids)
		if len(kids) == 0 && parent[v] >= 0 {
			ready = append(ready, v)
		}
	}
	for label := range d.Edges() {
		i := rapid.IntRange(0, len(ready)-1).Draw(t, "next")
		v := ready[i]
		ready = slices.Delete(ready, i, i+1)
		perm[v] = label
		if up := parent[v]; up < d.Edges() {
			if waiting[up]--; waiting[up] == 0 {
				ready = append(ready, up)
			}
		}
	}
	return perm
}

func TestMarshal(t *testing.T) {
	type record struct {
		Zero   diagram.Diagram
		Cherry diagram.Diagram
		Value  map[diagram.Diagram]int
	}
	want := record{
		Cherry: parse("(01-2)(02-12)"),
		Value:  map[diagram.Diagram]int{{}: 1, parse("(01-2-3)(02-13)"): 2},
	}
	text, err := json.Marshal(want)
	if wantText := `{"Zero":"(0)()","Cherry":"(01-2)(02-12)","Value":{"(0)()":1,"(01-2-3)(02-13)":2}}`; err != nil || string(text) != wantText {
		t.Errorf("got %s, %v, want %s", text, err, wantText)
	}
	var got record
	if err := json.Unmarshal(text, &got); err != nil || got.Cherry != want.Cherry || got.Zero != want.Zero ||
		len(got.Value) != 2 || got.Value[diagram.Diagram{}] != 1 || got.Value[parse("(01-2-3)(02-13)")] != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestUnmarshalErrorLeavesTheDiagram(t *testing.T) {
	d := parse("(01-2)(02-12)")
	if err := d.UnmarshalText([]byte("(01-2)(02-11)")); !errors.Is(err, diagram.ErrNotTree) || d != parse("(01-2)(02-12)") {
		t.Errorf("got %v, %v", d, err)
	}
	var keys map[diagram.Diagram]int
	if err := json.Unmarshal([]byte(`{"(0)":1}`), &keys); !errors.Is(err, diagram.ErrSyntax) {
		t.Errorf("bad key: got error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, d := range every(2) {
		f.Add(d.String())
	}
	for _, text := range []string{"", "(", "()()", "(2-10)(12-02)", "(0-1-2)(01-10)", "(01-23)(02-13)", "(é)()", "(zz)(zz)",
		star(35, func(i int) int { return i }).diagram().String()} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := diagram.Parse(text)
		if err != nil {
			var at *diagram.ParseError
			if !errors.As(err, &at) || at.Offset < 0 || at.Offset > len(text) || d != (diagram.Diagram{}) {
				t.Fatalf("%q: got %v, %v", text, d, err)
			}
			return
		}
		printed := d.String()
		again, err := diagram.Parse(printed)
		if err != nil || again != d || again.String() != printed {
			t.Fatalf("%q prints as %q, which parses as %v, %v", text, printed, again, err)
		}
		if e, err := diagram.New(d.Parents(), d.Labels()); err != nil || e != d {
			t.Fatalf("%q: made anew as %v, %v", text, e, err)
		}
	})
}
