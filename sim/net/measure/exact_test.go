package measure

import (
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// coin is a landscape of two data, of different quartic losses in two weights.
func coin(t testing.TB, prob *big.Rat) *tensor.Finite {
	t.Helper()
	loss := func(terms ...tensor.Term) tensor.Polynomial {
		p, err := tensor.NewPolynomial(2, terms)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	term := func(num, den int64, exp ...int) tensor.Term { return tensor.Term{Coef: big.NewRat(num, den), Exp: exp} }
	l, err := tensor.NewFinite([]*big.Rat{big.NewRat(1, 2), big.NewRat(-1, 4)}, []tensor.Datum{
		{Prob: prob, Loss: loss(term(1, 1, 0, 0), term(1, 1, 1, 0), term(1, 2, 2, 0), term(-1, 3, 1, 2), term(1, 4, 4, 0), term(1, 5, 2, 2))},
		{Prob: new(big.Rat).Sub(big.NewRat(1, 1), prob), Loss: loss(term(-2, 1, 0, 1), term(3, 2, 0, 2), term(1, 1, 1, 1), term(2, 3, 3, 0), term(-1, 2, 1, 3))},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// exactly returns the exact plain value of a value class.
func exactly(t testing.TB, d diagram.Diagram, form embed.Form, l tensor.Landscape) float64 {
	t.Helper()
	observable := value.TestLoss()
	if d.Tied() {
		observable = value.TrainLoss()
	}
	v, err := value.PlainValue(d, observable, form, value.ExactPoint(l))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := v.At().Float64()
	return f
}

func floats(theta []*big.Rat) []float64 {
	list := make([]float64, len(theta))
	for i, q := range theta {
		list[i], _ = q.Float64()
	}
	return list
}

// The mean of a block's estimate over all the data that there can be, each as often as it
// is likely, is the exact value: estimates have no bias at all. One and two data to a tied
// node, and the population's means for nodes apart; every diagram to order 3, both forms.
func TestEstimatesHaveNoBias(t *testing.T) {
	core := coin(t, big.NewRat(1, 3))
	l, err := sim.Polynomial(core)
	if err != nil {
		t.Fatal(err)
	}
	classes, err := Classes(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []embed.Form{embed.Moment, embed.Cumulant} {
		for way, tied := range []int{1, 2, 1} {
			for _, d := range classes {
				largest := 1
				if tied > 1 {
					for _, part := range d.Parts() {
						largest = max(largest, len(part))
					}
				}
				batch := tied * largest
				if batch*len(d.Parts()) > 8 || form == embed.Cumulant && (batch > 2 || d.Edges() > 2) {
					continue // there would be too many data
				}
				p, err := newPlan(t.Context(), Spec{Landscape: l, Theta: floats(core.Theta()), Diagrams: []diagram.Diagram{d}, Form: form, Batch: batch, Tied: tied, Means: way == 2})
				if err != nil {
					t.Fatal(err)
				}
				got := expectation(p, big.NewRat(1, 3))
				want := exactly(t, d, form, core)
				if !(math.Abs(got-want) <= 1e-11*(1+math.Abs(want))) {
					t.Errorf("%v of %v, way %d: %v in the mean, want %v", form, d, way, got, want)
				}
			}
		}
	}
}

// expectation returns the mean of a plan's only estimate over all data of a coin.
func expectation(p *plan, prob *big.Rat) float64 {
	w := newWorker(p)
	q, _ := prob.Float64()
	n := p.roles * p.Batch
	mean := 0.0
	for data := range 1 << n {
		chance := 1.0
		for i := range n {
			second := data >> i & 1
			w.data[i/p.Batch][i%p.Batch] = float64(second)
			if second == 0 {
				chance *= q
			} else {
				chance *= 1 - q
			}
		}
		mean += chance * w.estimate()[0]
	}
	return mean
}
