package tensor_test

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
)

// Two data in one dimension: (θ−1)²/2 with probability 2/3 and (θ+1)² with 1/3. At
// θ = 0 their gradients are −1 and 2, so the mean is 0 and the covariance is
// (2/3)·1 + (1/3)·4 = 2; their curvatures are 1 and 2, of mean 4/3.
func Example() {
	const file = `{
		"dim": 1,
		"theta": ["0"],
		"data": [
			{"prob": "2/3", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": "-1", "exp": [1]}, {"coef": "1/2", "exp": [0]}]},
			{"prob": "1/3", "loss": [{"coef": "1", "exp": [2]}, {"coef": "2", "exp": [1]}, {"coef": "1", "exp": [0]}]}
		]
	}`
	landscape, err := tensor.ReadLandscape(strings.NewReader(file))
	if err != nil {
		fmt.Println(err)
		return
	}
	s := tensor.Cache(landscape.Statistics())
	g, _ := tensor.Gradient(s)
	h, _ := tensor.Hessian(s)
	c, _ := tensor.Covariance(mobius.Rational{}, s)
	fmt.Println("G =", g)
	fmt.Println("H =", h)
	fmt.Println("C =", c)
	// Output:
	// G = [0]
	// H = [[4/3]]
	// C = [[2]]
}

// C·H = Σ_{μν} C_{μν} H_{μν}: both indices of both matrices are summed.
func ExampleContract() {
	c, _ := tensor.FromSlice(2, 2, []float64{2, 1, 1, 3})
	h, _ := tensor.FromSlice(2, 2, []float64{5, 0, 0, 7})
	plan, err := tensor.PlanContraction(2, [][]int{{0, 1}, {0, 1}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	sum, err := tensor.Contract(mobius.Float64{}, plan, []*tensor.Dense[float64]{c, h})
	fmt.Println(plan)
	fmt.Println(sum, err)
	// Output:
	// (0 1): 4 multiplications, at most 1 elements
	// 31 <nil>
}

// The gradient of l = x² y at (1, 3) is (2xy, x²), and its third derivative has a 2
// wherever two indices are 0 and one is 1.
func ExamplePolynomial_Derivative() {
	p, _ := tensor.NewPolynomial(2, []tensor.Term{{Coef: big.NewRat(1, 1), Exp: []int{2, 1}}})
	at := []*big.Rat{big.NewRat(1, 1), big.NewRat(3, 1)}
	for k := range 4 {
		d, err := p.Derivative(at, k)
		fmt.Println(d, err)
	}
	// Output:
	// 3 <nil>
	// [6 1] <nil>
	// [[6 2] [2 0]] <nil>
	// [[[0 2] [2 0]] [[2 0] [0 0]]] <nil>
}

// With learning rates 1/10 and 1/5 for two weights, η^{μν} G_ν is the step of gradient
// descent.
func ExampleMetric_Raise() {
	eta, _ := tensor.DiagonalMetric([]*big.Rat{big.NewRat(1, 10), big.NewRat(1, 5)})
	g, _ := tensor.FromSlice(2, 1, []*big.Rat{big.NewRat(5, 1), big.NewRat(-1, 1)})
	step, err := eta.Raise(mobius.Rational{}, g, 0)
	fmt.Println(step, err)
	// Output: [1/2 -1/5] <nil>
}

// The loss θ x for a normal x of mean 0 and variance 2 has the gradient x, whose third
// cumulant vanishes, and whose fourth moment is 3·2².
func ExampleNewGaussian() {
	one, zero, two := big.NewRat(1, 1), new(big.Rat), big.NewRat(2, 1)
	loss, _ := tensor.NewPolynomial(2, []tensor.Term{{Coef: one, Exp: []int{1, 1}}})
	landscape, err := tensor.NewGaussian([]*big.Rat{zero}, []*big.Rat{zero}, [][]*big.Rat{{two}}, loss)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := landscape.Statistics()
	skewness, _ := tensor.Skewness(mobius.Rational{}, s)
	fourth, _ := s.Moment([]int{1, 1, 1, 1})
	fmt.Println(skewness, fourth)
	// Output: [[[0]]] [[[[12]]]]
}

// A file's errors name the field.
func ExampleParseLandscape_error() {
	_, err := tensor.ParseLandscape([]byte(`{
		"dim": 1,
		"theta": ["0"],
		"data": [{"prob": "1", "loss": [{"coef": "1", "exp": [-1]}]}]
	}`))
	fmt.Println(err)
	// Output: tensor: data[0].loss[0].exp: -1 is negative: bad exponent
}
