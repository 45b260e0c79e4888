package value

import (
	"context"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value/expr"
)

// Proposition1 returns what a diagram adds to the test loss of one-epoch SGD with batches of
// one point (P Prop. 1),
//
//	(−η)^d · |ords(D)|/(d_1!⋯d_p!) · C(N, p) · value(D),
//
// with p parts, of d_1, …, d_p nodes, besides the root's, total orders counted up to
// automorphisms, and the value in moments: different parts are different points. Over all
// diagrams of d edges, diagram.All(d), it sums to the order η^d. (P takes the root's part for
// one of those of the multinomial coefficient d!/(d_1!⋯d_p!), and says of orders not that
// they are up to automorphisms.)
//
// The error wraps ErrObservable if the root is tied or there are two, or is expr's.
func Proposition1(d diagram.Diagram) (expr.Expr, error) {
	e, err := proposition1(d)
	return derived(fmt.Sprintf("Proposition 1 for %v", d), e, err)
}

func proposition1(d diagram.Diagram) (expr.Expr, error) {
	o := TestLoss()
	if d.Tied() || d.Roots() != 1 {
		return expr.Expr{}, fmt.Errorf("%w: it is not in the series of %v", ErrObservable, o)
	}
	ways := new(big.Rat).SetInt(d.Orderings())
	if d.Edges()%2 == 1 {
		ways.Neg(ways)
	}
	for _, part := range d.Parts() { // the root's is of one node
		ways.Quo(ways, new(big.Rat).SetInt(new(big.Int).MulRange(1, int64(len(part)))))
	}
	number, err := expr.Number(ways)
	if err != nil {
		return expr.Expr{}, err
	}
	rows, err := choices(d.Partition().NumParts() - 1)
	if err != nil {
		return expr.Expr{}, err
	}
	if rows, err = rows.Substitute(expr.Set("T", expr.MustParse("N"))); err != nil { // as many points as steps
		return expr.Expr{}, err
	}
	coefficient, err := expr.Mul(number, rows)
	if err != nil {
		return expr.Expr{}, err
	}
	return o.term(d, embed.Moment, coefficient)
}

// Proposition2 returns the test loss through η² of SGD on N points with M updates per point
// and batches of B (P Prop. 2): SGDFormula of it, which says the same of other observables
// and to any order. With ∇_ν tr C = 2 κ(∇_μ l, ∇^μ∇_ν l) it is
//
//	l − ηMN G_μG^μ + η²(MN(MN−½) G_μH^μ_νG^ν + (M²N/2) C_μνH^μν + (MN/4)(M−1/B) G^ν∇_ν tr C).
func Proposition2(ctx context.Context) (expr.Expr, error) {
	e, err := SGDFormula(ctx, TestLoss(), 2)
	return derived("Proposition 2", e, err)
}

// Corollary3 returns E[θ_GD − θ_SGD]_μ through η², for T updates by batches of B out of N
// points, in whole epochs, and by GD (P Cor. 3):
//
//	η² T (N−B)/(4NB) ∇_μ tr C,  ∇_μ tr C = 2 κ(∇_ν l, ∇^ν∇_μ l).
//
// So SGD avoids noise more than GD does. Over partial epochs it is something else.
func Corollary3(ctx context.Context) (expr.Expr, error) {
	e, err := gdLessSGD(ctx)
	return derived("Corollary 3", e, err)
}

func gdLessSGD(ctx context.Context) (expr.Expr, error) {
	sgd, err := SGDFormula(ctx, Displacement(), 2)
	if err != nil {
		return expr.Expr{}, err
	}
	if sgd, err = sgd.Substitute(expr.Set("M", expr.MustParse("T/N"))); err != nil {
		return expr.Expr{}, err
	}
	gd, err := sgd.Substitute(expr.Set("B", expr.MustParse("N")))
	if err != nil {
		return expr.Expr{}, err
	}
	return expr.Sub(gd, sgd)
}

// GDC returns the loss l_C that makes of GD what SGD is (P Cor. 3): GD on l + l_C, over whole
// epochs, ends where SGD with batches of B does, through η²,
//
//	l_C = η (N−B)/(4NB) C_μ^μ.
//
// Its gradient moves GD by −ηT ∇l_C over T steps, which is what SGD has more than GD, minus
// Corollary3. (What P prints as l_C is E[θ_GD − θ_SGD].) GDCEstimate estimates it,
// and embed.GDC has the series of GD that descends on the estimate, too.
func GDC(ctx context.Context) (expr.Expr, error) {
	e, err := gdc(ctx)
	return derived("GDC", e, err)
}

func gdc(ctx context.Context) (expr.Expr, error) {
	difference, err := gdLessSGD(ctx)
	if err != nil {
		return expr.Expr{}, err
	}
	// The coefficient of ∇_μ tr C is the difference in one dimension where that gradient is
	// 1, and nothing else enters.
	ofGradient, err := difference.Bind(expr.Env[*big.Rat]{
		Dim: 1, Indices: map[string]int{"μ": 0},
		Component: func(c expr.Component) (*big.Rat, error) {
			if len(c.Nodes) == 2 && len(c.Nodes[0]) == 1 && len(c.Nodes[1]) == 2 {
				return big.NewRat(1, 2), nil
			}
			return nil, fmt.Errorf("%w %v: the difference is not a multiple of ∇tr C", expr.ErrUnbound, c)
		},
	})
	if err != nil {
		return expr.Expr{}, err
	}
	perStep, err := expr.Div(ofGradient, expr.MustParse("η·T"))
	if err != nil {
		return expr.Expr{}, err
	}
	return expr.Mul(perStep, expr.MustParse("C_μ^μ"))
}

