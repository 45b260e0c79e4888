package embed_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"pgregory.net/rapid"
)

// bruteGDC is W of GDC by its definition: the sum over all ways to put non-root nodes into
// cells. An edge whose ends share a column is a pair, of weight −(N−B)/(2NB(N−1)) (δ_nm − 1/N)
// for rows n and m, and no node is in two; along other edges times increase. A node that is
// in no pair has weight 1/N.
func bruteGDC(n, steps, batch int64, d diagram.Diagram, form embed.Form) *big.Rat {
	nodes, parent, part := d.Edges(), d.Parents(), d.Labels()
	row, column := make([]int64, nodes), make([]int64, nodes)
	counts := map[[2]int]int64{} // of maps, by their pairs within a row and between two
	add := func() {
		var kinds [2]int
		paired := make([]bool, nodes)
		for v, up := range parent[:nodes] {
			switch {
			case up >= nodes || column[v] < column[up]:
			case column[v] > column[up] || paired[v] || paired[up]:
				return
			default:
				paired[v], paired[up] = true, true
				if row[v] == row[up] {
					kinds[0]++
				} else {
					kinds[1]++
				}
			}
		}
		counts[kinds]++
	}
	var choose func(v int)
	choose = func(v int) {
		if v == nodes {
			add()
			return
		}
		for row[v] = range n {
			if slices.ContainsFunc(part[:v], func(p int) bool {
				u := slices.Index(part, p)
				return (p == part[v]) != (row[u] == row[v]) && (p == part[v] || form == embed.Moment)
			}) {
				continue
			}
			for column[v] = range steps {
				choose(v + 1)
			}
		}
	}
	choose(0)
	total := new(big.Rat)
	force := big.NewRat(batch-n, 2*n*batch*(n-1))
	within, between := new(big.Rat).Mul(force, big.NewRat(n-1, n)), new(big.Rat).Mul(force, big.NewRat(-1, n))
	for kinds, count := range counts {
		weight := big.NewRat(count, 1)
		for range kinds[0] {
			weight.Mul(weight, within)
		}
		for range kinds[1] {
			weight.Mul(weight, between)
		}
		for range nodes - 2*kinds[0] - 2*kinds[1] {
			weight.Mul(weight, big.NewRat(1, n))
		}
		total.Add(total, weight)
	}
	if d.Tied() {
		total.Quo(total, big.NewRat(n, 1))
	}
	return total
}

func weightOfGDC(t testing.TB, n, steps, batch int64, d diagram.Diagram, form embed.Form) *big.Rat {
	t.Helper()
	got, err := must(embed.GDC(n, steps, batch)).Count(context.Background(), d, form)
	if err != nil || got.Maps != nil {
		t.Fatalf("N=%d T=%d B=%d, %v, %v form: %v, %v", n, steps, batch, d, form, got, err)
	}
	return got.Weight
}

// W is the sum over all maps, for all diagrams to 4 edges, and to 5 on the smaller grids.
func TestGDC(t *testing.T) {
	for _, c := range []struct {
		n, steps, batch int64
		singles, others int // edges
	}{
		{2, 0, 1, 3, 3}, {2, 1, 1, 5, 4}, {2, 2, 1, 5, 4}, {2, 3, 1, 5, 3}, {3, 1, 1, 5, 4}, {3, 2, 2, 5, 3},
		{3, 3, 1, 4, 3}, {4, 1, 3, 5, 4}, {4, 2, 2, 4, 3}, {5, 1, 2, 4, 4}, {3, 2, 3, 4, 3},
	} {
		d := must(embed.GDC(c.n, c.steps, c.batch))
		for _, diagram := range ofAllKinds(c.singles, c.others) {
			for _, form := range forms {
				got, err := d.Count(context.Background(), diagram, form)
				if err != nil {
					t.Fatal(err)
				}
				if want := bruteGDC(c.n, c.steps, c.batch, diagram, form); got.Weight.Cmp(want) != 0 {
					t.Errorf("%+v, %v, %v form: %v, want %v", c, diagram, form, got.Weight, want)
				}
			}
		}
	}
}

