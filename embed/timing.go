package embed

import (
	"math/big"

	"github.com/perturb-go/perturb/internal/rational"
)

// A Timing says when the parts of a diagram happen, and with which weights, in dynamics
// for which a few numbers tell it. Re-summation needs to know more than W(D): for how long
// each edge lasts.
type Timing struct {
	// Grid has the steps of dynamics in discrete time, with their rate.
	Grid Grid
	// Time is T of dynamics in continuous time, and nil of those in discrete time. Each
	// part has one time in [0, T], and one of k nodes a factor B^(1−k).
	Time *big.Rat
	// Batch is B, and Rate multiplies the learning rate, both in continuous time only.
	Batch, Rate *big.Rat
	// MaxPart is the size above which parts have weight 0; 0 stands for no such size.
	MaxPart int
	// Endless says that the steps go on for ever, whatever their number here.
	Endless bool
}

// TimingOf returns the timing of optimizers on a grid, of ODE, SDE and Gaussian, and of
// these with another rate by Scaled or for ever by Forever; it is not ok for other dynamics,
// as GDC and RandomReshuffles.
func TimingOf(d Dynamics) (t Timing, ok bool) {
	switch d := d.(type) {
	case *Counter:
		return Timing{Grid: d.grid}, true
	case *gaussian:
		return Timing{Grid: d.counter.grid, MaxPart: 2}, true
	case continuous:
		return Timing{Time: rational.Clone(d.time), Batch: rational.Clone(d.batch), Rate: big.NewRat(1, 1), MaxPart: d.maxPart}, true
	case scaled:
		t, ok = TimingOf(d.Dynamics)
		if t.Time != nil {
			t.Rate.Mul(t.Rate, d.rate)
		} else {
			t.Grid = t.Grid.Scale(d.rate)
		}
		return t, ok
	case endless:
		t, ok = TimingOf(d.of)
		t.Endless = true
		return t, ok
	}
	return Timing{}, false
}

// Regular returns the number of epochs, the batch size and the weight of every cell of a
// grid that SGD, OneEpoch or GD returned, perhaps with another rate by Scale: column t
// holds the rows kB,…,kB+B−1 for k = t mod (N/B). It is not ok for grids that are given
// cell by cell, even if they are alike.
func (g Grid) Regular() (epochs, batch int64, weight *big.Rat, ok bool) {
	if g.epochs == nil {
		return 0, 0, nil, false
	}
	return g.epochs.epochs, g.epochs.batch, rational.Clone(g.epochs.weight), true
}
