package value_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
	"github.com/perturb-go/perturb/value"
)

// Statistics that hold the exact plain values of a landscape predict its series, in both
// forms, whichever diagrams of the value classes are their keys.
func TestPredictIsSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := descenttest.Problem().Draw(t, "problem")
		form := rapid.SampledFrom([]embed.Form{embed.Cumulant, embed.Moment}).Draw(t, "form")
		o := rapid.SampledFrom([]value.Observable{value.TestLoss(), value.TrainLoss(), value.Gap()}).Draw(t, "observable")
		s, err := value.Expand(ctx, gridOf(t, p), o, 3, form)
		if err != nil {
			t.Fatal(err)
		}
		values := map[diagram.Diagram]value.Estimate{}
		seen := map[diagram.Diagram]bool{}
		point := value.FloatPoint(landscapeOf(t, p))
		for _, term := range s.Terms {
			if seen[term.Diagram.Class()] {
				continue
			}
			seen[term.Diagram.Class()] = true
			v, err := value.PlainValue(term.Diagram, o, form, point)
			if err != nil {
				t.Fatal(err)
			}
			values[term.Diagram] = value.Estimate{Mean: v.At()}
		}
		statistics, err := value.NewStatistics(form, values)
		if err != nil {
			t.Fatal(err)
		}
		prediction, err := value.Predict(s, statistics)
		if err != nil {
			t.Fatal(err)
		}
		exact, err := value.Evaluate(ctx, s, point)
		if err != nil {
			t.Fatal(err)
		}
		const eta = 0.125
		for order, got := range prediction.At(eta) {
			want, err := exact.At(eta, order)
			if err != nil {
				t.Fatal(err)
			}
			// Both sum the same products in another order.
			if math.Abs(got.Mean-want.At()) > 1e-9*(1+math.Abs(want.At())) || got.StdErr != 0 {
				t.Fatalf("order %d: %v, want %v", order, got, want.At())
			}
		}
	})
}

// The standard error at η is √Σ (a_c η^d_c σ_c)², one term per value class: coefficients
// of one class add up before they are squared.
func TestPredictStdErr(t *testing.T) {
	estimates := map[diagram.Diagram]value.Estimate{
		diagram.MustParse("(0)()"):          {Mean: 2, StdErr: 0.1},
		diagram.MustParse("(0-1)(01)"):      {Mean: 3, StdErr: 0.2},
		diagram.MustParse("(0-1-2)(01-12)"): {Mean: 5, StdErr: 0.3},
		diagram.MustParse("(02-1)(01-12)"):  {Mean: 7, StdErr: 0.4},
	}
	statistics, err := value.NewStatistics(embed.Cumulant, estimates)
	if err != nil {
		t.Fatal(err)
	}
	s, err := value.Expand(ctx, embed.Must(embed.OneEpoch(4)), value.TestLoss(), 2, embed.Cumulant)
	if err != nil {
		t.Fatal(err)
	}
	p, err := value.Predict(s, statistics)
	if err != nil {
		t.Fatal(err)
	}
	// P Prop. 2 at N = 4, M = B = 1: l − 4 GG + 14 GHG + 2 CH.
	const eta = 0.5
	got := p.At(eta)[2]
	mean := 2 - 4*eta*3 + 14*eta*eta*5 + 2*eta*eta*7
	stderr := math.Sqrt(math.Pow(0.1, 2) + math.Pow(4*eta*0.2, 2) + math.Pow(14*eta*eta*0.3, 2) + math.Pow(2*eta*eta*0.4, 2))
	if math.Abs(got.Mean-mean) > 1e-12 || math.Abs(got.StdErr-stderr) > 1e-12 {
		t.Errorf("%v, want %v ± %v", got, mean, stderr)
	}
}

