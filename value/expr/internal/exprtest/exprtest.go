// Package exprtest draws random expressions for package expr, as trees that it can build
// and, on a way of its own, evaluate.
package exprtest

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/value/expr"
)

// An Op is a kind of node.
type Op int

// The kinds of nodes. Those up to Tensor are leaves.
const (
	Number Op = iota
	Scalar
	Eigenvalue
	Propagator
	Delta
	Tensor
	Add
	Mul
	Pow          // Args[0]^N
	Power        // Args[0]^Args[1]
	Sum          // of Args[0] over Indices[0]
	Exp          // of Args[0]
	DividedPower // of Args[0] steps, at the other Args
	DividedExp   // of time Args[0], at the other Args
)

// A Tree is an expression as it was written.
type Tree struct {
	Op       Op
	Args     []*Tree
	Number   *big.Rat
	Name     string // of a scalar, or the function of a tensor
	Form     expr.Form
	Indices  []string
	Nodes    [][]string
	Exponent int
}

// Options limit the trees that are drawn.
type Options struct {
	Depth      int      // of the tree
	Free       []string // the free indices that may stand in it
	Exp        bool     // with exponentials
	Polynomial bool     // without denominators, powers with unknown exponents, and their like
}

var scalars = []string{"η", "M", "N", "B", "x", "y₀"}

// Draw draws a tree.
func Draw(t *rapid.T, o Options) *Tree {
	return draw(t, o, o.Free)
}

func draw(t *rapid.T, o Options, scope []string) *Tree {
	pick := rapid.IntRange(0, 11).Draw(t, "op")
	if o.Depth <= 0 {
		pick = rapid.IntRange(0, 3).Draw(t, "leaf")
	}
	less := o
	less.Depth--
	switch pick {
	case 0:
		return &Tree{Op: Number, Number: rational(t)}
	case 1:
		return &Tree{Op: Scalar, Name: rapid.SampledFrom(scalars).Draw(t, "scalar")}
	case 2, 3:
		return drawIndexed(t, scope)
	case 4, 5:
		return &Tree{Op: Add, Args: drawList(t, less, scope, 2, 3)}
	case 6, 7:
		return &Tree{Op: Mul, Args: drawList(t, less, scope, 2, 3)}
	case 8, 9:
		names := []string{"μ", "ν", "λ", "ρ", "a"}
		name := rapid.SampledFrom(names).Draw(t, "index")
		inner := scope
		if !slices.Contains(scope, name) {
			inner = append(slices.Clone(scope), name)
		}
		// Usually a product, so that indices meet.
		body := &Tree{Op: Mul, Args: drawList(t, less, inner, 1, 3)}
		return &Tree{Op: Sum, Args: []*Tree{body}, Indices: []string{name}}
	case 10:
		low := -2
		if o.Polynomial {
			low = 0
		}
		return &Tree{Op: Pow, Args: drawList(t, less, scope, 1, 1), Exponent: rapid.IntRange(low, 3).Draw(t, "power")}
	}
	if o.Polynomial {
		return &Tree{Op: Mul, Args: drawList(t, less, scope, 2, 2)}
	}
	less.Depth = min(less.Depth, 1)
	kind := rapid.IntRange(0, 2).Draw(t, "special")
	if o.Exp && kind == 1 {
		return &Tree{Op: Exp, Args: drawList(t, less, scope, 1, 1)}
	}
	if o.Exp && kind == 2 {
		return &Tree{Op: DividedExp, Args: drawList(t, less, scope, 2, 4)}
	}
	steps := &Tree{Op: Scalar, Name: "T"}
	if rapid.Bool().Draw(t, "more") {
		more := &Tree{Op: Number, Number: big.NewRat(int64(rapid.IntRange(0, 2).Draw(t, "steps")), 1)}
		steps = &Tree{Op: Add, Args: []*Tree{steps, more}}
	}
	if kind == 0 {
		return &Tree{Op: Power, Args: append(drawList(t, less, scope, 1, 1), steps)}
	}
	return &Tree{Op: DividedPower, Args: append([]*Tree{steps}, drawList(t, less, scope, 1, 3)...)}
}

