package measure_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/value"
)

var (
	// noisy is κ(∇_μ l, ∇^μ∇_ν l) G^ν = ½ G·∇tr C, and bent is GHG.
	noisy = diagram.MustParse("(01-2)(01-12)")
	bent  = diagram.MustParse("(0-1-2)(01-12)")
)

// falseAlarm is the probability, at most, that a part fails though the theory holds.
const falseAlarm = 0.001

// settle returns the verdict on a theory through all orders, which has to leave out too
// little to matter.
func (s subject) settle(t *testing.T, what string, eta float64, o sim.Observable, x sim.Estimate, p []value.Estimate) sim.Verdict {
	t.Helper()
	v := sim.Verdict{Eta: eta, Time: s.points, Observable: o, Theory: p[order], Measured: x}
	t.Logf("%s, η = %v: %v %.4g ± %.1g, predicted %.4g ± %.1g; z through orders 1, …, 4: %.2f",
		what, eta, o, x.Mean, x.StdErr, p[order].Mean, p[order].StdErr, zs(x, p)[1:])
	// What order 4 adds is of the size of the errors; what is left out is less by ηT.
	if left := math.Abs(p[order].Mean - p[order-1].Mean); left > 2*v.StdErr() {
		t.Errorf("%s, η = %v: order 4 adds %v to %v, with errors of %v", what, eta, left, o, v.StdErr())
	}
	return v
}

// leading returns the coefficients that are not 0 of a sum through η².
func (s sum) leading() sum {
	out := sum{}
	for d, q := range s {
		if d.Edges() <= 2 && q.Sign() != 0 {
			out[d] = q
		}
	}
	return out
}

// rejects reports an error unless some verdicts on a theory that is wrong reject it, by the
// same rule by which others pass.
func rejects(t *testing.T, what string, verdicts []sim.Verdict) {
	t.Helper()
	report := sim.Judge(0.05, verdicts)
	t.Logf("%s: the largest |z| is %.1f", what, report.Largest)
	if !report.Fails(falseAlarm) {
		t.Errorf("%s is not rejected: %+v", what, report)
	}
}

// After E epochs at η/E test loss and gap differ from those after one as predicted; and the
// test loss does not as the paper has it, without GHG, nor as if noise did nothing (P
// Corollary 4 and Figure 9, left; §A.1).
func (s subject) testCorollary4(t *testing.T) {
	epochs := []int64{1, 2, 3, 5, 8}
	var optimizers []string
	for _, e := range epochs {
		optimizers = append(optimizers, fmt.Sprintf("sgd N=%d E=%d rate=1/%d", s.points, e, e))
	}
	var verdicts, paper, noiseless []sim.Verdict
	r := s.simulate(t, s.rate, s.trials, optimizers...)
	for i, e := range epochs[1:] {
		for _, o := range observables {
			series := seriesOf(t, parse(t, optimizers[i+1]), o.predicted).less(seriesOf(t, parse(t, optimizers[0]), o.predicted))
			x := measured(t, r, contrast(i+1), o.measured)
			v := s.settle(t, fmt.Sprintf("%d epochs", e), s.rate, o.measured, x, s.predict(series, s.rate))
			verdicts = append(verdicts, v)
			if o.measured != sim.Test {
				continue
			}
			question := big.NewRat(s.points*(e-1), 2*e) // N (M−1)/(2M)
			if c := series.leading(); len(c) != 2 || series.at(noisy).Cmp(question) != 0 || series.at(bent).Cmp(question) != 0 {
				t.Errorf("%d epochs: through η² it has %v", e, c)
			}
			without := func(d diagram.Diagram) sim.Verdict {
				v := v
				v.Theory = s.predict(series.with(d, new(big.Rat)), s.rate)[order]
				return v
			}
			paper, noiseless = append(paper, without(bent)), append(noiseless, without(noisy))
		}
	}
	if report := sim.Judge(0.05, verdicts); report.Fails(falseAlarm) {
		t.Errorf("%+v", report)
	}
	rejects(t, "the paper's formula", paper)
	rejects(t, "the formula without noise", noiseless)
}

