package draw_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/embed/draw"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// must unwraps a result that cannot fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func cell(n, t, num, denom int64) embed.Cell {
	return embed.Cell{N: n, T: t, Weight: big.NewRat(num, denom)}
}

// grids are drawn into golden files of these names.
func grids() map[string]embed.Grid {
	return map[string]embed.Grid{
		"sgd":     must(embed.SGD(4, 2, 2)),
		"gd":      must(embed.GD(3, 8)),
		"epoch":   must(embed.OneEpoch(12)),
		"nothing": {},
		"idle":    must(embed.New(3, 2, nil)),
		"ragged": must(embed.New(4, 6, []embed.Cell{
			cell(0, 0, 1, 2), cell(1, 0, -2, 3), cell(0, 1, 0, 1), cell(2, 1, 5, 1),
			cell(1, 3, 3, 4), cell(0, 4, -1234567, 1), cell(2, 4, 1, 7), cell(0, 5, 2, 1),
		})),
	}
}

// A placement is an embedding of a diagram into a grid.
type placement struct {
	d diagram.Diagram
	e embed.Embedding
	g embed.Grid
}

// place is the embedding that puts the nodes at rows n and columns t.
func place(text string, g embed.Grid, at ...[2]int64) placement {
	var e embed.Embedding
	for _, c := range at {
		e.Cells = append(e.Cells, embed.Cell{N: c[0], T: c[1]})
	}
	return placement{diagram.MustParse(text), e, g}
}

// placements are drawn into golden files of these names.
func placements() map[string]placement {
	return map[string]placement{
		"untied":    place("(0-1-2)(01-12)", must(embed.OneEpoch(4)), [2]int64{1, 1}, [2]int64{3, 3}),
		"pair":      place("(01-2-3)(02-12-23)", must(embed.SGD(4, 2, 2)), [2]int64{0, 0}, [2]int64{0, 0}, [2]int64{3, 1}),
		"tied":      place("(013-2)(03-13-23)", must(embed.SGD(3, 2, 1)), [2]int64{0, 0}, [2]int64{0, 3}, [2]int64{1, 1}),
		"two-roots": place("(02-13-4-5)(01-14-23-35)", must(embed.SGD(4, 3, 2)), [2]int64{0, 0}, [2]int64{2, 5}, [2]int64{0, 2}, [2]int64{2, 5}),
		"one-row":   place("(01-23-4)(01-12-23-34)", must(embed.GD(1, 6)), [2]int64{0, 0}, [2]int64{0, 2}, [2]int64{0, 3}, [2]int64{0, 5}),
		"crowded":   place("(0-1-2-3-4-5)(05-15-25-35-45)", must(embed.OneEpoch(2)), [2]int64{0, 0}, [2]int64{0, 0}, [2]int64{0, 0}, [2]int64{0, 0}, [2]int64{0, 0}),
		"bare-root": place("(0)()", embed.Grid{}),
	}
}

// golden compares with the file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o777), os.WriteFile(path, []byte(got), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func TestGolden(t *testing.T) {
	for name, g := range grids() {
		golden(t, name+".txt", must(draw.Text(g)))
		golden(t, name+".svg", must(draw.SVG(g)))
	}
	for name, p := range placements() {
		golden(t, "embedding-"+name+".txt", must(draw.TextEmbedding(p.d, p.e, p.g)))
		golden(t, "embedding-"+name+".svg", must(draw.SVGEmbedding(p.d, p.e, p.g)))
	}
}

// elements counts the elements of well-formed XML by name.
func elements(text string) (map[string]int, error) {
	count := map[string]int{}
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return count, nil
		}
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok {
			count[start.Name.Local]++
		}
	}
}

// anyGrid generates small grids, of equal weights or different ones.
func anyGrid() *rapid.Generator[embed.Grid] {
	return rapid.Custom(func(t *rapid.T) embed.Grid {
		rows, columns := rapid.Int64Range(1, 12).Draw(t, "rows"), rapid.Int64Range(0, 14).Draw(t, "columns")
		weight := rapid.Int64Range(-9, 9)
		if rapid.Bool().Draw(t, "equal") {
			weight = rapid.Just(int64(1))
		}
		var cells []embed.Cell
		for at := range rows * columns {
			if rapid.Bool().Draw(t, "cell") {
				cells = append(cells, cell(at%rows, at/rows, weight.Draw(t, "weight"), 1234567))
			}
		}
		return must(embed.New(rows, columns, cells))
	})
}

// A drawing has one square for each place and a line of text for each row.
func TestGridHasItsPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGrid().Draw(t, "g")
		svg, err := elements(must(draw.SVG(g)))
		if err != nil {
			t.Fatal(err)
		}
		if want := int(g.Rows()*g.Columns()) + 1; svg["rect"] != want { // and the background
			t.Errorf("got %d squares, want %d", svg["rect"], want)
		}
		cells := int(g.CellCount().Int64())
		if svg["title"] != cells {
			t.Errorf("got %d titles for %d cells", svg["title"], cells)
		}
		text := must(draw.Text(g))
		if blanks := strings.Count(text, "·"); blanks != int(g.Rows()*g.Columns())-cells {
			t.Errorf("got %d blank places and %d cells in\n%s", blanks, cells, text)
		}
	})
}

