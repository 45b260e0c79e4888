package mobius_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/mobius"
)

func TestTable(t *testing.T) {
	shape := []int{1, 0, 2}
	table := must(mobius.NewTable(shape, func(index []int) string { return fmt.Sprint(index) }))
	shape[0] = 9 // the table has its own copy
	if got := table.Shape(); !slices.Equal(got, []int{1, 0, 2}) {
		t.Errorf("Shape: got %v", got)
	}
	table.Shape()[0] = 9
	var got []string
	for index, value := range table.All() {
		if value != fmt.Sprint(index) || table.At(index...) != value {
			t.Errorf("at %v: All %s, At %s", index, value, table.At(index...))
		}
		got = append(got, value)
	}
	want := []string{"[0 0 0]", "[0 0 1]", "[0 0 2]", "[1 0 0]", "[1 0 1]", "[1 0 2]"}
	if !slices.Equal(got, want) {
		t.Errorf("All: got %v, want %v", got, want)
	}
	for range table.All() {
		break
	}
}

func TestTableWithoutVariables(t *testing.T) {
	table := must(mobius.NewTable(nil, func([]int) int { return 5 }))
	if got := table.At(); got != 5 {
		t.Errorf("At(): got %d, want 5", got)
	}
}

func TestTableErrors(t *testing.T) {
	never := func(index []int) int { t.Fatalf("called with %v", index); return 0 }
	for _, test := range []struct {
		shape []int
		want  error
	}{
		{[]int{1, -1}, mobius.ErrLength},
		{[]int{mobius.MaxMultiplicity + 1}, mobius.ErrTooLarge},
		{slices.Repeat([]int{1}, 25), mobius.ErrTooLarge},
		{slices.Repeat([]int{1}, 1000), mobius.ErrTooLarge},
		{[]int{511, 511, 64}, mobius.ErrTooLarge},
	} {
		if _, err := mobius.NewTable(test.shape, never); !errors.Is(err, test.want) {
			t.Errorf("shape %v: got error %v, want %v", test.shape, err, test.want)
		}
	}
}

func TestTableIndexPanics(t *testing.T) {
	table := must(mobius.NewTable([]int{1, 2}, func([]int) int { return 0 }))
	for _, index := range [][]int{nil, {0}, {0, 0, 0}, {-1, 0}, {2, 0}, {0, 3}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("At(%v) did not panic", index)
				}
			}()
			table.At(index...)
		}()
	}
}
