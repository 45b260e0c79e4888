//go:build openblas

package exec

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/netlib/blas/netlib"

	_ "github.com/perturb-go/perturb/sim/net/exec/internal/openblas"
	"github.com/perturb-go/perturb/sim/net/expr"
)

// products32 and products64 are the products of matrices that programs use.
var (
	products32 = rows32.gemms().unless(worthwhile, calls(netlib.Implementation{}.Sgemm))
	products64 = rows64.gemms().unless(worthwhile, calls(netlib.Implementation{}.Dgemm))
)

// worthwhile is how many multiplications a product has for which a call of C pays. It
// takes some 50 ns, and OpenBLAS as much again to begin; the loops over rows make 3
// multiplications in a nanosecond when rows are short and 15 when they are long, of
// float32.
const worthwhile = 4096

// unless returns products of which those of n·m·k ≥ size multiplications are others.
func (small gemms[T]) unless(size int, large gemms[T]) gemms[T] {
	var g gemms[T]
	for form := range g {
		g[form] = func(out, a, b []T, n, m, k int, scale T, add bool) {
			f := small[form]
			if n*m*k >= size {
				f = large[form]
			}
			f(out, a, b, n, m, k, scale, add)
		}
	}
	return g
}

// A routine is GEMM of BLAS, c = alpha · a·b + beta · c, with matrices stored by rows.
type routine[T Float] func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)

// calls returns the products by calls of a routine.
func calls[T Float](f routine[T]) gemms[T] {
	kept := func(add bool) T {
		if add {
			return 1
		}
		return 0
	}
	return gemms[T]{
		expr.NT: func(out, a, b []T, n, m, k int, scale T, add bool) {
			f(blas.NoTrans, blas.Trans, n, m, k, scale, a, k, b, k, kept(add), out, m)
		},
		expr.NN: func(out, a, b []T, n, m, k int, scale T, add bool) {
			f(blas.NoTrans, blas.NoTrans, n, k, m, scale, a, m, b, k, kept(add), out, k)
		},
		expr.TN: func(out, a, b []T, n, m, k int, scale T, add bool) {
			f(blas.Trans, blas.NoTrans, m, k, n, scale, a, m, b, k, kept(add), out, k)
		},
	}
}
