package sim

import (
	"math"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// bent is a minimum at 0 with H = 1, J = 1 and C = 1/9: its slope is ±1/3 + θ + θ²/2.
func bent(t testing.TB) Exact {
	return mustPolynomial(t, `{"dim":1,"theta":["0"],"data":[
		{"prob":"1/2","loss":[{"coef":"-1/3","exp":[1]},{"coef":"1/2","exp":[2]},{"coef":"1/6","exp":[3]}]},
		{"prob":"1/2","loss":[{"coef":"1/3","exp":[1]},{"coef":"1/2","exp":[2]},{"coef":"1/6","exp":[3]}]}]}`)
}

// bentMean returns E θ_T for SGD on bent from 0, without theory or chance. From the function
// f_0(θ) = θ, averaging f_n over an update gives f_{n+1}, and E θ_T = f_T(0). Updates stay
// between the minima of the two losses, −1 + √(1 ∓ 2/3); there f_n is known by its values at
// 32 Chebyshev points, and interpolated by the second barycentric formula.
func bentMean(eta float64, steps int64) float64 {
	const points = 32
	low, high := -1+math.Sqrt(1./3), -1+math.Sqrt(5./3)
	var at, f, weight [points]float64
	for i := range points {
		angle := math.Pi * (float64(i) + 0.5) / points
		at[i] = (low+high)/2 + (high-low)/2*math.Cos(angle)
		weight[i] = math.Sin(angle) * (1 - 2*float64(i%2))
		f[i] = at[i]
	}
	interpolate := func(x float64) float64 {
		var sum, norm float64
		for i, p := range at {
			if x == p {
				return f[i]
			}
			sum += weight[i] / (x - p) * f[i]
			norm += weight[i] / (x - p)
		}
		return sum / norm
	}
	for range steps {
		next := f
		for i, x := range at {
			slope := x + x*x/2
			next[i] = (interpolate(x-eta*(slope-1./3)) + interpolate(x-eta*(slope+1./3))) / 2
		}
		f = next
	}
	return interpolate(0)
}

// At a minimum where it has settled, SGD is displaced by −(η/2) Σ C_μν J_μνλ / ((H_μ+H_ν) H_λ)
// to leading order, here −η/36; by the leading diagram in discrete time, with
// H_μ + H_ν − ηH_μH_ν below; and not by the η²/36 that the paper has (P Corollary 1, corrected).
// Runs agree with the exact mean and with the discrete values of order 7, and are near
// enough to tell all these apart.
func TestStationaryDisplacement(t *testing.T) {
	needTrials(t)
	trials := int64(10000)
	if long() {
		trials = 100000
	}
	var exactly, byTheory []Verdict
	rest := map[float64]float64{} // what the leading order leaves
	for _, eta := range []float64{1. / 16, 1. / 8, 1. / 4} {
		steps := int64(14 / eta)
		spec := Spec{Landscape: bent(t), Eta: eta, Runs: []Run{{Optimizer: SGD{embed.Must(embed.OneEpoch(steps))}}}}
		theory, err := Predict(t.Context(), spec, Snapshot{}, Displacement(0), 7, value.Discrete)
		if err != nil {
			t.Fatal(err)
		}
		leading, discrete, paper := -eta/36, -eta/(18*(2-eta)), -eta*eta/36
		if math.Abs(theory[3]-discrete) > 1e-5*eta {
			t.Errorf("η = %v: the leading diagram is %v, the corollary %v", eta, theory[3], discrete)
		}
		x := estimate(t, simulate(t, spec, trials, Options{}), Snapshot{}, Displacement(0), Reduced)
		exact := Verdict{Eta: eta, Time: steps, Observable: Displacement(0), Theory: value.Estimate{Mean: bentMean(eta, steps)}, Measured: x}
		seventh := exact
		seventh.Theory = value.Estimate{Mean: theory[7], StdErr: eta * math.Abs(theory[7]-theory[3])} // the next term
		exactly, byTheory = append(exactly, exact), append(byTheory, seventh)
		t.Logf("η = %v: %.4g ± %.1g; z = %.2f from the exact mean, %.2f from order 7, %.1f from the leading order, %.1f from the paper's",
			eta, x.Mean, x.StdErr, exact.Z(), seventh.Z(), (x.Mean-leading)/x.StdErr, (x.Mean-paper)/x.StdErr)
		if math.Abs(x.Mean-paper) < 20*x.StdErr || eta > 0.1 && math.Abs(x.Mean-leading) < 5*x.StdErr {
			t.Errorf("η = %v: %v ± %v cannot be told from the paper's %v, or the leading order's %v", eta, x.Mean, x.StdErr, paper, leading)
		}
		rest[eta] = exact.Theory.Mean - leading
	}
	// The rest is of order η²: half of η leaves a quarter, and η/8 of itself or so.
	if r := rest[1./8] / rest[1./16]; math.Abs(r-4) > 0.5 {
		t.Errorf("halving η divides what the leading order leaves by %v, want 4", r)
	}
	for _, verdicts := range [][]Verdict{exactly, byTheory} {
		if report := Judge(0.05, verdicts); report.Fails(0.001) {
			t.Errorf("%+v of %+v", report, verdicts)
		}
	}
}
