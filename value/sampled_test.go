package value_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// hidden are samples of which only the cumulants show.
type hidden struct{ tensor.Cumulator[float64] }

// randomSamples are weighted samples with derivatives up to the given order, the Hessian of
// which is positive.
func randomSamples(t testing.TB, samples, dim, order int) *tensor.Samples {
	r := rand.New(rand.NewPCG(5, 6))
	var weights []float64
	var jets [][]*tensor.Dense[float64]
	for range samples {
		weights = append(weights, 1+r.Float64())
		var jet []*tensor.Dense[float64]
		for k := range order + 1 {
			x, err := tensor.FillSymmetric(dim, []int{k}, func(index []int) float64 {
				x := r.NormFloat64() / float64(dim)
				if k == 2 && index[0] == index[1] {
					x++
				}
				return x
			})
			if err != nil {
				t.Fatal(err)
			}
			jet = append(jet, x)
		}
		jets = append(jets, jet)
	}
	s, err := tensor.NewSamples(weights, jets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Cumulants of samples at the indices that a diagram asks for give what their whole tensors
// do: on GD, where every irreducible diagram happens; on one epoch; and by a sweep. So do
// sums over times that are kept by tree.
func TestSampledIsDense(t *testing.T) {
	ctx := context.Background()
	const dim, order, eta = 3, 4, 0.1
	s := randomSamples(t, 5, dim, order+1)
	for _, g := range []embed.Grid{embed.Must(embed.GD(4, 9)), embed.Must(embed.OneEpoch(9)), embed.Must(embed.SGD(4, 2, 2))} {
		for _, o := range []value.Observable{value.TestLoss(), value.TrainLoss(), value.Displacement(), value.LossVariance()} {
			r, err := value.Resum(ctx, embed.NewCounter(g), o, order, value.Discrete)
			if err != nil {
				t.Fatal(err)
			}
			got, err := value.EvaluateAt(ctx, r, value.Point[float64]{Ring: mobius.Float64{}, Statistics: s}, eta)
			if err != nil {
				t.Fatal(err)
			}
			want, err := value.EvaluateAt(ctx, r, value.Point[float64]{Ring: mobius.Float64{}, Statistics: hidden{s}}, eta)
			if err != nil {
				t.Fatal(err)
			}
			for d := range want {
				for i, w := range want[d].Data() {
					// Some hundred terms of order 1, each with a few dozen roundings.
					if g := got[d].Data()[i]; math.Abs(g-w) > 1e-12*(1+math.Abs(w)) {
						t.Errorf("%v, order %d, element %d: %v of samples, %v of tensors", o, d, i, g, w)
					}
				}
			}
		}
	}
}

// A cumulant that is too large as a tensor is refused before anything is computed; of samples
// it takes one index for each edge.
func TestCumulantTooLarge(t *testing.T) {
	ctx := context.Background()
	s := randomSamples(t, 3, 40, 3)
	r, err := value.Resum(ctx, embed.NewCounter(embed.Must(embed.GD(3, 5))), value.TestLoss(), 3, value.Continuous)
	if err != nil {
		t.Fatal(err)
	}
	point := func(s tensor.Statistics[float64]) value.Point[float64] {
		return value.Point[float64]{Ring: mobius.Float64{}, Statistics: s}
	}
	if _, err := value.EstimateAt(ctx, r, point(hidden{s}), 0.1); !errors.Is(err, embed.ErrTooLarge) {
		t.Errorf("with whole tensors: %v", err)
	}
	if _, err := value.EstimateAt(ctx, r, point(tensor.Cache[float64](s)), 0.1); err != nil {
		t.Errorf("with samples: %v", err)
	}
}
