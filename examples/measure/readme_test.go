package main

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// README.md's table of values to order 2 has every value class once, and each is what the
// table says: here computed by loops over the images of a network.
func TestReadme(t *testing.T) {
	point := exactPoint(t, tiny, 2)
	samples, ok := tensor.SamplesOf(point.Statistics)
	if !ok {
		t.Fatal("no samples")
	}
	var each []sums
	for i := range samples.Len() {
		var s sums
		for k, to := range []*[]float64{&s.l, &s.g, &s.h} {
			d, err := samples.Derivative(i, k)
			if err != nil {
				t.Fatal(err)
			}
			*to = d.Data()
		}
		each = append(each, s)
	}
	readme := string(read(t, "README.md"))
	seen := map[diagram.Diagram]bool{}
	for row, v := range table(each) {
		if !strings.Contains(readme, "\n| "+row+" |\n") {
			t.Errorf("README.md has no row %q", row)
		}
		d := diagramOf(row)
		seen[d.Class()] = true
		if got := exactValue(t, d, embed.Moment, point); math.Abs(got-v) > 1e-12 {
			t.Errorf("%v: %v, but the table says %v", d, got, v)
		}
	}
	classes, err := measure.Classes(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range classes {
		if !seen[c] {
			t.Errorf("README.md has no row for %v", c)
		}
	}
}

// code returns the blocks of code of README.md in a language.
func code(t *testing.T, language string) []string {
	t.Helper()
	var texts []string
	for _, rest := range strings.Split(string(read(t, "README.md")), "```"+language+"\n")[1:] {
		text, _, _ := strings.Cut(rest, "```")
		texts = append(texts, text)
	}
	return texts
}

// README.md's files can be read, and their errors have in common what it says: of the second
// Σ_i (x_ib − x̄_b)(x_ic − x̄_c)/n(n−1) = (0 · −1 + −1 · −1 + 1 · 2)/6.
func TestReadmeFile(t *testing.T) {
	files := code(t, "json")
	if len(files) != 2 {
		t.Fatalf("README.md has %d files", len(files))
	}
	for i, want := range []float64{3.1e-7, 0.5} {
		s, err := value.ReadStatistics(strings.NewReader(files[i]))
		if err != nil {
			t.Fatal(err)
		}
		if x, err := s.Covariance(diagram.MustParse("(0-1)(01)"), diagram.MustParse("(01)(01)")); err != nil || math.Abs(x-want) > 1e-15 {
			t.Errorf("covariance %v, %v, want %v", x, err, want)
		}
	}
}

// README.md's script measures the values of its table, without bias, and what it writes can
// be read. It runs on a stand-in for PyTorch, in testdata, and three quadratic losses.
func TestReadmeScript(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no Python")
	}
	const losses = `
from torch import Data, Loss as loss, Tensor
X = Data([[7, 1], [-4, 5], [-1, 6]])
Y = Data([[[0, 1], [1, 1]], [[5, 0], [0, 3]], [[2, -1], [-1, 0]]])
w = Tensor([1, -1])
`
	w := []float64{1, -1}
	var each []sums
	for i, a := range [][]float64{{7, 1}, {-4, 5}, {-1, 6}} {
		b := [][]float64{{0, 1, 1, 1}, {5, 0, 0, 3}, {2, -1, -1, 0}}[i]
		each = append(each, sums{
			l: []float64{dot(a, w) + sandwich(w, b, w)/2}, g: []float64{a[0] + dot(b[:2], w), a[1] + dot(b[2:], w)}, h: b,
		})
	}
	stand, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	command := exec.Command(python, "-c", losses+code(t, "python")[0])
	command.Dir, command.Env = dir, append(os.Environ(), "PYTHONPATH="+stand, "PYTHONDONTWRITEBYTECODE=1")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s, err := value.ReadStatistics(bytes.NewReader(read(t, filepath.Join(dir, "stats.json"))))
	if err != nil {
		t.Fatal(err)
	}
	for row, want := range table(each) {
		// It is the same estimate every time. Were it not, chance would put one of seven
		// further off with probability 1 in 2000.
		if got, err := s.Value(diagramOf(row)); err != nil || !(math.Abs(got.Mean-want) <= 4*got.StdErr) || got.StdErr == 0 {
			t.Errorf("%s: %v, %v, want %v", row, got, err, want)
		}
		for other := range table(each) {
			if x, err := s.Covariance(diagramOf(row), diagramOf(other)); err != nil || x == 0 {
				t.Errorf("%s and %s have the covariance %v, %v", row, other, x, err)
			}
		}
	}
}

// table returns what README.md's table of values to order 2 says, by the text of its rows,
// of data whose losses and derivatives are given.
func table(each []sums) map[string]float64 {
	mean := func(of func(x sums) []float64) []float64 {
		total := make([]float64, len(of(each[0])))
		for _, x := range each {
			for mu, v := range of(x) {
				total[mu] += v / float64(len(each))
			}
		}
		return total
	}
	over := func(f func(x sums) float64) float64 {
		return mean(func(x sums) []float64 { return []float64{f(x)} })[0]
	}
	g, h := mean(func(x sums) []float64 { return x.g }), mean(func(x sums) []float64 { return x.h })
	return map[string]float64{
		"`(0)()` | E l_x":                over(func(x sums) float64 { return x.l[0] }),
		"`(0-1)(01)` | G·G":              dot(g, g),
		"`(01)(01)` | E g_x·g_x":         over(func(x sums) float64 { return dot(x.g, x.g) }),
		"`(0-1-2)(01-12)` | G·H G":       sandwich(g, h, g),
		"`(01-2)(01-12)` | E g_x·H_x G":  over(func(x sums) float64 { return sandwich(x.g, x.h, g) }),
		"`(02-1)(01-12)` | E g_x·H g_x":  over(func(x sums) float64 { return sandwich(x.g, h, x.g) }),
		"`(012)(01-12)` | E g_x·H_x g_x": over(func(x sums) float64 { return sandwich(x.g, x.h, x.g) }),
	}
}

// diagramOf returns the diagram of a row.
func diagramOf(row string) diagram.Diagram { return diagram.MustParse(strings.Split(row, "`")[1]) }

// sums are the loss, gradient and Hessian of a datum.
type sums struct{ l, g, h []float64 }

func dot(a, b []float64) float64 {
	sum := 0.0
	for mu, x := range a {
		sum += x * b[mu]
	}
	return sum
}

// sandwich returns a·H b.
func sandwich(a, h, b []float64) float64 {
	sum := 0.0
	for mu, x := range a {
		sum += x * dot(h[mu*len(b):(mu+1)*len(b)], b)
	}
	return sum
}
