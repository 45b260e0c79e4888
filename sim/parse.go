package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/rational"
)

// ParseOptimizer reads an optimizer as text:
//
//	sgd N=10 E=2 B=5         SGD, as embed.Parse reads the grid; so is gd N=10 T=20
//	{"N":…,"T":…,"cells":…}  SGD on a grid as JSON
//	reshuffled N=10 E=2 B=5  Reshuffled; E and B are 1 unless given
//	gdc N=10 T=20 B=1        GDC; B is 1 unless given
//	stic N=10 T=20           Regularized by STIC; or tic
//	ode T=10 refine=16       ODE; refine is 16 unless given
//	sde T=10 B=1 refine=16   SDE; B is 1 unless given
//	gaussian T=10            Gaussian
//
// The first and third may end in rate=q. The error wraps ErrOptimizer and says which word
// is wrong.
func ParseOptimizer(text string) (Optimizer, error) {
	o, err := parseOptimizer(text)
	if errors.Is(err, ErrOptimizer) {
		return nil, err // it says of which optimizer
	}
	if err != nil {
		return nil, fmt.Errorf("sim: optimizer %.80q: %w: %w", text, ErrOptimizer, err)
	}
	return o, nil
}

func parseOptimizer(text string) (Optimizer, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		var g embed.Grid
		err := json.Unmarshal([]byte(text), &g)
		return SGD{g}, err
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil, errors.New("no words")
	}
	read, ok := optimizerByName[words[0]]
	if !ok {
		g, err := embed.Parse(text)
		return SGD{g}, err
	}
	f := &fields{values: map[string]string{}}
	for _, word := range words[1:] {
		f.add(word)
	}
	o := read(f)
	f.rest()
	if f.err != nil {
		return nil, f.err
	}
	return o, o.valid()
}

// optimizerByName reads the fields of the optimizers that are not given by a grid.
var optimizerByName = map[string]func(f *fields) Optimizer{
	"reshuffled": func(f *fields) Optimizer {
		return Reshuffled{f.size("N", ""), f.size("E", "1"), f.size("B", "1"), f.number("rate", "1")}
	},
	"gdc":      func(f *fields) Optimizer { return GDC{f.size("N", ""), f.size("T", ""), f.size("B", "1")} },
	"stic":     func(f *fields) Optimizer { return Regularized{STIC, f.size("N", ""), f.size("T", "")} },
	"tic":      func(f *fields) Optimizer { return Regularized{TIC, f.size("N", ""), f.size("T", "")} },
	"ode":      func(f *fields) Optimizer { return ODE{f.size("T", ""), f.size("refine", "0")} },
	"sde":      func(f *fields) Optimizer { return SDE{f.size("T", ""), f.size("B", "1"), f.size("refine", "0")} },
	"gaussian": func(f *fields) Optimizer { return Gaussian{f.size("T", "")} },
}

// fields are words name=value, each to be asked for once, and the first error.
type fields struct {
	values map[string]string
	asked  []string
	err    error
}

func (f *fields) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

func (f *fields) add(word string) {
	name, value, ok := strings.Cut(word, "=")
	if !ok {
		f.fail("%.40q is not of the form name=value", word)
	}
	if _, twice := f.values[name]; twice {
		f.fail("%.40q stands twice", name)
	}
	f.values[name] = value
}

// text returns a field, or its default; "" stands for none.
func (f *fields) text(name, byDefault string) string {
	f.asked = append(f.asked, name)
	value, ok := f.values[name]
	if !ok {
		value = byDefault
	}
	if value == "" {
		f.fail("%s is missing", name)
	}
	return value
}

func (f *fields) size(name, byDefault string) int64 {
	text := f.text(name, byDefault)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > embed.MaxSize {
		f.fail("%s=%.40q is not an integer from 0 to %d", name, text, embed.MaxSize)
	}
	return n
}

func (f *fields) number(name, byDefault string) *big.Rat {
	q, err := rational.Parse(f.text(name, byDefault))
	if err != nil {
		f.fail("%s: %w", name, err)
	}
	return q
}

func (f *fields) float(name, byDefault string) float64 {
	text := f.text(name, byDefault)
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !finiteNumbers([]float64{x}) {
		f.fail("%s=%.40q is not a number", name, text)
	}
	return x
}

// rest reports a field that was not asked for.
func (f *fields) rest() {
	var names []string
	for name := range f.values {
		if !slices.Contains(f.asked, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		f.fail("%.40q is not one of the fields %s", slices.Min(names), strings.Join(f.asked, ", "))
	}
}

// ParseLandscape reads the name of a landscape: gauss, archimedes, mean H=1 S=1 or
// ridge H=1 S=1, where H and S are 1 unless given. The error wraps ErrLandscape.
func ParseLandscape(text string) (Exact, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil, fmt.Errorf("sim: %w: %q", ErrLandscape, text)
	}
	f := &fields{values: map[string]string{}}
	for _, word := range words[1:] {
		f.add(word)
	}
	var l Exact
	switch words[0] {
	case "gauss":
		l = Gauss{}
	case "archimedes":
		l = Archimedes{}
	case "mean":
		l = Mean{f.float("H", "1"), f.float("S", "1")}
	case "ridge":
		l = Ridge{f.float("H", "1"), f.float("S", "1")}
	default:
		f.fail("there is no %.40q", words[0])
	}
	f.rest()
	if f.err != nil {
		return nil, fmt.Errorf("sim: landscape %.80q: %w: %w", text, ErrLandscape, f.err)
	}
	return l, nil
}

// ParseObservable reads test, train, gap, accuracy or displacement[i]. The error wraps ErrResult.
func ParseObservable(text string) (Observable, error) {
	for _, o := range []Observable{Test, Train, Gap, Accuracy} {
		if text == o.String() {
			return o, nil
		}
	}
	var i int
	if n, err := fmt.Sscanf(text, "displacement[%d]", &i); n == 1 && err == nil && i >= 0 && Displacement(i).String() == text {
		return Displacement(i), nil
	}
	return 0, fmt.Errorf("sim: %w: observable %.40q; expected test, train, gap, accuracy or displacement[0]", ErrResult, text)
}
