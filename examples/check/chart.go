package main

import (
	"bytes"
	"fmt"
	"image/color"
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

// colours of the kinds of value.
var colours = map[value.Kind]color.Color{
	value.Plain:      color.RGBA{R: 0x88, G: 0x88, B: 0x88, A: 0xff},
	value.Continuous: color.RGBA{R: 0xd5, G: 0x5e, A: 0xff},
	value.Discrete:   color.RGBA{G: 0x72, B: 0xb2, A: 0xff},
}

// savePlot draws the points of the first observable at the last time against η: measured,
// with intervals of 1.96 standard errors, and the theory through all orders as lines. The
// plain values, which may be far off, do not set the scale, and are left out if none of
// them is in sight.
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
	p.Y.Label.Text = fmt.Sprintf("%s at T = %d", points[0].Observable, last.T)
	if last.From > 0 {
		p.Y.Label.Text = fmt.Sprintf("%s per step, T = %d to %d", points[0].Observable, last.From, last.T)
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
	lines := map[value.Kind]*plotter.Line{}
	for _, kind := range kinds {
		if lines[kind], err = theoryLine(series, kind); err != nil {
			return err
		}
		if kind != value.Plain && lines[kind] != nil {
			p.Add(lines[kind])
		}
	}
	pad(&p.X.Min, &p.X.Max)
	pad(&p.Y.Min, &p.Y.Max)
	low, high := p.Y.Min, p.Y.Max
	for _, kind := range kinds {
		line := lines[kind]
		if line == nil || !inSight(line, low, high) {
			continue
		}
		line.Color = colours[kind]
		if len(line.XYs) == 1 { // one rate: as wide as the frame
			y := line.XYs[0].Y
			line.XYs = plotter.XYs{{X: p.X.Min, Y: y}, {X: p.X.Max, Y: y}}
		}
		if kind == value.Plain {
			p.Add(line)
		}
		p.Legend.Add(fmt.Sprintf("%v, order %d", kind, o.order), line)
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

// inSight reports whether a point of a line is between low and high.
func inSight(line *plotter.Line, low, high float64) bool {
	for _, p := range line.XYs {
		if low <= p.Y && p.Y <= high {
			return true
		}
	}
	return false
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

// theoryLine returns the line through a kind's values, or nil if there are none.
func theoryLine(points []point, kind value.Kind) (*plotter.Line, error) {
	var xys plotter.XYs
	for _, p := range points {
		if values := p.Theory[kind.String()]; values != nil {
			xys = append(xys, plotter.XY{X: p.Eta, Y: values[len(values)-1]})
		}
	}
	if len(xys) == 0 {
		return nil, nil
	}
	line, err := plotter.NewLine(xys)
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	return line, nil
}
