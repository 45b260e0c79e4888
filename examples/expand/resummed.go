package main

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// listedFormulas is the JSON form of series and compare for kinds other than plain.
type listedFormulas struct {
	Observable string            `json:"observable"`
	Order      int               `json:"order"`
	Kind       string            `json:"kind"`
	Sizes      map[string]string `json:"sizes"` // the numbers that scalars stand for
	Formula    string            `json:"formula"`
	Terms      []listedFormula   `json:"terms"`
}

type listedFormula struct {
	Diagram diagram.Diagram `json:"diagram"`
	Order   int             `json:"order"`
	Aut     string          `json:"aut"`
	Formula string          `json:"formula"`
}

// A resummed is a re-summed series as formulas.
type resummed struct {
	terms []value.ResummedTerm
	each  []expr.Expr // by term
	sizes map[string]*big.Rat
}

// resum returns the formulas of a series. Those of T = inf are limits; B = 1 is put in.
func resum(ctx context.Context, d embed.Dynamics, o value.Observable, order int, kind value.Kind) (*resummed, error) {
	series, err := value.Resum(ctx, d, o, order, kind)
	if err != nil {
		return nil, err
	}
	family, sizes, ok := value.FamilyOf(d)
	if !ok {
		return nil, fmt.Errorf("no closed form on this grid, only numbers: see expand evaluate")
	}
	r := &resummed{terms: series.Terms, sizes: sizes}
	rate, err := expr.Number(sizes["η"])
	if err != nil {
		return nil, err
	}
	delete(sizes, "η")
	eta, err := expr.Mul(rate, expr.MustParse("η"))
	if err != nil {
		return nil, err
	}
	for _, t := range r.terms {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, err := value.TermFormula(family, o, t.Diagram, kind)
		if err == nil && sizes["T"] == nil {
			e, err = e.Limit("T")
		}
		if err == nil {
			e, err = e.Substitute(expr.Set("η", eta))
		}
		if err != nil {
			return nil, err
		}
		r.each = append(r.each, e)
	}
	if b := sizes["B"]; b != nil && b.Cmp(big.NewRat(1, 1)) == 0 {
		return r, r.put("B")
	}
	return r, nil
}

// put replaces scalars by their numbers.
func (r *resummed) put(names ...string) error {
	var rules []expr.Rule
	for _, name := range names {
		q := r.sizes[name]
		if q == nil {
			continue
		}
		x, err := expr.Number(q)
		if err != nil {
			return err
		}
		rules = append(rules, expr.Set(name, x))
		delete(r.sizes, name)
	}
	for i, e := range r.each {
		var err error
		if r.each[i], err = e.Substitute(rules...); err != nil {
			return err
		}
	}
	return nil
}

// minus returns the difference of two series, without what cancels. Scalars that stand for
// different numbers in them are replaced.
func (r *resummed) minus(s *resummed) (*resummed, error) {
	var differ []string
	for name, q := range r.sizes {
		if other := s.sizes[name]; other != nil && q.Cmp(other) != 0 {
			differ = append(differ, name)
		}
	}
	if err := r.put(differ...); err != nil {
		return nil, err
	}
	if err := s.put(differ...); err != nil {
		return nil, err
	}
	difference := &resummed{sizes: maps.Clone(r.sizes)}
	maps.Copy(difference.sizes, s.sizes)
	byDiagram := map[diagram.Diagram]expr.Expr{}
	all := slices.Concat(r.terms, s.terms)
	for i, t := range r.terms {
		byDiagram[t.Diagram] = r.each[i]
	}
	for i, t := range s.terms {
		e, err := expr.Sub(byDiagram[t.Diagram], s.each[i])
		if err != nil {
			return nil, err
		}
		byDiagram[t.Diagram] = e
	}
	slices.SortFunc(all, func(a, b value.ResummedTerm) int { return diagram.Compare(a.Diagram, b.Diagram) })
	all = slices.CompactFunc(all, func(a, b value.ResummedTerm) bool { return a.Diagram == b.Diagram })
	for _, t := range all {
		if e := byDiagram[t.Diagram]; !e.IsZero() {
			difference.terms = append(difference.terms, t)
			difference.each = append(difference.each, e)
		}
	}
	return difference, nil
}

// print prints a table of the terms, their sum, or both as JSON. The sum may be too large
// where every term is not.
func (r *resummed) print(c *command, o value.Observable, order int, kind value.Kind, format string) error {
	out := listedFormulas{Observable: o.String(), Order: order, Kind: kind.String(), Sizes: map[string]string{}, Terms: []listedFormula{}}
	if c.json || c.isFormula(format) {
		sum, err := expr.Add(r.each...)
		if err != nil {
			return blame(err, "-order")
		}
		if c.isFormula(format) {
			return c.printExpr(sum, o, format)
		}
		out.Formula = sum.String()
	}
	for i, t := range r.terms {
		out.Terms = append(out.Terms, listedFormula{t.Diagram, t.Order(), t.Aut.String(), r.each[i].String()})
		for _, name := range r.each[i].Scalars() {
			if q := r.sizes[name]; q != nil {
				out.Sizes[name] = q.RatString()
			}
		}
	}
	if c.json {
		return c.print(out)
	}
	return c.printFormulas(out)
}

func (c *command) printFormulas(out listedFormulas) error {
	fmt.Fprintf(c.stdout, "%s, %s values%s: the sum of\n\n", title(out.Observable), out.Kind, where(out.Sizes))
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "edges\tdiagram\t|Aut|\tterm")
	for _, t := range out.Terms {
		fmt.Fprintf(w, "%d\t%v\t%s\t%s\n", t.Order, t.Diagram, t.Aut, t.Formula)
	}
	return w.Flush()
}

// where says what scalars stand for.
func where(sizes map[string]string) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		list = append(list, name+" = "+sizes[name])
	}
	if len(list) == 0 {
		return ""
	}
	return " for " + strings.Join(list, ", ")
}

// checkResummed reports flags that are for plain values only.
func checkResummed(kind value.Kind, form embed.Form, hasLandscape bool) error {
	switch {
	case kind == value.Plain:
		return nil
	case form == embed.Moment:
		return badInput("-form: %v values are in cumulant form only", kind)
	case hasLandscape:
		return badInput("-landscape: %v values are no polynomial in η: expand evaluate has their numbers", kind)
	}
	return nil
}

// resummedSeries is series for a kind that is not plain.
func (c *command) resummedSeries(ctx context.Context, d embed.Dynamics, o value.Observable, order int, kind value.Kind, format string) error {
	r, err := resum(ctx, d, o, order, kind)
	if err != nil {
		return blame(err, "-grid, -observable, -order, -kind")
	}
	return r.print(c, o, order, kind, format)
}

// resummedDifference is compare for a kind that is not plain.
func (c *command) resummedDifference(ctx context.Context, d, with embed.Dynamics, o value.Observable, order int, kind value.Kind, format string) error {
	first, err := resum(ctx, d, o, order, kind)
	if err != nil {
		return blame(err, "-grid, -observable, -order, -kind")
	}
	second, err := resum(ctx, with, o, order, kind)
	if err != nil {
		return blame(err, "-with, -observable, -order, -kind")
	}
	difference, err := first.minus(second)
	if err != nil {
		return err
	}
	return difference.print(c, o, order, kind, format)
}
