package embed

import (
	"context"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"pgregory.net/rapid"
)

// unsplit counts a diagram as one that is too large to be split.
func unsplit(t failing, c *Counter, d diagram.Diagram, form Form) Count {
	var count Count
	var err error
	if form == Moment {
		count = Count{new(big.Int), new(big.Rat)}
		err = eachMerger(d, func(merged diagram.Diagram, mu *big.Int) error {
			n := unsplit(t, c, merged, Cumulant)
			count.Maps.Add(count.Maps, n.Maps.Mul(n.Maps, mu))
			count.Weight.Add(count.Weight, n.Weight.Mul(n.Weight, new(big.Rat).SetInt(mu)))
			return nil
		})
	} else {
		count, err = c.tally.tally(context.Background(), d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return count
}

type failing interface{ Fatal(args ...any) }

// anyUntied generates untied diagrams with the given numbers of edges.
func anyUntied(least, most int) *rapid.Generator[diagram.Diagram] {
	return rapid.Custom(func(t *rapid.T) diagram.Diagram {
		edges := rapid.IntRange(least, most).Draw(t, "edges")
		parts := rapid.IntRange(1, max(1, edges)).Draw(t, "parts")
		parent, part := []int{-1}, []int{-1}
		for v := range edges {
			parent = append(parent, rapid.IntRange(max(0, v-3), v).Draw(t, "parent"))
			part = append(part, rapid.IntRange(0, parts-1).Draw(t, "part"))
		}
		d, err := diagram.New(parent, part)
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

// Splitting and extrapolating from small grids are two ways to one count, on all diagrams of
// up to four edges, some of five, and random ones of six; in moment form, of five.
func TestSplitIsExtrapolation(t *testing.T) {
	sizes := [][3]int64{{7, 1, 1}, {12, 3, 2}, {30, 100, 30}, {1e9, 1e6, 1e3}}
	check := func(t failing, size [3]int64, d diagram.Diagram, form Form) {
		c := NewCounter(Must(SGD(size[0], size[1], size[2])))
		got, err := c.Count(context.Background(), d, form)
		want := unsplit(t, c, d, form)
		if err != nil || got.Maps.Cmp(want.Maps) != 0 || got.Weight.Cmp(want.Weight) != 0 {
			t.Fatal(size, d, form, got, err, want)
		}
	}
	for edges := range 6 {
		i := 0
		for d := range diagram.All(edges) {
			if i++; edges < 5 || i%3 == 0 {
				check(t, sizes[i%4], d, Cumulant)
			}
			if edges < 4 || i%5 == 0 {
				check(t, sizes[i%4], d, Moment)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.SampledFrom(sizes).Draw(t, "size"), anyUntied(6, 6).Draw(t, "d"), Cumulant)
		check(t, rapid.SampledFrom(sizes).Draw(t, "size"), anyUntied(5, 5).Draw(t, "d"), Moment)
	})
}

// The polynomial of a split diagram is the one that small grids give.
func TestSplitPolynomialIsExtrapolation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyUntied(0, 6).Draw(t, "d")
		form := rapid.SampledFrom([]Form{Cumulant, Moment}).Draw(t, "form")
		got, err := polynomialOf(context.Background(), d, form)
		if err != nil {
			t.Fatal(err)
		}
		p := polynomials{ctx: context.Background(), grids: newSmallGrids(), done: map[diagram.Diagram]Polynomial{}}
		want, err := p.count(d, form)
		if err != nil || !got.Equal(want) {
			t.Fatalf("%v, %v form: got %v, want %v, %v", d, form, got, want, err)
		}
	})
}

// The largest diagrams that are split have closed forms: a chain C(T,10) maps over epochs and
// batches, a corolla T^10; and the bound on their numbers holds where they are largest.
func TestSplitLargest(t *testing.T) {
	ctx := context.Background()
	chain, corolla, one := []int{-1}, []int{-1}, []int{0}
	for v := range maxSplit {
		chain, corolla, one = append(chain, v), append(corolla, 0), append(one, v+1)
	}
	const epochs, slots, batch = 1e6, 1e6, 3
	c := NewCounter(Must(SGD(slots*batch, epochs, batch)))
	steps := new(big.Int).SetInt64(epochs * slots)
	choose := new(big.Int).MulRange(epochs*slots-maxSplit+1, epochs*slots)
	choose.Quo(choose, new(big.Int).MulRange(1, maxSplit))
	for _, test := range []struct {
		parent []int
		want   *big.Int
	}{{chain, choose}, {corolla, new(big.Int).Exp(steps, big.NewInt(maxSplit), nil)}} {
		d, err := diagram.New(test.parent, one)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Count(ctx, d, Cumulant)
		if err != nil || got.Weight.Cmp(new(big.Rat).SetInt(test.want)) != 0 {
			t.Errorf("%v: got %v, %v; want %v", d, got.Weight, err, test.want)
		}
		for _, form := range []Form{Cumulant, Moment} {
			s, err := newSplitter().count(ctx, d, form)
			if err != nil {
				t.Fatal(err)
			}
			total := new(big.Int)
			s.each(func(_, _, _, _ int, c int64) { total.Add(total, new(big.Int).Abs(big.NewInt(c))) })
			if total.Cmp(big.NewInt(2e17)) > 0 {
				t.Errorf("%v, %v form: Σ|c| = %v", d, form, total)
			}
		}
	}
}
