package value

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value/expr"
)

// ResummedFormula returns an observable's series for a family of dynamics, through the given
// order, as an expression in the family's scalars: of the discrete and the continuous kind
// the sum of TermFormula over the irreducible diagrams, of the plain kind over all.
//
// The error wraps ErrOrder, embed.ErrTraining for the train loss and the gap of a family
// without a training set, ErrKind for the discrete kind of one in continuous time, or
// expr.ErrLimit if there are too many terms; or it is the context's.
func ResummedFormula(ctx context.Context, f Family, o Observable, order int, kind Kind) (expr.Expr, error) {
	if err := checkOrder(order); err != nil {
		return expr.Expr{}, fmt.Errorf("value: %w", err)
	}
	var terms []expr.Expr
	for edges := range order + 1 {
		err := o.visit(symbolic(ctx), edges, kind != Plain, func(d diagram.Diagram, _ uint64, _ family) error {
			term, err := termFormula(f, o, d, kind)
			if err != nil {
				return fmt.Errorf("formula of %v for %v: %w", d, f, err)
			}
			terms = append(terms, term)
			return nil
		})
		if err != nil {
			return expr.Expr{}, fmt.Errorf("value: order %d of %v values of %v: %w", edges, kind, o, err)
		}
	}
	return expr.Add(terms...)
}

// TermFormula returns one diagram's part of an observable's series, exactly and in closed
// form, for a family of dynamics. For discrete and continuous values it is in an eigenbasis
// of the Hessian, where H_μν = h_μ δ_μν, with an index for each edge:
//
//	(−η)^edges/|Aut(D)| · Σ_{μν…} (components of the cumulants) · (sum over times),
//
// times B^{1−k} for each part with k nodes other than the root, or N^{1−k} for GD, and 1/N
// if the root is tied; for the generalization gap, minus that. A free index, one for a
// displacement and two for a covariance of weights, is in the eigenbasis too.
//
// The sum over times is one over the weak orders of the events that the edges allow, which
// are the parts, or for GD the nodes. If after the j-th of the steps with events the edges
// e are alive, it is
//
//	Σ dd(T; 1, a_1, …, a_k) · Π_e k_e^{passes of e},  a_j = Π_e k_e,  k_e = 1 − ηh_e,
//
// where an edge passes each step with events between its ends (P Theorem 1 and §B.5). In
// continuous time the orders are strict, nothing passes, and dd is ddexp(T; 0, s_1, …,
// s_k) with s_j = −Σ_e ηh_e (P Remark 2). What hangs on the root in different subtrees
// that share no event is a product. Expr.InPowers writes dd and ddexp as powers and
// exponentials.
//
// Plain values have the tensors of Observable.Symbol, and a polynomial in T. Diagrams that
// cannot happen give 0. The number of terms is that of weak orders, 541 at most for five
// events, and of what their products expand to.
//
// The error wraps ErrObservable unless the diagram is in the observable's series, and
// ErrKind if it is not irreducible where it must be; else it is as for ResummedFormula.
func TermFormula(f Family, o Observable, d diagram.Diagram, kind Kind) (expr.Expr, error) {
	e, err := termFormula(f, o, d, kind)
	if err != nil {
		return expr.Expr{}, fmt.Errorf("value: %v formula of %v for %v: %w", kind, d, f, err)
	}
	return e, nil
}

func termFormula(f Family, o Observable, d diagram.Diagram, kind Kind) (expr.Expr, error) {
	traits, err := f.traits()
	if err != nil {
		return expr.Expr{}, err
	}
	if err := o.checkTerm(d, traits, kind); err != nil {
		return expr.Expr{}, err
	}
	coefficient, err := o.coefficient(d, traits)
	if err != nil {
		return expr.Expr{}, err
	}
	for _, part := range d.Parts() {
		if traits.maxPart > 0 && len(part) > traits.maxPart {
			return expr.Expr{}, nil
		}
	}
	indices := o.edgeIndices(d)
	times, err := timesFormula(d, traits, kind, indices)
	if err != nil || times.IsZero() {
		return expr.Expr{}, err
	}
	if kind == Plain {
		return o.term(d, embed.Cumulant, expr.Must(expr.Mul(coefficient, times)))
	}
	return o.eigenTerm(d, indices, coefficient, times)
}

// checkTerm checks that a family has values of a diagram of the observable.
func (o Observable) checkTerm(d diagram.Diagram, traits familyTraits, kind Kind) error {
	switch {
	case d.Roots() != len(o.roots()) || d.Tied() && o.kind != train && o.kind != gap || !d.Tied() && o.kind == gap || !o.allows(d):
		return fmt.Errorf("%w: it is not in the series of %v", ErrObservable, o)
	case (o.kind == train || o.kind == gap) && traits.rows == "":
		return embed.ErrTraining
	case kind == Plain:
		return nil
	case kind != Discrete && kind != Continuous:
		return fmt.Errorf("%w: %v", ErrKind, kind)
	case kind == Discrete && traits.continuous:
		return fmt.Errorf("%w: dynamics in continuous time have no discrete values", ErrKind)
	case !d.Irreducible():
		return fmt.Errorf("%w: only irreducible diagrams have %v values", ErrKind, kind)
	}
	return nil
}

