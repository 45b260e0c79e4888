package value

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// Symbol writes the plain value of a diagram of the observable's series in the letters of
// P: G, H and J for ∇l, ∇∇l and ∇∇∇l; in cumulant form C and S for the covariance and
// the skewness of the gradient and κ(…) for other joint cumulants; in moment form E[…].
// An index that stands twice, once below and once above, is summed over with the metric.
// A tensor ∇^k l is symmetric, so the order of its indices does not matter. Free indices
// stand above: μ for a displacement, μ and ν for a covariance of weights.
//
// Diagrams of one value class have equal symbols where their values depend on nothing
// else, as for losses.
func (o Observable) Symbol(d diagram.Diagram, form embed.Form) string {
	d = o.class(d)
	w := writer{form: form, names: indexNames, indices: make([][]string, d.Nodes()), edge: map[int]string{}}
	w.nameFree(o, d)
	parents, kids := d.Parents(), d.Children()
	inner := d.Edges()
	var factors []string
	for _, nodes := range d.Parts() {
		if root := nodes[0]; root >= inner {
			if q := o.roots()[root-inner]; q.kind == weightQuantity {
				continue
			}
		}
		for _, v := range nodes {
			w.nameEdges(v, parents[v], kids[v])
		}
		factors = append(factors, w.factor(o, d, nodes))
	}
	return strings.Join(factors, " ")
}

var indexNames = strings.Fields("μ ν λ ρ σ π τ α β γ δ ε ζ θ ι κ ξ φ χ ψ ω υ ς ϑ ϕ a b c d e f g h i j k")

// A writer names the indices of a diagram's edges as it meets them.
type writer struct {
	form    embed.Form
	names   []string       // not yet used
	indices [][]string     // of each node: its edges' indices with a mark, _ or ^, in front
	edge    map[int]string // the marked index of each edge met, by the label of its child
}

// nameFree names the edges of roots that stand for weights: their indices stand above.
func (w *writer) nameFree(o Observable, d diagram.Diagram) {
	for i, q := range o.roots() {
		if q.kind != weightQuantity {
			continue
		}
		for v, up := range d.Parents() {
			if up == d.Edges()+i {
				w.edge[v] = "^" + w.take()
			}
		}
	}
}

func (w *writer) take() string {
	name := w.names[0]
	w.names = w.names[1:]
	return name
}

// nameEdges collects the indices at node v: those met for the first time stand below,
// those met before above.
func (w *writer) nameEdges(v, parent int, kids []int) {
	edges := slices.Clone(kids) // an edge goes by the label of its child
	if parent >= 0 {
		edges = append(edges, v)
	}
	for _, e := range edges {
		if _, ok := w.edge[e]; !ok {
			w.edge[e] = "_" + w.take()
			w.indices[v] = append(w.indices[v], w.edge[e])
			continue
		}
		w.indices[v] = append(w.indices[v], "^"+w.edge[e][1:])
	}
}

// factor writes the tensor of a part.
func (w *writer) factor(o Observable, d diagram.Diagram, nodes []int) string {
	if root := nodes[0]; root >= d.Edges() {
		if q := o.roots()[root-d.Edges()]; q.kind == polynomialQuantity {
			return w.derivative(root, q.name)
		}
	}
	if len(nodes) == 1 {
		return w.single(nodes[0])
	}
	if letter := w.letter(nodes); letter != "" {
		var all []string
		for _, v := range nodes {
			all = append(all, w.indices[v]...)
		}
		return letter + marks(all)
	}
	var list []string
	for _, v := range nodes {
		list = append(list, w.derivative(v, "l"))
	}
	if w.form == embed.Moment {
		return "E[" + strings.Join(list, " ") + "]"
	}
	return "κ(" + strings.Join(list, ", ") + ")"
}

// single writes the tensor of a part of one node.
func (w *writer) single(v int) string {
	switch k := len(w.indices[v]); k {
	case 0:
		return "l"
	case 1, 2, 3:
		return "GHJ"[k-1:k] + marks(w.indices[v])
	}
	return w.derivative(v, "l")
}

// letter returns the letter of a part of several nodes, if it has one.
func (w *writer) letter(nodes []int) string {
	if w.form == embed.Moment || len(nodes) > 3 {
		return ""
	}
	for _, v := range nodes {
		if len(w.indices[v]) != 1 {
			return ""
		}
	}
	return []string{"C", "S"}[len(nodes)-2]
}

// derivative writes a derivative of a function, such as ∇_μ∇^ν l.
func (w *writer) derivative(v int, function string) string {
	var b strings.Builder
	for _, index := range w.indices[v] {
		b.WriteString("∇" + index)
	}
	if b.Len() == 0 {
		return function
	}
	return fmt.Sprintf("%s %s", b.String(), function)
}

// marks joins indices, the lower ones first: _μν^λ.
func marks(indices []string) string {
	var lower, upper strings.Builder
	for _, index := range indices {
		if index[0] == '_' {
			lower.WriteString(index[1:])
		} else {
			upper.WriteString(index[1:])
		}
	}
	text := ""
	if lower.Len() > 0 {
		text += "_" + lower.String()
	}
	if upper.Len() > 0 {
		text += "^" + upper.String()
	}
	return text
}
