package embed_test

import (
	"context"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/golden"
	"pgregory.net/rapid"
)

func TestCountIsTheNumberOfMaps(t *testing.T) {
	diagrams := ofAllKinds(4, 3)
	if testing.Short() {
		diagrams = ofAllKinds(3, 2)
	}
	for _, s := range smallSpaces() {
		c := embed.NewCounter(s.grid)
		for _, d := range diagrams {
			for _, form := range forms {
				checkCount(t, c, d, s, form)
			}
		}
	}
}

func TestCountIsTheNumberOfMapsAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDiagram(5).Draw(t, "d")
		cells := []int{24, 24, 24, 14, 8, 6}[d.Edges()]
		s := anySpace(cells).Draw(t, "space")
		for _, form := range forms {
			checkCount(t, embed.NewCounter(s.grid), d, s, form)
		}
	})
}

type failer interface {
	Context() context.Context
	Helper()
	Errorf(format string, args ...any)
}

func checkCount(t failer, c *embed.Counter, d diagram.Diagram, s space, form embed.Form) {
	t.Helper()
	got, err := c.Count(context.Background(), d, form)
	want := bruteCount(d, s, form)
	if err != nil || got.Maps.Cmp(want.Maps) != 0 || got.Weight.Cmp(want.Weight) != 0 {
		t.Errorf("%v, %v, %v form: got %v, %v; want %v", s, d, form, got, err, want)
	}
}

func TestCountAgainstRecords(t *testing.T) {
	for _, test := range golden.Embeddings() {
		var cells []embed.Cell
		for _, c := range test.Grid.Cells {
			cells = append(cells, embed.Cell{N: int64(c.N), T: int64(c.T), Weight: c.Weight})
		}
		c := embed.NewCounter(must(embed.New(int64(test.Grid.N), int64(test.Grid.T), cells)))
		for text, want := range test.Weighted {
			d := diagram.MustParse(text)
			got := count(t, c, d, embed.Cumulant).Weight
			if got.Quo(got, new(big.Rat).SetInt(d.Aut())); got.Cmp(want) != 0 {
				t.Errorf("%s, %v: W/|Aut| is %v, want %v", test.Name, d, got, want)
			}
		}
	}
}

// W of the four diagrams of two edges on SGD, by hand: from the table of P §B.7 and P
// Prop. 2, as corrected. M is the number of updates per point, E/B.
func TestCountOfTwoEdges(t *testing.T) {
	for n := int64(1); n <= 12; n++ {
		for epochs := int64(1); epochs <= 4; epochs++ {
			for batch := int64(1); batch <= n; batch++ {
				if n%batch != 0 {
					continue
				}
				c := embed.NewCounter(must(embed.SGD(n, epochs, batch)))
				rat := func(x int64) *big.Rat { return new(big.Rat).SetInt64(x) }
				m, points := big.NewRat(epochs, batch), rat(n)
				mn := new(big.Rat).Mul(m, points)
				half := big.NewRat(1, 2)
				product := func(factors ...*big.Rat) *big.Rat {
					p := rat(1)
					for _, f := range factors {
						p.Mul(p, f)
					}
					return p
				}
				minus := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
				for text, want := range map[string]*big.Rat{
					"(0-1)(01)":      mn,
					"(0-1-2)(02-12)": product(mn, mn),
					"(0-1-2)(01-12)": product(half, mn, minus(mn, rat(1))),
					"(01-2)(02-12)":  product(m, mn),
					"(01-2)(01-12)":  product(half, mn, minus(m, big.NewRat(1, batch))),
				} {
					if got := count(t, c, diagram.MustParse(text), embed.Cumulant).Weight; got.Cmp(want) != 0 {
						t.Errorf("N=%d E=%d B=%d %s: got %v, want %v", n, epochs, batch, text, got, want)
					}
				}
				// Prop. 2: GHG comes from the untied chain and half of the untied corolla,
				// MN(MN−½); C·H from half of the tied corolla, M²N/2; G·∇tr C, whose tensor is
				// half of the chain's, from the tied chain, MN(M − 1/B)/4.
				w := func(text string) *big.Rat { return count(t, c, diagram.MustParse(text), embed.Cumulant).Weight }
				ghg := new(big.Rat).Add(w("(0-1-2)(01-12)"), product(half, w("(0-1-2)(02-12)")))
				if want := product(mn, minus(mn, half)); ghg.Cmp(want) != 0 {
					t.Errorf("N=%d E=%d B=%d: GHG has %v, want %v", n, epochs, batch, ghg, want)
				}
				if got, want := product(half, w("(01-2)(02-12)")), product(half, m, m, points); got.Cmp(want) != 0 {
					t.Errorf("N=%d E=%d B=%d: C·H has %v, want %v", n, epochs, batch, got, want)
				}
				if got, want := product(half, w("(01-2)(01-12)")), product(big.NewRat(1, 4), mn, minus(m, big.NewRat(1, batch))); got.Cmp(want) != 0 {
					t.Errorf("N=%d E=%d B=%d: G·∇tr C has %v, want %v", n, epochs, batch, got, want)
				}
			}
		}
	}
}

