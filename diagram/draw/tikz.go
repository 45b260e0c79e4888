package draw

import (
	"fmt"
	"strings"

	"github.com/perturb-go/perturb/diagram"
)

// TikZ returns a picture of d as a tikzpicture environment, with a final newline. It
// needs \usepackage{tikz} and nothing else. Its middle is on the baseline's axis, so it
// may stand in a formula.
func TikZ(d diagram.Diagram) string {
	l := newLayout(d)
	var b strings.Builder
	fmt.Fprintf(&b, "%% %v\n", d)
	b.WriteString("\\begin{tikzpicture}[x=9mm,y=-9mm,baseline={([yshift=-0.5ex]current bounding box.center)}]\n")
	fmt.Fprintf(&b, "  \\useasboundingbox (0,0) rectangle %s;\n", unit(l.size))
	for i, band := range l.bands {
		fmt.Fprintf(&b, "  \\definecolor{part}{HTML}{%s}\n", colours[i])
		fmt.Fprintf(&b, "  \\draw[part,opacity=0.4,line width=%smm,line cap=round,line join=round]", decimal(9*bandWidth, 2))
		for _, c := range band {
			// A quadratic curve as a cubic one.
			fmt.Fprintf(&b, "\n    %s .. controls %s and %s .. %s",
				unit(c.from), unit(c.from.toward(c.control, 2.0/3)), unit(c.to.toward(c.control, 2.0/3)), unit(c.to))
		}
		b.WriteString(";\n")
	}
	for _, e := range l.edges {
		fmt.Fprintf(&b, "  \\draw[semithick] %s -- %s;\n", unit(e[0]), unit(e[1]))
	}
	for v, p := range l.nodes {
		if v < len(l.nodes)-l.roots {
			fmt.Fprintf(&b, "  \\fill %s circle[radius=%smm];\n", unit(p), decimal(9*dotRadius, 2))
		} else {
			fmt.Fprintf(&b, "  \\filldraw[semithick,fill=white] %s circle[radius=%smm];\n", unit(p), decimal(9*ringRadius, 2))
		}
	}
	b.WriteString("\\end{tikzpicture}\n")
	return b.String()
}

func unit(p point) string { return "(" + decimal(p.x, 3) + "," + decimal(p.y, 3) + ")" }
