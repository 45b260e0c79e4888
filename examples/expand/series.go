package main

import (
	"context"
	"fmt"
	"math/big"
	"text/tabwriter"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// listedTerm is a term of the JSON form of series and compare.
type listedTerm struct {
	Diagram      diagram.Diagram `json:"diagram"`
	Order        int             `json:"order"`
	Maps         string          `json:"maps,omitempty"` // there are none in continuous time
	Weighted     string          `json:"weighted"`
	WithMaps     *string         `json:"with_maps,omitempty"`
	WithWeighted *string         `json:"with_weighted,omitempty"`
	Aut          string          `json:"aut"`
	Coefficient  string          `json:"coefficient"`
	Value        string          `json:"value"`
	Number       any             `json:"number,omitempty"` // the value on the landscape, if one is given
}

// listedSeries is the JSON form of series and compare.
type listedSeries struct {
	Observable   string       `json:"observable"`
	Order        int          `json:"order"`
	Form         string       `json:"form"`
	Coefficients any          `json:"coefficients,omitempty"`
	Terms        []listedTerm `json:"terms"`
}

const observables = "test, train, gap, displacement, covariance or variance"

func series(ctx context.Context, c *command) error {
	grid := c.dynamics("grid")
	order := c.integer("order", 0, "the highest power of η, the `ORDER`")
	observable := c.observable(observables)
	landscape := c.landscape()
	form := c.form()
	kind := c.kind()
	format := c.format()
	if err := c.parse("expand series prints the series of an observable on a grid, term by term, and its coefficients on a landscape; or the terms of a re-summed one as formulas."); err != nil {
		return err
	}
	if err := c.require("grid", "order"); err != nil {
		return err
	}
	if err := checkResummed(*kind, *form, *landscape != nil); err != nil {
		return err
	}
	if *kind != value.Plain {
		return c.resummedSeries(ctx, *grid, *observable, *order, *kind, *format)
	}
	s, err := value.ExpandWorkers(ctx, *grid, *observable, *order, *form, 0)
	if err != nil {
		return blame(err, "-grid, -observable, -order")
	}
	if c.isFormula(*format) {
		return c.printFormula(s, *observable, *format)
	}
	out := listedSeries{Observable: observable.String(), Order: *order, Form: form.String(), Terms: []listedTerm{}}
	for _, t := range s.Terms {
		out.Terms = append(out.Terms, listTerm(s, t))
	}
	if err := out.evaluate(ctx, s, *landscape); err != nil {
		return err
	}
	return c.printSeries(out)
}

func compare(ctx context.Context, c *command) error {
	grid, with := c.dynamics("grid"), c.dynamics("with")
	order := c.integer("order", 0, "the highest power of η, the `ORDER`")
	observable := c.observable(observables)
	landscape := c.landscape()
	form := c.form()
	kind := c.kind()
	format := c.format()
	if err := c.parse("expand compare prints the series on one grid minus that on another, without the terms that cancel."); err != nil {
		return err
	}
	if err := c.require("grid", "with", "order"); err != nil {
		return err
	}
	if err := checkResummed(*kind, *form, *landscape != nil); err != nil {
		return err
	}
	if *kind != value.Plain {
		return c.resummedDifference(ctx, *grid, *with, *observable, *order, *kind, *format)
	}
	first, err := value.ExpandWorkers(ctx, *grid, *observable, *order, *form, 0)
	if err != nil {
		return blame(err, "-grid, -observable, -order")
	}
	second, err := value.ExpandWorkers(ctx, *with, *observable, *order, *form, 0)
	if err != nil {
		return blame(err, "-with, -observable, -order")
	}
	difference, err := value.Compare(first, second)
	if err != nil {
		return err
	}
	if c.isFormula(*format) {
		return c.printFormula(difference, *observable, *format)
	}
	out := listedSeries{Observable: observable.String(), Order: *order, Form: form.String(), Terms: []listedTerm{}}
	for _, d := range difference.Terms {
		t := listTerm(first, d.First)
		maps, weighted := mapsText(d.Second.Maps), d.Second.Weighted().RatString()
		t.WithMaps, t.WithWeighted = &maps, &weighted
		t.Coefficient = d.Coefficient.RatString()
		out.Terms = append(out.Terms, t)
	}
	if err := out.evaluate(ctx, difference, *landscape); err != nil {
		return err
	}
	return c.printSeries(out)
}

func listTerm(s *value.Series, t value.Term) listedTerm {
	return listedTerm{
		Diagram: t.Diagram, Order: t.Order(), Maps: mapsText(t.Maps), Weighted: t.Weighted().RatString(),
		Aut: t.Aut.String(), Coefficient: t.Coefficient.RatString(), Value: s.Observable.Symbol(t.Diagram, s.Form),
	}
}

// mapsText returns a number of maps, or nothing for dynamics that have none.
func mapsText(maps *big.Int) string {
	if maps == nil {
		return ""
	}
	return maps.String()
}

// evaluate adds the numbers that the terms have on a landscape, if one is given.
func (out *listedSeries) evaluate(ctx context.Context, s value.Sum, l tensor.Landscape) error {
	if l == nil {
		return nil
	}
	p := value.ExactPoint(l)
	x, err := value.Evaluate(ctx, s, p)
	if err != nil {
		return blame(err, "-landscape")
	}
	out.Coefficients = byComponent(x.Coefficients)
	observable, err := value.ParseObservable(out.Observable)
	if err != nil {
		return err
	}
	form, err := embed.ParseForm(out.Form)
	if err != nil {
		return err
	}
	for i, t := range out.Terms {
		v, err := value.PlainValue(t.Diagram, observable, form, p)
		if err != nil {
			return blame(err, "-landscape")
		}
		out.Terms[i].Number = nested(v)
	}
	return nil
}

// byComponent returns an array of numbers, one per power of η, or a vector or matrix of them.
func byComponent(coefficients []*tensor.Dense[*big.Rat]) any {
	var component func(index []int) any
	component = func(index []int) any {
		if len(index) < coefficients[0].Rank() {
			list := make([]any, coefficients[0].Dim())
			for i := range list {
				list[i] = component(append(index[:len(index):len(index)], i))
			}
			return list
		}
		list := make([]string, len(coefficients))
		for d, t := range coefficients {
			list[d] = t.At(index...).RatString()
		}
		return list
	}
	return component(nil)
}

// nested returns a tensor as nested arrays of numbers.
func nested(t *tensor.Dense[*big.Rat], index ...int) any {
	if len(index) == t.Rank() {
		return t.At(index...).RatString()
	}
	list := make([]any, t.Dim())
	for i := range list {
		list[i] = nested(t, append(index[:len(index):len(index)], i)...)
	}
	return list
}

func (c *command) printSeries(out listedSeries) error {
	if c.json {
		return c.print(out)
	}
	fmt.Fprintf(c.stdout, "%s, %s form: the sum of coefficient · η^order · value over\n\n", title(out.Observable), out.Form)
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	head := "order\tdiagram\t|Aut|\tmaps\tW/|Aut|"
	if len(out.Terms) > 0 && out.Terms[0].WithMaps != nil {
		head += "\tmaps with\tW/|Aut| with"
	}
	head += "\tcoefficient\tvalue"
	if out.Coefficients != nil {
		head += "\tnumber"
	}
	fmt.Fprintln(w, head)
	for _, t := range out.Terms {
		fmt.Fprintf(w, "%d\t%v\t%s\t%s\t%s", t.Order, t.Diagram, t.Aut, t.Maps, t.Weighted)
		if t.WithMaps != nil {
			fmt.Fprintf(w, "\t%s\t%s", *t.WithMaps, *t.WithWeighted)
		}
		fmt.Fprintf(w, "\t%s\t%s", t.Coefficient, t.Value)
		if t.Number != nil {
			fmt.Fprintf(w, "\t%v", t.Number)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil || out.Coefficients == nil {
		return err
	}
	_, err := fmt.Fprintf(c.stdout, "\ncoefficients of η^0, η^1, …: %v\n", out.Coefficients)
	return err
}

// title describes an observable.
func title(observable string) string {
	return map[string]string{
		"test":         "expected test loss E[l(θ_T)]",
		"train":        "expected train loss E[Σ_n l_n(θ_T)/N]",
		"gap":          "generalization gap, test − train loss",
		"displacement": "displacement E[θ_T − θ_0]",
		"covariance":   "covariance of weights Cov[θ_T, θ_T]",
		"variance":     "variance of the test loss Var[l(θ_T)]",
	}[observable]
}
