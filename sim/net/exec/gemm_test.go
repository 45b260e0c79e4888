package exec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/sim/net/expr"
)

// Products of matrices of all small sizes, and some others, are sums of products: with the
// loops over four rows, where there are any, and without; new or added; and nothing beyond
// the matrix is touched.
func TestGemm(t *testing.T) {
	testGemm(t, rows32, 2e-6)
	testGemm(t, rows64, 1e-14)
}

func testGemm[T Float](t *testing.T, r rows[T], precision float64) {
	t.Helper()
	source := rand.New(rand.NewPCG(1, 1))
	random := func(n int) []T {
		x := make([]T, n)
		for i := range x {
			x[i] = T(source.NormFloat64())
		}
		return x
	}
	plain := r
	plain.four = false
	var sizes [][3]int
	for n := 1; n <= 9; n++ {
		for m := 1; m <= 6; m++ {
			for k := 1; k <= 40; k += 1 + k/9 {
				sizes = append(sizes, [3]int{n, m, k})
			}
		}
	}
	sizes = append(sizes, [3]int{25, 10, 250}, [3]int{196, 10, 75}, [3]int{1, 10, 10})
	for _, r := range []rows[T]{r, plain} {
		for form, f := range r.gemms() {
			for _, s := range sizes {
				for _, add := range []bool{false, true} {
					n, m, k := s[0], s[1], s[2]
					rowsA, colsA, rowsB, rowsOut, colsOut := n, m, m, n, k
					switch expr.Form(form) {
					case expr.NT:
						colsA, colsOut = k, m
					case expr.TN:
						rowsB, rowsOut = n, m
					}
					a, b := random(rowsA*colsA), random(rowsB*k)
					whole := random(rowsOut*colsOut + 16)
					before := append([]T{}, whole...)
					f(whole[8:len(whole)-8], a, b, n, m, k, 0.5, add)
					name := fmt.Sprintf("%T, %v of %v, add %v", a[0], expr.Form(form), s, add)
					for i := range whole {
						want := float64(before[i])
						if at := i - 8; at >= 0 && at < rowsOut*colsOut {
							sum, size := inner(expr.Form(form), a, b, n, m, k, at/colsOut, at%colsOut)
							sum *= 0.5
							if add {
								sum += want
							}
							if !(math.Abs(float64(whole[i])-sum) <= precision*(1+size)) {
								t.Fatalf("%s: element %d is %v, want %v", name, at, whole[i], sum)
							}
						} else if float64(whole[i]) != want {
							t.Fatalf("%s: wrote beyond the matrix", name)
						}
					}
				}
			}
		}
	}
}

// inner returns an element of a product, and the sum of the absolute values of its terms.
func inner[T Float](form expr.Form, a, b []T, n, m, k, i, j int) (sum, size float64) {
	add := func(x, y T) {
		sum += float64(x) * float64(y)
		size += math.Abs(float64(x) * float64(y))
	}
	switch form {
	case expr.NT:
		for l := range k {
			add(a[i*k+l], b[j*k+l])
		}
	case expr.NN:
		for l := range m {
			add(a[i*m+l], b[l*k+j])
		}
	case expr.TN:
		for l := range n {
			add(a[l*m+i], b[l*k+j])
		}
	}
	return sum, size
}
