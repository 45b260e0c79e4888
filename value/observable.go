package value

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/tensor"
)

// ErrObservable reports a name that is no observable, or an observable that cannot be
// had from what is given.
var ErrObservable = errors.New("no such observable")

// A Quantity is a function of the weights whose mean or covariance over training sets is
// an Observable. In a diagram it stands at a root: a root of degree k is its ∇^k.
type Quantity struct {
	kind       quantityKind
	name       string
	polynomial tensor.Polynomial
}

type quantityKind int

const (
	lossQuantity quantityKind = iota
	weightQuantity
	polynomialQuantity
)

// Loss is the quantity l(θ), the loss of an unseen datum: the zero Quantity.
func Loss() Quantity { return Quantity{} }

// Weights is the vector θ − θ_0 as a quantity: its root has one child, and its tensor is
// the identity. It has one free index.
func Weights() Quantity { return Quantity{kind: weightQuantity} }

// Polynomial is a polynomial s(θ) as a quantity, with a name to print.
func Polynomial(name string, s tensor.Polynomial) Quantity {
	return Quantity{polynomialQuantity, name, s}
}

// rank returns the number of free indices.
func (q Quantity) rank() int {
	if q.kind == weightQuantity {
		return 1
	}
	return 0
}

// allows reports whether the quantity may stand at a root of the given degree: whether
// its derivative of that order is not zero for sure.
func (q Quantity) allows(degree int) bool {
	switch q.kind {
	case weightQuantity:
		return degree == 1
	case polynomialQuantity:
		return degree <= q.polynomial.Degree()
	}
	return true
}

// derivative returns ∇^k of a polynomial quantity.
func (q Quantity) derivative(theta []*big.Rat, k int) (*tensor.Dense[*big.Rat], error) {
	if theta == nil {
		return nil, fmt.Errorf("%w: the polynomial %s needs the point θ_0", ErrObservable, q.name)
	}
	return q.polynomial.Derivative(theta, k)
}

// An Observable is what a series computes: the mean of a quantity or the covariance of
// two, over the training sets an optimizer may be given; or a loss on the training set
// itself. The zero Observable is the expected test loss.
type Observable struct {
	kind       observableKind
	quantities [2]Quantity // the second counts for covariances only
}

type observableKind int

const (
	mean observableKind = iota
	train
	gap
	covariance
)

// TestLoss is E[l(θ_T)].
func TestLoss() Observable { return Observable{} }

// TrainLoss is E[Σ_n l_n(θ_T)/N], over the N rows of the grid.
func TrainLoss() Observable { return Observable{kind: train} }

// Gap is the generalization gap: the test loss minus the train loss.
func Gap() Observable { return Observable{kind: gap} }

// Displacement is the vector E[θ_T − θ_0].
func Displacement() Observable { return Mean(Weights()) }

// Mean is E[q(θ_T)].
func Mean(q Quantity) Observable { return Observable{mean, [2]Quantity{q}} }

// Covariance is Cov[p(θ_T), q(θ_T)] over training sets.
func Covariance(p, q Quantity) Observable { return Observable{covariance, [2]Quantity{p, q}} }

// WeightCovariance is the matrix Cov[θ_T, θ_T] over training sets.
func WeightCovariance() Observable { return Covariance(Weights(), Weights()) }

// LossVariance is the variance of the test loss, Var[l(θ_T)], over training sets.
func LossVariance() Observable { return Covariance(Loss(), Loss()) }

// named lists the observables that have a name, in the order of ParseObservable's doc.
var named = []struct {
	name string
	is   Observable
}{
	{"test", TestLoss()},
	{"train", TrainLoss()},
	{"gap", Gap()},
	{"displacement", Displacement()},
	{"covariance", WeightCovariance()},
	{"variance", LossVariance()},
}

// ParseObservable returns the observable that is named test, train, gap, displacement,
// covariance (of the weights) or variance (of the test loss); else the error wraps
// ErrObservable.
func ParseObservable(name string) (Observable, error) {
	for _, o := range named {
		if o.name == name {
			return o.is, nil
		}
	}
	return Observable{}, fmt.Errorf("%w: %.40q is not one of test, train, gap, displacement, covariance, variance", ErrObservable, name)
}

// String returns the name by ParseObservable if there is one, or a formula.
func (o Observable) String() string {
	for _, n := range named {
		if n.is.same(o) {
			return n.name
		}
	}
	if o.kind == covariance {
		return fmt.Sprintf("Cov[%s, %s]", o.quantities[0].text(), o.quantities[1].text())
	}
	return fmt.Sprintf("E[%s]", o.quantities[0].text())
}

func (q Quantity) text() string {
	switch q.kind {
	case lossQuantity:
		return "l"
	case weightQuantity:
		return "θ"
	}
	return q.name
}

func (o Observable) same(p Observable) bool {
	if o.kind != p.kind {
		return false
	}
	for i, q := range o.quantities {
		r := p.quantities[i]
		if q.kind != r.kind || q.name != r.name || q.kind == polynomialQuantity && !q.polynomial.Equal(r.polynomial) {
			return false
		}
	}
	return true
}

// Rank returns the number of free indices: 0 for a number, 1 for a vector, 2 for a matrix.
func (o Observable) Rank() int {
	rank := 0
	for _, q := range o.roots() {
		rank += q.rank()
	}
	return rank
}

// roots lists the quantities that stand at the roots of the observable's diagrams.
func (o Observable) roots() []Quantity {
	if o.kind == covariance {
		return o.quantities[:]
	}
	return o.quantities[:1]
}

// isLoss reports whether plain values depend on value classes only.
func (o Observable) isLoss() bool {
	return o.kind != covariance && o.quantities[0].kind == lossQuantity
}

// allows reports whether the roots of d have degrees that the quantities allow.
func (o Observable) allows(d diagram.Diagram) bool {
	degrees := d.Degrees()[d.Edges():]
	for i, q := range o.roots() {
		if !q.allows(degrees[i]) {
			return false
		}
	}
	return true
}
