// Package expr holds the formulas of the theory: exact expressions in the learning rate
// and other scalars, in derivatives and cumulants of a loss, and in what re-summation makes
// of these. They can be simplified, evaluated, differentiated, and written as text, LaTeX,
// Go and JSON.
//
// The language is closed and small. An [Expr] is made of
//
//   - rational numbers, and scalars with a name: η, N, T, M = T/N, B, E, K = N/B, or any;
//   - tensors: the loss l and its derivatives G_μ, H_μν, J_μνλ, ∇_μ∇_ν∇_λ∇_ρ l; joint
//     cumulants of derivatives of one datum's loss, C_μν, S_μνλ, κ(∇_μ l, ∇_ν∇_λ l);
//     moments E[∇_μ l ∇_ν l]; derivatives ∇_μ s of another function; δ_μν;
//   - eigenvalues h_μ of the Hessian, in an eigenbasis of ηH, where H_μν = h_μ δ_μν, and
//     k_μ = 1 − η·h_μ of the propagator K = I − ηH;
//   - sums over indices, implied (C_μν·H^μν) or explicit (Σ_μ C_μμ/h_μ);
//   - sums, products, integer powers, powers x^T with an exponent that stands for an
//     integer, exponentials;
//   - divided differences dd(T; a_0, …, a_k) = [a_0, …, a_k] x^T and
//     ddexp(T; a_0, …, a_k) = [a_0, …, a_k] e^{Tx}, the sums over times of re-summed
//     diagrams ("A Perturbative Analysis of Stochastic Descent", P, Theorem 1 and Remark 2).
//
// # Text
//
// [Parse] reads, and [Expr.String] writes,
//
//	sum      = [sign] term { sign term } .
//	sign     = "+" | "−" | "-" .
//	term     = factor { [ "·" | "*" | "/" ] factor } .
//	factor   = primary [ super | "^" exponent ] .
//	super    = [ "⁻" ] superdigit { superdigit } .
//	exponent = number | ( "−" | "-" ) number | name | "(" sum ")" .
//	primary  = number | name | "(" sum ")" | tensor | ( "h" | "k" ) marks
//	         | "exp" "(" sum ")"
//	         | ( "dd" | "ddexp" ) "(" sum ";" sum { "," sum } ")"
//	         | "Σ" marks term .
//	tensor   = "l" | ( "G" | "H" | "J" | "C" | "S" | "δ" ) marks | nablas word
//	         | "κ" "(" node { "," node } ")" | "E" "[" node { node } "]" .
//	node     = [ nablas ] "l" .
//	nablas   = "∇" marks { "∇" marks } .
//	marks    = ( "_" | "^" ) index { index } [ marks ] .
//	index    = lowercase { subdigit } .
//	number   = digit { digit } [ "." { digit } ] .
//	word     = letter { letter | digit | subdigit } .
//
// with spaces between any two of these but inside words, numbers, marks and exponents. A
// name is a word other than G, H, J, C, S, l, h, k, κ, δ, exp, dd and ddexp; E is a name
// where no bracket follows. Letters are those of Unicode, but for Σ. A product goes from
// left to right, so that 1/2·x is x/2. A sum Σ_μ reaches as far as its term does.
//
// An index that stands in a term once below and once above, on tensors, is summed over;
// the metric is the identity. C_μ^μ is the trace of C, and C_μμ, with both indices below, a
// component of it. An index that stands above alone is free, the same as below. Whatever
// else is summed has a Σ_μ: Σ_μ h_μ·C_μμ. Arguments of functions, exponents, and
// denominators in parentheses are apart: an index inside pairs with none outside.
//
// Indices are free, or summed; summed ones may have any name. In a free index the
// expression is a component of a tensor. A sum over an index that nothing depends on
// counts the dimension of weight space, the scalar P.
//
// # Canonical form
//
// Expressions are held in canonical form: a sum of different products with rational
// coefficients, each product with sorted factors and integer powers.
//
// Products are expanded, so are positive powers of sums. Numbers are exact. A tensor is
// symmetric in the indices of each derivative, and a cumulant or moment in its
// derivatives. Summation indices are numbered in the one way, of all ways, that makes the
// sorted factors least, so that products that differ by names and symmetries are equal;
// products that are minus themselves, such as Σ_μν C_μν/(h_μ − h_ν), are 0. Finding that
// way is exact up to [MaxLabelings] candidates, which a product must be large and very
// regular to have; beyond, equal products may be told apart, but none that differ are
// taken for equal. A δ goes where one of its indices is summed.
//
// A denominator that is a sum loses its numerical and other common factors, and becomes a
// power if it is one, of a sum with a few terms; it is then an independent quantity, as are
// powers x^T, exponentials and divided differences, up to x^S·x^T = x^{S+T},
// exp(a)·exp(b) = exp(a+b), the symmetry of divided differences, and their values for known
// numbers of steps. A propagator k_μ is independent of η and h_μ, until a rule changes these
// or [Propagators] writes it out. So a/(a + b) + b/(a + b) is not recognised as 1, but by
// [Expr.Cancel], nor 1 − k_μ as η·h_μ, nor δ_μν·G_μ as δ_μν·G_ν. Apart from such
// relations, expressions with equal values everywhere are equal.
//
// Text gathers the terms that have the same tensors, and those with the same denominator,
// and takes common factors and perfect powers out of their coefficients: M·N·(M·N − 1/2),
// (1 − (1 − η·h_μ)^T)².
//
// # The long run
//
// [Expr.InPowers] writes divided differences as powers and exponentials: η·h·dd(T; 1,
// 1 − η·h) is 1 − (1 − η·h)^T. [Expr.Asymptote] says what an expression approaches as T, or
// another scalar, goes to infinity and all else is held fixed, a polynomial in T;
// [Expr.Limit] is its limit, and [Expr.Rate] what it gains per step. They take eigenvalues
// for positive, with 0 < ηh < 2; [SetEigenvalue] makes a direction flat, along which a
// diagram grows with T. [Expr.Bind] puts in the numbers of a landscape, and leaves a formula
// in the scalars.
//
// # Limits
//
// Expanding can make anything large. Operations refuse, with [ErrLimit], to go beyond the
// limits of this package, [MaxTerms] and others, or to take more than about a second.
package expr
