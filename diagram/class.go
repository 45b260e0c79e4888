package diagram

// Class returns the value class of d: of all diagrams with the same unrooted tree and
// the same parts, the first in the order of Compare. Its root may be tied.
//
// With a symmetric metric, the plain value of a loss, test or train, depends on nothing
// but the value class. It does not for re-summed values, displacements and other
// observables. A two-rooted diagram is its own class.
func (d Diagram) Class() Diagram {
	if d.Roots() != 1 {
		return d
	}
	neighbours := make([][]int, d.Nodes())
	for v, up := range d.Parents() {
		if up >= 0 {
			neighbours[v] = append(neighbours[v], up)
			neighbours[up] = append(neighbours[up], v)
		}
	}
	part := d.Labels()
	least := d
	for root := range d.Nodes() - 1 {
		if c := canonical(orient(neighbours, root), part); Compare(c, least) < 0 {
			least = c
		}
	}
	return least
}
