package sim

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

func ratio(a, b int64) *big.Rat { return big.NewRat(a, b) }

// forces returns ∇tr C and HG at the point of a landscape: ∇_λ tr C = 2 κ(∇_μ l, ∇_μ∇_λ l).
func forces(t *testing.T, l tensor.Landscape) (noise, bend []float64) {
	t.Helper()
	ring := mobius.Rational{}
	both, err := tensor.Cumulant(ring, l.Statistics(), []int{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	gradient, err := tensor.Gradient(l.Statistics())
	if err != nil {
		t.Fatal(err)
	}
	hessian, err := tensor.Hessian(l.Statistics())
	if err != nil {
		t.Fatal(err)
	}
	k, g, h := tensor.Map(both, toFloat), tensor.Map(gradient, toFloat), tensor.Map(hessian, toFloat)
	for i := range l.Dim() {
		var c, b float64
		for mu := range l.Dim() {
			c += 2 * k.At(mu, mu, i)
			b += h.At(i, mu) * g.At(mu)
		}
		noise, bend = append(noise, c), append(bend, b)
	}
	return noise, bend
}

// SGD's test loss exceeds ODE's by η² (T/2)(C − GG)·H, and SDE's by −η² (T/2) GHG, through
// η², on a landscape where all of these differ; runs agree with the theory of the
// differences through order 4 (P Corollary 5, corrected).
func TestDiscreteTime(t *testing.T) {
	needTrials(t)
	const steps, eta, order = 4, 1. / 256, 4
	l := cubic(t)
	local, err := l.Local(cubicStart, 3)
	if err != nil {
		t.Fatal(err)
	}
	g, h := tensor.Map(must(tensor.Gradient(local.Statistics()))(t), toFloat), tensor.Map(must(tensor.Hessian(local.Statistics()))(t), toFloat)
	c := tensor.Map(must(tensor.Covariance(mobius.Rational{}, local.Statistics()))(t), toFloat)
	var noisy, bent float64 // C·H and GHG
	for mu := range 2 {
		for nu := range 2 {
			noisy += c.At(mu, nu) * h.At(mu, nu)
			bent += g.At(mu) * h.At(mu, nu) * g.At(nu)
		}
	}
	var verdicts []Verdict
	for _, test := range []struct {
		other  Optimizer
		second float64 // the coefficient of η²
	}{
		{ODE{T: steps}, steps / 2. * (noisy - bent)},
		{SDE{T: steps, B: 1, Refine: 1024}, -steps / 2. * bent},
		{Gaussian{steps}, 0},
	} {
		contrast := Contrast{Snapshot{0, 0}, Snapshot{1, 0}}
		spec := Spec{
			Landscape: l, Start: cubicStart, Eta: eta, Contrasts: []Contrast{contrast},
			Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(steps))}}, {Optimizer: test.other}},
		}
		theory, err := Predict(t.Context(), spec, contrast, Test, order, value.Plain)
		if err != nil {
			t.Fatal(err)
		}
		if want := eta * eta * test.second; math.Abs(theory[2]-want) > 1e-14 {
			t.Errorf("SGD less %v: through η² the series has %v, the corollary %v", test.other, theory[2], want)
		}
		trials := int64(20000)
		if _, refined := test.other.(SDE); refined {
			trials = 1000
		}
		x := estimate(t, simulate(t, spec, trials, Options{}), contrast, Test, Reduced)
		rest := math.Abs(theory[order] - theory[order-1])
		verdicts = append(verdicts, Verdict{Eta: eta, Time: steps, Theory: value.Estimate{Mean: theory[order], StdErr: rest}, Measured: x})
		if test.second != 0 && math.Abs(x.Mean) < 4*x.StdErr {
			t.Errorf("SGD less %v: %v ± %v shows nothing", test.other, x.Mean, x.StdErr)
		}
	}
	if report := Judge(0.05, verdicts); report.Fails(0.01) {
		t.Errorf("%+v of %+v", report, verdicts)
	}
}

// Skewed noise alone tells SGD from SGD with Gaussian noise at a minimum: by −η³ (T/6) S·J
// in the test loss, at leading order, on Gauss (P Corollary 5).
func TestSkewedNoise(t *testing.T) {
	needTrials(t)
	const steps, eta, order = 10, 0.02, 6
	contrast := Contrast{Snapshot{0, 0}, Snapshot{1, 0}}
	spec := Spec{
		Landscape: Gauss{}, Eta: eta, Contrasts: []Contrast{contrast},
		Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(steps))}}, {Optimizer: Gaussian{steps}}},
	}
	theory, err := Predict(t.Context(), spec, contrast, Test, order, value.Plain)
	if err != nil {
		t.Fatal(err)
	}
	// S = −1 and J = −½.
	if want := -eta * eta * eta * steps / 6 * 0.5; math.Abs(theory[3]-want) > 1e-15 {
		t.Errorf("through η³ the series has %v, the corollary %v", theory[3], want)
	}
	x := estimate(t, simulate(t, spec, 50000, Options{}), contrast, Test, Reduced)
	if math.Abs(x.Mean-theory[order]) > 4*x.StdErr+math.Abs(theory[order]-theory[order-1]) || math.Abs(x.Mean) < 10*x.StdErr {
		t.Errorf("SGD less Gaussian: %v ± %v, by theory %v", x.Mean, x.StdErr, theory)
	}
}

// On Mean Estimation, over P §C.3's range of H and from the minimum as from 10 units away,
// descent on an l₂ coefficient by STIC beats plain GD. TIC, which takes T to be infinite,
// tells the same where ηTH is large; where it is small, it is worse than GD, or runs away.
// (P §3.3 and Figure 9, right)
func TestRegularizedDescent(t *testing.T) {
	needTrials(t)
	const n, steps, eta, s = 10, 100, 0.05, 10
	for _, h := range []float64{1e-4, 1e-3, 1e-2, 0.1, 1, 4} {
		for _, start := range []float64{0, 10} {
			stic, tic := Contrast{Snapshot{1, 0}, Snapshot{0, 0}}, Contrast{Snapshot{2, 0}, Snapshot{0, 0}}
			r := simulate(t, Spec{
				Landscape: Ridge{h, s}, Start: []float64{start, 0}, Eta: eta, Contrasts: []Contrast{stic, tic},
				Runs: []Run{{Optimizer: SGD{embed.Must(embed.GD(n, steps))}}, {Optimizer: Regularized{STIC, n, steps}}, {Optimizer: Regularized{TIC, n, steps}}},
			}, 1000, Options{})
			better := estimate(t, r, stic, Test, Reduced)
			if better.Mean > -5*better.StdErr || better.Diverged > 0 {
				t.Errorf("H = %v from %v: STIC less GD is %+v", h, start, better)
			}
			other, err := r.Estimate(tic, Test, Reduced)
			switch {
			case errors.Is(err, ErrResult): // none is left
			case err != nil:
				t.Fatal(err)
			case h >= 1 && math.Abs(other.Mean-better.Mean) > other.StdErr+better.StdErr,
				h < 1 && other.Mean < 3*other.StdErr && other.Diverged < 500:
				t.Errorf("H = %v from %v: TIC less GD is %+v, STIC less GD %+v", h, start, other, better)
			}
		}
	}
}

// must returns a value that there must be.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
