package errata

import "math/big"

// stationaryMoment returns E[θ^k] of the stationary distribution of SGD with batch size 1
// and fresh data, near a minimum of l at 0, as a series in η through η^order.
//
// The distribution is the same after another step θ − ηg with g = ∇l_x(θ), so that
//
//	k E[θ^{k−1} l'(θ)] = Σ_{i=2}^k C(k,i) (−1)^i η^{i−1} E[θ^{k−i} E_x g^i(θ)].
//
// The left side is kH E[θ^k] and moments of higher degree. As E[θ^m] = O(η^{m/2}), the
// coefficients of η^j follow from those of lower powers of η, the highest degree 2j first.
// No diagram enters.
func stationaryMoment(l landscape, k, order int) polynomial {
	s := stationary{l: l, known: map[[2]int]*big.Rat{}}
	for j := 1; j <= order; j++ {
		for degree := 2 * j; degree > 0; degree-- {
			s.known[[2]int{degree, j}] = s.solve(degree, j)
		}
	}
	moment := make(polynomial, order+1)
	for j := range moment {
		moment[j] = s.at(k, j)
	}
	return moment
}

type stationary struct {
	l     landscape
	known map[[2]int]*big.Rat // by degree k and power j
}

// at returns the coefficient of η^j in E[θ^k].
func (s stationary) at(k, j int) *big.Rat {
	switch {
	case k == 0 && j == 0:
		return frac(1, 1)
	case k == 0 || k > 2*j:
		return new(big.Rat)
	}
	return s.known[[2]int{k, j}]
}

// mean returns the coefficient of η^j in E[θ^k p(θ)].
func (s stationary) mean(k int, p polynomial, j int) *big.Rat {
	total := new(big.Rat)
	for r, c := range p {
		if c.Sign() != 0 {
			total.Add(total, product(c, s.at(k+r, j)))
		}
	}
	return total
}

// solve returns the coefficient of η^j in E[θ^k].
func (s stationary) solve(k, j int) *big.Rat {
	force := s.l.loss().derivative() // 0 + Hθ + …
	curvature := force.at(1)
	beyond := append(polynomial{new(big.Rat), new(big.Rat)}, force[2:]...)
	total := product(frac(int64(-k), 1), s.mean(k-1, beyond, j))
	for i := 2; i <= min(k, j+1); i++ {
		power := s.l.expectation(func(loss polynomial) polynomial {
			total := polynomial{frac(1, 1)}
			for range i {
				total = total.mul(loss.derivative())
			}
			return total
		})
		sign := new(big.Rat).SetInt(new(big.Int).Binomial(int64(k), int64(i)))
		if i%2 == 1 {
			sign.Neg(sign)
		}
		total.Add(total, product(sign, s.mean(k-i, power, j-i+1)))
	}
	return total.Quo(total, product(frac(int64(k), 1), curvature))
}