func drawList(t *rapid.T, o Options, scope []string, low, high int) []*Tree {
	list := make([]*Tree, rapid.IntRange(low, high).Draw(t, "count"))
	for i := range list {
		list[i] = draw(t, o, scope)
	}
	return list
}

func drawIndexed(t *rapid.T, scope []string) *Tree {
	if len(scope) == 0 {
		return &Tree{Op: Tensor, Name: "l", Nodes: [][]string{{}}}
	}
	index := func() string { return rapid.SampledFrom(scope).Draw(t, "index") }
	switch rapid.IntRange(0, 9).Draw(t, "tensor") {
	case 0:
		return &Tree{Op: Propagator, Indices: []string{index()}}
	case 1:
		return &Tree{Op: Eigenvalue, Indices: []string{index()}}
	case 2:
		return &Tree{Op: Delta, Indices: []string{index(), index()}}
	case 3:
		return &Tree{Op: Tensor, Name: "s", Nodes: [][]string{{index(), index()}}}
	}
	nodes := make([][]string, rapid.SampledFrom([]int{1, 1, 2, 2, 3}).Draw(t, "nodes"))
	for i := range nodes {
		nodes[i] = make([]string, rapid.SampledFrom([]int{1, 1, 1, 2, 0}).Draw(t, "rank"))
		for j := range nodes[i] {
			nodes[i][j] = index()
		}
	}
	form := rapid.SampledFrom([]expr.Form{expr.Cumulant, expr.Cumulant, expr.Moment}).Draw(t, "form")
	return &Tree{Op: Tensor, Name: "l", Form: form, Nodes: nodes}
}

func rational(t *rapid.T) *big.Rat {
	num := rapid.SampledFrom([]int64{1, -1, 2, -3, 0}).Draw(t, "num")
	return big.NewRat(num, rapid.SampledFrom([]int64{1, 1, 2, 3}).Draw(t, "den"))
}

// Build makes the expression.
func (t *Tree) Build() (expr.Expr, error) {
	args := make([]expr.Expr, len(t.Args))
	for i, a := range t.Args {
		var err error
		if args[i], err = a.Build(); err != nil {
			return expr.Expr{}, err
		}
	}
	switch t.Op {
	case Number:
		return expr.Number(t.Number)
	case Scalar:
		return expr.Scalar(t.Name)
	case Eigenvalue:
		return expr.Eigenvalue(t.Indices[0])
	case Propagator:
		return expr.Propagator(t.Indices[0])
	case Delta:
		return expr.Delta(t.Indices[0], t.Indices[1])
	case Tensor:
		if t.Name != "l" {
			return expr.Nabla(t.Name, t.Nodes[0]...)
		}
		if t.Form == expr.Moment {
			return expr.MomentOf(t.Nodes...)
		}
		return expr.CumulantOf(t.Nodes...)
	case Add:
		return expr.Add(args...)
	case Mul:
		return expr.Mul(args...)
	case Pow:
		return expr.Pow(args[0], t.Exponent)
	case Power:
		return expr.Power(args[0], args[1])
	case Sum:
		return expr.Sum(args[0], t.Indices...)
	case Exp:
		return expr.Exp(args[0])
	case DividedPower:
		return expr.DividedPower(args[0], args[1:]...)
	case DividedExp:
		return expr.DividedExp(args[0], args[1:]...)
	}
	panic("exprtest: unknown kind")
}

// Renamed returns the tree with other names for its summation indices: name gives one for
// each sum.
func (t *Tree) Renamed(name func() string) *Tree { return t.renamed(name, map[string]string{}) }

