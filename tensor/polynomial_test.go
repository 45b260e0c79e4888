package tensor_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

// evalTerms is the sum of the terms, one by one.
func evalTerms(terms []tensor.Term, point []*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, term := range terms {
		product := new(big.Rat).Set(term.Coef)
		for i, e := range term.Exp {
			for range e {
				product.Mul(product, point[i])
			}
		}
		sum.Add(sum, product)
	}
	return sum
}

// differentiate returns ∂_i of the terms, one by one.
func differentiate(terms []tensor.Term, i int) []tensor.Term {
	var out []tensor.Term
	for _, term := range terms {
		if e := term.Exp[i]; e > 0 {
			exp := slices.Clone(term.Exp)
			exp[i]--
			out = append(out, tensor.Term{Coef: new(big.Rat).Mul(term.Coef, big.NewRat(int64(e), 1)), Exp: exp})
		}
	}
	return out
}

func TestPolynomialRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 3).Draw(t, "dim")
		a, b := drawPolynomial(t, dim, 4), drawPolynomial(t, dim, 4)
		c, x := drawRat(t), drawRats(t, dim)
		va, vb := must(a.Eval(x)), must(b.Eval(x))
		if want := evalTerms(a.Terms(), x); va.Cmp(want) != 0 {
			t.Fatalf("(%v)(%v) = %v, want %v", a, x, va, want)
		}
		for name, test := range map[string]struct {
			p    tensor.Polynomial
			want *big.Rat
		}{
			"sum":     {must(a.Add(b)), new(big.Rat).Add(va, vb)},
			"product": {must(a.Mul(b)), new(big.Rat).Mul(va, vb)},
			"scaled":  {a.Scale(c), new(big.Rat).Mul(c, va)},
		} {
			if got := must(test.p.Eval(x)); got.Cmp(test.want) != 0 {
				t.Fatalf("%s of %v and %v at %v: %v, want %v", name, a, b, x, got, test.want)
			}
			terms := test.p.Terms()
			for i, term := range terms {
				if term.Coef.Sign() == 0 || i > 0 && slices.Compare(terms[i-1].Exp, term.Exp) >= 0 {
					t.Fatalf("%s of %v and %v: terms %v are not canonical", name, a, b, terms)
				}
			}
		}
		if !must(a.Add(b)).Equal(must(b.Add(a))) || !must(a.Mul(b)).Equal(must(b.Mul(a))) {
			t.Fatalf("%v and %v do not commute", a, b)
		}
	})
}

func TestShift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 3).Draw(t, "dim")
		p, at, h := drawPolynomial(t, dim, 4), drawRats(t, dim), drawRats(t, dim)
		sum := make([]*big.Rat, dim)
		for i := range sum {
			sum[i] = new(big.Rat).Add(at[i], h[i])
		}
		shifted := must(p.Shift(at))
		if got, want := must(shifted.Eval(h)), must(p.Eval(sum)); got.Cmp(want) != 0 {
			t.Fatalf("%v shifted by %v, at %v: %v, want %v", p, at, h, got, want)
		}
	})
}

// TestDerivative compares with differentiating term by term, and evaluating.
func TestDerivative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 3).Draw(t, "dim")
		p, at := drawPolynomial(t, dim, 4), drawRats(t, dim)
		k := rapid.IntRange(0, 4).Draw(t, "k")
		d := must(p.Derivative(at, k))
		for _, index := range indices(dim, k) {
			terms := p.Terms()
			for _, i := range index {
				terms = differentiate(terms, i)
			}
			if got, want := d.At(index...), evalTerms(terms, at); got.Cmp(want) != 0 {
				t.Fatalf("∂_%v (%v) at %v is %v, want %v", index, p, at, got, want)
			}
		}
	})
}

// TestDerivativeOfMonomial: ∇^d x^d = d!, and the next order vanishes.
func TestDerivativeOfMonomial(t *testing.T) {
	p := must(tensor.NewPolynomial(1, []tensor.Term{{Coef: q("1"), Exp: []int{tensor.MaxDegree}}}))
	want := new(big.Int).MulRange(1, tensor.MaxDegree)
	if got := must(p.Derivative(qs("3"), tensor.MaxDegree)).Data(); len(got) != 1 || got[0].Cmp(new(big.Rat).SetInt(want)) != 0 {
		t.Errorf("∇^64 x^64 = %v, want %v", got, want)
	}
	square := must(tensor.NewPolynomial(1, []tensor.Term{{Coef: q("1"), Exp: []int{2}}}))
	if got := must(square.Derivative(qs("3"), 3)).String(); got != "[[[0]]]" {
		t.Errorf("∇³x² = %s, want 0", got)
	}
}

