package embed

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/internal/jsontype"
	"github.com/perturb-go/perturb/internal/rational"
)

// Parse reads a grid as text: "sgd N=10 E=2 B=5" is SGD(10, 2, 5), where E and B are 1
// unless given; "gd N=10 T=20" is GD(10, 20). Either may end in rate=q, for an integer,
// a fraction or a decimal q that multiplies every weight. Fields come in any order.
//
// The error wraps ErrSyntax or ErrSize and names the field.
func Parse(text string) (Grid, error) {
	g, err := parse(text)
	if err != nil {
		return Grid{}, fmt.Errorf("grid %.80q: %w", text, err)
	}
	return g, nil
}

func parse(text string) (Grid, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Grid{}, ErrSyntax
	}
	fields, err := parseFields(words[1:])
	if err != nil {
		return Grid{}, err
	}
	var g Grid
	switch words[0] {
	case "sgd":
		g, err = fields.sgd()
	case "gd":
		g, err = fields.gd()
	default:
		return Grid{}, fmt.Errorf("%w: there is no optimizer %.40q", ErrSyntax, words[0])
	}
	if err != nil {
		return Grid{}, err
	}
	if q, ok := fields["rate"]; ok {
		rate, err := rational.Parse(q)
		if err != nil {
			return Grid{}, fmt.Errorf("%w: rate: %w", ErrSyntax, err)
		}
		g = g.Scale(rate)
	}
	return g, nil
}

// gridFields are the words name=value of a grid's text.
type gridFields map[string]string

func parseFields(words []string) (gridFields, error) {
	fields := gridFields{}
	for _, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return nil, fmt.Errorf("%w: %.40q is not of the form name=value", ErrSyntax, word)
		}
		if _, ok := fields[name]; ok {
			return nil, fmt.Errorf("%w: %.40q stands twice", ErrSyntax, name)
		}
		fields[name] = value
	}
	return fields, nil
}

func (f gridFields) sgd() (Grid, error) {
	if err := f.check("N", "E", "B", "rate"); err != nil {
		return Grid{}, err
	}
	n, errN := f.size("N", "")
	epochs, errE := f.size("E", "1")
	batch, errB := f.size("B", "1")
	if err := errors.Join(errN, errE, errB); err != nil {
		return Grid{}, err
	}
	return SGD(n, epochs, batch)
}

func (f gridFields) gd() (Grid, error) {
	if err := f.check("N", "T", "rate"); err != nil {
		return Grid{}, err
	}
	n, errN := f.size("N", "")
	steps, errT := f.size("T", "")
	if err := errors.Join(errN, errT); err != nil {
		return Grid{}, err
	}
	return GD(n, steps)
}

// check reports a field that is not among the names.
func (f gridFields) check(names ...string) error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%w: %.40q is not one of the fields %s", ErrSyntax, name, strings.Join(names, ", "))
		}
	}
	return nil
}

// size returns a field as an integer, or its default; "" stands for none.
func (f gridFields) size(name, byDefault string) (int64, error) {
	text, ok := f[name]
	if !ok {
		text = byDefault
	}
	if text == "" {
		return 0, fmt.Errorf("%w: %s is missing", ErrSyntax, name)
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%w: %s=%.40s is out of range, at most %d", ErrSize, name, text, MaxSize)
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %s=%.40q is not an integer", ErrSyntax, name, text)
	}
	return value, nil
}

// A gridJSON is a grid as JSON.
type gridJSON struct {
	N     *int64     `json:"N"`
	T     *int64     `json:"T"`
	Cells []cellJSON `json:"cells"`
}

type cellJSON struct {
	N      *int64          `json:"n"`
	T      *int64          `json:"t"`
	Weight json.RawMessage `json:"weight"`
}

// MarshalJSON writes the grid as {"N":…,"T":…,"cells":[{"n":…,"t":…,"weight":"p/q"},…]},
// cells by column, then row. The error wraps ErrTooLarge if there are more than MaxCells.
func (g Grid) MarshalJSON() ([]byte, error) {
	cells, err := g.list()
	if err != nil {
		return nil, err
	}
	type cell struct {
		N      int64  `json:"n"`
		T      int64  `json:"t"`
		Weight string `json:"weight"`
	}
	list := make([]cell, len(cells))
	for i, c := range cells {
		list[i] = cell{c.N, c.T, c.Weight.RatString()}
	}
	return json.Marshal(struct {
		N     int64  `json:"N"`
		T     int64  `json:"T"`
		Cells []cell `json:"cells"`
	}{g.Rows(), g.columns, list})
}

// UnmarshalJSON reads the form of MarshalJSON; a weight may also be a JSON number, which
// is taken exactly. Unknown keys are ignored. The error wraps ErrSyntax, ErrSize, ErrCell
// or ErrTooLarge and names the field.
func (g *Grid) UnmarshalJSON(data []byte) error {
	var raw gridJSON
	if err := json.Unmarshal(data, &raw); err != nil {
		return fmt.Errorf("%w, or one as JSON: %w", ErrSyntax, jsontype.Explain(err))
	}
	switch {
	case raw.N == nil:
		return fmt.Errorf("%w, or one as JSON: N is missing", ErrSyntax)
	case raw.T == nil:
		return fmt.Errorf("%w, or one as JSON: T is missing", ErrSyntax)
	case raw.Cells == nil:
		return fmt.Errorf("%w, or one as JSON: cells is missing", ErrSyntax)
	case len(raw.Cells) > MaxCells:
		return tooManyCells(big.NewInt(int64(len(raw.Cells))))
	}
	cells := make([]Cell, len(raw.Cells))
	for i, c := range raw.Cells {
		if c.N == nil || c.T == nil {
			return fmt.Errorf("%w: cells[%d]: n or t is missing", ErrSyntax, i)
		}
		weight, err := rational.FromJSON(c.Weight)
		if err != nil {
			return fmt.Errorf("%w: cells[%d].weight: %w", ErrCell, i, err)
		}
		cells[i] = Cell{*c.N, *c.T, weight}
	}
	parsed, err := New(*raw.N, *raw.T, cells)
	if err != nil {
		return err
	}
	*g = parsed
	return nil
}
