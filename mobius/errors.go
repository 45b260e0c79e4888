package mobius

import (
	"errors"
	"fmt"
)

// Causes of errors, to be matched with errors.Is. The errors that functions of this
// package return wrap one of them and add what was being done, to which value.
var (
	// ErrTooLarge: the input is beyond a documented limit, such as MaxLen.
	ErrTooLarge = errors.New("too large")
	// ErrLength: a length is negative, or two lengths that must agree differ.
	ErrLength = errors.New("lengths do not fit")
	// ErrRank: a rank is negative, or not below the number of partitions.
	ErrRank = errors.New("rank out of range")
	// ErrSamples: the number of samples in a batch is not positive.
	ErrSamples = errors.New("not a positive number of samples")
	// ErrSyntax: a text is not in the notation of partitions.
	ErrSyntax = errors.New("invalid character")

	// ErrNotPartition: some parts do not form a partition. It is wrapped by the four
	// causes below.
	ErrNotPartition = errors.New("not a set partition")
	// ErrRepeated: an element occurs twice.
	ErrRepeated = fmt.Errorf("%w: element repeated", ErrNotPartition)
	// ErrMissing: an element is in no part.
	ErrMissing = fmt.Errorf("%w: element missing", ErrNotPartition)
	// ErrRange: an element is negative, or not below the number of elements.
	ErrRange = fmt.Errorf("%w: element out of range", ErrNotPartition)
	// ErrEmptyPart: a part has no element.
	ErrEmptyPart = fmt.Errorf("%w: empty part", ErrNotPartition)
)

// A PartsError says which part or element keeps a list of parts from being a partition.
type PartsError struct {
	Part    int   // index of the part in the list; −1 if Err is ErrMissing
	Element int   // the element; −1 if Err is ErrEmptyPart
	Err     error // ErrRepeated, ErrMissing, ErrRange or ErrEmptyPart
}

// Error describes the failure and its place.
func (e *PartsError) Error() string {
	switch e.Err {
	case ErrMissing:
		return fmt.Sprintf("mobius: element %d: %v", e.Element, e.Err)
	case ErrEmptyPart:
		return fmt.Sprintf("mobius: part %d: %v", e.Part, e.Err)
	}
	return fmt.Sprintf("mobius: element %d in part %d: %v", e.Element, e.Part, e.Err)
}

// Unwrap returns e.Err.
func (e *PartsError) Unwrap() error { return e.Err }

// A ParseError says where the text of a partition could not be read, and why.
type ParseError struct {
	Text   string
	Offset int   // byte offset in Text, from 0
	Err    error // ErrSyntax, ErrRepeated, ErrMissing or ErrEmptyPart
}

// Error describes the failure and its place, and quotes the start of the text.
func (e *ParseError) Error() string {
	return fmt.Sprintf("mobius: parse %.80q: byte %d: %v", e.Text, e.Offset, e.Err)
}

// Unwrap returns e.Err.
func (e *ParseError) Unwrap() error { return e.Err }

// checkLen reports whether there are partitions of n elements.
func checkLen(n int) error {
	switch {
	case n < 0:
		return fmt.Errorf("mobius: partition of %d elements: %w", n, ErrLength)
	case n > MaxLen:
		return fmt.Errorf("mobius: partition of %d elements, limit %d: %w", n, MaxLen, ErrTooLarge)
	}
	return nil
}
