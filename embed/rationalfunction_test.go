package embed_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"pgregory.net/rapid"
)

// anyRationalFunction generates text of a function, from 0 to some with common factors.
func anyRationalFunction() *rapid.Generator[embed.RationalFunction] {
	return rapid.Custom(func(t *rapid.T) embed.RationalFunction {
		var terms []string
		for range rapid.IntRange(0, 4).Draw(t, "terms") {
			terms = append(terms, fmt.Sprintf("(%d)/%d*E^%d*N^%d*B^%d/B^%d",
				rapid.IntRange(-3, 3).Draw(t, "num"), rapid.IntRange(1, 3).Draw(t, "denom"),
				rapid.IntRange(0, 2).Draw(t, "E"), rapid.IntRange(0, 3).Draw(t, "N"),
				rapid.IntRange(0, 2).Draw(t, "B"), rapid.IntRange(0, 4).Draw(t, "1/B")))
		}
		text := "(" + strings.Join(append(terms, "0"), " + ") + ")"
		for range rapid.IntRange(0, 3).Draw(t, "factors") {
			text += fmt.Sprintf("%s(N - %d)", rapid.SampledFrom([]string{"*", "/"}).Draw(t, "sign"), rapid.IntRange(1, 3).Draw(t, "root"))
		}
		return must(embed.ParseRationalFunction(text))
	})
}

// Sums, differences, products and multiples have the values they should; what is equal
// prints alike, and prints so that it reads back.
func TestRationalFunctions(t *testing.T) {
	e, n, b := big.NewRat(-5, 3), big.NewRat(22, 7), big.NewRat(3, 2)
	at := func(f embed.RationalFunction) *big.Rat { return must(f.At(e, n, b)) }
	rapid.Check(t, func(t *rapid.T) {
		f, g := anyRationalFunction().Draw(t, "f"), anyRationalFunction().Draw(t, "g")
		half := big.NewRat(-1, 2)
		for name, pair := range map[string][2]*big.Rat{
			"+": {at(f.Add(g)), new(big.Rat).Add(at(f), at(g))},
			"-": {at(f.Sub(g)), new(big.Rat).Sub(at(f), at(g))},
			"*": {at(f.Mul(g)), new(big.Rat).Mul(at(f), at(g))},
			"q": {at(f.Scale(half)), new(big.Rat).Mul(at(f), half)},
		} {
			if pair[0].Cmp(pair[1]) != 0 {
				t.Fatalf("%v %s %v: %v, want %v", f, name, g, pair[0], pair[1])
			}
		}
		for name, same := range map[string]embed.RationalFunction{"f + g − g": f.Add(g).Sub(g), "g·f − (g−1)·f": g.Mul(f).Sub(g.Sub(one()).Mul(f))} {
			if !same.Equal(f) || same.String() != f.String() {
				t.Fatalf("%s is %v, f is %v", name, same, f)
			}
		}
		for _, f := range []embed.RationalFunction{f, g, f.Mul(g), f.Add(g)} {
			if back, err := embed.ParseRationalFunction(f.String()); err != nil || !back.Equal(f) {
				t.Fatalf("%v reads back as %v, %v", f, back, err)
			}
		}
		if p, ok := f.Polynomial(); ok && !p.RationalFunction().Equal(f) {
			t.Fatalf("%v as a polynomial is %v", f, p)
		}
	})
}

func one() embed.RationalFunction { return must(embed.ParseRationalFunction("1")) }

// What diagrams give reads back, too.
func TestReshuffledWeightsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, form := anyDiagram(4).Draw(t, "diagram"), rapid.SampledFrom(forms).Draw(t, "form")
		f := reshuffledWeight(t, d, form)
		if back, err := embed.ParseRationalFunction(f.String()); err != nil || !back.Equal(f) {
			t.Fatalf("%v: %v reads back as %v, %v", d, f, back, err)
		}
	})
}

