package value_test

import (
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/value"
)

// gdcOf returns the problem in which GD takes so many steps on n rows, with the force of GDC.
func gdcOf(p descent.Problem, n, steps, batch int64) descent.Problem {
	p.N, p.T, p.Cells = int(n), int(steps), nil
	for at := range n * steps {
		p.Cells = append(p.Cells, descent.Cell{N: int(at % n), T: int(at / n), Weight: big.NewRat(1, n)})
	}
	p.Force = big.NewRat(n-batch, 4*n*batch)
	return p
}

// The series of GDC are what it does: descent on the train loss plus l̂_C, on every training
// set, in the mean and in the covariance, whatever the number of workers.
func TestGDCSeries(t *testing.T) {
	const order = 4
	p := twoWeights()
	for _, c := range [][3]int64{{2, 1, 1}, {2, 3, 1}, {3, 1, 1}, {3, 2, 2}, {4, 2, 1}, {2, 2, 2}, {3, 0, 1}} {
		n, steps, batch := c[0], c[1], c[2]
		exact := gdcOf(p, n, steps, batch)
		if steps == 2 {
			exact.Metric = [][]*big.Rat{{big.NewRat(2, 1), big.NewRat(-1, 3)}, {big.NewRat(-1, 3), big.NewRat(1, 2)}}
		}
		e, err := descent.Expand(exact, order)
		if err != nil {
			t.Fatal(err)
		}
		dynamics := must(embed.GDC(n, steps, batch))
		for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
			for _, o := range []struct {
				observable value.Observable
				exact      []descent.Series // row by row
			}{
				{value.TestLoss(), []descent.Series{e.TestLoss()}},
				{value.TrainLoss(), []descent.Series{e.TrainLoss()}},
				{value.Gap(), []descent.Series{e.Gap()}},
				{value.Displacement(), e.Displacement()},
				{value.WeightCovariance(), append(e.WeightCovariance()[0], e.WeightCovariance()[1]...)},
				{value.LossVariance(), []descent.Series{e.TestLossVariance()}},
			} {
				s, err := value.ExpandWorkers(ctx, dynamics, o.observable, order, form, 3)
				if err != nil {
					t.Fatal(err)
				}
				x, err := value.Evaluate(ctx, s, pointOf(t, exact))
				if err != nil {
					t.Fatal(err)
				}
				for d := range order + 1 {
					for i, got := range x.Coefficients[d].Data() {
						if want := o.exact[i][d]; got.Cmp(want) != 0 {
							t.Errorf("N=%d T=%d B=%d, %v in %v form, coefficient %d of η^%d: %v, want %v", n, steps, batch, o.observable, form, i, d, got, want)
						}
					}
				}
			}
		}
	}
}

// After whole epochs GDC is SGD through η², in the mean of the losses and weights, and in their
// covariances through η³, and no further. GD differs at η² by what GDC's force adds
// (P Corollary 3, corrected). All of B = N are GD, and after part of an epoch there is no such
// rule.
func TestGDCEmulatesSGD(t *testing.T) {
	differs := func(first, second embed.Dynamics, o value.Observable, order int) bool {
		t.Helper()
		var series [2]*value.Series
		for i, d := range []embed.Dynamics{first, second} {
			var err error
			if series[i], err = value.ExpandWith(ctx, d, o, order, embed.Cumulant); err != nil {
				t.Fatal(err)
			}
		}
		c, err := value.Compare(series[0], series[1])
		if err != nil {
			t.Fatal(err)
		}
		return len(c.Terms) > 0
	}
	means := []value.Observable{value.TestLoss(), value.TrainLoss(), value.Gap(), value.Displacement()}
	for _, c := range [][3]int64{{10, 1, 1}, {10, 3, 1}, {10, 2, 5}, {6, 2, 2}, {10, 1, 10}, {4, 3, 4}} {
		n, epochs, batch := c[0], c[1], c[2]
		sgd := embed.NewCounter(embed.Must(embed.SGD(n, epochs, batch)))
		gd := embed.NewCounter(embed.Must(embed.GD(n, epochs*n/batch)))
		gdc := must(embed.GDC(n, epochs*n/batch, batch))
		for _, o := range means {
			if differs(gdc, sgd, o, 2) || differs(gdc, sgd, o, 3) != (batch < n) || differs(gd, sgd, o, 2) != (batch < n) || differs(gd, gdc, o, 4) != (batch < n) {
				t.Errorf("N=%d E=%d B=%d: %v", n, epochs, batch, o)
			}
		}
		for _, o := range []value.Observable{value.WeightCovariance(), value.LossVariance()} {
			if differs(gdc, sgd, o, 3) || differs(gdc, sgd, o, 4) != (batch < n) {
				t.Errorf("N=%d E=%d B=%d: %v", n, epochs, batch, o)
			}
		}
	}
	half := embed.NewCounter(embed.Must(embed.New(4, 2, []embed.Cell{{N: 0, T: 0, Weight: big.NewRat(1, 1)}, {N: 1, T: 1, Weight: big.NewRat(1, 1)}})))
	for _, o := range means {
		if !differs(half, must(embed.GDC(4, 2, 1)), o, 2) {
			t.Errorf("half an epoch: %v", o)
		}
	}
}
