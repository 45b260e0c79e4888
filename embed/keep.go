package embed

import (
	"sync"
	"sync/atomic"

	"github.com/perturb-go/perturb/diagram"
)

// A keep has what many diagrams share, for as long as there is room.
type keep struct {
	room *atomic.Int64 // how many numbers more may be kept

	mu     sync.Mutex
	known  map[diagram.Diagram]*vector    // of closed terms: F of the root's children
	masses map[diagram.Diagram]*vector    // of ofPart, Σ_rows w(t) Π inner(t)
	ends   map[diagram.Diagram]*vector    // of ofRow and ofColumn, the last value, by row
	curves map[diagram.Diagram]*rowCurves // of these, everything
}

// maxKept bounds the numbers that a tally keeps, for all primes: 192 MiB.
const maxKept = 3 << 23

func newKeep(room *atomic.Int64) *keep {
	return &keep{
		room: room, known: map[diagram.Diagram]*vector{}, masses: map[diagram.Diagram]*vector{},
		ends: map[diagram.Diagram]*vector{}, curves: map[diagram.Diagram]*rowCurves{},
	}
}

// reserve reports whether there is room for so many numbers, and takes it.
func (k *keep) reserve(n int) bool {
	if k.room.Add(-int64(n)) >= 0 {
		return true
	}
	k.room.Add(int64(n))
	return false
}

// get returns a vector of one of the kinds, or nil.
func (k *keep) get(of map[diagram.Diagram]*vector, d diagram.Diagram) *vector {
	k.mu.Lock()
	defer k.mu.Unlock()
	return of[d]
}

// put keeps a vector, which must not change any more.
func (k *keep) put(of map[diagram.Diagram]*vector, d diagram.Diagram, v *vector) {
	if !k.reserve(len(v.x)) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	of[d] = v
}

// RowCurves are a term that depends on the row of one part, for every row: curves whose pieces
// begin at the cells of the row.
type rowCurves struct {
	basis []*vector
	c     [][]uint64 // by row; nil while it is not known
	left  int        // how many rows are not known
}

// getCurves returns the curves of a term, or nil.
func (k *keep) getCurves(d diagram.Diagram) *rowCurves {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.curves[d]
}

// putCurves keeps curves whose room is reserved.
func (k *keep) putCurves(d diagram.Diagram, c *rowCurves) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.curves[d] = c
}
