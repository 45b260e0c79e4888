package errata

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// Automorphisms move every total order of the nodes, so that P counts each |Aut(D)| times,
// if parts can be contiguous without a cycle.
func TestOrderingsAsPrinted(t *testing.T) {
	for edges := range 5 {
		for d := range diagram.All(edges) {
			if !d.Acyclic() {
				continue
			}
			want := new(big.Int).Mul(d.Orderings(), d.Aut())
			if got := orderingsAsPrinted(d); got.Cmp(want) != 0 {
				t.Errorf("%v: %v total orders, want %v·%v", d, got, d.Orderings(), d.Aut())
			}
		}
	}
}

// Prop. 1 as corrected is SGD itself.
func TestProposition1(t *testing.T) {
	for n := 1; n <= 3; n++ {
		sgd, err := coin.sgd(fmt.Sprintf("sgd N=%d", n), 4)
		if err != nil {
			t.Fatal(err)
		}
		for d, want := range sgd.TestLoss() {
			got, err := proposition1(n, d, diagram.Diagram.Orderings)
			if err != nil {
				t.Fatal(err)
			}
			if got.Cmp(want) != 0 {
				t.Errorf("N = %d, η^%d: %v, and SGD itself %v", n, d, got, want)
			}
		}
	}
}

// The table of §B.7 with the two rows as corrected, by |Aut_f| = 1 and 2.
func TestTableOfB7(t *testing.T) {
	choose2 := func(n int) *big.Rat { return product(falling(n, 2), frac(1, 2)) }
	for _, x := range []struct{ N, M, B int }{{1, 1, 1}, {2, 1, 1}, {2, 2, 1}, {4, 1, 2}, {4, 2, 2}, {3, 1, 3}} {
		N, M, B := x.N, x.M, x.B
		g := embed.Must(embed.SGD(int64(N), int64(M*B), int64(B)))
		cells, zero := frac(int64(M*N*B), 1), new(big.Rat)
		for text, want := range map[string][2]*big.Rat{
			"(0)()":          {frac(1, 1), zero},
			"(0-1)(01)":      {cells, zero},
			"(0-1-2)(01-12)": {product(frac(int64(B*B), 1), choose2(M*N)), zero},
			"(01-2)(01-12)":  {product(frac(int64(N), 1), choose2(M*B)), zero},
			"(0-1-2)(02-12)": {choose2(M * N * B), cells},
			"(01-2)(02-12)":  {product(frac(int64(N), 1), choose2(M*B)), cells},
		} {
			got, err := countByAut(diagram.MustParse(text), g)
			if err != nil {
				t.Fatal(err)
			}
			if got[1].Cmp(want[0]) != 0 || got[2].Cmp(want[1]) != 0 {
				t.Errorf("%+v, %s: %v and %v embeddings, want %v and %v", x, text, got[1], got[2], want[0], want[1])
			}
		}
	}
}
