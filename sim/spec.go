package sim

import (
	"crypto/sha256"
	"fmt"
	"math"
	"strings"
)

// A Spec says what one trial is. Trials of one specification are independent and alike.
type Spec struct {
	Landscape Landscape
	Start     []float64 // θ_0, P numbers; nil is the origin
	Eta       float64   // η, the learning rate
	Runs      []Run     // all on the same points and noise
	// Contrasts are differences of snapshots, to be estimated from what they have in
	// common: of two optimizers, or of two times of one.
	Contrasts []Contrast
	// Directions are those along which displacements are measured, P numbers each; nil is
	// the axes if P is at most 16, else none.
	Directions [][]float64
	// Test is the number of test points of a trial, on which the test loss is measured. It
	// may be 0 on an Exact landscape, which knows its mean loss.
	Test int64
	// Accuracy has the accuracy on the test points measured besides, at every snapshot. It
	// takes a Classifier, and at least one test point. All other estimates are, bit for bit,
	// those without it.
	Accuracy bool
	Controls Controls
	Block    int64 // trials to a block; 0 is 256
	// Bound is the largest loss, and the largest distance of any weight from the start,
	// in absolute value. What goes beyond it, or is no number, has diverged; 0 is 10⁶.
	Bound float64
	Seed  uint64
}

// A Run is an optimizer to run in every trial, and the times at which to look at it.
type Run struct {
	Optimizer Optimizer
	Times     []int64 // numbers of updates made, increasing; nil is the last
}

// A Group is what a result has estimates of: a Snapshot or a Contrast.
type Group interface {
	// index returns the place among the groups of a plan.
	index(p *plan) (int, error)
}

// A Snapshot is a run at one of its times, both by their index in the specification.
type Snapshot struct {
	Run, Time int
}

// A Contrast is the difference First − Second of two snapshots, trial by trial.
type Contrast struct {
	First, Second Snapshot
}

// Controls says which control variates the reduced estimators use.
type Controls int

const (
	// Frozen controls come from the linear process that the optimizer would be if the
	// loss had the Hessian, and every datum the gradient, of the start:
	//
	//	ζ_{t+1} = (I − η s_t H) ζ_t − η Σ w (∇l_n(θ_0) − G),
	//
	// s_t the sum of the weights in column t. Its mean is zero; so is that of the
	// deviation δ of the training points' mean gradient; and the means of the products
	// ζ_μ ζ_ν, in at most 4 dimensions, and δ·ζ are known: they are what the theory's
	// diagrams with two edges, re-summed, have of the training set at hand. They explain
	// almost everything near the start. Where the mean gradient is known but the
	// landscape is not Exact, H is left out, and the products but for that of ζ with
	// the test points' mean gradient.
	Frozen Controls = iota
	// Martingale controls follow the optimizer. An update whose noise is fresh, as SGD's
	// in its first epoch, has in ν = Σ w (∇l_n − ∇l), at the present weights, a vector of
	// mean zero whatever came before; and so have sums over updates of
	//
	//	ν, H ν, ∇l·ν and |ν|² − Σ w² tr C.
	//
	// They explain long runs. They need an Exact landscape, and are left out for
	// optimizers that see a point twice.
	Martingale
	// NoControls are none.
	NoControls
)

const (
	defaultBlock = 256
	defaultBound = 1e6
	// maxAxes is the largest dimension whose axes are measured unless asked.
	maxAxes = 16
	// maxFloats bounds what a worker holds of points, and a block of numbers.
	maxFloats = 1 << 27
	// maxColumns bounds the updates of a grid that is not regular, which are listed.
	maxColumns = 1 << 24
	// maxTrials bounds the trials of a run.
	maxTrials = 1 << 50
)

// withDefaults returns the specification with zero values replaced, or an error that wraps
// ErrSpec, ErrOptimizer or ErrTooLarge.
func (s Spec) withDefaults() (Spec, error) {
	if s.Landscape == nil {
		return s, fmt.Errorf("sim: %w: no landscape", ErrSpec)
	}
	dim := s.Landscape.Dim()
	if dim < 1 || s.Landscape.Size() < 1 {
		return s, fmt.Errorf("sim: %w: %s has %d weights, and data of %d numbers", ErrSpec, s.Landscape.Name(), dim, s.Landscape.Size())
	}
	if s.Start == nil {
		s.Start = make([]float64, dim)
	}
	if s.Directions == nil && dim <= maxAxes {
		s.Directions = axes(dim)
	}
	if s.Block == 0 {
		s.Block = defaultBlock
	}
	if s.Bound == 0 {
		s.Bound = defaultBound
	}
	runs := make([]Run, len(s.Runs))
	for i, r := range s.Runs {
		if r.Optimizer == nil {
			return s, fmt.Errorf("sim: %w: run %d has no optimizer", ErrSpec, i)
		}
		if err := checkFit(r.Optimizer, s.Landscape); err != nil {
			return s, fmt.Errorf("sim: run %d: %w", i, err)
		}
		if r.Times == nil {
			r.Times = []int64{r.Optimizer.Steps()}
		}
		runs[i] = r
	}
	s.Runs = runs
	return s, s.check()
}

