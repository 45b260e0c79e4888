// Package perturb computes what stochastic gradient descent does to an expected loss, and
// why: exactly, symbolically, to any order in the learning rate, for any batch size,
// number of epochs and training-set size.
//
// It turns the theory of "A Perturbative Analysis of Stochastic Descent" (cited
// throughout as P, with its section numbers) into a library. Diagrams, which are rooted
// trees with a partition of their nodes, stand for interactions of gradients, noise and
// curvature; the ways to embed them into the space-time grid of (training point, update)
// count how often each takes place; and each has a value in terms of the loss landscape's
// statistics at the initial weights. The sum over diagrams is the expectation over
// training sets of what is measured after training:
//
//	E[l(θ_T)] = Σ_D (−η)^{edges(D)} / |Aut(D)| · W(D) · value(D)
//
// # Packages
//
// The packages build on each other in this order; none imports one after it.
//
//   - mobius: set partitions, their lattice, Möbius inversion, moments and cumulants,
//     unbiased estimators
//   - diagram: diagrams in canonical form, their notation, symmetry and enumeration;
//     diagram/draw draws them
//   - embed: space-time grids of optimizers, embeddings and their exact counts;
//     embed/draw draws them
//   - tensor: tensors over any ring, their contraction, and the statistics of loss
//     landscapes
//   - value: the series of an observable: as symbols and formulas, as exact numbers, as
//     predictions from recorded statistics, and the paper's corollaries; value/expr is the
//     language of formulas, value/divdiff sums over times, and value/errata puts the paper
//     right
//   - sim: stochastic gradient descent itself, and what stands in for it, run on toy
//     landscapes and measured well enough to test the theory; sim/net has networks as
//     landscapes and measures their diagrams, sim/data reads images
//
// The program examples/expand does all of the theory from the command line,
// examples/check sets it against SGD, and examples/measure measures networks for both.
//
// # Conventions
//
// The update is θ_{t+1} = θ_t − η Σ w ∇l_n(θ_t), summed over the cells (n, t) of column t
// with weights w. A landscape is a distribution over smooth losses l_x(θ), and l is their
// mean. G, H and J are ∇l, ∇∇l and ∇∇∇l; C and S are the covariance and the third
// cumulant of ∇l_x. Powers of η are written out: indices are raised with the identity, or
// with a metric that the user gives.
//
// Counts and coefficients are exact: big.Int and big.Rat. Every error wraps a sentinel of
// its package and names the culprit.
package perturb
