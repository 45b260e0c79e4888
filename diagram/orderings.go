package diagram

import (
	"math/big"
	"math/bits"
)

// Orderings returns |ords(D)| of P Prop. 1: the number of total orders of the nodes in
// which children come before parents and the nodes of a part are contiguous, up to
// automorphism. Prop. 1 presupposes the path condition, so a diagram in which a part
// would have to come both before and after another, or itself, has none. Roots come
// last and are left out, also from their parts.
//
// One-epoch SGD with batch 1 on N points has C(N, p) ords(D) |Aut(D)| / Π d_i! maps of
// D in moment form, for p non-root parts of sizes d_i.
//
// The count is a recursion over sets of parts that come first: it splits off parts that
// come last or first of all and multiplies over unrelated sets, so it takes polynomial
// time where parts are related as in a tree, and is exponential in the number of parts
// at worst.
func (d Diagram) Orderings() *big.Int {
	n := d.Edges()
	parent, part := d.Parents()[:n], d.Labels()[:n]
	count, later, sizes := 0, make([]uint64, n), make([]int64, n)
	for v, p := range part {
		count = max(count, p+1)
		sizes[p]++
		if up := parent[v]; up < n {
			later[p] |= 1 << part[up]
		}
	}
	later = later[:count]
	if !isAcyclic(later) {
		return new(big.Int)
	}
	orders := newExtensions(later).count(uint64(1)<<count - 1)
	for _, size := range sizes[:count] {
		orders.Mul(orders, new(big.Int).MulRange(1, size))
	}
	return orders.Quo(orders, d.Aut())
}

// extensions counts the linear extensions of a partial order.
type extensions struct {
	later, earlier []uint64 // related elements, by transitivity
	memo           map[uint64]*big.Int
}

// newExtensions takes an acyclic relation as the successors of each element.
func newExtensions(later []uint64) *extensions {
	e := &extensions{later: later, earlier: make([]uint64, len(later)), memo: map[uint64]*big.Int{}}
	for grown := true; grown; {
		grown = false
		for p := range later {
			for set := later[p]; set != 0; set &= set - 1 {
				if more := later[p] | later[bits.TrailingZeros64(set)]; more != later[p] {
					later[p] = more
					grown = true
				}
			}
		}
	}
	for p, set := range later {
		for ; set != 0; set &= set - 1 {
			e.earlier[bits.TrailingZeros64(set)] |= 1 << p
		}
	}
	return e
}

// count returns the number of orders of the elements of set. The result is shared.
func (e *extensions) count(set uint64) *big.Int {
	if set&(set-1) == 0 {
		return big.NewInt(1)
	}
	if n, ok := e.memo[set]; ok {
		return new(big.Int).Set(n)
	}
	n := e.split(set)
	e.memo[set] = n
	return new(big.Int).Set(n)
}

func (e *extensions) split(set uint64) *big.Int {
	if first := e.component(set); first != set {
		n := new(big.Int).Binomial(int64(bits.OnesCount64(set)), int64(bits.OnesCount64(first)))
		n.Mul(n, e.count(first))
		return n.Mul(n, e.count(set&^first))
	}
	total := new(big.Int)
	for rest := set; rest != 0; rest &= rest - 1 {
		p := bits.TrailingZeros64(rest)
		others := set &^ (1 << p)
		if e.earlier[p]&set == others || e.later[p]&set == others {
			return e.count(others)
		}
		if e.later[p]&set == 0 {
			total.Add(total, e.count(others))
		}
	}
	return total
}

// component returns the elements of set that a chain of relations within it joins to the first.
func (e *extensions) component(set uint64) uint64 {
	joined := set & -set
	for frontier := joined; frontier != 0; {
		p := bits.TrailingZeros64(frontier)
		frontier &^= 1 << p
		more := (e.later[p] | e.earlier[p]) & set &^ joined
		joined |= more
		frontier |= more
	}
	return joined
}
