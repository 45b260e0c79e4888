package embed_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// The numbers of embeddings by |Aut_f| are those of a list of all embeddings, for every
// diagram to 3 edges, and to 4 on one grid.
func TestEmbeddingPolynomials(t *testing.T) {
	grids := [][3]int64{{4, 2, 2}, {2, 3, 1}, {3, 1, 3}, {4, 1, 1}}
	for edges := range 5 {
		if edges == 4 {
			if testing.Short() {
				break
			}
			grids = [][3]int64{{2, 2, 1}}
		}
		for _, roots := range []diagram.Roots{diagram.Single, diagram.Two} {
			seq, err := diagram.Enumerate(edges, diagram.Options{Roots: roots})
			if err != nil {
				t.Fatal(err)
			}
			for d := range seq {
				for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
					list, err := embed.EmbeddingPolynomials(context.Background(), d, form)
					if err != nil {
						t.Fatal(err)
					}
					for _, g := range grids {
						n, e, b := g[0], g[1], g[2]
						want := map[string]int64{}
						all, err := embed.Embeddings(d, embed.Must(embed.SGD(n, e, b)), form)
						if err != nil {
							t.Fatal(err)
						}
						for f := range all {
							want[f.Aut.String()]++
						}
						for _, s := range list {
							got, err := s.Count.At(big.NewRat(e, 1), big.NewRat(n/b, 1), big.NewRat(b, 1))
							if err != nil {
								t.Fatal(err)
							}
							if key := s.Aut.String(); got.Cmp(big.NewRat(want[key], 1)) != 0 {
								t.Errorf("%v, %v, N=%d E=%d B=%d: %v embeddings with |Aut_f| = %s; want %d", d, form, n, e, b, got, key, want[key])
							} else {
								delete(want, key)
							}
						}
						if len(want) > 0 {
							t.Errorf("%v, %v, N=%d E=%d B=%d: none of %v", d, form, n, e, b, want)
						}
					}
				}
			}
		}
	}
}

func TestEmbeddingPolynomialsErrors(t *testing.T) {
	if _, err := embed.EmbeddingPolynomials(context.Background(), diagram.MustParse("(0-1-2-3-4-5-6-7-8)(08-18-28-38-48-58-68-78)"), embed.Cumulant); !errors.Is(err, embed.ErrTooLarge) {
		t.Errorf("8! automorphisms: %v", err)
	}
}

// The table of P §B.7, with its two slips put right: two nodes of the untied chain cannot
// be in one column, and those of the untied corolla may be in one cell, where |Aut_f| = 2.
func ExampleEmbeddingPolynomials() {
	for _, text := range []string{"(0)()", "(0-1)(01)", "(0-1-2)(01-12)", "(01-2)(01-12)", "(0-1-2)(02-12)", "(01-2)(02-12)"} {
		list, err := embed.EmbeddingPolynomials(context.Background(), diagram.MustParse(text), embed.Cumulant)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(text)
		for _, s := range list {
			fmt.Printf("  %v: %s", s.Aut, s.Count.InNMB())
		}
		fmt.Println()
	}
	// Output:
	// (0)()  1: 1
	// (0-1)(01)  1: M*N*B
	// (0-1-2)(01-12)  1: 1/2*M^2*N^2*B^2 - 1/2*M*N*B^2
	// (01-2)(01-12)  1: 1/2*M^2*N*B^2 - 1/2*M*N*B
	// (0-1-2)(02-12)  1: 1/2*M^2*N^2*B^2 - 1/2*M*N*B  2: M*N*B
	// (01-2)(02-12)  1: 1/2*M^2*N*B^2 - 1/2*M*N*B  2: M*N*B
}
