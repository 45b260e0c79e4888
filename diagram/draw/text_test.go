package draw

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/perturb-go/perturb/diagram"
)

func TestText(t *testing.T) {
	var b strings.Builder
	for _, d := range every(t, 3) {
		b.WriteString(d.String() + "\n" + Text(d) + "\n\n")
	}
	checkGolden(t, "text.txt", b.String())
}

// A drawing has a line for every leaf and a mark for every node, and no two diagrams
// have the same one.
func TestTextTellsDiagramsApart(t *testing.T) {
	drawn := map[string]diagram.Diagram{}
	for _, d := range every(t, 4) {
		text := Text(d)
		if e, ok := drawn[text]; ok {
			t.Errorf("%v and %v are both\n%s", d, e, text)
		}
		drawn[text] = d
		leaves, marks := 0, 0
		for _, kids := range d.Children() {
			if len(kids) == 0 {
				leaves++
			}
		}
		for _, r := range text {
			if unicode.IsLetter(r) || r == '•' {
				marks++
			}
		}
		if strings.Count(text, "\n")+1 != leaves || marks != d.Nodes() {
			t.Errorf("%v has %d leaves and %d nodes, but is\n%s", d, leaves, d.Nodes(), text)
		}
		for line := range strings.Lines(text) {
			if line != strings.TrimRight(line, " \n")+"\n" && line != strings.TrimRight(line, " ") {
				t.Errorf("%v: spaces end a line of\n%s", d, text)
			}
		}
	}
}

// The root ends the longest lines.
func TestTextPutsRootsRight(t *testing.T) {
	for _, d := range every(t, 4) {
		width := 0
		for line := range strings.Lines(Text(d)) {
			width = max(width, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
		}
		roots := 0
		for line := range strings.Lines(Text(d)) {
			line = strings.TrimSuffix(line, "\n")
			last, _ := utf8.DecodeLastRuneInString(line)
			if utf8.RuneCountInString(line) == width && (last == 'o' || unicode.IsUpper(last)) {
				roots++
			}
		}
		if roots != d.Roots() {
			t.Errorf("%v: %d roots at the right of\n%s", d, roots, Text(d))
		}
	}
}
