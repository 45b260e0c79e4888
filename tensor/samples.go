package tensor

import (
	"context"
	"fmt"
	"math"

	"github.com/perturb-go/perturb/mobius"
)

// Samples are the statistics of weighted samples of a loss and its derivatives in
// float64: the moments of the distribution that gives sample i the probability
// weight_i / Σ weights. They are not corrected for bias.
//
// Samples are immutable and safe for concurrent use. Cumulants are computed about the
// mean, so that a large mean costs them no digits.
type Samples struct {
	dim, order int
	probs      []float64
	jets       [][][]float64 // by sample and order, at increasing indices
}

var _ Cumulator[float64] = (*Samples)(nil)

// NewSamples returns the statistics of samples: the loss of sample i has the derivative
// ∇^k l_i = derivatives[i][k], a symmetric tensor of rank k, and the weight weights[i].
// Weights need not sum to 1.
//
// The error names the sample. It wraps ErrShape if there are no samples, a tensor has
// the wrong rank or dimension, or samples have different numbers of tensors; ErrValue
// if a weight is not positive or a number is a NaN or an infinity; and ErrAsymmetric
// if a tensor is not exactly symmetric.
func NewSamples(weights []float64, derivatives [][]*Dense[float64]) (*Samples, error) {
	if len(weights) == 0 || len(weights) != len(derivatives) {
		return nil, fmt.Errorf("tensor: %d weights for %d samples: %w", len(weights), len(derivatives), ErrShape)
	}
	if len(derivatives[0]) == 0 || derivatives[0][0] == nil {
		return nil, fmt.Errorf("tensor: sample 0 has no loss: %w", ErrShape)
	}
	s := &Samples{dim: derivatives[0][0].dim, order: len(derivatives[0]) - 1}
	sorted := make([][]int, s.order+1)
	offsets := make([][]int, s.order+1)
	largest := 0.0
	for i, jet := range derivatives {
		w := weights[i]
		if !(w > 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("tensor: weight %d is %v: %w", i, w, ErrValue)
		}
		largest = max(largest, w)
		if len(jet) != s.order+1 {
			return nil, fmt.Errorf("tensor: sample %d has %d tensors, sample 0 has %d: %w", i, len(jet), s.order+1, ErrShape)
		}
		packed := make([][]float64, len(jet))
		for k, t := range jet {
			if t == nil || t.dim != s.dim || t.rank != k {
				return nil, fmt.Errorf("tensor: sample %d, order %d: not of dimension %d and rank %d: %w", i, k, s.dim, k, ErrShape)
			}
			if err := checkFinite(t.data); err != nil {
				return nil, fmt.Errorf("tensor: sample %d, order %d: %w", i, k, err)
			}
			if sorted[k] == nil {
				sorted[k] = sortedOffsets(s.dim, k)
				offsets[k] = classes(s.dim, k)
			}
			for offset, first := range sorted[k] {
				if t.data[offset] != t.data[first] {
					return nil, fmt.Errorf("tensor: sample %d, order %d: %w", i, k, ErrAsymmetric)
				}
			}
			for _, offset := range offsets[k] {
				packed[k] = append(packed[k], t.data[offset])
			}
		}
		s.jets = append(s.jets, packed)
	}
	// Scaled by the largest, so that their sum does not overflow.
	total := 0.0
	for _, w := range weights {
		total += w / largest
	}
	for _, w := range weights {
		s.probs = append(s.probs, w/largest/total)
	}
	return s, nil
}

// Dim returns the dimension of weight space.
func (s *Samples) Dim() int { return s.dim }

// Order returns the largest order of differentiation that the samples have.
func (s *Samples) Order() int { return s.order }

// Len returns the number of samples.
func (s *Samples) Len() int { return len(s.jets) }

// Moment returns the weighted mean of products of derivatives; see Statistics. The
// error wraps ErrOrder if an order exceeds that of the samples.
func (s *Samples) Moment(orders []int) (*Dense[float64], error) {
	return s.momentWithin(context.Background(), orders)
}

func (s *Samples) momentWithin(ctx context.Context, orders []int) (*Dense[float64], error) {
	form, err := s.form(orders)
	if err != nil {
		return nil, fmt.Errorf("tensor: moment of orders %v: %w", orders, err)
	}
	return s.moment(&watch{ctx: ctx}, form)
}

// Cumulant returns what the function Cumulant does, computed from the derivatives less
// their means.
func (s *Samples) Cumulant(orders []int) (*Dense[float64], error) {
	return s.cumulantWithin(context.Background(), orders)
}

func (s *Samples) cumulantWithin(ctx context.Context, orders []int) (*Dense[float64], error) {
	if _, err := s.form(orders); err != nil {
		return nil, fmt.Errorf("tensor: cumulant of orders %v: %w", orders, err)
	}
	if len(orders) == 1 {
		return s.momentWithin(ctx, orders)
	}
	centred := s.centre(orders)
	return canonically(orders, func(sorted []int) (*Dense[float64], error) {
		return cumulant[float64](ctx, mobius.Float64{}, centred, sorted)
	})
}

// moment returns the moment of the form's orders.
func (s *Samples) moment(w *watch, form momentForm) (*Dense[float64], error) {
	var sum []float64
	mul := func(a, b float64) (float64, error) { return a * b, nil }
	vectors := make([][]float64, len(form.orders))
	for i, jet := range s.jets {
		for g, k := range form.orders {
			vectors[g] = jet[k]
		}
		err := eachProduct(w, form, s.probs[i], vectors, mul, func(n int, product float64) error {
			if i == 0 {
				sum = append(sum, 0)
			}
			sum[n] += product
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if err := checkFinite(sum); err != nil {
		return nil, fmt.Errorf("tensor: moment of orders %v: %w", form.orders, err)
	}
	return spread(w, form, sum)
}

// form returns the form of the moment of the orders, if the samples have them.
func (s *Samples) form(orders []int) (momentForm, error) {
	for _, k := range orders {
		if k > s.order {
			return momentForm{}, fmt.Errorf("order %d, where the samples have up to %d: %w", k, s.order, ErrOrder)
		}
	}
	return newMomentForm(s.dim, orders)
}

// centre returns the samples less their means, with derivatives of the given orders only.
func (s *Samples) centre(orders []int) *Samples {
	c := &Samples{dim: s.dim, order: s.order, probs: s.probs}
	mean := make([][]float64, s.order+1)
	for _, k := range orders {
		if mean[k] != nil {
			continue
		}
		mean[k] = make([]float64, len(s.jets[0][k]))
		for i, jet := range s.jets {
			for n, v := range jet[k] {
				mean[k][n] += s.probs[i] * v
			}
		}
	}
	for _, jet := range s.jets {
		less := make([][]float64, len(jet))
		for k, m := range mean {
			for n := range m {
				less[k] = append(less[k], jet[k][n]-m[n])
			}
		}
		c.jets = append(c.jets, less)
	}
	return c
}
