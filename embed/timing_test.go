package embed_test

import (
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/embed"
)

func TestTimingOf(t *testing.T) {
	half := big.NewRat(1, 2)
	dynamics := func(d embed.Dynamics, err error) embed.Dynamics {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	sgd := embed.Must(embed.SGD(6, 2, 3))
	for _, d := range []embed.Dynamics{embed.NewCounter(sgd.Scale(half)), embed.Scaled(embed.NewCounter(sgd), half)} {
		x, ok := embed.TimingOf(d)
		epochs, batch, weight, regular := x.Grid.Regular()
		if !ok || !regular || epochs != 2 || batch != 3 || weight.Cmp(big.NewRat(1, 6)) != 0 || x.Time != nil || x.MaxPart != 0 {
			t.Errorf("SGD: %+v, %v", x, ok)
		}
	}
	if x, ok := embed.TimingOf(dynamics(embed.Gaussian(4))); !ok || x.Grid.Columns() != 4 || x.MaxPart != 2 {
		t.Errorf("Gaussian: %+v, %v", x, ok)
	}
	sde := embed.Scaled(embed.Scaled(dynamics(embed.SDE(big.NewRat(5, 1), 3)), half), half)
	if x, ok := embed.TimingOf(sde); !ok || x.Time.Cmp(big.NewRat(5, 1)) != 0 || x.Batch.Cmp(big.NewRat(3, 1)) != 0 || x.Rate.Cmp(big.NewRat(1, 4)) != 0 || x.MaxPart != 2 {
		t.Errorf("SDE: %+v, %v", x, ok)
	}
	if x, ok := embed.TimingOf(dynamics(embed.ODE(big.NewRat(5, 1)))); !ok || x.MaxPart != 1 {
		t.Errorf("ODE: %+v, %v", x, ok)
	}
	if x, ok := embed.TimingOf(embed.Scaled(dynamics(embed.RandomReshuffles(4, 2, 2)), half)); ok {
		t.Errorf("random reshuffles: %+v", x)
	}
	if x, ok := embed.TimingOf(dynamics(embed.GDC(4, 2, 2))); ok {
		t.Errorf("GDC: %+v", x)
	}
	listed := embed.Must(embed.New(2, 2, []embed.Cell{{N: 0, T: 0, Weight: half}, {N: 1, T: 1, Weight: half}}))
	if _, _, _, ok := listed.Regular(); ok {
		t.Error("a grid with its cells listed is regular")
	}
}
