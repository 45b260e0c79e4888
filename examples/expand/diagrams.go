package main

import (
	"context"
	"fmt"
	"math/big"
	"text/tabwriter"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/value"
)

// listedDiagram is an entry of the JSON form of diagrams.
type listedDiagram struct {
	Diagram     diagram.Diagram `json:"diagram"`
	Aut         string          `json:"aut"`
	Irreducible bool            `json:"irreducible"`
}

func diagrams(ctx context.Context, c *command) error {
	edges := c.integer("edges", 0, "the number of `EDGES`")
	roots := c.roots()
	irreducible := c.flags.Bool("irreducible", false, "only irreducible diagrams")
	countOnly := c.flags.Bool("count", false, "print their number only")
	if err := c.parse("expand diagrams lists the diagrams with a number of edges, or counts them."); err != nil {
		return err
	}
	if err := c.require("edges"); err != nil {
		return err
	}
	if *countOnly && !*irreducible {
		n, err := diagram.Count(*edges, *roots)
		if err != nil {
			return blame(err, "-edges %d", *edges)
		}
		return c.printCount(*edges, n)
	}
	list, err := listDiagrams(ctx, *edges, diagram.Options{Roots: *roots, Irreducible: *irreducible})
	if err != nil {
		return err
	}
	if *countOnly {
		return c.printCount(*edges, big.NewInt(int64(len(list))))
	}
	return c.printDiagrams(*edges, list)
}

// listDiagrams collects diagrams, unless there are too many to list.
func listDiagrams(ctx context.Context, edges int, options diagram.Options) ([]diagram.Diagram, error) {
	seq, err := diagram.Enumerate(edges, options)
	if err != nil {
		return nil, blame(err, "-edges %d", edges)
	}
	if edges > value.MaxOrder {
		n, err := diagram.Count(edges, options.Roots)
		if err != nil {
			return nil, blame(err, "-edges %d", edges)
		}
		return nil, badInput("-edges %d: expected at most %d for a list: there are %v such diagrams, irreducible or not; -count without -irreducible counts them", edges, value.MaxOrder, n)
	}
	var list []diagram.Diagram
	for d := range seq {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

func (c *command) printCount(edges int, n *big.Int) error {
	if c.json {
		return c.print(struct {
			Edges int    `json:"edges"`
			Count string `json:"count"`
		}{edges, n.String()})
	}
	_, err := fmt.Fprintln(c.stdout, n)
	return err
}

func (c *command) printDiagrams(edges int, list []diagram.Diagram) error {
	if c.json {
		entries := make([]listedDiagram, len(list))
		for i, d := range list {
			entries[i] = listedDiagram{d, d.Aut().String(), d.Irreducible()}
		}
		return c.print(struct {
			Edges    int             `json:"edges"`
			Count    string          `json:"count"`
			Diagrams []listedDiagram `json:"diagrams"`
		}{edges, fmt.Sprint(len(list)), entries})
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "diagram\t|Aut|\tirreducible")
	for _, d := range list {
		fmt.Fprintf(w, "%v\t%v\t%v\n", d, d.Aut(), d.Irreducible())
	}
	return w.Flush()
}
