package main

import (
	"context"
	"fmt"
	"math/big"
	"text/tabwriter"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// listedPolynomial is an entry of the JSON form of polynomial.
type listedPolynomial struct {
	Diagram  diagram.Diagram `json:"diagram"`
	Maps     string          `json:"maps"`
	Weighted string          `json:"weighted"`

	inNMB string // weighted, as the paper writes it
}

func polynomial(ctx context.Context, c *command) error {
	text := c.flags.String("diagram", "", "one `DIAGRAM`, such as (01-2)(02-12)")
	edges := c.integer("edges", 0, "all diagrams with this number of `EDGES`")
	roots := c.roots()
	form := c.form()
	if err := c.parse("expand polynomial prints the number of maps into SGD without reshuffling, and their weighted sum W over |Aut|, as polynomials in E, K = N/B and B."); err != nil {
		return err
	}
	list, err := c.diagrams(ctx, *text, *edges, *roots)
	if err != nil {
		return err
	}
	entries := make([]listedPolynomial, len(list))
	for i, d := range list {
		maps, weight, err := embed.Polynomials(ctx, d, *form)
		if err != nil {
			return blame(err, "-diagram, -edges")
		}
		weighted := weight.Scale(new(big.Rat).SetFrac(big.NewInt(1), d.Aut()))
		entries[i] = listedPolynomial{d, maps.String(), weighted.String(), weighted.InNMB()}
	}
	return c.printPolynomials(entries)
}

func (c *command) printPolynomials(entries []listedPolynomial) error {
	if c.json {
		return c.print(struct {
			Polynomials []listedPolynomial `json:"polynomials"`
		}{entries})
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "diagram\tmaps, in E, K = N/B and B\tW/|Aut|, in M = E/B, N and B")
	for _, e := range entries {
		fmt.Fprintf(w, "%v\t%s\t%s\n", e.Diagram, e.Maps, e.inNMB)
	}
	return w.Flush()
}
