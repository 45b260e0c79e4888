package expr

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// newTerm returns a term whose factors are merged and sorted, and whose bound indices
// have their canonical numbers.
func newTerm(coef *big.Rat, factors []factor, bound []string) term {
	t := term{coef: coef, factors: factors, bound: bound}
	for _, f := range factors {
		t.h = max(t.h, f.node.height())
	}
	t.h += len(bound)
	t.k = strings.Join(bound, "") + ":" + keyOf(factors)
	return t
}

func keyOf(factors []factor) string {
	var b strings.Builder
	for _, f := range factors {
		b.WriteByte('(')
		b.WriteString(f.node.key())
		b.WriteByte(')')
		b.WriteString(strconv.Itoa(f.power))
	}
	return b.String()
}

func markFactor(f factor, name func(string) string) string {
	var b strings.Builder
	b.WriteByte('(')
	f.node.mark(&b, name)
	b.WriteByte(')')
	b.WriteString(strconv.Itoa(f.power))
	return b.String()
}

// canonical returns the term c·Π factors, summed over the bound indices, with the indices
// numbered canonically: whatever they were called, the result is the same. Each index
// stands in a factor, and factors are merged.
//
// Factors that share summation indices, directly or through others, are numbered
// together, apart from all others. Of their numberings the one is taken for which their
// sorted keys are the least; there are fewer candidates than permutations because indices
// are told apart by the factors in which they stand, and those indices by theirs, and so
// on (as in graph canonization, McKay 1981). Candidates that a symmetry takes to one
// another count once. When more than MaxLabelings are left, the least among that many is
// taken.
//
// If a renaming takes the product to minus itself, it is zero, and so is coef.
func (w *work) canonical(c *big.Rat, factors []factor, bound []string) (term, error) {
	if len(bound) == 0 {
		return newTerm(c, factors, nil), nil
	}
	base := 0
	for _, f := range factors {
		base = max(base, f.node.height())
	}
	groups := connected(factors, bound)
	for i := range groups {
		if err := w.label(&groups[i], base); err != nil {
			return term{}, err
		}
		if groups[i].zero {
			return term{coef: new(big.Rat)}, nil
		}
	}
	slices.SortFunc(groups, func(g, h group) int { return cmp.Compare(g.best, h.best) })
	m := renaming{}
	var numbers []string
	for _, g := range groups {
		for _, i := range g.order {
			numbers = append(numbers, number(base+len(numbers)))
			m[g.indices[i]] = numbers[len(numbers)-1]
		}
	}
	coef, factors, err := w.renameFactors(c, factors, m)
	if err != nil {
		return term{}, err
	}
	return newTerm(coef, factors, numbers), nil
}

// A group is a set of factors that share summation indices.
type group struct {
	factors []factor
	indices []string

	best       string // the least key found
	order      []int  // the indices in the order of their numbers in it
	path       []int  // what was singled out on the way to it
	sign       int    // that it brings
	zero       bool   // the product is minus itself
	symmetries [][]int
	tried      int
}

// connected splits the factors that have bound indices into groups.
func connected(factors []factor, bound []string) []group {
	root := make(map[string]string, len(bound))
	for _, index := range bound {
		root[index] = index
	}
	find := func(index string) string {
		for root[index] != index {
			index = root[index]
		}
		return index
	}
	firstOf := func(f factor) string {
		for _, index := range f.node.free() {
			if _, ok := root[index]; ok {
				return index
			}
		}
		return ""
	}
	for _, f := range factors {
		first := firstOf(f)
		for _, index := range f.node.free() {
			if _, ok := root[index]; ok {
				root[find(index)] = find(first)
			}
		}
	}
	at := map[string]int{}
	var groups []group
	for _, index := range bound {
		r := find(index)
		if _, ok := at[r]; !ok {
			at[r] = len(groups)
			groups = append(groups, group{})
		}
		g := &groups[at[r]]
		g.indices = append(g.indices, index)
	}
	for _, f := range factors {
		if first := firstOf(f); first != "" {
			g := &groups[at[find(first)]]
			g.factors = append(g.factors, f)
		}
	}
	for i := range groups {
		slices.Sort(groups[i].indices)
	}
	return groups
}

// label finds the canonical order of a group's indices.
func (w *work) label(g *group, base int) error {
	if len(g.indices) == 1 {
		_, err := w.leaf(g, base, []int{0}, nil)
		return err
	}
	colors, err := w.refine(g, make([]int, len(g.indices)))
	if err != nil {
		return err
	}
	_, err = w.search(g, base, colors, nil)
	return err
}

