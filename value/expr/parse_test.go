package expr_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
)

func TestString(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"0", "0"},
		{"-3/6", "−1/2"},
		{"C_μν H^μν η² N M²/2", "1/2·η²·M²·N·C_μν·H^μν"},
		{"η² M N (M N - 1/2) G_μ H_ν^μ G^ν", "η²·M·N·(M·N − 1/2)·G_μ·G_ν·H^μν"},
		{"1/(6 − 4·η) + x/(3 − 2·η) + y", "(x + 1/2)/(3 − 2·η) + y"},
		{"η/(3 − 2·η) + η²/(2 − η) − η³/(3 − 2·η)", "η·((1 − η²)/(3 − 2·η) + η/(2 − η))"},
		{"T + l/N + l·x/N + l·y", "T + (y + (x + 1)/N)·l"},
		{"C_a^a", "C_μ^μ"},
		{"G_μ C_a^a", "C_ν^ν·G_μ"},
		{"Σ_a h_a C_aa", "Σ_μ h_μ·C_μμ"},
		{"x·Σ_a h_a C_aa/(2·y)", "x·Σ_μ h_μ·C_μμ/(2·y)"},
		{"(G_μ)^2", "G_μ²"},
		{"(1-η h_μ)^T/(1-η h_μ)", "(1 − η·h_μ)^(T − 1)"},
		{"(1-η h_μ)^(2 T-3)", "(1 − η·h_μ)^(2·T − 3)"},
		{"x^10", "x¹⁰"},
		{"x^-2", "1/x²"},
		{"1/2/x/(x+y)", "1/(2·x)/(x + y)"},
		{"exp(-T η h_μ - T η h_ν)", "exp(−η·T·(h_μ + h_ν))"},
		{"2^T", "2^T"},
		{"(1/2)^T", "(1/2)^T"},
		{"1 - 2 x + x²", "(x − 1)²"},
		{"4 η² − 4 η + 1", "(1 − 2·η)²"},
		{"a b + a c", "a·(b + c)"},
		{"(x − 1)³·G_μ", "(x − 1)³·G_μ"},
		{"8·(x − y/2)⁶", "8·(x − 1/2·y)⁶"},
		{"Σ_abcdefghijkmnopqrstuvwxyzαβγδεζθικλνξπ (h_a+h_b+h_c+h_d+h_e+h_f+h_g+h_h+h_i+h_j+h_k+h_m+h_n)⁻¹", ""},
	} {
		e, err := expr.Parse(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := e.String(); c.want != "" && got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
		if again, err := expr.Parse(e.String()); err != nil || !again.Equal(e) {
			t.Errorf("%s: %v reads as %v, %v", c.text, e, again, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text   string
		offset int
		want   error
	}{
		{"", 0, expr.ErrSyntax},
		{"  ", 2, expr.ErrSyntax},
		{"x +", 3, expr.ErrSyntax},
		{"x ·· y", 4, expr.ErrSyntax},
		{"(x", 2, expr.ErrSyntax},
		{"x)", 1, expr.ErrSyntax},
		{"x\x00", 1, expr.ErrSyntax},
		{"x\xff", 1, expr.ErrSyntax},
		{"a·−b", 3, expr.ErrSyntax},
		{"G", 0, expr.ErrSyntax},
		{"x·G_μν", 3, expr.ErrSyntax},
		{"G_T", 2, expr.ErrSyntax},
		{"C_μ", 0, expr.ErrSyntax},
		{"h", 0, expr.ErrSyntax},
		{"∇ l", 3, expr.ErrSyntax},
		{"∇_μ", 6, expr.ErrSyntax},
		{"κ(", 3, expr.ErrSyntax},
		{"κ l", 3, expr.ErrSyntax},
		{"κ(∇_μ s, l)", 3, expr.ErrSyntax},
		{"E[l", 3, expr.ErrSyntax},
		{"exp x", 4, expr.ErrSyntax},
		{"dd(T)", 4, expr.ErrSyntax},
		{"dd(T; )", 6, expr.ErrSyntax},
		{"x^", 2, expr.ErrSyntax},
		{"x^^2", 2, expr.ErrSyntax},
		{"x²²^2", 5, expr.ErrSyntax},
		{"x⁻", 4, expr.ErrSyntax},
		{"Σ x", 2, expr.ErrSyntax},
		{"1..2", 2, expr.ErrSyntax},
		{"∇_μ κ", 7, expr.ErrName},
		{"x + " + strings.Repeat("y", 100), 4, expr.ErrName},
		{"G_μ·G^μ·G_μ", 0, expr.ErrIndex},
		{"x + G_μ·G^μ·h_μ", 4, expr.ErrIndex},
		{"G^μ·G^μ", 0, expr.ErrIndex},
		{"Σ_μμ h_μ", 0, expr.ErrIndex},
		{"Σ^μ h_μ", 0, expr.ErrIndex},
		{"1/0", 1, expr.ErrDivision},
		{"x/(y − y)", 1, expr.ErrDivision},
		{"1/δ_μν", 1, expr.ErrDivision},
		{"x^(1/2)", 1, expr.ErrExponent},
		{"dd(−1; x, y)", 0, expr.ErrExponent},
		{"δ_μν^T", 7, expr.ErrExponent},
		{"x^99999999", 1, expr.ErrLimit},
		{"x^99999999999999999999", 1, expr.ErrLimit},
		{"(x + y)^1000000", 0, expr.ErrLimit},
		{"9^9999", 0, expr.ErrLimit},
		{strings.Repeat("9", 500), 0, expr.ErrLimit},
		{"dd(1000000; x, y, z)", 0, expr.ErrLimit},
		{"(G_μ·G^μ)^49", 0, expr.ErrLimit},
		{"∇" + "_" + strings.Repeat("μ", 40) + " l", 3, expr.ErrLimit},
	} {
		e, err := expr.Parse(c.text)
		var place *expr.ParseError
		if !errors.Is(err, c.want) || !errors.As(err, &place) || place.Offset != c.offset {
			t.Errorf("%.40q: %v, %v; want error %v at offset %d", c.text, e, err, c.want, c.offset)
		}
	}
}

// Junk and large inputs fail at once.
func TestParseIsBounded(t *testing.T) {
	t.Parallel()
	var sum strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&sum, "x%d + ", i)
	}
	for name, text := range map[string]string{
		"too long":      strings.Repeat("x·", expr.MaxText),
		"a long name":   strings.Repeat("x", 1<<19),
		"a long number": strings.Repeat("9", 1<<19),
		"parentheses":   strings.Repeat("(", 1<<19),
		"deep":          strings.Repeat("exp(", 1<<17),
		"signs":         strings.Repeat("-", 1<<19),
		"indices":       "G_" + strings.Repeat("μ", 1<<18),
		"nablas":        strings.Repeat("∇_μ", 1<<16),
		"nodes":         "κ(" + strings.Repeat("l, ", 1<<17),
		"points":        "dd(T; " + strings.Repeat("x, ", 1<<17),
		"superscripts":  "x" + strings.Repeat("⁹", 1<<17),
		"sums":          strings.Repeat("Σ_μ ", 1<<17),
		"terms":         sum.String() + "x",
		"product":       strings.Repeat("(x + y)·", 1<<15) + "x",
	} {
		start := time.Now()
		e, err := expr.Parse(text)
		if err == nil {
			t.Errorf("%s: %v", name, e.NumTerms())
			continue
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: %v", name, took)
		}
		if len(err.Error()) > 1000 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
	for name, text := range map[string]string{
		"powers":        strings.Repeat("(x + y + z)^60 + ", 1<<12) + "x",
		"nested powers": strings.Repeat("(", 60) + "x + y" + strings.Repeat(")^9", 60),
		"traces":        strings.Repeat("(G_μ G^μ + 1) ", 1<<14) + "x",
		"a big graph":   strings.Repeat("(C_μν·H^μν + S_μνλ·J^μνλ)^6 + ", 1<<12) + "x",
		"inverses":      strings.Repeat("1/(1 + 1/(x + ", 20) + "y" + strings.Repeat("))", 20) + strings.Repeat(" + (x + 1/(x + y))⁻⁶⁰", 1<<10),
	} {
		if e, err := expr.ParseWithin(text, 1<<14); !errors.Is(err, expr.ErrLimit) {
			t.Errorf("%s: %v, %v; want error %v", name, e.NumTerms(), err, expr.ErrLimit)
		}
	}
}

// What is just inside the limits can be written and read.
func TestLimitsRoundTrip(t *testing.T) {
	t.Parallel()
	sum := func(n int, term func(i int) string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = term(i)
		}
		return strings.Join(list, " + ")
	}
	nested := func(n int, open, end string) string {
		return strings.Repeat(open, n) + "x" + strings.Repeat(end, n)
	}
	for name, text := range map[string]string{
		"terms":   sum(expr.MaxTerms-1, func(i int) string { return fmt.Sprintf("x%d", i) }),
		"indices": strings.TrimSuffix(strings.Repeat("(G_μ G^μ) ", expr.MaxIndices), " "),
		"cycles":  strings.TrimSuffix(strings.Repeat("(C_μν C^ν_λ H^λμ) ", expr.MaxIndices/3), " "),
		"powers":  fmt.Sprintf("x^%d", expr.MaxPower),
		"exp":     nested(expr.MaxDepth, "exp(1 + ", ")"),
		"over":    nested(expr.MaxDepth, "1/(1 + ", ")"),
		"power":   nested(expr.MaxDepth, "(1 + y·", ")^T"),
		"dd":      nested(expr.MaxDepth, "2·dd(T; 1, 2 + y·", ")·z"),
		"wide": sum(900, func(i int) string {
			return fmt.Sprintf("κ(l, l, l, l, l, l, l, l, l, l, l, l)^%d·C_μν·C^μν/N^%d", i+2, 1000-i)
		}),
		"factors": strings.Join(strings.Split(sum(expr.MaxFactors, func(i int) string { return fmt.Sprintf("x%d", i) }), " + "), "·"),
		"number":  strings.Repeat("9", 399) + "/" + strings.Repeat("8", 398) + "7·x",
		"rank":    "κ(" + strings.TrimSuffix(strings.Repeat("∇_μ l, ", expr.MaxRank), ", ") + ")",
		"name":    strings.Repeat("x", expr.MaxName),
	} {
		e, err := expr.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f, err := expr.Parse(e.String())
		if err != nil || !f.Equal(e) {
			t.Errorf("%s: the text reads as another, %v", name, err)
		}
		data, err := json.Marshal(e)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var g expr.Expr
		if err := json.Unmarshal(data, &g); err != nil || !g.Equal(e) {
			t.Errorf("%s: the JSON reads as another, %v", name, err)
		}
	}
}

