package embed_test

import (
	"context"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// The expectation over random reshuffles is the mean over all orders of the epochs.
func TestRandomReshuffles(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		n, epochs, batch int64
		edges            int
	}{{1, 3, 1, 4}, {2, 2, 1, 4}, {2, 3, 1, 4}, {3, 2, 1, 4}, {2, 2, 2, 3}, {4, 1, 2, 3}, {4, 2, 2, 3}} {
		var counters []*embed.Counter
		eachOrders(c.n, c.epochs, func(orders [][]int64) {
			g, err := embed.Reshuffled(c.n, c.batch, orders)
			if err != nil {
				t.Fatal(err)
			}
			counters = append(counters, embed.NewCounter(g))
		})
		random, err := embed.RandomReshuffles(c.n, c.epochs, c.batch)
		if err != nil {
			t.Fatal(err)
		}
		for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied} {
			for edges := range c.edges + 1 {
				seq, err := diagram.Enumerate(edges, diagram.Options{Roots: roots})
				if err != nil {
					t.Fatal(err)
				}
				for d := range seq {
					for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
						mean := new(big.Rat)
						for _, counter := range counters {
							n, err := counter.Count(ctx, d, form)
							if err != nil {
								t.Fatal(err)
							}
							mean.Add(mean, n.Weight)
						}
						mean.Quo(mean, big.NewRat(int64(len(counters)), 1))
						got, err := random.Count(ctx, d, form)
						if err != nil {
							t.Fatal(err)
						}
						if got.Weight.Cmp(mean) != 0 {
							t.Errorf("N=%d E=%d B=%d, %v, %v form: %v, the mean over %d orders is %v", c.n, c.epochs, c.batch, d, form, got.Weight, len(counters), mean)
						}
					}
				}
			}
		}
	}
}

// eachOrders calls do with every choice of a permutation of 0,…,n−1 for each epoch but
// the first, which stays in order: relabelling rows changes no count.
func eachOrders(n, epochs int64, do func(orders [][]int64)) {
	first := make([]int64, n)
	for i := range first {
		first[i] = int64(i)
	}
	var choose func(orders [][]int64)
	choose = func(orders [][]int64) {
		if int64(len(orders)) == epochs {
			do(orders)
			return
		}
		var permute func(order, rest []int64)
		permute = func(order, rest []int64) {
			if len(rest) == 0 {
				choose(append(orders[:len(orders):len(orders)], order))
				return
			}
			for i := range rest {
				others := append(append([]int64{}, rest[:i]...), rest[i+1:]...)
				permute(append(order[:len(order):len(order)], rest[i]), others)
			}
		}
		permute(nil, first)
	}
	choose([][]int64{first})
}

// Volumes that are known: a chain of d nodes fills T^d/d!, a corolla of d leaves T^d, and
// a tied pair of leaves T/B.
func TestContinuous(t *testing.T) {
	ode, err := embed.ODE(big.NewRat(3, 2))
	if err != nil {
		t.Fatal(err)
	}
	sde, err := embed.SDE(big.NewRat(3, 2), 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		diagram  string
		ode, sde *big.Rat
	}{
		{"(0)()", big.NewRat(1, 1), big.NewRat(1, 1)},
		{"(0-1-2-3)(01-12-23)", big.NewRat(27, 48), big.NewRat(27, 48)},
		{"(0-1-2-3)(03-13-23)", big.NewRat(27, 8), big.NewRat(27, 8)},
		{"(01-2)(02-12)", new(big.Rat), big.NewRat(3, 8)},
		{"(01-2)(01-12)", new(big.Rat), new(big.Rat)},
		{"(012-3)(03-13-23)", new(big.Rat), new(big.Rat)},
		{"(01-2-3)(02-12-23)", new(big.Rat), big.NewRat(9, 32)},
		{"(01-2-3)(02-13)", new(big.Rat), big.NewRat(3, 8)},
	} {
		for d, want := range map[embed.Dynamics]*big.Rat{ode: c.ode, sde: c.sde} {
			got, err := d.Count(context.Background(), diagram.MustParse(c.diagram), embed.Cumulant)
			if err != nil || got.Weight.Cmp(want) != 0 || got.Maps != nil {
				t.Errorf("%v of %T: %v, %v; want %v", c.diagram, d, got, err, want)
			}
		}
	}
}

