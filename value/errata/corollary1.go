package errata

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

func corollary1(ctx context.Context) (Row, error) {
	row := Row{
		Place: "Cor. 1",
		Paper: "as T → ∞ the displacement is −(η³/2) Σ C_μν J_μνλ / (η(H_μ + H_ν) H_λ) + o(η²), which is Θ(η²)",
		Holds: "−(η/2) Σ C_μν J_μνλ / ((H_μ + H_ν) H_λ) + O(η²), which is Θ(η); " +
			"the diagram in discrete time is −(η/2) Σ C_μν J_μνλ / ((H_μ + H_ν − ηH_μH_ν) H_λ)",
	}
	ours, err := displacementAtLast(ctx)
	if err != nil {
		return row, err
	}
	row.Checks = []Check{{
		Quantity: "coefficient of η in E[θ_T − θ_0] as T → ∞", Setting: skewed.on("sgd N=T"),
		Paper: corollary1AsPrinted().at(1), Ours: ours.at(1), Truth: stationaryMoment(skewed, 1, 1).at(1), By: "SGD's stationary moments",
	}}
	return row, nil
}

// corollary1AsPrinted returns P's displacement as a series in η.
func corollary1AsPrinted() polynomial {
	x := skewed.letters()
	zero, twice := new(big.Rat), product(frac(2, 1), x.H)
	numerator := polynomial{zero, zero, zero, product(frac(-1, 2), x.C, x.J)} // −(η³/2) C J
	return numerator.quotient(polynomial{zero, product(twice, x.H)}, 2)
}

// displacementAtLast returns the limit of E[θ_T − θ_0] as T → ∞, as a series in η that is good
// for its leading term: the diagrams with at most three edges, in discrete time.
//
// With K = 1 − ηH on every edge, and one or two edges alive between events, they sum to
// a + bK^T + cK^{2T} after T steps. Three consecutive sums, polynomials in η, determine a.
func displacementAtLast(ctx context.Context) (polynomial, error) {
	p, err := skewed.point()
	if err != nil {
		return nil, err
	}
	over := value.Point[polynomial]{Ring: polynomials{}, Statistics: tensor.Convert[polynomial](polynomials{}, p.Statistics)}
	eta := polynomial{new(big.Rat), frac(1, 1)}
	one := polynomial{frac(1, 1)}
	k := one.add(eta.scale(skewed.letters().H).scale(frac(-1, 1)))
	var sums []polynomial
	for steps := 1; steps <= 3; steps++ {
		g, err := embed.Parse(fmt.Sprintf("sgd N=%d", steps))
		if err != nil {
			return nil, err
		}
		r, err := value.Resum(ctx, embed.NewCounter(g), value.Displacement(), 3, value.Discrete)
		if err != nil {
			return nil, err
		}
		x, err := value.EvaluateAt(ctx, r, over, eta)
		if err != nil {
			return nil, err
		}
		sums = append(sums, x[r.Order].At(0))
	}
	denominator := one
	for _, decay := range []polynomial{k, k.mul(k)} {
		sums = withoutDecay(sums, decay)
		denominator = denominator.mul(one.add(decay.scale(frac(-1, 1))))
	}
	return sums[0].quotient(denominator, 2), nil
}

// withoutDecay returns x_{T+1} − decay·x_T, in which decay^T cancels.
func withoutDecay(x []polynomial, decay polynomial) (rest []polynomial) {
	for i := range x[1:] {
		rest = append(rest, x[i+1].add(x[i].mul(decay).scale(frac(-1, 1))))
	}
	return rest
}
