package sim

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/tensor"
)

// Polynomial returns a landscape of the exact core as one to descend on. Its losses are
// those of l with every coefficient rounded to float64; so are the probabilities of a
// Finite landscape, and of a Gaussian one the covariance of its datum. The point of l is
// of no account.
//
// The error wraps ErrLandscape if a number is too large for float64, or is that of the
// landscape's mean loss.
func Polynomial(l tensor.Landscape) (Exact, error) {
	name, err := polynomialName(l)
	if err != nil {
		return nil, err
	}
	meanLoss, err := l.Loss()
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	average, err := compile(meanLoss)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	base := exactCore{name, l, average}
	switch l := l.(type) {
	case *tensor.Finite:
		return newFinite(base, l)
	case *tensor.Gaussian:
		return newNormal(base, l)
	}
	return nil, fmt.Errorf("sim: %w: %T", ErrLandscape, l)
}

// polynomialName returns a name that depends on all of a landscape but its point.
func polynomialName(l tensor.Landscape) (string, error) {
	origin := make([]*big.Rat, l.Dim())
	for i := range origin {
		origin[i] = new(big.Rat)
	}
	at, err := l.At(origin)
	if err != nil {
		return "", fmt.Errorf("sim: %w", err)
	}
	text, err := at.MarshalJSON()
	if err != nil {
		return "", fmt.Errorf("sim: %w", err)
	}
	return fmt.Sprintf("polynomial %x", sha256.Sum256(text)), nil
}

// exactCore is what both kinds of landscape of the exact core know.
type exactCore struct {
	name    string
	core    tensor.Landscape
	average monomials // the mean loss
}

// Name returns a hash of the landscape.
func (c *exactCore) Name() string { return c.name }

// Dim returns the dimension of weight space.
func (c *exactCore) Dim() int { return c.core.Dim() }

// MeanLoss returns the mean loss, or its derivative; see Exact.
func (c *exactCore) MeanLoss(theta []float64, along ...[]float64) float64 {
	if len(along) == 0 {
		return c.average.value(theta)
	}
	return c.average.along(theta, along)
}

// MeanGradient sets grad to the gradient of the mean loss, or its derivative.
func (c *exactCore) MeanGradient(grad, theta []float64, along ...[]float64) {
	clear(grad)
	c.average.addGradientAlong(grad, theta, 1, along)
}

// Local returns the landscape itself, at θ; see Exact.
func (c *exactCore) Local(theta []float64, degree int) (tensor.Landscape, error) {
	at, err := rationals(theta...)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	return c.core.At(at)
}

// addGradientAlong adds c times the gradient, in the first len(grad) variables, of the
// derivative along directions.
func (p monomials) addGradientAlong(grad, x []float64, c float64, directions [][]float64) {
	if len(directions) == 0 {
		p.addGradient(grad, x, c)
		return
	}
	unit := make([]float64, len(grad))
	all := append(slices.Clone(directions), unit)
	for mu := range grad {
		unit[mu] = 1
		grad[mu] += c * p.along(x, all)
		unit[mu] = 0
	}
}
