package embed

import (
	"testing"

	"pgregory.net/rapid"
)

// anyFunction generates functions on columns 0,…,columns−1, or empty ones.
func anyFunction(columns int) *rapid.Generator[function[int64]] {
	return rapid.Custom(func(t *rapid.T) function[int64] {
		var f function[int64]
		for at := range columns {
			if rapid.Bool().Draw(t, "has") {
				f.add(int32(at), rapid.Int64Range(-5, 5).Draw(t, "x"))
			}
		}
		return f
	})
}

// massAt reads f as a mass.
func massAt(f function[int64], t int) int64 {
	for i, at := range f.at {
		if int(at) == t {
			return f.x[i]
		}
	}
	return 0
}

// stepAt reads f as a step function.
func stepAt(f function[int64], t int) (x int64) {
	for i, at := range f.at {
		if int(at) < t {
			x = f.x[i]
		}
	}
	return x
}

// Every operation agrees with its formula at every time.
func TestFunctionsPointwise(t *testing.T) {
	const columns = 7
	var overflow bool
	r := words{&overflow}
	rapid.Check(t, func(t *rapid.T) {
		f, g := anyFunction(columns).Draw(t, "f"), anyFunction(columns).Draw(t, "g")
		total := newSum[int64](columns)
		addMass(r, total, f)
		addMass(r, total, g)
		sum, cumulated := total.mass(), cumulate(r, f)
		product, weighed := multiply(r, f, g), weigh(r, f, g)
		again := cumulate(r, jumps(r, -1, f))
		var below int64
		for at := range columns + 1 {
			for _, test := range []struct {
				name      string
				got, want int64
			}{
				{"f + g", massAt(sum, at), massAt(f, at) + massAt(g, at)},
				{"Σ f", stepAt(cumulated, at), below},
				{"f g, of steps", stepAt(product, at), stepAt(f, at) * stepAt(g, at)},
				{"f g, of mass and step", massAt(weighed, at), massAt(f, at) * stepAt(g, at)},
				{"Σ of the jumps of f", stepAt(again, at), stepAt(f, at)},
			} {
				if test.got != test.want {
					t.Errorf("%s at %d: got %d, want %d", test.name, at, test.got, test.want)
				}
			}
			below += massAt(f, at)
		}
		last, ok := f.last()
		if want := stepAt(f, columns); last != want || ok != (len(f.at) > 0) {
			t.Errorf("last: got %d, %v; want %d", last, ok, want)
		}
	})
}

func TestFunctionTimesIncrease(t *testing.T) {
	var overflow bool
	r := words{&overflow}
	rapid.Check(t, func(t *rapid.T) {
		f, g := anyFunction(9).Draw(t, "f"), anyFunction(9).Draw(t, "g")
		for _, h := range []function[int64]{multiply(r, f, g), weigh(r, f, g), cumulate(r, f), jumps(r, -1, f)} {
			for i := 1; i < len(h.at); i++ {
				if h.at[i-1] >= h.at[i] {
					t.Fatalf("times %v do not increase", h.at)
				}
			}
		}
	})
}
