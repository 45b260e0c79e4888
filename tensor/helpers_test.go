package tensor_test

import (
	"math"
	"math/big"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

var exact = mobius.Rational{}

// must returns v, and panics if there is an error: for inputs known to be good.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// q reads a rational number.
func q(text string) *big.Rat {
	v, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("not a number: " + text)
	}
	return v
}

// qs reads rational numbers.
func qs(texts ...string) []*big.Rat {
	out := make([]*big.Rat, len(texts))
	for i, text := range texts {
		out[i] = q(text)
	}
	return out
}

// drawRat draws a small rational, often zero or an integer.
func drawRat(t *rapid.T) *big.Rat {
	return big.NewRat(rapid.Int64Range(-4, 4).Draw(t, "num"), rapid.SampledFrom([]int64{1, 1, 2, 3}).Draw(t, "den"))
}

func drawRats(t *rapid.T, n int) []*big.Rat {
	out := make([]*big.Rat, n)
	for i := range out {
		out[i] = drawRat(t)
	}
	return out
}

func drawTensor(t *rapid.T, dim, rank int) *tensor.Dense[*big.Rat] {
	return must(tensor.FromSlice(dim, rank, drawRats(t, pow(dim, rank))))
}

// drawPolynomial draws a polynomial of degree at most degree in each variable.
func drawPolynomial(t *rapid.T, dim, degree int) tensor.Polynomial {
	terms := make([]tensor.Term, rapid.IntRange(0, 6).Draw(t, "terms"))
	for i := range terms {
		terms[i] = tensor.Term{Coef: drawRat(t), Exp: make([]int, dim)}
		for j := range dim {
			terms[i].Exp[j] = rapid.IntRange(0, degree).Draw(t, "exp")
		}
	}
	return must(tensor.NewPolynomial(dim, terms))
}

// drawFinite draws a landscape with up to three data.
func drawFinite(t *rapid.T, maxDim int) *tensor.Finite {
	dim := rapid.IntRange(1, maxDim).Draw(t, "dim")
	data := make([]tensor.Datum, rapid.IntRange(1, 3).Draw(t, "data"))
	rest := big.NewRat(1, 1)
	for i := range data {
		p := new(big.Rat).Set(rest)
		if i < len(data)-1 {
			p.Mul(p, big.NewRat(rapid.Int64Range(0, 3).Draw(t, "prob"), 3))
		}
		rest.Sub(rest, p)
		data[i] = tensor.Datum{Prob: p, Loss: drawPolynomial(t, dim, 3)}
	}
	return must(tensor.NewFinite(drawRats(t, dim), data))
}

func pow(dim, rank int) int {
	n := 1
	for range rank {
		n *= dim
	}
	return n
}

// indices returns all indices of a tensor in row-major order.
func indices(dim, rank int) [][]int {
	all := [][]int{{}}
	for range rank {
		var next [][]int
		for _, index := range all {
			for i := range dim {
				next = append(next, append(append([]int{}, index...), i))
			}
		}
		all = next
	}
	return all
}

// same reports whether two exact tensors are equal.
func same(a, b *tensor.Dense[*big.Rat]) bool {
	if a.Dim() != b.Dim() || a.Rank() != b.Rank() {
		return false
	}
	other := b.Data()
	for i, v := range a.Data() {
		if v.Cmp(other[i]) != 0 {
			return false
		}
	}
	return true
}

// floats returns the nearest float64 tensor.
func floats(t *tensor.Dense[*big.Rat]) *tensor.Dense[float64] {
	return tensor.Map(t, mobius.Float64{}.Rat)
}

// checkClose fails unless a and b agree to a relative tolerance, or an absolute one
// for numbers below 1.
func checkClose(t rapid.TB, a, b *tensor.Dense[float64], tolerance float64) {
	t.Helper()
	if a.Dim() != b.Dim() || a.Rank() != b.Rank() {
		t.Fatalf("dimension %d, rank %d; want %d, %d", a.Dim(), a.Rank(), b.Dim(), b.Rank())
	}
	other := b.Data()
	for i, v := range a.Data() {
		if math.Abs(v-other[i]) > tolerance*max(1, math.Abs(other[i])) {
			t.Fatalf("element %d is %v, want %v", i, v, other[i])
		}
	}
}

// partitions returns the set partitions of {0, …, n−1}, by inserting one element after
// the other.
func partitions(n int) [][][]int {
	all := [][][]int{{}}
	for v := range n {
		var next [][][]int
		for _, parts := range all {
			for i := range len(parts) + 1 {
				var grown [][]int
				for j, part := range parts {
					part = append([]int{}, part...)
					if j == i {
						part = append(part, v)
					}
					grown = append(grown, part)
				}
				if i == len(parts) {
					grown = append(grown, []int{v})
				}
				next = append(next, grown)
			}
		}
		all = next
	}
	return all
}
