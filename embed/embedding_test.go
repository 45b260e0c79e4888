package embed_test

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"pgregory.net/rapid"
)

// An orbit is a class of maps up to automorphism: its first member, as indices of cells
// by node label, and the number of automorphisms that keep it.
type orbit struct {
	first []int
	aut   int64
}

// bruteOrbits lists the classes of maps, the cells being sorted, in the order of their
// first members.
func bruteOrbits(d diagram.Diagram, cells []embed.Cell, form embed.Form) []orbit {
	var list []orbit
	everyMap(d, cells, form, func(at []int) {
		first, aut := true, int64(0)
		everyAutomorphism(d, func(image []int) {
			moved := make([]int, len(at))
			for v := range at {
				moved[v] = at[image[v]]
			}
			switch c := slices.Compare(moved, at); {
			case c < 0:
				first = false
			case c == 0:
				aut++
			}
		})
		if first {
			list = append(list, orbit{slices.Clone(at), aut})
		}
	})
	return list
}

func checkEmbeddings(t failer, d diagram.Diagram, s space, form embed.Form) {
	t.Helper()
	cells := byColumn(s.cells)
	want := bruteOrbits(d, cells, form)
	i := 0
	for e := range must(embed.Embeddings(d, s.grid, form)) {
		if i == len(want) {
			t.Errorf("%v, %v, %v form: more than %d embeddings", s, d, form, len(want))
			return
		}
		var places []embed.Cell
		for _, at := range want[i].first {
			places = append(places, cells[at])
		}
		weight := weightOf(d, space{rows: s.rows, cells: cells}, want[i].first)
		if !sameCells(e.Cells, places) || e.Weight.Cmp(weight) != 0 || e.Aut.Cmp(big.NewInt(want[i].aut)) != 0 {
			t.Errorf("%v, %v, %v form, embedding %d: got %v; want %v with weight %v and %d automorphisms", s, d, form, i, e, places, weight, want[i].aut)
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%v, %v, %v form: got %d embeddings, want %d", s, d, form, i, len(want))
	}
}

// One embedding of each class, the first, in the order of the cells.
func TestEmbeddingsAreOrbits(t *testing.T) {
	diagrams := ofAllKinds(3, 2)
	for _, s := range []space{sgd(3, 1, 1), sgd(2, 2, 1), sgd(4, 1, 2), gd(2, 2), gd(3, 2), gd(1, 4), smallSpaces()[15], smallSpaces()[11]} {
		for _, d := range diagrams {
			for _, form := range forms {
				checkEmbeddings(t, d, s, form)
			}
		}
	}
	for _, text := range []string{
		"(0-1-2-3-4)(04-14-24-34)", "(01-23-4)(04-14-24-34)", "(02-13-4)(01-14-23-34)", "(0-1-2-3-4)(01-14-23-34)",
		"(01-2-3-4)(02-12-24-34)", "(0123)(03-13-23)",
	} {
		checkEmbeddings(t, diagram.MustParse(text), gd(2, 3), embed.Cumulant)
		checkEmbeddings(t, diagram.MustParse(text), sgd(3, 2, 1), embed.Moment)
	}
	rapid.Check(t, func(t *rapid.T) {
		d := anyDiagram(4).Draw(t, "d")
		s := anySpace(7).Draw(t, "space")
		checkEmbeddings(t, d, s, rapid.SampledFrom(forms).Draw(t, "form"))
	})
}

// Σ_f w/|Aut_f| = W/|Aut| (P §B.3).
func TestEmbeddingsAddUp(t *testing.T) {
	diagrams := ofAllKinds(4, 3)
	if testing.Short() {
		diagrams = ofAllKinds(3, 2)
	}
	for _, s := range smallSpaces() {
		c := embed.NewCounter(s.grid)
		for _, d := range diagrams {
			for _, form := range forms {
				total := new(big.Rat)
				for e := range must(embed.Embeddings(d, s.grid, form)) {
					total.Add(total, e.Weight.Quo(e.Weight, new(big.Rat).SetInt(e.Aut)))
				}
				want := count(t, c, d, form).Weight
				if want.Quo(want, new(big.Rat).SetInt(d.Aut())); total.Cmp(want) != 0 {
					t.Errorf("%v, %v, %v form: embeddings add up to %v, want %v", s, d, form, total, want)
				}
			}
		}
	}
}

// The table of P §B.7: how many embeddings of the diagrams of two edges have one and how
// many two automorphisms. Two rows are corrected: the untied chain has B² C(MN, 2) and
// none, and the untied corolla has MNB with two.
func TestEmbeddingsOfTwoEdges(t *testing.T) {
	for batch := int64(1); batch <= 3; batch++ {
		for slots := int64(1); slots <= 4; slots++ {
			for epochs := int64(1); epochs <= 3; epochs++ {
				n, steps, uses := slots*batch, slots*epochs, slots*epochs*batch // T = MN, and NE = MNB
				pairs := func(k int64) int64 { return k * (k - 1) / 2 }
				for text, want := range map[string][3]int64{
					"(0-1-2)(01-12)": {0, batch * batch * pairs(steps), 0},
					"(0-1-2)(02-12)": {0, pairs(uses), uses},
					"(01-2)(01-12)":  {0, n * pairs(epochs), 0},
					"(01-2)(02-12)":  {0, n * pairs(epochs), uses},
				} {
					var got [3]int64
					for e := range must(embed.Embeddings(diagram.MustParse(text), must(embed.SGD(n, epochs, batch)), embed.Cumulant)) {
						got[e.Aut.Int64()]++
					}
					if got != want {
						t.Errorf("N=%d E=%d B=%d, %s: by |Aut_f|, got %v embeddings, want %v", n, epochs, batch, text, got, want)
					}
				}
			}
		}
	}
}

func TestEmbeddingsStop(t *testing.T) {
	d, grid := corolla(3), must(embed.OneEpoch(4))
	all := must(embed.Embeddings(d, grid, embed.Cumulant))
	for range 2 { // from the beginning each time
		seen := 0
		for e := range all {
			if seen++; e.Cells[0].N != 0 {
				t.Errorf("embedding %d starts in row %d", seen, e.Cells[0].N)
			}
			if seen == 5 {
				break
			}
		}
		if seen != 5 {
			t.Errorf("got %d embeddings", seen)
		}
	}
	var kept []embed.Embedding
	for e := range all {
		kept = append(kept, e)
		e.Cells[0].Weight.SetInt64(9)
	}
	if len(kept) != 20 || kept[0].Cells[1].Weight.Cmp(big.NewRat(1, 1)) != 0 { // C(4+2, 3)
		t.Errorf("got %d embeddings, the first %v", len(kept), kept[0])
	}
}

// Symmetry does not multiply the work: of 12^12 maps of a corolla into twelve cells,
// only C(23, 12) or, with few columns, far fewer are followed.
func TestEmbeddingsOfSymmetricDiagrams(t *testing.T) {
	start := time.Now()
	for _, test := range []struct {
		d    diagram.Diagram
		grid embed.Grid
		want int
	}{
		{corolla(12), must(embed.GD(2, 2)), 455}, // multisets of 12 of 4 cells: C(15, 3)
		{diagram.MustParse("(0-1-2-3-4-5-6-7-8)(02-12-28-35-45-58-67-78)"), must(embed.OneEpoch(3)), 0},
		{diagram.MustParse("(01-23-45-67-89-a)(0a-1a-2a-3a-4a-5a-6a-7a-8a-9a)"), must(embed.SGD(2, 2, 1)), 252},
	} {
		got := 0
		for range must(embed.Embeddings(test.d, test.grid, embed.Cumulant)) {
			got++
		}
		if test.want > 0 && got != test.want {
			t.Errorf("%v: got %d embeddings, want %d", test.d, got, test.want)
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestEmbeddingsOfHugeGrid(t *testing.T) {
	_, err := embed.Embeddings(chain(2), must(embed.OneEpoch(embed.MaxSize)), embed.Cumulant)
	if !errors.Is(err, embed.ErrTooLarge) || !strings.Contains(err.Error(), "2147483647 cells") || !strings.Contains(err.Error(), chain(2).String()) {
		t.Errorf("got error %v", err)
	}
}

// A search stops with its context: with the error last, and at once even where it finds
// nothing.
func TestEmbeddingsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	all, err := embed.EmbeddingsContext(ctx, corolla(4), must(embed.OneEpoch(1000)), embed.Cumulant)
	if err != nil {
		t.Fatal(err)
	}
	found, failed := 0, 0
	for e, err := range all {
		switch {
		case err == nil && failed == 0 && e.Aut != nil:
			if found++; found == 5000 {
				cancel()
			}
		case errors.Is(err, context.Canceled) && e.Cells == nil:
			failed++
		default:
			t.Fatalf("after %d embeddings: %v, %v", found, e, err)
		}
	}
	if failed != 1 || found > 10000 {
		t.Errorf("%d embeddings and %d errors", found, failed)
	}

	// In one epoch no row has two cells, so this has no embedding, which takes long to find.
	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	none, err := embed.EmbeddingsContext(ctx, diagram.MustParse("(03-1-2-4)(01-12-23-34)"), must(embed.OneEpoch(3000)), embed.Cumulant)
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range none {
		if failed++; !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("found %v, %v", e, err)
		}
	}
	if failed != 2 {
		t.Error("a search that was stopped has no error")
	}
}
