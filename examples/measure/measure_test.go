package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/value"
)

// output runs the program, which must succeed.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), args, &stdout, &stderr); code != 0 {
		t.Fatalf("measure %q: exit status %d: %s", args, code, stderr.String())
	}
	if stderr.Len() > 0 {
		t.Errorf("measure %q: in a pipe it is silent, but it says %q", args, stderr.String())
	}
	return stdout.String()
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// tiny has 12 weights and 6 images: few enough that everything about it is known exactly.
var tiny = []string{"-model", "small", "-format", "1x2x2", "-points", "6", "-init", "3"}

// exactPoint is that of the options: the means over all images, not a sample of them.
func exactPoint(t *testing.T, args []string, order int) value.Point[float64] {
	t.Helper()
	o, err := parse(t.Context(), args, nil)
	if err != nil {
		t.Fatal(err)
	}
	every := make([]float64, o.Points().Len())
	for i := range every {
		every[i] = float64(i)
	}
	samples, err := measure.Samples(context.Background(), o.Network, o.Start, every, order)
	if err != nil {
		t.Fatal(err)
	}
	return value.Point[float64]{Ring: mobius.Float64{}, Statistics: samples}
}

// What is measured of a finite population, in either form, agrees with its exact moments
// or cumulants, by value class and summed to what SGD does; so does what expand predict
// makes of the file.
func TestMeasuredAgreesWithExact(t *testing.T) {
	const order = 3
	grid, err := embed.OneEpoch(5)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []embed.Form{embed.Moment, embed.Cumulant} {
		path := filepath.Join(t.TempDir(), "stats.json")
		args := append(tiny[:len(tiny):len(tiny)], "-form", form.String(), "-order", strconv.Itoa(order), "-blocks", "2000", "-o", path)
		text := output(t, args...)
		if !strings.Contains(text, "synthetic, seed 1: 6 images") || !strings.Contains(text, "made up") {
			t.Errorf("the table does not say what the data are:\n%s", text)
		}
		s, err := value.ReadStatistics(bytes.NewReader(read(t, path)))
		if err != nil {
			t.Fatal(err)
		}
		if s.Form() != form || !strings.Contains(s.Source(), "synthetic, seed 1: 6 images") || !strings.Contains(s.Source(), "init 3") {
			t.Errorf("form %v, source %q", s.Form(), s.Source())
		}
		point := exactPoint(t, args, order)
		classes, err := measure.Classes(t.Context(), order)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range classes {
			got, err := s.Value(d)
			if err != nil {
				t.Fatal(err)
			}
			// Of the 50 values that both forms have, chance puts one further off with
			// probability 1 in 30000.
			if want := exactValue(t, d, form, point); !(math.Abs(got.Mean-want) <= 5*got.StdErr) || got.StdErr == 0 {
				t.Errorf("%v of %v: %v ± %v, exactly %v", form, d, got.Mean, got.StdErr, want)
			}
			if !strings.Contains(text, " "+d.String()+" ") {
				t.Errorf("no %v in the table:\n%s", d, text)
			}
		}
		for _, observable := range []value.Observable{value.TestLoss(), value.Gap()} {
			series, err := value.Expand(context.Background(), grid, observable, order, form)
			if err != nil {
				t.Fatal(err)
			}
			checkSeries(t, s, series, point)
		}
		checkExpand(t, path, point)
	}
}

func exactValue(t *testing.T, d diagram.Diagram, form embed.Form, point value.Point[float64]) float64 {
	t.Helper()
	observable := value.TestLoss()
	if d.Tied() {
		observable = value.TrainLoss()
	}
	v, err := value.PlainValue(d, observable, form, point)
	if err != nil {
		t.Fatal(err)
	}
	return v.At()
}

