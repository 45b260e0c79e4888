package diagram_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

// unrooted returns a name that two one-rooted diagrams share if and only if some
// permutation of the nodes maps their unrooted trees and their parts onto each other.
func unrooted(d diagram.Diagram) string {
	l := rawOf(d)
	n := len(l.parent)
	least := ""
	for perm := range permutations(n) {
		name := make([]byte, 0, n*n)
		joined := make([][]bool, n)
		for v := range joined {
			joined[v] = make([]bool, n)
		}
		for v, up := range l.parent {
			if up >= 0 {
				joined[perm[v]][perm[up]], joined[perm[up]][perm[v]] = true, true
			}
		}
		part := growth(l.relabel(perm).part)
		name = fmt.Append(name, joined, part)
		if least == "" || string(name) < least {
			least = string(name)
		}
	}
	return least
}

func TestClassIsUnrootedIsomorphism(t *testing.T) {
	most := 4
	if testing.Short() {
		most = 3
	}
	for edges := range most + 1 {
		names := map[diagram.Diagram]string{}
		classes := map[string]diagram.Diagram{}
		for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied} {
			for _, d := range collect(edges, diagram.Options{Roots: roots}) {
				class, name := d.Class(), unrooted(d)
				if e, ok := classes[name]; ok && e != class {
					t.Errorf("%v is in the classes %v and %v", d, e, class)
				}
				if s, ok := names[class]; ok && s != name {
					t.Errorf("%v is not in the class %v", d, class)
				}
				names[class], classes[name] = name, class
				if diagram.Compare(class, d) > 0 {
					t.Errorf("%v comes after its member %v", class, d)
				}
			}
		}
	}
}

// reroot returns d with another root.
func reroot(d diagram.Diagram, root int) diagram.Diagram {
	l := rawOf(d)
	for v, up := root, -1; v >= 0; {
		v, up, l.parent[v] = l.parent[v], v, up
	}
	return l.diagram()
}

func TestClassForgetsTheRoot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawLabelled(t, 20).diagram()
		if d.Roots() == 2 {
			if d.Class() != d {
				t.Fatalf("%v: class %v", d, d.Class())
			}
			return
		}
		e := reroot(d, rapid.IntRange(0, d.Nodes()-1).Draw(t, "root"))
		if d.Class() != e.Class() || d.Class().Class() != d.Class() {
			t.Fatalf("%v and %v: classes %v and %v", d, e, d.Class(), e.Class())
		}
	})
}

// With E = B = 1, nine diagrams of three edges embed, with six values between them.
func TestClassCounts(t *testing.T) {
	embeds := map[diagram.Diagram]bool{}
	count := 0
	for d := range diagram.All(3) {
		if d.Acyclic() {
			count++
			embeds[d.Class()] = true
		}
	}
	if count != 9 || len(embeds) != 6 {
		t.Errorf("%d diagrams embed, with %d values; want 9 and 6", count, len(embeds))
	}
}

// The paper's author recorded one statistic for every class of up to three edges. Where
// his records are at hand, they name 25 classes, and these are all.
func TestClassesAsRecorded(t *testing.T) {
	files, err := filepath.Glob("../../shared/data/*.json")
	if err != nil || len(files) == 0 {
		t.Skip("no recorded statistics")
	}
	classes := map[diagram.Diagram]bool{}
	for _, d := range every(3) {
		if d.Roots() == 1 {
			classes[d.Class()] = true
		}
	}
	for _, file := range files {
		var record struct {
			Statistics map[diagram.Diagram]any
		}
		if err := json.Unmarshal(must(os.ReadFile(file)), &record); err != nil {
			t.Fatal(err)
		}
		recorded := map[diagram.Diagram]bool{}
		for d := range record.Statistics {
			recorded[d.Class()] = true
		}
		if len(recorded) != len(record.Statistics) || len(recorded) != len(classes) {
			t.Errorf("%s: %d statistics of %d classes, want %d", file, len(record.Statistics), len(recorded), len(classes))
		}
	}
}