func (t *Tree) renamed(name func() string, names map[string]string) *Tree {
	u := *t
	if t.Op == Sum {
		inner := map[string]string{}
		for k, v := range names {
			inner[k] = v
		}
		names = inner
		names[t.Indices[0]] = name()
	}
	of := func(index string) string {
		if n, ok := names[index]; ok {
			return n
		}
		return index
	}
	u.Indices = nil
	for _, index := range t.Indices {
		u.Indices = append(u.Indices, of(index))
	}
	u.Nodes = nil
	for _, node := range t.Nodes {
		list := []string{}
		for _, index := range node {
			list = append(list, of(index))
		}
		u.Nodes = append(u.Nodes, list)
	}
	u.Args = nil
	for _, a := range t.Args {
		u.Args = append(u.Args, a.renamed(name, names))
	}
	return &u
}

// Shuffled returns the tree with the arguments of sums and products, and the indices of
// tensors, in another order.
func (t *Tree) Shuffled(r *rapid.T) *Tree {
	u := *t
	u.Args = nil
	for _, a := range t.Args {
		u.Args = append(u.Args, a.Shuffled(r))
	}
	switch t.Op {
	case Add, Mul:
		u.Args = shuffle(r, u.Args)
	case DividedPower, DividedExp:
		u.Args = append(u.Args[:1:1], shuffle(r, u.Args[1:])...)
	case Delta:
		u.Indices = shuffle(r, t.Indices)
	case Tensor:
		u.Nodes = shuffle(r, t.Nodes)
		for i := range u.Nodes {
			u.Nodes[i] = shuffle(r, u.Nodes[i])
		}
	}
	return &u
}

func shuffle[T any](r *rapid.T, list []T) []T {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	out := make([]T, 0, len(list))
	for _, i := range rapid.Permutation(order).Draw(r, "order") {
		out = append(out, list[i])
	}
	return out
}

// String writes the tree as a call.
func (t *Tree) String() string {
	switch t.Op {
	case Number:
		return t.Number.RatString()
	case Scalar:
		return t.Name
	}
	names := []string{"", "", "h", "k", "δ", "", "Add", "Mul", "Pow", "Power", "Sum", "Exp", "DD", "DDExp"}
	list := slices.Clone(t.Indices)
	for _, a := range t.Args {
		list = append(list, a.String())
	}
	if t.Op == Pow {
		list = append(list, fmt.Sprint(t.Exponent))
	}
	if t.Op == Tensor {
		return fmt.Sprintf("%v%s%v", t.Form, t.Name, t.Nodes)
	}
	return names[t.Op] + "(" + strings.Join(list, ", ") + ")"
}

// A World gives values to everything.
type World struct {
	Dim      int
	Scalars  map[string]*big.Rat
	Spectrum []*big.Rat
	Indices  map[string]int
	Seed     uint64
}

// DrawWorld draws a world with values for the scalars of trees and the given indices.
// Scalars and eigenvalues are not zero, and T is a small integer.
func DrawWorld(t *rapid.T, free []string) *World {
	w := &World{
		Dim:     rapid.IntRange(1, 3).Draw(t, "dim"),
		Scalars: map[string]*big.Rat{"T": big.NewRat(int64(rapid.IntRange(0, 4).Draw(t, "T")), 1)},
		Indices: map[string]int{},
		Seed:    rapid.Uint64().Draw(t, "seed"),
	}
	for _, name := range scalars {
		w.Scalars[name] = w.hash("scalar " + name)
	}
	for i := range w.Dim {
		w.Spectrum = append(w.Spectrum, w.hash(fmt.Sprint("eigenvalue ", i)))
	}
	for _, index := range free {
		w.Indices[index] = rapid.IntRange(0, w.Dim-1).Draw(t, index)
	}
	return w
}

// hash returns a number that is not zero, between −2 and 2.
func (w *World) hash(key string) *big.Rat {
	h := fnv.New64a()
	fmt.Fprint(h, w.Seed, key)
	n := h.Sum64() >> 16
	num := int64(n%14) - 7
	if num >= 0 {
		num++
	}
	return big.NewRat(num, 4+int64(n>>20%5))
}

