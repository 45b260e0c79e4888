package sim

import (
	"fmt"
	"math"
	"math/big"
	"math/cmplx"
	"math/rand/v2"

	"github.com/perturb-go/perturb/tensor"
)

// Archimedes is the landscape shaped like a screw: P = 3, θ = (u, v, z), x ~ N(0, 1), and
//
//	l_x(θ) = ½ (u² + v² + (cos z · u + sin z · v)²) + x (cos(z − π/4) u + sin(z − π/4) v).
//
// Its minima are the z axis, u = v = 0. Moving along z while turning in the plane of u and
// v changes nothing, yet SGD moves up. (P §C.1)
type Archimedes struct{}

var _ Exact = Archimedes{}

// Name returns "archimedes".
func (Archimedes) Name() string { return "archimedes" }

// Dim returns 3.
func (Archimedes) Dim() int { return 3 }

// Size returns 1.
func (Archimedes) Size() int { return 1 }

// Sample draws a standard normal number.
func (Archimedes) Sample(r *rand.Rand, x []float64) { x[0] = r.NormFloat64() }

// Clone returns a.
func (a Archimedes) Clone() Landscape { return a }

// Loss returns the mean of l_x, or its derivative; see Landscape.
func (Archimedes) Loss(theta, data []float64, along ...[]float64) float64 {
	return archimedesLoss(theta, mean(data), along)
}

// Gradient is the mean of ∇l_x, or its derivative; see Landscape.
func (Archimedes) Gradient(grad, theta, data []float64, along ...[]float64) {
	archimedesGradient(grad, theta, mean(data), along)
}

// MeanLoss returns the part of l_x without x, or its derivative.
func (Archimedes) MeanLoss(theta []float64, along ...[]float64) float64 {
	return archimedesLoss(theta, 0, along)
}

// MeanGradient sets grad to the gradient of the part without x, or its derivative.
func (Archimedes) MeanGradient(grad, theta []float64, along ...[]float64) {
	archimedesGradient(grad, theta, 0, along)
}

// NoiseRank returns 1.
func (Archimedes) NoiseRank() int { return 1 }

// Noise sets noise to ξ times the gradient of what x multiplies.
func (Archimedes) Noise(noise, theta, xi []float64) {
	u, v := theta[0], theta[1]
	s, c := math.Sincos(theta[2])
	a := xi[0] / math.Sqrt2
	noise[0], noise[1], noise[2] = a*(c+s), a*(s-c), a*(c*u+s*v+c*v-s*u)
}

func mean(data []float64) float64 {
	if len(data) == 1 {
		return data[0]
	}
	sum := 0.0
	for _, x := range data {
		sum += x
	}
	return sum / float64(len(data))
}

// With w = u + iv and p = w e^{−iz}, the loss is ¾|w|² + ¼ Re w² e^{−2iz} plus x times
// Re e^{iπ/4} w e^{−iz}.

func archimedesLoss(theta []float64, x float64, along [][]float64) float64 {
	if len(along) > 0 {
		return archimedesAlong(theta, x, along, nil)
	}
	u, v := theta[0], theta[1]
	s, c := math.Sincos(theta[2])
	p, q := c*u+s*v, c*v-s*u
	return (u*u+v*v+p*p)/2 + x*(p-q)/math.Sqrt2
}

func archimedesGradient(grad, theta []float64, x float64, along [][]float64) {
	if len(along) > 1 {
		for mu := range grad {
			var unit [3]float64
			unit[mu] = 1
			grad[mu] = archimedesAlong(theta, x, along, &unit)
		}
		return
	}
	u, v := theta[0], theta[1]
	s, c := math.Sincos(theta[2])
	p, q := c*u+s*v, c*v-s*u
	x /= math.Sqrt2
	if len(along) == 1 {
		a, b, turn := along[0][0], along[0][1], along[0][2]
		dp, dq := c*a+s*b+q*turn, c*b-s*a-p*turn
		grad[0] = a + dp*c + turn*(x*(c-s)-p*s)
		grad[1] = b + dp*s + turn*(x*(c+s)+p*c)
		grad[2] = dp*q + p*dq + x*(dp+dq)
		return
	}
	grad[0] = u + p*c + x*(c+s)
	grad[1] = v + p*s + x*(s-c)
	grad[2] = p*q + x*(p+q)
}

// archimedesAlong returns the derivative along directions, and along last unless nil.
func archimedesAlong(theta []float64, x float64, along [][]float64, last *[3]float64) float64 {
	w := complex(theta[0], theta[1])
	square := newScrew(w*w, 2*w, 2, 2)
	linear := newScrew(w, 1, 0, 1)
	// |w|² has the derivatives 2 Re w̄ a and 2 Re ā a′.
	var norm float64
	for _, d := range along {
		square.differentiate(d)
		linear.differentiate(d)
	}
	k := len(along)
	if last != nil {
		square.differentiate(last[:])
		linear.differentiate(last[:])
		k++
	}
	plane := func(i int) complex128 {
		if i < len(along) {
			return complex(along[i][0], along[i][1])
		}
		return complex(last[0], last[1])
	}
	switch k {
	case 1:
		norm = 2 * real(cmplx.Conj(w)*plane(0))
	case 2:
		norm = 2 * real(cmplx.Conj(plane(0))*plane(1))
	}
	turn := cmplx.Exp(complex(0, -theta[2]))
	return norm*3/4 + real(square.value()*turn*turn)/4 + x*real(linear.value()*turn*complex(math.Sqrt2/2, math.Sqrt2/2))
}

