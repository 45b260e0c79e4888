package value_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// P §1.1 finds one diagram with S, and §2.2 uses C: what the search finds by itself.
func TestLeadingDiagrams(t *testing.T) {
	for _, c := range []struct {
		o        value.Observable
		f        value.Family
		cumulant []int
		kind     value.Kind
		want     []string
	}{
		{value.TestLoss(), value.OneEpoch, []int{1, 1, 1}, value.Discrete, []string{"(012-3)(03-13-23)"}},
		{value.TestLoss(), value.OneEpoch, []int{1, 1}, value.Continuous, []string{"(01-2)(02-12)"}},
		{value.Displacement(), value.OneEpoch, []int{1, 1}, value.Continuous, []string{"(01-2-3)(02-12-23)"}},
		{value.Displacement(), value.FullBatch, []int{2, 1}, value.Plain, []string{"(01-2)(01-12)"}},
		{value.Displacement(), value.OneEpoch, []int{1, 2}, value.Plain, []string{"(0-12-3-4)(01-13-23-34)"}}, // a part never above itself
		{value.Gap(), value.FullBatch, []int{1, 1}, value.Discrete, []string{"(01)(01)"}},
		{value.LossVariance(), value.OneEpoch, []int{1, 1}, value.Discrete, []string{"(01-2-3)(02-13)"}},
		{value.TestLoss(), value.GaussianNoise, []int{1, 1, 1}, value.Discrete, nil},
		{value.TestLoss(), value.Flow, []int{1, 1}, value.Continuous, nil},
	} {
		e, diagrams, err := value.Leading(ctx, c.f, c.o, c.cumulant, c.kind)
		var got []string
		for _, d := range diagrams {
			got = append(got, d.String())
		}
		if err != nil || !slices.Equal(got, c.want) || e.IsZero() != (c.want == nil) {
			t.Errorf("%v for %v, %v: %v, %v, %v; want %v", c.cumulant, c.f, c.o, e, got, err, c.want)
		}
	}
}

// Whatever the cumulant, GD has a diagram with it among those that are searched.
func TestLeadingFindsSome(t *testing.T) {
	for _, o := range named(t, "test", "train", "gap", "displacement", "covariance", "variance") {
		for _, cumulant := range [][]int{{1}, {2}, {4}, {1, 1}, {2, 2}, {1, 3}, {1, 1, 1}, {2, 1, 1}, {1, 1, 1, 1}} {
			sum, diagrams, err := value.Leading(ctx, value.FullBatch, o, cumulant, value.Plain)
			if err != nil || len(diagrams) == 0 {
				t.Fatalf("%v in %v: %v, %v", cumulant, o, diagrams, err)
			}
			var terms []expr.Expr
			for _, d := range diagrams {
				term, err := value.TermFormula(value.FullBatch, o, d, value.Plain)
				if err != nil {
					t.Fatal(err)
				}
				terms = append(terms, term)
			}
			if want, err := expr.Add(terms...); err != nil || !sum.Equal(want) {
				t.Errorf("%v in %v: %v, want %v", cumulant, o, sum, want)
			}
		}
	}
}

func TestLeadingErrors(t *testing.T) {
	for _, cumulant := range [][]int{nil, {0}, {1, -1}, {9}, {4, 5}, {math.MaxInt, math.MaxInt, 4}} {
		if e, _, err := value.Leading(ctx, value.OneEpoch, value.TestLoss(), cumulant, value.Discrete); !errors.Is(err, value.ErrOrder) {
			t.Errorf("%v: %v, %v", cumulant, e, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, _, err := value.Leading(cancelled, value.OneEpoch, value.TestLoss(), []int{1, 1}, value.Discrete); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
