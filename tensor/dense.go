package tensor

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"github.com/perturb-go/perturb/mobius"
)

// A Dense is a tensor of elements of type T, all of whose indices run over
// 0, …, Dim−1, the coordinates of weight space. One of rank 0 is a scalar.
//
// A Dense is immutable, and so may be shared between goroutines. So are its elements:
// those that are pointers, such as *big.Rat, are shared, and must not be changed. The
// zero Dense has dimension 0 and no elements; it fits no operation.
type Dense[T any] struct {
	dim, rank int
	data      []T // row-major
}

// New returns the tensor whose elements are all fill.
//
// The error wraps ErrShape if dim < 1 or rank < 0, and ErrTooLarge if the tensor
// would have more than MaxElements elements or a rank above MaxRank.
func New[T any](dim, rank int, fill T) (*Dense[T], error) {
	n, err := size(dim, rank)
	if err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	data := make([]T, n)
	for i := range data {
		data[i] = fill
	}
	return &Dense[T]{dim, rank, data}, nil
}

// FromSlice returns the tensor with a copy of the elements in data, in row-major
// order: the last index varies fastest.
//
// The error is as for New, and wraps ErrShape if data does not have dim^rank elements.
func FromSlice[T any](dim, rank int, data []T) (*Dense[T], error) {
	n, err := size(dim, rank)
	if err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	if len(data) != n {
		return nil, fmt.Errorf("tensor: %d elements for dimension %d and rank %d, which need %d: %w", len(data), dim, rank, n, ErrShape)
	}
	return &Dense[T]{dim, rank, slices.Clone(data)}, nil
}

// Scalar returns v as a tensor of rank 0. The error wraps ErrShape if dim < 1.
func Scalar[T any](dim int, v T) (*Dense[T], error) {
	return New(dim, 0, v)
}

// Identity returns the tensor δ_{μν} of rank 2: one where its indices agree, zero
// elsewhere. The error is as for New.
func Identity[T any](r mobius.Ring[T], dim int) (*Dense[T], error) {
	t, err := New(dim, 2, r.Int(new(big.Int)))
	if err != nil {
		return nil, err
	}
	one := r.Int(big.NewInt(1))
	for i := range dim {
		t.data[i*dim+i] = one
	}
	return t, nil
}

// size returns dim^rank, the elements of a tensor, if New allows as many.
func size(dim, rank int) (int, error) {
	switch {
	case dim < 1:
		return 0, fmt.Errorf("dimension %d is below 1: %w", dim, ErrShape)
	case rank < 0:
		return 0, fmt.Errorf("rank %d is negative: %w", rank, ErrShape)
	case rank > MaxRank:
		return 0, fmt.Errorf("rank %d exceeds %d: %w", rank, MaxRank, ErrTooLarge)
	}
	n := 1
	for range rank {
		if n > MaxElements/dim {
			want := new(big.Int).Exp(big.NewInt(int64(dim)), big.NewInt(int64(rank)), nil)
			return 0, fmt.Errorf("dimension %d and rank %d make %v elements, which exceed %d: %w", dim, rank, want, MaxElements, ErrTooLarge)
		}
		n *= dim
	}
	return n, nil
}

// Dim returns the number of values of each index.
func (t *Dense[T]) Dim() int { return t.dim }

// Rank returns the number of indices.
func (t *Dense[T]) Rank() int { return t.rank }

// At returns the element at the given index, one number per axis; a scalar's is
// At(). Like a slice it panics if the index is out of range.
func (t *Dense[T]) At(index ...int) T {
	if len(index) != t.rank {
		panic(fmt.Sprintf("tensor: %d indices into a tensor of rank %d", len(index), t.rank))
	}
	offset := 0
	for axis, i := range index {
		if i < 0 || i >= t.dim {
			panic(fmt.Sprintf("tensor: index %d of axis %d is out of range in dimension %d", i, axis, t.dim))
		}
		offset = offset*t.dim + i
	}
	return t.data[offset]
}

// Data returns a copy of the elements in row-major order: the last index varies
// fastest, so the element at (i, j) of a tensor of rank 2 is Data()[i*Dim()+j].
func (t *Dense[T]) Data() []T { return slices.Clone(t.data) }

// Permute returns the tensor whose axis i is the axis axes[i] of t: Permute(1, 0) is
// the transpose. The error wraps ErrShape if axes is not a permutation of 0, …, Rank−1.
func (t *Dense[T]) Permute(axes ...int) (*Dense[T], error) {
	if len(axes) != t.rank {
		return nil, fmt.Errorf("tensor: permute %d axes of a tensor of rank %d: %w", len(axes), t.rank, ErrShape)
	}
	from := strides(t.dim, t.rank)
	to := make([]int, t.rank)
	seen := make([]bool, t.rank)
	for i, axis := range axes {
		if axis < 0 || axis >= t.rank || seen[axis] {
			return nil, fmt.Errorf("tensor: axes %v are not a permutation: %w", axes, ErrShape)
		}
		seen[axis] = true
		to[i] = from[axis]
	}
	if slices.IsSorted(axes) {
		return t, nil
	}
	return &Dense[T]{t.dim, t.rank, gather(t.data, t.dim, to)}, nil
}

