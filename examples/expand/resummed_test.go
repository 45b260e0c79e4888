package main

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// valley is a landscape whose Hessian at 0 is diag(2, 1, 0), with noise across the flat
// direction, along which it drifts.
const valley = `{"dim": 3, "theta": ["0", "0", "0"], "data": [
	{"prob": "1/2", "loss": [{"coef": "1", "exp": [2, 0, 0]}, {"coef": "1/2", "exp": [0, 2, 0]}, {"coef": "1", "exp": [1, 1, 1]}, {"coef": "1/2", "exp": [1, 0, 0]}, {"coef": "-1/2", "exp": [0, 1, 0]}]},
	{"prob": "1/2", "loss": [{"coef": "1", "exp": [2, 0, 0]}, {"coef": "1/2", "exp": [0, 2, 0]}, {"coef": "1", "exp": [1, 1, 1]}, {"coef": "-1/2", "exp": [1, 0, 0]}, {"coef": "1/2", "exp": [0, 1, 0]}]}
]}`

// diagonal is a landscape with a diagonal Hessian.
const diagonal = `{"dim": 2, "theta": ["1/2", "0"], "data": [
	{"prob": "1/3", "loss": [{"coef": "1", "exp": [2, 0]}, {"coef": "1/2", "exp": [0, 2]}, {"coef": "-2", "exp": [1, 0]}]},
	{"prob": "2/3", "loss": [{"coef": "1/2", "exp": [2, 0]}, {"coef": "1/2", "exp": [0, 2]}, {"coef": "1/4", "exp": [0, 3]}]}
]}`

// The formulas that series prints are those that evaluate sums on the same grid.
func TestResummedSeriesIsEvaluated(t *testing.T) {
	path := file(t, "landscape.json", diagonal)
	landscape, err := tensor.ParseLandscape([]byte(diagonal))
	if err != nil {
		t.Fatal(err)
	}
	for _, grid := range []string{"gd N=10 T=4", "sgd N=6 B=2 rate=1/2", "gaussian T=4", "gd N=10 T=inf", "sgd N=inf B=3", "gaussian T=inf rate=2"} {
		out := decode[listedFormulas](t, "series", "-grid", grid, "-order", "3", "-kind", "discrete", "-json")
		env, err := value.Env(value.ExactPoint(landscape))
		if err != nil {
			t.Fatal(err)
		}
		env.Scalars["η"] = big.NewRat(1, 4)
		for name, text := range out.Sizes {
			env.Scalars[name], _ = new(big.Rat).SetString(text)
		}
		total := new(big.Rat)
		for _, term := range out.Terms {
			x, err := expr.MustParse(term.Formula).EvalRat(env)
			if err != nil {
				t.Fatalf("%s: %s: %v", grid, term.Formula, err)
			}
			total.Add(total, x)
		}
		if x, err := expr.MustParse(out.Formula).EvalRat(env); err != nil || x.Cmp(total) != 0 {
			t.Errorf("%s: formula %v, %v; terms %v", grid, x, err, total)
		}
		got, err := evaluating("-grid", grid, "-landscape", path, "-order", "3", "-kind", "discrete", "-eta", "1/4")
		if err != nil {
			t.Fatal(err)
		}
		if exact := got.Points[0].Exact; exact != total.RatString() {
			t.Errorf("%s: evaluate %v, formula %v", grid, exact, total)
		}
		// The floating-point limit is computed by another way.
		d, err := embed.ParseDynamics(grid)
		if err != nil {
			t.Fatal(err)
		}
		r, err := value.Resum(t.Context(), d, value.TestLoss(), 3, value.Discrete)
		if err != nil {
			t.Fatal(err)
		}
		sums, err := value.EvaluateAt(t.Context(), r, value.FloatPoint(landscape), 0.25)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := total.Float64()
		if x := sums[3].Data()[0]; math.Abs(x-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s: %v in floating point; want %v", grid, x, want)
		}
	}
}

// At infinity GD is what it nears: at T = 10⁶ the rest is below rounding.
func TestLimitIsNeared(t *testing.T) {
	path := file(t, "landscape.json", diagonal)
	for _, kind := range []string{"continuous", "discrete"} {
		for _, observable := range []string{"test", "train", "gap", "displacement", "covariance"} {
			at := func(steps string) any {
				got, err := evaluating("-grid", "gd N=7 T="+steps, "-landscape", path, "-order", "3", "-kind", kind, "-observable", observable, "-eta", "1/3")
				if err != nil {
					t.Fatal(err)
				}
				return got.Points[0].Value
			}
			if limit, late := at("inf"), at("1000000"); !near(limit, late) {
				t.Errorf("%s, %s: %v at infinity, %v at T = 10⁶", kind, observable, limit, late)
			}
		}
	}
}

// near compares nested numbers up to rounding.
func near(x, y any) bool {
	switch x := x.(type) {
	case float64:
		return math.Abs(x-y.(float64)) <= 1e-12*(1+math.Abs(x))
	case []any:
		for i := range x {
			if !near(x[i], y.([]any)[i]) {
				return false
			}
		}
	}
	return true
}

