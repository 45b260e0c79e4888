package errata

import (
	"context"
	"math/big"

	"github.com/perturb-go/perturb/mobius"
)

func covarianceEstimator(context.Context) (Row, error) {
	gradients := func(f func(x, y *big.Rat) *big.Rat) *big.Rat { // the mean over pairs of points
		total := new(big.Rat)
		for _, x := range coin.losses {
			for _, y := range coin.losses {
				total.Add(total, f(x.derivative().eval(coin.theta), y.derivative().eval(coin.theta)))
			}
		}
		return total.Quo(total, frac(4, 1))
	}
	return Row{
		Place: "§C.4",
		Paper: "Ĉ = (l_x − l_y)_μ l_xy/2 is an unbiased estimator",
		Holds: "tr Ĉ = ½ ‖∇l_x − ∇l_y‖², x ≠ y; the paper's changes its sign when x and y change places, so that its mean is 0, " +
			"whatever l_xy is, if only it is symmetric in x and y",
		Checks: []Check{{
			Quantity: "mean of tr Ĉ over independent x and y, with l_xy read as ∇(l_x + l_y)/2", Setting: coin.String(),
			Paper: gradients(func(x, y *big.Rat) *big.Rat { return product(minus(x, y), sum(x, y), frac(1, 4)) }),
			Ours:  gradients(func(x, y *big.Rat) *big.Rat { return product(minus(x, y), minus(x, y), frac(1, 2)) }),
			Truth: coin.letters().C, By: "tr C itself",
		}},
	}, nil
}

// bits are the samples of the remaining rows.
const bits = "x_d = x for all d, with x = 0 or 1, evenly"

// correlator returns ⟨x⟩_μ of bits: every moment of one is 1/2.
func correlator(mu mobius.Partition) *big.Rat {
	total := frac(1, 1)
	for range mu.NumParts() {
		total.Mul(total, frac(1, 2))
	}
	return total
}

// overBits returns the mean of a statistic over all samples of n bits.
func overBits(n int, statistic func(sample []*big.Rat) (*big.Rat, error)) (*big.Rat, error) {
	total := new(big.Rat)
	for all := range 1 << n {
		sample := make([]*big.Rat, n)
		for i := range sample {
			sample[i] = frac(int64(all>>i&1), 1)
		}
		x, err := statistic(sample)
		if err != nil {
			return nil, err
		}
		total.Add(total, x)
	}
	return total.Quo(total, frac(1<<n, 1)), nil
}

func expectedStatistic(context.Context) (Row, error) {
	row := Row{
		Place:   "§C.6, (7)",
		Paper:   "E[S^D {x}_μ] = Σ_{τ≤μ} Π_{0≤d<D} S!/(S − |τ(μ⁻¹(d))|)! ⟨x⟩_τ, a product over all d",
		Holds:   "the product is over d in im(μ), as in the recursion below (7): one factor for each part of μ",
		RightIf: "μ⁻¹(d) is not the part of d, but its preimage under the map μ: off im(μ) it is empty, with a factor 1",
	}
	const S = 2
	mu := mobius.MustParse("01")
	truth, err := overBits(S, func(sample []*big.Rat) (*big.Rat, error) {
		return product(sum(sample...), sum(sample...)), nil // S² {x}_μ
	})
	part, empty := []int{0, 1}, []int{}
	c := Check{
		Quantity: "E[S^D {x}_μ] for D = 2, μ = 01 and S = 2, with μ⁻¹(d) read as the part of d", Setting: bits,
		Paper: equation7(mu, S, part, part), Ours: equation7(mu, S, mu.Parts()...), Truth: truth, By: "all samples",
	}
	spared := c
	spared.Quantity = "the same, with μ⁻¹(d) read as the preimage of d"
	spared.Paper = equation7(mu, S, part, empty)
	row.Checks, row.Spared = []Check{c}, []Check{spared}
	return row, err
}

// equation7 returns Σ_{τ≤μ} Π S!/(S − |τ(set)|)! ⟨x⟩_τ, a product over the given sets.
func equation7(mu mobius.Partition, S int, sets ...[]int) *big.Rat {
	total := new(big.Rat)
	for tau := range mobius.Partitions(mu.Len()) {
		if !tau.Refines(mu) {
			continue
		}
		term := correlator(tau)
		for _, set := range sets {
			image := map[int]bool{}
			for _, d := range set {
				image[tau.PartOf(d)] = true
			}
			term.Mul(term, falling(S, len(image)))
		}
		total.Add(total, term)
	}
	return total
}

func symmetricCorrelator(context.Context) (Row, error) {
	row := Row{
		Place: "§C.6, the example of complete symmetry",
		Paper: "⟨x⟩_012 = S² {x}_012 − (S−1)!/(S−3)! ⟨x⟩_0-1-2 + 3 (S−1)!/(S−2)! ⟨x⟩_01-2 (printed with {x} for ⟨x⟩)",
		Holds: "minus 3 (S−1)!/(S−2)! ⟨x⟩_01-2; with {x}_01-2 in its place neither sign would do",
	}
	const D, S = 3, 3
	whole, pair, apart := mobius.MustParse("012"), mobius.MustParse("01-2"), mobius.MustParse("0-1-2")
	ours, err := overBits(D*S, func(sample []*big.Rat) (*big.Rat, error) {
		f, _, err := estimates(sample, D, S)
		if err != nil {
			return nil, err
		}
		return f.At(whole), nil
	})
	if err != nil {
		return row, err
	}
	paper, err := overBits(D*S, func(sample []*big.Rat) (*big.Rat, error) {
		f, statistic, err := estimates(sample, D, S)
		if err != nil {
			return nil, err
		}
		return sum(
			product(frac(S*S, 1), statistic(whole)),
			product(frac(-1, 1), falling(S-1, 2), f.At(apart)),
			product(frac(3, 1), falling(S-1, 1), f.At(pair)),
		), nil
	})
	row.Checks = []Check{{
		Quantity: "mean of the estimate of ⟨x_0 x_1 x_2⟩, S = 3", Setting: bits,
		Paper: paper, Ours: ours, Truth: correlator(whole), By: "the moment itself",
	}}
	return row, err
}

// estimates returns the library's unbiased estimates of all correlators, and the
// statistics {x}_μ that they come from.
func estimates(sample []*big.Rat, D, S int) (mobius.Function[*big.Rat], func(mobius.Partition) *big.Rat, error) {
	factors := make([][]*big.Rat, D)
	for d := range factors {
		factors[d] = sample
	}
	statistic, err := mobius.BatchStatistic[*big.Rat](mobius.Rational{}, S, factors)
	if err != nil {
		return mobius.Function[*big.Rat]{}, nil, err
	}
	f, err := mobius.Correlators[*big.Rat](mobius.Rational{}, D, S, statistic)
	return f, statistic, err
}
