package tensor_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

// describe returns all that a landscape was made of, as text.
func describe(l tensor.Landscape) []string {
	out := []string{fmt.Sprintf("%T", l), fmt.Sprint(l.Theta())}
	switch l := l.(type) {
	case *tensor.Finite:
		for _, d := range l.Data() {
			out = append(out, d.Prob.String(), fmt.Sprint(d.Loss.Dim()), d.Loss.String())
		}
	case *tensor.Gaussian:
		out = append(out, fmt.Sprint(l.Mean()), fmt.Sprint(l.Covariance()), fmt.Sprint(l.DatumLoss().Dim()), l.DatumLoss().String())
	}
	return out
}

func checkRoundTrip(t rapid.TB, l tensor.Landscape) {
	t.Helper()
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatalf("write %v: %v", describe(l), err)
	}
	again, err := tensor.ReadLandscape(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("read %s: %v", text, err)
	}
	if diff := cmp.Diff(describe(l), describe(again)); diff != "" {
		t.Fatalf("written and read (-before +after):\n%s", diff)
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if rapid.Bool().Draw(t, "finite") {
			checkRoundTrip(t, drawFinite(t, 3))
			return
		}
		dim, n := rapid.IntRange(1, 2).Draw(t, "dim"), rapid.IntRange(1, 3).Draw(t, "coordinates")
		g, err := tensor.NewGaussian(drawRats(t, dim), drawRats(t, n), drawCovariance(t, n), drawPolynomial(t, dim+n, 3))
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, g)
	})
}

func TestUnmarshal(t *testing.T) {
	var f tensor.Finite
	var g tensor.Gaussian
	if err := json.Unmarshal([]byte(twoPoints), &f); err != nil || f.Dim() != 1 {
		t.Errorf("finite: %v", err)
	}
	if err := json.Unmarshal([]byte(product), &g); err != nil || g.Dim() != 1 {
		t.Errorf("gaussian: %v", err)
	}
	if err := json.Unmarshal([]byte(product), &f); !errors.Is(err, tensor.ErrFormat) {
		t.Errorf("gaussian as finite: %v", err)
	}
	if err := json.Unmarshal([]byte(twoPoints), &g); !errors.Is(err, tensor.ErrFormat) {
		t.Errorf("finite as gaussian: %v", err)
	}
	if got := describe(&f); got[0] != "*tensor.Finite" || len(got) != 8 {
		t.Errorf("a failed read changed the landscape to %v", got)
	}
}

// edit returns text with the first old replaced by new.
func edit(text, old, new string) string {
	if !strings.Contains(text, old) {
		panic("no " + old)
	}
	return strings.Replace(text, old, new, 1)
}

