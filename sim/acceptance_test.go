package sim

import (
	"context"
	"math"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// estimate returns an estimate that must exist.
func estimate(t *testing.T, r *Result, g Group, o Observable, e Estimator) Estimate {
	t.Helper()
	x, err := r.Estimate(g, o, e)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// SGD climbs Archimedes' valley (P §3.2): its drift in z per step is within 0.1, 0.3 and
// 0.6 per cent, and three standard errors, of the discrete diagram's η²/(2(3−2η)); it
// agrees with (η²/6)(1 + 5η/8) up to a relative η²; and is far from the paper's η²/6.
func TestArchimedesDrift(t *testing.T) {
	const from, to = 1000, 10000
	c := Contrast{Snapshot{0, 1}, Snapshot{0, 0}}
	trials := int64(100)
	if long() {
		trials = 1000
	}
	for _, test := range []struct{ eta, within float64 }{{0.02, 0.001}, {0.05, 0.003}, {0.1, 0.006}} {
		r := simulate(t, Spec{
			Landscape: Archimedes{}, Eta: test.eta, Controls: Martingale, Block: 4,
			Runs:      []Run{{SGD{embed.Must(embed.OneEpoch(to))}, []int64{from, to}}},
			Contrasts: []Contrast{c},
		}, trials, Options{})
		x := estimate(t, r, c, Displacement(2), Reduced)
		drift, stderr := x.Mean/(to-from), x.StdErr/(to-from)
		eta := test.eta
		discrete, paper := eta*eta/(2*(3-2*eta)), eta*eta/6
		if off := math.Abs(drift - discrete); off > test.within*discrete+3*stderr {
			t.Errorf("η = %v: drift %v ± %v, discrete diagram %v", eta, drift, stderr, discrete)
		}
		if off := math.Abs(drift - paper*(1+5*eta/8)); off > paper*eta*eta+3*stderr {
			t.Errorf("η = %v: drift %v ± %v, series %v", eta, drift, stderr, paper*(1+5*eta/8))
		}
		if off := math.Abs(drift - paper); eta >= 0.05 && off < 10*stderr {
			t.Errorf("η = %v: drift %v ± %v cannot be told from %v", eta, drift, stderr, paper)
		}
	}
}

// Controls earn their keep: they cut the trials that a given interval takes at least this
// many times (see BenchmarkVariance).
func TestReduction(t *testing.T) {
	for _, test := range []struct {
		spec       Spec
		observable Observable
		times      float64
	}{
		{Spec{Landscape: Gauss{}, Eta: 0.1, Test: 10, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(10))}}}}, Test, 300},
		{Spec{Landscape: Mean{0.1, 1}, Eta: 0.1, Test: 10, Runs: []Run{{Optimizer: SGD{embed.Must(embed.GD(10, 100))}}}}, Test, 1e6},
		{archimedesSpec(0.05, 1000, Martingale), Displacement(2), 30},
	} {
		r := simulate(t, test.spec, 2000, Options{})
		ratio := estimate(t, r, Snapshot{}, test.observable, Raw).StdErr / estimate(t, r, Snapshot{}, test.observable, Reduced).StdErr
		if ratio*ratio < test.times {
			t.Errorf("%s: the raw mean takes %v times the trials, expected %v or more", test.spec.Landscape.Name(), ratio*ratio, test.times)
		}
	}
}

// Gauss from its minimum, over P §C.3's range of η: SGD − SDE of the test loss is negative,
// by about what order 3 says, and more nearly by order 4 (P Figure 9, center). SDE is
// refined beyond P's 16: an error of η³HHC/(4·16) in its test loss would show.
func TestGaussAgainstSDE(t *testing.T) {
	needTrials(t)
	ctx := context.Background()
	trials := int64(5000)
	if long() {
		trials = 200000
	}
	c := Contrast{Snapshot{0, 0}, Snapshot{1, 0}}
	for _, eta := range []float64{0.05, 0.1, 0.15, 0.2, 0.25} {
		spec := Spec{
			Landscape: Gauss{}, Eta: eta, Contrasts: []Contrast{c},
			Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(1))}}, {Optimizer: SDE{T: 1, B: 1, Refine: 256}}},
		}
		x := estimate(t, simulate(t, spec, trials, Options{}), c, Test, Reduced)
		theory, err := Predict(ctx, spec, c, Test, 6, value.Plain)
		if err != nil {
			t.Fatal(err)
		}
		third, fourth := math.Abs(x.Mean-theory[3]), math.Abs(x.Mean-theory[4])
		if x.Mean+4*x.StdErr > 0 || theory[3] >= 0 || theory[3] < 2*x.Mean || theory[3] > x.Mean/3 {
			t.Errorf("η = %v: SGD − SDE is %v ± %v, by order 3 %v", eta, x.Mean, x.StdErr, theory[3])
		}
		if fourth > third+2*x.StdErr {
			t.Errorf("η = %v: SGD − SDE is %v ± %v, by orders 3 and 4 %v", eta, x.Mean, x.StdErr, theory[3:5])
		}
		off := math.Abs(theory[6]-theory[5]) + 4*x.StdErr
		if math.Abs(x.Mean-theory[6]) > off {
			t.Errorf("η = %v: SGD − SDE is %v ± %v, by theory %v", eta, x.Mean, x.StdErr, theory)
		}
	}
}
