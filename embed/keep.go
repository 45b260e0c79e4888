package embed

import (
	"sync"
	"sync/atomic"

	"github.com/perturb-go/perturb/diagram"
)

// A keep has what many diagrams share, for as long as there is room.
type keep struct {
	room *room

	mu     sync.Mutex
	known  map[diagram.Diagram]*vector    // of closed terms: F of the root's children
	masses map[diagram.Diagram]*vector    // of ofPart, Σ_rows w(t) Π inner(t)
	ends   map[diagram.Diagram]*vector    // of ofRow and ofColumn, the last value, by row
	curves map[diagram.Diagram]*rowCurves // of these, everything
}

// maxVectors and maxCurves bound the numbers that a tally keeps, for all moduli: 64 MiB each.
// Of a common room, curves would leave none for vectors, which are shorter and save as much.
const (
	maxVectors = 1 << 23
	maxCurves  = 1 << 23
)

// A room says how many numbers more may be kept.
type room struct{ vectors, curves atomic.Int64 }

func newRoom() *room {
	r := new(room)
	r.vectors.Store(maxVectors)
	r.curves.Store(maxCurves)
	return r
}

func newKeep(room *room) *keep {
	return &keep{
		room: room, known: map[diagram.Diagram]*vector{}, masses: map[diagram.Diagram]*vector{},
		ends: map[diagram.Diagram]*vector{}, curves: map[diagram.Diagram]*rowCurves{},
	}
}

// reserve takes what so many numbers need from what is left, and reports whether they fit.
func reserve(left *atomic.Int64, n int) bool {
	if left.Add(-int64(n)) >= 0 {
		return true
	}
	left.Add(int64(n))
	return false
}

// get returns a vector of one of the kinds, or nil.
func (k *keep) get(of map[diagram.Diagram]*vector, d diagram.Diagram) *vector {
	k.mu.Lock()
	defer k.mu.Unlock()
	return of[d]
}

// put keeps a vector, which must not change any more, unless another run was faster.
func (k *keep) put(of map[diagram.Diagram]*vector, d diagram.Diagram, v *vector) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if of[d] == nil && reserve(&k.room.vectors, len(v.x)) {
		of[d] = v
	}
}

// RowCurves are a term that depends on the row of one part, for every row: curves whose pieces
// begin at the cells of the row.
type rowCurves struct {
	basis []*vector
	c     [][]uint64 // the coefficients of each vector of the basis, by cell
	own   int        // how many of these lists are not another term's: the first ones
	size  int        // the numbers in them and in the basis
	known []bool     // by row
	left  int        // how many rows are not known
}

// of returns the coefficients in a row, in the place of a list.
func (f *rowCurves) of(list [][]uint64, cells rowCells) [][]uint64 {
	list = resized(list, len(f.c))
	for i, c := range f.c {
		list[i] = c[cells.first:][:len(cells.at)]
	}
	return list
}

// getCurves returns the curves of a term, or nil.
func (k *keep) getCurves(d diagram.Diagram) *rowCurves {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.curves[d]
}

// putCurves keeps curves whose room is reserved, unless another run was faster.
func (k *keep) putCurves(d diagram.Diagram, c *rowCurves) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.curves[d] != nil {
		k.release(c)
		return
	}
	k.curves[d] = c
}

// release gives back the room of curves that are not kept.
func (k *keep) release(c *rowCurves) { k.room.curves.Add(int64(c.size)) }
