package tensor

import (
	"fmt"
	"math/bits"
	"slices"
)

// A Plan says in which order, and through which matrix products, Contract contracts
// a network of tensors. It depends on their dimension and labels only, so one plan
// serves every network of one form.
//
// A Plan is immutable. The zero Plan, of dimension 0, fits no factors.
type Plan struct {
	dim     int
	ranks   []int   // of the factors
	traces  []trace // of the factors
	steps   []step  // the results are numbered on from the factors
	last    int     // the number of the result; −1 where there are no factors
	final   []int   // strides that put its indices in order; nil where they are
	rank    int     // of the result
	cost    int64
	largest int
	text    string
}

// A trace sums over the indices that a factor shares with itself.
type trace struct {
	strides []int // of the free indices, then of the diagonals; nil where there are none
	sum     int   // elements in each sum
}

// A step is the matrix product of two tensors: rows×inner times inner×cols.
type step struct {
	a, b              int
	left, right       layout
	rows, inner, cols int
}

// A layout says how the elements of a tensor lie as a matrix.
type layout struct {
	gather     []int // strides that bring them in row-major order first, if not nil
	transposed bool  // column-major instead
}

// exactFactors is the largest network that is planned optimally, by a search of all
// 3^n ways to split sets of its n factors.
const exactFactors = 10

// PlanContraction plans the sum, over all values of the indices that occur twice, of
// the product of tensors whose indices have the given labels: labels[i][j] names axis
// j of factor i. An index that occurs twice, in two factors or in one, is summed. One
// that occurs once is open and must stand in open, which gives the order of the
// result's axes. With labels [[0 1] [1 2]] and open [2 0] the result is the
// transposed matrix product (ab)ᵀ. Factors that share no index multiply; an empty
// network is the scalar one.
//
// Up to 10 factors, after traces within factors, the order costs the fewest
// multiplications of all that combine two tensors at a time; above that it is greedy.
//
// The error wraps ErrShape if dim < 1, ErrLabel if a label occurs otherwise than said,
// and ErrTooLarge if there are more than MaxFactors factors, or if a factor, the result
// or an intermediate would exceed the limits of New.
func PlanContraction(dim int, labels [][]int, open []int) (Plan, error) {
	if len(labels) > MaxFactors {
		return Plan{}, fmt.Errorf("tensor: %d factors, more than %d: %w", len(labels), MaxFactors, ErrTooLarge)
	}
	for i, l := range labels {
		if _, err := size(dim, len(l)); err != nil {
			return Plan{}, fmt.Errorf("tensor: factor %d: %w", i, err)
		}
	}
	result, err := size(dim, len(open))
	if err != nil {
		return Plan{}, fmt.Errorf("tensor: result: %w", err)
	}
	if err := checkLabels(labels, open); err != nil {
		return Plan{}, fmt.Errorf("tensor: %w", err)
	}

	p := Plan{dim: dim, last: len(labels) - 1, rank: len(open), largest: result}
	tensors := make([][]int, len(labels)) // the labels left of every tensor
	for i, l := range labels {
		t, free := planTrace(dim, l)
		if t.strides != nil {
			p.largest = max(p.largest, power(dim, len(free)))
		}
		p.ranks = append(p.ranks, len(l))
		p.traces = append(p.traces, t)
		tensors[i] = free
	}
	pairs, err := order(newNetwork(dim, tensors))
	if err != nil {
		return Plan{}, fmt.Errorf("tensor: %w", err)
	}
	text := make([]string, len(labels))
	for i := range text {
		text[i] = fmt.Sprint(i)
	}
	for _, pair := range pairs {
		s, out := planStep(dim, tensors[pair[0]], tensors[pair[1]])
		s.a, s.b = pair[0], pair[1]
		p.steps = append(p.steps, s)
		p.cost += int64(s.rows) * int64(s.inner) * int64(s.cols)
		p.largest = max(p.largest, s.rows*s.cols)
		p.last = len(tensors)
		tensors = append(tensors, out)
		text = append(text, "("+text[s.a]+" "+text[s.b]+")")
	}
	p.text = "1"
	if p.last >= 0 {
		p.text = text[p.last]
		p.final = reorder(dim, tensors[p.last], open)
	}
	return p, nil
}

// Cost returns the number of multiplications of elements that the plan takes.
func (p Plan) Cost() int64 { return p.cost }

