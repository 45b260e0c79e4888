package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/golden"
)

// expand runs the program and returns what it prints.
func expand(args ...string) (stdout, stderr string, status int) {
	var out, err bytes.Buffer
	status = run(context.Background(), args, &out, &err)
	return out.String(), err.String(), status
}

// decode runs the program with -json and decodes what it prints.
func decode[T any](t *testing.T, args ...string) T {
	t.Helper()
	stdout, stderr, status := expand(append(args, "-json")...)
	if status != 0 {
		t.Fatalf("expand %q: status %d: %s", args, status, stderr)
	}
	var v T
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("expand %q: %v in %.200s", args, err, stdout)
	}
	return v
}

// file writes a file for one test.
func file(t *testing.T, name string, content any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	data, ok := content.(string)
	if !ok {
		encoded, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		data = string(encoded)
	}
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type gridFile struct {
	N     int        `json:"N"`
	T     int        `json:"T"`
	Cells []cellFile `json:"cells"`
}

type cellFile struct {
	N      int    `json:"n"`
	T      int    `json:"t"`
	Weight string `json:"weight"`
}

func gridJSON(g golden.Grid) gridFile {
	f := gridFile{g.N, g.T, []cellFile{}}
	for _, c := range g.Cells {
		f.Cells = append(f.Cells, cellFile{c.N, c.T, c.Weight.RatString()})
	}
	return f
}

type landscapeFile struct {
	Dim   int         `json:"dim"`
	Theta []string    `json:"theta"`
	Data  []datumFile `json:"data"`
}

type datumFile struct {
	Prob string     `json:"prob"`
	Loss []termFile `json:"loss"`
}

type termFile struct {
	Coef string `json:"coef"`
	Exp  []int  `json:"exp"`
}

func landscapeJSON(l golden.Landscape) landscapeFile {
	f := landscapeFile{Dim: l.Dim, Theta: texts(l.Theta)}
	for _, d := range l.Data {
		datum := datumFile{Prob: d.Prob.RatString()}
		for _, x := range d.Loss {
			datum.Loss = append(datum.Loss, termFile{x.Coef.RatString(), x.Exp})
		}
		f.Data = append(f.Data, datum)
	}
	return f
}

func texts(numbers []*big.Rat) []string {
	list := make([]string, len(numbers))
	for i, q := range numbers {
		list[i] = q.RatString()
	}
	return list
}

// Every observable of every record comes out through the program.
func TestSeriesGolden(t *testing.T) {
	for _, c := range golden.Series() {
		grid, landscape := file(t, "grid.json", gridJSON(c.Grid)), file(t, "landscape.json", landscapeJSON(c.Landscape))
		for observable, want := range map[string]any{
			"test":         texts(c.Series.Test),
			"train":        texts(c.Series.Train),
			"gap":          texts(c.Series.Gap),
			"variance":     texts(c.Series.TestLossVariance),
			"displacement": each(c.Series.Displacement, texts),
			"covariance":   each(c.Series.Covariance, func(row [][]*big.Rat) [][]string { return each(row, texts) }),
		} {
			for _, form := range []string{"cumulant", "moment"} {
				if form == "moment" && c.Order > 4 {
					continue
				}
				got := decode[listedSeries](t, "series", "-grid", grid, "-landscape", landscape, "-order", fmt.Sprint(c.Order), "-observable", observable, "-form", form)
				if diff := cmp.Diff(normal(t, want), got.Coefficients); diff != "" {
					t.Errorf("%s, %s, %s form (−want +got):\n%s", c.Name, observable, form, diff)
				}
			}
		}
	}
}

func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

// normal returns v as encoding/json decodes it.
func normal(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDiagramsGolden(t *testing.T) {
	type entry struct {
		Diagram     string `json:"diagram"`
		Aut         string `json:"aut"`
		Irreducible bool   `json:"irreducible"`
	}
	type list struct {
		Edges    int     `json:"edges"`
		Count    string  `json:"count"`
		Diagrams []entry `json:"diagrams"`
	}
	g := golden.Diagrams()
	for root, records := range map[string][]golden.Diagram{"single": g.Diagrams, "tied": g.Tied, "two": g.Bridged} {
		want := map[int]map[string]string{}
		for _, r := range records {
			if want[r.Edges] == nil {
				want[r.Edges] = map[string]string{}
			}
			want[r.Edges][diagram.MustParse(r.Text).String()] = fmt.Sprint(r.Aut)
		}
		for edges, byName := range want {
			got := decode[list](t, "diagrams", "-edges", fmt.Sprint(edges), "-root", root)
			found := map[string]string{}
			for _, e := range got.Diagrams {
				found[e.Diagram] = e.Aut
			}
			if diff := cmp.Diff(byName, found); diff != "" || got.Count != fmt.Sprint(len(byName)) || got.Edges != edges {
				t.Errorf("%d edges, %s, count %s (−want +got):\n%s", edges, root, got.Count, diff)
			}
		}
	}
	for root, counts := range map[string][]int{"single": g.Count, "tied": g.TiedCount, "two": g.BridgedCount} {
		for edges, want := range counts {
			got := decode[list](t, "diagrams", "-edges", fmt.Sprint(edges), "-root", root, "-count")
			if got.Count != fmt.Sprint(want) || got.Diagrams != nil {
				t.Errorf("%d edges, %s: count %s, want %d and no list", edges, root, got.Count, want)
			}
		}
	}
	if got := decode[list](t, "diagrams", "-edges", "2", "-irreducible"); len(got.Diagrams) != 3 {
		t.Errorf("%d irreducible diagrams with 2 edges, want 3: the untied chain is reducible", len(got.Diagrams))
	}
}

func TestEmbeddingsGolden(t *testing.T) {
	type list struct {
		Embeddings []struct {
			Diagram  string `json:"diagram"`
			Maps     string `json:"maps"`
			Weighted string `json:"weighted"`
			Aut      string `json:"aut"`
		} `json:"embeddings"`
	}
	for _, c := range golden.Embeddings() {
		grid := file(t, "grid.json", gridJSON(c.Grid))
		want := map[string]string{}
		for text, w := range c.Weighted {
			want[diagram.MustParse(text).String()] = w.RatString()
			got := decode[list](t, "embeddings", "-grid", grid, "-diagram", text)
			if len(got.Embeddings) != 1 || got.Embeddings[0].Weighted != w.RatString() {
				t.Errorf("%s, %s: %+v, want %v", c.Name, text, got, w)
			}
		}
		got := map[string]string{}
		for edges := range 4 {
			for _, e := range decode[list](t, "embeddings", "-grid", grid, "-edges", fmt.Sprint(edges)).Embeddings {
				got[e.Diagram] = e.Weighted
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (−want +got):\n%s", c.Name, diff)
		}
	}
}

// Other dynamics come out through the program, too.
func TestDynamicsGolden(t *testing.T) {
	lists := golden.Dynamics()
	check := func(grid string, c golden.DynamicsCase) {
		landscape := file(t, "landscape.json", landscapeJSON(c.Landscape))
		for observable, want := range map[string][]*big.Rat{"test": c.Test, "train": c.Train} {
			if want == nil {
				continue
			}
			got := decode[listedSeries](t, "series", "-grid", grid, "-landscape", landscape, "-order", fmt.Sprint(c.Order), "-observable", observable)
			if diff := cmp.Diff(normal(t, texts(want)), got.Coefficients); diff != "" {
				t.Errorf("%s, %s (−want +got):\n%s", grid, observable, diff)
			}
		}
	}
	for _, c := range lists.ODE {
		check(fmt.Sprintf("ode T=%d", c.T), c)
	}
	for _, c := range lists.SDE {
		check(fmt.Sprintf("sde T=%d", c.T), c)
	}
	for _, c := range lists.Gaussian {
		check(fmt.Sprintf("gaussian T=%d", c.T), c)
	}
	for _, c := range lists.Reshuffled {
		check(fmt.Sprintf("reshuffled N=%d E=%d B=%d", c.N, c.E, c.B), c)
	}
}

// The polynomials read back and take the counts' values.
func TestPolynomial(t *testing.T) {
	type polynomials struct {
		Polynomials []listedPolynomial `json:"polynomials"`
	}
	type counts struct {
		Embeddings []listedEmbedding `json:"embeddings"`
	}
	at := []*big.Rat{big.NewRat(3, 1), big.NewRat(4, 1), big.NewRat(2, 1)} // E, K and B of N = 8
	for _, root := range []string{"single", "tied", "two"} {
		for _, form := range []string{"cumulant", "moment"} {
			more := []string{"-edges", "3", "-root", root, "-form", form}
			want := decode[counts](t, append([]string{"embeddings", "-grid", "sgd N=8 E=3 B=2"}, more...)...)
			got := decode[polynomials](t, append([]string{"polynomial"}, more...)...)
			if len(got.Polynomials) == 0 || len(got.Polynomials) != len(want.Embeddings) {
				t.Fatalf("%s: %d polynomials, want %d", root, len(got.Polynomials), len(want.Embeddings))
			}
			for i, p := range got.Polynomials {
				w := want.Embeddings[i]
				for text, number := range map[string]string{p.Maps: w.Maps, p.Weighted: w.Weighted} {
					q, err := embed.ParsePolynomial(text)
					if err != nil {
						t.Fatal(err)
					}
					if v, err := q.At(at[0], at[1], at[2]); err != nil || p.Diagram != w.Diagram || v.RatString() != number {
						t.Errorf("%v, %s form: %s is %v, %v; want %s", p.Diagram, form, text, v, err, number)
					}
				}
			}
		}
	}
}

// P §A.1: the untied and the tied chain are left, in moment form the tied one alone.
func TestCompareEpochs(t *testing.T) {
	for form, want := range map[string][]string{"cumulant": {"(01-2)(01-12)", "(0-1-2)(01-12)"}, "moment": {"(01-2)(01-12)"}} {
		got := decode[listedSeries](t, "compare", "-grid", "sgd N=10 E=2 B=1 rate=1/2", "-with", "sgd N=10 E=1 B=1", "-order", "2", "-form", form)
		var names []string
		for _, term := range got.Terms {
			names = append(names, term.Diagram.String())
			if term.Coefficient != "5/2" || term.WithWeighted == nil {
				t.Errorf("%s form: %+v, want the coefficient 5/2 and both weights", form, term)
			}
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s form (−want +got):\n%s", form, diff)
		}
	}
}

// GDC is SGD through η² after whole epochs of batches of its size (P Corollary 3).
// One update has the force, too: 3² times −(N−B)/(2B)/N.
func TestCompareGDC(t *testing.T) {
	for _, form := range []string{"cumulant", "moment"} {
		for grid, batch := range map[string]string{"gdc N=10 T=20": "1", "gdc N=10 T=4 B=5": "5"} {
			args := []string{"compare", "-grid", grid, "-with", "sgd N=10 E=2 B=" + batch, "-form", form, "-order"}
			if got := decode[listedSeries](t, append(args, "2")...); len(got.Terms) != 0 {
				t.Errorf("%s, %s form: %+v", grid, form, got.Terms)
			}
			if got := decode[listedSeries](t, append(args, "3")...); len(got.Terms) == 0 {
				t.Errorf("%s, %s form: SGD itself", grid, form)
			}
		}
	}
	coefficients := map[string]string{}
	for _, term := range decode[listedSeries](t, "series", "-grid", "gdc N=10 T=1 B=2 rate=3", "-order", "2").Terms {
		coefficients[term.Diagram.String()] = term.Coefficient
	}
	want := map[string]string{"(0)()": "1", "(0-1)(01)": "-3", "(01-2)(01-12)": "-9/5", "(01-2)(02-12)": "9/20", "(0-1-2)(02-12)": "9/2"}
	if diff := cmp.Diff(want, coefficients); diff != "" {
		t.Errorf("one update (−want +got):\n%s", diff)
	}
}

const statistics = `{"form":"moment","statistics":{"(0)()":{"mean":2,"stddev":1,"samples":100},"(0-1)(01)":{"mean":3,"stddev":2,"samples":400}},"source":"made up"}`

func TestPredict(t *testing.T) {
	type list struct {
		Points []predictedPoint `json:"points"`
	}
	path := file(t, "statistics.json", statistics)
	for eta, want := range map[string][]float64{
		"0.5": {0.5}, "1/4,0.5": {0.25, 0.5}, "0:1:1/2": {0, 0.5, 1}, "0:1:0.4": {0, 0.4, 0.8, 1}, "2:2:0": {2}, "2:2:-1": {2}, "-1,1": {-1, 1},
	} {
		got := decode[list](t, "predict", "-statistics", path, "-grid", "sgd N=4", "-order", "1", "-eta", eta)
		var points []float64
		for _, p := range got.Points {
			points = append(points, p.Eta)
			if len(p.Orders) != 2 || p.Orders[1].Mean != 2-12*p.Eta {
				t.Errorf("-eta %s: %+v, want 2 − 4·3η at order 1", eta, p)
			}
		}
		if diff := cmp.Diff(want, points); diff != "" {
			t.Errorf("-eta %s (−want +got):\n%s", eta, diff)
		}
	}
}

// Bad input ends at once, with status 2 and one line that names the culprit.
func TestBadInput(t *testing.T) {
	toyFile := file(t, "toy.json", toy)
	statisticsFile := file(t, "statistics.json", statistics)
	landscapeWith := func(name string, change func(l *landscapeFile)) string {
		var l landscapeFile
		if err := json.Unmarshal([]byte(toy), &l); err != nil {
			t.Fatal(err)
		}
		change(&l)
		return file(t, name+".json", l)
	}
	series := func(landscape string) []string {
		return []string{"series", "-grid", "sgd N=3", "-order", "1", "-landscape", landscape}
	}
	predict := func(more ...string) []string {
		return append([]string{"predict", "-statistics", statisticsFile, "-grid", "sgd N=3", "-order", "1"}, more...)
	}
	cells := func(text string) []string {
		return []string{"series", "-order", "1", "-grid", file(t, "grid.json", text)}
	}
	diagramOf := func(text string) []string { return []string{"embeddings", "-grid", "sgd N=3", "-diagram", text} }
	for name, c := range map[string]struct {
		args    []string
		culprit string
	}{
		"unknown sub-command":     {[]string{"frobnicate"}, "frobnicate"},
		"unknown flag":            {[]string{"diagrams", "-edge", "3"}, "-edge"},
		"stray argument":          {[]string{"diagrams", "-edges", "3", "4"}, `"4"`},
		"missing flag":            {[]string{"diagrams"}, "-edges"},
		"edges not a number":      {[]string{"diagrams", "-edges", "three"}, "three"},
		"negative edges":          {[]string{"diagrams", "-edges", "-1"}, "-1"},
		"60-edge diagrams":        {[]string{"diagrams", "-edges", "60"}, "60"},
		"list of 20 edges":        {[]string{"diagrams", "-edges", "20"}, "342353383962193152603"},
		"list of 9 edges":         {[]string{"diagrams", "-edges", "9", "-irreducible"}, "3700667"},
		"list of 4 edges":         {[]string{"diagrams", "-edges", "4", "-limit", "100"}, "101"},
		"count of 60 edges":       {[]string{"diagrams", "-edges", "60", "-count"}, "60"},
		"root":                    {[]string{"diagrams", "-edges", "2", "-root", "both"}, "single, tied or two"},
		"cycle":                   {diagramOf("(0-1-2)(01-10)"), "10"},
		"label twice":             {diagramOf("(01-1)(01)"), "twice"},
		"a node in no part":       {diagramOf("(0-1)(02-12)"), "02"},
		"missing label":           {diagramOf("(0-2)(02)"), "missing"},
		"root tied":               {diagramOf("(01)(01)"), "-root tied"},
		"root not tied":           {append(diagramOf("(0-1)(01)"), "-root", "tied"), "-root single"},
		"two roots":               {diagramOf("(01-2-3)(02-13)"), "-root two"},
		"two tied roots":          {diagramOf("(023-1)(02-13)"), "tied"},
		"no diagram":              {diagramOf(""), "(01-2)(02-12)"},
		"diagram and edges":       {append(diagramOf("(0)()"), "-edges", "2"), "either"},
		"N=0":                     {[]string{"series", "-order", "1", "-grid", "sgd N=0"}, "N=0"},
		"N=-3":                    {[]string{"series", "-order", "1", "-grid", "sgd N=-3"}, "N=-3"},
		"N too large":             {[]string{"series", "-order", "1", "-grid", "sgd N=2147483648"}, "2147483647"},
		"N of 40 digits":          {[]string{"series", "-order", "1", "-grid", "sgd N=" + strings.Repeat("9", 40)}, "N="},
		"B does not divide N":     {[]string{"series", "-order", "1", "-grid", "sgd N=10 B=3"}, "B=3"},
		"rate 1/0":                {[]string{"series", "-order", "1", "-grid", "sgd N=10 rate=1/0"}, "rate"},
		"rate of a million bits":  {[]string{"series", "-order", "1", "-grid", "sgd N=10 rate=1e300000"}, "rate"},
		"gd without T":            {[]string{"series", "-order", "1", "-grid", "gd N=10"}, "T is missing"},
		"unknown optimizer":       {[]string{"series", "-order", "1", "-grid", "adam N=10"}, "adam"},
		"empty grid":              {[]string{"series", "-order", "1", "-grid", ""}, "sgd N=10"},
		"cell twice":              {cells(`{"N":2,"T":1,"cells":[{"n":0,"t":0,"weight":"1"},{"n":0,"t":0,"weight":"1"}]}`), "(n=0, t=0)"},
		"cell outside":            {cells(`{"N":2,"T":1,"cells":[{"n":2,"t":0,"weight":"1"}]}`), "(n=2, t=0)"},
		"weight 1/0":              {cells(`{"N":2,"T":1,"cells":[{"n":1,"t":0,"weight":"1/0"}]}`), "cells[0].weight"},
		"truncated grid":          {cells(`{"N":2,"T":1,"cells":[`), "grid.json"},
		"grid is a landscape":     {[]string{"series", "-order", "1", "-grid", toyFile}, "N is missing"},
		"order 99":                {[]string{"series", "-grid", "sgd N=3", "-order", "99"}, "99"},
		"order 9":                 {[]string{"series", "-grid", "sgd N=3", "-order", "9"}, "7075470"},
		"unknown observable":      {[]string{"series", "-grid", "sgd N=3", "-order", "1", "-observable", "accuracy"}, "accuracy"},
		"unknown form":            {[]string{"series", "-grid", "sgd N=3", "-order", "1", "-form", "raw"}, "raw"},
		"no landscape file":       {series("/nonexistent/landscape.json"), "/nonexistent/landscape.json"},
		"landscape is a folder":   {series(t.TempDir()), "directory"},
		"landscape is statistics": {series(statisticsFile), "statistics"},
		"truncated landscape":     {series(file(t, "cut.json", toy[:100])), "cut.json"},
		"empty data":              {series(landscapeWith("empty", func(l *landscapeFile) { l.Data = []datumFile{} })), "data"},
		"probabilities":           {series(landscapeWith("prob", func(l *landscapeFile) { l.Data[0].Prob = "1/2" })), "prob"},
		"negative exponent":       {series(landscapeWith("neg", func(l *landscapeFile) { l.Data[0].Loss[0].Exp[0] = -1 })), "-1"},
		"exponents too long":      {series(landscapeWith("long", func(l *landscapeFile) { l.Data[1].Loss[0].Exp = []int{1, 2, 3} })), "data[1].loss[0].exp"},
		"theta too short":         {series(landscapeWith("theta", func(l *landscapeFile) { l.Theta = l.Theta[:1] })), "theta"},
		"NaN":                     {series(landscapeWith("nan", func(l *landscapeFile) { l.Data[0].Loss[0].Coef = "NaN" })), "NaN"},
		"coefficient 1/0":         {series(landscapeWith("zero", func(l *landscapeFile) { l.Data[0].Loss[0].Coef = "1/0" })), "1/0"},
		"a million bits":          {series(landscapeWith("million", func(l *landscapeFile) { l.Data[0].Loss[0].Coef = "1e300000" })), "1e300000"},
		"ode without T":           {[]string{"series", "-order", "1", "-grid", "ode"}, "T is missing"},
		"train loss of ode":       {[]string{"series", "-order", "1", "-grid", "ode T=1", "-observable", "train"}, "training set"},
		"moments of sde":          {[]string{"series", "-order", "1", "-grid", "sde T=1", "-form", "moment"}, "training set"},
		"reshuffled B":            {[]string{"series", "-order", "1", "-grid", "reshuffled N=10 B=3"}, "B=3"},
		"gdc B":                   {[]string{"series", "-order", "1", "-grid", "gdc N=10 T=10 B=11"}, "B=11"},
		"gdc of one point":        {[]string{"compare", "-order", "1", "-grid", "gdc N=1 T=10", "-with", "sgd N=10"}, "N=1"},
		"format":                  {[]string{"formula", "-order", "1", "-format", "pdf"}, "text, latex, go or json"},
		"formula of order 99":     {[]string{"formula", "-order", "99"}, "99"},
		"polynomial of what":      {[]string{"polynomial"}, "either"},
		"compare without with":    {[]string{"compare", "-grid", "sgd N=3", "-order", "1"}, "-with"},
		"eta 1:0:0":               {predict("-eta", "1:0:0"), "1:0:0"},
		"eta 0:1:0":               {predict("-eta", "0:1:0"), "step"},
		"eta 0:1:-1":              {predict("-eta", "0:1:-1"), "step"},
		"eta 0:1":                 {predict("-eta", "0:1"), "from:to:step"},
		"eta of a million points": {predict("-eta", "0:1:1e-9"), "100000"},
		"eta NaN":                 {predict("-eta", "NaN"), "NaN"},
		"eta empty":               {predict("-eta", ""), "number"},
		"no eta":                  {predict(), "-eta"},
		"eta too large":           {predict("-eta", "1e308,1e400"), "-eta"},
		"a grid of 100 kB":        {[]string{"series", "-order", "1", "-grid", strings.Repeat("x", 100_000)}, "xxx"},
		"a flag of 100 kB":        {[]string{"series", "-" + strings.Repeat("x", 100_000)}, "xxx"},
		"missing statistic":       {predict("-eta", "1", "-order", "2"), "(01-2)(02-12)"},
		"statistics: a landscape": {[]string{"predict", "-statistics", toyFile, "-grid", "sgd N=3", "-order", "1", "-eta", "1"}, "landscape"},
		"statistics: covariance":  {[]string{"predict", "-statistics", file(t, "covariance.json", strings.TrimSuffix(statistics, "}")+`,"covariance":{"diagrams":["(0)()"],"matrix":[[1]]}}`), "-grid", "sgd N=3", "-order", "1", "-eta", "1"}, "covariance: (0)(): the variance of its mean is 1"},
		"statistics: no file":     {[]string{"predict", "-statistics", "/nonexistent.json", "-grid", "sgd N=3", "-order", "1", "-eta", "1"}, "/nonexistent.json"},
		"predict displacement":    {predict("-eta", "1", "-observable", "displacement"), "displacement"},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, status := expand(c.args...)
			if status != 2 || stdout != "" {
				t.Errorf("status %d, stdout %.80q", status, stdout)
			}
			if !strings.Contains(stderr, c.culprit) || strings.Count(stderr, "\n") != 1 || len(stderr) > 600 {
				t.Errorf("stderr %q: want one short line with %q", stderr, c.culprit)
			}
		})
	}
}

// A list that ends early has what there was by then.
func TestListStops(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var out, err bytes.Buffer
	status := run(ctx, []string{"diagrams", "-edges", "10", "-limit", "100000000"}, &out, &err)
	late := time.Since(deadlineOf(ctx))
	if lines := strings.Split(out.String(), "\n"); status != 1 || late > 10*time.Second || len(lines) < 100 || lines[0] != "diagrams with 10 edges: 91341253" {
		t.Errorf("status %d, %v late, %d lines after %q, stderr %s", status, late, len(lines), lines[0], &err)
	}
}

func deadlineOf(ctx context.Context) time.Time {
	deadline, _ := ctx.Deadline()
	return deadline
}

// A failure that is not the caller's has status 1.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, err bytes.Buffer
	if status := run(ctx, []string{"series", "-grid", "sgd N=3", "-order", "4"}, &out, &err); status != 1 {
		t.Errorf("status %d, stderr %s; want 1", status, &err)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"diagrams", "-h"}, {"embeddings", "-h"}, {"series", "-h"}, {"compare", "-h"}, {"polynomial", "-h"}, {"formula", "-h"}, {"predict", "-h"}} {
		stdout, stderr, status := expand(args...)
		if status != 0 || stderr != "" || !strings.Contains(stdout, "expand") {
			t.Errorf("%v: status %d, stdout %.80q, stderr %q", args, status, stdout, stderr)
		}
	}
}

