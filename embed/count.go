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
	switch f {
	case Cumulant:
		return "cumulant"
	case Moment:
		return "moment"
	}
	return fmt.Sprintf("Form(%d)", int(f))
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

func (f Form) check() error {
	if f != Cumulant && f != Moment {
		return fmt.Errorf("form %d: %w", f, ErrForm)
	}
	return nil
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
	done [2]map[diagram.Diagram]Count // by form, of untied diagrams with one root
}

// A tallier sums over the maps of an untied diagram with one root, in cumulant form.
type tallier interface {
	tally(ctx context.Context, d diagram.Diagram) (Count, error)
	// work estimates the operations of a tally.
	work(d diagram.Diagram) float64
}

// NewCounter returns a counter of embeddings into g.
func NewCounter(g Grid) *Counter {
	c := &Counter{grid: g, done: [2]map[diagram.Diagram]Count{{}, {}}}
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
// in E, N/B and B, which is found without regard to the size of the grid; otherwise rows
// of interlocked parts are looped over and times are summed by message passing: k parts
// open at once on N rows cost a factor N^(k−1) over the number of cells. Moment form of
// other grids, and of more than ten edges, is the Möbius inversion of cumulant form over
// the partitions of the non-root parts.
//
// The error is the context's, or wraps ErrForm, or ErrTooLarge if the work is hopeless.
func (c *Counter) Count(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	err := form.check()
	var count Count
	if err == nil {
		count, err = c.known(ctx, bare(d), form)
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

// known counts an untied diagram with one root, once. The result is shared.
func (c *Counter) known(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	if err := ctx.Err(); err != nil {
		return Count{}, err
	}
	if t, ok := c.tally.(*regularTally); ok && d.Edges() <= maxSplit {
		return t.split(ctx, d, form)
	}
	c.mu.Lock()
	count, ok := c.done[form][d]
	c.mu.Unlock()
	if ok {
		return count, nil
	}
	var err error
	if form == Moment {
		count, err = c.inDifferentRows(ctx, d)
	} else {
		count, err = c.tally.tally(ctx, d)
	}
	if err != nil {
		return Count{}, err
	}
	c.mu.Lock()
	c.done[form][d] = count
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

// maxMergers bounds the number of partitions that a count in moment form sums over: those
// of ten parts, whose merged diagrams take seconds to make and 30 MiB to keep.
var maxMergers = mobius.Bell(10)

// fewParts is the number of parts up to which the work of moment form is not estimated: it
// is that of a few hundred sums, each of which is.
const fewParts = 6

// inDifferentRows counts an untied diagram in moment form.
func (c *Counter) inDifferentRows(ctx context.Context, d diagram.Diagram) (Count, error) {
	if nonRootParts(d) > fewParts {
		if err := c.checkMergers(ctx, d); err != nil {
			return Count{}, err
		}
	}
	total := Count{new(big.Int), new(big.Rat)}
	err := eachMerger(d, func(merged diagram.Diagram, mu *big.Int) error {
		count, err := c.known(ctx, merged, Cumulant)
		if err != nil {
			return err
		}
		total.Maps.Add(total.Maps, new(big.Int).Mul(mu, count.Maps))
		total.Weight.Add(total.Weight, new(big.Rat).Mul(new(big.Rat).SetInt(mu), count.Weight))
		return nil
	})
	return total, err
}

// checkMergers adds up the work of all the sums that moment form takes.
func (c *Counter) checkMergers(ctx context.Context, d diagram.Diagram) error {
	work := 0.0
	return eachMerger(d, func(merged diagram.Diagram, _ *big.Int) error {
		if work += c.tally.work(merged); work > maxWork {
			return fmt.Errorf("%w: more than %.0e operations, for the moment form of %d parts", ErrTooLarge, maxWork, nonRootParts(d))
		}
		return ctx.Err()
	})
}

// eachMerger calls do with what the moment form of an untied diagram is the sum over, by
// Möbius inversion: for each partition σ of its parts, the diagram with its parts merged
// by σ, and μ(0,σ). It stops at the first error.
func eachMerger(d diagram.Diagram, do func(merged diagram.Diagram, mu *big.Int) error) error {
	parts := nonRootParts(d)
	if mergers := mobius.Bell(parts); mergers.Cmp(maxMergers) > 0 {
		return fmt.Errorf("%w: the moment form of %d parts sums over %v partitions, of at most %v", ErrTooLarge, parts, mergers, maxMergers)
	}
	finest, err := mobius.Finest(parts)
	if err != nil {
		return err
	}
	for p := range mobius.Partitions(parts) {
		merged, err := d.Merge(append(p.Labels(), parts)) // the root's part is the last
		if err != nil {
			return err
		}
		if err := do(merged, mobius.Mobius(finest, p)); err != nil {
			return err
		}
	}
	return nil
}

// A listTally sums over the maps into a list of cells.
type listTally struct {
	maps    *tally
	weights *tally   // of the weights' multiples of unit; nil if all weights are unit
	unit    *big.Rat // what the weights are multiples of
	err     error    // the weights have no unit that can be held
}

func newListTally(cells []Cell) *listTally {
	one := big.NewInt(1)
	t := &listTally{maps: newTally(cells, []*big.Int{one}, func(int) int32 { return 0 }), unit: new(big.Rat)}
	weights, index := distinct(cells)
	if len(weights) == 1 {
		t.unit = weights[0]
	}
	if len(weights) < 2 {
		return t
	}
	var common *big.Int
	if common, t.err = commonDenominator(weights, len(cells)); t.err != nil {
		return t
	}
	t.unit = new(big.Rat).SetFrac(one, common)
	multiples := make([]*big.Int, len(weights))
	for i, w := range weights {
		multiples[i] = new(big.Int).Quo(common, w.Denom())
		multiples[i].Mul(multiples[i], w.Num())
	}
	t.weights = newTally(cells, multiples, func(i int) int32 { return index[i] })
	return t
}

// distinct returns the weights that occur, and which of them each cell has.
func distinct(cells []Cell) (weights []*big.Rat, index []int32) {
	number := map[string]int32{}
	index = make([]int32, len(cells))
	for i, c := range cells {
		if i > 0 && c.Weight.Cmp(cells[i-1].Weight) == 0 {
			index[i] = index[i-1]
			continue
		}
		key := string(c.Weight.Num().Append(nil, 62)) + "/" + string(c.Weight.Denom().Append(nil, 62))
		n, ok := number[key]
		if !ok {
			n = int32(len(weights))
			number[key] = n
			weights = append(weights, c.Weight)
		}
		index[i] = n
	}
	return weights, index
}

// maxBits bounds the memory for all weights over their common denominator: 256 MiB.
const maxBits int64 = 1 << 31

// commonDenominator returns the least common denominator of the weights of so many cells.
func commonDenominator(weights []*big.Rat, cells int) (*big.Int, error) {
	common, rest := big.NewInt(1), new(big.Int)
	most := maxBits / int64(max(1, cells))
	for _, w := range weights {
		den := w.Denom()
		if rest.Rem(common, den).Sign() == 0 {
			continue
		}
		gcd := new(big.Int).GCD(nil, nil, rest, den)
		common.Mul(common, gcd.Quo(den, gcd))
		if int64(common.BitLen()) > most {
			return nil, fmt.Errorf("%w: the common denominator of %d weights has more than %d bits", ErrTooLarge, cells, most)
		}
	}
	return common, nil
}

func (t *listTally) work(d diagram.Diagram) float64 {
	work := t.maps.work(d)
	if t.weights != nil {
		work += t.weights.work(d)
	}
	return work
}

func (t *listTally) tally(ctx context.Context, d diagram.Diagram) (Count, error) {
	if t.err != nil {
		return Count{}, t.err
	}
	maps, err := t.maps.sum(ctx, d)
	if err != nil {
		return Count{}, err
	}
	sum := maps
	if t.weights != nil {
		if sum, err = t.weights.sum(ctx, d); err != nil {
			return Count{}, err
		}
	}
	return Count{maps, inUnits(sum, t.unit, d.Edges())}, nil
}

// inUnits returns n·unit^power.
func inUnits(n *big.Int, unit *big.Rat, power int) *big.Rat {
	num := toThe(unit.Num(), power)
	return new(big.Rat).SetFrac(num.Mul(num, n), toThe(unit.Denom(), power))
}
