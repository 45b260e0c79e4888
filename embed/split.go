package embed

import (
	"context"
	"math/big"
	"math/bits"
	"slices"

	"github.com/perturb-go/perturb/diagram"
)

// Maps into SGD's grid without reshuffling, of E epochs and K = N/B batches, come apart. A
// node has an epoch, and its part a batch and a place in it. Along an edge the child comes
// first: in an earlier epoch, or in the same epoch and an earlier batch. So sum over the
// sets A of edges whose ends share an epoch:
//
//	maps = Σ_A epochs(A) · batches(A),
//
// where epochs(A) is the number of ways to give epochs to the nodes, equal along the edges
// of A and increasing along the others, and batches(A) is the number of ways to give
// batches and places to the parts, with batches increasing along the edges of A. Sort each by
// the number of different epochs i, and of different batches j: those with given i and j
// are C(E,i) and C(K,j) times the ways to use just these. So there are numbers c with
//
//	cumulant form: maps = Σ c_{ijr}  C(E,i) C(K,j) K^r B^p
//	moment form:   maps = Σ c_{ijqr} C(E,i) C(K,j) B^q (KB−p+r)(KB−p+r−1)…(KB−p+1)
//
// for p parts, of which r have no edge of A and so lie anywhere, or in any row but those of
// the other parts. A splitter finds them.
//
// It keeps what diagrams share, and is for one goroutine at a time.
type splitter struct {
	trees   map[string]*epochTable
	batches [2]map[relation][]batchTerm // by form
	sum     splitCount
}

func newSplitter() *splitter {
	return &splitter{trees: map[string]*epochTable{}, batches: [2]map[relation][]batchTerm{{}, {}}}
}

// maxSplit is the largest number of edges of a diagram that is split: 2^9 sets of edges, and
// 3^10 steps for the batches of each, at worst. Up to it no count overflows: on d nodes there
// are at most Fubini(10) = 102247563 orders with ties, the sum of epochs(A); and Σ |c| over
// q is at most d! 2^(d−1) < 1.9e9 for the batches of one A, hence Σ |c| < 2e17.
const maxSplit = 10

// A splitCount has the numbers c, at index ((i·(p+1) + p−r)·(p+1) + j)·places + q; in cumulant
// form places is 1 and q is 0, else places is p+1.
type splitCount struct {
	edges, parts, places int
	c                    []int64
}

// at returns the offset of the numbers of given i and r.
func (s *splitCount) at(i, related int) int {
	return (i*(s.parts+1) + related) * (s.parts + 1) * s.places
}

// each calls do with every number other than 0.
func (s *splitCount) each(do func(i, related, j, q int, c int64)) {
	for at, c := range s.c {
		if c != 0 {
			q := at % s.places
			j := at / s.places % (s.parts + 1)
			related := at / s.places / (s.parts + 1) % (s.parts + 1)
			do(at/s.at(1, 0), related, j, q, c)
		}
	}
}

// An epochTable has, for each set of the inner edges of a tree, by their index, how many
// ways there are to use i epochs, at index i.
type epochTable struct {
	inner []int // the nodes below the inner edges, which are those that do not end at a root
	ways  [][]int64
}

// A batchTerm is a number of ways to use j batches, times B^q.
type batchTerm struct {
	j, q int
	ways int64
}

// count returns the numbers c of an untied diagram with one root. They are valid until the
// next call.
func (s *splitter) count(ctx context.Context, d diagram.Diagram, form Form) (*splitCount, error) {
	parents, part := d.Parents(), d.Labels()
	n := d.Edges()
	table := s.tree(parents[:n])
	parts := 0
	for _, p := range part[:n] {
		parts = max(parts, p+1)
	}
	sum := &s.sum
	sum.edges, sum.parts, sum.places = n, parts, 1
	if form == Moment {
		sum.places = parts + 1
	}
	size := sum.at(n+1, 0)
	sum.c = slices.Grow(sum.c[:0], size)[:size]
	clear(sum.c)
	var allowed int // an edge within a part cannot lie within an epoch
	for i, v := range table.inner {
		if part[v] != part[parents[v]] {
			allowed |= 1 << i
		}
	}
	for set := allowed; ; set = (set - 1) & allowed {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.add(table.ways[set], s.relate(table, set, parents, part, parts), form)
		if set == 0 {
			return sum, nil
		}
	}
}

// relate returns the relation that a set of edges imposes on the parts.
func (s *splitter) relate(table *epochTable, set int, parents, part []int, parts int) relation {
	var before, after [maxSplit]uint16
	for ; set != 0; set &= set - 1 {
		v := table.inner[bits.TrailingZeros(uint(set))]
		p, q := part[v], part[parents[v]]
		before[q] |= 1 << p
		after[p] |= 1 << q
	}
	return newRelation(before[:parts], after[:parts])
}

// add adds the product of the ways to choose epochs and batches.
func (s *splitter) add(ways []int64, r relation, form Form) {
	terms, ok := s.batches[form][r]
	if !ok {
		terms = r.batches(form)
		s.batches[form][r] = terms
	}
	for i, n := range ways {
		if n == 0 {
			continue
		}
		c := s.sum.c[s.sum.at(i, r.size):]
		for _, t := range terms {
			c[t.j*s.sum.places+t.q] += n * t.ways
		}
	}
}