// refine tells indices apart as far as their factors do: colors of the result grow with
// those given and, among these, with the sorted list of factors in which an index stands,
// written with the colors of the other indices. Colors have no gaps.
func (w *work) refine(g *group, colors []int) ([]int, error) {
	count := 0
	for {
		name := make(map[string]string, len(colors))
		for i, index := range g.indices {
			name[index] = "#" + threeDigits(colors[i])
		}
		lists := make([]string, len(colors))
		for i, index := range g.indices {
			named := func(other string) string {
				if other == index {
					return "*"
				}
				if color, ok := name[other]; ok {
					return color
				}
				return other
			}
			var marks []string
			for _, f := range g.factors {
				if has(f, index) {
					marks = append(marks, markFactor(f, named))
				}
			}
			if err := w.spend(len(marks)); err != nil {
				return nil, err
			}
			slices.Sort(marks)
			lists[i] = name[index] + strings.Join(marks, "")
		}
		sorted := unique(slices.Clone(lists))
		for i, list := range lists {
			colors[i], _ = slices.BinarySearch(sorted, list)
		}
		if len(sorted) == count || len(sorted) == len(colors) {
			return colors, nil
		}
		count = len(sorted)
	}
}

// search tries all orders of the indices that agree with the colors, but for those that a
// symmetry of the product takes to one tried already. The path has the indices that were
// singled out on the way here. The result is the length of the path from which to go on.
func (w *work) search(g *group, base int, colors, path []int) (int, error) {
	if g.zero || g.tried >= MaxLabelings {
		return 0, nil
	}
	// The first color that several indices have.
	members := make([][]int, len(colors))
	for i, color := range colors {
		members[color] = append(members[color], i)
	}
	at := slices.IndexFunc(members, func(m []int) bool { return len(m) > 1 })
	if at < 0 {
		order := make([]int, len(colors))
		for i, color := range colors {
			order[color] = i
		}
		return w.leaf(g, base, order, path)
	}
	var tried []int
	for _, i := range members[at] {
		done, err := w.symmetric(g, i, tried, path)
		if err != nil || g.zero {
			return 0, err
		}
		if done {
			continue
		}
		tried = append(tried, i)
		// i before the others of its color.
		next := make([]int, len(colors))
		for j, color := range colors {
			next[j] = 2 * color
			if color == at && j != i {
				next[j]++
			}
		}
		next, err = w.refine(g, next)
		if err != nil {
			return 0, err
		}
		back, err := w.search(g, base, next, append(slices.Clone(path), i))
		if err != nil || back < len(path) {
			return back, err
		}
	}
	return len(path), nil
}

// symmetric reports whether a symmetry that leaves the path as it is takes an index that
// was tried to index i: a symmetry that was found before, or a swap.
func (w *work) symmetric(g *group, i int, tried, path []int) (bool, error) {
	orbit := []int{i}
	for n := 0; n < len(orbit); n++ {
		for _, m := range g.symmetries {
			if slices.ContainsFunc(path, func(j int) bool { return m[j] != j }) {
				continue
			}
			if image := m[orbit[n]]; !slices.Contains(orbit, image) {
				orbit = append(orbit, image)
			}
		}
	}
	for _, j := range tried {
		if slices.Contains(orbit, j) {
			return true, nil
		}
		sign, err := w.swap(g, g.indices[i], g.indices[j])
		if err != nil {
			return false, err
		}
		if sign < 0 {
			g.zero = true
		}
		if sign != 0 {
			return true, nil
		}
	}
	return false, nil
}

// swap says whether two indices may be swapped: 1 if that leaves the product as it is,
// −1 if it changes its sign, else 0.
func (w *work) swap(g *group, i, j string) (int, error) {
	coef, factors, err := w.renameFactors(one, g.factors, renaming{i: j, j: i})
	if err != nil || keyOf(factors) != keyOf(g.factors) {
		return 0, err
	}
	return coef.Sign(), nil
}

// leaf numbers the indices in the order given, and keeps the order if it is the best. If it
// is as good as the best, a symmetry takes one to the other; then what is left to try
// after the indices that both paths have in common is the image of what was tried.
func (w *work) leaf(g *group, base int, order, path []int) (int, error) {
	g.tried++
	m := renaming{}
	for n, i := range order {
		m[g.indices[i]] = number(base + n)
	}
	coef, factors, err := w.renameFactors(one, g.factors, m)
	if err != nil {
		return 0, err
	}
	key := keyOf(factors)
	switch {
	case g.best == "" || key < g.best:
		g.best, g.order, g.path, g.sign = key, order, path, coef.Sign()
	case key == g.best && coef.Sign() != g.sign:
		g.zero = true
	case key == g.best:
		symmetry := make([]int, len(order))
		for n, i := range order {
			symmetry[g.order[n]] = i
		}
		g.symmetries = append(g.symmetries, symmetry)
		common := 0
		for common < len(path) && path[common] == g.path[common] {
			common++
		}
		return common, nil
	}
	return len(path), nil
}
