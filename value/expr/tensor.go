package expr

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Form says how the derivatives of one datum's loss are averaged over the datum.
type Form int

const (
	// Cumulant is the joint cumulant κ(…).
	Cumulant Form = iota
	// Moment is the expectation of the product, E[…].
	Moment
)

func (f Form) String() string {
	if f == Moment {
		return "moment"
	}
	return "cumulant"
}

// A Component is a component of a tensor: the joint cumulant, or the moment, of the
// derivatives of one datum's loss l_x, one for each node, with respect to the
// weights that the node lists. A single node is the derivative of l = E_x l_x; so
// [[0]] is G_0, [[0 1]] is H_01 and [[0] [1]] is C_01. If Function is not "l", it is
// the name of another function of the weights, and there is a single node.
//
// Nodes are in canonical order: shorter ones first, then lexicographically, each sorted.
type Component struct {
	Form     Form
	Function string
	Nodes    [][]int
}

// String returns the component in the notation of expressions, with numbers in
// brackets for indices: C[0,1], κ(∇[0] l, ∇[0,1] l).
func (c Component) String() string {
	list := make([]string, len(c.Nodes))
	var all []int
	letter := true
	for i, n := range c.Nodes {
		list[i] = c.Function
		if len(n) > 0 {
			list[i] = "∇" + brackets(n) + " " + c.Function
		}
		all = append(all, n...)
		letter = letter && len(n) == 1
	}
	switch n := len(c.Nodes); {
	case n == 1 && c.Function == "l" && 1 <= len(all) && len(all) <= 3:
		return "GHJ"[len(all)-1:len(all)] + brackets(all)
	case n == 1:
		return list[0]
	case c.Form == Moment:
		return "E[" + strings.Join(list, " ") + "]"
	case letter && n <= 3:
		return "CS"[n-2:n-1] + brackets(all)
	}
	return "κ(" + strings.Join(list, ", ") + ")"
}

func brackets(index []int) string {
	return strings.ReplaceAll(fmt.Sprint(index), " ", ",")
}

// A tensor is a joint cumulant or a moment of derivatives of l, or, with a single node,
// a derivative of l or another function. It is symmetric within each node's indices
// and under exchange of nodes: these are sorted.
type tensor struct {
	info
	form     Form
	function string
	nodes    [][]string
}

func newTensor(form Form, function string, nodes [][]string) *tensor {
	t := &tensor{form: form, function: function, nodes: sortNodes(nodes, func(i string) string { return i })}
	if len(nodes) == 1 {
		t.form = Cumulant // a mean, either way
	}
	for _, n := range nodes {
		t.fr = append(t.fr, n...)
	}
	t.fr = unique(t.fr)
	var b strings.Builder
	t.mark(&b, func(i string) string { return i })
	t.k = b.String()
	return t
}

// sortNodes returns the nodes with their indices named anew and all sorted.
func sortNodes(nodes [][]string, name func(string) string) [][]string {
	sorted := make([][]string, len(nodes))
	for i, n := range nodes {
		sorted[i] = make([]string, len(n))
		for j, index := range n {
			sorted[i][j] = name(index)
		}
		slices.Sort(sorted[i])
	}
	slices.SortFunc(sorted, compareNodes)
	return sorted
}

func compareNodes[T cmp.Ordered](a, b []T) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(a, b))
}

func (t *tensor) rank() int {
	rank := 0
	for _, n := range t.nodes {
		rank += len(n)
	}
	return rank
}

// mark begins so that products print noise first and high derivatives last: C·H, S·J.
func (t *tensor) mark(b *strings.Builder, name func(string) string) {
	kind := byte('t')
	if len(t.nodes) == 1 {
		kind = 'u'
	}
	b.WriteByte(kind)
	b.WriteString(threeDigits(t.rank()))
	b.WriteString(threeDigits(len(t.nodes)))
	b.WriteByte('0' + byte(t.form))
	b.WriteString(t.function)
	b.WriteByte('(')
	for i, n := range sortNodes(t.nodes, name) {
		if i > 0 {
			b.WriteByte('|')
		}
		for j, index := range n {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString(index)
		}
	}
	b.WriteByte(')')
}

// renamed returns the tensor with other indices.
func (t *tensor) renamed(name func(string) string) *tensor {
	return newTensor(t.form, t.function, sortNodes(t.nodes, name))
}

// isMean reports whether t is ∇^k l.
func (t *tensor) isMean(k int) bool {
	return len(t.nodes) == 1 && t.function == "l" && len(t.nodes[0]) == k
}

// isNoise reports whether t is a cumulant of several nodes.
func (t *tensor) isNoise() bool { return t.form == Cumulant && len(t.nodes) > 1 }

// Loss returns l, the expected loss.
func Loss() Expr { return Must(Nabla("l")) }

// G returns the gradient G_μ = ∇_μ l.
func G(μ string) (Expr, error) { return Nabla("l", μ) }

// H returns the Hessian H_μν = ∇_μ∇_ν l.
func H(μ, ν string) (Expr, error) { return Nabla("l", μ, ν) }

// J returns J_μνλ = ∇_μ∇_ν∇_λ l.
func J(μ, ν, λ string) (Expr, error) { return Nabla("l", μ, ν, λ) }

// C returns the covariance of gradients, C_μν = κ(∇_μ l, ∇_ν l).
func C(μ, ν string) (Expr, error) { return CumulantOf([]string{μ}, []string{ν}) }

// S returns the skewness of gradients, S_μνλ = κ(∇_μ l, ∇_ν l, ∇_λ l).
func S(μ, ν, λ string) (Expr, error) { return CumulantOf([]string{μ}, []string{ν}, []string{λ}) }

// Nabla returns the derivative ∇_μ∇_ν… of a function of the weights. Its name is l for the
// expected loss, and may be that of any scalar else; without indices it is that scalar.
// The error wraps ErrName, or ErrLimit above MaxRank indices.
func Nabla(function string, indices ...string) (Expr, error) {
	if function != "l" {
		if err := checkScalar(function); err != nil {
			return Expr{}, err
		}
		if len(indices) == 0 {
			return Scalar(function)
		}
	}
	if err := checkIndices(indices); err != nil {
		return Expr{}, err
	}
	return monomial(newTensor(Cumulant, function, [][]string{indices}))
}

// CumulantOf returns the joint cumulant, over the datum x, of derivatives of l_x, one for
// each list of indices. The cumulant of one is the derivative of l; that of none is 0.
// The error wraps ErrName, or ErrLimit above MaxRank indices or lists.
func CumulantOf(nodes ...[]string) (Expr, error) {
	if len(nodes) == 0 {
		return Expr{}, nil
	}
	return newAverage(Cumulant, nodes)
}

// MomentOf returns E_x of the product of derivatives of l_x, one for each list of indices;
// 1 if there are none. The error is that of CumulantOf.
func MomentOf(nodes ...[]string) (Expr, error) {
	if len(nodes) == 0 {
		return Int(1), nil
	}
	return newAverage(Moment, nodes)
}

func newAverage(form Form, nodes [][]string) (Expr, error) {
	if len(nodes) > MaxRank {
		return Expr{}, fmt.Errorf("expr: %v: %w: more than %d derivatives", form, ErrLimit, MaxRank)
	}
	if err := checkIndices(slices.Concat(nodes...)); err != nil {
		return Expr{}, err
	}
	return monomial(newTensor(form, "l", nodes))
}

// sort puts the nodes in canonical order.
func (c *Component) sort() {
	for _, n := range c.Nodes {
		slices.Sort(n)
	}
	slices.SortFunc(c.Nodes, compareNodes)
}