// Component returns a component of a tensor.
func (w *World) Component(c expr.Component) (*big.Rat, error) { return w.hash(c.String()), nil }

// Env returns the world for exact evaluation.
func (w *World) Env() expr.Env[*big.Rat] {
	return expr.Env[*big.Rat]{Dim: w.Dim, Scalars: w.Scalars, Spectrum: w.Spectrum, Indices: w.Indices, Component: w.Component}
}

// Float returns the world for floating point.
func (w *World) Float() expr.Env[float64] {
	env := expr.Env[float64]{Dim: w.Dim, Scalars: map[string]float64{}, Indices: w.Indices}
	for name, q := range w.Scalars {
		env.Scalars[name], _ = q.Float64()
	}
	for _, q := range w.Spectrum {
		x, _ := q.Float64()
		env.Spectrum = append(env.Spectrum, x)
	}
	env.Component = func(c expr.Component) (float64, error) {
		x, _ := w.hash(c.String()).Float64()
		return x, nil
	}
	return env
}

// Value returns the value of a tree without exponentials, and false where there is none: a
// denominator is zero.
func (w *World) Value(t *Tree) (*big.Rat, bool) { return w.value(t, w.Indices) }

func (w *World) value(t *Tree, at map[string]int) (*big.Rat, bool) {
	if t.Op == Sum {
		total := new(big.Rat)
		for i := range w.Dim {
			inner := map[string]int{}
			for k, v := range at {
				inner[k] = v
			}
			inner[t.Indices[0]] = i
			x, ok := w.value(t.Args[0], inner)
			if !ok {
				return nil, false
			}
			total.Add(total, x)
		}
		return total, true
	}
	args := make([]*big.Rat, len(t.Args))
	for i, a := range t.Args {
		var ok bool
		if args[i], ok = w.value(a, at); !ok {
			return nil, false
		}
	}
	switch t.Op {
	case Add:
		total := new(big.Rat)
		for _, x := range args {
			total.Add(total, x)
		}
		return total, true
	case Mul:
		total := big.NewRat(1, 1)
		for _, x := range args {
			total.Mul(total, x)
		}
		return total, true
	case Pow:
		return pow(args[0], t.Exponent)
	case Power:
		return pow(args[0], int(args[1].Num().Int64()))
	case DividedPower:
		return homogeneous(int(args[0].Num().Int64())-len(args)+2, args[1:]), true
	}
	return w.leaf(t, at), true
}

