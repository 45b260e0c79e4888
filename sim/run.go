package sim

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// Options say how to run trials. They do not change results.
type Options struct {
	Workers int // goroutines, at most one to a block; 0 is one to a processor
	// Shards is the number of machines, or processes, that share the work, and Shard the
	// number of this one, from 0: it computes the blocks whose index is Shard modulo
	// Shards. 0 shards are 1. See Merge.
	Shard, Shards int64
	// Dir is a folder to keep blocks in. A run computes only the blocks that it does not
	// find there, so one that was stopped or killed continues where it was. It may be for
	// many specifications and shards, but for one run of each at a time.
	Dir string
	// Progress is called after every block, if not nil, by one goroutine at a time.
	Progress func(Progress)
}

// Progress says how far a run is, in trials.
type Progress struct {
	Done, Total int64
	Found       int64 // of those done, how many were found in Options.Dir
}

// Simulate runs trials 0, …, trials−1 of a specification, or this shard's of them.
//
// The result depends on the specification and the number of trials alone, to the last bit:
// not on workers, nor on shards once they are merged, nor on whether a run was resumed. On
// another kind of processor the last bits may differ.
//
// The error is the context's if that ends, which it does within a trial; what was computed
// of a block is then lost, and whole blocks are in Options.Dir. It wraps ErrSpec,
// ErrOptimizer or ErrTooLarge if the specification cannot be run, or says why a block
// could not be written. No goroutine is left behind.
func Simulate(ctx context.Context, spec Spec, trials int64, o Options) (*Result, error) {
	p, err := newPlan(spec)
	if err != nil {
		return nil, err
	}
	if o.Shards == 0 {
		o.Shards = 1
	}
	switch {
	case trials < 1 || trials > maxTrials:
		return nil, fmt.Errorf("sim: %w: %d trials", ErrSpec, trials)
	case o.Shard < 0 || o.Shard >= o.Shards || o.Shards > maxTrials:
		return nil, fmt.Errorf("sim: %w: shard %d of %d", ErrSpec, o.Shard, o.Shards)
	case o.Workers < 0:
		return nil, fmt.Errorf("sim: %w: %d workers", ErrSpec, o.Workers)
	case o.Workers == 0:
		o.Workers = runtime.GOMAXPROCS(0)
	}
	r := &runner{plan: p, Options: o, trials: trials}
	blocks := (r.blocks() - o.Shard + o.Shards - 1) / o.Shards
	if blocks > 8*maxFloats/int64(p.blockSize()) {
		return nil, fmt.Errorf("sim: %w: %d blocks; take more trials to a block", ErrTooLarge, blocks)
	}
	r.Workers = int(min(int64(r.Workers), max(1, blocks)))
	return r.run(ctx)
}

// A runner runs the blocks of a shard.
type runner struct {
	*plan
	Options
	trials int64
	store  *store // nil if blocks are not kept

	mu       sync.Mutex
	next     int64 // the next block to compute
	result   *Result
	progress Progress
	err      error // the first
}

// blocks returns the number of blocks of all shards.
func (r *runner) blocks() int64 { return (r.trials + r.Block - 1) / r.Block }

// size returns the number of trials of a block.
func (r *runner) size(index int64) int64 { return min(r.Block, r.trials-index*r.Block) }

func (r *runner) run(ctx context.Context) (*Result, error) {
	r.result = newResult(r.plan)
	r.next = r.Shard
	if r.Dir != "" {
		r.store = &store{r.plan, r.Dir}
		if err := r.store.open(); err != nil {
			return nil, err
		}
	}
	for index := r.Shard; index < r.blocks(); index += r.Shards {
		r.progress.Total += r.size(index)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	for range r.Workers {
		group.Add(1)
		go func() {
			defer group.Done()
			if err := r.work(ctx); err != nil {
				r.fail(err)
				cancel()
			}
		}()
	}
	group.Wait()
	if r.err != nil {
		return nil, r.err
	}
	return r.result, nil
}

// fail keeps the first error: those after it are of the context that it ended.
func (r *runner) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
}

// work computes blocks until there are none left.
func (r *runner) work(ctx context.Context) error {
	w := newWorker(r.plan)
	for {
		index, ok := r.take()
		if !ok {
			return nil
		}
		b, found := r.find(index), true
		if b == nil {
			var err error
			if b, err = w.compute(ctx, index, r.size(index)); err != nil {
				return err
			}
			found = false
			if r.store != nil {
				if err := r.store.save(b); err != nil {
					return err
				}
			}
		}
		r.add(b, found)
	}
}

// find returns a block that is kept, or nil.
func (r *runner) find(index int64) *block {
	if r.store == nil {
		return nil
	}
	return r.store.load(index, r.size(index))
}

// take returns the next block to compute.
func (r *runner) take() (int64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	index := r.next
	r.next += r.Shards
	return index, index < r.blocks()
}

func (r *runner) add(b *block, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.blocks[b.index] = b
	r.progress.Done += b.trials
	if found {
		r.progress.Found += b.trials
	}
	if r.Progress != nil {
		r.Progress(r.progress)
	}
}
