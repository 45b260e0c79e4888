package value

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// MaxCovariance bounds the diagrams that a covariance is of: there are 623 value classes
// to order 5, and a file has no room for the digits of many more than this.
const MaxCovariance = 2048

// rounding bounds the relative error of a correlation whose covariance, and the two
// standard errors that divide it, are numbers of six digits.
const rounding = 2e-5

// An errorCovariance is that of the errors of some value classes; those of others are independent.
type errorCovariance struct {
	rows   map[diagram.Diagram]int
	matrix [][]float64 // symmetric up to rounding: what counts is below the diagonal
}

// newErrorCovariance returns the covariance of the errors of values that s has.
func newErrorCovariance(s *Statistics, diagrams []diagram.Diagram, matrix [][]float64) (errorCovariance, error) {
	c := errorCovariance{map[diagram.Diagram]int{}, make([][]float64, len(diagrams))}
	switch {
	case len(diagrams) > MaxCovariance:
		return c, fmt.Errorf("%d diagrams are more than %d", len(diagrams), MaxCovariance)
	case len(matrix) != len(diagrams):
		return c, fmt.Errorf("%d rows for %d diagrams", len(matrix), len(diagrams))
	}
	stderrs := make([]float64, len(diagrams))
	for i, d := range diagrams {
		e, err := s.Value(d)
		if err != nil {
			return c, err
		}
		if _, twice := c.rows[d.Class()]; twice {
			return c, fmt.Errorf("%v: its value class stands twice", d)
		}
		if len(matrix[i]) != len(diagrams) {
			return c, fmt.Errorf("%v: a row of %d numbers for %d diagrams", d, len(matrix[i]), len(diagrams))
		}
		c.rows[d.Class()], c.matrix[i], stderrs[i] = i, slices.Clone(matrix[i]), e.StdErr
	}
	return c, check(diagrams, c.matrix, stderrs)
}

// check returns an error unless a square matrix is a covariance of the errors of diagrams
// that have the given standard errors.
func check(diagrams []diagram.Diagram, matrix [][]float64, stderrs []float64) error {
	for i, row := range matrix {
		if own := math.Sqrt(row[i]); !(math.Abs(own-stderrs[i]) <= rounding*stderrs[i]) {
			return fmt.Errorf("%v: the variance of its mean is %v, but its standard error %v", diagrams[i], row[i], stderrs[i])
		}
		for j, x := range row[:i] {
			bound := stderrs[i] * stderrs[j]
			if !(math.Abs(x) <= bound*(1+rounding)) {
				return fmt.Errorf("%v and %v: it is %v, with standard errors %v and %v", diagrams[i], diagrams[j], x, stderrs[i], stderrs[j])
			}
			if !(math.Abs(x-matrix[j][i]) <= rounding*bound) {
				return fmt.Errorf("%v and %v: it is %v one way round and %v the other", diagrams[i], diagrams[j], x, matrix[j][i])
			}
		}
	}
	if i := indefinite(matrix, stderrs); i >= 0 {
		return fmt.Errorf("%v: with the rows before, its row is not of a positive semidefinite matrix", diagrams[i])
	}
	return nil
}

// indefinite returns the first row up to which a covariance is not positive semidefinite,
// or −1 if it is, but for rounding. Correlations that are off by rounding move eigenvalues
// by no more than their number times that; so many are given to the diagonal, and
// Cholesky's factorization decides.
func indefinite(matrix [][]float64, stderrs []float64) int {
	factor := make([][]float64, len(matrix))
	for i, row := range matrix {
		factor[i] = make([]float64, i+1)
		for j := range i {
			correlation := 0.0
			if stderrs[i] > 0 && stderrs[j] > 0 {
				correlation = row[j] / stderrs[i] / stderrs[j]
			}
			factor[i][j] = (correlation - dot(factor[i][:j], factor[j])) / factor[j][j]
		}
		rest := 1 + rounding*float64(len(matrix)) - dot(factor[i][:i], factor[i])
		if !(rest > 0) {
			return i
		}
		factor[i][i] = math.Sqrt(rest)
	}
	return -1
}

// dot returns the scalar product of a with as much of b.
func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// of returns the covariance of two different classes.
func (c errorCovariance) of(a, b diagram.Diagram) float64 {
	i, ok := c.rows[a]
	j, also := c.rows[b]
	if !ok || !also {
		return 0
	}
	return c.at(i, j)
}

// at returns the covariance of two different rows.
func (c errorCovariance) at(i, j int) float64 { return c.matrix[max(i, j)][min(i, j)] }

// without returns the covariance of all classes but one.
func (c errorCovariance) without(class diagram.Diagram) errorCovariance {
	rows := maps.Clone(c.rows)
	delete(rows, class)
	return errorCovariance{rows, c.matrix}
}
