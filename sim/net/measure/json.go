package measure

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// WriteJSON writes the values in the form that value.ReadStatistics reads, and `expand
// predict` and `check` with it:
//
//	{
//	  "form": "moment",
//	  "landscape": "…", "source": "…", "batch": 8, "tied": 1, "seed": 0,
//	  "statistics": {"(01-2)(02-12)": {"mean": …, "stddev": …, "samples": …}, …},
//	  "covariance": {"diagrams": ["(01-2)(02-12)", …], "matrix": [[…], …]}
//	}
//
// A key of statistics is a diagram, which stands for its value class. mean is the measured
// value; samples is the number of independent estimates of it, here blocks; stddev is the
// standard deviation of one, so that the standard error is stddev/√samples. covariance is
// that of the means, with rows and columns in the order of its diagrams; source is for
// people: where the data are from. Readers ignore the other keys.
//
// Anything that has unbiased, independent estimates of values can write the same file:
// README.md of examples/measure has a script that does with PyTorch.
//
// The error wraps ErrResult if there are fewer than two blocks, or a value is not finite.
func (r *Result) WriteJSON(w io.Writer, source string) error {
	n := len(r.rows)
	if n < 2 {
		return fmt.Errorf("measure: %d blocks have no standard deviation: %w", n, ErrResult)
	}
	type entry struct {
		Mean    float64 `json:"mean"`
		StdDev  float64 `json:"stddev"`
		Samples int     `json:"samples"`
	}
	type covariance struct {
		Diagrams []string    `json:"diagrams"`
		Matrix   [][]float64 `json:"matrix"`
	}
	file := struct {
		Form       string           `json:"form"`
		Landscape  string           `json:"landscape"`
		Source     string           `json:"source,omitempty"`
		Batch      int              `json:"batch"`
		Tied       int              `json:"tied"`
		Seed       uint64           `json:"seed"`
		Statistics map[string]entry `json:"statistics"`
		Covariance covariance       `json:"covariance"`
	}{
		Form: r.spec.Form.String(), Landscape: r.spec.Landscape.Name(), Source: source,
		Batch: r.spec.Batch, Tied: r.spec.Tied, Seed: r.spec.Seed, Statistics: map[string]entry{},
	}
	file.Covariance.Matrix = r.covariances()
	for i, d := range r.spec.Diagrams {
		variance := file.Covariance.Matrix[i][i]
		if math.IsNaN(r.mean[i]) || math.IsInf(r.mean[i], 0) || math.IsNaN(variance) || math.IsInf(variance, 0) {
			return fmt.Errorf("measure: %v is %v, with variance %v: %w", d, r.mean[i], variance, ErrResult)
		}
		file.Statistics[d.String()] = entry{r.mean[i], math.Sqrt(variance * float64(n)), n}
		file.Covariance.Diagrams = append(file.Covariance.Diagrams, d.String())
	}
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	if err := out.Encode(file); err != nil {
		return fmt.Errorf("measure: %w", err)
	}
	return nil
}
