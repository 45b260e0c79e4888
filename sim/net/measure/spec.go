package measure

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
)

var (
	// ErrSpec reports a measurement that cannot be made.
	ErrSpec = errors.New("no such measurement")
	// ErrResult reports a value, or a covariance, that a result does not have.
	ErrResult = errors.New("no such result")
)

// DefaultBatch is the number of data in a batch unless a Spec says otherwise.
const DefaultBatch = 8

// Limits of measurements.
const (
	// MaxBatch bounds the data of a batch.
	MaxBatch = 1 << 20
	// MaxOrder bounds the edges of a diagram.
	MaxOrder = 8
	// MaxTerms bounds the terms that a block's estimates have in all.
	MaxTerms = 1 << 20
	// MaxDiagrams bounds the diagrams of one number of edges, and of one kind of root, that
	// Classes goes through: there are fewer of 7 edges, and ten times as many of 8.
	MaxDiagrams = 1 << 18
)

// A Spec says what to measure.
type Spec struct {
	Landscape sim.Landscape
	Theta     []float64 // where in weight space, P numbers; nil is the origin
	// Diagrams are those whose values are wanted. Those of one value class are measured
	// once.
	Diagrams []diagram.Diagram
	Form     embed.Form
	Batch    int // data in a batch; 0 is DefaultBatch
	// Tied is the number of data whose mean stands for a node that shares its part; 0 is 1.
	// A batch must have Tied data for each node of the largest part, unless Tied is 1.
	Tied int
	// Means has a node that is alone in its part, and whose vector is wanted once for all,
	// stand for the landscape's own mean, as sim.Averaged gives it, instead of a batch's. So
	// values of diagrams all of whose nodes are apart are exact, and their errors 0. Every
	// such vector, of which there are few, costs one pass through the whole population.
	Means bool
	Seed  uint64
}

// Classes returns the value classes of diagrams with at most the given number of edges:
// all that the losses of test and training set have, and their gap. There are 1, 2, 4, 18,
// 80, 518, 3867 and 34 761 of 0, 1, …, 7 edges.
//
// The error wraps ErrSpec if the order is negative or above MaxOrder, and diagram.ErrLimit
// besides if there are more than MaxDiagrams to go through, which it says before it does;
// or is the context's, if that ends.
func Classes(ctx context.Context, order int) ([]diagram.Diagram, error) {
	if order < 0 || order > MaxOrder {
		return nil, fmt.Errorf("measure: order %d: %w", order, ErrSpec)
	}
	var lists []iter.Seq2[diagram.Diagram, uint64]
	for edges := order; edges >= 0; edges-- { // so that the most diagrams are counted first
		for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied} {
			list, err := diagram.EnumerateAut(ctx, edges, diagram.Options{Roots: roots, Limit: MaxDiagrams})
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				return nil, fmt.Errorf("measure: order %d: %w: %w", order, ErrSpec, err)
			}
			lists = append(lists, list)
		}
	}
	var classes []diagram.Diagram
	seen := map[diagram.Diagram]bool{}
	for _, list := range lists {
		for d := range list {
			if c := d.Class(); !seen[c] {
				seen[c] = true
				classes = append(classes, c)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(classes, diagram.Compare)
	return classes, nil
}

// checked returns the specification with defaults filled in.
func (s Spec) checked() (Spec, error) {
	if s.Batch == 0 {
		s.Batch = DefaultBatch
	}
	if s.Tied == 0 {
		s.Tied = 1
	}
	switch {
	case s.Landscape == nil:
		return s, fmt.Errorf("measure: no landscape: %w", ErrSpec)
	case s.Batch < 1 || s.Batch > MaxBatch:
		return s, fmt.Errorf("measure: batches of %d: %w", s.Batch, ErrSpec)
	case s.Tied < 1 || s.Tied > s.Batch:
		return s, fmt.Errorf("measure: %d data for a tied node, of batches of %d: %w", s.Tied, s.Batch, ErrSpec)
	case s.Form != embed.Moment && s.Form != embed.Cumulant:
		return s, fmt.Errorf("measure: form %d: %w", s.Form, ErrSpec)
	}
	if _, ok := s.Landscape.(sim.Averaged); s.Means && !ok {
		return s, fmt.Errorf("measure: %s does not know its means: %w", s.Landscape.Name(), ErrSpec)
	}
	dim := s.Landscape.Dim()
	if s.Theta == nil {
		s.Theta = make([]float64, dim)
	}
	if len(s.Theta) != dim {
		return s, fmt.Errorf("measure: a point of %d weights, where there are %d: %w", len(s.Theta), dim, ErrSpec)
	}
	s.Theta = slices.Clone(s.Theta)
	var classes []diagram.Diagram
	seen := map[diagram.Diagram]bool{}
	for _, d := range s.Diagrams {
		switch {
		case d.Roots() != 1:
			return s, fmt.Errorf("measure: %v has two roots: %w", d, ErrSpec)
		case d.Edges() > MaxOrder:
			return s, fmt.Errorf("measure: %v has more than %d edges: %w", d, MaxOrder, ErrSpec)
		}
		if c := d.Class(); !seen[c] {
			seen[c] = true
			classes = append(classes, c)
		}
	}
	s.Diagrams = classes
	return s, nil
}
