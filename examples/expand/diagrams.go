package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
)

// listedDiagram is an entry of the JSON form of diagrams.
type listedDiagram struct {
	Diagram     diagram.Diagram `json:"diagram"`
	Aut         string          `json:"aut"`
	Irreducible bool            `json:"irreducible"`
}

// fewDiagrams is how many diagrams are listed unless more are asked for: all of eight edges.
const fewDiagrams = 1_000_000

func diagrams(ctx context.Context, c *command) error {
	edges := c.integer("edges", 0, "the number of `EDGES`: up to 40 with -count")
	roots := c.roots()
	irreducible := c.flags.Bool("irreducible", false, "only irreducible diagrams")
	countOnly := c.flags.Bool("count", false, "print their number only")
	limit := c.integer("limit", fewDiagrams, fmt.Sprintf("list no more than `MANY` diagrams (default %d): where there are more, list none and say how many", fewDiagrams))
	if err := c.parse("expand diagrams lists the diagrams with a number of edges, or counts them. A list begins with their number, and takes no memory for them: those with 9 edges, 7075470, take a quarter of a minute."); err != nil {
		return err
	}
	if err := c.require("edges"); err != nil {
		return err
	}
	options := diagram.Options{Roots: *roots, Irreducible: *irreducible}
	n, err := options.Count(ctx, *edges)
	if err != nil {
		return blame(err, "-edges %d", *edges)
	}
	if *countOnly {
		return c.printCount(*edges, n)
	}
	if n.Cmp(big.NewInt(int64(*limit))) > 0 {
		return badInput("-edges %d: there are %v such diagrams, more than %d; -limit %v lists them, and -count only counts", *edges, n, *limit, n)
	}
	return c.printDiagrams(ctx, *edges, options, n)
}

// listDiagrams collects diagrams, unless there are too many to hold.
func listDiagrams(ctx context.Context, edges int, options diagram.Options) ([]diagram.Diagram, error) {
	const most = 3_000_000 // all of eight edges, whatever their roots
	options.Limit = most
	seq, err := diagram.EnumerateAut(ctx, edges, options)
	if err != nil {
		return nil, blame(err, "-edges %d", edges)
	}
	var list []diagram.Diagram
	for d := range seq {
		list = append(list, d)
	}
	return list, ctx.Err()
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

// printDiagrams prints n diagrams as they are found.
func (c *command) printDiagrams(ctx context.Context, edges int, options diagram.Options, n *big.Int) error {
	seq, err := diagram.EnumerateAut(ctx, edges, options)
	if err != nil {
		return blame(err, "-edges %d", edges)
	}
	w := bufio.NewWriter(c.stdout)
	begin := printRow
	if c.json {
		begin = printEntry
	}
	print := begin(w, edges, n)
	for d, aut := range seq {
		if err = print(d, aut); err != nil {
			break
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && c.json {
		_, err = w.WriteString("]}\n")
	}
	return errors.Join(err, w.Flush())
}

// printRow begins a table, and returns what adds a diagram to it.
func printRow(w *bufio.Writer, edges int, n *big.Int) func(d diagram.Diagram, aut uint64) error {
	// The most that the text of a diagram of one or two roots can take.
	nodes := edges + 2
	width := len("()()") + 2*nodes + 3*edges
	fmt.Fprintf(w, "diagrams with %d edges: %v\n\n%-*s %-20s %s\n", edges, n, width, "diagram", "|Aut|", "irreducible")
	return func(d diagram.Diagram, aut uint64) error {
		_, err := fmt.Fprintf(w, "%-*s %-20d %t\n", width, d.String(), aut, d.Irreducible())
		return err
	}
}

// printEntry begins an object in JSON, and returns what adds a diagram to its list.
func printEntry(w *bufio.Writer, edges int, n *big.Int) func(d diagram.Diagram, aut uint64) error {
	fmt.Fprintf(w, `{"edges":%d,"count":"%v","diagrams":[`, edges, n)
	first := true
	return func(d diagram.Diagram, aut uint64) error {
		if !first {
			w.WriteByte(',')
		}
		first = false
		text, err := json.Marshal(listedDiagram{d, fmt.Sprint(aut), d.Irreducible()})
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	}
}
