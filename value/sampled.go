package value

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
)

// A sampled has the derivatives of weighted samples in an eigenbasis. A joint cumulant of
// samples is a sum over them, so that it can be had at just those of its indices where the
// ends of an edge agree: with an index for each edge at its part, instead of one for each
// end, and without the tensor of all.
type sampled struct {
	*tensor.Samples
	eigen  eigenbasis
	probs  []float64
	orders map[int]*sampledOrder
}

// A sampledOrder has the derivatives of one order: their mean, and by sample what they are
// less the mean, which is computed before the eigenbasis mixes large numbers and small.
type sampledOrder struct {
	mean []float64
	less [][]float64
}

func newSampled(s *tensor.Samples, e eigenbasis) *sampled {
	return &sampled{Samples: s, eigen: e, probs: s.Probabilities(), orders: map[int]*sampledOrder{}}
}

// order returns the derivatives of order k.
func (s *sampled) order(k int) (*sampledOrder, error) {
	if o, ok := s.orders[k]; ok {
		return o, nil
	}
	ring := mobius.Float64{}
	mean, err := s.Moment([]int{k})
	if err != nil {
		return nil, err
	}
	o := &sampledOrder{}
	for i := range s.probs {
		x, err := s.Derivative(i, k)
		if err != nil {
			return nil, err
		}
		if x, err = tensor.Add(ring, x, tensor.Scale(ring, -1.0, mean)); err != nil {
			return nil, err
		}
		if x, err = s.eigen.transform(x, false); err != nil {
			return nil, err
		}
		o.less = append(o.less, x.Data())
	}
	if mean, err = s.eigen.transform(mean, false); err != nil {
		return nil, err
	}
	o.mean = mean.Data()
	s.orders[k] = o
	return o, nil
}

// edgesOf lists the edges whose ends are at nodes, each once.
func edgesOf(ends []int) []int {
	var edges []int
	for _, end := range ends {
		edges = append(edges, end/2)
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

// factor returns the joint cumulant of a piece, as a function of an index for each edge.
func (s *sampled) factor(ctx context.Context, p piece[float64]) (spectralFactor, error) {
	dim := s.Dim()
	edges := edgesOf(p.ends)
	f := spectralFactor{edge: edges, stride: make([]int, len(edges))}
	size := 1
	for i := len(edges) - 1; i >= 0; i-- {
		f.stride[i] = size
		size *= dim
	}
	nodes := make([]sampledNode, len(p.orders))
	ends := p.ends
	for i, k := range p.orders {
		o, err := s.order(k)
		if err != nil {
			return f, err
		}
		nodes[i] = sampledNode{sampledOrder: o, stride: make([]int, len(edges))}
		run := 1
		for axis := k - 1; axis >= 0; axis-- {
			nodes[i].stride[slices.Index(edges, ends[axis]/2)] = run
			run *= dim
		}
		ends = ends[k:]
	}
	f.data = make([]float64, size)
	index := make([]int, len(edges))
	c := newSampledCumulant(s.probs, nodes)
	for at := range f.data {
		if at&0xfff == 0 {
			if err := ctx.Err(); err != nil {
				return f, err
			}
		}
		f.data[at] = c.at()
		for e := len(edges) - 1; e >= 0; e-- {
			index[e]++
			c.move(e, 1)
			if index[e] < dim {
				break
			}
			c.move(e, -dim)
			index[e] = 0
		}
	}
	return f, nil
}

// A sampledNode is a node of a piece, with the stride of each of the piece's edges in its
// tensor, and the place of the element at hand.
type sampledNode struct {
	*sampledOrder
	stride []int
	place  int
}

// A sampledCumulant is a joint cumulant at one element after the other.
type sampledCumulant struct {
	probs  []float64
	nodes  []sampledNode
	moment []float64 // of each set of nodes
	kappa  []float64 // of each set that has the first node
}

func newSampledCumulant(probs []float64, nodes []sampledNode) *sampledCumulant {
	return &sampledCumulant{probs, nodes, make([]float64, 1<<len(nodes)), make([]float64, 1<<len(nodes))}
}

// move changes the index of an edge.
func (c *sampledCumulant) move(edge, by int) {
	for i := range c.nodes {
		c.nodes[i].place += by * c.nodes[i].stride[edge]
	}
}

// at returns the cumulant at the indices at hand. About the mean, those of two and of three
// numbers are their moments.
func (c *sampledCumulant) at() float64 {
	n := len(c.nodes)
	all := 1<<n - 1
	if n == 1 {
		return c.nodes[0].mean[c.nodes[0].place]
	}
	if n <= 3 {
		return c.product(all)
	}
	for set := 1; set <= all; set++ {
		c.moment[set] = 0
		if set&(set-1) != 0 {
			c.moment[set] = c.product(set)
		}
	}
	// κ(S) = m(S) − Σ_{A⊊S, A∋first} κ(A) m(S∖A)
	for set := 1; set <= all; set += 2 {
		c.kappa[set] = c.moment[set]
		for rest := (set - 1) & set; rest > 0; rest = (rest - 1) & (set - 1) {
			c.kappa[set] -= c.kappa[set&^rest] * c.moment[rest]
		}
	}
	return c.kappa[all]
}

// product returns the mean over the samples of the product over a set of nodes.
func (c *sampledCumulant) product(set int) float64 {
	sum := 0.0
	for x, p := range c.probs {
		for i := range c.nodes {
			if set>>i&1 == 1 {
				p *= c.nodes[i].less[x][c.nodes[i].place]
			}
		}
		sum += p
	}
	return sum
}

// checkFactors returns an error if a factor of a diagram would be too large.
func checkFactors(dim int, pieces []piece[float64], sampled bool) error {
	for _, p := range pieces {
		indices := len(p.ends)
		if sampled && p.tensor == nil {
			indices = len(edgesOf(p.ends))
		}
		if math.Pow(float64(dim), float64(indices)) > tensor.MaxElements {
			return fmt.Errorf("%w: a cumulant with %d indices in dimension %d", embed.ErrTooLarge, indices, dim)
		}
	}
	return nil
}
