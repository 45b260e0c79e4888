package embed

import (
	"context"
	"math/big"
	"sync"

	"github.com/perturb-go/perturb/diagram"
)

// A regularTally sums over the maps into SGD's grid without reshuffling, of E epochs and
// K = N/B batches of B points.
//
// Diagrams of up to maxSplit edges are split, see splitter. For larger ones, sort the maps in
// cumulant form by the relative order of the epochs and of the batches: those of one order
// are C(E,i) C(K,j) for the numbers i and j of different epochs and batches in it. So the
// number of maps into a grid of batch size 1 is a polynomial in E and K, of degree at most
// the number of nodes in E and at most that of parts in K, and its values on small grids
// give it everywhere, by Newton's forward differences. The places in a batch are free, so
// they contribute B for each part.
type regularTally struct {
	epochs, slots int64
	batch         *big.Int
	weight        *big.Rat
	grids         *smallGrids

	mu        sync.Mutex
	splitters []*splitter // those that are free
	choices   [2]map[int]*choices
}

func newRegularTally(g Grid) *regularTally {
	return &regularTally{
		epochs:  g.epochs.epochs,
		slots:   g.rows / g.epochs.batch,
		batch:   big.NewInt(g.epochs.batch),
		weight:  g.epochs.weight,
		grids:   newSmallGrids(),
		choices: [2]map[int]*choices{{}, {}},
	}
}

// split counts a diagram of up to maxSplit edges.
func (t *regularTally) split(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	s := t.borrow()
	defer t.giveBack(s)
	c, err := s.count(ctx, d, form)
	if err != nil {
		return Count{}, err
	}
	maps := t.choicesOf(form, c.parts).sum(c)
	return Count{maps, inUnits(maps, t.weight, d.Edges())}, nil
}

// borrow returns a splitter that nobody uses.
func (t *regularTally) borrow() *splitter {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := len(t.splitters) - 1
	if last < 0 {
		return newSplitter()
	}
	s := t.splitters[last]
	t.splitters = t.splitters[:last]
	return s
}

func (t *regularTally) giveBack(s *splitter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.splitters = append(t.splitters, s)
}

// choices are what the numbers c of a diagram multiply: epochs has C(E,i), and rows the rest,
// at the index of splitCount.
type choices struct {
	epochs, rows []*big.Int
}

// choicesOf returns the choices for diagrams with the given number of parts.
func (t *regularTally) choicesOf(form Form, parts int) *choices {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.choices[form][parts]; ok {
		return c
	}
	c := &choices{}
	for i := range int64(maxSplit + 1) {
		c.epochs = append(c.epochs, choose(t.epochs, i))
	}
	places := 1
	if form == Moment {
		places = parts + 1
	}
	slots := big.NewInt(t.slots)
	for related := range parts + 1 {
		var unrelated *big.Int
		if form == Cumulant {
			unrelated = toThe(slots, parts-related)
			unrelated.Mul(unrelated, toThe(t.batch, parts))
		} else {
			rows := new(big.Int).Mul(slots, t.batch)
			unrelated = falling(rows.Int64()-int64(related), parts-related)
		}
		for j := range int64(parts + 1) {
			ways := choose(t.slots, j)
			ways.Mul(ways, unrelated)
			for q := range places {
				c.rows = append(c.rows, new(big.Int).Mul(ways, toThe(t.batch, q)))
			}
		}
	}
	t.choices[form][parts] = c
	return c
}

// sum adds up the numbers of a diagram times the choices.
func (c *choices) sum(count *splitCount) *big.Int {
	total := new(big.Int)
	var number, product, sum big.Int
	stride := count.at(1, 0)
	for i := range count.edges + 1 {
		sum.SetInt64(0)
		for at, n := range count.c[i*stride : (i+1)*stride] {
			if n != 0 {
				sum.Add(&sum, product.Mul(number.SetInt64(n), c.rows[at]))
			}
		}
		total.Add(total, product.Mul(&sum, c.epochs[i]))
	}
	return total
}

// choose returns C(n, k).
func choose(n, k int64) *big.Int {
	if n < k { // big.Int takes a difference that would be negative
		return new(big.Int)
	}
	return new(big.Int).Binomial(n, k)
}

func toThe(x *big.Int, n int) *big.Int { return new(big.Int).Exp(x, big.NewInt(int64(n)), nil) }

// tally counts a diagram of any size in cumulant form.
func (t *regularTally) tally(ctx context.Context, d diagram.Diagram) (Count, error) {
	edges, parts := int64(d.Edges()), nonRootParts(d)
	// Newton's series breaks off by itself where E or K is small: C(E,i) = 0 for i > E.
	maps, err := newtonSum(min(edges, t.epochs), t.epochs, func(epochs int64) (*big.Int, error) {
		return newtonSum(min(int64(parts), t.slots), t.slots, func(slots int64) (*big.Int, error) {
			return t.grids.of(epochs, slots).sum(ctx, d)
		})
	})
	if err != nil {
		return Count{}, err
	}
	maps.Mul(maps, toThe(t.batch, parts))
	return Count{maps, inUnits(maps, t.weight, d.Edges())}, nil
}

func (t *regularTally) work(d diagram.Diagram) float64 {
	work := 0.0
	list := groups(d)
	for e := range min(int64(d.Edges()), t.epochs) + 1 {
		for k := range min(int64(nonRootParts(d)), t.slots) + 1 {
			for _, g := range list {
				operations, _ := newPlan(g, true).work(int(k), int(e*k), int(e*k))
				work += operations
			}
		}
	}
	return work
}

// smallGrids are SGD's grids of batch size 1, without reshuffling, by epochs and batches.
type smallGrids struct {
	mu    sync.Mutex
	known map[[2]int64]*tally
}

func newSmallGrids() *smallGrids { return &smallGrids{known: map[[2]int64]*tally{}} }

// of returns the grid of the given numbers of epochs and of batches.
func (s *smallGrids) of(epochs, slots int64) *tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := [2]int64{epochs, slots}
	if g, ok := s.known[key]; ok {
		return g
	}
	var cells []Cell
	for at := range epochs * slots {
		cells = append(cells, Cell{N: at % slots, T: at})
	}
	s.known[key] = newTally(cells, []*big.Int{big.NewInt(1)}, func(int) int32 { return 0 })
	return s.known[key]
}

// newtonSum returns the value at x of the polynomial of the given degree that takes the
// given values at 0, 1, …, degree: Σ_i Δ^i(0) C(x, i).
func newtonSum(degree, x int64, value func(at int64) (*big.Int, error)) (*big.Int, error) {
	if x == degree {
		return value(x)
	}
	values := make([]*big.Int, degree+1)
	for i := range values {
		v, err := value(int64(i))
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	differences(values, subtract)
	sum, binomial := new(big.Int), big.NewInt(1)
	for i, delta := range values {
		sum.Add(sum, new(big.Int).Mul(delta, binomial))
		binomial.Mul(binomial, big.NewInt(x-int64(i)))
		binomial.Quo(binomial, big.NewInt(int64(i)+1))
	}
	return sum, nil
}

// differences replaces values at 0, 1, 2, … by the forward differences at 0.
func differences[T any](values []T, minus func(a, b T) T) {
	for i := range values {
		for j := len(values) - 1; j > i; j-- {
			values[j] = minus(values[j], values[j-1])
		}
	}
}

func subtract(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
