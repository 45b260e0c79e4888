package tensor_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

// TestRaise compares with the sum Σ_ν η^{μν} t_{…ν…}, element by element.
func TestRaise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 3).Draw(t, "dim")
		rank := rapid.IntRange(1, 3).Draw(t, "rank")
		axis := rapid.IntRange(0, rank-1).Draw(t, "axis")
		a := drawTensor(t, dim, rank)
		var metric tensor.Metric[*big.Rat]
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 1:
			metric = must(tensor.DiagonalMetric(drawRats(t, dim)))
		case 2:
			m := drawTensor(t, dim, 2)
			metric = must(tensor.FullMetric(must(tensor.Add(exact, m, must(m.Permute(1, 0))))))
		}
		eta := must(metric.Dense(exact, dim))
		raised := must(metric.Raise(exact, a, axis))
		rounded := must(must(tensor.MapMetric(metric, mobius.Float64{}.Rat)).Raise(mobius.Float64{}, floats(a), axis))
		checkClose(t, rounded, floats(raised), 1e-12)
		for _, index := range indices(dim, rank) {
			want := new(big.Rat)
			for nu := range dim {
				low := slices.Clone(index)
				low[axis] = nu
				want.Add(want, new(big.Rat).Mul(eta.At(index[axis], nu), a.At(low...)))
			}
			if got := raised.At(index...); got.Cmp(want) != 0 {
				t.Fatalf("axis %d raised, at %v: %v, want %v", axis, index, got, want)
			}
		}
	})
}

func TestIdentityMetric(t *testing.T) {
	a := must(tensor.FromSlice(2, 1, qs("1", "2")))
	metric := tensor.IdentityMetric[*big.Rat]()
	if got := must(metric.Raise(exact, a, 0)); got != a {
		t.Error("the identity made a new tensor")
	}
	if !metric.IsIdentity() || metric.Dim() != 0 {
		t.Errorf("IsIdentity %v, Dim %d", metric.IsIdentity(), metric.Dim())
	}
}

func TestMetricErrors(t *testing.T) {
	f := mobius.Float64{}
	full := func(data ...float64) error {
		_, err := tensor.FullMetric(must(tensor.FromSlice(2, 2, data)))
		return err
	}
	diagonal := func(data ...float64) error {
		_, err := tensor.DiagonalMetric(data)
		return err
	}
	two := must(tensor.DiagonalMetric([]float64{1, 2}))
	raise := func(dim, rank, axis int) error {
		_, err := two.Raise(f, must(tensor.New(dim, rank, 1.0)), axis)
		return err
	}
	_, wrongRank := tensor.FullMetric(must(tensor.New(2, 3, 1.0)))
	_, none := tensor.FullMetric[float64](nil)
	_, wrongDim := two.Dense(f, 3)
	_, missing := tensor.DiagonalMetric([]*big.Rat{nil})
	for name, test := range map[string]struct{ got, want error }{
		"asymmetric":         {full(1, 2, 3, 4), tensor.ErrAsymmetric},
		"full NaN":           {full(math.NaN(), 0, 0, 1), tensor.ErrValue},
		"full infinity":      {full(1, 0, 0, math.Inf(-1)), tensor.ErrValue},
		"diagonal NaN":       {diagonal(1, math.NaN()), tensor.ErrValue},
		"nil on diagonal":    {missing, tensor.ErrValue},
		"empty diagonal":     {diagonal(), tensor.ErrShape},
		"rank 3":             {wrongRank, tensor.ErrShape},
		"nil":                {none, tensor.ErrShape},
		"as another Dim":     {wrongDim, tensor.ErrShape},
		"raises another Dim": {raise(3, 1, 0), tensor.ErrShape},
		"no such axis":       {raise(2, 1, 1), tensor.ErrShape},
		"negative axis":      {raise(2, 1, -1), tensor.ErrShape},
		"scalar":             {raise(2, 0, 0), tensor.ErrShape},
	} {
		if !errors.Is(test.got, test.want) {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
}
