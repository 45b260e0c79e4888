package embed

import (
	"math"
	"math/bits"

	"github.com/perturb-go/perturb/diagram"
)

// A plan says how to sum over the maps of a diagram into any grid. Let f_v(t) be the sum over
// the maps of the subtree of v that put v into column t, as a function of the rows of the
// parts open at v; and F_v(t) = Σ_{s<t} f_v(s). Then f_v(t) = w(t) Π_c F_c(t) over the
// children c of v, where w is the weight of v's row, or the column sum if v's part is free;
// and where a part closes, its row is summed over. Rows are summed over by loops around the
// smallest product that depends on them.
//
// Children that share no open part with others, and so depend on no row, are diagrams by
// themselves: many diagrams share them.
type plan struct {
	terms int   // the number of terms, by which they are numbered
	parts int   // the number of bound parts
	top   *term // F of all children of the root
}

// A term is a function of time in a plan: a sum of F's, or of their products.
type term struct {
	kind   termKind
	number int
	open   uint64 // the parts on whose rows it depends
	part   int    // of ofRow, ofPart and overRows
	// Of a closed term, the other diagram. Of ofRow and ofColumn with one open part, the
	// subtree below a root in that part; of ofPart where nothing else is open, the inner factors
	// below such a root.
	whole  diagram.Diagram
	shared bool    // whether whole is set, and many diagrams may have the term
	inner  []*term // factors: those that are in the loop over the part, if there is one
	outer  []*term // of ofPart: the other factors
	atEnd  bool    // whether only its value after the last column is wanted
}

// rowShared reports whether many diagrams may have the term, for the row of its open part.
func (t *term) rowShared() bool { return t.shared && t.kind != ofPart }

type termKind int

const (
	closed   termKind = iota // F of the root's children in another diagram
	ofRow                    // Σ_{s<t} w(s) Π inner(s), for a node of an open part
	ofColumn                 // the same for a node of a free part
	ofPart                   // Σ_{s<t} (Σ_rows w(s) Π inner(s)) Π outer(s), for a node whose part closes at it
	overRows                 // Σ_rows Π inner(t)
)

// newPlan plans for the children of the root of an untied diagram, which parts must connect.
func newPlan(d diagram.Diagram, atEnd bool) *plan {
	p := planner{forest: newForest(d), d: d, atEnd: atEnd, plan: &plan{}}
	root := p.edges()
	p.plan.parts = p.parts
	p.plan.top = p.connected(root, p.factors(root), p.closes[root])
	return p.plan
}

type planner struct {
	*forest
	d     diagram.Diagram
	atEnd bool
	plan  *plan
}

func (p *planner) add(t term) *term {
	t.number = p.plan.terms
	p.plan.terms++
	return &t
}

// child returns F of a node.
func (p *planner) child(v int) *term {
	own, open := p.bound[v], p.open[v]
	switch {
	case own < 0:
		return p.share(term{kind: ofColumn, open: open, inner: p.product(v, p.factors(v), p.closes[v])}, open, factor{v, open})
	case p.closes[v]>>own&1 == 0:
		return p.share(term{kind: ofRow, open: open, part: own, inner: p.product(v, p.factors(v), p.closes[v])}, open, factor{v, open})
	}
	// Loop over the row of v's own part, around the factors that depend on it.
	joined, others := split(p.factors(v), p.closes[v], 1<<own)
	return p.share(term{
		kind: ofPart, open: open, part: own,
		inner: p.product(v, joined, p.closes[v]&^(1<<own)), outer: p.product(v, others, p.closes[v]),
	}, openAt(joined)&^p.closes[v]|1<<own, joined...)
}

// share adds a term that consists of some subtrees, and which many diagrams may have if it
// depends on the row of one part.
func (p *planner) share(t term, open uint64, of ...factor) *term {
	if bits.OnesCount64(open) == 1 {
		t.shared = true
		t.whole = part(p.d, of, p.partOf[bits.TrailingZeros64(open)])
	}
	return p.add(t)
}

// product returns the factors at v, summed over closing parts.
func (p *planner) product(v int, factors []factor, closing uint64) []*term {
	var list []*term
	for len(factors) > 0 {
		var joined []factor
		joined, factors = split(factors[1:], closing, factors[0].open, factors[0])
		if openAt(joined)&^closing == 0 {
			whole := part(p.d, joined, -1)
			list = append(list, p.add(term{kind: closed, whole: whole}))
			continue
		}
		list = append(list, p.connected(v, joined, closing))
	}
	return list
}

// connected returns the product of factors that closing parts join, summed over those
// parts' rows: by a loop over the rows of one, which leaves a product to take apart anew.
func (p *planner) connected(v int, factors []factor, closing uint64) *term {
	shared := firstShared(factors, closing)
	if shared < 0 { // a single factor
		return p.child(factors[0].child)
	}
	return p.add(term{
		kind: overRows, open: openAt(factors) &^ closing, part: shared,
		inner: p.product(v, factors, closing&^(1<<shared)), atEnd: p.atEnd && v == p.edges(),
	})
}

