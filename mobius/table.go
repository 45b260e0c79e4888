package mobius

import (
	"fmt"
	"iter"
	"slices"
)

const (
	// MaxEntries is the largest number of entries of a Table.
	MaxEntries = 1 << 24
	// MaxMultiplicity is the largest number of times that a variable of a Table can occur.
	MaxMultiplicity = 512
)

// A Table holds a value of type T for every multiset drawn from a list of variables:
// a joint moment or cumulant, say. A multiset is given by its index a = (a₀, a₁, …), in
// which variable i occurs aᵢ times, and the shape s of the table bounds it: 0 ≤ aᵢ ≤ sᵢ.
// So there are Π (sᵢ + 1) entries, and even a table without variables has one, for the
// empty multiset.
//
// A Table is immutable. The zero Table holds no values.
type Table[T any] struct {
	shape  []int
	stride []int // distance in values between neighbours along each variable
	values []T   // lexicographic in the index: the last variable's changes fastest
}

// NewTable returns the Table of the given shape whose entry at each index is what value
// returns for it. It calls value once for each index, in lexicographic order. The index
// is reused: it is valid during the call only, and must not be modified.
//
// The error wraps ErrLength if an entry of shape is negative. It wraps ErrTooLarge if one
// exceeds MaxMultiplicity or there would be more than MaxEntries entries.
func NewTable[T any](shape []int, value func(index []int) T) (Table[T], error) {
	t, err := makeTable[T](shape)
	if err != nil {
		return Table[T]{}, fmt.Errorf("mobius: table: %w", err)
	}
	index := make([]int, len(shape))
	for at := range t.values {
		t.unravel(at, index)
		t.values[at] = value(index)
	}
	return t, nil
}

// makeTable returns a Table of zero values.
func makeTable[T any](shape []int) (Table[T], error) {
	stride := make([]int, len(shape))
	entries := 1
	for i, s := range slices.Backward(shape) {
		if err := checkMultiplicity(i, s); err != nil {
			return Table[T]{}, err
		}
		if entries > MaxEntries/(s+1) {
			return Table[T]{}, fmt.Errorf("more than %d entries: %w", MaxEntries, ErrTooLarge)
		}
		stride[i] = entries
		entries *= s + 1
	}
	return Table[T]{slices.Clone(shape), stride, make([]T, entries)}, nil
}

// checkMultiplicity reports whether variable i of a table may occur s times.
func checkMultiplicity(i, s int) error {
	switch {
	case s < 0:
		return fmt.Errorf("variable %d occurs %d times: %w", i, s, ErrLength)
	case s > MaxMultiplicity:
		return fmt.Errorf("variable %d occurs %d times, limit %d: %w", i, s, MaxMultiplicity, ErrTooLarge)
	}
	return nil
}

// unravel sets index to that of values[at].
func (t Table[T]) unravel(at int, index []int) {
	for i, stride := range t.stride {
		index[i] = at / stride % (t.shape[i] + 1)
	}
}

// Shape returns, for each variable, the largest number of times that it occurs, as a fresh
// slice.
func (t Table[T]) Shape() []int { return slices.Clone(t.shape) }

// At returns the entry for the multiset in which variable i occurs index[i] times. Like
// the index of a slice, it must be in range: At panics unless there is one number per
// variable, each from 0 to what the shape says, or if t is the zero Table.
func (t Table[T]) At(index ...int) T {
	if len(index) != len(t.shape) {
		panic(fmt.Sprintf("mobius: index %v for a table of shape %v", index, t.shape))
	}
	at := 0
	for i, a := range index {
		if a < 0 || a > t.shape[i] {
			panic(fmt.Sprintf("mobius: index %v for a table of shape %v", index, t.shape))
		}
		at += a * t.stride[i]
	}
	return t.values[at]
}

// All yields every index with its entry, in lexicographic order. Each index is fresh.
func (t Table[T]) All() iter.Seq2[[]int, T] {
	return func(yield func([]int, T) bool) {
		for at, value := range t.values {
			index := make([]int, len(t.shape))
			t.unravel(at, index)
			if !yield(index, value) {
				return
			}
		}
	}
}
