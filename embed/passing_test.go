package embed

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

// passing sums the product of the weights over the maps of an untied diagram, the simple
// way: with given rows of all parts of several nodes, the times of a node are summed given
// that of its parent, from the leaves up.
func passing(d diagram.Diagram, rows, columns int, weight [][]*big.Int) *big.Int {
	f := newForest(d)
	row := make([]int, f.parts)
	total := new(big.Int)
	var choose func(part int)
	choose = func(part int) {
		if part == f.parts {
			total.Add(total, passingIn(f, row, columns, weight))
			return
		}
		for row[part] = range rows {
			choose(part + 1)
		}
	}
	choose(0)
	return total
}

// passingIn sums over the maps with given rows of the bound parts. The weights are by row and
// column; those of cells that do not exist are 0.
func passingIn(f *forest, row []int, columns int, weight [][]*big.Int) *big.Int {
	product := make([][]*big.Int, len(f.bound)) // of the children's sums over earlier columns
	for v := range product {
		for range columns + 1 {
			product[v] = append(product[v], big.NewInt(1))
		}
	}
	for v, kids := range f.kids {
		for _, kid := range kids {
			before := new(big.Int)
			for t := range columns + 1 {
				product[v][t].Mul(product[v][t], before)
				if t == columns {
					break
				}
				w := new(big.Int)
				for n := range weight {
					if f.bound[kid] < 0 || row[f.bound[kid]] == n {
						w.Add(w, weight[n][t])
					}
				}
				before.Add(before, w.Mul(w, product[kid][t]))
			}
		}
	}
	return product[f.edges()][columns]
}

// scattered are cells of a grid, some rows of which are full and some nearly empty, with
// weights of either sign from the given ones; and these by row and column.
func scattered(r *rand.Rand, rows, columns int, values []*big.Int) (cells []Cell, weight [][]*big.Int) {
	weight = make([][]*big.Int, rows)
	for t := range columns {
		for n := range rows {
			w := new(big.Int)
			if r.IntN(rows) < n {
				w = values[r.IntN(len(values))]
				cells = append(cells, Cell{N: int64(n), T: int64(t), Weight: new(big.Rat).SetInt(w)})
			}
			weight[n] = append(weight[n], w)
		}
	}
	return cells, weight
}

