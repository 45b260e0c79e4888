package main

import (
	"context"
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/value"
)

// To order 6 there are 4490 values: a file of them can be read, and expand predict has of it
// the mean of the predictions that blocks make, each by itself, and its standard error.
func TestOrder6(t *testing.T) {
	const order, blocks, eta = 6, 10, 0.1
	path := filepath.Join(t.TempDir(), "stats.json")
	output(t, append(slices.Clone(tiny), "-order", "6", "-blocks", "10", "-batch", "1", "-o", path)...)
	if size := len(read(t, path)); size > 2<<20 {
		t.Errorf("%d bytes", size)
	}
	if testing.Short() {
		return // expand takes a compiler
	}
	out, err := exec.Command("go", "run", "../expand", "predict", "-statistics", path, "-grid", "sgd N=4", "-order", "6", "-eta", "0.1", "-json").Output()
	if err != nil {
		t.Fatalf("expand predict: %v", err)
	}
	var predicted struct {
		Points []struct {
			Orders []struct{ Mean, StdErr float64 }
		}
	}
	if err := json.Unmarshal(out, &predicted); err != nil || len(predicted.Points) != 1 || len(predicted.Points[0].Orders) != order+1 {
		t.Fatalf("expand predict: %s: %v", out, err)
	}

	series, err := value.Expand(context.Background(), embed.Must(embed.OneEpoch(4)), value.TestLoss(), order, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	classes, err := measure.Classes(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	column := map[diagram.Diagram]int{}
	for i, c := range classes {
		column[c] = i
	}
	var file blocksFile
	if err := json.Unmarshal(read(t, path+".blocks"), &file); err != nil || len(file.Rows) != blocks {
		t.Fatalf("%d blocks, %v", len(file.Rows), err)
	}
	sums, largest := make([]float64, blocks), 0.0
	for d, got := range predicted.Points[0].Orders {
		mean, square := 0.0, 0.0
		for b, row := range file.Rows {
			for _, term := range series.Terms {
				if term.Diagram.Edges() == d {
					c, _ := term.Coefficient.Float64()
					x := c * math.Pow(eta, float64(d)) * row[column[term.Diagram.Class()]]
					sums[b] += x
					largest = max(largest, math.Abs(x))
				}
			}
			mean += sums[b] / blocks
		}
		for _, x := range sums {
			square += (x - mean) * (x - mean)
		}
		// Sums of some thousand numbers in another order.
		want := math.Sqrt(square / blocks / (blocks - 1))
		if math.Abs(got.Mean-mean) > 1e-13*largest || math.Abs(got.StdErr-want) > 1e-13*largest || want == 0 {
			t.Errorf("order %d: %v, want %v ± %v", d, got, mean, want)
		}
	}
}
