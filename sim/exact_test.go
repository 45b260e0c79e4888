package sim

import (
	"context"
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/tensor"
)

// expect returns the exact means of the columns of all groups, by running the trials of
// all training sets, with their probabilities, on a finite landscape, and leaving those
// out that diverge. The specification has no test points, and no optimizer that draws
// noise.
func expect(t *testing.T, spec Spec) [][]float64 {
	t.Helper()
	p, err := newPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorker(p)
	probs := w.landscape.(*finite).roots
	means, left := make([][]float64, len(p.groups)), make([]float64, len(p.groups))
	for g, l := range p.groups {
		means[g] = make([]float64, l.columns())
	}
	var visit func(n int, prob float64)
	visit = func(n int, prob float64) {
		if n < len(w.points) {
			for x, root := range probs {
				w.points[n] = float64(x)
				visit(n+1, prob*root*root)
			}
			return
		}
		if err := w.measure(context.Background()); err != nil {
			t.Fatal(err)
		}
		for g, row := range w.values {
			if w.diverged[g] {
				continue
			}
			left[g] += prob
			for i, v := range row {
				means[g][i] += prob * v
			}
		}
	}
	visit(0, 1)
	for g, prob := range left {
		for i := range means[g] {
			means[g][i] /= prob
		}
	}
	return means
}

// cubicStart is where the cubic landscape is started from: HG ≠ 0 there.
var cubicStart = []float64{0.25, -0.5}

// testGrids are grids on up to four points, of every kind that there is.
func testGrids() map[string]embed.Grid {
	half := big.NewRat(1, 2)
	scheduled, err := embed.Must(embed.SGD(4, 2, 2)).Schedule([]*big.Rat{half, big.NewRat(1, 1), big.NewRat(3, 2), half})
	return map[string]embed.Grid{
		"one epoch":   embed.Must(embed.OneEpoch(4)),
		"epochs":      embed.Must(embed.SGD(3, 2, 1)),
		"batches":     embed.Must(embed.SGD(4, 2, 2)),
		"rate":        embed.Must(embed.SGD(4, 1, 2)).Scale(half),
		"gd":          embed.Must(embed.GD(3, 3)),
		"no steps":    embed.Must(embed.GD(3, 0)),
		"scheduled":   embed.Must(scheduled, err),
		"reshuffled":  embed.Must(embed.Reshuffled(3, 1, [][]int64{{0, 1, 2}, {2, 0, 1}})),
		"unequal":     embed.Must(embed.New(3, 4, []embed.Cell{{N: 0, T: 0, Weight: half}, {N: 1, T: 0, Weight: big.NewRat(1, 3)}, {N: 0, T: 2, Weight: big.NewRat(-1, 4)}})),
		"idle fourth": embed.Must(embed.New(4, 2, []embed.Cell{{N: 0, T: 0, Weight: half}, {N: 2, T: 1, Weight: half}})),
	}
}

// The means of losses and displacements are those of exact descent in rational arithmetic,
// on every grid and with every part of it as a snapshot; and so are those of GDC.
func TestMeansExactly(t *testing.T) {
	core := cubic(t).(*finite).core.(*tensor.Finite)
	eta := big.NewRat(1, 8)
	check := func(name string, run Run, p descent.Problem) {
		ensemble, err := descent.At(p, eta)
		if err != nil {
			t.Fatal(err)
		}
		test, train := toFloat(ensemble.TestLoss()[0]), toFloat(ensemble.TrainLoss()[0])
		want := []float64{test, train, test - train, test, train, test - train}
		for _, d := range ensemble.Displacement() {
			want = append(want, toFloat(d[0]))
		}
		got := expect(t, Spec{Landscape: cubic(t), Start: cubicStart, Eta: toFloat(eta), Runs: []Run{run}})[0]
		for i, w := range want {
			if math.Abs(got[i]-w) > 1e-13 {
				t.Errorf("%s, t = %v: column %d has mean %v, want %v", name, run.Times, i, got[i], w)
			}
		}
	}
	for name, g := range testGrids() {
		for time := range g.Columns() + 1 {
			o, err := SGD{g}.Until(time)
			if err != nil {
				t.Fatal(err)
			}
			check(name, Run{SGD{g}, []int64{time}}, problem(core, o.(SGD).Grid))
		}
	}
	for _, o := range []GDC{{3, 2, 1}, {3, 2, 2}, {4, 1, 3}, {2, 3, 2}, {3, 0, 1}} {
		p := problem(core, embed.Must(embed.GD(o.N, o.T)))
		p.Force = big.NewRat(o.N-o.B, 4*o.N*o.B)
		check(o.String(), Run{o, []int64{o.T}}, p)
	}
}

