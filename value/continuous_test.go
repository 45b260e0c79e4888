package value_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/value"
)

// overTimes integrates Π exp(−decay·(t'−t)) over the edges, for all times in [0, T] of the
// events that put every child before its parent, by nested Gauss quadrature for each order
// of the events. Sixteen nodes integrate these exponents to rounding.
func overTimes(d diagram.Diagram, nodes bool, decay, end float64) float64 {
	parents := d.Parents()[:d.Edges()]
	event, count := make([]int, len(parents)), 0
	for v, part := range d.Labels()[:d.Edges()] {
		event[v] = part
		if nodes {
			event[v] = v
		}
		count = max(count, event[v]+1)
	}
	time := make([]float64, count)
	total := 0.0
	var order func(placed []int)
	order = func(placed []int) {
		if len(placed) < count {
			for e := range count {
				used := false
				for _, p := range placed {
					used = used || p == e
				}
				if !used {
					order(append(placed[:len(placed):len(placed)], e))
				}
			}
			return
		}
		rank := make([]int, count)
		for i, e := range placed {
			rank[e] = i
		}
		for v, up := range parents {
			if up < len(event) && rank[event[v]] >= rank[event[up]] {
				return
			}
		}
		var integrate func(i int, until float64) float64
		integrate = func(i int, until float64) float64 { // over the events placed[..i]
			if i < 0 {
				exponent := 0.0
				for v, up := range parents {
					to := end
					if up < len(event) {
						to = time[event[up]]
					}
					exponent += decay * (to - time[event[v]])
				}
				return math.Exp(-exponent)
			}
			return quad.Fixed(func(t float64) float64 {
				time[placed[i]] = t
				return integrate(i-1, t)
			}, 0, until, 16, quad.Legendre{}, 0)
		}
		total += integrate(count-1, end)
	}
	order(nil)
	return total
}

// In one dimension the continuous value of a diagram is its plain value times an integral
// over times, here by quadrature, for one epoch of batches, for GD and for the SDE.
func TestContinuousIsIntegral(t *testing.T) {
	const eta, h = 0.3, 0.75
	p := value.ExactPoint(dense(t, rand.New(rand.NewPCG(5, 6)), []int64{12}, 4, true))
	for _, c := range []struct {
		name  string
		d     embed.Dynamics
		nodes bool
		end   float64
		batch float64
		rate  float64
		os    []value.Observable
	}{
		{"one epoch", embed.NewCounter(embed.Must(embed.SGD(10, 1, 2)).Scale(big.NewRat(3, 2))), false, 5, 2, 1.5, named(t, "test", "gap", "displacement", "variance")},
		{"GD", embed.NewCounter(embed.Must(embed.GD(3, 4))), true, 4, 3, 1, named(t, "test", "gap", "displacement")},
		{"SDE", embed.Scaled(must(embed.SDE(big.NewRat(7, 2), 3)), big.NewRat(1, 2)), false, 3.5, 3, 0.5, named(t, "test", "covariance")},
	} {
		for _, o := range c.os {
			r := resum(t, c.d, o, 3, value.Continuous)
			for _, term := range r.Terms {
				x, err := value.TermAt(ctx, r, term, floatPoint(t, p), eta)
				if err != nil {
					t.Fatal(err)
				}
				plain, err := value.PlainValue(term.Diagram, o, embed.Cumulant, p)
				if err != nil {
					t.Fatal(err)
				}
				want := mobius.Float64{}.Rat(mul(plain.Data()[0], term.Coefficient)) * overTimes(term.Diagram, c.nodes, eta*h*c.rate, c.end)
				seen := map[int]bool{}
				for _, part := range term.Diagram.Labels()[:term.Order()] {
					want *= eta * c.rate
					if seen[part] {
						want /= c.batch
					}
					seen[part] = true
				}
				if got := x.Data()[0]; !(math.Abs(got-want) <= 1e-13*math.Abs(want)) {
					t.Errorf("%s, %v, %v: %v, want %v", c.name, o, term.Diagram, got, want)
				}
			}
		}
	}
}

