package perturb_test

import (
	"context"
	"fmt"
	"log"
	"math/big"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// A coin decides between two losses, (θ−1)² and θ²/2 − θ, whose gradients at 0 are −2 and
// −1. How does the expected test loss of two steps of SGD, on two tosses, depend on η?
func Example() {
	landscape, err := tensor.ParseLandscape([]byte(`{
		"dim": 1, "theta": ["0"],
		"data": [
			{"prob": "1/2", "loss": [{"coef": "1", "exp": [2]}, {"coef": "-2", "exp": [1]}, {"coef": "1", "exp": [0]}]},
			{"prob": "1/2", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": "-1", "exp": [1]}]}
		]}`))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	grid, err := embed.OneEpoch(2)
	if err != nil {
		log.Fatal(err)
	}
	series, err := value.Expand(ctx, grid, value.TestLoss(), 2, embed.Cumulant)
	if err != nil {
		log.Fatal(err)
	}
	numbers, err := value.Evaluate(ctx, series, value.ExactPoint(landscape))
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range series.Classes() {
		fmt.Printf("%3s η^%d %s\n", c.Coefficient.RatString(), c.Order(), series.Observable.Symbol(c.Representative, series.Form))
	}
	for d, c := range numbers.Coefficients {
		fmt.Printf("η^%d: %s\n", d, c.At().RatString())
	}
	// Output:
	//   1 η^0 l
	//  -2 η^1 G_μ G^μ
	//   1 η^2 C_μν H^μν
	//   3 η^2 G_μ H_ν^μ G^ν
	// η^0: 1/2
	// η^1: -9/2
	// η^2: 21/2
}

// Does non-Gaussian noise affect SGD (P Example 1)? The one diagram of fewest edges in which
// the skewness S of gradient noise stands has three, and its part of the test loss has a
// closed form: plain, in continuous time as in the paper, and in discrete time. After long, at
// isotropic curvature, skewness counts as the logarithmic derivative of curvature (Remark 1).
//
// The answer is known after one step on a cubic loss. The coin's noise has slopes 2 and −1,
// with odds 1 to 2, so S = (2³ − 2·1)/3 = 2; with J = 6 skewness adds J E[(−ηx)³]/6 = −2η³.
func Example_skewness() {
	ctx := context.Background()
	_, diagrams, err := value.Leading(ctx, value.OneEpoch, value.TestLoss(), []int{1, 1, 1}, value.Plain)
	fmt.Println(diagrams, err)
	for _, kind := range []value.Kind{value.Plain, value.Continuous, value.Discrete} {
		fmt.Println(kind, expr.Must(value.Example1(ctx, kind)))
	}
	fmt.Println(expr.Must(value.Remark1(ctx, value.Continuous)))

	coin, err := tensor.ParseLandscape([]byte(`{"dim": 1, "theta": ["0"], "data": [
		{"prob": "1/3", "loss": [{"coef": "2", "exp": [1]}, {"coef": "1/2", "exp": [2]}, {"coef": "1", "exp": [3]}]},
		{"prob": "2/3", "loss": [{"coef": "-1", "exp": [1]}, {"coef": "1/2", "exp": [2]}, {"coef": "1", "exp": [3]}]}]}`))
	if err != nil {
		log.Fatal(err)
	}
	env, err := value.Env(value.ExactPoint(coin))
	if err != nil {
		log.Fatal(err)
	}
	env.Scalars["T"], env.Scalars["B"] = big.NewRat(1, 1), big.NewRat(1, 1)
	fmt.Println("one step:", expr.Must(expr.Must(value.Example1(ctx, value.Discrete)).Bind(env)))
	// Output:
	// [(012-3)(03-13-23)] <nil>
	// plain −η³·T·S_μνλ·J^μνλ/(6·B²)
	// continuous −η³·Σ_μνλ ddexp(T; 0, −η·(h_μ + h_ν + h_λ))·S_μνλ·J_μνλ/(6·B²)
	// discrete −η³·Σ_μνλ dd(T; 1, k_μ·k_ν·k_λ)·S_μνλ·J_μνλ/(6·B²)
	// −η²·S_μνλ·J^μνλ/(18·B²·h₀)
	// one step: −2·η³
}

// Where does gradient noise push SGD (P Corollary 1)? From a minimum it is displaced towards
// where the loss is flat with respect to the noise C, in the long run by a distance of order
// η (the paper has η² by mistake); along a flat valley of minima it drifts, for ever.
//
// The landscape Archimedes (P §C.1) has l = u² + v²/2 + zuv + … with noise along u − v. It
// drifts along z at η²/6 per step, the paper's prediction, and at a little more in discrete
// time, as simulations have it.
func Example_corollary1() {
	ctx := context.Background()
	archimedes, err := tensor.ParseLandscape([]byte(`{"dim": 3, "theta": ["0", "0", "0"],
		"gaussian": {"mean": ["0"], "covariance": [["1/2"]]},
		"loss": [
			{"coef": "1", "exp": [2, 0, 0], "data": [0]}, {"coef": "1/2", "exp": [0, 2, 0], "data": [0]},
			{"coef": "1", "exp": [1, 1, 1], "data": [0]},
			{"coef": "1", "exp": [1, 0, 0], "data": [1]}, {"coef": "-1", "exp": [0, 1, 0], "data": [1]}
		]}`))
	if err != nil {
		log.Fatal(err)
	}
	env, err := value.Env(value.ExactPoint(archimedes))
	if err != nil {
		log.Fatal(err)
	}
	env.Scalars["B"] = big.NewRat(1, 1)
	env.Indices["μ"] = 2 // z
	for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
		drift := expr.Must(value.DriftFormula(ctx, kind))
		fmt.Println(kind)
		fmt.Println("  displacement:", expr.Must(value.Corollary1(ctx, kind)))
		fmt.Println("  drift per step along a flat direction:", drift)
		fmt.Println("  of Archimedes:", expr.Must(drift.Bind(env)))
	}
	// Output:
	// continuous
	//   displacement: −η·Σ_νλ C_νλ·J_μνλ/(2·B·h_μ)/(h_ν + h_λ)
	//   drift per step along a flat direction: −η²·Σ_νλ C_νλ·J_μνλ/(2·B)/(h_ν + h_λ)
	//   of Archimedes: 1/6·η²
	// discrete
	//   displacement: −η·Σ_νλ C_νλ·J_μνλ/(2·B·h_μ)/(h_ν + h_λ − η·h_ν·h_λ)
	//   drift per step along a flat direction: −η²·Σ_νλ C_νλ·J_μνλ/(2·B)/(h_ν + h_λ − η·h_ν·h_λ)
	//   of Archimedes: 1/2·η²/(3 − 2·η)
}