// checkSeries compares a series over measured values with the same over exact ones.
func checkSeries(t *testing.T, s *value.Statistics, series *value.Series, point value.Point[float64]) {
	t.Helper()
	const eta = 0.1
	exact, err := value.Evaluate(context.Background(), series, point)
	if err != nil {
		t.Fatal(err)
	}
	predicted, err := value.Predict(series, s)
	if err != nil {
		t.Fatal(err)
	}
	for d, got := range predicted.At(eta) {
		want, err := exact.At(eta, d)
		if err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(got.Mean-want.At()) <= 5*got.StdErr) {
			t.Errorf("%v, order %d: %v ± %v, exactly %v", series.Observable, d, got.Mean, got.StdErr, want.At())
		}
	}
}

// checkExpand compares what the program expand predicts from a file with exact numbers.
func checkExpand(t *testing.T, path string, point value.Point[float64]) {
	t.Helper()
	if testing.Short() {
		return // it takes a compiler
	}
	out, err := exec.Command("go", "run", "../expand", "predict", "-statistics", path, "-grid", "sgd N=5", "-order", "3", "-eta", "0.1", "-json").Output()
	if err != nil {
		t.Fatalf("expand predict: %v", err)
	}
	var file struct {
		Points []struct {
			Orders []struct{ Mean, StdErr float64 }
		}
	}
	if err := json.Unmarshal(out, &file); err != nil || len(file.Points) != 1 || len(file.Points[0].Orders) != 4 {
		t.Fatalf("expand predict: %s: %v", out, err)
	}
	grid, err := embed.OneEpoch(5)
	if err != nil {
		t.Fatal(err)
	}
	series, err := value.Expand(context.Background(), grid, value.TestLoss(), 3, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := value.Evaluate(context.Background(), series, point)
	if err != nil {
		t.Fatal(err)
	}
	for d, got := range file.Points[0].Orders {
		want, err := exact.At(0.1, d)
		if err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(got.Mean-want.At()) <= 5*got.StdErr) {
			t.Errorf("expand predict, order %d: %v ± %v, exactly %v", d, got.Mean, got.StdErr, want.At())
		}
	}
}

