package mobius_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/mobius"
)

// The third cumulant as a sum over the partitions of three elements. For a fair die the
// moments are 7/2, 91/6 and 147/2; a symmetric distribution has third cumulant zero.
func Example() {
	moments := []*big.Rat{nil, big.NewRat(7, 2), big.NewRat(91, 6), big.NewRat(147, 2)}

	coarsest, _ := mobius.Coarsest(3)
	cumulant := new(big.Rat)
	for p := range mobius.Partitions(3) {
		term := new(big.Rat).SetInt(mobius.Mobius(p, coarsest))
		for _, size := range p.Sizes() {
			term.Mul(term, moments[size])
		}
		fmt.Printf("%-5v  %2v  %v\n", p, mobius.Mobius(p, coarsest), term.RatString())
		cumulant.Add(cumulant, term)
	}
	fmt.Println("sum:", cumulant.RatString())

	// The same, from the recursion that avoids listing the partitions.
	again, err := mobius.Cumulant(mobius.Rational{}, []int{0, 0, 0}, func(variables []int) *big.Rat {
		return moments[len(variables)]
	})
	fmt.Println("Cumulant:", again.RatString(), err)
	// Output:
	// 012     1  147/2
	// 01-2   -1  -637/12
	// 02-1   -1  -637/12
	// 0-12   -1  -637/12
	// 0-1-2   2  343/4
	// sum: 0
	// Cumulant: 0 <nil>
}

func ExampleNew() {
	// Which of six people share a birth month?
	p, err := mobius.New([]int{3, 11, 3, 7, 11, 3})
	fmt.Println(p, err)
	fmt.Println(p.Len(), "people,", p.NumParts(), "months, of sizes", p.Sizes())
	// Output:
	// 025-14-3 <nil>
	// 6 people, 3 months, of sizes [3 2 1]
}

func ExampleFromParts() {
	p, err := mobius.FromParts(4, [][]int{{3, 1}, {0, 2}})
	fmt.Println(p, err)

	_, err = mobius.FromParts(4, [][]int{{3, 1}, {0, 1}})
	fmt.Println(err)
	fmt.Println(errors.Is(err, mobius.ErrNotPartition), errors.Is(err, mobius.ErrRepeated))
	// Output:
	// 02-13 <nil>
	// mobius: element 1 in part 1: not a set partition: element repeated
	// true true
}

func ExampleParse() {
	p, err := mobius.Parse("3-20-1")
	fmt.Println(p, p.Parts(), p.Labels(), err)

	_, err = mobius.Parse("0-2")
	fmt.Println(err)
	// Output:
	// 02-1-3 [[0 2] [1] [3]] [0 1 0 2] <nil>
	// mobius: parse "0-2": byte 2: not a set partition: element missing
}

func ExamplePartitions() {
	for p := range mobius.Partitions(3) {
		fmt.Println(p.Rank(), p)
	}
	// Output:
	// 0 012
	// 1 01-2
	// 2 02-1
	// 3 0-12
	// 4 0-1-2
}

func ExampleStrings() {
	for labels := range mobius.Strings(3) {
		fmt.Println(labels)
	}
	// Output:
	// [0 0 0]
	// [0 0 1]
	// [0 1 0]
	// [0 1 1]
	// [0 1 2]
}

func ExamplePartitionsInto() {
	fmt.Println(slices.Collect(mobius.PartitionsInto(4, 2)))
	// Output: [012-3 013-2 01-23 023-1 02-13 03-12 0-123]
}

func ExampleUnrank() {
	// Halfway through the partitions of 16 elements.
	half := mobius.Bell(16)
	half.Rsh(half, 1)
	p, err := mobius.Unrank(16, half)
	fmt.Println(p, err)
	fmt.Println(p.Rank(), "of", mobius.Bell(16))
	// Output:
	// 0-13-2f-45de-67c-8b-9-a <nil>
	// 5240071073 of 10480142147
}

func ExampleStirling() {
	for k := range 5 {
		fmt.Print(mobius.Stirling(4, k), " ")
	}
	fmt.Println("add up to", mobius.Bell(4))
	// Output: 0 1 7 6 1 add up to 15
}

func ExampleMeet() {
	p, q := mobius.MustParse("012-34"), mobius.MustParse("01-234")
	meet, _ := mobius.Meet(p, q)
	join, _ := mobius.Join(p, q)
	fmt.Println(meet, join)
	// Output: 01-2-34 01234
}

func ExamplePartition_Refines() {
	p, q, r := mobius.MustParse("0-1-23"), mobius.MustParse("01-23"), mobius.MustParse("012-3")
	fmt.Println(p.Refines(q), p.CoveredBy(q))
	fmt.Println(p.Refines(r), p.CoveredBy(r))
	fmt.Println(slices.Collect(mobius.Covers(p)))
	// Output:
	// true true
	// false false
	// [01-23 023-1 0-123]
}

func ExampleInterval() {
	p, q := mobius.MustParse("01-2-3-4"), mobius.MustParse("0124-3")
	for x := range mobius.Interval(p, q) {
		fmt.Println(x, mobius.Mobius(p, x))
	}
	// Output:
	// 0124-3 2
	// 012-3-4 -1
	// 014-2-3 -1
	// 01-24-3 -1
	// 01-2-3-4 1
}

