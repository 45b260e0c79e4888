package main

import (
	"context"
	"fmt"

	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// format is a flag that takes text, latex, go or json; -json is short for the last.
func (c *command) format() *string {
	format := "text"
	c.flags.Func("format", "`text, latex, go or json` (default text)", func(text string) error {
		switch text {
		case "json":
			c.json = true
		case "text", "latex", "go":
		default:
			return fmt.Errorf("expected text, latex, go or json")
		}
		format = text
		return nil
	})
	return &format
}

// isFormula reports whether the format is that of a formula rather than a table.
func (c *command) isFormula(format string) bool { return format == "latex" || format == "go" }

func (c *command) printFormula(s value.Sum, o value.Observable, format string) error {
	f, err := value.Formula(s)
	if err != nil {
		return blame(err, "-order")
	}
	return c.printExpr(f, o, format)
}

// printExpr prints a formula in LaTeX, as a Go file, or as text.
func (c *command) printExpr(f expr.Expr, o value.Observable, format string) error {
	switch format {
	case "latex":
		_, err := fmt.Fprintln(c.stdout, f.LaTeX(expr.Einstein))
		return err
	case "go":
		source, err := expr.GoFile("series", expr.GoFunc{Name: goName(o), Expr: f})
		if err != nil {
			return err
		}
		_, err = c.stdout.Write(source)
		return err
	}
	_, err := fmt.Fprintln(c.stdout, f)
	return err
}

// goName returns the name of an observable's function in Go.
func goName(o value.Observable) string {
	return map[string]string{
		"test": "TestLoss", "train": "TrainLoss", "gap": "Gap",
		"displacement": "Displacement", "covariance": "Covariance", "variance": "Variance",
	}[o.String()]
}

func formula(ctx context.Context, c *command) error {
	order := c.integer("order", 0, "the highest power of η, the `ORDER`")
	observable := c.observable(observables)
	format := c.format()
	if err := c.parse("expand formula prints the series of an observable for SGD without reshuffling, in η, N, M = E/B and B."); err != nil {
		return err
	}
	if err := c.require("order"); err != nil {
		return err
	}
	f, err := value.SGDFormula(ctx, *observable, *order)
	if err != nil {
		return blame(err, "-order")
	}
	if c.json {
		return c.print(struct {
			Observable string    `json:"observable"`
			Order      int       `json:"order"`
			Formula    expr.Expr `json:"formula"`
			Text       string    `json:"text"`
		}{observable.String(), *order, f, f.String()})
	}
	return c.printExpr(f, *observable, *format)
}
