package value_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// members are dynamics of every family.
var members = []struct {
	name     string
	dynamics embed.Dynamics
	family   value.Family
	training bool
}{
	{"sgd N=6 B=2", embed.NewCounter(embed.Must(embed.SGD(6, 1, 2))), value.OneEpoch, true},
	{"sgd N=5 rate=3/2", embed.NewCounter(embed.Must(embed.OneEpoch(5)).Scale(big.NewRat(3, 2))), value.OneEpoch, true},
	{"gd N=3 T=5", embed.NewCounter(embed.Must(embed.GD(3, 5))), value.FullBatch, true},
	{"ode T=7/2", must(embed.ODE(big.NewRat(7, 2))), value.Flow, false},
	{"sde T=4 B=3", embed.Scaled(must(embed.SDE(big.NewRat(4, 1), 3)), big.NewRat(1, 2)), value.Diffusion, false},
	{"gaussian T=4", must(embed.Gaussian(4)), value.GaussianNoise, false},
}

// scalarsOf returns the sizes of dynamics, with η.
func scalarsOf(t fatal, d embed.Dynamics, want value.Family, eta *big.Rat) map[string]*big.Rat {
	t.Helper()
	f, sizes, ok := value.FamilyOf(d)
	if !ok || f != want {
		t.Fatal("family", f, ok, "; want", want)
	}
	sizes["η"] = mul(eta, sizes["η"])
	return sizes
}

// at returns the components of a formula of an observable.
func at[T any](t fatal, o value.Observable, env expr.Env[T], eval func(expr.Env[T]) (T, error)) []T {
	t.Helper()
	var list []T
	names := []string{"μ", "ν"}[:o.Rank()]
	count := 1
	for range names {
		count *= env.Dim
	}
	for i := range count {
		env.Indices = map[string]int{}
		for k, rest := len(names)-1, i; k >= 0; k, rest = k-1, rest/env.Dim {
			env.Indices[names[k]] = rest % env.Dim
		}
		x, err := eval(env)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	return list
}

// Discrete and plain formulas are the sums over the cells of a grid, exactly.
func TestResummedFormulaIsExact(t *testing.T) {
	t.Parallel()
	p := value.ExactPoint(dense(t, rand.New(rand.NewPCG(5, 6)), []int64{12, -5}, 5, true))
	eta := big.NewRat(2, 7)
	for _, m := range members {
		for _, o := range named(t, "test", "train", "gap", "displacement", "covariance", "variance") {
			if name := o.String(); !m.training && (name == "train" || name == "gap") {
				if _, err := value.ResummedFormula(ctx, m.family, o, 2, value.Continuous); !errors.Is(err, embed.ErrTraining) {
					t.Errorf("%s, %v: %v; want error %v", m.name, o, err, embed.ErrTraining)
				}
				continue
			}
			for _, kind := range []value.Kind{value.Plain, value.Discrete} {
				if kind == value.Discrete && (m.family == value.Flow || m.family == value.Diffusion) {
					if _, err := value.ResummedFormula(ctx, m.family, o, 2, kind); !errors.Is(err, value.ErrKind) {
						t.Errorf("%s, %v: %v; want error %v", m.name, o, err, value.ErrKind)
					}
					continue
				}
				formula, err := value.ResummedFormula(ctx, m.family, o, 3, kind)
				if err != nil {
					t.Fatal(err)
				}
				env, err := value.Env(p)
				if err != nil {
					t.Fatal(err)
				}
				env.Scalars = scalarsOf(t, m.dynamics, m.family, eta)
				got := at(t, o, env, formula.EvalRat)
				want := sumAt(t, resum(t, m.dynamics, o, 3, kind), p, eta).Data()
				for i, x := range want {
					if got[i].Cmp(x) != 0 {
						t.Errorf("%s, %v, %v, component %d: %v; want %v", m.name, o, kind, i, got[i], x)
					}
				}
			}
		}
	}
}

// Continuous formulas are what EvaluateAt sums numerically, in turned coordinates too. Both
// add up a few thousand terms of one size, so that they differ by as many ulp at most.
func TestResummedFormulaIsContinuous(t *testing.T) {
	t.Parallel()
	p := floatPoint(t, value.ExactPoint(dense(t, rand.New(rand.NewPCG(7, 8)), []int64{12, 5}, 5, false)))
	const eta = 0.3
	turned, basis, err := value.Eigenpoint(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		for _, o := range named(t, "test", "train", "displacement") {
			if !m.training && o.String() == "train" {
				continue
			}
			formula, err := value.ResummedFormula(ctx, m.family, o, 3, value.Continuous)
			if err != nil {
				t.Fatal(err)
			}
			env, err := value.Env(turned)
			if err != nil {
				t.Fatal(err)
			}
			for name, x := range scalarsOf(t, m.dynamics, m.family, big.NewRat(3, 10)) {
				env.Scalars[name] = mobius.Float64{}.Rat(x)
			}
			got := at(t, o, env, formula.Eval)
			if o.Rank() == 1 {
				got = times(basis, got)
			}
			want := sumAt(t, resum(t, m.dynamics, o, 3, value.Continuous), p, eta).Data()
			for i, x := range want {
				if !(math.Abs(got[i]-x) <= 1e-12*(1+math.Abs(x))) {
					t.Errorf("%s, %v, component %d: %v; want %v", m.name, o, i, got[i], x)
				}
			}
		}
	}
}

// times is a matrix times a vector.
func times(m *tensor.Dense[float64], v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range out {
		for j, x := range v {
			out[i] += m.At(i, j) * x
		}
	}
	return out
}

// A term of every irreducible diagram of the test loss to 5 edges: made, and written in as
// many bytes as fit a page or a few.
func TestTermFormulas(t *testing.T) {
	for edges := range 6 {
		if testing.Short() && edges == 5 {
			break
		}
		seq, err := diagram.Enumerate(edges, diagram.Options{Irreducible: true})
		if err != nil {
			t.Fatal(err)
		}
		for d := range seq {
			for _, f := range []value.Family{value.OneEpoch, value.FullBatch} {
				for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
					e, err := value.TermFormula(f, value.TestLoss(), d, kind)
					if err != nil {
						t.Errorf("%v", err)
					}
					if n := len(e.String()); n > 50_000 {
						t.Errorf("%v, %v, %v: %d bytes", f, d, kind, n)
					}
				}
			}
		}
	}
}

