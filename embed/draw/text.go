package draw

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

const (
	shaded = "█"
	blank  = "·"
)

// Text returns a grid as lines of text. If all weights are equal, cells are shown as █ and
// their weight stands below; otherwise each cell is shown by its weight, rounded if it is
// long. Other places are shown as a dot.
//
// The error wraps ErrTooLarge.
func Text(g embed.Grid) (string, error) {
	s, err := newSheet(g)
	if err != nil {
		return "", err
	}
	text := s.table(func(at place) string {
		if w := s.weights[at]; s.weight == nil && w != nil {
			return short(w)
		}
		return s.shade(at)
	})
	if s.weight != nil {
		text += fmt.Sprintf("%s weighs %s\n", shaded, short(s.weight))
	}
	return text, nil
}

// TextEmbedding returns an embedding of d into g as lines of text: the diagram, the grid
// with the labels of the nodes in their cells, and the roots.
//
// The error wraps ErrTooLarge, or ErrEmbedding if e is not an embedding of d into g; it
// names the node that is out of place.
func TextEmbedding(d diagram.Diagram, e embed.Embedding, g embed.Grid) (string, error) {
	s, err := newSheet(g)
	if err != nil {
		return "", err
	}
	places, err := s.places(d, e)
	if err != nil {
		return "", err
	}
	names := map[place]string{}
	for v, at := range places {
		names[at] += label(v)
	}
	text := d.String() + "\n" + s.table(func(at place) string {
		if name := names[at]; name != "" {
			return name
		}
		return s.shade(at)
	})
	switch row := rootRow(d, places); {
	case d.Roots() == 2:
		return text + fmt.Sprintf("roots %s and %s at t=T\n", label(d.Edges()), label(d.Edges()+1)), nil
	case row >= 0:
		return text + fmt.Sprintf("root %s at t=T, n=%d\n", label(d.Edges()), row), nil
	default:
		return text + fmt.Sprintf("root %s at t=T\n", label(d.Edges())), nil
	}
}

func (s *sheet) shade(at place) string {
	if s.weights[at] == nil {
		return blank
	}
	return shaded
}

// table lays out one entry per place, with numbers of rows and columns.
func (s *sheet) table(entry func(at place) string) string {
	width := 1
	for n := range s.rows {
		for t := range s.columns {
			width = max(width, utf8.RuneCountInString(entry(place{n, t})))
		}
	}
	margin := len("n ") + len(strconv.Itoa(s.rows-1))
	each := step(len(strconv.Itoa(s.columns-1)), width+1)
	var text strings.Builder
	var line strings.Builder
	end := func() {
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		line.Reset()
	}
	fmt.Fprintf(&line, "%*s ", margin, "t")
	for t := 0; t < s.columns; t += each {
		fmt.Fprintf(&line, "%-*d", each*(width+1), t)
	}
	end()
	for n := range s.rows {
		axis := ' '
		if n == 0 {
			axis = 'n'
		}
		fmt.Fprintf(&line, "%c%*d", axis, margin-1, n)
		for t := range s.columns {
			fmt.Fprintf(&line, " %-*s", width, entry(place{n, t}))
		}
		end()
	}
	return text.String()
}

// step returns after how many columns of the given width to number the next, so that
// there is room for so many digits.
func step(digits, width int) int {
	if width > digits {
		return 1
	}
	return 5
}
