package embed

import (
	"math/big"
	"math/bits"
	"sync"
)

// A modulus is 2^64, or a prime p between 2^62 and 2^63. Numbers modulo p are kept as
// x·2^64 mod p, so that a product takes no division (P. L. Montgomery, 1985); modulo 2^64 they
// are kept as they are, and sums and products are what the machine makes of them.
//
// Counts are integers that a few machine words hold, or hundreds of words for schedules with
// many denominators. They are computed modulo 2^64 and as many primes as a bound on them
// demands, and put together by the Chinese remainder theorem: nothing overflows.
type modulus struct {
	p       uint64 // 0 stands for 2^64
	inverse uint64 // of p, modulo 2^64
	one     uint64 // 2^64 mod p, or 1
	square  uint64 // 2^128 mod p, or 1
}

// word is 2^64.
var word = modulus{one: 1, square: 1}

func newModulus(p uint64) modulus {
	m := modulus{p: p, inverse: p}
	for range 6 { // Newton: p itself is right to 3 bits, and each step doubles them
		m.inverse *= 2 - p*m.inverse
	}
	_, m.one = bits.Div64(1, 0, p)
	_, m.square = bits.Div64(m.one, 0, p)
	return m
}

func (m *modulus) mul(a, b uint64) uint64 {
	if m.p == 0 {
		return a * b
	}
	return m.mulPrime(a, b)
}

// mulPrime is mul modulo a prime.
func (m *modulus) mulPrime(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	// The product less a multiple of p with the same low word.
	less, _ := bits.Mul64(low*m.inverse, m.p)
	x := high - less
	if high < less {
		x += m.p
	}
	return x
}

func (m *modulus) add(a, b uint64) uint64 {
	x := a + b
	if x >= m.p {
		x -= m.p
	}
	return x
}

func (m *modulus) sub(a, b uint64) uint64 {
	x := a - b
	if a < b {
		x += m.p
	}
	return x
}

// of returns x modulo p.
func (m *modulus) of(x *big.Int) uint64 {
	var rest uint64
	words := x.Bits()
	for i := len(words) - 1; i >= 0; i-- {
		if m.p == 0 {
			rest = rest<<(bits.UintSize/2)<<(bits.UintSize/2) | uint64(words[i])
		} else if bits.UintSize == 32 {
			_, rest = bits.Div64(rest>>32, rest<<32|uint64(words[i]), m.p)
		} else {
			_, rest = bits.Div64(rest, uint64(words[i]), m.p)
		}
	}
	if x.Sign() < 0 && rest > 0 {
		rest = m.p - rest
	}
	return m.mul(rest, m.square)
}

// plain returns the number, from 0 to p−1, that is kept as x.
func (m *modulus) plain(x uint64) uint64 { return m.mul(x, 1) }

// power returns x^n.
func (m *modulus) power(x, n uint64) uint64 {
	y := m.one
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y = m.mul(y, x)
		}
		x = m.mul(x, x)
	}
	return y
}

// Moduli are 2^64 and the primes, the largest first, with what it takes to put residues
// together.
type moduli struct {
	mu   sync.Mutex
	list []place
}

// A place is a modulus, of which the residues are the digits of a number in this place.
type place struct {
	modulus
	value   *big.Int // the product of the moduli before this one
	inverse uint64   // of that, modulo this one
}

// get returns the i-th modulus.
func (l *moduli) get(i int) place {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.list) <= i {
		l.list = append(l.list, l.next())
	}
	return l.list[i]
}

func (l *moduli) next() place {
	if len(l.list) == 0 {
		return place{modulus: word, value: big.NewInt(1), inverse: 1}
	}
	last := l.list[len(l.list)-1]
	p, value := last.p, new(big.Int)
	if p == 0 {
		p = 1 << 63
		value.Lsh(last.value, 64)
	} else {
		value.Mul(last.value, value.SetUint64(p))
	}
	for p--; !new(big.Int).SetUint64(p).ProbablyPrime(0); p-- { // exact below 2^64
	}
	next := place{modulus: newModulus(p), value: value}
	next.inverse = next.power(next.of(value), p-2)
	return next
}

// needed returns how many moduli it takes to tell the integers from −bound to bound apart:
// their product must exceed 2·bound, and is more than 2^64 times 2^62 for each but the first.
func (l *moduli) needed(bound *big.Int) int {
	return max(0, bound.BitLen()-2)/62 + 1
}

// join returns the integer nearest to 0 with the given residues, as modulus.plain gives them.
func (l *moduli) join(residues []uint64) *big.Int {
	x, term := new(big.Int), new(big.Int)
	for i, r := range residues {
		p := l.get(i)
		digit := p.sub(p.mul(r, p.square), p.of(x))
		digit = p.plain(p.mul(digit, p.inverse))
		x.Add(x, term.Mul(term.SetUint64(digit), p.value))
	}
	all := l.get(len(residues)).value
	if term.Lsh(x, 1).Cmp(all) > 0 {
		x.Sub(x, all)
	}
	return x
}