// Largest returns the number of elements of the largest tensor that contracting
// builds: the result, a product of some factors, or a factor's trace.
func (p Plan) Largest() int { return p.largest }

// String returns the order of the contraction with what it takes, such as
// ((0 1) 2): 72 multiplications, at most 9 elements.
func (p Plan) String() string {
	return fmt.Sprintf("%s: %d multiplications, at most %d elements", p.text, p.cost, p.largest)
}

// checkLabels returns an error unless every label occurs twice in factors, or once
// there and once among the open ones.
func checkLabels(labels [][]int, open []int) error {
	count := make(map[int]int)
	for _, l := range labels {
		for _, label := range l {
			count[label]++
		}
	}
	isOpen := make(map[int]bool, len(open))
	for _, label := range open {
		if isOpen[label] {
			return fmt.Errorf("label %d is open twice: %w", label, ErrLabel)
		}
		if count[label] != 1 {
			return fmt.Errorf("open label %d occurs %d times in factors: %w", label, count[label], ErrLabel)
		}
		isOpen[label] = true
	}
	for i, l := range labels {
		for _, label := range l {
			switch n := count[label]; {
			case n > 2:
				return fmt.Errorf("factor %d: label %d occurs %d times: %w", i, label, n, ErrLabel)
			case n == 1 && !isOpen[label]:
				return fmt.Errorf("factor %d: label %d occurs once but is not open: %w", i, label, ErrLabel)
			}
		}
	}
	return nil
}

// planTrace plans the sum over the labels that occur twice in l and returns the others.
func planTrace(dim int, l []int) (trace, []int) {
	var free, diagonal []int
	t := trace{sum: 1}
	from := strides(dim, len(l))
	out := make([]int, 0, len(l))
	for axis, label := range l {
		switch other := slices.Index(l, label); {
		case other < axis:
			diagonal = append(diagonal, from[axis]+from[other])
			t.sum *= dim
		case !slices.Contains(l[axis+1:], label):
			free = append(free, label)
			out = append(out, from[axis])
		}
	}
	if diagonal != nil {
		t.strides = append(out, diagonal...)
	}
	return t, free
}

// planStep plans the product of tensors with labels a and b and returns its labels.
func planStep(dim int, a, b []int) (step, []int) {
	var shared, freeA, freeB []int
	for _, label := range a {
		if slices.Contains(b, label) {
			shared = append(shared, label)
		} else {
			freeA = append(freeA, label)
		}
	}
	for _, label := range b {
		if !slices.Contains(a, label) {
			freeB = append(freeB, label)
		}
	}
	return step{
		left:  layOut(dim, a, freeA, shared),
		right: layOut(dim, b, shared, freeB),
		rows:  power(dim, len(freeA)),
		inner: power(dim, len(shared)),
		cols:  power(dim, len(freeB)),
	}, slices.Concat(freeA, freeB)
}

// layOut returns how a tensor with labels l is a matrix with the given labels along
// its rows and columns.
func layOut(dim int, l, rows, cols []int) layout {
	if slices.Equal(l, slices.Concat(cols, rows)) {
		return layout{transposed: len(rows) > 0 && len(cols) > 0}
	}
	return layout{gather: reorder(dim, l, slices.Concat(rows, cols))}
}

// reorder returns the strides, in a tensor with labels from, of the labels to: a
// permutation of from. They are nil if the two are equal.
func reorder(dim int, from, to []int) []int {
	if slices.Equal(from, to) {
		return nil
	}
	all := strides(dim, len(from))
	out := make([]int, len(to))
	for i, label := range to {
		out[i] = all[slices.Index(from, label)]
	}
	return out
}

// power returns dim^k, which the caller knows to be at most MaxElements.
func power(dim, k int) int {
	n := 1
	for range k {
		n *= dim
	}
	return n
}

// A network holds what the cost of a contraction depends on: how many indices each
// tensor has, and how many it shares with each other one.
type network struct {
	dim    int
	rank   []int
	shared [][]int
}

func newNetwork(dim int, labels [][]int) network {
	n := network{dim: dim}
	where := make(map[int]int)
	for i, l := range labels {
		n.rank = append(n.rank, len(l))
		n.shared = append(n.shared, make([]int, len(labels)))
		for _, label := range l {
			if j, ok := where[label]; ok {
				n.shared[i][j]++
				n.shared[j][i]++
			}
			where[label] = i
		}
	}
	return n
}

