package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// listedEmbedding is an entry of the JSON form of embeddings.
type listedEmbedding struct {
	Diagram  diagram.Diagram `json:"diagram"`
	Maps     string          `json:"maps"`
	Weighted string          `json:"weighted"`
	Aut      string          `json:"aut"`
}

func embeddings(ctx context.Context, c *command) error {
	grid := c.grid("grid")
	text := c.flags.String("diagram", "", "one `DIAGRAM`, such as (01-2)(02-12)")
	edges := c.integer("edges", 0, "all diagrams with this number of `EDGES`")
	roots := c.roots()
	form := c.form()
	if err := c.parse("expand embeddings counts the maps of diagrams into a grid, and their weighted sum W over |Aut|."); err != nil {
		return err
	}
	if err := c.require("grid"); err != nil {
		return err
	}
	list, err := c.diagrams(ctx, *text, *edges, *roots)
	if err != nil {
		return err
	}
	counts, err := embed.NewCounter(*grid).CountAll(ctx, list, *form, 0)
	if err != nil {
		return blame(err, "-grid")
	}
	entries := make([]listedEmbedding, len(list))
	for i, d := range list {
		term := value.Term{Aut: d.Aut(), Weight: counts[i].Weight}
		entries[i] = listedEmbedding{d, counts[i].Maps.String(), term.Weighted().RatString(), term.Aut.String()}
	}
	return c.printEmbeddings(entries)
}

// diagrams returns the diagram of -diagram or those of -edges, whichever is given.
func (c *command) diagrams(ctx context.Context, text string, edges int, roots diagram.Roots) ([]diagram.Diagram, error) {
	switch {
	case c.given["diagram"] == c.given["edges"]:
		return nil, badInput("expected either -diagram or -edges")
	case c.given["edges"]:
		return listDiagrams(ctx, edges, diagram.Options{Roots: roots})
	}
	d, err := parseDiagram(text, roots)
	return []diagram.Diagram{d}, err
}

// parseDiagram reads a diagram whose roots are as -root says.
func parseDiagram(text string, roots diagram.Roots) (diagram.Diagram, error) {
	d, err := diagram.Parse(text)
	if err != nil {
		return d, blame(err, "-diagram")
	}
	is, name := diagram.Single, "single"
	switch {
	case d.Roots() == 2:
		is, name = diagram.Bridged, "two" // or not bridged, in moment form
	case d.Tied():
		is, name = diagram.Tied, "tied"
	}
	if is != roots {
		return d, badInput("-diagram %v: expected -root %s for such a root", d, name)
	}
	return d, nil
}

func (c *command) printEmbeddings(entries []listedEmbedding) error {
	if c.json {
		return c.print(struct {
			Embeddings []listedEmbedding `json:"embeddings"`
		}{entries})
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "diagram\tmaps\tW/|Aut|\t|Aut|")
	for _, e := range entries {
		fmt.Fprintf(w, "%v\t%s\t%s\t%s\n", e.Diagram, e.Maps, e.Weighted, e.Aut)
	}
	return w.Flush()
}