func axes(dim int) [][]float64 {
	out := make([][]float64, dim)
	for i := range out {
		out[i] = make([]float64, dim)
		out[i][i] = 1
	}
	return out
}

func (s Spec) check() error {
	dim := s.Landscape.Dim()
	_, exact := measured(s.Landscape).(Exact)
	switch {
	case len(s.Start) != dim:
		return fmt.Errorf("sim: %w: a start of %d weights, of %d", ErrSpec, len(s.Start), dim)
	case !finiteNumbers(s.Start) || !finiteNumbers([]float64{s.Eta}):
		return fmt.Errorf("sim: %w: start %v, eta %v", ErrSpec, s.Start, s.Eta)
	case len(s.Runs) == 0:
		return fmt.Errorf("sim: %w: no runs", ErrSpec)
	case s.Block < 1 || s.Block > maxTrials:
		return fmt.Errorf("sim: %w: blocks of %d trials", ErrSpec, s.Block)
	case !(s.Bound > 0) || math.IsInf(s.Bound, 0):
		return fmt.Errorf("sim: %w: bound %v", ErrSpec, s.Bound)
	case s.Test < 0:
		return fmt.Errorf("sim: %w: %d test points", ErrSpec, s.Test)
	case s.Test > maxFloats/int64(s.Landscape.Size()):
		return fmt.Errorf("sim: %w: %d test points", ErrTooLarge, s.Test)
	case s.Test == 0 && !exact:
		return fmt.Errorf("sim: %w: no test points, and %s does not know its mean loss", ErrSpec, s.Landscape.Name())
	case s.Accuracy && classifier(s.Landscape) == nil:
		return fmt.Errorf("sim: %w: %v on %s, which is no classifier", ErrSpec, Accuracy, s.Landscape.Name())
	case s.Accuracy && s.Test == 0:
		return fmt.Errorf("sim: %w: %v without test points", ErrSpec, Accuracy)
	case s.Controls < Frozen || s.Controls > NoControls:
		return fmt.Errorf("sim: %w: controls %d", ErrSpec, int(s.Controls))
	}
	for i, v := range s.Directions {
		if len(v) != dim || !finiteNumbers(v) {
			return fmt.Errorf("sim: %w: direction %d", ErrSpec, i)
		}
	}
	for i, r := range s.Runs {
		if err := s.checkRun(r); err != nil {
			return fmt.Errorf("sim: run %d: %w", i, err)
		}
	}
	for i, c := range s.Contrasts {
		for _, at := range []Snapshot{c.First, c.Second} {
			if at.Run < 0 || at.Run >= len(s.Runs) || at.Time < 0 || at.Time >= len(s.Runs[at.Run].Times) {
				return fmt.Errorf("sim: %w: contrast %d is of snapshot %v", ErrSpec, i, at)
			}
		}
	}
	return nil
}

func (s Spec) checkRun(r Run) error {
	if r.Optimizer.Rows() > maxFloats/int64(s.Landscape.Size()+s.Landscape.Dim()) {
		return fmt.Errorf("%w: %v has %d training points", ErrTooLarge, r.Optimizer, r.Optimizer.Rows())
	}
	if sgd, ok := r.Optimizer.(SGD); ok && !sgd.regular() && sgd.Steps() > maxColumns {
		return fmt.Errorf("%w: a grid of %d columns that is not regular", ErrTooLarge, sgd.Steps())
	}
	if len(r.Times) == 0 {
		return fmt.Errorf("%w: no times", ErrSpec)
	}
	before := int64(-1)
	for _, t := range r.Times {
		if t <= before || t > r.Optimizer.Steps() {
			return fmt.Errorf("%w: times %v, of %d updates", ErrSpec, r.Times, r.Optimizer.Steps())
		}
		before = t
	}
	return nil
}

func finiteNumbers(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// hash identifies the specification, with its seed, and all that its blocks depend on.
func (s Spec) hash() [32]byte {
	text := s.text()
	if s.Accuracy {
		text += "accuracy\n"
	}
	return sha256.Sum256([]byte(text))
}

// key identifies what the random numbers of trials depend on: the specification but for
// whether accuracy is measured, which does not change the trials.
func (s Spec) key() [32]byte { return sha256.Sum256([]byte(s.text())) }

// text writes all fields but Accuracy.
func (s Spec) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "perturb sim 1\nlandscape %q\nstart %x\neta %x\n", s.Landscape.Name(), s.Start, s.Eta)
	for _, r := range s.Runs {
		fmt.Fprintf(&b, "run %q %v\n", r.Optimizer.String(), r.Times)
	}
	fmt.Fprintf(&b, "contrasts %v\ndirections %x\ntest %d\ncontrols %d\nblock %d\nbound %x\nseed %d\n",
		s.Contrasts, s.Directions, s.Test, int(s.Controls), s.Block, s.Bound, s.Seed)
	return b.String()
}