func TestTermFormulaErrors(t *testing.T) {
	parse := func(text string) diagram.Diagram {
		d, err := diagram.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		family  value.Family
		o       value.Observable
		diagram string
		kind    value.Kind
		want    error
	}{
		{value.OneEpoch, value.TestLoss(), "(01)(01)", value.Discrete, value.ErrObservable},
		{value.OneEpoch, value.Gap(), "(0-1)(01)", value.Discrete, value.ErrObservable},
		{value.OneEpoch, value.LossVariance(), "(0-1)(01)", value.Discrete, value.ErrObservable},
		{value.OneEpoch, value.Displacement(), "(0-1-2)(02-12)", value.Discrete, value.ErrObservable},
		{value.OneEpoch, value.TestLoss(), "(0-1-2)(01-12)", value.Discrete, value.ErrKind},
		{value.OneEpoch, value.TestLoss(), "(0-1)(01)", 7, value.ErrKind},
		{9, value.TestLoss(), "(0-1)(01)", value.Discrete, value.ErrKind},
		{value.Flow, value.TestLoss(), "(0-1)(01)", value.Discrete, value.ErrKind},
		{value.Flow, value.Gap(), "(01)(01)", value.Continuous, embed.ErrTraining},
	} {
		if e, err := value.TermFormula(c.family, c.o, parse(c.diagram), c.kind); !errors.Is(err, c.want) {
			t.Errorf("%v, %v, %s, %v: %v, %v; want error %v", c.family, c.o, c.diagram, c.kind, e, err, c.want)
		}
	}
	if _, err := value.ResummedFormula(ctx, value.OneEpoch, value.TestLoss(), -1, value.Discrete); !errors.Is(err, value.ErrOrder) {
		t.Errorf("order −1: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := value.ResummedFormula(cancelled, value.OneEpoch, value.TestLoss(), 3, value.Discrete); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if e, err := value.TermFormula(value.OneEpoch, value.TestLoss(), parse("(012-3)(01-12-23)"), value.Plain); err != nil || !e.IsZero() {
		t.Errorf("a part above itself: %v, %v", e, err)
	}
}

func TestFamilyOf(t *testing.T) {
	for text, want := range map[string]string{
		"sgd N=6":              "one-epoch SGD T=6 B=1 η=1",
		"sgd N=6 B=2 rate=1/2": "one-epoch SGD T=3 B=2 η=1/2",
		"gd N=6 T=4":           "GD T=4 N=6 η=1",
		"gd N=6 T=1":           "GD T=1 N=6 η=1",
		"sgd N=6 B=6":          "GD T=1 N=6 η=1",            // the same
		"gd N=1 T=1":           "one-epoch SGD T=1 B=1 η=1", // and so is this to sgd N=1
		"ode T=1/2":            "ODE T=1/2 η=1",
		"sde T=3 B=2 rate=2":   "SDE T=3 B=2 η=2",
		"gaussian T=5":         "SGD with Gaussian noise T=5 η=1",
		"sgd N=6 E=2":          "",
		"reshuffled N=3 E=2":   "",
	} {
		d, err := embed.ParseDynamics(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := familyText(d); got != want {
			t.Errorf("%s: %q; want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		`{"N": 2, "T": 2, "cells": [{"n": 0, "t": 0, "weight": 1}, {"n": 1, "t": 1, "weight": 1}]}`:     "one-epoch SGD T=2 B=1 η=1",
		`{"N": 2, "T": 1, "cells": [{"n": 0, "t": 0, "weight": 1}, {"n": 1, "t": 0, "weight": 1}]}`:     "GD T=1 N=2 η=2",
		`{"N": 3, "T": 2, "cells": [{"n": 0, "t": 0, "weight": 1}, {"n": 1, "t": 1, "weight": 1}]}`:     "", // an idle row
		`{"N": 2, "T": 2, "cells": [{"n": 0, "t": 0, "weight": 1}, {"n": 1, "t": 1, "weight": "1/2"}]}`: "",
	} {
		var g embed.Grid
		if err := json.Unmarshal([]byte(text), &g); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := familyText(embed.NewCounter(g)); got != want {
			t.Errorf("%s: %q; want %q", text, got, want)
		}
	}
}

// familyText writes a family and its sizes.
func familyText(d embed.Dynamics) string {
	f, sizes, ok := value.FamilyOf(d)
	if !ok {
		return ""
	}
	text := f.String()
	for _, name := range []string{"T", "B", "N", "η"} {
		if x := sizes[name]; x != nil {
			text += fmt.Sprintf(" %s=%s", name, x.RatString())
		}
	}
	return text
}

// What skewness does to the test loss (P Example 1), in three kinds.
func ExampleTermFormula() {
	d, err := diagram.Parse("(012-3)(03-13-23)")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, kind := range []value.Kind{value.Plain, value.Continuous, value.Discrete} {
		e, err := value.TermFormula(value.OneEpoch, value.TestLoss(), d, kind)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(kind, e)
	}
	// Output:
	// plain −η³·T·S_μνλ·J^μνλ/(6·B²)
	// continuous −η³·Σ_μνλ ddexp(T; 0, −η·(h_μ + h_ν + h_λ))·S_μνλ·J_μνλ/(6·B²)
	// discrete −η³·Σ_μνλ dd(T; 1, k_μ·k_ν·k_λ)·S_μνλ·J_μνλ/(6·B²)
}

// How GD overfits from a minimum (P Corollary 2).
func ExampleResummedFormula() {
	for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
		e, err := value.ResummedFormula(context.Background(), value.FullBatch, value.TestLoss(), 2, kind)
		if err != nil {
			fmt.Println(err)
			return
		}
		e, err = e.Substitute(expr.NoGradient()) // from a minimum
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e)
	}
	// Output:
	// l + η²·Σ_μ h_μ·ddexp(T; 0, −η·h_μ)²·C_μμ/(2·N)
	// l + η²·Σ_μ h_μ·dd(T; 1, k_μ)²·C_μμ/(2·N)
}
