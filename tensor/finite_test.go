package tensor_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

// twoPoints has the losses (θ−1)²/2 and (θ+1)², with probabilities 2/3 and 1/3.
const twoPoints = `{
	"dim": 1, "theta": ["0"], "comment": "unknown keys are ignored",
	"data": [
		{"prob": "2/3", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": -1, "exp": [1]}, {"coef": 0.5, "exp": [0]}]},
		{"prob": "1/3", "loss": [{"coef": "1", "exp": [2]}, {"coef": 2, "exp": [1]}, {"coef": "1", "exp": [0]}]}
	]
}`

// TestFiniteMoment compares with the sum over data of products of derivatives.
func TestFiniteMoment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFinite(t, 3)
		s := f.Statistics()
		orders := drawOrders(t, 4, 4)
		first, rank := axesOf(orders)
		got := must(s.Moment(orders))
		if got.Dim() != f.Dim() || got.Rank() != rank {
			t.Fatalf("moment %v has dimension %d, rank %d", orders, got.Dim(), got.Rank())
		}
		for _, index := range indices(f.Dim(), rank) {
			want := new(big.Rat)
			for _, d := range f.Data() {
				v := new(big.Rat).Set(d.Prob)
				for i, k := range orders {
					v.Mul(v, must(d.Loss.Derivative(f.Theta(), k)).At(index[first[i]:first[i]+k]...))
				}
				want.Add(want, v)
			}
			if v := got.At(index...); v.Cmp(want) != 0 {
				t.Fatalf("moment %v at %v is %v, want %v", orders, index, v, want)
			}
		}
	})
}

// TestFiniteManyData has too many derivatives to keep.
func TestFiniteManyData(t *testing.T) {
	const n, dim = 300, 90 // 300 · C(91, 2) = 1.2 million second derivatives
	data := make([]tensor.Datum, n)
	for i := range data {
		exp := make([]int, dim)
		exp[i%dim] = 2
		loss := must(tensor.NewPolynomial(dim, []tensor.Term{{Coef: q("1/2"), Exp: exp}}))
		data[i] = tensor.Datum{Prob: big.NewRat(1, n), Loss: loss}
	}
	theta := make([]*big.Rat, dim)
	for i := range theta {
		theta[i] = new(big.Rat)
	}
	h := must(tensor.Hessian(must(tensor.NewFinite(theta, data)).Statistics()))
	if got := h.At(0, 0).RatString() + " " + h.At(89, 89).RatString() + " " + h.At(0, 1).RatString(); got != "1/75 1/100 0" {
		t.Errorf("H has %s, want 1/75 1/100 0", got) // 4, 3 and 0 data of 300
	}
}

func TestFiniteLossAndAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFinite(t, 2)
		loss := must(f.Loss())
		at := drawRats(t, f.Dim())
		moved := must(f.At(at))
		for k := range 4 {
			if got, want := must(moved.Statistics().Moment([]int{k})), must(loss.Derivative(at, k)); !same(got, want) {
				t.Fatalf("E[∇^%d l_x] = %v, want ∇^%d E[l_x] = %v", k, got, k, want)
			}
		}
	})
}

func TestNewFiniteErrors(t *testing.T) {
	line := must(tensor.NewPolynomial(1, []tensor.Term{{Coef: q("1"), Exp: []int{1}}}))
	plane := must(tensor.NewPolynomial(2, nil))
	at := qs("0")
	for _, test := range []struct {
		name  string
		theta []*big.Rat
		data  []tensor.Datum
		want  error
		text  string
	}{
		{"no theta", nil, []tensor.Datum{{q("1"), line}}, tensor.ErrShape, "theta"},
		{"nil theta", []*big.Rat{nil}, []tensor.Datum{{q("1"), line}}, tensor.ErrNumber, "theta"},
		{"no data", at, nil, tensor.ErrShape, "data"},
		{"much data", at, make([]tensor.Datum, tensor.MaxData+1), tensor.ErrTooLarge, "data"},
		{"nil probability", at, []tensor.Datum{{nil, line}}, tensor.ErrNumber, "data[0].prob"},
		{"negative", at, []tensor.Datum{{q("4/3"), line}, {q("-1/3"), line}}, tensor.ErrProbability, "data[1].prob: -1/3 is negative"},
		{"sum", at, []tensor.Datum{{q("1/2"), line}, {q("1/3"), line}}, tensor.ErrProbability, "data: the probabilities sum to 5/6, not 1"},
		{"variables", at, []tensor.Datum{{q("1"), plane}}, tensor.ErrShape, "data[0].loss: 2 variables"},
	} {
		if _, err := tensor.NewFinite(test.theta, test.data); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v; want %v with %q", test.name, err, test.want, test.text)
		}
	}
	f := must(tensor.NewFinite(at, []tensor.Datum{{q("1"), line}}))
	if _, err := f.At(qs("1", "2")); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("At a point of two coordinates: %v", err)
	}
	if _, err := f.Samples(-1); !errors.Is(err, tensor.ErrOrder) {
		t.Errorf("Samples(-1): %v", err)
	}
}

// TestRecordedLandscapes reads the landscapes of recorded series, where there are any,
// and checks the float64 statistics against the exact ones.
func TestRecordedLandscapes(t *testing.T) {
	text, err := os.ReadFile("../../shared/golden/series.json")
	if err != nil {
		t.Skip(err)
	}
	var records []struct {
		Name      string
		Landscape json.RawMessage
	}
	if err := json.Unmarshal(text, &records); err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		l, err := tensor.ParseLandscape(r.Landscape)
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		s := l.Statistics()
		samples := must(l.(*tensor.Finite).Samples(3))
		for _, orders := range [][]int{{0}, {1}, {3}, {1, 1}, {2, 1}, {1, 1, 1}, {1, 2, 0, 1}} {
			checkClose(t, must(samples.Moment(orders)), floats(must(s.Moment(orders))), 1e-12)
			checkClose(t, must(samples.Cumulant(orders)), floats(must(tensor.Cumulant(exact, s, orders))), 1e-12)
		}
	}
}

func BenchmarkFiniteMoment(b *testing.B) {
	// Two data with all 35 terms of degree up to 4 in three variables.
	var terms []tensor.Term
	for _, exp := range indices(5, 3) {
		if exp[0]+exp[1]+exp[2] <= 4 {
			terms = append(terms, tensor.Term{Coef: big.NewRat(int64(3*exp[0]-exp[1]+1), int64(exp[2]+2)), Exp: exp})
		}
	}
	loss := must(tensor.NewPolynomial(3, terms))
	f := must(tensor.NewFinite(qs("1/2", "-1/3", "1"), []tensor.Datum{{q("1/3"), loss}, {q("2/3"), must(loss.Mul(loss))}}))
	for _, orders := range [][]int{{1, 1}, {2, 2}, {3, 1}, {1, 1, 1, 1}, {2, 2, 2}, {3, 3}, {1, 2, 3}, {1, 1, 1, 1, 1, 1}} {
		b.Run(fmt.Sprintf("moment/%v", orders), func(b *testing.B) {
			for b.Loop() {
				must(f.Statistics().Moment(orders))
			}
		})
		b.Run(fmt.Sprintf("cumulant/%v", orders), func(b *testing.B) {
			for b.Loop() {
				must(tensor.Cumulant(exact, f.Statistics(), orders))
			}
		})
	}
	samples := must(f.Samples(3))
	b.Run("float64/[1 2 3]", func(b *testing.B) {
		for b.Loop() {
			must(tensor.Cumulant(mobius.Float64{}, tensor.Statistics[float64](samples), []int{1, 2, 3}))
		}
	})
}
