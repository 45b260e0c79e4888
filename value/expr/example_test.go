package expr_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/perturb-go/perturb/value/expr"
)

// P Prop. 2: the test loss of SGD after M epochs over N points in batches of B, to second
// order in η. At a minimum only noise that meets curvature is left.
func Example() {
	must := expr.Must
	η, M, N, B := must(expr.Scalar("η")), must(expr.Scalar("M")), must(expr.Scalar("N")), must(expr.Scalar("B"))
	G, H, C := must(expr.G("μ")), must(expr.H("μ", "ν")), must(expr.C("μ", "ν"))
	noise := must(expr.CumulantOf([]string{"μ"}, []string{"μ", "ν"})) // κ(∇_μ l, ∇_μ∇_ν l)

	GG := must(expr.Contract(G, G))
	GHG := must(expr.Contract(G, H, must(expr.G("ν"))))
	CH := must(expr.Contract(C, H))
	κG := must(expr.Contract(noise, must(expr.G("ν"))))

	half, MN := expr.MustParse("1/2"), must(expr.Mul(M, N))
	first := must(expr.Mul(expr.Int(-1), η, MN, GG))
	second := must(expr.Mul(η, η, must(expr.Add(
		must(expr.Mul(MN, must(expr.Sub(MN, half)), GHG)),
		must(expr.Mul(must(expr.Pow(M, 2)), N, half, CH)),
		must(expr.Mul(MN, must(expr.Sub(M, must(expr.Pow(B, -1)))), half, κG)),
	))))
	loss := must(expr.Add(expr.Loss(), first, second))

	fmt.Println(strings.ReplaceAll(loss.String(), " + ", "\n + "))
	fmt.Println(strings.ReplaceAll(loss.LaTeX(expr.Einstein), " + ", "\n + "))
	fmt.Println(must(loss.Substitute(expr.NoGradient())))
	// Output:
	// l − η·M·N·G_μ·G^μ
	//  + η²·M·N·(M·N − 1/2)·G_μ·G_ν·H^μν
	//  + 1/2·η²·M²·N·C_μν·H^μν
	//  + 1/2·η²·M·N·(M − 1/B)·κ(∇_μ l, ∇^μ∇_ν l)·G^ν
	// l - \eta M N G_{\mu} G^{\mu}
	//  + \eta^{2} M N \left(M N - \frac{1}{2}\right) G_{\mu} G_{\nu} H^{\mu \nu}
	//  + \frac{1}{2} \eta^{2} M^{2} N C_{\mu \nu} H^{\mu \nu}
	//  + \frac{1}{2} \eta^{2} M N \left(M - \frac{1}{B}\right) \kappa\left(\nabla_{\mu} l, \nabla^{\mu}\nabla_{\nu} l\right) G^{\nu}
	// l + 1/2·η²·M²·N·C_μν·H^μν
}

// P Corollary 2 in discrete time: how much GD overfits after T steps from a minimum. It
// rises from 0 to C/(2NH).
func Example_corollary2() {
	overfitting := expr.MustParse("Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)")
	fmt.Println(overfitting)
	fmt.Println(overfitting.LaTeX(expr.Einstein))
	fmt.Println(expr.Must(overfitting.Derivative("η")))
	for _, steps := range []float64{0, 10, 1e9} {
		x, err := overfitting.Eval(expr.Env[float64]{
			Scalars:   map[string]float64{"η": 0.1, "T": steps, "N": 50},
			Spectrum:  []float64{0.5, 2},
			Component: func(expr.Component) (float64, error) { return 1, nil }, // C_μμ = 1
		})
		fmt.Printf("%.6f %v\n", x, err)
	}
	// Output:
	// Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)
	// \frac{1}{2 N} \sum_{\mu} \frac{1}{h_{\mu}} \left(1 - \left(1 - \eta h_{\mu}\right)^{T}\right)^{2} C_{\mu \mu}
	// T·Σ_μ ((1 − η·h_μ)^T − (1 − η·h_μ)^(2·T))·C_μμ/N/(1 − η·h_μ)
	// 0.000000 <nil>
	// 0.007204 <nil>
	// 0.025000 <nil>
}

// Names of summation indices mean nothing, and symmetries of tensors are known.
func ExampleExpr_Equal() {
	a := expr.MustParse("κ(∇_μ l, ∇_ν∇_λ l)·G^μ·H^νλ")
	b := expr.MustParse("H_ba·κ(∇^a∇^b l, ∇_c l)·G^c")
	fmt.Println(a.Equal(b), b)
	// Output: true κ(∇_μ l, ∇_ν∇_λ l)·G^μ·H^νλ
}

func ExampleContract() {
	c, h := expr.Must(expr.C("μ", "ν")), expr.Must(expr.H("μ", "ν"))
	fmt.Println(expr.Contract(c, h)) // summed
	fmt.Println(expr.Mul(c, h))      // component by component
	// Output:
	// C_μν·H^μν <nil>
	// C_μν·H_μν <nil>
}

func ExampleExpr_Substitute() {
	e := expr.MustParse("η²·M²·N·C_μν·H^μν")
	fmt.Println(e.Substitute(expr.Eigenbasis(), expr.Set("M", expr.MustParse("T/N"))))
	fmt.Println(e.Substitute(expr.NoiseIsHessian()))
	fmt.Println(expr.MustParse("E[∇_μ l ∇_ν l]").InCumulants())
	// Output:
	// η²·T²·Σ_μ h_μ·C_μμ/N <nil>
	// η²·M²·N·H_μν·H^μν <nil>
	// C_μν + G_μ·G_ν <nil>
}

// For a known number of steps a divided difference is a polynomial.
func ExampleDividedPower() {
	e := expr.MustParse("dd(T; 1, 1 − η·h_μ)")
	fmt.Println(e.Substitute(expr.Set("T", expr.Int(3))))
	fmt.Println(e.Derivative("η"))
	fmt.Println(e.EvalRat(expr.Env[*big.Rat]{
		Scalars:  map[string]*big.Rat{"η": big.NewRat(1, 2), "T": big.NewRat(10, 1)},
		Spectrum: []*big.Rat{big.NewRat(1, 1)},
		Indices:  map[string]int{"μ": 0},
	}))
	// Output:
	// 3 − 3·η·h_μ + η²·h_μ² <nil>
	// −h_μ·dd(T; 1, 1 − η·h_μ, 1 − η·h_μ) <nil>
	// 1023/512 <nil>
}

func ExampleParse_error() {
	_, err := expr.Parse("η·G_μ·(G^μ + G_μ·G^μ·G_μ)")
	fmt.Println(err, errors.Is(err, expr.ErrIndex))
	// Output:
	// expr "η·G_μ·(G^μ + G_μ·G^μ·G_μ)": offset 18: the indices do not pair up: μ stands 3 times; write Σ_μ true
}

func ExampleGoFile() {
	source, err := expr.GoFile("formula", expr.GoFunc{
		Name: "Overfitting", Expr: expr.MustParse("Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)"),
	})
	_, function, _ := strings.Cut(string(source), "// Overfitting")
	fmt.Printf("%s%v\n", function, err)
	// Output:
	//  returns
	// //
	// //	Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ)
	// //
	// // where eta is η.
	// func Overfitting(s Statistics, N, T, eta float64) float64 {
	// 	total := 0.0
	// 	for i := range s.Dim() {
	// 		total += s.C(i, i) * math.Pow((1.0-pow1(eta*s.Eigenvalue(i), T)), 2) / (2.0 * N * s.Eigenvalue(i))
	// 	}
	// 	return total
	// }
	// <nil>
}
