package sim

import (
	"fmt"
	"math"

	"github.com/perturb-go/perturb/tensor"
)

// A monomials is a polynomial over float64, compiled for evaluation.
type monomials []monomial

type monomial struct {
	coef    float64
	factors []power
}

// A power is the variable of the given index to an exponent above 0.
type power struct {
	index, exp int
}

func compile(p tensor.Polynomial) (monomials, error) {
	var out monomials
	for _, t := range p.Terms() {
		coef, _ := t.Coef.Float64()
		if math.IsInf(coef, 0) {
			return nil, fmt.Errorf("%w: the coefficient %.40s… is too large", ErrLandscape, t.Coef.RatString())
		}
		m := monomial{coef: coef}
		for i, e := range t.Exp {
			if e > 0 {
				m.factors = append(m.factors, power{i, e})
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// value returns the polynomial at x.
func (p monomials) value(x []float64) float64 {
	sum := 0.0
	for _, m := range p {
		v := m.coef
		for _, f := range m.factors {
			v *= raise(x[f.index], int64(f.exp))
		}
		sum += v
	}
	return sum
}

// addGradient adds c times the gradient in the first len(grad) variables.
func (p monomials) addGradient(grad, x []float64, c float64) {
	for _, m := range p {
		for i, d := range m.factors {
			if d.index >= len(grad) {
				continue
			}
			v := c * m.coef * float64(d.exp) * raise(x[d.index], int64(d.exp)-1)
			for j, f := range m.factors {
				if j != i {
					v *= raise(x[f.index], int64(f.exp))
				}
			}
			grad[d.index] += v
		}
	}
}

// raise returns x^n for n ≥ 0.
func raise(x float64, n int64) float64 {
	v := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			v *= x
		}
		x *= x
	}
	return v
}

// along returns the derivative at x along directions in the first variables.
func (p monomials) along(x []float64, directions [][]float64) float64 {
	size := 1 << len(directions)
	sum := 0.0
	for _, m := range p {
		v := make(infinitesimal, size)
		v[0] = m.coef
		for _, f := range m.factors {
			variable := make(infinitesimal, size)
			variable[0] = x[f.index]
			for i, d := range directions {
				if f.index < len(d) {
					variable[1<<i] = d[f.index]
				}
			}
			for range f.exp {
				v = v.times(variable)
			}
		}
		sum += v[size-1]
	}
	return sum
}

// An infinitesimal is a number a_0 + a_1 ε_1 + a_2 ε_2 + a_3 ε_1 ε_2 + …, where every ε²
// is 0: bit i of an index says whether ε_{i+1} is a factor. The coefficient of all of them
// in p(x + Σ ε_i v_i) is the derivative of p along v_1, v_2, ….
type infinitesimal []float64

func (a infinitesimal) times(b infinitesimal) infinitesimal {
	product := make(infinitesimal, len(a))
	for s := range product {
		// Over the subsets t of s.
		for t := s; ; t = (t - 1) & s {
			product[s] += a[t] * b[s&^t]
			if t == 0 {
				break
			}
		}
	}
	return product
}
