package value

import (
	"fmt"
	"math"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value/divdiff"
)

// A STIC is the generalization gap that training causes, as a smooth function of the
// landscape and of what else may be tuned, such as a coefficient of regularization: of GD on
// N points for T steps from a minimum, to leading order (P Cor. 2),
//
//	gap = tr(C f(H))/N,  f(h) = (1 − (1−ηh)^T)/h,
//
// and f(h) = (1 − exp(−ηTh))/h in continuous time. P calls it STIC: as T → ∞ it becomes
// Takeuchi's information criterion TIC, tr(C H⁻¹)/N, and AIC's P/N where C = H; but it is
// finite and smooth at every curvature, flat and slightly negative ones included, where f is
// about ηT.
type STIC struct {
	Gap float64 // in units of the loss
	// OverC and OverH are the symmetric matrices ∂gap/∂C_μν and ∂gap/∂H_μν: the gap changes
	// by Σ_μν OverC_μν dC_μν for a symmetric change dC.
	OverC, OverH *tensor.Dense[float64]
	OverEta      float64 // ∂gap/∂η
}

// NewSTIC returns the generalization gap and its gradient, for the covariance C of gradients
// and the Hessian H, which are P×P and symmetric, after the given number of steps at the
// learning rate eta, on the given number of points. Of the gradient, with H = VΛVᵀ,
//
//	∂gap/∂C = f(H)/N,  ∂gap/∂H = V ((VᵀCV)_ij f[h_i, h_j])_ij Vᵀ/N,
//
// where f[h, h'] = (f(h) − f(h'))/(h − h') is the divided difference. As divided differences
// of powers, f(h) = η dd(T; 1, 1−ηh) and f[h, h'] = −η² dd(T; 1, 1−ηh, 1−ηh'), nothing
// cancels where curvatures are small or close to each other; in continuous time these are
// ddexp(ηT; 0, −h) and −ddexp(ηT; 0, −h, −h'). Package divdiff has the bounds of their
// errors.
//
// The error wraps ErrKind if the kind is plain, tensor.ErrShape or tensor.ErrAsymmetric if
// the matrices are not as said, tensor.ErrValue if a number is no finite one, eta is negative,
// or the gap overflows, and embed.ErrSize unless steps ≥ 0 and points ≥ 1.
func NewSTIC(covariance, hessian *tensor.Dense[float64], eta float64, steps, points int64, kind Kind) (*STIC, error) {
	s, err := newSTIC(covariance, hessian, eta, steps, points, kind)
	if err != nil {
		return nil, &resultError{"STIC", err}
	}
	return s, nil
}

func newSTIC(covariance, hessian *tensor.Dense[float64], eta float64, steps, points int64, kind Kind) (*STIC, error) {
	if err := checkMatrices(hessian, covariance, hessian); err != nil {
		return nil, err
	}
	switch {
	case kind != Continuous && kind != Discrete:
		return nil, fmt.Errorf("%w: expected continuous or discrete", ErrKind)
	case !(eta >= 0) || math.IsInf(eta, 1):
		return nil, fmt.Errorf("%w: the learning rate %v", tensor.ErrValue, eta)
	case steps < 0 || points < 1:
		return nil, fmt.Errorf("%w: %d steps on %d points", embed.ErrSize, steps, points)
	}
	basis, err := diagonalize(hessian, tensor.IdentityMetric[float64]())
	if err != nil {
		return nil, err
	}
	c, err := basis.transform(covariance, false)
	if err != nil {
		return nil, err
	}
	dim := hessian.Dim()
	response := gapResponse{eta, steps, kind}
	s := new(STIC)
	overC, overH := make([]float64, dim*dim), make([]float64, dim*dim)
	for i, h := range basis.values {
		f, err := response.value(h)
		if err != nil {
			return nil, err
		}
		rate, err := response.overEta(h)
		if err != nil {
			return nil, err
		}
		overC[i*dim+i] = f / float64(points)
		s.Gap += c.At(i, i) * f / float64(points)
		s.OverEta += c.At(i, i) * rate / float64(points)
		for j, k := range basis.values[:i+1] {
			slope, err := response.slope(h, k)
			if err != nil {
				return nil, err
			}
			overH[i*dim+j] = c.At(i, j) * slope / float64(points)
			overH[j*dim+i] = overH[i*dim+j]
		}
	}
	sum := s.Gap + s.OverEta
	for i := range overC {
		sum += math.Abs(overC[i]) + math.Abs(overH[i])
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return nil, fmt.Errorf("%w: the gap or its gradient overflows", tensor.ErrValue)
	}
	if s.OverC, err = basis.back(dim, overC); err != nil {
		return nil, err
	}
	if s.OverH, err = basis.back(dim, overH); err != nil {
		return nil, err
	}
	return s, nil
}

