package measure

import (
	"fmt"
	"math"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/value"
)

// A Result is the values of diagrams, measured in independent blocks.
type Result struct {
	spec   Spec
	column map[diagram.Diagram]int // of a value class, in rows
	blocks int
	rows   [][]float64
	sizes  []int // of the blocks that a row is the mean of; nil if it is one
	mean   []float64
}

func newResult(p *plan, rows [][]float64) *Result {
	r := &Result{
		spec: p.Spec, column: map[diagram.Diagram]int{},
		blocks: len(rows), rows: rows, mean: make([]float64, len(p.Diagrams)),
	}
	for i, d := range p.Diagrams {
		r.column[d] = i
	}
	for d := range r.mean {
		for _, row := range rows {
			r.mean[d] += row[d] / float64(len(rows))
		}
	}
	return r
}

// Spec returns the specification, with defaults filled in and a diagram for each value
// class.
func (r *Result) Spec() Spec { return r.spec }

// Blocks returns the number of blocks.
func (r *Result) Blocks() int { return r.blocks }

// Rows returns the estimates of the blocks: for each, a number for each diagram of
// Spec().Diagrams. They must not be changed.
func (r *Result) Rows() [][]float64 { return r.rows }

func (r *Result) index(d diagram.Diagram) (int, error) {
	i, ok := r.column[d.Class()]
	if !ok {
		return 0, fmt.Errorf("measure: %v was not measured, nor another of its value class: %w", d, ErrResult)
	}
	return i, nil
}

// Value returns the value of a diagram, or of another of its value class, with its
// standard error: infinite if there is one block. The error wraps ErrResult if it was not
// measured.
func (r *Result) Value(d diagram.Diagram) (value.Estimate, error) {
	i, err := r.index(d)
	if err != nil {
		return value.Estimate{}, err
	}
	return value.Estimate{Mean: r.mean[i], StdErr: math.Sqrt(r.covariance(i, i))}, nil
}

// Covariance returns the covariance of the errors of two values: of the means over
// blocks. The error is that of Value.
func (r *Result) Covariance(d, e diagram.Diagram) (float64, error) {
	i, err := r.index(d)
	if err != nil {
		return 0, err
	}
	j, err := r.index(e)
	if err != nil {
		return 0, err
	}
	return r.covariance(i, j), nil
}

// covariances returns those of all values, in the order of Spec().Diagrams.
func (r *Result) covariances() [][]float64 {
	matrix := make([][]float64, len(r.mean))
	for i := range matrix {
		matrix[i] = make([]float64, len(r.mean))
		for j := range i + 1 {
			matrix[i][j] = r.covariance(i, j)
			matrix[j][i] = matrix[i][j]
		}
	}
	return matrix
}

// covariance returns Σ_b m_b (x_bi − x̄_i)(x_bj − x̄_j) / (M (n − 1)), over n rows x_b that are
// means of m_b of the M blocks.
func (r *Result) covariance(i, j int) float64 {
	if len(r.rows) < 2 {
		return math.Inf(1)
	}
	sum := 0.0
	for b, row := range r.rows {
		product := (row[i] - r.mean[i]) * (row[j] - r.mean[j])
		if r.sizes != nil {
			product *= float64(r.sizes[b])
		}
		sum += product
	}
	return sum / float64(len(r.rows)-1) / float64(r.blocks)
}

// grouped returns the result with at most so many rows: consecutive blocks are averaged, in
// groups of which none has more than one block more than another.
func (r *Result) grouped(most int) *Result {
	n := len(r.rows)
	if n <= most {
		return r
	}
	g := &Result{spec: r.spec, column: r.column, blocks: r.blocks, mean: r.mean}
	for b := range most {
		group := r.rows[b*n/most : (b+1)*n/most]
		row := make([]float64, len(r.mean))
		for _, block := range group {
			for i, x := range block {
				row[i] += x / float64(len(group))
			}
		}
		g.rows, g.sizes = append(g.rows, row), append(g.sizes, len(group))
	}
	return g
}

// Statistics returns the values as recorded statistics, with the blocks that say what their
// errors have in common, all of them. value.Predict puts them into any series: with the
// standard error that the mean of the blocks' own predictions has. The error wraps
// value.ErrStatistics if there is one block, or a value is not finite.
func (r *Result) Statistics() (*value.Statistics, error) {
	values := map[diagram.Diagram]value.Estimate{}
	for i, d := range r.spec.Diagrams {
		values[d] = value.Estimate{Mean: r.mean[i], StdErr: math.Sqrt(r.covariance(i, i))}
	}
	s, err := value.NewStatistics(r.spec.Form, values)
	if err != nil {
		return nil, err
	}
	return s.WithBlocks(r.spec.Diagrams, r.rows, nil)
}
