package sim

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
)

// testLandscapes are one of each kind, and the point about which each is tested.
func testLandscapes(t testing.TB) map[string]Exact {
	return map[string]Exact{
		"gauss":       Gauss{},
		"archimedes":  Archimedes{},
		"mean":        Mean{H: 0.75, S: 1.5},
		"ridge":       Ridge{H: 0.75, S: 1.5},
		"unpenalized": Ridge{H: 0.75, S: 1.5}.Unpenalized().(Exact),
		"finite":      cubic(t),
		"normal":      correlated(t),
	}
}

// cubic is a finite landscape in two dimensions, with HG ≠ 0 at its point.
func cubic(t testing.TB) Exact {
	return mustPolynomial(t, `{"dim":2,"theta":["1/4","-1/2"],"data":[
		{"prob":"1/4","loss":[{"coef":"1","exp":[2,0]},{"coef":"1/2","exp":[0,2]},{"coef":"1/3","exp":[2,1]},{"coef":"1","exp":[1,0]}]},
		{"prob":"1/4","loss":[{"coef":"1/2","exp":[2,0]},{"coef":"1","exp":[0,2]},{"coef":"-1/2","exp":[1,2]},{"coef":"-3/2","exp":[0,1]}]},
		{"prob":"1/2","loss":[{"coef":"3/4","exp":[2,0]},{"coef":"1/4","exp":[1,1]},{"coef":"1/4","exp":[0,3]},{"coef":"1/2","exp":[0,1]}]}]}`)
}

// correlated is a normal landscape whose datum has correlated coordinates.
func correlated(t testing.TB) Exact {
	return mustPolynomial(t, `{"dim":2,"theta":["1/2","1/4"],"gaussian":{"mean":["1/2","0"],"covariance":[["1","1/2"],["1/2","2"]]},
		"loss":[{"coef":"1/2","exp":[2,0],"data":[0,0]},{"coef":"1","exp":[0,2],"data":[0,0]},
		{"coef":"-1","exp":[1,0],"data":[1,1]},{"coef":"1/2","exp":[1,2],"data":[1,0]},{"coef":"1/3","exp":[0,1],"data":[0,2]}]}`)
}

