package tensor_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

// bruteForce contracts by summing over all values of all labels.
func bruteForce(dim int, labels [][]int, open []int, factors []*tensor.Dense[*big.Rat]) *tensor.Dense[*big.Rat] {
	position := make(map[int]int) // of each label in an index
	for _, label := range slices.Concat(append(slices.Clone(labels), open)...) {
		if _, ok := position[label]; !ok {
			position[label] = len(position)
		}
	}
	at := func(index, labels []int) []int {
		out := make([]int, len(labels))
		for i, label := range labels {
			out[i] = index[position[label]]
		}
		return out
	}
	data := make([]*big.Rat, pow(dim, len(open)))
	for i := range data {
		data[i] = new(big.Rat)
	}
	for _, index := range indices(dim, len(position)) {
		product := big.NewRat(1, 1)
		for f, l := range labels {
			product.Mul(product, factors[f].At(at(index, l)...))
		}
		offset := 0
		for _, i := range at(index, open) {
			offset = offset*dim + i
		}
		data[offset].Add(data[offset], product)
	}
	return must(tensor.FromSlice(dim, len(open), data))
}

// drawNetwork draws the labels of a network: it puts the two ends of each label into
// random factors, or one end among the open labels.
func drawNetwork(t *rapid.T, factors, edges int) (labels [][]int, open []int) {
	labels = make([][]int, factors)
	if factors == 0 {
		return labels, nil
	}
	put := func(label int) {
		f := rapid.IntRange(0, factors-1).Draw(t, "factor")
		at := rapid.IntRange(0, len(labels[f])).Draw(t, "axis")
		labels[f] = slices.Insert(labels[f], at, label)
	}
	for label := range edges {
		label = 3*label - 5 // any ints are labels
		put(label)
		if rapid.IntRange(0, 2).Draw(t, "open") == 0 {
			open = slices.Insert(open, rapid.IntRange(0, len(open)).Draw(t, "place"), label)
		} else {
			put(label)
		}
	}
	return labels, open
}

func TestContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Twelve factors are planned greedily.
		n := rapid.SampledFrom([]int{0, 1, 1, 2, 3, 4, 12}).Draw(t, "factors")
		labels, open := drawNetwork(t, n, rapid.IntRange(0, 5).Draw(t, "edges"))
		dim := rapid.IntRange(1, 3).Draw(t, "dim")
		factors := make([]*tensor.Dense[*big.Rat], n)
		rounded := make([]*tensor.Dense[float64], n)
		for i, l := range labels {
			factors[i] = drawTensor(t, dim, len(l))
			rounded[i] = floats(factors[i])
		}
		want := bruteForce(dim, labels, open, factors)
		plan, err := tensor.PlanContraction(dim, labels, open)
		if err != nil {
			t.Fatalf("PlanContraction(%d, %v, %v): %v", dim, labels, open, err)
		}
		got, err := tensor.Contract(exact, plan, factors)
		if err != nil || !same(got, want) {
			t.Fatalf("contract %v → %v: %v, %v; want %v", labels, open, got, err, want)
		}
		blas, err := tensor.Contract(mobius.Float64{}, plan, rounded)
		if err != nil {
			t.Fatalf("contract %v → %v: %v", labels, open, err)
		}
		checkClose(t, blas, floats(want), 1e-12)
		loops, err := tensor.Contract(plainFloat{}, plan, rounded)
		if err != nil {
			t.Fatalf("contract %v → %v: %v", labels, open, err)
		}
		checkClose(t, loops, floats(want), 1e-12)
	})
}

// plainFloat is float64 as any other ring, which Contract does not know.
type plainFloat struct{ mobius.Float64 }

func TestContractErrors(t *testing.T) {
	plan := must(tensor.PlanContraction(2, [][]int{{0, 1}, {1}}, []int{0}))
	matrix, vector := must(tensor.New(2, 2, 1.0)), must(tensor.New(2, 1, 1.0))
	f := mobius.Float64{}
	for name, factors := range map[string][]*tensor.Dense[float64]{
		"too few":       {matrix},
		"too many":      {matrix, vector, vector},
		"swapped":       {vector, matrix},
		"nil":           {matrix, nil},
		"dimension":     {matrix, must(tensor.New(3, 1, 1.0))},
		"the zero one":  {matrix, new(tensor.Dense[float64])},
		"none":          nil,
		"another order": {matrix, must(tensor.New(2, 0, 1.0))},
	} {
		if _, err := tensor.Contract(f, plan, factors); !errors.Is(err, tensor.ErrShape) {
			t.Errorf("%s: %v, want %v", name, err, tensor.ErrShape)
		}
	}
	if _, err := tensor.Contract(f, tensor.Plan{}, nil); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("the zero Plan: %v, want %v", err, tensor.ErrShape)
	}
}

func BenchmarkContract(b *testing.B) {
	// (ABv)_i with a middle that a good plan never forms, and A_{ij}B_{jk}C_{kl}.
	labels, open := [][]int{{0, 1}, {1, 2}, {2, 3}}, []int{0, 3}
	for _, dim := range []int{4, 8, 16, 32} {
		plan := must(tensor.PlanContraction(dim, labels, open))
		factor := must(tensor.New(dim, 2, 1.5))
		factors := []*tensor.Dense[float64]{factor, factor, factor}
		for _, ring := range []mobius.Ring[float64]{mobius.Float64{}, plainFloat{}} {
			name := map[bool]string{true: "blas", false: "loops"}[ring == mobius.Ring[float64](mobius.Float64{})]
			b.Run(fmt.Sprintf("matrices/dim=%d/%s", dim, name), func(b *testing.B) {
				for b.Loop() {
					if _, err := tensor.Contract(ring, plan, factors); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	// S^{μνλ} J_{μνλ}-like: a cubic tensor with two matrices.
	labels, open = [][]int{{0, 1, 2}, {0, 3}, {1, 4}, {2, 3, 4}}, nil
	for _, dim := range []int{4, 8, 16, 32} {
		plan := must(tensor.PlanContraction(dim, labels, open))
		cube, square := must(tensor.New(dim, 3, 1.5)), must(tensor.New(dim, 2, 1.5))
		factors := []*tensor.Dense[float64]{cube, square, square, cube}
		for _, ring := range []mobius.Ring[float64]{mobius.Float64{}, plainFloat{}} {
			name := map[bool]string{true: "blas", false: "loops"}[ring == mobius.Ring[float64](mobius.Float64{})]
			b.Run(fmt.Sprintf("cubic/dim=%d/%s", dim, name), func(b *testing.B) {
				for b.Loop() {
					if _, err := tensor.Contract(ring, plan, factors); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
