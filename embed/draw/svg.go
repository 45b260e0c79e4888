package draw

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// Lengths, in pixels.
const (
	cellSize = 36.0
	margin   = 32.0 // left of the grid and above it, for the numbers
	border   = 8.0
	wing     = 64.0 // right of the grid, for the roots
	minimum  = 12.0 // of a grid without columns
)

// SVG returns a grid as an SVG image: a square for each place, shaded where there is a
// cell. If weights differ, a cell is the darker the larger its weight, red if that is
// negative, and the weight is written into it.
//
// The error wraps ErrTooLarge.
func SVG(g embed.Grid) (string, error) {
	s, err := newSheet(g)
	if err != nil {
		return "", err
	}
	p := s.picture(0)
	p.squares(s, s.weight == nil)
	return p.end(), nil
}

// SVGEmbedding returns an embedding of d into g as an SVG image: the grid, a dot for each
// node in its cell, a band that joins the nodes of one part, and curves from children to
// parents. Roots stand right of the grid, a tied one in its part's row.
//
// The error wraps ErrTooLarge, or ErrEmbedding if e is not an embedding of d into g; it
// names the node that is out of place.
func SVGEmbedding(d diagram.Diagram, e embed.Embedding, g embed.Grid) (string, error) {
	s, err := newSheet(g)
	if err != nil {
		return "", err
	}
	places, err := s.places(d, e)
	if err != nil {
		return "", err
	}
	p := s.picture(wing)
	p.element(0, "<title>%v</title>", d)
	p.squares(s, false)
	dots := s.dots(d, places)
	p.element(0, `<text x="%s" y="%s" font-size="11" font-style="italic" fill="#666">T</text>`, px(dots[d.Edges()].x), px(margin*0.75))
	p.bands(d, dots)
	p.edges(d, dots)
	for v, at := range dots {
		p.dot(v, at, v >= d.Edges())
	}
	return p.end(), nil
}

// A picture is an SVG image in the making.
type picture struct{ strings.Builder }

