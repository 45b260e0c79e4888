package value

import (
	"context"
	"fmt"
	"math"

	"github.com/perturb-go/perturb/diagram"
)

// A Prediction is a series over recorded statistics: a polynomial in η with a standard
// error at every η.
type Prediction struct {
	order  int
	terms  []predicted
	shared errorCovariance
}

// predicted is the part of a prediction that one recorded value has.
type predicted struct {
	class       diagram.Diagram
	coefficient float64
	value       Estimate
}

// Predict puts recorded statistics into a series, or the comparison of two, of losses. It
// needs a value for each value class whose coefficients do not cancel.
//
// The error wraps ErrMissing and names the first diagram that has none; ErrObservable if
// the observable's values depend on more than value classes; or ErrMismatch if the
// series and the statistics differ in form.
func Predict(s Sum, statistics *Statistics) (*Prediction, error) {
	of := s.series()
	if !of.Observable.isLoss() {
		return nil, fmt.Errorf("value: predict %v: %w among those that recorded values of losses give", of.Observable, ErrObservable)
	}
	if of.Form != statistics.form {
		return nil, fmt.Errorf("value: %w: the series is in %v form, the statistics in %v form", ErrMismatch, of.Form, statistics.form)
	}
	list, err := s.summands(context.Background())
	if err != nil {
		return nil, err
	}
	p := &Prediction{order: of.Order, shared: statistics.shared}
	for _, term := range list {
		v, err := statistics.Value(term.member)
		if err != nil {
			return nil, fmt.Errorf("value: %w", err)
		}
		c, _ := term.coefficient.Float64()
		p.terms = append(p.terms, predicted{term.diagram, c, v})
	}
	return p, nil
}

// At returns the prediction at a learning rate: at index d, the sum through order d, over
// value classes c of at most d edges, of w_c = a_c η^{edges(c)} times the recorded value,
// where a_c is the coefficient. The standard error is that of this linear combination of
// measured values,
//
//	√(wᵀ Σ w) = √(Σ_{b,c} w_b Σ_bc w_c),
//
// where Σ is the covariance of their errors, diagonal where they are independent. If they
// are means over blocks, and Σ the covariance of these means, it is the standard error of
// the mean of the blocks' own predictions. WithBlocks has it computed so, in a time that is
// the number of blocks times that of classes, and what cancels in it leaves no more than
// rounding of the largest term's error; with a matrix that may be some 10⁻⁸ of it.
func (p *Prediction) At(eta float64) []Estimate {
	sums := make([]Estimate, p.order+1)
	mean := 0.0
	var sum []weighted
	for d := range sums {
		for _, t := range p.terms {
			if t.class.Edges() != d {
				continue
			}
			weight := t.coefficient * math.Pow(eta, float64(d))
			mean += weight * t.value.Mean
			sum = append(sum, weighted{t.class, weight, t.value.StdErr})
		}
		sums[d] = Estimate{mean, math.Sqrt(max(0, p.shared.variance(sum)))}
	}
	return sums
}
