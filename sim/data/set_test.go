package data

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawSet(t *rapid.T) (*Set, points) {
	shape := Shape{rapid.IntRange(1, 3).Draw(t, "channels"), rapid.IntRange(1, 4).Draw(t, "height"), rapid.IntRange(1, 4).Draw(t, "width")}
	classes := rapid.IntRange(1, 5).Draw(t, "classes")
	n := rapid.IntRange(1, 12).Draw(t, "n")
	var p points
	for range n {
		p.images = append(p.images, rapid.SliceOfN(rapid.Byte(), shape.Size(), shape.Size()).Draw(t, "image"))
		p.labels = append(p.labels, rapid.Uint8Range(0, uint8(classes-1)).Draw(t, "label"))
	}
	s, err := New("drawn", shape, classes, p.images, p.labels)
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

// exactStandard returns means and variances in exact rationals, from their definitions.
func exactStandard(p points, channels int) (mean, variance []*big.Rat) {
	plane := len(p.images[0]) / channels
	for c := range channels {
		var all []*big.Rat
		sum := new(big.Rat)
		for _, image := range p.images {
			for _, v := range image[c*plane : (c+1)*plane] {
				x := big.NewRat(int64(v), 255)
				all = append(all, x)
				sum.Add(sum, x)
			}
		}
		n := new(big.Rat).SetInt64(int64(len(all)))
		m := sum.Quo(sum, n)
		spread := new(big.Rat)
		for _, x := range all {
			d := new(big.Rat).Sub(x, m)
			spread.Add(spread, d.Mul(d, d))
		}
		mean, variance = append(mean, m), append(variance, spread.Quo(spread, n))
	}
	return mean, variance
}

func TestStandard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := drawSet(t)
		mean, variance := exactStandard(p, s.Shape().Channels)
		st := s.Standard()
		for c := range mean {
			m, _ := mean[c].Float64()
			v, _ := variance[c].Float64()
			d := math.Sqrt(v)
			if v == 0 {
				d = 1
			}
			if st.Mean[c] != m || st.Deviation[c] != d {
				t.Fatalf("channel %d: %v ± %v, want %v ± %v", c, st.Mean[c], st.Deviation[c], m, d)
			}
		}
		double, single, raw := make([]float64, s.Shape().Size()), make([]float32, s.Shape().Size()), make([]byte, s.Shape().Size())
		for i := range s.Len() {
			s.Image(double, i)
			s.Image32(single, i)
			s.Pixels(raw, i)
			if !slices.Equal(raw, p.images[i]) || s.Label(i) != int(p.labels[i]) {
				t.Fatalf("point %d is %v, %d", i, raw, s.Label(i))
			}
			for j, v := range raw {
				c := j / (s.Shape().Height * s.Shape().Width)
				want := (float64(v)/255 - st.Mean[c]) / st.Deviation[c]
				if double[j] != want || single[j] != float32(want) {
					t.Fatalf("point %d, pixel %d: %v and %v, want %v", i, j, double[j], single[j], want)
				}
			}
		}
	})
}

func TestSubsets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := drawSet(t)
		n := rapid.IntRange(1, s.Len()).Draw(t, "first")
		first, err := s.First(n)
		if err != nil {
			t.Fatal(err)
		}
		checkPoints(t, first, s, points{p.images[:n], p.labels[:n]}, s.Classes())

		order := rapid.Permutation([]int{0, 1, 2, 3, 4}[:s.Classes()]).Draw(t, "order")
		chosen := order[:rapid.IntRange(1, len(order)).Draw(t, "k")]
		var want points
		for i, label := range p.labels {
			if k := slices.Index(chosen, int(label)); k >= 0 {
				want.images, want.labels = append(want.images, p.images[i]), append(want.labels, uint8(k))
			}
		}
		some, err := s.OfClasses(chosen...)
		if len(want.images) == 0 {
			if !errors.Is(err, ErrSet) {
				t.Fatalf("no points: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		checkPoints(t, some, s, want, len(chosen))
	})
}

