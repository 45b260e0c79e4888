package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// evaluatedPoint is a point of the JSON form of evaluate. Both are nested arrays for a vector
// or a matrix.
type evaluatedPoint struct {
	Eta   float64 `json:"eta"`
	Value any     `json:"value"`
	Exact any     `json:"exact,omitempty"` // as a rational number, where one can be had in time
}

func evaluate(ctx context.Context, c *command) error {
	grid := c.dynamics("grid")
	landscape := c.landscape()
	order := c.integer("order", 0, "the highest number of edges, the `ORDER`")
	observable := c.observable(observables)
	kind := c.kind()
	rates := c.rates()
	if err := c.parse(fmt.Sprintf("expand evaluate prints what a series comes to on a landscape at given learning rates: of plain values, or re-summed in continuous or discrete time. Discrete values are exact too unless that would take more than about %.0f s.", exactTime.Seconds())); err != nil {
		return err
	}
	if err := c.require("grid", "landscape", "order", "eta"); err != nil {
		return err
	}
	r, err := value.Resum(ctx, *grid, *observable, *order, *kind)
	if err != nil {
		return blame(err, "-grid, -order, -observable, -kind")
	}
	e := &evaluation{
		Resummed: r, dynamics: *grid, exact: value.ExactPoint(*landscape), float: value.FloatPoint(*landscape),
		limit: exactTime / time.Duration(len(*rates)),
	}
	points := make([]evaluatedPoint, len(*rates))
	for i, eta := range *rates {
		if points[i], err = e.at(ctx, eta); err != nil {
			return blame(err, "-landscape, -eta")
		}
	}
	return c.printEvaluated(points)
}

// kind is a flag that takes a kind of value.
func (c *command) kind() *value.Kind {
	kind := value.Plain
	c.flags.Func("kind", "`plain, continuous or discrete` (default plain)", func(text string) error {
		var err error
		kind, err = value.ParseKind(text)
		return err
	})
	return &kind
}

// exactTime bounds the estimated time for exact numbers, and formulaTime what the formulas of
// T = inf take; floating-point numbers take the place of those that would take longer.
const (
	exactTime   = 20 * time.Second
	formulaTime = 5 * time.Second
)

// An evaluation is of one series, at one point.
type evaluation struct {
	*value.Resummed
	dynamics embed.Dynamics
	exact    value.Point[*big.Rat]
	float    value.Point[float64]
	limit    time.Duration // on the estimated time for one exact sum

	limits []expr.Expr // of the terms as T → ∞; nil if there are none in time
	known  bool        // whether limits is set
}

func (e *evaluation) at(ctx context.Context, eta *big.Rat) (evaluatedPoint, error) {
	rate, _ := eta.Float64()
	p := evaluatedPoint{Eta: rate}
	exact, err := e.exactly(ctx, eta)
	if err != nil {
		return p, err
	}
	var x *tensor.Dense[float64]
	if exact != nil {
		p.Exact = nested(exact)
		x = tensor.Map(exact, mobius.Float64{}.Rat)
	} else {
		sums, err := value.EvaluateAt(ctx, e.Resummed, e.float, rate)
		if err != nil {
			return p, err
		}
		x = sums[e.Order]
	}
	for _, v := range x.Data() {
		if math.IsInf(v, 0) {
			return p, fmt.Errorf("%w: at η=%v the value is too large for a float64", tensor.ErrValue, rate)
		}
	}
	p.Value = nestedFloats(x)
	return p, nil
}

// exactly returns the exact sum, or nil if there is none, or none in time.
func (e *evaluation) exactly(ctx context.Context, eta *big.Rat) (*tensor.Dense[*big.Rat], error) {
	if e.Kind == value.Continuous {
		return nil, nil
	}
	switch estimate, err := value.EstimateAt(ctx, e.Resummed, e.exact, eta); {
	case errors.Is(err, embed.ErrTooLarge), err == nil && estimate > e.limit:
		return nil, nil
	case errors.Is(err, value.ErrKind): // T = inf
		rate, _ := eta.Float64()
		if _, err := value.EvaluateAt(ctx, e.Resummed, e.float, rate); err != nil {
			return nil, err // there is no limit
		}
		return e.limitExactly(ctx, eta)
	case err != nil:
		return nil, err
	}
	sums, err := value.EvaluateAt(ctx, e.Resummed, e.exact, eta)
	if err != nil {
		return nil, err
	}
	return sums[e.Order], nil
}

// limitExactly returns the sum at T = inf by its formula, or nil unless the Hessian is
// diagonal: else its eigenvalues need not be rational. Nor does it where an eigenvalue is 0,
// which the formula divides by even if nothing else depends on it, or the formula is too
// large.
func (e *evaluation) limitExactly(ctx context.Context, eta *big.Rat) (*tensor.Dense[*big.Rat], error) {
	env, err := value.Env(e.exact)
	if err != nil || env.Spectrum == nil {
		return nil, err
	}
	if !e.known {
		if err := e.findLimits(ctx); err != nil {
			return nil, err
		}
	}
	if e.limits == nil {
		return nil, nil
	}
	_, env.Scalars, _ = value.FamilyOf(e.dynamics)
	env.Scalars["η"] = new(big.Rat).Mul(eta, env.Scalars["η"])
	total, err := tensor.New(env.Dim, e.Observable.Rank(), new(big.Rat))
	if err != nil {
		return nil, err
	}
	data := slices.Clone(total.Data())
	for _, limit := range e.limits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range data {
			env.Indices = map[string]int{"μ": i, "ν": i}
			if e.Observable.Rank() == 2 {
				env.Indices["μ"], env.Indices["ν"] = i/env.Dim, i%env.Dim
			}
			x, err := limit.EvalRat(env)
			if errors.Is(err, expr.ErrDivision) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			data[i] = new(big.Rat).Add(data[i], x)
		}
	}
	return tensor.FromSlice(env.Dim, e.Observable.Rank(), data)
}

// findLimits sets limits.
func (e *evaluation) findLimits(ctx context.Context) error {
	e.known = true
	family, _, _ := value.FamilyOf(e.dynamics)
	start := time.Now()
	var limits []expr.Expr
	for _, t := range e.Terms {
		if err := ctx.Err(); err != nil {
			return err
		}
		limit, err := value.TermFormula(family, e.Observable, t.Diagram, e.Kind)
		if err == nil {
			limit, err = limit.Limit("T")
		}
		if errors.Is(err, expr.ErrLimit) || time.Since(start) > formulaTime {
			return nil
		}
		if err != nil {
			return err
		}
		limits = append(limits, limit)
	}
	e.limits = limits
	return nil
}

// nestedFloats returns a tensor as nested arrays of numbers.
func nestedFloats(t *tensor.Dense[float64], index ...int) any {
	if len(index) == t.Rank() {
		return t.At(index...)
	}
	list := make([]any, t.Dim())
	for i := range list {
		list[i] = nestedFloats(t, append(index[:len(index):len(index)], i)...)
	}
	return list
}

func (c *command) printEvaluated(points []evaluatedPoint) error {
	if c.json {
		return c.print(struct {
			Points []evaluatedPoint `json:"points"`
		}{points})
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "η\tvalue\texact")
	for _, p := range points {
		exact := p.Exact
		if exact == nil {
			exact = ""
		}
		fmt.Fprintf(w, "%.6g\t%.15g\t%v\n", p.Eta, p.Value, exact)
	}
	return w.Flush()
}