// Along returns the derivative of the gap with respect to a parameter of the landscape, such
// as a coefficient of regularization, given those of C and H, which are P×P and symmetric:
// Σ_μν (OverC_μν dC_μν + OverH_μν dH_μν). The error is as for NewSTIC.
func (s *STIC) Along(covariance, hessian *tensor.Dense[float64]) (float64, error) {
	if err := checkMatrices(s.OverH, covariance, hessian); err != nil {
		return 0, &resultError{"derivative of STIC", err}
	}
	sum := 0.0
	for i := range s.OverC.Dim() {
		for j := range s.OverC.Dim() {
			sum += s.OverC.At(i, j)*covariance.At(i, j) + s.OverH.At(i, j)*hessian.At(i, j)
		}
	}
	return sum, nil
}

// TIC returns the limit of STIC as T → ∞ for 0 < ηH < 2, Takeuchi's information criterion
// tr(C H⁻¹)/N; if C = H it is P/N, Akaike's. The error is as for NewSTIC, and wraps
// tensor.ErrValue too if H is not positive definite.
func TIC(covariance, hessian *tensor.Dense[float64], points int64) (float64, error) {
	if err := checkMatrices(hessian, covariance, hessian); err != nil {
		return 0, &resultError{"TIC", err}
	}
	if points < 1 {
		return 0, fmt.Errorf("value: TIC: %w: %d points", embed.ErrSize, points)
	}
	basis, err := diagonalize(hessian, tensor.IdentityMetric[float64]())
	if err != nil {
		return 0, &resultError{"TIC", err}
	}
	c, err := basis.transform(covariance, false)
	if err != nil {
		return 0, &resultError{"TIC", err}
	}
	sum := 0.0
	for i, h := range basis.values {
		if !(h > 0) {
			return 0, fmt.Errorf("value: TIC: %w: the Hessian has the eigenvalue %v", tensor.ErrValue, h)
		}
		sum += c.At(i, i) / h
	}
	return sum / float64(points), nil
}

// A gapResponse is the function f of STIC.
type gapResponse struct {
	eta   float64
	steps int64
	kind  Kind
}

// value returns f(h).
func (r gapResponse) value(h float64) (float64, error) {
	if r.kind == Continuous {
		return divdiff.Exp(r.eta*float64(r.steps), 0, h)
	}
	x, err := divdiff.Power(r.steps, 0, r.eta*h)
	return r.eta * x, err
}

// slope returns f[h, k], and f'(h) if they are equal.
func (r gapResponse) slope(h, k float64) (float64, error) {
	if r.kind == Continuous {
		x, err := divdiff.Exp(r.eta*float64(r.steps), 0, h, k)
		return -x, err
	}
	x, err := divdiff.Power(r.steps, 0, r.eta*h, r.eta*k)
	return -r.eta * r.eta * x, err
}

// overEta returns ∂f/∂η, T(1−ηh)^{T−1} or T exp(−ηTh).
func (r gapResponse) overEta(h float64) (float64, error) {
	if r.steps == 0 {
		return 0, nil
	}
	var x float64
	var err error
	if r.kind == Continuous {
		x, err = divdiff.Exp(r.eta*float64(r.steps), h)
	} else {
		x, err = divdiff.Power(r.steps-1, r.eta*h)
	}
	return float64(r.steps) * x, err
}

// back returns VMVᵀ for a matrix M in the eigenbasis.
func (e eigenbasis) back(dim int, matrix []float64) (*tensor.Dense[float64], error) {
	m, err := tensor.FromSlice(dim, 2, matrix)
	if err != nil {
		return nil, err
	}
	if m, err = e.transform(m, true); err != nil {
		return nil, err
	}
	return tensor.FillSymmetric(dim, []int{2}, func(index []int) float64 { return m.At(index...) })
}

// checkMatrices checks that matrices are symmetric, finite, and as large as the first.
func checkMatrices(like *tensor.Dense[float64], list ...*tensor.Dense[float64]) error {
	for _, m := range list {
		if m == nil || like == nil || m.Rank() != 2 || m.Dim() != like.Dim() || m.Dim() == 0 {
			return fmt.Errorf("%w: expected two P×P matrices", tensor.ErrShape)
		}
		if _, err := tensor.FullMetric(m); err != nil { // as it is to be symmetric and finite
			return err
		}
	}
	return nil
}
