package exec

import (
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/perturb-go/perturb/sim/net/expr"
)

// A gemm computes out = scale · a·b in one form, or adds it to out.
//
//	NT  a n×k, b m×k, out n×m
//	NN  a n×m, b m×k, out n×k
//	TN  a n×m, b n×k, out m×k
//
// In all three the innermost loop runs along rows of length k, and n is large where
// images are many or have many pixels.
type gemm[T Float] func(out, a, b []T, n, m, k int, scale T, add bool)

func gemmSizes(f expr.Form, a, b expr.Shape) (n, m, k int) {
	if f == expr.NT {
		return a.Rows, b.Rows, a.Cols
	}
	return a.Rows, a.Cols, b.Cols
}

// gemms returns the products by form.
func gemms[T Float]() [3]gemm[T] {
	var zero T
	if _, ok := any(zero).(float32); ok {
		return any([3]gemm[float32]{expr.NT: gemmNT(dot32), expr.NN: gemmNN(axpy32), expr.TN: gemmTN(axpy32)}).([3]gemm[T])
	}
	return any([3]gemm[float64]{expr.NT: gemmNT(dot64), expr.NN: gemmNN(axpy64), expr.TN: gemmTN(axpy64)}).([3]gemm[T])
}

func dot32(x, y []float32) float32 { return gonum.Implementation{}.Sdot(len(x), x, 1, y, 1) }
func dot64(x, y []float64) float64 { return gonum.Implementation{}.Ddot(len(x), x, 1, y, 1) }

func axpy32(a float32, x, y []float32) { gonum.Implementation{}.Saxpy(len(x), a, x, 1, y, 1) }
func axpy64(a float64, x, y []float64) { gonum.Implementation{}.Daxpy(len(x), a, x, 1, y, 1) }

func gemmNT[T Float](dot func(x, y []T) T) gemm[T] {
	return func(out, a, b []T, n, m, k int, scale T, add bool) {
		for i := range n {
			x, y := a[i*k:(i+1)*k], out[i*m:(i+1)*m]
			for j := range y {
				v := scale * dot(x, b[j*k:(j+1)*k])
				if add {
					v += y[j]
				}
				y[j] = v
			}
		}
	}
}

func gemmNN[T Float](axpy func(c T, x, y []T)) gemm[T] {
	return func(out, a, b []T, n, m, k int, scale T, add bool) {
		if !add {
			clear(out)
		}
		for i := range n {
			y := out[i*k : (i+1)*k]
			for j, c := range a[i*m : (i+1)*m] {
				axpy(scale*c, b[j*k:(j+1)*k], y)
			}
		}
	}
}

func gemmTN[T Float](axpy func(c T, x, y []T)) gemm[T] {
	return func(out, a, b []T, n, m, k int, scale T, add bool) {
		if !add {
			clear(out)
		}
		for i := range n {
			x := b[i*k : (i+1)*k]
			for j, c := range a[i*m : (i+1)*m] {
				axpy(scale*c, x, out[j*k:(j+1)*k])
			}
		}
	}
}
