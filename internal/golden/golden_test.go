package golden

import (
	"math/big"
	"testing"
)

func TestSeriesShapes(t *testing.T) {
	cases := Series()
	if len(cases) != 10 {
		t.Fatalf("%d cases, want 10", len(cases))
	}
	for _, c := range cases {
		checkGrid(t, c.Name, c.Grid)
		checkLandscape(t, c.Name, c.Landscape)
		series := [][]*big.Rat{c.Series.Test, c.Series.Train, c.Series.Gap, c.Series.TestLossVariance}
		series = append(series, c.Series.Displacement...)
		for _, row := range c.Series.Covariance {
			series = append(series, row...)
		}
		if p := c.Landscape.Dim; len(series) != 4+p+p*p {
			t.Errorf("%s: %d series, want %d", c.Name, len(series), 4+p+p*p)
		}
		for i, s := range series {
			if len(s) != c.Order+1 {
				t.Errorf("%s: series %d has %d coefficients, want %d", c.Name, i, len(s), c.Order+1)
			}
		}
	}
}

// The train loss, the test loss and the gap were recorded separately.
func TestSeriesGap(t *testing.T) {
	for _, c := range Series() {
		for k := range c.Series.Gap {
			diff := new(big.Rat).Sub(c.Series.Test[k], c.Series.Train[k])
			if diff.Cmp(c.Series.Gap[k]) != 0 {
				t.Errorf("%s: test − train at η^%d is %v, gap %v", c.Name, k, diff, c.Series.Gap[k])
			}
		}
	}
}

func TestDiagramsAgreeWithCounts(t *testing.T) {
	d := Diagrams()
	for _, list := range []struct {
		name     string
		diagrams []Diagram
		count    []int
		edges    int
	}{
		{"root alone", d.Diagrams, d.Count, 4},
		{"tied", d.Tied, d.TiedCount, 3},
		{"bridged", d.Bridged, d.BridgedCount, 3},
	} {
		got := make([]int, list.edges+1)
		for _, g := range list.diagrams {
			got[g.Edges]++
		}
		for edges, n := range got {
			if n != list.count[edges] {
				t.Errorf("%s: %d diagrams of %d edges, counted %d", list.name, n, edges, list.count[edges])
			}
		}
	}
	// OEIS A000081, rooted trees with d+1 nodes.
	if d.RootedTrees[10] != 1842 {
		t.Errorf("rooted trees with 10 edges: %d, want 1842", d.RootedTrees[10])
	}
}

func TestEmbeddingsCoverDiagrams(t *testing.T) {
	for _, c := range Embeddings() {
		checkGrid(t, c.Name, c.Grid)
		for _, g := range Diagrams().Diagrams {
			if w := c.Weighted[g.Text]; g.Edges <= 3 && w == nil {
				t.Errorf("%s: nothing for %s", c.Name, g.Text)
			}
		}
	}
}

func checkGrid(t *testing.T, name string, g Grid) {
	t.Helper()
	for _, c := range g.Cells {
		if c.N < 0 || c.N >= g.N || c.T < 0 || c.T >= g.T || c.Weight == nil {
			t.Errorf("%s: cell %+v outside the %d×%d grid, or without weight", name, c, g.N, g.T)
		}
	}
}

func checkLandscape(t *testing.T, name string, l Landscape) {
	t.Helper()
	total := new(big.Rat)
	for _, datum := range l.Data {
		total.Add(total, datum.Prob)
		for _, term := range datum.Loss {
			if len(term.Exp) != l.Dim || term.Coef == nil {
				t.Errorf("%s: term %+v in dimension %d", name, term, l.Dim)
			}
		}
	}
	if total.Cmp(big.NewRat(1, 1)) != 0 || len(l.Theta) != l.Dim {
		t.Errorf("%s: probabilities sum to %v, %d coordinates in dimension %d", name, total, len(l.Theta), l.Dim)
	}
}
