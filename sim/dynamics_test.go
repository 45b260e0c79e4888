package sim

import (
	"context"
	"math"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// Mean Estimation by GD from the minimum: overfitting and gap are, for every η and T,
// (1 − (1−ηH)^T)² C/(2NH) and (1 − (1−ηH)^T) C/(NH) (P Corollary 2, in discrete time), over
// P §C.3's range of H; overfitting is least for very flat and very sharp minima (Figure 3);
// and the estimates have nothing but rounding left.
func TestMeanEstimation(t *testing.T) {
	const n, steps, eta, s = 10, 100, 0.1, 10
	var overfitting []float64
	for _, h := range []float64{1e-4, 1e-2, 0.1, 1, 4} {
		spec := Spec{Landscape: Mean{h, s}, Eta: eta, Runs: []Run{{Optimizer: SGD{embed.Must(embed.GD(n, steps))}}}}
		r := simulate(t, spec, 1000, Options{})
		moved := -math.Expm1(steps * math.Log1p(-eta*h))
		for o, want := range map[Observable]float64{Test: moved * moved * s * s / (2 * n * h), Gap: moved * s * s / (n * h)} {
			for _, e := range []Estimator{Raw, Reduced} {
				x, err := r.Estimate(Snapshot{}, o, e)
				if err != nil {
					t.Fatal(err)
				}
				if z := (x.Mean - want) / x.StdErr; math.Abs(z) > 4 {
					t.Errorf("H = %v: %v %v is %v ± %v, want %v", h, e, o, x.Mean, x.StdErr, want)
				}
				if e == Reduced && x.StdErr > 1e-8*want {
					t.Errorf("H = %v: reduced %v has standard error %v of %v", h, o, x.StdErr, want)
				}
			}
		}
		overfitting = append(overfitting, estimate(t, r, Snapshot{}, Test, Reduced).Mean)
	}
	for i, x := range overfitting {
		// Up to H = 0.1 ≈ 1/(ηT) it grows, and then it falls.
		if i > 0 && (x > overfitting[i-1]) != (i <= 2) {
			t.Errorf("overfitting by H: %v", overfitting)
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
