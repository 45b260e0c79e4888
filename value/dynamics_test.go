package value_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/golden"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
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

// P §A.2's footnote: random reshuffles change no test loss up to order 3, as they do not
// change the W of any diagram. At order 4 they add this, in 15 of the value classes.
func TestReshufflingMatters(t *testing.T) {
	const (
		factor   = "η⁴·E·(E − 1)·N·(N − B)/(8·B⁴)·"
		rational = "(N − B)/(N − 1)·(κ(∇_μ l, ∇_ν∇_λ l)·κ(∇^ν l, ∇^μ∇_ρ l)·H^λρ + κ(∇_μ l, ∇_ν∇_λ l)·κ(∇^ν∇_ρ l, ∇^μ∇^ρ l)·G^λ" +
			" + κ(∇_μ l, ∇_ν∇_λ l)·κ(∇^λ l, ∇^μ∇^ν∇_ρ l)·G^ρ)" +
			" − (N + B − 2)/(N − 1)·(C_μν·κ(∇^μ∇_λ l, ∇^ν∇_ρ l)·H^λρ + C_μν·κ(∇^ν∇_λ l, ∇^μ∇^λ∇_ρ l)·G^ρ" +
			" + κ(∇_μ l, ∇_ν∇_λ l)·κ(∇^ν∇_ρ l, ∇^μ∇^λ l)·G^ρ)"
		polynomial = " + (N + B)/3·(3·κ(∇_μ l, ∇_ν∇_λ l)·G^ν·H_ρ^λ·H^μρ − C_μν·G_λ·H_ρ^μ·J^νλρ − C_μν·H_λ^μ·H_ρ^ν·H^λρ" +
			" + κ(∇_μ l, ∇_ν∇_λ l)·G^ν·G_ρ·J^μλρ − κ(∇_μ l, ∇_ν∇_λ l)·G_ρ·H^μν·H^λρ + κ(∇_μ∇_ν l, ∇^ν∇_λ l)·G^μ·G_ρ·H^λρ" +
			" − 2·κ(∇_μ∇_ν l, ∇_λ∇_ρ l)·G^μ·G^λ·H^νρ + κ(∇_μ l, ∇_ν∇_λ∇_ρ l)·G^ν·G^λ·H^μρ − κ(∇_μ∇_ν l, ∇^ν∇_λ∇_ρ l)·G^λ·G^ρ·G^μ)"
	)
	ok := mustFormula(t)
	for order := range 4 {
		if f := ok(value.ReshufflingFormula(ctx, value.TestLoss(), order)); !f.Equal(expr.Int(0)) {
			t.Errorf("order %d: %v, want 0", order, f)
		}
	}
	got, want := ok(value.ReshufflingFormula(ctx, value.TestLoss(), 4)), ok(expr.Parse(factor+"("+rational+polynomial+")"))
	if !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// What the formula says that reshuffling does at order 4, it does: for the mean of exact
// SGD over all orders of the epochs, against one order, on landscapes where the effect is
// not 0; and so says an unrelated program.
func TestReshufflingIsExact(t *testing.T) {
	const order = 4
	observables := map[string]expr.Expr{}
	for _, name := range []string{"test", "train", "displacement"} {
		o, err := value.ParseObservable(name)
		if err != nil {
			t.Fatal(err)
		}
		observables[name] = mustFormula(t)(value.ReshufflingFormula(ctx, o, order))
	}
	check := func(name string, p descent.Problem, epochs, batch, index int, effect *big.Rat) {
		t.Helper()
		got, err := observables[name].EvalRat(expr.Env[*big.Rat]{
			Dim:     p.Dim,
			Indices: map[string]int{"μ": index},
			Scalars: map[string]*big.Rat{
				"η": big.NewRat(1, 1), "N": big.NewRat(int64(p.N), 1), "E": big.NewRat(int64(epochs), 1), "B": big.NewRat(int64(batch), 1),
			},
			Component: componentsOf(landscapeOf(t, p)),
		})
		if err != nil || got.Cmp(effect) != 0 || effect.Sign() == 0 && epochs > 1 && batch < p.N {
			t.Errorf("N=%d E=%d B=%d, %s: %v, %v; exactly %v", p.N, epochs, batch, name, got, err, effect)
		}
	}
	p := twoWeights()
	for _, c := range []struct{ n, epochs, batch int }{{2, 2, 1}, {2, 3, 1}, {3, 2, 1}, {4, 2, 2}, {3, 1, 1}, {2, 2, 2}} {
		p.N = c.n
		orders := ordersOf(c.n, c.epochs)
		test, train, moved := new(big.Rat), new(big.Rat), [2]*big.Rat{new(big.Rat), new(big.Rat)}
		share := big.NewRat(1, int64(len(orders)))
		for i, rows := range orders {
			e, err := descent.Expand(inOrder(p, rows, c.batch), order)
			if err != nil {
				t.Fatal(err)
			}
			weight := share
			if i == 0 { // the order of all epochs that keep the first's
				weight = sub(share, big.NewRat(1, 1))
			}
			test, train = add(test, mul(weight, e.TestLoss()[order])), add(train, mul(weight, e.TrainLoss()[order]))
			for k, d := range e.Displacement() {
				moved[k] = add(moved[k], mul(weight, d[order]))
			}
		}
		check("test", p, c.epochs, c.batch, 0, test)
		check("train", p, c.epochs, c.batch, 0, train)
		for k, x := range moved {
			check("displacement", p, c.epochs, c.batch, k, x)
		}
	}
	seen := 0
	for _, c := range golden.Dynamics().Reshuffled {
		if c.Order < order || c.N < 2 {
			continue
		}
		p := problemOf(golden.SeriesCase{Landscape: c.Landscape})
		p.N = int(c.N)
		fixed, err := descent.Expand(inOrder(p, ordersOf(p.N, int(c.E))[0], int(c.B)), order)
		if err != nil {
			t.Fatal(err)
		}
		check("test", p, int(c.E), int(c.B), 0, sub(c.Test[order], fixed.TestLoss()[order]))
		check("train", p, int(c.E), int(c.B), 0, sub(c.Train[order], fixed.TrainLoss()[order]))
		seen++
	}
	if seen == 0 {
		t.Error("no record has order 4")
	}
}

// twoWeights is a landscape of two data and two weights where all derivatives to the
// fourth are random and have means.
func twoWeights() descent.Problem {
	loss := func(c ...int64) descent.Loss {
		var l descent.Loss
		for i, exp := range [][]int{{1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}, {2, 1}, {0, 3}, {1, 3}, {4, 0}} {
			l = append(l, descent.Term{Coef: big.NewRat(c[i], 2), Exp: exp})
		}
		return l
	}
	return descent.Problem{
		Dim: 2, Theta: []*big.Rat{big.NewRat(1, 2), big.NewRat(-1, 1)},
		Data: []descent.Datum{
			{Prob: big.NewRat(1, 3), Loss: loss(1, -2, 3, 1, 0, 2, -1, 1, 1)},
			{Prob: big.NewRat(2, 3), Loss: loss(-1, 1, 1, -1, 2, 1, 2, -2, 3)},
		},
	}
}

// ordersOf lists all ways to go through n rows in some order in each epoch, in which the
// first epoch's is 0, …, n−1; the first of them keeps that order.
func ordersOf(n, epochs int) [][]int {
	var list [][]int
	var extend func(rows []int)
	extend = func(rows []int) {
		if len(rows) == n*epochs {
			list = append(list, rows)
			return
		}
		now := rows[len(rows)/n*n:]
		for row := range n {
			if slices.Contains(now, row) || len(rows) < n && row != len(rows) {
				continue
			}
			extend(append(slices.Clone(rows), row))
		}
	}
	extend(nil)
	return list
}

// inOrder returns the problem in which SGD takes the rows in this order, in batches.
func inOrder(p descent.Problem, rows []int, batch int) descent.Problem {
	p.Cells, p.T = nil, len(rows)/batch
	for i, row := range rows {
		p.Cells = append(p.Cells, descent.Cell{N: row, T: i / batch, Weight: big.NewRat(1, int64(batch))})
	}
	return p
}

// componentsOf returns the components of a landscape's tensors.
func componentsOf(l tensor.Landscape) func(expr.Component) (*big.Rat, error) {
	statistics := tensor.Cache(l.Statistics())
	return func(c expr.Component) (*big.Rat, error) {
		var orders, index []int
		for _, node := range c.Nodes {
			orders, index = append(orders, len(node)), append(index, node...)
		}
		x, err := tensor.Cumulant(mobius.Rational{}, statistics, orders)
		if err != nil {
			return nil, err
		}
		return x.At(index...), nil
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
