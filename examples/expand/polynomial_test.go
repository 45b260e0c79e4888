package main

import (
	"context"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/embed"
)

// polynomials is the output of polynomial.
type polynomials struct {
	Polynomials []listedPolynomial `json:"polynomials"`
}

// The expectation over random orders reads back and takes the value of the dynamics; what
// is printed beside it is what is printed without.
func TestPolynomialReshuffled(t *testing.T) {
	dynamics, err := embed.RandomReshuffles(8, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	for form, f := range map[string]embed.Form{"cumulant": embed.Cumulant, "moment": embed.Moment} {
		for _, about := range [][]string{{"-edges", "3", "-root", "tied"}, {"-edges", "3", "-root", "two"}, {"-diagram", "(03-12-4)(01-14-23-34)"}} {
			args := append([]string{"polynomial", "-form", form}, about...)
			plain := decode[polynomials](t, args...)
			got := decode[polynomials](t, append(args, "-reshuffled")...)
			if len(got.Polynomials) == 0 || len(got.Polynomials) != len(plain.Polynomials) {
				t.Fatalf("%v: %d polynomials, want %d", args, len(got.Polynomials), len(plain.Polynomials))
			}
			for i, p := range got.Polynomials {
				w, err := embed.ParseRationalFunction(p.Reshuffled)
				if err != nil {
					t.Fatal(err)
				}
				want, err := dynamics.Count(context.Background(), p.Diagram, f)
				if err != nil {
					t.Fatal(err)
				}
				want.Weight.Quo(want.Weight, new(big.Rat).SetInt(p.Diagram.Aut()))
				if v, err := w.At(big.NewRat(3, 1), big.NewRat(8, 1), big.NewRat(2, 1)); err != nil || v.Cmp(want.Weight) != 0 {
					t.Errorf("%v, %s form: %v is %v, %v; want %v", p.Diagram, form, w, v, err, want.Weight)
				}
				if p.Reshuffled = ""; !reflect.DeepEqual(p, plain.Polynomials[i]) {
					t.Errorf("%+v, without -reshuffled %+v", p, plain.Polynomials[i])
				}
			}
		}
	}
	const diagram = "(03-12-4)(01-14-23-34)"
	stdout, _, status := expand("polynomial", "-diagram", diagram, "-reshuffled")
	if status != 0 || !strings.HasSuffix(strings.TrimSpace(stdout), "/(N - 1)") || !strings.Contains(stdout, "random orders") {
		t.Errorf("status %d, stdout %q", status, stdout)
	}
	if stdout, _, _ := expand("polynomial", "-diagram", diagram); strings.Contains(stdout, "(N - 1)") || strings.Contains(stdout, "random") {
		t.Errorf("without -reshuffled: %q", stdout)
	}
}

// The table of P §B.7.
func TestPolynomialSymmetries(t *testing.T) {
	out := decode[polynomials](t, "polynomial", "-diagram", "(0-1-2)(02-12)", "-symmetries", "-json")
	if got := out.Polynomials[0].Embeddings; len(got) != 2 || got["2"] != "E*K*B" {
		t.Errorf("untied corolla: %v", got)
	}
	stdout, _, _ := expand("polynomial", "-edges", "2", "-symmetries")
	if want := "1: 1/2*M^2*N^2*B^2 - 1/2*M*N*B, 2: M*N*B"; !strings.Contains(stdout, want) {
		t.Errorf("no %q in\n%s", want, stdout)
	}
}