// By how much does GD overfit from a minimum (P Corollary 2)? Least where curvature is large
// or small; and after long the generalization gap is tr(C H⁻¹)/N, Takeuchi's criterion, or
// Akaike's P/N where C = H.
//
// Mean estimation has the losses θ²/2 − xθ, with x = ±1: GD moves θ from the mean 0 to that
// of the training set by a factor 1 − η per step. So after three steps with η = 1/2 on ten
// points it has overfitted by (7/8)²/20, and the gap is (7/8)/10.
func Example_corollary2() {
	ctx := context.Background()
	overfitting, gap, err := value.Corollary2(ctx, value.Discrete)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("overfitting:", expr.Must(overfitting.InPowers()))
	fmt.Println("gap:", expr.Must(gap.InPowers()))
	limit := expr.Must(gap.Limit("T"))
	fmt.Println("gap as T → ∞:", limit)
	fmt.Println("where C = H:", expr.Must(expr.Must(limit.Substitute(expr.NoiseIsHessian())).Substitute(expr.Eigenbasis())))

	estimation, err := tensor.ParseLandscape([]byte(`{"dim": 1, "theta": ["0"], "data": [
		{"prob": "1/2", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": "-1", "exp": [1]}]},
		{"prob": "1/2", "loss": [{"coef": "1/2", "exp": [2]}, {"coef": "1", "exp": [1]}]}]}`))
	if err != nil {
		log.Fatal(err)
	}
	env, err := value.Env(value.ExactPoint(estimation))
	if err != nil {
		log.Fatal(err)
	}
	env.Scalars["η"], env.Scalars["T"], env.Scalars["N"] = big.NewRat(1, 2), big.NewRat(3, 1), big.NewRat(10, 1)
	fmt.Println(overfitting.EvalRat(env))
	fmt.Println(gap.EvalRat(env))
	// Output:
	// overfitting: Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)
	// gap: Σ_μ (1 − (1 − η·h_μ)^T)·C_μμ/(N·h_μ)
	// gap as T → ∞: Σ_μ C_μμ/(N·h_μ)
	// where C = H: P/N
	// 49/1280 <nil>
	// 7/80 <nil>
}

// How does SGD end elsewhere than GD, and how may GD emulate it (P Corollary 3)? Over whole
// epochs E[θ_GD − θ_SGD] is η² T (N−B)/(4NB) ∇tr C, so that SGD avoids noise more; the paper
// has B = 1 and leaves out T. GD on l + l_C ends as SGD does, through η².
//
// A coin decides between 3θ + θ² and θ. In one epoch over two points from 0, the last
// gradient 3 + 2θ or 1 is taken where the first one, 3 or 1, led: that adds to θ η² times
// E[l_y″ l_x′], 1·2 for SGD, and for GD, where x and y may be the same point, (2 + 3)/2.
func Example_corollary3() {
	ctx := context.Background()
	difference := expr.Must(value.Corollary3(ctx))
	fmt.Println(difference)
	fmt.Println("l_C =", expr.Must(value.GDC(ctx)))

	coin, err := tensor.ParseLandscape([]byte(`{"dim": 1, "theta": ["0"], "data": [
		{"prob": "1/2", "loss": [{"coef": "3", "exp": [1]}, {"coef": "1", "exp": [2]}]},
		{"prob": "1/2", "loss": [{"coef": "1", "exp": [1]}]}]}`))
	if err != nil {
		log.Fatal(err)
	}
	env, err := value.Env(value.ExactPoint(coin))
	if err != nil {
		log.Fatal(err)
	}
	env.Scalars["N"], env.Scalars["B"], env.Scalars["T"] = big.NewRat(2, 1), big.NewRat(1, 1), big.NewRat(2, 1)
	env.Indices["μ"] = 0
	fmt.Println("of the coin:", expr.Must(difference.Bind(env)))
	// Output:
	// −1/2·η²·T·(1/N − 1/B)·κ(∇_ν l, ∇_μ∇^ν l)
	// l_C = −1/4·η·(1/N − 1/B)·C_μ^μ
	// of the coin: 1/2·η²
}

