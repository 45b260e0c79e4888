package main

import (
	"math"
	"testing"
)

// The standard errors take account of what the file says that the values' errors have in
// common, and of nothing else. The gap of one point to first order is η (E|∇l_x|² − |G|²),
// here of two values with standard errors 2 and 1 and the covariance ρ·2·1.
func TestPredictCorrelated(t *testing.T) {
	const values = `"form": "moment", "statistics": {
		"(0-1)(01)": {"mean": 3, "stddev": 2, "samples": 4},
		"(01)(01)": {"mean": 5, "stddev": 4, "samples": 4}}`
	matrix := func(text string) string {
		return "{" + values + `, "covariance": {"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": ` + text + "}}"
	}
	for name, c := range map[string]struct {
		text     string
		variance float64 // of η times the difference, by η²
	}{
		"independent": {"{" + values + "}", 4 + 1},
		"ρ = 0":       {matrix("[[4, 0], [0, 1]]"), 4 + 1},
		"ρ = 1/2":     {matrix("[[4, 1], [1, 1]]"), 4 + 1 - 2},
		"ρ = −1":      {matrix("[[4, -2], [-2, 1]]"), 4 + 1 + 4},
		"ρ = 1":       {matrix("[[4, 2], [2, 1]]"), 4 + 1 - 4},
	} {
		got := decode[struct {
			Points []predictedPoint `json:"points"`
		}](t, "predict", "-statistics", file(t, "statistics.json", c.text), "-grid", "sgd N=1", "-order", "1", "-eta", "0.5", "-observable", "gap")
		if e := got.Points[0].Orders[1]; e.Mean != 0.5*(5-3) || math.Abs(e.StdErr-0.5*math.Sqrt(c.variance)) > 1e-15 {
			t.Errorf("%s: %+v, want 1 ± %v", name, e, 0.5*math.Sqrt(c.variance))
		}
	}
}

// Dynamics other than grids are predicted too. Gradient flow has l − ηT G·G + (ηT)² G·HG.
func TestPredictDynamics(t *testing.T) {
	path := file(t, "statistics.json", `{"form": "cumulant", "statistics": {
		"(0)()": {"mean": 1, "stddev": 0, "samples": 1},
		"(0-1)(01)": {"mean": 3, "stddev": 0, "samples": 1},
		"(0-1-2)(01-12)": {"mean": 7, "stddev": 0, "samples": 1}}}`)
	got := decode[struct {
		Points []predictedPoint `json:"points"`
	}](t, "predict", "-statistics", path, "-grid", "ode T=4", "-order", "2", "-eta", "0.5")
	for d, want := range []float64{1, 1 - 2*3, 1 - 2*3 + 4*7} {
		if e := got.Points[0].Orders[d]; e.Mean != want {
			t.Errorf("order %d: %v, want %v", d, e.Mean, want)
		}
	}
}
