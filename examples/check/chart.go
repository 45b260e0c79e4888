package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/perturb-go/perturb/value"
)

// savePlot draws the points of the first observable at the last time against η: measured,
// with intervals of 1.96 standard errors, and the theory's curves. The plain values, which
// may be far off, do not set the scale, and are left out if none of them is in sight.
func savePlot(o *options, points []point) error {
	p := plot.New()
	last := points[len(points)-1]
	var series []point
	for _, q := range points {
		if q.T == last.T && q.Observable == points[0].Observable {
			series = append(series, q)
		}
	}
	p.Title.Text = wrap(o.title())
	p.X.Label.Text = "learning rate η"
	p.Y.Label.Text = fmt.Sprintf("%s at T = %s", o.what(series[0]), o.when(last))
	if o.against != nil {
		p.Y.Label.Text = "difference of " + p.Y.Label.Text
	}
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Millimeter
	bars, err := measuredBars(series)
	if err != nil {
		return err
	}
	scatter, err := plotter.NewScatter(bars)
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	intervals, err := plotter.NewYErrorBars(bars)
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	p.Add(scatter, intervals)
	p.Legend.Add("measured", scatter)
	curves := o.curves(series)
	for _, c := range curves {
		if c.kind != value.Plain {
			p.Add(c)
		}
	}
	pad(&p.X.Min, &p.X.Max)
	pad(&p.Y.Min, &p.Y.Max)
	low, high := p.Y.Min, p.Y.Max
	for _, c := range curves {
		if !c.inSight(low, high) {
			continue
		}
		c.widen(p.X.Min, p.X.Max)
		if c.kind == value.Plain {
			p.Add(c)
		}
		p.Legend.Add(fmt.Sprintf("%v, order %d", c.kind, c.order), c)
	}
	p.Y.Min, p.Y.Max = low, high
	return writePlot(p, o.plot)
}

// wrap breaks a text that is wider than a picture between words.
func wrap(text string) string {
	const width = 80 // characters
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > width {
			lines, line = append(lines, line), word
			continue
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}

// pad moves the ends of an axis apart, so that no point is at the edge.
func pad(low, high *float64) {
	margin := (*high - *low) / 20
	if margin == 0 {
		margin = max(1e-9, math.Abs(*low)/2)
	}
	*low, *high = *low-margin, *high+margin
}

// writePlot writes a picture in the format that its name tells.
func writePlot(p *plot.Plot, path string) error {
	picture, err := p.WriterTo(16*vg.Centimeter, 11*vg.Centimeter, format(path))
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	var b bytes.Buffer
	if _, err := picture.WriteTo(&b); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		return fmt.Errorf("%w: plot: %w", errInput, err)
	}
	return nil
}

// format returns the format of a picture, by its file's name.
func format(path string) string {
	return strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
}

// checkPlot tells before the trials are run whether a picture cannot be drawn.
func checkPlot(path string) error {
	if _, err := draw.NewFormattedCanvas(vg.Centimeter, vg.Centimeter, format(path)); err != nil {
		return fmt.Errorf("%w: -plot %.80q: %w", errInput, path, err)
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%w: -plot %.80q: there is no folder %.80q", errInput, path, folder)
	}
	return nil
}

// errorBars are points with intervals.
type errorBars struct {
	plotter.XYs
	plotter.YErrors
}

func measuredBars(points []point) (errorBars, error) {
	var b errorBars
	for _, p := range points {
		b.XYs = append(b.XYs, plotter.XY{X: p.Eta, Y: p.Measured})
		half := 1.96 * p.StdErr
		b.YErrors = append(b.YErrors, struct{ Low, High float64 }{half, half})
	}
	return b, plotter.CheckFloats(points[0].Measured)
}
