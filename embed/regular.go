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

	mu    sync.Mutex
	grids map[[2]int64]*tally // by epochs and slots, batch size 1
}

func newRegularTally(g Grid) *regularTally {
	return &regularTally{
		epochs: g.epochs.epochs,
		slots:  g.rows / g.epochs.batch,
		batch:  big.NewInt(g.epochs.batch),
		weight: g.epochs.weight,
		grids:  map[[2]int64]*tally{},
	}
}

func (t *regularTally) tally(ctx context.Context, f *forest, parts int) (Count, error) {
	edges := int64(len(f.bound) - 1)
	// Newton's series breaks off by itself where E or K is small: C(E,i) = 0 for i > E.
	maps, err := newtonSum(min(edges, t.epochs), t.epochs, func(epochs int64) (*big.Int, error) {
		return newtonSum(min(int64(parts), t.slots), t.slots, func(slots int64) (*big.Int, error) {
			return t.grid(epochs, slots).sum(ctx, f)
		})
	})
	if err != nil {
		return Count{}, err
	}
	maps.Mul(maps, new(big.Int).Exp(t.batch, big.NewInt(int64(parts)), nil))
	power := big.NewInt(edges)
	weight := new(big.Rat).SetFrac(
		new(big.Int).Exp(t.weight.Num(), power, nil),
		new(big.Int).Exp(t.weight.Denom(), power, nil),
	)
	return Count{maps, weight.Mul(weight, new(big.Rat).SetInt(maps))}, nil
}

// grid returns the grid of the given numbers of epochs and of batches of size 1.
func (t *regularTally) grid(epochs, slots int64) *tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := [2]int64{epochs, slots}
	if g, ok := t.grids[key]; ok {
		return g
	}
	var cells []Cell
	for at := range epochs * slots {
		cells = append(cells, Cell{N: at % slots, T: at})
	}
	one := big.NewInt(1)
	t.grids[key] = newTally(cells, func(int) *big.Int { return one })
	return t.grids[key]
}

// newtonSum returns the value at x of the polynomial of the given degree that takes the
// given values at 0, 1, …, degree: Σ_i Δ^i(0) C(x, i).
func newtonSum(degree, x int64, value func(at int64) (*big.Int, error)) (*big.Int, error) {
	if x == degree {
		return value(x)
	}
	differences := make([]*big.Int, degree+1)
	for i := range differences {
		v, err := value(int64(i))
		if err != nil {
			return nil, err
		}
		differences[i] = v
	}
	sum, binomial := new(big.Int), big.NewInt(1)
	for i := range differences {
		sum.Add(sum, new(big.Int).Mul(differences[0], binomial))
		for j := range len(differences) - 1 - i {
			differences[j] = new(big.Int).Sub(differences[j+1], differences[j])
		}
		binomial.Mul(binomial, big.NewInt(x-int64(i)))
		binomial.Quo(binomial, big.NewInt(int64(i)+1))
	}
	return sum, nil
}