// checkPoints checks that a subset of s has the points given, and the standard of s.
func checkPoints(t *rapid.T, got, s *Set, want points, classes int) {
	p := taken(got)
	if got.Len() != len(want.labels) || !slices.Equal(p.labels, want.labels) || !slices.EqualFunc(p.images, want.images, slices.Equal) {
		t.Fatalf("%s is %v, want %v", got.Name(), p, want)
	}
	if got.Classes() != classes || got.Shape() != s.Shape() {
		t.Fatalf("%s of %s", got.Source(), s.Source())
	}
	a, b := got.Standard(), s.Standard()
	if !slices.Equal(a.Mean, b.Mean) || !slices.Equal(a.Deviation, b.Deviation) {
		t.Fatalf("standard %v, want %v", a, b)
	}
}

func TestSubsetWords(t *testing.T) {
	s, err := New("digits", Shape{1, 1, 1}, 3, [][]byte{{0}, {1}, {2}, {3}}, []uint8{0, 1, 2, 1})
	if err != nil {
		t.Fatal(err)
	}
	some, err := s.OfClasses(2, 1)
	if err != nil {
		t.Fatal(err)
	}
	few, err := some.First(2)
	if err != nil {
		t.Fatal(err)
	}
	if want := "first 2 of classes 2 1 of digits: 2 images of 1×1×1 in 2 classes (the caller's own)"; few.Source() != want {
		t.Errorf("source %q, want %q", few.Source(), want)
	}
}

