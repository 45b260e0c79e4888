package expr_test

import (
	"fmt"

	"github.com/perturb-go/perturb/sim/net/exec"
	"github.com/perturb-go/perturb/sim/net/expr"
)

// The derivatives of x³ at 2 along 1: the jet along one direction has 8, 12, 6 and 1, which
// are the derivatives 8, 12, 12 and 6 over k!.
func Example() {
	b := expr.NewBuilder()
	x, v := b.Input("x", 1, 1), b.Input("v", 1, 1)
	cube := b.Mul(1, x, b.Mul(1, x, x))
	algebra, err := expr.Univariate(3)
	if err != nil {
		fmt.Println(err)
		return
	}
	jets, err := expr.Lift(b, algebra, map[*expr.Node]expr.Jet{x: {x, v, nil, nil}}, cube)
	if err != nil {
		fmt.Println(err)
		return
	}
	program, err := exec.CPU[float64]{}.Compile([]*expr.Node{x, v}, jets[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	c := [][]float64{{0}, {0}, {0}, {0}}
	err = program.Run([][]float64{{2}, {1}}, c)
	fmt.Println(c, err)
	// Output: [[8] [12] [6] [1]] <nil>
}
