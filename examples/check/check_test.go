package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// output runs the program, which must succeed.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), args, &stdout, &stderr); code != 0 {
		t.Fatalf("check %q: exit status %d: %s", args, code, stderr.String())
	}
	if stderr.Len() > 0 {
		t.Errorf("check %q: in a pipe it is silent, but it says %q", args, stderr.String())
	}
	return stdout.String()
}

func jsonPoints(t *testing.T, args ...string) []point {
	t.Helper()
	var out struct{ Points []point }
	if err := json.Unmarshal([]byte(output(t, append(args, "-json")...)), &out); err != nil {
		t.Fatal(err)
	}
	return out.Points
}

// By default it shows Archimedes' drift: near η²/(2(3−2η)), which is the discrete value of
// order 3, and far from η²/6, the continuous one.
func TestArchimedes(t *testing.T) {
	points := jsonPoints(t, "-trials", "40", "-T", "1000,4000")
	if len(points) != 3 {
		t.Fatalf("%d points", len(points))
	}
	for _, p := range points {
		eta := p.Eta
		for kind, want := range map[string]float64{"continuous": eta * eta / 6, "discrete": eta * eta / (2 * (3 - 2*eta))} {
			if got := p.Theory[kind][2]; math.Abs(got/want-1) > 1e-9 {
				t.Errorf("η = %v: %s theory %v, want %v", eta, kind, got, want)
			}
		}
		if math.Abs(p.Measured/p.Theory["discrete"][2]-1) > 0.006+4*p.StdErr/p.Measured {
			t.Errorf("η = %v: measured %v ± %v", eta, p.Measured, p.StdErr)
		}
		if p.From != 1000 || p.T != 4000 || p.Observable != "displacement[2]" || p.Trials != 40 {
			t.Errorf("%+v", p)
		}
	}
}