func TestJSON(t *testing.T) {
	e := expr.MustParse("1/2·η²·C_μν·H^μν − 0^T")
	data, err := json.Marshal(e)
	want := `[{"coefficient":"-1","factors":[{"base":[],"exponent":[{"coefficient":"1","factors":[{"scalar":"T"}]}]}]},` +
		`{"coefficient":"1/2","sum":["μ","ν"],"factors":[{"scalar":"η","power":2},{"cumulant":[["μ"],["ν"]]},{"cumulant":[["μ","ν"]]}]}]`
	if err != nil || string(data) != want {
		t.Errorf("%v: %s, %v; want %s", e, data, err, want)
	}
	for text, want := range map[string]string{
		`[]`:                  "0",
		`[{"coefficient":2}]`: "2",
		`[{"coefficient":"1","factors":[{"scalar":"x","power":0}]}]`:                                             "1",
		`[{"coefficient":0.5,"sum":["a"],"factors":[{"cumulant":[["a"]]},{"cumulant":[["a"]]}]}]`:                "1/2·G_μ·G^μ",
		`[{"coefficient":"1","factors":[{"base":[{"coefficient":"1","factors":[{"scalar":"x"}]}],"power":-2}]}]`: "1/x²",
		`[{"coefficient":"1","factors":[{"derivative":{"of":"s","indices":["a","b"]}},{"delta":["a","b"]}]}]`:    "∇_a∇_b s·δ_ab",
		`[{"coefficient":"1","factors":[{"dd":{"n":[{"coefficient":2}],"points":[[],[{"coefficient":"1"}]]}}]}]`: "1",
		`[{"coefficient":"1","factors":[{"moment":[[],["a"]]}]}]`:                                                "E[l ∇_a l]",
		`[{"coefficient":"1","sum":["a"]}]`:                                                                      "P",
	} {
		var e expr.Expr
		if err := json.Unmarshal([]byte(text), &e); err != nil || !e.Equal(expr.MustParse(want)) {
			t.Errorf("%s: %v, %v; want %s", text, e, err, want)
		}
	}
	for text, want := range map[string]error{
		`null`: expr.ErrSyntax, `{}`: expr.ErrSyntax, `[{}]`: expr.ErrSyntax, `[{"coefficient":"x"}]`: expr.ErrSyntax, `"x"`: expr.ErrSyntax,
		`[{"coefficient":1,"unknown":2}]`:                                 expr.ErrSyntax,
		`[{"coefficient":1,"factors":[{}]}]`:                              expr.ErrSyntax,
		`[{"coefficient":1,"factors":[{"scalar":"x","eigenvalue":"a"}]}]`: expr.ErrSyntax,
		`[{"coefficient":1,"factors":[{"exponent":[]}]}]`:                 expr.ErrSyntax,
		`[{"coefficient":1,"factors":[{"scalar":"G"}]}]`:                  expr.ErrName,
		`[{"coefficient":1,"factors":[{"eigenvalue":"T"}]}]`:              expr.ErrName,
		`[{"coefficient":1,"factors":[{"delta":["a"]}]}]`:                 expr.ErrSyntax,
		`[{"coefficient":1,"sum":["a","a"]}]`:                             expr.ErrIndex,
		`[{"coefficient":1,"factors":[{"base":[],"power":-1}]}]`:          expr.ErrDivision,
		`[{"coefficient":1,"factors":[{"scalar":"x","power":99999999}]}]`: expr.ErrLimit,
		`[{"coefficient":1,"factors":[{"dd":{"n":[],"points":[]}}]}]`:     expr.ErrSyntax,
	} {
		var e expr.Expr
		if err := (&e).UnmarshalJSON([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v; want error %v", text, e, err, want)
		}
	}
	var x struct{ E expr.Expr }
	if err := json.Unmarshal([]byte(`{"E":[{"coefficient":"1/0"}]}`), &x); !errors.Is(err, expr.ErrSyntax) {
		t.Errorf("1/0: %v", err)
	}
}

func TestConstructors(t *testing.T) {
	x := expr.Must(expr.Scalar("x"))
	for name, err := range map[string]error{
		"scalar": second(expr.Scalar("G")), "empty": second(expr.Scalar("")), "space": second(expr.Scalar("a b")),
		"index": second(expr.G("M")), "no index": second(expr.G("")), "two": second(expr.H("μ", "νν")), "eigenvalue": second(expr.Eigenvalue("1")),
		"function": second(expr.Nabla("H", "μ")), "sum": second(expr.Sum(x, "X")), "rename": second(x.Rename(map[string]string{"μ": "X"})),
		"derivative": second(x.Derivative("1")), "by eigenvalue": second(x.DerivativeEigenvalue("")), "coefficient": second(x.Coefficient("κ", 1)),
	} {
		if !errors.Is(err, expr.ErrName) {
			t.Errorf("%s: %v; want error %v", name, err, expr.ErrName)
		}
	}
	huge := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 2000))
	for name, err := range map[string]error{
		"number": second(expr.Number(huge)), "power": second(expr.Pow(x, 1<<30)), "points": second(expr.DividedExp(x, make([]expr.Expr, 100)...)),
		"rank": second(expr.Nabla("l", make([]string, 100)...)), "nodes": second(expr.MomentOf(make([][]string, 100)...)),
		"sum": second(expr.Sum(x, make([]string, 100)...)),
	} {
		if !errors.Is(err, expr.ErrLimit) {
			t.Errorf("%s: %v; want error %v", name, err, expr.ErrLimit)
		}
	}
	if q, ok := expr.MustParse("6/4").Constant(); !ok || q.Cmp(big.NewRat(3, 2)) != 0 {
		t.Errorf("6/4 is %v, %v", q, ok)
	}
	if _, ok := x.Constant(); ok || x.IsZero() || !(expr.Expr{}).IsZero() || (expr.Expr{}).String() != "0" {
		t.Error("constants")
	}
	if e := expr.MustParse("x·G_ν·exp(y·h_μ) + T^N"); fmt.Sprint(e.Free(), e.Scalars()) != "[μ ν] [N T x y]" {
		t.Errorf("%v has free indices %v and scalars %v", e, e.Free(), e.Scalars())
	}
	if got := expr.Must(expr.MustParse("(1 + η·x)³ + G_μ·G^μ·η").Coefficient("η", 1)); !got.Equal(expr.MustParse("3·x + G_μ·G^μ")) {
		t.Errorf("coefficient of η: %v", got)
	}
	for _, f := range []func(){func() { expr.MustParse("(") }, func() { expr.Must(expr.Scalar("")) }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
	}
}

