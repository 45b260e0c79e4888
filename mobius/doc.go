// Package mobius is about set partitions, the lattice that they form, and sums over
// that lattice: Möbius inversion, moments and cumulants, and unbiased estimators of
// products of expectations.
//
// # Partitions
//
// A [Partition] splits the elements 0, 1, …, n−1 into disjoint non-empty parts. Parts
// are numbered by their least elements, from 0, and the list of every element's part is
// the restricted growth string of the partition: it starts with 0, and each label is at
// most one more than all those before it. In text, parts are separated by hyphens:
//
//	02-1-3    the parts {0, 2}, {1} and {3}, whose restricted growth string is 0 1 0 2
//
// A Partition is a small immutable value; == is equality. [Partitions] lists all those
// of n elements in lexicographic order of their strings, from the coarsest (one part) to
// the finest (n parts). There are [Bell](n) of them, of which [Stirling](n, k) have k
// parts. [Partition.Rank] and [Unrank] turn a partition into its place in the list and
// back, and [Strings] walks the bare strings without allocating.
//
// # The lattice
//
// We write p ≤ q, and say that p refines q, when every part of p lies in a part of q.
// [Meet] and [Join] are the greatest lower and the least upper bound, [Covers] lists the
// partitions just above one, and [Interval] those between two. The Möbius function
// ([Mobius]) of an interval [p, q] is
//
//	μ(p, q) = Π (−1)^(k−1) (k−1)!   over the parts of q, each made of k parts of p.
//
// It undoes sums over the lattice. A [Function] holds a value for every partition of n
// elements; [SumBelow] and [InvertBelow], [SumAbove] and [InvertAbove] are sums over all
// finer or all coarser partitions, and their inverses.
//
// # Moments and cumulants
//
// A joint moment is the sum, over all partitions of its variables, of the products of
// the joint cumulants of the parts. [Moments] and [Cumulants] convert whole tables of
// them, in which variables may repeat; [Moment] and [Cumulant] convert one.
//
// # Unbiased estimators
//
// A partition also names a product of expectations: 02-1 stands for ⟨x₀x₂⟩⟨x₁⟩.
// [Correlators] estimates all such products without bias, from averages over disjoint
// batches of samples that need few multiplications, and [CumulantProducts] does so for
// products of joint cumulants. [Estimator] and [CumulantEstimator] give the formulas
// themselves, and [BatchStatistic] forms the averages.
//
// # Numbers
//
// Counts and coefficients are exact and fresh. Everything that combines values of the
// caller runs over any commutative ring, given as a [Ring]; [Float64] and [Rational]
// are ready to use.
//
// # Sources
//
// P is the paper "A Perturbative Analysis of Stochastic Descent", whose section C.6
// describes the estimators. The rest is classical: G.-C. Rota, On the foundations of
// combinatorial theory I (1964); T. P. Speed, Cumulants and partition lattices (1983);
// P. McCullagh, Tensor Methods in Statistics (1987).
package mobius
