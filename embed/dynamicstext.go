package embed

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/internal/rational"
)

// ParseDynamics reads dynamics as text: whatever Parse reads is the optimizer on that
// grid; besides there are
//
//	ode T=4                 ODE(4)
//	sde T=4 B=2             SDE(4, 2), where B is 1 unless given
//	gaussian T=3            Gaussian(3)
//	gdc N=10 T=10 B=1       GDC(10, 10, 1), where B is 1 unless given
//	reshuffled N=3 E=2 B=1  RandomReshuffles(3, 2, 1), where E and B are 1 unless given
//
// T is any number for the first two. Each may end in rate=q, as for Parse. With T=inf it is
// Forever of any of the first three, and of gd; so is sgd with N=inf and E=1. The error
// wraps ErrSyntax or ErrSize and names the field.
func ParseDynamics(text string) (Dynamics, error) {
	if finite, ok := cutShort(text); ok {
		d, err := ParseDynamics(finite)
		if err == nil {
			d, err = Forever(d)
		}
		if err != nil {
			return nil, fmt.Errorf("dynamics %.80q: %w", text, err)
		}
		return d, nil
	}
	words := strings.Fields(text)
	var read func(f gridFields) (Dynamics, error)
	if len(words) > 0 {
		read = dynamicsByName[words[0]]
	}
	if read == nil {
		g, err := Parse(text)
		if err != nil {
			return nil, err
		}
		return NewCounter(g), nil
	}
	d, err := readDynamics(words[1:], read)
	if err != nil {
		return nil, fmt.Errorf("dynamics %.80q: %w", text, err)
	}
	return d, nil
}

// cutShort puts a small number for the infinite T, or the infinite N of sgd.
func cutShort(text string) (finite string, ok bool) {
	words := strings.Fields(text)
	for i, word := range words {
		switch {
		case word == "T=inf" && words[0] != "sgd":
			words[i], ok = "T=2", true
		case word == "N=inf" && words[0] == "sgd":
			words[i], ok = "N="+twoBatches(words), true
		}
	}
	return strings.Join(words, " "), ok
}

// twoBatches returns 2B as text.
func twoBatches(words []string) string {
	for _, word := range words {
		if b, err := strconv.ParseInt(strings.TrimPrefix(word, "B="), 10, 32); err == nil && b > 0 {
			return strconv.FormatInt(2*b, 10)
		}
	}
	return "2"
}

// dynamicsByName reads the fields of the dynamics that are not given by a grid.
var dynamicsByName = map[string]func(f gridFields) (Dynamics, error){
	"ode":        gridFields.ode,
	"sde":        gridFields.sde,
	"gaussian":   gridFields.gaussian,
	"gdc":        gridFields.gdc,
	"reshuffled": gridFields.reshuffled,
}

func readDynamics(words []string, read func(f gridFields) (Dynamics, error)) (Dynamics, error) {
	fields, err := parseFields(words)
	if err != nil {
		return nil, err
	}
	d, err := read(fields)
	if err != nil {
		return nil, err
	}
	rate, err := fields.number("rate", "1")
	if err != nil {
		return nil, err
	}
	return Scaled(d, rate), nil
}

func (f gridFields) ode() (Dynamics, error) {
	if err := f.check("T", "rate"); err != nil {
		return nil, err
	}
	time, err := f.number("T", "")
	if err != nil {
		return nil, err
	}
	return ODE(time)
}

func (f gridFields) sde() (Dynamics, error) {
	if err := f.check("T", "B", "rate"); err != nil {
		return nil, err
	}
	time, errT := f.number("T", "")
	batch, errB := f.size("B", "1")
	if err := errors.Join(errT, errB); err != nil {
		return nil, err
	}
	return SDE(time, batch)
}

func (f gridFields) gaussian() (Dynamics, error) {
	if err := f.check("T", "rate"); err != nil {
		return nil, err
	}
	steps, err := f.size("T", "")
	if err != nil {
		return nil, err
	}
	return Gaussian(steps)
}

func (f gridFields) gdc() (Dynamics, error) {
	if err := f.check("N", "T", "B", "rate"); err != nil {
		return nil, err
	}
	n, errN := f.size("N", "")
	steps, errT := f.size("T", "")
	batch, errB := f.size("B", "1")
	if err := errors.Join(errN, errT, errB); err != nil {
		return nil, err
	}
	return GDC(n, steps, batch)
}

func (f gridFields) reshuffled() (Dynamics, error) {
	if err := f.check("N", "E", "B", "rate"); err != nil {
		return nil, err
	}
	n, errN := f.size("N", "")
	epochs, errE := f.size("E", "1")
	batch, errB := f.size("B", "1")
	if err := errors.Join(errN, errE, errB); err != nil {
		return nil, err
	}
	return RandomReshuffles(n, epochs, batch)
}

// number returns a field as a rational number, or its default; "" stands for none.
func (f gridFields) number(name, byDefault string) (*big.Rat, error) {
	text, ok := f[name]
	if !ok {
		text = byDefault
	}
	if text == "" {
		return nil, fmt.Errorf("%w: %s is missing", ErrSyntax, name)
	}
	q, err := rational.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSyntax, name, err)
	}
	return q, nil
}
