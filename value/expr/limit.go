package expr

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/internal/rational"
)

// The limits of an expression. Whatever would pass one is refused with ErrLimit, before
// it is computed.
const (
	// MaxTerms is the largest number of terms of an expanded sum.
	MaxTerms = 1 << 13
	// MaxFactors is the largest number of different factors of a product.
	MaxFactors = 256
	// MaxIndices is the largest number of summation indices of a product.
	MaxIndices = 48
	// MaxDepth is how deep sums may nest in powers, denominators, exponentials and
	// divided differences.
	MaxDepth = 24
	// MaxPower bounds the absolute value of integer powers.
	MaxPower = 1 << 20
	// MaxPoints is the largest number of points of a divided difference.
	MaxPoints = 64
	// MaxRank is the largest number of indices of a tensor, and of nodes of a cumulant.
	MaxRank = 36
	// MaxName is the largest number of bytes of a name.
	MaxName = 48
	// MaxText is the largest number of bytes of text, or of JSON, that is read.
	MaxText = 1 << 20
	// MaxLabelings is how many orders of the summation indices are tried to find the
	// canonical one, for each set of factors that share summation indices. Orders that
	// a symmetry of the product takes to one another count about once.
	MaxLabelings = 1000
	// MaxSteps is the largest number of factors that one evaluation may look at.
	MaxSteps = 1 << 26
)

// maxKey bounds an expression's internal form, in bytes, so that its text is shorter
// than MaxText.
const maxKey = 1 << 17

// maxWork bounds one operation, in units of about a microsecond.
const maxWork = 1 << 19

// A work does the arithmetic of one operation, and stops it when it takes too long.
type work struct {
	left int
}

func newWork() *work { return &work{left: maxWork} }

func (w *work) spend(n int) error {
	if w.left -= n; w.left < 0 {
		return fmt.Errorf("%w: it takes too long to bring to canonical form", ErrLimit)
	}
	return nil
}

// maxBits is a bound on numbers with at most rational.MaxDigits digits: log2(10) < 3.33,
// rounded down so that what fits prints with no more digits than can be read.
const maxBits = rational.MaxDigits * 332 / 100

func checkNumber(q *big.Rat) error {
	if q.Num().BitLen() > maxBits || q.Denom().BitLen() > maxBits {
		return fmt.Errorf("%w: a number has more than %d digits", ErrLimit, rational.MaxDigits)
	}
	return nil
}

func checkPower(n int) error {
	if n > MaxPower || n < -MaxPower {
		return fmt.Errorf("%w: power %d, beyond ±%d", ErrLimit, n, MaxPower)
	}
	return nil
}

func checkDepth(depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrLimit, MaxDepth)
	}
	return nil
}