func second(_ expr.Expr, err error) error { return err }

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"l − η·M·N·G_μ·G^μ + η²·M·N·(M·N − 1/2)·G_μ·H_ν^μ·G^ν", "1/2·η²·M·N·(M − 1/B)·κ(∇_μ l, ∇^μ∇_ν l)·G^ν",
		"Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)", "dd(T; 1, 1 − η·h_μ)·ddexp(T; 0, −h_μ)/E[l ∇_a s]", "δ_μν^-1 x⁻² (a+b)^(T-1)", "0^T",
		"exp(Σ_μ exp(h_μ·h_ν))", "Σ_μν C_μν/(h_μ − h_ν)²", "∇_μ∇_ν∇_λ∇_ρ s G^μ", "((x)^T)^N/(2·x + 4)²", "μ₁ + η₀·C_μ₁ν₂",
		"dd(T; 1, 1, (1 − η·h_μ)·(1 − η·h_ν))/(1 + T)", "ddexp(2·T; 0, 0, −h_μ)·(1 − η)^(−T)", "(x² − y²)/(x − y)³·x^T", "dd(T; 0, 0, δ_μν)",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := expr.Parse(text)
		if err != nil {
			var place *expr.ParseError
			if !errors.As(err, &place) || place.Offset < 0 || place.Offset > len(text) {
				t.Fatalf("%q: error %v without its place", text, err)
			}
			return
		}
		checkPrinters(t, text, e)
		tryOperations(t, e)
	})
}