func TestBadFiles(t *testing.T) {
	const ones = `{"dim": 1, "theta": [0], "data": [{"prob": 1, "loss": [{"coef": 1, "exp": [1]}]}]}`
	loss := func(terms string) string { return edit(ones, `[{"coef": 1, "exp": [1]}]`, terms) }
	for _, test := range []struct {
		name, file string
		want       error
		text       string
	}{
		// Syntax.
		{"empty", "", tensor.ErrFormat, "line 1"},
		{"truncated", ones[:len(ones)-2], tensor.ErrFormat, "unexpected end"},
		{"trailing", ones + "\n\n{}", tensor.ErrFormat, "line 3"},
		{"not JSON", "theta: 0", tensor.ErrFormat, "line 1"},
		{"NaN", edit(ones, `"coef": 1`, `"coef": NaN`), tensor.ErrFormat, "'N'"},
		{"list", "[" + ones + "]", tensor.ErrFormat, "expected an object"},
		{"null", "null", tensor.ErrFormat, "expected an object"},
		{"deep", strings.Repeat("[", 1<<16), tensor.ErrFormat, "line 1"},
		{"statistics", `{"dim": 1, "statistics": []}`, tensor.ErrStatisticsFile, "file of statistics"},
		{"statistics too", edit(ones, `{`, `{"statistics": {}, `), tensor.ErrStatisticsFile, "file of statistics"},

		// dim and theta.
		{"no dim", edit(ones, `"dim"`, `"_"`), tensor.ErrMissing, "dim"},
		{"dim 0", edit(ones, `"dim": 1`, `"dim": 0`), tensor.ErrShape, "dim: 0"},
		{"dim negative", edit(ones, `"dim": 1`, `"dim": -1`), tensor.ErrShape, "dim: -1"},
		{"dim large", edit(ones, `"dim": 1`, `"dim": 1025`), tensor.ErrTooLarge, "dim: 1025"},
		{"dim beyond int", edit(ones, `"dim": 1`, `"dim": 1e30`), tensor.ErrTooLarge, "dim"},
		{"dim huge", edit(ones, `"dim": 1`, `"dim": 1e300000`), tensor.ErrNumber, "dim"},
		{"dim fraction", edit(ones, `"dim": 1`, `"dim": 1.5`), tensor.ErrNumber, "dim: 3/2 is not an integer"},
		{"dim list", edit(ones, `"dim": 1`, `"dim": [1]`), tensor.ErrNumber, "dim"},
		{"no theta", edit(ones, `"theta"`, `"_"`), tensor.ErrMissing, "theta"},
		{"theta null", edit(ones, `[0]`, `null`), tensor.ErrFormat, "theta: expected a list"},
		{"theta number", edit(ones, `[0]`, `0`), tensor.ErrFormat, "theta: expected a list"},
		{"theta short", edit(ones, `[0]`, `[]`), tensor.ErrShape, "theta: 0 coordinates in dimension 1"},
		{"theta long", edit(ones, `[0]`, `[0, 0]`), tensor.ErrShape, "theta: 2 coordinates"},
		{"theta very long", edit(ones, `[0]`, `[0`+strings.Repeat(",0", 1<<12)+`]`), tensor.ErrTooLarge, "theta: more than 1024 items"},
		{"theta word", edit(ones, `[0]`, `["zero"]`), tensor.ErrNumber, "theta[0]"},
		{"theta of null", edit(ones, `[0]`, `[null]`), tensor.ErrNumber, "theta[0]"},

		// Finite data.
		{"no data", edit(ones, `"data"`, `"_"`), tensor.ErrMissing, "data"},
		{"data empty", `{"dim": 1, "theta": [0], "data": []}`, tensor.ErrShape, "data: no data"},
		{"data object", `{"dim": 1, "theta": [0], "data": {}}`, tensor.ErrFormat, "data: expected a list"},
		{"datum number", `{"dim": 1, "theta": [0], "data": [1]}`, tensor.ErrFormat, "data[0]: expected an object"},
		{"much data", `{"dim": 1, "theta": [0], "data": [1` + strings.Repeat(",1", tensor.MaxData) + `]}`, tensor.ErrTooLarge, "data: more than 131072 items"},
		{"no prob", edit(ones, `"prob"`, `"_"`), tensor.ErrMissing, "data[0].prob"},
		{"prob 1/0", edit(ones, `"prob": 1`, `"prob": "1/0"`), tensor.ErrNumber, `data[0].prob: bad number "1/0"`},
		{"prob negative", edit(twoPoints, `"2/3"`, `"-2/3"`), tensor.ErrProbability, "data[0].prob: -2/3 is negative"},
		{"prob sum", edit(twoPoints, `"2/3"`, `"1/2"`), tensor.ErrProbability, "data: the probabilities sum to 5/6"},
		{"prob nearly", edit(ones, `"prob": 1`, `"prob": 0.99999999999999999999`), tensor.ErrProbability, "data"},
		{"no loss", edit(ones, `"loss"`, `"_"`), tensor.ErrMissing, "data[0].loss"},
		{"loss object", loss(`{}`), tensor.ErrFormat, "data[0].loss: expected a list"},
		{"much loss", loss(`[1` + strings.Repeat(",1", tensor.MaxTerms) + `]`), tensor.ErrTooLarge, "data[0].loss: more than 131072 items"},

		// Terms.
		{"term number", loss(`[1]`), tensor.ErrFormat, "data[0].loss[0]: expected an object"},
		{"no coef", loss(`[{"exp": [1]}]`), tensor.ErrMissing, "data[0].loss[0].coef"},
		{"coef 1/0", loss(`[{"coef": "1/0", "exp": [1]}]`), tensor.ErrNumber, "data[0].loss[0].coef"},
		{"coef NaN", loss(`[{"coef": "NaN", "exp": [1]}]`), tensor.ErrNumber, "data[0].loss[0].coef"},
		{"coef huge", loss(`[{"coef": 1e300000, "exp": [1]}]`), tensor.ErrNumber, "data[0].loss[0].coef"},
		{"coef long", loss(`[{"coef": ` + strings.Repeat("9", 1<<12) + `, "exp": [1]}]`), tensor.ErrNumber, "data[0].loss[0].coef"},
		{"coef unwritable", loss(`[{"coef": 0.` + strings.Repeat("0", 700) + `1e-399, "exp": [1]}]`), tensor.ErrNumber, "data[0].loss[0].coef"},
		{"no exp", loss(`[{"coef": 1}]`), tensor.ErrMissing, "data[0].loss[0].exp"},
		{"exp number", loss(`[{"coef": 1, "exp": 1}]`), tensor.ErrFormat, "data[0].loss[0].exp: expected a list"},
		{"exp short", loss(`[{"coef": 1, "exp": []}]`), tensor.ErrShape, "data[0].loss[0].exp: 0 exponents"},
		{"exp long", loss(`[{"coef": 1, "exp": [1, 0]}]`), tensor.ErrShape, "data[0].loss[0].exp: 2 exponents"},
		{"exp negative", loss(`[{"coef": 1, "exp": [1]}, {"coef": 1, "exp": [-1]}]`), tensor.ErrExponent, "data[0].loss[1].exp: -1 is negative"},
		{"exp fraction", loss(`[{"coef": 1, "exp": [0.5]}]`), tensor.ErrNumber, "data[0].loss[0].exp[0]: 1/2 is not an integer"},
		{"exp null", loss(`[{"coef": 1, "exp": [null]}]`), tensor.ErrNumber, "data[0].loss[0].exp[0]"},
		{"exp large", loss(`[{"coef": 1, "exp": [65]}]`), tensor.ErrTooLarge, "data[0].loss[0].exp: the degree exceeds 64"},
		{"exp beyond int", loss(`[{"coef": 1, "exp": [1e30]}]`), tensor.ErrTooLarge, "data[0].loss[0].exp[0]"},
		{"exp repeated", loss(`[{"coef": 1, "exp": [1]}, {"coef": 1, "exp": [2]}, {"coef": 1, "exp": [1.0]}]`), tensor.ErrExponent, "data[0].loss[2].exp: the same exponents as [0]"},

		// Gaussian data.
		{"both kinds", edit(product, `"gaussian"`, `"data": [], "gaussian"`), tensor.ErrFormat, "gaussian: the file has data too"},
		{"gaussian list", edit(ones, `"data"`, `"gaussian"`), tensor.ErrFormat, "gaussian: expected an object"},
		{"no mean", edit(product, `"mean"`, `"_"`), tensor.ErrMissing, "gaussian.mean"},
		{"mean word", edit(product, `["0", 0]`, `["0", "zero"]`), tensor.ErrNumber, "gaussian.mean[1]"},
		{"mean empty", edit(product, `["0", 0]`, `[]`), tensor.ErrShape, "gaussian.mean"},
		{"no covariance", edit(product, `"covariance"`, `"_"`), tensor.ErrMissing, "gaussian.covariance"},
		{"covariance rows", edit(product, `["1", "1/2"], `, ``), tensor.ErrShape, "gaussian.covariance: 1 rows"},
		{"covariance short", edit(product, `["1", "1/2"]`, `["1"]`), tensor.ErrShape, "gaussian.covariance[0]"},
		{"covariance asymmetric", edit(product, `["1", "1/2"]`, `["1", "1/3"]`), tensor.ErrCovariance, "gaussian.covariance[1][0]"},
		{"covariance negative", edit(product, `["1", "1/2"]`, `["1/5", "1/2"]`), tensor.ErrCovariance, "gaussian.covariance[1]"},
		{"covariance word", edit(product, `["1", "1/2"]`, `["1", "half"]`), tensor.ErrNumber, "gaussian.covariance[0][1]"},
		{"no gaussian loss", edit(product, `"loss"`, `"_"`), tensor.ErrMissing, "loss"},
		{"no data exponents", edit(product, `, "data": [1, 1]`, ``), tensor.ErrMissing, "loss[1].data"},
		{"data exponents", edit(product, `[1, 1]`, `[1, -1]`), tensor.ErrExponent, "loss[1].data: -1 is negative"},
		{"data exponents short", edit(product, `[1, 1]`, `[1]`), tensor.ErrShape, "loss[1].data: 1 exponents"},
		{"degree in all", edit(product, `[1, 1]`, `[60, 4]`), tensor.ErrTooLarge, "loss[1]: the degree exceeds 64"},
	} {
		l, err := tensor.ParseLandscape([]byte(test.file))
		if l != nil || !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v, %v; want %v with %q", test.name, l, err, test.want, test.text)
		}
		var field *tensor.FieldError
		if !errors.As(err, &field) {
			t.Errorf("%s: %v is not a FieldError", test.name, err)
		}
	}
}

