package embed

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Each loop does what its comment says, by one operation at a time, modulo 2^64 and modulo
// primes.
func TestLoops(t *testing.T) {
	var l moduli
	rapid.Check(t, func(t *rapid.T) {
		m := l.get(rapid.IntRange(0, 3).Draw(t, "modulus")).modulus
		n, columns := rapid.IntRange(0, 20).Draw(t, "n"), rapid.IntRange(20, 30).Draw(t, "columns")
		numbers := func(name string, n int) []uint64 {
			one := rapid.OneOf(rapid.Uint64Range(0, m.p-1), rapid.SampledFrom([]uint64{0, 1, m.p - 1}))
			return rapid.SliceOfN(one, n, n).Draw(t, name)
		}
		indices := func(name string, n, least, most int) []int32 {
			list := rapid.SliceOfN(rapid.Int32Range(int32(least), int32(most)), n, n).Draw(t, name)
			slices.Sort(list)
			return list
		}
		a, b, to := numbers("a", n), numbers("b", n), numbers("to", n)
		x, sum := numbers("x", columns+1), numbers("sum", columns+1)
		at := indices("at", n, 0, columns)
		starts := indices("starts", n, -1, columns-1)
		left, right := indices("left", n, 0, max(0, n-1)), indices("right", n, 0, max(0, n-1))
		check := func(name string, of []uint64, do func(list []uint64), step func(list []uint64, i int)) {
			got, want := slices.Clone(of), slices.Clone(of)
			do(got)
			for i := range n {
				step(want, i)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s modulo %d: got %d, want %d", name, m.p, got, want)
			}
		}
		before := func(i int) uint64 {
			if i == 0 {
				return 0
			}
			return a[i-1]
		}
		check("product", to, func(to []uint64) { m.product(to, a, b) },
			func(to []uint64, i int) { to[i] = m.mul(a[i], b[i]) })
		check("productAt", to, func(to []uint64) { m.productAt(to, a, x, at) },
			func(to []uint64, i int) { to[i] = m.mul(a[i], x[at[i]]) })
		check("productFrom", to, func(to []uint64) { m.productFrom(to, a, b, left, right) },
			func(to []uint64, i int) { to[i] = m.mul(a[left[i]], b[right[i]]) })
		check("addProductFrom", to, func(to []uint64) { m.addProductFrom(to, a, b, left, right) },
			func(to []uint64, i int) { to[i] = m.add(to[i], m.mul(a[left[i]], b[right[i]])) })
		check("addProductAt", to, func(to []uint64) { m.addProductAt(to, a, x, at) },
			func(to []uint64, i int) { to[i] = m.add(to[i], m.mul(a[i], x[at[i]])) })
		check("subStepsAt", to, func(to []uint64) { m.subStepsAt(to, a, x, starts) },
			func(to []uint64, i int) { to[i] = m.sub(to[i], m.mul(m.sub(a[i], before(i)), x[starts[i]+1])) })
		check("addStepsAt", sum, func(sum []uint64) { m.addStepsAt(sum, a, starts) },
			func(sum []uint64, i int) { sum[starts[i]+1] = m.add(sum[starts[i]+1], m.sub(a[i], before(i))) })
		check("addAt", sum, func(sum []uint64) { m.addAt(sum, a, at) },
			func(sum []uint64, i int) { sum[at[i]] = m.add(sum[at[i]], a[i]) })
		check("sums", to, func(to []uint64) { m.sums(to) },
			func(to []uint64, i int) {
				if i > 0 {
					to[i] = m.add(to[i], to[i-1])
				}
			})
	})
}
