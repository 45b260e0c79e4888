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
	var terms []expr.Expr
	for _, t := range s.summands() {
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
	w := weigher{ctx, embed.NewCounter(embed.Grid{}), embed.Cumulant} // any grid has the same families
	for edges := range order + 1 {
		for _, f := range o.families(w) {
			seq, err := diagram.Enumerate(edges, f.options)
			if err != nil {
				return expr.Expr{}, fmt.Errorf("value: order %d of %v: %w", edges, o, err)
			}
			for d := range seq {
				if !o.allows(d) {
					continue
				}
				term, err := o.sgdTerm(ctx, d, f.negative)
				if err != nil {
					return expr.Expr{}, fmt.Errorf("value: formula of %v: %w", d, err)
				}
				terms = append(terms, term)
			}
		}
	}
	return expr.Add(terms...)
}

// sgdTerm returns one diagram's term of SGDFormula.
func (o Observable) sgdTerm(ctx context.Context, d diagram.Diagram, negative bool) (expr.Expr, error) {
	_, weight, err := embed.Polynomials(ctx, d, embed.Cumulant)
	if err != nil {
		return expr.Expr{}, err
	}
	sign := big.NewInt(1)
	if (d.Edges()%2 == 1) != negative {
		sign.Neg(sign)
	}
	coefficient, err := expr.Parse(weight.Scale(new(big.Rat).SetFrac(sign, d.Aut())).InNMB())
	if err != nil {
		return expr.Expr{}, err
	}
	return o.term(d, embed.Cumulant, coefficient)
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
