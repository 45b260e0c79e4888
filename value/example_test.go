package value_test

import (
	"fmt"
	"log"
	"math/big"
	"strings"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// What does one epoch of SGD over 10 points do to the test loss, to second order? This is
// P Prop. 2 at N = 10, M = B = 1.
func Example() {
	grid, err := embed.OneEpoch(10)
	if err != nil {
		log.Fatal(err)
	}
	s, err := value.Expand(ctx, grid, value.TestLoss(), 2, embed.Cumulant)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range s.Classes() {
		fmt.Printf("%6s η^%d  %s\n", c.Coefficient.RatString(), c.Order(), s.Observable.Symbol(c.Representative, s.Form))
	}
	// Output:
	//      1 η^0  l
	//    -10 η^1  G_μ G^μ
	//      5 η^2  C_μν H^μν
	//     95 η^2  G_μ H_ν^μ G^ν
}

func ExampleExpand() {
	s, err := value.Expand(ctx, embed.Must(embed.GD(2, 3)), value.Gap(), 1, embed.Cumulant)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range s.Terms {
		fmt.Println(t.Diagram, "maps", t.Maps, "W", t.Weight.RatString(), "coefficient", t.Coefficient.RatString())
	}
	// Output: (01)(01) maps 6 W 3/2 coefficient 3/2
}

// Mean estimation: l_x(θ) = θ²/2 + xθ with x = ±1, from θ_0 = 1. Each step of SGD maps
// E[θ²] to (1−η)² E[θ²] + η².
func ExampleEvaluate() {
	landscape, err := tensor.ParseLandscape([]byte(`{
		"dim": 1, "theta": ["1"],
		"data": [
			{"prob": "1/2", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": "1", "exp": [1]}]},
			{"prob": "1/2", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": "-1", "exp": [1]}]}
		]}`))
	if err != nil {
		log.Fatal(err)
	}
	s, err := value.Expand(ctx, embed.Must(embed.OneEpoch(2)), value.TestLoss(), 4, embed.Cumulant)
	if err != nil {
		log.Fatal(err)
	}
	x, err := value.Evaluate(ctx, s, value.ExactPoint(landscape))
	if err != nil {
		log.Fatal(err)
	}
	for d, c := range x.Coefficients {
		fmt.Printf("%s η^%d\n", c.At().RatString(), d)
	}
	loss, err := x.At(big.NewRat(1, 2), 4)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("at η = 1/2:", loss.At())
	// Output:
	// 1/2 η^0
	// -2 η^1
	// 4 η^2
	// -3 η^3
	// 1 η^4
	// at η = 1/2: 3/16
}

// P §A.1: two epochs at half the rate, compared with one.
func ExampleCompare() {
	expand := func(g embed.Grid) *value.Series {
		s, err := value.Expand(ctx, g, value.TestLoss(), 2, embed.Moment)
		if err != nil {
			log.Fatal(err)
		}
		return s
	}
	two := embed.Must(embed.SGD(10, 2, 1)).Scale(big.NewRat(1, 2))
	c, err := value.Compare(expand(two), expand(embed.Must(embed.OneEpoch(10))))
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range c.Terms {
		fmt.Println(d.Diagram(), d.Coefficient, value.TestLoss().Symbol(d.Diagram(), embed.Moment))
	}
	// Output: (01-2)(01-12) 5/2 E[∇_μ l ∇^μ∇_ν l] G^ν
}

func ExamplePredict() {
	statistics, err := value.ReadStatistics(strings.NewReader(`{"form": "moment", "statistics": {
		"(0)()":     {"mean": 2.30, "stddev": 0,   "samples": 1000},
		"(0-1)(01)": {"mean": 0.50, "stddev": 0.1, "samples": 1000}
	}}`))
	if err != nil {
		log.Fatal(err)
	}
	s, err := value.Expand(ctx, embed.Must(embed.OneEpoch(10)), value.TestLoss(), 1, statistics.Form())
	if err != nil {
		log.Fatal(err)
	}
	p, err := value.Predict(s, statistics)
	if err != nil {
		log.Fatal(err)
	}
	for order, e := range p.At(0.02) {
		fmt.Printf("order %d: %.4f ± %.4f\n", order, e.Mean, e.StdErr)
	}
	// Output:
	// order 0: 2.3000 ± 0.0000
	// order 1: 2.2000 ± 0.0006
}

// How does E[θ²] change? A polynomial of the weights is an observable like any other.
func ExampleMean() {
	square, err := tensor.NewPolynomial(1, []tensor.Term{{Coef: big.NewRat(1, 1), Exp: []int{2}}})
	if err != nil {
		log.Fatal(err)
	}
	o := value.Mean(value.Polynomial("θ²", square))
	s, err := value.Expand(ctx, embed.Must(embed.OneEpoch(5)), o, 1, embed.Cumulant)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range s.Terms {
		fmt.Println(t.Coefficient.RatString(), o.Symbol(t.Diagram, s.Form))
	}
	// Output:
	// 1 θ²
	// -5 G_μ ∇^μ θ²
}