// On Mean Estimation the discrete theory is exact, and no point is rejected.
func TestTable(t *testing.T) {
	text := output(t, "-landscape", "mean H=0.5", "-trials", "500")
	for _, want := range []string{"mean H=0.5 S=1, gd N=10 T=100, 500 trials", "discrete 3", "gap", "0 of 12 points are rejected"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

const toy = `{"dim":1,"theta":["1/2"],"data":[
	{"prob":"1/2","loss":[{"coef":"1/2","exp":[2]},{"coef":"1","exp":[1]}]},
	{"prob":"1/2","loss":[{"coef":"1/2","exp":[2]},{"coef":"-1","exp":[1]},{"coef":"1/3","exp":[3]}]}]}`

func TestFileAndPlot(t *testing.T) {
	dir := t.TempDir()
	file, picture := filepath.Join(dir, "toy.json"), filepath.Join(dir, "out.png")
	if err := os.WriteFile(file, []byte(toy), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"-landscape", file, "-optimizer", "sgd N=4 E=2", "-against", "gd N=4 T=8", "-T", "4,8", "-observable", "test,train,displacement[0]", "-trials", "1000", "-order", "4", "-eta", "0.005,0.01,0.02"}
	points := jsonPoints(t, append(args, "-plot", picture, "-dir", dir)...)
	if len(points) != 3*2*3 {
		t.Errorf("%d points, want 18", len(points))
	}
	for _, p := range points {
		for _, kind := range []string{"plain", "discrete"} {
			theory := p.Theory[kind]
			// The last order is more than what all after it add up to.
			if rest := math.Abs(theory[3] - theory[2]); math.Abs(p.Measured-theory[3]) > rest+5*p.StdErr {
				t.Errorf("%s: %+v", kind, p)
			}
		}
	}
	data, err := os.ReadFile(picture)
	if err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) {
		t.Errorf("%s is no picture: %v", picture, err)
	}
	if again := output(t, append(args, "-json", "-dir", dir)...); again != output(t, append(args, "-json")...) {
		t.Error("from a folder of blocks it prints other bytes")
	}
}

// toyLosses returns the loss and the gradient of the data of toy.
var toyLosses = [2]struct{ loss, gradient func(x float64) float64 }{
	{func(x float64) float64 { return x*x/2 + x }, func(x float64) float64 { return x + 1 }},
	{func(x float64) float64 { return x*x/2 - x + x*x*x/3 }, func(x float64) float64 { return x - 1 + x*x }},
}

// afterEpochs returns the expected test loss and gap of E epochs on N points of toy, at the
// rate η/E: the mean over all training sets.
func afterEpochs(n, epochs int, eta float64) (test, gap float64) {
	for set := range 1 << n {
		x, train := 0.5, 0.0
		for step := range n * epochs {
			x -= eta / float64(epochs) * toyLosses[set>>(step%n)&1].gradient(x)
		}
		for i := range n {
			train += toyLosses[set>>i&1].loss(x) / float64(n)
		}
		mean := (toyLosses[0].loss(x) + toyLosses[1].loss(x)) / 2
		test, gap = test+mean, gap+mean-train
	}
	sets := float64(int(1) << n)
	return test / sets, gap / sets
}

// By how much E epochs at η/E differ from one is what all training sets together say (P
// Corollary 4), in the measurement, and in the theory to what its next order is. Without
// the rate, or looked at after as many updates, it would be another difference.
func TestEpochs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "toy.json")
	if err := os.WriteFile(file, []byte(toy), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, epochs := range []int{1, 2, 3, 5, 8} {
		points := jsonPoints(t, "-landscape", file, "-optimizer", fmt.Sprintf("sgd N=4 E=%d rate=1/%d", epochs, epochs), "-against", "sgd N=4",
			"-observable", "test,gap", "-eta", "0.02,0.04", "-order", "4", "-trials", "2000")
		if len(points) != 4 {
			t.Fatalf("%d points", len(points))
		}
		for _, p := range points {
			if p.T != int64(4*epochs) || *p.AgainstT != 4 {
				t.Errorf("%d epochs: T is %d, %d", epochs, p.T, *p.AgainstT)
			}
			test, gap := afterEpochs(4, epochs, p.Eta)
			once, gapOnce := afterEpochs(4, 1, p.Eta)
			want := test - once
			if p.Observable == "gap" {
				want = gap - gapOnce
			}
			if !(math.Abs(p.Measured-want) <= 4.5*p.StdErr) { // 20 points: a chance of 1 in 7000
				t.Errorf("%d epochs, η = %v: %s differs by %v ± %v, truly %v", epochs, p.Eta, p.Observable, p.Measured, p.StdErr, want)
			}
			for order := 2; order < 4; order++ {
				value, next := p.Theory["plain"][order-1], p.Theory["plain"][order]
				if off := math.Abs(value - want); off > 1.5*math.Abs(next-value)+1e-15 {
					t.Errorf("%d epochs, η = %v: %s differs by %v through order %d, truly %v", epochs, p.Eta, p.Observable, value, order, want)
				}
			}
			if epochs > 1 && math.Abs(want) < 20*p.StdErr {
				t.Errorf("%d epochs, η = %v: %s differs by %v ± %v, which shows nothing", epochs, p.Eta, p.Observable, p.Measured, p.StdErr)
			}
		}
	}
	text := output(t, "-landscape", file, "-optimizer", "sgd N=4 E=3 rate=1/3", "-against", "sgd N=4", "-trials", "300", "-plot", filepath.Join(t.TempDir(), "out.svg"))
	if !strings.Contains(text, "sgd N=4 E=3 B=1 rate=1/3, less sgd N=4 E=1 B=1") || !strings.Contains(text, "  12, 4  ") {
		t.Error(text)
	}
}

