// Package sim runs stochastic gradient descent itself, and measures what it does well
// enough to test the theory.
//
// # The flow of data
//
//		Spec ──▶ streams ──▶ trial ──▶ blocks ──▶ fold ──▶ Estimate ──▶ Verdict
//
//	  - A [Landscape] is a distribution over losses, as something to descend on in float64:
//	    [Gauss], [Archimedes], [Mean], [Ridge], and any landscape of package tensor, by
//	    [Polynomial]. An [Exact] one knows its means besides.
//	  - An [Optimizer] turns training points, or noise, into a trajectory of weights.
//	  - A [Spec] says what a trial is: the landscape, the start, the learning rate, the runs
//	    of optimizers, and the times at which each is looked at, its snapshots.
//	  - Trial i is a pure function of the specification, its seed, and i: its random numbers
//	    come from streams keyed by a hash of the three. All runs of a trial see the same
//	    training points, test points and noise.
//	  - A trial yields, for each [Group], a snapshot or the contrast of two, a row of
//	    columns: the observables, and control variates, whose mean is known to be zero. The
//	    accuracy of a [Classifier] is one of them where the specification asks for it.
//	  - A block accumulates a fixed number of trials: for each group the count, the mean and
//	    the co-moments of its columns. Blocks are computed by any number of workers, on any
//	    number of machines, and may be kept on disk; a [Result] is a set of blocks.
//	  - Estimating folds the blocks in the order of their index, so a result depends on
//	    neither workers, nor shards, nor interruptions, to the last bit.
//	  - A [Verdict] compares estimates with the theory's values.
//
// # Control variates
//
// The mean of a loss over trials converges slowly: most of its variance is noise that is
// understood. The reduced estimators have the same expectation and less variance. They
// measure changes from the start on the same points, use the mean loss where it is known,
// and subtract what the theory at the start explains, whose mean it also tells: see
// [Controls]. The coefficients are fitted on other blocks than those that they are used
// on, so they cause no bias. Where trials diverge, which leaves a mean over the others, all
// this is no longer so, and the raw mean is taken.
//
// P is the paper "A Perturbative Analysis of Stochastic Descent", whose experiments are in
// its sections 3 and C.
package sim