// So it is for larger diagrams on the smallest grids, where many pairs are in many cycles.
func TestGDCOfLargeDiagrams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDiagram(9).Draw(t, "diagram")
		form := rapid.SampledFrom(forms).Draw(t, "form")
		for _, c := range [][3]int64{{2, 1, 1}, {3, 1, 2}, {2, 2, 1}} {
			if parts := d.Partition().NumParts() - d.Roots(); parts > 5 && c != [3]int64{2, 1, 1} {
				continue
			}
			got, err := must(embed.GDC(c[0], c[1], c[2])).Count(context.Background(), d, form)
			if err != nil {
				t.Fatal(err)
			}
			if want := bruteGDC(c[0], c[1], c[2], d, form); got.Weight.Cmp(want) != 0 {
				t.Fatalf("%v, %v, %v form: %v, want %v", c, d, form, got.Weight, want)
			}
		}
	})
}

// Without force, B = N, it is GD; and so it is of any B where parts are single nodes, in
// cumulant form.
func TestGDCWithoutForce(t *testing.T) {
	ctx := context.Background()
	gd := embed.NewCounter(must(embed.GD(6, 4)))
	none, some := must(embed.GDC(6, 4, 6)), must(embed.GDC(6, 4, 2))
	for _, d := range ofAllKinds(5, 4) {
		for _, form := range forms {
			want := count(t, gd, d, form).Weight
			if got, err := none.Count(ctx, d, form); err != nil || got.Weight.Cmp(want) != 0 {
				t.Errorf("B = N: %v in %v form: %v, %v, want %v", d, form, got.Weight, err, want)
			}
			if form == embed.Moment || d.Partition().NumParts() < d.Nodes() {
				continue
			}
			if got, err := some.Count(ctx, d, form); err != nil || got.Weight.Cmp(want) != 0 {
				t.Errorf("all parts single: %v: %v, %v, want %v", d, got.Weight, err, want)
			}
		}
	}
}

// In cumulant form the W of two trees that share no part is the product of theirs.
func TestGDCIsMultiplicative(t *testing.T) {
	d := must(embed.GDC(5, 7, 2))
	if !d.Multiplicative() || d.Rows() != 5 {
		t.Fatalf("%v, %d rows", d.Multiplicative(), d.Rows())
	}
	rapid.Check(t, func(t *rapid.T) {
		forest := anyDiagram(8).Filter(func(d diagram.Diagram) bool { return d.Roots() == 2 }).Draw(t, "forest")
		first, second, disjoint := forest.Split()
		if !disjoint {
			return
		}
		var w [3]*big.Rat
		for i, x := range []diagram.Diagram{forest, first, second} {
			got, err := d.Count(context.Background(), x, embed.Cumulant)
			if err != nil {
				t.Fatal(err)
			}
			w[i] = got.Weight
		}
		if w[1].Mul(w[1], w[2]).Cmp(w[0]) != 0 {
			t.Fatalf("%v: %v, of its trees %v", forest, w[0], w[1])
		}
	})
}