// picture starts the image of a sheet with room for roots.
func (s *sheet) picture(wing float64) *picture {
	p := &picture{}
	width := margin + max(minimum, cellSize*float64(s.columns)) + wing + border
	height := margin + cellSize*float64(s.rows) + border
	p.element(0, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" font-family="sans-serif" text-anchor="middle">`, px(width), px(height))
	p.element(0, `<rect width="%s" height="%s" fill="white"/>`, px(width), px(height))
	return p
}

func (p *picture) end() string {
	p.WriteString("</svg>\n")
	return p.String()
}

// element writes one line.
func (p *picture) element(indent int, format string, args ...any) {
	p.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

// px writes a length with at most two decimals.
func px(x float64) string { return strconv.FormatFloat(math.Round(100*x)/100, 'f', -1, 64) }

// A point of the picture, with the radius of the dot there.
type point struct{ x, y, radius float64 }

// corner returns the upper left corner of a place.
func corner(at place) (x, y float64) {
	return margin + cellSize*float64(at.t), margin + cellSize*float64(at.n)
}

func (p *picture) squares(s *sheet, weights bool) {
	p.element(0, `<g font-size="11" fill="#666">`)
	p.element(1, `<text x="%s" y="%s" font-style="italic">n</text>`, px(margin/3), px(margin+cellSize*0.6))
	p.element(1, `<text x="%s" y="%s" font-style="italic">t</text>`, px(margin*0.75), px(margin/2))
	for n := 0; n < s.rows; n++ {
		p.element(1, `<text x="%s" y="%s">%d</text>`, px(margin*0.75), px(margin+cellSize*(float64(n)+0.6)), n)
	}
	for t := 0; t < s.columns; t++ {
		p.element(1, `<text x="%s" y="%s">%d</text>`, px(margin+cellSize*(float64(t)+0.5)), px(margin*0.75), t)
	}
	p.element(0, `</g>`)
	largest := new(big.Rat)
	for _, w := range s.weights {
		if a := new(big.Rat).Abs(w); a.Cmp(largest) > 0 {
			largest = a
		}
	}
	p.element(0, `<g stroke="#ccc">`)
	for n := range s.rows {
		for t := range s.columns {
			p.square(place{n, t}, s.weights[place{n, t}], largest)
		}
	}
	if s.columns == 0 {
		p.element(1, `<line x1="%s" y1="%[1]s" x2="%[1]s" y2="%[2]s" stroke-width="2"/>`, px(margin), px(margin+cellSize*float64(s.rows)))
	}
	p.element(0, `</g>`)
	if !weights {
		return
	}
	p.element(0, `<g fill="#222">`)
	for n := range s.rows {
		for t := range s.columns {
			if w := s.weights[place{n, t}]; w != nil {
				x, y := corner(place{n, t})
				text := short(w)
				size := min(9, 60/float64(utf8.RuneCountInString(text))) // fits the width
				p.element(1, `<text x="%s" y="%s" font-size="%s">%s</text>`, px(x+cellSize/2), px(y+cellSize*0.58), px(size), text)
			}
		}
	}
	p.element(0, `</g>`)
}

// square draws a place; its cell, if any, has the given weight.
func (p *picture) square(at place, weight, largest *big.Rat) {
	x, y := corner(at)
	if weight == nil {
		p.element(1, `<rect x="%s" y="%s" width="%s" height="%[3]s" fill="none"/>`, px(x), px(y), px(cellSize))
		return
	}
	colour, darkness := "#7a8fa6", 0.15
	if weight.Sign() < 0 {
		colour = "#d9705f"
	}
	if largest.Sign() > 0 {
		share, _ := new(big.Rat).Quo(weight, largest).Float64()
		darkness += 0.75 * math.Abs(share)
	}
	p.element(1, `<rect x="%s" y="%s" width="%s" height="%[3]s" fill="%s" fill-opacity="%s"><title>n=%d, t=%d, weight %s</title></rect>`,
		px(x), px(y), px(cellSize), colour, px(darkness), at.n, at.t, short(weight))
}

// dots returns where the nodes are drawn. Nodes in one cell stand in a square array.
func (s *sheet) dots(d diagram.Diagram, places []place) []point {
	sharing, index := map[place]int{}, make([]int, len(places))
	for v, at := range places {
		index[v] = sharing[at]
		sharing[at]++
	}
	dots := make([]point, d.Nodes())
	for v, at := range places {
		x, y := corner(at)
		side := int(math.Ceil(math.Sqrt(float64(sharing[at]))))
		lines := (sharing[at] + side - 1) / side
		pitch := cellSize / float64(side)
		dots[v] = point{
			x: x + pitch*(float64(index[v]%side)+0.5),
			y: y + cellSize/2 + pitch*(float64(index[v]/side)-float64(lines-1)/2),
			// Dots in one cell must not touch.
			radius: min(9, 0.38*pitch),
		}
	}
	x := margin + max(minimum, cellSize*float64(s.columns)) + wing*0.6
	for r := range d.Roots() {
		y := margin + cellSize*float64(s.rows)*float64(r+1)/float64(d.Roots()+1)
		if row := rootRow(d, places); row >= 0 {
			y = margin + cellSize*(float64(row)+0.5)
		}
		dots[d.Edges()+r] = point{x, y, 11}
	}
	return dots
}

// hues tell parts apart, also to colour-blind readers (Okabe and Ito's palette).
var hues = []string{"#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#d55e00", "#0072b2", "#f0e442"}

// bands joins the nodes of each part of several nodes.
func (p *picture) bands(d diagram.Diagram, dots []point) {
	p.element(0, `<g fill="none" stroke-width="24" stroke-linecap="round" stroke-linejoin="round" stroke-opacity="0.6">`)
	hue := 0
	for _, part := range d.Parts() {
		if len(part) < 2 {
			continue
		}
		var path []string
		for _, v := range part {
			path = append(path, px(dots[v].x)+","+px(dots[v].y))
		}
		p.element(1, `<polyline points="%s" stroke="%s"/>`, strings.Join(path, " "), hues[hue%len(hues)])
		hue++
	}
	p.element(0, `</g>`)
}

// edges draws the edges as arcs, so that one along a row passes by the nodes there.
func (p *picture) edges(d diagram.Diagram, dots []point) {
	p.element(0, `<g fill="none" stroke="black" stroke-width="1.5">`)
	for v, up := range d.Parents() {
		if up < 0 {
			continue
		}
		a, b := dots[v], dots[up]
		dx, dy := b.x-a.x, b.y-a.y
		bow := min(0.15, cellSize/math.Hypot(dx, dy)) // at most half a cell off the line
		p.element(1, `<path d="M%s %sQ%s %s %s %s"/>`,
			px(a.x), px(a.y), px((a.x+b.x)/2+bow*dy), px((a.y+b.y)/2-bow*dx), px(b.x), px(b.y))
	}
	p.element(0, `</g>`)
}

// dot draws a node: black, or a ring for a root.
func (p *picture) dot(v int, at point, root bool) {
	fill, ink := "black", "white"
	if root {
		fill, ink = "white", "black"
	}
	p.element(0, `<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="black" stroke-width="1.5"/>`, px(at.x), px(at.y), px(at.radius), fill)
	p.element(0, `<text x="%s" y="%s" font-size="%s" fill="%s">%s</text>`, px(at.x), px(at.y+0.4*at.radius), px(1.2*at.radius), ink, label(v))
}
