package measure

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// MaxBlocks bounds the blocks of a measurement.
const MaxBlocks = 1 << 24

// Options say how to measure. They do not change the result.
type Options struct {
	Workers int // goroutines; 0 is one to a processor
	// Known are the rows of the first blocks, as Result.Rows has them of an earlier, shorter
	// measurement of the same specification. They are not measured again.
	Known [][]float64
	// Progress is called after every block, if not nil, by one goroutine at a time, with
	// the number of blocks that are done.
	Progress func(done int)
}

// Run measures a specification in a number of blocks. Results depend on the specification
// and the number of blocks alone, to the last bit, and the rows of fewer blocks are the
// first of those of more.
//
// If the context ends, the error is the context's, and the result has the blocks before
// the first that was not done; it is nil if there are none. Otherwise the error wraps
// ErrSpec.
func Run(ctx context.Context, s Spec, blocks int, o Options) (*Result, error) {
	p, err := newPlan(ctx, s)
	if err != nil {
		return nil, err
	}
	if blocks < 1 || blocks > MaxBlocks || len(o.Known) > blocks {
		return nil, fmt.Errorf("measure: %d blocks, of which %d are known: %w", blocks, len(o.Known), ErrSpec)
	}
	rows := make([][]float64, blocks)
	for i, row := range o.Known {
		if len(row) != len(p.Diagrams) {
			return nil, fmt.Errorf("measure: known block %d has %d values, not %d: %w", i, len(row), len(p.Diagrams), ErrSpec)
		}
		rows[i] = row
	}
	p.fill(ctx, rows, len(o.Known), o)
	done := len(o.Known)
	for done < blocks && rows[done] != nil {
		done++
	}
	if err := ctx.Err(); err != nil && done < blocks {
		if done == 0 {
			return nil, err
		}
		return newResult(p, rows[:done]), err
	}
	return newResult(p, rows), nil
}

// fill sets the rows from a given one on.
func (p *plan) fill(ctx context.Context, rows [][]float64, from int, o Options) {
	workers := o.Workers
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	var mu sync.Mutex
	next, done := from, from
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(rows) || ctx.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	finish := func(i int, row []float64) {
		mu.Lock()
		defer mu.Unlock()
		rows[i] = row
		done++
		if o.Progress != nil {
			o.Progress(done)
		}
	}
	var group sync.WaitGroup
	for range min(workers, len(rows)-from) {
		w := newWorker(p)
		group.Add(1)
		go func() {
			defer group.Done()
			for i, more := take(); more; i, more = take() {
				finish(i, w.block(int64(i)))
			}
		}()
	}
	group.Wait()
}
