package tensor

import (
	"fmt"
	"math/big"
	"sync"

	"github.com/perturb-go/perturb/mobius"
)

// A normal computes the moments of a normal variable, and remembers them.
type normal struct {
	mean       []*big.Rat
	covariance [][]*big.Rat
	component  []int // the first coordinate that each is correlated with, through others

	mu    sync.Mutex
	known map[string]*big.Rat
}

const (
	// maxLattice bounds the moments that go into one, and maxKnown those remembered.
	maxLattice = 1 << 16
	maxKnown   = 1 << 20
)

func newNormal(mean []*big.Rat, covariance [][]*big.Rat) *normal {
	return &normal{
		mean:       mean,
		covariance: covariance,
		component:  components(covariance),
		known:      make(map[string]*big.Rat),
	}
}

// moment returns E[Π_i x_i^{a_i}], the product of those of the components, which are
// independent. It is not to be changed.
func (n *normal) moment(a string) (*big.Rat, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.known) > maxKnown {
		clear(n.known)
	}
	ring := mobius.Rational{}
	product := big.NewRat(1, 1)
	for c := range len(a) {
		if n.component[c] != c {
			continue
		}
		part := make([]byte, len(a))
		lattice := 1
		for i := range len(a) {
			if n.component[i] != c {
				continue
			}
			part[i] = a[i]
			if lattice *= int(a[i]) + 1; lattice > maxLattice {
				return nil, fmt.Errorf("a moment of x with exponents %v: %w", []byte(a), ErrTooLarge)
			}
		}
		if lattice > 1 {
			product = ring.Mul(product, n.recurse(part))
		}
	}
	return product, nil
}

// recurse returns the moment with exponents a, which it may change in between, by
// integration by parts: E[x_i x^b] = m_i E[x^b] + Σ_j Σ_ij b_j E[x^{b−e_j}].
func (n *normal) recurse(a []byte) *big.Rat {
	i := 0
	for i < len(a) && a[i] == 0 {
		i++
	}
	if i == len(a) {
		return big.NewRat(1, 1)
	}
	key := string(a)
	if q, ok := n.known[key]; ok {
		return q
	}
	a[i]--
	sum := new(big.Rat)
	if n.mean[i].Sign() != 0 {
		sum.Mul(n.mean[i], n.recurse(a))
	}
	for j, b := range a {
		if c := n.covariance[i][j]; b > 0 && c.Sign() != 0 {
			v := new(big.Rat).SetInt64(int64(b))
			v.Mul(v, c)
			a[j]--
			sum.Add(sum, v.Mul(v, n.recurse(a)))
			a[j]++
		}
	}
	a[i]++
	n.known[key] = sum
	return sum
}
