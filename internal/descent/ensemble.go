package descent

import (
	"fmt"
	"math/big"
)

// An Ensemble is descent after T steps on every training set. Its methods return fresh
// series and may not be called concurrently.
type Ensemble struct {
	dim, rows, n int // P, N and the number of coefficients
	initial      []Series
	probs        []*big.Rat // by datum
	losses       []poly     // by datum
	loss         poly       // l, the mean of losses
	outcomes     []outcome
}

// An outcome is the end of descent on the training sets that agree in all rows but the
// idle ones, which do not matter to it.
type outcome struct {
	prob  *big.Rat
	data  []int // by row
	theta *point
}

// newEnsemble returns the ensemble of p, which is well formed, without outcomes.
func newEnsemble(p Problem, n int) *Ensemble {
	e := &Ensemble{dim: p.Dim, rows: p.N, n: n, loss: poly{}}
	for _, x := range p.Theta {
		e.initial = append(e.initial, constant(x, n))
	}
	for _, datum := range p.Data {
		loss := e.poly(datum.Loss)
		e.probs = append(e.probs, new(big.Rat).Set(datum.Prob))
		e.losses = append(e.losses, loss)
		e.loss.addScaled(datum.Prob, loss)
	}
	return e
}

// TestLoss returns E[l(θ_T)], l = E_x l_x.
func (e *Ensemble) TestLoss() Series { return e.mean(e.loss) }

// TrainLoss returns E[(1/N) Σ_n l_n(θ_T)], the sum over all rows, idle ones included.
func (e *Ensemble) TrainLoss() Series {
	return e.average(func(o outcome) Series {
		train, share := poly{}, big.NewRat(1, int64(e.rows))
		for _, x := range o.data {
			if x == idle {
				// The row's datum is independent of θ_T: average over it first.
				train.addScaled(share, e.loss)
			} else {
				train.addScaled(share, e.losses[x])
			}
		}
		return o.theta.value(train)
	})
}

// Gap returns the generalization gap, test minus train loss.
func (e *Ensemble) Gap() Series { return e.TestLoss().minus(e.TrainLoss()) }

// Displacement returns E[θ_T − θ_0], by component.
func (e *Ensemble) Displacement() []Series {
	d := make([]Series, e.dim)
	for mu := range d {
		d[mu] = e.average(func(o outcome) Series { return e.moved(o, mu) })
	}
	return d
}

// moved returns the component μ of θ_T − θ_0.
func (e *Ensemble) moved(o outcome, mu int) Series {
	return o.theta.theta[mu].minus(e.initial[mu])
}

// WeightCovariance returns Cov[θ_T^μ, θ_T^ν] over training sets, P×P.
func (e *Ensemble) WeightCovariance() [][]Series {
	cov := make([][]Series, e.dim)
	for mu := range cov {
		for nu := range e.dim {
			// A covariance does not see the shift by θ_0, which saves work.
			cov[mu] = append(cov[mu], e.covariance(
				func(o outcome) Series { return e.moved(o, mu) },
				func(o outcome) Series { return e.moved(o, nu) },
			))
		}
	}
	return cov
}

// TestLossVariance returns Var[l(θ_T)] over training sets.
func (e *Ensemble) TestLossVariance() Series {
	value := func(o outcome) Series { return o.theta.value(e.loss) }
	return e.covariance(value, value)
}

// Mean returns E[s(θ_T)]. It panics if s is not a polynomial in P variables.
func (e *Ensemble) Mean(s Loss) Series { return e.mean(e.poly(s)) }

// Covariance returns Cov[r(θ_T), s(θ_T)] over training sets. It panics if r or s is not
// a polynomial in P variables.
func (e *Ensemble) Covariance(r, s Loss) Series {
	a, b := e.poly(r), e.poly(s)
	return e.covariance(
		func(o outcome) Series { return o.theta.value(a) },
		func(o outcome) Series { return o.theta.value(b) },
	)
}

// poly returns s, and panics if it is not a polynomial in P variables.
func (e *Ensemble) poly(s Loss) poly {
	p, err := newPoly(s, e.dim)
	if err != nil {
		panic(fmt.Sprintf("descent: %v", err))
	}
	return p
}

// mean returns E[s(θ_T)].
func (e *Ensemble) mean(s poly) Series {
	return e.average(func(o outcome) Series { return o.theta.value(s) })
}

// average returns E[f] over training sets.
func (e *Ensemble) average(f func(outcome) Series) Series {
	sum := zero(e.n)
	for _, o := range e.outcomes {
		sum.addScaled(o.prob, f(o))
	}
	return sum
}

// covariance returns E[f g] − E[f] E[g] over training sets.
func (e *Ensemble) covariance(f, g func(outcome) Series) Series {
	meanF, meanG := zero(e.n), zero(e.n)
	product := e.average(func(o outcome) Series {
		a, b := f(o), g(o)
		meanF.addScaled(o.prob, a)
		meanG.addScaled(o.prob, b)
		return a.times(b, e.n)
	})
	return product.minus(meanF.times(meanG, e.n))
}
