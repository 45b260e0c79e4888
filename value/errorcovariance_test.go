package value_test

import (
	"errors"
	"fmt"
	"log"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
	"github.com/perturb-go/perturb/value"
)

// Both values are measured on the same data, so their errors have a part in common, which
// their difference, the generalization gap, has not: independent ones would add up to 0.22.
func ExampleStatistics_WithCovariance() {
	noisy, mean := diagram.MustParse("(01)(01)"), diagram.MustParse("(0-1)(01)")
	statistics, err := value.NewStatistics(embed.Moment, map[diagram.Diagram]value.Estimate{
		noisy: {Mean: 5, StdErr: 2}, // E|∇l_x|²
		mean:  {Mean: 3, StdErr: 1}, // |G|²
	})
	if err != nil {
		log.Fatal(err)
	}
	if statistics, err = statistics.WithCovariance([]diagram.Diagram{noisy, mean}, [][]float64{{4, 1.6}, {1.6, 1}}); err != nil {
		log.Fatal(err)
	}
	s, err := value.Expand(ctx, embed.Must(embed.OneEpoch(1)), value.Gap(), 1, statistics.Form())
	if err != nil {
		log.Fatal(err)
	}
	p, err := value.Predict(s, statistics)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", p.At(0.1)[1])
	// Output: {0.20 0.13}
}

// blocks are estimates of value classes, a number for each in every block.
type blocks struct {
	classes []diagram.Diagram
	rows    [][]*big.Rat
}

// mean returns that of class i over blocks.
func (b blocks) mean(i int) *big.Rat {
	sum := new(big.Rat)
	for _, row := range b.rows {
		sum.Add(sum, row[i])
	}
	return sum.Quo(sum, big.NewRat(int64(len(b.rows)), 1))
}

// covariance returns that of the means of classes i and j: Σ_b (x_bi − x̄_i)(x_bj − x̄_j) / n(n−1).
func (b blocks) covariance(i, j int) *big.Rat {
	x, y, sum := b.mean(i), b.mean(j), new(big.Rat)
	for _, row := range b.rows {
		sum.Add(sum, new(big.Rat).Mul(new(big.Rat).Sub(row[i], x), new(big.Rat).Sub(row[j], y)))
	}
	n := int64(len(b.rows))
	return sum.Quo(sum, big.NewRat(n*(n-1), 1))
}

func (b blocks) statistics(t fatal, form embed.Form) *value.Statistics {
	values := map[diagram.Diagram]value.Estimate{}
	matrix := make([][]float64, len(b.classes))
	for i, c := range b.classes {
		values[c] = value.Estimate{Mean: float(b.mean(i)), StdErr: math.Sqrt(float(b.covariance(i, i)))}
		for j := range b.classes {
			matrix[i] = append(matrix[i], float(b.covariance(i, j)))
		}
	}
	s, err := value.NewStatistics(form, values)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.WithCovariance(b.classes, matrix); err != nil {
		t.Fatal(err)
	}
	return s
}

// floats returns the rows.
func (b blocks) floats() [][]float64 {
	rows := make([][]float64, len(b.rows))
	for i, row := range b.rows {
		for _, x := range row {
			rows[i] = append(rows[i], float(x))
		}
	}
	return rows
}

func float(q *big.Rat) float64 {
	f, _ := q.Float64()
	return f
}

