package sim

import (
	"fmt"
	"math"

	"github.com/perturb-go/perturb/embed"
)

// A Criterion is an estimate of the generalization gap that may be added to the train loss.
type Criterion int

const (
	// STIC is the gap that T updates of GD open near a minimum (P Corollary 2),
	// tr Ĉ/N · (1 − e^{−ηTĥ})/ĥ.
	STIC Criterion = iota
	// TIC is its limit as T → ∞, Takeuchi's, tr Ĉ/(Nĥ).
	TIC
)

// String returns "stic" or "tic".
func (c Criterion) String() string {
	if c == TIC {
		return "tic"
	}
	return "stic"
}

// Regularized is gradient descent for T updates on the loss of N training points plus an
// information criterion. The covariance of gradients and the Hessian are those of the
// training set at the present weights, tr Ĉ without bias as for GDC, and
//
//	ĥ = Σ_n d_n·Ĥ d_n / Σ_n |d_n|²,  d_n = ∇l_n − ∇l̂,
//
// is the curvature that the noise sees. So the criterion is Corollary 2's where the noise
// has one direction, as P has it (§C.4). All weights take part: a weight that is the
// coefficient of a penalty, as in [Ridge], is tuned. An update takes time proportional to
// N², and N is at most 4096. (P §3.3, §C.7)
type Regularized struct {
	Criterion Criterion
	N, T      int64
}

// maxRegularized bounds the training points of Regularized: an update takes about 3N²
// gradients.
const maxRegularized = 1 << 12

// String writes the optimizer as ParseOptimizer reads it.
func (o Regularized) String() string { return fmt.Sprintf("%v N=%d T=%d", o.Criterion, o.N, o.T) }

// Steps returns T.
func (o Regularized) Steps() int64 { return o.T }

// Rows returns N.
func (o Regularized) Rows() int64 { return o.N }

// Dynamics returns nil: what is added is no polynomial of the derivatives.
func (o Regularized) Dynamics() embed.Dynamics { return nil }

// Until is an error unless t is T: the criterion is that of T updates.
func (o Regularized) Until(t int64) (Optimizer, error) {
	if t != o.T {
		return nil, fmt.Errorf("sim: %w: %v is another optimizer when stopped after %d updates", ErrOptimizer, o, t)
	}
	return o, nil
}

func (o Regularized) valid() error {
	switch {
	case o.Criterion != STIC && o.Criterion != TIC:
		return fmt.Errorf("sim: %w: no criterion %d", ErrOptimizer, int(o.Criterion))
	case o.N < 2 || o.N > maxRegularized || o.T < 0:
		return fmt.Errorf("sim: %w: %v: N is in 2,…,%d and T at least 0", ErrOptimizer, o, maxRegularized)
	}
	return nil
}

func (o Regularized) cost() int64 { return 3 * o.N * o.N }

func (o Regularized) stepper(l Landscape, eta float64) stepper {
	s := &regularizedStepper{training: newTraining(l, o.N), eta: eta, criterion: o.Criterion, time: eta * float64(o.T)}
	dim := l.Dim()
	s.trace, s.bend, s.curved, s.part = make([]float64, dim), make([]float64, dim), make([]float64, dim), make([]float64, dim)
	s.along = make([][]float64, 2)
	return s
}

type regularizedStepper struct {
	training  *training
	eta, time float64
	criterion Criterion
	// ∇ tr Ĉ; the gradient of Σ d·Ĥd; Ĥ d; scratch.
	trace, bend, curved, part []float64
	along                     [][]float64
}

func (s *regularizedStepper) begin(d draws) { s.training.begin(d) }

func (s *regularizedStepper) step(theta []float64, t int64, w witness) {
	tr := s.training
	tr.at(theta)
	if w != nil {
		w.points(theta, tr.mean, t, nil)
	}
	n := float64(tr.n)
	total := tr.trace() * (n - 1) // Σ |d|²
	if total == 0 {
		s.move(theta, 0, 0)
		return
	}
	tr.traceGradient(s.trace)
	h := s.curvature(theta) / total
	value, slope := s.shape(h)
	// R = tr Ĉ φ(ĥ)/N: ∇R = (φ ∇tr Ĉ + tr Ĉ φ′ ∇ĥ)/N, and
	// ∇ĥ = (∇(Σ d·Ĥd) − ĥ ∇Σ|d|²)/Σ|d|², where tr Ĉ = Σ|d|²/(N−1).
	c := slope / (n * (n - 1))
	s.move(theta, value/n-c*h*(n-1), c)
}

// move makes the update, with the criterion's gradient a ∇tr Ĉ + b ∇(Σ d·Ĥd).
func (s *regularizedStepper) move(theta []float64, a, b float64) {
	for mu, g := range s.training.mean {
		theta[mu] -= s.eta * (g + a*s.trace[mu] + b*s.bend[mu])
	}
}

// curvature returns Σ d·Ĥd, and sets bend to its gradient,
// Σ_n (∇³l̂[d_n, d_n, ·] + 2 (∇∇l_n − Ĥ) Ĥ d_n).
func (s *regularizedStepper) curvature(theta []float64) float64 {
	tr := s.training
	clear(s.bend)
	sum := 0.0
	for n := range tr.n {
		d := tr.deviated(n)
		s.along[0] = d
		tr.l.Gradient(s.curved, theta, tr.points, s.along[:1]...)
		sum += dot(d, s.curved)
		s.along[1] = d
		tr.l.Gradient(s.part, theta, tr.points, s.along...)
		s.add(1)
		s.along[0] = s.curved
		tr.l.Gradient(s.part, theta, tr.point(n), s.along[:1]...)
		s.add(2)
		tr.l.Gradient(s.part, theta, tr.points, s.along[:1]...)
		s.add(-2)
	}
	return sum
}

func (s *regularizedStepper) add(c float64) {
	for mu, g := range s.part {
		s.bend[mu] += c * g
	}
}

// shape returns φ(h) and φ′(h), for φ = (1 − e^{−τh})/h with τ = ηT, or 1/h.
func (s *regularizedStepper) shape(h float64) (value, slope float64) {
	if s.criterion == TIC {
		return 1 / h, -1 / (h * h)
	}
	x := s.time * h
	if math.Abs(x) < 1e-3 {
		// Series: τ (1 − x/2 + x²/6 − x³/24), to x⁴/120.
		return s.time * (1 - x/2*(1-x/3*(1-x/4))), s.time * s.time * (-0.5 + x/3*(1-x*3/8*(1-x*4/15)))
	}
	value = -math.Expm1(-x) / h
	return value, (s.time*math.Exp(-x) - value) / h
}
