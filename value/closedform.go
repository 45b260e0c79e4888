package value

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/bits"
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
	trees   map[string]*treeSums   // if the events are the nodes, by the parents of the nodes
	kept    int                    // the size of all of these
	bundles map[classKey]int       // the numbers of the bundles met, by their sorted classes, plus 1
	joint   []float64              // the decay of each bundle, the edges that are alive at once
	listed  [maxListed + 1][]int32 // the same of up to maxListed classes, at Σ_i class_i·count^i
	sums    map[bundleKey]float64
	packed  map[uint64]float64 // the same of up to four bundles whose numbers have 16 bits
	points  []float64
}

// maxListed is the largest number of edges alive at once whose bundle is looked up in a
// list, if that has at most maxList numbers.
const (
	maxListed = 4
	maxList   = 1 << 18
)

// A bundleKey has the bundles after each event: their numbers, from 1, increasing from
// behind zeros. A diagram has at most one event per edge.
type bundleKey [MaxOrder]int32

func newClosedForm(c clock, kind Kind, decays []float64) *closedForm {
	f := &closedForm{clock: c, discrete: kind == Discrete, known: map[diagram.Diagram][]history{}, trees: map[string]*treeSums{}, bundles: map[classKey]int{}, sums: map[bundleKey]float64{}, packed: map[uint64]float64{}}
	f.end, _ = c.time.Float64()
	rate, _ := c.rate.Float64()
	for _, decay := range decays {
		f.decays = append(f.decays, rate*decay)
	}
	return f
}

// of counts a divided difference as a microsecond. Where the events are the nodes, the sum
// depends on the tree alone, so that its values are kept for all diagrams on it.
func (f *closedForm) of(d diagram.Diagram) (timeSum, float64, error) {
	list, ok := f.known[d]
	if !ok {
		list = histories(d, f.nodes, !f.discrete)
		f.known[d] = list
	}
	if len(list) == 0 {
		return nil, 0, nil
	}
	work := 1e3 * float64(len(list))
	sum := func(ctx context.Context, class []int) (float64, error) { return f.sum(ctx, list, class) }
	if f.nodes {
		kept, known := f.tree(d)
		if kept.size > 0 {
			sum = kept.remember(sum)
		}
		if kept.size > 0 && known {
			work = 10
		}
	}
	multiplicity := f.multiplicity(d)
	return func(ctx context.Context, class []int) (float64, error) {
		x, err := sum(ctx, class)
		return multiplicity * x, err
	}, work, nil
}

// A treeSums has the sums over times on a tree, by the classes on its edges.
type treeSums struct {
	classes, size int       // size is 0 if there are too many to keep
	x             []float64 // a NaN is not known
}

// maxTreeSums bounds the sums that are kept of all trees: 128 MiB.
const maxTreeSums = 1 << 24

// tree returns what is kept of a diagram's tree, and whether it was known before.
func (f *closedForm) tree(d diagram.Diagram) (t *treeSums, known bool) {
	key := fmt.Sprint(d.Parents())
	if t, known = f.trees[key]; known {
		return t, true
	}
	t = &treeSums{classes: len(f.decays)}
	if size := math.Pow(float64(t.classes), float64(d.Edges())); float64(f.kept)+size <= maxTreeSums {
		t.size = int(size)
		f.kept += t.size
	}
	f.trees[key] = t
	return t, false
}

// remember returns the sum that it is given, with a memory.
func (t *treeSums) remember(sum timeSum) timeSum {
	return func(ctx context.Context, class []int) (float64, error) {
		if t.x == nil {
			t.x = slices.Repeat([]float64{math.NaN()}, t.size)
		}
		at := 0
		for _, c := range class {
			at = at*t.classes + c
		}
		if x := t.x[at]; !math.IsNaN(x) {
			return x, nil
		}
		x, err := sum(ctx, class)
		if err == nil {
			t.x[at] = x
		}
		return x, err
	}
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
	var key classKey
	n := 0
	for ; gap != 0; gap &= gap - 1 {
		c := int32(class[bits.TrailingZeros64(gap)]) + 1
		i := n
		for ; i > 0 && key[i-1] > c; i-- {
			key[i] = key[i-1]
		}
		key[i] = c
		n++
	}
	list, at := f.list(key, n)
	if list != nil {
		if b := list[at]; b > 0 {
			return int(b) - 1
		}
	} else if b, ok := f.bundles[key]; ok {
		return b
	}
	decays := make([]float64, n)
	joint := 0.0
	for i, c := range key[:n] {
		decays[i] = f.decays[c-1]
		joint += decays[i]
	}
	if f.discrete {
		joint = divdiff.Join(decays...)
	}
	if list != nil {
		list[at] = int32(len(f.joint)) + 1
	} else {
		f.bundles[key] = len(f.joint)
	}
	f.joint = append(f.joint, joint)
	return len(f.joint) - 1
}

// list returns the list that has the number, plus 1, of the bundle of n classes, and where; or
// nil if there is none.
func (f *closedForm) list(key classKey, n int) (list []int32, at int) {
	if n > maxListed {
		return nil, 0
	}
	size := 1
	for _, c := range key[:n] {
		at += int(c-1) * size
		if size *= len(f.decays); size > maxList {
			return nil, 0
		}
	}
	if f.listed[n] == nil {
		f.listed[n] = make([]int32, size)
	}
	return f.listed[n], at
}

// pack returns a key of at most four bundles with numbers of 16 bits as one number.
func (k *bundleKey) pack() (packed uint64, ok bool) {
	for _, b := range k {
		if b >= 1<<16 || packed >= 1<<48 {
			return 0, false
		}
		packed = packed<<16 | uint64(b)
	}
	return packed, true
}

// knownSum returns a divided difference that was computed before.
func (f *closedForm) knownSum(key *bundleKey) (x float64, ok bool) {
	if packed, fits := key.pack(); fits {
		x, ok = f.packed[packed]
		return x, ok
	}
	x, ok = f.sums[*key]
	return x, ok
}

func (f *closedForm) keepSum(key *bundleKey, x float64) {
	if packed, fits := key.pack(); fits {
		f.packed[packed] = x
		return
	}
	f.sums[*key] = x
}

// dividedDifference returns that of x^T, or of exp(Tx), at the point before all events and
// at those of the bundles, which may be in any order.
func (f *closedForm) dividedDifference(key bundleKey) (x float64, err error) {
	for i := range key {
		for j := i; j > 0 && key[j-1] > key[j]; j-- {
			key[j-1], key[j] = key[j], key[j-1]
		}
	}
	if x, ok := f.knownSum(&key); ok {
		return x, nil
	}
	f.points = append(f.points[:0], 0)
	for _, b := range key {
		if b > 0 {
			f.points = append(f.points, f.joint[b-1])
		}
	}
	switch {
	case f.endless:
		x, err = limit(f.points[1:])
	case f.discrete:
		x, err = divdiff.Power(f.steps, f.points...)
	default:
		x, err = divdiff.Exp(f.end, f.points...)
	}
	if err == nil {
		f.keepSum(&key, x)
	}
	return x, err
}

// limit returns the divided difference as T → ∞, Π 1/(1−a_j) or Π 1/s_j, of the points after
// the first.
func limit(points []float64) (float64, error) {
	x := 1.0
	for _, p := range points {
		if p == 0 {
			return 0, fmt.Errorf("%w as T → ∞: ηh = 0 is flat, and it grows with T", expr.ErrDiverges)
		}
		x /= p
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
