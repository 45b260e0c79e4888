package value

import (
	"context"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// A family is a set of diagrams that enter the series of an observable alike.
type family struct {
	options  diagram.Options
	weigh    func(w weigher, d diagram.Diagram) (embed.Count, error)
	negative bool
}

// families lists the families of an observable; no diagram is in two of them.
func (o Observable) families(w weigher) []family {
	degree := 0
	if o.rigid() {
		degree = 1
	}
	of := func(roots diagram.Roots) diagram.Options { return diagram.Options{Roots: roots, RootDegree: degree} }
	moment := w.form == embed.Moment
	switch o.kind {
	case train:
		untied := weigher.count
		if moment {
			untied = weigher.countInRow
		}
		return []family{{of(diagram.Single), untied, false}, {of(diagram.Tied), weigher.count, false}}
	case gap:
		joined := family{of(diagram.Tied), weigher.count, true}
		if moment {
			return []family{{of(diagram.Single), weigher.countInTakenRow, false}, joined}
		}
		return []family{joined}
	case covariance:
		if moment || !w.dynamics.Multiplicative() {
			return []family{{of(diagram.Two), weigher.countConnected, false}}
		}
		return []family{{of(diagram.Bridged), weigher.count, false}}
	}
	return []family{{of(diagram.Single), weigher.count, false}}
}

// visit calls do for the diagrams with so many edges that enter the series of an observable,
// or just the irreducible ones, with |Aut(D)|, until there is an error or the context ends.
func (o Observable) visit(w weigher, edges int, irreducible bool, do func(d diagram.Diagram, aut uint64, f family) error) error {
	for _, f := range o.families(w) {
		f.options.Irreducible = irreducible
		seq, err := diagram.EnumerateAut(w.ctx, edges, f.options)
		if err != nil {
			return err
		}
		for d, aut := range seq {
			if err := w.ctx.Err(); err != nil {
				return err
			}
			if !o.allows(d) {
				continue
			}
			if err := do(d, aut, f); err != nil {
				return err
			}
		}
	}
	return w.ctx.Err()
}

// symbolic is a weigher of formulas: any grid has the same families.
func symbolic(ctx context.Context) weigher {
	return weigher{ctx, embed.NewCounter(embed.Grid{}), embed.Cumulant}
}

// rigid reports whether every root has exactly one child.
func (o Observable) rigid() bool {
	for _, q := range o.roots() {
		if q.kind != weightQuantity {
			return false
		}
	}
	return true
}

// A weigher counts the embeddings of diagrams, in a form.
type weigher struct {
	ctx      context.Context
	dynamics embed.Dynamics
	form     embed.Form
}

// count returns W(D) itself.
func (w weigher) count(d diagram.Diagram) (embed.Count, error) {
	return w.dynamics.Count(w.ctx, d, w.form)
}

// countInRow returns W(D) where the untied root takes, with weight 1/N, any row that
// none of the parts is in.
func (w weigher) countInRow(d diagram.Diagram) (embed.Count, error) {
	return w.countTimes(d, w.dynamics.Rows()-nonRootParts(d))
}

// countInTakenRow returns W(D) where the untied root takes, with weight 1/N, any row
// that one of the parts is in.
func (w weigher) countInTakenRow(d diagram.Diagram) (embed.Count, error) {
	return w.countTimes(d, nonRootParts(d))
}

// countTimes returns W(D) times rows/N.
func (w weigher) countTimes(d diagram.Diagram, rows int64) (embed.Count, error) {
	c, err := w.count(d)
	if err != nil {
		return c, err
	}
	c.Weight.Mul(c.Weight, big.NewRat(rows, w.dynamics.Rows()))
	return c, nil
}

func nonRootParts(d diagram.Diagram) int64 { return int64(d.Partition().NumParts() - d.Roots()) }

// countConnected returns W(D), less, if no part joins the two trees of D, the product of
// theirs: the part of E[ss'] that E[s]E[s'] does not have.
func (w weigher) countConnected(d diagram.Diagram) (embed.Count, error) {
	c, err := w.count(d)
	if err != nil {
		return c, err
	}
	first, second, disjoint := d.Split()
	if !disjoint {
		return c, nil
	}
	a, err := w.count(first)
	if err != nil {
		return c, err
	}
	b, err := w.count(second)
	if err != nil {
		return c, err
	}
	c.Weight.Sub(c.Weight, new(big.Rat).Mul(a.Weight, b.Weight))
	return c, nil
}