// coefficient returns (−1)^edges/|Aut(D)| and the factors for parts and a tied root.
func (o Observable) coefficient(d diagram.Diagram, traits familyTraits) (expr.Expr, error) {
	sign := big.NewInt(1)
	if (d.Edges()%2 == 1) != (o.kind == gap) {
		sign.Neg(sign)
	}
	number, err := expr.Number(new(big.Rat).SetFrac(sign, d.Aut()))
	if err != nil {
		return expr.Expr{}, err
	}
	factors := []expr.Expr{number}
	if traits.batch != "" {
		parts := map[int]bool{}
		for _, part := range d.Labels()[:d.Edges()] {
			parts[part] = true
		}
		batch, err := expr.Pow(expr.MustParse(traits.batch), len(parts)-d.Edges())
		if err != nil {
			return expr.Expr{}, err
		}
		factors = append(factors, batch)
	}
	if d.Tied() {
		perRow, err := expr.Pow(expr.MustParse(traits.rows), -1)
		if err != nil {
			return expr.Expr{}, err
		}
		factors = append(factors, perRow)
	}
	return expr.Mul(factors...)
}

// edgeIndices names the indices of a diagram's edges: those at roots that stand for weights
// first, as in Symbol.
func (o Observable) edgeIndices(d diagram.Diagram) []string {
	names := make([]string, d.Edges())
	next := 0
	name := func(v int) {
		names[v] = indexNames[next]
		next++
	}
	parents := d.Parents()
	for i, q := range o.roots() {
		for v := range names {
			if q.kind == weightQuantity && parents[v] == d.Edges()+i {
				name(v)
			}
		}
	}
	for v := range names {
		if names[v] == "" {
			name(v)
		}
	}
	return names
}

// eigenTerm returns coefficient · η^edges · Σ (components of the cumulants) · times.
func (o Observable) eigenTerm(d diagram.Diagram, indices []string, coefficient, times expr.Expr) (expr.Expr, error) {
	factors := []expr.Expr{coefficient, expr.Must(expr.Pow(expr.MustParse("η"), d.Edges())), times}
	free := map[string]bool{}
	parents, kids := d.Parents(), d.Children()
	for _, nodes := range d.Parts() {
		lists := make([][]string, len(nodes))
		for i, v := range nodes {
			for _, end := range nodeEnds(v, parents, kids) {
				lists[i] = append(lists[i], indices[end/2])
			}
		}
		var factor expr.Expr
		var err error
		switch q := o.rootQuantity(d, nodes[0]); q.kind {
		case weightQuantity:
			free[lists[0][0]] = true
			continue
		case polynomialQuantity:
			factor, err = expr.Nabla(q.name, lists[0]...)
		default:
			factor, err = expr.CumulantOf(lists...)
		}
		if err != nil {
			return expr.Expr{}, err
		}
		factors = append(factors, factor)
	}
	product, err := expr.Mul(factors...)
	if err != nil {
		return expr.Expr{}, err
	}
	summed := slices.DeleteFunc(slices.Clone(indices), func(name string) bool { return free[name] })
	if product, err = expr.Sum(product, summed...); err != nil {
		return expr.Expr{}, err
	}
	return product.Substitute(expr.Eigenbasis())
}

// rootQuantity returns what stands at a root, and the loss for other nodes.
func (o Observable) rootQuantity(d diagram.Diagram, v int) Quantity {
	if v < d.Edges() {
		return Loss()
	}
	return o.roots()[v-d.Edges()]
}

// timesFormula returns the sum over the times of a diagram's events, given an index for
// each edge.
func timesFormula(d diagram.Diagram, traits familyTraits, kind Kind, indices []string) (expr.Expr, error) {
	product := expr.Int(1)
	for _, b := range bunches(d.Parents()[:d.Edges()], events(d, traits.nodes)) {
		names := make([]string, len(b.nodes))
		for i, v := range b.nodes {
			names[i] = indices[v]
		}
		sum, err := bunchTimes(b, traits, kind, names)
		if err != nil {
			return expr.Expr{}, err
		}
		if product, err = expr.Mul(product, sum); err != nil {
			return expr.Expr{}, err
		}
	}
	return product, nil
}

// A bunch is a smallest set of subtrees below the roots that share no event with others.
type bunch struct {
	nodes   []int // in the diagram, increasing
	parents []int // in the bunch; beyond it stands for a root
	event   []int
}

