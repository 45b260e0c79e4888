package value

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value/expr"
)

// Formula returns a series, or the comparison of two, as an expression in η and in the
// tensors of the landscape: Σ coefficient · η^order · value, like values collected. Free
// indices are those of Observable.Symbol.
//
// The error wraps expr.ErrLimit if there are too many terms, or expr.ErrSyntax if the name
// of a polynomial quantity is no word.
func Formula(s Sum) (expr.Expr, error) {
	of := s.series()
	list, err := s.summands(context.Background())
	if err != nil {
		return expr.Expr{}, err
	}
	var terms []expr.Expr
	for _, t := range list {
		coefficient, err := expr.Number(t.coefficient)
		if err != nil {
			return expr.Expr{}, fmt.Errorf("value: coefficient of %v: %w", t.member, err)
		}
		term, err := of.Observable.term(t.diagram, of.Form, coefficient)
		if err != nil {
			return expr.Expr{}, fmt.Errorf("value: formula of %v: %w", t.member, err)
		}
		terms = append(terms, term)
	}
	return expr.Add(terms...)
}

// SGDFormula returns the series of an observable, in cumulant form, for SGD without
// reshuffling on any number N of points, in batches of any size B, with M updates per
// point: as an expression in η, N, M and B and in the tensors of the landscape, exact for
// every one of them. Of the test loss at order 2 it is P Prop. 2.
//
// The error wraps ErrOrder, is the context's, or is as for Formula.
func SGDFormula(ctx context.Context, o Observable, order int) (expr.Expr, error) {
	if err := checkOrder(order); err != nil {
		return expr.Expr{}, fmt.Errorf("value: %w", err)
	}
	var terms []expr.Expr
	w := symbolic(ctx)
	err := o.eachDiagram(w, order, func(d diagram.Diagram, factor *big.Rat) error {
		_, weight, err := embed.Polynomials(ctx, d, embed.Cumulant)
		if err != nil {
			return err
		}
		term, err := o.termOf(d, weight.Scale(factor).InNMB())
		terms = append(terms, term)
		return err
	})
	if err != nil {
		return expr.Expr{}, err
	}
	return expr.Add(terms...)
}

// eachDiagram calls do with each diagram of the observable's series through the given
// order, and with what its W(D) is multiplied by there: (−1)^edges/|Aut(D)|, or minus that
// in the generalization gap. It stops at the first error.
func (o Observable) eachDiagram(w weigher, order int, do func(d diagram.Diagram, factor *big.Rat) error) error {
	for edges := range order + 1 {
		err := o.visit(w, edges, false, func(d diagram.Diagram, aut uint64, f family) error {
			factor := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).SetUint64(aut))
			if (edges%2 == 1) != f.negative {
				factor.Neg(factor)
			}
			if err := do(d, factor); err != nil {
				return fmt.Errorf("formula of %v: %w", d, err)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("value: order %d of %v: %w", edges, o, err)
		}
	}
	return nil
}

// termOf is term in cumulant form for a coefficient as text.
func (o Observable) termOf(d diagram.Diagram, coefficient string) (expr.Expr, error) {
	c, err := expr.Parse(coefficient)
	if err != nil {
		return expr.Expr{}, err
	}
	return o.term(d, embed.Cumulant, c)
}

// term returns coefficient · η^edges · value(D).
func (o Observable) term(d diagram.Diagram, form embed.Form, coefficient expr.Expr) (expr.Expr, error) {
	eta, err := expr.Scalar("η")
	if err != nil {
		return expr.Expr{}, err
	}
	power, err := expr.Pow(eta, d.Edges())
	if err != nil {
		return expr.Expr{}, err
	}
	tensors, err := expr.Parse(o.Symbol(d, form))
	if err != nil {
		return expr.Expr{}, err
	}
	return expr.Mul(coefficient, power, tensors)
}