// checkPrinters writes an expression in all ways, and reads it again where that is possible.
func checkPrinters(t rapid.TB, what string, e expr.Expr) {
	if g, err := expr.Parse(e.String()); err != nil || !g.Equal(e) {
		t.Fatalf("%s is %v, which reads as %v, %v", what, e, g, err)
	}
	for _, c := range []expr.Convention{expr.Einstein, expr.Explicit} {
		if err := balanced(e.LaTeX(c)); err != nil {
			t.Fatalf("%s is %v: %s: %v", what, e, e.LaTeX(c), err)
		}
	}
	if _, err := expr.GoFile("formula", expr.GoFunc{Name: "F", Expr: e}); err != nil {
		t.Fatalf("%s is %v: %v", what, e, err)
	}
	var g expr.Expr
	data, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(data, &g)
	}
	if err != nil || !g.Equal(e) {
		t.Fatalf("%s is %v, in JSON %s, which reads as %v, %v", what, e, data, g, err)
	}
}

// tryOperations does to an expression what may be done to any: there is a result that
// can be read, or one of the package's errors.
func tryOperations(t *testing.T, e expr.Expr) {
	env := expr.Env[*big.Rat]{
		Scalars: map[string]*big.Rat{"N": big.NewRat(2, 1)}, Spectrum: []*big.Rat{big.NewRat(1, 2), new(big.Rat)}, Indices: map[string]int{},
		Component: func(c expr.Component) (*big.Rat, error) { return big.NewRat(int64(len(c.Nodes)-1), 3), nil },
	}
	for _, name := range e.Free() {
		env.Indices[name] = len(name) % 2
	}
	errs := []error{expr.ErrLimit, expr.ErrDivision, expr.ErrExponent, expr.ErrDiverges, expr.ErrUndecided}
	for name, do := range map[string]func() (expr.Expr, error){
		"InPowers":  e.InPowers,
		"Cancel":    e.Cancel,
		"Asymptote": func() (expr.Expr, error) { return e.Asymptote("T") },
		"Limit":     func() (expr.Expr, error) { return e.Limit("T") },
		"Rate":      func() (expr.Expr, error) { return e.Rate("x") },
		"Bind":      func() (expr.Expr, error) { return e.Bind(env) },
		"Isotropic": func() (expr.Expr, error) { return e.Substitute(expr.Isotropic(expr.MustParse("x"))) },
	} {
		f, err := do()
		if err != nil {
			if !slices.ContainsFunc(errs, func(want error) bool { return errors.Is(err, want) }) {
				t.Fatalf("%s of %v: error %v", name, e, err)
			}
			continue
		}
		checkPrinters(t, fmt.Sprintf("%s of %v", name, e), f)
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{"l", "1/2·η²·C_μν·H^μν − 0^T", "Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)", "dd(T; 1, x)/E[l l]", "∇_μ s·δ_μν·exp(x)"} {
		data, err := json.Marshal(expr.MustParse(seed))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var e, g expr.Expr
		if e.UnmarshalJSON(data) != nil {
			return
		}
		again, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(again, &g); err != nil || !g.Equal(e) {
			t.Fatalf("%s is %v, which reads as %v, %v", data, e, g, err)
		}
	})
}
