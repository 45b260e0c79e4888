package mobius_test

import (
	"errors"
	"math/big"
	"strconv"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

func TestFunction(t *testing.T) {
	for n := range 6 {
		var calls []mobius.Partition
		f := must(mobius.NewFunction(n, func(p mobius.Partition) string {
			calls = append(calls, p)
			return p.String()
		}))
		if f.Len() != n {
			t.Errorf("Len: got %d, want %d", f.Len(), n)
		}
		i := 0
		for p, value := range f.All() {
			if p != calls[i] || value != p.String() || f.At(p) != value {
				t.Errorf("n = %d: at %v got %q, call %v, At %q", n, p, value, calls[i], f.At(p))
			}
			i++
		}
		if i != len(all(n)) || i != len(calls) {
			t.Errorf("n = %d: %d values, %d calls", n, i, len(calls))
		}
	}
}

func TestFunctionErrors(t *testing.T) {
	never := func(p mobius.Partition) int { t.Fatalf("called with %v", p); return 0 }
	if _, err := mobius.NewFunction(-1, never); !errors.Is(err, mobius.ErrLength) {
		t.Errorf("n = −1: got error %v", err)
	}
	if _, err := mobius.NewFunction(mobius.MaxFunction+1, never); !errors.Is(err, mobius.ErrTooLarge) {
		t.Errorf("n = %d: got error %v", mobius.MaxFunction+1, err)
	}
}

// The zero Function holds nothing, and neither do its transforms.
func TestZeroFunction(t *testing.T) {
	var zero mobius.Function[int]
	for name, transform := range transforms[int]() {
		for p, value := range transform(mod7{}, zero).All() {
			t.Errorf("%s: %v ↦ %v", name, p, value)
		}
	}
	for _, at := range []struct {
		f mobius.Function[int]
		p string
	}{{zero, ""}, {zero, "0"}, {must(mobius.NewFunction(2, mobius.Partition.Len)), "0"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("At(%v) of a function of %d elements did not panic", at.p, at.f.Len())
				}
			}()
			at.f.At(parse(at.p))
		}()
	}
}

func transforms[T any]() map[string]func(mobius.Ring[T], mobius.Function[T]) mobius.Function[T] {
	return map[string]func(mobius.Ring[T], mobius.Function[T]) mobius.Function[T]{
		"SumBelow":    mobius.SumBelow[T],
		"SumAbove":    mobius.SumAbove[T],
		"InvertBelow": mobius.InvertBelow[T],
		"InvertAbove": mobius.InvertAbove[T],
	}
}

// Each transform is the sum that defines it.
func TestTransforms(t *testing.T) {
	below := func(p, q mobius.Partition) bool { return q.Refines(p) }
	above := func(p, q mobius.Partition) bool { return p.Refines(q) }
	definitions := map[string]struct {
		within func(p, q mobius.Partition) bool
		weight func(p, q mobius.Partition) *big.Int
	}{
		"SumBelow":    {below, func(p, q mobius.Partition) *big.Int { return big.NewInt(1) }},
		"SumAbove":    {above, func(p, q mobius.Partition) *big.Int { return big.NewInt(1) }},
		"InvertBelow": {below, func(p, q mobius.Partition) *big.Int { return mobius.Mobius(q, p) }},
		"InvertAbove": {above, func(p, q mobius.Partition) *big.Int { return mobius.Mobius(p, q) }},
	}
	for name, transform := range transforms[*big.Rat]() {
		definition := definitions[name]
		for n := range 7 {
			f := must(mobius.NewFunction(n, func(p mobius.Partition) *big.Rat {
				rank := p.Rank().Int64()
				return big.NewRat(rank*rank%101-50, 1+rank%3)
			}))
			got := transform(mobius.Rational{}, f)
			for p := range mobius.Partitions(n) {
				want := new(big.Rat)
				for q, value := range f.All() {
					if definition.within(p, q) {
						weight := new(big.Rat).SetInt(definition.weight(p, q))
						want.Add(want, weight.Mul(weight, value))
					}
				}
				wantRat(t, name+" at "+p.String(), got.At(p), want)
			}
		}
	}
}

// They invert each other, over a ring without division too, and leave their argument alone.
func TestTransformsInvert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 7).Draw(t, "n")
		salt := rapid.IntRange(0, 1<<20).Draw(t, "salt")
		value := func(p mobius.Partition) int { return (int(p.Rank().Int64()) ^ salt) * 31 % 1000 % 7 }
		f := must(mobius.NewFunction(n, value))
		r := mod7{}
		for name, g := range map[string]mobius.Function[int]{
			"InvertBelow SumBelow": mobius.InvertBelow(r, mobius.SumBelow(r, f)),
			"SumBelow InvertBelow": mobius.SumBelow(r, mobius.InvertBelow(r, f)),
			"InvertAbove SumAbove": mobius.InvertAbove(r, mobius.SumAbove(r, f)),
			"SumAbove InvertAbove": mobius.SumAbove(r, mobius.InvertAbove(r, f)),
		} {
			for p, got := range g.All() {
				if want := value(p); got != want || f.At(p) != want {
					t.Errorf("%s at %v: got %d, argument now %d, want %d", name, p, got, f.At(p), want)
				}
			}
		}
	})
}

// Σ x^(|p|) over p ≥ the finest is the Touchard polynomial, whose value at 1 is the Bell
// number. Möbius inversion of x^(|p|) from above gives the falling factorial: the number of
// colourings with x colours whose parts of equal colour are exactly those of p.
func TestTransformsCount(t *testing.T) {
	const n, colours = 9, 5
	powers := must(mobius.NewFunction(n, func(p mobius.Partition) float64 {
		power := 1.0
		for range p.NumParts() {
			power *= colours
		}
		return power
	}))
	exact := mobius.InvertAbove(mobius.Float64{}, powers)
	for p, got := range exact.All() {
		want := 1.0
		for i := range p.NumParts() {
			want *= colours - float64(i)
		}
		if got != want {
			t.Errorf("colourings with parts %v: got %v, want %v", p, got, want)
		}
	}
	ones := must(mobius.NewFunction(n, func(mobius.Partition) float64 { return 1 }))
	if got := mobius.SumAbove(mobius.Float64{}, ones).At(must(mobius.Finest(n))); got != 21147 {
		t.Errorf("partitions of %d elements: got %v, want 21147", n, got) // OEIS A000110
	}
}

func BenchmarkSumBelow(b *testing.B) {
	for _, n := range []int{8, 10, 12} {
		b.Run("n="+strconv.Itoa(n), func(b *testing.B) {
			f := must(mobius.NewFunction(n, func(mobius.Partition) float64 { return 1 }))
			b.ReportAllocs()
			for b.Loop() {
				mobius.SumBelow(mobius.Float64{}, f)
			}
		})
	}
}
