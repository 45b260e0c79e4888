package tensor

import (
	"context"
	"fmt"
	"slices"
)

// FillSymmetric returns a tensor of rank Σ orders that is symmetric within groups of
// consecutive indices: the first orders[0] of them, the next orders[1], and so on. An
// order of 0 is an empty group.
//
// It calls f once per class of indices that are equal up to permuting within groups,
// in lexicographic order, with each group in increasing order, and copies the value
// to the whole class. So a symmetric tensor of rank k takes C(dim+k−1, k) calls. f
// must not keep or change its argument.
//
// The error wraps ErrOrder if an order is negative, and is as for New otherwise.
func FillSymmetric[T any](dim int, orders []int, f func(index []int) T) (*Dense[T], error) {
	return fill(&watch{ctx: context.Background()}, dim, orders, false, f)
}

// fill is FillSymmetric, for tensors that swapping two whole groups of one order may
// leave unchanged too, as it does moments. Then f's groups of one order increase
// lexicographically. It stops with the watch, whose steps f may spend, too.
func fill[T any](w *watch, dim int, orders []int, swaps bool, f func(index []int) T) (*Dense[T], error) {
	rank, err := rankOf(orders)
	if err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	n, err := size(dim, rank)
	if err != nil {
		return nil, fmt.Errorf("tensor: orders %v: %w", orders, err)
	}

	// An element's offset has one digit per group, the offset of the group's indices
	// in a tensor of its order. Sorting the indices of a group makes its digit least,
	// so the least offset of a class belongs to its sorted index, and is met first.
	sorted := make([][]int, len(orders))
	place := make([]int, len(orders))
	for g, step := len(orders)-1, 1; g >= 0; g-- {
		sorted[g] = sortedOffsets(dim, orders[g])
		place[g] = step
		step *= len(sorted[g])
	}
	var alike [][]int // groups that may be swapped
	if swaps {
		alike = repeated(orders)
	}

	data := make([]T, n)
	digit := make([]int, len(orders))
	least := make([]int, len(orders))
	index := make([]int, rank)
	for offset := range data {
		if err := w.spend(1); err != nil {
			return nil, err
		}
		for g := range digit {
			least[g] = sorted[g][digit[g]]
		}
		for _, groups := range alike {
			sortAt(least, groups)
		}
		first := 0
		for g, d := range least {
			first += d * place[g]
		}
		if first < offset {
			data[offset] = data[first]
		} else {
			rest := offset
			for axis := rank - 1; axis >= 0; axis-- {
				index[axis] = rest % dim
				rest /= dim
			}
			data[offset] = f(index)
		}
		for g := len(digit) - 1; g >= 0; g-- {
			if digit[g]++; digit[g] < len(sorted[g]) {
				break
			}
			digit[g] = 0
		}
	}
	return &Dense[T]{dim, rank, data}, w.err
}

// rankOf returns Σ orders.
func rankOf(orders []int) (int, error) {
	rank := 0
	for _, k := range orders {
		if k < 0 {
			return 0, fmt.Errorf("order %d is negative: %w", k, ErrOrder)
		}
		if k > MaxRank {
			return 0, fmt.Errorf("order %d exceeds %d: %w", k, MaxRank, ErrTooLarge)
		}
		rank += k
	}
	return rank, nil
}

// sortedOffsets returns, for each offset in a tensor of rank k, the offset of the
// same indices in increasing order.
func sortedOffsets(dim, k int) []int {
	offsets := []int{0}
	// The offset for k indices, the last of which is i, is that of the others with i
	// inserted: every index above i moves one place towards the end.
	for range k {
		next := make([]int, 0, len(offsets)*dim)
		for _, o := range offsets {
			for i := range dim {
				next = append(next, insert(o, i, dim))
			}
		}
		offsets = next
	}
	return offsets
}

// insert puts the digit i into the increasing base-dim digits of offset.
func insert(offset, i, dim int) int {
	if offset == 0 || offset%dim <= i {
		return offset*dim + i
	}
	return insert(offset/dim, i, dim)*dim + offset%dim
}

// repeated returns the positions of each value that orders has more than once.
func repeated(orders []int) [][]int {
	where := make(map[int][]int)
	for g, k := range orders {
		where[k] = append(where[k], g)
	}
	var sets [][]int
	for k, groups := range where {
		if k > 0 && len(groups) > 1 {
			sets = append(sets, groups)
		}
	}
	return sets
}

// sortAt sorts the values at the given positions, which increase.
func sortAt(values, positions []int) {
	for i := range positions {
		for j := i; j > 0 && values[positions[j-1]] > values[positions[j]]; j-- {
			a, b := positions[j-1], positions[j]
			values[a], values[b] = values[b], values[a]
		}
	}
}

// classes returns the offsets in a symmetric tensor of rank k of its increasing
// indices, in lexicographic order.
func classes(dim, k int) []int {
	offsets := sortedOffsets(dim, k)
	distinct := offsets[:0]
	for offset, first := range offsets {
		if offset == first {
			distinct = append(distinct, offset)
		}
	}
	return slices.Clip(distinct)
}