func TestBadInput(t *testing.T) {
	for _, args := range [][]string{
		{"-landscape", "moon"}, {"-landscape", "mean H=x"}, {"-optimizer", "adam"}, {"-eta", "x"}, {"-T", "5,3"}, {"-trials", "-1"}, {"-workers", "-5"},
		{"-observable", "loss"}, {"-drift", "perhaps"}, {"-controls", "all"}, {"extra"}, {"-no-such-flag"}, {"-order", "0"}, {"-order", "99"},
		{"-landscape", "gauss", "-drift", "true"}, {"-landscape", "gauss", "-start", "1,2"},
		{"-landscape", "gauss", "-observable", "displacement[1]"}, {"-landscape", "gauss", "-optimizer", "ode", "-observable", "train"},
		{"-landscape", "gauss", "-plot", "out.unknown"}, {"-landscape", "gauss", "-plot", "no/such/folder/out.png"},
		{"-landscape", "gauss", "-test", "1000000000000"}, {"-landscape", "gauss", "-block", "9223372036854775807"},
		{"-landscape", "gauss", "-trials", "1"}, {"-landscape", "gauss", "-trials", "1000000000000000"}, {"-landscape", "gauss", "-eta", "1e300"},
		{"-landscape", "gauss", "-optimizer", "sde T=10 refine=2000000000"}, {"-landscape", os.DevNull}, {"-landscape", "."},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), args, &stdout, &stderr); code != 2 || !strings.HasPrefix(stderr.String(), "check: ") || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("check %q: exit status %d: %q", args, code, stderr.String())
		}
	}
	if text := output(t, "-h"); !strings.Contains(text, "-landscape") {
		t.Errorf("-h prints %q", text)
	}
	if names, err := filepath.Glob("out.*"); len(names) > 0 || err != nil {
		t.Errorf("bad input leaves %v behind, %v", names, err)
	}
}

// An interrupted program says so in a line, and leaves whole blocks alone behind, from
// which it continues to the same bytes.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-landscape", "mean", "-T", "100,2000", "-eta", "0.01", "-trials", "6000", "-block", "100", "-json"}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // once there is a block
		for ctx.Err() == nil {
			if names, _ := filepath.Glob(filepath.Join(dir, "*.block")); len(names) > 0 {
				cancel()
			}
		}
	}()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, append(args, "-dir", dir), &stdout, &stderr); code != 1 || stderr.String() != "check: interrupted\n" || stdout.Len() > 0 {
		t.Errorf("interrupted: exit status %d: %q, %q", code, stderr.String(), stdout.String())
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 || len(names) >= 60 {
		t.Errorf("interrupted: %d files, %v", len(names), err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".block") {
			t.Errorf("interrupted: left %s", name)
		}
	}
	if output(t, append(args, "-dir", dir)...) != output(t, args...) {
		t.Error("continued, it prints other bytes")
	}
}

// Where there is no theory there are measurements: STIC, tuning a penalty, beats plain GD.
func TestWithoutTheory(t *testing.T) {
	args := []string{"-landscape", "ridge H=0.1 S=10", "-eta", "0.05", "-observable", "test"}
	p := jsonPoints(t, args...)[0]
	if p.Z != nil || p.Power != nil || len(p.Theory) > 0 || p.Measured > -5*p.StdErr {
		t.Errorf("STIC less GD: %+v", p)
	}
	if text := output(t, args...); !strings.Contains(text, "no values here") || strings.Contains(text, "rejected") {
		t.Error(text)
	}
}