// Colour three balls with five colours. If balls in the same part of p must look the same,
// there are 5^|p| ways: one sum over the partitions q ≥ p into balls that do look the same.
// Undoing the sum counts the ways for which these are exactly the parts of p, such as
// 5·4·3 = 60 for three different colours.
func ExampleInvertAbove() {
	const colours = 5
	colourings, err := mobius.NewFunction(3, func(p mobius.Partition) float64 {
		product := 1.0
		for range p.NumParts() {
			product *= colours
		}
		return product
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for p, count := range mobius.InvertAbove(mobius.Float64{}, colourings).All() {
		fmt.Println(p, count)
	}
	// Output:
	// 012 5
	// 01-2 20
	// 02-1 20
	// 0-12 20
	// 0-1-2 60
}

// Products of joint cumulants add up to moments. If every cumulant is one, as for a Poisson
// variable of mean one, then the moments are Bell numbers.
func ExampleSumBelow() {
	ones, _ := mobius.NewFunction(4, func(mobius.Partition) float64 { return 1 })
	sums := mobius.SumBelow(mobius.Float64{}, ones)
	fmt.Println(sums.At(mobius.MustParse("0123")), sums.At(mobius.MustParse("012-3")))
	// Output: 15 5
}

// Let X be ±1 with equal odds, and Y = X² = 1. The moment of X a times and Y b times, at the
// index [a b], is 1 if a is even and 0 if not. As Y is constant, the cumulants with Y vanish
// but for the first; the fourth cumulant of X is 1 − 3·1² = −2.
func ExampleCumulants() {
	moments, err := mobius.NewTable([]int{4, 1}, func(index []int) *big.Rat {
		return big.NewRat(int64(1-index[0]%2), 1)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	cumulants, err := mobius.Cumulants(mobius.Rational{}, moments)
	if err != nil {
		fmt.Println(err)
		return
	}
	for index, cumulant := range cumulants.All() {
		fmt.Println(index, cumulant.RatString())
	}
	// Output:
	// [0 0] 0
	// [0 1] 1
	// [1 0] 0
	// [1 1] 0
	// [2 0] 1
	// [2 1] 0
	// [3 0] 0
	// [3 1] 0
	// [4 0] -2
	// [4 1] 0
}

// Four Gaussian variables of mean 0, with covariances 1 + i + j. The expectation of their
// product is a sum over the three pairings: 2·6 + 3·5 + 4·4.
func ExampleMoment() {
	moment, err := mobius.Moment(mobius.Float64{}, []int{0, 1, 2, 3}, func(variables []int) float64 {
		if len(variables) != 2 {
			return 0
		}
		return float64(1 + variables[0] + variables[1])
	})
	fmt.Println(moment, err)
	// Output: 43 <nil>
}

// The fourth cumulant of a variable that is 1 with probability p = 3/4, and 0 otherwise, is
// p(1−p)(1 − 6p(1−p)) = 3/16 · (−1/8).
func ExampleCumulant() {
	fourth, err := mobius.Cumulant(mobius.Rational{}, []int{0, 0, 0, 0}, func(variables []int) *big.Rat {
		return big.NewRat(3, 4) // every power of the variable is the variable itself
	})
	fmt.Println(fourth.RatString(), err)
	// Output: -3/128 <nil>
}

// Equation (6) of P, for batches of ten samples: ⟨x₀x₁⟩ = E[10 {x}_01 − 9 {x}_0-1].
func ExampleEstimator() {
	terms, err := mobius.Estimator(mobius.MustParse("01"), 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, term := range terms {
		fmt.Printf("%+d {x}_%v\n", term.Coefficient, term.Statistic)
	}
	// Output:
	// +10 {x}_01
	// -9 {x}_0-1
}

func ExampleCumulantEstimator() {
	terms, err := mobius.CumulantEstimator(mobius.MustParse("01-23"), 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, term := range terms {
		fmt.Printf("%+d {x}_%v\n", term.Coefficient, term.Statistic)
	}
	// Output:
	// +100 {x}_01-23
	// -100 {x}_01-2-3
	// -100 {x}_0-1-23
	// +100 {x}_0-1-2-3
}

// Two factors x₀ = x₁ = x, and two batches of two samples: 1, 3 and 5, 7. The averages are
// 2 and 6, so that {x}_01 = 2·2 and {x}_0-1 = 2·6.
func ExampleCorrelators() {
	const samples = 2
	x := []float64{1, 3, 5, 7}
	statistic, err := mobius.BatchStatistic(mobius.Float64{}, samples, [][]float64{x, x})
	if err != nil {
		fmt.Println(err)
		return
	}
	correlators, err := mobius.Correlators(mobius.Float64{}, 2, samples, statistic)
	if err != nil {
		fmt.Println(err)
		return
	}
	for mu, estimate := range correlators.All() {
		fmt.Println(mu, statistic(mu), estimate)
	}
	// Output:
	// 01 4 -4
	// 0-1 12 12
}
