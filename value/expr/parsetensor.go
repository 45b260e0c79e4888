package expr

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"
)

// tensor makes a tensor, within the limits.
func (p *parser) tensor(start int, form Form, function string, nodes [][]string) (*sum, error) {
	if len(nodes) > MaxRank || len(slices.Concat(nodes...)) > MaxRank {
		return nil, p.failAt(start, fmt.Errorf("%w: a tensor with more than %d indices or nodes", ErrLimit, MaxRank))
	}
	s, err := p.w.monomial(one, factor{newTensor(form, function, nodes), 1})
	return s, p.failAt(start, err)
}

// marks reads indices below and above: _μν^λ.
func (p *parser) marks() ([]string, error) {
	var indices []string
	for {
		start := p.at
		up := p.take("^")
		if !up && !p.take("_") {
			return indices, nil
		}
		if !unicode.IsLower(p.next()) {
			if up && len(indices) > 0 {
				p.at = start // a power
				return indices, nil
			}
			return nil, p.fail(ErrSyntax, "%s instead of an index, a lower-case letter", p.seen())
		}
		for unicode.IsLower(p.next()) {
			index, err := p.index()
			if err != nil {
				return nil, err
			}
			if up {
				index = above(index)
			}
			indices = append(indices, index)
			if most := max(MaxRank, MaxIndices); len(indices) > most {
				return nil, p.failAt(start, fmt.Errorf("%w: more than %d indices", ErrLimit, most))
			}
		}
	}
}

// index reads a letter and subscript digits.
func (p *parser) index() (string, error) {
	start := p.at
	p.at += utf8.RuneLen(p.next())
	for p.take(subscripts) {
	}
	name := p.text[start:p.at]
	return name, p.failAt(start, checkIndex(name))
}

// derivative reads ∇_μ∇^ν f or f, and returns the indices and the name f.
func (p *parser) derivative() (indices []string, function string, err error) {
	for p.take("∇") {
		start := p.at
		more, err := p.marks()
		if err != nil {
			return nil, "", err
		}
		if len(more) == 0 {
			return nil, "", p.failAt(start, fmt.Errorf("%w: ∇ without an index", ErrSyntax))
		}
		if indices = append(indices, more...); len(indices) > MaxRank {
			return nil, "", p.failAt(start, fmt.Errorf("%w: more than %d indices", ErrLimit, MaxRank))
		}
		p.skip()
	}
	start := p.at
	if !isLetter(p.next()) {
		return nil, "", p.fail(ErrSyntax, "%s instead of the function that ∇ acts on", p.seen())
	}
	if function = p.word(); function != "l" {
		err = checkScalar(function)
	}
	return indices, function, p.failAt(start, err)
}

// average reads (node, …) or [node …].
func (p *parser) average(start int, form Form) (*sum, error) {
	open, end := "(", ")"
	if form == Moment {
		open, end = "[", "]"
	}
	if err := p.expect(open); err != nil {
		return nil, err
	}
	var nodes [][]string
	for {
		p.skip()
		at := p.at
		node, function, err := p.derivative()
		if err == nil && function != "l" {
			err = p.failAt(at, fmt.Errorf("%w: the average of %s, which is not random", ErrSyntax, function))
		}
		if err != nil {
			return nil, err
		}
		if nodes = append(nodes, node); len(nodes) > MaxRank {
			return nil, p.failAt(start, fmt.Errorf("%w: more than %d nodes", ErrLimit, MaxRank))
		}
		p.skip()
		if p.take(end) {
			return p.tensor(start, form, "l", nodes)
		}
		if form == Cumulant {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
	}
}

// sigma reads Σ_μν and the rest of the term, which is summed over these indices.
func (p *parser) sigma() (*sum, error) {
	start := p.at
	p.take("Σ")
	indices, err := p.marks()
	if err != nil {
		return nil, err
	}
	for i, index := range indices {
		if unmarked(index) != index || slices.Contains(indices[:i], index) {
			return nil, p.failAt(start, fmt.Errorf("%w: indices of Σ stand below, each once", ErrIndex))
		}
	}
	if len(indices) == 0 {
		return nil, p.fail(ErrSyntax, "Σ without an index")
	}
	for _, index := range indices {
		p.summed[index]++
	}
	s, err := p.nested(p.term)
	for _, index := range indices {
		p.summed[index]--
	}
	if err != nil {
		return nil, err
	}
	m := renaming{}
	for _, index := range indices {
		m[above(index)] = index
	}
	if s, err = p.w.rename(s, m); err != nil {
		return nil, p.failAt(start, err)
	}
	s, err = p.w.bind(s, indices)
	return s, p.failAt(start, err)
}
