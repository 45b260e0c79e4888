// Package descenttest draws random problems for package descent, for property tests.
//
// They are small enough for [descent.Expand] to order 4 to take a millisecond or so,
// seldom more than ten, and weighted towards what is easily forgotten: zero, negative
// and fractional weights, empty columns, idle rows, grids without any cell.
package descenttest

import (
	"cmp"
	"math/big"
	"slices"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/internal/descent"
)

// Rational draws a number of small height: numerator from −4 to 4, denominator to 3.
func Rational() *rapid.Generator[*big.Rat] {
	return rapid.Custom(func(t *rapid.T) *big.Rat {
		num := rapid.SampledFrom([]int64{1, -1, 2, -3, 3, -2, 4, -4, 0}).Draw(t, "num")
		return big.NewRat(num, rapid.SampledFrom([]int64{1, 2, 3}).Draw(t, "den"))
	})
}

// Weight draws the weight of a cell: often 1, sometimes zero, negative or fractional.
func Weight() *rapid.Generator[*big.Rat] {
	return rapid.Map(rapid.SampledFrom([]string{
		"1", "1", "1/2", "1/2", "1/3", "2", "-1", "-1/2", "3/2", "0",
	}), func(s string) *big.Rat {
		w, _ := new(big.Rat).SetString(s)
		return w
	})
}

// Loss draws a sparse polynomial in dim variables of the given degree at most, which is
// at least 2. It has two to six terms, of which the first is linear and the second is
// quadratic.
func Loss(dim, degree int) *rapid.Generator[descent.Loss] {
	return rapid.Custom(func(t *rapid.T) descent.Loss {
		loss := descent.Loss{drawTerm(t, dim, 1), drawTerm(t, dim, 2)}
		for range rapid.IntRange(0, 4).Draw(t, "more terms") {
			loss = append(loss, drawTerm(t, dim, rapid.IntRange(0, degree).Draw(t, "degree")))
		}
		return loss
	})
}

// drawTerm draws a term of exactly this degree.
func drawTerm(t *rapid.T, dim, degree int) descent.Term {
	term := descent.Term{Coef: Rational().Draw(t, "coef"), Exp: make([]int, dim)}
	for range degree {
		term.Exp[rapid.IntRange(0, dim-1).Draw(t, "variable")]++
	}
	return term
}

// Data draws the two or three datapoints of a landscape, with losses drawn from the
// generator and positive probabilities.
func Data(loss *rapid.Generator[descent.Loss]) *rapid.Generator[[]descent.Datum] {
	return rapid.Custom(func(t *rapid.T) []descent.Datum {
		shares := rapid.SliceOfN(rapid.Int64Range(1, 3), 2, 3).Draw(t, "shares")
		var total int64
		for _, s := range shares {
			total += s
		}
		var data []descent.Datum
		for _, s := range shares {
			data = append(data, descent.Datum{Prob: big.NewRat(s, total), Loss: loss.Draw(t, "loss")})
		}
		return data
	})
}

// A Grid is the grid of a problem.
type Grid struct {
	N, T  int
	Cells []descent.Cell // at most one in each place, by time and then by row
}

// Grids draws a grid of one to three rows, up to four columns and up to five cells.
// Rows may be idle and columns empty, and a row may be used several times.
func Grids() *rapid.Generator[Grid] {
	return rapid.Custom(func(t *rapid.T) Grid {
		g := Grid{
			N: rapid.SampledFrom([]int{1, 2, 3, 2}).Draw(t, "N"),
			T: rapid.SampledFrom([]int{0, 1, 2, 3, 4, 2, 3, 4, 3, 2}).Draw(t, "T"),
		}
		places := make([]int, g.N*g.T)
		for i := range places {
			places[i] = i
		}
		if len(places) > 0 {
			places = rapid.Permutation(places).Draw(t, "places")
		}
		// Shrinking goes to fewer cells; most grids should have several.
		n := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 3, 4, 5, 3, 4, 2}).Draw(t, "cells")
		for _, i := range places[:min(n, len(places))] {
			g.Cells = append(g.Cells, descent.Cell{N: i / g.T, T: i % g.T, Weight: Weight().Draw(t, "weight")})
		}
		slices.SortFunc(g.Cells, func(a, b descent.Cell) int {
			return cmp.Or(cmp.Compare(a.T, b.T), cmp.Compare(a.N, b.N))
		})
		return g
	})
}

// Metric draws a symmetric dim×dim matrix. It need not be positive.
func Metric(dim int) *rapid.Generator[[][]*big.Rat] {
	return rapid.Custom(func(t *rapid.T) [][]*big.Rat {
		m := make([][]*big.Rat, dim)
		for mu := range m {
			m[mu] = make([]*big.Rat, dim)
			for nu := range mu + 1 {
				m[mu][nu] = Rational().Draw(t, "metric")
				m[nu][mu] = m[mu][nu]
			}
		}
		return m
	})
}

// Problem draws a problem in one to three dimensions on one of [Grids]. Its losses have
// degree 2 to 4, or to 3 in three dimensions, and its metric is the identity (nil).
func Problem() *rapid.Generator[descent.Problem] {
	return rapid.Custom(func(t *rapid.T) descent.Problem {
		dim := rapid.SampledFrom([]int{1, 2, 2, 1, 2, 3}).Draw(t, "dim")
		degree := min(6-dim, rapid.SampledFrom([]int{2, 3, 4, 3, 4}).Draw(t, "degree"))
		return On(Grids().Draw(t, "grid"), Loss(dim, degree), dim).Draw(t, "problem")
	})
}

// On draws a problem in dim dimensions on this grid, with losses from the generator. Its
// metric is the identity (nil).
func On(g Grid, loss *rapid.Generator[descent.Loss], dim int) *rapid.Generator[descent.Problem] {
	return rapid.Custom(func(t *rapid.T) descent.Problem {
		return descent.Problem{
			Dim:   dim,
			Theta: rapid.SliceOfN(Rational(), dim, dim).Draw(t, "theta"),
			Data:  Data(loss).Draw(t, "data"),
			N:     g.N, T: g.T, Cells: g.Cells,
		}
	})
}
