package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"github.com/perturb-go/perturb/tensor"
)

// A finite landscape has finitely many data with polynomial losses. A datum is given by
// its index.
type finite struct {
	exactCore
	losses     []monomials
	roots      []float64 // √prob
	cumulative []float64 // of the probabilities
}

func newFinite(base exactCore, l *tensor.Finite) (*finite, error) {
	f := &finite{exactCore: base}
	total := 0.0
	for i, d := range l.Data() {
		prob, _ := d.Prob.Float64()
		loss, err := compile(d.Loss)
		if err != nil {
			return nil, fmt.Errorf("sim: data[%d]: %w", i, err)
		}
		total += prob
		f.losses = append(f.losses, loss)
		f.roots = append(f.roots, math.Sqrt(prob))
		f.cumulative = append(f.cumulative, total)
	}
	return f, nil
}

// Size returns 1.
func (f *finite) Size() int { return 1 }

// Clone returns f, which keeps no scratch space.
func (f *finite) Clone() Landscape { return f }

// Sample draws the index of a datum.
func (f *finite) Sample(r *rand.Rand, x []float64) {
	// Rounding may leave the total a little off 1.
	u := r.Float64() * f.cumulative[len(f.cumulative)-1]
	x[0] = float64(sort.Search(len(f.cumulative)-1, func(i int) bool { return u < f.cumulative[i] }))
}

// Loss returns the mean loss of a batch; see Landscape.
func (f *finite) Loss(theta, data []float64, along ...[]float64) float64 {
	sum := 0.0
	for _, x := range data {
		if loss := f.losses[int(x)]; len(along) == 0 {
			sum += loss.value(theta)
		} else {
			sum += loss.along(theta, along)
		}
	}
	return sum / float64(len(data))
}

// Gradient is that of the mean loss of a batch; see Landscape.
func (f *finite) Gradient(grad, theta, data []float64, along ...[]float64) {
	clear(grad)
	for _, x := range data {
		f.losses[int(x)].addGradientAlong(grad, theta, 1/float64(len(data)), along)
	}
}

// NoiseRank returns the number of data.
func (f *finite) NoiseRank() int { return len(f.losses) }

// Noise sets noise to Σ_x √prob_x ξ_x (∇l_x − ∇l); see Exact.
func (f *finite) Noise(noise, theta, xi []float64) {
	clear(noise)
	sum := 0.0
	for i, loss := range f.losses {
		loss.addGradient(noise, theta, f.roots[i]*xi[i])
		sum += f.roots[i] * xi[i]
	}
	f.average.addGradient(noise, theta, -sum)
}
