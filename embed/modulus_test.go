package embed

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Arithmetic modulo a prime is that of big.Int.
func TestModulus(t *testing.T) {
	var l primes
	rapid.Check(t, func(t *rapid.T) {
		p := l.get(rapid.IntRange(0, 9).Draw(t, "prime"))
		if p.p>>62 != 1 {
			t.Fatalf("%d is not between 2^62 and 2^63", p.p)
		}
		q := new(big.Int).SetUint64(p.p)
		any := rapid.OneOf(rapid.Uint64Range(0, p.p-1), rapid.SampledFrom([]uint64{0, 1, p.p - 1, p.p / 2}))
		a, b := any.Draw(t, "a"), any.Draw(t, "b")
		x, y := new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)
		for name, test := range map[string]struct {
			got  uint64
			want *big.Int
		}{
			"product":    {p.mul(p.of(x), p.of(y)), new(big.Int).Mul(x, y)},
			"sum":        {p.add(p.of(x), p.of(y)), new(big.Int).Add(x, y)},
			"difference": {p.sub(p.of(x), p.of(y)), new(big.Int).Sub(x, y)},
			"negative":   {p.of(new(big.Int).Neg(x)), new(big.Int).Neg(x)},
			"power":      {p.power(p.of(x), 5), new(big.Int).Exp(x, big.NewInt(5), nil)},
			"one":        {p.one, big.NewInt(1)},
		} {
			if want := test.want.Mod(test.want, q); p.plain(test.got) != want.Uint64() {
				t.Errorf("%s of %d and %d mod %d: got %d, want %v", name, a, b, p.p, p.plain(test.got), want)
			}
		}
	})
}

// Residues tell every integer up to the bound that they were made for, of either sign.
func TestPrimesJoin(t *testing.T) {
	var l primes
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "bytes")
		bound := new(big.Int).SetBytes(bytes)
		x := new(big.Int).Set(bound)
		if rapid.Bool().Draw(t, "smaller") {
			x.Rsh(x, rapid.UintRange(0, 99).Draw(t, "shift"))
		}
		if rapid.Bool().Draw(t, "negative") {
			x.Neg(x)
		}
		residues := make([]uint64, l.needed(bound))
		for i := range residues {
			p := l.get(i)
			residues[i] = p.plain(p.of(x))
		}
		if got := l.join(residues); got.Cmp(x) != 0 {
			t.Fatalf("got %v, want %v", got, x)
		}
	})
}
