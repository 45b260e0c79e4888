package embed_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perturb-go/perturb/embed"
	"pgregory.net/rapid"
)

// sameGrid reports whether two grids have the same size and cells.
func sameGrid(a, b embed.Grid) bool {
	return a.Rows() == b.Rows() && a.Columns() == b.Columns() &&
		sameCells(slices.Collect(a.Cells()), slices.Collect(b.Cells()))
}

func TestParse(t *testing.T) {
	for text, want := range map[string]embed.Grid{
		"sgd N=10":                    must(embed.SGD(10, 1, 1)),
		"sgd N=10 E=2 B=5":            must(embed.SGD(10, 2, 5)),
		"sgd B=5 N=10 E=2":            must(embed.SGD(10, 2, 5)),
		"  sgd\tN=+4\n":               must(embed.SGD(4, 1, 1)),
		"gd N=3 T=4":                  must(embed.GD(3, 4)),
		"gd N=3 T=0":                  must(embed.GD(3, 0)),
		"gd T=4 rate=1/2 N=3":         must(embed.GD(3, 4)).Scale(big.NewRat(1, 2)),
		"sgd N=2 rate=0.1":            must(embed.SGD(2, 1, 1)).Scale(big.NewRat(1, 10)),
		"sgd N=2 rate=-3":             must(embed.SGD(2, 1, 1)).Scale(big.NewRat(-3, 1)),
		"sgd N=2 rate=0":              must(embed.SGD(2, 1, 1)).Scale(new(big.Rat)),
		"sgd N=2 rate=25e-1":          must(embed.SGD(2, 1, 1)).Scale(big.NewRat(5, 2)),
		"gd N=3 T=0 rate=7":           must(embed.GD(3, 0)),
		"sgd N=000010 E=000001 B=010": must(embed.SGD(10, 1, 10)),
	} {
		if got, err := embed.Parse(text); err != nil || !sameGrid(got, want) {
			t.Errorf("%q: got %v, %v; want %v", text, got, err, want)
		}
	}
	huge := must(embed.Parse("sgd N=1000000000 E=1000000000"))
	if huge.Rows() != 1e9 || huge.Columns() != 1e18 {
		t.Errorf("got N=%d T=%d", huge.Rows(), huge.Columns())
	}
}

