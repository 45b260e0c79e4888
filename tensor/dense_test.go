package tensor_test

import (
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

func TestNewErrors(t *testing.T) {
	for _, test := range []struct {
		dim, rank int
		want      error
		text      string
	}{
		{0, 2, tensor.ErrShape, "dimension 0"},
		{-3, 0, tensor.ErrShape, "dimension -3"},
		{2, -1, tensor.ErrShape, "rank -1"},
		{2, 26, nil, ""}, // exactly MaxElements
		{2, 27, tensor.ErrTooLarge, "134217728 elements"},
		{10, 9, tensor.ErrTooLarge, "1000000000 elements"},
		{1000000000, 64, tensor.ErrTooLarge, "1" + strings.Repeat("0", 576) + " elements"},
		{1, 64, nil, ""},
		{1, 65, tensor.ErrTooLarge, "rank 65"},
	} {
		_, err := tensor.New(test.dim, test.rank, struct{}{})
		if !errors.Is(err, test.want) || err != nil && !strings.Contains(err.Error(), test.text) {
			t.Errorf("New(%d, %d): %v; want %v with %q", test.dim, test.rank, err, test.want, test.text)
		}
	}
	if _, err := tensor.FromSlice(2, 2, []int{1, 2, 3}); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("FromSlice of 3 elements: %v", err)
	}
	if _, err := tensor.Identity(exact, 1<<20); !errors.Is(err, tensor.ErrTooLarge) {
		t.Errorf("Identity in dimension 2^20: %v", err)
	}
	if _, err := tensor.Scalar(0, 1); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("Scalar in dimension 0: %v", err)
	}
}

func TestDenseIsImmutable(t *testing.T) {
	data := []float64{1, 2}
	v := must(tensor.FromSlice(2, 1, data))
	data[0] = 7
	v.Data()[1] = 7
	if got := v.String(); got != "[1 2]" {
		t.Errorf("after writing to its data: %v, want [1 2]", got)
	}
}

func TestAt(t *testing.T) {
	m := must(tensor.FromSlice(3, 2, []int{0, 1, 2, 3, 4, 5, 6, 7, 8}))
	if got := m.At(1, 2); got != 5 {
		t.Errorf("At(1, 2) = %d, want 5", got)
	}
	for _, index := range [][]int{{1}, {1, 2, 0}, {3, 0}, {0, -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("At(%v) did not panic", index)
				}
			}()
			m.At(index...)
		}()
	}
}

func TestString(t *testing.T) {
	for want, got := range map[string]string{
		"[[1 1/2] [1/2 -3]]":              must(tensor.FromSlice(2, 2, qs("1", "1/2", "1/2", "-3"))).String(),
		"2/3":                             must(tensor.Scalar(5, q("2/3"))).String(),
		"[[[1 2] [3 4]] [[5 6] [7 8.5]]]": must(tensor.FromSlice(2, 3, []float64{1, 2, 3, 4, 5, 6, 7, 8.5})).String(),
		"[]":                              new(tensor.Dense[int]).String(),
	} {
		if got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

// TestPermute checks that axis i of the result is axis axes[i] of the operand.
func TestPermute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 3).Draw(t, "dim")
		rank := rapid.IntRange(0, 4).Draw(t, "rank")
		a := drawTensor(t, dim, rank)
		axes := rapid.Permutation(indices(rank, 1)).Draw(t, "axes")
		order := make([]int, rank)
		for i := range order {
			order[i] = axes[i][0]
		}
		b := must(a.Permute(order...))
		for _, index := range indices(dim, rank) {
			moved := make([]int, rank)
			for i, axis := range order {
				moved[i] = index[axis]
			}
			if got, want := b.At(moved...), a.At(index...); got.Cmp(want) != 0 {
				t.Fatalf("permuted by %v: at %v %v, want %v", order, moved, got, want)
			}
		}
	})
	m := must(tensor.New(2, 2, 1))
	for _, axes := range [][]int{{0}, {0, 0}, {0, 2}, {-1, 0}, {0, 1, 2}} {
		if _, err := m.Permute(axes...); !errors.Is(err, tensor.ErrShape) {
			t.Errorf("Permute(%v): %v, want %v", axes, err, tensor.ErrShape)
		}
	}
}

func TestAddScaleOuter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 3).Draw(t, "dim")
		rank := rapid.IntRange(0, 2).Draw(t, "rank")
		a, b := drawTensor(t, dim, rank), drawTensor(t, dim, rank)
		c := drawRat(t)
		sum := must(tensor.Add(exact, a, tensor.Scale(exact, c, b)))
		outer := must(tensor.Outer(exact, a, b))
		for _, i := range indices(dim, rank) {
			want := new(big.Rat).Mul(c, b.At(i...))
			if want.Add(want, a.At(i...)).Cmp(sum.At(i...)) != 0 {
				t.Fatalf("(a + %v b) at %v is %v, want %v", c, i, sum.At(i...), want)
			}
			for _, j := range indices(dim, rank) {
				want := new(big.Rat).Mul(a.At(i...), b.At(j...))
				if got := outer.At(slices.Concat(i, j)...); got.Cmp(want) != 0 {
					t.Fatalf("a⊗b at %v, %v is %v, want %v", i, j, got, want)
				}
			}
		}
	})
}

func TestOperationErrors(t *testing.T) {
	f := mobius.Float64{}
	a, b, c := must(tensor.New(2, 1, 1.0)), must(tensor.New(3, 1, 1.0)), must(tensor.New(2, 2, 1.0))
	if _, err := tensor.Add(f, a, b); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("Add of dimensions 2 and 3: %v", err)
	}
	if _, err := tensor.Add(f, a, c); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("Add of ranks 1 and 2: %v", err)
	}
	if _, err := tensor.Outer(f, a, b); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("Outer of dimensions 2 and 3: %v", err)
	}
	long := must(tensor.New(1<<14, 1, 1.0))
	if _, err := tensor.Outer(f, long, long); !errors.Is(err, tensor.ErrTooLarge) {
		t.Errorf("Outer with 2^28 elements: %v", err)
	}
}

func TestIdentity(t *testing.T) {
	if got := must(tensor.Identity(exact, 3)).String(); got != "[[1 0 0] [0 1 0] [0 0 1]]" {
		t.Errorf("Identity = %s", got)
	}
}
