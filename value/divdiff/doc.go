// Package divdiff computes divided differences of x^T and of exp(Tx): the sums over times
// that re-summed diagrams are made of, in closed form, without cancellation, for any
// number of steps and for points that coincide, almost coincide or differ widely.
//
// # Sums over times
//
// In an eigenbasis of the Hessian every edge of a re-summed diagram is a scalar power of
// its length, so a diagram whose events happen at the times t_1 < … < t_k, out of
// 0, …, T−1, is a sum of products of powers of gaps, the numbers of steps between one
// event and the next. With a_0 the factor per step before the first event and a_j that
// after the j-th,
//
//	Σ_{0 ≤ t_1 < … < t_k < T} a_0^{t_1} a_1^{t_2−t_1−1} ⋯ a_k^{T−t_k−1}
//	    = h_{T−k}(a_0, …, a_k)
//	    = [a_0, …, a_k] x^T
//
// because the gaps are any k+1 non-negative integers whose sum is T−k. Here h_n is the
// complete homogeneous symmetric polynomial, the sum of all monomials of degree n, and
// [a_0, …, a_k] f is the divided difference,
//
//	[a] f = f(a),   [a_0, …, a_k] f = ([a_1, …, a_k] f − [a_0, …, a_{k−1}] f) / (a_k − a_0),
//
// with its limit f^(k)(a)/k! where points coincide. [Power] computes it, and [PowerRat]
// does so exactly. In continuous time, a_j becomes exp(−s_j) with a rate s_j and the sum
// becomes an integral,
//
//	∫_{0 < t_1 < … < t_k < T} exp(−s_0 t_1 − s_1 (t_2 − t_1) − … − s_k (T − t_k)) dt
//	    = [−s_0, …, −s_k] exp(Tx)
//
// which [Exp] computes.
//
// # Points are given by their distance from one
//
// What a small learning rate does in a large number of steps is a matter of the distances
// δ_j = 1 − a_j, of order η, and rounding 1 − δ_j to a float64 loses them: at T = 10⁹ the
// power of the rounded number has 8 digits fewer. So points enter as δ_j, and [Join]
// multiplies points in that form.
//
// # Accuracy
//
// The recurrence above is useless in floating point. Instead, the numbers wanted are
// entries of a power (Opitz's theorem) or an exponential of a bidiagonal matrix with the
// points as diagonal. All entries are sums of products of non-negative numbers, so
// repeated squaring adds no error but its own roundings. Against exact arithmetic,
// relative errors are below 2·10⁻¹⁴ up to k = 12 and T = 10⁹, and the bounds proven in the
// source are of the order of k·log₂(T) units in the last place.
//
// Sources: the sums over times come from "A Perturbative Analysis of Stochastic Descent"
// (P), §3 (Theorem 1 and Remark 2) and §B.5. For divided differences as functions of
// matrices see G. Opitz, Steigungsmatrizen, ZAMM 44 (1964) T52–T54, and A. McCurdy,
// K. C. Ng and B. N. Parlett, Accurate computation of divided differences of the
// exponential function, Math. Comp. 43 (1984) 501–528.
package divdiff
