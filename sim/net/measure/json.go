package measure

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// WriteJSON writes the values in the form that value.ReadStatistics reads, and `expand
// predict` with it:
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
// that of the means, with rows and columns in the order of its diagrams; readers may
// ignore it, as they do landscape, source and the rest.
//
// Anything that has unbiased, independent estimates of values can write the same file.
// With PyTorch, for a network's loss(w, x, y) on flat weights w, and two values:
//
//	import json, torch
//	def grad(x, y): return torch.autograd.grad(loss(w, x, y), w, create_graph=True)[0]
//	gg, cg = [], []
//	for i in range(1000):
//	    (x1, y1), (x2, y2) = draw(1), draw(1)      # independent data
//	    g1, g2 = grad(x1, y1), grad(x2, y2)
//	    gg.append((g1 @ g2).item())                # (0-1)(01): parts apart, data apart
//	    cg.append((g1 @ g1).item())                # (01)(01): one part, one datum
//	def entry(v):
//	    v = torch.tensor(v, dtype=torch.float64)
//	    return {"mean": v.mean().item(), "stddev": v.std().item(), "samples": len(v)}
//	json.dump({"form": "moment", "statistics": {"(0-1)(01)": entry(gg), "(01)(01)": entry(cg)}},
//	          open("stats.json", "w"))
//
// source is for people: where the data are from. The error wraps ErrResult if there are
// fewer than two blocks, or a value is not finite.
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
	for i, d := range r.spec.Diagrams {
		variance := r.covariance(i, i)
		if math.IsNaN(r.mean[i]) || math.IsInf(r.mean[i], 0) || math.IsNaN(variance) || math.IsInf(variance, 0) {
			return fmt.Errorf("measure: %v is %v, with variance %v: %w", d, r.mean[i], variance, ErrResult)
		}
		file.Statistics[d.String()] = entry{r.mean[i], math.Sqrt(variance * float64(n)), n}
		file.Covariance.Diagrams = append(file.Covariance.Diagrams, d.String())
		row := make([]float64, len(r.spec.Diagrams))
		for j := range row {
			row[j] = r.covariance(i, j)
		}
		file.Covariance.Matrix = append(file.Covariance.Matrix, row)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	if err := out.Encode(file); err != nil {
		return fmt.Errorf("measure: %w", err)
	}
	return nil
}
