package expr_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
	"github.com/perturb-go/perturb/value/expr/internal/exprtest"
)

// Values given in two steps are as good as at once.
func TestBindInSteps(t *testing.T) {
	check(t, 10, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 5, Free: free})
		world := exprtest.DrawWorld(t, free)
		env := world.Env()
		want, err := e.EvalRat(env)
		if err != nil {
			t.Skip(err)
		}
		first, left := map[string]*big.Rat{}, map[string]*big.Rat{}
		for name, q := range env.Scalars {
			if left[name] = q; rapid.Bool().Draw(t, name) {
				first[name] = q
			}
		}
		env.Scalars = first
		b, err := e.Bind(env)
		if errors.Is(err, expr.ErrLimit) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatalf("%v = %v, bound: %v", tree, e, err)
		}
		checkPrinters(t, "the bound expression", b)
		for _, name := range b.Scalars() {
			if first[name] != nil {
				t.Fatalf("%v = %v, bound: %v: has %s", tree, e, b, name)
			}
		}
		if got, err := b.EvalRat(expr.Env[*big.Rat]{Scalars: left}); err != nil || got.Cmp(want) != 0 {
			t.Fatalf("%v = %v, bound: %v: %v, %v; want %v", tree, e, b, got, err, want)
		}
	})
}

// With exponentials left over.
func TestBindExp(t *testing.T) {
	check(t, 3, func(t *rapid.T) {
		tree, e := build(t, exprtest.Options{Depth: 4, Free: free, Exp: true})
		world := exprtest.DrawWorld(t, free)
		b, err := e.Bind(expr.Env[*big.Rat]{Dim: world.Dim, Spectrum: world.Spectrum, Indices: world.Indices, Component: world.Component})
		if err != nil {
			t.Skip(err)
		}
		want, size := world.Approximate(tree)
		if !(size < 1e10) {
			t.Skip("too large")
		}
		got, err := b.Eval(world.Float())
		if err != nil {
			t.Skip(err) // a denominator that vanishes
		}
		if diff := got - want; !(diff < 1e-9*(1+size) && -diff < 1e-9*(1+size)) {
			t.Fatalf("%v = %v, bound: %v: %v, want %v ± %v", tree, e, b, got, want, size)
		}
	})
}

// Archimedes (P §C.1) at the origin: l = u² + v²/2 + z u v + …, and l_x − l = x (u − v)/√2,
// with the axes u, v, z. So h = 2, 1, 0; J_uvz = 1; C_uv = −1/2.
func archimedes() expr.Env[*big.Rat] {
	return expr.Env[*big.Rat]{
		Spectrum: []*big.Rat{big.NewRat(2, 1), big.NewRat(1, 1), new(big.Rat)},
		Indices:  map[string]int{"λ": 2},
		Component: func(c expr.Component) (*big.Rat, error) {
			switch c.String() {
			case "C[0,0]", "C[1,1]":
				return big.NewRat(1, 2), nil
			case "C[0,1]":
				return big.NewRat(-1, 2), nil
			case "J[0,1,2]":
				return big.NewRat(1, 1), nil
			}
			return new(big.Rat), nil
		},
	}
}

const displacement = "−1/2·η³·Σ_μν C_μν·J_μνλ·dd(T; 1, 1 − η·h_λ, (1 − η·h_μ)·(1 − η·h_ν))"

func TestBindArchimedes(t *testing.T) {
	bound, err := expr.MustParse(displacement).Bind(archimedes())
	if want := expr.MustParse("1/2·η³·dd(T; 1, 1, (1 − η)·(1 − 2·η))"); err != nil || !bound.Equal(want) {
		t.Errorf("displacement: %v, %v; want %v", bound, err, want)
	}
	drift, err := bound.Rate("T")
	if want := expr.MustParse("η²/(2·(3 − 2·η))"); err != nil || !drift.Equal(want) {
		t.Errorf("drift: %v, %v; want %v", drift, err, want)
	}
}

