package draw

import (
	"math"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// Sizes in units of the distance between two columns.
const (
	rowHeight  = 0.75 // the distance between two leaves
	dotRadius  = 0.09
	ringRadius = 0.11
	bandWidth  = 0.42
	clearance  = 0.42 // wanted between the middle of a band and a node outside its part
	margin     = 0.35 // around the middles of nodes and bands
)

// A point of the plane: x grows with time, y downwards.
type point struct{ x, y float64 }

func (p point) plus(q point) point              { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point             { return point{p.x - q.x, p.y - q.y} }
func (p point) times(c float64) point           { return point{c * p.x, c * p.y} }
func (p point) distance(q point) float64        { return math.Hypot(p.x-q.x, p.y-q.y) }
func (p point) toward(q point, c float64) point { return p.plus(q.minus(p).times(c)) }

// A curve is a quadratic Bézier curve.
type curve struct{ from, control, to point }

func (c curve) at(t float64) point {
	return c.from.toward(c.control, t).toward(c.control.toward(c.to, t), t)
}

// samples returns points along the curve.
func (c curve) samples() []point {
	const steps = 16
	list := make([]point, steps+1)
	for i := range list {
		list[i] = c.at(float64(i) / steps)
	}
	return list
}

// A layout places a diagram in the rectangle from the origin to size.
type layout struct {
	nodes []point
	roots int // the last nodes
	edges [][2]point
	bands [][]curve // of each part of several nodes
	size  point
}

func newLayout(d diagram.Diagram) *layout {
	l := &layout{roots: d.Roots()}
	l.nodes = positions(d)
	for v, up := range d.Parents() {
		if up >= 0 {
			l.edges = append(l.edges, [2]point{l.nodes[v], l.nodes[up]})
		}
	}
	var drawn []point // points of the bands so far
	for _, part := range d.Parts() {
		if len(part) == 1 {
			continue
		}
		band := l.band(part, drawn)
		l.bands = append(l.bands, band)
		for _, c := range band {
			drawn = append(drawn, c.samples()...)
		}
	}
	l.fit()
	return l
}

// depths returns the distance of every node from its root.
func depths(d diagram.Diagram) []int {
	parent := d.Parents()
	depth := make([]int, len(parent))
	for v := len(parent) - 1; v >= 0; v-- {
		if up := parent[v]; up >= 0 {
			depth[v] = depth[up] + 1 // parents have higher labels
		}
	}
	return depth
}

func deepest(depth []int) int { return slices.Max(depth) }

// positions puts every leaf on a row of its own, and every other node halfway between
// its first and its last child.
func positions(d diagram.Diagram) []point {
	depth, kids := depths(d), d.Children()
	height := deepest(depth)
	place := make([]point, len(depth))
	row := 0
	var visit func(v int)
	visit = func(v int) {
		place[v].x = float64(height - depth[v])
		if len(kids[v]) == 0 {
			place[v].y = rowHeight * float64(row)
			row++
			return
		}
		for _, kid := range kids[v] {
			visit(kid)
		}
		place[v].y = (place[kids[v][0]].y + place[kids[v][len(kids[v])-1]].y) / 2
	}
	for root := d.Edges(); root < d.Nodes(); root++ {
		visit(root)
	}
	return place
}

// band joins the nodes of a part by a shortest tree of curves that keep off other nodes
// and off the points drawn before.
func (l *layout) band(part []int, drawn []point) []curve {
	var others []point
	for v, node := range l.nodes {
		if !slices.Contains(part, v) {
			others = append(others, node)
		}
	}
	joined, left := part[:1:1], slices.Clone(part[1:])
	var band []curve
	for len(left) > 0 {
		var best curve
		least, next := math.Inf(1), 0
		for _, v := range joined {
			for i, w := range left {
				c, cost := join(l.nodes[v], l.nodes[w], others, drawn)
				if cost < least-1e-9 {
					best, least, next = c, cost, i
				}
			}
		}
		band = append(band, best)
		joined = append(joined, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return band
}

// join returns the best of some curves between two nodes of a part, with its cost: for
// length, for bending and for touching what is not the part's.
func join(from, to point, others, drawn []point) (best curve, least float64) {
	length := from.distance(to)
	across := point{from.y - to.y, to.x - from.x}.times(1 / length)
	if across.x > 1e-9 || math.Abs(across.x) <= 1e-9 && across.y > 0 {
		across = across.times(-1) // bend away from the root, or else upwards
	}
	least = math.Inf(1)
	for _, bend := range []float64{0, 0.6, -0.6, 1.2, -1.2, 1.8, -1.8, 2.4, -2.4} {
		if length+math.Abs(bend) >= least {
			break
		}
		c := curve{from, from.toward(to, 0.5).plus(across.times(bend)), to}
		if cost := length + math.Abs(bend) + trouble(c, others, drawn); cost < least-1e-9 {
			best, least = c, cost
		}
	}
	return best, least
}

// trouble is the cost of a curve that comes near other nodes, or runs along other bands.
func trouble(c curve, others, drawn []point) float64 {
	nearest, overlap := clearance, 0
	for _, p := range c.samples() {
		for _, node := range others {
			nearest = min(nearest, p.distance(node))
		}
		if slices.ContainsFunc(drawn, func(q point) bool { return p.distance(q) < bandWidth/2 }) {
			overlap++
		}
	}
	return 20*(clearance-nearest) + 0.2*float64(overlap)
}

// fit moves everything into the rectangle from the origin to size, margins included.
func (l *layout) fit() {
	low, high := l.nodes[0], l.nodes[0]
	extend := func(p point) {
		low = point{min(low.x, p.x), min(low.y, p.y)}
		high = point{max(high.x, p.x), max(high.y, p.y)}
	}
	for _, p := range l.nodes {
		extend(p)
	}
	for _, band := range l.bands {
		for _, c := range band {
			for _, p := range c.samples() {
				extend(p)
			}
		}
	}
	edge := point{margin, margin}
	shift := edge.minus(low)
	l.size = high.plus(edge).plus(shift)
	for i := range l.nodes {
		l.nodes[i] = l.nodes[i].plus(shift)
	}
	for i, e := range l.edges {
		l.edges[i] = [2]point{e[0].plus(shift), e[1].plus(shift)}
	}
	for _, band := range l.bands {
		for i, c := range band {
			band[i] = curve{c.from.plus(shift), c.control.plus(shift), c.to.plus(shift)}
		}
	}
}

// colours of the bands, as red, green and blue in hexadecimal: one for each part of
// several nodes that a diagram can have.
var colours = [diagram.MaxNodes / 2]string{
	"E4572E", "2E86AB", "3BA55D", "F2A541", "8E5BB5", "17BEBB",
	"C2577A", "8A6F4D", "5C6BC0", "9CCC65", "FF8A80", "26418F",
	"B8860B", "546E7A", "AD1457", "00796B", "C39BFF", "7F7F00",
}
