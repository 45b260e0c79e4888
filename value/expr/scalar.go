package expr

import (
	"fmt"
	"math/big"
)

// Int returns the integer n.
func Int(n int64) Expr { return Must(Number(big.NewRat(n, 1))) }

// Number returns the rational number q. The error wraps ErrLimit if it has more digits
// than package rational reads, 400.
func Number(q *big.Rat) (Expr, error) {
	if err := checkNumber(q); err != nil {
		return Expr{}, fmt.Errorf("expr: %w", err)
	}
	s, err := newWork().constant(new(big.Rat).Set(q))
	return result(s, err, "number")
}

// Scalar returns the scalar with the given name: letters and digits, subscripts too, a
// letter first. The theory's own are η, the learning rate; N training points, T updates,
// M = T/N, B points per batch, E epochs, K = N/B; and P, the dimension of weight space.
// To this package they are names like any others, but for P; that M = T/N, say, it
// learns only from Substitute.
//
// The error wraps ErrName, also for names with a meaning of their own: G, H, J, C, S, l,
// h, k, κ, δ, exp, dd and ddexp.
func Scalar(name string) (Expr, error) {
	if err := checkScalar(name); err != nil {
		return Expr{}, err
	}
	return monomial(newScalar(name))
}

func monomial(n node) (Expr, error) {
	s, err := newWork().monomial(one, factor{n, 1})
	return result(s, err, "factor")
}

// Eigenvalue returns h_index, the eigenvalue of the Hessian that belongs to the index, in
// an eigenbasis of ηH: there H_μν = h_μ δ_μν. The error wraps ErrName.
func Eigenvalue(index string) (Expr, error) {
	if err := checkIndex(index); err != nil {
		return Expr{}, err
	}
	return monomial(newEigenvalue(index))
}

// Propagator returns k_index = 1 − η·h_index, the eigenvalue of the propagator K = I − ηH
// that belongs to the index (P §2). It is a letter of its own, that products and powers keep
// together, so that 1 − k_μ is not recognised as η·h_μ; Substitute with Propagators writes
// it out. The error wraps ErrName.
func Propagator(index string) (Expr, error) {
	if err := checkIndex(index); err != nil {
		return Expr{}, err
	}
	return monomial(newPropagator(index))
}

// Delta returns δ_ij, which is 1 where i = j and 0 elsewhere. A sum over i or j takes it
// away. The error wraps ErrName.
func Delta(i, j string) (Expr, error) {
	if err := checkIndices([]string{i, j}); err != nil {
		return Expr{}, err
	}
	s, err := newWork().newDelta(i, j)
	return result(s, err, "delta")
}
