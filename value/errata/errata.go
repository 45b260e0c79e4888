package errata

import (
	"context"
	"fmt"
	"math/big"
)

// A Row is an erratum to P.
type Row struct {
	Place   string  `json:"place"`              // where P has it
	Paper   string  `json:"paper"`              // what P states
	Holds   string  `json:"holds"`              // what holds
	Checks  []Check `json:"checks"`             // on which the two differ
	RightIf string  `json:"right_if,omitempty"` // where P's statement holds after all, if anywhere
	Spared  []Check `json:"spared,omitempty"`   // on which it does, so that the two agree
}

// A Check is a quantity as P has it, as the library has it, and as it is.
type Check struct {
	Quantity string   `json:"quantity"` // what is compared, and in which reading of P
	Setting  string   `json:"setting"`  // the landscape and the optimizer, or the samples
	Paper    *big.Rat `json:"paper"`
	Ours     *big.Rat `json:"ours"`
	Truth    *big.Rat `json:"truth"`
	By       string   `json:"by"` // whose number Truth is, such as SGD itself
}

// Rows computes the errata: to the theory, to its corollaries, and to its estimators. The
// error is the context's if that ends.
func Rows(ctx context.Context) ([]Row, error) {
	var rows []Row
	for _, compute := range []func(context.Context) (Row, error){
		irreducible, unbiasing, orderings, embeddings,
		corollary1, corollary3, corollary4, corollary5,
		covarianceEstimator, expectedStatistic, symmetricCorrelator,
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row, err := compute(ctx)
		if err != nil {
			return nil, fmt.Errorf("errata: %s: %w", row.Place, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
