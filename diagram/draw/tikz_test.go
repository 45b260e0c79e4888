package draw

import (
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
)

func TestTikZ(t *testing.T) {
	for _, p := range pictured {
		checkGolden(t, p.name+".tex", TikZ(diagram.MustParse(p.text)))
	}
}

func TestTikZStructure(t *testing.T) {
	for _, d := range every(t, 4) {
		text := TikZ(d)
		if !strings.HasPrefix(text, "% "+d.String()+"\n\\begin{tikzpicture}[") || !strings.HasSuffix(text, ";\n\\end{tikzpicture}\n") {
			t.Errorf("%v: no picture\n%s", d, text)
		}
		for _, pair := range []string{"{}", "[]", "()"} {
			depth := 0
			for _, r := range text {
				switch string(r) {
				case pair[:1]:
					depth++
				case pair[1:]:
					depth--
				}
				if depth < 0 || r > 127 {
					t.Fatalf("%v: unbalanced %s, or %q, in\n%s", d, pair, r, text)
				}
			}
			if depth != 0 {
				t.Errorf("%v: unbalanced %s in\n%s", d, pair, text)
			}
		}
		if nodes := strings.Count(text, "circle["); nodes != d.Nodes() {
			t.Errorf("%v: %d nodes in\n%s", d, nodes, text)
		}
		if edges := strings.Count(text, " -- "); edges != d.Edges() {
			t.Errorf("%v: %d edges in\n%s", d, edges, text)
		}
		if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%v: a place is no number in\n%s", d, text)
		}
	}
}
