package value

import (
	"fmt"
	"math"

	"github.com/perturb-go/perturb/diagram"
)

// errorBlocks is a covariance as the deviations of blocks' estimates from their mean, scaled
// so that the covariance of the means of columns i and j is Σ_b deviations[b][i] deviations[b][j].
// Of n blocks it has a rank below n.
type errorBlocks struct {
	column     places
	deviations [][]float64
}

// newErrorBlocks returns the covariance of the errors of values that s has.
func newErrorBlocks(s *Statistics, diagrams []diagram.Diagram, estimates [][]float64, sizes []int) (errorBlocks, error) {
	shares, err := blockShares(len(estimates), sizes)
	if err != nil {
		return errorBlocks{}, err
	}
	column, err := newPlaces(s, diagrams)
	if err != nil {
		return errorBlocks{}, err
	}
	for b, row := range estimates {
		if len(row) != len(diagrams) {
			return errorBlocks{}, fmt.Errorf("row %d has %d numbers for %d diagrams", b, len(row), len(diagrams))
		}
		for i, x := range row {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return errorBlocks{}, fmt.Errorf("%v: in row %d it is %v", diagrams[i], b, x)
			}
		}
	}
	c := newBlockColumns(estimates, shares)
	for i, d := range diagrams {
		if err := c.check(i, s.values[d.Class()]); err != nil {
			return errorBlocks{}, fmt.Errorf("%v: %w", d, err)
		}
	}
	return errorBlocks{column, c.deviations}, nil
}

// blockShares returns the share m_b/Σm that each of n blocks has in the mean, where m are
// the sizes; nil are equal ones.
func blockShares(n int, sizes []int) ([]float64, error) {
	switch {
	case n < 2:
		return nil, fmt.Errorf("%d rows have no variance; expected two at least", n)
	case sizes != nil && len(sizes) != n:
		return nil, fmt.Errorf("%d sizes for %d rows", len(sizes), n)
	}
	shares := make([]float64, n)
	total := 0.0
	for b := range shares {
		shares[b] = 1
		if sizes != nil {
			if sizes[b] < 1 {
				return nil, fmt.Errorf("row %d has the size %d; expected a positive one", b, sizes[b])
			}
			shares[b] = float64(sizes[b])
		}
		total += shares[b]
	}
	for b := range shares {
		shares[b] /= total
	}
	return shares, nil
}

// blockColumns are what there is to know of each column of estimates.
type blockColumns struct {
	deviations    [][]float64 // from the mean, scaled as those of errorBlocks
	mean, stderr  []float64
	size, scatter []float64 // what mean and stderr would be at most, without any cancellation
}

func newBlockColumns(estimates [][]float64, shares []float64) blockColumns {
	width := len(estimates[0])
	c := blockColumns{
		make([][]float64, len(estimates)), make([]float64, width), make([]float64, width), make([]float64, width), make([]float64, width),
	}
	for b, row := range estimates {
		for i, x := range row {
			c.mean[i] += shares[b] * (x - estimates[0][i]) // equal estimates have their mean exactly
			c.size[i] += shares[b] * math.Abs(x)
		}
	}
	for i, x := range estimates[0] {
		c.mean[i] += x
	}
	for b, row := range estimates {
		scale := math.Sqrt(shares[b] / float64(len(estimates)-1))
		c.deviations[b] = make([]float64, width)
		for i, x := range row {
			c.deviations[b][i] = scale * (x - c.mean[i])
			c.stderr[i] = math.Hypot(c.stderr[i], c.deviations[b][i])
			c.scatter[i] = math.Hypot(c.scatter[i], scale*x)
		}
	}
	return c
}

// check returns an error unless column i is of estimates of a value. Both are continuous in
// the estimates: if these are off by a fraction of themselves, so is the mean by that of
// size, and the standard error, which is a norm of them, by that of scatter.
func (c blockColumns) check(i int, e Estimate) error {
	if !(math.Abs(c.mean[i]-e.Mean) <= rounding*c.size[i]) {
		return fmt.Errorf("the mean of its estimates is %v, but its mean %v", c.mean[i], e.Mean)
	}
	if !(math.Abs(c.stderr[i]-e.StdErr) <= rounding*(e.StdErr+c.scatter[i])) {
		return fmt.Errorf("its estimates spread to a standard error of %v, but it has %v", c.stderr[i], e.StdErr)
	}
	return nil
}

func (b errorBlocks) of(c, d diagram.Diagram) float64 {
	i, ok := b.column[c]
	j, also := b.column[d]
	if !ok || !also {
		return 0
	}
	sum := 0.0
	for _, row := range b.deviations {
		sum += row[i] * row[j]
	}
	return sum
}

func (b errorBlocks) variance(sum []weighted) float64 {
	here, elsewhere := b.column.split(sum)
	total := 0.0
	for _, term := range elsewhere {
		total += term.variance()
	}
	for _, row := range b.deviations {
		deviation := 0.0
		for _, term := range here {
			deviation += term.weight * row[term.place]
		}
		total += deviation * deviation
	}
	return total
}

func (b errorBlocks) without(class diagram.Diagram) errorCovariance {
	return errorBlocks{b.column.without(class), b.deviations}
}
