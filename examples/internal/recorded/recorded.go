// Package recorded reads files of measured statistics with what they have in common, and
// predicts with it.
package recorded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/value"
)

// Statistics are plain values measured on a landscape, and the covariance of their errors.
type Statistics struct {
	*value.Statistics
	// Source says, for people, what they were measured on; it is empty if the file does not.
	Source     string
	exact      map[diagram.Diagram]float64 // by value class
	covariance map[[2]diagram.Diagram]float64
}

// Read reads a file as value.ReadStatistics does, and also its keys source and covariance,
//
//	{…, "source": "…", "covariance": {"diagrams": ["(01-2)(02-12)", …], "matrix": [[…], …]}}
//
// if it has them: the matrix is that of the covariances of the means, with a row and a
// column for each of the diagrams, which are some or all of those with a value. Diagrams
// that it lacks are as if measured independently. The error wraps value.ErrStatistics.
func Read(r io.Reader) (*Statistics, error) {
	file, err := io.ReadAll(io.LimitReader(r, value.MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", value.ErrStatistics, err)
	}
	s := &Statistics{exact: map[diagram.Diagram]float64{}, covariance: map[[2]diagram.Diagram]float64{}}
	if s.Statistics, err = value.ReadStatistics(bytes.NewReader(file)); err != nil {
		return nil, err
	}
	var extra struct {
		Source     string
		Covariance struct {
			Diagrams []string
			Matrix   [][]float64
		}
	}
	if err := json.Unmarshal(file, &extra); err != nil {
		return nil, fmt.Errorf("%w: source or covariance: %w", value.ErrStatistics, err)
	}
	s.Source = extra.Source
	if err := s.correlate(extra.Covariance.Diagrams, extra.Covariance.Matrix); err != nil {
		return nil, fmt.Errorf("%w: covariance: %w", value.ErrStatistics, err)
	}
	return s, nil
}

// correlate takes the covariance over.
func (s *Statistics) correlate(names []string, matrix [][]float64) error {
	if len(matrix) != len(names) {
		return fmt.Errorf("%d rows for %d diagrams", len(matrix), len(names))
	}
	classes := make([]diagram.Diagram, len(names))
	for i, name := range names {
		d, err := diagram.Parse(name)
		if err != nil {
			return err
		}
		if _, err := s.Value(d); err != nil {
			return err
		}
		classes[i] = d.Class()
	}
	for i, row := range matrix {
		if len(row) != len(names) {
			return fmt.Errorf("row %d has %d numbers for %d diagrams", i, len(row), len(names))
		}
		for j, x := range row[:i+1] {
			pair := [2]diagram.Diagram{classes[i], classes[j]}
			if _, twice := s.covariance[pair]; twice {
				return fmt.Errorf("the value class of %s stands twice", names[i])
			}
			// No correlation is beyond 1, but for the rounding of a file's digits.
			if bound := math.Sqrt(matrix[i][i] * matrix[j][j]); !(matrix[i][i] >= 0) || !(math.Abs(x) <= bound*(1+1e-6)) || math.Abs(x-matrix[j][i]) > 1e-6*bound {
				return fmt.Errorf("that of %s and %s is %v", names[i], names[j], x)
			}
			s.covariance[pair], s.covariance[[2]diagram.Diagram{classes[j], classes[i]}] = x, x
		}
	}
	return nil
}

// Know replaces the value of a diagram by one that is known without error.
func (s *Statistics) Know(d diagram.Diagram, v float64) { s.exact[d.Class()] = v }

// value returns the value of a class.
func (s *Statistics) value(class diagram.Diagram) (value.Estimate, error) {
	if v, known := s.exact[class]; known {
		return value.Estimate{Mean: v}, nil
	}
	return s.Value(class)
}

// correlation returns the covariance of the errors of two classes' values.
func (s *Statistics) correlation(c, d diagram.Diagram) float64 {
	_, known := s.exact[c]
	if _, also := s.exact[d]; known || also {
		return 0
	}
	if x, ok := s.covariance[[2]diagram.Diagram{c, d}]; ok {
		return x
	}
	if c != d {
		return 0
	}
	e, _ := s.Value(c) // it was found before
	return e.StdErr * e.StdErr
}

// A Sum is a linear combination of plain values: by value class.
type Sum struct {
	Order        int
	Coefficients map[diagram.Diagram]*big.Rat
}

// Add adds a series of a loss, times a factor.
func (s *Sum) Add(series *value.Series, factor *big.Rat) {
	if s.Coefficients == nil {
		s.Coefficients = map[diagram.Diagram]*big.Rat{}
	}
	s.Order = max(s.Order, series.Order)
	for _, c := range series.Classes() {
		class := c.Representative.Class()
		if s.Coefficients[class] == nil {
			s.Coefficients[class] = new(big.Rat)
		}
		s.Coefficients[class].Add(s.Coefficients[class], new(big.Rat).Mul(factor, c.Coefficient))
	}
}

// Predict puts the values into a sum at a learning rate: at index d, the sum through order
// d, with the standard error that the values' errors have together. The error wraps
// value.ErrMissing and names a diagram that has no value.
func (s *Statistics) Predict(sum Sum, eta float64) ([]value.Estimate, error) {
	type term struct {
		class  diagram.Diagram
		weight float64
		mean   float64
	}
	terms := make([][]term, sum.Order+1)
	for class, q := range sum.Coefficients {
		if q.Sign() == 0 {
			continue
		}
		v, err := s.value(class)
		if err != nil {
			return nil, err
		}
		c, _ := q.Float64()
		d := class.Edges()
		terms[d] = append(terms[d], term{class, c * math.Pow(eta, float64(d)), v.Mean})
	}
	var through []term
	out := make([]value.Estimate, sum.Order+1)
	for d := range out {
		through = append(through, terms[d]...)
		mean, variance := 0.0, 0.0
		for _, t := range through {
			mean += t.weight * t.mean
			for _, u := range through {
				variance += t.weight * u.weight * s.correlation(t.class, u.class)
			}
		}
		out[d] = value.Estimate{Mean: mean, StdErr: math.Sqrt(max(0, variance))}
	}
	return out, nil
}
