package measure

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// maxNumbers bounds the numbers in a file that say what errors have in common: of some 20
// bytes each, in a file of which value.ReadStatistics reads 64 MiB.
const maxNumbers = 1_500_000

// WriteJSON writes the values in the form that value.ReadStatistics reads, and `expand
// predict` and `check` with it:
//
//	{
//	 "form": "moment",
//	 "landscape": "…", "source": "…", "batch": 8, "tied": 1, "seed": 0,
//	 "statistics": {"(01-2)(02-12)": {"mean": …, "stddev": …, "samples": …}, …},
//	 "covariance": {"diagrams": ["(01-2)(02-12)", …], "matrix": [[…], …]}
//	}
//
// A key of statistics is a diagram, which stands for its value class. mean is the measured
// value; samples is the number of independent estimates of it, here blocks; stddev is the
// standard deviation of one, so that the standard error is stddev/√samples. covariance is
// that of the means, with rows and columns in the order of its diagrams; source is for
// people: where the data are from. Readers ignore the other keys.
//
// If there are fewer blocks than diagrams the file has, instead of a covariance, what it is
// of: the blocks' estimates, with a row for each block and a column for each diagram,
//
//	"blocks": {"diagrams": ["(01-2)(02-12)", …], "sizes": [1, …], "estimates": [[…], …]}
//
// as value.Statistics.WithBlocks takes them. No more than 1 500 000 numbers are written:
// of more estimates, a row is the mean of some consecutive blocks, as many as its size, and
// no size exceeds another by more than one. Means are the same then; squares of standard
// errors, and of stddev, are unbiased still, but are estimated from that many rows.
//
// Anything that has unbiased, independent estimates of values can write the same file:
// README.md of examples/measure has a script that does with PyTorch.
//
// The error wraps ErrResult if there are fewer than two blocks, or a value is not finite.
func (r *Result) WriteJSON(w io.Writer, source string) error {
	if len(r.rows) < 2 {
		return fmt.Errorf("measure: %d blocks have no standard deviation: %w", len(r.rows), ErrResult)
	}
	for i, d := range r.spec.Diagrams {
		variance := r.covariance(i, i)
		if math.IsNaN(r.mean[i]) || math.IsInf(r.mean[i], 0) || math.IsNaN(variance) || math.IsInf(variance, 0) {
			return fmt.Errorf("measure: %v is %v, with variance %v: %w", d, r.mean[i], variance, ErrResult)
		}
	}
	if _, err := io.WriteString(w, r.file(source)); err != nil {
		return fmt.Errorf("measure: %w", err)
	}
	return nil
}

// file returns what WriteJSON writes.
func (r *Result) file(source string) string {
	head := lines{member("form", r.spec.Form.String()), member("landscape", r.spec.Landscape.Name())}
	if source != "" {
		head = append(head, member("source", source))
	}
	head = append(head, member("batch", r.spec.Batch), member("tied", r.spec.Tied), member("seed", r.spec.Seed))
	diagrams := len(r.spec.Diagrams)
	room := max(2, maxNumbers/max(1, diagrams)) // for rows of a number for each diagram
	if diagrams <= min(room, len(r.rows)) {
		return append(head, r.statistics(), r.errors("covariance", "matrix", r.covariances())).within("{", "}", "") + "\n"
	}
	g := r.grouped(room)
	return append(head, g.statistics(), g.errors("blocks", "estimates", g.rows)).within("{", "}", "") + "\n"
}

// statistics returns the member of that name.
func (r *Result) statistics() string {
	type entry struct {
		Mean    float64 `json:"mean"`
		StdDev  float64 `json:"stddev"`
		Samples int     `json:"samples"`
	}
	var entries lines
	for i, d := range r.spec.Diagrams {
		entries = append(entries, member(d.String(), entry{r.mean[i], math.Sqrt(r.covariance(i, i) * float64(r.blocks)), r.blocks}))
	}
	return text("statistics") + ": " + entries.within("{", "}", " ")
}

// errors returns the member that says what errors have in common, by a table.
func (r *Result) errors(name, table string, rows [][]float64) string {
	var names []string
	for _, d := range r.spec.Diagrams {
		names = append(names, d.String())
	}
	all := lines{member("diagrams", names)}
	if r.sizes != nil {
		all = append(all, member("sizes", r.sizes))
	}
	var numbers lines
	for _, row := range rows {
		numbers = append(numbers, text(row))
	}
	all = append(all, text(table)+": "+numbers.within("[", "]", "  "))
	return text(name) + ": " + all.within("{", "}", " ")
}

// lines are items of a list or object of JSON, each of which has a line of its own.
type lines []string

// within returns the list or object, of which the last line is indented.
func (l lines) within(open, end, indent string) string {
	between := "\n" + indent + " "
	return open + between + strings.Join(l, ","+between) + "\n" + indent + end
}

func member(key string, of any) string { return text(key) + ": " + text(of) }

// text returns what has JSON: its numbers are finite.
func text(of any) string {
	data, err := json.Marshal(of)
	if err != nil {
		panic(err)
	}
	return string(data)
}
