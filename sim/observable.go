package sim

import "fmt"

// An Observable is what is measured of weights: Test, Train, Gap, Accuracy, or
// Displacement(i).
type Observable int

const (
	// Test is the test loss.
	Test Observable = iota
	// Train is the train loss, the mean over the training points.
	Train
	// Gap is the generalization gap, the test loss minus the train loss.
	Gap
	// Accuracy is the fraction of the test points whose class is right. It is measured if
	// the specification says so; the theory has none, as it does not vary smoothly.
	Accuracy
	firstDisplacement
)

// Displacement is the displacement of the weights, (θ_T − θ_0)·v, along the i-th direction
// v of the specification: unless it says otherwise, along the i-th axis. A negative i gives
// an observable that no result has.
func Displacement(i int) Observable {
	if i < 0 {
		return -1
	}
	return firstDisplacement + Observable(i)
}

// String returns test, train, gap, accuracy, or displacement[i].
func (o Observable) String() string {
	switch {
	case o == Test:
		return "test"
	case o == Train:
		return "train"
	case o == Gap:
		return "gap"
	case o == Accuracy:
		return "accuracy"
	case o >= firstDisplacement:
		return fmt.Sprintf("displacement[%d]", int(o-firstDisplacement))
	}
	return fmt.Sprintf("observable(%d)", int(o))
}

// An Estimator is a way to a mean. All have the same expectation unless trials diverge; see
// Result.Estimate.
type Estimator int

const (
	// Reduced is the mean of paired differences, less control variates.
	Reduced Estimator = iota
	// Paired is the mean of paired differences: of losses from the same points' losses at
	// the start, and of the mean loss where it is known. Of displacements, which are
	// differences, and of the accuracy it is Raw.
	Paired
	// Raw is the mean of what is measured.
	Raw
)

// String returns "reduced", "paired" or "raw".
func (e Estimator) String() string {
	switch e {
	case Reduced:
		return "reduced"
	case Paired:
		return "paired"
	case Raw:
		return "raw"
	}
	return fmt.Sprintf("estimator(%d)", int(e))
}

// The columns of a snapshot are the three losses as they are measured, the three losses
// paired, the displacements, the accuracy if it is measured, and then the controls.
const (
	rawLosses    = 0
	pairedLosses = 3
	losses       = 6
)

// column returns where a loss or a displacement is among the columns, for an estimator.
func (o Observable) column(e Estimator) int {
	switch {
	case o >= firstDisplacement:
		return losses + int(o-firstDisplacement)
	case e == Raw:
		return rawLosses + int(o)
	}
	return pairedLosses + int(o)
}

// column returns where an observable is among the columns of a group, for an estimator; −1
// if it is not.
func (l layout) column(o Observable, e Estimator) int {
	displacements := l.values
	if l.accuracy {
		displacements--
	}
	switch {
	case o == Accuracy && l.accuracy:
		return l.values - 1
	case o >= Test && o != Accuracy && o.column(e) < displacements:
		return o.column(e)
	}
	return -1
}
