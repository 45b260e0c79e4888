package embed

import (
	"context"
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

// Counted numbers are machine words that count what is done with them.
type counted struct{ operations *float64 }

func (c counted) add(a, b int64) int64 { *c.operations++; return a + b }
func (c counted) mul(a, b int64) int64 { *c.operations++; return a * b }
func (counted) isZero(a int64) bool    { return a == 0 }

// The estimate must not be far below the truth, or hopeless work would start, nor far
// above it for parts that are not nested, or feasible work would be refused.
func TestWorkEstimatesOperations(t *testing.T) {
	var cells []Cell
	const rows, columns = 12, 20
	for at := range int64(rows * columns) {
		if at*at%7 < 2 {
			cells = append(cells, Cell{N: at % rows, T: at / rows})
		}
	}
	for edges := 1; edges < 6; edges++ {
		for d := range diagram.All(edges) {
			f := newForest(d)
			var operations float64
			numbers := counted{&operations}
			table := newTable(numbers, cells, func(int) int64 { return 1 })
			operations = 0
			p := &passing[int64, counted]{forest: f, table: table, numbers: numbers, one: 1, minusOne: -1, ctx: context.Background()}
			if _, _, err := p.total(); err != nil {
				t.Fatal(err)
			}
			work := f.work(len(table.rows), table.columns, len(cells))
			if operations > 6*work || f.parts < 2 && work > 40*(operations+rows) {
				t.Errorf("%v: %.0f operations, estimated as %.0f", d, operations, work)
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