// GDCEstimate returns an unbiased estimate of l_C at some weights, from the gradients there
// of the losses of two different data: η (N−B)/(4NB) TraceEstimate. As a function of the
// weights it is smooth, and may be added to the loss of GD.
//
// The error wraps embed.ErrSize unless 1 ≤ batch ≤ points, or is that of TraceEstimate.
func GDCEstimate[T any](ring mobius.Algebra[T], eta T, points, batch int64, first, second *tensor.Dense[T]) (T, error) {
	var none T
	if batch < 1 || batch > points {
		return none, fmt.Errorf("value: GDC: %w: batches of %d out of %d points", embed.ErrSize, batch, points)
	}
	trace, err := TraceEstimate(ring, first, second)
	if err != nil {
		return none, err
	}
	weight := new(big.Rat).SetFrac(big.NewInt(points-batch), new(big.Int).Mul(big.NewInt(points), big.NewInt(batch)))
	weight.Quo(weight, big.NewRat(4, 1))
	return ring.Mul(ring.Mul(eta, ring.Rat(weight)), trace), nil
}

// TraceEstimate returns ½|∇l_x − ∇l_y|², an unbiased estimate of tr C from the gradients of
// the losses of two data x and y that are drawn independently. Its mean over the pairs of
// different points of a training set is the trace of the unbiased sample covariance. (P §C.4
// prints (l_x − l_y)_μ l_xy/2.) Indices are raised with the identity.
//
// The error wraps tensor.ErrShape unless both are vectors of one dimension.
func TraceEstimate[T any](ring mobius.Algebra[T], first, second *tensor.Dense[T]) (T, error) {
	if first == nil || second == nil || first.Rank() != 1 || second.Rank() != 1 || first.Dim() != second.Dim() {
		var none T
		return none, fmt.Errorf("value: tr C: %w: expected two gradients", tensor.ErrShape)
	}
	sum, minus := ring.Rat(new(big.Rat)), ring.Rat(big.NewRat(-1, 1))
	for i := range first.Dim() {
		d := ring.Add(first.At(i), ring.Mul(minus, second.At(i)))
		sum = ring.Add(sum, ring.Mul(d, d))
	}
	return ring.Mul(ring.Rat(big.NewRat(1, 2)), sum), nil
}

// Corollary4 returns E[θ_{M=M₀} − θ_{M=1}]_μ through η₀²: what M₀ epochs at the learning rate
// η₀/M₀ do to the weights that one epoch at η₀ does not, for batches of one point (P Cor. 4),
//
//	η₀² N (M₀−1)/(4M₀) (∇_μ tr C + 2 H_μ^ν G_ν),  ∇_μ tr C = 2 κ(∇_ν l, ∇^ν∇_μ l).
//
// P lacks the second term, which is 0 where HG is.
func Corollary4(ctx context.Context) (expr.Expr, error) {
	e, err := epochs(ctx, Displacement())
	return derived("Corollary 4", e, err)
}

// Question1 answers P §A.1's question: by how much the test loss after M₀ epochs at the
// learning rate η₀/M₀ exceeds that after one epoch at η₀, for batches of one point, through
// η₀²,
//
//	η₀² N (M₀−1)/(4M₀) (G^μ ∇_μ tr C + 2 G^μ H_μν G^ν)
//
// of which P has the first term. InMoments writes it as P's one diagram, with the value
// E[∇_μ l ∇^μ∇_ν l] G^ν.
func Question1(ctx context.Context) (expr.Expr, error) {
	e, err := epochs(ctx, TestLoss())
	return derived("Question 1", e, err)
}

// epochs returns an observable for M = M₀ and η = η₀/M₀, less that for M = 1 and η = η₀.
func epochs(ctx context.Context, o Observable) (expr.Expr, error) {
	sgd, err := SGDFormula(ctx, o, 2)
	if err != nil {
		return expr.Expr{}, err
	}
	one := expr.Set("B", expr.Int(1))
	many, err := sgd.Substitute(one, expr.Set("M", expr.MustParse("M₀")), expr.Set("η", expr.MustParse("η₀/M₀")))
	if err != nil {
		return expr.Expr{}, err
	}
	few, err := sgd.Substitute(one, expr.Set("M", expr.Int(1)), expr.Set("η", expr.MustParse("η₀")))
	if err != nil {
		return expr.Expr{}, err
	}
	return expr.Sub(many, few)
}

// Corollary5 returns by how much the test loss of one-epoch SGD with batches of one point
// exceeds that of a family that approximates it, through η^order, in plain values (P Cor. 5):
//
//	over Flow          η² (T/2) (C_μν − G_μG_ν) H^μν             through η²,
//	over Diffusion     −η² (T/2) G_μ H^μν G_ν                    through η²,
//	over GaussianNoise −η³ (T/6) S_μνλ J^μνλ                     through η³.
//
// The last is the effect of skewed noise, Example1 as a plain value. P has (T/2) C·H for the
// first two, which at a stationary point is right of the first, and the second is 0 there.
//
// The error is that of ResummedFormula.
func Corollary5(ctx context.Context, over Family, order int) (expr.Expr, error) {
	e, err := sgdLess(ctx, over, order)
	return derived("Corollary 5", e, err)
}

func sgdLess(ctx context.Context, over Family, order int) (expr.Expr, error) {
	var loss [2]expr.Expr
	for i, f := range []Family{OneEpoch, over} {
		e, err := ResummedFormula(ctx, f, TestLoss(), order, Plain)
		if err != nil {
			return expr.Expr{}, err
		}
		if loss[i], err = e.Substitute(expr.Set("B", expr.Int(1))); err != nil {
			return expr.Expr{}, err
		}
	}
	return expr.Sub(loss[0], loss[1])
}
