package embed

import (
	"math"
	"math/big"
	"testing"
)

// Products and sums of machine words around every limit agree with those of big
// integers, or are reported as overflow.
func TestWordsAtTheLimits(t *testing.T) {
	var edge []int64
	for _, x := range []int64{0, 1, 2, 3, 1 << 31, 1 << 32, 3037000499, 1 << 62, math.MaxInt64} { // 3037000499 = ⌊√(2⁶³)⌋
		for d := int64(-2); d <= 2; d++ {
			edge = append(edge, x+d, -x-d) // some wrap around, to the other limit
		}
	}
	edge = append(edge, math.MinInt64, math.MinInt64+1)
	for _, a := range edge {
		for _, b := range edge {
			for name, op := range map[string]struct {
				of   func(w words) int64
				want *big.Int
			}{
				"+": {func(w words) int64 { return w.add(a, b) }, bigs{}.add(big.NewInt(a), big.NewInt(b))},
				"·": {func(w words) int64 { return w.mul(a, b) }, bigs{}.mul(big.NewInt(a), big.NewInt(b))},
			} {
				var overflow bool
				got := op.of(words{&overflow})
				fits := op.want.IsInt64()
				switch {
				case !fits && !overflow:
					t.Errorf("%d %s %d: overflow to %d is not reported", a, name, b, got)
				case fits && overflow && op.want.Int64() != math.MinInt64:
					t.Errorf("%d %s %d: %v fits, but overflow is reported", a, name, b, op.want)
				case fits && !overflow && got != op.want.Int64():
					t.Errorf("%d %s %d: got %d, want %v", a, name, b, got, op.want)
				}
			}
		}
	}
}

func TestOverflowStays(t *testing.T) {
	var overflow bool
	w := words{&overflow}
	w.mul(math.MaxInt64, 2)
	if w.add(1, 1); !overflow {
		t.Error("overflow is forgotten by the next sum")
	}
}

func TestBigsAreNotChanged(t *testing.T) {
	a, b := big.NewInt(6), big.NewInt(-7)
	sum, product := bigs{}.add(a, b), bigs{}.mul(a, b)
	if a.Int64() != 6 || b.Int64() != -7 || sum.Int64() != -1 || product.Int64() != -42 {
		t.Errorf("6 and −7 became %v and %v, with sum %v and product %v", a, b, sum, product)
	}
	if !(bigs{}).isZero(new(big.Int)) || (bigs{}).isZero(a) || !(words{}).isZero(0) || (words{}).isZero(-1) {
		t.Error("zero is taken for something else, or the reverse")
	}
}
