package embed_test

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"pgregory.net/rapid"
)

// must unwraps a result that cannot fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// forms lists both.
var forms = []embed.Form{embed.Cumulant, embed.Moment}

// enumerate lists the diagrams with the given number of edges.
func enumerate(edges int, roots diagram.Roots) []diagram.Diagram {
	return slices.Collect(must(diagram.Enumerate(edges, diagram.Options{Roots: roots})))
}

// upTo lists the diagrams with one untied root and at most so many edges.
func upTo(edges int) []diagram.Diagram {
	var list []diagram.Diagram
	for d := range edges + 1 {
		list = append(list, enumerate(d, diagram.Single)...)
	}
	return list
}

// ofAllKinds lists the diagrams with at most singles edges, and those with a tied root
// or two roots with at most others edges.
func ofAllKinds(singles, others int) []diagram.Diagram {
	list := upTo(singles)
	for d := range others + 1 {
		list = append(list, enumerate(d, diagram.Tied)...)
		list = append(list, enumerate(d, diagram.Two)...)
	}
	return list
}

// count counts, or fails the test.
func count(t testing.TB, c *embed.Counter, d diagram.Diagram, form embed.Form) embed.Count {
	t.Helper()
	got, err := c.Count(context.Background(), d, form)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A space is a grid together with its cells, written down by other means.
type space struct {
	name  string
	grid  embed.Grid
	rows  int64
	cells []embed.Cell
}

func (s space) String() string { return s.name }

// listed is the space of the given cells.
func listed(name string, rows, columns int64, cells ...embed.Cell) space {
	return space{name, must(embed.New(rows, columns, cells)), rows, cells}
}

func cell(n, t, num, denom int64) embed.Cell {
	return embed.Cell{N: n, T: t, Weight: big.NewRat(num, denom)}
}

// sgd is the space of SGD: in epoch e, the point n is used at step eN/B + ⌊n/B⌋.
func sgd(n, epochs, batch int64) space {
	s := space{fmt.Sprintf("sgd N=%d E=%d B=%d", n, epochs, batch), must(embed.SGD(n, epochs, batch)), n, nil}
	for e := range epochs {
		for row := range n {
			s.cells = append(s.cells, cell(row, e*(n/batch)+row/batch, 1, batch))
		}
	}
	return s
}

// gd is the space of GD: every cell.
func gd(n, steps int64) space {
	s := space{fmt.Sprintf("gd N=%d T=%d", n, steps), must(embed.GD(n, steps)), n, nil}
	for t := range steps {
		for row := range n {
			s.cells = append(s.cells, cell(row, t, 1, n))
		}
	}
	return s
}

// smallSpaces are spaces on which every map can be tried.
func smallSpaces() []space {
	return []space{
		sgd(4, 1, 1), sgd(2, 3, 1), sgd(4, 1, 2), sgd(4, 2, 2), sgd(3, 2, 3), sgd(1, 5, 1), sgd(6, 1, 3),
		gd(3, 3), gd(2, 4), gd(1, 1), gd(5, 0), gd(1, 6),
		{
			"reshuffled", must(embed.Reshuffled(4, 2, [][]int64{{2, 0, 1, 3}, {3, 2, 1, 0}})), 4,
			[]embed.Cell{
				cell(2, 0, 1, 2), cell(0, 0, 1, 2), cell(1, 1, 1, 2), cell(3, 1, 1, 2),
				cell(3, 2, 1, 2), cell(2, 2, 1, 2), cell(1, 3, 1, 2), cell(0, 3, 1, 2),
			},
		},
		listed("the zero grid", 1, 0),
		listed("no cells", 3, 3),
		listed("ragged", 4, 6, // row 3 idle, column 2 empty
			cell(0, 0, 1, 2), cell(1, 0, -2, 3), cell(0, 1, 0, 1), cell(2, 1, 5, 1),
			cell(1, 3, 3, 4), cell(0, 4, -1, 1), cell(2, 4, 1, 7), cell(0, 5, 2, 1)),
		listed("gaps first and last", 3, 9, cell(2, 3, 1, 1), cell(0, 4, 3, 1), cell(2, 5, 1, 3), cell(2, 7, -1, 2)),
		listed("one cell", 7, 5, cell(3, 2, -3, 2)),
		listed("weights of sum zero", 2, 3, cell(0, 0, 1, 1), cell(1, 0, -1, 1), cell(0, 1, 1, 1), cell(1, 1, -1, 1), cell(1, 2, 1, 1)),
		scheduled(),
	}
}

// scheduled is GD whose learning rate changes, twice over.
func scheduled() space {
	s := gd(2, 3)
	s.name = "gd scheduled"
	rates := []*big.Rat{big.NewRat(1, 1), big.NewRat(0, 1), big.NewRat(-5, 3)}
	s.grid = must(s.grid.Scale(big.NewRat(7, 2)).Schedule(rates))
	for i, c := range s.cells {
		w := new(big.Rat).Mul(c.Weight, big.NewRat(7, 2))
		s.cells[i].Weight = w.Mul(w, rates[c.T])
	}
	return s
}

// anySpace generates spaces of few cells with weights of all signs.
func anySpace(maxCells int) *rapid.Generator[space] {
	return rapid.Custom(func(t *rapid.T) space {
		rows, columns := rapid.Int64Range(1, 4).Draw(t, "rows"), rapid.Int64Range(0, 6).Draw(t, "columns")
		var cells []embed.Cell
		for at := range rows * columns {
			if len(cells) < maxCells && rapid.Bool().Draw(t, "cell") {
				cells = append(cells, cell(at%rows, at/rows, rapid.Int64Range(-3, 3).Draw(t, "num"), rapid.Int64Range(1, 3).Draw(t, "denom")))
			}
		}
		order := rapid.Permutation(cells).Draw(t, "order")
		return listed(fmt.Sprint(rows, columns, cells), rows, columns, order...)
	})
}

// anyDiagram generates diagrams with at most so many edges, from chains to corollas,
// from untied to tied in one part; with one root, tied or not, or with two.
func anyDiagram(maxEdges int) *rapid.Generator[diagram.Diagram] {
	return rapid.Custom(func(t *rapid.T) diagram.Diagram {
		edges := rapid.IntRange(0, maxEdges).Draw(t, "edges")
		parts := rapid.IntRange(1, max(1, edges)).Draw(t, "parts")
		roots := rapid.SampledFrom([]diagram.Roots{diagram.Single, diagram.Tied, diagram.Two}).Draw(t, "roots")
		parent, part := []int{-1}, []int{-1}
		if roots == diagram.Two {
			parent, part = append(parent, -1), append(part, -2)
		}
		for range edges {
			parent = append(parent, rapid.IntRange(0, len(parent)-1).Draw(t, "parent"))
			part = append(part, rapid.IntRange(0, parts-1).Draw(t, "part"))
		}
		if roots == diagram.Tied {
			part[0] = 0
		}
		return must(diagram.New(parent, part))
	})
}
