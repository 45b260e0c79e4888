package value

import (
	"context"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
)

// In moments and in cumulants a series has the same exact value, for every observable, and
// for the difference of two dynamics.
func TestInMomentsIsInCumulants(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(7, 8))
	const dim, order = 2, 4
	var data []tensor.Datum
	for i := range int64(3) {
		var terms []tensor.Term
		for a := range 5 {
			for b := range 5 - a {
				terms = append(terms, tensor.Term{Coef: big.NewRat(r.Int64N(9)-4, 1+i), Exp: []int{a, b}})
			}
		}
		loss, err := tensor.NewPolynomial(dim, terms)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, tensor.Datum{Prob: big.NewRat(1+i, 6), Loss: loss})
	}
	l, err := tensor.NewFinite([]*big.Rat{big.NewRat(1, 2), big.NewRat(-1, 3)}, data)
	if err != nil {
		t.Fatal(err)
	}
	p := ExactPoint(l)
	linear, err := tensor.NewPolynomial(dim, []tensor.Term{{Coef: big.NewRat(2, 1), Exp: []int{1, 1}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Observable{TestLoss(), TrainLoss(), Gap(), Displacement(), WeightCovariance(), LossVariance(), Mean(Polynomial("s", linear))} {
		var series [2]*Series
		for i, g := range []embed.Grid{embed.Must(embed.GD(3, 4)), embed.Must(embed.SGD(3, 2, 1))} {
			if series[i], err = Expand(ctx, g, o, order, embed.Cumulant); err != nil {
				t.Fatal(err)
			}
		}
		difference, err := Compare(series[0], series[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []Sum{series[0], series[1], difference} {
			cumulants, err := s.summands(ctx)
			if err != nil {
				t.Fatal(err)
			}
			moments, err := inMoments(ctx, cumulants, o)
			if err != nil {
				t.Fatal(err)
			}
			want := sumOf(t, p, o, embed.Cumulant, cumulants)
			for i, x := range sumOf(t, p, o, embed.Moment, moments).Data() {
				if x.Cmp(want.Data()[i]) != 0 {
					t.Errorf("%v, element %d: %v in moments, %v in cumulants", o, i, x, want.Data()[i])
				}
			}
		}
	}
}

// sumOf adds up all orders, at η = 1.
func sumOf(t *testing.T, p Point[*big.Rat], o Observable, form embed.Form, list []summand) *tensor.Dense[*big.Rat] {
	ring := mobius.Rational{}
	e := evaluator[*big.Rat]{p, &Series{Observable: o, Form: form}}
	sum, err := tensor.New(p.Statistics.Dim(), o.Rank(), new(big.Rat))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		v, err := e.value(context.Background(), s.diagram)
		if err != nil {
			t.Fatal(err)
		}
		if sum, err = tensor.Add(ring, sum, tensor.Scale(ring, s.coefficient, v)); err != nil {
			t.Fatal(err)
		}
	}
	return sum
}
