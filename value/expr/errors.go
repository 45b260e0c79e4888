package expr

import (
	"errors"
	"fmt"
)

var (
	// ErrSyntax reports text or JSON that does not follow the grammar.
	ErrSyntax = errors.New("expected an expression such as 1/2·η²·M²·N·C_μν·H^μν")
	// ErrName reports a name that cannot stand for a scalar, a function or an index.
	ErrName = errors.New("not a name that may be used here")
	// ErrIndex reports indices that stand where the summation convention gives them no
	// meaning.
	ErrIndex = errors.New("the indices do not pair up")
	// ErrDivision reports a division by zero.
	ErrDivision = errors.New("division by zero")
	// ErrExponent reports a constant exponent that is no integer, or a power of divided
	// differences that is no integer ≥ 0.
	ErrExponent = errors.New("the exponent is not an integer that may stand here")
	// ErrDiscrete reports a derivative with respect to a discrete number of steps.
	ErrDiscrete = errors.New("a discrete power has no derivative with respect to its exponent")
	// ErrDiverges reports a limit that does not exist: something grows, or does not decay.
	ErrDiverges = errors.New("it has no limit")
	// ErrUndecided reports that it cannot be told what something tends to.
	ErrUndecided = errors.New("it cannot be told what it tends to")
	// ErrInexact reports an expression whose value need not be rational.
	ErrInexact = errors.New("the value is not rational")
	// ErrUnbound reports a scalar, an index, an eigenvalue or a tensor without a value.
	ErrUnbound = errors.New("no value for")
	// ErrLimit reports an expression that is too large, or too long a computation.
	ErrLimit = errors.New("the expression is too large")
)

// A ParseError says where the text of an expression could not be read, and why.
type ParseError struct {
	Text   string
	Offset int   // byte offset in Text, from 0
	Err    error // wraps ErrSyntax or another of the package's errors
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("expr %.80q: offset %d: %v", e.Text, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }
