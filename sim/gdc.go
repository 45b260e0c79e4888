package sim

import (
	"fmt"

	"github.com/perturb-go/perturb/embed"
)

// GDC is full-batch gradient descent, for T updates on N points, that emulates SGD of
// batch size B by descending on the train loss plus
//
//	l̂_C = η (N−B)/(4NB) tr Ĉ,
//
// where tr Ĉ is the mean of ½ |∇l_x − ∇l_y|² over the pairs of different training points,
// an unbiased estimate of the trace of the gradients' covariance. After whole epochs its
// weights and its losses agree in expectation with SGD's through η². (P Corollary 3
// and §C.4, corrected.)
type GDC struct {
	N, T, B int64
}

// String writes the optimizer as ParseOptimizer reads it.
func (o GDC) String() string { return fmt.Sprintf("gdc N=%d T=%d B=%d", o.N, o.T, o.B) }

// Steps returns T.
func (o GDC) Steps() int64 { return o.T }

// Rows returns N.
func (o GDC) Rows() int64 { return o.N }

// Dynamics returns embed.GDC: the force is a sum over pairs of gradients, so that GDC is a sum
// over diagrams as SGD is. It has plain values only.
func (o GDC) Dynamics() embed.Dynamics {
	d, err := embed.GDC(o.N, o.T, o.B)
	if err != nil {
		return nil
	}
	return d
}

// Until returns GDC for t updates.
func (o GDC) Until(t int64) (Optimizer, error) {
	if err := checkSteps(o, t); err != nil {
		return nil, err
	}
	o.T = t
	return o, nil
}

func (o GDC) valid() error {
	switch {
	case o.N < 2 || o.T < 0 || o.B < 1:
		return fmt.Errorf("sim: %w: %v: N is at least 2, T at least 0, B at least 1", ErrOptimizer, o)
	case o.B > o.N || o.N > embed.MaxSize:
		return fmt.Errorf("sim: %w: %v: B is at most N, and N at most %d", ErrOptimizer, o, embed.MaxSize)
	}
	return nil
}

func (o GDC) cost() int64 { return 2 * o.N }

func (o GDC) stepper(l Landscape, eta float64) stepper {
	n, b := float64(o.N), float64(o.B)
	s := &gdcStepper{training: newTraining(l, o.N), eta: eta, force: eta * (n - b) / (4 * n * b)}
	s.trace = make([]float64, l.Dim())
	return s
}

type gdcStepper struct {
	training   *training
	eta, force float64
	trace      []float64
}

func (s *gdcStepper) begin(d draws) { s.training.begin(d) }

func (s *gdcStepper) step(theta []float64, t int64, w witness) {
	s.training.at(theta)
	if w != nil {
		w.points(theta, s.training.mean, t, nil)
	}
	s.training.traceGradient(s.trace)
	for mu, g := range s.training.mean {
		theta[mu] -= s.eta * (g + s.force*s.trace[mu])
	}
}
