package value

import (
	"fmt"
	"math"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// MaxCovariance bounds the diagrams that a matrix is of: there are 623 value classes to
// order 5, and a file has no room for the digits of many more than this. Blocks have no such
// bound: see Statistics.WithBlocks.
const MaxCovariance = 2048

// errorMatrix is a covariance as a matrix.
type errorMatrix struct {
	row    places
	matrix [][]float64 // symmetric up to rounding: what counts is below the diagonal
}

// newErrorMatrix returns the covariance of the errors of values that s has.
func newErrorMatrix(s *Statistics, diagrams []diagram.Diagram, matrix [][]float64) (errorMatrix, error) {
	switch {
	case len(diagrams) > MaxCovariance:
		return errorMatrix{}, fmt.Errorf("%d diagrams are more than %d", len(diagrams), MaxCovariance)
	case len(matrix) != len(diagrams):
		return errorMatrix{}, fmt.Errorf("%d rows for %d diagrams", len(matrix), len(diagrams))
	}
	row, err := newPlaces(s, diagrams)
	if err != nil {
		return errorMatrix{}, err
	}
	c, stderrs := errorMatrix{row, make([][]float64, len(diagrams))}, make([]float64, len(diagrams))
	for i, d := range diagrams {
		if len(matrix[i]) != len(diagrams) {
			return errorMatrix{}, fmt.Errorf("%v: a row of %d numbers for %d diagrams", d, len(matrix[i]), len(diagrams))
		}
		c.matrix[i], stderrs[i] = slices.Clone(matrix[i]), s.values[d.Class()].StdErr
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

func (c errorMatrix) of(d, e diagram.Diagram) float64 {
	i, ok := c.row[d]
	j, also := c.row[e]
	if !ok || !also {
		return 0
	}
	return c.at(i, j)
}

// at returns the covariance of two different rows.
func (c errorMatrix) at(i, j int) float64 { return c.matrix[max(i, j)][min(i, j)] }

// variance takes the diagonal from the standard errors: it is their squares, if of fewer
// digits.
func (c errorMatrix) variance(sum []weighted) float64 {
	total := 0.0
	for _, term := range sum {
		total += term.variance()
	}
	here, _ := c.row.split(sum)
	for i, d := range here {
		for _, e := range here[:i] {
			total += 2 * d.weight * c.at(d.place, e.place) * e.weight
		}
	}
	return total
}

func (c errorMatrix) without(class diagram.Diagram) errorCovariance {
	return errorMatrix{c.row.without(class), c.matrix}
}