// The standard error of a prediction is, exactly but for rounding, that of the mean of the
// predictions which the blocks make, each from its own values. Those are summed here over
// all diagrams, in rational numbers: no value class and no covariance between two of them
// has a part in it. Statistics have the blocks themselves or their covariance.
func TestPredictionsSpreadAsBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const order = 3
		form := rapid.SampledFrom([]embed.Form{embed.Cumulant, embed.Moment}).Draw(t, "form")
		o := rapid.SampledFrom([]value.Observable{value.TestLoss(), value.TrainLoss(), value.Gap()}).Draw(t, "observable")
		expand := func(label string) *value.Series {
			s, err := value.Expand(ctx, gridOf(t, descenttest.Problem().Draw(t, label)), o, order, form)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		first, second := expand("first"), expand("second")
		terms := map[diagram.Diagram]*big.Rat{}
		for _, term := range first.Terms {
			terms[term.Diagram] = term.Coefficient
		}
		var sum value.Sum = first
		if rapid.Bool().Draw(t, "difference") {
			c, err := value.Compare(first, second)
			if err != nil {
				t.Fatal(err)
			}
			sum = c
			for _, term := range second.Terms {
				if terms[term.Diagram] == nil {
					terms[term.Diagram] = new(big.Rat)
				}
				terms[term.Diagram] = new(big.Rat).Sub(terms[term.Diagram], term.Coefficient)
			}
		}
		diagrams := slices.SortedFunc(maps.Keys(terms), diagram.Compare)
		number := map[diagram.Diagram]int{}
		var b blocks
		for _, d := range diagrams {
			if _, known := number[d.Class()]; !known {
				number[d.Class()] = len(b.classes)
				b.classes = append(b.classes, d.Class())
			}
		}
		for range rapid.IntRange(2, 8).Draw(t, "blocks") { // often fewer than values
			var row []*big.Rat
			for range b.classes {
				row = append(row, big.NewRat(rapid.Int64Range(-9, 9).Draw(t, "estimate"), 2))
			}
			b.rows = append(b.rows, row)
		}
		statistics := b.statistics(t, form)
		if rapid.Bool().Draw(t, "blocks themselves") {
			var err error
			if statistics, err = statistics.WithBlocks(b.classes, b.floats(), nil); err != nil {
				t.Fatal(err)
			}
		}
		p, err := value.Predict(sum, statistics)
		if err != nil {
			t.Fatal(err)
		}

		eta := big.NewRat(rapid.Int64Range(-8, 8).Draw(t, "8η"), 8)
		predictions := blocks{rows: make([][]*big.Rat, len(b.rows))} // at index d, through order d
		scale := make([]float64, order+1)                            // Σ |w_c| σ_c, by which errors could add up
		for d := range order + 1 {
			for i, row := range b.rows {
				x := new(big.Rat)
				for term, a := range terms {
					if term.Edges() <= d {
						x.Add(x, new(big.Rat).Mul(new(big.Rat).Mul(a, power(eta, int64(term.Edges()))), row[number[term.Class()]]))
					}
				}
				predictions.rows[i] = append(predictions.rows[i], x)
			}
			for term, a := range terms {
				if term.Edges() <= d {
					scale[d] += math.Abs(float(a)*float(power(eta, int64(term.Edges())))) * (1 + math.Sqrt(float(b.covariance(number[term.Class()], number[term.Class()]))))
				}
			}
		}
		for d, got := range p.At(float(eta)) {
			mean, variance := float(predictions.mean(d)), float(predictions.covariance(d, d))
			// Means are below 5. Sums of some hundred products, each rounded a few times.
			if math.Abs(got.Mean-mean) > 1e-13*5*scale[d] || math.Abs(got.StdErr*got.StdErr-variance) > 1e-13*scale[d]*scale[d] {
				t.Fatalf("through order %d: %v, want %v with variance %v", d, got, mean, variance)
			}
		}
	})
}

// three are values with standard errors ½, 1 and 2.
const three = `"form": "moment", "statistics": {
	"(0)()": {"mean": 2, "stddev": 1, "samples": 4},
	"(0-1)(01)": {"mean": 3, "stddev": 2, "samples": 4},
	"(01)(01)": {"mean": 5, "stddev": 4, "samples": 4}}`

// withCovariance is a file of three.
func withCovariance(text string) string { return "{" + three + `, "covariance": ` + text + "}" }

