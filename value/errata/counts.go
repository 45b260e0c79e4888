package errata

import (
	"context"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

func orderings(context.Context) (Row, error) {
	row := Row{
		Place: "Prop. 1",
		Paper: "the order-η^d test loss is (−1)^d/d! Σ_D |ords(D)| C(N, P−1) (d; d_0, …, d_{P−1}) uvalue(D), " +
			"where |ords(D)| counts total orderings and the d_p are the sizes of all P parts",
		Holds: "orderings count up to automorphisms of D, and the multinomial runs over the P−1 parts without the root, whose sizes sum to d",
	}
	const grid = "sgd N=2"
	sgd, err := coin.sgd(grid, 2)
	if err != nil {
		return row, err
	}
	paper, err := proposition1(2, 2, orderingsAsPrinted)
	if err != nil {
		return row, err
	}
	ours, err := proposition1(2, 2, func(d diagram.Diagram) *big.Int { return d.Orderings() })
	row.Checks = []Check{{
		Quantity: "coefficient of η² in E[l(θ_T)]", Setting: coin.on(grid),
		Paper: paper, Ours: ours, Truth: sgd.TestLoss()[2], By: "SGD itself",
	}}
	return row, err
}

// proposition1 returns the coefficient of η^d in the coin's test loss after one epoch on n
// points, by P Prop. 1 with these orderings. It spares P the multinomial's root.
func proposition1(n, d int, orderings func(diagram.Diagram) *big.Int) (*big.Rat, error) {
	p, err := coin.point()
	if err != nil {
		return nil, err
	}
	seq, err := diagram.Enumerate(d, diagram.Options{PathCondition: true})
	if err != nil {
		return nil, err
	}
	total := new(big.Rat)
	for diagram := range seq {
		x, err := value.PlainValue(diagram, value.TestLoss(), embed.Moment, p)
		if err != nil {
			return nil, err
		}
		parts := diagram.Partition().Sizes()
		term := new(big.Rat).SetInt(orderings(diagram))
		term.Mul(term, new(big.Rat).SetInt(new(big.Int).Binomial(int64(n), int64(len(parts)-1))))
		for _, size := range parts { // d!/Π d_p! over the d! in front
			term.Quo(term, falling(size, size))
		}
		total.Add(total, term.Mul(term, x.At()))
	}
	if d%2 == 1 {
		total.Neg(total)
	}
	return total, nil
}

// orderingsAsPrinted counts the total orders of the nodes in which children come before
// parents and parts are contiguous.
func orderingsAsPrinted(d diagram.Diagram) *big.Int {
	count := new(big.Int)
	parents, labels := d.Parents(), d.Labels()
	var extend func(order []int, placed uint64)
	extend = func(order []int, placed uint64) {
		if len(order) == d.Nodes() {
			if contiguous(order, labels) {
				count.Add(count, big.NewInt(1))
			}
			return
		}
		for v := range labels {
			if placed>>v&1 == 0 && childrenPlaced(v, parents, placed) {
				extend(append(order[:len(order):len(order)], v), placed|1<<v)
			}
		}
	}
	extend(nil, 0)
	return count
}

func childrenPlaced(v int, parents []int, placed uint64) bool {
	for child, up := range parents {
		if up == v && placed>>child&1 == 0 {
			return false
		}
	}
	return true
}

// contiguous reports whether no part is left and met again.
func contiguous(order, labels []int) bool {
	left := map[int]bool{}
	for i := 1; i < len(order); i++ {
		before, now := labels[order[i-1]], labels[order[i]]
		if before != now {
			left[before] = true
		}
		if left[now] {
			return false
		}
	}
	return true
}

func embeddings(context.Context) (Row, error) {
	row := Row{
		Place: "§B.7, the table of embeddings",
		Paper: "untied chain: C(MNB, 2) with |Aut_f| = 1, 0 with |Aut_f| = 2; untied corolla: C(MNB, 2) and 0",
		Holds: "untied chain: B² C(MN, 2) and 0; untied corolla: C(MNB, 2) and MNB. The other rows hold, and so does Prop. 2",
	}
	const text, M, N, B = "sgd N=2 E=2 B=2", 1, 2, 2
	g, err := embed.Parse(text)
	if err != nil {
		return row, err
	}
	chain, err := countByAut(diagram.MustParse("(0-1-2)(01-12)"), g)
	if err != nil {
		return row, err
	}
	corolla, err := countByAut(diagram.MustParse("(0-1-2)(02-12)"), g)
	if err != nil {
		return row, err
	}
	earlier, same := pairs(g)
	row.Checks = []Check{{
		Quantity: "embeddings of the untied chain (0-1-2)(01-12)", Setting: text,
		Paper: falling(M*N*B, 2).Mul(falling(M*N*B, 2), frac(1, 2)), Ours: chain[1], Truth: earlier, By: "all pairs of cells",
	}, {
		Quantity: "embeddings of the untied corolla (0-1-2)(02-12) with |Aut_f| = 2", Setting: text,
		Paper: new(big.Rat), Ours: corolla[2], Truth: same, By: "all pairs of cells",
	}}
	return row, nil
}

// countByAut counts the embeddings of d by |Aut_f|.
func countByAut(d diagram.Diagram, g embed.Grid) (map[int64]*big.Rat, error) {
	seq, err := embed.Embeddings(d, g, embed.Cumulant)
	if err != nil {
		return nil, err
	}
	counts := map[int64]*big.Rat{1: new(big.Rat), 2: new(big.Rat)}
	for f := range seq {
		n := counts[f.Aut.Int64()]
		n.Add(n, frac(1, 1))
	}
	return counts, nil
}

// pairs counts the pairs of a cell and a later one, where a chain has its nodes, and the
// pairs of a cell with itself, where a corolla has the symmetry of its two leaves.
func pairs(g embed.Grid) (earlier, same *big.Rat) {
	earlier, same = new(big.Rat), new(big.Rat)
	for a := range g.Cells() {
		for b := range g.Cells() {
			if a.T < b.T {
				earlier.Add(earlier, frac(1, 1))
			}
			if a.T == b.T && a.N == b.N {
				same.Add(same, frac(1, 1))
			}
		}
	}
	return earlier, same
}
