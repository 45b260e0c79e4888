package data

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// The bytes are the same on every platform and in every version: these are digests of the
// first ones ever made.
func TestSyntheticGolden(t *testing.T) {
	for _, c := range []struct {
		s    Synthesis
		name string
	}{
		{Synthesis{CIFAR10.Shape(), 10, 100, 0}, "synthetic, seed 0, sha256 b3bd1941231c0932feb10f51d3b02302"},
		{Synthesis{FashionMNIST.Shape(), 10, 100, 0}, "synthetic, seed 0, sha256 40545bc7da9e30d49000a11d72740381"},
		{Synthesis{FashionMNIST.Shape(), 10, 100, 1<<64 - 1}, "synthetic, seed 18446744073709551615, sha256 cd80bd52c62e34f678c91d569fd305ad"},
		{Synthesis{Shape{1, 4, 4}, 3, 100, 1}, "synthetic, seed 1, sha256 ae9425c409565a6f8a46653dd08e720d"},
		{Synthesis{Shape{2, 40, 7}, 256, 300, 1}, "synthetic, seed 1, sha256 78f7ea78ddd6596709573f0576a0a493"},
	} {
		s, err := Synthetic(c.s)
		if err != nil {
			t.Fatal(err)
		}
		if s.Name() != c.name {
			t.Errorf("%+v is %q, want %q", c.s, s.Name(), c.name)
		}
		if !strings.Contains(s.Source(), "made up, not real data") {
			t.Errorf("source %q", s.Source())
		}
	}
}

// Point i does not depend on the number of points.
func TestSyntheticPrefix(t *testing.T) {
	many, err := Synthetic(Synthesis{Shape{3, 8, 9}, 3, 20, 5})
	if err != nil {
		t.Fatal(err)
	}
	few, err := Synthetic(Synthesis{Shape{3, 8, 9}, 3, 7, 5})
	if err != nil {
		t.Fatal(err)
	}
	a, b := taken(many), taken(few)
	if !slices.EqualFunc(a.images[:7], b.images, slices.Equal) || !slices.Equal(a.labels[:7], b.labels) {
		t.Error("the first 7 of 20 points are not the 7 points")
	}
	for i, label := range a.labels {
		if int(label) != i%3 {
			t.Errorf("label of point %d is %d", i, label)
		}
	}
}

// bruteSmooth is smooth from its definition: twice the sum over the square about a pixel.
func bruteSmooth(pixels []int64, height, width, radius int) []int64 {
	for range 2 {
		out := make([]int64, len(pixels))
		for y := range height {
			for x := range width {
				for dy := -radius; dy <= radius; dy++ {
					for dx := -radius; dx <= radius; dx++ {
						out[y*width+x] += pixels[(y+dy+height)%height*width+(x+dx+width)%width]
					}
				}
			}
		}
		pixels = out
	}
	return pixels
}

func TestSmooth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, size := range [][2]int{{1, 1}, {1, 5}, {2, 2}, {3, 3}, {3, 8}, {8, 3}, {16, 16}, {17, 31}, {28, 28}, {32, 32}} {
		f := newField(size[0], size[1])
		pixels := make([]int64, size[0]*size[1])
		for i := range pixels {
			pixels[i] = r.Int64N(2001) - 1000
		}
		want := bruteSmooth(pixels, f.height, f.width, f.radius)
		if f.smooth(pixels); !slices.Equal(pixels, want) {
			t.Errorf("%v smoothed is %v, want %v", size, pixels, want)
		}
	}
}

// The radius is an eighth of the side, and the square always fits.
func TestSmoothing(t *testing.T) {
	for side, want := range map[int]int{1: 0, 2: 0, 3: 1, 4: 1, 15: 1, 16: 2, 28: 3, 32: 4, 256: 32, 1024: 32} {
		if got := smoothing(side); got != want || 2*got+1 > side {
			t.Errorf("radius of side %d is %d, want %d", side, got, want)
		}
	}
}

// moments returns the mean and the variance of numbers.
func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, variance
}

// bell has mean 0 and variance (2³²−1)/3, and its fourth moment is less than a normal
// number's: the excess kurtosis of a sum of four uniform numbers is −6/5/4 = −0.3. Over
// 10⁶ draws the relative deviations are about 0.001 for the mean and 0.0013 for the
// variance.
func TestBell(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	x := make([]float64, 1e6)
	for i := range x {
		x[i] = float64(bell(source)) / math.Sqrt((1<<32-1)/3.)
	}
	mean, variance := moments(x)
	if math.Abs(mean) > 0.005 || math.Abs(variance-1) > 0.0065 {
		t.Errorf("mean %v, variance %v", mean, variance)
	}
	if got, want := float64(bellDeviation), math.Floor(math.Sqrt((1<<32-1)/3.)); got != want {
		t.Errorf("deviation %v, want %v", got, want)
	}
}

