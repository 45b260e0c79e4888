package mobius

import (
	"fmt"
	"iter"
	"slices"
)

// MaxFunction is the largest n for which a Function can hold a value for every partition
// of n elements: Bell(12) is 4213597, and Bell(13) 27644437.
const MaxFunction = 12

// A Function holds a value of type T for every partition of a number of elements. It is
// immutable. The zero Function holds no values.
type Function[T any] struct {
	n      int
	values []T // by rank
}

// NewFunction returns the Function whose value at each partition of n elements is that of
// f, which it calls once for each, in the order of Partitions.
//
// The error wraps ErrLength if n < 0, and ErrTooLarge if n > MaxFunction.
func NewFunction[T any](n int, f func(Partition) T) (Function[T], error) {
	if err := checkFunction(n); err != nil {
		return Function[T]{}, err
	}
	values := make([]T, 0, completions64[n][0])
	for p := range Partitions(n) {
		values = append(values, f(p))
	}
	return Function[T]{n, values}, nil
}

// checkFunction reports whether a Function of the partitions of n elements is allowed.
func checkFunction(n int) error {
	switch {
	case n < 0:
		return fmt.Errorf("mobius: function of partitions of %d elements: %w", n, ErrLength)
	case n > MaxFunction:
		return fmt.Errorf("mobius: function of partitions of %d elements, limit %d: %w",
			n, MaxFunction, ErrTooLarge)
	}
	return nil
}

// Len returns the number of elements of the partitions. The number of values is
// Bell(Len()).
func (f Function[T]) Len() int { return f.n }

// At returns the value at p. Like the index of a slice, p must be in range: At panics if
// p.Len() is not f.Len(), or if f is the zero Function.
func (f Function[T]) At(p Partition) T {
	if p.Len() != f.n {
		panic(fmt.Sprintf("mobius: partition %v for a function of partitions of %d elements", p, f.n))
	}
	return f.values[p.rank64()]
}

// All yields every partition with its value, in the order of Partitions.
func (f Function[T]) All() iter.Seq2[Partition, T] {
	return func(yield func(Partition, T) bool) {
		if len(f.values) == 0 {
			return
		}
		rank := 0
		for p := range Partitions(f.n) {
			if !yield(p, f.values[rank]) {
				return
			}
			rank++
		}
	}
}

// clone returns a copy that may be written to.
func (f Function[T]) clone() Function[T] {
	return Function[T]{f.n, slices.Clone(f.values)}
}
