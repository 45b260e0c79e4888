package value

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value/expr"
)

// ReshuffledFormula is SGDFormula for SGD that goes through the points in a new uniformly
// random order in each of E epochs, as an expression in η, N, E and B and in the tensors of
// the landscape. Means, and covariances, are over training sets and orders. It is
// SGDFormula with M = E/B plus ReshufflingFormula, so that taking SGDFormula away leaves
// the latter. The error is that of ReshufflingFormula.
func ReshuffledFormula(ctx context.Context, o Observable, order int) (expr.Expr, error) {
	fixed, err := SGDFormula(ctx, o, order)
	if err != nil {
		return expr.Expr{}, err
	}
	if fixed, err = inEpochs(fixed); err != nil {
		return expr.Expr{}, err
	}
	reshuffling, err := ReshufflingFormula(ctx, o, order)
	if err != nil {
		return expr.Expr{}, err
	}
	return expr.Add(fixed, reshuffling)
}

// inEpochs puts E/B for M.
func inEpochs(e expr.Expr) (expr.Expr, error) {
	m, err := expr.Parse("E/B")
	if err != nil {
		return expr.Expr{}, err
	}
	return e.Substitute(expr.Set("M", m))
}

// ReshufflingFormula returns what reshuffling does to an observable: by how much a new
// random order of the points in each epoch changes its series, in cumulant form, against
// SGD that keeps one order. It is an expression in η, N, E and B and in the tensors of the
// landscape, 0 through order 3 (P §A.2's footnote), and for one epoch or one batch at any
// order. See embed.ReshuffledWeight for what is computed.
//
// Of the test loss at order 4 all coefficients are small multiples of
//
//	η⁴·E(E−1)·N(N−B)/B⁴ times (N+B)/24, (N−B)/(8(N−1)) or (N+B−2)/(8(N−1)),
//
// which for many epochs is a fraction of the order of 1/E² of what SGDFormula has there.
// At N = 1, where the expression has no value, reshuffling does nothing.
//
// The error wraps ErrOrder, is the context's, or is as for Formula: from order 5 on the
// terms of most observables are too many for an expression, while embed.ReshuffledWeight
// still gives those of single diagrams.
func ReshufflingFormula(ctx context.Context, o Observable, order int) (expr.Expr, error) {
	if err := checkOrder(order); err != nil {
		return expr.Expr{}, fmt.Errorf("value: %w", err)
	}
	dynamics, err := embed.RandomReshuffles(1, 1, 1) // any has the same families
	if err != nil {
		return expr.Expr{}, err
	}
	// Terms with one value are added before they become expressions, which do not reduce
	// fractions.
	coefficients := map[diagram.Diagram]embed.RationalFunction{}
	var classes []diagram.Diagram
	err = o.eachDiagram(weigher{ctx, dynamics, embed.Cumulant}, order, func(d diagram.Diagram, factor *big.Rat) error {
		w, err := reshufflingWeight(ctx, d)
		if err != nil {
			return err
		}
		class := o.class(d)
		if _, ok := coefficients[class]; !ok {
			classes = append(classes, class)
		}
		coefficients[class] = coefficients[class].Add(w.Scale(factor))
		return nil
	})
	if err != nil {
		return expr.Expr{}, err
	}
	terms := make([]expr.Expr, len(classes))
	for i, class := range classes {
		if terms[i], err = o.termOf(class, coefficients[class].String()); err != nil {
			return expr.Expr{}, fmt.Errorf("value: formula of %v: %w", class, err)
		}
	}
	return expr.Add(terms...)
}

// reshufflingWeight returns the W(D) of random reshuffles less that of one order. Of two
// trees that share no part it is W(D) less the product of the trees' (see countConnected);
// in one order that is 0.
func reshufflingWeight(ctx context.Context, d diagram.Diagram) (embed.RationalFunction, error) {
	w, err := embed.ReshuffledWeight(ctx, d, embed.Cumulant)
	if err != nil {
		return w, err
	}
	if first, second, disjoint := d.Split(); disjoint && d.Roots() == 2 {
		a, err := embed.ReshuffledWeight(ctx, first, embed.Cumulant)
		if err != nil {
			return w, err
		}
		b, err := embed.ReshuffledWeight(ctx, second, embed.Cumulant)
		return w.Sub(a.Mul(b)), err
	}
	_, fixed, err := embed.Polynomials(ctx, d, embed.Cumulant)
	return w.Sub(fixed.RationalFunction()), err
}
