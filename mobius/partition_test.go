package mobius_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

func TestNew(t *testing.T) {
	for _, test := range []struct {
		labels []int
		want   string
	}{
		{nil, ""},
		{[]int{5}, "0"},
		{[]int{1, 0}, "0-1"},
		{[]int{7, -3, 7, math.MaxInt}, "02-1-3"},
		{[]int{math.MinInt, math.MaxInt, math.MinInt, math.MaxInt}, "02-13"},
	} {
		p, err := mobius.New(test.labels)
		if err != nil || p.String() != test.want {
			t.Errorf("New(%v): got %v, %v, want %v", test.labels, p, err, test.want)
		}
	}
	if p := must(mobius.New(make([]int, mobius.MaxLen))); p != must(mobius.Coarsest(mobius.MaxLen)) {
		t.Errorf("New of %d zeros: got %v", mobius.MaxLen, p)
	}
	if _, err := mobius.New(make([]int, mobius.MaxLen+1)); !errors.Is(err, mobius.ErrTooLarge) {
		t.Errorf("New of %d zeros: got error %v", mobius.MaxLen+1, err)
	}
}

func TestMustNew(t *testing.T) {
	if got := mobius.MustNew([]int{3, 3, 1}); got != parse("01-2") {
		t.Errorf("got %v, want 01-2", got)
	}
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, mobius.ErrTooLarge) {
			t.Errorf("recovered %v, want ErrTooLarge", err)
		}
	}()
	mobius.MustNew(make([]int, mobius.MaxLen+1))
}

func TestFromParts(t *testing.T) {
	for _, test := range []struct {
		n     int
		parts [][]int
		want  string
	}{
		{0, nil, ""},
		{1, [][]int{{0}}, "0"},
		{4, [][]int{{3}, {2, 0}, {1}}, "02-1-3"},
	} {
		p, err := mobius.FromParts(test.n, test.parts)
		if err != nil || p.String() != test.want {
			t.Errorf("FromParts(%d, %v): got %v, %v, want %v", test.n, test.parts, p, err, test.want)
		}
	}
}

func TestFromPartsErrors(t *testing.T) {
	for _, test := range []struct {
		n     int
		parts [][]int
		want  mobius.PartsError
		text  string
	}{
		{3, [][]int{{0, 1}, {2, 1}}, mobius.PartsError{Part: 1, Element: 1, Err: mobius.ErrRepeated},
			"mobius: element 1 in part 1: not a set partition: element repeated"},
		{3, [][]int{{0, 0}, {2, 1}}, mobius.PartsError{Part: 0, Element: 0, Err: mobius.ErrRepeated},
			"mobius: element 0 in part 0: not a set partition: element repeated"},
		{3, [][]int{{0}, {2}}, mobius.PartsError{Part: -1, Element: 1, Err: mobius.ErrMissing},
			"mobius: element 1: not a set partition: element missing"},
		{1, nil, mobius.PartsError{Part: -1, Element: 0, Err: mobius.ErrMissing},
			"mobius: element 0: not a set partition: element missing"},
		{3, [][]int{{0, 1, 3}, {2}}, mobius.PartsError{Part: 0, Element: 3, Err: mobius.ErrRange},
			"mobius: element 3 in part 0: not a set partition: element out of range"},
		{0, [][]int{{-1}}, mobius.PartsError{Part: 0, Element: -1, Err: mobius.ErrRange},
			"mobius: element -1 in part 0: not a set partition: element out of range"},
		{2, [][]int{{0, 1}, {}}, mobius.PartsError{Part: 1, Element: -1, Err: mobius.ErrEmptyPart},
			"mobius: part 1: not a set partition: empty part"},
	} {
		p, err := mobius.FromParts(test.n, test.parts)
		var got *mobius.PartsError
		if !errors.As(err, &got) || *got != test.want || p != (mobius.Partition{}) {
			t.Errorf("FromParts(%d, %v): got %v, %#v, want error %#v", test.n, test.parts, p, err, test.want)
			continue
		}
		if !errors.Is(err, mobius.ErrNotPartition) || !errors.Is(err, test.want.Err) {
			t.Errorf("%v: does not wrap both ErrNotPartition and %v", err, test.want.Err)
		}
		if err.Error() != test.text {
			t.Errorf("FromParts(%d, %v): got text %q, want %q", test.n, test.parts, err, test.text)
		}
	}
}

