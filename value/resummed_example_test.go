package value_test

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// Mean estimation: on the losses θ²/2 − xθ with normal x, gradient descent from the true
// mean 0 moves the weight to the mean of the training set by a factor 1−η per step. So it
// overfits by (1−(1−η)^T)²/(2N), which is (7/8)²/20 after three steps with η = 1/2. The plain
// series through η² is T²η²/(2N), less good.
func ExampleEvaluateAt() {
	loss, err := tensor.NewPolynomial(2, []tensor.Term{
		{Coef: big.NewRat(1, 2), Exp: []int{2, 0}}, {Coef: big.NewRat(-1, 1), Exp: []int{1, 1}},
	})
	if err != nil {
		panic(err)
	}
	zero, one := new(big.Rat), big.NewRat(1, 1)
	normal, err := tensor.NewGaussian([]*big.Rat{zero}, []*big.Rat{zero}, [][]*big.Rat{{one}}, loss)
	if err != nil {
		panic(err)
	}
	gd := embed.NewCounter(embed.Must(embed.GD(10, 3)))
	for _, kind := range []value.Kind{value.Plain, value.Discrete} {
		r, err := value.Resum(ctx, gd, value.TestLoss(), 2, kind)
		if err != nil {
			panic(err)
		}
		sums, err := value.EvaluateAt(ctx, r, value.ExactPoint(normal), big.NewRat(1, 2))
		if err != nil {
			panic(err)
		}
		fmt.Println(kind, sums[2].At().RatString())
	}
	// Output:
	// plain 9/80
	// discrete 49/1280
}
