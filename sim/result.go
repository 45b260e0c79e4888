package sim

import (
	"fmt"
	"maps"
	"slices"
)

// A Result is what was measured in some blocks of trials of one specification.
type Result struct {
	plan   *plan
	blocks map[int64]*block
}

func newResult(p *plan) *Result { return &Result{p, map[int64]*block{}} }

// Spec returns the specification, with defaults filled in.
func (r *Result) Spec() Spec { return r.plan.Spec }

// Trials returns the number of trials that the result has.
func (r *Result) Trials() int64 {
	n := int64(0)
	for _, b := range r.blocks {
		n += b.trials
	}
	return n
}

// Merge returns the result of all blocks of the given results, in any order: those of the
// shards of a run are together the run's. A block that several have counts once; the one
// of the most trials, if they differ.
//
// The error wraps ErrResult if there are none, or if they are of different specifications.
func Merge(results ...*Result) (*Result, error) {
	if len(results) == 0 {
		return nil, fmt.Errorf("sim: %w: nothing to merge", ErrResult)
	}
	merged := newResult(results[0].plan)
	for _, r := range results {
		if r.plan.hash != merged.plan.hash {
			return nil, fmt.Errorf("sim: %w: results of different experiments", ErrResult)
		}
		for index, b := range r.blocks {
			if old := merged.blocks[index]; old == nil || old.trials < b.trials {
				merged.blocks[index] = b
			}
		}
	}
	return merged, nil
}

// inOrder returns the blocks by increasing index.
func (r *Result) inOrder() []*block {
	var out []*block
	for _, index := range slices.Sorted(maps.Keys(r.blocks)) {
		out = append(out, r.blocks[index])
	}
	return out
}

// Bytes returns the result as bytes, the same for equal results: its blocks, by index.
func (r *Result) Bytes() []byte {
	var out []byte
	for _, b := range r.inOrder() {
		out = append(out, b.encode(r.plan.hash)...)
	}
	return out
}

// FromBytes reads what Bytes returned for the same specification, such as by another
// process. The error wraps ErrSpec, ErrOptimizer or ErrResult.
func FromBytes(spec Spec, data []byte) (*Result, error) {
	p, err := newPlan(spec)
	if err != nil {
		return nil, err
	}
	r := newResult(p)
	for at := 0; at < len(data); at += p.blockSize() {
		b, err := p.decode(data[at:min(at+p.blockSize(), len(data))])
		if err != nil {
			return nil, err
		}
		if r.blocks[b.index] != nil {
			return nil, fmt.Errorf("sim: %w: block %d stands twice", ErrResult, b.index)
		}
		r.blocks[b.index] = b
	}
	return r, nil
}
