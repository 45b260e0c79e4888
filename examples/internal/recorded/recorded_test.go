package recorded_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/examples/internal/recorded"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/value"
)

func series(t testing.TB, grid string, o value.Observable, order int) *value.Series {
	t.Helper()
	g, err := embed.Parse(grid)
	if err != nil {
		t.Fatal(err)
	}
	s, err := value.Expand(context.Background(), g, o, order, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sum(series ...*value.Series) recorded.Sum {
	var s recorded.Sum
	for i, x := range series {
		s.Add(x, big.NewRat(int64(1-2*i), 1)) // the first, less the second
	}
	return s
}

// A file gives the predictions that the blocks themselves give, with their errors: the
// errors of different values have much in common.
func TestPredictsAsBlocksDo(t *testing.T) {
	classes, err := measure.Classes(3)
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure.Run(context.Background(), measure.Spec{Landscape: sim.Gauss{}, Theta: []float64{0.5}, Diagrams: classes, Form: embed.Moment}, 50, measure.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := r.WriteJSON(&file, "made up"); err != nil {
		t.Fatal(err)
	}
	s, err := recorded.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if s.Source != "made up" {
		t.Errorf("source %q", s.Source)
	}
	for _, o := range []value.Observable{value.TestLoss(), value.TrainLoss(), value.Gap()} {
		x := series(t, "sgd N=4 E=2", o, 3)
		want, err := r.Predict(x, 0.2)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Predict(sum(x), 0.2)
		if err != nil {
			t.Fatal(err)
		}
		for d := range want {
			if math.Abs(got[d].Mean-want[d].Mean) > 1e-13 || math.Abs(got[d].StdErr-want[d].StdErr) > 1e-9*want[d].StdErr {
				t.Errorf("%v, order %d: %v, want %v", o, d, got[d], want[d])
			}
		}
	}
}

const file = `{"form": "moment", "source": "x", "statistics": {
	"(0)()": {"mean": 2, "stddev": 1, "samples": 4},
	"(0-1)(01)": {"mean": 3, "stddev": 2, "samples": 4},
	"(01)(01)": {"mean": 5, "stddev": 4, "samples": 4}}`

// By hand: l(θ_0) − η T G² for T = 2, and the gap −η (E|∇l_x|² − |G|²), N = 1, and the
// covariances ½·1·ρ for standard errors ½, 1 and 2.
func TestByHand(t *testing.T) {
	covariance := `, "covariance": {"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [1, 1]]}}`
	for _, test := range []struct {
		text      string
		sum       recorded.Sum
		know      bool
		mean, err float64
	}{
		{file + "}", sum(series(t, "sgd N=2", value.TestLoss(), 1)), false, 2 - 0.1*2*3, math.Hypot(0.5, 0.2*1)},
		{file + "}", sum(series(t, "sgd N=2", value.TestLoss(), 1)), true, 7 - 0.1*2*3, 0.2},
		{file + "}", sum(series(t, "sgd N=1", value.Gap(), 1)), false, 0.1 * (5 - 3), 0.1 * math.Sqrt(4+1)},
		{file + covariance, sum(series(t, "sgd N=1", value.Gap(), 1)), false, 0.1 * (5 - 3), 0.1 * math.Sqrt(4+1-2)},
		{file + covariance, sum(series(t, "sgd N=1", value.TestLoss(), 1)), false, 2 - 0.1*3, math.Hypot(0.5, 0.1)},
		// A difference has nothing of what is common: here the loss at the start, and half of the rest.
		{file + covariance, sum(series(t, "sgd N=2", value.TestLoss(), 1), series(t, "sgd N=1", value.TestLoss(), 1)), false, -0.1 * 3, 0.1},
	} {
		s, err := recorded.Read(strings.NewReader(test.text))
		if err != nil {
			t.Fatal(err)
		}
		if test.know {
			s.Know(diagram.MustParse("(0)()"), 7)
		}
		got, err := s.Predict(test.sum, 0.1)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got[1].Mean-test.mean) > 1e-15 || math.Abs(got[1].StdErr-test.err) > 1e-15 {
			t.Errorf("%v, want %v ± %v", got[1], test.mean, test.err)
		}
	}
	s, err := recorded.Read(strings.NewReader(file + "}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Predict(sum(series(t, "sgd N=2", value.TestLoss(), 2)), 0.1); !errors.Is(err, value.ErrMissing) {
		t.Errorf("without values of order 2: %v", err)
	}
}

// Files with a covariance that cannot be.
var wrong = []string{
	`3`, `{"diagrams": ["(01)(01)"]}`, `{"matrix": [[1]]}`, `{"diagrams": ["(01)"], "matrix": [[1]]}`, `{"diagrams": ["(01-2)(02-12)"], "matrix": [[1]]}`,
	`{"diagrams": ["(01)(01)"], "matrix": [[1, 2]]}`, `{"diagrams": ["(01)(01)"], "matrix": [[-1]]}`,
	`{"diagrams": ["(01)(01)", "(01)(01)"], "matrix": [[1, 1], [1, 1]]}`,
	`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 3], [3, 1]]}`,
	`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [0, 1]]}`,
	`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4], [1, 1]]}`,
	`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [1]]}`,
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for _, covariance := range wrong {
		if _, err := recorded.Read(strings.NewReader(file + `, "covariance": ` + covariance + "}")); !errors.Is(err, value.ErrStatistics) {
			t.Errorf("covariance %s: %v", covariance, err)
		}
	}
	for _, text := range []string{"", "{}", file, file + `, "source": 3}`} {
		if _, err := recorded.Read(strings.NewReader(text)); !errors.Is(err, value.ErrStatistics) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Whatever is read predicts a number with an error that is one, or too large for float64.
func FuzzRead(f *testing.F) {
	f.Add(file + "}")
	f.Add(file + `, "covariance": {"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [1, 1]]}}`)
	for _, covariance := range wrong {
		f.Add(file + `, "covariance": ` + covariance + "}")
	}
	x := sum(series(f, "sgd N=2", value.TrainLoss(), 1))
	f.Fuzz(func(t *testing.T, text string) {
		s, err := recorded.Read(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, value.ErrStatistics) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		sums, err := s.Predict(x, 0.1)
		for _, e := range sums {
			if err == nil && e.StdErr < 0 {
				t.Errorf("%q: %v", text, e)
			}
		}
	})
}
