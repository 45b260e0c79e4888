package diagram

import (
	"context"
	"iter"
)

// EnumerateWithoutMoves is EnumerateAut as if every tree had more moves than are listed.
func EnumerateWithoutMoves(edges int, o Options) iter.Seq2[Diagram, uint64] {
	return func(yield func(Diagram, uint64) bool) {
		p := &pulse{ctx: context.Background()}
		parts := newAssigner(p, true, yield)
		o.trees(edges, p, func(levels []byte) bool {
			var h host
			h.set(levels, o)
			h.moves, h.listed = h.forest.moves(nil, 0)
			parts.settle(&h)
			return parts.run()
		})
	}
}
