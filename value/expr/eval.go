package expr

import (
	"fmt"
	"math/big"
)

// An Env gives values to what stands in an expression; only that need be given.
type Env[T any] struct {
	// Dim is the dimension P of weight space: summation indices run from 0 to Dim−1. If
	// it is 0 it is the length of Spectrum.
	Dim int
	// Scalars has the values of scalars by name. Where P is missing, it is Dim.
	Scalars map[string]T
	// Spectrum has the eigenvalue h_μ of H for each value of an index.
	Spectrum []T
	// Indices has the values of the free indices, from 0 to Dim−1.
	Indices map[string]int
	// Component returns a component of a tensor. Those of H are asked for like all
	// others: that H is diagonal in its eigenbasis is for Component to say.
	Component func(Component) (T, error)
}

// Eval returns the value of e in floating point. A power (1−ηh)^T is computed from
// ηh, and not from 1−ηh, and so are divided differences of powers: small ηh lose no
// digits even where T is large. Sums are added up as they stand: what cancels is lost, so
// that ηh·dd(T; 1, 1 − ηh) is better than 1 − (1 − ηh)^T, its equal, where ηhT is small.
//
// The error wraps ErrUnbound and names what has no value, ErrDivision, ErrExponent if a
// divided difference of powers has an exponent that is no integer ≥ 0, ErrLimit after
// MaxSteps, or is that of Component. Overflow gives infinities and NaN, as usual.
func (e Expr) Eval(env Env[float64]) (float64, error) {
	return evaluate(e, env, doubles{}, MaxSteps)
}

// EvalRat returns the value of e, exactly. Exponents must have integer values.
//
// The error wraps ErrInexact if an exponential, or a divided difference of one, has an
// argument other than 0. Else it is that of Eval; it wraps ErrLimit too if a number
// becomes too long.
func (e Expr) EvalRat(env Env[*big.Rat]) (*big.Rat, error) {
	q, err := evaluate(e, env, rationals{}, MaxSteps)
	if err != nil {
		return nil, err
	}
	return new(big.Rat).Set(q), nil // env's own, perhaps
}

func evaluate[T any](e Expr, env Env[T], num numbers[T], limit int) (T, error) {
	v := evaluator[T]{env: env, num: num, left: limit, dim: env.Dim, less: map[*sum]*sum{}, plans: map[*term][]group{}}
	if v.dim == 0 {
		v.dim = len(env.Spectrum)
	}
	var none T
	var err error
	if v.index, err = placeFree(e, env.Indices, v.dim); err != nil {
		return none, err
	}
	x, err := v.sum(e.sum())
	if err != nil {
		return none, fmt.Errorf("expr: evaluation: %w", err)
	}
	return x, nil
}

// placeFree returns the values of the free indices of e.
func placeFree(e Expr, given map[string]int, dim int) (map[string]int, error) {
	at := make(map[string]int, len(given))
	for _, name := range e.sum().fr {
		i, ok := given[name]
		if !ok {
			return nil, fmt.Errorf("expr: %w index %s", ErrUnbound, name)
		}
		if i < 0 || i >= dim {
			return nil, fmt.Errorf("expr: %w index %s: %d is not below the dimension %d", ErrUnbound, name, i, dim)
		}
		at[name] = i
	}
	return at, nil
}

type evaluator[T any] struct {
	env   Env[T]
	num   numbers[T]
	dim   int
	index map[string]int
	less  map[*sum]*sum     // 1 − s
	plans map[*term][]group // the groups of a term's factors that share indices
	left  int               // steps
}

func (v *evaluator[T]) step(n int) error {
	if v.left -= n; v.left < 0 {
		return fmt.Errorf("%w: the evaluation takes too many steps", ErrLimit)
	}
	return nil
}

func (v *evaluator[T]) sum(s *sum) (T, error) {
	total := v.num.rat(new(big.Rat))
	for i := range s.terms {
		x, err := v.term(&s.terms[i])
		if err != nil {
			return total, err
		}
		total = v.num.add(total, x)
	}
	return total, nil
}

