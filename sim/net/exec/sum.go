package exec

import (
	"github.com/perturb-go/perturb/sim/net/expr"
)

// A sum is what one step adds up: first the products of matrices, then, block by block,
// the terms that are elementwise.
type sum[T Float] struct {
	products []product[T]
	terms    []term[T]
	first    bool // whether the first elementwise term is already there, in the result
}

// A product is scale · a·b in one of the forms; a and b are slots.
type product[T Float] struct {
	form    expr.Form
	scale   T
	a, b    int
	n, m, k int // a has n rows; see gemm
}

// A term is scale · a, or scale · a∘b if b ≥ 0.
type term[T Float] struct {
	scale T
	a, b  int
}

// blockSize is how many elements of a sum are added up before the next: few enough to
// stay in the fastest memory.
const blockSize = 512

// newSum returns the instruction that computes value i, with all it swallowed.
func newSum[T Float](list []value, i int, swallowed []bool) instruction[T] {
	in := instruction[T]{to: i, over: -1}
	read := func(v int) int {
		in.reads = append(in.reads, list[v].of)
		return len(in.reads) - 1
	}
	var s sum[T]
	var add func(v int, scale float64)
	addInto := func(v int, scale float64) {
		if swallowed[v] {
			add(v, scale)
		} else {
			s.terms = append(s.terms, term[T]{T(scale), read(v), -1})
		}
	}
	add = func(v int, scale float64) {
		switch k := list[v].kind.(type) {
		case expr.Combine:
			for j, c := range k.Coefs() {
				addInto(list[v].operands[j], scale*c)
			}
		case expr.Mul:
			a, b := list[v].operands[0], list[v].operands[1]
			s.terms = append(s.terms, term[T]{T(scale * k.Scale), read(a), read(b)})
		case expr.MatMul:
			a, b := list[v].operands[0], list[v].operands[1]
			n, m, inner := gemmSizes(k.Form, list[a].shape, list[b].shape)
			s.products = append(s.products, product[T]{k.Form, T(scale * k.Scale), read(a), read(b), n, m, inner})
		}
	}
	add(i, 1)
	// A plain term that is not needed afterwards can be added to where it is.
	for j, t := range s.terms {
		if t.b < 0 && t.scale == 1 {
			s.terms[0], s.terms[j] = s.terms[j], s.terms[0]
			in.over = t.a
			break
		}
	}
	in.make = func(to int, reads []int) step[T] { return s.place(to, reads).step(to) }
	return in
}

// place returns the sum with slots in place of indices into what it reads.
func (s sum[T]) place(to int, reads []int) sum[T] {
	var placed sum[T]
	for _, p := range s.products {
		p.a, p.b = reads[p.a], reads[p.b]
		placed.products = append(placed.products, p)
	}
	for _, t := range s.terms {
		t.a = reads[t.a]
		if t.b >= 0 {
			t.b = reads[t.b]
		}
		placed.terms = append(placed.terms, t)
	}
	placed.first = len(placed.terms) > 0 && placed.terms[0].a == to
	return placed
}

func (s sum[T]) step(to int) step[T] {
	g := products[T]()
	return func(slots [][]T) {
		out := slots[to]
		there := s.first
		for _, p := range s.products {
			g[p.form](out, slots[p.a], slots[p.b], p.n, p.m, p.k, p.scale, there)
			there = true
		}
		terms := s.terms
		if s.first {
			terms = terms[1:]
		}
		if len(terms) == 0 {
			return
		}
		for from := 0; from < len(out); from += blockSize {
			to := min(from+blockSize, len(out))
			block := out[from:to]
			for i, t := range terms {
				a := slots[t.a][from:to]
				switch {
				case t.b < 0 && i == 0 && !there:
					scale(block, t.scale, a)
				case t.b < 0:
					addScaled(block, t.scale, a)
				case i == 0 && !there:
					multiply(block, t.scale, a, slots[t.b][from:to])
				default:
					addProduct(block, t.scale, a, slots[t.b][from:to])
				}
			}
		}
	}
}

func fill[T Float](out []T, v T) {
	for i := range out {
		out[i] = v
	}
}

func scale[T Float](out []T, c T, a []T) {
	a = a[:len(out)]
	for i := range out {
		out[i] = c * a[i]
	}
}

func addScaled[T Float](out []T, c T, a []T) {
	a = a[:len(out)]
	for i := range out {
		out[i] += c * a[i]
	}
}

func multiply[T Float](out []T, c T, a, b []T) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = c * a[i] * b[i]
	}
}

func addProduct[T Float](out []T, c T, a, b []T) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] += c * a[i] * b[i]
	}
}
