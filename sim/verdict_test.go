package sim

import (
	"context"
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// plantedRates are those of the runs that look for planted errors.
var plantedRates = []*big.Rat{big.NewRat(1, 32), big.NewRat(1, 16), big.NewRat(1, 8)}

func plantedSpec(t testing.TB, eta float64, seed uint64) Spec {
	return Spec{
		Landscape: cubic(t), Start: cubicStart, Eta: eta, Seed: seed,
		Runs: []Run{{Optimizer: SGD{embed.Must(embed.SGD(4, 1, 1))}}},
	}
}

// The theory is not rejected, and with one coefficient changed by 5% it is, for every
// diagram of up to three edges where a pilot run says beforehand that the run will see it
// all but certainly. Through all orders the theory's value is the exact one.
func TestPlantedErrors(t *testing.T) {
	const pilotTrials, level = 2000, 0.001
	trials, sight := int64(100000), 8
	if long() {
		trials, sight = 1000000, 13
	}
	core := cubic(t).(*finite).core.(*tensor.Finite)
	grid := embed.Must(embed.SGD(4, 1, 1))
	point := value.FloatPoint(core)
	series, err := value.Expand(context.Background(), grid, value.TestLoss(), 3, embed.Cumulant)
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []Verdict
	var planned []float64 // standard errors
	for _, rate := range plantedRates {
		exact, err := descent.At(problem(core, grid), rate)
		if err != nil {
			t.Fatal(err)
		}
		eta := toFloat(rate)
		pilot, err := simulate(t, plantedSpec(t, eta, 1), pilotTrials, Options{}).Estimate(Snapshot{}, Test, Reduced)
		if err != nil {
			t.Fatal(err)
		}
		planned = append(planned, pilot.After(trials))
		measured, err := simulate(t, plantedSpec(t, eta, 2), trials, Options{}).Estimate(Snapshot{}, Test, Reduced)
		if err != nil {
			t.Fatal(err)
		}
		theory := value.Estimate{Mean: toFloat(exact.TestLoss()[0])}
		verdicts = append(verdicts, Verdict{Eta: eta, Time: 4, Theory: theory, Measured: measured})
	}
	if r := Judge(0.05, verdicts); r.Fails(level) {
		t.Errorf("the theory is rejected: %+v", r)
	}
	seen := 0
	for _, term := range series.Terms[1:] {
		v, err := value.PlainValue(term.Diagram, series.Observable, series.Form, point)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := term.Coefficient.Float64()
		planted := make([]Verdict, len(verdicts))
		power := 0.0
		for i, verdict := range verdicts {
			shift := 0.05 * c * v.At() * math.Pow(verdict.Eta, float64(term.Order()))
			power = max(power, Power(shift, planned[i], level/float64(len(verdicts))))
			verdict.Theory.Mean += shift
			planted[i] = verdict
		}
		report := Judge(0.05, planted)
		t.Logf("%v: power %.3g, largest |z| %.3g", term.Diagram, power, report.Largest)
		if power < 0.999 {
			continue
		}
		seen++
		if !report.Fails(level) {
			t.Errorf("%v: 5%% more pass, with power %v: %+v", term.Diagram, power, report)
		}
	}
	if seen < sight {
		t.Errorf("the runs have the power to see %d coefficients of %d, want %d", seen, len(series.Terms)-1, sight)
	}
}

// Two-sided powers of a test at 5%, from tables of the normal distribution: 0.05 at no
// shift, 0.1701 at one standard error, 0.5160 at two, 0.8508 at three.
func TestPower(t *testing.T) {
	for shift, want := range map[float64]float64{0: 0.05, 1: 0.1701, -2: 0.5160, 3: 0.8508} {
		if got := Power(2*shift, 2, 0.05); math.Abs(got-want) > 5e-5 {
			t.Errorf("power to see %v standard errors: %v, want %v", shift, got, want)
		}
	}
}

// Three points, of z = 0, 1 and −3: one is rejected at 5%. Chance rejects one or more with
// probability 1 − 0.95³, and gives |z| ≥ 3 at one with probability at most 3·0.0026998.
func TestJudge(t *testing.T) {
	at := func(mean float64) Verdict {
		return Verdict{Theory: value.Estimate{Mean: 5, StdErr: 3}, Measured: Estimate{Mean: mean, StdErr: 4, Diverged: 2}}
	}
	r := Judge(0.05, []Verdict{at(5), at(10), at(-10)})
	if r.Rejected != 1 || math.Abs(r.Expected-0.15) > 1e-15 || r.Diverged != 6 || r.Largest != 3 {
		t.Errorf("%+v", r)
	}
	if math.Abs(r.Chance-0.142625) > 1e-12 || math.Abs(r.Family-0.0080994) > 1e-7 {
		t.Errorf("%+v", r)
	}
	if !r.Fails(0.01) || r.Fails(0.005) {
		t.Errorf("%+v fails at 1%%, and not at 0.5%%", r)
	}
	if r := Judge(0.05, nil); r.Fails(1) {
		t.Errorf("nothing fails: %+v", r)
	}
	// Nothing is off by any number of standard errors of 0.
	if v := (Verdict{Theory: value.Estimate{Mean: 5}, Measured: Estimate{Mean: 5}}); v.Z() != 0 || v.Rejected(0.05) || v.Chance() != 1 {
		t.Errorf("no difference: z = %v, rejected %v", v.Z(), v.Rejected(0.05))
	}
	nan := Verdict{Measured: Estimate{Mean: math.NaN(), StdErr: 1}}
	if !nan.Rejected(0.05) || !Judge(0.05, []Verdict{nan}).Fails(0.05) {
		t.Error("what is no number passes")
	}
}

// Nothing and no standard error are as likely rejected as the level says; something without
// one, for sure.
func TestPowerWithoutNoise(t *testing.T) {
	if got := Power(0, 0, 0.05); got != 0.05 {
		t.Errorf("power to see nothing: %v", got)
	}
	if got := Power(1e-300, 0, 0.05); got != 1 {
		t.Errorf("power to see something: %v", got)
	}
}

// With few trials the bounds are wider than the normal distribution's: from tables of
// Student's, |z| is beyond 4.3027 with probability 5% for two degrees of freedom, 2.7764
// for four, 1.96 for very many. A theory of the same standard error as the measurement has
// four times the degrees of freedom.
func TestChance(t *testing.T) {
	for _, test := range []struct {
		z      float64
		trials int64
		theory float64
		want   float64
	}{
		{4.302653, 3, 0, 0.05}, {-2.776445, 5, 0, 0.05}, {2.776445, 2, 1, 0.05}, {1.959964, 1 << 40, 0, 0.05}, {1.959964, 0, 0, 0.05}, {3, 10, 1e9, 0.0026998},
	} {
		v := Verdict{Theory: value.Estimate{StdErr: test.theory}, Measured: Estimate{StdErr: 1, Trials: test.trials}}
		v.Measured.Mean = test.z * v.StdErr()
		if got := v.Chance(); math.Abs(got-test.want) > 2e-6 {
			t.Errorf("%+v: probability %v, want %v", test, got, test.want)
		}
	}
}
