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
	if c.given["diagram"] == c.given["edges"] {
		return badInput("expected either -diagram or -edges")
	}
	var list []diagram.Diagram
	if c.given["diagram"] {
		d, err := parseDiagram(*text, *roots, c.given["root"])
		if err != nil {
			return err
		}
		list = append(list, d)
	} else {
		var err error
		if list, err = listDiagrams(ctx, *edges, diagram.Options{Roots: *roots}); err != nil {
			return err
		}
	}
	counter := embed.NewCounter(*grid)
	entries := make([]listedEmbedding, len(list))
	for i, d := range list {
		n, err := counter.Count(ctx, d, *form)
		if err != nil {
			return blame(err, "-grid")
		}
		term := value.Term{Aut: d.Aut(), Weight: n.Weight}
		entries[i] = listedEmbedding{d, n.Maps.String(), term.Weighted().RatString(), term.Aut.String()}
	}
	return c.printEmbeddings(entries)
}

// parseDiagram reads a diagram, whose roots must be as -root says, if it is given.
func parseDiagram(text string, roots diagram.Roots, given bool) (diagram.Diagram, error) {
	d, err := diagram.Parse(text)
	if err != nil {
		return d, blame(err, "-diagram")
	}
	is := diagram.Single
	switch {
	case d.Bridged():
		is = diagram.Bridged
	case d.Roots() == 2:
		is = diagram.Two
	case d.Tied():
		is = diagram.Tied
	}
	if given && is != roots {
		return d, badInput("-diagram %v: its root is not as -root says", d)
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