// Zeros end the search: of 10⁸ products of this sum 10 are not zero, and only these are met.
func TestBindSparse(t *testing.T) {
	env := expr.Env[*big.Rat]{Dim: 10, Component: func(c expr.Component) (*big.Rat, error) {
		for _, node := range c.Nodes {
			for _, i := range node {
				if i != c.Nodes[0][0] {
					return new(big.Rat), nil
				}
			}
		}
		return big.NewRat(int64(c.Nodes[0][0]+1), 1), nil
	}}
	got, err := expr.MustParse("η·Σ_abcdefgh C_ab·C_bc·C_cd·J_def·S_fgh").Bind(env)
	// Σ_{i=1}^{10} i⁵.
	if want := expr.MustParse("220825·η"); err != nil || !got.Equal(want) {
		t.Errorf("sparse: %v, %v; want %v", got, err, want)
	}
	// A zero beside a denominator that vanishes.
	env.Spectrum = make([]*big.Rat, 10)
	for i := range env.Spectrum {
		env.Spectrum[i] = big.NewRat(int64(max(i-8, 0)), 1)
	}
	env.Component = func(c expr.Component) (*big.Rat, error) {
		return big.NewRat(int64(max(c.Nodes[0][0]-8, 0)), 1), nil
	}
	got, err = expr.MustParse("Σ_μ η·C_μμ/h_μ").Bind(env)
	if want := expr.MustParse("η"); err != nil || !got.Equal(want) {
		t.Errorf("flat: %v, %v; want %v", got, err, want)
	}
}

func TestBindErrors(t *testing.T) {
	fails := errors.New("no such tensor")
	env := expr.Env[*big.Rat]{
		Spectrum: []*big.Rat{big.NewRat(1, 2), big.NewRat(1, 2)}, Indices: map[string]int{"ν": 2, "λ": 0},
		Scalars:   map[string]*big.Rat{"x": new(big.Rat), "z": big.NewRat(1, 2)},
		Component: func(expr.Component) (*big.Rat, error) { return nil, fails },
	}
	for _, c := range []struct {
		text string
		want error
		says string
	}{
		{"G_μ", expr.ErrUnbound, "index μ"},
		{"h_ν", expr.ErrUnbound, "index ν"},
		{"G_λ", fails, "G[0]"},
		{"1/(x·y)", expr.ErrDivision, "x"},
		{"Σ_μ 1/(h_μ − h_λ)", expr.ErrDivision, "h"},
		{"y^z", expr.ErrExponent, "1/2"},
		{"Σ_abcdefghijkmnopqrstuv 1/(h_a + h_b + h_c + h_d + h_e + h_f + h_g + h_h + h_i + h_j + h_k + h_m + h_n + h_o + h_p + h_q + h_r + h_s + h_t + h_u + h_v)", expr.ErrLimit, "long"},
	} {
		got, err := expr.MustParse(c.text).Bind(env)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v; want error %v naming %s", c.text, got, err, c.want, c.says)
		}
	}
	none := expr.Env[*big.Rat]{}
	for text, says := range map[string]string{"C_μ^μ": "dimension", "l": "component l"} {
		if got, err := expr.MustParse(text).Bind(none); !errors.Is(err, expr.ErrUnbound) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v; want error %v of the %s", text, got, err, expr.ErrUnbound, says)
		}
	}
	if got, err := expr.MustParse("P·x + y").Bind(none); err != nil || got.String() != "P·x + y" {
		t.Errorf("nothing to bind: %v, %v", got, err)
	}
	long := expr.Env[*big.Rat]{Scalars: map[string]*big.Rat{"x": new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 4000))}}
	if got, err := expr.MustParse("x + y").Bind(long); !errors.Is(err, expr.ErrLimit) {
		t.Errorf("a long number: %v, %v; want error %v", got, err, expr.ErrLimit)
	}
}