func (w *World) leaf(t *Tree, at map[string]int) *big.Rat {
	switch t.Op {
	case Number:
		return t.Number
	case Scalar:
		return w.Scalars[t.Name]
	case Eigenvalue:
		return w.Spectrum[at[t.Indices[0]]]
	case Propagator:
		decay := new(big.Rat).Mul(w.Scalars["η"], w.Spectrum[at[t.Indices[0]]])
		return decay.Sub(big.NewRat(1, 1), decay)
	case Delta:
		if at[t.Indices[0]] == at[t.Indices[1]] {
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	case Tensor:
		return w.hash(component(t, at).String())
	}
	panic("exprtest: no leaf")
}

func component(t *Tree, at map[string]int) expr.Component {
	c := expr.Component{Form: t.Form, Function: t.Name}
	if len(t.Nodes) == 1 {
		c.Form = expr.Cumulant
	}
	for _, node := range t.Nodes {
		list := []int{}
		for _, index := range node {
			list = append(list, at[index])
		}
		slices.Sort(list)
		c.Nodes = append(c.Nodes, list)
	}
	slices.SortFunc(c.Nodes, func(a, b []int) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	return c
}

func pow(x *big.Rat, n int) (*big.Rat, bool) {
	if n < 0 {
		if x.Sign() == 0 {
			return nil, false
		}
		x, n = new(big.Rat).Inv(x), -n
	}
	p := big.NewRat(1, 1)
	for range n {
		p.Mul(p, x)
	}
	return p, true
}

// homogeneous returns the sum of all monomials of the degree.
func homogeneous(degree int, points []*big.Rat) *big.Rat {
	if degree < 0 {
		return new(big.Rat)
	}
	if len(points) == 0 {
		if degree == 0 {
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	}
	total := new(big.Rat)
	power := big.NewRat(1, 1)
	for d := 0; d <= degree; d++ {
		total.Add(total, new(big.Rat).Mul(power, homogeneous(degree-d, points[1:])))
		power = new(big.Rat).Mul(power, points[0])
	}
	return total
}

// Approximate returns the value of a tree, and a number of the size of what is added up in
// it and of how an error of an argument grows: the error is some roundings of it.
func (w *World) Approximate(t *Tree) (value, size float64) { return w.approximate(t, w.Indices) }

func (w *World) approximate(t *Tree, at map[string]int) (value, size float64) {
	if t.Op == Sum {
		for i := range w.Dim {
			inner := map[string]int{}
			for k, v := range at {
				inner[k] = v
			}
			inner[t.Indices[0]] = i
			v, m := w.approximate(t.Args[0], inner)
			value, size = value+v, size+m
		}
		return value, size
	}
	values, sizes := make([]float64, len(t.Args)), make([]float64, len(t.Args))
	for i, a := range t.Args {
		values[i], sizes[i] = w.approximate(a, at)
	}
	switch t.Op {
	case Add:
		for i := range values {
			value, size = value+values[i], size+sizes[i]
		}
	case Mul:
		value, size = 1, 1
		for i := range values {
			value, size = value*values[i], size*sizes[i]
		}
	case Pow, Power:
		n := float64(t.Exponent)
		if t.Op == Power {
			n = values[1]
		}
		value = math.Pow(values[0], n)
		if size = math.Pow(sizes[0], n); n < 0 {
			size = math.Abs(value) * math.Pow(sizes[0]/math.Abs(values[0]), 4)
		}
	case Exp:
		value = math.Exp(values[0])
		size = math.Exp(sizes[0]) * (1 + sizes[0])
	case DividedPower:
		points := []*big.Rat{}
		for _, m := range sizes[1:] {
			points = append(points, new(big.Rat).SetFloat64(m))
		}
		for _, p := range points {
			if p == nil {
				return math.NaN(), math.NaN()
			}
		}
		exact := []*big.Rat{}
		for _, v := range values[1:] {
			exact = append(exact, new(big.Rat).SetFloat64(v))
		}
		degree := int(values[0]) - len(points) + 1
		value, _ = homogeneous(degree, exact).Float64()
		size, _ = homogeneous(degree, points).Float64()
	case DividedExp:
		// Σ_n t^n/n! h_{n−k}(points).
		k := len(values) - 2
		h, hm := series(values[1:], 120), series(sizes[1:], 120)
		f, fm := 1.0, 1.0
		for n := 1; n < 120; n++ {
			f *= values[0] / float64(n)
			fm *= sizes[0] / float64(n)
			if n >= k {
				value += f * h[n-k]
				size += fm * hm[n-k] * float64(n)
			}
		}
		if k == 0 {
			value, size = value+1, size+1
		}
		if sizes[0]*slices.Max(sizes[1:]) > 12 {
			return math.NaN(), math.NaN() // the series cancels
		}
	default:
		value, _ = w.leaf(t, at).Float64()
		size = math.Abs(value)
	}
	return value, size
}

// series returns the complete homogeneous polynomials up to a degree.
func series(points []float64, n int) []float64 {
	h := make([]float64, n)
	h[0] = 1
	for _, a := range points {
		for d := 1; d < n; d++ {
			h[d] += a * h[d-1]
		}
	}
	return h
}
