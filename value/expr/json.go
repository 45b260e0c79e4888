package expr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/perturb-go/perturb/internal/rational"
)

// The JSON form of an expression: the terms of the expanded sum.
type (
	jsonExpr []jsonTerm

	jsonTerm struct {
		Coefficient json.RawMessage `json:"coefficient"`
		Sum         []string        `json:"sum,omitempty"`
		Factors     []jsonFactor    `json:"factors,omitempty"`
	}

	// jsonFactor has Power and one of the other fields.
	jsonFactor struct {
		Scalar     string          `json:"scalar,omitempty"`
		Eigenvalue string          `json:"eigenvalue,omitempty"`
		Propagator string          `json:"propagator,omitempty"`
		Delta      []string        `json:"delta,omitempty"`
		Cumulant   [][]string      `json:"cumulant,omitempty"`
		Moment     [][]string      `json:"moment,omitempty"`
		Derivative *jsonDerivative `json:"derivative,omitempty"`
		Base       *jsonExpr       `json:"base,omitempty"`
		Exponent   *jsonExpr       `json:"exponent,omitempty"`
		Exp        *jsonExpr       `json:"exp,omitempty"`
		DD         *jsonDivided    `json:"dd,omitempty"`
		DDExp      *jsonDivided    `json:"ddexp,omitempty"`
		Power      *int            `json:"power,omitempty"`
	}

	jsonDerivative struct {
		Of      string   `json:"of"`
		Indices []string `json:"indices"`
	}

	jsonDivided struct {
		N      jsonExpr   `json:"n"`
		Points []jsonExpr `json:"points"`
	}
)

// MarshalJSON writes e as a list of terms,
//
//	[{"coefficient": "1/2", "sum": ["μ", "ν"], "factors": [
//		{"scalar": "η", "power": 2},
//		{"cumulant": [["μ"], ["ν"]]},
//		{"cumulant": [["μ", "ν"]]}
//	]}, …]
//
// where sum lists the summation indices, and a factor is one of
//
//	{"scalar": "η"}  {"eigenvalue": "μ"}  {"propagator": "μ"}  {"delta": ["μ", "ν"]}
//	{"cumulant": [["μ"], ["μ", "ν"]]}  {"moment": […]}  {"derivative": {"of": "s", "indices": ["μ"]}}
//	{"base": expression, "power": -2}  {"base": expression, "exponent": expression}
//	{"exp": expression}  {"dd": {"n": expression, "points": [expression, …]}}  {"ddexp": …}
//
// with a power besides, unless it is 1. A derivative of l is a cumulant of one list.
func (e Expr) MarshalJSON() ([]byte, error) {
	s := e.sum()
	return json.Marshal(toJSON(s, newScope(s)))
}

func toJSON(s *sum, sc scope) jsonExpr {
	out := jsonExpr{}
	for _, t := range s.terms {
		content, tensors := parts(t)
		in := sc.inner(layout{bound: t.bound, content: content, tensors: tensors})
		jt := jsonTerm{Coefficient: json.RawMessage(fmt.Sprintf("%q", t.coef.RatString()))}
		for _, index := range t.bound {
			jt.Sum = append(jt.Sum, in.of(index))
		}
		slices.SortFunc(jt.Sum, compareNames)
		for _, f := range t.factors {
			jf := toJSONFactor(f.node, in)
			if f.power != 1 {
				jf.Power = &f.power
			}
			jt.Factors = append(jt.Factors, jf)
		}
		out = append(out, jt)
	}
	return out
}

func toJSONFactor(n node, sc scope) jsonFactor {
	switch n := n.(type) {
	case *scalar:
		return jsonFactor{Scalar: n.name}
	case *eigenvalue:
		return jsonFactor{Eigenvalue: sc.of(n.index)}
	case *propagator:
		return jsonFactor{Propagator: sc.of(n.index)}
	case *delta:
		return jsonFactor{Delta: []string{sc.of(n.i), sc.of(n.j)}}
	case *tensor:
		nodes := sortNodes(n.nodes, sc.of)
		switch {
		case n.function != "l":
			return jsonFactor{Derivative: &jsonDerivative{n.function, nodes[0]}}
		case n.form == Moment:
			return jsonFactor{Moment: nodes}
		}
		return jsonFactor{Cumulant: nodes}
	case *inverse:
		base := toJSON(n.base, sc)
		return jsonFactor{Base: &base}
	case *power:
		base, exponent := toJSON(n.base, sc), toJSON(n.exponent, sc)
		return jsonFactor{Base: &base, Exponent: &exponent}
	case *exponential:
		arg := toJSON(n.arg, sc)
		return jsonFactor{Exp: &arg}
	case *divided:
		d := &jsonDivided{N: toJSON(n.n, sc)}
		for _, p := range n.points {
			d.Points = append(d.Points, toJSON(p, sc))
		}
		if n.exp {
			return jsonFactor{DDExp: d}
		}
		return jsonFactor{DD: d}
	}
	panic("expr: a node of unknown kind")
}

