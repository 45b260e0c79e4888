package main

import (
	"bytes"
	"context"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/value"
)

// tiny has 12 weights and 6 images.
var tiny = []string{"-format", "1x2x2", "-points", "6", "-init", "3"}

// measured writes the statistics of the tiny network, to order 3, and returns the file.
func measured(t *testing.T, blocks int) string {
	t.Helper()
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	choice := network.Flags(flags)
	if err := flags.Parse(tiny); err != nil {
		t.Fatal(err)
	}
	n, err := choice.Open("small", net.Float64)
	if err != nil {
		t.Fatal(err)
	}
	classes, err := measure.Classes(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure.Run(context.Background(), measure.Spec{Landscape: n, Theta: n.Start, Diagrams: classes, Form: embed.Moment}, blocks, measure.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.WriteJSON(&text, n.Source); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "stats.json")
	if err := os.WriteFile(path, text.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func networkArgs(more ...string) []string {
	return append(append([]string{"-landscape", "small", "-trials", "1000"}, tiny...), more...)
}

// With all tensors of a small network known, every kind of value agrees with what is
// measured to what its last order is, at least.
func TestSmallNetwork(t *testing.T) {
	points := jsonPoints(t, networkArgs("-eta", "0.1", "-T", "2,4", "-observable", "test,train,gap")...)
	if len(points) != 2*3 {
		t.Errorf("%d points, want 6", len(points))
	}
	for _, p := range points {
		for _, kind := range []string{"plain", "discrete"} {
			theory := p.Theory[kind]
			if rest := math.Abs(theory[2] - theory[1]); math.Abs(p.Measured-theory[2]) > rest+5*p.StdErr {
				t.Errorf("%s: %+v", kind, p)
			}
		}
		if p.Errors != nil {
			t.Errorf("values known exactly have errors: %+v", p)
		}
	}
	text := output(t, networkArgs("-eta", "0.1", "-T", "2", "-trials", "200")...)
	for _, want := range []string{"init 3", "synthetic, seed 1: 6 images", "made up", "discrete 3"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

// Measured values are within their errors of the exact ones, of a run and of the
// difference of two; and z takes account of both errors.
func TestMeasuredStatistics(t *testing.T) {
	path := measured(t, 1000)
	for _, more := range [][]string{
		{"-eta", "0.1", "-T", "2,4", "-observable", "test,gap"},
		{"-eta", "0.1", "-T", "4", "-optimizer", "sgd N=4", "-against", "gd N=4 T=4", "-observable", "test"},
		{"-eta", "0.1", "-T", "2,4", "-drift", "true", "-observable", "test"},
	} {
		exact := jsonPoints(t, networkArgs(more...)...)
		for i, p := range jsonPoints(t, networkArgs(append(more, "-statistics", path)...)...) {
			if len(p.Theory) != 1 || len(p.Errors["plain"]) != 3 {
				t.Fatalf("%+v", p)
			}
			for d, stderr := range p.Errors["plain"] {
				// Of the 18 numbers here none is as far off as this but by a chance of 1 in 90000.
				if diff := math.Abs(p.Theory["plain"][d] - exact[i].Theory["plain"][d]); !(diff <= 5*stderr) {
					t.Errorf("%q: order %d of %+v, exactly %v", more, d+1, p, exact[i].Theory)
				}
			}
			if want := (p.Measured - p.Theory["plain"][2]) / math.Hypot(p.StdErr, p.Errors["plain"][2]); math.Abs(*p.Z-want) > 1e-9*math.Abs(want) || p.Measured != exact[i].Measured {
				t.Errorf("%q: %+v, want z = %v", more, p, want)
			}
		}
	}
	// The first order of a difference of two optimizers cancels, and with it its error.
	p := jsonPoints(t, networkArgs("-eta", "0.1", "-T", "4", "-optimizer", "sgd N=4", "-against", "gd N=4 T=4", "-statistics", path)...)[0]
	if p.Theory["plain"][0] != 0 || p.Errors["plain"][0] != 0 || p.Theory["plain"][1] == 0 {
		t.Errorf("%+v", p)
	}
	text := output(t, networkArgs("-eta", "0.1", "-T", "4", "-statistics", path)...)
	if strings.Contains(text, "discrete") || !strings.Contains(text, "plain 3") {
		t.Errorf("kinds in:\n%s", text)
	}
}

// Where an optimizer has no theory there are measurements, whether the values would be
// computed or were measured.
func TestNetworkWithoutTheory(t *testing.T) {
	for _, more := range [][]string{nil, {"-statistics", measured(t, 2)}} {
		args := networkArgs(append(more, "-optimizer", "stic", "-T", "4", "-eta", "0.1", "-trials", "200")...)
		p := jsonPoints(t, args...)[0]
		if p.Z != nil || p.Power != nil || len(p.Theory) > 0 || p.Errors != nil || !(p.StdErr > 0) {
			t.Errorf("%q: %+v", more, p)
		}
		if text := output(t, args...); !strings.Contains(text, "no values here") || strings.Contains(text, "errors of the values") {
			t.Errorf("%q: %s", more, text)
		}
	}
}

// A network larger than a small one, without statistics, has its values measured, as the
// table says, and predicts with their errors: of values all of whose nodes are apart none.
func TestMeasuresForItself(t *testing.T) {
	dir := t.TempDir()
	args := append([]string{"-landscape", "logistic", "-eta", "0.1", "-optimizer", "sgd N=4 E=2 rate=1/2", "-observable", "test,gap", "-trials", "1000"}, tiny...)
	for _, p := range jsonPoints(t, args...) {
		if stderrs := p.Errors["plain"]; len(p.Theory) != 1 || len(stderrs) != 3 || (stderrs[0] < 1e-15) != (p.Observable == "test") || !(stderrs[2] > 0) || !(math.Abs(*p.Z) < 4) {
			t.Errorf("%+v", p)
		}
	}
	picture := filepath.Join(dir, "out.svg")
	text := output(t, append(args, "-against", "sgd N=4", "-eta", "0.05,0.1", "-plot", picture)...)
	if !strings.Contains(text, "400 blocks, measured for this table") || !strings.Contains(text, "  8, 4  ") {
		t.Error(text)
	}
	svg, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"plain, order 3", "difference of test at T = 8, 4"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("no %q in the picture", want)
		}
	}
}

// A small network of which no memory could hold all tensors is measured too, and the table
// says so: here that of 6 images and 228 weights at order 3.
func TestMeasuresWhatIsTooLarge(t *testing.T) {
	args := []string{"-landscape", "small", "-format", "1x4x28", "-points", "6", "-eta", "0.1", "-T", "2", "-trials", "100"}
	text := output(t, args...)
	if !strings.Contains(text, "400 blocks, measured for this table") || !strings.Contains(text, "plain 3") || strings.Contains(text, "discrete") {
		t.Error(text)
	}
}

// A picture has, of plain values that alone are known, a curve through each order, in a band
// of the errors; else one of each kind.
func TestCurves(t *testing.T) {
	two := map[string][]float64{"plain": {1, 2}}
	points := []point{
		{Eta: 0.1, Theory: two, Errors: map[string][]float64{"plain": {0, 0.5}}},
		{Eta: 0.2, Theory: map[string][]float64{}},
		{Eta: 0.3, Theory: two},
	}
	o := &options{order: 2}
	curves := o.curves(points)
	if len(curves) != 2 || curves[0].order != 2 || curves[1].order != 1 || len(curves[0].style.Dashes) != 0 || len(curves[1].style.Dashes) == 0 {
		t.Fatalf("%+v", curves)
	}
	if got, want := curves[0].band(), (plotter.XYs{{X: 0.1, Y: 2 + 0.98}, {X: 0.3, Y: 2}, {X: 0.3, Y: 2}, {X: 0.1, Y: 2 - 0.98}}); !slices.Equal(got, want) {
		t.Errorf("band %v, want %v", got, want)
	}
	if c := curves[1]; !c.inSight(0, 1) || c.inSight(2, 3) {
		t.Errorf("%+v", c)
	}
	points[2].Theory["discrete"] = []float64{3, 4}
	if curves := o.curves(points); len(curves) != 2 || curves[0].kind != value.Plain || curves[1].kind != value.Discrete || curves[1].order != 2 {
		t.Errorf("%+v", curves)
	}
	if curves := o.curves(points[1:2]); len(curves) != 0 {
		t.Errorf("%+v", curves)
	}
}

// A point without updates has a value without error, in a table of values that have one.
func TestNoUpdateOfNetwork(t *testing.T) {
	text := output(t, networkArgs("-T", "0,2", "-eta", "0.1", "-trials", "200", "-drift", "false", "-statistics", measured(t, 20))...)
	var heads, cells []string
	for _, line := range strings.Split(text, "\n") {
		switch words := strings.Fields(strings.ReplaceAll(strings.ReplaceAll(line, "± 1 s.e.", "±"), "plain ", "plain")); {
		case len(words) > 1 && words[1] == "T":
			heads = words
		case len(words) > 1 && words[1] == "0":
			cells = words
		}
	}
	if len(heads) == 0 || len(cells) != len(heads) {
		t.Errorf("heads %q, cells %q in:\n%s", heads, cells, text)
	}
}

func TestBadNetworks(t *testing.T) {
	path := measured(t, 2)
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte(`{"form": "moment"`), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-landscape", "logistic", "-order", "9"}, {"-landscape", "convnet", "-data", "no/such/folder"}, {"-landscape", "small", "-init", "x"},
		{"-landscape", "small", "-start", "0,0"}, {"-landscape", "small", "-statistics", path},
		networkArgs("-statistics", "no-such-file"), networkArgs("-statistics", broken), networkArgs("-statistics", path, "-init", "4"),
		networkArgs("-statistics", path, "-order", "4", "-trials", "20"), networkArgs("-optimizer", "ode", "-trials", "20"),
		networkArgs("-statistics", path, "-observable", "displacement[0]", "-trials", "20"), {"-landscape", "gauss", "-statistics", path},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), args, &stdout, &stderr); code != 2 || !strings.HasPrefix(stderr.String(), "check: ") || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("check %q: exit status %d: %q", args, code, stderr.String())
		}
	}
}
