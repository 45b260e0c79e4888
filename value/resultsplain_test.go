package value_test

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/errata"
	"github.com/perturb-go/perturb/value/expr"
)

// The results in plain values are those of design §5 and §7.
func TestPlainResultsInLetters(t *testing.T) {
	const slope = "2·κ(∇_ν l, ∇^ν∇_μ l)" // ∇_μ tr C
	e, err := value.Corollary3(ctx)
	same(t, "Cor. 3", e, err, "η²·T·(N − B)/(4·N·B)·"+slope)
	e, err = value.GDC(ctx)
	same(t, "GDC", e, err, "η·(N − B)/(4·N·B)·C_μ^μ")
	e, err = value.Corollary4(ctx)
	same(t, "Cor. 4", e, err, "η₀²·N·(M₀ − 1)/(4·M₀)·("+slope+" + 2·H_μν·G^ν)")
	e, err = value.Question1(ctx)
	same(t, "Question 1", e, err, "η₀²·N·(M₀ − 1)/(4·M₀)·(2·κ(∇_ν l, ∇^ν∇_μ l)·G^μ + 2·G^μ·H_μν·G^ν)")
	moments, err := e.InMoments()
	same(t, "Question 1 in moments", moments, err, "η₀²·N·(M₀ − 1)/(2·M₀)·E[∇_ν l ∇^ν∇_μ l]·G^μ") // P §A.1
	e, err = value.Corollary5(ctx, value.Flow, 2)
	same(t, "Cor. 5, ODE", e, err, "η²·T/2·(C_μν·H^μν − G_μ·G_ν·H^μν)")
	e, err = value.Corollary5(ctx, value.Diffusion, 2)
	same(t, "Cor. 5, SDE", e, err, "−η²·T/2·G_μ·G_ν·H^μν")
	e, err = value.Corollary5(ctx, value.GaussianNoise, 3)
	same(t, "Cor. 5, skewness", e, err, "−η³·T/6·S_μνλ·J^μνλ")
	e, err = value.Proposition2(ctx)
	same(t, "Prop. 2", e, err, "l − η·M·N·G_μ·G^μ + η²·M·N·(M·N − 1/2)·G_μ·H^μ_ν·G^ν + η²·M²·N/2·C_μν·H^μν + η²·M·N·(M − 1/B)/4·2·κ(∇_ν l, ∇^ν∇_μ l)·G^μ")
	if e, err := value.Corollary5(ctx, 9, 2); !errors.Is(err, value.ErrKind) {
		t.Errorf("Cor. 5 over no family: %v, %v", e, err)
	}
}

// boundTo returns the components, with scalars put in.
func boundTo(t fatal, e expr.Expr, p value.Point[*big.Rat], o value.Observable, scalars map[string]*big.Rat) []*big.Rat {
	t.Helper()
	env, err := value.Env(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range scalars {
		env.Scalars[name] = x
	}
	return at(t, o, env, e.EvalRat)
}

// Corollaries 3 and 4 and the question on epochs against SGD itself, on every training set
// of random landscapes.
func TestCorollaries3And4AreSGD(t *testing.T) {
	third, err := value.Corollary3(ctx)
	if err != nil {
		t.Fatal(err)
	}
	fourth, err := value.Corollary4(ctx)
	if err != nil {
		t.Fatal(err)
	}
	question, err := value.Question1(ctx)
	if err != nil {
		t.Fatal(err)
	}
	integer := func(n int64) *big.Rat { return big.NewRat(n, 1) }
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 3).Draw(t, "N")
		epochs := rapid.Int64Range(1, 3).Draw(t, "E")
		batch := rapid.SampledFrom([]int64{1, n}).Draw(t, "B")
		p := descenttest.On(descenttest.Grid{N: int(n), T: 1}, descenttest.Loss(2, 3), 2).Draw(t, "problem")
		run := func(g embed.Grid) *descent.Ensemble {
			p.N, p.T, p.Cells = int(g.Rows()), int(g.Columns()), cellsOf(g)
			e, err := descent.Expand(p, 2)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		point := pointOf(t, p)
		check := func(what string, o value.Observable, e expr.Expr, scalars map[string]*big.Rat, first, second []descent.Series) {
			for i, x := range boundTo(t, e, point, o, scalars) {
				if want := sub(first[i][2], second[i][2]); x.Cmp(want) != 0 {
					t.Fatalf("%s, component %d: %v, SGD itself %v", what, i, x, want)
				}
			}
		}
		sgd := embed.Must(embed.SGD(n, epochs, batch))
		gd := embed.Must(embed.GD(n, sgd.Columns()))
		check("Cor. 3", value.Displacement(), third,
			map[string]*big.Rat{"N": integer(n), "B": integer(batch), "T": integer(sgd.Columns()), "η": integer(1)},
			run(gd).Displacement(), run(sgd).Displacement())
		many, once := run(embed.Must(embed.SGD(n, epochs, 1)).Scale(big.NewRat(1, epochs))), run(embed.Must(embed.OneEpoch(n)))
		scalars := map[string]*big.Rat{"N": integer(n), "M₀": integer(epochs), "η₀": integer(1)}
		check("Cor. 4", value.Displacement(), fourth, scalars, many.Displacement(), once.Displacement())
		check("Question 1", value.TestLoss(), question, scalars, []descent.Series{many.TestLoss()}, []descent.Series{once.TestLoss()})
	})
}

