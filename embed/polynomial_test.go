package embed_test

import (
	"context"
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// The table of P §B.7 as corrected, summed over the two classes of embeddings, and P
// Prop. 2: maps in E and K, weights in N, M and B.
func TestPolynomials(t *testing.T) {
	for _, c := range []struct {
		diagram            string
		maps, weight, inMN string
	}{
		{"(0)()", "1", "1", "1"},
		{"(0-1)(01)", "E*K*B", "E*K", "M*N"},
		{"(0-1-2)(01-12)", "1/2*E^2*K^2*B^2 - 1/2*E*K*B^2", "1/2*E^2*K^2 - 1/2*E*K", "1/2*M^2*N^2 - 1/2*M*N"},
		{"(01-2)(01-12)", "1/2*E^2*K*B - 1/2*E*K*B", "1/2*E^2*K/B - 1/2*E*K/B", "1/2*M^2*N - 1/2*M*N/B"},
		{"(0-1-2)(02-12)", "E^2*K^2*B^2", "E^2*K^2", "M^2*N^2"},
		{"(01-2)(02-12)", "E^2*K*B", "E^2*K/B", "M^2*N"},
		{"(01)(01)", "E*K*B", "E/B", "M"},
	} {
		maps, weight, err := embed.Polynomials(context.Background(), diagram.MustParse(c.diagram), embed.Cumulant)
		if err != nil {
			t.Fatal(err)
		}
		if maps.String() != c.maps || weight.String() != c.weight || weight.InNMB() != c.inMN {
			t.Errorf("%s: maps %v, W %v = %s; want %s, %s = %s", c.diagram, maps, weight, weight.InNMB(), c.maps, c.weight, c.inMN)
		}
	}
}

// On every regular grid the polynomials are the counts, and they print so that they read
// back: for all diagrams of up to four edges, tied ones to three, and some of five.
func TestPolynomialsAreCounts(t *testing.T) {
	var diagrams []diagram.Diagram
	for edges := range 5 {
		for d := range diagram.All(edges) {
			diagrams = append(diagrams, d)
		}
		if edges > 3 {
			continue
		}
		seq, err := diagram.Enumerate(edges, diagram.Options{Roots: diagram.Tied})
		if err != nil {
			t.Fatal(err)
		}
		for d := range seq {
			diagrams = append(diagrams, d)
		}
	}
	i := 0
	for d := range diagram.All(5) {
		if i++; i%7 == 0 {
			diagrams = append(diagrams, d)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(diagrams).Draw(t, "diagram")
		form := rapid.SampledFrom([]embed.Form{embed.Cumulant, embed.Moment}).Draw(t, "form")
		maps, weight, err := embed.Polynomials(context.Background(), d, form)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []embed.Polynomial{maps, weight} {
			if q, err := embed.ParsePolynomial(p.String()); err != nil || !q.Equal(p) {
				t.Fatalf("%v reads back as %v, %v", p, q, err)
			}
		}
		e, k, b := rapid.Int64Range(1, 9).Draw(t, "E"), rapid.Int64Range(1, 9).Draw(t, "K"), rapid.Int64Range(1, 4).Draw(t, "B")
		g, err := embed.SGD(k*b, e, b)
		if err != nil {
			t.Fatal(err)
		}
		var want embed.Count
		if rapid.Bool().Draw(t, "cell by cell") && e*k*b < 60 && d.Edges() < 4 {
			var cells []embed.Cell
			for c := range g.Cells() {
				cells = append(cells, c)
			}
			if g, err = embed.New(g.Rows(), g.Columns(), cells); err != nil {
				t.Fatal(err)
			}
		}
		if want, err = embed.NewCounter(g).Count(context.Background(), d, form); err != nil {
			t.Fatal(err)
		}
		for p, want := range map[*embed.Polynomial]*big.Rat{&maps: new(big.Rat).SetInt(want.Maps), &weight: want.Weight} {
			got, err := p.At(big.NewRat(e, 1), big.NewRat(k, 1), big.NewRat(b, 1))
			if err != nil || got.Cmp(want) != 0 {
				t.Fatalf("%v, %v form, E=%d K=%d B=%d: %v = %v, %v; want %v", d, form, e, k, b, p, got, err, want)
			}
		}
	})
}

func TestParsePolynomial(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "E - E": "0", "-(E+K)^2*2/4": "-1/2*E^2 - E*K - 1/2*K^2", "3*E/(2*B^2*K)": "3/2*E/K/B^2", " 1 / 2 / 3 ": "1/6", "B^0": "1", "((B))": "B",
	} {
		if p, err := embed.ParsePolynomial(text); err != nil || p.String() != want {
			t.Errorf("%q: %v, %v; want %s", text, p, err, want)
		}
	}
	for _, text := range []string{
		"", "E+", "N", "E^", "E^-1", "E^99", "1/0", "1/E", "1/(K+B)", "(E", "E)", "2E", "--E", strings.Repeat("(", 100), strings.Repeat("E*", 100) + "E",
		strings.Repeat("(E+K+B)^64*", 9) + "1", strings.Repeat("9", 1<<17), "∑",
	} {
		if p, err := embed.ParsePolynomial(text); !errors.Is(err, embed.ErrPolynomial) {
			t.Errorf("%.40q: %v, %v; want ErrPolynomial", text, p, err)
		}
	}
	var zero embed.Polynomial
	if got, err := zero.At(new(big.Rat), new(big.Rat), new(big.Rat)); err != nil || got.Sign() != 0 || zero.String() != "0" {
		t.Errorf("the zero polynomial is %v, %v and prints as %q", got, err, zero)
	}
}

func FuzzParsePolynomial(f *testing.F) {
	for _, seed := range []string{"1/2*E^2*K - E/B", "(E+1)^3", "-3/(2*B)", "1/0", "((("} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := embed.ParsePolynomial(text)
		if err != nil {
			return
		}
		if q, err := embed.ParsePolynomial(p.String()); err != nil || !q.Equal(p) {
			t.Fatalf("%q reads as %v, which reads back as %v, %v", text, p, q, err)
		}
	})
}