// Plans, curves and residues are the simple sum: for all diagrams up to five edges and some
// of six and seven, with weights of one digit and of a hundred.
func TestPlanIsPassing(t *testing.T) {
	huge := new(big.Int).Exp(big.NewInt(10), big.NewInt(100), nil)
	digits := []*big.Int{big.NewInt(1), big.NewInt(2), big.NewInt(-1), big.NewInt(3), big.NewInt(0)}
	check := func(t failing, c *Counter, d diagram.Diagram, columns int, weight [][]*big.Int) {
		got, err := c.Count(context.Background(), d, Cumulant)
		want := passing(d, len(weight), columns, weight)
		if err != nil || got.Weight.Cmp(new(big.Rat).SetInt(want)) != 0 {
			t.Fatal(d, got.Weight, err, want)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	const rows, columns = 5, 9
	for _, values := range [][]*big.Int{digits, {huge, new(big.Int).Neg(huge), big.NewInt(7)}} {
		cells, weight := scattered(r, rows, columns, values)
		c := NewCounter(Must(New(rows, columns, cells)))
		for edges := range 6 {
			i := 0
			for d := range diagram.All(edges) {
				if i++; edges < 5 || i%5 == 0 || values[0] == digits[0] {
					check(t, c, d, columns, weight)
				}
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			check(t, c, anyUntied(5, 7).Draw(t, "d"), columns, weight)
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(1, 4).Draw(t, "rows"), rapid.IntRange(1, 12).Draw(t, "columns")
		cells, weight := scattered(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), rows, columns, digits)
		check(t, NewCounter(Must(New(int64(rows), int64(columns), cells))), anyUntied(0, 6).Draw(t, "d"), columns, weight)
	})
}

// Where there is no room to keep anything, the count is the same.
func TestPlanWithoutRoom(t *testing.T) {
	cells, weight := scattered(rand.New(rand.NewPCG(3, 4)), 4, 8, []*big.Int{big.NewInt(1), big.NewInt(-2), big.NewInt(3)})
	c := NewCounter(Must(New(4, 8, cells)))
	tally := c.tally.(*listTally).weights
	type room struct{ vectors, curves int64 }
	// Below node 4, the sum over the row of 1 and 2 depends on the row of 0 and 4.
	diagrams := []diagram.Diagram{diagram.MustParse("(04-12-3-5)(02-12-23-34-45)")}
	for edges := range 5 {
		diagrams = slices.AppendSeq(diagrams, diagram.All(edges))
	}
	for _, room := range []room{{0, 0}, {100, 100}, {300, 300}, {0, 1000}, {1000, 0}, {20, 60}} {
		for range 2 { // with what was kept the first time
			for _, d := range diagrams {
				tally.room.vectors.Store(room.vectors)
				tally.room.curves.Store(room.curves)
				got, err := tally.sum(context.Background(), d)
				if want := passing(d, 4, 8, weight); err != nil || got.Cmp(want) != 0 {
					t.Errorf("%v, room for %v: got %v, %v; want %v", d, room, got, err, want)
				}
			}
			clear(tally.known)
		}
		tally.engines = nil
	}
}

// A lookout is a context that ends when it has been asked so many times.
type lookout struct {
	context.Context
	left int
}

func (l *lookout) Err() error {
	if l.left--; l.left < 0 {
		return context.Canceled
	}
	return nil
}

// checkRoom checks that what a tally keeps has taken the room that it needs, and no more.
func checkRoom(t *testing.T, tally *tally) {
	t.Helper()
	curves, vectors := maxCurves, maxVectors
	for _, e := range tally.engines {
		kept := map[*uint64]int{} // terms share coefficients with those below them
		for _, c := range e.kept.curves {
			for _, list := range c.c {
				kept[&list[0]] = len(list)
			}
			for _, v := range c.basis {
				if v != nil {
					kept[&v.x[0]] = len(v.x)
				}
			}
		}
		for _, n := range kept {
			curves -= n
		}
		for _, of := range []map[diagram.Diagram]*vector{e.kept.known, e.kept.masses, e.kept.ends} {
			for _, v := range of {
				vectors -= len(v.x)
			}
		}
	}
	if tally.room.curves.Load() != int64(curves) || tally.room.vectors.Load() != int64(vectors) {
		t.Errorf("there is room for %d numbers of curves and %d of vectors, not for %d and %d",
			tally.room.curves.Load(), tally.room.vectors.Load(), curves, vectors)
	}
}

// What is kept takes the room it needs and no more, whenever a context ends.
func TestRoomIsForWhatIsKept(t *testing.T) {
	cells, _ := scattered(rand.New(rand.NewPCG(7, 8)), 60, 400, []*big.Int{big.NewInt(1)})
	tally := newTally(cells, []*big.Int{big.NewInt(1)}, func(int) int32 { return 0 })
	d := diagram.MustParse("(0123-4-56-7)(04-15-24-36-45-56-67)")
	ended := 0
	for looks := 0; ; looks++ {
		_, err := tally.sum(&lookout{context.Background(), looks}, d)
		checkRoom(t, tally)
		if err == nil {
			break
		}
		ended++
		if looks%2 == 0 { // else go on with what is kept
			tally.engines, tally.room = nil, newRoom()
		}
	}
	if ended < 5 {
		t.Errorf("the context ended %d times", ended)
	}
}

// The vectors of a basis take room, and moduli beyond those that are kept take none.
func TestRoomOfBasesAndOfManyModuli(t *testing.T) {
	huge := new(big.Int).Exp(big.NewInt(10), big.NewInt(2000), nil)
	cells, _ := scattered(rand.New(rand.NewPCG(9, 10)), 3, 5, []*big.Int{huge})
	tally := newTally(cells, []*big.Int{huge}, func(int) int32 { return 0 })
	for _, text := range []string{"(04-1-2-3-5)(01-12-23-34-45)", "(03-1-2-4)(02-12-23-34)"} {
		d := diagram.MustParse(text)
		if n := tally.residues(d); n <= maxEngines {
			t.Fatalf("%v takes %d moduli", d, n)
		}
		if _, err := tally.sum(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		checkRoom(t, tally)
	}
	if len(tally.engines) != maxEngines {
		t.Errorf("%d engines", len(tally.engines))
	}
}

// The estimate must not be far below the steps taken, or hopeless work would start, nor far
// above them for parts that are not interlocked, or feasible work would be refused.
func TestWorkEstimatesSteps(t *testing.T) {
	cells, _ := scattered(rand.New(rand.NewPCG(5, 6)), 12, 20, []*big.Int{big.NewInt(1)})
	table := newTally(cells, []*big.Int{big.NewInt(1)}, func(int) int32 { return 0 })
	// Curves whose bases have 3^n vectors, for n chains below a free node.
	diagrams := []diagram.Diagram{
		diagram.MustParse("(036a-1-2-4-5-7-8-9-b)(01-12-29-34-45-59-67-78-89-9a-ab)"),
		diagram.MustParse("(0369cg-1-2-4-5-7-8-a-b-d-e-f-h)(01-12-2f-34-45-5f-67-78-8f-9a-ab-bf-cd-de-ef-fg-gh)"),
	}
	for edges := 1; edges < 6; edges++ {
		diagrams = slices.AppendSeq(diagrams, diagram.All(edges))
	}
	for _, d := range diagrams {
		for _, g := range groups(d) {
			p := newPlan(g, true)
			table.engines = nil // with all that they keep
			r := table.engine(0).newRun(context.Background(), p)
			r.of(p.top)
			work, _ := table.workOf(p)
			taken := float64(r.steps)
			if taken > 6*work+100 || OpenAtOnce(g) < 2 && work > 40*(taken+12) {
				t.Errorf("%v: %v steps, estimated as %v", g, taken, work)
			}
		}
	}
}
