package sim

import (
	"context"
	"math"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// Mean Estimation by GD over P §C.3's range of H, from the minimum as from 10 units away: the
// test loss is ½ H θ_0² (1−ηH)^{2T} plus an overfitting of (1 − (1−ηH)^T)² C/(2NH), and the
// gap is (1 − (1−ηH)^T) C/(NH) (P Corollary 2, in discrete time). Overfitting is least for
// very flat and very sharp minima (Figure 3), and the estimates have nothing but rounding
// left.
func TestMeanEstimation(t *testing.T) {
	const n, steps, eta, s = 10, 100, 0.1, 10
	var overfitting []float64
	for _, h := range []float64{1e-4, 1e-2, 0.1, 1, 4} {
		moved := -math.Expm1(steps * math.Log1p(-eta*h))
		for _, start := range []float64{0, 10} {
			left := start * (1 - moved)
			r := simulate(t, Spec{
				Landscape: Mean{h, s}, Start: []float64{start}, Eta: eta,
				Runs: []Run{{Optimizer: SGD{embed.Must(embed.GD(n, steps))}}},
			}, 1000, Options{})
			checkMean(t, r, Test, h*left*left/2+moved*moved*s*s/(2*n*h), 1e-7)
			checkMean(t, r, Gap, moved*s*s/(n*h), 1e-7)
			if start == 0 {
				overfitting = append(overfitting, estimate(t, r, Snapshot{}, Test, Reduced).Mean)
			}
		}
	}
	for i, x := range overfitting {
		// Up to H = 0.1 ≈ 1/(ηT) it grows, and then it falls.
		if i > 0 && (x > overfitting[i-1]) != (i <= 2) {
			t.Errorf("overfitting by H: %v", overfitting)
		}
	}
}

// One update on Gauss from its minimum, over P §C.3's range of η. With one point θ_1 is
// −(η/2)(1−x²), so that by the moments E e^{−cx²} = (1+2c)^{−1/2} of a chi-squared number the
// test loss is ½ e^{η/2} (1+η)^{−1/2}, and the gap that less ½ e^{η/2} (1+η)^{−3/2}; with
// Gaussian noise θ_1 is normal with variance η²/2, and the test loss ½ e^{η²/4}.
func TestGaussExactly(t *testing.T) {
	for _, eta := range []float64{0.05, 0.1, 0.15, 0.2, 0.25} {
		spec := Spec{Landscape: Gauss{}, Eta: eta, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(1))}}}}
		r := simulate(t, spec, 20000, Options{})
		scale := math.Exp(eta/2) / math.Sqrt(1+eta) / 2
		checkMean(t, r, Test, scale, 0.01)
		checkMean(t, r, Gap, scale*(1-1/(1+eta)), 0.01)
		spec.Runs[0].Optimizer = Gaussian{1}
		checkMean(t, simulate(t, spec, 20000, Options{}), Test, math.Exp(eta*eta/4)/2, 0.001)
	}
}

// checkMean compares the first snapshot's raw and reduced means with the truth; that of the
// reduced one has at most the relative standard error within.
func checkMean(t *testing.T, r *Result, o Observable, want, within float64) {
	t.Helper()
	for _, e := range []Estimator{Raw, Reduced} {
		x := estimate(t, r, Snapshot{}, o, e)
		z := Verdict{Theory: value.Estimate{Mean: want}, Measured: x}.Z()
		t.Logf("%s, η = %v: %v %v is %.6g ± %.1g, want %.6g, z = %.2f", r.Spec().Landscape.Name(), r.Spec().Eta, e, o, x.Mean, x.StdErr, want, z)
		if math.Abs(z) > 4 || e == Reduced && x.StdErr > within*want {
			t.Errorf("%s, η = %v: %v %v is %v ± %v, want %v", r.Spec().Landscape.Name(), r.Spec().Eta, e, o, x.Mean, x.StdErr, want)
		}
	}
}