// problem is SGD on a finite landscape from cubicStart as the exact oracle has it.
func problem(core *tensor.Finite, g embed.Grid) descent.Problem {
	p := descent.Problem{Dim: core.Dim(), N: int(g.Rows()), T: int(g.Columns())}
	for _, x := range cubicStart {
		p.Theta = append(p.Theta, new(big.Rat).SetFloat64(x))
	}
	for _, d := range core.Data() {
		datum := descent.Datum{Prob: d.Prob}
		for _, term := range d.Loss.Terms() {
			datum.Loss = append(datum.Loss, descent.Term{Coef: term.Coef, Exp: term.Exp})
		}
		p.Data = append(p.Data, datum)
	}
	for c := range g.Cells() {
		p.Cells = append(p.Cells, descent.Cell{N: int(c.N), T: int(c.T), Weight: c.Weight})
	}
	return p
}

// Control variates have mean zero, exactly, and vary.
func TestControlsHaveMeanZero(t *testing.T) {
	for _, controls := range []Controls{Frozen, Martingale} {
		runs := map[string]Run{
			"gdc":  {GDC{3, 3, 1}, []int64{0, 1, 3}},
			"stic": {Regularized{STIC, 3, 3}, []int64{2, 3}},
		}
		for name, g := range testGrids() {
			run := Run{Optimizer: SGD{g}}
			for time := range g.Columns() + 1 {
				run.Times = append(run.Times, time)
			}
			runs[name] = run
		}
		for name, run := range runs {
			spec := Spec{Landscape: cubic(t), Start: cubicStart, Eta: 0.125, Runs: []Run{run}, Controls: controls}
			p, err := newPlan(spec)
			if err != nil {
				t.Fatal(err)
			}
			for g, row := range expect(t, spec) {
				for i, mean := range row[p.groups[g].values:] {
					if math.Abs(mean) > 1e-14 {
						t.Errorf("%s, controls %d, time %d: control %d has mean %v", name, controls, run.Times[g], i, mean)
					}
				}
			}
		}
	}
}

// The number of controls is what their doc comments say: none where a point is used twice
// for martingales, and where they are known, 2 + 2 + 3 + 1 frozen ones in two dimensions.
func TestControlCounts(t *testing.T) {
	epochs := SGD{embed.Must(embed.SGD(3, 2, 1))}
	once := SGD{embed.Must(embed.SGD(4, 1, 2))}
	for _, test := range []struct {
		optimizer          Optimizer
		frozen, martingale int
	}{
		{once, 8, 6},
		{epochs, 8, 0},
		{GDC{3, 1, 1}, 8, 0},
		{Reshuffled{N: 4, E: 1, B: 2}, 4, 6},
		{Reshuffled{N: 4, E: 2, B: 2}, 4, 0},
		{SDE{T: 1, B: 1}, 5, 6},
		{Gaussian{T: 1}, 5, 6},
		{ODE{T: 1}, 0, 0},
	} {
		for controls, want := range map[Controls]int{Frozen: test.frozen, Martingale: test.martingale, NoControls: 0} {
			p, err := newPlan(Spec{Landscape: cubic(t), Runs: []Run{{Optimizer: test.optimizer}}, Controls: controls})
			if err != nil {
				t.Fatal(err)
			}
			if got := p.groups[0].controls; got != want {
				t.Errorf("%v, controls %d: %d of them, want %d", test.optimizer, controls, got, want)
			}
		}
	}
}

// GDC's weights and test loss are SGD's through η² after whole epochs, and no further
// (P Corollary 3): halving η divides the difference by eight; without the force, GD's
// difference, by four.
func TestGDCExactly(t *testing.T) {
	for _, batch := range []int64{1, 2, 4} {
		sgd := embed.Must(embed.SGD(4, 2, batch))
		steps := sgd.Columns()
		difference := func(eta float64, other Optimizer) []float64 {
			c := Contrast{Snapshot{0, 0}, Snapshot{1, 0}}
			means := expect(t, Spec{
				Landscape: cubic(t), Start: cubicStart, Eta: eta, Controls: NoControls,
				Runs: []Run{{Optimizer: SGD{sgd}}, {Optimizer: other}}, Contrasts: []Contrast{c},
			})
			return means[2]
		}
		for _, column := range []int{int(Test), losses, losses + 1} {
			ratio := func(other Optimizer) float64 {
				return difference(0x1p-12, other)[column] / difference(0x1p-13, other)[column]
			}
			if batch == 4 {
				if d := difference(0.125, GDC{4, steps, batch})[column]; math.Abs(d) > 1e-15 {
					t.Errorf("B = N: GDC is GD, but column %d differs by %v", column, d)
				}
				continue
			}
			if got := ratio(GDC{4, steps, batch}); math.Abs(got-8) > 0.05 {
				t.Errorf("B = %d, column %d: halving η divides SGD − GDC by %v, want 8", batch, column, got)
			}
			gd := SGD{embed.Must(embed.GD(4, steps))}
			if got := ratio(gd); math.Abs(got-4) > 0.05 {
				t.Errorf("B = %d, column %d: halving η divides SGD − GD by %v, want 4", batch, column, got)
			}
		}
	}
}