// openAt returns the parts that are open at any of the factors.
func openAt(factors []factor) (open uint64) {
	for _, f := range factors {
		open |= f.open
	}
	return open
}

// part returns the diagram of the subtrees of some children, on a root of their own that is in
// the given part, or in none.
func part(d diagram.Diagram, children []factor, rootPart int) diagram.Diagram {
	parents, labels := d.Parents(), d.Labels()
	index := make([]int, len(parents))
	parent, label := []int{-1}, []int{rootPart}
	for _, c := range children {
		index[c.child] = 1
	}
	for v := len(parents) - 1; v >= 0; v-- {
		if index[v] == 0 && (parents[v] < 0 || index[parents[v]] == 0) {
			continue
		}
		up := 0
		if index[v] == 0 {
			up = index[parents[v]] - 1
		}
		parent, label = append(parent, up), append(label, labels[v])
		index[v] = len(parent)
	}
	whole, err := diagram.New(parent, label)
	if err != nil {
		panic("embed: a part of a diagram is no diagram: " + err.Error())
	}
	return whole
}

// groups returns the diagrams that the children of an untied diagram's root fall into, if
// those that share a part stay together. The number of maps of the whole is the product.
func groups(d diagram.Diagram) []diagram.Diagram {
	f := newForest(d)
	root := f.edges()
	var list []diagram.Diagram
	for left := f.factors(root); len(left) > 0; {
		var joined []factor
		joined, left = split(left[1:], f.closes[root], left[0].open, left[0])
		if len(left) == 0 && len(list) == 0 {
			return []diagram.Diagram{d}
		}
		whole := part(d, joined, -1)
		list = append(list, whole)
	}
	return list
}

// work estimates the operations of a plan on a grid that has this many rows, columns and
// cells, and the numbers that it holds at once, as if nothing were kept: it walks through the
// loops without running them.
func (p *plan) work(rows, columns, cells int) (operations, numbers float64) {
	e := estimate{rows: float64(rows), columns: float64(columns), perRow: float64(cells) / float64(max(1, rows))}
	e.add(p.top, nil)
	return e.total, e.vectors * e.columns
}

type estimate struct {
	rows, columns, perRow float64
	total                 float64
	vectors               float64 // that are held at once
}

// A size is that of the basis of a curve, or of a product of them.
type size struct {
	sum, product float64 // of the numbers of vectors of each factor
	rows         uint64  // the parts on whose rows the vectors depend
}

// times returns how often the rows of the given parts change in loops, and the loops that
// they depend on: all but the innermost that are of other parts.
func (e *estimate) times(parts uint64, loops []int) (times float64, within []int) {
	depth := 0
	for i, part := range loops {
		if parts>>part&1 == 1 {
			depth = i + 1
		}
	}
	return math.Pow(e.rows, float64(depth)), loops[:depth:depth]
}

// add adds the work of a term within loops over the rows of the given parts, and returns the
// size of its curve. It is computed anew when the rows of its innermost loop change.
func (e *estimate) add(t *term, loops []int) size {
	times, loops := e.times(t.open, loops)
	steps := e.perRow * float64(bits.OnesCount64(t.open))
	vector := size{sum: 1, product: 1, rows: t.open}
	switch t.kind {
	case ofRow:
		inner := e.all(t.inner, loops)
		e.total += times * (1 + e.perRow*(1+inner.sum))
		return size{sum: 1, product: 1}
	case ofColumn:
		inner := e.all(t.inner, loops)
		changes, _ := e.times(inner.rows, loops)
		e.total += times*(1+steps*2*inner.product) + changes*e.columns*2*inner.product
		e.vectors += 2 * inner.product // the product's, and their sums over columns
		if t.open != 0 {
			return size{sum: 1 + inner.product, product: 1 + inner.product, rows: inner.rows}
		}
	case ofPart:
		inner := e.all(t.inner, append(loops, t.part))
		outer := e.all(t.outer, loops)
		e.total += times * (e.rows*(1+e.perRow*(1+inner.sum)) + e.columns*(1+outer.sum))
	case overRows:
		inner := e.all(t.inner, append(loops, t.part))
		if t.atEnd {
			e.total += times * e.rows * (1 + inner.sum)
			break
		}
		most := max(inner.sum, inner.product)
		changes, _ := e.times(inner.rows, append(loops, t.part))
		e.total += times*(e.rows*(1+(e.perRow+steps)*most)+e.columns*2*inner.product) + changes*e.columns*inner.product
		e.vectors += 2 * inner.product
	case closed:
		e.total += e.columns
		e.add(newPlan(t.whole, false).top, nil)
	}
	return vector
}

// all adds the work of factors.
func (e *estimate) all(terms []*term, loops []int) size {
	s := size{product: 1}
	for _, t := range terms {
		of := e.add(t, loops)
		s.sum += of.sum
		s.product *= of.product
		s.rows |= of.rows
	}
	return s
}
