package expr

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Bind puts the values of env into e and does all sums over indices, exactly: what is left
// has no indices, and those scalars alone to which env gives no value. The drift of a given
// landscape, say, becomes a formula in η. Sums over indices need Dim or Spectrum, free
// indices need Indices, eigenvalues need Spectrum, and tensors, l too, need Component; P is
// Dim.
//
// A component of a tensor that is 0 ends the search for what stands beside it, so that
// sparse tensors are quick, and makes its product 0 even where the rest has a denominator
// that vanishes there.
//
// The error wraps ErrUnbound and names what has no value, ErrDivision, ErrExponent,
// ErrLimit, or is that of Component.
func (e Expr) Bind(env Env[*big.Rat]) (Expr, error) {
	b := binder{w: newWork(), env: env, dim: env.Dim, plans: map[*term][]bindPlan{}, images: map[string]*sum{}}
	if b.dim == 0 {
		b.dim = len(env.Spectrum)
	}
	at, err := placeFree(e, env.Indices, b.dim)
	if err != nil {
		return Expr{}, err
	}
	b.at = at
	s, err := b.sum(e.sum())
	return result(s, err, "binding")
}

// A binder replaces what env has values for.
type binder struct {
	w      *work
	env    Env[*big.Rat]
	dim    int
	at     map[string]int // values of indices
	plans  map[*term][]bindPlan
	images map[string]*sum // of powers of nodes, by node, power and values of its indices
}

// A bindPlan is the order in which to sum over indices that share factors: each level has an
// index, but for the first, and the factors that can be had once it is known, tensors
// first.
type bindPlan []bindLevel

type bindLevel struct {
	index   string
	factors []factor
}

// planGroup puts next the index of the factor that has the fewest unknown ones: tensors
// that are 0 should be met early.
func planGroup(g group) bindPlan {
	left := slices.Clone(g.factors)
	unknown := func(f factor) []string {
		return slices.DeleteFunc(slices.Clone(f.node.free()), func(index string) bool {
			return !slices.Contains(g.indices, index)
		})
	}
	g.indices = slices.Clone(g.indices)
	plan := bindPlan{{}}
	take := func() {
		level := &plan[len(plan)-1]
		left = slices.DeleteFunc(left, func(f factor) bool {
			if len(unknown(f)) > 0 {
				return false
			}
			level.factors = append(level.factors, f)
			return true
		})
		slices.SortStableFunc(level.factors, func(f, g factor) int { return kindOf(f) - kindOf(g) })
	}
	take()
	for len(g.indices) > 0 {
		next := g.indices[0]
		if len(left) > 0 {
			f := slices.MinFunc(left, func(f, g factor) int {
				return 1000*(kindOf(f)-kindOf(g)) + len(unknown(f)) - len(unknown(g))
			})
			next = unknown(f)[0]
		}
		g.indices = slices.DeleteFunc(g.indices, func(index string) bool { return index == next })
		plan = append(plan, bindLevel{index: next})
		take()
	}
	return plan
}

// kindOf is 0 for what is quickly known to be 0.
func kindOf(f factor) int {
	switch f.node.(type) {
	case *tensor, *delta:
		return 0
	case *eigenvalue, *propagator:
		return 1
	}
	return 2
}

func (b *binder) sum(s *sum) (*sum, error) {
	a := b.w.adder()
	for i := range s.terms {
		x, err := b.term(&s.terms[i])
		if err != nil {
			return nil, err
		}
		if err := a.addSum(one, x); err != nil {
			return nil, err
		}
	}
	return a.sum()
}

func (b *binder) term(t *term) (*sum, error) {
	plans, ok := b.plans[t]
	if !ok {
		if len(t.bound) > 0 && b.dim <= 0 {
			return nil, fmt.Errorf("%w the dimension", ErrUnbound)
		}
		rest := group{factors: slices.DeleteFunc(slices.Clone(t.factors), func(f factor) bool { return isAny(f, t.bound) })}
		plans = append(plans, planGroup(rest))
		for _, g := range connected(t.factors, t.bound) {
			plans = append(plans, planGroup(g))
		}
		b.plans[t] = plans
	}
	p, err := b.w.constant(t.coef)
	for _, plan := range plans {
		if err != nil || len(p.terms) == 0 {
			return p, err
		}
		c := collector{b: b, sums: map[string]*collected{}}
		if err := c.visit(plan, one, nil); err != nil {
			return nil, err
		}
		x, err := c.total()
		if err != nil {
			return nil, err
		}
		if p, err = b.w.mul(p, x); err != nil {
			return nil, err
		}
	}
	return p, err
}

