package sim

import (
	"math"
	"testing"

	"github.com/perturb-go/perturb/embed"
)

// drift measures Archimedes' motion in z per step between two times.
func drift(t *testing.T, eta float64, from, to, trials int64) Estimate {
	t.Helper()
	c := Contrast{Snapshot{0, 1}, Snapshot{0, 0}}
	spec := Spec{
		Landscape: Archimedes{}, Eta: eta, Controls: Martingale, Block: 8,
		Runs:      []Run{{SGD{embed.Must(embed.OneEpoch(to))}, []int64{from, to}}},
		Contrasts: []Contrast{c},
	}
	r := simulate(t, spec, trials, Options{})
	for _, e := range []Estimator{Raw, Reduced} {
		x, err := r.Estimate(c, Displacement(2), e)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("η %v %v %.8g ± %.2g", eta, e, x.Mean/float64(to-from), x.StdErr/float64(to-from))
	}
	x, err := r.Estimate(c, Displacement(2), Reduced)
	if err != nil {
		t.Fatal(err)
	}
	steps := float64(to - from)
	x.Mean /= steps
	x.StdErr /= steps
	return x
}

func TestArchimedesDrift(t *testing.T) {
	trials := int64(400)
	for _, test := range []struct{ eta, within float64 }{{0.02, 0.001}, {0.05, 0.003}, {0.1, 0.006}} {
		x := drift(t, test.eta, 1000, 10000, trials)
		discrete := test.eta * test.eta / (2 * (3 - 2*test.eta))
		t.Logf("%v: %v, paper %v, series %v; off %v se %v", test.eta, discrete, test.eta*test.eta/6, test.eta*test.eta/6*(1+5*test.eta/8), math.Abs(x.Mean/discrete-1), x.StdErr/x.Mean)
	}
}