// The gradient flow is exact where it has a closed form: on Mean Estimation θ e^{−ηTH}, and
// with the error of its method, of order (η/16)⁴, on Gauss, where e^h − 1 decays like
// e^{−ηT/2}.
func TestODE(t *testing.T) {
	const eta, steps = 0.5, 8
	for _, test := range []struct {
		l           Exact
		start, want float64
	}{
		{Mean{0.75, 1}, 2, 2 * math.Exp(-eta*steps*0.75)},
		{Gauss{}, 1, math.Log1p((math.E - 1) * math.Exp(-eta*steps/2))},
	} {
		spec := Spec{Landscape: test.l, Start: []float64{test.start}, Eta: eta, Runs: []Run{{Optimizer: ODE{T: steps}}}}
		x, err := simulate(t, spec, 2, Options{}).Estimate(Snapshot{}, Displacement(0), Raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := test.start + x.Mean; math.Abs(got-test.want) > 1e-8 {
			t.Errorf("%s: flow ends at %v, want %v", test.l.Name(), got, test.want)
		}
	}
}

// On Mean Estimation the second moment of θ is known for every optimizer with noise: with
// λ = 1 − hH, E θ_n² = θ_0² λ^{2n} + c² S² (1 − λ^{2n})/(1 − λ²). Within four standard
// errors, raw, and with rounding only, reduced.
func TestNoiseOnMean(t *testing.T) {
	const h, s, eta, start, steps = 0.75, 1.5, 0.2, 1.0, 5
	for _, o := range []Optimizer{Gaussian{steps}, SDE{T: steps, B: 1}, SDE{T: steps, B: 4, Refine: 3}} {
		r := simulate(t, Spec{Landscape: Mean{h, s}, Start: []float64{start}, Eta: eta, Runs: []Run{{Optimizer: o}}}, 4000, Options{})
		step, noise, n := eta, eta*eta, float64(steps)
		if o, ok := o.(SDE); ok {
			refine := float64(refinement(o.Refine))
			step, noise, n = eta/refine, eta*eta/refine/float64(o.B), n*refine
		}
		decay := math.Pow(1-step*h, 2*n)
		want := h / 2 * (start*start*decay + noise*s*s*(1-decay)/(1-(1-step*h)*(1-step*h)))
		for _, e := range []Estimator{Raw, Reduced} {
			x, err := r.Estimate(Snapshot{}, Test, e)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(x.Mean-want) > 4*x.StdErr {
				t.Errorf("%v: %v test loss %v ± %v, want %v", o, e, x.Mean, x.StdErr, want)
			}
			if e == Reduced && x.StdErr > 1e-9 {
				t.Errorf("%v: reduced to %v only", o, x.StdErr)
			}
		}
	}
}

// Every optimizer agrees with the theory of its dynamics where the series has converged:
// the last order is below the standard error. SDE's refinement leaves an error of order
// η²T/Refine, so it is refined further.
func TestTheoryOfDynamics(t *testing.T) {
	needTrials(t)
	ctx := context.Background()
	var verdicts []Verdict
	for name, l := range map[string]Exact{"cubic": cubic(t), "correlated": correlated(t), "gauss": Gauss{}} {
		start := []float64{0.25, -0.5}[:l.Dim()]
		for _, o := range []Optimizer{
			SGD{embed.Must(embed.SGD(4, 2, 2))},
			SGD{embed.Must(embed.GD(3, 4))},
			Reshuffled{N: 3, E: 2, B: 1},
			GDC{3, 4, 1},
			Gaussian{4},
			SDE{T: 2, B: 2, Refine: 1024},
			ODE{T: 4},
		} {
			trials := int64(20000)
			switch o.(type) {
			case SDE:
				trials = 500
			case ODE:
				trials = 2
			}
			spec := Spec{Landscape: l, Start: start, Eta: 1. / 128, Runs: []Run{{Optimizer: o}}}
			r := simulate(t, spec, trials, Options{})
			for _, observable := range []Observable{Test, Gap, Displacement(0)} {
				if observable == Gap && o.Rows() == 0 {
					continue
				}
				const order = 4
				theory, err := Predict(ctx, spec, Snapshot{}, observable, order, value.Plain)
				if err != nil {
					t.Fatal(err)
				}
				x, err := r.Estimate(Snapshot{}, observable, Reduced)
				if err != nil {
					t.Fatal(err)
				}
				v := Verdict{Eta: spec.Eta, Theory: value.Estimate{Mean: theory[order], StdErr: math.Abs(theory[order] - theory[order-1])}, Measured: x}
				verdicts = append(verdicts, v)
				if math.Abs(v.Z()) > 4 {
					t.Errorf("%s, %v: %v is %v ± %v, by theory %v", name, o, observable, x.Mean, x.StdErr, theory)
				}
			}
		}
	}
	if r := Judge(0.05, verdicts); r.Fails(0.01) {
		t.Errorf("over all: %+v", r)
	}
}
