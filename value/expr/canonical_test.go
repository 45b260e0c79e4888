package expr_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
)

// A network is a product of single derivatives of l, as lists of the indices 0, 1, … that
// are all summed over, or negative for free ones.
type network [][]int

func (n network) String() string { return n.named([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}) }

// named writes the network with sums for all its indices.
func (n network) named(names []int) string {
	var sums, factors []string
	met := map[int]bool{}
	for _, f := range n {
		text := ""
		for _, i := range f {
			name := "xyz"[max(-i-1, 0):max(-i, 1)]
			if i >= 0 {
				name = string(rune('a' + names[i]))
				if !met[i] {
					sums = append(sums, name)
				}
				met[i] = true
			}
			text += "∇_" + name
		}
		factors = append(factors, text+" l")
	}
	product := strings.Join(factors, "·")
	if len(sums) > 0 {
		product = "Σ_" + strings.Join(sums, "") + " " + product
	}
	return product
}

// least returns the least writing of the network over all orders of its indices: the
// canonical form by brute force.
func (n network) least(indices int) string {
	best := ""
	for _, names := range permutations(indices) {
		factors := make([]string, len(n))
		for i, f := range n {
			list := make([]int, len(f))
			for j, index := range f {
				if list[j] = index; index >= 0 {
					list[j] = names[index]
				}
			}
			slices.Sort(list)
			factors[i] = fmt.Sprint(list)
		}
		slices.Sort(factors)
		if text := strings.Join(factors, ""); best == "" || text < best {
			best = text
		}
	}
	return best
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var list [][]int
	for _, p := range permutations(n - 1) {
		for i := range n {
			list = append(list, slices.Insert(slices.Clone(p), i, n-1))
		}
	}
	return list
}

// Two products are equal just when brute force finds a renaming.
func TestCanonicalByBruteForce(t *testing.T) {
	const indices = 5
	all := permutations(indices)
	rapid.Check(t, func(t *rapid.T) {
		draw := func() network {
			n := make(network, rapid.IntRange(2, 5).Draw(t, "factors"))
			// Every index twice: products with many symmetries.
			for i := range indices {
				for range 2 {
					at := rapid.IntRange(0, len(n)-1).Draw(t, "slot")
					n[at] = append(n[at], i)
				}
			}
			if rapid.Bool().Draw(t, "free") {
				n[0] = append(n[0], -1)
			}
			return slices.DeleteFunc(n, func(f []int) bool { return len(f) == 0 })
		}
		a, b := draw(), draw()
		names := all[rapid.IntRange(0, len(all)-1).Draw(t, "names")]
		x, y, z := expr.MustParse(a.named(names)), expr.MustParse(b.String()), expr.MustParse(a.String())
		if !x.Equal(z) {
			t.Fatalf("%v: %v with names %v, but %v", a, x, names, z)
		}
		if want := a.least(indices) == b.least(indices); x.Equal(y) != want {
			t.Fatalf("%v and %v: equal is %v, want %v: %v, %v", a, b, !want, want, x, y)
		}
	})
}

// Graphs that hold out against telling indices apart by their factors.
func TestCanonicalSymmetricGraphs(t *testing.T) {
	t.Parallel()
	graphs := map[string][][2]int{"pentagonal prism": nil, "Petersen": nil, "Möbius ladder": nil}
	for i := range 5 {
		j := (i + 1) % 5
		graphs["pentagonal prism"] = append(graphs["pentagonal prism"], [2]int{i, j}, [2]int{5 + i, 5 + j}, [2]int{i, 5 + i})
		graphs["Petersen"] = append(graphs["Petersen"], [2]int{i, j}, [2]int{5 + i, 5 + (i+2)%5}, [2]int{i, 5 + i})
	}
	for i := range 10 {
		graphs["Möbius ladder"] = append(graphs["Möbius ladder"], [2]int{i, (i + 1) % 10})
		if i < 5 {
			graphs["Möbius ladder"] = append(graphs["Möbius ladder"], [2]int{i, i + 5})
		}
	}
	text := func(edges [][2]int, order, names []int) string {
		list := make([]string, 10)
		for e, ends := range edges {
			for _, v := range ends {
				list[order[v]] += "∇_" + string(rune('a'+names[e]))
			}
		}
		return "Σ_abcdefghijklmno " + strings.Join(list, " l·") + " l"
	}
	seen := map[string]string{}
	names := []string{"pentagonal prism", "Petersen", "Möbius ladder"}
	rapid.Check(t, func(t *rapid.T) {
		for _, name := range names[:rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "graphs")] {
			edges := graphs[name]
			order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).Draw(t, "order")
			names := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}).Draw(t, "names")
			e, err := expr.Parse(text(edges, order, names))
			if err != nil {
				t.Fatal(err)
			}
			if seen[name] == "" {
				seen[name] = e.String()
			}
			if seen[name] != e.String() {
				t.Fatalf("%s: %v and %v", name, e, seen[name])
			}
		}
	})
	if len(seen) != 3 || seen["Petersen"] == seen["pentagonal prism"] || seen["Petersen"] == seen["Möbius ladder"] || seen["pentagonal prism"] == seen["Möbius ladder"] {
		t.Errorf("graphs with the same form: %v", seen)
	}
}
