package draw

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/diagram"
)

func TestSVG(t *testing.T) {
	for _, p := range pictured {
		checkGolden(t, p.name+".svg", SVG(diagram.MustParse(p.text)))
	}
}

// Every picture is well-formed, with an element for every node, edge and large part.
func TestSVGStructure(t *testing.T) {
	for _, d := range every(t, 4) {
		count, text := elements(t, SVG(d))
		bands := 0
		for _, part := range d.Parts() {
			if len(part) > 1 {
				bands++
			}
		}
		if count["svg"] != 1 || count["circle"] != d.Nodes() || count["line"] != d.Edges() || count["path"] != bands {
			t.Errorf("%v: elements %v", d, count)
		}
		if strings.TrimSpace(text) != d.String() {
			t.Errorf("%v: title %q", d, text)
		}
	}
}

// elements counts the elements of a document by name, and returns its text.
func elements(t *testing.T, document string) (map[string]int, string) {
	t.Helper()
	count := map[string]int{}
	var text strings.Builder
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return count, text.String()
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		switch token := token.(type) {
		case xml.StartElement:
			count[token.Name.Local]++
			for _, attr := range token.Attr {
				if attr.Value == "" || strings.ContainsAny(attr.Value, "NI") { // NaN, Inf
					t.Errorf("%s=%q in\n%s", attr.Name.Local, attr.Value, document)
				}
			}
		case xml.CharData:
			text.Write(token)
		}
	}
}
