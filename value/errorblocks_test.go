package value_test

import (
	"errors"
	"fmt"
	"log"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// Three blocks make the gaps η (E|∇l_x|² − |G|²) = 0.1, 0.2 and 0.3 at η = 0.1, so that their
// mean has the standard error 0.1/√3, half of what it would have were the errors independent.
func ExampleStatistics_WithBlocks() {
	noisy, mean := diagram.MustParse("(01)(01)"), diagram.MustParse("(0-1)(01)")
	statistics, err := value.NewStatistics(embed.Moment, map[diagram.Diagram]value.Estimate{
		noisy: {Mean: 5, StdErr: 1},                 // E|∇l_x|²
		mean:  {Mean: 3, StdErr: math.Sqrt(1. / 3)}, // |G|²
	})
	if err != nil {
		log.Fatal(err)
	}
	estimates := [][]float64{{4, 3}, {4, 2}, {7, 4}}
	if statistics, err = statistics.WithBlocks([]diagram.Diagram{noisy, mean}, estimates, nil); err != nil {
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
	fmt.Printf("%.4f\n", p.At(0.1)[1])
	// Output: {0.2000 0.0577}
}

// grouped are blocks of sizes m: independent estimates as the means of m alike ones.
type grouped struct {
	blocks
	sizes []int
}

// weight returns m_b/M.
func (g grouped) weight(b int) *big.Rat {
	total := 0
	for _, m := range g.sizes {
		total += m
	}
	return big.NewRat(int64(g.sizes[b]), int64(total))
}

func (g grouped) mean(i int) *big.Rat {
	sum := new(big.Rat)
	for b, row := range g.rows {
		sum.Add(sum, new(big.Rat).Mul(g.weight(b), row[i]))
	}
	return sum
}

// covariance returns Σ_b m_b (x_bi − x̄_i)(x_bj − x̄_j) / M(n−1).
func (g grouped) covariance(i, j int) *big.Rat {
	x, y, sum := g.mean(i), g.mean(j), new(big.Rat)
	for b, row := range g.rows {
		product := new(big.Rat).Mul(new(big.Rat).Sub(row[i], x), new(big.Rat).Sub(row[j], y))
		sum.Add(sum, product.Mul(product, g.weight(b)))
	}
	return sum.Quo(sum, big.NewRat(int64(len(g.rows)-1), 1))
}

// values are those that the blocks have the means and standard errors of.
func (g grouped) values(t fatal, form embed.Form) *value.Statistics {
	values := map[diagram.Diagram]value.Estimate{}
	for i, c := range g.classes {
		values[c] = value.Estimate{Mean: float(g.mean(i)), StdErr: math.Sqrt(float(g.covariance(i, i)))}
	}
	s, err := value.NewStatistics(form, values)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func drawGrouped(t *rapid.T, classes []diagram.Diagram) grouped {
	g := grouped{blocks: blocks{classes: classes}}
	for range rapid.IntRange(2, 8).Draw(t, "blocks") { // often fewer than values
		var row []*big.Rat
		for range classes {
			row = append(row, big.NewRat(rapid.Int64Range(-9, 9).Draw(t, "estimate"), 2))
		}
		g.rows = append(g.rows, row)
		g.sizes = append(g.sizes, rapid.IntRange(1, 3).Draw(t, "size"))
	}
	return g
}

func sameSizes(sizes []int) bool {
	for _, m := range sizes {
		if m != sizes[0] {
			return false
		}
	}
	return true
}

// Blocks say of errors what their covariance does, which is here exact: between any two
// values, and for predictions, also where some values are not in the blocks or are known.
func TestBlocksAreTheirCovariance(t *testing.T) {
	list := classesTo(t, 2)
	series := map[embed.Form]*value.Series{}
	for _, form := range []embed.Form{embed.Cumulant, embed.Moment} {
		s, err := value.Expand(ctx, embed.Must(embed.OneEpoch(4)), value.TrainLoss(), 2, form)
		if err != nil {
			t.Fatal(err)
		}
		series[form] = s
	}
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom([]embed.Form{embed.Cumulant, embed.Moment}).Draw(t, "form")
		g := drawGrouped(t, list)
		some := rapid.IntRange(0, len(list)).Draw(t, "in blocks")
		matrix := make([][]float64, some)
		for i := range matrix {
			for j := range some {
				matrix[i] = append(matrix[i], float(g.covariance(i, j)))
			}
		}
		rows := g.floats()
		for b := range rows {
			rows[b] = rows[b][:some]
		}
		sizes := g.sizes
		if sameSizes(sizes) && rapid.Bool().Draw(t, "nil") {
			sizes = nil
		}
		alone := g.values(t, form)
		byBlocks, err := alone.WithBlocks(list[:some], rows, sizes)
		if err != nil {
			t.Fatal(err)
		}
		byMatrix, err := alone.WithCovariance(list[:some], matrix)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "known") {
			d := rapid.SampledFrom(list).Draw(t, "which")
			for _, s := range []**value.Statistics{&byBlocks, &byMatrix} {
				if *s, err = (*s).Known(d, 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, c := range list {
			for _, d := range list {
				got, err := byBlocks.Covariance(c, d)
				want, also := byMatrix.Covariance(c, d)
				// Each number is below 5, and the sum is of at most 8 products of two.
				if err != nil || also != nil || math.Abs(got-want) > 1e-14*25 {
					t.Fatalf("%v and %v: %v, %v, want %v, %v", c, d, got, err, want, also)
				}
			}
		}
		scale := 0.0 // by which errors could add up, at most 5 of each value
		for _, term := range series[form].Terms {
			scale += 5 * math.Abs(float(term.Coefficient)) * math.Pow(0.5, float64(term.Diagram.Edges()))
		}
		want := predictAt(t, series[form], byMatrix, 0.5)
		for d, got := range predictAt(t, series[form], byBlocks, 0.5) {
			if got.Mean != want[d].Mean || math.Abs(got.StdErr*got.StdErr-want[d].StdErr*want[d].StdErr) > 1e-13*scale*scale {
				t.Fatalf("through order %d: %v, want %v", d, got, want[d])
			}
		}
	})
}

// classesTo returns the value classes of diagrams with one root to an order.
func classesTo(t testing.TB, order int) []diagram.Diagram {
	t.Helper()
	var classes []diagram.Diagram
	seen := map[diagram.Diagram]bool{}
	for edges := range order + 1 {
		for _, roots := range []diagram.Roots{diagram.Single, diagram.Tied} {
			list, err := diagram.Enumerate(edges, diagram.Options{Roots: roots})
			if err != nil {
				t.Fatal(err)
			}
			for d := range list {
				if c := d.Class(); !seen[c] {
					seen[c] = true
					classes = append(classes, c)
				}
			}
		}
	}
	return classes
}

func predictAt(t fatal, s value.Sum, statistics *value.Statistics, eta float64) []value.Estimate {
	p, err := value.Predict(s, statistics)
	if err != nil {
		t.Fatal(err)
	}
	return p.At(eta)
}

// What cancels between estimates of a block leaves rounding of them, not its square root:
// the errors of both values here have 10⁹ in common, of whose square 1 is rounding.
func TestBlocksCancel(t *testing.T) {
	both := []diagram.Diagram{diagram.MustParse("(01)(01)"), diagram.MustParse("(0-1)(01)")}
	rows := [][]float64{{1e9 + 1, 1e9}, {-1e9 + 2, -1e9}, {3, 0}}
	const apart = 1 // the standard deviation of 1, 2, 3
	s, err := value.NewStatistics(embed.Moment, map[diagram.Diagram]value.Estimate{
		both[0]: {Mean: 2, StdErr: math.Sqrt((math.Pow(1e9-1, 2) + math.Pow(1e9, 2) + 1) / 6)},
		both[1]: {Mean: 0, StdErr: math.Sqrt(2e18 / 6)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.WithBlocks(both, rows, nil); err != nil {
		t.Fatal(err)
	}
	gap, err := value.Expand(ctx, embed.Must(embed.OneEpoch(1)), value.Gap(), 1, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	got, want := predictAt(t, gap, s, 1)[1], value.Estimate{Mean: 2, StdErr: apart / math.Sqrt(3)}
	// 1e9 has a rounding of 1e-7, of which there are a few.
	if got.Mean != want.Mean || math.Abs(got.StdErr-want.StdErr) > 1e-6 {
		t.Errorf("%v, want %v", got, want)
	}
}

// Groups of blocks have, over all data, the covariance of the blocks: with errors of
// variance 1 it is 1/M in the mean. Here every one of 2^M data, each ±1, is taken.
func TestGroupsAreUnbiased(t *testing.T) {
	for _, sizes := range [][]int{{1, 1}, {1, 2}, {3, 2, 2}, {4, 1, 1, 1}} {
		total := 0
		for _, m := range sizes {
			total += m
		}
		sum := new(big.Rat)
		for data := range 1 << total {
			g, at := grouped{sizes: sizes}, 0
			for _, m := range sizes {
				x := new(big.Rat)
				for range m {
					x.Add(x, big.NewRat(int64(data>>at&1*2-1), int64(m)))
					at++
				}
				g.rows = append(g.rows, []*big.Rat{x})
			}
			variance := g.covariance(0, 0)
			sum.Add(sum, variance)
			s := statisticsOf(t, value.Estimate{Mean: float(g.mean(0)), StdErr: math.Sqrt(float(variance))})
			if _, err := s.WithBlocks([]diagram.Diagram{{}}, g.floats(), sizes); err != nil {
				t.Fatalf("%v of %v: %v", sizes, g.rows, err)
			}
		}
		if sum.Quo(sum, big.NewRat(1<<total, 1)).Cmp(big.NewRat(1, int64(total))) != 0 {
			t.Errorf("%v: in the mean %v, want 1/%d", sizes, sum, total)
		}
	}
}

// statisticsOf has the loss at the start alone.
func statisticsOf(t fatal, e value.Estimate) *value.Statistics {
	s, err := value.NewStatistics(embed.Moment, map[diagram.Diagram]value.Estimate{{}: e})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Statistics stay what they are when their blocks are changed, and when others are made of
// them.
func TestBlocksDoNotChange(t *testing.T) {
	rows := [][]float64{{3}, {7}}
	alone := statisticsOf(t, value.Estimate{Mean: 5, StdErr: 3})
	if _, err := alone.WithBlocks([]diagram.Diagram{{}}, rows, nil); !errors.Is(err, value.ErrStatistics) {
		t.Errorf("blocks of another standard error: %v", err)
	}
	s, err := statisticsOf(t, value.Estimate{Mean: 5, StdErr: 2}).WithBlocks([]diagram.Diagram{{}}, rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	test, err := value.Expand(ctx, embed.Must(embed.OneEpoch(1)), value.TestLoss(), 0, embed.Moment)
	if err != nil {
		t.Fatal(err)
	}
	rows[0][0] = 1e9
	known, err := s.Known(diagram.Diagram{}, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s    *value.Statistics
		want value.Estimate
	}{{s, value.Estimate{Mean: 5, StdErr: 2}}, {known, value.Estimate{Mean: 2}}} {
		// √2² is rounded.
		if got := predictAt(t, test, c.s, 1)[0]; got.Mean != c.want.Mean || math.Abs(got.StdErr-c.want.StdErr) > 1e-15 {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

// badBlocks are of three, with what the error names.
var badBlocks = map[string]string{
	`3`:                     "blocks",
	`[]`:                    "blocks",
	`{}`:                    "blocks: 0 rows",
	`{"diagrams": "(0)()"}`: "diagrams",
	`{"diagrams": [null], "estimates": [[1], [2]]}`:                                             "null",
	`{"diagrams": ["(01)(01)"]}`:                                                                "0 rows",
	`{"diagrams": ["(01)(01)"], "estimates": 4}`:                                                "estimates",
	`{"diagrams": ["(01)(01)"], "estimates": null}`:                                             "estimates",
	`{"diagrams": ["(01)(01)"], "estimates": [[4]]}`:                                            "1 rows",
	`{"diagrams": ["(01)(01)"], "estimates": [4, 5]}`:                                           "estimates: row 0",
	`{"diagrams": ["(01)(01)"], "estimates": [[4], ["5"]]}`:                                     "estimates: row 1",
	`{"diagrams": ["(01)(01)"], "estimates": [[4], [[5]]]}`:                                     "estimates: row 1",
	`{"diagrams": ["(01)(01)"], "estimates": [[4], null]}`:                                      "estimates: row 1",
	`{"diagrams": ["(01)(01)"], "estimates": [[4], [null]]}`:                                    "null",
	`{"diagrams": ["(01)(01)"], "estimates": [[4], [1e999]]}`:                                   "1e999",
	`{"diagrams": ["(01)(01)"], "estimates": [[4], [NaN]]}`:                                     "'N'",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "estimates": [[3], [7]]}`:              "estimates: stands twice",
	`{"diagrams": ["(01)"], "estimates": [[3], [7]]}`:                                           "(01)",
	`{"diagrams": ["(01-2)(02-12)"], "estimates": [[3], [7]]}`:                                  "(01-2)(02-12)", // not measured
	`{"diagrams": ["(01)(01)", "(01)(01)"], "estimates": [[3, 3], [7, 7]]}`:                     "(01)(01): its value class stands twice",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7, 7]]}`:                                    "row 1 has 2 numbers for 1 diagrams",
	`{"diagrams": ["(01)(01)"], "estimates": [[], [7]]}`:                                        "estimates: row 0: no numbers",
	`{"estimates": [[3], [7]]}`:                                                                 "row 0 has 1 numbers for 0 diagrams",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [8]]}`:                                       "(01)(01): the mean of its estimates is 5.5, but its mean 5",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7.0005]]}`:                                  "(01)(01): the mean of its estimates is 5.0002",
	`{"diagrams": ["(01)(01)"], "estimates": [[3.001], [6.999]]}`:                               "(01)(01): its estimates spread to a standard error of 1.9989", // some rounding of 5 is allowed
	`{"diagrams": ["(01)(01)"], "estimates": [[5], [5]]}`:                                       "(01)(01): its estimates spread to a standard error of 0",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": [1]}`:                         "1 sizes for 2 rows",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": []}`:                          "0 sizes for 2 rows",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": 3}`:                           "sizes",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": [1, 1.5]}`:                    "sizes",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": [1, null]}`:                   "null",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": [1, 0]}`:                      "row 1 has the size 0",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": [-1, 3]}`:                     "row 0 has the size -1",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": [1, 3]}`:                      "(01)(01): the mean of its estimates is 6",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]]}, "covariance": {}`:                     "covariance and blocks",
	`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]]}, "blocks": {"diagrams": ["(0)()"]}`:    "blocks: stands twice",
	`{"diagrams": ["(01)(01)"], "estimates": [[-1.7e308], [1.7e308]]}`:                          "(01)(01): the mean of its estimates is",
	`{"diagrams": ["(01)(01)"], "estimates": [[0], [1.7e308], [-1.7e308]], "sizes": [1, 1, 1]}`: "(01)(01): its estimates spread to a standard error of 9.8",
}

// withBlocks is a file of three.
func withBlocks(text string) string { return "{" + three + `, "blocks": ` + text + "}" }

func TestBadBlocks(t *testing.T) {
	for text, culprit := range badBlocks {
		_, err := value.ReadStatistics(strings.NewReader(withBlocks(text)))
		if !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), culprit) {
			t.Errorf("%s: %v, want ErrStatistics naming %q", text, err, culprit)
		}
	}
	s := statisticsOf(t, value.Estimate{Mean: 5, StdErr: 2})
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := s.WithBlocks([]diagram.Diagram{{}}, [][]float64{{3}, {x}}, nil); !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), fmt.Sprintf("(0)(): in row 1 it is %v", x)) {
			t.Errorf("%v: %v", x, err)
		}
	}
	if _, err := s.WithBlocks([]diagram.Diagram{diagram.MustParse("(01)(01)")}, [][]float64{{3}, {7}}, nil); !errors.Is(err, value.ErrMissing) {
		t.Errorf("a diagram without a value: %v", err)
	}
	if _, err := s.WithBlocks([]diagram.Diagram{{}}, nil, nil); !errors.Is(err, value.ErrStatistics) {
		t.Errorf("no blocks: %v", err)
	}
}

// A file cannot have more numbers than there should be room for, of any kind.
func TestBlocksTooMany(t *testing.T) {
	many := strings.Repeat("0,", value.MaxEstimates) + "0"
	for text, culprit := range map[string]string{
		`{"diagrams": ["(01)(01)"], "estimates": [[3], [7]], "sizes": [` + many + `]}`: "sizes",
		`{"diagrams": [` + many + `]}`: "diagrams",
		`{"diagrams": ["(01)(01)"], "estimates": [[` + many[:value.MaxEstimates-1] + `], [` + many[:value.MaxEstimates-1] + `], [0]]}`: "estimates: row 2",
	} {
		_, err := value.ReadStatistics(strings.NewReader(withBlocks(text)))
		if !errors.Is(err, value.ErrStatistics) || !strings.Contains(err.Error(), culprit) || !strings.Contains(err.Error(), "more than") {
			t.Errorf("%.60s: %v, want ErrStatistics naming %q", text, err, culprit)
		}
	}
}

// Blocks are accepted with their numbers cut to six digits, as printf's %g prints them, also
// where all that differs between blocks is lost so.
func TestBlocksOfSixDigits(t *testing.T) {
	classes := classesTo(t, 3)[:6]
	rapid.Check(t, func(t *rapid.T) {
		g := grouped{blocks: blocks{classes: classes}}
		common := rapid.Int64Range(-1e9, 1e9).Draw(t, "common")
		for range rapid.IntRange(2, 5).Draw(t, "blocks") {
			var row []*big.Rat
			for range classes {
				row = append(row, big.NewRat(common+rapid.Int64Range(-2000, 2000).Draw(t, "own"), 7))
			}
			g.rows = append(g.rows, row)
			g.sizes = append(g.sizes, rapid.IntRange(1, 3).Draw(t, "size"))
		}
		var entries, names, rows, sizes []string
		for i, c := range classes {
			entries = append(entries, fmt.Sprintf(`"%v": {"mean": %.6g, "stddev": %.6g, "samples": 7}`, c, float(g.mean(i)), math.Sqrt(7*float(g.covariance(i, i)))))
			names = append(names, fmt.Sprintf("%q", c))
		}
		for b, row := range g.floats() {
			var texts []string
			for _, x := range row {
				texts = append(texts, fmt.Sprintf("%.6g", x))
			}
			rows = append(rows, "["+strings.Join(texts, ", ")+"]")
			sizes = append(sizes, fmt.Sprint(g.sizes[b]))
		}
		text := fmt.Sprintf(`{"form": "cumulant", "statistics": {%s}, "blocks": {"diagrams": [%s], "sizes": [%s], "estimates": [%s]}}`,
			strings.Join(entries, ", "), strings.Join(names, ", "), strings.Join(sizes, ", "), strings.Join(rows, ", "))
		if _, err := value.ReadStatistics(strings.NewReader(text)); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if _, err := g.values(t, embed.Cumulant).WithBlocks(classes, g.floats(), g.sizes); err != nil { // with all digits
			t.Fatal(err)
		}
	})
}
