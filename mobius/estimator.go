package mobius

import (
	"fmt"
	"math/big"
)

// Correlators returns unbiased estimates of the correlators ⟨x⟩_μ, for all partitions μ of
// n factors, out of statistics {x}_μ of batches with the given number of samples each.
//
// The factors x₀, …, x_{n−1} have a joint distribution. A partition μ of {0, …, n−1} names
// a product of expectations of products, and a statistic of n disjoint batches of S joint
// samples each, in which the factors of a part share a batch, and are averaged before they
// are multiplied:
//
//	⟨x⟩_μ = Π_parts ⟨ Π_d x_d ⟩,    {x}_μ = Π_parts Π_d (1/S) Σ_s x_d^(iS+s).
//
// Here d runs through the elements of a part, i is the least of them, s runs from 0 to
// S−1, and x_d^(j) is factor d of the j-th sample. See BatchStatistic. Take 01-2: the
// correlator is ⟨x₀x₁⟩⟨x₂⟩, and the statistic is the average of x₀ over the first batch,
// times that of x₁ over the same batch, times that of x₂ over the third.
//
// Correlators calls statistic once for each partition, in the order of Partitions, and
// then takes n ring operations per partition and two for each pair of partitions of which
// one covers the other. The values of the result are those of Estimator.
//
// The error wraps ErrSamples if samples < 1, ErrLength if n < 0, and ErrTooLarge if
// n > MaxFunction.
//
// Source: P, section C.6.
func Correlators[T any](r Ring[T], n, samples int, statistic func(Partition) T) (Function[T], error) {
	cumulants, err := CumulantProducts(r, n, samples, statistic)
	if err != nil {
		return Function[T]{}, err
	}
	return SumBelow(r, cumulants), nil // moments are sums of products of cumulants
}

// CumulantProducts returns unbiased estimates of the products
//
//	κ_μ = Π_parts κ(x_d, …)
//
// of joint cumulants, one for each part of μ, with the elements d of the part as its
// arguments. The value at Coarsest(n) is the joint cumulant of all factors. The arguments,
// the errors and the statistic are those of Correlators, and the values of the result are
// those of CumulantEstimator.
func CumulantProducts[T any](r Ring[T], n, samples int, statistic func(Partition) T) (Function[T], error) {
	if err := checkSamples(samples); err != nil {
		return Function[T]{}, err
	}
	f, err := NewFunction(n, statistic)
	if err != nil {
		return Function[T]{}, err
	}
	// The expectations of the statistics are to the averages over one batch what the
	// correlators are to one sample, since different batches are independent. So their
	// Möbius transform is made of joint cumulants of averages; and a cumulant of k averages
	// over the same S samples is S^(1−k) times that of one sample.
	f = InvertBelow(r, f)
	scales := make([]T, n+1)
	for k, power := range powers(samples, n) {
		scales[k] = r.Int(power)
	}
	rank := 0
	for mu := range Partitions(n) {
		f.values[rank] = r.Mul(scales[n-mu.NumParts()], f.values[rank])
		rank++
	}
	return f, nil
}

// A Term is a statistic with its coefficient in an estimator.
type Term struct {
	Coefficient *big.Int
	Statistic   Partition
}

// Estimator returns the unbiased estimator of the correlator ⟨x⟩_μ from batches of S
// samples, in the notation of Correlators, as a sum of statistics with coefficients:
//
//	⟨x⟩_μ = E Σ_τ S^(n−|τ|) Π_parts (1−S)(1−2S)⋯(1−(k−1)S) {x}_τ
//
// over the τ ≤ μ, where n is the number of elements and the product is over the parts of
// μ, each made of k parts of τ. For the partition 01 it is S {x}_01 + (1−S) {x}_0-1.
//
// The terms are fresh and in the order of Partitions. Those whose coefficient is zero,
// which are all but τ = μ if S = 1, are left out.
//
// The error wraps ErrSamples if samples < 1, and ErrTooLarge if more than
// Bell(MaxFunction) partitions refine μ.
//
// Source: P, section C.6, where equation (6) is the case of the partition 01. In general
// the paper has a recursion, of which this is the solution:
//
//	⟨x⟩_μ = S^(n−|μ|) E {x}_μ − Σ_τ Π_parts (S−1)!/(S−k)! ⟨x⟩_τ   over τ < μ.
func Estimator(mu Partition, samples int) ([]Term, error) {
	// The recursion makes S^(n−|μ|) E {x}_μ a sum over τ ≤ μ of the ⟨x⟩_τ, with weights
	// that multiply over the parts of μ: a_k = (S−1)!/(S−k)! for one made of k parts of τ.
	// The weights b_k of the inverse sum are such that Σ b_k z^k/k! is the inverse, under
	// composition, of Σ a_k y^k/k! = ((1+y)^S − 1)/S. That is (1+Sz)^(1/S) − 1, so that
	// b_k = (1−S)(1−2S)⋯(1−(k−1)S).
	s, one := big.NewInt(int64(samples)), big.NewInt(1)
	weights := []*big.Int{one, one} // b_k by k, of which b_0 is not used
	for k := 2; k <= mu.Len(); k++ {
		factor := new(big.Int).Mul(s, big.NewInt(int64(1-k)))
		factor.Add(factor, one)
		weights = append(weights, factor.Mul(factor, weights[k-1]))
	}
	scales := powers(samples, mu.Len())
	return estimator(mu, samples, func(tau Partition) *big.Int {
		coefficient := new(big.Int).Set(scales[mu.Len()-tau.NumParts()])
		for _, k := range tau.split(mu) {
			coefficient.Mul(coefficient, weights[k])
		}
		return coefficient
	})
}

