package sim

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/tensor"
)

// Over many seeds, the 95% intervals of every estimator hold the exact answer in 93 to 97
// per cent of cases; with fewer seeds, within four standard deviations of 95.
func TestCoverage(t *testing.T) {
	seeds := 100
	switch {
	case long():
		seeds = 1000
	case testing.Short():
		seeds = 20
	}
	core := cubic(t).(*finite).core.(*tensor.Finite)
	truth := func(g embed.Grid) []float64 {
		e, err := descent.At(problem(core, g), big.NewRat(1, 8))
		if err != nil {
			t.Fatal(err)
		}
		test, train := toFloat(e.TestLoss()[0]), toFloat(e.TrainLoss()[0])
		return []float64{test, train, test - train, toFloat(e.Displacement()[0][0]), toFloat(e.Displacement()[1][0])}
	}
	gd := embed.Must(embed.GD(4, 4))
	ofGD := truth(gd)
	contrast := Contrast{Snapshot{0, 0}, Snapshot{1, 0}}
	for controls, grid := range map[Controls]embed.Grid{
		Frozen: embed.Must(embed.SGD(4, 2, 2)), Martingale: embed.Must(embed.OneEpoch(4)), NoControls: embed.Must(embed.SGD(4, 2, 2)),
	} {
		ofSGD := truth(grid)
		for _, points := range []int64{0, 3} {
			hits := map[string]int{}
			for seed := range seeds {
				spec := Spec{
					Landscape: cubic(t), Start: cubicStart, Eta: 0.125, Seed: uint64(seed), Test: points, Controls: controls, Block: 32,
					Runs: []Run{{Optimizer: SGD{grid}}, {Optimizer: SGD{gd}}}, Contrasts: []Contrast{contrast},
				}
				r := simulate(t, spec, 640, Options{})
				for i, o := range []Observable{Test, Train, Gap, Displacement(0), Displacement(1)} {
					for _, e := range []Estimator{Raw, Paired, Reduced} {
						for _, c := range []struct {
							name string
							g    Group
							want float64
						}{
							{"sgd", Snapshot{0, 0}, ofSGD[i]},
							{"sgd − gd", contrast, ofSGD[i] - ofGD[i]},
						} {
							x, err := r.Estimate(c.g, o, e)
							if err != nil {
								t.Fatal(err)
							}
							name := c.name + " " + o.String() + " " + e.String()
							hits[name] += 0
							if x.Low <= c.want && c.want <= x.High {
								hits[name]++
							}
						}
					}
				}
			}
			slack := max(0.02, 4*math.Sqrt(0.95*0.05/float64(seeds)))
			for name, n := range hits {
				if share := float64(n) / float64(seeds); math.Abs(share-0.95) > slack {
					t.Errorf("controls %d, %d test points: %s: intervals hold the answer in %v of cases", controls, points, name, share)
				}
			}
		}
	}
}

// Moments of rows agree with the two-pass formulas, and merged ones with those of all.
func TestMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var rows [][]float64
	whole := newMoments(3)
	parts := []*moments{newMoments(3), newMoments(3), newMoments(3)}
	for i := range 50 {
		row := []float64{1000 + r.NormFloat64(), r.NormFloat64(), r.Float64()}
		row[2] += row[1]
		rows = append(rows, row)
		whole.add(row)
		parts[2*(i/30)].add(row) // the second has none
	}
	merged := newMoments(3)
	for _, p := range parts {
		merged.merge(p)
	}
	var mean [3]float64
	for _, row := range rows {
		for i, x := range row {
			mean[i] += x / 50
		}
	}
	for _, m := range []*moments{whole, merged} {
		if m.count != 50 {
			t.Errorf("count %d", m.count)
		}
		for i := range 3 {
			if math.Abs(m.mean[i]-mean[i]) > 1e-12*(1+math.Abs(mean[i])) {
				t.Errorf("mean %d is %v, want %v", i, m.mean[i], mean[i])
			}
			for j := range 3 {
				want := 0.0
				for _, row := range rows {
					want += (row[i] - mean[i]) * (row[j] - mean[j])
				}
				if math.Abs(m.at(i, j)-want) > 1e-10 {
					t.Errorf("co-moment %d %d is %v, want %v", i, j, m.at(i, j), want)
				}
			}
		}
	}
}

// A fit finds the coefficients of an exact linear relation, leaves out controls that are
// constant or repeat others, and uses fewer where trials are few.
func TestFit(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	l := layout{values: 1, controls: 5}
	few, many := newMoments(6), newMoments(6)
	for i := range 200 {
		a, b := r.NormFloat64(), 1e6*r.NormFloat64()
		row := []float64{3 + 2*a - 5*b, a, 7, b, a + b, r.NormFloat64()}
		many.add(row)
		if i < 2*trialsPerControl {
			few.add(row)
		}
	}
	beta := l.fit(many, 0)
	// a + b may stand for a and b.
	if math.Abs(beta[0]+beta[3]-2) > 1e-6 || math.Abs(beta[2]+beta[3]+5) > 1e-6 || beta[1] != 0 || math.Abs(beta[4]) > 1e-6 {
		t.Errorf("β = %v, want 2 and −5 for a and b", beta)
	}
	// The best two are b and, of what it leaves, nothing: 2a is 10⁻⁶ of 5b.
	if beta := l.fit(few, 0); beta[0] != 0 && beta[2] != 0 && beta[3] != 0 {
		t.Errorf("of %d trials β = %v, with more than two controls", few.count, beta)
	}
	if beta := l.fit(newMoments(6), 0); !slices.Equal(beta, make([]float64, 5)) {
		t.Errorf("of no trials β = %v", beta)
	}
}