// A measurement that was stopped, or is to have more blocks, continues to the same bytes.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	whole, stopped := filepath.Join(dir, "whole.json"), filepath.Join(dir, "stopped.json")
	args := func(out string, more ...string) []string {
		return append(append(tiny[:len(tiny):len(tiny)], "-order", "2", "-o", out), more...)
	}
	output(t, args(whole, "-blocks", "3000", "-workers", "1")...)

	output(t, args(stopped, "-blocks", "7")...)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { // once there are more blocks
		before := len(read(t, stopped+".blocks"))
		for ctx.Err() == nil {
			if info, err := os.Stat(stopped + ".blocks"); err == nil && info.Size() > int64(before) {
				cancel()
			}
		}
	}()
	var stdout, stderr bytes.Buffer
	code := run(ctx, args(stopped, "-blocks", "1000000"), &stdout, &stderr)
	cancel()
	if code != 1 || !strings.HasPrefix(stderr.String(), "measure: interrupted after ") || strings.Count(stderr.String(), "\n") != 1 || stdout.Len() > 0 {
		t.Errorf("interrupted: exit status %d, %q, %q", code, stderr.String(), stdout.String())
	}
	var kept blocksFile
	if err := json.Unmarshal(read(t, stopped+".blocks"), &kept); err != nil || len(kept.Rows) <= 7 {
		t.Errorf("%d blocks were kept, %v", len(kept.Rows), err)
	}
	output(t, args(stopped, "-blocks", "3000", "-workers", "2")...)
	if !bytes.Equal(read(t, whole), read(t, stopped)) {
		t.Error("continued, it writes other bytes")
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.partial")); len(left) > 0 || err != nil {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

// Blocks that are there already are those used: fewer are asked for than there are.
func TestKnownBlocks(t *testing.T) {
	out := filepath.Join(t.TempDir(), "stats.json")
	args := append(tiny[:len(tiny):len(tiny)], "-order", "1", "-o", out)
	fresh := output(t, append(args, "-blocks", "20")...)
	want := read(t, out)
	output(t, append(args, "-blocks", "50")...)
	if again := output(t, append(args, "-blocks", "20")...); again != fresh || !bytes.Equal(read(t, out), want) {
		t.Errorf("from 50 blocks, 20 give\n%snot\n%s", again, fresh)
	}
	var kept blocksFile
	if err := json.Unmarshal(read(t, out+".blocks"), &kept); err != nil || len(kept.Rows) != 50 {
		t.Errorf("%d blocks are left, %v", len(kept.Rows), err)
	}
	kept.Rows[7][0]++ // to see that it is not measured again
	text, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(out+".blocks", text, 0o666); err != nil {
		t.Fatal(err)
	}
	if again := output(t, append(args, "-blocks", "20")...); again == fresh {
		t.Error("blocks that are there were measured again")
	}
}

// Before the first block there is nothing to keep: it is interrupted all the same, while
// classes are found, which takes seconds.
func TestInterruptedAtOnce(t *testing.T) {
	out := filepath.Join(t.TempDir(), "stats.json")
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	var stdout, stderr bytes.Buffer
	code := run(ctx, append(tiny[:len(tiny):len(tiny)], "-order", "7", "-o", out), &stdout, &stderr)
	if code != 1 || stderr.String() != "measure: interrupted\n" {
		t.Errorf("exit status %d: %q", code, stderr.String())
	}
}

// It says what of the order is too much before it starts.
func TestTooManyDiagrams(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), append(tiny[:len(tiny):len(tiny)], "-order", "8", "-o", filepath.Join(t.TempDir(), "stats.json")), &stdout, &stderr)
	if text := stderr.String(); code != 2 || !strings.Contains(text, "-order") || !strings.Contains(text, "598201") {
		t.Errorf("exit status %d: %q", code, text)
	}
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	path := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	path("torn.json.blocks", `{"rows":[[`)
	path("other.json.blocks", `{"measurement":"abc","source":"something else","rows":[[1]]}`)
	for _, args := range [][]string{
		{"-model", "resnet"}, {"-model", ""}, {"-data", "no/such/folder"}, {"-data", dir}, {"-data", dir, "-format", "1x2x2"}, {"-format", "png"},
		{"-format", "1x2"}, {"-format", "1xax2"}, {"-format", "1x0x2"}, {"-format", "1x4x4"}, {"-points", "-1"}, {"-classes", "1000"},
		{"-init", "x"}, {"-init", "-1"}, {"-units", "0", "-model", "small"}, {"-order", "-1"}, {"-order", "9"}, {"-form", "mean"},
		{"-blocks", "1"}, {"-workers", "-5"}, {"-blocks", "99999999999"}, {"-batch", "-1"}, {"-tied", "9"}, {"-tied", "-1"}, {"extra"}, {"-no-such-flag"}, {"-o", ""}, {"-o", dir},
		append(tiny[:len(tiny):len(tiny)], "-o", filepath.Join(dir, "no/such/folder/stats.json")),
		append(tiny[:len(tiny):len(tiny)], "-o", filepath.Join(dir, "torn.json")),
		append(tiny[:len(tiny):len(tiny)], "-o", filepath.Join(dir, "other.json")),
	} {
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), append([]string{"-o", filepath.Join(dir, "stats.json")}, args...), &stdout, &stderr); code != 2 || !strings.HasPrefix(stderr.String(), "measure: ") || strings.HasPrefix(stderr.String(), "measure: measure: ") || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("measure %q: exit status %d: %q", args, code, stderr.String())
		}
	}
	if names, err := filepath.Glob(filepath.Join(dir, "stats.json*")); len(names) > 0 || err != nil {
		t.Errorf("bad input leaves %v behind, %v", names, err)
	}
	if text := output(t, "-h"); !strings.Contains(text, "-model") {
		t.Errorf("-h prints %q", text)
	}
}
