package main

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"

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
// plain values, which may be far off, do not set the scale.
func savePlot(path string, points []point) error {
	p := plot.New()
	last := points[len(points)-1]
	var series []point
	for _, q := range points {
		if q.T == last.T && q.Observable == points[0].Observable {
			series = append(series, q)
		}
	}
	p.X.Label.Text = "η"
	p.Y.Label.Text = fmt.Sprintf("%s at T = %d", points[0].Observable, last.T)
	if last.From > 0 {
		p.Y.Label.Text = fmt.Sprintf("%s per step, T = %d to %d", points[0].Observable, last.From, last.T)
	}
	p.Legend.Top, p.Legend.Left = true, true
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
	low, high := p.Y.Min, p.Y.Max
	for _, kind := range kinds {
		line, err := theoryLine(series, kind)
		if err != nil {
			return err
		}
		if line == nil {
			continue
		}
		line.Color = colours[kind]
		p.Add(line)
		p.Legend.Add(kind.String(), line)
		if kind == value.Plain {
			p.Y.Min, p.Y.Max = low, high
		}
	}
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