func TestSubsetErrors(t *testing.T) {
	s, err := New("digits", Shape{2, 1, 1}, 4, [][]byte{{0, 0}, {1, 9}}, []uint8{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-1, 0, 3} {
		if _, err := s.First(n); !errors.Is(err, ErrSet) {
			t.Errorf("first %d: %v", n, err)
		}
	}
	for _, classes := range [][]int{nil, {-1}, {4}, {256}, {0, 0}, {2, 3}} {
		if _, err := s.OfClasses(classes...); !errors.Is(err, ErrSet) {
			t.Errorf("classes %v: %v", classes, err)
		}
	}
	nan, inf := math.NaN(), math.Inf(1)
	for _, st := range []Standard{
		{}, {[]float64{0}, []float64{1}}, {[]float64{0, 0}, []float64{1}}, {[]float64{0, 0}, []float64{1, 0}},
		{[]float64{0, 0}, []float64{1, -1}}, {[]float64{0, nan}, []float64{1, 1}}, {[]float64{inf, 0}, []float64{1, 1}},
		{[]float64{0, 0}, []float64{nan, 1}}, {[]float64{0, 0}, []float64{1, 1e-40}}, {[]float64{0, 1e39}, []float64{1, 1}},
		{[]float64{inf, 0}, []float64{inf, 1}},
	} {
		if _, err := s.Standardize(st); !errors.Is(err, ErrSet) {
			t.Errorf("standard %v: %v", st, err)
		}
	}
}

func TestStandardize(t *testing.T) {
	s, err := New("digits", Shape{2, 1, 1}, 2, [][]byte{{0, 255}, {51, 102}}, []uint8{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	st := Standard{[]float64{0.25, 0.5}, []float64{0.5, 0.25}}
	u, err := s.Standardize(st)
	if err != nil {
		t.Fatal(err)
	}
	st.Mean[0] = 7 // a copy was taken
	got := make([]float64, 2)
	// 0.2 and 0.4 are the numbers nearest to 51/255 and 102/255; as variables, so that what
	// is made of them is rounded at each step.
	fifth, two := 0.2, 0.4
	for i, want := range [][]float64{{-0.5, 2}, {(fifth - 0.25) / 0.5, (two - 0.5) / 0.25}} {
		if u.Image(got, i); !slices.Equal(got, want) {
			t.Errorf("point %d is %v, want %v", i, got, want)
		}
	}
	if u.Name() == s.Name() {
		t.Errorf("both are %s", s.Name())
	}
	back, err := u.Standardize(s.Standard())
	if err != nil || back.Name() != s.Name() {
		t.Errorf("%s, want %s, %v", back.Name(), s.Name(), err)
	}
}

// The name changes with whatever the numbers depend on.
func TestNameTells(t *testing.T) {
	base := func() (string, Shape, int, [][]byte, []uint8) {
		return "a", Shape{1, 2, 1}, 3, [][]byte{{0, 1}, {2, 3}}, []uint8{0, 1}
	}
	names := map[string]bool{}
	add := func(title string, shape Shape, classes int, images [][]byte, labels []uint8) {
		s, err := New(title, shape, classes, images, labels)
		if err != nil {
			t.Fatal(err)
		}
		if names[s.Name()] {
			t.Errorf("name %s twice", s.Name())
		}
		names[s.Name()] = true
	}
	title, shape, classes, images, labels := base()
	add(title, shape, classes, images, labels)
	add(title, Shape{1, 1, 2}, classes, images, labels)
	add(title, Shape{2, 1, 1}, classes, images, labels)
	add(title, shape, 2, images, labels)
	add(title, shape, classes, [][]byte{{0, 1}, {3, 2}}, labels)
	add(title, shape, classes, [][]byte{{2, 3}, {0, 1}}, labels)
	add(title, shape, classes, images, []uint8{0, 2})
	add(title, shape, classes, images[:1], labels[:1])
}

func TestNewCopies(t *testing.T) {
	images, labels := [][]byte{{1, 2}}, []uint8{1}
	s, err := New("a", Shape{1, 1, 2}, 2, images, labels)
	if err != nil {
		t.Fatal(err)
	}
	images[0][0], labels[0] = 9, 0
	got := make([]byte, 2)
	s.Pixels(got, 0)
	got[1] = 7
	s.Standard().Mean[0] = 7
	if p := taken(s); p.images[0][0] != 1 || p.images[0][1] != 2 || s.Label(0) != 1 || s.Standard().Mean[0] == 7 {
		t.Errorf("the set changed: %v", p)
	}
}

func TestNewErrors(t *testing.T) {
	one := [][]byte{{0}}
	for _, c := range []struct {
		shape   Shape
		classes int
		images  [][]byte
		labels  []uint8
		cause   error
		culprit string
	}{
		{Shape{}, 1, one, []uint8{0}, ErrSet, "0×0×0"},
		{Shape{1, -1, -1}, 1, one, []uint8{0}, ErrSet, "1×-1×-1"},
		{Shape{1, 1 << 11, 1 << 10}, 1, one, []uint8{0}, ErrTooLarge, "1×2048×1024"},
		{Shape{1 << 30, 1 << 30, 1 << 30}, 1, one, []uint8{0}, ErrTooLarge, "1073741824"},
		{Shape{1, 1, 1}, 0, one, []uint8{0}, ErrSet, "0 classes"},
		{Shape{1, 1, 1}, 257, one, []uint8{0}, ErrSet, "257 classes"},
		{Shape{1, 1, 1}, 1, nil, nil, ErrSet, "0 images"},
		{Shape{1, 1, 1}, 1, one, []uint8{0, 0}, ErrSet, "2 labels"},
		{Shape{1, 1, 2}, 1, one, []uint8{0}, ErrSet, "image 0 has 1 pixels"},
		{Shape{1, 1, 1}, 2, one, []uint8{2}, ErrSet, "label 2"},
		{Shape{1, 1 << 10, 1 << 10}, 1, make([][]byte, 1025), make([]uint8, 1025), ErrTooLarge, "1025 images"},
	} {
		if _, err := New("a", c.shape, c.classes, c.images, c.labels); !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.culprit) {
			t.Errorf("%v, %d classes: error %v, which should say %q", c.shape, c.classes, err, c.culprit)
		}
	}
}

// Draws are of every point alike. With 8000 draws, the count of each of 8 points has mean
// 1000 and deviation √(8000·7/64) < 30; five deviations, the seed being fixed, are ample.
func TestDraw(t *testing.T) {
	s, err := Synthetic(Synthesis{Shape{1, 1, 1}, 2, 8, 0})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var counts [8]int
	for range 8000 {
		counts[s.Draw(r)]++
	}
	for i, n := range counts {
		if n < 850 || n > 1150 {
			t.Errorf("point %d was drawn %d times of 8000", i, n)
		}
	}
}
