package value

import (
	"context"
	"fmt"
	"math"
)

// A Prediction is a series over recorded statistics: a polynomial in η with a standard
// error at every η.
type Prediction struct {
	order int
	terms []predicted
}

// predicted is the part of a prediction that one recorded value has.
type predicted struct {
	order       int
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
	p := &Prediction{order: of.Order}
	for _, term := range list {
		v, err := statistics.Value(term.member)
		if err != nil {
			return nil, fmt.Errorf("value: %w", err)
		}
		c, _ := term.coefficient.Float64()
		p.terms = append(p.terms, predicted{term.diagram.Edges(), c, v})
	}
	return p, nil
}

// At returns the prediction at a learning rate: at index d, the sum through order d. The
// standard error is √Σ_c (η^{d_c} a_c σ_c)² over the recorded values with errors σ_c and
// coefficients a_c, as if they were measured independently.
func (p *Prediction) At(eta float64) []Estimate {
	sums := make([]Estimate, p.order+1)
	variance := 0.0
	mean := 0.0
	for d := range sums {
		for _, t := range p.terms {
			if t.order == d {
				weight := t.coefficient * math.Pow(eta, float64(d))
				mean += weight * t.value.Mean
				variance += weight * t.value.StdErr * weight * t.value.StdErr
			}
		}
		sums[d] = Estimate{mean, math.Sqrt(variance)}
	}
	return sums
}