func TestParseErrors(t *testing.T) {
	long := strings.Repeat("9", 1<<20)
	for _, test := range []struct {
		text  string
		cause error
		names string
	}{
		{"", embed.ErrSyntax, "expected a grid such as"},
		{" \n", embed.ErrSyntax, "expected a grid such as"},
		{"adam N=3", embed.ErrSyntax, `"adam"`},
		{"SGD N=3", embed.ErrSyntax, `"SGD"`},
		{"sgd", embed.ErrSyntax, "N is missing"},
		{"sgd E=3", embed.ErrSyntax, "N is missing"},
		{"sgd N=", embed.ErrSyntax, "N is missing"},
		{"sgd N=3 E=", embed.ErrSyntax, "E is missing"},
		{"gd N=3", embed.ErrSyntax, "T is missing"},
		{"gd", embed.ErrSyntax, "T is missing"},
		{"gd T=3", embed.ErrSyntax, "N is missing"},
		{"sgd N=3 N=3", embed.ErrSyntax, `"N" stands twice`},
		{"sgd N=3 rate=1 rate=1", embed.ErrSyntax, `"rate" stands twice`},
		{"sgd N=3 T=3", embed.ErrSyntax, `"T" is not one of the fields N, E, B, rate`},
		{"gd N=3 T=3 B=1", embed.ErrSyntax, `"B" is not one of the fields N, T, rate`},
		{"sgd N=3 z=1 a=1", embed.ErrSyntax, `"a"`},
		{"sgd n=3", embed.ErrSyntax, `"n"`},
		{"sgd 3", embed.ErrSyntax, `"3"`},
		{"sgd N=3 and more", embed.ErrSyntax, `"and"`},
		{"sgd N=3, E=2", embed.ErrSyntax, `N="3,"`},
		{"sgd N = 3", embed.ErrSyntax, `"N"`},
		{"sgd N=3.5", embed.ErrSyntax, `N="3.5"`},
		{"sgd N=1e9", embed.ErrSyntax, `N="1e9"`},
		{"sgd N=0x10", embed.ErrSyntax, `N="0x10"`},
		{"sgd N=1_000", embed.ErrSyntax, `N="1_000"`},
		{"sgd N=٣", embed.ErrSyntax, `N="٣"`},
		{"sgd N=0", embed.ErrSize, "N=0"},
		{"sgd N=-1", embed.ErrSize, "N=-1"},
		{"sgd N=10 B=3", embed.ErrSize, "B=3 does not divide N=10"},
		{"sgd N=2147483648", embed.ErrSize, "N=2147483648"},
		{"gd N=2 T=99999999999999999999", embed.ErrSize, "T=99999999999999999999"},
		{"gd N=2 T=-99999999999999999999", embed.ErrSize, "T=-99999999999999999999"},
		{"sgd N=3 rate=", embed.ErrSyntax, "rate"},
		{"sgd N=3 rate=1/0", embed.ErrSyntax, "denominator is zero"},
		{"sgd N=3 rate=1e300000", embed.ErrSyntax, "rate"},
		{"sgd N=3 rate=NaN", embed.ErrSyntax, "rate"},
		{"sgd N=3 rate=Inf", embed.ErrSyntax, "rate"},
		{"sgd N=3 rate=1/2/3", embed.ErrSyntax, "rate"},
		{long, embed.ErrSyntax, "there is no optimizer"},
		{"sgd " + long, embed.ErrSyntax, "name=value"},
		{"sgd N=" + long, embed.ErrSize, "N="},
		{"sgd N=3 rate=" + long, embed.ErrSyntax, "rate"},
		{"sgd " + long + "=1", embed.ErrSyntax, "not one of the fields"},
		{"sgd " + long + "=1 " + long + "=1", embed.ErrSyntax, "stands twice"},
		{"sgd " + strings.Repeat("N=3 ", 1<<18), embed.ErrSyntax, "stands twice"},
		{"sgd N=3" + strings.Repeat("\x00", 1<<20), embed.ErrSyntax, "N="},
	} {
		start := time.Now()
		_, err := embed.Parse(test.text)
		if !errors.Is(err, test.cause) || !strings.Contains(err.Error(), test.names) {
			t.Errorf("%.40q: got error %.300v, which does not wrap %v or name %s", test.text, err, test.cause, test.names)
		}
		if err != nil && len(err.Error()) > 600 {
			t.Errorf("%.40q: the message has %d bytes", test.text, len(err.Error()))
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%.40q: refused after %v", test.text, took)
		}
	}
}

