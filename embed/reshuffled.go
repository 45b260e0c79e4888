package embed

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
)

// reshuffled is SGD that reshuffles its training set for each epoch.
type reshuffled struct {
	rows, epochs, batch int64
}

// RandomReshuffles returns SGD on n points for the given number of epochs with the given
// batch size, which goes through the points in a new uniformly random order in each
// epoch. W(D) is the exact expectation over these permutations of the W of the grid they
// give (see Reshuffled). ReshuffledWeight returns it as a formula.
//
// The error is that of SGD.
func RandomReshuffles(n, epochs, batch int64) (Dynamics, error) {
	if _, err := SGD(n, epochs, batch); err != nil {
		return nil, err
	}
	return &reshuffled{n, epochs, batch}, nil
}

// Rows returns N.
func (r *reshuffled) Rows() int64 { return r.rows }

// Multiplicative returns false: both trees meet the same random orders.
func (r *reshuffled) Multiplicative() bool { return false }

// Count returns the expectation of W(D); the number of maps is random, so it has none.
//
// The work grows as 3^edges, and with the number of partitions of the parts.
func (r *reshuffled) Count(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	w, err := expectedMaps(ctx, trainingNumbers{*r}, d, form)
	if err != nil {
		return Count{}, fmt.Errorf("embed: count %v: %w", d, err)
	}
	w.Mul(w, raise(big.NewRat(r.batch, 1), -d.Edges()))
	if d.Tied() {
		w.Quo(w, big.NewRat(r.rows, 1))
	}
	return Count{Weight: w}, nil
}

// trainingNumbers is the training of which E, N and B are numbers.
type trainingNumbers struct{ reshuffled }

func (trainingNumbers) integer(n int64) *big.Rat   { return big.NewRat(n, 1) }
func (trainingNumbers) add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func (trainingNumbers) mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func (trainingNumbers) isZero(a *big.Rat) bool     { return a.Sign() == 0 }

func (t trainingNumbers) epochChoices(m int) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Binomial(t.epochs, int64(m)))
}

func (t trainingNumbers) batchChoices(k int) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Binomial(t.rows/t.batch, int64(k)))
}

func (t trainingNumbers) places(r int) *big.Rat     { return new(big.Rat).SetInt(falling(t.batch, r)) }
func (t trainingNumbers) rowChoices(r int) *big.Rat { return new(big.Rat).SetInt(falling(t.rows, r)) }

func (t trainingNumbers) perRowChoice(ways *big.Rat, r int) *big.Rat {
	choices := new(big.Rat).SetInt(falling(t.rows, r))
	if choices.Sign() == 0 {
		return new(big.Rat)
	}
	return choices.Quo(ways, choices)
}

// falling returns n(n−1)⋯(n−k+1).
func falling(n int64, k int) *big.Int {
	product := big.NewInt(1)
	for i := range int64(k) {
		product.Mul(product, big.NewInt(n-i))
	}
	return product
}
