package sim

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/embed"
)

// A step of regularized descent is −η times the gradient, by differences, of train loss
// plus criterion, computed anew from pairs of points.
func TestRegularizedStep(t *testing.T) {
	const eta, n, steps, h = 0.05, 4, 7, 1e-5
	r := rand.New(rand.NewPCG(11, 12))
	for name, l := range testLandscapes(t) {
		for _, criterion := range []Criterion{STIC, TIC} {
			points := make([]float64, n*l.Size())
			for i := range n {
				l.Sample(r, points[i*l.Size():(i+1)*l.Size()])
			}
			theta := normals(r, l.Dim())
			objective := func(x []float64) float64 {
				trace, curvature := 0.0, 0.0
				gradient := func(i int) []float64 {
					g := make([]float64, l.Dim())
					l.Gradient(g, x, points[i*l.Size():(i+1)*l.Size()])
					return g
				}
				for i := range n {
					for j := range i {
						// Σ_{i<j} |g_i − g_j|² = n Σ |d|²; likewise the other.
						d := gradient(i)
						for mu, g := range gradient(j) {
							d[mu] -= g
						}
						trace += dot(d, d) / 2 / (n * (n - 1) / 2)
						curvature += l.Loss(x, points, d, d) / n
					}
				}
				if trace == 0 {
					return l.Loss(x, points)
				}
				curvature /= trace * (n - 1)
				gap := trace / (n * curvature)
				if criterion == STIC {
					gap *= 1 - math.Exp(-eta*steps*curvature)
				}
				return l.Loss(x, points) + gap
			}
			moved := append([]float64(nil), theta...)
			s := Regularized{criterion, n, steps}.stepper(l, eta)
			s.begin(draws{points: points})
			s.step(moved, 0, nil)
			for mu := range theta {
				at := func(c float64) float64 {
					x := append([]float64(nil), theta...)
					x[mu] += c
					return objective(x)
				}
				want := -eta * (at(h) - at(-h)) / (2 * h)
				if got := moved[mu] - theta[mu]; math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
					t.Errorf("%s, %v: step %d is %v, by differences %v", name, criterion, mu, got, want)
				}
			}
		}
	}
}

// The criterion's shape and its slope are continuous where the series takes over.
func TestRegularizedShape(t *testing.T) {
	s := regularizedStepper{time: 2}
	for _, x := range []float64{1e-3, -1e-3} {
		inside, slopeIn := s.shape(x / 2 * (1 - 1e-9))
		outside, slopeOut := s.shape(x / 2 * (1 + 1e-9))
		if math.Abs(inside/outside-1) > 1e-11 || math.Abs(slopeIn/slopeOut-1) > 1e-8 {
			t.Errorf("at %v: %v and %v, slopes %v and %v", x, inside, outside, slopeIn, slopeOut)
		}
	}
	if value, slope := s.shape(0); value != 2 || slope != -2 {
		t.Errorf("at 0: %v, slope %v; want τ and −τ²/2", value, slope)
	}
}

// A penalty's coefficient stays where it may be, and losses are reported without it.
func TestRidge(t *testing.T) {
	spec := Spec{
		Landscape: Ridge{1, 1}, Start: []float64{2, 0}, Eta: 0.1,
		Runs: []Run{{Optimizer: Regularized{STIC, 5, 20}}, {Optimizer: SGD{embed.Must(embed.GD(5, 20))}}},
	}
	r := simulate(t, spec, 1000, Options{})
	lambda, err := r.Estimate(Snapshot{0, 0}, Displacement(1), Raw)
	if err != nil || lambda.Mean <= 0 {
		t.Errorf("λ is tuned to %v, %v", lambda, err)
	}
	// By descent on ½ λ θ² alone, λ would fall.
	if x, err := r.Estimate(Snapshot{1, 0}, Displacement(1), Raw); err != nil || x.Mean != 0 || x.StdErr != 0 {
		t.Errorf("GD moves λ by %v, %v; it should stay at 0", x, err)
	}
	// With λ at 0, GD is that of Mean Estimation.
	want := simulate(t, Spec{Landscape: Mean{1, 1}, Start: []float64{2}, Eta: 0.1, Runs: spec.Runs[1:]}, 1000, Options{})
	for _, o := range []Observable{Test, Train, Gap} {
		a, errA := r.Estimate(Snapshot{1, 0}, o, Reduced)
		b, errB := want.Estimate(Snapshot{0, 0}, o, Reduced)
		if errA != nil || errB != nil || math.Abs(a.Mean-b.Mean) > 1e-6 {
			t.Errorf("%v: %v, of Mean Estimation %v; %v, %v", o, a, b, errA, errB)
		}
	}
}
