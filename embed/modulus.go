package embed

import (
	"math/big"
	"math/bits"
	"sync"
)

// A modulus is a prime p between 2^62 and 2^63. Numbers modulo p are kept as x·2^64 mod p,
// so that a product takes no division (P. L. Montgomery, 1985).
//
// Counts are integers that a few machine words hold, or hundreds of words for schedules with
// many denominators. They are computed modulo as many primes as a bound on them demands, and
// put together by the Chinese remainder theorem: nothing overflows.
type modulus struct {
	p       uint64
	inverse uint64 // of p, modulo 2^64
	one     uint64 // 2^64 mod p
	square  uint64 // 2^128 mod p
}

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
		if bits.UintSize == 32 {
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

// plain returns the number, from 0 to p−1, that x is kept as.
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

// Primes are moduli, the largest first, with what it takes to put residues together.
type primes struct {
	mu   sync.Mutex
	list []prime
}

type prime struct {
	modulus
	before  *big.Int // the product of the primes before this one
	inverse uint64   // of that, modulo this one
}

// get returns the i-th prime.
func (l *primes) get(i int) prime {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.list) <= i {
		p, before := uint64(1)<<63, big.NewInt(1)
		if n := len(l.list); n > 0 {
			last := l.list[n-1]
			p = last.p
			before = new(big.Int).Mul(last.before, new(big.Int).SetUint64(p))
		}
		for p--; !new(big.Int).SetUint64(p).ProbablyPrime(0); p-- { // exact below 2^64
		}
		next := prime{modulus: newModulus(p), before: before}
		next.inverse = next.power(next.of(before), p-2)
		l.list = append(l.list, next)
	}
	return l.list[i]
}

// needed returns how many primes it takes to tell the integers from −bound to bound apart.
func (l *primes) needed(bound *big.Int) int {
	return bound.BitLen()/62 + 1 // more than 2^62 each, so that the product exceeds 2·bound
}

// join returns the integer nearest to 0 with the given residues, as modulus.plain gives them.
func (l *primes) join(residues []uint64) *big.Int {
	x, term := new(big.Int), new(big.Int)
	for i, r := range residues {
		p := l.get(i)
		digit := p.sub(p.mul(r, p.square), p.of(x))
		digit = p.plain(p.mul(digit, p.inverse))
		x.Add(x, term.Mul(term.SetUint64(digit), p.before))
	}
	all := l.get(len(residues)).before
	if term.Lsh(x, 1).Cmp(all) > 0 {
		x.Sub(x, all)
	}
	return x
}
