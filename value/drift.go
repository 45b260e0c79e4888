package value

import (
	"errors"
	"fmt"
	"math"

	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value/expr"
)

// A Drift is what gradient noise does to the weights at a point, per step of one-epoch SGD
// with batches of one point, once it has scattered them long enough (P Cor. 1 and §3.2). For
// batches of B it is 1/B as much.
type Drift struct {
	// Velocity is the vector v_λ = −(η²/2) J_μνλ X_μν, in θ per step.
	Velocity *tensor.Dense[float64]
	// Scatter is the matrix X, in θ²/η. On a quadratic loss with constant noise, ηX is the
	// covariance of the weights as T → ∞.
	Scatter *tensor.Dense[float64]

	eta   float64
	at    Point[float64] // in an eigenbasis
	basis eigenbasis
	x     *tensor.Dense[float64] // X in the eigenbasis
	kind  Kind
	loose *[2]int // two directions along which X is not held, if there are any
}

// DriftAt returns the drift at a point, for whatever Hessian and noise there is, whether or
// not it is a minimum: −(η²/2) J_μνλ X_μν, where in discrete time
//
//	HX + XH − ηHXH = C,
//
// and in continuous time the last term is absent. In an eigenbasis of H that is DriftFormula
// for each direction λ, flat or not; where a direction is not flat, v is a push against which
// the loss holds. P §3.2 asks if v is the gradient of an effective loss. It is so if and only
// if Curl is 0, as it is where C is a multiple of the identity or of H, everywhere the same
// multiple; for C = c·1 the effective loss falls with (η²c/4) log det H in continuous time.
// It is not so in general.
//
// Along flat directions there may be no noise, and X is 0; what is below 2⁻⁴⁰ of the largest
// curvature or noise counts as 0. Else, or where H is negative or ηH above 2 along directions
// with noise, the weights scatter without bound, and the error wraps expr.ErrDiverges. It
// wraps ErrMetric unless the metric is the identity (Eigenpoint turns others into it), ErrKind
// for the plain kind, tensor.ErrValue unless η > 0 is finite, or is that of the statistics:
// J, C and H are needed.
func DriftAt(p Point[float64], eta float64, kind Kind) (*Drift, error) {
	d, err := driftAt(p, eta, kind)
	if err != nil {
		return nil, fmt.Errorf("value: drift: %w", err)
	}
	return d, nil
}

func driftAt(p Point[float64], eta float64, kind Kind) (*Drift, error) {
	switch {
	case kind != Continuous && kind != Discrete:
		return nil, fmt.Errorf("%w: expected continuous or discrete", ErrKind)
	case !p.Metric.IsIdentity():
		return nil, fmt.Errorf("%w: it is not the identity", ErrMetric)
	case !(eta > 0) || math.IsInf(eta, 1):
		return nil, fmt.Errorf("%w: the learning rate %v", tensor.ErrValue, eta)
	}
	at, v, err := Eigenpoint(p)
	if err != nil {
		return nil, err
	}
	d := &Drift{eta: eta, at: at, basis: eigenbasis{basis: v}, kind: kind}
	h, err := tensor.Hessian(at.Statistics)
	if err != nil {
		return nil, err
	}
	for i := range h.Dim() {
		d.basis.values = append(d.basis.values, h.At(i, i))
	}
	c, err := tensor.Covariance(at.Ring, at.Statistics)
	if err != nil {
		return nil, err
	}
	j, err := tensor.Jerk(at.Statistics)
	if err != nil {
		return nil, err
	}
	if d.x, err = d.scatter(c); err != nil {
		return nil, err
	}
	velocity, err := tensor.FillSymmetric(h.Dim(), []int{1}, func(index []int) float64 {
		return d.push(func(mu, nu int) float64 { return j.At(mu, nu, index[0]) }, d.x.At)
	})
	if err != nil {
		return nil, err
	}
	if d.Velocity, err = d.basis.transform(velocity, true); err != nil {
		return nil, err
	}
	d.Scatter, err = d.basis.transform(d.x, true)
	return d, err
}

// push returns −(η²/2) Σ_μν curvature_μν X_μν.
func (d *Drift) push(curvature func(mu, nu int) float64, x func(index ...int) float64) float64 {
	sum := 0.0
	for mu := range d.basis.values {
		for nu := range d.basis.values {
			sum += curvature(mu, nu) * x(mu, nu)
		}
	}
	return -d.eta * d.eta / 2 * sum
}