// tree returns the epoch table of a tree, given by the parents of the non-root nodes.
func (s *splitter) tree(parents []int) *epochTable {
	key := make([]byte, len(parents))
	for v, up := range parents {
		key[v] = byte(up)
	}
	if t, ok := s.trees[string(key)]; ok {
		return t
	}
	t := &epochTable{}
	for v, up := range parents {
		if up < len(parents) {
			t.inner = append(t.inner, v)
		}
	}
	t.ways = make([][]int64, 1<<len(t.inner))
	for set := range t.ways {
		var same uint64 // nodes that share their parent's epoch
		for i, v := range t.inner {
			if set>>i&1 == 1 {
				same |= 1 << v
			}
		}
		t.ways[set] = epochWays(parents, same, words)
	}
	s.trees[string(key)] = t
	return t
}

// epochWays returns, at index i, the number of ways to put all nodes into i epochs, none of
// them empty: those into at most i epochs, by their forward differences. Children come in
// earlier epochs than their parents, but for those that share one.
func epochWays[T any](parents []int, same uint64, in arithmetic[T]) []T {
	n := len(parents)
	// The maps of each subtree that put its top into epoch t: the product over the children of
	// their maps in earlier epochs, or in the same one.
	maps := make([][]T, n+1)
	for v := range maps {
		maps[v] = slices.Repeat([]T{in.one}, n+1)
	}
	for v, up := range parents { // children come before parents
		before := in.zero
		for t, x := range maps[v] {
			if same>>v&1 == 1 {
				maps[up][t] = in.times(maps[up][t], x)
				continue
			}
			maps[up][t] = in.times(maps[up][t], before)
			before = in.plus(before, x)
		}
	}
	// The root is in the epoch after the last, so at index t it has t epochs before it.
	ways := maps[n]
	differences(ways, in.minus)
	return ways
}

// An arithmetic has integers of some type, and returns fresh ones.
type arithmetic[T any] struct {
	zero, one          T
	plus, minus, times func(a, b T) T
}

var (
	words = arithmetic[int64]{
		0, 1,
		func(a, b int64) int64 { return a + b },
		func(a, b int64) int64 { return a - b },
		func(a, b int64) int64 { return a * b },
	}
	integers = arithmetic[*big.Int]{
		new(big.Int), big.NewInt(1),
		func(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) },
		subtract,
		func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) },
	}
)

// A relation says which parts must be in earlier batches than which. Parts that it says
// nothing of are left out. The others are numbered so that many relations of one form are
// equal.
type relation struct {
	size   int
	before [maxSplit]uint16 // for each part, the parts in earlier batches
}

func newRelation(before, after []uint16) (r relation) {
	var order [maxSplit]int
	rank := func(p int) int { return bits.OnesCount16(before[p])<<8 | bits.OnesCount16(after[p]) }
	for p := range before {
		if before[p]|after[p] == 0 {
			continue
		}
		i := r.size
		for ; i > 0 && rank(order[i-1]) > rank(p); i-- {
			order[i] = order[i-1]
		}
		order[i] = p
		r.size++
	}
	for i, p := range order[:r.size] {
		for j, q := range order[:r.size] {
			r.before[i] |= before[p] >> q & 1 << j
		}
	}
	return r
}

// batches returns the ways to give batches to the parts, as the numbers of batches times
// powers of B. Batch by batch, the parts in it are some of those whose predecessors have
// theirs. In moment form, m parts in a batch have B(B−1)…(B−m+1) ways to take places, in
// cumulant form B^m, which is left out. There is none if the relation has a cycle.
func (r relation) batches(form Form) []batchTerm {
	n := r.size
	q := 1
	if form == Moment {
		q = n + 1
	}
	all := 1<<n - 1
	ways := make([][]int64, all+1) // by the parts that have a batch: at index j·q + power of B
	ways[0] = make([]int64, (n+1)*q)
	ways[0][0] = 1
	for done, from := range ways {
		if from == nil || done == all {
			continue
		}
		free := 0
		for p := range n {
			if done>>p&1 == 0 && int(r.before[p])&^done == 0 {
				free |= 1 << p
			}
		}
		for now := free; now != 0; now = (now - 1) & free {
			to := ways[done|now]
			if to == nil {
				to = make([]int64, (n+1)*q)
				ways[done|now] = to
			}
			if form == Cumulant {
				for j := range n {
					to[j+1] += from[j]
				}
				continue
			}
			places := fallingPowers[bits.OnesCount(uint(now))]
			for at, x := range from[:n*q] {
				if x == 0 {
					continue
				}
				for k, c := range places {
					if c != 0 {
						to[at+q+k] += x * c
					}
				}
			}
		}
	}
	var terms []batchTerm
	for at, x := range ways[all] {
		if x != 0 {
			terms = append(terms, batchTerm{at / q, at % q, x})
		}
	}
	return terms
}

// fallingPowers has the coefficients of x(x−1)…(x−m+1) at index m, by powers of x: Stirling
// numbers of the first kind.
var fallingPowers = func() (s [maxSplit + 1][]int64) {
	s[0] = []int64{1}
	for m := 1; m < len(s); m++ {
		s[m] = make([]int64, m+1)
		for k, c := range s[m-1] {
			s[m][k+1] += c
			s[m][k] -= int64(m-1) * c
		}
	}
	return s
}()
