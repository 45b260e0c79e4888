package mobius_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

func TestFloat64(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 2000)
	for _, test := range []struct {
		name      string
		got, want float64
	}{
		{"Add", mobius.Float64{}.Add(1, 2), 3},
		{"Mul", mobius.Float64{}.Mul(2, 3), 6},
		{"Int(2^53 + 1), a tie, to even", mobius.Float64{}.Int(big.NewInt(1<<53 + 1)), 1 << 53},
		{"Int(2^2000), beyond the range", mobius.Float64{}.Int(huge), math.Inf(1)},
		{"Rat(1/3)", mobius.Float64{}.Rat(big.NewRat(1, 3)), 1.0 / 3},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, test.got, test.want)
		}
	}
}

// Elements are immutable, even those that an operation returns unchanged.
func TestRational(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := mobius.Rational{}
		a, b := rational().Draw(t, "a"), rational().Draw(t, "b")
		oldA, oldB := new(big.Rat).Set(a), new(big.Rat).Set(b)
		if got, want := r.Add(a, b), new(big.Rat).Add(a, b); got.Cmp(want) != 0 {
			t.Errorf("%v + %v: got %v, want %v", a, b, got, want)
		}
		if got, want := r.Mul(a, b), new(big.Rat).Mul(a, b); got.Cmp(want) != 0 {
			t.Errorf("%v · %v: got %v, want %v", a, b, got, want)
		}
		if a.Cmp(oldA) != 0 || b.Cmp(oldB) != 0 {
			t.Errorf("operands %v, %v became %v, %v", oldA, oldB, a, b)
		}
	})
	if got := (mobius.Rational{}).Int(big.NewInt(-7)); got.RatString() != "-7" {
		t.Errorf("Int(-7): got %v", got)
	}
}
