package expr_test

import (
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/value/expr"
)

// P Corollary 2 in discrete time, from the re-summed diagram: the test loss of GD rises
// from a minimum, and has a limit.
func ExampleExpr_InPowers() {
	loss := expr.MustParse("1/2·η²/N·Σ_μ C_μμ·h_μ·dd(T; 1, 1 − η·h_μ)²")
	fmt.Println(loss.InPowers())
	fmt.Println(loss.Limit("T"))
	fmt.Println(expr.MustParse("dd(T; 1, (1 − η·h_μ)·(1 − η·h_ν))").InPowers())
	fmt.Println(expr.MustParse("ddexp(T; 0, 0, −η·h_μ)").InPowers())
	// Output:
	// Σ_μ (1 − (1 − η·h_μ)^T)²·C_μμ/(2·N·h_μ) <nil>
	// Σ_μ C_μμ/(2·N·h_μ) <nil>
	// (1 − (1 − η·h_μ)^T·(1 − η·h_ν)^T)/η/(h_μ + h_ν − η·h_μ·h_ν) <nil>
	// −((1 − exp(−η·T·h_μ))/(η·h_μ) − T)/(η·h_μ) <nil>
}

// P Corollary 1 in discrete time: where the curvature h_λ is positive, noise displaces the
// weights by a finite distance; along a flat direction they drift.
func ExampleExpr_Rate() {
	displacement := expr.MustParse("−1/2·η³·Σ_μν C_μν·J_μνλ·dd(T; 1, 1 − η·h_λ, (1 − η·h_μ)·(1 − η·h_ν))")
	fmt.Println(displacement.Limit("T"))
	flat := expr.Must(displacement.Substitute(expr.SetEigenvalue("λ", expr.Int(0))))
	_, err := flat.Limit("T")
	fmt.Println(err)
	fmt.Println(flat.Rate("T"))
	// Output:
	// −η·Σ_μν C_μν·J_μνλ/(2·h_λ)/(h_μ + h_ν − η·h_μ·h_ν) <nil>
	// expr: limit in T: it has no limit: it grows as T^1 times −1/2·η²·Σ_μν C_μν·J_μνλ/(h_μ + h_ν − η·h_μ·h_ν)
	// −1/2·η²·Σ_μν C_μν·J_μνλ/(h_μ + h_ν − η·h_μ·h_ν) <nil>
}

// The average over t < T of dd(t; 1, 1 − η·h_μ) has a limit, which it nears as 1/T.
func ExampleExpr_Asymptote() {
	mean := expr.MustParse("dd(T; 1, 1, 1 − η·h_μ)/T")
	fmt.Println(mean.Asymptote("T"))
	fmt.Println(mean.Limit("T"))
	_, err := expr.MustParse("dd(T; 1, 1 − η·h_μ + η·h_ν)").Limit("T")
	fmt.Println(err)
	// Output:
	// −(1/(η·T·h_μ) − 1)/(η·h_μ) <nil>
	// 1/(η·h_μ) <nil>
	// expr: limit in T: it cannot be told what it tends to: the powers of 1 − η·h_μ + η·h_ν
}

// The landscape Archimedes (P §C.1) has l = u² + v²/2 + z u v + … and noise along u − v, so
// that it drifts along z: by η²/6 per step for small η, as P says, and exactly in η by
// what the leading diagram gives in discrete time.
func ExampleExpr_Bind() {
	displacement := expr.MustParse("−1/2·η³·Σ_μν C_μν·J_μνλ·dd(T; 1, 1 − η·h_λ, (1 − η·h_μ)·(1 − η·h_ν))")
	components := map[string]*big.Rat{ // with the axes u, v, z
		"C[0,0]": big.NewRat(1, 2), "C[1,1]": big.NewRat(1, 2), "C[0,1]": big.NewRat(-1, 2),
		"J[0,1,2]": big.NewRat(1, 1),
	}
	bound, err := displacement.Bind(expr.Env[*big.Rat]{
		Spectrum: []*big.Rat{big.NewRat(2, 1), big.NewRat(1, 1), new(big.Rat)},
		Indices:  map[string]int{"λ": 2},
		Component: func(c expr.Component) (*big.Rat, error) {
			if q, ok := components[c.String()]; ok {
				return q, nil
			}
			return new(big.Rat), nil
		},
	})
	fmt.Println(bound, err)
	fmt.Println(bound.Rate("T"))
	// Output:
	// 1/2·η³·dd(T; 1, 1, 1 − 3·η + 2·η²) <nil>
	// 1/2·η²/(3 − 2·η) <nil>
}

func ExampleExpr_Cancel() {
	fmt.Println(expr.MustParse("3·l/(3 − 2·η) − 2·η·l/(3 − 2·η) + η/(3 − 2·η)").Cancel())
	fmt.Println(expr.MustParse("(x³ − y³)/(x − y)²").Cancel())
	// Output:
	// l + η/(3 − 2·η) <nil>
	// (x² + x·y + y²)/(x − y) <nil>
}

// P Example 1 and Remark 1: skewed noise at isotropic curvature, after long.
func ExampleIsotropic() {
	skew := expr.MustParse("−1/6·η³·Σ_μνλ S_μνλ·J_μνλ·ddexp(T; 0, −η·h_μ − η·h_ν − η·h_λ)")
	limit := expr.Must(skew.Limit("T"))
	fmt.Println(limit)
	fmt.Println(limit.Substitute(expr.Isotropic(expr.MustParse("h_α"))))
	// Output:
	// −1/6·η²·Σ_μνλ S_μνλ·J_μνλ/(h_μ + h_ν + h_λ)
	// −η²·S_μνλ·J^μνλ/(18·h_α) <nil>
}
