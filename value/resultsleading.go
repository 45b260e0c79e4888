package value

import (
	"context"
	"fmt"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/value/expr"
)

// Leading returns what a joint cumulant of a datum's derivatives does to an observable, to
// leading order: the sum of TermFormula over the diagrams with fewest edges in which it
// stands, and these diagrams (the recipe of P §1.1). The cumulant is given by the degrees of
// its nodes, κ(∇^{k_1} l, ∇^{k_2} l, …): 1, 1 is C and 1, 1, 1 is S. Diagrams that cannot
// happen in the family do not count, and re-summed kinds have irreducible ones only.
//
// Where the cumulant has no effect at all, as S for GaussianNoise, the formula is 0 and there
// are no diagrams. The error wraps ErrOrder if there are no degrees, one is below 1, or their
// sum, with 1 more for each root, is above MaxOrder; or it is that of TermFormula, or the
// context's.
func Leading(ctx context.Context, f Family, o Observable, cumulant []int, kind Kind) (expr.Expr, []diagram.Diagram, error) {
	e, diagrams, err := leading(ctx, f, o, cumulant, kind)
	if err != nil {
		return expr.Expr{}, nil, &resultError{fmt.Sprintf("leading part of %v with the cumulant of degrees %v", o, cumulant), err}
	}
	return e, diagrams, nil
}

func leading(ctx context.Context, f Family, o Observable, cumulant []int, kind Kind) (sum expr.Expr, diagrams []diagram.Diagram, err error) {
	// If anything has the cumulant, these do: all its nodes below the root, or below one
	// node below a root that takes one child, with leaves for what else their degrees ask for.
	enough := len(o.roots())
	for _, k := range cumulant {
		if k < 1 || k > MaxOrder { // a larger one could make the sum overflow
			return expr.Expr{}, nil, fmt.Errorf("%w: a degree of %d", ErrOrder, k)
		}
		enough += k
	}
	if len(cumulant) == 0 || enough > MaxOrder {
		return expr.Expr{}, nil, fmt.Errorf("%w: expected degrees that sum to something from 1 to %d", ErrOrder, MaxOrder-len(o.roots()))
	}
	traits, err := f.traits()
	if err != nil || traits.maxPart > 0 && len(cumulant) > traits.maxPart {
		return expr.Expr{}, nil, err
	}
	for edges := range enough + 1 {
		var terms []expr.Expr
		err := o.visit(symbolic(ctx), edges, kind != Plain, func(d diagram.Diagram, _ uint64, _ family) error {
			if !contains(d, cumulant) {
				return nil
			}
			term, err := TermFormula(f, o, d, kind)
			if err == nil && !term.IsZero() {
				terms, diagrams = append(terms, term), append(diagrams, d)
			}
			return err
		})
		if err != nil {
			return expr.Expr{}, nil, err
		}
		if len(diagrams) > 0 {
			sum, err = expr.Add(terms...)
			return sum, diagrams, err
		}
	}
	return expr.Expr{}, nil, nil
}

// contains reports whether a part of d has nodes of just these degrees.
func contains(d diagram.Diagram, cumulant []int) bool {
	degrees := d.Degrees()
	want := slices.Sorted(slices.Values(cumulant))
	for _, part := range d.Parts() {
		if len(part) != len(want) {
			continue
		}
		var have []int
		for _, v := range part {
			have = append(have, degrees[v])
		}
		slices.Sort(have)
		if slices.Equal(have, want) {
			return true
		}
	}
	return false
}
