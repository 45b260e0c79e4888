package value_test

import (
	"context"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

func TestKindText(t *testing.T) {
	for kind, name := range map[value.Kind]string{value.Plain: "plain", value.Continuous: "continuous", value.Discrete: "discrete"} {
		if got, err := value.ParseKind(name); err != nil || got != kind || kind.String() != name {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	if _, err := value.ParseKind("smooth"); !errors.Is(err, value.ErrKind) {
		t.Errorf("%v, want ErrKind", err)
	}
}

func TestResumErrors(t *testing.T) {
	epochs := embed.NewCounter(embed.Must(embed.SGD(4, 2, 2)))
	for _, c := range []struct {
		name  string
		d     embed.Dynamics
		o     value.Observable
		order int
		kind  value.Kind
		want  error
	}{
		{"several epochs in continuous time", epochs, value.TestLoss(), 2, value.Continuous, value.ErrKind},
		{"ODE in steps", must(embed.ODE(big.NewRat(1, 1))), value.TestLoss(), 2, value.Discrete, value.ErrKind},
		{"random orders", must(embed.RandomReshuffles(4, 2, 2)), value.TestLoss(), 2, value.Discrete, value.ErrKind},
		{"no kind", epochs, value.TestLoss(), 2, value.Kind(7), value.ErrKind},
		{"order −1", epochs, value.TestLoss(), -1, value.Discrete, value.ErrOrder},
		{"order 9", epochs, value.TestLoss(), 9, value.Discrete, value.ErrOrder},
		{"no training set", must(embed.SDE(big.NewRat(1, 1), 1)), value.Gap(), 2, value.Continuous, embed.ErrTraining},
	} {
		if _, err := value.Resum(ctx, c.d, c.o, c.order, c.kind); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestEvaluateAtErrors(t *testing.T) {
	l := gaussian(t, 1, big.NewRat(1, 1), monomial(1, 2, 2, 0), monomial(1, 3, 3, 0), monomial(1, 1, 1, 1))
	exact, float := value.ExactPoint(l), value.FloatPoint(l)
	one := embed.NewCounter(embed.Must(embed.OneEpoch(1e6)))
	if _, err := value.EvaluateAt(ctx, resum(t, one, value.TestLoss(), 2, value.Continuous), exact, big.NewRat(1, 9)); !errors.Is(err, value.ErrKind) {
		t.Errorf("exponentials of rationals: %v, want ErrKind", err)
	}
	discrete := resum(t, one, value.TestLoss(), 3, value.Discrete)
	if _, err := value.EvaluateAt(ctx, discrete, exact, big.NewRat(1, 9)); !errors.Is(err, embed.ErrTooLarge) {
		t.Errorf("a million exact steps: %v, want ErrTooLarge", err)
	}
	if _, err := value.EvaluateAt(ctx, discrete, float, 3.0); !errors.Is(err, tensor.ErrValue) {
		t.Errorf("descent that diverges: %v, want tensor.ErrValue", err)
	}
	m, err := tensor.DiagonalMetric([]float64{-1})
	if err != nil {
		t.Fatal(err)
	}
	float.Metric = m
	if _, err := value.EvaluateAt(ctx, resum(t, one, value.TestLoss(), 2, value.Continuous), float, 0.1); !errors.Is(err, value.ErrMetric) {
		t.Errorf("a negative metric: %v, want ErrMetric", err)
	}
	c, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	long := resum(t, embed.NewCounter(embed.Must(embed.SGD(50, 10000, 1))), value.TrainLoss(), 3, value.Discrete)
	if _, err := value.EvaluateAt(c, long, value.FloatPoint(l), 0.1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the context's error", err)
	}
}

// With a metric that is not positive, discrete values over float64 sweep the grid.
func TestIndefiniteMetric(t *testing.T) {
	l := gaussian(t, 2, big.NewRat(1, 1), monomial(1, 2, 2, 0, 0), monomial(1, 3, 1, 1, 0), monomial(1, 5, 0, 3, 0), monomial(1, 1, 1, 0, 1), monomial(1, 1, 0, 1, 2))
	p := value.ExactPoint(l)
	m, err := tensor.FromSlice(2, 2, []*big.Rat{big.NewRat(1, 1), big.NewRat(2, 1), big.NewRat(2, 1), big.NewRat(-1, 2)})
	if err != nil {
		t.Fatal(err)
	}
	if p.Metric, err = tensor.FullMetric(m); err != nil {
		t.Fatal(err)
	}
	r := resum(t, embed.NewCounter(embed.Must(embed.SGD(4, 2, 2))), value.TrainLoss(), 3, value.Discrete)
	want := mobius.Float64{}.Rat(sumAt(t, r, p, big.NewRat(1, 3)).At())
	near(t, "train loss", sumAt(t, r, floatPoint(t, p), 1.0/3).At(), want, 1e-13)
}

// Estimates are right within an order of magnitude, where it matters.
func TestEstimate(t *testing.T) {
	l := gaussian(t, 1, big.NewRat(1, 1), monomial(1, 2, 2, 0), monomial(1, 3, 3, 0), monomial(1, 1, 1, 1))
	r := resum(t, embed.NewCounter(embed.Must(embed.SGD(6, 4, 2))), value.TrainLoss(), 3, value.Discrete)
	estimate, err := value.EstimateAt(ctx, r, value.ExactPoint(l), big.NewRat(1, 10))
	if err != nil || estimate < time.Millisecond || estimate > 10*time.Second {
		t.Errorf("%v, %v: it takes some tens of milliseconds", estimate, err)
	}
	if estimate, err := value.EstimateAt(ctx, r, value.FloatPoint(l), 0.1); err != nil || estimate > time.Second {
		t.Errorf("%v, %v: it takes some milliseconds", estimate, err)
	}
}
