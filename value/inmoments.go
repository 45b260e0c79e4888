package value

import (
	"context"
	"math"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/mobius"
)

// inMoments writes a linear combination of values in cumulant form as one of values in moment
// form, by
//
//	κ(part) = Σ_π (−1)^{|π|−1} (|π|−1)! Π_{B∈π} m(B)
//
// over the partitions π of every part. Over exact numbers it is the same sum, and takes less:
// a moment of a few data has few terms, where a cumulant has one for each of these partitions
// at every index; and the values that many diagrams then need are the same, and may cancel.
func inMoments(ctx context.Context, list []summand, o Observable) ([]summand, error) {
	index := map[diagram.Diagram]int{} // by class, and by diagram
	var sum []summand
	for _, term := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := eachRefinement(term.diagram, func(d diagram.Diagram, sign *big.Int) {
			i, ok := index[d]
			if !ok {
				class := o.class(d)
				if i, ok = index[class]; !ok {
					i = len(sum)
					index[class] = i
					sum = append(sum, summand{class, d, new(big.Rat)})
				}
				index[d] = i
			}
			c := new(big.Rat).SetInt(sign)
			sum[i].coefficient.Add(sum[i].coefficient, c.Mul(c, term.coefficient))
		})
		if err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(sum, func(s summand) bool { return s.coefficient.Sign() == 0 }), nil
}

// eachRefinement calls do with every way to split the parts of a diagram further, and with
// Π (−1)^{b−1} (b−1)! over its parts, for the numbers b of what they are split into.
func eachRefinement(d diagram.Diagram, do func(refined diagram.Diagram, sign *big.Int)) error {
	parents, parts := d.Parents(), d.Parts()
	labels := make([]int, d.Nodes())
	var split func(part, used int, sign *big.Int) error
	split = func(part, used int, sign *big.Int) error {
		if part == len(parts) {
			refined, err := diagram.New(parents, labels)
			if err == nil {
				do(refined, sign)
			}
			return err
		}
		nodes := parts[part]
		for p := range mobius.Partitions(len(nodes)) {
			for i, block := range p.Labels() {
				labels[nodes[i]] = used + block
			}
			b := int64(p.NumParts())
			factor := new(big.Int).MulRange(1, b-1)
			if b%2 == 0 {
				factor.Neg(factor)
			}
			if err := split(part+1, used+int(b), factor.Mul(factor, sign)); err != nil {
				return err
			}
		}
		return nil
	}
	return split(0, 0, big.NewInt(1))
}

// fewerInMoments reports whether it takes less to write a sum in moments than to compute its
// cumulants: some ten microseconds for every refinement, against one for each number and each
// of the 3^m products that a cumulant of m derivatives takes.
func fewerInMoments(list []summand, dim int) bool {
	var refinements, products float64
	known := map[string]bool{}
	for _, term := range list {
		degrees := term.diagram.Degrees()
		ways := 1.0
		for _, nodes := range term.diagram.Parts() {
			bell, _ := new(big.Float).SetInt(mobius.Bell(len(nodes))).Float64()
			ways *= bell
			var orders []byte
			for _, v := range nodes {
				orders = append(orders, byte(degrees[v]))
			}
			slices.Sort(orders)
			if known[string(orders)] {
				continue
			}
			known[string(orders)] = true
			numbers := 1.0
			for _, k := range orders {
				for i := range int(k) {
					numbers *= float64(dim+i) / float64(i+1)
				}
			}
			products += numbers * math.Pow(3, float64(len(nodes)))
		}
		refinements += ways
	}
	return 30*refinements < products
}