// theCoin is the coin of the errata: l_x is 3θ + θ² or θ, evenly.
func theCoin(theta int64, noise *big.Rat) descent.Problem {
	// noise times tr C = (1 + θ)² is added to both losses.
	extra := descent.Loss{{Coef: noise, Exp: []int{0}}, {Coef: mul(noise, big.NewRat(2, 1)), Exp: []int{1}}, {Coef: noise, Exp: []int{2}}}
	head := descent.Loss{{Coef: big.NewRat(3, 1), Exp: []int{1}}, {Coef: big.NewRat(1, 1), Exp: []int{2}}}
	tail := descent.Loss{{Coef: big.NewRat(1, 1), Exp: []int{1}}}
	return descent.Problem{Dim: 1, Theta: []*big.Rat{big.NewRat(theta, 1)}, Data: []descent.Datum{
		{Prob: big.NewRat(1, 2), Loss: append(head, extra...)}, {Prob: big.NewRat(1, 2), Loss: append(tail, extra...)},
	}}
}

// Corollary 5's differences to flows are those that the generators of the flows give, which
// the errata compute.
func TestCorollary5IsSGD(t *testing.T) {
	rows, err := errata.Rows(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Place != "Cor. 5" {
			continue
		}
		for i, c := range []struct {
			over  value.Family
			theta int64
		}{{value.Flow, 0}, {value.Diffusion, 0}, {value.Diffusion, -2}} {
			e, err := value.Corollary5(ctx, c.over, 2)
			if err != nil {
				t.Fatal(err)
			}
			p := pointOf(t, theCoin(c.theta, new(big.Rat)))
			got := boundTo(t, e, p, value.TestLoss(), map[string]*big.Rat{"T": big.NewRat(4, 1), "η": big.NewRat(1, 1)})[0]
			if want := row.Checks[i].Truth; got.Cmp(want) != 0 {
				t.Errorf("%s, %s: %v, want %v", row.Checks[i].Quantity, row.Checks[i].Setting, got, want)
			}
		}
		return
	}
	t.Error("no row of Corollary 5")
}

// P Cor. 3's second part: GD on l + l_C has SGD's test loss through η², and GD alone has not.
func TestGDCIsSGD(t *testing.T) {
	const n, steps = 2, 4 // two epochs
	gdc, err := value.GDC(ctx)
	if err != nil {
		t.Fatal(err)
	}
	testLoss := func(eta *big.Rat, g embed.Grid, corrected bool) *big.Rat {
		noise := new(big.Rat)
		if corrected { // l_C where tr C is 1
			var err error
			if noise, err = gdc.EvalRat(expr.Env[*big.Rat]{
				Dim:       1,
				Scalars:   map[string]*big.Rat{"η": eta, "N": big.NewRat(n, 1), "B": big.NewRat(1, 1)},
				Component: func(expr.Component) (*big.Rat, error) { return big.NewRat(1, 1), nil },
			}); err != nil {
				t.Fatal(err)
			}
		}
		p := theCoin(0, noise)
		p.N, p.T, p.Cells = n, steps, cellsOf(g)
		e, err := descent.At(p, eta)
		if err != nil {
			t.Fatal(err)
		}
		plain := theCoin(0, new(big.Rat))
		var mean descent.Loss
		for _, d := range plain.Data {
			for _, term := range d.Loss {
				mean = append(mean, descent.Term{Coef: mul(d.Prob, term.Coef), Exp: term.Exp})
			}
		}
		return e.Mean(mean)[0]
	}
	eta := big.NewRat(1, 1<<20)
	sgd := testLoss(eta, embed.Must(embed.SGD(n, steps/n, 1)), false)
	gd := embed.Must(embed.GD(n, steps))
	for _, corrected := range []bool{false, true} {
		miss := sub(testLoss(eta, gd, corrected), sgd)
		small := miss.Abs(miss).Cmp(mul(big.NewRat(1000, 1), eta, eta, eta)) < 0
		if small != corrected {
			t.Errorf("with l_C: %v; GD misses SGD's test loss by %v at η = %v", corrected, miss, eta)
		}
	}
}