// String returns the elements as nested lists, such as [[1 1/2] [1/2 3]].
func (t *Dense[T]) String() string {
	var b strings.Builder
	var write func(data []T, rank int)
	write = func(data []T, rank int) {
		if rank == 0 {
			switch v := any(data[0]).(type) {
			case *big.Rat:
				b.WriteString(v.RatString())
			default:
				fmt.Fprint(&b, v)
			}
			return
		}
		b.WriteByte('[')
		step := len(data) / t.dim
		for i := range t.dim {
			if i > 0 {
				b.WriteByte(' ')
			}
			write(data[i*step:(i+1)*step], rank-1)
		}
		b.WriteByte(']')
	}
	if len(t.data) == 0 {
		return "[]"
	}
	write(t.data, t.rank)
	return b.String()
}

// Map returns the tensor of the values of f at the elements of t, called in
// row-major order.
func Map[T, U any](t *Dense[T], f func(T) U) *Dense[U] {
	data := make([]U, len(t.data))
	for i, v := range t.data {
		data[i] = f(v)
	}
	return &Dense[U]{t.dim, t.rank, data}
}

// Add returns a + b. The error wraps ErrShape unless both have the same dimension
// and rank.
func Add[T any](r mobius.Ring[T], a, b *Dense[T]) (*Dense[T], error) {
	if a.dim != b.dim || a.rank != b.rank {
		return nil, fmt.Errorf("tensor: add dimension %d, rank %d to dimension %d, rank %d: %w", b.dim, b.rank, a.dim, a.rank, ErrShape)
	}
	data := make([]T, len(a.data))
	for i, v := range a.data {
		data[i] = r.Add(v, b.data[i])
	}
	return &Dense[T]{a.dim, a.rank, data}, nil
}

// Scale returns c·t.
func Scale[T any](r mobius.Ring[T], c T, t *Dense[T]) *Dense[T] {
	return Map(t, func(v T) T { return r.Mul(c, v) })
}

// Outer returns a ⊗ b, the indices of a first. The error wraps ErrShape if the
// dimensions differ and ErrTooLarge as for New.
func Outer[T any](r mobius.Ring[T], a, b *Dense[T]) (*Dense[T], error) {
	if a.dim != b.dim {
		return nil, fmt.Errorf("tensor: outer product of dimensions %d and %d: %w", a.dim, b.dim, ErrShape)
	}
	n, err := size(a.dim, a.rank+b.rank)
	if err != nil {
		return nil, fmt.Errorf("tensor: outer product: %w", err)
	}
	data := make([]T, 0, n)
	for _, v := range a.data {
		for _, w := range b.data {
			data = append(data, r.Mul(v, w))
		}
	}
	return &Dense[T]{a.dim, a.rank + b.rank, data}, nil
}

// strides returns the distances in row-major data between neighbours along each axis.
func strides(dim, rank int) []int {
	s := make([]int, rank)
	step := 1
	for axis := rank - 1; axis >= 0; axis-- {
		s[axis] = step
		step *= dim
	}
	return s
}

// gather returns, in row-major order, the elements data[Σ_a i_a·stride[a]] over all
// indices i. Strides out of order transpose; a sum of two strides takes a diagonal.
func gather[T any](data []T, dim int, stride []int) []T {
	rank := len(stride)
	if rank == 0 {
		return data[:1:1]
	}
	n := 1
	for range rank {
		n *= dim
	}
	out := make([]T, 0, n)
	index := make([]int, rank)
	last := stride[rank-1]
	for offset := 0; ; {
		for i := range dim {
			out = append(out, data[offset+i*last])
		}
		axis := rank - 2
		for ; axis >= 0; axis-- {
			offset += stride[axis]
			if index[axis]++; index[axis] < dim {
				break
			}
			offset -= dim * stride[axis]
			index[axis] = 0
		}
		if axis < 0 {
			return out
		}
	}
}

// equal reports whether a and b are the same element: by Cmp or Equal where T has
// such a method, as *big.Rat has, by == for float64, and else by reflect.DeepEqual.
func equal[T any](a, b T) bool {
	switch v := any(a).(type) {
	case float64:
		return v == any(b).(float64)
	case interface{ Cmp(T) int }:
		return v.Cmp(b) == 0
	case interface{ Equal(T) bool }:
		return v.Equal(b)
	}
	return reflect.DeepEqual(a, b)
}
