package main

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/perturb-go/perturb/value"
)

// A curve is the theory's values of a kind through an order, against η, in a band of 1.96
// of their standard errors.
type curve struct {
	kind   value.Kind
	order  int
	values plotter.XYs
	errors []float64
	style  draw.LineStyle
}

// colours of the kinds of value.
var colours = map[value.Kind]color.Color{
	value.Plain:      color.RGBA{R: 0x88, G: 0x88, B: 0x88, A: 0xff},
	value.Continuous: color.RGBA{R: 0xd5, G: 0x5e, A: 0xff},
	value.Discrete:   color.RGBA{G: 0x72, B: 0xb2, A: 0xff},
}

// curves returns the curves that points have: of every kind the one through all orders, and
// if plain values alone are known, also those through fewer, dotted the finer the fewer.
func (o *options) curves(points []point) []*curve {
	var out []*curve
	for _, kind := range kinds {
		if c := newCurve(points, kind, o.order); c != nil {
			out = append(out, c)
		}
	}
	if len(out) == 1 && out[0].kind == value.Plain {
		for order := o.order - 1; order > 0; order-- {
			c := newCurve(points, value.Plain, order)
			c.style.Dashes = []vg.Length{vg.Length(order) * 2, 2}
			out = append(out, c)
		}
	}
	return out
}

// newCurve returns nil if no point has values of the kind.
func newCurve(points []point, kind value.Kind, order int) *curve {
	c := &curve{kind: kind, order: order, style: plotter.DefaultLineStyle}
	c.style.Color = colours[kind]
	for _, p := range points {
		if p.Theory[kind.String()] == nil {
			continue
		}
		v := p.estimate(kind.String(), order-1)
		c.values, c.errors = append(c.values, plotter.XY{X: p.Eta, Y: v.Mean}), append(c.errors, v.StdErr)
	}
	if c.values == nil {
		return nil
	}
	return c
}

// inSight reports whether a value is between low and high.
func (c *curve) inSight(low, high float64) bool {
	return slices.ContainsFunc(c.values, func(p plotter.XY) bool { return low <= p.Y && p.Y <= high })
}

// widen makes a curve of one point as wide as the frame.
func (c *curve) widen(left, right float64) {
	if len(c.values) == 1 {
		y := c.values[0].Y
		c.values, c.errors = plotter.XYs{{X: left, Y: y}, {X: right, Y: y}}, []float64{c.errors[0], c.errors[0]}
	}
}

// band returns the outline of the band, there along its upper side and back along the lower.
func (c *curve) band() plotter.XYs {
	var upper, lower plotter.XYs
	for i, p := range c.values {
		half := 1.96 * c.errors[i]
		upper, lower = append(upper, plotter.XY{X: p.X, Y: p.Y + half}), append(lower, plotter.XY{X: p.X, Y: p.Y - half})
	}
	slices.Reverse(lower)
	return append(upper, lower...)
}

// Plot draws the band, and the curve over it.
func (c *curve) Plot(canvas draw.Canvas, p *plot.Plot) {
	if slices.Max(c.errors) > 0 {
		r, g, b, _ := c.style.Color.RGBA()
		band := plotter.Polygon{XYs: []plotter.XYs{c.band()}, Color: color.NRGBA64{uint16(r), uint16(g), uint16(b), 0x3000}}
		band.Plot(canvas, p)
	}
	line := plotter.Line{XYs: c.values, LineStyle: c.style}
	line.Plot(canvas, p)
}

// DataRange has the curve, but not its band, in the frame.
func (c *curve) DataRange() (xmin, xmax, ymin, ymax float64) { return plotter.XYRange(c.values) }

// Thumbnail draws the curve's sign in the legend.
func (c *curve) Thumbnail(canvas *draw.Canvas) {
	line := plotter.Line{LineStyle: c.style}
	line.Thumbnail(canvas)
}
