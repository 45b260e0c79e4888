package embed

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
)

// ReshuffledWeight returns W(D) of RandomReshuffles, the expectation over the random
// orders, as a function of E, N and B: a polynomial in E whose denominators have powers of
// B, and powers of N−1, N−2, …, N−j where d ≥ 2j+2 for d edges. Through order 3 it has
// none of the latter, at orders 4 and 5 just N−1.
//
// It is exact for all N, E ≥ 1 and B that divides N; where N is among the roots of the
// denominator, RationalFunction.At takes the limit in N. The work grows as 3^edges, with
// the number of ways in which parts may merge: about 2 ms for a diagram of four edges, ten
// for one of five, and minutes for some of eight, the most that are taken.
//
// The error is the context's, or wraps ErrForm or ErrTooLarge.
//
// # Why it is exact
//
// W is a sum over maps whose factors are counts: of rows, N(N−1)⋯(N−p+1) for p different
// rows; of epochs, C(E, m); and in each of these m a chance, a number of ways to give r ≤ p
// rows their places in batches over N(N−1)⋯(N−r+1), the number of all ways. The former is a
// sum of C(K, k) times products of B(B−1)⋯(B−s+1). All of these are polynomials in E,
// K = N/B and B with the values of the counts at all integers from 0 on; nothing is fitted.
//
// N cancels from a chance, since ways to place at least one row have the factors K and B.
// The choices of rows cancel the whole denominator of the epoch with most rows. So N−j is
// left only if two epochs have more than j rows, each with a node: then d ≥ 2(j+1). A tied
// root's 1/N cancels too.
//
// At an N below p the term should be 0, since a map has not as many rows. Let N go there,
// with B fixed. The factors of a chance with r > N are 0 there, its number of ways because
// they count what cannot be, and its denominator; that root is simple, so the chance stays
// finite. N(N−1)⋯(N−p+1) goes to 0, and the term does.
func ReshuffledWeight(ctx context.Context, d diagram.Diagram, form Form) (RationalFunction, error) {
	if d.Edges() > maxFormulaEdges {
		return RationalFunction{}, fmt.Errorf("embed: count %v: %w: there are formulas up to %d edges", d, ErrTooLarge, maxFormulaEdges)
	}
	w, err := expectedMaps(ctx, trainingLetters{}, d, form)
	if err != nil {
		return RationalFunction{}, fmt.Errorf("embed: count %v: %w", d, err)
	}
	shift := monomial{b: -d.Edges()}
	if d.Tied() {
		shift.k, shift.b = -1, shift.b-1
	}
	return w.Mul(letters(shift)), nil
}

// maxFormulaEdges bounds the edges of a diagram: 3^8 products of polynomials for every one
// that comes of it where parts merge.
const maxFormulaEdges = 8

// letters returns a product of powers of E, K and B.
func letters(m monomial) RationalFunction {
	return RationalFunction{numerator: Polynomial{map[monomial]*big.Rat{m: big.NewRat(1, 1)}}}
}

// trainingLetters is the training of which E, N and B are letters.
type trainingLetters struct{}

func (trainingLetters) add(a, b RationalFunction) RationalFunction { return a.Add(b) }
func (trainingLetters) mul(a, b RationalFunction) RationalFunction { return a.Mul(b) }
func (trainingLetters) isZero(a RationalFunction) bool             { return len(a.numerator.terms) == 0 }

func (trainingLetters) integer(n int64) RationalFunction {
	return constant(big.NewRat(n, 1)).RationalFunction()
}

func (trainingLetters) epochChoices(m int) RationalFunction {
	return binomial(monomial{e: 1}, m).RationalFunction()
}

func (trainingLetters) batchChoices(k int) RationalFunction {
	return binomial(monomial{k: 1}, k).RationalFunction()
}

func (trainingLetters) places(r int) RationalFunction {
	return fallingFactorial(monomial{b: 1}, r)
}

func (trainingLetters) rowChoices(r int) RationalFunction {
	return fallingFactorial(monomial{k: 1, b: 1}, r)
}

// fallingFactorial returns x(x−1)⋯(x−r+1) for a variable x.
func fallingFactorial(x monomial, r int) RationalFunction {
	factorial := new(big.Rat).SetInt(new(big.Int).MulRange(1, int64(r)))
	return binomial(x, r).Scale(factorial).RationalFunction()
}

func (trainingLetters) perRowChoice(ways RationalFunction, r int) RationalFunction {
	for j := range r {
		if j == 0 {
			ways = ways.Mul(letters(monomial{k: -1, b: -1}))
			continue
		}
		ways = ways.over(j)
	}
	return ways.reduced()
}
