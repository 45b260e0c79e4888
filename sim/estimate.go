package sim

import (
	"fmt"
	"math"
)

// An Estimate is a measured mean, with the standard error of it, and the 95% interval that
// Student's distribution gives.
type Estimate struct {
	Mean, StdErr float64
	Low, High    float64
	// Trials is how many trials the mean is over, and Diverged how many were left out of
	// it because they diverged: with any of these, the mean is conditional.
	Trials, Diverged int64
}

// Estimate returns the mean of an observable, or of the difference of two.
//
// The reduced estimator is the mean of Y − β·Z for the paired observable Y and the
// controls Z. The blocks are dealt to folds; the β of a fold is fitted, by least squares,
// to the trials of the others, so that it is independent of the Z that it multiplies, and
// the mean is exact: E[β·Z] = 0. With a single block, or too few trials, it uses fewer
// controls or none. Its standard error is that of the residuals.
//
// Trials that diverge are left out, and of those that are not, neither controls nor the
// losses at the start have the mean that they have over all. So if there are any, every
// estimator is the raw mean, which is that of the others.
//
// The mean has no bias and the square of the standard error hardly any, but the interval
// counts on the mean's being normal. Where controls leave a residual of rare large values, as on
// Gauss, whose noise has a heavy tail, intervals of some hundred trials hold the answer too
// seldom, those of ten thousand in about 90%, and those of many more in 95%.
//
// A standard error is never taken to be below the rounding errors of a mean.
//
// The error wraps ErrResult if there is no such group or estimator, or fewer than two
// trials that did not diverge, or no such observable: where an optimizer has no training
// points, and where the specification does not ask for the accuracy.
func (r *Result) Estimate(g Group, o Observable, e Estimator) (Estimate, error) {
	at, err := r.locate(g, o, e)
	if err != nil {
		return Estimate{}, err
	}
	folds := r.folds(at)
	total := newMoments(r.plan.groups[at].columns())
	for _, f := range folds {
		total.merge(f)
	}
	if total.count < 2 {
		return Estimate{}, fmt.Errorf("sim: %w: a mean takes two trials, of which %d are left and %d diverged", ErrResult, total.count, total.diverged)
	}
	if total.diverged > 0 {
		e = Raw
	}
	column := r.plan.groups[at].column(o, e)
	var mean, square float64
	if e == Reduced {
		mean, square = r.plan.groups[at].reduce(folds, column)
	} else {
		mean, square = total.mean[column], total.at(column, column)
	}
	n := float64(total.count)
	stderr := math.Sqrt(max(0, square)/(n-1)/n) + rounding(total, column)
	half := stderr * student(n-1).Quantile(0.975)
	return Estimate{
		Mean: mean, StdErr: stderr, Low: mean - half, High: mean + half,
		Trials: total.count, Diverged: total.diverged,
	}, nil
}

// locate returns the index of a group that has the observable.
func (r *Result) locate(g Group, o Observable, e Estimator) (int, error) {
	if g == nil || e < Reduced || e > Raw {
		return 0, fmt.Errorf("sim: %w: %v of group %v", ErrResult, e, g)
	}
	at, err := g.index(r.plan)
	if err != nil {
		return 0, err
	}
	layout := r.plan.groups[at]
	switch {
	case o == Accuracy && !layout.accuracy:
		return 0, fmt.Errorf("sim: %w: %v, which the specification does not ask for", ErrResult, o)
	case layout.column(o, e) < 0:
		return 0, fmt.Errorf("sim: %w: %v", ErrResult, o)
	case (o == Train || o == Gap) && !layout.train:
		return 0, fmt.Errorf("sim: %w: %v where there are no training points", ErrResult, o)
	}
	return at, nil
}

// rounding returns a bound on the rounding error of a mean that no number of trials takes
// away: a few ulp of what is averaged.
func rounding(m *moments, column int) float64 {
	n := float64(m.count)
	return 16 * 0x1p-53 * math.Sqrt(m.mean[column]*m.mean[column]+m.at(column, column)/n)
}
