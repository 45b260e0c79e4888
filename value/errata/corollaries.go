package errata

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/value"
)

func corollary3(ctx context.Context) (Row, error) {
	row := Row{
		Place: "Cor. 3",
		Paper: "l_C = η² (N−1)/(4N) ∇tr C = E[θ_GD − θ_SGD] − o(η²), and GD on l + l_C agrees with SGD to order η²",
		Holds: "E[θ_GD − θ_SGD] = η² T (N−B)/(4NB) ∇tr C + o(η²) over T updates in whole epochs, not in partial ones; " +
			"l_C is the loss η (N−B)/(4NB) tr C, whose gradient is the force, and GD on l + l_C is SGD through η²",
	}
	const gd, sgd, N = "gd N=2 T=2", "sgd N=2", 2
	c, err := displacement.difference(ctx, coin, gd, sgd)
	c.Quantity = "coefficient of η² in E[θ_GD − θ_SGD]"
	c.Paper = product(frac(N-1, 4*N), coin.letters().slopeC)
	row.Checks = []Check{c}
	return row, err
}

func corollary4(ctx context.Context) (Row, error) {
	row := Row{
		Place:   "Cor. 4, §A.1",
		Paper:   "E[θ_{M=M₀} − θ_{M=1}] = η₀² N (M₀−1)/(4M₀) ∇tr C, and the test losses differ by G times that: all other diagrams cancel",
		Holds:   "η₀² N (M₀−1)/(4M₀) (∇tr C + 2HG): the untied chain does not cancel",
		RightIf: "HG = 0, or C is read as the raw second moment E[∇l_x ∇l_x]",
	}
	const many, once, N, M = "sgd N=2 E=2 rate=1/2", "sgd N=2", 2, 2
	displaced, err := displacement.difference(ctx, coin, many, once)
	if err != nil {
		return row, err
	}
	factor := frac(N*(M-1), 4*M)
	x := coin.letters()
	displaced.Quantity = "coefficient of η₀² in E[θ_{M=2} − θ_{M=1}]"
	displaced.Paper = product(factor, x.slopeC)
	loss, err := testLoss.difference(ctx, coin, many, once)
	if err != nil {
		return row, err
	}
	loss.Quantity = "coefficient of η₀² in E[l(θ_{M=2}) − l(θ_{M=1})]"
	loss.Paper = product(factor, x.G, x.slopeC)
	row.Checks = []Check{displaced, loss}

	rest, err := displacement.difference(ctx, coinAtRest, many, once)
	rest.Quantity = displaced.Quantity
	rest.Paper = product(factor, coinAtRest.letters().slopeC)
	row.Spared = []Check{rest}
	return row, err
}

// A measure is an observable of the library's and the same thing of an ensemble's.
type measure struct {
	observable value.Observable
	series     func(*descent.Ensemble) descent.Series
}

var (
	displacement = measure{value.Displacement(), func(e *descent.Ensemble) descent.Series { return e.Displacement()[0] }}
	testLoss     = measure{value.TestLoss(), (*descent.Ensemble).TestLoss}
)

// difference returns ours and the truth for the coefficient of η² in the difference of two
// optimizers.
func (m measure) difference(ctx context.Context, l landscape, first, second string) (Check, error) {
	c := Check{Setting: l.on(first, second), Ours: new(big.Rat), Truth: new(big.Rat), By: "SGD itself"}
	for i, optimizer := range []string{first, second} {
		sign := frac(int64(1-2*i), 1)
		ours, err := l.diagrams(ctx, optimizer, m.observable, 2)
		if err != nil {
			return c, err
		}
		truth, err := l.sgd(optimizer, 2)
		if err != nil {
			return c, err
		}
		c.Ours.Add(c.Ours, product(sign, ours))
		c.Truth.Add(c.Truth, product(sign, m.series(truth)[2]))
	}
	return c, nil
}

func corollary5(ctx context.Context) (Row, error) {
	row := Row{
		Place:   "Cor. 5",
		Paper:   "SGD's test loss is η² (T/2) C·H + o(η²) more than ODE's and SDE's",
		Holds:   "η² (T/2) (C − GG)·H more than ODE's, and η² (T/2) GHG less than SDE's. The skewness term of η³, −(T/6) S·J, holds",
		RightIf: "the other is the ODE, at a stationary point of l",
	}
	wrong := []struct {
		l     landscape
		noise bool
	}{{coin, false}, {coin, true}, {coinAtRest, true}}
	for _, w := range wrong {
		c, err := flowCheck(ctx, w.l, w.noise)
		if err != nil {
			return row, err
		}
		row.Checks = append(row.Checks, c)
	}
	c, err := flowCheck(ctx, coinAtRest, false)
	row.Spared = []Check{c}
	return row, err
}

// flowCheck compares the coefficient of η² in SGD's test loss with that of a flow's.
func flowCheck(ctx context.Context, l landscape, noise bool) (Check, error) {
	const T, k = 4, 2
	name := "ODE"
	flow := fmt.Sprintf("ode T=%d", T)
	if noise {
		name, flow = "SDE", fmt.Sprintf("sde T=%d", T)
	}
	sgd := fmt.Sprintf("sgd N=%d", T)
	x := l.letters()
	c := Check{
		Quantity: "coefficient of η² in SGD's test loss less " + name + "'s", Setting: l.on(sgd, flow),
		Paper: product(frac(T, 2), x.C, x.H), By: "SGD itself less the " + name,
	}
	discrete, err := l.diagrams(ctx, sgd, value.TestLoss(), k)
	if err != nil {
		return c, err
	}
	continuous, err := l.diagrams(ctx, flow, value.TestLoss(), k)
	if err != nil {
		return c, err
	}
	exact, err := l.sgd(sgd, k)
	if err != nil {
		return c, err
	}
	c.Ours = minus(discrete, continuous)
	c.Truth = minus(exact.TestLoss()[k], flowMean(l, noise, l.loss(), T, k).at(k))
	return c, nil
}
