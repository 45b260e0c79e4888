package errata

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// A landscape is two equally likely losses in one weight, polynomials in θ, with a start.
type landscape struct {
	losses [2]polynomial
	theta  *big.Rat
}

// The landscapes of the checks.
var (
	// A coin shows whether the loss is 3θ + θ² or θ, with G = 2, H = 1, C = (1 + θ)² at 0.
	coin = landscape{[2]polynomial{{frac(0, 1), frac(3, 1), frac(1, 1)}, {frac(0, 1), frac(1, 1)}}, frac(0, 1)}
	// The coin's minimum: G = 0, H = 1, C = 1.
	coinAtRest = landscape{coin.losses, frac(-2, 1)}
	// Mean estimation: a quadratic loss with constant noise, H = 1 and C = 1.
	mean = landscape{[2]polynomial{{frac(0, 1), frac(-1, 1), frac(1, 2)}, {frac(0, 1), frac(1, 1), frac(1, 2)}}, frac(1, 1)}
	// A skewed valley: G = 0, H = 1, J = 1, C = 1/9, with too little noise ever to cross the
	// barrier at θ = −2, so that SGD has a stationary distribution.
	skewed = landscape{[2]polynomial{
		{frac(0, 1), frac(-1, 3), frac(1, 2), frac(1, 6)}, {frac(0, 1), frac(1, 3), frac(1, 2), frac(1, 6)},
	}, frac(0, 1)}
)

// String says what the landscape is.
func (l landscape) String() string {
	return fmt.Sprintf("l_x = %v or %v, evenly, θ_0 = %s", l.losses[0], l.losses[1], number(l.theta))
}

// on says what the landscape is and which optimizers are run on it, as embed.Parse reads them.
func (l landscape) on(optimizers ...string) string {
	return fmt.Sprintf("%v; %s", l, strings.Join(optimizers, " and "))
}

// expectation returns E_x f(l_x).
func (l landscape) expectation(f func(loss polynomial) polynomial) polynomial {
	return f(l.losses[0]).add(f(l.losses[1])).scale(frac(1, 2))
}

// loss returns l(θ).
func (l landscape) loss() polynomial {
	return l.expectation(func(loss polynomial) polynomial { return loss })
}

// covariance returns C(θ).
func (l landscape) covariance() polynomial {
	square := l.expectation(func(loss polynomial) polynomial { return loss.derivative().mul(loss.derivative()) })
	g := l.loss().derivative()
	return square.add(g.mul(g).scale(frac(-1, 1)))
}

// letters are the statistics at the start, for P's formulas.
type letters struct {
	G, H, J, C, slopeC *big.Rat // slopeC is ∇C
}

func (l landscape) letters() letters {
	g := l.loss().derivative()
	return letters{
		G: g.eval(l.theta), H: g.derivative().eval(l.theta), J: g.derivative().derivative().eval(l.theta),
		C: l.covariance().eval(l.theta), slopeC: l.covariance().derivative().eval(l.theta),
	}
}

// point returns the landscape for package value.
func (l landscape) point() (value.Point[*big.Rat], error) {
	var data []tensor.Datum
	for _, loss := range l.losses {
		var terms []tensor.Term
		for k, c := range loss {
			terms = append(terms, tensor.Term{Coef: c, Exp: []int{k}})
		}
		p, err := tensor.NewPolynomial(1, terms)
		if err != nil {
			return value.Point[*big.Rat]{}, err
		}
		data = append(data, tensor.Datum{Prob: frac(1, 2), Loss: p})
	}
	f, err := tensor.NewFinite([]*big.Rat{l.theta}, data)
	if err != nil {
		return value.Point[*big.Rat]{}, err
	}
	return value.ExactPoint(f), nil
}

// diagrams returns the coefficient of η^k of an observable, by the sum over diagrams.
func (l landscape) diagrams(ctx context.Context, dynamics string, o value.Observable, k int) (*big.Rat, error) {
	d, err := embed.ParseDynamics(dynamics)
	if err != nil {
		return nil, err
	}
	s, err := value.ExpandWith(ctx, d, o, k, embed.Cumulant)
	if err != nil {
		return nil, err
	}
	p, err := l.point()
	if err != nil {
		return nil, err
	}
	x, err := value.Evaluate(ctx, s, p)
	if err != nil {
		return nil, err
	}
	return x.Coefficients[k].Data()[0], nil
}

// problem returns descent on every training set.
func (l landscape) problem(optimizer string) (descent.Problem, error) {
	g, err := embed.Parse(optimizer)
	if err != nil {
		return descent.Problem{}, err
	}
	p := descent.Problem{Dim: 1, Theta: []*big.Rat{l.theta}, N: int(g.Rows()), T: int(g.Columns())}
	for _, loss := range l.losses {
		p.Data = append(p.Data, descent.Datum{Prob: frac(1, 2), Loss: lossOf(loss)})
	}
	for c := range g.Cells() {
		p.Cells = append(p.Cells, descent.Cell{N: int(c.N), T: int(c.T), Weight: c.Weight})
	}
	return p, nil
}

func lossOf(p polynomial) (loss descent.Loss) {
	for k, c := range p {
		loss = append(loss, descent.Term{Coef: c, Exp: []int{k}})
	}
	return loss
}

// sgd returns SGD itself, through η^order.
func (l landscape) sgd(optimizer string, order int) (*descent.Ensemble, error) {
	p, err := l.problem(optimizer)
	if err != nil {
		return nil, err
	}
	return descent.Expand(p, order)
}
