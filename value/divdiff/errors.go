package divdiff

import "errors"

var (
	// ErrNoPoints reports a divided difference at no point at all.
	ErrNoPoints = errors.New("expected at least one point")
	// ErrPoint reports a point that is infinite, not a number, or nil.
	ErrPoint = errors.New("expected a finite point")
	// ErrSteps reports a negative number of steps.
	ErrSteps = errors.New("expected a non-negative number of steps")
	// ErrTime reports a time that is negative, infinite or not a number.
	ErrTime = errors.New("expected a finite non-negative time")
	// ErrTooLarge reports numbers that would exceed what a float64 holds, or what an
	// exact computation can afford, on the way to the result.
	ErrTooLarge = errors.New("too large to compute")
)
