package main

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/value/expr"
)

// What the corollaries are on landscapes where it can be told by hand, or by the errata's
// exact SGD: see Example_corollary1 and its like for how.
func TestCorollary(t *testing.T) {
	for number, want := range map[string]map[string]string{
		"1": {"DisplacementContinuous": "-1/360", "DriftContinuous": "-1/3600", "DisplacementDiscrete": "-1/342", "DriftDiscrete": "-1/3420"},
		// With C = H = 1, η = ½, T = 3 and N = 10: (1 − e^{−3/2})²/20, (1 − e^{−3/2})/10, (7/8)²/20, (7/8)/10.
		"2": {"OverfittingContinuous": "0.0301763374", "GapContinuous": "0.07768698399", "OverfittingDiscrete": "49/1280", "GapDiscrete": "7/80", "GapLimit": "1/10"},
		"3": {"Displacement": "1/2", "Regularizer": "1/8"}, // tr C = 1
		"4": {"Displacement": "3/2", "TestLoss": "3"},
		// With G = 1, H = 1, C = 2, S = 2, J = 6 and T = 4: (T/2)(C − GG)H, −(T/2)GHG, −(T/6)SJ.
		"5": {"OverODE": "2", "OverSDE": "-2", "OverGaussianNoise": "-8"},
	} {
		got := decode[corollaryReport](t, "corollary", number)
		latex, _, _ := expand("corollary", number, "-format", "latex")
		source, _, _ := expand("corollary", number, "-format", "go")
		text, _, _ := expand("corollary", number)
		if _, err := parser.ParseFile(token.NewFileSet(), "corollary.go", source, 0); err != nil {
			t.Errorf("%s in Go: %v", number, err)
		}
		if len(got.Answers) != len(want) {
			t.Errorf("%s: %d answers, want %d", number, len(got.Answers), len(want))
		}
		for _, a := range got.Answers {
			if a.Value != want[a.Name] {
				t.Errorf("%s, %s: %s, want %s", number, a.Name, a.Value, want[a.Name])
			}
			if !a.Formula.Equal(expr.MustParse(a.Text)) || !strings.Contains(text, a.Text) {
				t.Errorf("%s, %s: %v in JSON, %s as text", number, a.Name, a.Formula, a.Text)
			}
			if !strings.Contains(latex, a.LaTeX+"\n") || !strings.Contains(source, "func "+a.Name+"(") {
				t.Errorf("%s: no %s in LaTeX or Go", number, a.Name)
			}
		}
		if errs := len(got.Errata); (errs == 1) != (number != "2") || strings.Contains(text, "the paper differs") != (number != "2") {
			t.Errorf("%s: %d errata", number, errs)
		}
	}
}

func TestCorollaryBadInput(t *testing.T) {
	for _, args := range [][]string{{"corollary"}, {"corollary", "6"}, {"corollary", "0"}, {"corollary", "one"}, {"corollary", "-format", "latex"}, {"corollary", "1", "2"}, {"corollary", "1", "-format", "pdf"}} {
		if stdout, stderr, status := expand(args...); status != 2 || stdout != "" || !strings.HasPrefix(stderr, "expand: corollary: ") {
			t.Errorf("%q: status %d, stdout %.80q, stderr %q", args, status, stdout, stderr)
		}
	}
	if stdout, _, status := expand("corollary", "-h"); status != 0 || !strings.Contains(stdout, "-format") {
		t.Errorf("-h: status %d, %q", status, stdout)
	}
}

// What README.md shows of a corollary is what the program prints, but for what it leaves out
// at the line with an ellipsis.
func TestCorollaryInREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(readme), "    $ go run ./examples/expand corollary 2\n")
	if !found {
		t.Fatal("README.md does not run expand corollary 2")
	}
	stdout, _, _ := expand("corollary", "2")
	first, rest, found := strings.Cut(indented(after), "…\n")
	if !found || !strings.HasPrefix(stdout, first) || !strings.HasSuffix(stdout, rest) || len(rest) < 100 {
		t.Errorf("README.md shows of corollary 2\n%s…\n%s", first, rest)
	}
}
