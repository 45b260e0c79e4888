package embed

import (
	"math/bits"
	"testing"

	"github.com/perturb-go/perturb/diagram"
)

// Of a bound part, the lowest node above all of its nodes closes it, and it is open at
// the nodes between.
func TestForestOpenAndClosed(t *testing.T) {
	for edges := range 6 {
		for d := range diagram.All(edges) {
			f := newForest(d)
			parent, part := d.Parents(), d.Labels()
			below := func(v, above int) bool {
				for v >= 0 && v != above {
					v = parent[v]
				}
				return v == above
			}
			for v := range f.bound {
				for u := range edges {
					p := f.bound[u]
					if p < 0 {
						continue
					}
					all, some := true, false
					for w := range edges {
						if part[w] == part[u] {
							all = all && below(w, v)
							some = some || below(w, v)
						}
					}
					closes := all
					for _, kid := range f.kids[v] {
						whole := true
						for w := range edges {
							whole = whole && (part[w] != part[u] || below(w, kid))
						}
						closes = closes && !whole
					}
					if got, want := f.open[v]>>p&1 == 1, some && !all; got != want {
						t.Errorf("%v: part %d open at %d: got %v", d, part[u], v, got)
					}
					if got := f.closes[v]>>p&1 == 1; got != closes {
						t.Errorf("%v: part %d closes at %d: got %v", d, part[u], v, got)
					}
				}
			}
		}
	}
}

func TestForestBindsPartsOfSeveralNodes(t *testing.T) {
	for edges := range 6 {
		for d := range diagram.All(edges) {
			f := newForest(d)
			size := map[int]int{}
			for _, p := range d.Labels() {
				size[p]++
			}
			bound := 0
			for _, count := range size {
				if count > 1 {
					bound++
				}
			}
			for v, p := range d.Labels() {
				if (f.bound[v] >= 0) != (size[p] > 1) || f.bound[v] >= bound {
					t.Errorf("%v: node %d has bound part %d of %d", d, v, f.bound[v], bound)
				}
			}
			if f.parts != bound || f.edges() != edges {
				t.Errorf("%v: got %d bound parts and %d edges, want %d and %d", d, f.parts, f.edges(), bound, edges)
			}
		}
	}
}

func TestBare(t *testing.T) {
	for _, test := range []struct{ d, want string }{
		{"(0)()", "(0)()"},
		{"(0-1-2)(01-12)", "(0-1-2)(01-12)"},
		{"(01)(01)", "(0-1)(01)"},              // tied root
		{"(012)(02-12)", "(01-2)(02-12)"},      // tied root and two more nodes
		{"(0-1)()", "(0)()"},                   // two bare roots
		{"(01-2-3)(02-13)", "(01-2)(02-12)"},   // bridged
		{"(0-1-2-3)(01-13)", "(0-1-2)(01-12)"}, // all in the second tree
	} {
		if got := bare(diagram.MustParse(test.d)); got != diagram.MustParse(test.want) || bits.OnesCount64(newForest(got).open[got.Edges()]) != 0 {
			t.Errorf("%s: got %v, want %s", test.d, got, test.want)
		}
	}
}
