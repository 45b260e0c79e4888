package errata

import (
	"context"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

func unbiasing(ctx context.Context) (Row, error) {
	row := Row{
		Place: "Theorem 1, “up to unbiasing terms”; Theorem 3's gap with §A.3's embeddings",
		Paper: "different parts are at different times in Theorem 1, but may share a row, even a cell, in §A.3; for the gap, D becomes −Σ_p (D_rp − D)/N",
		Holds: "in Theorem 1 as in §A.3 values are joint cumulants and different parts may share a cell; the gap is minus the sum over diagrams whose root is tied; " +
			"the paper's rule for the gap goes with moments, all diagrams, and parts in different rows",
	}
	ours, truth, err := theorem1(ctx)
	if err != nil {
		return row, err
	}
	for _, reading := range []struct {
		name string
		form embed.Form
	}{{"read with cumulants, as in footnote 2", embed.Cumulant}, {"read with moments, as in the outline rule", embed.Moment}} {
		paper, err := injective(reading.form)
		if err != nil {
			return row, err
		}
		row.Checks = append(row.Checks, Check{
			Quantity: theorem1Loss + ", " + reading.name, Setting: mean.on(theorem1Grid),
			Paper: paper, Ours: ours, Truth: truth, By: "SGD itself",
		})
	}
	const grid = "sgd N=2"
	sgd, err := coin.sgd(grid, 2)
	if err != nil {
		return row, err
	}
	if ours, err = coin.diagrams(ctx, grid, value.Gap(), 2); err != nil {
		return row, err
	}
	for _, reading := range []struct {
		name string
		form embed.Form
	}{{"moments, as in §A.1", embed.Moment}, {"cumulants", embed.Cumulant}} {
		paper, err := gapAsPrinted(ctx, grid, 2, reading.form)
		if err != nil {
			return row, err
		}
		row.Checks = append(row.Checks, Check{
			Quantity: "coefficient of η² in the gap by Theorem 3, read with " + reading.name, Setting: coin.on(grid),
			Paper: paper, Ours: ours, Truth: sgd.Gap()[2], By: "SGD itself",
		})
	}
	return row, nil
}

// gapAsPrinted returns the coefficient of η^edges in the generalization gap of the coin by P
// Theorem 3: D is replaced by −Σ_p (D_rp − D)/N over its parts p, with the root r tied to p in
// D_rp, and embeddings are those of §A.3.
func gapAsPrinted(ctx context.Context, grid string, edges int, form embed.Form) (*big.Rat, error) {
	p, err := coin.point()
	if err != nil {
		return nil, err
	}
	g, err := embed.Parse(grid)
	if err != nil {
		return nil, err
	}
	counter := embed.NewCounter(g)
	total := new(big.Rat)
	for d := range diagram.All(edges) {
		count, err := counter.Count(ctx, d, embed.Cumulant)
		if err != nil {
			return nil, err
		}
		x, err := tiedLessUntied(d, form, p)
		if err != nil {
			return nil, err
		}
		total.Add(total, product(frac(-1, g.Rows()), coefficient(d), count.Weight, x))
	}
	return total, nil
}

// tiedLessUntied returns the value of Σ_p (D_rp − D).
func tiedLessUntied(d diagram.Diagram, form embed.Form, at value.Point[*big.Rat]) (*big.Rat, error) {
	untied, err := value.PlainValue(d, value.TrainLoss(), form, at)
	if err != nil {
		return nil, err
	}
	total := new(big.Rat)
	root := len(d.Parts()) - 1
	for p := range root {
		label := make([]int, root+1)
		for i := range label {
			label[i] = i
		}
		label[root] = p
		tied, err := d.Merge(label)
		if err != nil {
			return nil, err
		}
		x, err := value.PlainValue(tied, value.TrainLoss(), form, at)
		if err != nil {
			return nil, err
		}
		total.Add(total, minus(x.At(), untied.At()))
	}
	return total, nil
}
