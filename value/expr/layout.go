package expr

import (
	"math/big"
	"slices"
	"strings"
)

// A layout is how a sum is shown: terms with the same tensors and the same summation
// indices, or the same denominator, are gathered, and what they have besides is written
// as a product, as far as its form is easy to find.
type layout struct {
	coef    *big.Rat
	bound   []string
	content []factor // scalars and their like that all terms have
	poly    *sum     // what is left of the terms, or nil if that is 1
	power   int      // of poly
	tensors []factor
}

// layouts gathers the terms of s.
func layouts(s *sum) []layout {
	var order []string
	gathered := map[string][]term{}
	for _, t := range s.terms {
		_, tensors := parts(t)
		key := strings.Join(t.bound, "") + ":" + keyOf(tensors)
		if gathered[key] == nil {
			order = append(order, key)
		}
		gathered[key] = append(gathered[key], t)
	}
	var list []layout
	for _, key := range order {
		terms := gathered[key]
		_, tensors := parts(terms[0])
		if key != ":" || len(terms) > 1 {
			// Without tensors, gathering pays if a factor or a power is found.
			if l, ok := gather(terms); ok && (key != ":" || l.power > 1 || len(l.content) > 0) {
				l.tensors = tensors
				list = append(list, l)
				continue
			}
		}
		for _, some := range byDenominator(terms) {
			if l, ok := gather(some); ok && len(some) > 1 {
				l.tensors = tensors
				list = append(list, l)
				continue
			}
			for _, t := range some {
				content, tensors := parts(t)
				list = append(list, layout{coef: t.coef, bound: t.bound, content: content, tensors: tensors})
			}
		}
	}
	return list
}

// byDenominator puts the terms together that divide by the same. Those that do not divide
// stay alone.
func byDenominator(terms []term) [][]term {
	var list [][]term
	at := map[string]int{}
	for _, t := range terms {
		content, _ := parts(t)
		under := keyOf(slices.DeleteFunc(content, func(f factor) bool { return f.power > 0 }))
		if i, ok := at[under]; ok && under != "" {
			list[i] = append(list[i], t)
			continue
		}
		at[under] = len(list)
		list = append(list, []term{t})
	}
	return list
}

// parts splits the factors of a term into scalars and their like, and tensors.
func parts(t term) (content, tensors []factor) {
	for _, f := range t.factors {
		switch f.node.(type) {
		case *tensor, *delta:
			tensors = append(tensors, f)
		default:
			content = append(content, f)
		}
	}
	return content, tensors
}

// gather writes the sum of the terms, without their tensors, as a product.
func gather(terms []term) (layout, bool) {
	l := layout{bound: terms[0].bound}
	l.content, _ = parts(terms[0])
	if len(terms) == 1 {
		l.coef = terms[0].coef
		return l, true
	}
	for _, t := range terms[1:] {
		content, _ := parts(t)
		l.content = shared(l.content, content)
	}
	// The polynomial's first coefficient is 1, as in M·N − 1/2.
	w := newWork()
	a := w.adder()
	l.coef = new(big.Rat).Abs(terms[0].coef)
	for _, t := range terms {
		content, _ := parts(t)
		c := new(big.Rat).Quo(t.coef, l.coef)
		if a.addMonomial(c, without(content, l.content), nil) != nil {
			return layout{}, false
		}
	}
	poly, err := a.sum()
	if err != nil || len(poly.terms) != len(terms) {
		return layout{}, false
	}
	if poly.terms[0].coef.Sign() < 0 {
		l.coef = new(big.Rat).Neg(l.coef)
		poly = Neg(Expr{s: poly}).sum()
	}
	l.poly, l.power = poly, 1
	for _, k := range smallPrimes {
		for {
			root, ok := w.root(l.poly, k)
			if !ok {
				break
			}
			if k%2 == 0 && root.terms[0].coef.Sign() < 0 {
				root = Neg(Expr{s: root}).sum()
			}
			l.poly, l.power = root, l.power*k
		}
	}
	return l, true
}

// shared returns the factors that stand in both products, with the power nearer to 0.
func shared(a, b []factor) []factor {
	var out []factor
	for _, f := range a {
		for _, g := range b {
			if f.node.key() == g.node.key() && (f.power > 0) == (g.power > 0) {
				p := min(f.power, g.power)
				if p < 0 {
					p = max(f.power, g.power)
				}
				out = append(out, factor{f.node, p})
			}
		}
	}
	return out
}

// without divides a product by a factor of it.
func without(all, some []factor) []factor {
	var out []factor
	for _, f := range all {
		for _, g := range some {
			if f.node.key() == g.node.key() {
				f.power -= g.power
			}
		}
		if f.power != 0 {
			out = append(out, f)
		}
	}
	return out
}
