package value

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/value/divdiff"
	"github.com/perturb-go/perturb/value/expr"
)

// A closedForm sums over times in closed form (P §3 and §B.5).
//
// With an eigenvalue on each edge, that from time t to time t' is the number λ^{t'−t−1}. If
// the events of a diagram happen in the steps t_1 < … < t_k, every edge that is alive
// between t_j and t_{j+1} has a factor λ^{t_{j+1}−t_j−1} from there, and another λ for each
// of the steps t_j that it passes over. So with the products a_j of the λ that are alive
// after t_j, and a_0 = 1, the sum over times is the divided difference [a_0, …, a_k] x^T,
// times the λ of the passes. That is to be summed over the weak orders of the events. In
// continuous time the edge is exp(−s(t'−t)), two events at once have measure 0, and there
// is nothing to pass over.
type closedForm struct {
	clock
	end      float64 // T in continuous time
	discrete bool
	decays   []float64 // by class: δ = 1 − λ, or s

	known   map[diagram.Diagram][]history
	bundles map[string]int // the numbers of the bundles met, by their sorted classes
	joint   []float64      // the decay of each bundle, the edges that are alive at once
	sums    map[bundleKey]float64
	points  []float64
}

// A bundleKey has the bundles after each event: their numbers, from 1, increasing from
// behind zeros. A diagram has at most one event per edge.
type bundleKey [MaxOrder]int32

func newClosedForm(c clock, kind Kind, decays []float64) *closedForm {
	f := &closedForm{clock: c, discrete: kind == Discrete, known: map[diagram.Diagram][]history{}, bundles: map[string]int{}, sums: map[bundleKey]float64{}}
	f.end, _ = c.time.Float64()
	rate, _ := c.rate.Float64()
	for _, decay := range decays {
		f.decays = append(f.decays, rate*decay)
	}
	return f
}

// of counts a divided difference as a microsecond.
func (f *closedForm) of(d diagram.Diagram) (timeSum, float64, error) {
	list, ok := f.known[d]
	if !ok {
		list = histories(d, f.nodes, !f.discrete)
		f.known[d] = list
	}
	if len(list) == 0 {
		return nil, 0, nil
	}
	multiplicity := f.multiplicity(d)
	return func(ctx context.Context, class []int) (float64, error) {
		x, err := f.sum(ctx, list, class)
		return multiplicity * x, err
	}, 1e3 * float64(len(list)), nil
}

// multiplicity returns the factor Π B^{1−k} over the parts with k non-root nodes, times
// rate^edges.
func (f *closedForm) multiplicity(d diagram.Diagram) float64 {
	sizes := map[int]int{}
	product := big.NewRat(1, 1)
	for _, part := range d.Labels()[:d.Edges()] {
		product.Mul(product, f.rate)
		if sizes[part]++; sizes[part] > 1 {
			product.Quo(product, f.batch)
		}
	}
	x, _ := product.Float64()
	return x
}

// sum adds up over the histories.
func (f *closedForm) sum(ctx context.Context, list []history, class []int) (float64, error) {
	if f.endless {
		if err := f.checkStable(class); err != nil {
			return 0, err
		}
	}
	total := 0.0
	for i, h := range list {
		if i&0xfff == 0xfff && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		var key bundleKey
		for i, gap := range h.gaps {
			key[i] = int32(f.bundle(gap, class)) + 1
		}
		x, err := f.dividedDifference(key)
		if err != nil {
			return 0, err
		}
		for e, passes := range h.passes {
			if f.discrete {
				for range passes {
					x *= 1 - f.decays[class[e]]
				}
			}
		}
		total += float64(h.repeats) * x
	}
	return total, nil
}

// bundle returns the number of the bundle of edges that are alive in a gap.
func (f *closedForm) bundle(gap uint64, class []int) int {
	var buffer [MaxOrder]int
	classes := buffer[:0]
	for e, c := range class {
		if gap>>e&1 == 1 {
			classes = append(classes, c)
		}
	}
	slices.Sort(classes)
	key := classKey(classes)
	if b, ok := f.bundles[key]; ok {
		return b
	}
	decays := make([]float64, len(classes))
	joint := 0.0
	for i, c := range classes {
		decays[i] = f.decays[c]
		joint += decays[i]
	}
	if f.discrete {
		joint = divdiff.Join(decays...)
	}
	f.bundles[key] = len(f.joint)
	f.joint = append(f.joint, joint)
	return len(f.joint) - 1
}

// dividedDifference returns that of x^T, or of exp(Tx), at the point before all events and
// at those of the bundles, which may be in any order.
func (f *closedForm) dividedDifference(key bundleKey) (x float64, err error) {
	slices.Sort(key[:])
	if x, ok := f.sums[key]; ok {
		return x, nil
	}
	if f.endless {
		if x, err = f.limit(key); err == nil {
			f.sums[key] = x
		}
		return x, err
	}
	f.points = append(f.points[:0], 0)
	for _, b := range key {
		if b > 0 {
			f.points = append(f.points, f.joint[b-1])
		}
	}
	if f.discrete {
		x, err = divdiff.Power(f.steps, f.points...)
	} else {
		x, err = divdiff.Exp(f.end, f.points...)
	}
	if err == nil {
		f.sums[key] = x
	}
	return x, err
}

// limit returns the divided difference as T → ∞, Π 1/(1−a_j) or Π 1/s_j.
func (f *closedForm) limit(key bundleKey) (float64, error) {
	x := 1.0
	for _, b := range key {
		if b == 0 {
			continue
		}
		if f.joint[b-1] == 0 {
			return 0, fmt.Errorf("%w as T → ∞: ηh = 0 is flat, and it grows with T", expr.ErrDiverges)
		}
		x /= f.joint[b-1]
	}
	return x, nil
}

// checkStable reports an eigenvalue with which nothing decays.
func (f *closedForm) checkStable(class []int) error {
	for _, c := range class {
		if decay := f.decays[c]; decay < 0 || f.discrete && decay >= 2 {
			return fmt.Errorf("%w as T → ∞: it grows or oscillates, as ηh = %v", expr.ErrDiverges, decay)
		}
	}
	return nil
}