func mustPolynomial(t testing.TB, text string) Exact {
	core, err := tensor.ParseLandscape([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	l, err := Polynomial(core)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Derivatives agree with central differences of the derivatives one order below, to the
// error of these: h² times a third derivative, and rounding over h.
func TestDerivatives(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const h, tolerance = 1e-5, 2e-7
	for name, l := range testLandscapes(t) {
		for range 20 {
			theta := normals(r, l.Dim())
			data := make([]float64, 3*l.Size())
			for i := range 3 {
				l.Sample(r, data[i*l.Size():(i+1)*l.Size()])
			}
			var along [][]float64
			for k := range 5 {
				v := normals(r, l.Dim())
				shift := func(c float64) []float64 {
					moved := make([]float64, len(theta))
					for i := range moved {
						moved[i] = theta[i] + c*v[i]
					}
					return moved
				}
				scale := 1.0
				check := func(what string, got, up, down float64) {
					t.Helper()
					want := (up - down) / (2 * h)
					if math.Abs(got-want) > tolerance*scale*(1+math.Abs(want)) {
						t.Errorf("%s at %v: %s along %v and %v is %v, by differences %v", name, theta, what, along, v, got, want)
					}
				}
				// Products of k+1 directions, and of the data's squares.
				for _, d := range append(along, v) {
					scale *= 1 + norm(d)
				}
				for _, x := range data {
					scale *= 1 + x*x
				}
				next := append(along[:k:k], v)
				check("loss", l.Loss(theta, data, next...), l.Loss(shift(h), data, along...), l.Loss(shift(-h), data, along...))
				check("mean loss", l.MeanLoss(theta, next...), l.MeanLoss(shift(h), along...), l.MeanLoss(shift(-h), along...))
				grad, mean := make([]float64, l.Dim()), make([]float64, l.Dim())
				l.Gradient(grad, theta, data, along...)
				l.MeanGradient(mean, theta, along...)
				if got, want := dot(grad, v), l.Loss(theta, data, next...); math.Abs(got-want) > 1e-12*scale*(1+math.Abs(want)) {
					t.Errorf("%s: gradient along %v has %v along %v, the loss has %v", name, along, got, v, want)
				}
				if got, want := dot(mean, v), l.MeanLoss(theta, next...); math.Abs(got-want) > 1e-12*scale*(1+math.Abs(want)) {
					t.Errorf("%s: mean gradient along %v has %v along %v, the loss has %v", name, along, got, v, want)
				}
				along = next
			}
		}
	}
}

// A batch is the mean of its data, and the exact core's derivatives are those of the
// landscape, at points where the local polynomial is exact or nearly so.
func TestLocal(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const degree = 4
	for name, l := range testLandscapes(t) {
		theta := normals(r, l.Dim())
		local, err := l.Local(theta, degree)
		if err != nil {
			t.Fatal(err)
		}
		p, err := local.Loss()
		if err != nil {
			t.Fatal(err)
		}
		var along [][]float64
		for k := range degree + 1 {
			derivative, err := p.Derivative(local.Theta(), k)
			if err != nil {
				t.Fatal(err)
			}
			want := contract(tensor.Map(derivative, toFloat), along)
			got := l.MeanLoss(theta, along...)
			if math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
				t.Errorf("%s: the mean loss along %v is %v, that of the local polynomial %v", name, along, got, want)
			}
			along = append(along, normals(r, l.Dim()))
		}
		checkNoise(t, name, l, theta, local)
	}
}

// checkNoise compares b bᵀ with the exact C.
func checkNoise(t *testing.T, name string, l Exact, theta []float64, local tensor.Landscape) {
	c, err := tensor.Covariance(mobius.Rational{}, local.Statistics())
	if err != nil {
		t.Fatal(err)
	}
	dim := l.Dim()
	got := make([]float64, dim*dim)
	noise := make([]float64, dim)
	for j := range l.NoiseRank() {
		xi := make([]float64, l.NoiseRank())
		xi[j] = 1
		l.Noise(noise, theta, xi)
		for mu := range dim {
			for nu := range dim {
				got[mu*dim+nu] += noise[mu] * noise[nu]
			}
		}
	}
	for i, want := range tensor.Map(c, toFloat).Data() {
		if math.Abs(got[i]-want) > 1e-12*(1+math.Abs(want)) {
			t.Errorf("%s at %v: covariance of noise %v, element %d should be %v", name, theta, got, i, want)
		}
	}
}

// The Gauss and Archimedes landscapes at the start of the paper's experiments, exactly:
// G = 0, and by hand from P §C.1, H and C.
func TestLocalExact(t *testing.T) {
	for _, test := range []struct {
		l          Exact
		hess, cov  string
		jerk, skew string
	}{
		{Gauss{}, "[[1/2]]", "[[1/2]]", "[[[-1/2]]]", "[[[-1]]]"},
		{
			Archimedes{}, "[[2 0 0] [0 1 0] [0 0 0]]", "[[1/2 -1/2 0] [-1/2 1/2 0] [0 0 0]]",
			"[[[0 0 0] [0 0 1] [0 1 0]] [[0 0 1] [0 0 0] [1 0 0]] [[0 1 0] [1 0 0] [0 0 0]]]", "",
		},
		{Mean{2, 3}, "[[2]]", "[[9]]", "[[[0]]]", "[[[0]]]"},
	} {
		local, err := test.l.Local(make([]float64, test.l.Dim()), 3)
		if err != nil {
			t.Fatal(err)
		}
		ring := mobius.Rational{}
		s := local.Statistics()
		hess, _ := tensor.Hessian(s)
		cov, _ := tensor.Covariance(ring, s)
		jerk, _ := tensor.Jerk(s)
		skew, _ := tensor.Skewness(ring, s)
		for _, c := range []struct {
			what string
			got  *tensor.Dense[*big.Rat]
			want string
		}{{"H", hess, test.hess}, {"C", cov, test.cov}, {"J", jerk, test.jerk}, {"S", skew, test.skew}} {
			if got := text(c.got); c.want != "" && got != c.want {
				t.Errorf("%s: %s = %s, want %s", test.l.Name(), c.what, got, c.want)
			}
		}
	}
}

// Sampled gradients have the mean and the covariance that the landscape says, within six
// standard errors.
func TestSample(t *testing.T) {
	const n = 20000
	r := rand.New(rand.NewPCG(5, 6))
	for name, l := range testLandscapes(t) {
		theta := normals(r, l.Dim())
		want := make([]float64, l.Dim())
		l.MeanGradient(want, theta)
		x, grad := make([]float64, l.Size()), make([]float64, l.Dim())
		var sum, square, fourth float64
		var mean float64
		v := normals(r, l.Dim())
		for range n {
			l.Sample(r, x)
			l.Gradient(grad, theta, x)
			d := dot(v, grad) - dot(v, want)
			sum += d
			square += d * d
			fourth += d * d * d * d
		}
		mean = sum / n
		if se := math.Sqrt(square) / n; math.Abs(mean) > 6*se {
			t.Errorf("%s: the mean of sampled gradients is off by %v, standard error %v", name, mean, se)
		}
		variance := 0.0
		noise, xi := make([]float64, l.Dim()), make([]float64, l.NoiseRank())
		for j := range xi {
			clear(xi)
			xi[j] = 1
			l.Noise(noise, theta, xi)
			variance += dot(v, noise) * dot(v, noise)
		}
		if se := math.Sqrt(fourth-square*square/n) / n; math.Abs(square/n-variance) > 6*se {
			t.Errorf("%s: sampled gradients have variance %v, standard error %v, not %v", name, square/n, se, variance)
		}
	}
}

func normals(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

func norm(x []float64) float64 { return math.Sqrt(dot(x, x)) }

func toFloat(x *big.Rat) float64 { f, _ := x.Float64(); return f }

func text(t *tensor.Dense[*big.Rat]) string {
	return fmt.Sprint(tensor.Map(t, (*big.Rat).RatString))
}

// contract returns t[v_1, v_2, …].
func contract(t *tensor.Dense[float64], along [][]float64) float64 {
	data, dim := t.Data(), t.Dim()
	for i := len(along) - 1; i >= 0; i-- {
		next := make([]float64, len(data)/dim)
		for j := range next {
			next[j] = dot(data[j*dim:(j+1)*dim], along[i])
		}
		data = next
	}
	return data[0]
}

// long reports whether the long tests are wanted: PERTURB_LONG is set.
func long() bool { return os.Getenv("PERTURB_LONG") != "" }

// needTrials skips a test whose claims show only over many trials.
func needTrials(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes many trials")
	}
}
