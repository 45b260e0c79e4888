package embed_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"pgregory.net/rapid"
)

// sameCells reports whether two lists hold the same cells in the same order.
func sameCells(a, b []embed.Cell) bool {
	return slices.EqualFunc(a, b, func(a, b embed.Cell) bool {
		return a.N == b.N && a.T == b.T && a.Weight.Cmp(b.Weight) == 0
	})
}

// byColumn sorts cells by column, then row.
func byColumn(cells []embed.Cell) []embed.Cell {
	cells = slices.Clone(cells)
	slices.SortFunc(cells, func(a, b embed.Cell) int { return int((a.T-b.T)*1000 + a.N - b.N) })
	return cells
}

func TestGridCells(t *testing.T) {
	for _, s := range smallSpaces() {
		cells := slices.Collect(s.grid.Cells())
		if want := byColumn(s.cells); !sameCells(cells, want) {
			t.Errorf("%v: got %v, want %v", s, cells, want)
		}
		if got := s.grid.CellCount(); got.Cmp(big.NewInt(int64(len(s.cells)))) != 0 || s.grid.Rows() != s.rows {
			t.Errorf("%v: got %v cells in %d rows", s, got, s.grid.Rows())
		}
		for _, c := range cells {
			if c.N < 0 || c.N >= s.grid.Rows() || c.T < 0 || c.T >= s.grid.Columns() {
				t.Errorf("%v: cell %v lies outside %d by %d", s, c, s.grid.Rows(), s.grid.Columns())
			}
		}
		for range s.grid.Cells() {
			break
		}
	}
}

func TestGridSize(t *testing.T) {
	const most = embed.MaxSize
	for _, test := range []struct {
		name          string
		grid          embed.Grid
		rows, columns int64
		cells         string
	}{
		{"zero", embed.Grid{}, 1, 0, "0"},
		{"SGD", must(embed.SGD(12, 5, 3)), 12, 20, "60"},
		{"one epoch", must(embed.OneEpoch(7)), 7, 7, "7"},
		{"GD", must(embed.GD(7, 3)), 7, 3, "21"},
		{"no step of GD", must(embed.GD(7, 0)), 7, 0, "0"},
		{"no epoch", must(embed.Reshuffled(6, 3, nil)), 6, 0, "0"},
		{"largest SGD", must(embed.SGD(most, most, 1)), most, 4611686014132420609, "4611686014132420609"}, // (2³¹−1)²
		{"largest GD", must(embed.GD(most, most)), most, most, "4611686014132420609"},
		{"sparse", must(embed.New(most, most, []embed.Cell{cell(most-1, most-1, 1, 1)})), most, most, "1"},
	} {
		if got := test.grid; got.Rows() != test.rows || got.Columns() != test.columns || got.CellCount().String() != test.cells {
			t.Errorf("%s: got N=%d T=%d and %v cells", test.name, got.Rows(), got.Columns(), got.CellCount())
		}
	}
	for c := range must(embed.SGD(most, most, 1)).Cells() { // lazy
		if c.N != 0 || c.T != 0 {
			t.Errorf("the first cell is %v", c)
		}
		break
	}
}

