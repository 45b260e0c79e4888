package net

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/net/exec"
)

// A Precision is the type of floating-point numbers to compute in.
type Precision int

const (
	Float64 Precision = iota
	Float32
)

func (p Precision) String() string {
	if p == Float32 {
		return "float32"
	}
	return "float64"
}

// A Landscape is a model with the uniform distribution over some points. A datum is a
// single number, the index of a point. Its methods do not check what they are given, as they
// are called often: it is the caller's duty that data are whole numbers from 0 to
// Points().Len() − 1, at least one, that a point of weight space and a direction have Dim
// numbers, and that there are no more directions than may be; else they may panic.
//
// It is a sim.Averaged landscape: it knows its mean loss, at the cost of going through all
// the points. Derivatives may be taken along up to expr.MaxDirections directions; the first
// of each kind compiles a program, and takes from milliseconds to, for many directions,
// seconds. It is a sim.Classifier too, if the model has scores.
type Landscape struct {
	name   string
	model  Model
	points Points
	engine engine
	every  []float64 // the indices of all points
	// classifies reports whether the model has scores.
	classifies bool
}

var (
	_ sim.Averaged   = (*Landscape)(nil)
	_ sim.Classifier = (*Landscape)(nil)
)

// An engine computes means over some points in one precision.
type engine interface {
	// loss returns the mean loss, differentiated along some directions.
	loss(theta, data []float64, along [][]float64) float64
	// gradient sets grad to the gradient of that.
	gradient(grad, theta, data []float64, along [][]float64)
	// scores calls f with the scores of every point, by its place in data.
	scores(theta, data []float64, f func(i int, scores []float64))
	clone() engine
}

// New returns the landscape of a model and points. The points' inputs and targets must be
// of the model's sizes; those of Images are checked.
//
// The error wraps ErrModel if the model is none, ErrUnsupported if it has an operation that
// is not one of package expr, ErrShape of that package if shapes do not fit, or ErrPoints
// if there are no points, or images do not fit the model.
func New(m Model, p Points, precision Precision) (*Landscape, error) {
	switch precision {
	case Float64:
		return on(exec.Executor[float64](exec.CPU[float64]{}), precision, m, p)
	case Float32:
		return on(exec.Executor[float32](exec.CPU[float32]{}), precision, m, p)
	}
	return nil, fmt.Errorf("net: precision %d: %w", precision, ErrModel)
}

// NewOn is New with another executor than exec.CPU, in the precision that it computes in.
func NewOn[T exec.Float](e exec.Executor[T], m Model, p Points) (*Landscape, error) {
	precision := Float64
	if any(T(0)) == any(float32(0)) {
		precision = Float32
	}
	l, err := on(e, precision, m, p)
	if err != nil {
		return nil, err
	}
	l.name = fmt.Sprintf("%s; %T", l.name, e)
	return l, nil
}

// on returns the landscape on an executor of a precision.
func on[T exec.Float](e exec.Executor[T], precision Precision, m Model, p Points) (*Landscape, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, fmt.Errorf("net: model %s: no points: %w", m.Name, ErrPoints)
	}
	if p.Len() < 1 {
		return nil, fmt.Errorf("net: %s: none: %w", p.Name(), ErrPoints)
	}
	if err := fits(m, p); err != nil {
		return nil, err
	}
	scores, err := m.express(quantity{scores: true}, 1)
	if err != nil {
		return nil, fmt.Errorf("net: model %s: %w", m.Name, err)
	}
	l := &Landscape{
		name:  fmt.Sprintf("%s; %s; %v", m.Name, p.Name(), precision),
		model: m, points: p, engine: newMachine(e, m, p), every: make([]float64, p.Len()),
		classifies: scores.outputs != nil,
	}
	for i := range l.every {
		l.every[i] = float64(i)
	}
	return l, nil
}

// Name names the model, the points and the precision.
func (l *Landscape) Name() string { return l.name }

// Dim returns the number of weights.
func (l *Landscape) Dim() int { return l.model.Dim() }

// Size returns 1: a datum is the index of a point.
func (l *Landscape) Size() int { return 1 }

// Model returns the model.
func (l *Landscape) Model() Model { return l.model }

// Points returns the points.
func (l *Landscape) Points() Points { return l.points }

// Sample draws a point uniformly.
func (l *Landscape) Sample(r *rand.Rand, x []float64) { x[0] = float64(r.IntN(l.points.Len())) }

// Loss returns the mean loss of points, or its derivative; see sim.Landscape.
func (l *Landscape) Loss(theta, data []float64, along ...[]float64) float64 {
	return l.engine.loss(theta, data, along)
}

// Gradient is the mean gradient of points, or its derivative; see sim.Landscape.
func (l *Landscape) Gradient(grad, theta, data []float64, along ...[]float64) {
	l.engine.gradient(grad, theta, data, along)
}

// MeanLoss returns the mean loss of all points, or its derivative.
func (l *Landscape) MeanLoss(theta []float64, along ...[]float64) float64 {
	return l.engine.loss(theta, l.every, along)
}

// MeanGradient sets grad to the mean gradient of all points, or its derivative.
func (l *Landscape) MeanGradient(grad, theta []float64, along ...[]float64) {
	l.engine.gradient(grad, theta, l.every, along)
}

// HessianTimes sets product to ∇∇l v, the mean Hessian of points times a direction.
func (l *Landscape) HessianTimes(product, theta, data, v []float64) {
	l.engine.gradient(product, theta, data, [][]float64{v})
}

// EachLoss sets losses[i] to the loss of the i-th of some points.
func (l *Landscape) EachLoss(losses, theta, data []float64) {
	for i := range data {
		losses[i] = l.engine.loss(theta, data[i:i+1], nil)
	}
}

// EachGradient sets the i-th P numbers of grads to the gradient of the loss of the i-th of
// some points.
func (l *Landscape) EachGradient(grads, theta, data []float64) {
	dim := l.Dim()
	for i := range data {
		l.engine.gradient(grads[i*dim:(i+1)*dim], theta, data[i:i+1], nil)
	}
}

// Classifies reports whether the model is a classifier: whether it has scores.
func (l *Landscape) Classifies() bool { return l.classifies }

// Accuracy returns the fraction of some points whose largest score is at their class, or 0
// if the model is no classifier. Of equal scores the first counts; where one is no number,
// as of weights that diverged, the point is not at its class.
func (l *Landscape) Accuracy(theta, data []float64) float64 {
	if !l.classifies {
		return 0
	}
	right := 0
	target := make([]float64, l.model.Targets)
	l.engine.scores(theta, data, func(i int, scores []float64) {
		l.points.Target(target, int(data[i]))
		if chosen := argmax(scores); chosen >= 0 && target[chosen] == 1 {
			right++
		}
	})
	return float64(right) / float64(len(data))
}

// MeanAccuracy returns the accuracy on all points.
func (l *Landscape) MeanAccuracy(theta []float64) float64 { return l.Accuracy(theta, l.every) }

// argmax returns the index of the first of the largest numbers, or −1 if one is no number.
func argmax(x []float64) int {
	best := 0
	for i, v := range x {
		if math.IsNaN(v) {
			return -1
		}
		if v > x[best] {
			best = i
		}
	}
	return best
}

// Clone returns the landscape for another goroutine. It shares the points and what is
// compiled.
func (l *Landscape) Clone() sim.Landscape {
	c := *l
	c.engine = l.engine.clone()
	return &c
}
