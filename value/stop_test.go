package value_test

import (
	"context"
	"errors"
	"math/big"
	"runtime"
	"testing"
	"time"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/stops"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/value"
)

// A longCall would take a second or much more.
type longCall struct {
	name string
	do   func(ctx context.Context) error
}

func longCalls(t *testing.T) []longCall {
	grid := embed.Must(embed.SGD(10, 2, 1))
	reshuffled, err := embed.RandomReshuffles(10, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	expand := func(order int, form embed.Form) *value.Series {
		s, err := value.Expand(ctx, grid, value.TestLoss(), order, form)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	resum := func(grid embed.Grid, order int) *value.Resummed {
		r, err := value.Resum(ctx, embed.NewCounter(grid), value.TestLoss(), order, value.Discrete)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	l := curved(t)
	small := value.Point[float64]{Ring: mobius.Float64{}, Statistics: randomSamples(t, 8, 12, 4)}
	large := value.Point[float64]{Ring: mobius.Float64{}, Statistics: randomSamples(t, 8, 30, 4)}
	sixth, inMoments, fourth := expand(6, embed.Cumulant), expand(6, embed.Moment), expand(4, embed.Cumulant)
	onGD, exactly := resum(embed.Must(embed.GD(100, 1000)), 4), resum(embed.Must(embed.SGD(12, 3, 2)), 3)
	return []longCall{
		{"Expand", func(ctx context.Context) error {
			_, err := value.Expand(ctx, grid, value.TrainLoss(), 8, embed.Moment)
			return err
		}},
		{"ExpandWorkers", func(ctx context.Context) error {
			_, err := value.ExpandWorkers(ctx, embed.NewCounter(grid), value.TrainLoss(), 8, embed.Moment, 3)
			return err
		}},
		{"ExpandWith, reshuffled", func(ctx context.Context) error {
			_, err := value.ExpandWith(ctx, reshuffled, value.TestLoss(), 8, embed.Cumulant)
			return err
		}},
		{"Evaluate, exact", func(ctx context.Context) error {
			_, err := value.Evaluate(ctx, sixth, value.ExactPoint(l))
			return err
		}},
		{"Evaluate, exact moments", func(ctx context.Context) error {
			_, err := value.Evaluate(ctx, inMoments, value.ExactPoint(l))
			return err
		}},
		{"Evaluate, large", func(ctx context.Context) error {
			_, err := value.Evaluate(ctx, fourth, large)
			return err
		}},
		{"EvaluateAt", func(ctx context.Context) error {
			_, err := value.EvaluateAt(ctx, onGD, small, 0.01)
			return err
		}},
		{"EvaluateAt, exact", func(ctx context.Context) error {
			_, err := value.EvaluateAt(ctx, exactly, value.ExactPoint(l), big.NewRat(1, 100))
			return err
		}},
		{"Resum", func(ctx context.Context) error {
			_, err := value.Resum(ctx, embed.NewCounter(grid), value.LossVariance(), 8, value.Discrete)
			return err
		}},
		{"SGDFormula", func(ctx context.Context) error {
			_, err := value.SGDFormula(ctx, value.TestLoss(), 7)
			return err
		}},
		{"ReshufflingFormula", func(ctx context.Context) error {
			_, err := value.ReshufflingFormula(ctx, value.TestLoss(), 6)
			return err
		}},
	}
}

// Long calls end soon after their context, early on as well as in the midst of their longest
// steps.
func TestLongCallsStop(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	before := runtime.NumGoroutine()
	for _, call := range longCalls(t) {
		t.Run(call.name, func(t *testing.T) {
			for _, after := range []time.Duration{5 * time.Millisecond, 150 * time.Millisecond} {
				stops.Check(t, after, call.do)
			}
		})
	}
	for tries := 0; runtime.NumGoroutine() > before; tries++ {
		if tries == 500 {
			t.Fatalf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// What is complete when a context ends is what there would be of a lower order.
func TestWhatThereWas(t *testing.T) {
	grid, l := embed.Must(embed.SGD(10, 2, 1)), curved(t)
	// inPart gives a call more and more time until something is complete, but not all.
	inPart := func(do func(ctx context.Context) (some bool, err error)) {
		for after := 20 * time.Millisecond; ; after *= 2 {
			ctx, cancel := context.WithTimeout(ctx, after)
			some, err := do(ctx)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("after %v: error %v", after, err)
			}
			if some {
				return
			}
		}
	}
	var s *value.Series
	var err error
	inPart(func(ctx context.Context) (bool, error) {
		s, err = value.Expand(ctx, grid, value.TrainLoss(), 8, embed.Moment)
		return s != nil && s.Order > 0, err
	})
	if s.Order > 7 {
		t.Fatalf("a series through order %d", s.Order)
	}
	want, err := value.Expand(ctx, grid, value.TrainLoss(), s.Order, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := value.Compare(s, want); err != nil || len(c.Terms) > 0 || len(s.Terms) != len(want.Terms) {
		t.Errorf("through order %d: %d terms, want %d; %v", s.Order, len(s.Terms), len(want.Terms), err)
	}

	if s, err = value.Expand(ctx, grid, value.TestLoss(), 6, embed.Moment); err != nil {
		t.Fatal(err)
	}
	var x *value.Expansion[*big.Rat]
	inPart(func(ctx context.Context) (bool, error) {
		x, err = value.Evaluate(ctx, s, value.ExactPoint(l))
		return x != nil && len(x.Coefficients) > 1, err
	})
	if len(x.Coefficients) > 6 {
		t.Fatalf("an expansion through order %d", len(x.Coefficients)-1)
	}
	low, err := value.Expand(ctx, grid, value.TestLoss(), len(x.Coefficients)-1, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := value.Evaluate(ctx, low, value.ExactPoint(l))
	if err != nil {
		t.Fatal(err)
	}
	for d, c := range whole.Coefficients {
		if got := x.Coefficients[d].At(); got.Cmp(c.At()) != 0 {
			t.Errorf("coefficient of η^%d: %v, want %v", d, got, c.At())
		}
	}

	// Before order 0 there is nothing.
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if s, err := value.Expand(ended, grid, value.TestLoss(), 3, embed.Cumulant); s != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("series %v, error %v", s, err)
	}
	if x, err := value.Evaluate(ended, low, value.ExactPoint(l)); x != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("expansion %v, error %v", x, err)
	}
}

// The number of workers changes nothing, errors included.
func TestExpandWorkers(t *testing.T) {
	gaussian, err := embed.Gaussian(12)
	if err != nil {
		t.Fatal(err)
	}
	reshuffled, err := embed.RandomReshuffles(6, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	sde, err := embed.SDE(big.NewRat(7, 2), 2)
	if err != nil {
		t.Fatal(err)
	}
	ragged := raggedGrid(t)
	for _, test := range []struct {
		dynamics embed.Dynamics
		o        value.Observable
		order    int
		form     embed.Form
	}{
		{embed.NewCounter(embed.Must(embed.SGD(12, 2, 3))), value.TrainLoss(), 5, embed.Moment},
		{embed.NewCounter(ragged), value.Gap(), 4, embed.Cumulant},
		{embed.NewCounter(ragged), value.WeightCovariance(), 4, embed.Moment},
		{gaussian, value.TestLoss(), 5, embed.Cumulant},
		{reshuffled, value.LossVariance(), 4, embed.Cumulant},
		{sde, value.TestLoss(), 5, embed.Cumulant},
		{sde, value.TestLoss(), 5, embed.Moment}, // an error
	} {
		want, wantErr := value.ExpandWith(ctx, test.dynamics, test.o, test.order, test.form)
		for _, workers := range []int{-1, 2, 5} {
			got, err := value.ExpandWorkers(ctx, test.dynamics, test.o, test.order, test.form, workers)
			if wantErr != nil {
				if got != nil || err == nil || err.Error() != wantErr.Error() {
					t.Errorf("%v, %d workers: error %v, want %v", test.o, workers, err, wantErr)
				}
				continue
			}
			if err != nil || len(got.Terms) != len(want.Terms) {
				t.Fatalf("%v, %d workers: error %v, %d terms, want %d", test.o, workers, err, len(got.Terms), len(want.Terms))
			}
			for i, w := range want.Terms {
				if g := got.Terms[i]; g.Diagram != w.Diagram || g.Coefficient.Cmp(w.Coefficient) != 0 || g.Aut.Cmp(w.Aut) != 0 {
					t.Fatalf("%v, %d workers: term %d is %v of %v, want %v of %v", test.o, workers, i, g.Coefficient, g.Diagram, w.Coefficient, w.Diagram)
				}
			}
		}
	}
}

// raggedGrid has rows and columns with different numbers of cells and different weights.
func raggedGrid(t *testing.T) embed.Grid {
	var cells []embed.Cell
	for n := range int64(6) {
		for i := range 1 + n%3 {
			cells = append(cells, embed.Cell{N: n, T: (3*n + 2*i) % 7, Weight: big.NewRat(1+i, 2+n)})
		}
	}
	g, err := embed.New(6, 7, cells)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