func (v *evaluator[T]) term(t *term) (T, error) {
	x := v.num.rat(t.coef)
	if len(t.bound) == 0 {
		return v.product(x, t.factors)
	}
	if v.dim <= 0 {
		return x, fmt.Errorf("%w the dimension", ErrUnbound)
	}
	plan, ok := v.plans[t]
	if !ok {
		plan = connected(t.factors, t.bound)
		var rest []factor
		for _, f := range t.factors {
			if !isAny(f, t.bound) {
				rest = append(rest, f)
			}
		}
		plan = append(plan, group{factors: rest})
		v.plans[t] = plan
	}
	for _, g := range plan {
		y, err := v.contraction(g.factors, g.indices)
		if err != nil {
			return x, err
		}
		x = v.num.mul(x, y)
	}
	return x, nil
}

func isAny(f factor, indices []string) bool {
	for _, index := range indices {
		if has(f, index) {
			return true
		}
	}
	return false
}

// contraction returns the product of the factors, summed over the indices.
func (v *evaluator[T]) contraction(factors []factor, indices []string) (T, error) {
	if len(indices) == 0 {
		return v.product(v.num.rat(one), factors)
	}
	total := v.num.rat(new(big.Rat))
	for i := range v.dim {
		v.index[indices[0]] = i
		x, err := v.contraction(factors, indices[1:])
		if err != nil {
			return total, err
		}
		total = v.num.add(total, x)
	}
	return total, nil
}

func (v *evaluator[T]) product(x T, factors []factor) (T, error) {
	if err := v.step(1 + len(factors)); err != nil {
		return x, err
	}
	for _, f := range factors {
		y, err := v.node(f.node)
		if err != nil {
			return x, err
		}
		if f.power < 0 && v.num.isZero(y) {
			return x, fmt.Errorf("%w: %s", ErrDivision, describe(f.node))
		}
		if y, err = v.num.pow(y, f.power); err != nil {
			return x, err
		}
		x = v.num.mul(x, y)
	}
	return x, nil
}

// describe writes a node.
func describe(n node) string {
	if i, ok := n.(*inverse); ok {
		return display(i.base)
	}
	s, err := newWork().monomial(one, factor{n, 1})
	if err != nil {
		return "a factor"
	}
	return display(s)
}

// display writes a sum for an error: summation indices that are free in it, a part of the
// whole, get names.
func display(s *sum) string {
	taken := newScope(s).taken
	m := renaming{}
	next := 0
	for _, index := range s.fr {
		if !isBound(index) {
			continue
		}
		for taken[indexName(next)] {
			next++
		}
		m[index] = indexName(next)
		taken[m[index]] = true
	}
	named, err := newWork().relabel(s, m)
	if err != nil {
		named = s
	}
	text := Expr{s: named}.String()
	if short := []rune(text); len(short) > 120 {
		text = string(short[:119]) + "…"
	}
	return text
}

func (v *evaluator[T]) node(n node) (T, error) {
	var none T
	switch n := n.(type) {
	case *scalar:
		if x, ok := v.env.Scalars[n.name]; ok {
			return x, nil
		}
		if n.name == dimension && v.dim > 0 {
			return v.num.rat(big.NewRat(int64(v.dim), 1)), nil
		}
		return none, fmt.Errorf("%w scalar %s", ErrUnbound, n.name)
	case *eigenvalue:
		i := v.index[n.index]
		if i >= len(v.env.Spectrum) {
			return none, fmt.Errorf("%w eigenvalue h[%d]", ErrUnbound, i)
		}
		return v.env.Spectrum[i], nil
	case *propagator:
		d, err := v.decay(n)
		if err != nil {
			return none, err
		}
		return v.num.add(v.num.rat(one), v.num.mul(v.num.rat(big.NewRat(-1, 1)), d)), nil
	case *delta:
		if v.index[n.i] == v.index[n.j] {
			return v.num.rat(one), nil
		}
		return v.num.rat(new(big.Rat)), nil
	case *tensor:
		return v.tensor(n)
	case *inverse:
		return v.sum(n.base)
	case *power:
		e, err := v.sum(n.exponent)
		if err != nil {
			return none, err
		}
		if nearOne(n.base) {
			d, err := v.less1(n.base)
			if err != nil {
				return none, err
			}
			return v.num.power1(d, e)
		}
		base, err := v.sum(n.base)
		if err != nil {
			return none, err
		}
		return v.num.power(base, e)
	case *exponential:
		arg, err := v.sum(n.arg)
		if err != nil {
			return none, err
		}
		return v.num.exp(arg)
	case *divided:
		return v.divided(n)
	}
	panic("expr: a node of unknown kind")
}

