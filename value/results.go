package value

import (
	"context"
	"fmt"
	"strings"

	"github.com/perturb-go/perturb/value/expr"
)

// Example1 returns what the skewness S of gradient noise does to the test loss of one-epoch
// SGD, to leading order (P Example 1): the test loss's Leading part with κ(∇l, ∇l, ∇l). In
// continuous time, by InPowers and for B = 1, that is
//
//	−(η³/3!) Σ_μνλ S_μνλ (1 − exp(−ηT(h_μ+h_ν+h_λ)))/(η(h_μ+h_ν+h_λ)) J_μνλ;
//
// in discrete time (1 − (k_μk_νk_λ)^T)/(1 − k_μk_νk_λ), k = 1 − ηh, stands for the fraction,
// and as a plain value T does.
func Example1(ctx context.Context, kind Kind) (expr.Expr, error) {
	e, _, err := Leading(ctx, OneEpoch, TestLoss(), []int{1, 1, 1}, kind)
	return derived("Example 1", e, err)
}

// Remark1 returns the limit of Example1 as T → ∞ where all eigenvalues of the Hessian are
// h₀ (P Remark 1): in continuous time, and for B = 1,
//
//	−η² S_μνλ J^μνλ/(18 h₀),
//
// and in discrete time −η³ S_μνλ J^μνλ/(6 (1 − (1−ηh₀)³)). The error wraps ErrKind for the
// plain kind, which grows like T.
func Remark1(ctx context.Context, kind Kind) (expr.Expr, error) {
	e, err := Example1(ctx, kind)
	if err == nil {
		e, err = longRun(e, kind)
	}
	if err == nil {
		e, err = e.Substitute(expr.Isotropic(expr.MustParse("h₀")))
	}
	return derived("Remark 1", e, err)
}

// Corollary1 returns how far one-epoch SGD is displaced from a non-degenerate minimum as T →
// ∞, to leading order (P Cor. 1): the limit of E[θ_T − θ_0]_μ over the irreducible diagrams
// with three edges or fewer where G = 0. One does not vanish. In continuous time it is
//
//	−(η/2B) Σ_νλ C_νλ J_μνλ/((h_ν+h_λ) h_μ),
//
// and in discrete time there is h_ν+h_λ − ηh_νh_λ in the place of h_ν+h_λ, in an eigenbasis
// of the Hessian. At T = ∞ a diagram is of order η^{edges − parts}, the root's part apart,
// and no other is of order η: P has η² by mistake.
//
// The error wraps ErrKind for the plain kind, which has no limit.
func Corollary1(ctx context.Context, kind Kind) (expr.Expr, error) {
	e, err := fromMinimum(ctx, OneEpoch, Displacement(), 3, kind)
	if err == nil {
		e, err = longRun(e, kind)
	}
	return derived("Corollary 1", e, err)
}

// DriftFormula returns how far one-epoch SGD moves per step along a flat direction μ of a
// valley of minima, h_μ = 0, once T is large (P §2.2 and §3.2): the rate at which the
// displacement of Corollary1 grows there. In continuous time it is
//
//	−(η²/2B) Σ_νλ C_νλ J_μνλ/(h_ν+h_λ),
//
// and in discrete time there is h_ν+h_λ − ηh_νh_λ in the place of h_ν+h_λ. Bind and Eval put
// in numbers; DriftAt gives them, and their derivative, wherever the Hessian is diagonal or
// not. The error wraps ErrKind for the plain kind.
func DriftFormula(ctx context.Context, kind Kind) (expr.Expr, error) {
	e, err := fromMinimum(ctx, OneEpoch, Displacement(), 3, kind)
	if err == nil {
		e, err = e.Substitute(expr.SetEigenvalue("μ", expr.Int(0)))
	}
	if err == nil {
		err = checkLongRun(kind)
	}
	if err == nil {
		e, err = e.Rate("T")
	}
	return derived("drift", e, err)
}

// Corollary2 returns by how much GD on N points for T steps overfits from a non-degenerate
// minimum, as the test loss there less l, and its generalization gap, to leading order (P
// Cor. 2): over the irreducible diagrams with two edges and with one where G = 0. By
// InPowers, in discrete time,
//
//	Σ_μ C_μμ (1 − (1−ηh_μ)^T)²/(2N h_μ)  and  Σ_μ C_μμ (1 − (1−ηh_μ)^T)/(N h_μ),
//
// with exp(−ηTh_μ) in the place of the powers in continuous time. Both are exact on a
// quadratic loss with constant noise. By Limit, as T → ∞, they become Σ C_μμ/(2N h_μ) and
// tr(C H⁻¹)/N: P/N if C = H, the AIC's. See NewSTIC for the gap in numbers.
func Corollary2(ctx context.Context, kind Kind) (overfitting, gap expr.Expr, err error) {
	loss, err := fromMinimum(ctx, FullBatch, TestLoss(), 2, kind)
	if err == nil {
		overfitting, err = expr.Sub(loss, expr.Loss())
	}
	if err == nil {
		gap, err = fromMinimum(ctx, FullBatch, Gap(), 1, kind)
	}
	if err != nil {
		return expr.Expr{}, expr.Expr{}, &resultError{"Corollary 2", err}
	}
	return overfitting, gap, nil
}

// fromMinimum returns a re-summed series at a critical point of the test loss.
func fromMinimum(ctx context.Context, f Family, o Observable, order int, kind Kind) (expr.Expr, error) {
	e, err := ResummedFormula(ctx, f, o, order, kind)
	if err != nil {
		return expr.Expr{}, err
	}
	return e.Substitute(expr.NoGradient())
}

// longRun returns the limit as T → ∞.
func longRun(e expr.Expr, kind Kind) (expr.Expr, error) {
	if err := checkLongRun(kind); err != nil {
		return expr.Expr{}, err
	}
	return e.Limit("T")
}

func checkLongRun(kind Kind) error {
	if kind == Plain {
		return fmt.Errorf("%w: plain values have no limit as T → ∞", ErrKind)
	}
	return nil
}

// derived says of an error which result it kept from being derived.
func derived(name string, e expr.Expr, err error) (expr.Expr, error) {
	if err != nil {
		return expr.Expr{}, &resultError{name, err}
	}
	return e, nil
}

// A resultError is an error with the name of the result that it kept from being had.
type resultError struct {
	name string
	err  error
}

// Error names this package once, also if the error itself is one of its.
func (e *resultError) Error() string {
	return "value: " + e.name + ": " + strings.TrimPrefix(e.err.Error(), "value: ")
}

func (e *resultError) Unwrap() error { return e.err }
