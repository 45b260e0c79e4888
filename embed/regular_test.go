package embed_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"pgregory.net/rapid"
)

// chain and corolla have untied nodes.
func chain(edges int) diagram.Diagram {
	parent, part := []int{-1}, []int{0}
	for v := range edges {
		parent, part = append(parent, v), append(part, v+1)
	}
	return must(diagram.New(parent, part))
}

func corolla(edges int) diagram.Diagram {
	parent, part := []int{-1}, []int{0}
	for v := range edges {
		parent, part = append(parent, 0), append(part, v+1)
	}
	return must(diagram.New(parent, part))
}

// A regular grid and the same cells one by one give the same counts, though by
// different means: polynomials for the one, message passing for the other.
func TestRegularIsListed(t *testing.T) {
	edges := 4
	if testing.Short() {
		edges = 3
	}
	diagrams := append(ofAllKinds(edges, 2), chain(5), corolla(5), chain(6))
	check := func(t failer, s space, diagrams []diagram.Diagram) {
		regular := embed.NewCounter(s.grid)
		listed := embed.NewCounter(must(embed.New(s.rows, s.grid.Columns(), s.cells)))
		for _, d := range diagrams {
			for _, form := range forms {
				got, err := regular.Count(t.Context(), d, form)
				want, errListed := listed.Count(t.Context(), d, form)
				if err != nil || errListed != nil || got.Maps.Cmp(want.Maps) != 0 || got.Weight.Cmp(want.Weight) != 0 {
					t.Errorf("%v, %v, %v form: regular %v (%v), listed %v (%v)", s, d, form, got, err, want, errListed)
				}
			}
		}
	}
	for _, s := range []space{
		sgd(1, 1, 1), sgd(1, 9, 1), sgd(9, 1, 1), sgd(9, 1, 9), sgd(8, 7, 2), sgd(6, 3, 3), sgd(12, 5, 2), sgd(5, 6, 1),
		gd(7, 1), gd(4, 8), gd(1, 7),
	} {
		check(t, s, diagrams)
	}
	rapid.Check(t, func(t *rapid.T) {
		batch := rapid.Int64Range(1, 4).Draw(t, "batch")
		s := sgd(batch*rapid.Int64Range(1, 9).Draw(t, "slots"), rapid.Int64Range(1, 9).Draw(t, "epochs"), batch)
		check(t, s, []diagram.Diagram{anyDiagram(5).Draw(t, "d")})
	})
}

// The number of maps of all diagrams of four edges is a polynomial of degree 4 in the
// number of points of one epoch, which its values on up to four points determine.
func TestRegularFromSmallGrids(t *testing.T) {
	c := embed.NewCounter(must(embed.OneEpoch(100)))
	diagrams := enumerate(4, diagram.Single)
	got := new(big.Int)
	for _, d := range diagrams {
		got.Add(got, count(t, c, d, embed.Cumulant).Maps)
	}
	want := new(big.Int)
	var values [5]*big.Int // after i rounds of differences, those of order i from values[i] on
	for n := range values {
		values[n] = new(big.Int)
		if n == 0 {
			continue
		}
		for _, d := range diagrams {
			values[n].Add(values[n], bruteCount(d, sgd(int64(n), 1, 1), embed.Cumulant).Maps)
		}
	}
	for i := range values {
		want.Add(want, new(big.Int).Mul(values[i], new(big.Int).Binomial(100, int64(i))))
		for j := len(values) - 1; j > i; j-- {
			values[j].Sub(values[j], values[j-1])
		}
	}
	if got.Cmp(want) != 0 || got.Int64() != 277330850 { // the latter by a program unrelated to this module
		t.Errorf("N=100: got %v maps, extrapolated %v, recorded 277330850", got, want)
	}
}

// A corolla whose parts have sizes d_i has Π Σ_n M^{d_i} = N^p M^d for its weight, and
// N(N−1)…(N−p+1) M^d if parts keep out of each other's rows.
func TestRegularCorollas(t *testing.T) {
	const n, epochs, batch = 1000, 10, 5
	c := embed.NewCounter(must(embed.SGD(n, epochs, batch)))
	corollas := 0
	for _, d := range enumerate(5, diagram.Single) {
		if len(d.Children()[5]) != 5 {
			continue
		}
		corollas++
		parts := int64(len(d.Parts()) - 1)
		updates := new(big.Int).Exp(big.NewInt(epochs/batch), big.NewInt(5), nil)
		for form, rows := range map[embed.Form]*big.Int{
			embed.Cumulant: new(big.Int).Exp(big.NewInt(n), big.NewInt(parts), nil),
			embed.Moment:   new(big.Int).MulRange(n-parts+1, n),
		} {
			want := new(big.Rat).SetInt(rows.Mul(rows, updates))
			if got := count(t, c, d, form).Weight; got.Cmp(want) != 0 {
				t.Errorf("%v, %v form: got %v, want %v", d, form, got, want)
			}
		}
	}
	if corollas != 7 { // the partitions of the number 5
		t.Errorf("got %d corollas", corollas)
	}
}

// On grids of any size chains have C(T, k) and corollas T^k for their weights.
func TestRegularHuge(t *testing.T) {
	const most = embed.MaxSize
	for _, grid := range []embed.Grid{
		must(embed.SGD(most, most, 1)), must(embed.SGD(most-1, most, 2)), must(embed.SGD(most, 1, 1)),
		must(embed.SGD(1, most, 1)), must(embed.GD(most, most)), must(embed.GD(most, 1)), must(embed.GD(1, most)),
		must(embed.OneEpoch(most)),
	} {
		start := time.Now()
		c := embed.NewCounter(grid)
		steps := big.NewInt(grid.Columns())
		for k := range 7 {
			power := new(big.Rat).SetInt(new(big.Int).Exp(steps, big.NewInt(int64(k)), nil))
			if got := count(t, c, corolla(k), embed.Cumulant).Weight; got.Cmp(power) != 0 {
				t.Errorf("N=%d T=%v, corolla of %d: got %v, want %v", grid.Rows(), steps, k, got, power)
			}
			binomial := new(big.Rat).SetInt(choose(steps, int64(k)))
			if got := count(t, c, chain(k), embed.Cumulant).Weight; got.Cmp(binomial) != 0 {
				t.Errorf("N=%d T=%v, chain of %d: got %v, want %v", grid.Rows(), steps, k, got, binomial)
			}
		}
		for _, d := range enumerate(4, diagram.Tied) {
			count(t, c, d, embed.Moment)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("N=%d T=%v: took %v", grid.Rows(), steps, took)
		}
	}
}

// choose returns C(n, k) for any n.
func choose(n *big.Int, k int64) *big.Int {
	product := big.NewInt(1)
	for i := range k {
		product.Mul(product, new(big.Int).Sub(n, big.NewInt(i)))
		product.Quo(product, big.NewInt(i+1))
	}
	return product
}

// The largest diagrams are counted on regular grids of any size, if their parts are few
// or not interlocked.
func TestRegularLargeDiagrams(t *testing.T) {
	c := embed.NewCounter(must(embed.SGD(1e9, 3, 10)))
	steps := big.NewInt(3e8)
	for _, test := range []struct {
		d    diagram.Diagram
		want *big.Int
	}{
		{chain(35), choose(steps, 35)},
		{corolla(35), new(big.Int).Exp(steps, big.NewInt(35), nil)},
	} {
		got := count(t, c, test.d, embed.Cumulant).Weight
		if got.Cmp(new(big.Rat).SetInt(test.want)) != 0 {
			t.Errorf("%v: got %v, want %v", test.d, got, test.want)
		}
	}
}