func TestParseRationalFunction(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "N - N": "0", "-(E+N)^2*2/4": "-1/2*E^2 - E*N - 1/2*N^2", "3*E/(2*B^2*N)": "3/2*E/N/B^2",
		"1/(N-1)": "1/(N - 1)", "(N^2 - 1)/(N - 1)^2/2": "(1/2*N + 1/2)/(N - 1)", "1/(2*N*(N-3)^2*B)": "1/2/N/B/(N - 3)^2",
		"E/(N^2 - 3*N + 2)": "E/(N - 1)/(N - 2)", "(1/(N - 64))*(N - 64)": "1", "(1/(N - 1))^2": "1/(N - 1)^2", "N^64/B^64": "N^64/B^64",
		"B^64/N^64": "B^64/N^64", "0/(N - 5)": "0", "-1/(N - 1)": "-1/(N - 1)",
	} {
		if f, err := embed.ParseRationalFunction(text); err != nil || f.String() != want {
			t.Errorf("%q: %v, %v; want %s", text, f, err, want)
		}
	}
	for _, text := range []string{
		"", "E+", "K", "E^", "E^-1", "E^99", "1/0", "1/E", "1/(N+B)", "1/(N+1)", "1/(N-65)", "1/(2*N-1)", "1/(E*N - E)", "(E", "2E", "--E",
		"1/(N - 1) + 1", "1 - 1/(N - 1)", "1/(1/(N - 1))", "1/(N - 1)^64/(N - 1)", "N^64*N", "B/B^33/B^33", strings.Repeat("(", 100),
		strings.Repeat("(E+N+B)^64*", 9) + "1", strings.Repeat("9", 1<<17), "∑",
	} {
		if f, err := embed.ParseRationalFunction(text); !errors.Is(err, embed.ErrRationalFunction) {
			t.Errorf("%.40q: %v, %v; want ErrRationalFunction", text, f, err)
		}
	}
	if _, err := embed.ParsePolynomial("1/(K - 1)"); !errors.Is(err, embed.ErrPolynomial) {
		t.Errorf("a polynomial divided by K - 1: %v, want ErrPolynomial", err)
	}
}

// Where N is a root of the denominator, the value is the limit, if there is one.
func TestRationalFunctionAt(t *testing.T) {
	for _, c := range []struct {
		text    string
		e, n, b int64
		want    *big.Rat // nil if there is no value
	}{
		{"E*N/B", 3, 4, 2, big.NewRat(6, 1)},
		{"(N - B)/(N - 1)", 1, 1, 1, big.NewRat(1, 1)},
		{"(N - B)/(N - 1)", 1, 1, 2, nil},
		{"(N - B)^2/(N - 1)", 1, 1, 1, new(big.Rat)},
		{"(E*N - B*N)/(N - 2)/(N - 3)", 5, 2, 5, new(big.Rat)},
		{"(E*N - B*N)/(N - 2)/(N - 3)", 5, 4, 4, big.NewRat(2, 1)},
		{"(N - E)^2/(N - 2)^3", 2, 2, 1, nil},
		{"(N - E)^3/(N - 2)^2/(N - 1)", 2, 2, 1, new(big.Rat)},
		{"1/B", 1, 1, 0, nil},
		{"1/N", 1, 0, 1, nil},
		{"B/N", 1, 0, 0, nil},
		{"0", 0, 0, 0, new(big.Rat)},
	} {
		got, err := must(embed.ParseRationalFunction(c.text)).At(big.NewRat(c.e, 1), big.NewRat(c.n, 1), big.NewRat(c.b, 1))
		switch {
		case c.want == nil && !errors.Is(err, embed.ErrSize):
			t.Errorf("%s at E=%d, N=%d, B=%d: %v, %v; want ErrSize", c.text, c.e, c.n, c.b, got, err)
		case c.want != nil && (err != nil || got.Cmp(c.want) != 0):
			t.Errorf("%s at E=%d, N=%d, B=%d: %v, %v; want %v", c.text, c.e, c.n, c.b, got, err, c.want)
		}
	}
}

// A polynomial in E, K and B is the same function of E, N = KB and B.
func TestPolynomialIsRational(t *testing.T) {
	chain := diagram.MustParse("(0-1-2)(01-12)")
	for text, want := range map[string]string{"E^2*K^2 - E*K": "E^2*N^2/B^2 - E*N/B", "1/K/B": "1/N", "0": "0"} {
		p := must(embed.ParsePolynomial(text))
		if f := p.RationalFunction(); f.String() != want {
			t.Errorf("%s: %v, want %s", text, f, want)
		}
	}
	p, ok := reshuffledWeight(t, chain, embed.Cumulant).Polynomial()
	if !ok || p.String() != "1/2*E^2*K^2 - 1/2*E*K" {
		t.Errorf("the chain: %v, %v", p, ok)
	}
	if p, ok := must(embed.ParseRationalFunction("1/(N - 1)")).Polynomial(); ok {
		t.Errorf("1/(N - 1) is the polynomial %v", p)
	}
}

func FuzzParseRationalFunction(f *testing.F) {
	for _, seed := range []string{"(1/2*E^2*N - E/B)/(N - 1)", "(E+1)^3/(N^2 - 3*N + 2)", "-3/(2*B)", "1/0", "((("} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := embed.ParseRationalFunction(text)
		if err != nil {
			return
		}
		if q, err := embed.ParseRationalFunction(p.String()); err != nil || !q.Equal(p) {
			t.Fatalf("%q reads as %v, which reads back as %v, %v", text, p, q, err)
		}
	})
}