// P Prop. 1, with orderings up to automorphism and the multinomial over non-root parts:
// one epoch of single points has C(N, p) ords(D) |Aut(D)| / Π d_i! maps in moment form.
func TestCountInOneEpoch(t *testing.T) {
	edges := 5
	if testing.Short() {
		edges = 4
	}
	for _, n := range []int64{1, 2, 3, 5, 8, 1000} {
		c := embed.NewCounter(must(embed.OneEpoch(n)))
		for _, d := range upTo(edges) {
			sizes := make([]int64, d.Edges())
			parts := int64(0)
			for _, p := range d.Labels()[:d.Edges()] {
				sizes[p]++
				parts = max(parts, int64(p)+1)
			}
			want := new(big.Int).Binomial(n, parts)
			want.Mul(want, d.Orderings()).Mul(want, d.Aut())
			for _, size := range sizes {
				want.Quo(want, new(big.Int).MulRange(1, size))
			}
			if !d.PathCondition() {
				want.SetInt64(0)
			}
			if got := count(t, c, d, embed.Moment).Maps; got.Cmp(want) != 0 {
				t.Errorf("N=%d, %v: got %v, want %v", n, d, got, want)
			}
		}
	}
}

// Weights whose products overflow machine words, on a grid small enough for every map.
func TestCountOverflow(t *testing.T) {
	for name, s := range map[string]space{
		"coprime": listed("coprime", 2, 4,
			cell(0, 0, 1<<40+1, 1<<20+7), cell(1, 0, -1<<40+5, 1<<21+9), cell(0, 1, 1<<41, 1<<19+21),
			cell(1, 2, 1<<40+3, 3), cell(0, 2, -1<<39+1, 1), cell(1, 3, 1, 1<<30+3)),
		"no machine words": listed("no machine words", 2, 3,
			embed.Cell{N: 0, T: 0, Weight: new(big.Rat).SetFrac(new(big.Int).Lsh(big.NewInt(1), 200), big.NewInt(3))},
			embed.Cell{N: 0, T: 1, Weight: new(big.Rat).SetFrac(new(big.Int).Lsh(big.NewInt(-1), 90), big.NewInt(5))},
			cell(1, 1, 1, 1), cell(1, 2, 1, 7)),
		"only the column sums": listed("only the column sums", 3, 2,
			cell(0, 0, 1<<62, 1), cell(1, 0, 1<<62, 1), cell(2, 0, -1<<62, 1), cell(0, 1, 1, 1)),
		"only the fourth power": listed("only the fourth power", 1, 4,
			cell(0, 0, 1<<16, 1), cell(0, 1, 1<<16, 1), cell(0, 2, 1<<16+1, 1), cell(0, 3, 1<<17, 1)),
		"cancelling": listed("cancelling", 2, 2, // the sums are small, not what they are made of
			cell(0, 0, 1<<62, 1), cell(1, 0, -1<<62, 1), cell(0, 1, 1<<62, 1), cell(1, 1, 1, 1)),
	} {
		t.Run(name, func(t *testing.T) {
			c := embed.NewCounter(s.grid)
			for _, d := range ofAllKinds(4, 3) {
				for _, form := range forms {
					checkCount(t, c, d, s, form)
				}
			}
		})
	}
}

