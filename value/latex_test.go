package value_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// Every term to order 4 of every observable, of every kind, compiles with a plain LaTeX
// installation: of a plain series in both forms, and of the closed forms for one epoch and
// for GD with Einstein's sums and with sums over an eigenbasis.
func TestEveryTermCompiles(t *testing.T) {
	t.Parallel()
	pdflatex, err := exec.LookPath("pdflatex")
	if err != nil || testing.Short() {
		t.Skip("no pdflatex")
	}
	var b strings.Builder
	b.WriteString("\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n")
	count := 0
	add := func(e expr.Expr) {
		for _, convention := range []expr.Convention{expr.Einstein, expr.Explicit} {
			fmt.Fprintf(&b, "\\[ %s \\]\n", e.LaTeX(convention))
			count++
		}
	}
	for _, o := range named(t, "test", "train", "gap", "displacement", "covariance", "variance") {
		for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
			s, err := value.Expand(ctx, embed.Must(embed.SGD(6, 2, 2)), o, 4, form)
			if err != nil {
				t.Fatal(err)
			}
			for _, term := range s.Terms {
				e, err := value.Formula(&value.Series{Observable: o, Form: form, Order: 4, Terms: []value.Term{term}})
				if err != nil {
					t.Fatal(err)
				}
				add(e)
			}
		}
		for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
			for _, term := range resum(t, embed.NewCounter(embed.Must(embed.GD(2, 3))), o, 4, kind).Terms {
				for _, f := range []value.Family{value.OneEpoch, value.FullBatch} {
					e, err := value.TermFormula(f, o, term.Diagram, kind)
					if err != nil {
						t.Fatal(err)
					}
					add(e)
				}
			}
		}
	}
	b.WriteString("\\end{document}\n")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "terms.tex"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(pdflatex, "-interaction=nonstopmode", "-halt-on-error", "terms.tex")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%d formulas: %v: %s", count, err, out[max(0, len(out)-2000):])
	}
	t.Logf("%d formulas", count)
}
