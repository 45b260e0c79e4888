package value_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// coefficients returns the class coefficients of a series of numbers, by symbol.
func coefficients(t *testing.T, g embed.Grid, o value.Observable, order int, form embed.Form) map[string]*big.Rat {
	t.Helper()
	s, err := value.Expand(ctx, g, o, order, form)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]*big.Rat{}
	for _, c := range s.Classes() {
		got[o.Symbol(c.Representative, form)] = c.Coefficient
	}
	return got
}

func sameCoefficients(t *testing.T, got, want map[string]*big.Rat) {
	t.Helper()
	want = maps.Clone(want)
	maps.DeleteFunc(want, func(_ string, w *big.Rat) bool { return w.Sign() == 0 })
	for symbol, w := range want {
		if g := got[symbol]; g == nil || g.Cmp(w) != 0 {
			t.Errorf("coefficient of %s: %v, want %v", symbol, g, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("terms %v, want %v", got, want)
	}
}

// P Prop. 2: l − MN G² + MN(MN−½) GHG + (M²N/2) C·H + MN(M−1/B)/4 G·∇tr C, where
// G·∇tr C is 2 κ(∇_μ l, ∇^μ∇_ν l) G^ν; and its analogue for the train loss: subtract
// M tr C η, and add M(MN−1)/2 C·H + M(3MN−1)/4 G·∇tr C + M(M−1/(2B)) X at η².
func TestProposition2(t *testing.T) {
	const (
		loss  = "l"
		gg    = "G_μ G^μ"
		ghg   = "G_μ H_ν^μ G^ν"
		ch    = "C_μν H^μν"
		trace = "κ(∇_μ l, ∇^μ∇_ν l) G^ν"
		trC   = "C_μ^μ"
		x     = "κ(∇_μ l, ∇^μ∇_ν l, ∇^ν l)"
	)
	for _, c := range []struct{ n, e, b int64 }{{1, 1, 1}, {6, 1, 1}, {6, 3, 1}, {6, 1, 2}, {6, 3, 2}, {6, 4, 6}, {10, 5, 5}} {
		t.Run(fmt.Sprintf("N=%d E=%d B=%d", c.n, c.e, c.b), func(t *testing.T) {
			g := embed.Must(embed.SGD(c.n, c.e, c.b))
			m, n, b := big.NewRat(c.e, c.b), big.NewRat(c.n, 1), big.NewRat(c.b, 1)
			mn := mul(m, n)
			one, half := big.NewRat(1, 1), big.NewRat(1, 2)
			want := map[string]*big.Rat{
				loss:  one,
				gg:    neg(mn),
				ghg:   mul(mn, sub(mn, half)),
				ch:    mul(m, m, n, half),
				trace: mul(mn, sub(m, inv(b)), half),
			}
			sameCoefficients(t, coefficients(t, g, value.TestLoss(), 2, embed.Cumulant), want)
			want[trC] = neg(m)
			want[ch] = add(want[ch], mul(m, sub(mn, one), half))
			want[trace] = add(want[trace], mul(m, sub(mul(mn, big.NewRat(3, 1)), one), half))
			want[x] = mul(m, sub(m, mul(half, inv(b))))
			sameCoefficients(t, coefficients(t, g, value.TrainLoss(), 2, embed.Cumulant), want)
		})
	}
}

func mul(x ...*big.Rat) *big.Rat {
	product := big.NewRat(1, 1)
	for _, y := range x {
		product.Mul(product, y)
	}
	return product
}

func add(x, y *big.Rat) *big.Rat { return new(big.Rat).Add(x, y) }
func sub(x, y *big.Rat) *big.Rat { return new(big.Rat).Sub(x, y) }
func neg(x *big.Rat) *big.Rat    { return new(big.Rat).Neg(x) }
func inv(x *big.Rat) *big.Rat    { return new(big.Rat).Inv(x) }

// P §A.1 and Cor. 4, as corrected: E epochs at rate η₀/E less one epoch at η₀ is, at order
// 2, N(E−1)/(4E) (∇tr C + 2HG)·G. In cumulant form the untied chain and the tied one are
// left, in moment form the tied one alone.
func TestEpochs(t *testing.T) {
	for _, epochs := range []int64{2, 3, 5, 8} {
		n := int64(10)
		many := embed.Must(embed.SGD(n, epochs, 1)).Scale(big.NewRat(1, epochs))
		for form, want := range map[embed.Form][]string{
			embed.Cumulant: {"(01-2)(01-12)", "(0-1-2)(01-12)"},
			embed.Moment:   {"(01-2)(01-12)"},
		} {
			first, err := value.Expand(ctx, many, value.TestLoss(), 2, form)
			if err != nil {
				t.Fatal(err)
			}
			second, err := value.Expand(ctx, embed.Must(embed.OneEpoch(n)), value.TestLoss(), 2, form)
			if err != nil {
				t.Fatal(err)
			}
			c, err := value.Compare(first, second)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range c.Terms {
				got = append(got, d.Diagram().String())
				// ∇tr C · G is 2 κ(∇_μ l, ∇^μ∇_ν l) G^ν: both coefficients are N(E−1)/(2E).
				if w := big.NewRat(n*(epochs-1), 2*epochs); d.Coefficient.Cmp(w) != 0 {
					t.Errorf("%v, E=%d: coefficient of %v is %v, want %v", form, epochs, d.Diagram(), d.Coefficient, w)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%v, E=%d: %v are left, want %v", form, epochs, got, want)
			}
		}
	}
}

// P Theorem 3: the gap is test minus train, and in moment form its coefficients are those
// of −Σ_p (D_rp − D)/N over the non-root parts p.
func TestGapRule(t *testing.T) {
	for _, g := range []embed.Grid{embed.Must(embed.SGD(4, 2, 2)), embed.Must(embed.GD(3, 4)), embed.Must(embed.OneEpoch(5))} {
		for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
			test := coefficients(t, g, value.TestLoss(), 4, form)
			for symbol, c := range coefficients(t, g, value.TrainLoss(), 4, form) {
				if test[symbol] == nil {
					test[symbol] = new(big.Rat)
				}
				test[symbol] = sub(test[symbol], c)
			}
			sameCoefficients(t, coefficients(t, g, value.Gap(), 4, form), test)
		}
		c := embed.NewCounter(g)
		want := map[diagram.Diagram]*big.Rat{}
		for edges := range 5 {
			for d := range diagram.All(edges) {
				addTheorem3(t, c, d, want)
			}
		}
		s, err := value.ExpandWith(ctx, c, value.Gap(), 4, embed.Moment)
		if err != nil {
			t.Fatal(err)
		}
		for _, term := range s.Terms {
			if w := want[term.Diagram]; w == nil || w.Cmp(term.Coefficient) != 0 {
				t.Errorf("coefficient of %v is %v, want %v", term.Diagram, term.Coefficient, w)
			}
			delete(want, term.Diagram)
		}
		for d, w := range want {
			if w.Sign() != 0 {
				t.Errorf("%v is missing, want the coefficient %v", d, w)
			}
		}
	}
}

// addTheorem3 adds −(−1)^d W(D)/|Aut(D)| Σ_p (D_rp − D)/N to the coefficients.
func addTheorem3(t *testing.T, c *embed.Counter, d diagram.Diagram, to map[diagram.Diagram]*big.Rat) {
	t.Helper()
	w, err := c.Count(ctx, d, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	coefficient := new(big.Rat).Quo(w.Weight, new(big.Rat).SetInt(d.Aut()))
	coefficient.Quo(coefficient, big.NewRat(c.Grid().Rows(), 1))
	if d.Edges()%2 == 0 {
		coefficient.Neg(coefficient)
	}
	labels := d.Labels()
	root := d.Edges()
	tie := func(e diagram.Diagram, sign int64) {
		if to[e] == nil {
			to[e] = new(big.Rat)
		}
		to[e] = add(to[e], mul(coefficient, big.NewRat(sign, 1)))
	}
	for p := range d.Partition().NumParts() - 1 {
		joined := append([]int(nil), labels...)
		joined[root] = p
		e, err := diagram.New(d.Parents(), joined)
		if err != nil {
			t.Fatal(err)
		}
		tie(e, 1)
		tie(d, -1)
	}
}

// Terms come in the order of diagram.Compare, with exact and positive |Aut| and maps.
func TestTermOrder(t *testing.T) {
	for _, name := range []string{"test", "train", "gap", "displacement", "covariance", "variance"} {
		o, err := value.ParseObservable(name)
		if err != nil {
			t.Fatal(err)
		}
		if o.String() != name {
			t.Errorf("%q prints as %q", name, o)
		}
		s, err := value.Expand(ctx, embed.Must(embed.SGD(4, 2, 2)), o, 4, embed.Moment)
		if err != nil {
			t.Fatal(err)
		}
		for i, term := range s.Terms {
			if i > 0 && diagram.Compare(s.Terms[i-1].Diagram, term.Diagram) >= 0 {
				t.Errorf("%s: %v comes before %v", name, s.Terms[i-1].Diagram, term.Diagram)
			}
			if term.Weight.Sign() == 0 || term.Maps.Sign() < 0 {
				t.Errorf("%s: %v has weight %v and %v maps", name, term.Diagram, term.Weight, term.Maps)
			}
		}
	}
}

// One-epoch SGD with batch size 1: at order 3, 9 diagrams embed, of 6 values.
func TestClasses(t *testing.T) {
	s, err := value.Expand(ctx, embed.Must(embed.OneEpoch(10)), value.TestLoss(), 3, embed.Cumulant)
	if err != nil {
		t.Fatal(err)
	}
	terms, classes := 0, 0
	for _, term := range s.Terms {
		if term.Order() == 3 {
			terms++
		}
	}
	for _, c := range s.Classes() {
		if c.Order() == 3 {
			classes++
		}
	}
	if terms != 9 || classes != 6 {
		t.Errorf("%d diagrams, %d values; want 9 and 6", terms, classes)
	}
}

func TestOrderErrors(t *testing.T) {
	g := embed.Must(embed.OneEpoch(3))
	for _, order := range []int{-1, 9, 35, 99, 1 << 40} {
		if _, err := value.Expand(ctx, g, value.TestLoss(), order, embed.Cumulant); !errors.Is(err, value.ErrOrder) {
			t.Errorf("order %d: %v, want ErrOrder", order, err)
		}
	}
	if _, err := value.ParseObservable("accuracy"); !errors.Is(err, value.ErrObservable) || !strings.Contains(err.Error(), "accuracy") {
		t.Errorf("accuracy: %v", err)
	}
}

// A cancelled context stops an expansion; it would else take minutes.
func TestCancel(t *testing.T) {
	c, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err := value.Expand(c, embed.Must(embed.SGD(12, 3, 2)), value.TrainLoss(), value.MaxOrder, embed.Moment)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the context's error", err)
	}
}

func TestCompareErrors(t *testing.T) {
	g := embed.Must(embed.OneEpoch(3))
	expand := func(o value.Observable, order int, form embed.Form) *value.Series {
		s, err := value.Expand(ctx, g, o, order, form)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := expand(value.TestLoss(), 2, embed.Cumulant)
	for _, other := range []*value.Series{
		expand(value.TrainLoss(), 2, embed.Cumulant), expand(value.TestLoss(), 1, embed.Cumulant), expand(value.TestLoss(), 2, embed.Moment),
	} {
		if _, err := value.Compare(s, other); !errors.Is(err, value.ErrMismatch) {
			t.Errorf("%v, want ErrMismatch", err)
		}
	}
	if c, err := value.Compare(s, s); err != nil || len(c.Terms) != 0 {
		t.Errorf("a series differs from itself by %v, %v", c, err)
	}
}

// Scaling every weight by a scales the coefficient of η^d by a^d.
func TestRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := big.NewRat(rapid.Int64Range(-5, 5).Draw(t, "num"), rapid.Int64Range(1, 5).Draw(t, "den"))
		g := embed.Must(embed.SGD(4, rapid.Int64Range(1, 3).Draw(t, "E"), 2))
		s, err := value.Expand(ctx, g, value.TestLoss(), 3, embed.Cumulant)
		if err != nil {
			t.Fatal(err)
		}
		scaled, err := value.Expand(ctx, g.Scale(rate), value.TestLoss(), 3, embed.Cumulant)
		if err != nil {
			t.Fatal(err)
		}
		want := map[diagram.Diagram]*big.Rat{}
		for _, term := range s.Terms {
			c := term.Coefficient
			for range term.Order() {
				c = mul(c, rate)
			}
			want[term.Diagram] = c
		}
		for _, term := range scaled.Terms {
			if term.Coefficient.Cmp(want[term.Diagram]) != 0 {
				t.Fatalf("rate %v: coefficient of %v is %v, want %v", rate, term.Diagram, term.Coefficient, want[term.Diagram])
			}
		}
	})
}