// Sums on either side of what one machine word holds, and two: a row has two cells whose
// weight is a power of 2, and another row a cell of weight 1.
func TestCountInMoreWords(t *testing.T) {
	for bits := range uint(70) {
		for _, sign := range []int64{1, -1} {
			w := new(big.Int).Lsh(big.NewInt(sign), bits)
			weight := new(big.Rat).SetInt(w)
			c := embed.NewCounter(must(embed.New(2, 3, []embed.Cell{{N: 0, T: 0, Weight: weight}, {N: 0, T: 1, Weight: weight}, cell(1, 2, 1, 1)})))
			square := new(big.Int).Mul(w, w)
			for text, want := range map[string]*big.Int{
				"(0-1)(01)":     new(big.Int).Add(new(big.Int).Lsh(w, 1), big.NewInt(1)),
				"(01-2)(01-12)": square,
				"(01-2)(02-12)": new(big.Int).Add(new(big.Int).Lsh(square, 2), big.NewInt(1)),
			} {
				if got := count(t, c, diagram.MustParse(text), embed.Cumulant).Weight; got.Cmp(new(big.Rat).SetInt(want)) != 0 {
					t.Errorf("%s with weights %v: got %v, want %v", text, w, got, want)
				}
			}
		}
	}
}

func TestCountIsFresh(t *testing.T) {
	c := embed.NewCounter(must(embed.OneEpoch(4)))
	d := diagram.MustParse("(0-1-2)(01-12)")
	for _, form := range forms {
		first := count(t, c, d, form)
		first.Maps.SetInt64(-1)
		first.Weight.SetInt64(-1)
		if again := count(t, c, d, form); again.Maps.Int64() != 6 || again.Weight.Cmp(big.NewRat(6, 1)) != 0 {
			t.Errorf("%v form: after a change of the result, got %v", form, again)
		}
	}
}

func TestCountConcurrently(t *testing.T) {
	for _, s := range []space{sgd(6, 3, 2), smallSpaces()[15]} {
		shared := embed.NewCounter(s.grid)
		diagrams := ofAllKinds(3, 2)
		var group sync.WaitGroup
		for g := range 8 {
			group.Add(1)
			go func() {
				defer group.Done()
				own := embed.NewCounter(s.grid)
				for i := range diagrams {
					d := diagrams[(i*(2*g+1)+g)%len(diagrams)]
					for _, form := range forms {
						got, err := shared.Count(context.Background(), d, form)
						want, _ := own.Count(context.Background(), d, form)
						if err != nil || got.Maps.Cmp(want.Maps) != 0 || got.Weight.Cmp(want.Weight) != 0 {
							t.Errorf("%v, %v, %v form: got %v, %v; want %v", s, d, form, got, err, want)
						}
					}
				}
			}()
		}
		group.Wait()
	}
}

// interlocked is a corolla of chains of three nodes whose nodes are tied across.
func interlocked() diagram.Diagram { return crossed(0) }

// crossed is such a corolla below a chain of free nodes, of as many nodes as there may be.
func crossed(depth int) diagram.Diagram {
	parent, part := []int{-1}, []int{-1}
	for i := range depth {
		parent, part = append(parent, i), append(part, -2-i)
	}
	for i := 1; len(parent) < diagram.MaxNodes; i++ {
		up := len(parent) - 1
		if i%3 == 1 {
			up = depth
		}
		parent, part = append(parent, up), append(part, i*i%13)
	}
	return must(diagram.New(parent, part))
}

// branches is a free node below one of a part, above so many chains, each of two free nodes
// above one of that part. The curve of each chain has a basis of 3 vectors.
func branches(n int) diagram.Diagram {
	parent, part := []int{-1, 0, 1}, []int{-1, 0, -2}
	for range n {
		last := len(parent)
		parent, part = append(parent, 2, last, last+1), append(part, -2-last, -3-last, 0)
	}
	return must(diagram.New(parent, part))
}

// raggedGrid is a grid of the given numbers of rows, columns and cells.
func raggedGrid(rows, columns int64, cells int) embed.Grid {
	var list []embed.Cell
	for i := range int64(cells) {
		at := i * 7919 % (rows * columns) // a prime that must not divide the area
		list = append(list, cell(at%rows, at/rows, 1+i%5, 1+i%3))
	}
	return must(embed.New(rows, columns, list))
}

