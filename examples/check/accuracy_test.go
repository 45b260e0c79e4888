package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/sim/net"
)

// tinyNetwork is that of networkArgs.
func tinyNetwork(t *testing.T) *network.Network {
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
	return n
}

// accuracies are the expected ones of the tiny network after 2 updates of SGD on 2 images,
// and of GD, by all 36 training sets.
func accuracies(n *network.Network, eta float64) (sgd, gd float64) {
	grad := make([]float64, n.Dim())
	after := func(first, second []float64) float64 {
		theta := slices.Clone(n.Start)
		for _, batch := range [][]float64{first, second} {
			n.Gradient(grad, theta, batch)
			for i, g := range grad {
				theta[i] -= eta * g
			}
		}
		right := 0.0
		for i := range n.Points().Len() {
			right += n.Accuracy(theta, []float64{float64(i)})
		}
		return right / float64(n.Points().Len())
	}
	for x := range 6 {
		for y := range 6 {
			set := []float64{float64(x), float64(y)}
			sgd += after(set[:1], set[1:]) / 36
			gd += after(set, set) / 36
		}
	}
	return sgd, gd
}

// By default a network's accuracy is beside its loss, which is the same without. It is that
// of all training sets, as is the difference of two optimizers.
func TestAccuracy(t *testing.T) {
	n := tinyNetwork(t)
	args := networkArgs("-eta", "2,4", "-optimizer", "sgd N=2", "-trials", "4000")
	for _, more := range [][]string{nil, {"-against", "gd N=2 T=2"}} {
		points := jsonPoints(t, append(args, more...)...)
		losses := jsonPoints(t, append(args, append(more, "-observable", "test")...)...)
		if len(points) != 4 || len(losses) != 2 {
			t.Fatalf("%d and %d points", len(points), len(losses))
		}
		for i, p := range points {
			if i%2 == 0 {
				if p.Observable != "test" || p.Measured != losses[i/2].Measured || *p.Z != *losses[i/2].Z {
					t.Errorf("%+v, without accuracy %+v", p, losses[i/2])
				}
				continue
			}
			sgd, gd := accuracies(n, p.Eta)
			want := sgd
			if more != nil {
				want -= gd
			}
			// 4 numbers: a chance of 1 in 30000.
			if p.Observable != "accuracy" || !(math.Abs(p.Measured-want) <= 4.5*p.StdErr) || !(p.StdErr < 0.01) || math.Abs(want) < 5*p.StdErr {
				t.Errorf("%q: %+v, want %v", more, p, want)
			}
			if p.Z != nil || p.Power != nil || len(p.Theory) > 0 || p.Trials != 4000 {
				t.Errorf("the accuracy has a theory: %+v", p)
			}
		}
	}
	var out struct{ Points []json.RawMessage }
	if err := json.Unmarshal([]byte(output(t, append(args, "-json")...)), &out); err != nil {
		t.Fatal(err)
	}
	if text := string(out.Points[1]); !strings.Contains(text, `"observable":"accuracy"`) || !strings.Contains(text, `"theory":{},"z":null,"power":null`) {
		t.Error(text)
	}
}

// The table has a row of the accuracy without values, says what it is at the start, and
// judges the others.
func TestTableOfAccuracy(t *testing.T) {
	n := tinyNetwork(t)
	start := fmt.Sprintf("The accuracy at the start is %.4g, on all images", n.MeanAccuracy(n.Start))
	for _, observables := range []string{"test,accuracy", "accuracy,test"} {
		text := output(t, networkArgs("-eta", "0.1", "-T", "2", "-trials", "200", "-observable", observables)...)
		rows := 0
		for _, line := range strings.Split(text, "\n") {
			if words := strings.Fields(line); len(words) > 2 && words[2] == "accuracy" {
				if rows++; strings.Count(line, "–") != len(words)-5 {
					t.Errorf("row %q", line)
				}
			}
		}
		if rows != 1 || !strings.Contains(text, start) || !strings.Contains(text, "z compares with discrete values") || !strings.Contains(text, " of 1 points are rejected") {
			t.Errorf("%s:\n%s", observables, text)
		}
	}
	if text := output(t, networkArgs("-eta", "0.1", "-T", "2", "-trials", "200", "-observable", "test")...); strings.Contains(text, "accuracy") {
		t.Error(text)
	}
}

// For the accuracy alone no values are measured; it can be drawn, and goes on from a folder.
func TestAccuracyAlone(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "out.svg")
	args := append([]string{"-landscape", "logistic", "-T", "2", "-trials", "300", "-observable", "accuracy", "-dir", dir}, tiny...)
	text := output(t, append(args, "-plot", picture)...)
	if strings.Contains(text, "blocks, measured for this table") || !strings.Contains(text, "no values here") {
		t.Error(text)
	}
	if svg, err := os.ReadFile(picture); err != nil || !strings.Contains(string(svg), "accuracy at T = 2") {
		t.Errorf("the picture: %v", err)
	}
	if again := output(t, args...); again != text {
		t.Errorf("from a folder of blocks:\n%s\nat first:\n%s", again, text)
	}
}

// On a landscape without classes there is none.
func TestNoAccuracy(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"-landscape", "gauss", "-observable", "test,accuracy"}, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), "accuracy on gauss") || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("exit status %d: %q", code, stderr.String())
	}
}