func TestJSON(t *testing.T) {
	const want = `{"N":2,"T":3,"cells":[{"n":0,"t":0,"weight":"1/2"},{"n":1,"t":2,"weight":"-3"}]}`
	g := must(embed.New(2, 3, []embed.Cell{cell(1, 2, -3, 1), cell(0, 0, 1, 2)}))
	if got := string(must(json.Marshal(g))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(must(json.Marshal(embed.Grid{}))); got != `{"N":1,"T":0,"cells":[]}` {
		t.Errorf("the zero grid: got %s", got)
	}
	for text, want := range map[string]embed.Grid{
		`{"N":1,"T":1,"cells":[{"n":0,"t":0,"weight":0.1}]}`:                        listed("", 1, 1, cell(0, 0, 1, 10)).grid,
		`{"N":1,"T":1,"cells":[{"n":0,"t":0,"weight":-1.5e-3}]}`:                    listed("", 1, 1, cell(0, 0, -3, 2000)).grid,
		`{"N":1,"T":1,"cells":[{"n":0,"t":0,"weight":"2/6"}]}`:                      listed("", 1, 1, cell(0, 0, 1, 3)).grid,
		`{"N":1,"T":1,"cells":[{"n":0,"t":0,"weight":0}]}`:                          listed("", 1, 1, cell(0, 0, 0, 1)).grid,
		` {"T":0, "cells":[ ], "N":1} `:                                             {},
		`{"N":3,"T":2,"cells":[],"comment":"idle","more":[{}]}`:                     listed("", 3, 2).grid,
		`{"cells":[{"weight":1,"t":1,"n":0},{"t":0,"n":1,"weight":1}],"T":2,"N":2}`: listed("", 2, 2, cell(1, 0, 1, 1), cell(0, 1, 1, 1)).grid,
	} {
		got := must(embed.GD(9, 9)) // is overwritten
		if err := json.Unmarshal([]byte(text), &got); err != nil || !sameGrid(got, want) {
			t.Errorf("%s: got %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	check := func(t failer, s space) {
		text := must(json.Marshal(s.grid))
		var got embed.Grid
		if err := json.Unmarshal(text, &got); err != nil || !sameGrid(got, s.grid) {
			t.Errorf("%v: %s is read as %v, %v", s, text, got, err)
		}
		if again := must(json.Marshal(got)); string(again) != string(text) {
			t.Errorf("%v: got %s, then %s", s, text, again)
		}
	}
	for _, s := range smallSpaces() {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, anySpace(24).Draw(t, "space")) })
}

func TestJSONErrors(t *testing.T) {
	long := strings.Repeat("9", 1<<20)
	one := func(cell string) string { return `{"N":2,"T":2,"cells":[{"n":0,"t":0,"weight":1},` + cell + `]}` }
	for _, test := range []struct {
		text  string
		cause error
		names string
	}{
		{`null`, embed.ErrSyntax, "N is missing"},
		{`[]`, embed.ErrSyntax, "array"},
		{`"sgd N=3"`, embed.ErrSyntax, "string"},
		{`3`, embed.ErrSyntax, "number"},
		{`{}`, embed.ErrSyntax, "N is missing"},
		{`{"T":1,"cells":[]}`, embed.ErrSyntax, "N is missing"},
		{`{"N":1,"cells":[]}`, embed.ErrSyntax, "T is missing"},
		{`{"N":1,"T":1}`, embed.ErrSyntax, "cells is missing"},
		{`{"N":1,"T":1,"cells":null}`, embed.ErrSyntax, "cells is missing"},
		{`{"N":null,"T":1,"cells":[]}`, embed.ErrSyntax, "N is missing"},
		{`{"N":"1","T":1,"cells":[]}`, embed.ErrSyntax, "N"},
		{`{"N":1.5,"T":1,"cells":[]}`, embed.ErrSyntax, "1.5"},
		{`{"N":1e30,"T":1,"cells":[]}`, embed.ErrSyntax, "1e30"},
		{`{"N":` + long + `,"T":1,"cells":[]}`, embed.ErrSyntax, "N"},
		{`{"N":9223372036854775807,"T":1,"cells":[]}`, embed.ErrSize, "N=9223372036854775807"},
		{`{"N":0,"T":1,"cells":[]}`, embed.ErrSize, "N=0"},
		{`{"N":1,"T":-1,"cells":[]}`, embed.ErrSize, "T=-1"},
		{`{"N":1,"T":1,"cells":{}}`, embed.ErrSyntax, "cells"},
		{one(`{"n":0,"t":0,"weight":1}`), embed.ErrCell, "(n=0, t=0) stands twice"},
		{one(`{"n":2,"t":0,"weight":1}`), embed.ErrCell, "(n=2, t=0)"},
		{one(`{"t":0,"weight":1}`), embed.ErrSyntax, "cells[1]: n or t is missing"},
		{one(`{"n":0,"weight":1}`), embed.ErrSyntax, "cells[1]: n or t is missing"},
		{one(`null`), embed.ErrSyntax, "cells[1]: n or t is missing"},
		{one(`{"n":1,"t":1}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":1,"weight":null}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":1,"weight":"1/0"}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":1,"weight":"NaN"}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":1,"weight":""}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":1,"weight":[1]}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":1,"weight":true}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":1,"weight":1e999999999}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":1,"weight":` + long + `}`), embed.ErrCell, "cells[1].weight"},
		{one(`{"n":1,"t":` + long + `,"weight":1}`), embed.ErrSyntax, "t"},
		{one(`{"n":1,"t":1,"weight":"` + long + `"}`), embed.ErrCell, "cells[1].weight"},
		{`{"N":1,"T":1,"cells":[` + strings.Repeat(`{},`, embed.MaxCells) + `{}]}`, embed.ErrTooLarge, "4194305 cells"},
	} {
		if testing.Short() && len(test.text) > 4*embed.MaxCells {
			continue
		}
		g := must(embed.OneEpoch(2))
		err := json.Unmarshal([]byte(test.text), &g)
		if !errors.Is(err, test.cause) || !strings.Contains(err.Error(), test.names) {
			t.Errorf("%.200s: got error %.300v, which does not wrap %v or name %s", test.text, err, test.cause, test.names)
		}
		if err != nil && len(err.Error()) > 600 {
			t.Errorf("%.200s: the message has %d bytes", test.text, len(err.Error()))
		}
		if !sameGrid(g, must(embed.OneEpoch(2))) {
			t.Errorf("%.200s: changed the grid to %v", test.text, g)
		}
	}
	for _, text := range []string{``, `{`, `{"N":1,"T":1,"cells":[`, `{"N":1,"T":1,"cells":[{"n":0`, `{"N":NaN}`, `{"N":1}{}`} {
		var g embed.Grid
		if err := g.UnmarshalJSON([]byte(text)); !errors.Is(err, embed.ErrSyntax) {
			t.Errorf("%q: got error %v", text, err)
		}
	}
	if _, err := json.Marshal(must(embed.OneEpoch(embed.MaxSize))); !errors.Is(err, embed.ErrTooLarge) {
		t.Errorf("a huge grid: got error %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "sgd N=10 E=2 B=5", "gd N=10 T=20 rate=-1/3", "sgd N=3 N=3", "gd N=1 T=1 rate=1e400", "sgd N=99999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := embed.Parse(text)
		if err != nil {
			if !errors.Is(err, embed.ErrSyntax) && !errors.Is(err, embed.ErrSize) {
				t.Errorf("%q: error %v has no cause", text, err)
			}
			return
		}
		if g.Rows() < 1 || g.Columns() < 0 {
			t.Errorf("%q: N=%d T=%d", text, g.Rows(), g.Columns())
		}
		cells := new(big.Rat).SetInt(g.CellCount())
		weight := new(big.Rat) // of the first cell
		for c := range g.Cells() {
			weight = c.Weight
			break
		}
		// All weights are the same, so W of one edge is the number of cells times one.
		if got := count(t, embed.NewCounter(g), chain(1), embed.Cumulant).Weight; got.Cmp(cells.Mul(cells, weight)) != 0 {
			t.Errorf("%q: cells weigh %v, want %v", text, got, cells)
		}
	})
}

func FuzzUnmarshalJSON(f *testing.F) {
	for _, s := range smallSpaces() {
		f.Add(must(json.Marshal(s.grid)))
	}
	f.Add([]byte(`{"N":1,"T":1,"cells":[{"n":0,"t":0,"weight":0.1}]}`))
	f.Add([]byte(`{"N":1,"T":1,"cells":[{"n":0,"t":0,"weight":"1/0"}]}`))
	f.Add([]byte(`{"N":1e9,"T":null,"cells":[null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var g, again embed.Grid
		err := g.UnmarshalJSON(text)
		if err != nil {
			if !slices.ContainsFunc([]error{embed.ErrSyntax, embed.ErrSize, embed.ErrCell, embed.ErrTooLarge}, func(cause error) bool { return errors.Is(err, cause) }) {
				t.Errorf("%q: error %v has no cause", text, err)
			}
			return
		}
		written := must(json.Marshal(g))
		if err := again.UnmarshalJSON(written); err != nil || !sameGrid(g, again) {
			t.Errorf("%q is written as %s and read as %v, %v", text, written, again, err)
		}
		if twice := string(must(json.Marshal(again))); twice != string(written) {
			t.Errorf("%q is written as %s, then as %s", text, written, twice)
		}
	})
}