// In more dimensions it is the limit of discrete values with ever smaller steps, times
// n^(edges − parts) for parts that the refined grid would average over n steps.
func TestContinuousIsLimit(t *testing.T) {
	p := floatPoint(t, value.ExactPoint(dense(t, rand.New(rand.NewPCG(7, 8)), []int64{12, 5, 0}, 4, false)))
	const steps, eta = 4, 0.3
	for _, c := range []struct {
		name  string
		grid  func(n int64) embed.Grid
		parts bool
	}{
		{"one epoch", func(n int64) embed.Grid { return embed.Must(embed.OneEpoch(steps * n)) }, true},
		{"GD", func(n int64) embed.Grid { return embed.Must(embed.GD(5, steps*n)) }, false},
	} {
		for _, o := range named(t, "test", "displacement", "covariance") {
			limit := resum(t, embed.NewCounter(c.grid(1)), o, 3, value.Continuous)
			for _, term := range limit.Terms {
				want, err := value.TermAt(ctx, limit, term, p, eta)
				if err != nil {
					t.Fatal(err)
				}
				// Richardson's extrapolation of a power series in 1/n.
				var rows [6][]float64
				for k := range rows {
					n := int64(256) << k
					fine := resum(t, embed.NewCounter(c.grid(n)), o, 0, value.Discrete)
					x, err := value.TermAt(ctx, fine, term, p, eta/float64(n))
					if err != nil {
						t.Fatal(err)
					}
					rows[k] = x.Data()
					for i := range rows[k] {
						if c.parts {
							rows[k][i] *= math.Pow(float64(n), float64(term.Order()-partsOf(term.Diagram)))
						}
					}
				}
				scale := 0.0
				for _, x := range want.Data() {
					scale = max(scale, math.Abs(x))
				}
				for j := 1; j < len(rows); j++ {
					for k := len(rows) - 1; k >= j; k-- {
						for i := range rows[k] {
							rows[k][i] += (rows[k][i] - rows[k-1][i]) / (math.Pow(2, float64(j)) - 1)
						}
					}
				}
				for i, x := range want.Data() {
					if got := rows[len(rows)-1][i]; !(math.Abs(got-x) <= 1e-11*scale) {
						t.Errorf("%s, %v, %v, component %d: %v, the limit is %v", c.name, o, term.Diagram, i, x, got)
					}
				}
			}
		}
	}
}

// partsOf counts the parts with non-root nodes.
func partsOf(d diagram.Diagram) int {
	seen := map[int]bool{}
	for _, part := range d.Labels()[:d.Edges()] {
		seen[part] = true
	}
	return len(seen)
}

// For the ODE and the SDE the continuous values are an exact re-summation: through d edges
// they differ from the plain series by η^{d+1}, and no less.
func TestContinuousIsSharp(t *testing.T) {
	p := floatPoint(t, value.ExactPoint(dense(t, rand.New(rand.NewPCG(9, 10)), []int64{12, 5}, 5, false)))
	for name, d := range map[string]embed.Dynamics{
		"ODE": must(embed.ODE(big.NewRat(3, 1))), "SDE": must(embed.SDE(big.NewRat(3, 1), 2)),
	} {
		for order := range 4 {
			plain := resum(t, d, value.TestLoss(), order, value.Plain)
			smooth := resum(t, d, value.TestLoss(), order, value.Continuous)
			off := func(eta float64) float64 { return sumAt(t, smooth, p, eta).At() - sumAt(t, plain, p, eta).At() }
			eta := math.Pow(10, -1.5-4/float64(order+1))
			ratio := off(eta) / off(eta/2)
			if want := math.Pow(2, float64(order+1)); order == 0 && off(eta) != 0 || order > 0 && math.Abs(ratio/want-1) > 0.1 {
				t.Errorf("%s, order %d: halving η divides the difference by %v, want %v", name, order, ratio, want)
			}
		}
	}
}

// On a quadratic landscape the flow is θ e^{−HηT}, and the SDE is an Ornstein–Uhlenbeck
// process, at every η.
func TestContinuousIsFlowOnQuadratics(t *testing.T) {
	const h, g, c, b, time, eta = 0.5, 1.5, 2.0, 3, 2.5, 1.25
	l := gaussian(t, 1, big.NewRat(2, 1), // l = hθ²/2 + (g + x)θ
		monomial(1, 4, 2, 0), monomial(3, 2, 1, 0), monomial(1, 1, 1, 1))
	decay := math.Exp(-h * eta * time)
	flow := -g / h * (1 - decay)
	loss := h*flow*flow/2 + g*flow
	noise := h / 2 * eta * c / b * (1 - decay*decay) / (2 * h)
	for _, x := range []struct {
		d    embed.Dynamics
		o    value.Observable
		want float64
	}{
		{must(embed.ODE(big.NewRat(5, 2))), value.TestLoss(), loss},
		{must(embed.ODE(big.NewRat(5, 2))), value.Displacement(), flow},
		{must(embed.SDE(big.NewRat(5, 2), b)), value.TestLoss(), loss + noise},
		{must(embed.SDE(big.NewRat(5, 2), b)), value.WeightCovariance(), noise / (h / 2)},
	} {
		got := sumAt(t, resum(t, x.d, x.o, 2, value.Continuous), value.FloatPoint(l), eta).Data()[0]
		near(t, x.o.String(), got, x.want, 1e-14)
	}
}
