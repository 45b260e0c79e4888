//go:build openblas

package exec

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/netlib/blas/netlib"
	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/sim/net/expr"
)

// OpenBLAS and the loops over rows agree, in products of any size, up to their rounding
// errors: each is off by at most γ_{l+3} of the sum of the terms' absolute values, for l
// terms in any order, the scale, and what was there before, where γ_n = nu/(1 − nu) and u
// is the unit roundoff.
func TestOpenBLAS(t *testing.T) {
	t.Run("float32", func(t *testing.T) {
		testOpenBLAS(t, rows32.gemms(), calls(netlib.Implementation{}.Sgemm), 0x1p-24)
	})
	t.Run("float64", func(t *testing.T) {
		testOpenBLAS(t, rows64.gemms(), calls(netlib.Implementation{}.Dgemm), 0x1p-53)
	})
}

func testOpenBLAS[T Float](t *testing.T, loops, library gemms[T], u float64) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.Just(1), rapid.IntRange(1, 12), rapid.IntRange(1, 90))
		n, m, k := size.Draw(t, "n"), size.Draw(t, "m"), size.Draw(t, "k")
		form := expr.Form(rapid.IntRange(0, 2).Draw(t, "form"))
		add := rapid.Bool().Draw(t, "add")
		p := randomProduct[T](rapid.Uint64().Draw(t, "seed"), form, n, m, k)
		scale := T(0.3)
		want, got := slices.Clone(p.out), slices.Clone(p.out)
		if !add {
			fill(got, T(math.NaN())) // whatever was there must not matter
		}
		loops[form](want, p.a, p.b, n, m, k, scale, add)
		library[form](got, p.a, p.b, n, m, k, scale, add)
		cols, terms := k, map[expr.Form]int{expr.NT: k, expr.NN: m, expr.TN: n}[form]
		if form == expr.NT {
			cols = m
		}
		gamma := float64(terms+3) * u / (1 - float64(terms+3)*u)
		for i := range want {
			_, size := inner(form, p.a, p.b, n, m, k, i/cols, i%cols)
			size *= float64(scale)
			if add {
				size += math.Abs(float64(p.out[i]))
			}
			// The bound itself is in float64, with a few roundings of its own.
			if off := math.Abs(float64(got[i]) - float64(want[i])); !(off <= 2.001*gamma*size) {
				t.Fatalf("element %d: %v, want %v up to %v", i, got[i], want[i], 2*gamma*size)
			}
		}
	})
}

// Operands are two factors, and what a product of them may be added to.
type operands[T Float] struct{ a, b, out []T }

func randomProduct[T Float](seed uint64, form expr.Form, n, m, k int) operands[T] {
	r := rand.New(rand.NewPCG(seed, 1))
	random := func(rows, cols int) []T {
		x := make([]T, rows*cols)
		for i := range x {
			x[i] = T(r.NormFloat64())
		}
		return x
	}
	switch form {
	case expr.NT:
		return operands[T]{random(n, k), random(m, k), random(n, m)}
	case expr.NN:
		return operands[T]{random(n, m), random(m, k), random(n, k)}
	}
	return operands[T]{random(n, m), random(n, k), random(m, k)}
}

// The same factors give the same bits, wherever in memory they are, in as many goroutines
// as there may be.
func TestOpenBLASBits(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testBits(t, products32) })
	t.Run("float64", func(t *testing.T) { testBits(t, products64) })
}

func testBits[T Float](t *testing.T, g gemms[T]) {
	for _, s := range [][3]int{{196, 10, 75}, {25, 10, 250}, {4, 10, 250}, {1, 10, 500}, {100, 90, 80}, {300, 200, 400}} {
		n, m, k := s[0], s[1], s[2]
		for form, f := range g {
			p := randomProduct[T](1, expr.Form(form), n, m, k)
			want := slices.Clone(p.out)
			f(want, p.a, p.b, n, m, k, 0.3, true)
			var group sync.WaitGroup
			for shift := range 8 {
				group.Add(1)
				go func() {
					defer group.Done()
					for range 3 {
						got := moved(p.out, shift)
						f(got, moved(p.a, shift), moved(p.b, 2*shift), n, m, k, 0.3, true)
						if !slices.Equal(got, want) {
							t.Errorf("%v of %v: other bits, %d elements further", expr.Form(form), s, shift)
						}
					}
				}()
			}
			group.Wait()
		}
	}
}

// moved returns a copy some elements after the start of what is allocated.
func moved[T Float](x []T, elements int) []T { return append(make([]T, elements), x...)[elements:] }

// Products go to the library from the size on from which that pays.
func TestWorthwhile(t *testing.T) {
	called := false
	library := calls(func(_, _ blas.Transpose, _, _, _ int, _ float32, _ []float32, _ int, _ []float32, _ int, _ float32, _ []float32, _ int) {
		called = true
	})
	for _, c := range []struct {
		n, m, k int
		want    bool
	}{{1, 10, 10, false}, {worthwhile - 1, 1, 1, false}, {worthwhile, 1, 1, true}, {25, 10, 250, true}} {
		for form, f := range rows32.gemms().unless(worthwhile, library) {
			called = false
			p := randomProduct[float32](1, expr.Form(form), c.n, c.m, c.k)
			f(p.out, p.a, p.b, c.n, c.m, c.k, 1, false)
			if called != c.want {
				t.Errorf("%v of %d, %d, %d: called %v", expr.Form(form), c.n, c.m, c.k, called)
			}
		}
	}
}
