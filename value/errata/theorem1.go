package errata

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/value"
)

// Theorem 1 is put to the test on mean estimation, where the re-summed series ends: its
// nodes have degree 2 at most, and paths have no more edges than there are steps.
const (
	steps     = 2
	mostEdges = 2 * steps
)

var (
	theorem1Rate = frac(1, 2)
	theorem1Grid = fmt.Sprintf("sgd N=%d", steps)
	theorem1Loss = fmt.Sprintf("E[l(θ_T)] at η = %s by Theorem 1", number(theorem1Rate))
)

// theorem1 returns the test loss by the library's re-summed series, and by SGD itself.
func theorem1(ctx context.Context) (ours, truth *big.Rat, err error) {
	r, p, err := resummed(ctx)
	if err != nil {
		return nil, nil, err
	}
	sums, err := value.EvaluateAt(ctx, r, p, theorem1Rate)
	if err != nil {
		return nil, nil, err
	}
	problem, err := mean.problem(theorem1Grid)
	if err != nil {
		return nil, nil, err
	}
	truth, _, err = descent.Run(problem, theorem1Rate)
	return sums[r.Order].At(), truth, err
}

// resummed returns the discrete series of the test loss, with all edges it can have.
func resummed(ctx context.Context) (*value.Resummed, value.Point[*big.Rat], error) {
	p, err := mean.point()
	if err != nil {
		return nil, p, err
	}
	g, err := embed.Parse(theorem1Grid)
	if err != nil {
		return nil, p, err
	}
	r, err := value.Resum(ctx, embed.NewCounter(g), value.TestLoss(), mostEdges, value.Discrete)
	return r, p, err
}

func irreducible(ctx context.Context) (Row, error) {
	row := Row{
		Place: "§2",
		Paper: "a diagram is irreducible when each of its degree-2 nodes is in a part of size one",
		Holds: "when none is: no node but the root has degree 2 and a part of its own",
	}
	ours, truth, err := theorem1(ctx)
	if err != nil {
		return row, err
	}
	paper, err := sumAsPrinted(ctx)
	row.Checks = []Check{{
		Quantity: theorem1Loss, Setting: mean.on(theorem1Grid),
		Paper: paper, Ours: ours, Truth: truth, By: "SGD itself",
	}}
	return row, err
}

// sumAsPrinted sums the discrete values of the diagrams that P calls irreducible.
func sumAsPrinted(ctx context.Context) (*big.Rat, error) {
	r, p, err := resummed(ctx)
	if err != nil {
		return nil, err
	}
	total := new(big.Rat)
	for edges := range mostEdges + 1 {
		seq, err := diagram.Enumerate(edges, diagram.Options{PathCondition: true})
		if err != nil {
			return nil, err
		}
		for d := range seq {
			if !irreducibleAsPrinted(d) {
				continue
			}
			x, err := value.TermAt(ctx, r, value.ResummedTerm{Diagram: d, Aut: d.Aut(), Coefficient: coefficient(d)}, p, theorem1Rate)
			if err != nil {
				return nil, err
			}
			total.Add(total, x.At())
		}
	}
	return total, nil
}

// irreducibleAsPrinted is P's definition.
func irreducibleAsPrinted(d diagram.Diagram) bool {
	degrees := d.Degrees()
	for _, part := range d.Parts() {
		for _, v := range part {
			if degrees[v] == 2 && len(part) > 1 {
				return false
			}
		}
	}
	return true
}

// coefficient returns (−1)^edges/|Aut(D)|.
func coefficient(d diagram.Diagram) *big.Rat {
	c := new(big.Rat).SetFrac(big.NewInt(1), d.Aut())
	if d.Edges()%2 == 1 {
		c.Neg(c)
	}
	return c
}

// injective sums the re-summed values of the irreducible diagrams over maps that send
// different parts to different times (P §2), with expectations of the given form.
func injective(form embed.Form) (*big.Rat, error) {
	p, err := mean.point()
	if err != nil {
		return nil, err
	}
	k := minus(frac(1, 1), product(theorem1Rate, mean.letters().H))
	total := new(big.Rat)
	for edges := range mostEdges + 1 {
		seq, err := diagram.Enumerate(edges, diagram.Options{Irreducible: true})
		if err != nil {
			return nil, err
		}
		for d := range seq {
			x, err := value.PlainValue(d, value.TestLoss(), form, p)
			if err != nil {
				return nil, err
			}
			weight := coefficient(d)
			for range edges {
				weight.Mul(weight, theorem1Rate)
			}
			times := make([]int, len(d.Parts()))
			total.Add(total, product(weight, x.At(), propagated(d, k, 0, times)))
		}
	}
	return total, nil
}

// propagated sums Π K^{t'−t−1} over the edges of d, for all different times of its parts, of
// which those before the given one have theirs. The root's part is the last.
func propagated(d diagram.Diagram, k *big.Rat, part int, times []int) *big.Rat {
	if part == len(times)-1 {
		times[part] = steps
		return alongEdges(d, k, times)
	}
	total := new(big.Rat)
next:
	for t := range steps {
		for _, taken := range times[:part] {
			if taken == t {
				continue next
			}
		}
		times[part] = t
		total.Add(total, propagated(d, k, part+1, times))
	}
	return total
}

// alongEdges returns the product for one choice of times, 0 unless times increase.
func alongEdges(d diagram.Diagram, k *big.Rat, times []int) *big.Rat {
	labels := d.Labels()
	total := frac(1, 1)
	for v, up := range d.Parents()[:d.Edges()] {
		gap := times[labels[up]] - times[labels[v]] - 1
		if gap < 0 {
			return new(big.Rat)
		}
		for range gap {
			total.Mul(total, k)
		}
	}
	return total
}
