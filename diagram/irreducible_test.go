package diagram_test

import (
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

// pathCondition follows the path from every leaf to its root.
func pathCondition(d diagram.Diagram) bool {
	parent, part := d.Parents(), d.Labels()
	for v, kids := range d.Children() {
		if len(kids) > 0 {
			continue
		}
		var met []int
		for ; v >= 0; v = parent[v] {
			if slices.Contains(met, part[v]) {
				return false
			}
			met = append(met, part[v])
		}
	}
	return true
}

// acyclic closes the relation of parts transitively and looks for a part that comes
// after itself.
func acyclic(d diagram.Diagram) bool {
	parent, part := d.Parents(), d.Labels()
	after := make([][]bool, len(part))
	for p := range after {
		after[p] = make([]bool, len(part))
	}
	for v, up := range parent {
		if up >= 0 {
			after[part[v]][part[up]] = true
		}
	}
	for k := range after {
		for i := range after {
			for j := range after {
				after[i][j] = after[i][j] || after[i][k] && after[k][j]
			}
		}
	}
	for p := range after {
		if after[p][p] {
			return false
		}
	}
	return true
}

// links lists the nodes with one child and a parent that are alone in their parts.
func links(d diagram.Diagram) []int {
	var list []int
	kids, parts, labels := d.Children(), d.Parts(), d.Labels()
	for v := range d.Edges() {
		if len(kids[v]) == 1 && len(parts[labels[v]]) == 1 {
			list = append(list, v)
		}
	}
	return list
}

func irreducible(d diagram.Diagram) bool { return len(links(d)) == 0 }

// contract removes one node, whose child becomes its parent's.
func contract(d diagram.Diagram, link int) diagram.Diagram {
	var l labelled
	shift := func(v int) int {
		if v > link {
			return v - 1
		}
		return v
	}
	parent, part := d.Parents(), d.Labels()
	for v, up := range parent {
		if v == link {
			continue
		}
		if up == link {
			up = parent[link]
		}
		l.parent = append(l.parent, shift(up))
		l.part = append(l.part, part[v])
	}
	return l.diagram()
}

func TestConditions(t *testing.T) {
	for _, d := range every(5) {
		if d.PathCondition() != pathCondition(d) {
			t.Errorf("%v: path condition %v", d, d.PathCondition())
		}
		if d.Acyclic() != acyclic(d) {
			t.Errorf("%v: acyclic %v", d, d.Acyclic())
		}
		if d.Acyclic() && !d.PathCondition() {
			t.Errorf("%v is acyclic but fails the path condition", d)
		}
		if d.Irreducible() != irreducible(d) {
			t.Errorf("%v: irreducible %v", d, d.Irreducible())
		}
	}
}

func TestConditionsTable(t *testing.T) {
	for _, test := range []struct {
		text                       string
		path, acyclic, irreducible bool
	}{
		{"(0)()", true, true, true},
		{"(0-1-2)(01-12)", true, true, false},         // GHG: the middle is a Hessian
		{"(01-2)(01-12)", false, false, true},         // a chain tied to itself
		{"(01-2)(02-12)", true, true, true},           // C·H
		{"(0-1-2)(02-12)", true, true, true},          // the root may have degree 2
		{"(0-12)(01-12)", false, false, true},         // a tied root
		{"(0-1-2)(02)", true, true, true},             // two roots, one bare
		{"(02-13-4)(01-14-23-34)", true, true, true},  // two chains in parallel
		{"(03-12-4)(01-14-23-34)", true, false, true}, // two chains crossed: P needs the order of the parts, too
	} {
		d := parse(test.text)
		if d.PathCondition() != test.path || d.Acyclic() != test.acyclic || d.Irreducible() != test.irreducible {
			t.Errorf("%s: path condition %v, acyclic %v, irreducible %v", test.text, d.PathCondition(), d.Acyclic(), d.Irreducible())
		}
	}
}

// Contracting the removable nodes one by one, in any order, gives the irreducible form.
func TestReduced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawLabelled(t, 20).diagram()
		want := d
		for !irreducible(want) {
			want = contract(want, rapid.SampledFrom(links(want)).Draw(t, "link"))
		}
		got := d.Reduced()
		if got != want || !got.Irreducible() || got.Reduced() != got {
			t.Fatalf("%v reduced: %v, want %v", d, got, want)
		}
	})
}

// The path condition and the order of the parts pass to the irreducible form, both ways.
func TestReducedKeepsConditions(t *testing.T) {
	for _, d := range every(5) {
		r := d.Reduced()
		if r.PathCondition() != d.PathCondition() || r.Acyclic() != d.Acyclic() || r.Tied() != d.Tied() || r.Bridged() != d.Bridged() {
			t.Errorf("%v and its form %v differ in a condition", d, r)
		}
		if r.Aut().Cmp(d.Aut()) < 0 {
			t.Errorf("|Aut| of %v is %v, of its form %v only %v", d, d.Aut(), r, r.Aut())
		}
	}
}
