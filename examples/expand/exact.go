package main

import (
	"context"
	"math/big"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
)

// exactTestLoss runs SGD itself, in exact rational arithmetic, on every training set that
// a landscape of finitely many data can give, and returns the mean of the test loss.
func exactTestLoss(ctx context.Context, l *tensor.Finite, g embed.Grid, eta *big.Rat) (*big.Rat, error) {
	e := enumeration{ctx: ctx, data: l.Data(), eta: eta, rows: make([]*tensor.Datum, g.Rows()), total: new(big.Rat)}
	for c := range g.Cells() {
		e.cells = append(e.cells, c)
	}
	return e.total, e.run(0, l.Theta(), big.NewRat(1, 1))
}

// An enumeration of training sets: a row's datum is chosen when an update first needs it.
type enumeration struct {
	ctx   context.Context
	data  []tensor.Datum
	eta   *big.Rat
	cells []embed.Cell // one per column
	rows  []*tensor.Datum
	total *big.Rat
}

// run goes on from update i at theta, reached with the given probability.
func (e *enumeration) run(i int, theta []*big.Rat, prob *big.Rat) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if i == len(e.cells) {
		return e.test(theta, prob)
	}
	c := e.cells[i]
	if d := e.rows[c.N]; d != nil {
		return e.update(i, d, theta, prob)
	}
	for k := range e.data {
		d := &e.data[k]
		e.rows[c.N] = d
		if err := e.update(i, d, theta, new(big.Rat).Mul(prob, d.Prob)); err != nil {
			return err
		}
	}
	e.rows[c.N] = nil
	return nil
}

// update makes the step θ − η w ∇l_x(θ) and goes on.
func (e *enumeration) update(i int, d *tensor.Datum, theta []*big.Rat, prob *big.Rat) error {
	gradient, err := d.Loss.Derivative(theta, 1)
	if err != nil {
		return err
	}
	next := make([]*big.Rat, len(theta))
	for k := range next {
		step := new(big.Rat).Mul(e.eta, e.cells[i].Weight)
		step.Mul(step, gradient.At(k))
		next[k] = step.Sub(theta[k], step)
	}
	return e.run(i+1, next, prob)
}

// test adds the test loss at theta.
func (e *enumeration) test(theta []*big.Rat, prob *big.Rat) error {
	for _, d := range e.data {
		loss, err := d.Loss.Eval(theta)
		if err != nil {
			return err
		}
		loss = new(big.Rat).Mul(loss, d.Prob)
		e.total.Add(e.total, loss.Mul(loss, prob))
	}
	return nil
}
