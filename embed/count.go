package embed

import (
	"context"
	"fmt"
	"math/big"
	"sync"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/mobius"
)

// A Form says how the values that counts multiply are defined, and so which maps count.
type Form int

const (
	// Cumulant form: values are joint cumulants, and different parts may share a row,
	// even a cell.
	Cumulant Form = iota
	// Moment form: values are moments, and different parts lie in different rows.
	Moment
)

// String returns "cumulant" or "moment".
func (f Form) String() string {
	if f == Moment {
		return "moment"
	}
	return "cumulant"
}

// ParseForm reads "cumulant" or "moment"; else the error wraps ErrForm.
func ParseForm(text string) (Form, error) {
	switch text {
	case "cumulant":
		return Cumulant, nil
	case "moment":
		return Moment, nil
	}
	return 0, fmt.Errorf("%q: %w", text, ErrForm)
}

// A Count is what the embeddings of a diagram into a grid add up to.
type Count struct {
	Maps   *big.Int // the number of maps
	Weight *big.Rat // W(D): the sum over maps of the product of the weights of their cells
}

// A Counter counts embeddings into one grid. It keeps what it has counted, so many
// diagrams are counted faster by one Counter than by one each. It may be used
// concurrently.
type Counter struct {
	grid  Grid
	tally tallier

	mu   sync.Mutex
	done map[diagram.Diagram]Count // in cumulant form, of untied diagrams with one root
}

// A tallier sums over the maps of a forest with the given number of parts.
type tallier interface {
	tally(ctx context.Context, f *forest, parts int) (Count, error)
}

// NewCounter returns a counter of embeddings into g.
func NewCounter(g Grid) *Counter {
	c := &Counter{grid: g, done: map[diagram.Diagram]Count{}}
	if g.epochs != nil {
		c.tally = newRegularTally(g)
	} else {
		c.tally = newListTally(g.cells)
	}
	return c
}

// Grid returns the grid.
func (c *Counter) Grid() Grid { return c.grid }

// Count returns the number of maps of d into the grid and their weighted sum W(D). A
// map f sends each non-root node to a cell, so that times strictly increase from child
// to parent and the nodes of a part share a row; in moment form, different parts lie in
// different rows. A root is at time T. If it is tied, it sits in its part's row, with
// weight 1/N. Two roots both sit at time T and have no row. (P §A.3)
//
// Maps are not listed. On SGD without reshuffling and on GD, the count is a polynomial
// in E and N/B, read off small grids; otherwise rows of interlocked parts are looped
// over and times are summed by message passing: k parts open at once on N rows cost a
// factor N^(k−1) over the number of cells. Moment form is the Möbius inversion of
// cumulant form over the partitions of the non-root parts.
//
// The error is the context's, or wraps ErrTooLarge if the work is hopeless.
func (c *Counter) Count(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	untied := bare(d)
	var count Count
	var err error
	if form == Moment {
		count, err = c.inDifferentRows(ctx, untied)
	} else {
		count, err = c.anywhere(ctx, untied)
	}
	if err != nil {
		return Count{}, fmt.Errorf("embed: count %v: %w", d, err)
	}
	count = Count{new(big.Int).Set(count.Maps), new(big.Rat).Set(count.Weight)}
	if d.Tied() {
		count.Weight.Quo(count.Weight, new(big.Rat).SetInt64(c.grid.Rows()))
	}
	return count, nil
}

// anywhere counts an untied diagram in cumulant form. The result is shared.
func (c *Counter) anywhere(ctx context.Context, d diagram.Diagram) (Count, error) {
	if err := ctx.Err(); err != nil {
		return Count{}, err
	}
	c.mu.Lock()
	count, ok := c.done[d]
	c.mu.Unlock()
	if ok {
		return count, nil
	}
	count, err := c.tally.tally(ctx, newForest(d), nonRootParts(d))
	if err != nil {
		return Count{}, err
	}
	c.mu.Lock()
	c.done[d] = count
	c.mu.Unlock()
	return count, nil
}

func nonRootParts(d diagram.Diagram) int {
	parts := 0
	for _, p := range d.Labels()[:d.Edges()] {
		parts = max(parts, p+1)
	}
	return parts
}

// maxMergers bounds the number of partitions that a count in moment form sums over.
var maxMergers = mobius.Bell(12)

// inDifferentRows counts an untied diagram in moment form: by Möbius inversion, the sum
// over the partitions σ of its parts of μ(0,σ) times the count of the diagram with its
// parts merged by σ.
func (c *Counter) inDifferentRows(ctx context.Context, d diagram.Diagram) (Count, error) {
	parts := nonRootParts(d)
	if mergers := mobius.Bell(parts); mergers.Cmp(maxMergers) > 0 {
		return Count{}, fmt.Errorf("%w: the moment form of %d parts sums over %v partitions, of at most %v", ErrTooLarge, parts, mergers, maxMergers)
	}
	total := Count{new(big.Int), new(big.Rat)}
	if parts == 0 {
		return c.anywhere(ctx, d)
	}
	finest, err := mobius.Finest(parts)
	if err != nil {
		return Count{}, err
	}
	for p := range mobius.Partitions(parts) {
		count, err := c.anywhere(ctx, merge(d, p.Labels()))
		if err != nil {
			return Count{}, err
		}
		mu := mobius.Mobius(finest, p)
		total.Maps.Add(total.Maps, new(big.Int).Mul(mu, count.Maps))
		total.Weight.Add(total.Weight, new(big.Rat).Mul(new(big.Rat).SetInt(mu), count.Weight))
	}
	return total, nil
}

// A listTally sums over the maps into a list of cells.
type listTally struct {
	maps, weights *tally
	common        *big.Int // the common denominator of the weights
}

func newListTally(cells []Cell) *listTally {
	common := big.NewInt(1)
	for _, c := range cells {
		den := c.Weight.Denom()
		gcd := new(big.Int).GCD(nil, nil, common, den)
		common.Mul(common, new(big.Int).Quo(den, gcd))
	}
	one := big.NewInt(1)
	return &listTally{
		maps: newTally(cells, func(int) *big.Int { return one }),
		weights: newTally(cells, func(i int) *big.Int {
			w := new(big.Int).Quo(common, cells[i].Weight.Denom())
			return w.Mul(w, cells[i].Weight.Num())
		}),
		common: common,
	}
}

func (t *listTally) tally(ctx context.Context, f *forest, _ int) (Count, error) {
	maps, err := t.maps.sum(ctx, f)
	if err != nil {
		return Count{}, err
	}
	sum, err := t.weights.sum(ctx, f)
	if err != nil {
		return Count{}, err
	}
	edges := big.NewInt(int64(len(f.bound) - 1))
	return Count{maps, new(big.Rat).SetFrac(sum, new(big.Int).Exp(t.common, edges, nil))}, nil
}
