package embed

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"sync"

	"github.com/perturb-go/perturb/diagram"
)

// gdc is GD with the force that emulates SGD.
type gdc struct{ counter *Counter }

// GDC returns T steps of full-batch gradient descent on n points that emulates SGD of the
// given batch size B: it descends on the train loss plus l̂_C = η (N−B)/(4NB) tr Ĉ, where
// tr Ĉ estimates the trace of the gradients' covariance from the n points without bias.
// After whole epochs, T = EN/B, it agrees with SGD in test loss and weights through η², in
// expectation (P Corollary 3 and §C.4, corrected). T and B may be any.
//
// The force in an update is
//
//	η ∇l̂_C = η² (N−B)/(2NB(N−1)) Σ_{nm} (δ_nm − 1/N) ∇∇l_n ∇l_m:
//
// two nodes in one column, in rows n and m, and an edge between them. So besides GD's maps,
// there are those in which disjoint pairs of a node and a child of it share a column. Over the
// rows of the p parts, the product of pairs' δ_nm − 1/N sums to N^{p−|M|} F_M(N), where F_M is
// the flow polynomial of the graph that the pairs of M are on the parts: the number of flows
// through it modulo N that vanish nowhere. Hence
//
//	W(D) = N^{p−d} Σ_M (−(N−B)/(2B(N−1)))^{|M|} F_M(N) S_M(T)
//
// for d edges, over the matchings M of non-root nodes with children: S_M(T) is the number of
// ways to put the nodes into T columns, in order but for pairs, which share one. M = ∅ is GD.
// Pairs that are in no cycle of parts do nothing, as F_M is 0: if every part is a single node,
// W is that of GD.
//
// The work grows with the number of matchings. The error of Count is as that of Counter.Count;
// it wraps ErrTooLarge if the work would take more than about half a minute. The number of maps
// is not given, for weights of pairs have both signs.
//
// The error wraps ErrSize unless N is in 2,…,MaxSize, T in 0,…,MaxSize and B in 1,…,N.
func GDC(n, steps, batch int64) (Dynamics, error) {
	if err := checkSize("N", n, 2); err != nil {
		return nil, fmt.Errorf("%w: of one point there is no covariance", err)
	}
	g, err := GD(n, steps)
	if err != nil {
		return nil, err
	}
	if batch < 1 || batch > n {
		return nil, fmt.Errorf("%w: B=%d, expected 1 to N=%d", ErrSize, batch, n)
	}
	c := NewCounter(g)
	c.tally = &pairedTally{
		points: big.NewInt(n), steps: steps, pair: big.NewRat(batch-n, 2*batch*(n-1)), columns: map[string]*big.Int{},
	}
	return &gdc{c}, nil
}

// Rows returns N.
func (g *gdc) Rows() int64 { return g.counter.Rows() }

// Multiplicative returns true: no pair joins two trees, and sums over rows of different parts
// multiply.
func (g *gdc) Multiplicative() bool { return true }

// Count returns W(D); it has no number of maps.
func (g *gdc) Count(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	c, err := g.counter.Count(ctx, d, form)
	return Count{Weight: c.Weight}, err
}

// A pairedTally sums over the maps of GDC.
type pairedTally struct {
	points *big.Int // N
	steps  int64    // T
	pair   *big.Rat // −(N−B)/(2B(N−1))

	mu      sync.Mutex
	columns map[string]*big.Int // S_M(T) for small trees, by tree and M
}

// tally returns W in cumulant form, and 0 maps.
func (t *pairedTally) tally(ctx context.Context, d diagram.Diagram) (Count, error) {
	pairings := t.pairings(d)
	if work := workOf(pairings); work > maxWork {
		return Count{}, fmt.Errorf("%w: about %.0e operations, for the ways to pair nodes", ErrTooLarge, work)
	}
	product := raise(new(big.Rat).SetInt(t.points), nonRootParts(d)-d.Edges())
	for _, p := range pairings {
		sum, err := p.sum(ctx, t)
		if err != nil {
			return Count{}, err
		}
		product.Mul(product, sum)
	}
	return Count{new(big.Int), product}, nil
}

// work estimates the operations of a tally.
func (t *pairedTally) work(d diagram.Diagram) float64 { return workOf(t.pairings(d)) }

func workOf(pairings []pairing) float64 {
	work := 0.0
	for _, p := range pairings {
		nodes := float64(len(p.parents))
		work += p.matchings() * (1 + 120*nodes*nodes)
	}
	return work
}

// pairings returns one for the root's children that share parts, and for every other.
func (t *pairedTally) pairings(d diagram.Diagram) []pairing {
	var list []pairing
	for _, g := range groups(d) {
		list = append(list, t.pairing(g))
	}
	return list
}

// A pairing knows which nodes of an untied diagram may form a pair with their parents.
type pairing struct {
	parents []int // of the non-root nodes
	parts   []int
	mayPair []int // nodes, in increasing order
}