func TestCountRefusesHopelessWork(t *testing.T) {
	coprime := func() embed.Grid {
		var cells []embed.Cell
		for i := range int64(3000) {
			denom := new(big.Int).Lsh(big.NewInt(1), 3000)
			cells = append(cells, embed.Cell{N: 0, T: i, Weight: new(big.Rat).SetFrac(big.NewInt(1), denom.Add(denom, big.NewInt(2*i+1)))})
		}
		return must(embed.New(1, 3000, cells))
	}()
	long := must(embed.New(1, 9, []embed.Cell{cell(0, 0, 1, 1), {N: 0, T: 1, Weight: new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 1e5))}}))
	for _, test := range []struct {
		name  string
		grid  embed.Grid
		d     diagram.Diagram
		form  embed.Form
		names string
	}{
		{"a long sum", long, chain(9), embed.Cumulant, "bits"},
		{"crossing ties", raggedGrid(1000, 1000, 5000), interlocked(), embed.Cumulant, "1000 rows"},
		{"crossing ties below a free node", raggedGrid(1000, 1000, 5000), crossed(1), embed.Cumulant, "1000 rows"},
		{"a product of many sums", raggedGrid(100, 5000, 5000), branches(10), embed.Cumulant, "sums over"},
		{"crossing ties, listed GD", must(must(embed.GD(100, 100)).Schedule(slicesOfOnes(100))), interlocked(), embed.Cumulant, "100 rows"},
		{"many parts", must(embed.OneEpoch(5)), chain(13), embed.Moment, "13 parts sums over 27644437 partitions"}, // Bell(13), OEIS A000110
		{"one part too many", must(embed.OneEpoch(5)), chain(12), embed.Moment, "12 parts sums over 4213597 partitions"},
		{"many parts, listed", raggedGrid(10, 10, 50), chain(13), embed.Moment, "13 parts"},
		{"no common denominator", coprime, diagram.MustParse("(0-1)(01)"), embed.Cumulant, "common denominator of 3000 weights"},
	} {
		start := time.Now()
		_, err := embed.NewCounter(test.grid).Count(context.Background(), test.d, test.form)
		if !errors.Is(err, embed.ErrTooLarge) || !strings.Contains(err.Error(), test.names) || !strings.Contains(err.Error(), test.d.String()) {
			t.Errorf("%s: got error %v, which does not name %q", test.name, err, test.names)
		}
		if took := time.Since(start); took > time.Minute { // less than the work that is refused
			t.Errorf("%s: refused after %v", test.name, took)
		}
	}
}

func slicesOfOnes(n int) []*big.Rat {
	ones := make([]*big.Rat, n)
	for i := range ones {
		ones[i] = big.NewRat(1, 1)
	}
	return ones
}

func TestCountStopsWithItsContext(t *testing.T) {
	crossed := diagram.MustParse("(02-13-45-6)(01-16-23-36-45-56)")
	for name, test := range map[string]struct {
		grid embed.Grid
		d    diagram.Diagram
		form embed.Form
	}{
		"listed":        {raggedGrid(700, 700, 70000), diagram.MustParse("(03-14-2-5-6)(02-12-26-35-45-56)"), embed.Cumulant},
		"moments":       {raggedGrid(200, 200, 10000), crossed, embed.Moment},
		"many columns":  {raggedGrid(10, 1000003, 1000000), diagram.MustParse("(0-1-2-3-4)(01-12-23-34)"), embed.Cumulant},
		"already ended": {must(embed.OneEpoch(4)), crossed, embed.Cumulant},
	} {
		t.Run(name, func(t *testing.T) {
			c := embed.NewCounter(test.grid)
			ctx, cancel := context.WithCancel(context.Background())
			if name == "already ended" {
				cancel()
			}
			time.AfterFunc(20*time.Millisecond, cancel)
			start := time.Now()
			_, err := c.Count(ctx, test.d, test.form)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("after %v, got error %v", time.Since(start), err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("stopped after %v", took)
			}
		})
	}
}

func TestForm(t *testing.T) {
	for _, form := range forms {
		if got, err := embed.ParseForm(form.String()); got != form || err != nil {
			t.Errorf("%v: got %v, %v", form, got, err)
		}
	}
	if got := embed.Form(9).String(); got != "Form(9)" {
		t.Errorf("no form prints %q", got)
	}
	if _, err := embed.ParseForm("mean"); !errors.Is(err, embed.ErrForm) || !strings.Contains(err.Error(), "mean") {
		t.Errorf("mean: got error %v", err)
	}
	grid := must(embed.OneEpoch(2))
	for _, form := range []embed.Form{-1, 2} {
		if _, err := embed.NewCounter(grid).Count(context.Background(), diagram.Diagram{}, form); !errors.Is(err, embed.ErrForm) {
			t.Errorf("count in form %d: got error %v", form, err)
		}
		if _, err := embed.Embeddings(diagram.Diagram{}, grid, form); !errors.Is(err, embed.ErrForm) {
			t.Errorf("embeddings in form %d: got error %v", form, err)
		}
	}
}
