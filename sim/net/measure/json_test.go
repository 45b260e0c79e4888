package measure_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/value"
)

// written returns what a result is written as.
func written(t *testing.T, r *measure.Result) string {
	t.Helper()
	var file bytes.Buffer
	if err := r.WriteJSON(&file, "made up"); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func read(t *testing.T, file string) *value.Statistics {
	t.Helper()
	s, err := value.ReadStatistics(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is written can be read: it is the statistics of the result itself, with a source. Of
// 25 diagrams there is a matrix from 25 blocks on.
func TestJSON(t *testing.T) {
	l, theta, _ := gauss(t)
	for _, c := range []struct {
		blocks        int
		form, without string
	}{{2, "blocks", "covariance"}, {24, "blocks", "covariance"}, {25, "covariance", "blocks"}, {30, "covariance", "blocks"}} {
		r := run(t, measure.Spec{Landscape: l, Theta: theta, Diagrams: classes(t, 3), Form: embed.Moment}, c.blocks)
		file := written(t, r)
		var keys map[string]any
		if err := json.Unmarshal([]byte(file), &keys); err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]any{"form": "moment", "source": "made up", "landscape": "gauss", "batch": 8., "tied": 1., "seed": 0.} {
			if keys[key] != want {
				t.Errorf("%d blocks: %s is %v, want %v", c.blocks, key, keys[key], want)
			}
		}
		if samples := keys["statistics"].(map[string]any)["(0)()"].(map[string]any)["samples"]; samples != float64(c.blocks) {
			t.Errorf("%v samples of %d blocks", samples, c.blocks)
		}
		if keys[c.form] == nil || keys[c.without] != nil {
			t.Errorf("%d blocks: expected %s, and not %s", c.blocks, c.form, c.without)
		}
		s := read(t, file)
		if s.Form() != embed.Moment || s.Source() != "made up" {
			t.Errorf("form %v, source %q", s.Form(), s.Source())
		}
		own, err := r.Statistics()
		if err != nil {
			t.Fatal(err)
		}
		checkCovariances(t, r, s)
		checkCovariances(t, r, own)
	}
}

// checkCovariances compares statistics with those of a result.
func checkCovariances(t *testing.T, r *measure.Result, s *value.Statistics) {
	t.Helper()
	for _, c := range r.Spec().Diagrams {
		want := estimate(t, r, c)
		// A standard error takes two roundings to a standard deviation and back.
		if got, err := s.Value(c); err != nil || got.Mean != want.Mean || math.Abs(got.StdErr-want.StdErr) > 1e-15*want.StdErr {
			t.Errorf("%v: %v, %v, want %v", c, got, err, want)
		}
		for _, d := range r.Spec().Diagrams {
			covariance, err := r.Covariance(c, d)
			if err != nil {
				t.Fatal(err)
			}
			// A sum of at most 30 products, each rounded a few times, which add up to no more than
			// the standard errors' product.
			if got, err := s.Covariance(c, d); err != nil || math.Abs(got-covariance) > 1e-14*want.StdErr*estimate(t, r, d).StdErr {
				t.Errorf("%v and %v: covariance %v, %v, want %v", c, d, got, err, covariance)
			}
		}
	}
}

// known is a result of blocks that are made up.
func known(t *testing.T, diagrams []diagram.Diagram, rows [][]float64) *measure.Result {
	t.Helper()
	r, err := measure.Run(context.Background(), measure.Spec{Landscape: sim.Gauss{}, Diagrams: diagrams, Form: embed.Moment}, len(rows), measure.Options{Known: rows})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A file of many values and blocks can be read, as its size is bounded: blocks are averaged
// in groups, and what is predicted has the standard error that the groups' own predictions
// say, each with the weight of its blocks.
func TestGroups(t *testing.T) {
	const blocks, eta = 500, 0.5
	random := rand.New(rand.NewPCG(1, 2))
	diagrams := classes(t, 6)
	width := len(diagrams)
	rows := make([][]float64, blocks)
	for b := range rows {
		rows[b] = make([]float64, width)
		common := random.NormFloat64()
		for i := range rows[b] {
			rows[b][i] = common + random.NormFloat64()
		}
	}
	r := known(t, diagrams, rows)
	file := written(t, r)
	if len(file) > 40<<20 {
		t.Errorf("%d bytes", len(file))
	}
	var groups struct{ Blocks struct{ Sizes []int } }
	if err := json.Unmarshal([]byte(file), &groups); err != nil {
		t.Fatal(err)
	}
	sizes := groups.Blocks.Sizes
	if len(sizes) != 1_500_000/width || slices.Max(sizes) != 2 || slices.Min(sizes) != 1 {
		t.Errorf("%d groups of %d to %d blocks", len(sizes), slices.Min(sizes), slices.Max(sizes))
	}

	s, err := value.Expand(context.Background(), embed.Must(embed.OneEpoch(3)), value.TestLoss(), 3, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	column := map[diagram.Diagram]int{}
	for i, d := range r.Spec().Diagrams {
		column[d] = i
	}
	predictions := make([]float64, blocks)
	mean := 0.0
	for b, row := range rows {
		for _, term := range s.Terms {
			c, _ := term.Coefficient.Float64()
			predictions[b] += c * math.Pow(eta, float64(term.Diagram.Edges())) * row[column[term.Diagram.Class()]]
		}
		mean += predictions[b] / blocks
	}
	sum, at := 0.0, 0
	for _, size := range sizes {
		deviation := 0.0
		for range size {
			deviation += (predictions[at] - mean) / float64(size)
			at++
		}
		sum += float64(size) * deviation * deviation
	}
	if at != blocks {
		t.Fatalf("groups of %d blocks, want %d", at, blocks)
	}
	want := math.Sqrt(sum / float64(len(sizes)-1) / blocks)
	p, err := value.Predict(s, read(t, file))
	if err != nil {
		t.Fatal(err)
	}
	// A sum of some thousand numbers, all of size 1.
	if got := p.At(eta)[3]; math.Abs(got.Mean-mean) > 1e-12 || math.Abs(got.StdErr-want) > 1e-12 {
		t.Errorf("%v, want %v ± %v", got, mean, want)
	}
	// Of all blocks it is the same but for chance: 334 groups have it to within 4%, and 4
	// times that is met by chance with probability 10⁻⁴.
	own, err := r.Statistics()
	if err != nil {
		t.Fatal(err)
	}
	if p, err = value.Predict(s, own); err != nil {
		t.Fatal(err)
	}
	if got := p.At(eta)[3]; math.Abs(got.StdErr-want) > 0.16*want || got.StdErr == want {
		t.Errorf("of all blocks %v, of groups ± %v", got, want)
	}
}

// With as many blocks as values there is no matrix where it would have more than 1 500 000
// numbers.
func TestNoLargeMatrix(t *testing.T) {
	const n = 1225 // squared it is 1 500 625
	rows := make([][]float64, n)
	for b := range rows {
		rows[b] = make([]float64, n) // what they are does not matter
	}
	if !strings.Contains(written(t, known(t, classes(t, 6)[:n], rows)), "\n \"blocks\": {") {
		t.Error("no blocks")
	}
}
