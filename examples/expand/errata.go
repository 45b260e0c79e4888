package main

import (
	"context"
	"fmt"

	"github.com/perturb-go/perturb/value/errata"
)

func errataOfPaper(ctx context.Context, c *command) error {
	markdown := false
	c.flags.Func("format", "`text, markdown or json` (default text)", func(text string) error {
		switch text {
		case "text", "markdown", "json":
			markdown, c.json = text == "markdown", c.json || text == "json"
			return nil
		}
		return fmt.Errorf("expected text, markdown or json")
	})
	if err := c.parse("expand errata prints where the paper errs and what holds, each with exact numbers: the paper's, the library's and those of SGD itself."); err != nil {
		return err
	}
	rows, err := errata.Rows(ctx)
	switch {
	case err != nil:
		return err
	case c.json:
		return c.print(struct {
			Rows []errata.Row `json:"rows"`
		}{rows})
	case markdown:
		return errata.WriteMarkdown(c.stdout, rows)
	}
	return errata.WriteText(c.stdout, rows)
}
