package embed

import (
	"context"
	"fmt"
	"math/big"
	"sync"

	"github.com/perturb-go/perturb/diagram"
)

// maxWork bounds the estimated operations of one count: about half a minute, at 2 to 3 ns each.
const maxWork = 12e9

// maxNumbers bounds the estimated numbers of 8 bytes that one count holds at once: 2 GiB.
const maxNumbers = 1 << 28

// maxModuli bounds the size of a sum: putting its residues together, and cancelling common
// factors with its denominator, takes the square, a tenth of a second.
const maxModuli = 1 << 12

// A tally sums over the maps into a list of cells with integer weights.
type tally struct {
	*table
	moduli *moduli
	room   *room

	mu      sync.Mutex
	engines []*engine                    // by modulus
	known   map[diagram.Diagram]*big.Int // of diagrams whose root's children share parts
}

func newTally(cells []Cell, values []*big.Int, index func(i int) int32) *tally {
	t := &tally{table: newTable(cells, values, index), moduli: &moduli{}, room: newRoom(), known: map[diagram.Diagram]*big.Int{}}
	return t
}

// maxEngines is the number of engines that are kept.
const maxEngines = 256

// engine returns the engine for the i-th modulus.
func (t *tally) engine(i int) *engine {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i < len(t.engines) {
		return t.engines[i]
	}
	m := t.moduli.get(i).modulus
	if i >= maxEngines {
		return newEngine(t.table, m, newRoom()) // which ends with it
	}
	t.engines = append(t.engines, newEngine(t.table, m, t.room))
	return t.engines[i]
}

// sum returns the sum over all maps of an untied diagram of the product of the weights.
func (t *tally) sum(ctx context.Context, d diagram.Diagram) (*big.Int, error) {
	product := big.NewInt(1)
	for _, g := range groups(d) {
		x, err := t.connected(ctx, g)
		if err != nil {
			return nil, err
		}
		product.Mul(product, x)
	}
	return product, nil
}

// connected sums for a diagram whose root's children share parts. The result is shared.
func (t *tally) connected(ctx context.Context, d diagram.Diagram) (*big.Int, error) {
	t.mu.Lock()
	x, ok := t.known[d]
	t.mu.Unlock()
	if ok {
		return x, nil
	}
	p, n := newPlan(d, true), t.residues(d)
	if n > maxModuli {
		return nil, fmt.Errorf("%w: a sum of %d bits, of at most %d", ErrTooLarge, 62*n, 62*maxModuli)
	}
	if err := t.hopeless(p, n); err != nil {
		return nil, err
	}
	residues := make([]uint64, n)
	for i := range residues {
		e := t.engine(i)
		x, err := e.total(ctx, p)
		if err != nil {
			return nil, err
		}
		residues[i] = e.plain(x)
	}
	x = t.moduli.join(residues)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[d] = x
	return x, nil
}

// residues returns how many moduli the sum takes.
func (t *tally) residues(d diagram.Diagram) int {
	return t.moduli.needed(t.bound(d.Edges(), nonRootParts(d)))
}

// work estimates the operations of a sum.
func (t *tally) work(d diagram.Diagram) float64 {
	work := 0.0
	for _, g := range groups(d) {
		operations, _ := t.workOf(newPlan(g, true))
		work += operations * float64(t.residues(g))
	}
	return work
}

func (t *tally) workOf(p *plan) (operations, numbers float64) {
	return p.work(len(t.rows), t.columns, t.cells)
}

// hopeless returns an error if a plan takes too long for so many moduli, or too much memory.
func (t *tally) hopeless(p *plan, moduli int) error {
	operations, numbers := t.workOf(p)
	if numbers > maxNumbers {
		return fmt.Errorf("%w: about %.0e numbers at once, for sums over %d columns", ErrTooLarge, numbers, t.columns)
	}
	if operations *= float64(moduli); operations > maxWork {
		return fmt.Errorf("%w: about %.0e operations, for parts that interlock on %d rows", ErrTooLarge, operations, len(t.rows))
	}
	return nil
}
