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

// gemms are products by form.
type gemms[T Float] [3]gemm[T]

// products returns those that programs use: products32 or products64.
func products[T Float]() gemms[T] {
	var zero T
	if _, ok := any(zero).(float32); ok {
		return any(products32).(gemms[T])
	}
	return any(products64).(gemms[T])
}

// rows are the innermost loops.
type rows[T Float] struct {
	dot  func(x, y []T) T
	axpy func(c T, x, y []T) // y += c x

	// If four is set, the loops over four rows b_0, …, b_3 at once, one after the other
	// from b:
	//
	//	dot4   out_i = scale · x·b_i, or adds that
	//	axpy4  y += scale Σ_i c_i b_i, c_i at distances of stride
	four  bool
	dot4  func(k int, x, b, out *T, scale T, add bool)
	axpy4 func(k int, y, b, c *T, stride int, scale T)
}

var (
	rows32 = rows[float32]{
		dot:  func(x, y []float32) float32 { return gonum.Implementation{}.Sdot(len(x), x, 1, y, 1) },
		axpy: func(c float32, x, y []float32) { gonum.Implementation{}.Saxpy(len(x), c, x, 1, y, 1) },
	}
	rows64 = rows[float64]{
		dot:  func(x, y []float64) float64 { return gonum.Implementation{}.Ddot(len(x), x, 1, y, 1) },
		axpy: func(c float64, x, y []float64) { gonum.Implementation{}.Daxpy(len(x), c, x, 1, y, 1) },
	}
)

func (r *rows[T]) gemms() gemms[T] {
	return gemms[T]{expr.NT: r.nt, expr.NN: r.nn, expr.TN: r.tn}
}

func (r *rows[T]) nt(out, a, b []T, n, m, k int, scale T, add bool) {
	for i := range n {
		x, y := a[i*k:(i+1)*k], out[i*m:(i+1)*m]
		j := 0
		if r.four {
			for ; j+4 <= m; j += 4 {
				r.dot4(k, &x[0], &b[j*k], &y[j], scale, add)
			}
			if j < m && j > 0 && !add { // some of the last four again, to the same numbers
				r.dot4(k, &x[0], &b[(m-4)*k], &y[m-4], scale, false)
				j = m
			}
		}
		for ; j < m; j++ {
			v := scale * r.dot(x, b[j*k:(j+1)*k])
			if add {
				v += y[j]
			}
			y[j] = v
		}
	}
}

func (r *rows[T]) nn(out, a, b []T, n, m, k int, scale T, add bool) {
	if !add {
		clear(out)
	}
	for i := range n {
		y, c := out[i*k:(i+1)*k], a[i*m:(i+1)*m]
		j := 0
		if r.four {
			for ; j+4 <= m; j += 4 {
				r.axpy4(k, &y[0], &b[j*k], &c[j], 1, scale)
			}
		}
		for ; j < m; j++ {
			r.axpy(scale*c[j], b[j*k:(j+1)*k], y)
		}
	}
}

func (r *rows[T]) tn(out, a, b []T, n, m, k int, scale T, add bool) {
	if !add {
		clear(out)
	}
	i := 0
	if r.four {
		for ; i+4 <= n; i += 4 {
			for j := range m {
				r.axpy4(k, &out[j*k], &b[i*k], &a[i*m+j], m, scale)
			}
		}
	}
	for ; i < n; i++ {
		x := b[i*k : (i+1)*k]
		for j, c := range a[i*m : (i+1)*m] {
			r.axpy(scale*c, x, out[j*k:(j+1)*k])
		}
	}
}