// Sizes far beyond those of which maps can be tried, where W is known.
func TestLargeGDC(t *testing.T) {
	const n, steps, batch = embed.MaxSize, embed.MaxSize - 7, 1000
	rat := func(x int64) *big.Rat { return big.NewRat(x, 1) }
	product := func(xs ...*big.Rat) *big.Rat {
		p := rat(1)
		for _, x := range xs {
			p.Mul(p, x)
		}
		return p
	}
	strength := new(big.Rat).Quo(rat(batch-n), product(rat(2), rat(batch), rat(n-1)))
	pairs := product(rat(steps), rat(steps-1), big.NewRat(1, 2)) // C(T, 2)
	threes := product(pairs, rat(steps-2), big.NewRat(1, 3))
	for text, want := range map[string]*big.Rat{
		"(0)()":              rat(1),
		"(0-1)(01)":          rat(steps),
		"(01-2)(01-12)":      product(big.NewRat(1, n), new(big.Rat).Add(pairs, product(strength, rat(n-1), rat(steps)))),
		"(01-2)(02-12)":      product(big.NewRat(1, n), rat(steps), rat(steps)),
		"(0-1-2)(01-12)":     pairs,
		"(02-1-3)(01-12-23)": product(big.NewRat(1, n), threes), // no two pairs are disjoint, and one is in no cycle
		"(02-13-4)(01-14-23-34)": product(big.NewRat(1, n), big.NewRat(1, n), // two chains, either or both of them paired: the cycle has N−1 flows
			new(big.Rat).Add(product(pairs, pairs), product(strength, strength, rat(n-1), rat(steps), rat(steps)))),
	} {
		if got := weightOfGDC(t, n, steps, batch, diagram.MustParse(text), embed.Cumulant); got.Cmp(want) != 0 {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestGDCSizes(t *testing.T) {
	for _, c := range []struct {
		n, steps, batch int64
		culprit         string
	}{
		{1, 1, 1, "N=1"}, {0, 1, 1, "N=0"}, {embed.MaxSize + 1, 1, 1, "N="}, {4, -1, 1, "T=-1"}, {4, embed.MaxSize + 1, 1, "T="},
		{4, 1, 0, "B=0"}, {4, 1, 5, "B=5"}, {4, 1, -1 << 63, "B=-"},
	} {
		if _, err := embed.GDC(c.n, c.steps, c.batch); !errors.Is(err, embed.ErrSize) || !strings.Contains(err.Error(), c.culprit) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := must(embed.GDC(2, 1, 1)).Count(context.Background(), chain(1), 7); !errors.Is(err, embed.ErrForm) {
		t.Errorf("form 7: %v", err)
	}
}

// chains returns a diagram of so many chains of two nodes, whose upper nodes are one part and
// whose lower nodes are another.
func chains(n int) diagram.Diagram {
	parent, part := []int{-1}, []int{-1}
	for range n {
		parent, part = append(parent, 0, len(parent)), append(part, 0, 1)
	}
	return must(diagram.New(parent, part))
}

// What would take too long is refused or stopped.
func TestGDCStops(t *testing.T) {
	d := must(embed.GDC(100, 100, 1))
	if _, err := d.Count(context.Background(), chains(17), embed.Cumulant); !errors.Is(err, embed.ErrTooLarge) {
		t.Errorf("2^17 matchings: %v", err)
	}
	if _, err := d.Count(context.Background(), chain(11), embed.Moment); !errors.Is(err, embed.ErrTooLarge) {
		t.Errorf("partitions of 11 parts: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := d.Count(ctx, chains(13), embed.Cumulant); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

// In one column each of six chains is a pair, and two parts have six edges between them, with
// ((N−1)^6 + N−1)/N flows.
func TestGDCOfChains(t *testing.T) {
	for _, n := range []int64{2, 3, 4, 1000} {
		flows := new(big.Int).Exp(big.NewInt(n-1), big.NewInt(6), nil)
		flows.Quo(flows.Add(flows, big.NewInt(n-1)), big.NewInt(n))
		want := new(big.Rat).SetInt(flows)
		for range 6 { // −(N−B)/(2B(N−1)), and 1/N for both nodes
			want.Mul(want, big.NewRat(-1, 2*n*n))
		}
		want.Mul(want, big.NewRat(n*n, 1))
		if got := weightOfGDC(t, n, 1, 1, chains(6), embed.Cumulant); got.Cmp(want) != 0 {
			t.Errorf("N=%d: %v, want %v", n, got, want)
		}
	}
}

// A pair of two nodes of one part makes for a loop, of which there are N−1 flows.
func ExampleGDC() {
	gdc, err := embed.GDC(10, 10, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	gd, err := embed.ParseDynamics("gd N=10 T=10")
	if err != nil {
		fmt.Println(err)
		return
	}
	sgd, err := embed.ParseDynamics("sgd N=10")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range []embed.Dynamics{gd, gdc, sgd} {
		c, err := d.Count(context.Background(), diagram.MustParse("(01-2)(01-12)"), embed.Cumulant)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(c.Weight.RatString())
	}
	// Output:
	// 9/2
	// 0
	// 0
}
