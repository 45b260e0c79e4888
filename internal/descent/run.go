package descent

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// ErrOrder is wrapped by the error for a negative order.
var ErrOrder = errors.New("descent: negative order")

// Expand runs descent on every training set as a power series in η, and returns the
// results. Every series they give has order+1 coefficients, those of η^0, …, η^order.
// The error wraps ErrProblem or ErrOrder.
func Expand(p Problem, order int) (*Ensemble, error) {
	if order < 0 {
		return nil, fmt.Errorf("%w: %d", ErrOrder, order)
	}
	// One factor of η precedes every gradient, which is therefore needed to one order less.
	return run(p, Series{new(big.Rat), big.NewRat(1, 1)}, order+1, order)
}

// At runs descent on every training set at a value of η, and returns the results. Every
// series they give has one coefficient, which is the observable itself. Numbers grow
// quickly with T unless the losses are quadratic. The error wraps ErrProblem, also if
// eta is nil.
func At(p Problem, eta *big.Rat) (*Ensemble, error) {
	if eta == nil {
		return nil, fmt.Errorf("%w: no eta", ErrProblem)
	}
	return run(p, Series{eta}, 1, 1)
}

// Run returns the expected test and train loss at a value of η, by [At].
func Run(p Problem, eta *big.Rat) (test, train *big.Rat, err error) {
	e, err := At(p, eta)
	if err != nil {
		return nil, nil, err
	}
	return e.TestLoss()[0], e.TrainLoss()[0], nil
}

// A runner enumerates the training sets of a problem.
type runner struct {
	*Ensemble
	eta         Series
	n           int // coefficients of θ
	gradient    int // coefficients of the gradient
	derivatives differ
	columns     [][]Cell // the cells by time
	metric      [][]*big.Rat
	strength    *big.Rat // of the force; nil if there is none
}

// A state is descent on its way: the weights at some time, on the training sets that
// have the data chosen so far.
type state struct {
	theta []Series
	prob  *big.Rat
	data  []int // by row, idle if none is chosen
}

// idle marks a row to which no datum has been given.
const idle = -1

// run runs descent on every training set, carrying n coefficients of θ and gradient
// coefficients of the gradient.
func run(p Problem, eta Series, n, gradient int) (*Ensemble, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	r := &runner{
		Ensemble: newEnsemble(p, n),
		eta:      eta, n: n, gradient: gradient,
		columns: make([][]Cell, p.T),
		metric:  p.metric(),
	}
	r.derivatives = newDiffer(r.losses, p.Dim)
	if p.forced() {
		r.strength = p.Force
	}
	for _, c := range p.Cells {
		r.columns[c.T] = append(r.columns[c.T], c)
	}
	r.visit(0, r.start(p))
	return r.Ensemble, nil
}

// metric returns η^{μν}.
func (p *Problem) metric() [][]*big.Rat {
	if p.Metric != nil {
		return p.Metric
	}
	identity := make([][]*big.Rat, p.Dim)
	for mu := range identity {
		for nu := range p.Dim {
			identity[mu] = append(identity[mu], new(big.Rat))
			if mu == nu {
				identity[mu][nu].SetInt64(1)
			}
		}
	}
	return identity
}

func gradientOf(loss poly, dim int) []poly {
	g := make([]poly, dim)
	for mu := range g {
		g[mu] = loss.derivative(mu)
	}
	return g
}

// start returns descent at time 0, with no datum chosen.
func (r *runner) start(p Problem) state {
	s := state{prob: big.NewRat(1, 1), data: slices.Repeat([]int{idle}, p.N)}
	for _, x := range p.Theta {
		s.theta = append(s.theta, constant(x, r.n))
	}
	return s
}

// visit runs descent from time t to the end on every training set that agrees with s,
// and records the outcomes. The datum of a row is chosen when the row is first used.
func (r *runner) visit(t int, s state) {
	if t == len(r.columns) {
		r.outcomes = append(r.outcomes, outcome{s.prob, s.data, newPoint(s.theta, r.n)})
		return
	}
	for _, c := range r.columns[t] {
		if s.data[c.N] == idle {
			r.choose(c.N, t, s)
			return
		}
	}
	if row := slices.Index(s.data, idle); row >= 0 && r.strength != nil {
		r.choose(row, t, s)
		return
	}
	s.theta = r.step(t, s)
	r.visit(t+1, s)
}

// choose visits s with each datum in turn given to the row.
func (r *runner) choose(row, t int, s state) {
	for x, prob := range r.probs {
		if prob.Sign() == 0 {
			continue
		}
		data := slices.Clone(s.data)
		data[row] = x
		r.visit(t, state{s.theta, new(big.Rat).Mul(s.prob, prob), data})
	}
}

// step returns θ_{t+1}. It does not change θ_t.
func (r *runner) step(t int, s state) []Series {
	gradient := r.columnGradient(t, s)
	next := make([]Series, len(s.theta))
	for mu := range next {
		update := zero(r.gradient)
		for nu, g := range gradient {
			update.addScaled(r.metric[mu][nu], g)
		}
		next[mu] = s.theta[mu].minus(r.eta.times(update, r.n))
	}
	return next
}

// columnGradient returns Σ_{cells (n,t)} w ∂_ν l_n(θ_t) + η f ∂_ν tr Ĉ(θ_t) by ν.
func (r *runner) columnGradient(t int, s state) []Series {
	at := newPoint(s.theta, r.gradient)
	gradient := make([]Series, len(s.theta))
	for nu := range gradient {
		sum := poly{}
		for _, c := range r.columns[t] {
			sum.addScaled(c.Weight, r.derivatives.first[s.data[c.N]][nu])
		}
		gradient[nu] = at.value(sum)
	}
	if r.strength != nil {
		for nu, push := range r.force(at, s.data) {
			gradient[nu].addScaled(r.strength, r.eta.times(push, r.gradient))
		}
	}
	return gradient
}