// TestBoundaries has what is just within the limits.
func TestBoundaries(t *testing.T) {
	for name, file := range map[string]string{
		"zero probability": edit(edit(twoPoints, `"2/3"`, `0`), `"1/3"`, `"1"`),
		"no terms":         `{"dim": 1, "theta": [0], "data": [{"prob": 1, "loss": []}]}`,
		"degree 64":        `{"dim": 2, "theta": [0, 1], "data": [{"prob": 1, "loss": [{"coef": 1, "exp": [32, "32"]}]}]}`,
		"400 digits":       `{"dim": 1, "theta": [1e-400], "data": [{"prob": 1, "loss": []}]}`,
		"white space":      "\n\t " + twoPoints + "\r\n",
		"singular":         edit(edit(product, `"1/2"`, `1`), `"1/2"`, `1`),
		"repeated key":     `{"dim": 7, "dim": 1, "theta": [0], "data": [{"prob": 1, "loss": []}]}`,
	} {
		l, err := tensor.ParseLandscape([]byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkRoundTrip(t, l)
	}
}

// endless never stops.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestHugeFilesFailAtOnce has files that would take days to add up or gigabytes to hold.
func TestHugeFilesFailAtOnce(t *testing.T) {
	start := time.Now()
	if _, err := tensor.ReadLandscape(endless{}); !errors.Is(err, tensor.ErrTooLarge) {
		t.Errorf("an endless file: %v", err)
	}
	if _, err := tensor.ReadLandscape(io.MultiReader(strings.NewReader("{"), failing{})); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a file that cannot be read: %v", err)
	}
	// Coefficients without common factors in denominators of 390 digits.
	var b strings.Builder
	b.WriteString(`{"dim": 1, "theta": ["1/3"], "data": [`)
	for i := range 1000 {
		fmt.Fprintf(&b, `{"prob": "1/1000", "loss": [{"coef": "1/1%0389d", "exp": [0]}]},`, i)
	}
	b.WriteString(`{"prob": 0, "loss": []}]}`)
	if _, err := tensor.ParseLandscape([]byte(b.String())); !errors.Is(err, tensor.ErrTooLarge) || !strings.Contains(err.Error(), "common denominator") {
		t.Errorf("a common denominator of 400 thousand digits: %.200v", err)
	}
	if spent := time.Since(start); spent > 5*time.Second {
		t.Errorf("took %v", spent)
	}
}

// failing fails.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func FuzzParseLandscape(f *testing.F) {
	for _, seed := range []string{
		twoPoints, product, "", "{}", `{"dim": 1, "statistics": {}}`,
		`{"dim": 2, "theta": [0, "1/2"], "data": [{"prob": 1, "loss": [{"coef": "-2/3", "exp": [3, 0]}]}]}`,
		`{"dim": 1, "theta": [1e400], "data": [{"prob": 1, "loss": [{"coef": 1e-400, "exp": [64]}]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := tensor.ParseLandscape(data)
		if err != nil {
			var field *tensor.FieldError
			if l != nil || !errors.As(err, &field) {
				t.Fatalf("%v, %v", l, err)
			}
			return
		}
		checkRoundTrip(t, l)
		if l.Dim() <= 4 {
			if _, err := l.Statistics().Moment([]int{1, 1}); err != nil && !errors.Is(err, tensor.ErrTooLarge) {
				t.Fatal(err)
			}
		}
	})
}