// The estimate of tr C has no bias: its mean over independent pairs is tr C, and over the
// pairs of different points of a training set the trace of the unbiased sample covariance.
func TestTraceEstimate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.On(descenttest.Grid{N: 1}, descenttest.Loss(2, 3), 2).Draw(t, "problem")
		data := landscapeOf(t, p).Data()
		var gradients []*tensor.Dense[*big.Rat]
		for _, d := range data {
			g, err := d.Loss.Derivative(p.Theta, 1)
			if err != nil {
				t.Fatal(err)
			}
			gradients = append(gradients, g)
		}
		ring, eta := mobius.Rational{}, big.NewRat(2, 3)
		mean, meanGDC, pairs, sample := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
		for i, x := range gradients {
			for j, y := range gradients {
				e, err := value.TraceEstimate(ring, x, y)
				if err != nil {
					t.Fatal(err)
				}
				mean.Add(mean, mul(data[i].Prob, data[j].Prob, e))
				pairs.Add(pairs, e) // 0 where i = j
				l, err := value.GDCEstimate(ring, eta, 6, 2, x, y)
				if err != nil {
					t.Fatal(err)
				}
				meanGDC.Add(meanGDC, mul(data[i].Prob, data[j].Prob, l))
			}
		}
		n := int64(len(gradients))
		for mu := range 2 {
			average := new(big.Rat)
			for _, g := range gradients {
				average.Add(average, mul(big.NewRat(1, n), g.At(mu)))
			}
			for _, g := range gradients {
				d := sub(g.At(mu), average)
				sample.Add(sample, mul(big.NewRat(1, n-1), d, d))
			}
		}
		c, err := tensor.Covariance(ring, pointOf(t, p).Statistics)
		if err != nil {
			t.Fatal(err)
		}
		trace := add(c.At(0, 0), c.At(1, 1))
		if mean.Cmp(trace) != 0 || mul(pairs, big.NewRat(1, n*(n-1))).Cmp(sample) != 0 {
			t.Fatalf("mean %v for tr C = %v, and %v over %d pairs for %v", mean, trace, pairs, n*(n-1), sample)
		}
		if want := mul(eta, big.NewRat(6-2, 4*6*2), trace); meanGDC.Cmp(want) != 0 {
			t.Fatalf("l_C = %v, want %v", meanGDC, want)
		}
	})
	two, three := vector(t, 1, 2), vector(t, 1, 2, 3)
	for _, other := range []*tensor.Dense[float64]{three, nil} {
		if _, err := value.TraceEstimate(mobius.Float64{}, two, other); !errors.Is(err, tensor.ErrShape) {
			t.Errorf("gradients %v and %v: %v", two, other, err)
		}
	}
	for _, sizes := range [][2]int64{{3, 0}, {3, 4}} {
		if _, err := value.GDCEstimate(mobius.Float64{}, 0.1, sizes[0], sizes[1], two, two); !errors.Is(err, embed.ErrSize) {
			t.Errorf("N=%d, B=%d: %v", sizes[0], sizes[1], err)
		}
	}
}

func vector(t fatal, x ...float64) *tensor.Dense[float64] {
	t.Helper()
	v, err := tensor.FromSlice(len(x), 1, x)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// P Prop. 1 is, for every diagram, what counting its embeddings gives.
func TestProposition1Counts(t *testing.T) {
	limit := 5
	if testing.Short() {
		limit = 4
	}
	minusEta := expr.MustParse("−η")
	counters := map[int64]*embed.Counter{}
	for _, n := range []int64{1, 3, 7} {
		counters[n] = embed.NewCounter(embed.Must(embed.OneEpoch(n)))
	}
	for edges := range limit + 1 {
		for d := range diagram.All(edges) {
			e, err := value.Proposition1(d)
			if err != nil {
				t.Fatal(err)
			}
			power, err := expr.Pow(minusEta, edges)
			if err != nil {
				t.Fatal(err)
			}
			symbol := expr.MustParse(value.TestLoss().Symbol(d, embed.Moment))
			for n, counter := range counters {
				count, err := counter.Count(ctx, d, embed.Moment)
				if err != nil {
					t.Fatal(err)
				}
				weight := mul(count.Weight, new(big.Rat).SetFrac(big.NewInt(1), d.Aut()))
				want, err := expr.Mul(expr.Must(expr.Number(weight)), power, symbol)
				if err != nil {
					t.Fatal(err)
				}
				got, err := e.Substitute(expr.Set("N", expr.Int(n)))
				if err != nil || !got.Equal(want) {
					t.Fatalf("%v, N=%d: %v, %v; want %v", d, n, got, err, want)
				}
			}
		}
	}
	for _, text := range []string{"(01)(01)", "(01-2-3)(02-13)"} {
		if e, err := value.Proposition1(diagram.MustParse(text)); !errors.Is(err, value.ErrObservable) {
			t.Errorf("%s: %v, %v", text, e, err)
		}
	}
}
