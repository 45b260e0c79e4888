package value_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/golden"
	"github.com/perturb-go/perturb/value"
)

func must(d embed.Dynamics, err error) embed.Dynamics {
	if err != nil {
		panic(err)
	}
	return d
}

// Other dynamics have the series that an unrelated program computed.
func TestGoldenDynamics(t *testing.T) {
	lists := golden.Dynamics()
	check := func(name string, c golden.DynamicsCase, d embed.Dynamics) {
		p := value.ExactPoint(landscapeOf(t, problemOf(golden.SeriesCase{Landscape: c.Landscape})))
		for o, want := range map[string][]*big.Rat{"test": c.Test, "train": c.Train} {
			if want == nil {
				continue
			}
			observable, err := value.ParseObservable(o)
			if err != nil {
				t.Fatal(err)
			}
			s, err := value.ExpandWith(ctx, d, observable, c.Order, embed.Cumulant)
			if err != nil {
				t.Fatal(err)
			}
			x, err := value.Evaluate(ctx, s, p)
			if err != nil {
				t.Fatal(err)
			}
			for k, w := range want {
				if got := x.Coefficients[k].At(); got.Cmp(w) != 0 {
					t.Errorf("%s, %s, coefficient of η^%d: %v, want %v", name, o, k, got, w)
				}
			}
		}
	}
	for _, c := range lists.ODE {
		check("ODE", c, must(embed.ODE(big.NewRat(c.T, 1))))
	}
	for _, c := range lists.SDE {
		check("SDE", c, must(embed.SDE(big.NewRat(c.T, 1), 1)))
	}
	for _, c := range lists.Gaussian {
		check("Gaussian", c, must(embed.Gaussian(c.T)))
	}
	for _, c := range lists.Reshuffled {
		check("reshuffled", c, must(embed.RandomReshuffles(c.N, c.E, c.B)))
	}
}

// P Cor. 5 as corrected: SGD less ODE is (T/2)(C − GG)·H at order 2, SGD less SDE is
// −(T/2) GHG; and the skewness term of SGD less SDE at order 3 is −(T/6) S·J.
func TestCorollary5(t *testing.T) {
	const steps = 7
	sgd := embed.NewCounter(embed.Must(embed.OneEpoch(steps)))
	half := big.NewRat(steps, 2)
	for _, c := range []struct {
		name  string
		other embed.Dynamics
		want  map[string]*big.Rat
	}{
		{"ODE", must(embed.ODE(big.NewRat(steps, 1))), map[string]*big.Rat{"C_μν H^μν": half, "G_μ H_ν^μ G^ν": neg(half)}},
		{"SDE", must(embed.SDE(big.NewRat(steps, 1), 1)), map[string]*big.Rat{"G_μ H_ν^μ G^ν": neg(half)}},
	} {
		got := map[string]*big.Rat{}
		var series [2]*value.Series
		for i, d := range []embed.Dynamics{sgd, c.other} {
			var err error
			if series[i], err = value.ExpandWith(ctx, d, value.TestLoss(), 3, embed.Cumulant); err != nil {
				t.Fatal(err)
			}
		}
		difference, err := value.Compare(series[0], series[1])
		if err != nil {
			t.Fatal(err)
		}
		skewness := new(big.Rat)
		for _, d := range difference.Terms {
			symbol := value.TestLoss().Symbol(d.Diagram(), embed.Cumulant)
			if symbol == "S_μνλ J^μνλ" {
				skewness.Add(skewness, d.Coefficient)
			}
			if d.Order() > 2 {
				continue
			}
			if got[symbol] == nil {
				got[symbol] = new(big.Rat)
			}
			got[symbol] = add(got[symbol], d.Coefficient)
		}
		sameCoefficients(t, got, c.want)
		if want := big.NewRat(-steps, 6); skewness.Cmp(want) != 0 {
			t.Errorf("%s: skewness term %v, want %v", c.name, skewness, want)
		}
	}
}