func TestPredictErrors(t *testing.T) {
	statistics, err := value.NewStatistics(embed.Moment, map[diagram.Diagram]value.Estimate{{}: {Mean: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o       value.Observable
		form    embed.Form
		want    error
		culprit string
	}{
		{value.TestLoss(), embed.Moment, value.ErrMissing, "(0-1)(01)"},
		{value.TestLoss(), embed.Cumulant, value.ErrMismatch, "cumulant"},
		{value.Displacement(), embed.Moment, value.ErrObservable, "displacement"},
		{value.LossVariance(), embed.Moment, value.ErrObservable, "variance"},
	} {
		s, err := value.Expand(ctx, embed.Must(embed.OneEpoch(3)), c.o, 1, c.form)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := value.Predict(s, statistics); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.culprit) {
			t.Errorf("%v: %v, want %v naming %s", c.o, err, c.want, c.culprit)
		}
	}
}

func TestReadStatisticsErrors(t *testing.T) {
	entry := func(text string) string { return `{"form":"moment","statistics":{` + text + `}}` }
	for text, culprit := range map[string]string{
		``:                                      "unexpected end",
		`{`:                                     "unexpected end",
		`[]`:                                    "array",
		`{}`:                                    "statistics: missing",
		`{"dim":1,"theta":["0"],"data":[]}`:     "landscape",
		`{"statistics":{}}`:                     "form: missing",
		`{"form":"raw","statistics":{}}`:        "raw",
		`{"form":"moment","statistics":[]}`:     "object",
		entry(`"(0)(":{}`):                      "(0)(",
		entry(`"(0)()":{}`):                     "mean: missing",
		entry(`"(0)()":{"mean":1}`):             "stddev: missing",
		entry(`"(0)()":{"mean":1,"stddev":1}`):  "samples: missing",
		entry(`"(0)()":{"mean":"1"}`):           "mean",
		entry(`"(0)()":{"mean":1e999}`):         "1e999",
		entry(`"(0)()":{"mean":NaN}`):           "invalid character",
		entry(record("(0)()", "1", "-1", "1")):  "negative",
		entry(record("(0)()", "1", "1", "0")):   "samples",
		entry(record("(0)()", "1", "1", "1.5")): "samples",
		entry(record("(0)()", "1", "1", "1") + "," + record("(0)()", "2", "1", "1")):                   "twice",
		entry(record("(0-1-2)(01-12)", "1", "1", "1") + "," + record("(0-1-2)(02-12)", "2", "1", "1")): "twice",
		`{"form":"moment","statistics":{},"form":"cumulant"}`:                                          "form: stands twice",
		`{"form":"moment","statistics":{},"statistics":{}}`:                                            "statistics: stands twice",
		`{"form":"moment","statistics":{},"source":3}`:                                                 "source",
		entry(`"(0)()":{"mean":1,"stddev":1,"mean":2,"samples":1}`):                                    "(0)(): mean: stands twice",
		entry(`"(0)()":[1]`):                   "(0)()",
		entry(`"(0)()":null`):                  "(0)(): mean: missing",
		`{"form":"moment","statistics":{}} {}`: "after top-level",
		`{"form":"moment","statistics":` + strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20) + `}`: "exceeded max depth",
	} {
		_, err := value.ReadStatistics(strings.NewReader(text))
		if !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), culprit) {
			t.Errorf("%.80s: %v, want ErrStatistics naming %q", text, err, culprit)
		}
	}
	if _, err := value.ReadStatistics(spaces{}); !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), "more than") {
		t.Errorf("an endless file: %v, want ErrStatistics", err)
	}
	for _, e := range []value.Estimate{{Mean: math.NaN()}, {Mean: math.Inf(1)}, {StdErr: -1}, {StdErr: math.NaN()}, {StdErr: math.Inf(1)}} {
		if _, err := value.NewStatistics(embed.Moment, map[diagram.Diagram]value.Estimate{{}: e}); !errors.Is(err, value.ErrStatistics) {
			t.Errorf("%v: %v, want ErrStatistics", e, err)
		}
	}
}

// spaces is an endless file.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func record(key, mean, stddev, samples string) string {
	return fmt.Sprintf(`%q:{"mean":%s,"stddev":%s,"samples":%s}`, key, mean, stddev, samples)
}