func (v *evaluator[T]) tensor(n *tensor) (T, error) {
	c := Component{Form: n.form, Function: n.function, Nodes: make([][]int, len(n.nodes))}
	for i, node := range n.nodes {
		c.Nodes[i] = make([]int, len(node))
		for j, index := range node {
			c.Nodes[i][j] = v.index[index]
		}
	}
	c.sort()
	if v.env.Component == nil {
		var none T
		return none, fmt.Errorf("%w tensor component %v", ErrUnbound, c)
	}
	x, err := v.env.Component(c)
	if err != nil {
		return x, fmt.Errorf("tensor component %v: %w", c, err)
	}
	return x, nil
}

func (v *evaluator[T]) divided(n *divided) (T, error) {
	if err := v.step(len(n.points) * len(n.points) * 16); err != nil {
		var none T
		return none, err
	}
	steps, err := v.sum(n.n)
	if err != nil {
		return steps, err
	}
	points := make([]T, len(n.points))
	for i, p := range n.points {
		if n.exp {
			points[i], err = v.sum(p)
		} else {
			points[i], err = v.less1(p)
		}
		if err != nil {
			return steps, err
		}
	}
	if n.exp {
		return v.num.ddexp(steps, points)
	}
	return v.num.dd(steps, points)
}

// decay returns 1 − k, which is η·h.
func (v *evaluator[T]) decay(n *propagator) (T, error) {
	eta, err := v.node(newScalar(rate))
	if err != nil {
		return eta, err
	}
	h, err := v.node(newEigenvalue(n.index))
	if err != nil {
		return eta, err
	}
	return v.num.mul(eta, h), nil
}

// less1 returns 1 − s. That of a product of propagators is joined from theirs, so that
// nothing cancels.
func (v *evaluator[T]) less1(s *sum) (T, error) {
	list, ok := propagators(s)
	if !ok {
		return v.sum(v.oneMinus(s))
	}
	decays := make([]T, len(list))
	for i, n := range list {
		var err error
		if decays[i], err = v.decay(n); err != nil {
			return decays[i], err
		}
	}
	return v.num.join(decays), nil
}

// nearOne reports whether s is 1 − ε in form.
func nearOne(s *sum) bool {
	if _, ok := propagators(s); ok {
		return true
	}
	for _, t := range s.terms {
		if len(t.factors) == 0 {
			return t.coef.Cmp(one) == 0
		}
	}
	return false
}

// oneMinus returns 1 − s.
func (v *evaluator[T]) oneMinus(s *sum) *sum {
	d, ok := v.less[s]
	if !ok {
		d = complement(s)
		v.less[s] = d
	}
	return d
}

// complement returns 1 − s. Its only errors are limits, past which it is not simplified.
func complement(s *sum) *sum {
	a := newWork().adder()
	err := a.addSum(big.NewRat(-1, 1), s)
	if err == nil {
		err = a.addTerm(one, newTerm(one, nil, nil))
	}
	if err == nil {
		if d, err := a.sum(); err == nil {
			return d
		}
	}
	return &sum{terms: append(Neg(Expr{s: s}).s.terms, newTerm(one, nil, nil))}
}