func TestParseDynamics(t *testing.T) {
	chain := diagram.MustParse("(0-1-2)(01-12)")
	for text, want := range map[string]*big.Rat{
		"ode T=4": big.NewRat(8, 1), "ode T=1/2": big.NewRat(1, 8), "ode T=4 rate=1/2": big.NewRat(2, 1), "sde T=4": big.NewRat(8, 1),
		"sde B=3 T=4": big.NewRat(8, 1), "gaussian T=4": big.NewRat(6, 1), "reshuffled N=4": big.NewRat(6, 1),
		"reshuffled N=4 E=2 B=2 rate=2": big.NewRat(24, 1), "gdc N=4 T=4": big.NewRat(6, 1), "gdc T=4 B=2 N=4 rate=1/2": big.NewRat(3, 2), "sgd N=4": big.NewRat(6, 1), "gd N=2 T=4": big.NewRat(6, 1),
	} {
		d, err := embed.ParseDynamics(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := d.Count(context.Background(), chain, embed.Cumulant)
		if err != nil || got.Weight.Cmp(want) != 0 {
			t.Errorf("%s: %v, %v; want %v", text, got.Weight, err, want)
		}
	}
	for text, c := range map[string]struct {
		want    error
		culprit string
	}{
		"ode":                 {embed.ErrSyntax, "T is missing"},
		"ode T=-1":            {embed.ErrSize, "T=-1"},
		"ode T=1 B=2":         {embed.ErrSyntax, `"B"`},
		"ode T=1e300000":      {embed.ErrSyntax, "T"},
		"sde T=1 B=0":         {embed.ErrSize, "B=0"},
		"gaussian T=0":        {embed.ErrSize, "T=0"},
		"gaussian T=3/2":      {embed.ErrSyntax, "3/2"},
		"reshuffled N=4 B=3":  {embed.ErrSize, "B=3"},
		"gdc N=4":             {embed.ErrSyntax, "T is missing"},
		"gdc N=4 T=4 E=1":     {embed.ErrSyntax, `"E"`},
		"gdc N=1 T=4":         {embed.ErrSize, "N=1"},
		"gdc N=4 T=4 B=5":     {embed.ErrSize, "B=5"},
		"gdc N=4 T=4 B=x":     {embed.ErrSyntax, "B="},
		"gdc N=4 T=inf":       {embed.ErrSize, "T=inf"},
		"reshuffled N=4 rate": {embed.ErrSyntax, "rate"},
		"heavyball N=3":       {embed.ErrSyntax, "heavyball"},
		"":                    {embed.ErrSyntax, "sgd"},
	} {
		if _, err := embed.ParseDynamics(text); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.culprit) {
			t.Errorf("%q: %v, want %v naming %s", text, err, c.want, c.culprit)
		}
	}
}

// What is read counts an edge; what is not says why.
func FuzzParseDynamics(f *testing.F) {
	for _, text := range []string{
		"ode T=4", "sde T=1/2 B=2", "gaussian T=3 rate=-1/3", "reshuffled N=4 E=2 B=2", "gdc N=10 T=10", "gdc N=10 T=3 B=7 rate=1/2",
		"gdc N=1 T=1", "gdc N=4 T=1 B=5", "gd N=2 T=inf", "sgd N=inf B=2", "gdc N=2 T=inf", "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := embed.ParseDynamics(text)
		if err != nil {
			if !errors.Is(err, embed.ErrSyntax) && !errors.Is(err, embed.ErrSize) {
				t.Errorf("%q: error %v has no cause", text, err)
			}
			return
		}
		c, err := d.Count(context.Background(), chain(1), embed.Cumulant)
		if strings.Contains(text, "=inf") {
			if !errors.Is(err, embed.ErrEndless) {
				t.Errorf("%q: %v, %v", text, c, err)
			}
			return
		}
		if err != nil || c.Weight == nil {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	})
}
