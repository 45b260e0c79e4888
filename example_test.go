package perturb_test

import (
	"context"
	"fmt"
	"log"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// A coin decides between two losses, (θ−1)² and θ²/2 − θ, whose gradients at 0 are −2 and
// −1. How does the expected test loss of two steps of SGD, on two tosses, depend on η?
func Example() {
	landscape, err := tensor.ParseLandscape([]byte(`{
		"dim": 1, "theta": ["0"],
		"data": [
			{"prob": "1/2", "loss": [{"coef": "1", "exp": [2]}, {"coef": "-2", "exp": [1]}, {"coef": "1", "exp": [0]}]},
			{"prob": "1/2", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": "-1", "exp": [1]}]}
		]}`))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	grid, err := embed.OneEpoch(2)
	if err != nil {
		log.Fatal(err)
	}
	series, err := value.Expand(ctx, grid, value.TestLoss(), 2, embed.Cumulant)
	if err != nil {
		log.Fatal(err)
	}
	numbers, err := value.Evaluate(ctx, series, value.ExactPoint(landscape))
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range series.Classes() {
		fmt.Printf("%3s η^%d %s\n", c.Coefficient.RatString(), c.Order(), series.Observable.Symbol(c.Representative, series.Form))
	}
	for d, c := range numbers.Coefficients {
		fmt.Printf("η^%d: %s\n", d, c.At().RatString())
	}
	// Output:
	//   1 η^0 l
	//  -2 η^1 G_μ G^μ
	//   1 η^2 C_μν H^μν
	//   3 η^2 G_μ H_ν^μ G^ν
	// η^0: 1/2
	// η^1: -9/2
	// η^2: 21/2
}
