package net

import (
	"errors"

	"github.com/perturb-go/perturb/sim/net/expr"
)

var (
	// ErrModel reports a model that cannot be built.
	ErrModel = errors.New("no such model")
	// ErrPoints reports points that do not fit a model.
	ErrPoints = errors.New("points do not fit the model")
	// ErrUnsupported reports a layer or an operation that is not supported.
	ErrUnsupported = expr.ErrUnsupported
)

// An UnsupportedError names a layer that is not supported, such as ReLU or pooling: losses
// have to be smooth.
type UnsupportedError = expr.UnsupportedError