// UnmarshalJSON reads what MarshalJSON writes, canonical or not. Coefficients may be JSON
// numbers too. The error wraps ErrSyntax, or is that of the constructors.
func (e *Expr) UnmarshalJSON(data []byte) error {
	if len(data) > MaxText {
		return fmt.Errorf("expr: JSON: %w: %d bytes, more than %d", ErrLimit, len(data), MaxText)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var j jsonExpr
	if err := d.Decode(&j); err != nil {
		return fmt.Errorf("expr: JSON: %w: %w", ErrSyntax, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("expr: JSON: %w: more follows the expression", ErrSyntax)
	}
	if j == nil {
		return fmt.Errorf("expr: JSON: %w: null", ErrSyntax)
	}
	s, err := (&jsonReader{newWork()}).sum(j, 0)
	if err != nil {
		return fmt.Errorf("expr: JSON: %w", err)
	}
	*e = Expr{s: s}
	return nil
}

type jsonReader struct {
	w *work
}

func (r *jsonReader) sum(j jsonExpr, depth int) (*sum, error) {
	if depth > maxNesting {
		return nil, checkDepth(depth)
	}
	a := r.w.adder()
	for i, t := range j {
		s, err := r.term(t, depth)
		if err == nil {
			err = a.addSum(one, s)
		}
		if err != nil {
			return nil, fmt.Errorf("term %d: %w", i, err)
		}
	}
	return a.sum()
}

func (r *jsonReader) term(t jsonTerm, depth int) (*sum, error) {
	q, err := rational.FromJSON(t.Coefficient)
	if err != nil {
		return nil, fmt.Errorf("coefficient: %w: %w", ErrSyntax, err)
	}
	if err := checkNumber(q); err != nil {
		return nil, err
	}
	s, err := r.w.constant(q)
	if err != nil {
		return nil, err
	}
	for i, f := range t.Factors {
		x, err := r.factor(f, depth)
		if err == nil && f.Power != nil {
			x, err = r.w.pow(x, *f.Power)
		}
		if err == nil {
			s, err = r.w.mul(s, x)
		}
		if err != nil {
			return nil, fmt.Errorf("factor %d: %w", i, err)
		}
	}
	if err := checkSum(t.Sum); err != nil {
		return nil, err
	}
	return r.w.bind(s, t.Sum)
}

func (r *jsonReader) factor(f jsonFactor, depth int) (*sum, error) {
	kinds := 0
	for _, given := range []bool{f.Scalar != "", f.Eigenvalue != "", f.Propagator != "", f.Delta != nil, f.Cumulant != nil, f.Moment != nil,
		f.Derivative != nil, f.Base != nil, f.Exp != nil, f.DD != nil, f.DDExp != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 || f.Exponent != nil && f.Base == nil {
		return nil, fmt.Errorf("%w: a factor is of %d kinds", ErrSyntax, kinds)
	}
	plain := func(e Expr, err error) (*sum, error) { return e.sum(), err }
	switch {
	case f.Scalar != "":
		return plain(Scalar(f.Scalar))
	case f.Eigenvalue != "":
		return plain(Eigenvalue(f.Eigenvalue))
	case f.Propagator != "":
		return plain(Propagator(f.Propagator))
	case len(f.Delta) == 2:
		return plain(Delta(f.Delta[0], f.Delta[1]))
	case f.Delta != nil:
		return nil, fmt.Errorf("%w: a delta with %d indices", ErrSyntax, len(f.Delta))
	case f.Cumulant != nil:
		return plain(CumulantOf(f.Cumulant...))
	case f.Moment != nil:
		return plain(MomentOf(f.Moment...))
	case f.Derivative != nil:
		return plain(Nabla(f.Derivative.Of, f.Derivative.Indices...))
	case f.Exp != nil:
		arg, err := r.sum(*f.Exp, depth+1)
		if err != nil {
			return nil, err
		}
		return r.w.exp(arg)
	case f.DD != nil:
		return r.divided(false, f.DD, depth)
	case f.DDExp != nil:
		return r.divided(true, f.DDExp, depth)
	}
	base, err := r.sum(*f.Base, depth+1)
	if err != nil || f.Exponent == nil {
		return base, err
	}
	exponent, err := r.sum(*f.Exponent, depth+1)
	if err != nil {
		return nil, err
	}
	return r.w.power(base, exponent)
}

func (r *jsonReader) divided(exp bool, d *jsonDivided, depth int) (*sum, error) {
	n, err := r.sum(d.N, depth+1)
	if err != nil {
		return nil, err
	}
	if len(d.Points) > MaxPoints {
		return nil, fmt.Errorf("%w: more than %d points", ErrLimit, MaxPoints)
	}
	points := make([]*sum, len(d.Points))
	for i, p := range d.Points {
		if points[i], err = r.sum(p, depth+1); err != nil {
			return nil, err
		}
	}
	return r.w.divided(exp, n, points)
}
