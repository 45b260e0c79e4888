package tensor

import (
	"fmt"
	"slices"
)

// SamplesOf returns the Samples that statistics are, or that Cache made them from; it is not
// ok for others.
func SamplesOf(s Statistics[float64]) (samples *Samples, ok bool) {
	if c, isCache := s.(*cache[float64]); isCache {
		s = c.s
	}
	samples, ok = s.(*Samples)
	return samples, ok
}

// Probabilities returns weight_i / Σ weights for every sample.
func (s *Samples) Probabilities() []float64 { return slices.Clone(s.probs) }

// Derivative returns ∇^k l_i of the sample i, a symmetric tensor of rank k, as NewSamples was
// given it. The error wraps ErrShape if there is no such sample, and ErrOrder if k is
// negative or exceeds Order.
func (s *Samples) Derivative(i, k int) (*Dense[float64], error) {
	if i < 0 || i >= len(s.jets) {
		return nil, fmt.Errorf("tensor: sample %d of %d: %w", i, len(s.jets), ErrShape)
	}
	if k < 0 || k > s.order {
		return nil, fmt.Errorf("tensor: order %d, where the samples have up to %d: %w", k, s.order, ErrOrder)
	}
	next := 0 // FillSymmetric asks for elements in the order in which they are kept
	return FillSymmetric(s.dim, []int{k}, func([]int) float64 {
		next++
		return s.jets[i][k][next-1]
	})
}