// A screw is f(w) e^{−iqz} over e^{−iqz}, for a quadratic f, differentiated along some
// directions (a, ζ) in (w, z). The product rule gives each either to f, as a, or to the
// exponential, as −iqζ; by is the sum over the choices that give i of them to f.
type screw struct {
	f  [3]complex128 // f and its derivatives
	by [3]complex128
	q  float64
}

func newScrew(f0, f1, f2 complex128, q float64) screw {
	return screw{f: [3]complex128{f0, f1, f2}, by: [3]complex128{1, 0, 0}, q: q}
}

func (s *screw) differentiate(d []float64) {
	a, turn := complex(d[0], d[1]), complex(0, -s.q*d[2])
	s.by[2] = s.by[2]*turn + s.by[1]*a
	s.by[1] = s.by[1]*turn + s.by[0]*a
	s.by[0] *= turn
}

func (s *screw) value() complex128 {
	return s.f[0]*s.by[0] + s.f[1]*s.by[1] + s.f[2]*s.by[2]
}

// Local returns the Taylor polynomial in z of the loss, which is a polynomial in u and v,
// through the given degree; see Exact. Its datum is x/√2, so that it is exact at z = 0; at
// other z it has the sine and cosine in float64.
func (Archimedes) Local(theta []float64, degree int) (tensor.Landscape, error) {
	at := make([]*big.Rat, 3)
	for i, x := range theta {
		if at[i] = new(big.Rat).SetFloat64(x); at[i] == nil {
			return nil, fmt.Errorf("sim: archimedes at %v: %w", theta, ErrLandscape)
		}
	}
	u := affine{at[0], 0}
	v := affine{at[1], 1}
	sum := taylor{}
	sum.add(big.NewRat(3, 4), u, u, nil, 0)
	sum.add(big.NewRat(3, 4), v, v, nil, 0)
	cos2, sin2 := circle(2, theta[2], degree)
	sum.add(big.NewRat(1, 4), u, u, cos2, 0)
	sum.add(big.NewRat(-1, 4), v, v, cos2, 0)
	sum.add(big.NewRat(1, 2), u, v, sin2, 0)
	cos, sin := circle(1, theta[2], degree)
	one := affine{big.NewRat(1, 1), -1}
	for _, part := range []struct {
		sign  int64
		plane affine
		turn  []*big.Rat
	}{{1, u, cos}, {1, u, sin}, {1, v, sin}, {-1, v, cos}} {
		sum.add(big.NewRat(part.sign, 1), part.plane, one, part.turn, 1)
	}
	return localGaussian(at, big.NewRat(1, 2), sum)
}

// circle returns the Taylor coefficients of cos q(z+δ) and sin q(z+δ) in δ.
func circle(q int64, z float64, degree int) (cos, sin []*big.Rat) {
	s, c := math.Sincos(float64(q) * z)
	derivative := [4]float64{c, -s, -c, s}
	scale := big.NewRat(1, 1)
	for k := range degree + 1 {
		cos = append(cos, new(big.Rat).Mul(scale, new(big.Rat).SetFloat64(derivative[k%4])))
		sin = append(sin, new(big.Rat).Mul(scale, new(big.Rat).SetFloat64(derivative[(k+3)%4])))
		scale.Mul(scale, big.NewRat(q, int64(k)+1))
	}
	return cos, sin
}

// affine is at + δ_index, or the constant at if the index is −1.
type affine struct {
	at    *big.Rat
	index int
}

// taylor lists terms in the displacements of u, v, z, then x.
type taylor []tensor.Term

// add adds c · a · b · f(δz) · x^data, where no f stands for 1.
func (t *taylor) add(c *big.Rat, a, b affine, f []*big.Rat, data int) {
	if f == nil {
		f = []*big.Rat{big.NewRat(1, 1)}
	}
	for k, fk := range f {
		t.product(new(big.Rat).Mul(c, fk), []affine{a, b}, []int{0, 0, k, data})
	}
}

func (t *taylor) product(c *big.Rat, factors []affine, exp []int) {
	if len(factors) == 0 {
		*t = append(*t, tensor.Term{Coef: c, Exp: exp})
		return
	}
	f := factors[0]
	t.product(new(big.Rat).Mul(c, f.at), factors[1:], exp)
	if f.index >= 0 {
		up := append([]int(nil), exp...)
		up[f.index]++
		t.product(c, factors[1:], up)
	}
}
