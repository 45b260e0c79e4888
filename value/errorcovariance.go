package value

import (
	"fmt"
	"maps"

	"github.com/perturb-go/perturb/diagram"
)

// rounding bounds the relative error of what is had of three numbers of six digits, as a
// correlation is of a covariance and the two standard errors that divide it.
const rounding = 2e-5

// An errorCovariance says what the errors of some value classes have in common; those of
// others are independent of all.
type errorCovariance interface {
	// of returns the covariance of the errors of two different classes.
	of(c, d diagram.Diagram) float64
	// variance returns that of the error of a linear combination of different classes.
	variance(sum []weighted) float64
	// without returns the same of all classes but one, whose error is independent.
	without(class diagram.Diagram) errorCovariance
}

// weighted is a value class with its weight in a linear combination and the standard error
// of its value.
type weighted struct {
	class          diagram.Diagram
	weight, stderr float64
}

// variance returns that of the error of a class that is independent of others.
func (w weighted) variance() float64 { return w.weight * w.stderr * w.weight * w.stderr }

// places are those of value classes in a list.
type places map[diagram.Diagram]int

// newPlaces returns those of diagrams that have different values in s.
func newPlaces(s *Statistics, diagrams []diagram.Diagram) (places, error) {
	at := places{}
	for i, d := range diagrams {
		if _, err := s.Value(d); err != nil {
			return nil, err
		}
		if _, twice := at[d.Class()]; twice {
			return nil, fmt.Errorf("%v: its value class stands twice", d)
		}
		at[d.Class()] = i
	}
	return at, nil
}

func (p places) without(class diagram.Diagram) places {
	rest := maps.Clone(p)
	delete(rest, class)
	return rest
}

// placed is a class of a linear combination, by its place.
type placed struct {
	place  int
	weight float64
}

// split returns the classes of a linear combination that have a place, and the others.
func (p places) split(sum []weighted) (here []placed, elsewhere []weighted) {
	for _, term := range sum {
		if place, ok := p[term.class]; ok {
			here = append(here, placed{place, term.weight})
		} else {
			elsewhere = append(elsewhere, term)
		}
	}
	return here, elsewhere
}