// order returns the pairs of tensors to multiply, one after the other. The k-th
// product is numbered len(n.rank)+k.
func order(n network) ([][2]int, error) {
	if len(n.rank) <= 1 {
		return nil, nil
	}
	if len(n.rank) <= exactFactors {
		return n.optimal()
	}
	return n.greedy()
}

// errIntermediate reports that every order passes through a tensor above the limits.
func (n network) errIntermediate() error {
	return fmt.Errorf("an intermediate tensor in dimension %d exceeds %d elements: %w", n.dim, MaxElements, ErrTooLarge)
}

// optimal returns the order with the fewest multiplications, by dynamic programming
// over the sets of tensors.
//
// The product of a set has the indices with one end in the set. So if p and q indices
// are left of two sets and r of their union, (p+q−r)/2 are shared and the product of
// the two takes dim^((p+q+r)/2) multiplications.
func (n network) optimal() ([][2]int, error) {
	count := len(n.rank)
	all := 1<<count - 1
	rank := make([]int, all+1)
	cost := make([]int64, all+1) // −1 for a set whose product is out of reach
	split := make([]int, all+1)
	for set := 1; set <= all; set++ {
		i := bits.TrailingZeros(uint(set))
		rest := set &^ (1 << i)
		rank[set] = rank[rest] + n.rank[i]
		for j := range count {
			if rest>>j&1 == 1 {
				rank[set] -= 2 * n.shared[i][j]
			}
		}
		if rest == 0 {
			continue
		}
		cost[set] = -1
		if _, err := size(n.dim, rank[set]); err != nil {
			continue
		}
		// Every proper part that holds the tensor i, so that no split comes twice.
		for other := rest; other > 0; other = (other - 1) & rest {
			part := set &^ other
			if cost[part] < 0 || cost[other] < 0 {
				continue
			}
			// All three tensors are within MaxElements, so this is at most its square
			// and the sum over all steps fits easily.
			c := cost[part] + cost[other]
			mult := int64(1)
			for range (rank[part] + rank[other] + rank[set]) / 2 {
				mult *= int64(n.dim)
			}
			if c += mult; cost[set] < 0 || c < cost[set] {
				cost[set], split[set] = c, part
			}
		}
	}
	if cost[all] < 0 {
		return nil, n.errIntermediate()
	}
	var pairs [][2]int
	var visit func(set int) int
	visit = func(set int) int {
		if set&(set-1) == 0 {
			return bits.TrailingZeros(uint(set))
		}
		a, b := visit(split[set]), visit(set&^split[set])
		pairs = append(pairs, [2]int{a, b})
		return count + len(pairs) - 1
	}
	visit(all)
	return pairs, nil
}

// greedy multiplies, again and again, the two tensors whose product adds the fewest
// elements to those held; tensors that share no index only when no others are left.
func (n network) greedy() ([][2]int, error) {
	count := len(n.rank)
	rank := slices.Clone(n.rank)
	shared := make([][]int, count, 2*count)
	for i := range shared {
		shared[i] = make([]int, 2*count)
		copy(shared[i], n.shared[i])
	}
	live := make([]int, count)
	for i := range live {
		live[i] = i
	}
	var pairs [][2]int
	for len(live) > 1 {
		best, bestAdds, bestShares := [2]int{-1, -1}, 0, false
		for x, i := range live {
			for _, j := range live[x+1:] {
				product, err := size(n.dim, rank[i]+rank[j]-2*shared[i][j])
				if err != nil {
					continue
				}
				adds := product - power(n.dim, rank[i]) - power(n.dim, rank[j])
				shares := shared[i][j] > 0
				if best[0] < 0 || shares && !bestShares || shares == bestShares && adds < bestAdds {
					best, bestAdds, bestShares = [2]int{i, j}, adds, shares
				}
			}
		}
		if best[0] < 0 {
			return nil, n.errIntermediate()
		}
		i, j, k := best[0], best[1], len(rank)
		rank = append(rank, rank[i]+rank[j]-2*shared[i][j])
		row := make([]int, 2*count)
		live = slices.DeleteFunc(live, func(x int) bool { return x == i || x == j })
		for _, x := range live {
			row[x] = shared[i][x] + shared[j][x]
			shared[x][k] = row[x]
		}
		shared = append(shared, row)
		live = append(live, k)
		pairs = append(pairs, best)
	}
	return pairs, nil
}