// Whatever is read predicts numbers with errors that are some, or too large for float64.
func FuzzReadStatistics(f *testing.F) {
	f.Add(`{"form":"moment","statistics":{` + record("(01-2)(02-12)", "1", "2", "4") + `}}`)
	f.Add(`{"form":"cumulant","statistics":{` + record("(0)()", "1e3", "0", "1") + `},"other":1}`)
	f.Add(`{"dim":1}`)
	f.Add("{" + three + "}")
	f.Add(withCovariance(`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [1, 1]]}`))
	for text := range badCovariances {
		f.Add(withCovariance(text))
	}
	f.Add(withBlocks(`{"diagrams": ["(01)(01)", "(0-1)(01)"], "estimates": [[3, 2], [7, 4]]}`))
	f.Add(withBlocks(`{"diagrams": ["(01)(01)", "(0)()"], "sizes": [2, 1], "estimates": [[3.585786, 2.353553], [7.828427, 1.292893]]}`))
	for text := range badBlocks {
		f.Add(withBlocks(text))
	}
	train, err := value.Expand(ctx, embed.Must(embed.OneEpoch(2)), value.TrainLoss(), 1, embed.Moment)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := value.ReadStatistics(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, value.ErrStatistics) {
				t.Fatalf("%v is not ErrStatistics", err)
			}
			return
		}
		if e, err := s.Value(diagram.Diagram{}); err == nil && !(e.StdErr >= 0) {
			t.Fatalf("standard error %v", e.StdErr)
		}
		p, err := value.Predict(train, s)
		if err != nil {
			return
		}
		for _, e := range p.At(0.1) {
			if e.StdErr < 0 || math.IsNaN(e.StdErr) && largest(s) < 1e150 {
				t.Fatalf("predicted %v", e)
			}
		}
	})
}

// largest returns the largest standard error of what a train loss has to order 1.
func largest(s *value.Statistics) float64 {
	largest := 0.0
	for _, name := range []string{"(0)()", "(0-1)(01)", "(01)(01)"} {
		if e, err := s.Value(diagram.MustParse(name)); err == nil {
			largest = max(largest, e.StdErr)
		}
	}
	return largest
}

// recordedFile is a file of the statistics and learning curves that the paper's author
// recorded.
type recordedFile struct {
	Curves []struct {
		Optimizer   string  `json:"optimizer"`
		EvaluatedOn string  `json:"evaluated on"`
		Eta         float64 `json:"eta"`
		T           int64   `json:"T"`
		N           int64   `json:"N"`
		Mean        float64 `json:"mean"`
		StdDev      float64 `json:"stddev"`
		Trials      float64 `json:"trials"`
	} `json:"curves"`
}

func readRecorded(t *testing.T, name string) (recordedFile, *value.Statistics) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the recorded data are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file recordedFile
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	statistics, err := value.ReadStatistics(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	return file, statistics
}

// The predictions meet the recorded learning curves: a curve lies inside if the
// difference is within the 95% interval of prediction and measurement together.
func TestRecordedCurves(t *testing.T) {
	for _, c := range []struct {
		file    string
		order   int
		inside  bool
		fromEta float64
	}{
		{"cifar-logistic-00.json", 1, false, 0.1},
		{"cifar-logistic-00.json", 2, true, 0},
		{"cifar-logistic-00.json", 3, true, 0},
		{"fashion-lenet-04.json", 2, true, 0},
		{"fashion-lenet-04.json", 3, true, 0},
	} {
		file, statistics := readRecorded(t, c.file)
		compared := 0
		for _, point := range file.Curves {
			g, err := embed.Must(embed.OneEpoch(point.N)), error(nil)
			switch point.Optimizer {
			case "gd":
				g, err = embed.GD(point.N, point.T)
			case "sgd":
			default:
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			o, err := value.ParseObservable(point.EvaluatedOn)
			if err != nil {
				t.Fatal(err)
			}
			s, err := value.Expand(ctx, g, o, c.order, statistics.Form())
			if err != nil {
				t.Fatal(err)
			}
			p, err := value.Predict(s, statistics)
			if err != nil {
				t.Fatal(err)
			}
			if point.Eta < c.fromEta {
				continue
			}
			compared++
			got := p.At(point.Eta)[c.order]
			half := 1.96 * math.Hypot(got.StdErr, point.StdDev/math.Sqrt(point.Trials))
			if inside := math.Abs(got.Mean-point.Mean) <= half; inside != c.inside {
				t.Errorf("%s, %s on %s, η = %v, order %d: predicted %.6f, measured %.6f, half-width %.6f",
					c.file, point.Optimizer, point.EvaluatedOn, point.Eta, c.order, got.Mean, point.Mean, half)
			}
		}
		if compared == 0 {
			t.Errorf("%s: no point compared", c.file)
		}
	}
}