// A collector adds up a product over the values of indices. Equal products of sums are
// multiplied out once.
type collector struct {
	b     *binder
	sums  map[string]*collected
	order []string
}

type collected struct {
	coef    *big.Rat
	factors []*sum
}

// visit goes on with a plan from the product of what is known.
func (c *collector) visit(plan bindPlan, coef *big.Rat, factors []*sum) error {
	if len(plan) == 0 {
		return c.add(coef, factors)
	}
	level := plan[0]
	if level.index == "" {
		return c.enter(plan, coef, factors)
	}
	for i := range c.b.dim {
		c.b.at[level.index] = i
		if err := c.enter(plan, coef, factors); err != nil {
			return err
		}
	}
	return nil
}

// enter multiplies by the factors of the plan's first level, and goes on if that is not 0.
func (c *collector) enter(plan bindPlan, coef *big.Rat, factors []*sum) error {
	if err := c.b.w.spend(1 + len(plan[0].factors)); err != nil {
		return err
	}
	factors = slices.Clip(factors)
	for _, f := range plan[0].factors {
		x, err := c.b.factor(f)
		if err != nil {
			return err
		}
		q, ok := x.constant()
		switch {
		case ok && q.Sign() == 0:
			return nil
		case ok:
			coef = new(big.Rat).Mul(coef, q)
			if err := checkNumber(coef); err != nil {
				return err
			}
		default:
			factors = append(factors, x)
		}
	}
	return c.visit(plan[1:], coef, factors)
}

func (c *collector) add(coef *big.Rat, factors []*sum) error {
	keys := make([]string, len(factors))
	for i, f := range factors {
		keys[i] = fmt.Sprintf("%p", f) // images are kept, and so have one address
	}
	slices.Sort(keys)
	key := strings.Join(keys, ",")
	if old := c.sums[key]; old != nil {
		old.coef = new(big.Rat).Add(old.coef, coef)
		return checkNumber(old.coef)
	}
	c.sums[key] = &collected{coef, factors}
	c.order = append(c.order, key)
	return nil
}

func (c *collector) total() (*sum, error) {
	a := c.b.w.adder()
	for _, key := range c.order {
		x := c.sums[key]
		p, err := c.b.w.product(x.factors...)
		if err != nil {
			return nil, err
		}
		if err := a.addSum(x.coef, p); err != nil {
			return nil, err
		}
	}
	return a.sum()
}

// factor returns the image of a factor at the present values of its indices.
func (b *binder) factor(f factor) (*sum, error) {
	var key strings.Builder
	key.WriteString(f.node.key())
	for _, index := range f.node.free() {
		key.WriteString("," + strconv.Itoa(b.at[index]))
	}
	key.WriteString("^" + strconv.Itoa(f.power))
	if x, ok := b.images[key.String()]; ok {
		return x, nil
	}
	x, err := b.node(f.node)
	if err != nil {
		return nil, err
	}
	if len(x.terms) == 0 && f.power < 0 {
		return nil, fmt.Errorf("%w: %s", ErrDivision, describe(f.node))
	}
	if x, err = b.w.pow(x, f.power); err != nil {
		return nil, err
	}
	b.images[key.String()] = x
	return x, nil
}

// node returns the image of a node, where an inverse stands for its base.
func (b *binder) node(n node) (*sum, error) {
	switch n := n.(type) {
	case *scalar:
		if q, ok := b.env.Scalars[n.name]; ok {
			return b.number(q)
		}
		if n.name == dimension && b.dim > 0 {
			return b.number(big.NewRat(int64(b.dim), 1))
		}
		return b.w.monomial(one, factor{n, 1})
	case *propagator:
		eta, err := b.node(newScalar(rate))
		if err != nil {
			return nil, err
		}
		h, err := b.node(newEigenvalue(n.index))
		if err != nil {
			return nil, err
		}
		decay, err := b.w.mul(eta, h)
		if err != nil {
			return nil, err
		}
		return b.w.less(decay)
	case *eigenvalue, *delta, *tensor:
		v := evaluator[*big.Rat]{env: b.env, num: rationals{}, dim: b.dim, index: b.at, left: 1}
		q, err := v.node(n)
		if err != nil {
			return nil, err
		}
		return b.number(q)
	}
	return b.w.inside(n, b.sum)
}

// number returns a number of env's.
func (b *binder) number(q *big.Rat) (*sum, error) {
	if err := checkNumber(q); err != nil {
		return nil, err
	}
	return b.w.constant(new(big.Rat).Set(q))
}