func TestPolynomialErrors(t *testing.T) {
	term := func(exp ...int) tensor.Term { return tensor.Term{Coef: q("1"), Exp: exp} }
	for _, test := range []struct {
		name  string
		dim   int
		terms []tensor.Term
		want  error
		text  string
	}{
		{"negative", 2, []tensor.Term{term(0, 0), term(1, -1)}, tensor.ErrExponent, "terms[1].exp: -1 is negative"},
		{"length", 2, []tensor.Term{term(0, 0, 0)}, tensor.ErrShape, "terms[0].exp: 3 exponents for 2 variables"},
		{"degree", 2, []tensor.Term{term(32, 33)}, tensor.ErrTooLarge, "terms[0].exp: the degree exceeds 64"},
		{"overflow", 2, []tensor.Term{term(1<<62, 1<<62)}, tensor.ErrTooLarge, "terms[0].exp"},
		{"nil", 1, []tensor.Term{{Exp: []int{1}}}, tensor.ErrNumber, "terms[0].coef: nil"},
		{"no variables", 0, nil, tensor.ErrShape, "0 variables"},
		{"many variables", tensor.MaxVariables + 1, nil, tensor.ErrTooLarge, "1025 variables"},
		{"many terms", 1, make([]tensor.Term, tensor.MaxTerms+1), tensor.ErrTooLarge, "131073 terms"},
	} {
		_, err := tensor.NewPolynomial(test.dim, test.terms)
		var field *tensor.FieldError
		if !errors.Is(err, test.want) || !errors.As(err, &field) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v; want %v with %q", test.name, err, test.want, test.text)
		}
	}

	one := must(tensor.NewPolynomial(1, []tensor.Term{term(33)}))
	two := must(tensor.NewPolynomial(2, []tensor.Term{term(1, 1)}))
	_, add := one.Add(two)
	_, mul := one.Mul(two)
	_, square := one.Mul(one)
	_, eval := two.Eval(qs("1"))
	_, null := two.Eval([]*big.Rat{q("1"), nil})
	_, negative := two.Derivative(qs("1", "2"), -1)
	_, large := two.Derivative(qs("1", "2"), 27)
	_, short := two.Derivative(nil, 1)
	_, shift := two.Shift(qs("1", "2", "3"))
	// A monomial shifted off the origin has Π (e_i+1) terms.
	_, blowUp := must(tensor.NewPolynomial(5, []tensor.Term{term(12, 13, 13, 13, 13)})).Shift(qs("1", "1", "1", "1", "1"))
	for name, test := range map[string]struct{ got, want error }{
		"Add":              {add, tensor.ErrShape},
		"Mul":              {mul, tensor.ErrShape},
		"degree 66":        {square, tensor.ErrTooLarge},
		"Eval":             {eval, tensor.ErrShape},
		"Eval at nil":      {null, tensor.ErrNumber},
		"negative order":   {negative, tensor.ErrOrder},
		"large derivative": {large, tensor.ErrTooLarge},
		"no point":         {short, tensor.ErrShape},
		"Shift":            {shift, tensor.ErrShape},
		"499408 terms":     {blowUp, tensor.ErrTooLarge},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
}

func TestPolynomialIsImmutable(t *testing.T) {
	coef, exp := q("1"), []int{1}
	p := must(tensor.NewPolynomial(1, []tensor.Term{{Coef: coef, Exp: exp}}))
	coef.SetInt64(7)
	exp[0] = 7
	p.Terms()[0].Coef.SetInt64(8)
	p.Terms()[0].Exp[0] = 8
	must(p.Add(p))
	must(p.Eval(qs("1"))).SetInt64(9)
	if got := p.String(); got != "x0" {
		t.Errorf("changed from outside: %s, want x0", got)
	}
}

func TestPolynomialString(t *testing.T) {
	for want, terms := range map[string][]tensor.Term{
		"0":              nil,
		"-1/2 + x0^2 x1": {{Coef: q("1"), Exp: []int{2, 1}}, {Coef: q("-1/2"), Exp: []int{0, 0}}},
		"-x1 - 3 x0":     {{Coef: q("-1"), Exp: []int{0, 1}}, {Coef: q("-3"), Exp: []int{1, 0}}},
		"1":              {{Coef: q("1"), Exp: []int{0, 0}}},
		"2 x0":           {{Coef: q("3"), Exp: []int{1, 0}}, {Coef: q("-1"), Exp: []int{1, 0}}},
	} {
		if got := must(tensor.NewPolynomial(2, terms)).String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestPolynomialJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolynomial(t, rapid.IntRange(1, 3).Draw(t, "dim"), 4)
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var again tensor.Polynomial
		if err := json.Unmarshal(text, &again); err != nil || !again.Equal(p) {
			t.Fatalf("%s reads as %v, %v; want %v", text, again, err, p)
		}
	})
	var p tensor.Polynomial
	for text, want := range map[string]error{
		`[{"coef": "1", "exp": [1, 0]}, {"coef": "1", "exp": [1]}]`: tensor.ErrShape,
		`[{"coef": "1", "exp": [1]}, {"coef": "1", "exp": [1]}]`:    tensor.ErrExponent,
		`[{"coef": "1", "exp": []}]`:                                tensor.ErrShape,
		`[{"coef": "1"}]`:                                           tensor.ErrMissing,
		`[{"exp": [1]}]`:                                            tensor.ErrMissing,
		`[1]`:                                                       tensor.ErrFormat,
		`{}`:                                                        tensor.ErrFormat,
		`[{"coef": "1/0", "exp": [1]}]`:                             tensor.ErrNumber,
	} {
		if err := json.Unmarshal([]byte(text), &p); !errors.Is(err, want) {
			t.Errorf("Unmarshal(%s): %v, want %v", text, err, want)
		}
	}
	huge := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(900), nil))
	p = must(tensor.NewPolynomial(1, []tensor.Term{{Coef: huge, Exp: []int{1}}}))
	if _, err := p.MarshalJSON(); !errors.Is(err, tensor.ErrNumber) {
		t.Errorf("a coefficient of 900 digits: %v, want %v", err, tensor.ErrNumber)
	}
	if text := must(json.Marshal(tensor.Polynomial{})); string(text) != "[]" {
		t.Errorf("the zero Polynomial is written %s", text)
	}
	if got, err := (tensor.Polynomial{}).Eval(nil); err != nil || got.Sign() != 0 {
		t.Errorf("the zero Polynomial is %v, %v", got, err)
	}
}