// scatter returns X in the eigenbasis, and finds the directions along which it is not held.
func (d *Drift) scatter(c *tensor.Dense[float64]) (*tensor.Dense[float64], error) {
	const negligible = 0x1p-40
	largest, steepest := 0.0, 0.0
	for _, x := range c.Data() {
		largest = max(largest, math.Abs(x))
	}
	for _, h := range d.basis.values {
		steepest = max(steepest, math.Abs(h))
	}
	var diverges error
	x, err := tensor.FillSymmetric(c.Dim(), []int{2}, func(index []int) float64 {
		mu, nu := index[0], index[1]
		hold := d.hold(mu, nu)
		if hold > negligible*steepest && (d.kind == Continuous || d.eta*hold < 2) {
			return c.At(mu, nu) / hold
		}
		d.loose = &[2]int{mu, nu}
		if math.Abs(c.At(mu, nu)) > negligible*largest && diverges == nil {
			diverges = fmt.Errorf("%w: there is noise where the curvatures are %v and %v", expr.ErrDiverges, d.basis.values[mu], d.basis.values[nu])
		}
		return 0
	})
	return x, errors.Join(err, diverges)
}

// hold returns what X_μν is multiplied by in the equation for X, in the eigenbasis.
func (d *Drift) hold(mu, nu int) float64 {
	a, b := d.basis.values[mu], d.basis.values[nu]
	if d.kind == Continuous {
		return a + b
	}
	return a + b - d.eta*a*b
}

// Jacobian returns the matrix ∂_ρ v_λ, its row λ and its column ρ: with the derivatives of
// the equation for X, in which dH = J_··ρ, dC = κ(∇∇_ρ l, ∇l) + κ(∇l, ∇∇_ρ l),
//
//	H dX + dX H − ηH dX H = dC − dH X − X dH + η(dH X H + H X dH),
//	∂_ρ v_λ = −(η²/2) (X_μν ∇_μ∇_ν∇_λ∇_ρ l + J_μνλ ∂_ρ X_μν).
//
// Across a flat direction without noise X is not continuous: beside it there may be noise, and
// curvature of any sign. So the error wraps expr.ErrDiverges if H has such a direction; or it
// is that of the statistics.
func (d *Drift) Jacobian() (*tensor.Dense[float64], error) {
	j, err := d.jacobian()
	if err != nil {
		return nil, fmt.Errorf("value: Jacobian of the drift: %w", err)
	}
	return j, nil
}

func (d *Drift) jacobian() (*tensor.Dense[float64], error) {
	h := d.basis.values
	if d.loose != nil {
		return nil, fmt.Errorf("%w: nothing holds the weights where the curvatures are %v and %v", expr.ErrDiverges, h[d.loose[0]], h[d.loose[1]])
	}
	j, err := tensor.Jerk(d.at.Statistics)
	if err != nil {
		return nil, err
	}
	fourth, err := tensor.Cumulant(d.at.Ring, d.at.Statistics, []int{4})
	if err != nil {
		return nil, err
	}
	mixed, err := tensor.Cumulant(d.at.Ring, d.at.Statistics, []int{1, 2})
	if err != nil {
		return nil, err
	}
	eta := d.eta
	if d.kind == Continuous {
		eta = 0 // no term in HXH
	}
	// dX, with the direction of the derivative as the last index.
	dx, err := tensor.FillSymmetric(len(h), []int{2, 1}, func(index []int) float64 {
		mu, nu, rho := index[0], index[1], index[2]
		sum := mixed.At(mu, nu, rho) + mixed.At(nu, mu, rho)
		for k := range h {
			sum -= j.At(mu, k, rho)*d.x.At(k, nu)*(1-eta*h[nu]) + d.x.At(mu, k)*j.At(k, nu, rho)*(1-eta*h[mu])
		}
		return sum / d.hold(mu, nu)
	})
	if err != nil {
		return nil, err
	}
	jacobian, err := tensor.FillSymmetric(len(h), []int{1, 1}, func(index []int) float64 {
		lambda, rho := index[0], index[1]
		return d.push(func(mu, nu int) float64 { return fourth.At(mu, nu, lambda, rho) }, d.x.At) +
			d.push(func(mu, nu int) float64 { return j.At(mu, nu, lambda) }, func(at ...int) float64 { return dx.At(at[0], at[1], rho) })
	})
	if err != nil {
		return nil, err
	}
	return d.basis.transform(jacobian, true)
}

// Curl returns the antisymmetric matrix ∂_ρ v_λ − ∂_λ v_ρ, its row λ and its column ρ. If it
// is not 0, v is the gradient of no effective loss (P §3.2). The error is that of Jacobian.
func (d *Drift) Curl() (*tensor.Dense[float64], error) {
	j, err := d.Jacobian()
	if err != nil {
		return nil, err
	}
	return tensor.FillSymmetric(j.Dim(), []int{1, 1}, func(index []int) float64 {
		return j.At(index[0], index[1]) - j.At(index[1], index[0])
	})
}
