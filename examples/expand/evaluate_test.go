package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
)

type evaluated struct {
	Points []struct {
		Eta   float64 `json:"eta"`
		Value any     `json:"value"`
		Exact any     `json:"exact"`
	} `json:"points"`
}

// evaluating runs the sub-command with -json.
func evaluating(args ...string) (evaluated, error) {
	var out bytes.Buffer
	var v evaluated
	if err := evaluate(context.Background(), newCommand("evaluate", append(args, "-json"), &out)); err != nil {
		return v, err
	}
	d := json.NewDecoder(&out)
	d.DisallowUnknownFields()
	return v, d.Decode(&v)
}

// tilted is a landscape of quadratic losses with one Hessian: SGD on it is re-summed
// exactly.
const tilted = `{"dim": 2, "theta": ["1", "1/2"], "data": [
	{"prob": "1/3", "loss": [{"coef": "1", "exp": [2, 0]}, {"coef": "1/2", "exp": [1, 1]}, {"coef": "1", "exp": [0, 2]}, {"coef": "2", "exp": [1, 0]}]},
	{"prob": "2/3", "loss": [{"coef": "1", "exp": [2, 0]}, {"coef": "1/2", "exp": [1, 1]}, {"coef": "1", "exp": [0, 2]}, {"coef": "-1", "exp": [0, 1]}]}
]}`

// On a quadratic landscape the discrete values are SGD itself, and the plain ones are not.
func TestEvaluateIsSGD(t *testing.T) {
	path := file(t, "landscape.json", tilted)
	landscape, err := tensor.ParseLandscape([]byte(tilted))
	if err != nil {
		t.Fatal(err)
	}
	want, err := exactTestLoss(context.Background(), landscape.(*tensor.Finite), embed.Must(embed.OneEpoch(5)), big.NewRat(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	for kind, same := range map[string]bool{"plain": false, "discrete": true} {
		got, err := evaluating("-grid", "sgd N=5", "-landscape", path, "-order", "2", "-kind", kind, "-eta", "0.1,1/3")
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Points) != 2 || got.Points[0].Eta != 0.1 {
			t.Fatalf("%v", got)
		}
		p := got.Points[1]
		if p.Exact == nil || (p.Exact == want.RatString()) != same {
			t.Errorf("%s: %v, SGD %v", kind, p.Exact, want)
		}
		exact, ok := new(big.Rat).SetString(fmt.Sprint(p.Exact))
		if f, _ := exact.Float64(); !ok || p.Value != f {
			t.Errorf("%s: value %v of %v", kind, p.Value, p.Exact)
		}
	}
}

// Plain values are those of the series.
func TestEvaluateIsSeries(t *testing.T) {
	path := file(t, "landscape.json", tilted)
	args := []string{"-grid", "sgd N=4 E=2", "-landscape", path, "-order", "3", "-observable", "displacement"}
	coefficients := decode[listedSeries](t, append([]string{"series"}, args...)...).Coefficients.([]any)
	got, err := evaluating(append(args, "-eta", "1/7")...)
	if err != nil {
		t.Fatal(err)
	}
	for i, list := range coefficients {
		sum := new(big.Rat)
		for d, text := range list.([]any) {
			c, _ := new(big.Rat).SetString(text.(string))
			for range d {
				c.Mul(c, big.NewRat(1, 7))
			}
			sum.Add(sum, c)
		}
		if exact := got.Points[0].Exact.([]any)[i]; exact != sum.RatString() {
			t.Errorf("component %d: %v, want %v", i, exact, sum.RatString())
		}
	}
}

// Where there are no exact numbers, or none in time, the floating-point ones stand alone.
func TestEvaluateFloat(t *testing.T) {
	path := file(t, "landscape.json", tilted)
	for _, c := range []struct{ grid, kind, order string }{
		{"sgd N=5", "continuous", "3"}, {"ode T=5", "continuous", "3"}, {"sgd N=1000000000", "discrete", "3"}, {"gd N=3 T=1000000000", "discrete", "3"},
		{"sgd N=40 E=4", "discrete", "3"},
	} {
		for _, observable := range []string{"test", "displacement"} {
			got, err := evaluating("-grid", c.grid, "-landscape", path, "-order", c.order, "-observable", observable, "-kind", c.kind, "-eta", "0.01")
			if err != nil {
				t.Errorf("%s: %v", c.grid, err)
				continue
			}
			p := got.Points[0]
			if p.Exact != nil {
				t.Errorf("%s, %s: exact %v", c.grid, c.kind, p.Exact)
			}
			x, ok := p.Value.(float64)
			if observable == "displacement" {
				x, ok = p.Value.([]any)[1].(float64)
			}
			if !ok || math.IsNaN(x) {
				t.Errorf("%s, %s, %s: value %v", c.grid, c.kind, observable, p.Value)
			}
		}
	}
}

func TestEvaluateText(t *testing.T) {
	var out bytes.Buffer
	path := file(t, "landscape.json", tilted)
	c := newCommand("evaluate", []string{"-grid", "gd N=2 T=1", "-landscape", path, "-order", "1", "-observable", "displacement", "-eta", "1/10"}, &out)
	if err := evaluate(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "η    value              exact\n0.1  [-0.291666666666667 -0.0833333333333333]  [-7/24 -1/12]\n"; strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestEvaluateErrors(t *testing.T) {
	path := file(t, "landscape.json", tilted)
	for want, args := range map[string][]string{
		"-eta is missing":       {"-grid", "sgd N=5", "-landscape", path, "-order", "2"},
		"-landscape is missing": {"-grid", "sgd N=5", "-eta", "1", "-order", "2"},
		"not one of plain":      {"-grid", "sgd N=5", "-landscape", path, "-order", "2", "-eta", "1", "-kind", "exact"},
		"continuous values are": {"-grid", "sgd N=5 E=2", "-landscape", path, "-order", "2", "-eta", "1", "-kind", "continuous"},
		"no discrete values":    {"-grid", "ode T=5", "-landscape", path, "-order", "2", "-eta", "1", "-kind", "discrete"},
		"have no discrete":      {"-grid", "reshuffled N=5", "-landscape", path, "-order", "2", "-eta", "1", "-kind", "discrete"},
		"too large":             {"-grid", "sgd N=100000 E=4", "-landscape", path, "-order", "4", "-eta", "1", "-kind", "discrete"},
	} {
		_, err := evaluating(args...)
		var bad *inputError
		if err == nil || !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}
