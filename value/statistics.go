package value

import (
	"errors"
	"fmt"
	"maps"
	"math"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

var (
	// ErrStatistics reports recorded statistics that cannot be read.
	ErrStatistics = errors.New("expected recorded statistics")
	// ErrMissing reports a diagram whose value was not recorded.
	ErrMissing = errors.New("no recorded statistic")
)

// An Estimate is a measured number with the standard error of its mean.
type Estimate struct {
	Mean, StdErr float64
}

// Statistics are plain values that were measured on a landscape, one for each value class,
// and what their errors have in common: values that were measured on the same data have
// correlated errors. They do not change.
type Statistics struct {
	form   embed.Form
	source string
	values map[diagram.Diagram]Estimate // by value class
	shared errorCovariance
}

// NewStatistics returns statistics with the given plain values, each keyed by any diagram
// of its value class, measured independently: see WithCovariance and WithBlocks. The error
// wraps ErrStatistics if two keys are of one class, or a mean or standard error is not finite, or
// a standard error is negative.
func NewStatistics(form embed.Form, values map[diagram.Diagram]Estimate) (*Statistics, error) {
	s := &Statistics{form: form, values: map[diagram.Diagram]Estimate{}, shared: errorMatrix{}}
	for d, e := range values {
		if err := s.add(d, e); err != nil {
			return nil, fmt.Errorf("value: %w: %w", ErrStatistics, err)
		}
	}
	return s, nil
}

// WithCovariance returns the statistics with the covariances of their errors, in place of
// any they had: matrix[i][j] is that of the means of diagrams[i] and diagrams[j], each of
// which stands for its value class. Diagrams may be some of those that have a value; the
// errors of the others are independent of all.
//
// The error wraps ErrStatistics and names the diagrams, if one has no value or its class
// stands twice, or there are more than MaxCovariance; or if the matrix is not square, not
// symmetric, has not the squares of the standard errors on its diagonal, or is not positive
// semidefinite. All of this is up to the rounding of numbers to six digits.
func (s *Statistics) WithCovariance(diagrams []diagram.Diagram, matrix [][]float64) (*Statistics, error) {
	shared, err := newErrorMatrix(s, diagrams, matrix)
	if err != nil {
		return nil, fmt.Errorf("value: %w: covariance: %w", ErrStatistics, err)
	}
	return &Statistics{s.form, s.source, s.values, shared}, nil
}

// WithBlocks returns the statistics with the covariances of their errors, in place of any
// they had, as independent blocks have them: estimates[b][i] is an unbiased estimate of the
// value of diagrams[i], which stands for its value class, from block b. Estimates of one
// block may depend on each other as they please. Diagrams are as for WithCovariance.
//
// A block may itself be the mean of m_b independent, alike ones, its size; nil sizes are
// equal. Then, with M = Σ_b m_b and the means x̄ = Σ_b m_b x_b / M, the covariance is
//
//	Σ_ij = Σ_b m_b (x_bi − x̄_i)(x_bj − x̄_j) / (M (n − 1)),
//
// which is unbiased for n ≥ 2 blocks, whatever their sizes. No matrix is made of it: this
// form is the smaller one if there are fewer blocks than diagrams, and there is no bound on
// these.
//
// The error wraps ErrStatistics and names the diagram or the row, from 0, if there are
// fewer than two blocks; a row has not a finite number for each diagram; a size is not
// positive; a diagram has no value or its class stands twice; or its value is not x̄_i with
// the standard error √Σ_ii. The last is up to the rounding of numbers to six digits.
func (s *Statistics) WithBlocks(diagrams []diagram.Diagram, estimates [][]float64, sizes []int) (*Statistics, error) {
	shared, err := newErrorBlocks(s, diagrams, estimates, sizes)
	if err != nil {
		return nil, fmt.Errorf("value: %w: blocks: %w", ErrStatistics, err)
	}
	return &Statistics{s.form, s.source, s.values, shared}, nil
}

// Known returns the statistics with a value of d's class that is known without error, in
// place of the measured one if there is any. The error wraps ErrStatistics if it is not
// finite.
func (s *Statistics) Known(d diagram.Diagram, mean float64) (*Statistics, error) {
	known := &Statistics{s.form, s.source, maps.Clone(s.values), s.shared.without(d.Class())}
	delete(known.values, d.Class())
	if err := known.add(d, Estimate{Mean: mean}); err != nil {
		return nil, fmt.Errorf("value: %w: %w", ErrStatistics, err)
	}
	return known, nil
}

func (s *Statistics) add(d diagram.Diagram, e Estimate) error {
	class := d.Class()
	switch _, known := s.values[class]; {
	case known:
		return fmt.Errorf("%v: its value class stands twice", d)
	case math.IsNaN(e.Mean) || math.IsInf(e.Mean, 0):
		return fmt.Errorf("%v: the mean is %v", d, e.Mean)
	case !(e.StdErr >= 0) || math.IsInf(e.StdErr, 0):
		return fmt.Errorf("%v: the standard error is %v", d, e.StdErr)
	}
	s.values[class] = e
	return nil
}

// Form says whether the values are moments or cumulants.
func (s *Statistics) Form() embed.Form { return s.form }

// Source says, for people, what the values were measured on; it is empty unless a file said.
func (s *Statistics) Source() string { return s.source }

// Value returns the recorded plain value of d, which the entry of any diagram of its
// value class serves. The error wraps ErrMissing and names the diagram.
func (s *Statistics) Value(d diagram.Diagram) (Estimate, error) {
	e, ok := s.values[d.Class()]
	if !ok {
		return Estimate{}, fmt.Errorf("%w of %v, nor of another diagram of its value class", ErrMissing, d)
	}
	return e, nil
}

// Covariance returns the covariance of the errors of the values of two diagrams, the square
// of the standard error if they are of one value class. The error is that of Value.
func (s *Statistics) Covariance(c, d diagram.Diagram) (float64, error) {
	e, err := s.Value(c)
	if err != nil {
		return 0, err
	}
	if _, err := s.Value(d); err != nil {
		return 0, err
	}
	if c.Class() == d.Class() {
		return e.StdErr * e.StdErr, nil
	}
	return s.shared.of(c.Class(), d.Class()), nil
}
