// Package descent is an oracle for tests: it finds by brute force what stochastic
// gradient descent does on a small polynomial landscape, exactly. Tests use it, and
// value/errata, which shows the truth beside what is claimed. It imports the standard
// library alone and shares no code with what it tests.
//
// A [Problem] is a landscape with finitely many datapoints of rational probability, a
// grid of weighted cells, and a starting point θ_0. A training set assigns one
// datapoint to each of the N rows, independently. For every training set, descent runs
// the update
//
//	θ_{t+1}^μ = θ_t^μ − η Σ_{cells (n,t)} w Σ_ν η^{μν} ∂_ν l_n(θ_t)
//
// and then averages over all of them with their probabilities. With a force f, column t also
// has η f ∂_ν tr Ĉ(θ_t), where tr Ĉ is the mean over the pairs of different rows of half the
// square of the difference of their gradients. There are two ways to
// hold η: [Expand] carries every number as a power series in η, truncated after η^d, so
// that all coefficients are exact; [At] and [Run] take a rational value of η instead.
// No theory enters: neither diagrams, nor cumulants, nor the counting of embeddings.
//
// The cost is a few polynomial evaluations for each of K^n training sets, K the number
// of datapoints and n that of the rows that have a cell. Idle rows cost nothing.
package descent
