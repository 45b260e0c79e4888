package main

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"text/tabwriter"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// listedPolynomial is an entry of the JSON form of polynomial.
type listedPolynomial struct {
	Diagram  diagram.Diagram `json:"diagram"`
	Maps     string          `json:"maps"`
	Weighted string          `json:"weighted"`
	// Reshuffled is the expectation of Weighted where the points are in a new random order
	// in each epoch, in E, N and B; "" unless asked for.
	Reshuffled string `json:"reshuffled,omitempty"`

	// Embeddings has the number of embeddings up to automorphism by |Aut_f|; nil unless asked
	// for.
	Embeddings map[string]string `json:"embeddings,omitempty"`

	inNMB      string // weighted, as the paper writes it
	embeddings string // likewise
}

func polynomial(ctx context.Context, c *command) error {
	text := c.flags.String("diagram", "", "one `DIAGRAM`, such as (01-2)(02-12)")
	edges := c.integer("edges", 0, "all diagrams with this number of `EDGES`")
	roots := c.roots()
	form := c.form()
	reshuffled := c.flags.Bool("reshuffled", false, "also print the expectation of W over |Aut| where each epoch goes through the points in a new random order, as a rational function of E, N and B")
	symmetries := c.flags.Bool("symmetries", false, "also print the number of embeddings up to automorphism, for each |Aut_f| that they have")
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
		share := new(big.Rat).SetFrac(big.NewInt(1), d.Aut())
		weighted := weight.Scale(share)
		entries[i] = listedPolynomial{Diagram: d, Maps: maps.String(), Weighted: weighted.String(), inNMB: weighted.InNMB()}
		if *reshuffled {
			expected, err := embed.ReshuffledWeight(ctx, d, *form)
			if err != nil {
				return blame(err, "-diagram, -edges")
			}
			entries[i].Reshuffled = expected.Scale(share).String()
		}
		if *symmetries {
			if err := entries[i].listEmbeddings(ctx, *form); err != nil {
				return blame(err, "-diagram, -edges")
			}
		}
	}
	return c.printPolynomials(entries)
}

// listEmbeddings adds the numbers of embeddings by |Aut_f|.
func (e *listedPolynomial) listEmbeddings(ctx context.Context, form embed.Form) error {
	list, err := embed.EmbeddingPolynomials(ctx, e.Diagram, form)
	if err != nil {
		return err
	}
	e.Embeddings = map[string]string{}
	var texts []string
	for _, s := range list {
		e.Embeddings[s.Aut.String()] = s.Count.String()
		texts = append(texts, fmt.Sprintf("%v: %s", s.Aut, s.Count.InNMB()))
	}
	e.embeddings = strings.Join(texts, ", ")
	return nil
}

func (c *command) printPolynomials(entries []listedPolynomial) error {
	if c.json {
		return c.print(struct {
			Polynomials []listedPolynomial `json:"polynomials"`
		}{entries})
	}
	reshuffled := len(entries) > 0 && entries[0].Reshuffled != ""
	symmetries := len(entries) > 0 && entries[0].Embeddings != nil
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "diagram\tmaps, in E, K = N/B and B\tW/|Aut|, in M = E/B, N and B")
	if reshuffled {
		fmt.Fprint(w, "\tits mean over random orders, in E, N and B")
	}
	if symmetries {
		fmt.Fprint(w, "\t|Aut_f|: embeddings, in M, N and B")
	}
	fmt.Fprintln(w)
	for _, e := range entries {
		fmt.Fprintf(w, "%v\t%s\t%s", e.Diagram, e.Maps, e.inNMB)
		if reshuffled {
			fmt.Fprintf(w, "\t%s", e.Reshuffled)
		}
		if symmetries {
			fmt.Fprintf(w, "\t%s", e.embeddings)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}
