package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"math/big"
	"strings"
	"text/tabwriter"

	"github.com/perturb-go/perturb/diagram/draw"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

//go:embed toy.json
var toy string

// toyPoints is the number of training points of the overview.
const toyPoints = 6

// overview prints the order-3 expansion of the test loss of one-epoch SGD as a formula, a
// table of diagrams and drawings, and its numbers on a toy landscape beside exact and
// simulated SGD.
func overview(ctx context.Context, stdout io.Writer) error {
	grid, err := embed.OneEpoch(toyPoints)
	if err != nil {
		return err
	}
	s, err := value.Expand(ctx, grid, value.TestLoss(), 3, embed.Cumulant)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "SGD for one epoch over N = %d points, batch size 1, learning rate η, has the expected test loss\n\n", toyPoints)
	fmt.Fprintf(stdout, "    E[l(θ_T)] = %s + o(η³)\n\n", strings.Join(formulaLines(s), "\n                "))
	fmt.Fprint(stdout, "with G = ∇l, H = ∇∇l, J = ∇∇∇l, C = Cov(∇l_x, ∇l_x), S the skewness of ∇l_x, all at θ_0:\n")
	fmt.Fprint(stdout, "Σ over diagrams D of (−η)^edges / |Aut(D)| · W(D) · value(D), where W(D) counts embeddings.\n\n")
	if err := printDiagramTable(stdout, s); err != nil {
		return err
	}
	return printToy(ctx, stdout, grid, s)
}

// formulaLines writes a series, a line per order and a term per value class.
func formulaLines(s *value.Series) []string {
	lines := make([]string, s.Order+1)
	for _, c := range s.Classes() {
		sign := " + "
		if c.Coefficient.Sign() < 0 {
			sign = " − "
		}
		line := &lines[c.Order()]
		if c.Order() > 0 {
			*line += sign
		}
		if size := new(big.Rat).Abs(c.Coefficient); size.Cmp(big.NewRat(1, 1)) != 0 {
			*line += size.RatString() + " "
		}
		*line += []string{"", "η ", "η² ", "η³ "}[c.Order()] + s.Observable.Symbol(c.Representative, s.Form)
	}
	return lines
}

// printDiagramTable lists the diagrams that embed, with their drawings: leaves on the
// left, the root on the right, equal letters for the nodes of one part.
func printDiagramTable(stdout io.Writer, s *value.Series) error {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "drawing\tdiagram\t|Aut|\tmaps\tcoefficient\tvalue")
	for _, t := range s.Terms {
		lines := strings.Split(strings.TrimSuffix(draw.Text(t.Diagram), "\n"), "\n")
		for _, line := range lines[:len(lines)-1] {
			fmt.Fprintf(w, "%s\t\t\t\t\t\n", line)
		}
		fmt.Fprintf(w, "%s\t%v\t%v\t%v\t%s η^%d\t%s\n", lines[len(lines)-1], t.Diagram, t.Aut, t.Maps,
			t.Coefficient.RatString(), t.Order(), s.Observable.Symbol(t.Diagram, s.Form))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		if _, err := fmt.Fprintln(stdout, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// printToy compares the series, through each order, with exact SGD and then with
// simulated SGD.
func printToy(ctx context.Context, stdout io.Writer, grid embed.Grid, s *value.Series) error {
	landscape, err := tensor.ParseLandscape([]byte(toy))
	if err != nil {
		return err
	}
	finite, ok := landscape.(*tensor.Finite)
	if !ok {
		return fmt.Errorf("the toy landscape is not one of finitely many data")
	}
	x, err := value.Evaluate(ctx, s, value.ExactPoint(landscape))
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "\nOn a toy landscape, %d data points in %d dimensions, beside the mean over all %d^%d training sets:\n\n",
		len(finite.Data()), finite.Dim(), len(finite.Data()), toyPoints)
	w := tabwriter.NewWriter(stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "η\torder 0\torder 1\torder 2\torder 3\texact SGD\t(exact − order 3)/η⁴")
	for _, eta := range []*big.Rat{big.NewRat(1, 100), big.NewRat(1, 50), big.NewRat(1, 25), big.NewRat(2, 25)} {
		exact, err := exactTestLoss(ctx, finite, grid, eta)
		if err != nil {
			return err
		}
		fmt.Fprint(w, eta.FloatString(2))
		var last *big.Rat
		for d := range x.Coefficients {
			sum, err := x.At(eta, d)
			if err != nil {
				return err
			}
			last = sum.At()
			fmt.Fprintf(w, "\t%s", last.FloatString(8))
		}
		rest := new(big.Rat).Sub(exact, last)
		for range 4 {
			rest.Quo(rest, eta)
		}
		fmt.Fprintf(w, "\t%s\t%s\n", exact.FloatString(8), rest.FloatString(2))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return printSimulated(ctx, stdout, landscape, grid, []*big.Rat{big.NewRat(1, 50), big.NewRat(2, 25)})
}
