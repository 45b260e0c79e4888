package expr

import (
	"cmp"
	"slices"
)

// A scope names the summation indices of a sum and of those around it.
type scope struct {
	names map[string]string // by canonical number
	taken map[string]bool   // names in use, those of free indices too
}

func newScope(s *sum) scope {
	sc := scope{map[string]string{}, map[string]bool{}}
	for _, index := range s.fr {
		sc.taken[index] = true
	}
	return sc
}

func (sc scope) of(index string) string {
	if name, ok := sc.names[index]; ok {
		return name
	}
	return index
}

// inner names the summation indices of a layout, in the order in which they stand on its
// tensors first.
func (sc scope) inner(l layout) scope {
	if len(l.bound) == 0 {
		return sc
	}
	in := scope{map[string]string{}, map[string]bool{}}
	for k, v := range sc.names {
		in.names[k] = v
	}
	for k := range sc.taken {
		in.taken[k] = true
	}
	next := 0
	meet := func(index string) {
		if _, ok := in.names[index]; ok || !slices.Contains(l.bound, index) {
			return
		}
		for in.taken[indexName(next)] {
			next++
		}
		in.names[index] = indexName(next)
		in.taken[in.names[index]] = true
	}
	for _, f := range l.tensors {
		switch n := f.node.(type) {
		case *tensor:
			for _, node := range n.nodes {
				for _, index := range node {
					meet(index)
				}
			}
		default:
			for _, index := range n.free() {
				meet(index)
			}
		}
	}
	for _, index := range l.bound {
		meet(index)
	}
	return in
}

// pairs returns which summation indices the layout need not write a sum for: they stand on
// tensors twice and nowhere else.
func (l layout) pairs() map[string]bool {
	count := map[string]int{}
	for _, f := range l.tensors {
		if counts, ok := slotsOf(f); ok {
			for index, n := range counts {
				count[index] += n
			}
			continue
		}
		for _, index := range f.node.free() {
			count[index] = 3
		}
	}
	elsewhere := func(free []string) {
		for _, index := range free {
			count[index] = 3
		}
	}
	for _, f := range l.content {
		elsewhere(f.node.free())
	}
	if l.poly != nil {
		elsewhere(l.poly.fr)
	}
	pair := map[string]bool{}
	for _, index := range l.bound {
		if count[index] == 2 {
			pair[index] = true
		}
	}
	return pair
}

// A placed index stands below or above.
type placed struct {
	name  string
	above bool
}

// A placement is a tensor with its indices placed: of a pair, the first below, the second
// above.
type placement struct {
	node  node
	nodes [][]placed // of a tensor; of a delta, one
	power int
}

// compareNames orders the names of indices as they are given to summation indices.
func compareNames(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index(indexNames, name); i >= 0 {
			return i
		}
		return len(indexNames)
	}
	return cmp.Or(rank(a)-rank(b), cmp.Compare(a, b))
}

// place places the indices of the layout's tensors, and returns the names of the indices
// that need a sum.
func (l layout) place(sc scope) (explicit []string, list []placement) {
	pair := l.pairs()
	for _, index := range l.bound {
		if !pair[index] {
			explicit = append(explicit, sc.of(index))
		}
	}
	met := map[string]bool{}
	for _, f := range l.tensors {
		copies, power := 1, f.power
		if f.power == 2 && slices.ContainsFunc(f.node.free(), func(index string) bool { return pair[index] }) {
			copies, power = 2, 1
		}
		for range copies {
			p := placement{node: f.node, power: power}
			add := func(node []string) {
				out := make([]placed, len(node))
				node = slices.Clone(node)
				slices.SortStableFunc(node, func(i, j string) int { return compareNames(sc.of(i), sc.of(j)) })
				for i, index := range node {
					out[i] = placed{sc.of(index), pair[index] && met[index]}
					met[index] = true
				}
				p.nodes = append(p.nodes, out)
			}
			switch n := f.node.(type) {
			case *tensor:
				for _, node := range n.nodes {
					add(node)
				}
			case *delta:
				add([]string{n.i, n.j})
			}
			list = append(list, p)
		}
	}
	return explicit, list
}
