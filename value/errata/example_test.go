package errata_test

import (
	"context"
	"log"
	"os"

	"github.com/perturb-go/perturb/value/errata"
)

// Corollary 4 says by how much two epochs at half the rate leave the weights elsewhere than
// one. On a coin that shows the loss 3θ + θ² or θ, with two tosses to train on, the paper
// has a third of it.
func Example() {
	rows, err := errata.Rows(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range rows {
		if row.Place == "Cor. 4, §A.1" {
			row.Checks, row.RightIf = row.Checks[:1], ""
			if err := errata.WriteText(os.Stdout, []errata.Row{row}); err != nil {
				log.Fatal(err)
			}
		}
	}
	// Output:
	// Cor. 4, §A.1
	//   paper     E[θ_{M=M₀} − θ_{M=1}] = η₀² N (M₀−1)/(4M₀) ∇tr C, and the test losses differ by G times
	//             that: all other diagrams cancel
	//   holds     η₀² N (M₀−1)/(4M₀) (∇tr C + 2HG): the untied chain does not cancel
	//     coefficient of η₀² in E[θ_{M=2} − θ_{M=1}]
	//     l_x = 3θ + θ² or θ, evenly, θ_0 = 0; sgd N=2 E=2 rate=1/2 and sgd N=2
	//         paper 1/2      perturb 3/2      SGD itself 3/2
}
