package descent_test

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/internal/descent"
)

// One step from θ = 2 on a datum x = ±1 with loss (θ−x)²/2 leads to 2(1−η) + ηx, where
// the test loss is (θ²+1)/2. The gap is η C, C = 1 the variance of the gradient.
func Example() {
	num := func(text string) *big.Rat {
		r, _ := new(big.Rat).SetString(text)
		return r
	}
	e, err := descent.Expand(descent.Problem{
		Dim:   1,
		Theta: []*big.Rat{num("2")},
		Data: []descent.Datum{
			{Prob: num("1/2"), Loss: descent.Loss{{num("1/2"), []int{2}}, {num("-1"), []int{1}}, {num("1/2"), []int{0}}}},
			{Prob: num("1/2"), Loss: descent.Loss{{num("1/2"), []int{2}}, {num("1"), []int{1}}, {num("1/2"), []int{0}}}},
		},
		N: 1, T: 1,
		Cells: []descent.Cell{{N: 0, T: 0, Weight: num("1")}},
	}, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("test", e.TestLoss())
	fmt.Println("gap ", e.Gap())
	// Output:
	// test [5/2 -4 5/2 0]
	// gap  [0 1 0 0]
}
