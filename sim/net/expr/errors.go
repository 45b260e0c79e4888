package expr

import (
	"errors"
	"fmt"
)

var (
	// ErrShape reports operands whose shapes do not fit an operation.
	ErrShape = errors.New("shapes do not fit")
	// ErrUnsupported reports an operation that is not one of this package's.
	ErrUnsupported = errors.New("unsupported operation")
	// ErrGraph reports nodes that are missing, or of different graphs.
	ErrGraph = errors.New("not nodes of one graph")
)

// An UnsupportedError names a layer or an operation that the theory, which differentiates
// losses again and again, has no use for, such as ReLU, or that this package does not
// know.
type UnsupportedError struct {
	Op string
}

func (e *UnsupportedError) Error() string { return fmt.Sprintf("%v: %s", ErrUnsupported, e.Op) }

// Unwrap returns ErrUnsupported.
func (e *UnsupportedError) Unwrap() error { return ErrUnsupported }