// GDC differs from SGD as predicted, from order 3 on, and by less than half as much as GD does
// (P Corollary 3); by itself, too, it is as predicted. Another force would be another
// difference.
func TestGDC(t *testing.T) {
	args := func(optimizer string, more ...string) []string {
		return append([]string{"-landscape", "gauss", "-start", "0.5", "-optimizer", optimizer, "-eta", "0.05", "-observable", "test,gap,displacement[0]", "-order", "5"}, more...)
	}
	far := jsonPoints(t, args("gd N=10 T=10", "-against", "sgd N=10")...)
	for i, p := range jsonPoints(t, args("gdc N=10 T=10", "-against", "sgd N=10")...) {
		theory := p.Theory["plain"]
		if len(p.Theory) != 1 || theory[0] != 0 || math.Abs(theory[1]) > 1e-15 || theory[2] == 0 || !(math.Abs(*p.Z) < 4.5) {
			t.Errorf("less SGD: %+v, z = %v", p, *p.Z)
		}
		if math.Abs(p.Measured)+3*p.StdErr > math.Abs(far[i].Measured)/2 || math.Abs(p.Measured) < 10*p.StdErr {
			t.Errorf("less SGD: %v ± %v, and GD %v", p.Measured, p.StdErr, far[i].Measured)
		}
	}
	for _, p := range jsonPoints(t, args("gdc N=10 T=7 B=5")...) {
		if len(p.Theory) != 1 || !(math.Abs(*p.Z) < 4.5) {
			t.Errorf("%+v, z = %v", p, *p.Z)
		}
	}
	if text := output(t, args("gdc N=10 T=7 B=5")...); !strings.Contains(text, "z compares with plain values of order 5") {
		t.Error(text)
	}
}

// What does not vary is no reason to fail: no update, and no noise.
func TestNoUpdate(t *testing.T) {
	for _, p := range jsonPoints(t, "-landscape", "gauss", "-T", "0", "-observable", "test,displacement[0]", "-trials", "300") {
		if *p.Z != 0 || *p.Power != 0.05 {
			t.Errorf("%+v", p)
		}
	}
	if text := output(t, "-landscape", "mean H=0 S=0", "-trials", "300"); !strings.Contains(text, "0 of 12 points are rejected") {
		t.Errorf("without noise: %s", text)
	}
}

// Flags that are not given follow from those that are: the times from an optimizer in full,
// of each its own, and drift is measured only where there are two times and one optimizer.
func TestDefaults(t *testing.T) {
	for _, test := range []struct {
		args         []string
		times, other []int64
		drift        bool
	}{
		{nil, []int64{1000, 10000}, []int64{1000, 10000}, true},
		{[]string{"-T", "30"}, []int64{30}, []int64{30}, false},
		{[]string{"-optimizer", "gd N=5 T=7"}, []int64{7}, []int64{7}, false},
		{[]string{"-optimizer", "gd", "-T", "3,4"}, []int64{3, 4}, []int64{3, 4}, true},
		{[]string{"-against", "ode"}, []int64{1000, 10000}, []int64{1000, 10000}, false},
		{[]string{"-landscape", "gauss", "-optimizer", "gd N=5 T=7", "-T", "2,3"}, []int64{2, 3}, []int64{2, 3}, false},
		{[]string{"-optimizer", "sgd N=5 E=3", "-against", "sgd N=5"}, []int64{15}, []int64{5}, false},
		{[]string{"-optimizer", "sgd N=5 E=3", "-against", "sgd N=5", "-T", "2,5"}, []int64{2, 5}, []int64{2, 5}, false},
		{[]string{"-optimizer", "sgd N=5 E=3", "-against", "gd"}, []int64{15}, []int64{15}, false},
		{[]string{"-against", "gd N=5 T=7"}, []int64{7}, []int64{7}, false},
		{[]string{"-landscape", "ridge", "-optimizer", "stic N=10 T=5"}, []int64{5}, []int64{5}, false},
	} {
		o, err := parse(context.Background(), test.args, io.Discard)
		if err != nil {
			t.Errorf("%q: %v", test.args, err)
			continue
		}
		if !slices.Equal(o.times, test.times) || !slices.Equal(o.otherTimes, test.other) || o.drift != test.drift {
			t.Errorf("%q: times %v and %v, drift %v", test.args, o.times, o.otherTimes, o.drift)
		}
	}
}
