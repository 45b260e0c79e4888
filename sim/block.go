package sim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
)

// A block has the moments of the groups over consecutive trials: the index-th Spec.Block
// of them, or the first of these if it is the last of a run.
type block struct {
	index, trials int64
	groups        []*moments
}

func (p *plan) newBlock(index, trials int64) *block {
	b := &block{index: index, trials: trials}
	for _, g := range p.groups {
		b.groups = append(b.groups, newMoments(g.columns()))
	}
	return b
}

// compute runs the trials of a block. The error is the context's.
func (w *worker) compute(ctx context.Context, index, trials int64) (*block, error) {
	b := w.newBlock(index, trials)
	for i := range trials {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.trial(ctx, index*w.Block+i); err != nil {
			return nil, err
		}
		for g, m := range b.groups {
			if w.diverged[g] {
				m.diverged++
			} else {
				m.add(w.values[g])
			}
		}
	}
	return b, nil
}

// blockMagic begins the bytes of a block, and tells the version of their form.
const blockMagic = "perturb sim block 1\n"

// encode returns a block as bytes: the magic, the hash of the specification, the index,
// the number of trials, each group's counts, means and co-moments, in little-endian, and
// the SHA-256 of all that.
func (b *block) encode(hash [32]byte) []byte {
	var out bytes.Buffer
	out.WriteString(blockMagic)
	out.Write(hash[:])
	put := func(x int64) {
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], uint64(x))
		out.Write(word[:])
	}
	put(b.index)
	put(b.trials)
	for _, m := range b.groups {
		put(m.count)
		put(m.diverged)
		for _, x := range m.mean {
			put(int64(math.Float64bits(x)))
		}
		for _, x := range m.co {
			put(int64(math.Float64bits(x)))
		}
	}
	sum := sha256.Sum256(out.Bytes())
	out.Write(sum[:])
	return out.Bytes()
}

// blockSize returns the number of bytes of a block.
func (p *plan) blockSize() int {
	words := 2
	for _, g := range p.groups {
		words += 2 + g.columns()*(g.columns()+3)/2
	}
	return len(blockMagic) + 2*sha256.Size + 8*words
}

// decode reads the bytes of a block of this plan. The error wraps ErrResult.
func (p *plan) decode(data []byte) (*block, error) {
	body := len(data) - sha256.Size
	if len(data) != p.blockSize() || [32]byte(data[body:]) != sha256.Sum256(data[:body]) {
		return nil, fmt.Errorf("sim: %w: the bytes are not a block's", ErrResult)
	}
	head := len(blockMagic)
	if string(data[:head]) != blockMagic || [32]byte(data[head:head+32]) != p.hash {
		return nil, fmt.Errorf("sim: %w: a block of another experiment", ErrResult)
	}
	words := data[head+32 : body]
	next := func() int64 {
		x := int64(binary.LittleEndian.Uint64(words))
		words = words[8:]
		return x
	}
	index := next()
	b := p.newBlock(index, next())
	if b.index < 0 || b.trials < 1 || b.trials > p.Block {
		return nil, fmt.Errorf("sim: %w: block %d of %d trials", ErrResult, b.index, b.trials)
	}
	for _, m := range b.groups {
		if m.count, m.diverged = next(), next(); m.count < 0 || m.diverged < 0 || m.count+m.diverged != b.trials {
			return nil, fmt.Errorf("sim: %w: a block of %d trials with %d and %d that diverged", ErrResult, b.trials, m.count, m.diverged)
		}
		for i := range m.mean {
			m.mean[i] = math.Float64frombits(uint64(next()))
		}
		for i := range m.co {
			m.co[i] = math.Float64frombits(uint64(next()))
		}
	}
	return b, nil
}
