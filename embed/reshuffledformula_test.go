package embed_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

func reshuffledWeight(t fatal, d diagram.Diagram, form embed.Form) embed.RationalFunction {
	t.Helper()
	f, err := embed.ReshuffledWeight(context.Background(), d, form)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

type fatal interface {
	Helper()
	Fatal(args ...any)
}

// By hand: a chain from part a to part b, twice, is a chain in one row, which takes two
// epochs, or in two rows, where a is before b in an earlier epoch or, with chance
// c = (N−B)/(2(N−1)), in an earlier batch of the same. With two rows, the chains are in an
// order of epochs each, or one or both in one epoch, which may be the same for both.
func TestReshuffledChains(t *testing.T) {
	twice := reshuffledWeight(t, diagram.MustParse("(02-13-4)(01-14-23-34)"), embed.Cumulant)
	var want embed.RationalFunction
	for _, text := range []string{
		"N*(E*(E - 1)/2)^2/B^4",                         // one row
		"N*(N - 1)*(E*(E - 1)/2)^2/B^4",                 // different epochs, twice
		"2*E^2*(E - 1)/2*N*(N - B)/2/B^4",               // once, and the other chain in one epoch, c
		"E*N*(N - B)/2/B^4",                             // both in the same epoch, c
		"E*(E - 1)*N*(N - B)^2/4/B^4/(N - 1)",           // in one epoch each, different ones, c²
		"0/(N - 1)", "1/(N - 1)", "(1 - 1 - 1)/(N - 1)", // nothing
	} {
		want = want.Add(must(embed.ParseRationalFunction(text)))
	}
	if !twice.Equal(want) {
		t.Errorf("%v, want %v", twice, want)
	}
}

// The formula is the expectation on every training set, whatever the form and the roots,
// also where N is a root of its denominator.
func TestReshuffledWeightIsExpectation(t *testing.T) {
	diagrams := ofAllKinds(4, 3)
	for i, d := range enumerate(5, diagram.Single) {
		if i%29 == 0 {
			diagrams = append(diagrams, d)
		}
	}
	sizes := [][3]int64{{1, 1, 1}, {1, 4, 1}, {2, 1, 1}, {2, 3, 1}, {2, 2, 2}, {3, 5, 1}, {4, 3, 2}, {6, 2, 3}, {12, 7, 4}, {5, 2, 1}}
	for _, d := range diagrams {
		for _, form := range forms {
			f := reshuffledWeight(t, d, form)
			for _, s := range sizes {
				n, e, b := s[0], s[1], s[2]
				want := must(must(embed.RandomReshuffles(n, e, b)).Count(context.Background(), d, form)).Weight
				got, err := f.At(big.NewRat(e, 1), big.NewRat(n, 1), big.NewRat(b, 1))
				if err != nil || got.Cmp(want) != 0 {
					t.Errorf("N=%d E=%d B=%d, %v, %v form: %v = %v, %v; want %v", n, e, b, d, form, f, got, err, want)
				}
			}
		}
	}
}

// Three rows in the same order twice: the denominator has N−2, and at N = 2, as at 1 and
// 3, the formula is the mean over all orders of the epochs.
func TestReshuffledWeightAtItsRoots(t *testing.T) {
	d := diagram.MustParse("(03-14-25-6)(02-12-26-35-45-56)")
	f := reshuffledWeight(t, d, embed.Cumulant)
	if !strings.HasSuffix(f.String(), ")/(N - 1)/(N - 2)") {
		t.Errorf("%v has not both roots", f)
	}
	for _, s := range [][3]int64{{1, 3, 1}, {2, 3, 1}, {2, 2, 2}, {3, 2, 1}, {4, 2, 2}} {
		n, e, b := s[0], s[1], s[2]
		mean, orders := new(big.Rat), int64(0)
		eachOrders(n, e, func(order [][]int64) {
			c := embed.NewCounter(must(embed.Reshuffled(n, b, order)))
			mean.Add(mean, count(t, c, d, embed.Cumulant).Weight)
			orders++
		})
		mean.Quo(mean, big.NewRat(orders, 1))
		got, err := f.At(big.NewRat(e, 1), big.NewRat(n, 1), big.NewRat(b, 1))
		if err != nil || got.Cmp(mean) != 0 {
			t.Errorf("N=%d E=%d B=%d: %v, %v; the mean over %d orders is %v", n, e, b, got, err, orders, mean)
		}
	}
}

// P §A.2's footnote, for each diagram and in both forms: through order 3, reshuffling
// changes nothing. At order 4 it changes 17 of 101 diagrams, by multiples of
// E(E−1)N(N−B), which one epoch, or one batch, makes 0. Denominators have N−1 from order 4
// on, and N−2 not before order 6.
func TestReshufflingChangesOrder4(t *testing.T) {
	for _, d := range ofAllKinds(4, 3) {
		for _, form := range forms {
			f := reshuffledWeight(t, d, form)
			_, polynomial, err := embed.Polynomials(context.Background(), d, form)
			if err != nil {
				t.Fatal(err)
			}
			difference := f.Sub(polynomial.RationalFunction())
			if _, ok := f.Polynomial(); d.Edges() < 4 && (!ok || !difference.Equal(embed.RationalFunction{})) {
				t.Errorf("%v, %v form: %v, without reshuffling %v", d, form, f, polynomial)
			}
			for _, at := range [][3]int64{{1, 7, 3}, {0, 7, 3}, {3, 7, 7}, {3, 0, 3}} {
				if v, err := difference.At(big.NewRat(at[0], 1), big.NewRat(at[1], 1), big.NewRat(at[2], 1)); err != nil || v.Sign() != 0 {
					t.Errorf("%v, %v form: reshuffling at E, N, B = %v adds %v, %v", d, form, at, v, err)
				}
			}
		}
	}
	changed := 0
	withoutRoot := must(embed.ParseRationalFunction("N - 1"))
	for i, d := range append(enumerate(4, diagram.Single), enumerate(5, diagram.Single)...) {
		if d.Edges() == 5 && i%9 > 0 {
			continue
		}
		f := reshuffledWeight(t, d, embed.Cumulant)
		if _, ok := f.Mul(withoutRoot).Polynomial(); !ok {
			t.Errorf("%v: %v, want no denominator but N - 1", d, f)
		}
		_, polynomial, err := embed.Polynomials(context.Background(), d, embed.Cumulant)
		if err != nil {
			t.Fatal(err)
		}
		if d.Edges() == 4 && !f.Equal(polynomial.RationalFunction()) {
			changed++
		}
	}
	if changed != 17 {
		t.Errorf("%d diagrams of four edges change, want 17", changed)
	}
}

func TestReshuffledWeightErrors(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	chain := diagram.MustParse("(0-1-2)(01-12)")
	for name, c := range map[string]struct {
		ctx  context.Context
		d    diagram.Diagram
		form embed.Form
		want error
	}{
		"form":       {context.Background(), chain, 7, embed.ErrForm},
		"cancelled":  {cancelled, chain, embed.Cumulant, context.Canceled},
		"nine edges": {context.Background(), diagram.MustParse("(012345678-9)(09-19-29-39-49-59-69-79-89)"), embed.Moment, embed.ErrTooLarge},
	} {
		if f, err := embed.ReshuffledWeight(c.ctx, c.d, c.form); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.d.String()) {
			t.Errorf("%s: %v, %v; want %v", name, f, err, c.want)
		}
	}
}

// Two chains from one part to another: without reshuffling, the two rows are in the same
// order in each epoch, and a random order makes the product of two chances of what was one.
func ExampleReshuffledWeight() {
	twice := diagram.MustParse("(03-12-4)(01-14-23-34)") // from one to the other, and back
	shuffled, err := embed.ReshuffledWeight(context.Background(), twice, embed.Cumulant)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, fixed, err := embed.Polynomials(context.Background(), twice, embed.Cumulant)
	if err != nil {
		fmt.Println(err)
		return
	}
	difference := shuffled.Sub(fixed.RationalFunction())
	fmt.Println(difference)
	fmt.Println(difference.At(big.NewRat(2, 1), big.NewRat(10, 1), big.NewRat(1, 1))) // E = 2, N = 10, B = 1
	// Output:
	// (1/4*E^2*N^3/B^4 - 1/2*E^2*N^2/B^3 + 1/4*E^2*N/B^2 - 1/4*E*N^3/B^4 + 1/2*E*N^2/B^3 - 1/4*E*N/B^2)/(N - 1)
	// 45/1 <nil>
}
