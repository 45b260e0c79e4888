// Package value sums diagrams to series: what SGD does to an observable, to any order in
// the learning rate η, exactly.
//
// Expand takes an optimizer, as a grid of package embed, an Observable, an order and a
// form, and returns a Series: every diagram that has embeddings into the grid, with its
// symmetry |Aut(D)|, its number of maps, its weighted sum W(D), and its coefficient
//
//	E[l(θ_T)] = Σ_D (−η)^{edges(D)} / |Aut(D)| · W(D) · value(D).
//
// The plain value of a diagram is a number, or a tensor, that depends on the loss
// landscape at θ_0 alone: a tensor ∇^k l_x for each node of degree k, a joint cumulant (or
// moment) over the datum x for each part, and a contraction with the metric η^{μν}/η for
// each edge. It may be had in three ways:
//
//   - as a formula: Observable.Symbol writes it in the letters G, H, J, C, S of the paper;
//     Formula collects a whole series, and SGDFormula that of SGD in N, M, B and η, as
//     expressions of value/expr, which print as text, LaTeX and Go;
//   - as a number: Evaluate takes the statistics of a landscape, exact or in float64, and
//     returns the coefficients of the polynomial in η;
//   - as a measurement: Predict takes Statistics that were recorded on a real landscape,
//     keyed by value class, and returns the series with a standard error at every η, by the
//     covariance of the recorded values' errors, or the independent blocks that they are of.
//
// # Observables
//
// TestLoss, TrainLoss, Gap (their difference), Displacement of the weights,
// WeightCovariance and LossVariance have names; Mean and Covariance take any quantities,
// such as a Polynomial of the weights. Means and variances are over training sets of N
// independent data.
//
// # Forms
//
// In cumulant form the parts of a diagram may share a row, and values are products of
// cumulants: theory reads best so. In moment form different parts lie in different rows,
// and values are products of moments: recorded data are so. Both sum to the same.
//
// # Three kinds of value
//
// Plain values do not depend on times, so that a series is a polynomial in η. Resum
// re-sums it: only irreducible diagrams remain, and their edges carry propagators, exact
// ones (Discrete) or those of continuous time (Continuous). EvaluateAt sums it at a
// learning rate; the discrete kind is SGD itself on quadratic landscapes with constant
// noise, at every η and T. For a Family of dynamics whose steps are all alike, TermFormula
// and ResummedFormula write it in closed form, and embed.Forever takes T → ∞.
//
// # Comparing optimizers
//
// Compare subtracts two series term by term; what cancels is left out. What remains says
// which interaction of gradients, noise and curvature tells two optimizers apart. By
// ExpandWith, either may be any of embed's dynamics: gradient flow, the Itô equation that
// SGD is often replaced with, Gaussian noise, epochs in random orders. ReshufflingFormula
// says by how much the latter matter, for any N, E and B: from order 4 on (P §A.2). Package
// sim runs all of these, and sets what it measures against their values.
//
// # The paper's results
//
// Example1, Remark1, Corollary1 to Corollary5, Proposition1, Proposition2 and Question1
// derive what the paper states, from the diagrams that they find, and put right what it gets
// wrong (see value/errata). NewSTIC is Corollary 2's generalization gap as a number with
// gradients, a smooth stand-in for AIC and TIC; GDC and GDCEstimate the regularizer that makes
// GD behave as SGD; DriftAt the velocity that noise gives to the weights, and its curl.
//
// The mathematics is that of "A Perturbative Analysis of Stochastic Descent", cited as P:
// Expand is its Theorem 3, made exact to every order in the cumulant form.
package value
