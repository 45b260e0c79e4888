package tensor

import (
	"context"
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
	return ContractContext(context.Background(), r, plan, factors)
}

// ContractContext is Contract, which stops soon after the context ends; then the error is the
// context's.
func ContractContext[T any](ctx context.Context, r mobius.Ring[T], plan Plan, factors []*Dense[T]) (*Dense[T], error) {
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

	product := func(ctx context.Context, s step, a, b []T) ([]T, error) { return multiply(ctx, r, s, a, b) }
	if _, ok := any(r).(mobius.Float64); ok {
		product = any(gemm).(func(context.Context, step, []T, []T) ([]T, error)) // T is float64
	}
	for _, s := range plan.steps {
		a := arrange(s.left, tensors[s.a], plan.dim)
		b := arrange(s.right, tensors[s.b], plan.dim)
		tensors[s.a], tensors[s.b] = nil, nil
		out, err := product(ctx, s, a, b)
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, out)
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
func multiply[T any](ctx context.Context, r mobius.Ring[T], s step, a, b []T) ([]T, error) {
	// The distances between neighbours down the rows and along the columns.
	aDown, aAlong := s.inner, 1
	if s.left.transposed {
		aDown, aAlong = 1, s.rows
	}
	bDown, bAlong := s.cols, 1
	if s.right.transposed {
		bDown, bAlong = 1, s.inner
	}
	w := watch{ctx: ctx}
	out := make([]T, 0, s.rows*s.cols)
	for i := range s.rows {
		for j := range s.cols {
			if err := w.spend(s.inner); err != nil {
				return nil, err
			}
			sum := r.Mul(a[i*aDown], b[j*bAlong])
			for k := 1; k < s.inner; k++ {
				sum = r.Add(sum, r.Mul(a[i*aDown+k*aAlong], b[k*bDown+j*bAlong]))
			}
			out = append(out, sum)
		}
	}
	return out, nil
}

// maxProduct bounds the multiplications of one call of BLAS: some tens of milliseconds.
const maxProduct = 1 << 26

// gemm returns the matrix product of a step over float64, some rows at a time.
func gemm(ctx context.Context, s step, a, b []float64) ([]float64, error) {
	right, transRight := matrix(b, s.inner, s.cols, s.right.transposed)
	data := make([]float64, s.rows*s.cols)
	some := max(1, maxProduct/(s.inner*s.cols))
	for from := 0; from < s.rows; from += some {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := min(some, s.rows-from)
		left, transLeft := matrix(a[from*s.inner:], rows, s.inner, false)
		if s.left.transposed {
			left, transLeft = matrix(a[from:], rows, s.inner, true)
			left.Stride = s.rows
		}
		out := blas64.General{Rows: rows, Cols: s.cols, Stride: s.cols, Data: data[from*s.cols:]}
		blas64.Gemm(transLeft, transRight, 1, left, right, 0, out)
	}
	return data, nil
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