func TestGridErrors(t *testing.T) {
	one := big.NewRat(1, 1)
	grid := func(g embed.Grid, err error) error { return err }
	for _, test := range []struct {
		name  string
		err   error
		cause error
		names string
	}{
		{"N=0", grid(embed.SGD(0, 1, 1)), embed.ErrSize, "N=0"},
		{"N<0", grid(embed.SGD(-3, 1, 1)), embed.ErrSize, "N=-3"},
		{"E=0", grid(embed.SGD(4, 0, 1)), embed.ErrSize, "E=0"},
		{"B=0", grid(embed.SGD(4, 1, 0)), embed.ErrSize, "B=0"},
		{"least B", grid(embed.SGD(4, 1, math.MinInt64)), embed.ErrSize, "B=-9223372036854775808"},
		{"several", grid(embed.SGD(0, 0, 0)), embed.ErrSize, "E=0"},
		{"B divides not", grid(embed.SGD(10, 1, 3)), embed.ErrSize, "B=3 does not divide N=10"},
		{"B exceeds N", grid(embed.SGD(4, 1, 8)), embed.ErrSize, "B=8 does not divide N=4"},
		{"N too large", grid(embed.SGD(embed.MaxSize+1, 1, 1)), embed.ErrSize, "N=2147483648"},
		{"E too large", grid(embed.SGD(1, math.MaxInt64, 1)), embed.ErrSize, "E=9223372036854775807"},
		{"one epoch of none", grid(embed.OneEpoch(0)), embed.ErrSize, "N=0"},
		{"GD on none", grid(embed.GD(0, 5)), embed.ErrSize, "N=0"},
		{"GD backwards", grid(embed.GD(5, -1)), embed.ErrSize, "T=-1"},
		{"GD for too long", grid(embed.GD(5, embed.MaxSize+1)), embed.ErrSize, "T=2147483648"},
		{"New of none", grid(embed.New(0, 5, nil)), embed.ErrSize, "N=0"},
		{"New, T<0", grid(embed.New(5, -1, nil)), embed.ErrSize, "T=-1"},
		{"New, T too large", grid(embed.New(5, embed.MaxSize+1, nil)), embed.ErrSize, "T=2147483648"},
		{"cell twice", grid(embed.New(3, 3, []embed.Cell{cell(1, 2, 1, 1), cell(0, 0, 1, 1), cell(1, 2, 2, 1)})), embed.ErrCell, "(n=1, t=2) stands twice"},
		{"cell below", grid(embed.New(3, 3, []embed.Cell{cell(3, 2, 1, 1)})), embed.ErrCell, "(n=3, t=2)"},
		{"cell above", grid(embed.New(3, 3, []embed.Cell{cell(-1, 2, 1, 1)})), embed.ErrCell, "(n=-1, t=2)"},
		{"cell before", grid(embed.New(3, 3, []embed.Cell{cell(0, math.MinInt64, 1, 1), cell(0, math.MaxInt64, 1, 1)})), embed.ErrCell, "t=-9223372036854775808"},
		{"cell after", grid(embed.New(3, 3, []embed.Cell{cell(0, 3, 1, 1)})), embed.ErrCell, "(n=0, t=3)"},
		{"cell, T=0", grid(embed.New(3, 0, []embed.Cell{cell(0, 0, 1, 1)})), embed.ErrCell, "(n=0, t=0)"},
		{"no weight", grid(embed.New(3, 3, []embed.Cell{{N: 2, T: 1}})), embed.ErrCell, "(n=2, t=1) has no weight"},
		{"too many cells", grid(embed.New(3, 3, make([]embed.Cell, embed.MaxCells+1))), embed.ErrTooLarge, "4194305 cells"},
		{"shuffle short", grid(embed.Reshuffled(3, 1, [][]int64{{0, 1, 2}, {0, 1}})), embed.ErrShuffle, "epoch 1: not a permutation of the rows: 2 rows, of 3"},
		{"shuffle repeats", grid(embed.Reshuffled(3, 1, [][]int64{{0, 1, 0}})), embed.ErrShuffle, "row 0 stands twice"},
		{"shuffle outside", grid(embed.Reshuffled(3, 1, [][]int64{{0, 1, 3}})), embed.ErrShuffle, "row 3"},
		{"shuffle negative", grid(embed.Reshuffled(3, 1, [][]int64{{0, 1, -1}})), embed.ErrShuffle, "row -1"},
		{"shuffle, B", grid(embed.Reshuffled(3, 2, [][]int64{{0, 1, 2}})), embed.ErrSize, "B=2 does not divide N=3"},
		{"shuffle too large", grid(embed.Reshuffled(embed.MaxCells, 1, make([][]int64, 2))), embed.ErrTooLarge, "8388608 cells"},
		{"schedule short", grid(must(embed.OneEpoch(2)).Schedule([]*big.Rat{one})), embed.ErrSize, "1 rates for 2 columns"},
		{"schedule nil", grid(must(embed.OneEpoch(2)).Schedule([]*big.Rat{one, nil})), embed.ErrSize, "column 1"},
		{"schedule nil at an empty column", grid(must(embed.New(2, 2, nil)).Schedule([]*big.Rat{one, nil})), embed.ErrSize, "column 1"},
		{"schedule of GD too large", grid(must(embed.GD(embed.MaxSize, 1)).Schedule([]*big.Rat{one})), embed.ErrTooLarge, "2147483647 cells"},
	} {
		if !errors.Is(test.err, test.cause) || !strings.Contains(test.err.Error(), test.names) {
			t.Errorf("%s: got error %v, which does not wrap %v or name %s", test.name, test.err, test.cause, test.names)
		}
	}
}

func TestMustPanics(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, embed.ErrSize) {
			t.Errorf("got %v", err)
		}
	}()
	embed.Must(embed.SGD(0, 1, 1))
}