func TestResummedText(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string
	}{
		{"series -grid gd_N=10_T=20 -order 2 -kind discrete", []string{"discrete values for N = 10, T = 20", "η²·Σ_μ h_μ·dd(T; 1, k_μ)²·C_μμ/(2·N)"}},
		{"series -grid gd_N=10_T=inf -order 2 -kind continuous", []string{"continuous values for N = 10:", "Σ_μ C_μμ/(2·N·h_μ)"}},
		{"series -grid sde_T=3_B=2 -order 2 -kind continuous -format latex", []string{`e^{T x}`, `\sum_{\mu}`}},
		{"series -grid sgd_N=3 -order 2 -kind discrete -format go", []string{"func TestLoss(s Statistics, T, eta float64) float64", "dd(T, "}},
		// Beyond second moments, SGD differs from the Itô equation by skewness (P Corollary 5).
		{"compare -grid sgd_N=8 -with sde_T=8 -order 3 -kind continuous", []string{"(012-3)(03-13-23)", "−1/6·η³·Σ_μνλ ddexp(T; 0, −η·(h_μ + h_ν + h_λ))·S_μνλ·J_μνλ"}},
		// Every term can be had where their sum is too large.
		{"series -grid gd_N=5_T=4 -order 4 -observable train -kind discrete", []string{"for N = 5, T = 4", "(0-1-2-3-4)(04-14-24-34)"}},
		// One step of GD is GD.
		{"series -grid gd_N=5_T=1 -order 2 -kind continuous", []string{"for N = 5, T = 1", "η²·Σ_μ h_μ·ddexp(T; 0, −η·h_μ)²·C_μμ/(2·N)"}},
		// With different T their powers are numbers.
		{"compare -grid gaussian_T=2 -with gaussian_T=1 -order 1 -kind discrete", []string{"−η·Σ_μ k_μ·G_μ²"}},
	} {
		var args []string
		for _, word := range strings.Fields(c.args) {
			args = append(args, strings.ReplaceAll(word, "_", " "))
		}
		stdout, stderr, status := expand(args...)
		if status != 0 {
			t.Errorf("%s: %s", c.args, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: no %q in\n%s", c.args, want, stdout)
			}
		}
	}
	if out := decode[listedFormulas](t, "compare", "-grid", "sgd N=4", "-with", "gaussian T=4", "-order", "2", "-kind", "discrete", "-json"); len(out.Terms) != 0 || out.Formula != "0" {
		t.Errorf("SGD less Gaussian noise to order 2: %v", out)
	}
}

func TestResummedErrors(t *testing.T) {
	path := file(t, "valley.json", valley)
	for name, c := range map[string]struct {
		args    []string
		culprit string
	}{
		"several epochs":    {[]string{"series", "-grid", "sgd N=4 E=2", "-order", "2", "-kind", "discrete"}, "expand evaluate"},
		"moments":           {[]string{"series", "-grid", "sgd N=4", "-order", "2", "-kind", "discrete", "-form", "moment"}, "-form"},
		"landscape":         {[]string{"series", "-grid", "sgd N=4", "-order", "2", "-kind", "discrete", "-landscape", path}, "expand evaluate"},
		"kind":              {[]string{"compare", "-grid", "sgd N=4", "-with", "sgd N=4", "-order", "2", "-kind", "smooth"}, "smooth"},
		"discrete ODE":      {[]string{"series", "-grid", "ode T=4", "-order", "2", "-kind", "discrete"}, "discrete"},
		"plain for ever":    {[]string{"series", "-grid", "gd N=4 T=inf", "-order", "2"}, "infinitely many steps"},
		"flat":              {[]string{"evaluate", "-grid", "sgd N=inf", "-order", "3", "-kind", "discrete", "-observable", "displacement", "-landscape", path, "-eta", "0.1"}, "ηh = 0"},
		"unstable":          {[]string{"evaluate", "-grid", "gd N=3 T=inf", "-order", "2", "-kind", "discrete", "-landscape", path, "-eta", "1"}, "ηh = 2"},
		"gap of N = ∞":      {[]string{"evaluate", "-grid", "sgd N=inf", "-order", "2", "-kind", "discrete", "-observable", "gap", "-landscape", path, "-eta", "0.1"}, "training set"},
		"too large a sum":   {[]string{"series", "-grid", "gd N=5 T=4", "-order", "4", "-kind", "discrete", "-observable", "train", "-json"}, "-order"},
		"reshuffled, T=inf": {[]string{"evaluate", "-grid", "reshuffled N=3 T=inf", "-order", "2", "-kind", "discrete", "-landscape", path, "-eta", "0.1"}, `"T"`},
	} {
		_, stderr, status := expand(c.args...)
		if status != 2 || !strings.Contains(stderr, c.culprit) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q; want 2 and %q", name, status, stderr, c.culprit)
		}
	}
}