// CumulantEstimator returns the unbiased estimator of the product κ_μ of joint cumulants
// from batches of S samples, in the notation of Correlators and CumulantProducts:
//
//	κ_μ = E Σ_τ S^(n−|μ|) Mobius(τ, μ) {x}_τ
//
// over the τ ≤ μ, where n is the number of elements. For the partition 01 it is
// S ({x}_01 − {x}_0-1), which estimates the covariance.
//
// The terms are fresh and in the order of Partitions. The errors are those of Estimator.
func CumulantEstimator(mu Partition, samples int) ([]Term, error) {
	scale := powers(samples, mu.Len())[mu.Len()-mu.NumParts()]
	return estimator(mu, samples, func(tau Partition) *big.Int {
		coefficient := Mobius(tau, mu)
		return coefficient.Mul(coefficient, scale)
	})
}

// estimator returns the terms for all τ ≤ μ whose coefficient is not zero.
func estimator(mu Partition, samples int, coefficient func(tau Partition) *big.Int) ([]Term, error) {
	if err := checkSamples(samples); err != nil {
		return nil, err
	}
	count := int64(1)
	for _, size := range mu.Sizes() {
		if size <= MaxFunction {
			count *= completions64[size][0]
		}
		if size > MaxFunction || count > completions64[MaxFunction][0] {
			return nil, fmt.Errorf("mobius: estimator for %v, with more than %d terms: %w",
				mu, completions64[MaxFunction][0], ErrTooLarge)
		}
	}
	terms := make([]Term, 0, count)
	for tau := range Interval(finest(mu.Len()), mu) {
		if c := coefficient(tau); c.Sign() != 0 {
			terms = append(terms, Term{c, tau})
		}
	}
	return terms, nil
}

// BatchStatistic returns the function that Correlators wants, from the samples themselves:
// it maps a partition μ of n elements to the statistic {x}_μ. Every batch is averaged in
// advance, so that the function takes n multiplications.
//
// x is n×nS, for S = samples: x[d] lists factor d of all joint samples, one batch of S
// after another.
//
// The error wraps ErrSamples if samples < 1, ErrLength if the length of a row is not nS,
// and ErrTooLarge if n > MaxLen. The function panics if the partition is not one of n
// elements.
//
// Source: P, section C.6.
func BatchStatistic[T any](a Algebra[T], samples int, x [][]T) (func(mu Partition) T, error) {
	if err := checkSamples(samples); err != nil {
		return nil, err
	}
	if len(x) > MaxLen {
		return nil, fmt.Errorf("mobius: %d factors, limit %d: %w", len(x), MaxLen, ErrTooLarge)
	}
	share := a.Rat(big.NewRat(1, int64(samples)))
	averages := make([][]T, len(x)) // averages[d][i] is that of factor d over batch i
	for d, row := range x {
		if len(row)%len(x) != 0 || len(row)/len(x) != samples {
			return nil, fmt.Errorf("mobius: factor %d has %d samples, not %d batches of %d: %w",
				d, len(row), len(x), samples, ErrLength)
		}
		// The part of d has a least element i ≤ d, so that later batches have no use.
		averages[d] = make([]T, d+1)
		for i := range averages[d] {
			batch := row[i*samples : (i+1)*samples]
			sum := batch[0]
			for _, sample := range batch[1:] {
				sum = a.Add(sum, sample)
			}
			averages[d][i] = a.Mul(share, sum)
		}
	}
	return func(mu Partition) T {
		if mu.Len() != len(averages) {
			panic(fmt.Sprintf("mobius: partition %v for a statistic of %d factors", mu, len(averages)))
		}
		product := a.Int(big.NewInt(1))
		least := mu.leasts()
		for d, average := range averages {
			product = a.Mul(product, average[least[mu.PartOf(d)]])
		}
		return product
	}, nil
}

// checkSamples reports whether batches may have the given number of samples.
func checkSamples(samples int) error {
	if samples < 1 {
		return fmt.Errorf("mobius: batches of %d samples: %w", samples, ErrSamples)
	}
	return nil
}

// powers returns the powers of base with exponents 0, …, n.
func powers(base, n int) []*big.Int {
	list := []*big.Int{big.NewInt(1)}
	for range n {
		list = append(list, new(big.Int).Mul(list[len(list)-1], big.NewInt(int64(base))))
	}
	return list
}