// Neither what a grid was made of nor what it returned can change it.
func TestGridIsImmutable(t *testing.T) {
	for name, make := range map[string]func() (g embed.Grid, spoil func()){
		"New": func() (embed.Grid, func()) {
			cells := []embed.Cell{cell(1, 1, 1, 2), cell(0, 0, 1, 2)}
			return must(embed.New(2, 2, cells)), func() {
				for i := range cells {
					cells[i].Weight.SetInt64(99)
					cells[i].T = 7
				}
			}
		},
		"Reshuffled": func() (embed.Grid, func()) {
			order := []int64{1, 0}
			return must(embed.Reshuffled(2, 1, [][]int64{order})), func() { order[0], order[1] = 5, 5 }
		},
		"Scale": func() (embed.Grid, func()) {
			rate := big.NewRat(1, 3)
			return must(embed.OneEpoch(2)).Scale(rate), func() { rate.SetInt64(99) }
		},
		"Scale of a list": func() (embed.Grid, func()) {
			rate := big.NewRat(1, 3)
			return must(embed.New(1, 1, []embed.Cell{cell(0, 0, 1, 1)})).Scale(rate), func() { rate.SetInt64(99) }
		},
		"Schedule": func() (embed.Grid, func()) {
			rates := slicesOfOnes(2)
			return must(must(embed.OneEpoch(2)).Schedule(rates)), func() { rates[0].SetInt64(99) }
		},
		"SGD": func() (embed.Grid, func()) { return must(embed.SGD(2, 2, 1)), func() {} },
	} {
		g, spoil := make()
		want := slices.Collect(g.Cells())
		c := embed.NewCounter(g)
		weight := count(t, c, chain(1), embed.Cumulant).Weight
		spoil()
		for cell := range g.Cells() {
			cell.Weight.SetInt64(-99)
		}
		for e := range must(embed.Embeddings(chain(1), g, embed.Cumulant)) {
			e.Cells[0].Weight.SetInt64(-99)
			e.Weight.SetInt64(-99)
		}
		g.CellCount().SetInt64(99)
		g.Scale(big.NewRat(99, 1))
		_, _ = g.Schedule(slicesOfOnes(2))
		if got := slices.Collect(g.Cells()); !sameCells(got, want) {
			t.Errorf("%s: cells changed from %v to %v", name, want, got)
		}
		for _, c := range []*embed.Counter{c, embed.NewCounter(g)} {
			if got := count(t, c, chain(1), embed.Moment).Weight; got.Cmp(weight) != 0 {
				t.Errorf("%s: W changed from %v to %v", name, weight, got)
			}
		}
	}
}

// W is multilinear in the rates of the columns: a common rate r scales it by r^d.
func TestScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(smallSpaces()).Draw(t, "space")
		d := anyDiagram(4).Draw(t, "d")
		rate := big.NewRat(rapid.Int64Range(-5, 5).Draw(t, "num"), rapid.Int64Range(1, 5).Draw(t, "denom"))
		scaled := s.grid.Scale(rate)
		rates := slicesOfOnes(int(s.grid.Columns()))
		for i := range rates {
			rates[i] = rate
		}
		scheduled := must(s.grid.Schedule(rates))
		if a, b := slices.Collect(scaled.Cells()), slices.Collect(scheduled.Cells()); !sameCells(a, b) {
			t.Errorf("%v: scaled by %v %v, scheduled %v", s, rate, a, b)
		}
		want, err := embed.NewCounter(s.grid).Count(t.Context(), d, embed.Cumulant)
		if err != nil {
			t.Fatal(err)
		}
		for range d.Edges() {
			want.Weight.Mul(want.Weight, rate)
		}
		got, err := embed.NewCounter(scaled).Count(t.Context(), d, embed.Cumulant)
		if err != nil || got.Weight.Cmp(want.Weight) != 0 || got.Maps.Cmp(want.Maps) != 0 {
			t.Errorf("%v, %v at rate %v: got %v, %v; want %v", s, d, rate, got, err, want)
		}
	})
}

// The names of the points do not matter, nor do columns without cells.
func TestCountOfRelabelledGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySpace(24).Draw(t, "space")
		d := anyDiagram(5).Draw(t, "d")
		rows := []int64{0, 1, 2, 3}
		rows = rapid.Permutation(rows[:s.rows]).Draw(t, "rows")
		moved := slices.Clone(s.cells)
		for i, c := range moved {
			moved[i].N, moved[i].T = rows[c.N], 3*c.T+c.T*c.T
		}
		a, b := embed.NewCounter(s.grid), embed.NewCounter(must(embed.New(s.rows, 100, moved)))
		for _, form := range forms {
			want, err := a.Count(t.Context(), d, form)
			got, errMoved := b.Count(t.Context(), d, form)
			if err != nil || errMoved != nil || got.Maps.Cmp(want.Maps) != 0 || got.Weight.Cmp(want.Weight) != 0 {
				t.Errorf("%v, %v, %v form: %v (%v), but moved %v (%v)", s, d, form, want, err, got, errMoved)
			}
		}
	})
}

// On the zero grid only the bare root embeds.
func TestZeroGrid(t *testing.T) {
	c := embed.NewCounter(embed.Grid{})
	for _, d := range upTo(3) {
		want := int64(0)
		if d == (diagram.Diagram{}) {
			want = 1
		}
		for _, form := range forms {
			if got := count(t, c, d, form); got.Maps.Int64() != want || got.Weight.Cmp(big.NewRat(want, 1)) != 0 {
				t.Errorf("%v: got %v", d, got)
			}
		}
	}
}