// pairing leaves out the pairs that are in no cycle of parts.
func (t *pairedTally) pairing(d diagram.Diagram) pairing {
	n := d.Edges()
	p := pairing{parents: d.Parents()[:n], parts: d.Labels()[:n]}
	if t.pair.Sign() == 0 {
		return p
	}
	var inner []int
	for v, up := range p.parents {
		if up < n {
			inner = append(inner, v)
		}
	}
	all := p.graph(inner)
	for i, v := range inner {
		if rest := slices.Delete(slices.Clone(all), i, i+1); rest.connects(all[i]) {
			p.mayPair = append(p.mayPair, v)
		}
	}
	return p
}

// matchings returns the number of matchings. A node and its descendants have total matchings,
// free of which leave the node alone.
func (p pairing) matchings() float64 {
	n := len(p.parents)
	free, paired := slices.Repeat([]float64{1}, n+1), make([]float64, n+1)
	for v, up := range p.parents { // children come before parents
		total := free[v] * (1 + paired[v])
		free[up] *= total
		if slices.Contains(p.mayPair, v) {
			paired[up] += free[v] / total
		}
	}
	return free[n]
}

// sum returns Σ_M pair^{|M|} F_M(N) S_M(T).
func (p pairing) sum(ctx context.Context, t *pairedTally) (*big.Rat, error) {
	total := new(big.Rat)
	var visit func(left, pairs []int, taken uint64) error
	visit = func(left, pairs []int, taken uint64) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(left) == 0 {
			total.Add(total, p.weight(t, pairs))
			return nil
		}
		v, left := left[0], left[1:]
		if err := visit(left, pairs, taken); err != nil {
			return err
		}
		both := uint64(1)<<v | uint64(1)<<p.parents[v]
		if taken&both != 0 {
			return nil
		}
		return visit(left, append(pairs, v), taken|both)
	}
	err := visit(p.mayPair, nil, 0)
	return total, err
}

// weight returns pair^{|M|} F_M(N) S_M(T) for the pairs of the given nodes with their parents.
func (p pairing) weight(t *pairedTally, pairs []int) *big.Rat {
	flows := p.graph(pairs).flows(t.points)
	if flows.Sign() == 0 {
		return new(big.Rat)
	}
	w := raise(t.pair, len(pairs))
	return w.Mul(w, new(big.Rat).SetInt(flows.Mul(flows, t.waysIntoColumns(p.parents, pairs))))
}

// waysIntoColumns returns S_M(T), which is shared.
func (t *pairedTally) waysIntoColumns(parents, pairs []int) *big.Int {
	key := make([]byte, 0, 2*maxSplit)
	if len(parents) <= maxSplit {
		for _, v := range parents {
			key = append(key, byte(v))
		}
		for _, v := range pairs {
			key = append(key, byte(v))
		}
		t.mu.Lock()
		sum, ok := t.columns[string(key)]
		t.mu.Unlock()
		if ok {
			return sum
		}
	}
	var same uint64
	for _, v := range pairs {
		same |= 1 << v
	}
	sum := new(big.Int)
	for i, ways := range epochWays(parents, same, integers) {
		sum.Add(sum, new(big.Int).Mul(ways, choose(t.steps, int64(i))))
	}
	if len(key) > 0 {
		t.mu.Lock()
		t.columns[string(key)] = sum
		t.mu.Unlock()
	}
	return sum
}

// graph returns the graph on the parts that has an edge for each of these nodes, to its parent.
func (p pairing) graph(nodes []int) graph {
	g := make(graph, len(nodes))
	for i, v := range nodes {
		g[i] = [2]int{p.parts[v], p.parts[p.parents[v]]}
	}
	return g
}

// A graph lists the ends of each edge. It may have loops and parallel edges.
type graph [][2]int

// connects reports whether the ends of an edge are connected by edges of the graph.
func (g graph) connects(edge [2]int) bool {
	reached := uint64(1) << edge[0]
	for grown := true; grown; {
		grown = false
		for _, e := range g {
			if ends := uint64(1)<<e[0] | uint64(1)<<e[1]; reached&ends != 0 && reached&ends != ends {
				reached |= ends
				grown = true
			}
		}
	}
	return reached>>edge[1]&1 == 1
}

// flows returns the number of flows modulo n that vanish on no edge: n−1 to the number of loops,
// 0 if an edge is in no cycle, and else, of any other edge, those if it is contracted less
// those if it is deleted.
func (g graph) flows(n *big.Int) *big.Int {
	loops := 0
	var rest graph
	for _, e := range g {
		if e[0] == e[1] {
			loops++
		} else {
			rest = append(rest, e)
		}
	}
	product := toThe(new(big.Int).Sub(n, big.NewInt(1)), loops)
	if len(rest) == 0 {
		return product
	}
	first, rest := rest[0], rest[1:]
	if !rest.connects(first) {
		return new(big.Int)
	}
	contracted := slices.Clone(rest)
	for i := range contracted {
		for j, end := range contracted[i] {
			if end == first[1] {
				contracted[i][j] = first[0]
			}
		}
	}
	through := contracted.flows(n)
	through.Sub(through, rest.flows(n))
	return product.Mul(product, through)
}
