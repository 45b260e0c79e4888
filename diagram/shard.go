package diagram

import (
	"context"
	"fmt"
	"iter"
)

// EnumerateShards is EnumerateAut in so many shards, each in the order of Compare. Together
// they yield every diagram once, and in what they have to do they differ little once there
// are many diagrams. They share nothing, so goroutines may range over one each, or machines:
// which diagrams a shard has depends on the arguments alone.
//
// An enumeration with workers hands all that they find to one caller in order. Shards spare
// that, where the caller's work needs no order. Each goes over all trees, and over the parts
// of their first nodes, by itself: that is one hundredth of the work at 10 edges, and some
// at 9. Options.Workers does not bear on it.
//
// The error is that of EnumerateAut, or wraps ErrOptions if shards is less than 1.
func EnumerateShards(ctx context.Context, edges int, options Options, shards int) ([]iter.Seq2[Diagram, uint64], error) {
	if err := options.admitAut(ctx, edges); err != nil {
		return nil, err
	}
	if shards < 1 {
		return nil, fmt.Errorf("%w %d shards", ErrOptions, shards)
	}
	list := make([]iter.Seq2[Diagram, uint64], shards)
	for i := range list {
		list[i] = func(yield func(Diagram, uint64) bool) { options.shard(ctx, edges, i, shards, yield) }
	}
	return list, nil
}

// shard yields what is on every so-many-th stretch, from the given one on.
func (o Options) shard(ctx context.Context, edges, at, shards int, yield func(Diagram, uint64) bool) {
	p := &pulse{ctx: ctx}
	parts := newAssigner(p, true, yield)
	turn := 0
	o.cut(edges, stretchLength, p, func(h *host, given []byte) bool {
		turn++
		if (turn-1)%shards != at {
			return true
		}
		if parts.host != h {
			parts.settle(h)
		}
		parts.given = given
		return parts.run()
	})
}
