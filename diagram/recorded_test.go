package diagram_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

func TestParseRecorded(t *testing.T) {
	for _, test := range []struct{ text, class string }{
		{"()(0)", "(0)()"},
		{"(01)(0-1)", "(0-1)(01)"},
		{"(01)(01)", "(01)(01)"},
		// GHG: a chain of two edges, root at one end.
		{"(01-02)(0-1-2)", "(0-1-2)(01-12)"},
		{"(01-12)(0-1-2)", "(0-1-2)(01-12)"},
		// C·H: the ends of the chain tied, so only the middle may be an untied root.
		{"(01-02)(0-12)", "(02-1)(01-12)"},
		{"(02-12)(01-2)", "(02-1)(01-12)"},
		// An end tied to the middle.
		{"(01-02)(01-2)", "(01-2)(01-12)"},
	} {
		if got, err := diagram.ParseRecorded(test.text); err != nil || got != parse(test.class) || got.Class() != got {
			t.Errorf("ParseRecorded(%q): got %v, %v, want %s", test.text, got, err, test.class)
		}
	}
}

// Every edge may be written either way, edges and parts in any order, and any node may
// have any label.
func TestRecordedOrientation(t *testing.T) {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	rapid.Check(t, func(t *rapid.T) {
		l := drawLabelled(t, 12)
		if len(l.roots()) == 2 {
			t.Skip("only one root")
		}
		var edges, parts []string
		for v, up := range l.parent {
			if up < 0 {
				continue
			}
			if rapid.Bool().Draw(t, "upwards") {
				v, up = up, v
			}
			edges = append(edges, digits[v:v+1]+digits[up:up+1])
		}
		names := map[int]int{}
		for v, p := range l.part {
			i, ok := names[p]
			if !ok {
				i = len(parts)
				names[p] = i
				parts = append(parts, "")
			}
			parts[i] += digits[v : v+1]
		}
		slices.Reverse(parts)
		text := "(" + strings.Join(edges, "-") + ")(" + strings.Join(parts, "-") + ")"
		if got, err := diagram.ParseRecorded(text); err != nil || got != l.diagram().Class() {
			t.Fatalf("ParseRecorded(%q): got %v, %v, want %v", text, got, err, l.diagram().Class())
		}
	})
}

func TestParseRecordedErrors(t *testing.T) {
	const syntax = "expected a diagram such as (01-2)(02-12): "
	const tree = "the edges are not a rooted tree, nor two: "
	const partition = "the parts are not a set partition of the nodes: "
	for _, test := range []struct {
		text   string
		offset int
		cause  error
		reason string
	}{
		{"", 0, diagram.ErrSyntax, syntax + `the text ends where '(' should stand`},
		{"()()", 3, diagram.ErrNotPartition, partition + `there is no node`},
		{"(01)(0-1-2)", 0, diagram.ErrNotTree, tree + `a tree on 3 nodes has 2 edges, not 1`},
		{"(00)(0)", 0, diagram.ErrNotTree, tree + `a tree on 1 nodes has 0 edges, not 1`},
		{"(01-10)(0-1-2)", 12, diagram.ErrNotTree, tree + `no path joins nodes 0 and 2`},
		{"(01-23-23)(01-23)", 14, diagram.ErrNotTree, tree + `no path joins nodes 0 and 2`},
		{"(01-02)(0-1)", 4, diagram.ErrNotPartition, partition + `edge 02 leaves the 2 nodes of the parts`},
		{"(01-02)(0-1-1)", 12, diagram.ErrNotPartition, partition + `label 1 stands twice`},
		{"(01-2)(0-1-2)", 4, diagram.ErrSyntax, syntax + `an edge has two labels, not 1`},
		{"(01)(0-1)(", 9, diagram.ErrSyntax, syntax + `nothing should follow`},
	} {
		d, err := diagram.ParseRecorded(test.text)
		checkParseError(t, test.text, d, err, diagram.ParseError{Text: test.text, Offset: test.offset, Err: test.cause}, test.reason)
	}
}

func FuzzParseRecorded(f *testing.F) {
	for _, text := range []string{"()(0)", "(01)(0-1)", "(01-02)(0-12)", "(10-12)(02-1)", "", "(00)(0)", "(01-10)(0-1-2)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := diagram.ParseRecorded(text)
		if err != nil {
			var at *diagram.ParseError
			if !errors.As(err, &at) || at.Offset < 0 || at.Offset > len(text) || d != (diagram.Diagram{}) {
				t.Fatalf("%q: got %v, %v", text, d, err)
			}
			return
		}
		printed := d.String() // (parts)(edges); recorded the other way round
		parts, edges, _ := strings.Cut(printed, ")(")
		recorded := "(" + edges + "(" + parts[1:] + ")"
		if e, err := diagram.ParseRecorded(recorded); err != nil || e != d || d.Class() != d {
			t.Fatalf("%q is %v, which is recorded as %q: %v, %v", text, d, recorded, e, err)
		}
	})
}