// P §A.2's footnote: random reshuffles change nothing up to order 3, and at order 4 just
// the weights of these diagrams, here for N = 3, E = 2, B = 1.
func TestReshufflingMatters(t *testing.T) {
	plain := embed.NewCounter(embed.Must(embed.SGD(3, 2, 1)))
	random := must(embed.RandomReshuffles(3, 2, 1))
	changed := map[diagram.Diagram]bool{}
	for edges := range 5 {
		for d := range diagram.All(edges) {
			a, err := plain.Count(ctx, d, embed.Cumulant)
			if err != nil {
				t.Fatal(err)
			}
			b, err := random.Count(ctx, d, embed.Cumulant)
			if err != nil {
				t.Fatal(err)
			}
			if a.Weight.Cmp(b.Weight) != 0 {
				changed[d] = true
				if edges < 4 {
					t.Errorf("%v: W is %v, with random reshuffles %v", d, a.Weight, b.Weight)
				}
			}
		}
	}
	if len(changed) == 0 {
		t.Error("random reshuffles change nothing at order 4")
	}
}

// The variance of the weight under random reshuffles is over training sets and orders:
// E[θ²] − E[θ]² with both means over the two orders of the second epoch.
func TestReshuffledVariance(t *testing.T) {
	const order = 4
	loss := func(a, b, c int64) descent.Loss {
		return descent.Loss{{Coef: big.NewRat(a, 1), Exp: []int{1}}, {Coef: big.NewRat(b, 2), Exp: []int{2}}, {Coef: big.NewRat(c, 3), Exp: []int{3}}}
	}
	p := descent.Problem{
		Dim: 1, Theta: []*big.Rat{big.NewRat(1, 2)}, N: 2, T: 4,
		Data: []descent.Datum{{Prob: big.NewRat(1, 3), Loss: loss(1, 2, -1)}, {Prob: big.NewRat(2, 3), Loss: loss(-2, 1, 3)}},
	}
	mean, square := make([]*big.Rat, order+1), make([]*big.Rat, order+1)
	for d := range mean {
		mean[d], square[d] = new(big.Rat), new(big.Rat)
	}
	one, half := big.NewRat(1, 1), big.NewRat(1, 2)
	for _, second := range [][2]int{{0, 1}, {1, 0}} {
		p.Cells = nil
		for at, row := range []int{0, 1, second[0], second[1]} {
			p.Cells = append(p.Cells, descent.Cell{N: row, T: at, Weight: one})
		}
		e, err := descent.Expand(p, order)
		if err != nil {
			t.Fatal(err)
		}
		for d, c := range e.Mean(descent.Loss{{Coef: one, Exp: []int{1}}}) {
			mean[d] = add(mean[d], mul(c, half))
		}
		for d, c := range e.Mean(descent.Loss{{Coef: one, Exp: []int{2}}}) {
			square[d] = add(square[d], mul(c, half))
		}
	}
	for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
		s, err := value.ExpandWith(ctx, must(embed.RandomReshuffles(2, 2, 1)), value.WeightCovariance(), order, form)
		if err != nil {
			t.Fatal(err)
		}
		x, err := value.Evaluate(ctx, s, pointOf(t, p))
		if err != nil {
			t.Fatal(err)
		}
		for d := range order + 1 {
			want := square[d]
			for i := range d + 1 {
				want = sub(want, mul(mean[i], mean[d-i]))
			}
			if got := x.Coefficients[d].At(0, 0); got.Cmp(want) != 0 {
				t.Errorf("%v form, coefficient of η^%d: %v, want %v", form, d, got, want)
			}
		}
	}
}

// Dynamics without a training set refuse what needs one.
func TestNoTrainingSet(t *testing.T) {
	for name, d := range map[string]embed.Dynamics{
		"ODE": must(embed.ODE(big.NewRat(2, 1))), "SDE": must(embed.SDE(big.NewRat(2, 1), 1)), "Gaussian": must(embed.Gaussian(2)),
	} {
		for _, c := range []struct {
			o    value.Observable
			form embed.Form
		}{{value.TrainLoss(), embed.Cumulant}, {value.Gap(), embed.Cumulant}, {value.TestLoss(), embed.Moment}} {
			if _, err := value.ExpandWith(ctx, d, c.o, 2, c.form); !errors.Is(err, embed.ErrTraining) {
				t.Errorf("%s, %v in %v form: %v, want ErrTraining", name, c.o, c.form, err)
			}
		}
	}
}
