package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/examples/internal/program"
	"github.com/perturb-go/perturb/internal/rational"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// A command is one call of a sub-command.
type command struct {
	flags  *flag.FlagSet
	args   []string
	stdout io.Writer
	json   bool
	given  map[string]bool // the flags on the command line
}

func newCommand(name string, args []string, stdout io.Writer) *command {
	c := &command{flags: program.Flags(name), args: args, stdout: stdout, given: map[string]bool{}}
	c.flags.BoolVar(&c.json, "json", false, "print JSON")
	return c
}

// parse reads the command line; intro is what -h prints before the flags.
func (c *command) parse(intro string) error {
	if err := program.Parse(c.flags, c.args, intro, c.stdout); err == flag.ErrHelp {
		return err
	} else if err != nil {
		return badInput("%w", err)
	}
	c.flags.Visit(func(f *flag.Flag) { c.given[f.Name] = true })
	return nil
}

// require reports the flags that are not on the command line.
func (c *command) require(names ...string) error {
	for _, name := range names {
		if !c.given[name] {
			return badInput("-%s is missing: expected %s", name, c.flags.Lookup(name).Usage)
		}
	}
	return nil
}

func (c *command) print(v any) error {
	e := json.NewEncoder(c.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// integer is a flag that takes an integer of at least 0.
func (c *command) integer(name string, byDefault int, usage string) *int {
	value := byDefault
	c.flags.Func(name, usage, func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return fmt.Errorf("expected an integer of at least 0")
		}
		value = n
		return nil
	})
	return &value
}

// grid is a flag that takes a grid.
func (c *command) grid(name string) *embed.Grid {
	var g embed.Grid
	c.flags.Func(name, "a `GRID`: 'sgd N=10 E=2 B=5 rate=1/2', 'gd N=10 T=20' or a JSON file", func(text string) error {
		var err error
		g, err = readGrid(text)
		return err
	})
	return &g
}

// dynamics is a flag that takes a grid or other dynamics.
func (c *command) dynamics(name string) *embed.Dynamics {
	var d embed.Dynamics
	c.flags.Func(name, "a `GRID`: 'sgd N=10 E=2 B=5 rate=1/2', 'gd N=10 T=20', a JSON file, or other dynamics: "+
		"'ode T=4', 'sde T=4 B=1', 'gaussian T=3', 'gdc N=10 T=10 B=1', 'reshuffled N=3 E=2 B=1'; T=inf for re-summed values of any with a T but gdc", func(text string) error {
		var err error
		switch firstWord(text) {
		case "", "sgd", "gd", "ode", "sde", "gaussian", "gdc", "reshuffled":
			d, err = embed.ParseDynamics(text)
			return err
		}
		g, err := readGrid(text)
		d = embed.NewCounter(g)
		return err
	})
	return &d
}

func firstWord(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return first
}

func readGrid(text string) (embed.Grid, error) {
	switch firstWord(text) {
	case "", "sgd", "gd":
		return embed.Parse(text)
	}
	var g embed.Grid
	data, err := readFile(text)
	if err != nil {
		return g, fmt.Errorf("%w; %w, or a JSON file", err, embed.ErrSyntax)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		return g, fmt.Errorf("%.80s: %w", text, err)
	}
	return g, nil
}

// maxFile bounds the size of an input file.
const maxFile = 64 << 20

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%.80s: larger than %d MiB", path, maxFile>>20)
	}
	return data, err
}

// form is a flag that takes a form.
func (c *command) form() *embed.Form {
	form := embed.Cumulant
	c.flags.Func("form", "`cumulant or moment` (default cumulant)", func(text string) error {
		var err error
		form, err = embed.ParseForm(text)
		return err
	})
	return &form
}

// roots is a flag that takes single, tied or two.
func (c *command) roots() *diagram.Roots {
	roots := diagram.Single
	c.flags.Func("root", "`single, tied or two`: one root alone in its part, one that shares its part, or two roots that some part bridges (default single)", func(text string) error {
		switch text {
		case "single":
			roots = diagram.Single
		case "tied":
			roots = diagram.Tied
		case "two":
			roots = diagram.Bridged
		default:
			return fmt.Errorf("expected single, tied or two")
		}
		return nil
	})
	return &roots
}

// observable is a flag that takes one of the named observables.
func (c *command) observable(names string) *value.Observable {
	o := value.TestLoss()
	c.flags.Func("observable", "`"+names+"` (default test)", func(text string) error {
		var err error
		o, err = value.ParseObservable(text)
		return err
	})
	return &o
}

// landscape is a flag that takes a landscape file; nil if it is not given.
func (c *command) landscape() *tensor.Landscape {
	var l tensor.Landscape
	c.flags.Func("landscape", "a landscape, as a JSON `FILE`", func(path string) error {
		data, err := readFile(path)
		if err != nil {
			return fmt.Errorf("%w; expected a landscape as a JSON file", err)
		}
		if l, err = tensor.ReadLandscape(bytes.NewReader(data)); err != nil {
			return fmt.Errorf("%.80s: %w", path, err)
		}
		return nil
	})
	return &l
}

// maxPoints bounds the number of learning rates of one call.
const maxPoints = 100_000

// rates is a flag that takes learning rates.
func (c *command) rates() *[]*big.Rat {
	var list []*big.Rat
	c.flags.Func("eta", "learning rates `ETA`: a comma list of numbers such as 0.1,1/5, or from:to:step, both ends included", func(text string) error {
		var err error
		list, err = readRates(text)
		return err
	})
	return &list
}

func readRates(text string) ([]*big.Rat, error) {
	if strings.Contains(text, ":") {
		return readRange(text)
	}
	var list []*big.Rat
	for _, word := range strings.Split(text, ",") {
		q, err := rational.Parse(strings.TrimSpace(word))
		if err != nil {
			return nil, err
		}
		if list = append(list, q); len(list) > maxPoints {
			return nil, fmt.Errorf("more than %d learning rates", maxPoints)
		}
	}
	return list, nil
}

// readRange reads from:to:step: from, from+step, … as long as that is below to, then to.
func readRange(text string) ([]*big.Rat, error) {
	words := strings.Split(text, ":")
	if len(words) != 3 {
		return nil, fmt.Errorf("%.40q: expected from:to:step", text)
	}
	var ends [3]*big.Rat
	for i, word := range words {
		var err error
		if ends[i], err = rational.Parse(strings.TrimSpace(word)); err != nil {
			return nil, err
		}
	}
	from, to, step := ends[0], ends[1], ends[2]
	switch {
	case from.Cmp(to) == 0:
		return []*big.Rat{from}, nil
	case from.Cmp(to) > 0:
		return nil, fmt.Errorf("%.40q: from is above to", text)
	case step.Sign() <= 0:
		return nil, fmt.Errorf("%.40q: step is not positive", text)
	}
	count := new(big.Rat).Quo(new(big.Rat).Sub(to, from), step)
	if count.Cmp(big.NewRat(maxPoints-1, 1)) > 0 {
		return nil, fmt.Errorf("%.40q: more than %d learning rates", text, maxPoints)
	}
	var list []*big.Rat
	for q := from; q.Cmp(to) < 0; q = new(big.Rat).Add(q, step) {
		list = append(list, q)
	}
	return append(list, to), nil
}
