package tensor_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

// sortedGroups returns the index with the indices of each group sorted.
func sortedGroups(index, orders []int) []int {
	index = slices.Clone(index)
	for axis, g := 0, 0; g < len(orders); g++ {
		slices.Sort(index[axis : axis+orders[g]])
		axis += orders[g]
	}
	return index
}

func TestFillSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 3).Draw(t, "dim")
		orders := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 3).Draw(t, "orders")
		rank := 0
		for _, k := range orders {
			rank += k
		}
		var calls [][]int
		got := must(tensor.FillSymmetric(dim, orders, func(index []int) int {
			calls = append(calls, slices.Clone(index))
			return len(calls) - 1
		}))
		var want [][]int // the sorted indices, in lexicographic order
		for _, index := range indices(dim, rank) {
			if slices.Equal(index, sortedGroups(index, orders)) {
				want = append(want, index)
			}
		}
		if !slices.EqualFunc(calls, want, slices.Equal) {
			t.Fatalf("orders %v: f called at %v, want %v", orders, calls, want)
		}
		for _, index := range indices(dim, rank) {
			if v := got.At(index...); !slices.Equal(calls[v], sortedGroups(index, orders)) {
				t.Fatalf("orders %v: the element at %v is of the class of %v", orders, index, calls[v])
			}
		}
	})
}

func TestFillSymmetricErrors(t *testing.T) {
	for _, test := range []struct {
		dim    int
		orders []int
		want   error
	}{
		{0, []int{1}, tensor.ErrShape},
		{2, []int{1, -1}, tensor.ErrOrder},
		{2, []int{20, 20}, tensor.ErrTooLarge},
		{1, []int{1 << 62, 1 << 62}, tensor.ErrTooLarge},
	} {
		_, err := tensor.FillSymmetric(test.dim, test.orders, func([]int) int { t.Error("f was called"); return 0 })
		if !errors.Is(err, test.want) {
			t.Errorf("FillSymmetric(%d, %v): %v, want %v", test.dim, test.orders, err, test.want)
		}
	}
}

func BenchmarkFillSymmetric(b *testing.B) {
	for name, orders := range map[string][]int{"rank=4": {4}, "rank=2+2": {2, 2}, "rank=6": {6}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := tensor.FillSymmetric(6, orders, func([]int) float64 { return 1 }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
