package embed

import (
	"context"
	"math/big"
	"sync"
)

// A regularTally sums over the maps into SGD's grid without reshuffling, of E epochs and
// K = N/B batches.
//
// A node has an epoch, and its part a batch and a place in it; times are ordered by
// epoch, then batch. The places are free, so they contribute B for each part. For the
// rest, sort the maps by the relative order of the epochs and of the batches: those of
// one order are C(E,i) C(K,j) for the numbers i and j of different epochs and batches
// in it. So the number of maps into a grid of batch size 1 is a polynomial in E and K,
// of degree at most the number of nodes in E and at most that of parts in K, and its
// values on small grids give it everywhere, by Newton's forward differences.
type regularTally struct {
	epochs, slots int64
	batch         *big.Int
	weight        *big.Rat
	grids         *smallGrids
}

func newRegularTally(g Grid) *regularTally {
	return &regularTally{
		epochs: g.epochs.epochs,
		slots:  g.rows / g.epochs.batch,
		batch:  big.NewInt(g.epochs.batch),
		weight: g.epochs.weight,
		grids:  newSmallGrids(),
	}
}

func (t *regularTally) tally(ctx context.Context, f *forest, parts int) (Count, error) {
	edges := int64(f.edges())
	// Newton's series breaks off by itself where E or K is small: C(E,i) = 0 for i > E.
	maps, err := newtonSum(min(edges, t.epochs), t.epochs, func(epochs int64) (*big.Int, error) {
		return newtonSum(min(int64(parts), t.slots), t.slots, func(slots int64) (*big.Int, error) {
			return t.grids.of(epochs, slots).sum(ctx, f)
		})
	})
	if err != nil {
		return Count{}, err
	}
	maps.Mul(maps, new(big.Int).Exp(t.batch, big.NewInt(int64(parts)), nil))
	return Count{maps, inUnits(maps, t.weight, f.edges())}, nil
}

func (t *regularTally) work(f *forest, parts int) float64 {
	work := 0.0
	for e := range min(int64(f.edges()), t.epochs) + 1 {
		for k := range min(int64(parts), t.slots) + 1 {
			work += f.work(int(k), int(e*k), int(e*k))
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
	one := big.NewInt(1)
	s.known[key] = newTally(cells, func(int) *big.Int { return one })
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
