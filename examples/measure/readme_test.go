package main

import (
	"math"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/tensor"
)

// README.md's table of values to order 2 has every value class once, and each is what the
// table says: here computed by loops over the images of a network.
func TestReadme(t *testing.T) {
	point := exactPoint(t, tiny, 2)
	samples, ok := tensor.SamplesOf(point.Statistics)
	if !ok {
		t.Fatal("no samples")
	}
	n, dim := samples.Len(), samples.Dim()
	var mean sums
	mean.g, mean.h = make([]float64, dim), make([]float64, dim*dim)
	var each []sums
	for i := range n {
		var s sums
		for k, to := range []*[]float64{&s.l, &s.g, &s.h} {
			d, err := samples.Derivative(i, k)
			if err != nil {
				t.Fatal(err)
			}
			*to = d.Data()
		}
		each = append(each, s)
		for mu, x := range s.g {
			mean.g[mu] += x / float64(n)
		}
		for mu, x := range s.h {
			mean.h[mu] += x / float64(n)
		}
	}
	over := func(f func(x sums) float64) float64 {
		total := 0.0
		for _, x := range each {
			total += f(x) / float64(n)
		}
		return total
	}
	want := map[string]float64{
		"`(0)()` | E l_x":                over(func(x sums) float64 { return x.l[0] }),
		"`(0-1)(01)` | G·G":              dot(mean.g, mean.g),
		"`(01)(01)` | E g_x·g_x":         over(func(x sums) float64 { return dot(x.g, x.g) }),
		"`(0-1-2)(01-12)` | G·H G":       sandwich(mean.g, mean.h, mean.g),
		"`(01-2)(01-12)` | E g_x·H_x G":  over(func(x sums) float64 { return sandwich(x.g, x.h, mean.g) }),
		"`(02-1)(01-12)` | E g_x·H g_x":  over(func(x sums) float64 { return sandwich(x.g, mean.h, x.g) }),
		"`(012)(01-12)` | E g_x·H_x g_x": over(func(x sums) float64 { return sandwich(x.g, x.h, x.g) }),
	}
	readme := string(read(t, "README.md"))
	seen := map[diagram.Diagram]bool{}
	for row, v := range want {
		if !strings.Contains(readme, "\n| "+row+" |\n") {
			t.Errorf("README.md has no row %q", row)
		}
		name := strings.Split(row, "`")[1]
		if !strings.Contains(readme, `"`+name+`": `) {
			t.Errorf("README.md's script does not write %s", name)
		}
		d := diagram.MustParse(name)
		seen[d.Class()] = true
		if got := exactValue(t, d, embed.Moment, point); math.Abs(got-v) > 1e-12 {
			t.Errorf("%s: %v, but the table says %v", name, got, v)
		}
	}
	classes, err := measure.Classes(2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range classes {
		if !seen[c] {
			t.Errorf("README.md has no row for %v", c)
		}
	}
}

// sums are the loss, gradient and Hessian of an image or of all.
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
