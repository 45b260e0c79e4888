package sim

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/perturb-go/perturb/value"
)

// A Verdict sets the theory's value of a mean against a measurement of it.
type Verdict struct {
	Eta        float64
	Time       int64 // updates
	Observable Observable
	Theory     value.Estimate // with its own standard error, or 0
	Measured   Estimate
}

// StdErr returns the standard error of the difference, √(σ_theory² + σ_measured²).
func (v Verdict) StdErr() float64 { return math.Hypot(v.Theory.StdErr, v.Measured.StdErr) }

// Z returns the difference measured − theory in units of its standard error: standard
// normal if the theory holds and trials are many. It is 0 if there is no difference.
func (v Verdict) Z() float64 {
	difference := v.Measured.Mean - v.Theory.Mean
	if difference == 0 {
		return 0
	}
	return difference / v.StdErr()
}

// Rejected reports whether |Z| is beyond what chance gives with probability level.
func (v Verdict) Rejected(level float64) bool { return v.Chance() < level }

// Chance returns the probability that chance gives a |Z| as large: by Student's
// distribution, as the standard error too is measured. Its degrees of freedom are those of
// Welch and Satterthwaite, where the theory's standard error has infinitely many; they are
// infinite for fewer than two trials.
func (v Verdict) Chance() float64 {
	z := math.Abs(v.Z())
	if math.IsNaN(z) {
		return 0
	}
	share := v.Measured.StdErr / v.StdErr()
	freedom := float64(v.Measured.Trials-1) / (share * share * share * share)
	if !(freedom > 0) {
		freedom = math.Inf(1)
	}
	return 2 * student(freedom).Survival(z)
}

// student returns Student's distribution. With very many degrees of freedom it is the
// normal one, to 1/freedom, whose numbers are better.
func student(freedom float64) interface {
	Survival(x float64) float64
	Quantile(p float64) float64
} {
	const many = 1e7
	if freedom > many {
		return distuv.UnitNormal
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}
}

// Power returns the probability that a theory which is off by shift is rejected, if the
// difference has this verdict's standard error.
func (v Verdict) Power(shift, level float64) float64 { return Power(shift, v.StdErr(), level) }

// Power returns the probability that |z| is beyond the two-sided bound of a level where z
// is normal with mean shift/stderr and variance 1: the power to see the shift, at the level
// itself if it is 0.
func Power(shift, stderr, level float64) float64 {
	if shift == 0 {
		return level
	}
	bound, off := critical(level), math.Abs(shift)/stderr
	return distuv.UnitNormal.Survival(bound-off) + distuv.UnitNormal.Survival(bound+off)
}

// critical returns the bound that |z| exceeds with probability level.
func critical(level float64) float64 { return -distuv.UnitNormal.Quantile(level / 2) }

// After returns what the standard error of an estimate is expected to be after another
// number of trials: with it, Power tells beforehand what a run will see.
func (e Estimate) After(trials int64) float64 {
	return e.StdErr * math.Sqrt(float64(e.Trials)/float64(trials))
}

// A Report sums verdicts up.
type Report struct {
	Level    float64 // of the tests of single points, such as 0.05
	Points   int
	Rejected int     // how many are rejected at that level
	Expected float64 // how many chance rejects: Level·Points
	// Chance is the probability that chance rejects as many or more, if points are
	// independent, as those of different specifications are and those of one are not.
	Chance float64
	// Largest is the largest |z|, and Family the probability, at most, that chance gives
	// any point as bad as the worst, whether or not they are independent (Bonferroni).
	Largest, Family float64
	Diverged        int64 // trials left out at any point
}

// Judge sums verdicts up.
func Judge(level float64, verdicts []Verdict) Report {
	r := Report{Level: level, Points: len(verdicts), Expected: level * float64(len(verdicts)), Chance: 1, Family: 1}
	for _, v := range verdicts {
		if v.Rejected(level) {
			r.Rejected++
		}
		z := math.Abs(v.Z())
		if math.IsNaN(z) {
			z = math.Inf(1)
		}
		r.Largest = max(r.Largest, z)
		r.Family = min(r.Family, v.Chance()*float64(r.Points))
		r.Diverged += v.Measured.Diverged
	}
	if r.Rejected > 0 {
		r.Chance = 1 - distuv.Binomial{N: float64(r.Points), P: level}.CDF(float64(r.Rejected-1))
	}
	return r
}

// Fails reports whether some point is off by more than chance allows all of them together
// with probability level.
func (r Report) Fails(level float64) bool { return r.Points > 0 && r.Family < level }