// GD's test loss and gap differ from SGD's as predicted, and its test loss not as the paper
// has it, without T. GDC's do not through η², and what remains is as predicted, from order 3
// on. That the coefficient of η² is the corollary's, or none, also shows without higher
// orders: it is 2 D(η)/η² − D(2η)/(2η)², less 2η² times that of η⁴ (P Corollary 3).
func (s subject) testCorollary3(t *testing.T) {
	sgd, gd := fmt.Sprintf("sgd N=%d", s.points), fmt.Sprintf("gd N=%d T=%d", s.points, s.points)
	gdc := "gdc" + gd[2:]
	twice := s.simulate(t, 2*s.rate, s.trials/3, sgd, gd, gdc)
	once := s.simulate(t, s.rate, s.trials/3, sgd, gd, gdc)
	var verdicts, paper, forceless []sim.Verdict
	var force value.Estimate // what GD lacks and GDC has
	for i, other := range []embed.Dynamics{parse(t, gd), parse(t, gdc)} {
		name := []string{"GD", "GDC"}[i]
		for _, o := range observables {
			series := seriesOf(t, other, o.predicted).less(seriesOf(t, parse(t, sgd), o.predicted))
			x, y := measured(t, once, contrast(i+1), o.measured), measured(t, twice, contrast(i+1), o.measured)
			p := s.predict(series, s.rate)
			first := s.settle(t, name, s.rate, o.measured, x, p)
			second := s.extrapolate(t, name, o.measured, x, y, p)
			verdicts = append(verdicts, first, s.settle(t, name, 2*s.rate, o.measured, y, s.predict(series, 2*s.rate)), second)
			if o.measured != sim.Test {
				continue
			}
			c := series.leading()
			if name == "GDC" {
				if len(c) != 0 {
					t.Errorf("GDC: through η² it has %v", c)
				}
				second.Theory = force
				forceless = append(forceless, second)
				continue
			}
			if want := big.NewRat(s.points-1, 2); len(c) != 1 || series.at(noisy).Cmp(want) != 0 { // T (N−1)/(2N)
				t.Errorf("GD: through η² it has %v, want %v", c, want)
			}
			first.Theory = s.predict(series.with(noisy, big.NewRat(s.points-1, 2*s.points)), s.rate)[order]
			paper, force = append(paper, first), second.Theory
		}
	}
	if report := sim.Judge(0.05, verdicts); report.Fails(falseAlarm) {
		t.Errorf("%+v", report)
	}
	rejects(t, "the paper's formula", paper)
	rejects(t, "GDC without its force", forceless)
}

// extrapolate returns the verdict on the coefficient of η² by differences at the learning
// rates η and 2η, where p is predicted at η.
func (s subject) extrapolate(t *testing.T, what string, o sim.Observable, once, twice sim.Estimate, p []value.Estimate) sim.Verdict {
	t.Helper()
	eta := s.rate
	v := sim.Verdict{Eta: eta, Time: s.points, Observable: o, Measured: once}
	v.Measured.Mean = (2*once.Mean - twice.Mean/4) / (eta * eta)
	v.Measured.StdErr = math.Hypot(2*once.StdErr, twice.StdErr/4) / (eta * eta)
	v.Theory = value.Estimate{Mean: p[2].Mean / (eta * eta), StdErr: p[2].StdErr / (eta * eta)}
	t.Logf("%s: %v has %.3g ± %.1g of η², predicted %.3g ± %.1g, z = %.2f",
		what, o, v.Measured.Mean, v.Measured.StdErr, v.Theory.Mean, v.Theory.StdErr, v.Z())
	if left := 2 * math.Abs(p[4].Mean-p[3].Mean) / (eta * eta); left > v.StdErr() {
		t.Errorf("%s: order 4 adds %v to that, with errors of %v", what, left, v.StdErr())
	}
	return v
}