// How do M₀ epochs at the learning rate η₀/M₀ differ from one at η₀ (P Corollary 4, and §A.1
// for the test loss)? The paper has the first term only. The second stands too: it vanishes
// where HG = 0, or if C is read as the second moment of gradients, not their covariance.
//
// A coin decides between 3θ + θ² and θ; over two points from 0, the paper's answer is ½ η₀².
// Two epochs at η₀/2 go through x, y, x, y: of the pairs of steps four have different points,
// with E[l_y″ l_x′] = 2, and two have the same, with 3. So they add (4·2 + 2·3)/4 = 7/2 to θ
// over η₀², and one epoch adds 2.
func Example_corollary4() {
	ctx := context.Background()
	difference := expr.Must(value.Corollary4(ctx))
	fmt.Println(difference)
	question := expr.Must(value.Question1(ctx))
	fmt.Println("test loss:", question)
	fmt.Println("in moments:", expr.Must(question.InMoments()))

	coin, err := tensor.ParseLandscape([]byte(`{"dim": 1, "theta": ["0"], "data": [
		{"prob": "1/2", "loss": [{"coef": "3", "exp": [1]}, {"coef": "1", "exp": [2]}]},
		{"prob": "1/2", "loss": [{"coef": "1", "exp": [1]}]}]}`))
	if err != nil {
		log.Fatal(err)
	}
	env, err := value.Env(value.ExactPoint(coin))
	if err != nil {
		log.Fatal(err)
	}
	env.Scalars["N"], env.Scalars["M₀"] = big.NewRat(2, 1), big.NewRat(2, 1)
	env.Indices["μ"] = 0
	fmt.Println("of the coin:", expr.Must(difference.Bind(env)))
	// Output:
	// 1/2·N·η₀²·(1 − 1/M₀)·κ(∇_ν l, ∇_μ∇^ν l) + 1/2·N·η₀²·(1 − 1/M₀)·G_ν·H_μ^ν
	// test loss: 1/2·N·η₀²·(1 − 1/M₀)·κ(∇_μ l, ∇^μ∇_ν l)·G^ν + 1/2·N·η₀²·(1 − 1/M₀)·G_μ·G_ν·H^μν
	// in moments: 1/2·N·η₀²·(1 − 1/M₀)·E[∇_μ l ∇^μ∇_ν l]·G^ν
	// of the coin: 3/2·η₀²
}

// What do differential equations miss of SGD (P Corollary 5)? The paper has (T/2) C·H more
// test loss for SGD than for either. That holds of the ODE at a stationary point; of the SDE
// what remains at this order is −(T/2) GHG, from time alone, which is 0 there. Skewed noise
// makes the difference to SGD with Gaussian noise, at order η³, as the paper says.
//
// One step on the loss 2θ + θ²/2 with noise ±θ, from 0: SGD has a test loss of E[g²]/2 = 5/2
// at order η². The ODE has HG² = 4 and the SDE C·H/2 more, 9/2.
func Example_corollary5() {
	ctx := context.Background()
	noisy, err := tensor.ParseLandscape([]byte(`{"dim": 1, "theta": ["0"], "data": [
		{"prob": "1/2", "loss": [{"coef": "3", "exp": [1]}, {"coef": "1/2", "exp": [2]}]},
		{"prob": "1/2", "loss": [{"coef": "1", "exp": [1]}, {"coef": "1/2", "exp": [2]}]}]}`))
	if err != nil {
		log.Fatal(err)
	}
	env, err := value.Env(value.ExactPoint(noisy))
	if err != nil {
		log.Fatal(err)
	}
	env.Scalars["T"] = big.NewRat(1, 1)
	for _, flow := range []value.Family{value.Flow, value.Diffusion} {
		more := expr.Must(value.Corollary5(ctx, flow, 2))
		fmt.Printf("than %v: %v\n  here: %v\n", flow, more, expr.Must(more.Bind(env)))
	}
	fmt.Printf("than %v: %v\n", value.GaussianNoise, expr.Must(value.Corollary5(ctx, value.GaussianNoise, 3)))
	// Output:
	// than ODE: 1/2·η²·T·C_μν·H^μν − 1/2·η²·T·G_μ·G_ν·H^μν
	//   here: −3/2·η²
	// than SDE: −1/2·η²·T·G_μ·G_ν·H^μν
	//   here: −2·η²
	// than SGD with Gaussian noise: −1/6·η³·T·S_μνλ·J^μνλ
}
