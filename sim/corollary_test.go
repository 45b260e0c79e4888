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

// θ_GD − θ_SGD has the mean η² T (N−B)/(4NB) ∇tr C through η², over whole epochs, and GD on
// the loss plus η (N−B)/(4NB) tr Ĉ makes that good: GDC's difference from SGD is of order
// η³ (P Corollary 3, corrected; TestGDCExactly has the orders without chance). Runs agree
// with the series of the one, and with the exact mean of the other.
func TestEmulation(t *testing.T) {
	needTrials(t)
	const n, eta, order = 4, 1. / 64, 4
	local, err := cubic(t).Local(cubicStart, 3)
	if err != nil {
		t.Fatal(err)
	}
	noise, _ := forces(t, local)
	var verdicts []Verdict
	for _, batch := range []int64{1, 2} {
		sgd := embed.Must(embed.SGD(n, 2, batch))
		steps := sgd.Columns()
		gd, gdc := Contrast{Snapshot{1, 0}, Snapshot{0, 0}}, Contrast{Snapshot{2, 0}, Snapshot{0, 0}}
		spec := Spec{
			Landscape: cubic(t), Start: cubicStart, Eta: eta, Contrasts: []Contrast{gd, gdc},
			Runs: []Run{{Optimizer: SGD{sgd}}, {Optimizer: SGD{embed.Must(embed.GD(n, steps))}}, {Optimizer: GDC{n, steps, batch}}},
		}
		r := simulate(t, spec, 20000, Options{})
		exact := expect(t, spec)[4]
		for axis := range 2 {
			o := Displacement(axis)
			theory, err := Predict(t.Context(), spec, gd, o, order, value.Plain)
			if err != nil {
				t.Fatal(err)
			}
			corollary := eta * eta * float64(steps) * float64(n-batch) / float64(4*n*batch) * noise[axis]
			if math.Abs(theory[2]-corollary) > 1e-14 {
				t.Errorf("B = %d: through η² the series has %v, the corollary %v", batch, theory[2], corollary)
			}
			x, y := estimate(t, r, gd, o, Reduced), estimate(t, r, gdc, o, Reduced)
			plain := Verdict{Theory: value.Estimate{Mean: theory[order], StdErr: math.Abs(theory[order] - theory[order-1])}, Measured: x}
			forced := Verdict{Theory: value.Estimate{Mean: exact[o.column(Raw)]}, Measured: y}
			verdicts = append(verdicts, plain, forced)
			t.Logf("B = %d: %v of GD less SGD %.4g ± %.1g, corollary %.4g, z = %.2f; of GDC less SGD %.2g ± %.1g, z = %.2f",
				batch, o, x.Mean, x.StdErr, corollary, plain.Z(), y.Mean, y.StdErr, forced.Z())
			// Along the other axis the corollary's force is almost nothing.
			if axis == 1 && (math.Abs(x.Mean) < 10*x.StdErr || math.Abs(y.Mean) > math.Abs(x.Mean)/10) {
				t.Errorf("B = %d: %v of GD less SGD is %v ± %v, of GDC less SGD %v", batch, o, x.Mean, x.StdErr, y.Mean)
			}
		}
	}
	if report := Judge(0.05, verdicts); report.Fails(0.01) {
		t.Errorf("%+v", report)
	}
}

// E = 2, 3, 5, 8 epochs at η/E take the weights further than one epoch at η, in the mean by
// η² N (E−1)/(4E) (∇tr C + 2HG) through η²: on a landscape with HG ≠ 0, so that the paper's
// η² N (E−1)/(4E) ∇tr C has another size or sign (P Corollary 4, corrected). Runs tell the
// two apart, and agree with the theory through order 4 in weights and test loss.
func TestEpochs(t *testing.T) {
	needTrials(t)
	const n, eta, order = 10, 1. / 512, 4
	spec := Spec{Landscape: cubic(t), Start: cubicStart, Eta: eta, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(n))}}}}
	var epochs []int64
	for _, e := range []int64{2, 3, 5, 8} {
		g := embed.Must(embed.SGD(n, e, 1)).Scale(ratio(1, e))
		spec.Runs = append(spec.Runs, Run{Optimizer: SGD{g}})
		spec.Contrasts = append(spec.Contrasts, Contrast{Snapshot{len(spec.Runs) - 1, 0}, Snapshot{0, 0}})
		epochs = append(epochs, e)
	}
	r := simulate(t, spec, 20000, Options{})
	local, err := spec.Landscape.(Exact).Local(spec.Start, 3)
	if err != nil {
		t.Fatal(err)
	}
	noise, bend := forces(t, local)
	var verdicts []Verdict
	for i, c := range spec.Contrasts {
		for _, o := range []Observable{Test, Displacement(0), Displacement(1)} {
			theory, err := Predict(t.Context(), spec, c, o, order, value.Plain)
			if err != nil {
				t.Fatal(err)
			}
			x := estimate(t, r, c, o, Reduced)
			rest := math.Abs(theory[order] - theory[order-1])
			verdicts = append(verdicts, Verdict{Eta: eta, Observable: o, Theory: value.Estimate{Mean: theory[order], StdErr: rest}, Measured: x})
			t.Logf("%d epochs: %v moves by %.4g ± %.1g, by theory %.4g ± %.1g, z = %.2f", epochs[i], o, x.Mean, x.StdErr, theory[order], rest, verdicts[len(verdicts)-1].Z())
			if o == Test {
				continue
			}
			axis := int(o - firstDisplacement)
			factor := eta * eta * n * float64(epochs[i]-1) / float64(4*epochs[i])
			paper, ours := factor*noise[axis], factor*(noise[axis]+2*bend[axis])
			// What the leading order leaves is of the next.
			slack := math.Abs(theory[3]-theory[2])*2 + 4*x.StdErr
			if math.Abs(theory[2]-ours) > 1e-12 {
				t.Errorf("%d epochs: the series has %v at η², the corollary %v", epochs[i], theory[2], ours)
			}
			if math.Abs(x.Mean-ours) > slack || math.Abs(x.Mean-paper) < slack {
				t.Errorf("%d epochs: %v moves by %v ± %v; ours is %v, the paper's %v", epochs[i], o, x.Mean, x.StdErr, ours, paper)
			}
		}
	}
	if report := Judge(0.05, verdicts); report.Fails(0.01) {
		t.Errorf("%+v", report)
	}
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
		t.Logf("SGD less %v: %.5g ± %.1g, by theory %.5g ± %.1g, z = %.2f", test.other, x.Mean, x.StdErr, theory[order], rest, verdicts[len(verdicts)-1].Z())
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
