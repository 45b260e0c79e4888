package tensor

import (
	"errors"
	"strings"
)

// Limits. What goes beyond them is refused with ErrTooLarge before anything is
// allocated.
const (
	// MaxElements bounds the elements of one tensor: 2^26, or 512 MiB of float64.
	MaxElements = 1 << 26
	// MaxRank bounds the indices of one tensor.
	MaxRank = 64
	// MaxFactors bounds the factors of one contraction.
	MaxFactors = 256
	// MaxNodes bounds the derivatives in one cumulant: the recursion from moments to
	// a cumulant of m derivatives has 3^m terms.
	MaxNodes = 12
)

// Causes of errors, for errors.Is.
var (
	// ErrShape reports dimensions, ranks or lengths that do not fit together.
	ErrShape = errors.New("shapes do not fit")
	// ErrTooLarge reports something beyond a documented limit.
	ErrTooLarge = errors.New("too large")
	// ErrLabel reports index labels that do not describe a contraction.
	ErrLabel = errors.New("bad index label")
	// ErrAsymmetric reports a tensor that should be symmetric and is not.
	ErrAsymmetric = errors.New("not symmetric")
	// ErrOrder reports an order of differentiation that is negative or not known.
	ErrOrder = errors.New("no such order of differentiation")
	// ErrValue reports a NaN, an infinity, or a weight that is not positive.
	ErrValue = errors.New("bad value")
	// ErrNumber reports something that is not an exact number, or one with too many digits.
	ErrNumber = errors.New("bad number")
	// ErrExponent reports an exponent that is negative, no integer, or too large.
	ErrExponent = errors.New("bad exponent")
	// ErrProbability reports a negative probability, or probabilities that do not sum to 1.
	ErrProbability = errors.New("bad probability")
	// ErrCovariance reports a matrix that is no covariance: it is not symmetric and
	// positive semidefinite.
	ErrCovariance = errors.New("not a covariance")
	// ErrFormat reports a file that is not JSON, or whose JSON has the wrong form.
	ErrFormat = errors.New("bad format")
	// ErrMissing reports a field that a file should have and has not.
	ErrMissing = errors.New("missing")
	// ErrStatisticsFile reports a file of statistics where a landscape was expected.
	ErrStatisticsFile = errors.New("this is a file of statistics, not a landscape")
)

// A FieldError says which field of a polynomial or a landscape is wrong, and why.
type FieldError struct {
	Field string // such as data[1].loss[3].exp; empty for the whole
	Err   error
}

func (e *FieldError) Error() string {
	if e.Field == "" {
		return "tensor: " + e.Err.Error()
	}
	return "tensor: " + e.Field + ": " + e.Err.Error()
}

// Unwrap returns e.Err.
func (e *FieldError) Unwrap() error { return e.Err }

// within puts err, an error about a part of the field, under the name of the field.
func within(field string, err error) error {
	if err == nil {
		return nil
	}
	var inner *FieldError
	if !errors.As(err, &inner) {
		return &FieldError{Field: field, Err: err}
	}
	if field != "" && inner.Field != "" && !strings.HasPrefix(inner.Field, "[") {
		field += "."
	}
	return &FieldError{Field: field + inner.Field, Err: inner.Err}
}
