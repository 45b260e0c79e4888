package tensor

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/mobius"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Contract returns the contraction of the factors that PlanContraction planned.
//
// Over mobius.Float64 every step is a matrix product by gonum's BLAS, and elements
// must be finite; over other rings it is a sum of products.
//
// The error wraps ErrShape if the factors are not those of the plan, by their number,
// dimension or ranks.
func Contract[T any](r mobius.Ring[T], plan Plan, factors []*Dense[T]) (*Dense[T], error) {
	if err := plan.check(len(factors)); err != nil {
		return nil, err
	}
	tensors := make([][]T, len(factors), len(factors)+len(plan.steps))
	for i, f := range factors {
		if f == nil || f.dim != plan.dim || f.rank != plan.ranks[i] {
			return nil, fmt.Errorf("tensor: factor %d is not of dimension %d and rank %d: %w", i, plan.dim, plan.ranks[i], ErrShape)
		}
		tensors[i] = f.data
		if t := plan.traces[i]; t.strides != nil {
			tensors[i] = sumRuns(r, gather(f.data, plan.dim, t.strides), t.sum)
		}
	}
	if plan.last < 0 {
		return Scalar(plan.dim, r.Int(big.NewInt(1)))
	}

	product := func(s step, a, b []T) []T { return multiply(r, s, a, b) }
	if _, ok := any(r).(mobius.Float64); ok {
		product = any(gemm).(func(step, []T, []T) []T) // T is float64
	}
	for _, s := range plan.steps {
		a := arrange(s.left, tensors[s.a], plan.dim)
		b := arrange(s.right, tensors[s.b], plan.dim)
		tensors[s.a], tensors[s.b] = nil, nil
		tensors = append(tensors, product(s, a, b))
	}
	data := tensors[plan.last]
	if plan.final != nil {
		data = gather(data, plan.dim, plan.final)
	}
	return &Dense[T]{plan.dim, plan.rank, data}, nil
}

// check returns an error unless p is a plan for n factors.
func (p Plan) check(n int) error {
	if p.dim == 0 {
		return fmt.Errorf("tensor: the zero Plan: %w", ErrShape)
	}
	if n != len(p.ranks) {
		return fmt.Errorf("tensor: %d factors for a plan of %d: %w", n, len(p.ranks), ErrShape)
	}
	return nil
}

// arrange returns the elements of a tensor in the order of its matrix.
func arrange[T any](l layout, data []T, dim int) []T {
	if l.gather == nil {
		return data
	}
	return gather(data, dim, l.gather)
}

// multiply returns the matrix product of a step over any ring.
func multiply[T any](r mobius.Ring[T], s step, a, b []T) []T {
	// The distances between neighbours down the rows and along the columns.
	aDown, aAlong := s.inner, 1
	if s.left.transposed {
		aDown, aAlong = 1, s.rows
	}
	bDown, bAlong := s.cols, 1
	if s.right.transposed {
		bDown, bAlong = 1, s.inner
	}
	out := make([]T, 0, s.rows*s.cols)
	for i := range s.rows {
		for j := range s.cols {
			sum := r.Mul(a[i*aDown], b[j*bAlong])
			for k := 1; k < s.inner; k++ {
				sum = r.Add(sum, r.Mul(a[i*aDown+k*aAlong], b[k*bDown+j*bAlong]))
			}
			out = append(out, sum)
		}
	}
	return out
}

// gemm returns the matrix product of a step over float64.
func gemm(s step, a, b []float64) []float64 {
	left, transLeft := matrix(a, s.rows, s.inner, s.left.transposed)
	right, transRight := matrix(b, s.inner, s.cols, s.right.transposed)
	out := blas64.General{Rows: s.rows, Cols: s.cols, Stride: s.cols, Data: make([]float64, s.rows*s.cols)}
	blas64.Gemm(transLeft, transRight, 1, left, right, 0, out)
	return out.Data
}

// matrix returns data as gonum sees a rows×cols matrix, or the transpose of one.
func matrix(data []float64, rows, cols int, transposed bool) (blas64.General, blas.Transpose) {
	if transposed {
		return blas64.General{Rows: cols, Cols: rows, Stride: rows, Data: data}, blas.Trans
	}
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: data}, blas.NoTrans
}

// sumRuns returns the sums of consecutive runs of n elements of data.
func sumRuns[T any](r mobius.Ring[T], data []T, n int) []T {
	out := make([]T, 0, len(data)/n)
	for ; len(data) > 0; data = data[n:] {
		sum := data[0]
		for _, v := range data[1:n] {
			sum = r.Add(sum, v)
		}
		out = append(out, sum)
	}
	return out
}