func TestLengthLimits(t *testing.T) {
	constructors := map[string]func(n int) (mobius.Partition, error){
		"Finest":    mobius.Finest,
		"Coarsest":  mobius.Coarsest,
		"FromParts": func(n int) (mobius.Partition, error) { return mobius.FromParts(n, nil) },
		"Unrank":    func(n int) (mobius.Partition, error) { return mobius.Unrank(n, mobius.Bell(1)) },
	}
	for name, constructor := range constructors {
		if _, err := constructor(-1); !errors.Is(err, mobius.ErrLength) {
			t.Errorf("%s(-1): got error %v, want ErrLength", name, err)
		}
		if _, err := constructor(mobius.MaxLen + 1); !errors.Is(err, mobius.ErrTooLarge) {
			t.Errorf("%s(%d): got error %v, want ErrTooLarge", name, mobius.MaxLen+1, err)
		}
	}
}

func TestFinestCoarsest(t *testing.T) {
	for n := range mobius.MaxLen + 1 {
		finest, coarsest := must(mobius.Finest(n)), must(mobius.Coarsest(n))
		if finest.Len() != n || finest.NumParts() != n {
			t.Errorf("Finest(%d): %v", n, finest)
		}
		if coarsest.Len() != n || coarsest.NumParts() != min(n, 1) {
			t.Errorf("Coarsest(%d): %v", n, coarsest)
		}
	}
}

func TestZeroPartition(t *testing.T) {
	var p mobius.Partition
	if p != must(mobius.New(nil)) || p != must(mobius.Finest(0)) || p != must(mobius.Coarsest(0)) {
		t.Error("the zero Partition is not the partition of no elements")
	}
	got := fmt.Sprint(p.Len(), p.NumParts(), p.Parts(), p.Sizes(), p.Labels(), p.Rank())
	if want := "0 0 [] [] [] 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAccessors(t *testing.T) {
	p := parse("03-14-2")
	got := fmt.Sprint(p.Len(), p.NumParts(), p.Parts(), p.Sizes(), p.Labels(), p.PartOf(4))
	if want := "5 3 [[0 3] [1 4] [2]] [2 2 1] [0 1 2 0 1] 1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// Slices are fresh, and appending to a part leaves the next one alone.
	parts := p.Parts()
	_ = append(parts[0], 9)
	p.Labels()[0], p.Sizes()[0] = 9, 9
	if fmt.Sprint(parts) != "[[0 3] [1 4] [2]]" || p != parse("03-14-2") {
		t.Errorf("after writes: %v, %v", parts, p)
	}
}

// Whatever the labels, the partition is the same, and its accessors agree.
func TestCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := partition(rapid.IntRange(0, 20).Draw(t, "n")).Draw(t, "p")
		rename := rapid.SliceOfNDistinct(rapid.Int(), 20, 20, rapid.ID).Draw(t, "rename")
		labels := p.Labels()
		for i, label := range labels {
			if label != p.PartOf(i) {
				t.Errorf("%v: label of %d is %d, part %d", p, i, label, p.PartOf(i))
			}
			labels[i] = rename[label]
		}
		if q := must(mobius.New(labels)); q != p {
			t.Errorf("New(%v) = %v, want %v", labels, q, p)
		}
		parts := p.Parts()
		for k, part := range parts {
			if len(part) != p.Sizes()[k] || !slices.IsSorted(part) || p.PartOf(part[0]) != k {
				t.Errorf("%v: part %d is %v", p, k, part)
			}
			parts[k] = rapid.Permutation(part).Draw(t, "part")
		}
		parts = rapid.Permutation(parts).Draw(t, "parts")
		if q := must(mobius.FromParts(p.Len(), parts)); q != p {
			t.Errorf("FromParts(%v) = %v, want %v", parts, q, p)
		}
	})
}

func TestCompare(t *testing.T) {
	var list []mobius.Partition
	for n := range 5 {
		list = append(list, all(n)...)
	}
	for i, p := range list {
		for j, q := range list {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := mobius.Compare(p, q); got != want {
				t.Errorf("Compare(%v, %v): got %d, want %d", p, q, got, want)
			}
		}
	}
}
