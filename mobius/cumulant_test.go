package mobius_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

// Moments and cumulants of one variable, from order 1 on.
func TestKnownCumulants(t *testing.T) {
	for _, test := range []struct {
		name               string
		moments, cumulants []int64
	}{
		{"constant 2",
			[]int64{2, 4, 8, 16, 32, 64},
			[]int64{2, 0, 0, 0, 0, 0}},
		{"Gaussian of mean 0 and variance 1: moments (2k−1)!!, OEIS A001147",
			[]int64{0, 1, 0, 3, 0, 15, 0, 105, 0, 945},
			[]int64{0, 1, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"Gaussian of mean 1 and variance 1: moments are numbers of involutions, OEIS A000085",
			[]int64{1, 2, 4, 10, 26, 76, 232, 764},
			[]int64{1, 1, 0, 0, 0, 0, 0, 0}},
		{"Poisson of mean 1: moments are Bell numbers, OEIS A000110",
			[]int64{1, 2, 5, 15, 52, 203, 877, 4140, 21147},
			[]int64{1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"exponential of mean 1: moments k!, cumulants (k−1)!, OEIS A000142",
			[]int64{1, 2, 6, 24, 120, 720, 5040, 40320},
			[]int64{1, 1, 2, 6, 24, 120, 720, 5040}},
		{"±1 with equal odds: cumulants of odd k vanish, the rest are OEIS A000182 with signs",
			[]int64{0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
			[]int64{0, 1, 0, -2, 0, 16, 0, -272, 0, 7936}},
	} {
		order := len(test.moments)
		table := func(list []int64) mobius.Table[*big.Rat] {
			return must(mobius.NewTable([]int{order}, func(index []int) *big.Rat {
				if index[0] == 0 {
					return nil // ignored
				}
				return big.NewRat(list[index[0]-1], 1)
			}))
		}
		cumulants := must(mobius.Cumulants(mobius.Rational{}, table(test.moments)))
		moments := must(mobius.Moments(mobius.Rational{}, table(test.cumulants)))
		wantRat(t, test.name+": cumulant of nothing", cumulants.At(0), new(big.Rat))
		wantRat(t, test.name+": moment of nothing", moments.At(0), big.NewRat(1, 1))
		for k := 1; k <= order; k++ {
			what := fmt.Sprintf("%s: order %d", test.name, k)
			wantRat(t, what+" cumulant", cumulants.At(k), big.NewRat(test.cumulants[k-1], 1))
			wantRat(t, what+" moment", moments.At(k), big.NewRat(test.moments[k-1], 1))

			one := must(mobius.Cumulant(mobius.Rational{}, make([]int, k), func(v []int) *big.Rat {
				return big.NewRat(test.moments[len(v)-1], 1)
			}))
			wantRat(t, what+" Cumulant", one, cumulants.At(k))
			one = must(mobius.Moment(mobius.Rational{}, make([]int, k), func(v []int) *big.Rat {
				return big.NewRat(test.cumulants[len(v)-1], 1)
			}))
			wantRat(t, what+" Moment", one, moments.At(k))
		}
	}
}

// Isserlis: a moment of centred Gaussians is a sum over pairings of products of covariances.
func TestGaussianMoments(t *testing.T) {
	covariance := [][]float64{{1, 2, 3}, {2, 5, 7}, {3, 7, 11}}
	cumulant := func(v []int) float64 {
		if len(v) == 2 {
			return covariance[v[0]][v[1]]
		}
		return 0
	}
	for _, test := range []struct {
		variables []int
		want      float64
	}{
		{[]int{0, 1, 2}, 0},
		{[]int{2, 0, 1, 0}, 1*7 + 2*2*3},
		{[]int{2, 1, 2, 1}, 11*5 + 2*7*7},
		{[]int{0, 0, 0, 0, 1, 1}, 3*1*5 + 12*2*2},
	} {
		if got := must(mobius.Moment(mobius.Float64{}, test.variables, cumulant)); got != test.want {
			t.Errorf("moment of %v: got %v, want %v", test.variables, got, test.want)
		}
	}
}

// variables generates lists of at most n variables, from few enough for some to repeat.
func variables(n int) *rapid.Generator[[]int] {
	return rapid.Custom(func(t *rapid.T) []int {
		distinct := rapid.IntRange(1, n).Draw(t, "distinct")
		return rapid.SliceOfN(rapid.IntRange(0, distinct-1), 0, n).Draw(t, "variables")
	})
}

// Both directions are the sums over partitions that define them.
func TestCumulantDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := variables(6).Draw(t, "list")
		drawn := map[string]*big.Rat{}
		value := func(v []int) *big.Rat {
			key := fmt.Sprint(slices.Sorted(slices.Values(v)))
			if drawn[key] == nil {
				drawn[key] = rational().Draw(t, key)
			}
			return drawn[key]
		}
		coarsest := must(mobius.Coarsest(len(list)))
		cumulant, moment := new(big.Rat), new(big.Rat)
		for p := range mobius.Partitions(len(list)) {
			product := big.NewRat(1, 1)
			for _, part := range p.Parts() {
				for k, i := range part {
					part[k] = list[i]
				}
				product.Mul(product, value(part))
			}
			moment.Add(moment, product)
			weight := new(big.Rat).SetInt(mobius.Mobius(p, coarsest))
			cumulant.Add(cumulant, weight.Mul(weight, product))
		}
		if len(list) == 0 {
			cumulant.SetInt64(0) // by convention: the logarithm of one
		}
		wantRat(t, "cumulant", must(mobius.Cumulant(mobius.Rational{}, list, value)), cumulant)
		wantRat(t, "moment", must(mobius.Moment(mobius.Rational{}, list, value)), moment)
	})
}