// The text forms hold what the JSON forms hold.
func TestText(t *testing.T) {
	grid := file(t, "grid.json", gridFile{N: 2, T: 0, Cells: []cellFile{}})
	irreducible := 0
	tied, err := diagram.Enumerate(5, diagram.Options{Roots: diagram.Tied})
	if err != nil {
		t.Fatal(err)
	}
	for d := range tied {
		if d.Irreducible() {
			irreducible++
		}
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"G_μ G^μ", "exact SGD", "(012-3)(03-13-23)"}},
		{[]string{"diagrams", "-edges", "4", "-count"}, []string{"101"}},
		{[]string{"diagrams", "-edges", "1", "-root", "tied"}, []string{"(01)(01)"}},
		{[]string{"diagrams", "-edges", "4", "-limit", "101"}, []string{"diagrams with 4 edges: 101\n", "(0-1-2-3-4)(04-14-24-34)"}},
		{[]string{"diagrams", "-edges", "5", "-count", "-irreducible", "-root", "tied"}, []string{fmt.Sprint(irreducible, "\n")}},
		{[]string{"diagrams", "-edges", "40", "-count"}, []string{"188818366913022514409645684719632640133050687187561"}},
		{[]string{"embeddings", "-grid", "sgd N=4", "-diagram", "(0-1-2)(01-12)"}, []string{"6"}},
		{[]string{"embeddings", "-grid", grid, "-edges", "1"}, []string{"(0-1)(01)", "0"}},
		{[]string{"embeddings", "-grid", "gd N=4 T=2", "-diagram", "(01)(01)", "-root", "tied"}, []string{"1/2"}},
		{[]string{"embeddings", "-grid", "gd N=4 T=2", "-diagram", "(0-1-2-3)(02-13)", "-root", "two"}, []string{"4"}},
		{[]string{"formula", "-order", "2"}, []string{"η²·M·N·(M·N − 1/2)·G_μ·G_ν·H^μν"}},
		{[]string{"formula", "-order", "1", "-format", "latex", "-observable", "gap"}, []string{`\eta`, "C_{"}},
		{[]string{"formula", "-order", "1", "-json"}, []string{`"text":"l − η·M·N·G_μ·G^μ"`}},
		{[]string{"series", "-grid", "sgd N=3", "-order", "2", "-format", "latex"}, []string{`\eta^{2}`}},
		{[]string{"series", "-grid", "sgd N=3", "-order", "2", "-format", "go"}, []string{"package series", "func TestLoss("}},
		{[]string{"compare", "-grid", "sgd N=3", "-with", "ode T=3", "-order", "2", "-format", "latex"}, []string{"C_{"}},
		{[]string{"series", "-grid", "gd N=2 T=0", "-order", "2"}, []string{"(0)()"}},
		{[]string{"series", "-grid", "sgd N=2147483647 E=2147483647", "-order", "1"}, []string{"4611686014132420609"}},
		{[]string{"series", "-grid", "sgd N=2", "-order", "1", "-landscape", file(t, "toy.json", toy), "-observable", "covariance"}, []string{"coefficients"}},
		{[]string{"predict", "-statistics", file(t, "s.json", statistics), "-grid", "sgd N=2", "-order", "1", "-eta", "1"}, []string{"order 1"}},
	} {
		stdout, stderr, status := expand(c.args...)
		if status != 0 || stderr != "" {
			t.Errorf("%q: status %d, stderr %q", c.args, status, stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%q prints %.400q without %q", c.args, stdout, want)
			}
		}
	}
}
