// Package embed counts the ways in which a diagram happens during training.
//
// # The grid
//
// Descent on a training set is drawn in space-time: a grid with a row n for each of the
// N training points and a column t for each of the T updates. A cell (n, t) is shaded if
// update t uses point n, and has a weight w. The update is
//
//	θ_{t+1} = θ_t − η Σ w ∇l_n(θ_t), summed over the cells (n, t) of column t.
//
// [SGD] with batches of B points has B cells in each column, with weight 1/B, and one in
// each row for every one of its E epochs: T = EN/B. [GD] has every cell, with weight
// 1/N. [Reshuffled] changes the order of the rows from epoch to epoch, [Grid.Scale] and
// [Grid.Schedule] the learning rate, and [New] takes any cells and any rational weights:
// ragged batches, idle rows, empty columns. [Parse] reads the regular grids from text,
// and every grid of moderate size is also JSON.
//
//	     t=0  1   2   3
//	n=0   █   ·   █   ·     four points in batches of two, for two epochs:
//	  1   █   ·   █   ·     sgd N=4 E=2 B=2
//	  2   ·   █   ·   █
//	  3   ·   █   ·   █
//
// # Embeddings
//
// Expand the test loss after training in powers of η, and each term says: at these
// updates, these points gave a gradient, and at a later update, another point's gradient
// was changed by it. A diagram (see package diagram) is the shape of such a story, and
// an embedding tells when, and with which points, it happened: a map f of the non-root
// nodes to cells such that
//
//   - times strictly increase from child to parent: causes come before effects,
//   - nodes in one part of the partition share a row: they are the same point.
//
// The root stands for the final loss, after the last update. If it is tied, the loss is
// that of the training point in its part's row; a uniformly chosen training point is
// that one with probability 1/N, so a tied root has weight 1/N. Two roots stand for a
// product of two final losses; neither has a row. Embeddings that differ by an
// automorphism of the diagram are the same.
//
// The diagram contributes in proportion to W(D), the sum over all maps of the product of
// the weights of their cells (and 1/N for a tied root):
//
//	E[ l(θ_T) ] = Σ_D (−η)^{edges(D)} / |Aut(D)| · W(D) · value(D).
//
// # Cumulants and moments
//
// There are two consistent readings of the formula. In [Cumulant] form, the value has a
// joint cumulant for each part, and different parts may share a row, even a cell. In
// [Moment] form, it has an expectation of a product for each part, and different parts
// must lie in different rows. Only the root that is alone in its part needs no row; when
// the train loss is expanded in moment form, such a root too stands for a training
// point, different from all others, which W here does not account for.
//
// # Counting
//
// [Counter.Count] returns the number of maps and W exactly, without listing the maps.
//
// On SGD without reshuffling and on GD, the number of maps is a polynomial in E, N/B and B,
// so the time it takes depends on the diagram alone: some ten microseconds for one of up to
// ten edges, which is split into what happens within an epoch and the order of epochs. For
// larger ones a few tiny grids determine the polynomial. [Polynomials] returns it.
//
// On other grids, the times of a node are summed given those of its parent, from the
// leaves up. That takes time in proportion to the number of cells if the parts are
// single nodes or siblings, or tied along a branch: a part of several nodes ties together
// what happens in different places of the tree, so its row is looped over, around the
// smallest subtree that holds it. If k parts interlock, that is, if k of them are open at
// once, the work is N^(k−1) times the number of cells:
//
//	parts open at once    example                         operations
//	0 or 1                (012-3-4)(03-14-24-34)          |cells|
//	2                     (02-13-4)(01-14-23-34)          N |cells|
//	k                                                     N^(k−1) |cells|
//
// each a few nanoseconds, for each node and each modulus: sums are computed modulo 2^64 and as
// many primes of 63 bits as their size demands, so that no number is lost to overflow, and a
// schedule such as 1/t, whose sums have thousands of digits, costs hundreds of primes. The work
// is estimated first, and refused with [ErrTooLarge] if a count would take more than about half
// a minute, or 2 GiB; the context stops the rest.
//
// There, and for more than ten edges, moment form is a sum over the partitions of the
// parts, of which there may be at most ten.
//
// A [Counter] keeps what it has counted, and up to 256 MiB of sums over subtrees that
// diagrams share: it takes much less time for a list of diagrams than a Counter for each would.
// [Counter.CountAll] uses all processors, or as many as it is told. [Embeddings] lists the
// embeddings one by one, for small grids, with |Aut_f|, the number of symmetries that each
// keeps: Σ_f w/|Aut_f| = W/|Aut|.
//
// # Other dynamics
//
// Gradient flow, the stochastic differential equation, Gaussian noise, random reshuffling and
// GD with the force that emulates SGD ([GDC]) give the same expansion with other W: they are
// [Dynamics], like a Counter.
// [ReshuffledWeight] returns the W of random reshuffles as a polynomial in E that is
// rational in N.
//
// # Limits
//
// N, E, B and T are at most [MaxSize]. At most [MaxCells] cells are held one by one, as
// they must be unless all epochs are alike and the rate is constant.
//
// # Source
//
// P is the paper "A Perturbative Analysis of Stochastic Descent", sections 2, A.2, A.3,
// B.3 and B.7. Its table of embeddings in B.7 has two slips, which the tests correct.
package embed
