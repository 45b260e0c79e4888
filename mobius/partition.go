package mobius

import (
	"cmp"
	"slices"
	"strings"
)

// MaxLen is the largest number of elements that a Partition can have.
const MaxLen = 64

// A Partition splits the elements 0, 1, …, n−1 into disjoint non-empty parts, numbered
// from 0 in the order of their least elements.
//
// It is an immutable value: == is equality, and a Partition can key a map. The zero
// Partition is the only partition of no elements.
type Partition struct {
	rgs string // restricted growth string, one label (not a digit) per byte
}

// New returns the partition of the elements 0, …, len(labels)−1 in which two elements
// share a part if and only if their labels are equal. Any integers may be labels.
//
// The error wraps ErrTooLarge if there are more than MaxLen labels.
func New(labels []int) (Partition, error) {
	if err := checkLen(len(labels)); err != nil {
		return Partition{}, err
	}
	var (
		first  [MaxLen]int // first[k] is the label that part k was given
		parts  int
		buffer [MaxLen]byte
	)
	for i, label := range labels {
		k := slices.Index(first[:parts], label)
		if k < 0 {
			k = parts
			first[k] = label
			parts++
		}
		buffer[i] = byte(k)
	}
	return Partition{string(buffer[:len(labels)])}, nil
}

// MustNew is like New but panics on error. It is for literals.
func MustNew(labels []int) Partition {
	p, err := New(labels)
	if err != nil {
		panic(err)
	}
	return p
}

// FromParts returns the partition of 0, …, n−1 with the given parts. Neither the order
// of the parts nor the order within a part matters.
//
// The error is a *PartsError if a part is empty, or if an element is out of range, occurs
// twice or is missing; it wraps ErrNotPartition. It wraps ErrLength if n < 0, and
// ErrTooLarge if n > MaxLen.
func FromParts(n int, parts [][]int) (Partition, error) {
	if err := checkLen(n); err != nil {
		return Partition{}, err
	}
	const none = MaxLen
	label := slices.Repeat([]byte{none}, n)
	for k, part := range parts {
		if len(part) == 0 {
			return Partition{}, &PartsError{Part: k, Element: -1, Err: ErrEmptyPart}
		}
		for _, i := range part {
			switch {
			case i < 0 || i >= n:
				return Partition{}, &PartsError{Part: k, Element: i, Err: ErrRange}
			case label[i] != none:
				return Partition{}, &PartsError{Part: k, Element: i, Err: ErrRepeated}
			}
			label[i] = byte(k) // k < n, since each part so far has an element of its own
		}
	}
	if i := slices.Index(label, none); i >= 0 {
		return Partition{}, &PartsError{Part: -1, Element: i, Err: ErrMissing}
	}
	return canonical(label), nil
}

// canonical returns the partition into the classes of equal labels, each below MaxLen.
// It overwrites labels.
func canonical(labels []byte) Partition {
	var renamed [MaxLen]byte // one more than the new label; 0 if there is none yet
	parts := byte(0)
	for i, label := range labels {
		if renamed[label] == 0 {
			parts++
			renamed[label] = parts
		}
		labels[i] = renamed[label] - 1
	}
	return Partition{string(labels)}
}

// Finest returns the partition of n elements in which each is alone: the least element
// of the lattice and the last in the enumeration.
//
// The error wraps ErrLength if n < 0, and ErrTooLarge if n > MaxLen.
func Finest(n int) (Partition, error) {
	if err := checkLen(n); err != nil {
		return Partition{}, err
	}
	return finest(n), nil
}

// finest is Finest for 0 ≤ n ≤ MaxLen.
func finest(n int) Partition {
	var labels [MaxLen]byte
	for i := range labels {
		labels[i] = byte(i)
	}
	return Partition{string(labels[:n])}
}

// Coarsest returns the partition of n elements in which all are together: the greatest
// element of the lattice and the first in the enumeration. For n = 0 it has no part.
//
// The error wraps ErrLength if n < 0, and ErrTooLarge if n > MaxLen.
func Coarsest(n int) (Partition, error) {
	if err := checkLen(n); err != nil {
		return Partition{}, err
	}
	return Partition{strings.Repeat("\x00", n)}, nil
}

// Len returns the number of elements.
func (p Partition) Len() int { return len(p.rgs) }

// NumParts returns the number of parts, written |p|.
func (p Partition) NumParts() int {
	parts := 0
	for i := range len(p.rgs) {
		parts = max(parts, int(p.rgs[i])+1)
	}
	return parts
}

// PartOf returns the number of the part that element i is in: 0 for the part of
// element 0, and so on by least elements. It panics if i is out of range.
func (p Partition) PartOf(i int) int { return int(p.rgs[i]) }

// Labels returns the restricted growth string, PartOf(0), …, PartOf(Len()−1), as a
// fresh slice.
func (p Partition) Labels() []int {
	labels := make([]int, len(p.rgs))
	for i := range labels {
		labels[i] = int(p.rgs[i])
	}
	return labels
}

// Sizes returns the number of elements of each part, as a fresh slice.
func (p Partition) Sizes() []int {
	sizes := make([]int, p.NumParts())
	for i := range len(p.rgs) {
		sizes[p.rgs[i]]++
	}
	return sizes
}

// Parts returns the parts in the order of their least elements, each in increasing
// order, as fresh slices.
func (p Partition) Parts() [][]int {
	sizes := p.Sizes()
	parts := make([][]int, len(sizes))
	elements := make([]int, len(p.rgs))
	for k, size := range sizes {
		parts[k], elements = elements[:0:size], elements[size:]
	}
	for i := range len(p.rgs) {
		k := p.rgs[i]
		parts[k] = append(parts[k], i)
	}
	return parts
}

// leasts returns the least element of each part in its leading entries. They increase.
func (p Partition) leasts() (least [MaxLen]byte) {
	parts := byte(0)
	for i := range len(p.rgs) {
		if p.rgs[i] == parts {
			least[parts] = byte(i)
			parts++
		}
	}
	return least
}

// Compare returns −1, 0 or +1 as p comes before q, equals it or comes after it: fewer
// elements first, and then in the order of Partitions.
func Compare(p, q Partition) int {
	return cmp.Or(cmp.Compare(len(p.rgs), len(q.rgs)), strings.Compare(p.rgs, q.rgs))
}
