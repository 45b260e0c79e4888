package descent

import (
	"errors"
	"fmt"
	"math/big"
)

// ErrProblem is wrapped by the error for a problem that is not well formed.
var ErrProblem = errors.New("descent: bad problem")

// A Term is Coef · Π_μ θ_μ^{Exp[μ]}. Exponents are between 0 and 255.
type Term struct {
	Coef *big.Rat
	Exp  []int
}

// A Loss is a polynomial in θ, the sum of its terms. Terms may repeat an exponent and
// coefficients may be zero. The nil Loss is 0.
type Loss []Term

// A Datum is a datapoint: its probability under the data distribution, and its loss.
type Datum struct {
	Prob *big.Rat
	Loss Loss
}

// A Cell says that row N takes part in the update of column T, with this weight, of any
// sign. Cells in the same place add up.
type Cell struct {
	N, T   int
	Weight *big.Rat
}

// A Problem is a landscape, a starting point and a grid, perhaps with a force.
type Problem struct {
	Dim    int          // P, the number of weights
	Theta  []*big.Rat   // θ_0, P numbers
	Data   []Datum      // probabilities are not negative and sum to 1
	N, T   int          // rows (at least 1) and columns of the grid
	Cells  []Cell       // in any order
	Metric [][]*big.Rat // η^{μν}, P×P, row by row; nil is the identity
	Force  *big.Rat     // f, where every column also descends on η f tr Ĉ, and nil is 0
}

// check returns an error that wraps ErrProblem if p is not well formed.
func (p *Problem) check() error {
	if p.Dim < 1 || p.N < 1 || p.T < 0 {
		return fmt.Errorf("%w: Dim %d, N %d, T %d", ErrProblem, p.Dim, p.N, p.T)
	}
	if !numbers(p.Theta, p.Dim) {
		return fmt.Errorf("%w: Theta is not %d numbers", ErrProblem, p.Dim)
	}
	if p.forced() && p.N < 2 {
		return fmt.Errorf("%w: a force from the differences of %d rows", ErrProblem, p.N)
	}
	for _, check := range []func() error{p.checkData, p.checkCells, p.checkMetric} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// forced reports whether there is a force.
func (p *Problem) forced() bool { return p.Force != nil && p.Force.Sign() != 0 }

func (p *Problem) checkData() error {
	total := new(big.Rat)
	for i, datum := range p.Data {
		if datum.Prob == nil || datum.Prob.Sign() < 0 {
			return fmt.Errorf("%w: datum %d has probability %v", ErrProblem, i, datum.Prob)
		}
		total.Add(total, datum.Prob)
		if _, err := newPoly(datum.Loss, p.Dim); err != nil {
			return fmt.Errorf("%w: datum %d: %w", ErrProblem, i, err)
		}
	}
	if total.Cmp(big.NewRat(1, 1)) != 0 {
		return fmt.Errorf("%w: probabilities sum to %v", ErrProblem, total)
	}
	return nil
}

func (p *Problem) checkCells() error {
	for i, c := range p.Cells {
		if c.N < 0 || c.N >= p.N || c.T < 0 || c.T >= p.T {
			return fmt.Errorf("%w: cell %d at (%d,%d) is outside the %d×%d grid", ErrProblem, i, c.N, c.T, p.N, p.T)
		}
		if c.Weight == nil {
			return fmt.Errorf("%w: cell %d has no weight", ErrProblem, i)
		}
	}
	return nil
}

func (p *Problem) checkMetric() error {
	if p.Metric == nil {
		return nil
	}
	if len(p.Metric) != p.Dim {
		return fmt.Errorf("%w: Metric has %d rows, not %d", ErrProblem, len(p.Metric), p.Dim)
	}
	for mu, row := range p.Metric {
		if !numbers(row, p.Dim) {
			return fmt.Errorf("%w: row %d of Metric is not %d numbers", ErrProblem, mu, p.Dim)
		}
	}
	return nil
}

// numbers reports whether x is n numbers.
func numbers(x []*big.Rat, n int) bool {
	for _, v := range x {
		if v == nil {
			return false
		}
	}
	return len(x) == n
}
