package sim

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/perturb-go/perturb/tensor"
)

// A normal landscape has normal data and a loss polynomial in θ and the datum.
type normal struct {
	exactCore
	loss     monomials // in θ, then x
	mean     []float64
	root     [][]float64 // root rootᵀ is the covariance of x
	features []feature
	rank     int

	point []float64 // scratch: θ, then x
}

// A feature is the part f_a(θ) of the loss Σ_a x^a f_a(θ) that a monomial x^a, of degree 1
// or more, multiplies, and a row of a root of the covariance of these monomials.
type feature struct {
	loss monomials
	root []float64
}

func newNormal(base exactCore, l *tensor.Gaussian) (*normal, error) {
	n := &normal{exactCore: base}
	var err error
	if n.loss, err = compile(l.DatumLoss()); err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	for _, m := range l.Mean() {
		x, _ := m.Float64()
		n.mean = append(n.mean, x)
	}
	covariance := mat.NewSymDense(len(n.mean), nil)
	for i, row := range l.Covariance() {
		for j, c := range row[:i+1] {
			x, _ := c.Float64()
			covariance.SetSym(i, j, x)
		}
	}
	if n.root, _, err = symmetricRoot(covariance); err != nil {
		return nil, err
	}
	if err := n.addFeatures(l); err != nil {
		return nil, err
	}
	n.point = make([]float64, l.Dim()+len(n.mean))
	return n, nil
}

// addFeatures groups the terms of the loss by their monomial in x.
func (n *normal) addFeatures(l *tensor.Gaussian) error {
	dim := l.Dim()
	var exps [][]int
	parts := map[string][]tensor.Term{}
	for _, t := range l.DatumLoss().Terms() {
		exp := t.Exp[dim:]
		if slices.Max(exp) == 0 {
			continue
		}
		key := fmt.Sprint(exp)
		if parts[key] == nil {
			exps = append(exps, exp)
		}
		parts[key] = append(parts[key], tensor.Term{Coef: t.Coef, Exp: t.Exp[:dim]})
	}
	if len(exps) == 0 {
		return nil
	}
	covariance, err := monomialCovariance(l, exps)
	if err != nil {
		return err
	}
	root, rank, err := symmetricRoot(covariance)
	if err != nil {
		return err
	}
	n.rank = rank
	for i, exp := range exps {
		p, err := tensor.NewPolynomial(dim, parts[fmt.Sprint(exp)])
		if err != nil {
			return fmt.Errorf("sim: %w", err)
		}
		loss, err := compile(p)
		if err != nil {
			return fmt.Errorf("sim: %w", err)
		}
		n.features = append(n.features, feature{loss, root[i]})
	}
	return nil
}

// monomialCovariance returns Cov[x^a, x^b] for the given exponents.
func monomialCovariance(l *tensor.Gaussian, exps [][]int) (*mat.SymDense, error) {
	moment := func(exp []int) (*big.Rat, error) {
		// The mean loss of the landscape whose loss is x^exp.
		term := tensor.Term{Coef: big.NewRat(1, 1), Exp: append([]int{0}, exp...)}
		p, err := tensor.NewPolynomial(1+len(exp), []tensor.Term{term})
		if err != nil {
			return nil, fmt.Errorf("sim: %w", err)
		}
		g, err := tensor.NewGaussian([]*big.Rat{new(big.Rat)}, l.Mean(), l.Covariance(), p)
		if err != nil {
			return nil, fmt.Errorf("sim: %w", err)
		}
		mean, err := g.Loss()
		if err != nil {
			return nil, fmt.Errorf("sim: %w", err)
		}
		return mean.Eval([]*big.Rat{new(big.Rat)})
	}
	means := make([]*big.Rat, len(exps))
	covariance := mat.NewSymDense(len(exps), nil)
	for i, a := range exps {
		var err error
		if means[i], err = moment(a); err != nil {
			return nil, err
		}
		for j, b := range exps[:i+1] {
			sum := slices.Clone(a)
			for k := range sum {
				sum[k] += b[k]
			}
			both, err := moment(sum)
			if err != nil {
				return nil, err
			}
			c, _ := both.Sub(both, new(big.Rat).Mul(means[i], means[j])).Float64()
			if math.IsInf(c, 0) {
				return nil, fmt.Errorf("sim: %w: the variance of a monomial is too large", ErrLandscape)
			}
			covariance.SetSym(i, j, c)
		}
	}
	return covariance, nil
}

// symmetricRoot returns the rows of a matrix r with r rᵀ = s, and its number of columns,
// the rank of s.
func symmetricRoot(s *mat.SymDense) ([][]float64, int, error) {
	var eigen mat.EigenSym
	if !eigen.Factorize(s, true) {
		return nil, 0, fmt.Errorf("sim: %w: a covariance has no eigenvalues", ErrLandscape)
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	largest := values[len(values)-1]
	rows := make([][]float64, len(values))
	rank := 0
	for j, v := range values {
		// Eigenvalues are good to a few ulp of the largest.
		if v <= largest*1e-13 {
			continue
		}
		rank++
		for i := range rows {
			rows[i] = append(rows[i], vectors.At(i, j)*math.Sqrt(v))
		}
	}
	return rows, rank, nil
}

// Size returns the number of coordinates of the datum.
func (n *normal) Size() int { return len(n.mean) }

// Clone returns a copy with scratch space of its own.
func (n *normal) Clone() Landscape {
	c := *n
	c.point = make([]float64, len(n.point))
	return &c
}

// Sample draws a datum.
func (n *normal) Sample(r *rand.Rand, x []float64) {
	copy(x, n.mean)
	if len(n.root[0]) == 0 {
		return
	}
	for j := range n.root[0] {
		xi := r.NormFloat64()
		for i := range x {
			x[i] += n.root[i][j] * xi
		}
	}
}

// at returns the point θ, x.
func (n *normal) at(theta, x []float64) []float64 {
	copy(n.point, theta)
	copy(n.point[len(theta):], x)
	return n.point
}

// Loss returns the mean loss of a batch; see Landscape.
func (n *normal) Loss(theta, data []float64, along ...[]float64) float64 {
	sum := 0.0
	for x := range slices.Chunk(data, n.Size()) {
		if len(along) == 0 {
			sum += n.loss.value(n.at(theta, x))
		} else {
			sum += n.loss.along(n.at(theta, x), along)
		}
	}
	return sum * float64(n.Size()) / float64(len(data))
}

// Gradient is that of the mean loss of a batch; see Landscape.
func (n *normal) Gradient(grad, theta, data []float64, along ...[]float64) {
	clear(grad)
	share := float64(n.Size()) / float64(len(data))
	for x := range slices.Chunk(data, n.Size()) {
		n.loss.addGradientAlong(grad, n.at(theta, x), share, along)
	}
}

// NoiseRank returns the rank of the covariance of the monomials in x.
func (n *normal) NoiseRank() int { return n.rank }

// Noise sets noise to Σ_a (r ξ)_a ∇f_a for the parts f_a of the loss that the monomials
// x^a multiply, and a root r of their covariance.
func (n *normal) Noise(noise, theta, xi []float64) {
	clear(noise)
	for _, f := range n.features {
		c := 0.0
		for j, r := range f.root {
			c += r * xi[j]
		}
		f.loss.addGradient(noise, theta, c)
	}
}