// Cumulants and Moments undo each other, over a ring without division too, and leave their
// arguments alone.
func TestTablesInvert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 4).Draw(t, "shape")
		salt := rapid.IntRange(0, 1000).Draw(t, "salt")
		value := func(index []int) int {
			v := salt
			for _, a := range index {
				v = (v*31 + a*17 + 5) % 1009
			}
			return v % 7
		}
		r := mod7{}
		table := must(mobius.NewTable(shape, value))
		back := must(mobius.Moments(r, must(mobius.Cumulants(r, table))))
		forth := must(mobius.Cumulants(r, must(mobius.Moments(r, table))))
		for index, want := range table.All() {
			if want != value(index) {
				t.Errorf("at %v: argument became %d", index, want)
			}
			if slices.Max(append(index, 0)) == 0 {
				if back.At(index...) != 1 || forth.At(index...) != 0 {
					t.Errorf("of nothing: moment %d, cumulant %d", back.At(index...), forth.At(index...))
				}
				continue
			}
			if got := back.At(index...); got != want {
				t.Errorf("moments of cumulants at %v: got %d, want %d", index, got, want)
			}
			if got := forth.At(index...); got != want {
				t.Errorf("cumulants of moments at %v: got %d, want %d", index, got, want)
			}
		}
	})
}

// A table holds what Cumulant and Moment return one at a time.
func TestTablesAgreeWithLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPopulation(t, 3)
		list := func(index []int) (v []int) {
			for i, a := range index {
				v = append(v, slices.Repeat([]int{i}, a)...)
			}
			return v
		}
		shape := rapid.SliceOfN(rapid.IntRange(0, 3), 3, 3).Draw(t, "shape")
		table := must(mobius.NewTable(shape, func(index []int) *big.Rat { return people.moment(list(index)) }))
		cumulants := must(mobius.Cumulants(mobius.Rational{}, table))
		for index, got := range cumulants.All() {
			wantRat(t, fmt.Sprint("cumulant at ", index), got,
				must(mobius.Cumulant(mobius.Rational{}, list(index), people.moment)))
		}
		lookup := func(v []int) *big.Rat {
			index := make([]int, 3)
			for _, i := range v {
				index[i]++
			}
			return cumulants.At(index...)
		}
		for index, want := range table.All() {
			wantRat(t, fmt.Sprint("moment at ", index),
				must(mobius.Moment(mobius.Rational{}, list(index), lookup)), want)
		}
	})
}

// κ(aX + bY, …) = a κ(X, …) + b κ(Y, …), and from order two on constants do not matter.
func TestMultilinear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPopulation(t, 5)
		a, b, c := rational().Draw(t, "a"), rational().Draw(t, "b"), rational().Draw(t, "c")
		others := rapid.SliceOfN(rapid.IntRange(0, 4), 1, 4).Draw(t, "others")
		const x, y, sum = 0, 1, 5 // sum is aX + bY + c
		for i, point := range people {
			s := new(big.Rat).Mul(a, point[x])
			s.Add(s, new(big.Rat).Mul(b, point[y]))
			people[i] = append(slices.Clone(point), s.Add(s, c))
		}
		kappa := func(v int) *big.Rat {
			return must(mobius.Cumulant(mobius.Rational{}, append([]int{v}, others...), people.moment))
		}
		want := new(big.Rat).Mul(a, kappa(x))
		want.Add(want, new(big.Rat).Mul(b, kappa(y)))
		wantRat(t, "cumulant of the sum", kappa(sum), want)
	})
}

