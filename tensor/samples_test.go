package tensor_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

func TestSamples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFinite(t, 2)
		samples := must(f.Samples(3))
		orders := drawOrders(t, 4, 4)
		s := f.Statistics()
		checkClose(t, must(samples.Moment(orders)), floats(must(s.Moment(orders))), 1e-12)
		want := floats(must(tensor.Cumulant(exact, s, orders)))
		// A cumulant is a small difference of products of the derivatives.
		scale := 1.0
		for _, k := range orders {
			norm := 1.0
			for _, d := range f.Data() {
				for _, v := range floats(must(d.Loss.Derivative(f.Theta(), k))).Data() {
					norm = max(norm, math.Abs(v))
				}
			}
			scale *= norm
		}
		checkClose(t, must(samples.Cumulant(orders)), want, 1e-12*scale)
		checkClose(t, must(tensor.Cumulant(mobius.Float64{}, tensor.Cache[float64](samples), orders)), want, 1e-12*scale)
	})
}

// TestSamplesLargeMean: gradients of 10⁹ ± 1 have variance 1 and no third cumulant,
// which raw moments would round away.
func TestSamplesLargeMean(t *testing.T) {
	sample := func(g float64) []*tensor.Dense[float64] {
		return []*tensor.Dense[float64]{must(tensor.Scalar(1, 0.0)), must(tensor.New(1, 1, g))}
	}
	s := must(tensor.NewSamples([]float64{2, 2}, [][]*tensor.Dense[float64]{sample(1e9 + 1), sample(1e9 - 1)}))
	if s.Len() != 2 || s.Order() != 1 || s.Dim() != 1 {
		t.Errorf("Len %d, Order %d, Dim %d", s.Len(), s.Order(), s.Dim())
	}
	f := mobius.Float64{}
	if c := must(tensor.Covariance(f, tensor.Statistics[float64](s))).At(0, 0); c != 1 {
		t.Errorf("C = %v, want 1", c)
	}
	if c := must(tensor.Skewness(f, tensor.Cache[float64](s))).At(0, 0, 0); c != 0 {
		t.Errorf("S = %v, want 0", c)
	}
	if g := must(tensor.Cumulant(f, tensor.Statistics[float64](s), []int{1})).At(0); g != 1e9 {
		t.Errorf("G = %v, want 1e9", g)
	}
}

func TestSamplesErrors(t *testing.T) {
	scalar := func(v float64) *tensor.Dense[float64] { return must(tensor.Scalar(2, v)) }
	vector := must(tensor.New(2, 1, 1.0))
	matrix := func(data ...float64) *tensor.Dense[float64] { return must(tensor.FromSlice(2, 2, data)) }
	good := []*tensor.Dense[float64]{scalar(1), vector, matrix(1, 2, 2, 3)}
	with := func(k int, t *tensor.Dense[float64]) []*tensor.Dense[float64] {
		jet := append([]*tensor.Dense[float64]{}, good...)
		jet[k] = t
		return jet
	}
	type jets = [][]*tensor.Dense[float64]
	for _, test := range []struct {
		name    string
		weights []float64
		jets    jets
		want    error
		text    string
	}{
		{"none", nil, nil, tensor.ErrShape, "0 weights"},
		{"two weights", []float64{1, 1}, jets{good}, tensor.ErrShape, "2 weights for 1 samples"},
		{"no tensors", []float64{1}, jets{nil}, tensor.ErrShape, "sample 0"},
		{"nil loss", []float64{1}, jets{with(0, nil)}, tensor.ErrShape, "sample 0"},
		{"zero weight", []float64{1, 0}, jets{good, good}, tensor.ErrValue, "weight 1 is 0"},
		{"negative weight", []float64{-1}, jets{good}, tensor.ErrValue, "weight 0 is -1"},
		{"weight NaN", []float64{math.NaN()}, jets{good}, tensor.ErrValue, "weight 0 is NaN"},
		{"weight infinite", []float64{math.Inf(1)}, jets{good}, tensor.ErrValue, "weight 0 is +Inf"},
		{"fewer", []float64{1, 1}, jets{good, good[:2]}, tensor.ErrShape, "sample 1 has 2 tensors"},
		{"nil", []float64{1, 1}, jets{good, with(2, nil)}, tensor.ErrShape, "sample 1, order 2"},
		{"rank", []float64{1}, jets{with(1, scalar(1))}, tensor.ErrShape, "sample 0, order 1"},
		{"dimension", []float64{1}, jets{with(1, must(tensor.New(3, 1, 1.0)))}, tensor.ErrShape, "sample 0, order 1"},
		{"NaN", []float64{1}, jets{with(0, scalar(math.NaN()))}, tensor.ErrValue, "sample 0, order 0"},
		{"infinity", []float64{1}, jets{with(2, matrix(1, 0, 0, math.Inf(-1)))}, tensor.ErrValue, "sample 0, order 2: element 3"},
		{"asymmetric", []float64{1, 1}, jets{good, with(2, matrix(1, 2, 3, 4))}, tensor.ErrAsymmetric, "sample 1, order 2"},
	} {
		if _, err := tensor.NewSamples(test.weights, test.jets); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v; want %v with %q", test.name, err, test.want, test.text)
		}
	}

	s := must(tensor.NewSamples([]float64{math.MaxFloat64, math.MaxFloat64}, jets{good, with(0, scalar(1e200))}))
	if v := must(s.Moment(nil)).At(); v != 1 {
		t.Errorf("probabilities of huge weights sum to %v", v)
	}
	for _, test := range []struct {
		orders []int
		want   error
		text   string
	}{
		{[]int{1, 3}, tensor.ErrOrder, "order 3"},
		{[]int{-1}, tensor.ErrOrder, "-1"},
		{[]int{0, 0}, tensor.ErrValue, "Inf"}, // 1e400
	} {
		if _, err := s.Moment(test.orders); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("moment %v: %v; want %v with %q", test.orders, err, test.want, test.text)
		}
		if _, err := s.Cumulant(test.orders); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("cumulant %v: %v; want %v with %q", test.orders, err, test.want, test.text)
		}
	}
}
