package errata

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

const pageHead = `# Errata to the paper

Where "A Perturbative Analysis of Stochastic Descent" errs, what holds instead, and exact numbers that decide:
what the paper's formula gives, what perturb computes, and the truth by an independent route, mostly SGD itself on
every training set. l_x is the loss of a datum; optimizers are in the notation of ` + "`expand`" + `; powers of η,
which the paper hides in raised indices, are written out.

    go run ./examples/expand errata

prints this table with numbers computed on the spot, as text, as JSON or as this page.

| Where | The paper | What holds | Compared | Paper | perturb | Truth |
|---|---|---|---|--:|--:|---|
`

const pageFoot = `
Tested, too, and right as printed: Corollary 2, Example 1, Remark 1, Proposition 2, (6) in §C.6, and the
footnote of §A.2 on reshuffling.
`

// WriteMarkdown writes the rows as a page with a table, a line for each check.
func WriteMarkdown(w io.Writer, rows []Row) error {
	b := bufio.NewWriter(w)
	b.WriteString(pageHead)
	for _, r := range rows {
		head := [3]string{r.Place, r.Paper, r.Holds}
		for _, c := range r.Checks {
			writeLine(b, head, c)
			head = [3]string{}
		}
		head[1] = "right if " + r.RightIf
		for _, c := range r.Spared {
			writeLine(b, head, c)
			head = [3]string{}
		}
	}
	b.WriteString(pageFoot)
	return b.Flush()
}

func writeLine(w io.Writer, head [3]string, c Check) {
	cells := append(head[:], c.Quantity+"<br>"+c.Setting, number(c.Paper), number(c.Ours), number(c.Truth)+", "+c.By)
	fmt.Fprintf(w, "| %s |\n", strings.Join(escaped(cells), " | "))
}

// escaped returns the cells of a table with bars that do not end them.
func escaped(cells []string) []string {
	list := make([]string, len(cells))
	for i, cell := range cells {
		list[i] = strings.ReplaceAll(cell, "|", `\|`)
	}
	return list
}
