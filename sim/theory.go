package sim

import (
	"context"
	"fmt"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// Predict returns what the theory says of the mean of an observable of a group, with
// values of the given kind: at index d, the sum over diagrams of at most d edges. Losses
// include that at the start. ODE and SDE have continuous values where discrete ones are
// asked for: both are their exact re-summation.
//
// The error wraps ErrTheory if the landscape is not Exact or has a penalty, or if an
// optimizer is none of embed's dynamics, or of the Accuracy; or is as for value.Resum and value.EvaluateAt.
func Predict(ctx context.Context, spec Spec, g Group, o Observable, order int, kind value.Kind) ([]float64, error) {
	spec, err := spec.withDefaults()
	if err != nil {
		return nil, err
	}
	l, ok := spec.Landscape.(Exact)
	if _, penalized := spec.Landscape.(Penalized); !ok || penalized {
		return nil, fmt.Errorf("sim: %w of %s", ErrTheory, spec.Landscape.Name())
	}
	if order < 0 || order > value.MaxOrder {
		return nil, fmt.Errorf("sim: %w: order %d", value.ErrOrder, order)
	}
	local, err := l.Local(spec.Start, order)
	if err != nil {
		return nil, err
	}
	point := value.FloatPoint(local)
	switch g := g.(type) {
	case Snapshot:
		return spec.predict(ctx, point, g, o, order, kind)
	case Contrast:
		first, err := spec.predict(ctx, point, g.First, o, order, kind)
		if err != nil {
			return nil, err
		}
		second, err := spec.predict(ctx, point, g.Second, o, order, kind)
		if err != nil {
			return nil, err
		}
		for d := range first {
			first[d] -= second[d]
		}
		return first, nil
	}
	return nil, fmt.Errorf("sim: %w: %v", ErrResult, g)
}

func (s Spec) predict(ctx context.Context, point value.Point[float64], at Snapshot, o Observable, order int, kind value.Kind) ([]float64, error) {
	if at.Run < 0 || at.Run >= len(s.Runs) || at.Time < 0 || at.Time >= len(s.Runs[at.Run].Times) {
		return nil, fmt.Errorf("sim: %w: snapshot %+v", ErrResult, at)
	}
	dynamics, err := dynamicsUntil(s.Runs[at.Run].Optimizer, s.Runs[at.Run].Times[at.Time], o)
	if err != nil {
		return nil, err
	}
	quantity, err := s.quantity(o)
	if err != nil {
		return nil, err
	}
	switch s.Runs[at.Run].Optimizer.(type) {
	case ODE, SDE:
		if kind == value.Discrete {
			kind = value.Continuous
		}
	}
	resummed, err := value.Resum(ctx, dynamics, quantity, order, kind)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	sums, err := value.EvaluateAt(ctx, resummed, point, s.Eta)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	out := make([]float64, len(sums))
	for d, sum := range sums {
		out[d] = s.number(o, sum)
	}
	return out, nil
}

// quantity returns the observable as the theory has it.
func (s Spec) quantity(o Observable) (value.Observable, error) {
	switch {
	case o == Test:
		return value.TestLoss(), nil
	case o == Train:
		return value.TrainLoss(), nil
	case o == Gap:
		return value.Gap(), nil
	case o == Accuracy:
		return value.Observable{}, fmt.Errorf("sim: %w of the %v", ErrTheory, o)
	case o >= firstDisplacement && int(o-firstDisplacement) < len(s.Directions):
		return value.Displacement(), nil
	}
	return value.Observable{}, fmt.Errorf("sim: %w: %v", ErrResult, o)
}

// number returns a loss as it is, and a displacement along its direction.
func (s Spec) number(o Observable, sum *tensor.Dense[float64]) float64 {
	if o < firstDisplacement {
		return sum.At()
	}
	return dot(sum.Data(), s.Directions[o-firstDisplacement])
}

// dynamicsUntil returns the theory's name for the first t updates of an optimizer.
func dynamicsUntil(o Optimizer, t int64, observed Observable) (embed.Dynamics, error) {
	if sgd, ok := o.(SGD); ok && observed != Train && observed != Gap {
		// Rows that were not used yet do not matter, and a whole epoch is counted faster.
		if _, batch, weight, ok := sgd.Grid.Regular(); ok && t > 0 && t*batch < sgd.Grid.Rows() {
			part, err := embed.SGD(t*batch, 1, batch)
			if err != nil {
				return nil, fmt.Errorf("sim: %w", err)
			}
			return embed.NewCounter(part.Scale(timesBatch(weight, batch))), nil
		}
	}
	until, err := o.Until(t)
	if err != nil {
		return nil, err
	}
	if d := until.Dynamics(); d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("sim: %w of %v", ErrTheory, until)
}
