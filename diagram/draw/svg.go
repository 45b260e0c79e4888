package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/diagram"
)

// pixels per unit of the layout.
const pixels = 44

// SVG returns a picture of d as an SVG document, with a final newline. Its title is the
// diagram in the notation of diagram.Parse. The background is transparent.
func SVG(d diagram.Diagram) string {
	l := newLayout(d)
	var b strings.Builder
	width, height := px(l.size.x), px(l.size.y)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s">`+"\n", width, height)
	fmt.Fprintf(&b, "<title>%v</title>\n", d)
	for i, band := range l.bands {
		// One path, so that overlaps within a band do not darken it.
		fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#%s" stroke-opacity="0.4" stroke-width="%s" stroke-linecap="round" stroke-linejoin="round"/>`+"\n",
			svgPath(band), colours[i], px(bandWidth))
	}
	for _, e := range l.edges {
		fmt.Fprintf(&b, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="#333" stroke-width="1.5"/>`+"\n",
			px(e[0].x), px(e[0].y), px(e[1].x), px(e[1].y))
	}
	for v, p := range l.nodes {
		if v < len(l.nodes)-l.roots {
			fmt.Fprintf(&b, `<circle cx="%s" cy="%s" r="%s" fill="#333"/>`+"\n", px(p.x), px(p.y), px(dotRadius))
		} else {
			fmt.Fprintf(&b, `<circle cx="%s" cy="%s" r="%s" fill="#fff" stroke="#333" stroke-width="1.5"/>`+"\n", px(p.x), px(p.y), px(ringRadius))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func svgPath(band []curve) string {
	var parts []string
	for _, c := range band {
		parts = append(parts, fmt.Sprintf("M%s Q%s %s", pxPoint(c.from), pxPoint(c.control), pxPoint(c.to)))
	}
	return strings.Join(parts, " ")
}

func pxPoint(p point) string { return px(p.x) + "," + px(p.y) }

// px writes a length in pixels.
func px(length float64) string { return decimal(length*pixels, 1) }

// decimal writes x with at most so many digits after the point.
func decimal(x float64, digits int) string {
	scale := math.Pow10(digits)
	return strconv.FormatFloat(math.Round(x*scale)/scale+0, 'f', -1, 64) // +0 turns −0 into 0
}