// By hand: l(θ_0) − η T G² for T = 2, and the gap η (E|∇l_x|² − G²) for N = T = 1.
func TestPredictCorrelated(t *testing.T) {
	const one = `{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [1, 1]]}`
	expand := func(grid embed.Grid, o value.Observable) *value.Series {
		s, err := value.Expand(ctx, grid, o, 1, embed.Moment)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	test, shorter := expand(embed.Must(embed.OneEpoch(2)), value.TestLoss()), expand(embed.Must(embed.OneEpoch(1)), value.TestLoss())
	gap := expand(embed.Must(embed.OneEpoch(1)), value.Gap())
	difference, err := value.Compare(test, shorter)
	if err != nil {
		t.Fatal(err)
	}
	known := func(s *value.Statistics, d string, mean float64) *value.Statistics {
		s, err := s.Known(diagram.MustParse(d), mean)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct {
		name, text   string
		sum          value.Sum
		know         string
		mean, stderr float64
	}{
		{"independent", "{" + three + "}", test, "", 2 - 0.1*2*3, math.Hypot(0.5, 0.1*2*1)},
		{"null", withCovariance(`null`), test, "", 2 - 0.1*2*3, math.Hypot(0.5, 0.1*2*1)},
		{"empty", withCovariance(`{}`), gap, "", 0.1 * (5 - 3), 0.1 * math.Sqrt(4+1)},
		{"independent gap", "{" + three + "}", gap, "", 0.1 * (5 - 3), 0.1 * math.Sqrt(4+1)},
		{"gap", withCovariance(one), gap, "", 0.1 * (5 - 3), 0.1 * math.Sqrt(4+1-2*1)},
		{"gap, against", withCovariance(`{"diagrams": ["(0-1)(01)", "(01)(01)"], "matrix": [[1, -1], [-1, 4]]}`), gap, "", 0.1 * (5 - 3), 0.1 * math.Sqrt(4+1+2*1)},
		{"gap, fully", withCovariance(`{"diagrams": ["(0-1)(01)", "(01)(01)"], "matrix": [[1, 2], [2, 4]]}`), gap, "", 0.1 * (5 - 3), 0.1 * (2 - 1)},
		{"one apart", withCovariance(one), test, "", 2 - 0.1*2*3, math.Hypot(0.5, 0.1*2*1)},
		{"a difference without what is common", withCovariance(one), difference, "", -0.1 * 3, 0.1 * 1},
		{"known start", withCovariance(`{"diagrams": ["(0)()", "(0-1)(01)"], "matrix": [[0.25, 0.5], [0.5, 1]]}`), test, "(0)()", 7 - 0.1*2*3, 0.1 * 2 * 1},
		{"known gradient", withCovariance(one), gap, "(0-1)(01)", 0.1 * (5 - 7), 0.1 * 2},
	} {
		s, err := value.ReadStatistics(strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if c.know != "" {
			s = known(s, c.know, 7)
		}
		p, err := value.Predict(c.sum, s)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.At(0.1)[1]; math.Abs(got.Mean-c.mean) > 1e-15 || math.Abs(got.StdErr-c.stderr) > 1e-15 {
			t.Errorf("%s: %v, want %v ± %v", c.name, got, c.mean, c.stderr)
		}
	}
}

// Where rounded numbers say that a prediction has a variance below 0, it has none.
func TestPredictWithoutError(t *testing.T) {
	both := []diagram.Diagram{diagram.MustParse("(0-1)(01)"), diagram.MustParse("(01)(01)")}
	s, err := value.NewStatistics(embed.Moment, map[diagram.Diagram]value.Estimate{both[0]: {Mean: 3, StdErr: 1}, both[1]: {Mean: 5, StdErr: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.WithCovariance(both, [][]float64{{1, 1.00001}, {1.00001, 1}}); err != nil {
		t.Fatal(err)
	}
	gap, err := value.Expand(ctx, embed.Must(embed.OneEpoch(1)), value.Gap(), 1, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	p, err := value.Predict(gap, s)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.At(0.5)[1], (value.Estimate{Mean: 0.5 * (5 - 3)}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// Statistics stay what they are when others are made of them.
func TestStatisticsDoNotChange(t *testing.T) {
	s, err := value.ReadStatistics(strings.NewReader(withCovariance(`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [1, 1]]}`)))
	if err != nil {
		t.Fatal(err)
	}
	g, c := diagram.MustParse("(0-1)(01)"), diagram.MustParse("(01)(01)")
	check := func(name string, s *value.Statistics, want float64) {
		t.Helper()
		for _, pair := range [][2]diagram.Diagram{{g, c}, {c, g}} {
			if got, err := s.Covariance(pair[0], pair[1]); err != nil || got != want {
				t.Errorf("%s: covariance %v, %v, want %v", name, got, err, want)
			}
		}
		if got, err := s.Covariance(c, c); err != nil || got != 4 {
			t.Errorf("%s: variance %v, %v, want 4", name, got, err)
		}
	}
	known, err := s.Known(g, 7)
	if err != nil {
		t.Fatal(err)
	}
	check("known", known, 0)
	matrix := [][]float64{{4, -2}, {-2, 1}}
	other, err := s.WithCovariance([]diagram.Diagram{c, g}, matrix)
	if err != nil {
		t.Fatal(err)
	}
	matrix[1][0] = 5
	check("with another covariance", other, -2)
	check("as read", s, 1)
	chain := diagram.MustParse("(0-1-2)(01-12)")
	for _, pair := range [][2]diagram.Diagram{{g, chain}, {chain, g}} {
		if _, err := s.Covariance(pair[0], pair[1]); !errors.Is(err, value.ErrMissing) || !strings.Contains(err.Error(), chain.String()) {
			t.Errorf("covariance with a value that is not there: %v", err)
		}
	}
	for _, mean := range []float64{math.NaN(), math.Inf(-1)} {
		if _, err := s.Known(g, mean); !errors.Is(err, value.ErrStatistics) {
			t.Errorf("known to be %v: %v", mean, err)
		}
	}
}

// badCovariances are of three, with what the error names.
var badCovariances = map[string]string{
	`3`:                          "covariance",
	`[]`:                         "covariance",
	`{"diagrams": "(0)()"}`:      "diagrams",
	`{"diagrams": ["(01)(01)"]}`: "0 rows for 1 diagrams",
	`{"matrix": [[1]]}`:          "1 rows for 0 diagrams",
	`{"diagrams": ["(01)(01)"], "matrix": 4}`:                                                    "matrix",
	`{"diagrams": ["(01)(01)"], "matrix": [4]}`:                                                  "matrix: row 0",
	`{"diagrams": ["(01)(01)"], "matrix": [["4"]]}`:                                              "matrix: row 0",
	`{"diagrams": ["(01)(01)"], "matrix": [[null]]}`:                                             "null",
	`{"diagrams": ["(01)(01)"], "matrix": [[1e999]]}`:                                            "1e999",
	`{"diagrams": ["(01)(01)"], "matrix": [[NaN]]}`:                                              "'N'",
	`{"diagrams": ["(01)(01)"], "matrix": [[4]], "matrix": [[4]]}`:                               "matrix: stands twice",
	`{"diagrams": ["(01)"], "matrix": [[1]]}`:                                                    "(01)",
	`{"diagrams": ["(01-2)(02-12)"], "matrix": [[1]]}`:                                           "(01-2)(02-12)", // not measured
	`{"diagrams": ["(01)(01)"], "matrix": [[4, 2]]}`:                                             "(01)(01): a row of 2",
	`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [1]]}`:                           "(0-1)(01): a row of 1",
	`{"diagrams": ["(01)(01)"], "matrix": [[-4]]}`:                                               "(01)(01): the variance of its mean is -4",
	`{"diagrams": ["(01)(01)"], "matrix": [[16]]}`:                                               "(01)(01): the variance of its mean is 16", // of one sample
	`{"diagrams": ["(01)(01)"], "matrix": [[0]]}`:                                                "(01)(01): the variance of its mean is 0",
	`{"diagrams": ["(01)(01)"], "matrix": [[4.0002]]}`:                                           "(01)(01): the variance of its mean is 4.0002",
	`{"diagrams": ["(01)(01)", "(01)(01)"], "matrix": [[4, 4], [4, 4]]}`:                         "(01)(01): its value class stands twice",
	`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 3], [3, 1]]}`:                        "(0-1)(01) and (01)(01): it is 3",
	`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [0.5, 1]]}`:                      "(0-1)(01) and (01)(01): it is 0.5 one way",
	`{"diagrams": ["(01)(01)", "(0-1)(01)"], "matrix": [[4, 1], [1, 1]], "diagrams": ["(0)()"]}`: "diagrams: stands twice",
	// Two are fully correlated, and the third with one alone.
	`{"diagrams": ["(0)()", "(0-1)(01)", "(01)(01)"], "matrix": [[0.25, 0.5, 0], [0.5, 1, 2], [0, 2, 4]]}`: "(01)(01): with the rows before",
	// Correlations of −0.51 between all three: the eigenvalue 1 − 2·0.51 is negative.
	`{"diagrams": ["(0)()", "(0-1)(01)", "(01)(01)"], "matrix": [[0.25, -0.255, -0.51], [-0.255, 1, -1.02], [-0.51, -1.02, 4]]}`: "(01)(01): with the rows before",
}

func TestBadCovariances(t *testing.T) {
	for text, culprit := range badCovariances {
		_, err := value.ReadStatistics(strings.NewReader(withCovariance(text)))
		if !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), culprit) {
			t.Errorf("%s: %v, want ErrStatistics naming %q", text, err, culprit)
		}
	}
	s, err := value.ReadStatistics(strings.NewReader("{" + three + "}"))
	if err != nil {
		t.Fatal(err)
	}
	for x, culprit := range map[float64]string{math.NaN(): "NaN", math.Inf(1): "+Inf"} {
		if _, err := s.WithCovariance([]diagram.Diagram{{}}, [][]float64{{x}}); !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), "(0)(): the variance of its mean is "+culprit) {
			t.Errorf("variance %v: %v", x, err)
		}
		both := []diagram.Diagram{{}, diagram.MustParse("(0-1)(01)")}
		for _, matrix := range [][][]float64{{{0.25, 0}, {x, 1}}, {{0.25, x}, {0, 1}}} {
			if _, err := s.WithCovariance(both, matrix); !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), culprit) {
				t.Errorf("covariance %v: %v", x, err)
			}
		}
	}
	if _, err := s.WithCovariance(make([]diagram.Diagram, value.MaxCovariance+1), nil); !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), "2049 diagrams") {
		t.Errorf("too many diagrams: %v", err)
	}
	if _, err := s.WithCovariance([]diagram.Diagram{diagram.MustParse("(0-1-2)(01-12)")}, [][]float64{{1}}); !errors.Is(err, value.ErrMissing) {
		t.Errorf("a diagram without a value: %v", err)
	}
}

// A covariance is accepted however few blocks it is of, and with its numbers cut to six
// digits, as printf's %g prints them. Its smallest eigenvalues are 0 then, but for that.
func TestCovariancesOfSixDigits(t *testing.T) {
	list, err := diagram.Enumerate(4, diagram.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var classes []diagram.Diagram
	seen := map[diagram.Diagram]bool{}
	for d := range list {
		if c := d.Class(); !seen[c] && len(classes) < 20 {
			seen[c] = true
			classes = append(classes, c)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		b := blocks{classes: classes[:rapid.IntRange(2, len(classes)).Draw(t, "values")]}
		for range rapid.IntRange(2, 5).Draw(t, "blocks") {
			common := rapid.Int64Range(-1000, 1000).Draw(t, "common")
			var row []*big.Rat
			for range b.classes {
				row = append(row, big.NewRat(common+rapid.Int64Range(-2, 2).Draw(t, "own"), 7))
			}
			b.rows = append(b.rows, row)
		}
		var entries, names, rows []string
		for i, c := range b.classes {
			samples := int64(len(b.rows))
			stddev := math.Sqrt(float(b.covariance(i, i)) * float64(samples))
			entries = append(entries, fmt.Sprintf(`"%v": {"mean": %g, "stddev": %.6g, "samples": %d}`, c, float(b.mean(i)), stddev, samples))
			names = append(names, fmt.Sprintf("%q", c))
			var row []string
			for j := range b.classes {
				row = append(row, fmt.Sprintf("%.6g", float(b.covariance(i, j))))
			}
			rows = append(rows, "["+strings.Join(row, ", ")+"]")
		}
		text := fmt.Sprintf(`{"form": "cumulant", "statistics": {%s}, "covariance": {"diagrams": [%s], "matrix": [%s]}}`,
			strings.Join(entries, ", "), strings.Join(names, ", "), strings.Join(rows, ", "))
		if _, err := value.ReadStatistics(strings.NewReader(text)); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		b.statistics(t, embed.Cumulant) // with all digits
	})
}