// A field has the deviation asked for, and is smooth: by the kernel, its correlation with
// the pixel next to it is that of two pyramids one pixel apart.
func TestField(t *testing.T) {
	f := newField(32, 32)
	source := rand.NewChaCha8([32]byte{2})
	const n = 2000
	var here, next []float64
	noise := make([]int64, 32*32)
	for range n {
		dst := make([]int64, 32*32)
		f.add(dst, source, 9216, noise)
		here, next = append(here, float64(dst[40])), append(next, float64(dst[41]))
	}
	// Along a line the kernel is w_j = 9 − |j|.
	var same, apart float64
	for j := -9; j <= 9; j++ {
		w := max(0, 9-math.Abs(float64(j)))
		same += w * w
		apart += w * max(0, 9-math.Abs(float64(j+1)))
	}
	mean, variance := moments(here)
	deviation := math.Sqrt(variance)
	// Five deviations of the estimates: 1/√n and 1/√(2n).
	if math.Abs(mean) > 5*9216/math.Sqrt(n) || math.Abs(deviation/9216-1) > 5/math.Sqrt(2*n) {
		t.Errorf("mean %v, deviation %v, want 9216", mean, deviation)
	}
	other, otherVariance := moments(next)
	var product float64
	for i := range here {
		product += (here[i] - mean) * (next[i] - other) / n
	}
	// That of a correlation ρ is (1−ρ²)/√n.
	rho := apart / same
	if got := product / math.Sqrt(variance*otherVariance); math.Abs(got-rho) > 5*(1-rho*rho)/math.Sqrt(n) {
		t.Errorf("correlation %v, want %v", got, rho)
	}
}

// There is something to learn: the nearest of the class means, taken from some points,
// tells the classes of others far better than chance.
func TestSyntheticLearnable(t *testing.T) {
	for _, f := range []Format{CIFAR10, FashionMNIST} {
		s, err := Synthetic(Synthesis{f.Shape(), f.Classes(), 1000, 3})
		if err != nil {
			t.Fatal(err)
		}
		size := f.Shape().Size()
		means, x := make([]float64, 10*size), make([]float64, size)
		for i := range 500 {
			s.Image(x, i)
			mean := means[s.Label(i)*size:]
			for j, v := range x {
				mean[j] += v / 50
			}
		}
		right := 0
		for i := 500; i < 1000; i++ {
			s.Image(x, i)
			best, nearest := math.Inf(1), 0
			for class := range 10 {
				var d float64
				for j, v := range x {
					d += (v - means[class*size+j]) * (v - means[class*size+j])
				}
				if d < best {
					best, nearest = d, class
				}
			}
			if nearest == s.Label(i) {
				right++
			}
		}
		t.Logf("%v: %d of 500 right; %+v", f, right, s.Standard())
		if right < 250 {
			t.Errorf("%v: %d of 500 right", f, right)
		}
	}
}

func TestSyntheticErrors(t *testing.T) {
	tiny := Shape{1, 1, 1}
	for _, c := range []struct {
		s       Synthesis
		cause   error
		culprit string
	}{
		{Synthesis{}, ErrSet, "0×0×0"},
		{Synthesis{tiny, 0, 1, 0}, ErrSet, "0 classes"},
		{Synthesis{tiny, 257, 1, 0}, ErrSet, "257 classes"},
		{Synthesis{tiny, 1, 0, 0}, ErrSet, "0 points"},
		{Synthesis{tiny, 1, -5, 0}, ErrSet, "-5 points"},
		{Synthesis{tiny, 1, 1<<30 + 1, 0}, ErrTooLarge, "1073741825 points"},
		{Synthesis{Shape{3, 32, 32}, 1, math.MaxInt32, 0}, ErrTooLarge, "2147483647 points"},
		{Synthesis{Shape{1, 1 << 20, 2}, 1, 1, 0}, ErrTooLarge, "1048576"},
	} {
		if _, err := Synthetic(c.s); !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.culprit) {
			t.Errorf("%+v: error %v, which should say %q", c.s, err, c.culprit)
		}
	}
}