// A joint cumulant vanishes if its arguments split into two independent groups.
func TestIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := drawPopulation(t, 2), drawPopulation(t, 2)
		var product population
		for _, l := range left {
			for _, r := range right {
				product = append(product, slices.Concat(l, r))
			}
		}
		list := slices.Concat(
			rapid.SliceOfN(rapid.IntRange(0, 1), 1, 3).Draw(t, "left"),
			rapid.SliceOfN(rapid.IntRange(2, 3), 1, 3).Draw(t, "right"))
		list = rapid.Permutation(list).Draw(t, "list")
		got := must(mobius.Cumulant(mobius.Rational{}, list, product.moment))
		wantRat(t, fmt.Sprint("cumulant of ", list), got, new(big.Rat))
	})
}

// The callbacks see each sub-multiset but the empty one exactly once, in increasing order.
func TestCallbacks(t *testing.T) {
	list := []int{math.MaxInt, -3, math.MaxInt, 8, math.MinInt}
	for name, convert := range map[string]func(mobius.Ring[int], []int, func([]int) int) (int, error){
		"Cumulant": mobius.Cumulant[int],
		"Moment":   mobius.Moment[int],
	} {
		seen := map[string]bool{}
		_, err := convert(mod7{}, list, func(v []int) int {
			key := fmt.Sprint(v)
			if len(v) == 0 || seen[key] || !slices.IsSorted(v) {
				t.Errorf("%s calls with %v, after %v", name, v, seen)
			}
			seen[key] = true
			v[0] = 0 // the list is the callback's own
			return 1
		})
		if err != nil || len(seen) != 2*3*2*2-1 {
			t.Errorf("%s: %d calls, error %v", name, len(seen), err)
		}
	}
	if !slices.Equal(list, []int{math.MaxInt, -3, math.MaxInt, 8, math.MinInt}) {
		t.Errorf("the list became %v", list)
	}
}

func TestNoVariables(t *testing.T) {
	never := func(v []int) int { t.Errorf("called with %v", v); return 0 }
	if got := must(mobius.Cumulant(mod7{}, nil, never)); got != 0 {
		t.Errorf("cumulant: got %d, want 0", got)
	}
	if got := must(mobius.Moment(mod7{}, nil, never)); got != 1 {
		t.Errorf("moment: got %d, want 1", got)
	}
	var zero mobius.Table[int]
	for index := range must(mobius.Cumulants(mod7{}, zero)).All() {
		t.Errorf("cumulants of the zero Table have index %v", index)
	}
	for index := range must(mobius.Moments(mod7{}, zero)).All() {
		t.Errorf("moments of the zero Table have index %v", index)
	}
}

// distinct lists n different variables.
func distinct(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// A set of 16 variables has 2^16 subsets, and 3^15 pairs of nested subsets that contain its
// first variable. The joint cumulant of any copies of an exponential variable of mean one is
// (16−1)!, also if the copies have 16 names.
func TestSixteenVariables(t *testing.T) {
	got := must(mobius.Cumulant(mobius.Float64{}, distinct(16), func(v []int) float64 {
		return math.Gamma(float64(len(v) + 1))
	}))
	if want := math.Gamma(16); math.Abs(got/want-1) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestHighOrder(t *testing.T) {
	ones := func([]int) *big.Rat { return big.NewRat(1, 1) }
	got := must(mobius.Moment(mobius.Rational{}, make([]int, 100), ones))
	wantRat(t, "moment of order 100 of a Poisson variable", got, new(big.Rat).SetInt(mobius.Bell(100)))
}

func TestTooLarge(t *testing.T) {
	never := func(v []int) int { t.Fatalf("called with %v", v); return 0 }
	for _, list := range [][]int{
		distinct(18),
		distinct(1000),
		make([]int, mobius.MaxMultiplicity+1),
		slices.Concat(make([]int, 500), slices.Repeat([]int{1}, 500)),
	} {
		if _, err := mobius.Cumulant(mod7{}, list, never); !errors.Is(err, mobius.ErrTooLarge) {
			t.Errorf("Cumulant of %d variables: got error %v", len(list), err)
		}
		if _, err := mobius.Moment(mod7{}, list, never); !errors.Is(err, mobius.ErrTooLarge) {
			t.Errorf("Moment of %d variables: got error %v", len(list), err)
		}
	}
	table := must(mobius.NewTable(slices.Repeat([]int{1}, 18), func([]int) int { return 0 }))
	if _, err := mobius.Cumulants(mod7{}, table); !errors.Is(err, mobius.ErrTooLarge) {
		t.Errorf("Cumulants of 18 variables: got error %v", err)
	}
	if _, err := mobius.Moments(mod7{}, table); !errors.Is(err, mobius.ErrTooLarge) {
		t.Errorf("Moments of 18 variables: got error %v", err)
	}
}
