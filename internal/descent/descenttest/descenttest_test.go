package descenttest_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
)

// Among many problems there are some of every kind that matters.
func TestProblemCoverage(t *testing.T) {
	seen := map[string]int{}
	problems := descenttest.Problem()
	for seed := range 300 {
		p := problems.Example(seed)
		e, err := descent.Expand(p, 0)
		if err != nil {
			t.Fatal(err)
		}
		if loss := e.TestLoss(); len(loss) != 1 {
			t.Fatalf("order 0: %v", loss)
		}
		for kind, is := range kinds(p) {
			if is {
				seen[kind]++
			}
		}
	}
	for kind := range kinds(descent.Problem{}) {
		if seen[kind] < 5 {
			t.Errorf("%d of 300 problems have %s", seen[kind], kind)
		}
	}
}

// kinds says which kinds of problem p is.
func kinds(p descent.Problem) map[string]bool {
	perRow, perColumn := make([]int, p.N), make([]int, p.T)
	k := map[string]bool{
		"no columns": p.T == 0, "columns but no cells": p.T > 0 && len(p.Cells) == 0,
		"three dimensions": p.Dim == 3, "three data": len(p.Data) == 3,
		"negative weight": false, "zero weight": false, "fractional weight": false,
		"idle row beside another": false, "empty column beside another": false,
		"row used twice": false, "batch of two": false,
	}
	for _, c := range p.Cells {
		perRow[c.N]++
		perColumn[c.T]++
		k["negative weight"] = k["negative weight"] || c.Weight.Sign() < 0
		k["zero weight"] = k["zero weight"] || c.Weight.Sign() == 0
		k["fractional weight"] = k["fractional weight"] || !c.Weight.IsInt()
	}
	k["idle row beside another"], k["row used twice"] = mixed(perRow)
	k["empty column beside another"], k["batch of two"] = mixed(perColumn)
	return k
}

// mixed reports whether some but not all counts are zero, and whether one exceeds 1.
func mixed(counts []int) (some, many bool) {
	zeros := 0
	for _, n := range counts {
		if n == 0 {
			zeros++
		}
		many = many || n > 1
	}
	return zeros > 0 && zeros < len(counts), many
}

func TestMetricIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := descenttest.Metric(3).Draw(t, "metric")
		for mu := range m {
			for nu := range m {
				if m[mu][nu].Cmp(m[nu][mu]) != 0 {
					t.Fatalf("%v", m)
				}
			}
		}
	})
}
