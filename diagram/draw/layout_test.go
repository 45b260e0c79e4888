package draw

import (
	"math"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
)

// every lists the diagrams with up to so many edges, of one root or two, tied or not.
func every(t *testing.T, edges int) []diagram.Diagram {
	t.Helper()
	var list []diagram.Diagram
	for n := range edges + 1 {
		for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied, diagram.Two} {
			seq, err := diagram.Enumerate(n, diagram.Options{Roots: roots})
			if err != nil {
				t.Fatal(err)
			}
			list = slices.AppendSeq(list, seq)
		}
	}
	return list
}

// large lists diagrams of 36 nodes: stars, a chain and a binary tree, with many parts.
func large(t *testing.T) []diagram.Diagram {
	t.Helper()
	var list []diagram.Diagram
	for _, parts := range []int{1, 2, 12, 17, 35} {
		for _, up := range []func(v int) int{
			func(int) int { return 0 },
			func(v int) int { return v - 1 },
			func(v int) int { return (v - 1) / 2 },
		} {
			parent, part := []int{-1}, []int{-1}
			for v := 1; v < diagram.MaxNodes; v++ {
				parent = append(parent, up(v))
				part = append(part, 7*v%parts)
			}
			d, err := diagram.New(parent, part)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, d)
		}
	}
	return list
}

func TestLayoutPlacesNodes(t *testing.T) {
	for _, d := range append(every(t, 4), large(t)...) {
		l := newLayout(d)
		parent := d.Parents()
		for v, p := range l.nodes {
			if p.x < margin-1e-9 || p.y < margin-1e-9 || p.x > l.size.x-margin+1e-9 || p.y > l.size.y-margin+1e-9 {
				t.Errorf("%v: node %d at %v outside %v", d, v, p, l.size)
			}
			if up := parent[v]; up >= 0 && math.Abs(l.nodes[up].x-p.x-1) > 1e-9 {
				t.Errorf("%v: node %d at %v, its parent at %v", d, v, p, l.nodes[up])
			}
			for w, q := range l.nodes[:v] {
				if p.distance(q) < rowHeight-1e-9 && p.x == q.x {
					t.Errorf("%v: nodes %d and %d at %v and %v", d, v, w, p, q)
				}
			}
		}
	}
}

// A band joins the nodes of its part and, in small diagrams, covers no other node.
func TestBands(t *testing.T) {
	for _, d := range every(t, 4) {
		l := newLayout(d)
		i := 0
		for _, part := range d.Parts() {
			if len(part) == 1 {
				continue
			}
			if len(l.bands[i]) != len(part)-1 {
				t.Errorf("%v: %d curves join %d nodes", d, len(l.bands[i]), len(part))
			}
			for _, c := range l.bands[i] {
				checkClear(t, d, l, c, part)
			}
			i++
		}
		if i != len(l.bands) {
			t.Errorf("%v: %d bands", d, len(l.bands))
		}
	}
}

func checkClear(t *testing.T, d diagram.Diagram, l *layout, c curve, part []int) {
	t.Helper()
	for v, node := range l.nodes {
		if slices.Contains(part, v) {
			continue
		}
		for _, p := range c.samples() {
			if p.distance(node) < bandWidth/2+dotRadius {
				t.Errorf("%v: the band of %v touches node %d", d, part, v)
				return
			}
		}
	}
}
