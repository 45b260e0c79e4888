package tensor_test

import (
	"context"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/perturb-go/perturb/internal/stops"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
)

func randomDense(t *testing.T, r *rand.Rand, dim, rank int) *tensor.Dense[float64] {
	n := 1
	for range rank {
		n *= dim
	}
	data := make([]float64, n)
	for i := range data {
		data[i] = float64(r.IntN(9) - 4) // so that sums of products are exact
	}
	x, err := tensor.FromSlice(dim, rank, data)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// landscape has three data in four dimensions, with monomials of degree 3 in two variables each.
func landscape(t *testing.T) *tensor.Finite {
	var data []tensor.Datum
	for x := range int64(3) {
		var terms []tensor.Term
		for v := range 4 {
			for a := range uint(4) {
				exp := make([]int, 4)
				exp[v], exp[(v+1)%4] = int(a), int(3-a)
				terms = append(terms, tensor.Term{Coef: big.NewRat(1+x*int64(a+1), int64(v)+2), Exp: exp})
			}
		}
		loss, err := tensor.NewPolynomial(4, slices.DeleteFunc(terms, func(term tensor.Term) bool { return slices.Contains(term.Exp, 3) }))
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, tensor.Datum{Prob: big.NewRat(1, 3), Loss: loss})
	}
	theta := []*big.Rat{big.NewRat(1, 2), big.NewRat(1, 3), big.NewRat(-1, 5), big.NewRat(2, 7)}
	l, err := tensor.NewFinite(theta, data)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A ring of numbers that is not known to be one.
type plainFloats struct{ mobius.Float64 }

// Products that BLAS does some rows at a time are those of plain loops.
func TestLargeProducts(t *testing.T) {
	const dim = 42 // 42^5 multiplications take two calls
	r := rand.New(rand.NewPCG(1, 2))
	a, b := randomDense(t, r, dim, 3), randomDense(t, r, dim, 3)
	for _, labels := range [][][]int{{{0, 1, 2}, {2, 3, 4}}, {{2, 0, 1}, {3, 4, 2}}} {
		plan, err := tensor.PlanContraction(dim, labels, []int{0, 1, 3, 4})
		if err != nil {
			t.Fatal(err)
		}
		factors := []*tensor.Dense[float64]{a, b}
		got, err := tensor.Contract[float64](mobius.Float64{}, plan, factors)
		if err != nil {
			t.Fatal(err)
		}
		want, err := tensor.Contract[float64](plainFloats{}, plan, factors)
		if err != nil {
			t.Fatal(err)
		}
		wants := want.Data()
		for i, x := range got.Data() {
			if x != wants[i] {
				t.Fatalf("%v: element %d is %v, want %v", plan, i, x, wants[i])
			}
		}
	}
}

// Long work ends within 100 ms of its context, the best of some tries; and what it was to
// compute is not spoilt for the next.
func TestContextEndsWork(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const dim = 42
	plan, err := tensor.PlanContraction(dim, [][]int{{0, 1, 2, 3}, {2, 3, 4, 5}}, []int{0, 1, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	x := randomDense(t, r, dim, 4)
	exact := tensor.Cache(landscape(t).Statistics())
	float := tensor.Convert[float64](mobius.Float64{}, exact)
	orders := []int{1, 1, 2, 2, 3, 3}
	for name, do := range map[string]func(ctx context.Context) error{
		"product": func(ctx context.Context) error {
			_, err := tensor.ContractContext[float64](ctx, mobius.Float64{}, plan, []*tensor.Dense[float64]{x, x})
			return err
		},
		"plain product": func(ctx context.Context) error {
			_, err := tensor.ContractContext[float64](ctx, plainFloats{}, plan, []*tensor.Dense[float64]{x, x})
			return err
		},
		"moment": func(ctx context.Context) error {
			_, err := tensor.MomentContext(ctx, exact, orders)
			return err
		},
		"cumulant": func(ctx context.Context) error {
			_, err := tensor.CumulantContext[float64](ctx, mobius.Float64{}, float, orders)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { stops.Check(t, 10*time.Millisecond, do) })
	}
	small := []int{1, 2}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tensor.CumulantContext[float64](ended, mobius.Float64{}, float, small); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := tensor.Cumulant[float64](mobius.Float64{}, float, small); err != nil {
		t.Error(err)
	}
}

// Doubled are samples with moments and cumulants of their own.
type doubled struct{ *tensor.Samples }

func (d doubled) Moment(orders []int) (*tensor.Dense[float64], error) {
	return twice(d.Samples.Moment(orders))
}

func (d doubled) Cumulant(orders []int) (*tensor.Dense[float64], error) {
	return twice(d.Samples.Cumulant(orders))
}

func twice(t *tensor.Dense[float64], err error) (*tensor.Dense[float64], error) {
	if err != nil {
		return nil, err
	}
	return tensor.Scale(mobius.Float64{}, 2, t), nil
}

// What embeds statistics of this package keeps its own methods.
func TestContextKeepsMethods(t *testing.T) {
	samples, err := landscape(t).Samples(2)
	if err != nil {
		t.Fatal(err)
	}
	ctx, orders := context.Background(), []int{1, 1}
	for name, get := range map[string]func(s tensor.Statistics[float64]) (*tensor.Dense[float64], error){
		"moment": func(s tensor.Statistics[float64]) (*tensor.Dense[float64], error) {
			return tensor.MomentContext(ctx, s, orders)
		},
		"cumulant": func(s tensor.Statistics[float64]) (*tensor.Dense[float64], error) {
			return tensor.CumulantContext[float64](ctx, mobius.Float64{}, s, orders)
		},
	} {
		want, err := twice(get(samples))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []tensor.Statistics[float64]{doubled{samples}, tensor.Cache[float64](doubled{samples})} {
			if got, err := get(s); err != nil || !slices.Equal(got.Data(), want.Data()) {
				t.Errorf("%s: got %v, want %v; %v", name, got, want, err)
			}
		}
	}
}
