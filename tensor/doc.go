// Package tensor computes with tensors over weight space R^P: exactly over the
// rational numbers, fast over float64, or over any ring of package mobius.
//
// A [Dense] is a tensor. [PlanContraction] and [Contract] contract networks of them,
// as the diagrams of the theory demand; a [Metric] raises indices.
//
// A [Landscape] is a distribution over smooth losses l_x(θ) with a point θ: a [Finite]
// one has finitely many data with polynomial losses, a [Gaussian] one normal data and
// a loss polynomial in θ and the datum. [ReadLandscape] reads both from JSON. Their
// [Statistics] are the exact moments
//
//	E_x[∇^{k_1} l_x ⊗ … ⊗ ∇^{k_m} l_x]
//
// at θ, and [Cumulant] makes cumulants of these: the gradient G = κ(∇l_x), the Hessian
// H = κ(∇∇l_x), the covariance C = κ(∇l_x, ∇l_x), and so on. [Convert] takes exact
// statistics to another ring, and [Samples] are statistics of float64 samples.
//
// All indices of statistics are down. Nothing exact passes through floating point.
//
// Values of all types are immutable and may be shared between goroutines.
package tensor
