package expr_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
	"github.com/perturb-go/perturb/value/expr/internal/exprtest"
)

func TestLaTeX(t *testing.T) {
	for _, c := range []struct{ text, einstein, explicit string }{
		{"0", `0`, `0`},
		{"−1", `-1`, `-1`},
		{"2/3", `\frac{2}{3}`, `\frac{2}{3}`},
		{"1/2·η²·M²·N·C_μν·H^μν",
			`\frac{1}{2} \eta^{2} M^{2} N C_{\mu \nu} H^{\mu \nu}`,
			`\frac{1}{2} \eta^{2} M^{2} N \sum_{\mu \nu} C_{\mu \nu} H_{\mu \nu}`},
		{"κ(∇_μ l, ∇^μ∇_ν l)·G^ν",
			`\kappa\left(\nabla_{\mu} l, \nabla^{\mu}\nabla_{\nu} l\right) G^{\nu}`,
			`\sum_{\mu \nu} \kappa\left(\nabla_{\mu} l, \nabla_{\mu}\nabla_{\nu} l\right) G_{\nu}`},
		{"E[∇_μ l ∇_ν l]", `\operatorname{E}\left[\nabla_{\mu} l \, \nabla_{\nu} l\right]`, `\operatorname{E}\left[\nabla_{\mu} l \, \nabla_{\nu} l\right]`},
		{"Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)",
			`\frac{1}{2 N} \sum_{\mu} \frac{1}{h_{\mu}} \left(1 - \left(1 - \eta h_{\mu}\right)^{T}\right)^{2} C_{\mu \mu}`,
			`\frac{1}{2 N} \sum_{\mu} \frac{1}{h_{\mu}} \left(1 - \left(1 - \eta h_{\mu}\right)^{T}\right)^{2} C_{\mu \mu}`},
		{"−x/(η·(h_μ + h_ν))", `-\frac{1}{\eta \left(h_{\mu} + h_{\nu}\right)} x`, `-\frac{1}{\eta \left(h_{\mu} + h_{\nu}\right)} x`},
		{"1/(x + y)", `\frac{1}{x + y}`, `\frac{1}{x + y}`},
		{"1/(x + y)²", `\frac{1}{\left(x + y\right)^{2}}`, `\frac{1}{\left(x + y\right)^{2}}`},
		{"dd(T; 1, 1 − η·h_μ)", `\left(\left[1, 1 - \eta h_{\mu}\right] x^{T}\right)`, `\left(\left[1, 1 - \eta h_{\mu}\right] x^{T}\right)`},
		{"ddexp(T; 0, −h_μ)", `\left(\left[0, -h_{\mu}\right] e^{T x}\right)`, `\left(\left[0, -h_{\mu}\right] e^{T x}\right)`},
		{"exp(−η·T·h_μ)", `\exp\left(-\eta T h_{\mu}\right)`, `\exp\left(-\eta T h_{\mu}\right)`},
		{"η₀²·rate", `\mathrm{rate} {\eta_{0}}^{2}`, `\mathrm{rate} {\eta_{0}}^{2}`},
		{"Σ_μ₁ h_μ₁", `\sum_{\mu} h_{\mu}`, `\sum_{\mu} h_{\mu}`},
		{"G_μ₁", `G_{{\mu_{1}}}`, `G_{{\mu_{1}}}`},
		{"(∇_μ∇_ν s)²", `\left(\nabla_{\mu}\nabla_{\nu} s\right)^{2}`, `\left(\nabla_{\mu}\nabla_{\nu} s\right)^{2}`},
		{"αb", `\mathrm{\alpha b}`, `\mathrm{\alpha b}`},
	} {
		e := expr.MustParse(c.text)
		if got := e.LaTeX(expr.Einstein); got != c.einstein {
			t.Errorf("%s:\n\t%s, want\n\t%s", c.text, got, c.einstein)
		}
		if got := e.LaTeX(expr.Explicit); got != c.explicit {
			t.Errorf("%s, explicit:\n\t%s, want\n\t%s", c.text, got, c.explicit)
		}
	}
}

// Groups are balanced, and no command runs into a letter.
func TestLaTeXIsBalanced(t *testing.T) {
	check(t, 5, func(t *rapid.T) {
		_, e := build(t, exprtest.Options{Depth: 4, Free: free, Exp: true})
		for _, text := range []string{e.LaTeX(expr.Einstein), e.LaTeX(expr.Explicit)} {
			if err := balanced(text); err != nil {
				t.Fatalf("%v: %s: %v", e, text, err)
			}
		}
	})
}

func balanced(text string) error {
	var open []byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '{', '(', '[':
			open = append(open, c)
		case '}', ')', ']':
			if len(open) == 0 || open[len(open)-1] != map[byte]byte{'}': '{', ')': '(', ']': '['}[c] {
				return fmt.Errorf("offset %d: %q closes nothing", i, c)
			}
			open = open[:len(open)-1]
		}
		if text[i] >= 0x80 {
			return fmt.Errorf("offset %d: not ASCII", i)
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%q is not closed", open)
	}
	if l, r := strings.Count(text, `\left`), strings.Count(text, `\right`); l != r {
		return fmt.Errorf(`%d \left, %d \right`, l, r)
	}
	if strings.Contains(text, "^^") || strings.Contains(text, "}^{}") {
		return fmt.Errorf("an empty exponent")
	}
	return nil
}

func TestLaTeXCompiles(t *testing.T) {
	pdflatex, err := exec.LookPath("pdflatex")
	if err != nil || testing.Short() {
		t.Skip("no pdflatex")
	}
	var b strings.Builder
	b.WriteString("\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n")
	check(t, 4, func(t *rapid.T) {
		_, e := build(t, exprtest.Options{Depth: 3, Free: free, Exp: true})
		if len(e.String()) > 300 {
			return // a line too long for TeX's memory, perhaps
		}
		fmt.Fprintf(&b, "\\[ %s \\]\n\\[ %s \\]\n", e.LaTeX(expr.Einstein), e.LaTeX(expr.Explicit))
	})
	b.WriteString("\\end{document}\n")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "all.tex"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(pdflatex, "-interaction=nonstopmode", "-halt-on-error", "all.tex")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
