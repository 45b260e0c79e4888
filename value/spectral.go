package value

import (
	"context"
	"math"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
)

// A spectral computes re-summed values in float64, in an eigenbasis of the Hessian (P §3
// and §B.5). There a diagram is a sum over an index for each edge, of the product of the
// components of its cumulants and of a sum over times, in which the propagators are
// numbers.
type spectral struct {
	evaluator[float64]
	eigen   eigenbasis
	class   []int     // of each index: those of one class have one eigenvalue
	decays  []float64 // η times the eigenvalue, by class
	times   timeSums
	sampled *sampled // if the statistics are samples
}

// timeSums are sums over times with propagators that are numbers.
type timeSums interface {
	// of returns what sums over the times of a diagram, or nil if it cannot happen, and an
	// estimate of the time that one such sum takes, in nanoseconds.
	of(d diagram.Diagram) (sum timeSum, work float64, err error)
}

// A timeSum is the sum over the maps of a diagram's nodes to cells of the weights and of the
// propagators, given the class of the eigenvalue on each edge; in continuous time it is an
// integral.
type timeSum func(ctx context.Context, class []int) (float64, error)

func newSpectral(r *Resummed, p Point[float64], eta float64) (*spectral, error) {
	s := &spectral{evaluator: evaluator[float64]{p, &Series{Observable: r.Observable, Form: embed.Cumulant}}}
	h, err := tensor.Hessian(p.Statistics)
	if err != nil {
		return nil, err
	}
	if s.eigen, err = diagonalize(h, p.Metric); err != nil {
		return nil, err
	}
	if samples, ok := tensor.SamplesOf(p.Statistics); ok {
		s.sampled = newSampled(samples, s.eigen)
	}
	for _, h := range s.eigen.values {
		class := slices.Index(s.decays, eta*h)
		if class < 0 {
			class = len(s.decays)
			s.decays = append(s.decays, eta*h)
		}
		s.class = append(s.class, class)
	}
	if r.hasClock {
		s.times = newClosedForm(r.clock, r.Kind, s.decays)
		return s, nil
	}
	c, err := newColumns(r.timing.Grid)
	if err == nil {
		s.times = newScalarSweep(c, s.decays)
	}
	return s, err
}

func (s *spectral) work(d diagram.Diagram) (float64, error) {
	times, work, err := s.times.of(d)
	if err != nil || times == nil {
		return 0, err
	}
	pieces, _, err := s.pieces(context.Background(), d, noStatistic)
	if err == nil {
		err = checkFactors(len(s.class), pieces, s.sampled != nil)
	}
	edges := float64(d.Edges())
	return work*math.Pow(float64(len(s.decays)), edges) + 10*(edges+1)*math.Pow(float64(len(s.class)), edges), err
}

// noStatistic leaves a cumulant out.
func noStatistic(context.Context, []int) (*tensor.Dense[float64], error) { return nil, nil }

func (s *spectral) value(ctx context.Context, d diagram.Diagram) (*tensor.Dense[float64], error) {
	dim, rank := len(s.class), s.Observable.Rank()
	result, err := tensor.New(dim, rank, 0.0)
	if err != nil {
		return nil, err
	}
	times, _, err := s.times.of(d)
	if err != nil || times == nil {
		return result, err
	}
	statistic := s.statistic
	if s.sampled != nil {
		statistic = noStatistic
	}
	pieces, open, err := s.pieces(ctx, d, statistic)
	if err != nil {
		return nil, err
	}
	x := spectralSum{
		class: s.class, repeats: len(s.decays) < dim, times: times, known: map[classKey]float64{},
		of: make([]int, d.Edges()), open: newSpectralFactor(open, result),
	}
	for _, p := range pieces {
		if p.tensor == nil {
			f, err := s.sampled.factor(ctx, p)
			if err != nil {
				return nil, err
			}
			x.factors = append(x.factors, f)
			continue
		}
		t, err := s.eigen.transform(p.tensor, false)
		if err != nil {
			return nil, err
		}
		x.factors = append(x.factors, newSpectralFactor(p.ends, t))
	}
	if err := x.run(ctx, d.Edges(), dim); err != nil {
		return nil, err
	}
	if result, err = tensor.FromSlice(dim, rank, x.open.data); err != nil {
		return nil, err
	}
	return s.eigen.transform(result, true)
}

// A spectralSum sums over the indices of all edges of a diagram.
type spectralSum struct {
	class   []int
	repeats bool // whether several indices have one class
	times   timeSum
	known   map[classKey]float64 // the sums over times, by classes, if these repeat
	of      []int                // the classes at hand
	factors []spectralFactor
	open    spectralFactor // collects the result
}

// A spectralFactor is a tensor, with the stride in it of each edge that ends at it.
type spectralFactor struct {
	data   []float64
	edge   []int
	stride []int
}

func newSpectralFactor(ends []int, t *tensor.Dense[float64]) spectralFactor {
	f := spectralFactor{data: t.Data(), edge: make([]int, len(ends)), stride: make([]int, len(ends))}
	run := 1
	for axis := len(ends) - 1; axis >= 0; axis-- {
		f.edge[axis], f.stride[axis] = ends[axis]/2, run
		run *= t.Dim()
	}
	return f
}

// at returns the offset of the element with the given indices of the edges.
func (f spectralFactor) at(index []int) int {
	offset := 0
	for i, e := range f.edge {
		offset += f.stride[i] * index[e]
	}
	return offset
}

// run goes through all choices of indices.
func (s *spectralSum) run(ctx context.Context, edges, dim int) error {
	index := make([]int, edges)
	for steps := 0; ; steps++ {
		if steps&0x3f == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		product := 1.0
		for _, f := range s.factors {
			product *= f.data[f.at(index)]
		}
		if product != 0 {
			x, err := s.overTimes(ctx, index)
			if err != nil {
				return err
			}
			s.open.data[s.open.at(index)] += product * x
		}
		e := edges - 1
		for ; e >= 0; e-- {
			if index[e]++; index[e] < dim {
				break
			}
			index[e] = 0
		}
		if e < 0 {
			return nil
		}
	}
}

// overTimes returns the sum over times for given indices.
func (s *spectralSum) overTimes(ctx context.Context, index []int) (float64, error) {
	var key classKey
	for e, i := range index {
		s.of[e] = s.class[i]
		key[e] = int32(s.class[i])
	}
	if !s.repeats {
		return s.times(ctx, s.of)
	}
	if x, ok := s.known[key]; ok {
		return x, nil
	}
	x, err := s.times(ctx, s.of)
	if err == nil {
		s.known[key] = x
	}
	return x, err
}

// A classKey has the classes of some edges, of which a diagram has at most MaxOrder.
type classKey [MaxOrder]int32
