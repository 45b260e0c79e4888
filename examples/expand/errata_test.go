package main

import (
	"os"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/value/errata"
)

// The sub-command errata prints every row as JSON, as text and as the page of package errata.
func TestErrata(t *testing.T) {
	got := decode[struct {
		Rows []errata.Row `json:"rows"`
	}](t, "errata")
	text, _, _ := expand("errata")
	if len(got.Rows) != 11 {
		t.Errorf("%d rows, want 11", len(got.Rows))
	}
	for _, r := range got.Rows {
		if !strings.Contains(text, r.Place+"\n") {
			t.Errorf("no %s in the text", r.Place)
		}
		for _, c := range r.Checks {
			if c.Ours.Cmp(c.Truth) != 0 || c.Paper.Cmp(c.Truth) == 0 {
				t.Errorf("%s: the paper has %v, we %v, and it is %v", r.Place, c.Paper, c.Ours, c.Truth)
			}
		}
	}
	page, err := os.ReadFile("../../value/errata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if markdown, stderr, status := expand("errata", "-format", "markdown"); status != 0 || markdown != string(page) {
		t.Errorf("status %d, %s; the page is not that of the package", status, stderr)
	}
}

func TestErrataBadInput(t *testing.T) {
	for _, args := range [][]string{{"errata", "-format", "pdf"}, {"errata", "theorem"}} {
		if stdout, stderr, status := expand(args...); status != 2 || stdout != "" || !strings.Contains(stderr, args[len(args)-1]) {
			t.Errorf("%q: status %d, stdout %.80q, stderr %q", args, status, stdout, stderr)
		}
	}
	if stdout, _, status := expand("errata", "-h"); status != 0 || !strings.Contains(stdout, "-format") {
		t.Errorf("-h: status %d, %q", status, stdout)
	}
}

// What README.md shows of the errata is what the program prints, but for what it leaves out
// at the lines with an ellipsis.
func TestErrataInREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	stdout, _, _ := expand("errata")
	_, after, found := strings.Cut(string(readme), "    $ go run ./examples/expand errata\n")
	if !found {
		t.Fatal("README.md does not run expand errata")
	}
	pieces := strings.Split(indented(after), "…\n")
	for _, piece := range pieces {
		if !strings.Contains(stdout, strings.TrimRight(piece, "\n")) {
			t.Errorf("README.md shows of the errata, and the program does not:\n%s", piece)
		}
	}
	if shown := strings.Join(pieces, ""); !strings.Contains(shown, "Cor. 4, §A.1\n") || strings.Count(shown, "perturb") < 3 {
		t.Errorf("README.md shows too little of the errata:\n%s", shown)
	}
}

// indented returns the block of code that a text begins with, without its indentation.
func indented(text string) string {
	var block strings.Builder
	for line := range strings.Lines(text) {
		code, ok := strings.CutPrefix(line, "    ")
		if !ok && line != "\n" {
			break
		}
		block.WriteString(code)
	}
	return strings.TrimRight(block.String(), "\n") + "\n"
}
