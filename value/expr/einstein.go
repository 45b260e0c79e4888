package expr

import (
	"fmt"
	"slices"
	"strings"
)

// Sum returns e summed over the free indices with the given names, each from 1 to the
// dimension of weight space. A term in which an index does not stand is multiplied by that
// dimension, the scalar P.
//
// The error wraps ErrName, ErrIndex if a name is given twice, or ErrLimit.
func Sum(e Expr, indices ...string) (Expr, error) {
	if err := checkSum(indices); err != nil {
		return Expr{}, err
	}
	s, err := newWork().bind(e.sum(), indices)
	return result(s, err, "sum over %s", strings.Join(indices, ", "))
}

func checkSum(indices []string) error {
	if len(indices) > MaxIndices {
		return fmt.Errorf("expr: sum: %w: more than %d summation indices", ErrLimit, MaxIndices)
	}
	for i, index := range indices {
		if err := checkIndex(index); err != nil {
			return err
		}
		if slices.Contains(indices[:i], index) {
			return fmt.Errorf("expr: sum: %w: %s is summed twice", ErrIndex, index)
		}
	}
	return nil
}

// Contract returns the product of the factors, summed in each of its terms over the free
// indices that stand there twice, both times on tensors: Einstein's convention.
//
// The error wraps ErrIndex if an index stands on tensors twice and elsewhere besides, as
// in C_μν·H_μν·h_μ, or more often: Mul and Sum say then what is meant. It wraps ErrLimit
// as that of Mul.
func Contract(factors ...Expr) (Expr, error) {
	w := newWork()
	s, err := w.contractAll(sums(factors))
	return result(s, err, "contraction of %d factors", len(factors))
}

// aboveMark marks an index that stands above in text, until the convention has been applied.
const aboveMark = "\x04"

func above(name string) string { return name + aboveMark }

// unmarked returns the name of an index.
func unmarked(index string) string { return strings.TrimSuffix(index, aboveMark) }

func (w *work) contractAll(factors []*sum) (*sum, error) {
	p, err := w.product(factors...)
	if err != nil {
		return nil, err
	}
	return w.einstein(p, func(name string, slots map[string]int, other int) (bool, error) {
		total := 0
		for _, n := range slots {
			total += n
		}
		if total < 2 {
			return false, nil
		}
		if total > 2 || other > 0 {
			return false, fmt.Errorf("%w: %s stands %d times", ErrIndex, name, total+other)
		}
		return true, nil
	})
}

// unmark takes the marks off all free indices.
func (w *work) unmark(s *sum) (*sum, error) {
	m := renaming{}
	for _, index := range s.fr {
		if name := unmarked(index); name != index {
			m[index] = name
		}
	}
	return w.rename(s, m)
}

// einstein sums each term of s over the names for which pairs says so. It is told how
// often indices of the name stand on tensors, marked or not, and in how many other factors.
func (w *work) einstein(s *sum, pairs func(name string, slots map[string]int, other int) (bool, error)) (*sum, error) {
	terms, err := w.opened(s)
	if err != nil {
		return nil, err
	}
	a := w.adder()
	for _, t := range terms {
		slots := map[string]map[string]int{}
		other := map[string]int{}
		for _, f := range t.factors {
			counts, ok := slotsOf(f)
			for _, index := range f.node.free() {
				name := unmarked(index)
				if isBound(name) {
					continue
				}
				if slots[name] == nil {
					slots[name] = map[string]int{}
				}
				if ok {
					slots[name][index] += counts[index]
				} else {
					other[name]++
				}
			}
		}
		m := renaming{}
		bound := slices.Clone(t.bound)
		for _, name := range unique(keys(slots)) {
			bind, err := pairs(name, slots[name], other[name])
			if err != nil {
				return nil, err
			}
			if !bind {
				continue
			}
			label := newLabel()
			bound = append(bound, label)
			for index := range slots[name] {
				m[index] = label
			}
		}
		if len(m) == 0 {
			// As it was, canonical in s.
			err = a.addMonomial(t.coef, t.factors, t.bound)
		} else {
			err = a.addRenamed(t.coef, t.factors, m, bound)
		}
		if err != nil {
			return nil, err
		}
	}
	return a.sum()
}

// slotsOf returns how often each index stands on a tensor, if f is a product of tensors.
func slotsOf(f factor) (map[string]int, bool) {
	if f.power < 0 {
		return nil, false
	}
	counts := map[string]int{}
	switch n := f.node.(type) {
	case *delta:
		counts[n.i]++
		counts[n.j]++
	case *tensor:
		for _, node := range n.nodes {
			for _, index := range node {
				counts[index] += f.power
			}
		}
	default:
		return nil, false
	}
	return counts, true
}
