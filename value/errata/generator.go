package errata

import "math/big"

// flowMean returns E[f(θ)] after the time ηT of the flow dθ = −∇l dt', or, with noise, of
// dθ = −∇l dt' + √(ηC(θ)) dW in Itô's sense, as a series in η through η^order.
//
// The mean obeys d/dt' E[f] = E[Lf] with the generator L = −l' ∂ + (ηC/2) ∂², so it is
// Σ_k (ηT)^k/k! L^k f at θ_0. No diagram enters.
func flowMean(l landscape, noise bool, f polynomial, T int64, order int) polynomial {
	drift := l.loss().derivative().scale(frac(-1, 1))
	spread := l.covariance().scale(frac(1, 2))
	powers := make([]polynomial, order+1) // L^k f, by powers of η
	powers[0] = f
	factor := frac(1, 1) // T^k/k!
	mean := make(polynomial, order+1)
	for j := range mean {
		mean[j] = new(big.Rat)
	}
	for k := 0; k <= order; k++ {
		for j := 0; j+k <= order; j++ {
			mean[j+k].Add(mean[j+k], product(factor, powers[j].eval(l.theta)))
		}
		for j := order; j >= 0; j-- {
			next := drift.mul(powers[j].derivative())
			if noise && j > 0 {
				next = next.add(spread.mul(powers[j-1].derivative().derivative()))
			}
			powers[j] = next
		}
		factor = product(factor, frac(T, int64(k)+1))
	}
	return mean
}
