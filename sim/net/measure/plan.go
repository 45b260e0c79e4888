package measure

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
)

// A plan is how to estimate the diagrams of a specification.
type plan struct {
	Spec
	roles      int // batches in a block, at least one
	estimators []estimator
	// combination[i] are the coefficients of the estimators in the value of Diagrams[i].
	combination []map[int]float64
	means       *means // nil unless they are wanted
}

// An estimator is a moment of one value class.
type estimator struct {
	edges    int
	rotation int // how many assignments of batches to parts it is averaged over
	slices   int // of the batches, that it is averaged over
	terms    []term
	// The tree, cut at the edge between left and right; both are −1 if there is no edge.
	children    [][]int // of every node, away from the cut
	left, right int
	dependent   []bool // whether a node's vector depends on the slice
}

// A term is a product of means: for each node the role of the batch, and which of the
// sub-batches of a slice it takes, or −1 for all of it.
type term struct {
	coefficient float64
	role, sub   []int
}

// newPlan returns the plan. The error is the context's if that ends, or wraps ErrSpec.
func newPlan(ctx context.Context, s Spec) (*plan, error) {
	s, err := s.checked()
	if err != nil {
		return nil, err
	}
	p := &plan{Spec: s, roles: 1}
	known := map[diagram.Diagram]int{}
	size := 0
	for _, d := range s.Diagrams {
		moments, err := s.moments(ctx, d)
		if err != nil {
			return nil, err
		}
		combination := map[int]float64{}
		for _, m := range moments {
			i, ok := known[m.class]
			if !ok {
				e, err := s.estimator(m.class)
				if err != nil {
					return nil, fmt.Errorf("measure: %v: %w", m.class, err)
				}
				if size += len(e.terms); size > MaxTerms {
					return nil, fmt.Errorf("measure: %v: more than %d terms in all: %w", d, MaxTerms, ErrSpec)
				}
				i = len(p.estimators)
				known[m.class] = i
				p.estimators = append(p.estimators, e)
				p.roles = max(p.roles, len(m.class.Parts()))
			}
			combination[i] += m.coefficient
		}
		p.combination = append(p.combination, combination)
	}
	if s.Means {
		p.means = newMeans(s)
	}
	for i := range p.estimators {
		// Gradients are cheap, and every batch's is there anyway.
		if p.estimators[i].edges <= 1 {
			p.estimators[i].rotation = p.roles
		}
	}
	return p, nil
}

// A moment is a value class with a coefficient.
type moment struct {
	class       diagram.Diagram
	coefficient float64
}

// moments returns what a value is made of: itself in moment form; in cumulant form the
// moments of all finer partitions.
func (s Spec) moments(ctx context.Context, d diagram.Diagram) ([]moment, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.Form == embed.Moment {
		return []moment{{d, 1}}, nil
	}
	own := d.Partition()
	finest, err := mobius.Finest(own.Len())
	if err != nil {
		return nil, err
	}
	var list []moment
	for tau := range mobius.Interval(finest, own) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		finer, err := diagram.New(d.Parents(), tau.Labels())
		if err != nil {
			return nil, err
		}
		c, _ := new(big.Float).SetInt(mobius.Mobius(tau, own)).Float64()
		list = append(list, moment{finer.Class(), c})
		if len(list) > MaxTerms {
			return nil, fmt.Errorf("measure: %v: more than %d finer partitions: %w", d, MaxTerms, ErrSpec)
		}
	}
	return list, nil
}

func (s Spec) estimator(d diagram.Diagram) (estimator, error) {
	e := estimator{edges: d.Edges(), rotation: 1, slices: 1, left: -1, right: -1}
	parts := d.Parts()
	// Tied parts come first, so that different diagrams tie the same batches.
	slices.SortStableFunc(parts, func(a, b []int) int { return len(b) - len(a) })
	tied := make([]bool, d.Nodes())
	e.terms = []term{{1, make([]int, d.Nodes()), fill(d.Nodes(), -1)}}
	for role, part := range parts {
		for _, v := range part {
			e.terms[0].role[v] = role
			tied[v] = len(part) > 1
		}
	}
	if len(parts) > 0 && len(parts[0]) > 1 {
		data := 1
		if s.Tied > 1 {
			data = s.Tied * len(parts[0])
		}
		if e.slices = s.Batch / data; e.slices < 1 {
			return e, fmt.Errorf("a part of %d nodes takes batches of %d data: %w", len(parts[0]), data, ErrSpec)
		}
	}
	for _, part := range parts {
		if len(part) == 1 {
			continue
		}
		var err error
		if e.terms, err = s.tie(e.terms, part); err != nil {
			return e, err
		}
	}
	e.cut(d, tied)
	return e, nil
}

func fill(n, v int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = v
	}
	return list
}

// tie multiplies terms by the estimator of a part's moment, out of sub-batches.
func (s Spec) tie(terms []term, part []int) ([]term, error) {
	coarsest, err := mobius.Coarsest(len(part))
	if err != nil {
		return nil, err
	}
	sum, err := mobius.Estimator(coarsest, s.Tied)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSpec, err)
	}
	var product []term
	for _, t := range terms {
		for _, e := range sum {
			c, _ := new(big.Float).SetInt(e.Coefficient).Float64()
			u := term{t.coefficient * c, t.role, slices.Clone(t.sub)}
			for i, label := range e.Statistic.Labels() {
				u.sub[part[i]] = label
			}
			if product = append(product, u); len(product) > MaxTerms {
				return nil, fmt.Errorf("more than %d terms: %w", MaxTerms, ErrSpec)
			}
		}
	}
	return product, nil
}

// cut chooses the edge at which the two halves of the tree meet: the one that leaves the
// most vectors that do not depend on a slice, since these are means of whole batches; of
// these the one that leaves the halves most even.
func (e *estimator) cut(d diagram.Diagram, tied []bool) {
	best := [2]int{-1, -1}
	parents := d.Parents()
	for v, up := range parents {
		if up < 0 {
			continue
		}
		children := fromEdge(parents, v, up)
		dependent := make([]bool, len(parents))
		below := make([]int, len(parents))
		var visit func(u int)
		visit = func(u int) {
			dependent[u], below[u] = tied[u], 1
			for _, c := range children[u] {
				visit(c)
				dependent[u] = dependent[u] || dependent[c]
				below[u] += below[c]
			}
		}
		visit(v)
		visit(up)
		score := [2]int{0, min(below[v], below[up])}
		for _, x := range dependent {
			if !x {
				score[0]++
			}
		}
		if slices.Compare(score[:], best[:]) > 0 {
			best = score
			e.children, e.dependent, e.left, e.right = children, dependent, v, up
		}
	}
}

// fromEdge returns the neighbours of every node of a tree but for the one towards the edge
// between v and its parent up.
func fromEdge(parents []int, v, up int) [][]int {
	neighbours := make([][]int, len(parents))
	for c, p := range parents {
		if p >= 0 {
			neighbours[c] = append(neighbours[c], p)
			neighbours[p] = append(neighbours[p], c)
		}
	}
	children := make([][]int, len(parents))
	var visit func(u, from int)
	visit = func(u, from int) {
		for _, w := range neighbours[u] {
			if w != from {
				children[u] = append(children[u], w)
				visit(w, u)
			}
		}
	}
	visit(v, up)
	visit(up, v)
	return children
}
