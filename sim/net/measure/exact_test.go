package measure

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// coin is a landscape of two data, of different quartic losses in two weights.
func coin(t testing.TB, prob *big.Rat) *tensor.Finite {
	t.Helper()
	loss := func(terms ...tensor.Term) tensor.Polynomial {
		p, err := tensor.NewPolynomial(2, terms)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	term := func(num, den int64, exp ...int) tensor.Term { return tensor.Term{Coef: big.NewRat(num, den), Exp: exp} }
	l, err := tensor.NewFinite([]*big.Rat{big.NewRat(1, 2), big.NewRat(-1, 4)}, []tensor.Datum{
		{Prob: prob, Loss: loss(term(1, 1, 0, 0), term(1, 1, 1, 0), term(1, 2, 2, 0), term(-1, 3, 1, 2), term(1, 4, 4, 0), term(1, 5, 2, 2))},
		{Prob: new(big.Rat).Sub(big.NewRat(1, 1), prob), Loss: loss(term(-2, 1, 0, 1), term(3, 2, 0, 2), term(1, 1, 1, 1), term(2, 3, 3, 0), term(-1, 2, 1, 3))},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// exactly returns the exact plain value of a value class.
func exactly(t testing.TB, d diagram.Diagram, form embed.Form, l tensor.Landscape) float64 {
	t.Helper()
	observable := value.TestLoss()
	if d.Tied() {
		observable = value.TrainLoss()
	}
	v, err := value.PlainValue(d, observable, form, value.ExactPoint(l))
	if err != nil {
		t.Fatal(err)
	}
	f, _ := v.At().Float64()
	return f
}

func floats(theta []*big.Rat) []float64 {
	list := make([]float64, len(theta))
	for i, q := range theta {
		list[i], _ = q.Float64()
	}
	return list
}

// The mean of a block's estimate over all the data that there can be, each as often as it
// is likely, is the exact value: estimates have no bias at all. One and two data to a tied
// node, and the population's means for nodes apart; every diagram to order 3, both forms.
func TestEstimatesHaveNoBias(t *testing.T) {
	core := coin(t, big.NewRat(1, 3))
	l, err := sim.Polynomial(core)
	if err != nil {
		t.Fatal(err)
	}
	classes, err := Classes(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []embed.Form{embed.Moment, embed.Cumulant} {
		for way, tied := range []int{1, 2, 1} {
			for _, d := range classes {
				largest := 1
				if tied > 1 {
					for _, part := range d.Parts() {
						largest = max(largest, len(part))
					}
				}
				batch := tied * largest
				if batch*len(d.Parts()) > 8 || form == embed.Cumulant && (batch > 2 || d.Edges() > 2) {
					continue // there would be too many data
				}
				p, err := newPlan(t.Context(), Spec{Landscape: l, Theta: floats(core.Theta()), Diagrams: []diagram.Diagram{d}, Form: form, Batch: batch, Tied: tied, Means: way == 2})
				if err != nil {
					t.Fatal(err)
				}
				got := expectation(p, big.NewRat(1, 3))
				want := exactly(t, d, form, core)
				if !(math.Abs(got-want) <= 1e-11*(1+math.Abs(want))) {
					t.Errorf("%v of %v, way %d: %v in the mean, want %v", form, d, way, got, want)
				}
			}
		}
	}
}

// expectation returns the mean of a plan's only estimate over all data of a coin.
func expectation(p *plan, prob *big.Rat) float64 {
	w := newWorker(p)
	q, _ := prob.Float64()
	n := p.roles * p.Batch
	mean := 0.0
	for data := range 1 << n {
		chance := 1.0
		for i := range n {
			second := data >> i & 1
			w.data[i/p.Batch][i%p.Batch] = float64(second)
			if second == 0 {
				chance *= q
			} else {
				chance *= 1 - q
			}
		}
		mean += chance * w.estimate()[0]
	}
	return mean
}

// A sextic is two losses in two weights, of degree 6: coefficients by the powers of each.
var sextic = [2][7][7]float64{
	{{1, 1, 0.5, 0, 0.25, 0, -0.125}, {-1, 0.5, 0, 1, 0, 0.5}, {0.5, 0, -0.25, 0, 1}, {0, 1, 0, -0.5}, {0.25, 0, 0.5}, {0, -0.25}, {0.5}},
	{{-2, 0.5, 1, -0.5, 0, 0.25, 0.25}, {0.5, -1, 0.25, 0, 0.5, -0.5}, {1, 0.5, 0, 1, -0.25}, {-0.5, 0, 0.25, 1}, {0, 0.5, -1}, {0.25, 0.5}, {-0.25}},
}

// sexticAt is where in weight space, and sexticProb the chance of the first loss.
var (
	sexticAt   = [2]float64{0.5, -0.25}
	sexticProb = 0.25
)

// newSextic returns the landscape.
func newSextic(t *testing.T) sim.Landscape {
	t.Helper()
	var data []tensor.Datum
	for x, coefs := range sextic {
		var terms []tensor.Term
		for i, row := range coefs {
			for j, c := range row {
				if c != 0 {
					terms = append(terms, tensor.Term{Coef: new(big.Rat).SetFloat64(c), Exp: []int{i, j}})
				}
			}
		}
		loss, err := tensor.NewPolynomial(2, terms)
		if err != nil {
			t.Fatal(err)
		}
		prob := sexticProb
		if x == 1 {
			prob = 1 - prob
		}
		data = append(data, tensor.Datum{Prob: new(big.Rat).SetFloat64(prob), Loss: loss})
	}
	core, err := tensor.NewFinite([]*big.Rat{new(big.Rat).SetFloat64(sexticAt[0]), new(big.Rat).SetFloat64(sexticAt[1])}, data)
	if err != nil {
		t.Fatal(err)
	}
	l, err := sim.Polynomial(core)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// sexticDerivatives returns ∂_1^i ∂_2^j of both losses, by i and j, and what it would be were
// there no minus signs.
func sexticDerivatives() (derivatives, size [2][7][7]float64) {
	falling := func(n, k int) float64 { // n (n−1) ⋯ (n−k+1)
		f := 1.0
		for i := range k {
			f *= float64(n - i)
		}
		return f
	}
	for x, coefs := range sextic {
		for i := range 7 {
			for j := range 7 - i {
				for m := i; m < 7; m++ {
					for n := j; n < 7-m; n++ {
						v := coefs[m][n] * falling(m, i) * falling(n, j) * math.Pow(sexticAt[0], float64(m-i)) * math.Pow(sexticAt[1], float64(n-j))
						derivatives[x][i][j] += v
						size[x][i][j] += math.Abs(v)
					}
				}
			}
		}
	}
	return derivatives, size
}

// written returns a diagram's value, as it is written: the sum over the indices of all edges of
// the product over parts of the moments, or cumulants, of the nodes' derivatives. With sign
// 1 in the place of −1 cumulants are those without minus signs.
func written(d diagram.Diagram, form embed.Form, derivatives [2][7][7]float64, sign float64) float64 {
	parents, parts := d.Parents(), d.Parts()
	sum := 0.0
	for indices := range 1 << d.Edges() { // of each node but the root, the last: of the edge to its parent
		var powers [7][2]int
		for v, up := range parents {
			if up >= 0 {
				mu := indices >> v & 1
				powers[v][mu]++
				powers[up][mu]++
			}
		}
		mean := func(nodes ...int) float64 {
			m := 0.0
			for x, prob := range []float64{sexticProb, 1 - sexticProb} {
				for _, v := range nodes {
					prob *= derivatives[x][powers[v][0]][powers[v][1]]
				}
				m += prob
			}
			return m
		}
		product := 1.0
		for _, p := range parts {
			factor := mean(p...)
			switch {
			case form == embed.Moment || len(p) == 1:
			case len(p) == 2:
				factor += sign * mean(p[0]) * mean(p[1])
			case len(p) == 3:
				for i := range p {
					factor += sign * mean(p[i]) * mean(p[(i+1)%3], p[(i+2)%3])
				}
				factor += 2 * mean(p[0]) * mean(p[1]) * mean(p[2])
			}
			product *= factor
		}
		sum += product
	}
	return sum
}

// At orders 5 and 6 too the mean of a block's estimate over all data is the value as it is
// written: of a half and a sixteenth of the moments, and of some cumulants whose parts have
// at most three nodes, since these are made of few moments.
func TestHighOrdersHaveNoBias(t *testing.T) {
	l := newSextic(t)
	derivatives, size := sexticDerivatives()
	classes, err := Classes(t.Context(), 6)
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]int{}
	for i, d := range classes {
		largest, finer := 0, 1
		for _, p := range d.Parts() {
			largest = max(largest, len(p))
			finer *= []int{0, 1, 2, 5, 15, 52, 203, 877}[len(p)] // as many partitions
		}
		for _, form := range []embed.Form{embed.Moment, embed.Cumulant} {
			every := map[int]int{5: 2, 6: 16}[d.Edges()]
			if every == 0 || i%every != 0 || form == embed.Cumulant && (largest > 3 || finer > 5 || i%(4*every) != 0) {
				continue
			}
			batch := 1
			if form == embed.Moment && len(d.Parts()) <= 3 {
				batch = 2 // so that slices are not whole batches
			}
			p, err := newPlan(t.Context(), Spec{Landscape: l, Theta: sexticAt[:], Diagrams: []diagram.Diagram{d}, Form: form, Batch: batch})
			if err != nil {
				t.Fatal(err)
			}
			checked[fmt.Sprintf("%v of order %d", form, d.Edges())]++
			got, want := expectation(p, new(big.Rat).SetFloat64(sexticProb)), written(d, form, derivatives, -1)
			// At most 200 roundings of each product: six factors are sums of 28 terms.
			if !(math.Abs(got-want) <= 200*0x1p-53*written(d, form, size, 1)) {
				t.Errorf("%v of %v: %v in the mean, want %v", form, d, got, want)
			}
		}
	}
	if len(checked) != 4 {
		t.Errorf("checked %v", checked)
	}
}