// Every embedding is drawn with a circle for each node, a curve for each edge and a band
// for each part of several nodes.
func TestEmbeddingHasItsNodes(t *testing.T) {
	g := must(embed.SGD(3, 2, 1))
	for edges := range 4 {
		for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied, diagram.Two} {
			for d := range must(diagram.Enumerate(edges, diagram.Options{Roots: roots})) {
				bands := 0
				for _, part := range d.Parts() {
					if len(part) > 1 {
						bands++
					}
				}
				for e := range must(embed.Embeddings(d, g, embed.Cumulant)) {
					svg, err := elements(must(draw.SVGEmbedding(d, e, g)))
					if err != nil {
						t.Fatal(err)
					}
					if svg["circle"] != d.Nodes() || svg["path"] != d.Edges() || svg["polyline"] != bands {
						t.Errorf("%v at %v: got %v", d, e.Cells, svg)
					}
					text := must(draw.TextEmbedding(d, e, g))
					lines := strings.Split(text, "\n")
					for v, c := range e.Cells {
						if row := lines[2+c.N][3:]; !strings.Contains(row, fmt.Sprint(v)) {
							t.Errorf("%v at %v: node %d is not in its row:\n%s", d, e.Cells, v, text)
						}
					}
				}
			}
		}
	}
}

func TestLimits(t *testing.T) {
	for _, test := range []struct {
		n, t int64
		fits bool
	}{
		{draw.MaxRows, draw.MaxColumns, true},
		{draw.MaxRows + 1, 1, false},
		{1, draw.MaxColumns + 1, false},
		{embed.MaxSize, embed.MaxSize, false},
	} {
		g := must(embed.GD(test.n, test.t))
		bare := diagram.Diagram{}
		for name, err := range map[string]error{
			"Text":          second(draw.Text(g)),
			"SVG":           second(draw.SVG(g)),
			"TextEmbedding": second(draw.TextEmbedding(bare, embed.Embedding{}, g)),
			"SVGEmbedding":  second(draw.SVGEmbedding(bare, embed.Embedding{}, g)),
		} {
			if test.fits && err != nil {
				t.Errorf("%s, N=%d T=%d: %v", name, test.n, test.t, err)
			}
			if !test.fits && (!errors.Is(err, draw.ErrTooLarge) || !strings.Contains(err.Error(), fmt.Sprintf("N=%d rows and T=%d columns", test.n, test.t))) {
				t.Errorf("%s, N=%d T=%d: got error %v", name, test.n, test.t, err)
			}
		}
	}
}

func second(_ string, err error) error { return err }

func TestNotAnEmbedding(t *testing.T) {
	g := must(embed.SGD(3, 2, 1)) // row n is used at t = n and n+3
	for _, test := range []struct {
		p     placement
		names string
	}{
		{place("(0-1-2)(01-12)", g, [2]int64{0, 0}), "1 cells for 2 nodes"},
		{place("(0-1-2)(01-12)", g, [2]int64{0, 0}, [2]int64{1, 1}, [2]int64{2, 2}), "3 cells for 2 nodes"},
		{place("(0-1-2)(01-12)", g, [2]int64{0, 0}, [2]int64{1, 2}), "node 1 is at (n=1, t=2), which is no cell"},
		{place("(0-1-2)(01-12)", g, [2]int64{0, -3}, [2]int64{1, 1}), "(n=0, t=-3)"},
		{place("(0-1-2)(01-12)", g, [2]int64{0, 0}, [2]int64{1, 1 << 40}), "(n=1, t=1099511627776)"},
		{place("(0-1-2)(01-12)", g, [2]int64{1, 1}, [2]int64{0, 0}), "node 0 is not before its parent 1"},
		{place("(0-1-2)(01-12)", g, [2]int64{1, 1}, [2]int64{1, 1}), "node 0 is not before its parent 1"},
		{place("(01-2)(02-12)", g, [2]int64{1, 1}, [2]int64{0, 0}), "nodes 0 and 1 of one part are in different rows"},
	} {
		_, errText := draw.TextEmbedding(test.p.d, test.p.e, test.p.g)
		_, errSVG := draw.SVGEmbedding(test.p.d, test.p.e, test.p.g)
		for _, err := range []error{errText, errSVG} {
			if !errors.Is(err, draw.ErrEmbedding) || !strings.Contains(err.Error(), test.names) || !strings.Contains(err.Error(), test.p.d.String()) {
				t.Errorf("%v at %v: got error %v", test.p.d, test.p.e.Cells, err)
			}
		}
	}
}

// The largest diagrams fit, with their letters, and weights of any size.
func TestExtremes(t *testing.T) {
	parent, part := []int{-1}, []int{0}
	var cells []embed.Cell
	for v := range diagram.MaxEdges {
		parent, part = append(parent, 0), append(part, v+1)
		cells = append(cells, cell(0, 0, 1, 1))
	}
	huge := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(-1), 5000))
	g := must(embed.New(1, 2, []embed.Cell{cell(0, 0, 1, 1), {N: 0, T: 1, Weight: huge}}))
	p := placement{must(diagram.New(parent, part)), embed.Embedding{Cells: cells}, g}
	if text := must(draw.TextEmbedding(p.d, p.e, p.g)); !strings.Contains(text, "0123456789abcdefghijklmnopqrstuvwxy ") {
		t.Errorf("got\n%s", text)
	}
	for _, svg := range []string{must(draw.SVGEmbedding(p.d, p.e, p.g)), must(draw.SVG(g))} {
		if _, err := elements(svg); err != nil || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%v in\n%s", err, svg)
		}
	}
	if text := must(draw.Text(g)); !strings.Contains(text, "≈-1.41e+1505") { // 2^5000
		t.Errorf("got\n%s", text)
	}
}
