package measure

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/tensor"
)

// MaxNumbers bounds the elements of all tensors of Samples together: 2^26, or 512 MiB.
const MaxNumbers = 1 << 26

// Samples returns the derivatives of orders 0, …, order of some data's losses, each datum
// with weight 1, as dense tensors: the statistics of the uniform distribution over these
// data, with which everything of package value can be evaluated, re-summed values
// included. It is for few weights: for every datum it takes C(P+k−2, k−1) gradients along
// k−1 axes, for each order k ≥ 1, where P is the number of weights.
//
// data are one after the other, as sim.Landscape has them. The error wraps ErrSpec if there
// are none, or theta is not a point; tensor.ErrTooLarge, before anything is computed, if the
// tensors would have more than MaxNumbers elements in all; is the context's if that ends; or
// is as for tensor.NewSamples.
func Samples(ctx context.Context, l sim.Landscape, theta, data []float64, order int) (*tensor.Samples, error) {
	size, dim := l.Size(), l.Dim()
	switch {
	case len(data) == 0 || len(data)%size != 0:
		return nil, fmt.Errorf("measure: data of %d numbers, %d to a datum: %w", len(data), size, ErrSpec)
	case len(theta) != dim:
		return nil, fmt.Errorf("measure: a point of %d weights, where there are %d: %w", len(theta), dim, ErrSpec)
	case order < 0 || order > MaxOrder:
		return nil, fmt.Errorf("measure: derivatives of order %d: %w", order, ErrSpec)
	}
	if err := admit(len(data)/size, dim, order); err != nil {
		return nil, err
	}
	axes := make([][]float64, dim)
	for i := range axes {
		axes[i] = make([]float64, dim)
		axes[i][i] = 1
	}
	l = l.Clone()
	var weights []float64
	var derivatives [][]*tensor.Dense[float64]
	for at := 0; at < len(data); at += size {
		var list []*tensor.Dense[float64]
		for k := range order + 1 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			t, err := derivative(l, theta, data[at:at+size], k, axes)
			if err != nil {
				return nil, fmt.Errorf("measure: derivatives of order %d: %w", k, err)
			}
			list = append(list, t)
		}
		weights, derivatives = append(weights, 1), append(derivatives, list)
	}
	s, err := tensor.NewSamples(weights, derivatives)
	if err != nil {
		return nil, fmt.Errorf("measure: %w", err)
	}
	return s, nil
}

// admit returns an error if the tensors of some points would be too large.
func admit(points, dim, order int) error {
	each, power := big.NewInt(0), big.NewInt(1)
	for range order + 1 {
		each.Add(each, power)
		power.Mul(power, big.NewInt(int64(dim)))
	}
	if all := each.Mul(each, big.NewInt(int64(points))); all.Cmp(big.NewInt(MaxNumbers)) > 0 {
		return fmt.Errorf("measure: tensors to order %d in %d weights, of %d points, have %v elements, which exceed %d: %w",
			order, dim, points, all, MaxNumbers, tensor.ErrTooLarge)
	}
	return nil
}

// derivative returns ∇^k l_x.
func derivative(l sim.Landscape, theta, x []float64, k int, axes [][]float64) (*tensor.Dense[float64], error) {
	if k == 0 {
		return tensor.Scalar(len(theta), l.Loss(theta, x))
	}
	grad := make([]float64, len(theta))
	var prefix []int
	along := make([][]float64, k-1)
	return tensor.FillSymmetric(len(theta), []int{k}, func(index []int) float64 {
		last := index[k-1]
		if prefix == nil || !slices.Equal(prefix, index[:k-1]) {
			prefix = append(make([]int, 0, k), index[:k-1]...)
			for i, axis := range prefix {
				along[i] = axes[axis]
			}
			l.Gradient(grad, theta, x, along...)
		}
		return grad[last]
	})
}
