package value

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
)

// ErrMetric reports a metric that is not positive semidefinite, where that is needed.
var ErrMetric = errors.New("the metric is not positive semidefinite")

// An eigenbasis diagonalizes the propagators of a metric g^{μν} and a Hessian H_{μν}: for
// every polynomial or power series f,
//
//	f(gH) g = V f(Λ) Vᵀ with Λ diagonal.
//
// With g = LLᵀ and the orthogonal diagonalization LᵀHL = QΛQᵀ, that is V = LQ; g may be
// singular.
type eigenbasis struct {
	values []float64
	basis  *tensor.Dense[float64] // V, an index of weight space first
}

// diagonalize returns the eigenbasis, by blocks of coordinates that neither H nor the
// metric couples: so the eigenvalue 0 of a flat coordinate is exact, as are all of a
// diagonal Hessian, and small blocks do not suffer from the rounding errors of large
// ones.
func diagonalize(hessian *tensor.Dense[float64], metric tensor.Metric[float64]) (eigenbasis, error) {
	dim := hessian.Dim()
	g, err := metric.Dense(mobius.Float64{}, dim)
	if err != nil {
		return eigenbasis{}, err
	}
	values, basis := make([]float64, dim), make([]float64, dim*dim)
	for _, block := range coupled(hessian, g) {
		root, err := squareRoot(block, g)
		if err != nil {
			return eigenbasis{}, err
		}
		n := len(block)
		h := mat.NewSymDense(n, nil)
		for i, mu := range block {
			for j, nu := range block[:i+1] {
				h.SetSym(i, j, hessian.At(mu, nu))
			}
		}
		if n == 1 {
			mu := block[0]
			values[mu], basis[mu*dim+mu] = g.At(mu, mu)*h.At(0, 0), root.At(0, 0)
			continue
		}
		var product mat.Dense
		product.Product(root.T(), h, root)
		m := mat.NewSymDense(n, nil)
		for i := range n {
			for j := range i + 1 {
				m.SetSym(i, j, (product.At(i, j)+product.At(j, i))/2)
			}
		}
		var eigen mat.EigenSym
		if !eigen.Factorize(m, true) {
			return eigenbasis{}, fmt.Errorf("%w: the Hessian has no eigenbasis in float64", tensor.ErrValue)
		}
		var vectors, v mat.Dense
		eigen.VectorsTo(&vectors)
		v.Mul(root, &vectors)
		for i, value := range eigen.Values(nil) {
			values[block[i]] = value
			for j, mu := range block {
				basis[mu*dim+block[i]] = v.At(j, i)
			}
		}
	}
	v, err := tensor.FromSlice(dim, 2, basis)
	return eigenbasis{values, v}, err
}

// coupled returns the finest blocks of coordinates between which all elements of the
// tensors of rank 2 are zero.
func coupled(tensors ...*tensor.Dense[float64]) [][]int {
	dim := tensors[0].Dim()
	block := make([]int, dim)
	for i := range block {
		block[i] = i
	}
	for _, t := range tensors {
		for i := range dim {
			for j := range i {
				if t.At(i, j) != 0 && block[i] != block[j] {
					from, to := max(block[i], block[j]), min(block[i], block[j])
					for k, b := range block {
						if b == from {
							block[k] = to
						}
					}
				}
			}
		}
	}
	members := make([][]int, dim)
	for i, b := range block {
		members[b] = append(members[b], i)
	}
	var blocks [][]int
	for _, m := range members {
		if m != nil {
			blocks = append(blocks, m)
		}
	}
	return blocks
}

// squareRoot returns L with LLᵀ = g on a block.
func squareRoot(block []int, g *tensor.Dense[float64]) (*mat.Dense, error) {
	n := len(block)
	root := mat.NewDense(n, n, nil)
	sym := mat.NewSymDense(n, nil)
	diagonal, largest := true, 0.0
	for i, mu := range block {
		for j, nu := range block[:i+1] {
			x := g.At(mu, nu)
			sym.SetSym(i, j, x)
			diagonal = diagonal && (i == j || x == 0)
		}
		largest = max(largest, math.Abs(g.At(mu, mu)))
	}
	if diagonal {
		for i := range n {
			x := sym.At(i, i)
			if x < 0 {
				return nil, fmt.Errorf("%w: element (%d, %d) is %v", ErrMetric, block[i], block[i], x)
			}
			root.Set(i, i, math.Sqrt(x))
		}
		return root, nil
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(sym, true) {
		return nil, fmt.Errorf("%w: the metric has no eigenbasis in float64", tensor.ErrValue)
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	for j, value := range eigen.Values(nil) {
		// What rounding makes of the eigenvalue 0 of a singular metric.
		if tolerance := 0x1p-50 * float64(n) * largest; value < -tolerance {
			return nil, fmt.Errorf("%w: it has the eigenvalue %v", ErrMetric, value)
		}
		for i := range n {
			root.Set(i, j, vectors.At(i, j)*math.Sqrt(max(0, value)))
		}
	}
	return root, nil
}

// transform contracts every index of t with V: the first index of V, or, if out is true,
// its second one.
func (e eigenbasis) transform(t *tensor.Dense[float64], out bool) (*tensor.Dense[float64], error) {
	labels := [][]int{nil}
	factors := []*tensor.Dense[float64]{t}
	var open []int
	for axis := range t.Rank() {
		labels[0] = append(labels[0], 2*axis)
		ends := []int{2 * axis, 2*axis + 1}
		if out {
			ends[0], ends[1] = ends[1], ends[0]
		}
		labels = append(labels, ends)
		factors = append(factors, e.basis)
		open = append(open, 2*axis+1)
	}
	plan, err := tensor.PlanContraction(t.Dim(), labels, open)
	if err != nil {
		return nil, err
	}
	return tensor.Contract(mobius.Float64{}, plan, factors)
}
