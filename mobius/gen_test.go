package mobius_test

import (
	"math/big"
	"slices"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

// parse reads a literal.
func parse(text string) mobius.Partition { return mobius.MustParse(text) }

// must unwraps a result that cannot fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// all lists the partitions of n elements.
func all(n int) []mobius.Partition { return slices.Collect(mobius.Partitions(n)) }

// partition generates partitions of n elements, from those with few large parts to those
// with many small ones.
func partition(n int) *rapid.Generator[mobius.Partition] {
	return rapid.Custom(func(t *rapid.T) mobius.Partition {
		labels := rapid.IntRange(1, max(n, 1)).Draw(t, "labels")
		return must(mobius.New(rapid.SliceOfN(rapid.IntRange(1, labels), n, n).Draw(t, "label")))
	})
}

// rational generates small rational numbers.
func rational() *rapid.Generator[*big.Rat] {
	return rapid.Custom(func(t *rapid.T) *big.Rat {
		return big.NewRat(rapid.Int64Range(-9, 9).Draw(t, "num"), rapid.Int64Range(1, 4).Draw(t, "denom"))
	})
}

// A population is a finite joint distribution of some variables: a list of equally likely
// points, at each of which every variable has a value.
type population [][]*big.Rat

// drawPopulation draws a population with one or more points.
func drawPopulation(t *rapid.T, variables int) population {
	values := rapid.SliceOfN(rational(), variables, variables)
	return rapid.SliceOfN(values, 1, 4).Draw(t, "population")
}

// moment returns the expectation of the product of a list of variables.
func (p population) moment(variables []int) *big.Rat {
	sum := new(big.Rat)
	for _, point := range p {
		product := big.NewRat(1, 1)
		for _, v := range variables {
			product.Mul(product, point[v])
		}
		sum.Add(sum, product)
	}
	return sum.Quo(sum, big.NewRat(int64(len(p)), 1))
}

// mod7 is the ring of integers modulo 7, in which some integers have no inverse.
type mod7 struct{}

var _ mobius.Ring[int] = mod7{}

func (mod7) Add(a, b int) int   { return (a + b) % 7 }
func (mod7) Mul(a, b int) int   { return a * b % 7 }
func (mod7) Int(n *big.Int) int { return int(new(big.Int).Mod(n, big.NewInt(7)).Int64()) }

// wantRat reports an error unless got equals want.
func wantRat(t rapid.TB, what string, got, want *big.Rat) {
	t.Helper()
	if got.Cmp(want) != 0 {
		t.Errorf("%s: got %v, want %v", what, got.RatString(), want.RatString())
	}
}