// What diverges is counted, not averaged in: SGD on a cubic with a large step runs away on
// some training sets; on those where it does not, the mean is finite.
func TestDivergence(t *testing.T) {
	spec := Spec{
		Landscape: cubic(t), Start: cubicStart, Eta: 0.75, Bound: 100,
		Runs: []Run{{SGD{embed.Must(embed.SGD(4, 2, 1))}, []int64{0, 4, 8}}, {Optimizer: SGD{embed.Must(embed.GD(4, 0))}}},
	}
	contrast := Contrast{Snapshot{1, 0}, Snapshot{0, 2}}
	spec.Contrasts = []Contrast{contrast}
	r := simulate(t, spec, 2000, Options{})
	last := int64(0)
	for i := range 3 {
		x, err := r.Estimate(Snapshot{0, i}, Test, Raw)
		if err != nil {
			t.Fatal(err)
		}
		if x.Trials+x.Diverged != 2000 || x.Diverged < last || !(math.Abs(x.Mean) <= 100) {
			t.Errorf("time %d: %+v", i, x)
		}
		last = x.Diverged
	}
	if last == 0 || last == 2000 {
		t.Errorf("%d of 2000 trials diverged: the test is to no purpose", last)
	}
	if x, err := r.Estimate(contrast, Test, Reduced); err != nil || x.Diverged != last {
		t.Errorf("contrast: %+v, %v, where %d trials diverged", x, err, last)
	}
	spec.Eta = 1e9
	spec.Contrasts = nil
	r = simulate(t, spec, 10, Options{})
	if _, err := r.Estimate(Snapshot{0, 2}, Test, Raw); !errors.Is(err, ErrResult) {
		t.Errorf("all diverged: %v", err)
	}
}

// Where some training sets diverge, every estimator has the mean over the others. There
// controls do not have mean zero: E[Y − βZ] would be off by many standard errors.
func TestMeanOfTheUndiverged(t *testing.T) {
	spec := Spec{
		Landscape: cubic(t), Start: cubicStart, Eta: 0.75, Bound: 100,
		Runs: []Run{{SGD{embed.Must(embed.SGD(4, 1, 1))}, []int64{1, 3, 4}}},
	}
	r := simulate(t, spec, 50000, Options{})
	for i, means := range expect(t, spec) {
		for _, o := range []Observable{Test, Train, Gap, Displacement(0), Displacement(1)} {
			for _, e := range []Estimator{Raw, Paired, Reduced} {
				x := estimate(t, r, Snapshot{0, i}, o, e)
				if want := means[o.column(Raw)]; math.Abs(x.Mean-want) > 4.5*x.StdErr {
					t.Errorf("time %d: %v %v is %v ± %v, over the trials that do not diverge %v", i, e, o, x.Mean, x.StdErr, want)
				}
			}
		}
	}
	if x := estimate(t, r, Snapshot{0, 2}, Test, Reduced); x.Diverged == 0 {
		t.Error("no trial diverged: the test is to no purpose")
	}
}

// opaque hides what a landscape knows of its means, and averaged all but its mean gradient.
type (
	opaque   struct{ Landscape }
	averaged struct{ Averaged }
)

func (o opaque) Clone() Landscape { return opaque{o.Landscape.Clone()} }

func (a averaged) Clone() Landscape { return averaged{a.Averaged.Clone().(Averaged)} }

// Where the mean loss is not known, estimates on test points have the exact answer, and
// where the mean gradient is, controls make them better by far.
func TestUnknownMeans(t *testing.T) {
	core := cubic(t).(*finite).core.(*tensor.Finite)
	grid := embed.Must(embed.SGD(4, 2, 2))
	e, err := descent.At(problem(core, grid), big.NewRat(1, 32))
	if err != nil {
		t.Fatal(err)
	}
	test, train := toFloat(e.TestLoss()[0]), toFloat(e.TrainLoss()[0])
	for _, l := range []Landscape{opaque{cubic(t)}, averaged{cubic(t)}} {
		spec := Spec{Landscape: l, Start: cubicStart, Eta: 1. / 32, Test: 3, Runs: []Run{{Optimizer: SGD{grid}}, {Optimizer: Reshuffled{N: 4, E: 2, B: 2}}}}
		r := simulate(t, spec, 10000, Options{})
		for o, want := range map[Observable]float64{Test: test, Train: train, Gap: test - train} {
			stderr := map[Estimator]float64{}
			for _, e := range []Estimator{Raw, Paired, Reduced} {
				x, err := r.Estimate(Snapshot{}, o, e)
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(x.Mean-want) > 4*x.StdErr {
					t.Errorf("%T: %v %v is %v ± %v, want %v", l, e, o, x.Mean, x.StdErr, want)
				}
				stderr[e] = x.StdErr
			}
			if _, ok := l.(averaged); ok && o == Test && stderr[Reduced] > stderr[Paired]/5 {
				t.Errorf("controls reduce the standard error of %v from %v to %v only", o, stderr[Paired], stderr[Reduced])
			}
		}
	}
}