// bunches takes a diagram apart, given the parent and the event of each node but the roots.
func bunches(parents, event []int) []bunch {
	of := make([]int, len(parents)) // the least node of each node's bunch
	for v := range of {
		of[v] = v
	}
	join := func(a, b int) {
		from, to := max(of[a], of[b]), min(of[a], of[b])
		for v := range of {
			if of[v] == from {
				of[v] = to
			}
		}
	}
	for v, up := range parents {
		if up < len(parents) {
			join(v, up)
		}
		join(v, slices.Index(event, event[v]))
	}
	var list []bunch
	for first := range of {
		if of[first] != first {
			continue
		}
		var b bunch
		place, number := map[int]int{}, map[int]int{}
		for v, least := range of {
			if least == first {
				place[v] = len(b.nodes)
				b.nodes = append(b.nodes, v)
			}
		}
		for _, v := range b.nodes {
			up, ok := place[parents[v]]
			if !ok {
				up = len(b.nodes)
			}
			b.parents = append(b.parents, up)
			if _, ok := number[event[v]]; !ok {
				number[event[v]] = len(number)
			}
			b.event = append(b.event, number[event[v]])
		}
		list = append(list, b)
	}
	return list
}

// bunchTimes returns the sum over the times of a bunch's events.
func bunchTimes(b bunch, traits familyTraits, kind Kind, indices []string) (expr.Expr, error) {
	strict := kind == Continuous || traits.continuous
	var terms []expr.Expr
	for _, h := range historiesOf(b.parents, b.event, strict) {
		var sum expr.Expr
		var err error
		switch {
		case kind == Continuous:
			sum, err = exponentials(h, indices)
		case kind == Discrete:
			sum, err = powers(h, indices)
		case strict:
			sum, err = volume(len(h.gaps))
		default:
			sum, err = choices(len(h.gaps))
		}
		if err != nil {
			return expr.Expr{}, err
		}
		if sum, err = expr.Mul(expr.Int(int64(h.repeats)), sum); err != nil {
			return expr.Expr{}, err
		}
		terms = append(terms, sum)
	}
	return expr.Add(terms...)
}

// powers returns dd(T; 1, a_1, …, a_k) times the propagators of the passes.
func powers(h history, indices []string) (expr.Expr, error) {
	points := []expr.Expr{expr.Int(1)}
	for _, gap := range h.gaps {
		var alive []expr.Expr
		for v, index := range indices {
			if gap>>v&1 == 1 {
				alive = append(alive, expr.Must(expr.Propagator(index)))
			}
		}
		point, err := expr.Mul(alive...)
		if err != nil {
			return expr.Expr{}, err
		}
		points = append(points, point)
	}
	divided, err := expr.DividedPower(steps(), points...)
	if err != nil {
		return expr.Expr{}, err
	}
	factors := []expr.Expr{divided}
	for v, passes := range h.passes {
		power, err := expr.Pow(expr.Must(expr.Propagator(indices[v])), passes)
		if err != nil {
			return expr.Expr{}, err
		}
		factors = append(factors, power)
	}
	return expr.Mul(factors...)
}

// exponentials returns ddexp(T; 0, s_1, …, s_k).
func exponentials(h history, indices []string) (expr.Expr, error) {
	points := []expr.Expr{expr.Int(0)}
	for _, gap := range h.gaps {
		var terms []expr.Expr
		for v, index := range indices {
			if gap>>v&1 == 1 {
				terms = append(terms, expr.MustParse("−η·h_"+index))
			}
		}
		point, err := expr.Add(terms...)
		if err != nil {
			return expr.Expr{}, err
		}
		points = append(points, point)
	}
	return expr.DividedExp(steps(), points...)
}

// choices returns the number of ways to choose k of T steps, T(T−1)⋯(T−k+1)/k!.
func choices(k int) (expr.Expr, error) {
	factors := make([]expr.Expr, k)
	for i := range factors {
		f, err := expr.Sub(steps(), expr.Int(int64(i)))
		if err != nil {
			return expr.Expr{}, err
		}
		if factors[i], err = expr.Div(f, expr.Int(int64(i+1))); err != nil {
			return expr.Expr{}, err
		}
	}
	return expr.Mul(factors...)
}

// volume returns the volume of the times 0 < t_1 < … < t_k < T, T^k/k!.
func volume(k int) (expr.Expr, error) {
	power, err := expr.Pow(steps(), k)
	if err != nil {
		return expr.Expr{}, err
	}
	return expr.Div(power, expr.Must(expr.Number(new(big.Rat).SetInt(new(big.Int).MulRange(1, int64(k))))))
}

// steps returns T.
func steps() expr.Expr { return expr.MustParse("T") }
