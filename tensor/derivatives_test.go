package tensor_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/tensor"
)

// Samples give back what they were made of, also from behind a cache.
func TestSamplesDerivative(t *testing.T) {
	var jets [][]*tensor.Dense[float64]
	for i := range 2 {
		var jet []*tensor.Dense[float64]
		for k := range 4 {
			x, err := tensor.FillSymmetric(3, []int{k}, func(index []int) float64 {
				sum := float64(i*100 + k)
				for _, j := range index {
					sum = 3*sum + float64(j)
				}
				return sum
			})
			if err != nil {
				t.Fatal(err)
			}
			jet = append(jet, x)
		}
		jets = append(jets, jet)
	}
	made, err := tensor.NewSamples([]float64{1, 3}, jets)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := tensor.SamplesOf(tensor.Cache[float64](made))
	if again, _ := tensor.SamplesOf(made); !ok || s != made || again != made {
		t.Fatal("not the samples")
	}
	if p := s.Probabilities(); !slices.Equal(p, []float64{0.25, 0.75}) {
		t.Errorf("probabilities %v", p)
	}
	for i, jet := range jets {
		for k, want := range jet {
			if got, err := s.Derivative(i, k); err != nil || !slices.Equal(got.Data(), want.Data()) {
				t.Errorf("sample %d, order %d: %v, %v; want %v", i, k, got, err, want)
			}
		}
	}
	for _, c := range []struct {
		i, k int
		want error
	}{{-1, 0, tensor.ErrShape}, {2, 0, tensor.ErrShape}, {0, -1, tensor.ErrOrder}, {0, 4, tensor.ErrOrder}} {
		if _, err := s.Derivative(c.i, c.k); !errors.Is(err, c.want) {
			t.Errorf("sample %d, order %d: %v", c.i, c.k, err)
		}
	}
}
