package measure

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"github.com/perturb-go/perturb/sim"
)

// A worker estimates blocks, one after another.
type worker struct {
	*plan
	landscape sim.Landscape
	data      [][]float64 // by role, a batch of data
	known     [2]vectors  // of batches, and of a slice
	key       []byte
	along     [][][]float64 // by depth of recursion
	estimates []float64     // of the estimators
}

// Where vectors are kept: those of whole batches, of a slice of them, and of the whole
// population.
const (
	ofBatches = iota
	ofSlice
	ofPopulation
	stores
)

// vectors are those known, by what they are made of.
type vectors struct {
	index map[string]int
	list  [][]float64
	used  int
}

func (v *vectors) clear() {
	clear(v.index)
	v.used = 0
}

// next returns space for one more vector.
func (v *vectors) next(dim int) []float64 {
	if v.used == len(v.list) {
		v.list = append(v.list, make([]float64, dim))
	}
	v.used++
	return v.list[v.used-1]
}

func newWorker(p *plan) *worker {
	w := &worker{plan: p, landscape: p.Landscape.Clone(), estimates: make([]float64, len(p.estimators))}
	for i := range w.known {
		w.known[i].index = map[string]int{}
	}
	for range p.roles {
		w.data = append(w.data, make([]float64, p.Batch*w.landscape.Size()))
	}
	w.along = make([][][]float64, MaxOrder+1)
	return w
}

// block returns the estimates of the values of the specification's diagrams from block i.
// They depend on the specification, the seed and i alone.
func (w *worker) block(i int64) []float64 {
	w.draw(i)
	return w.estimate()
}

// estimate returns the estimates from the data that the worker has.
func (w *worker) estimate() []float64 {
	for k := range w.known {
		w.known[k].clear()
	}
	for at, e := range w.estimators {
		w.estimates[at] = 0
		if e.slices == 1 {
			w.estimates[at] = w.average(e, 0)
		}
	}
	w.sliced()
	values := make([]float64, len(w.combination))
	for d, c := range w.combination {
		for at := range w.estimates { // in a fixed order
			values[d] += c[at] * w.estimates[at]
		}
	}
	return values
}

// sliced estimates what is averaged over several slices. It goes through estimators of
// equal slices together, since these share vectors.
func (w *worker) sliced() {
	done := map[int]bool{1: true}
	for _, e := range w.estimators {
		n := e.slices
		if done[n] {
			continue
		}
		done[n] = true
		for slice := range n {
			w.known[ofSlice].clear()
			for at, f := range w.estimators {
				if f.slices == n {
					w.estimates[at] += w.average(f, slice) / float64(n)
				}
			}
		}
	}
	w.known[ofSlice].clear()
}

// draw draws the data of a block, from a stream of random numbers of its own.
func (w *worker) draw(i int64) {
	var key [16]byte
	binary.BigEndian.PutUint64(key[:], w.Seed)
	binary.BigEndian.PutUint64(key[8:], uint64(i))
	r := rand.New(rand.NewChaCha8(sha256.Sum256(key[:])))
	size := w.landscape.Size()
	for _, batch := range w.data {
		for at := 0; at < len(batch); at += size {
			w.landscape.Sample(r, batch[at:at+size])
		}
	}
}

// average returns the estimate from a slice, averaged over the assignments of batches.
func (w *worker) average(e estimator, slice int) float64 {
	sum := 0.0
	for rotation := range e.rotation {
		for _, t := range e.terms {
			sum += t.coefficient * w.contract(e, t, slice, rotation)
		}
	}
	return sum / float64(e.rotation)
}

// contract returns the contraction of a tree of means.
func (w *worker) contract(e estimator, t term, slice, rotation int) float64 {
	c := &contraction{w, e, t, slice, rotation}
	if e.left < 0 {
		if w.means != nil {
			return w.means.loss()
		}
		return w.landscape.Loss(w.Theta, w.data[c.role(0)])
	}
	left, _ := c.vector(e.left, 0)
	right, _ := c.vector(e.right, 0)
	sum := 0.0
	for mu, x := range left {
		sum += x * right[mu]
	}
	return sum
}

// A contraction is a term of an estimator on one slice, with the batches rotated.
type contraction struct {
	*worker
	estimator
	term
	slice, rotation int
}

func (c *contraction) role(v int) int { return (c.term.role[v] + c.rotation) % c.roles }

// data returns the data of a node: all of its batch, if its vector does not depend on the
// slice; else the slice, or a sub-batch of that.
func (c *contraction) data(v int) (from, to int) {
	if !c.dependent[v] {
		return 0, c.Batch
	}
	length := c.Batch / c.slices
	from, to = c.slice*length, (c.slice+1)*length
	if s := c.sub[v]; s >= 0 {
		from += s * c.Tied
		to = from + c.Tied
	}
	return from, to
}

// vector returns the mean gradient of a node's data, differentiated along the vectors of
// its children, and a number that it alone has.
func (c *contraction) vector(v, depth int) ([]float64, int) {
	var ids [MaxOrder]int
	children := c.children[v]
	for len(c.along[depth]) < len(children) {
		c.along[depth] = append(c.along[depth], nil)
	}
	along := c.along[depth][:len(children)]
	for i, u := range children {
		along[i], ids[i] = c.vector(u, depth+1)
	}
	slices.Sort(ids[:len(children)])
	if c.means != nil && !c.dependent[v] {
		grad, id := c.means.vector(ids[:len(children)], along)
		return grad, stores*id + ofPopulation
	}
	from, to := c.data(v)
	store := ofBatches
	if c.dependent[v] {
		store = ofSlice
	}
	known := &c.known[store]
	c.key = appendKey(c.key[:0], c.role(v), from, to)
	c.key = appendKey(c.key, ids[:len(children)]...)
	id, ok := known.index[string(c.key)]
	if !ok {
		id = known.used
		size := c.landscape.Size()
		c.landscape.Gradient(known.next(len(c.Theta)), c.Theta, c.worker.data[c.role(v)][from*size:to*size], along...)
		known.index[string(c.key)] = id
	}
	return known.list[id], stores*id + store
}

func appendKey(key []byte, numbers ...int) []byte {
	for _, n := range numbers {
		key = binary.AppendVarint(key, int64(n))
	}
	return key
}
