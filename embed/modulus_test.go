package embed

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Arithmetic modulo 2^64 and modulo primes is that of big.Int.
func TestModulus(t *testing.T) {
	var l moduli
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, 9).Draw(t, "modulus")
		p := l.get(i)
		q := new(big.Int).SetUint64(p.p)
		if i == 0 {
			q.Lsh(big.NewInt(1), 64)
		} else if p.p>>62 != 1 {
			t.Fatalf("%d is not between 2^62 and 2^63", p.p)
		}
		any := rapid.OneOf(rapid.Uint64Range(0, p.p-1), rapid.SampledFrom([]uint64{0, 1, p.p - 1, (p.p - 1) / 2}))
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
				t.Errorf("%s of %d and %d mod %d: got %d, want %v", name, a, b, q, p.plain(test.got), want)
			}
		}
	})
}

// Residues tell every integer up to the bound that they were made for, of either sign.
func TestModuliJoin(t *testing.T) {
	var l moduli
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

// Integers of either sign next to where one modulus more is needed, and their neighbours.
func TestModuliJoinAtTheirLimits(t *testing.T) {
	var l moduli
	one := big.NewInt(1)
	for bits := range uint(400) {
		power := new(big.Int).Lsh(one, bits)
		for _, bound := range []*big.Int{new(big.Int).Sub(power, one), power} {
			n := l.needed(bound)
			if product := l.get(n).value; product.Cmp(new(big.Int).Lsh(bound, 1)) <= 0 {
				t.Fatalf("%d moduli for a bound of %v: their product is %v", n, bound, product)
			}
			for _, x := range []*big.Int{bound, new(big.Int).Neg(bound)} {
				residues := make([]uint64, n)
				for i := range residues {
					p := l.get(i)
					residues[i] = p.plain(p.of(x))
				}
				if got := l.join(residues); got.Cmp(x) != 0 {
					t.Errorf("got %v from %d residues, want %v", got, n, x)
				}
			}
		}
	}
	for bits, want := range map[uint]int{0: 1, 62: 1, 63: 2, 124: 2, 125: 3, 186: 3, 187: 4} {
		if got := l.needed(new(big.Int).Lsh(one, bits)); got != want {
			t.Errorf("%d moduli for a bound of 2^%d, want %d", got, bits, want)
		}
	}
}
