// Package measure measures the plain values of diagrams on landscapes, without bias and
// with their errors (P §C.6).
//
// It needs of a landscape no more than package sim does: mean losses of batches of data,
// and their derivatives along directions. A diagram is a tree of tensors, so it is
// contracted from its leaves: a node with k children is a mean gradient, differentiated
// along k vectors, and the two halves of the tree meet at some edge in a scalar product.
// No Hessian and no higher tensor is ever formed; and vectors that several diagrams share
// are computed once.
//
// # Blocks
//
// A measurement is a number of independent blocks. For each a batch of fresh data is
// drawn for every part that a diagram may have, so that different parts never share data.
// Every block has one unbiased estimate of every diagram's value, all from the same data;
// what is reported is their mean over blocks, with the standard error and covariance of
// that.
//
// Within a block, a node that is alone in its part stands for its batch's mean where that
// is of use once for all. A part of several nodes is a product of tensors of one datum: it
// is averaged over slices of its batch, each either a single datum or, if Spec.Tied says
// so, batches of a few data in the combination that makes the product of their means
// unbiased (P §C.6, equations 6 and 7, and package mobius). With a few data to a slice
// there are fewer contractions, and each is noisier.
//
// Values in moment form are measured. Those in cumulant form are their combinations
//
//	κvalue(μ) = Σ_{τ≤μ} Mobius(τ, μ) value(τ)
//
// over the partitions τ of the nodes that are finer than the diagram's own, μ, block by
// block, so errors are right.
//
// Standard errors are those of the mean of independent blocks. Where a value is carried by
// few, far outliers, as that of a large part may be, they are right only once there are
// blocks enough to have met some.
//
// P is the paper "A Perturbative Analysis of Stochastic Descent".
package measure
