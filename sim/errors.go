package sim

import "errors"

var (
	// ErrSpec reports a specification that cannot be run.
	ErrSpec = errors.New("no such experiment")
	// ErrOptimizer reports text that describes no optimizer.
	ErrOptimizer = errors.New("expected an optimizer such as 'sgd N=10 E=2 B=5', 'gdc N=10 T=20' or 'sde T=10'")
	// ErrLandscape reports parameters, or text, that describe no landscape.
	ErrLandscape = errors.New("no such landscape")
	// ErrTheory reports a landscape or an optimizer that the theory knows nothing of.
	ErrTheory = errors.New("no theory")
	// ErrTooLarge reports an experiment that would take too much memory.
	ErrTooLarge = errors.New("too large")
	// ErrResult reports a result that is not what was asked for: blocks of another
	// experiment, or too few of them.
	ErrResult = errors.New("no such result")
)
