package value_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/descent/descenttest"
	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
	"github.com/perturb-go/perturb/value/expr"
)

// A matrix is an exact one, P×P.
type matrix [][]*big.Rat

func zeros(dim int) matrix {
	m := make(matrix, dim)
	for i := range m {
		for range dim {
			m[i] = append(m[i], new(big.Rat))
		}
	}
	return m
}

func (m matrix) times(n matrix) matrix {
	product := zeros(len(m))
	for i := range m {
		for j := range m {
			for k := range m {
				product[i][j].Add(product[i][j], mul(m[i][k], n[k][j]))
			}
		}
	}
	return product
}

func (m matrix) plus(q *big.Rat, n matrix) matrix {
	sum := zeros(len(m))
	for i := range m {
		for j := range m {
			sum[i][j].Add(m[i][j], mul(q, n[i][j]))
		}
	}
	return sum
}

func (m matrix) traceWith(n matrix) *big.Rat {
	sum := new(big.Rat)
	for i := range m {
		for j := range m {
			sum.Add(sum, mul(m[i][j], n[j][i]))
		}
	}
	return sum
}

func (m matrix) float(t fatal) *tensor.Dense[float64] {
	t.Helper()
	var data []float64
	for _, row := range m {
		for _, x := range row {
			data = append(data, mobius.Float64{}.Rat(x))
		}
	}
	d, err := tensor.FromSlice(len(m), 2, data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// norm bounds the eigenvalues of a symmetric matrix.
func (m matrix) norm() float64 {
	largest := 0.0
	for _, row := range m {
		sum := 0.0
		for _, x := range row {
			sum += math.Abs(mobius.Float64{}.Rat(x))
		}
		largest = max(largest, sum)
	}
	return largest
}

func symmetric(dim int) *rapid.Generator[matrix] {
	return rapid.Custom(func(t *rapid.T) matrix {
		m := zeros(dim)
		for i := range m {
			for j := range i + 1 {
				m[i][j] = mul(descenttest.Rational().Draw(t, "element"), big.NewRat(1, 8))
				m[j][i] = m[i][j]
			}
		}
		return m
	})
}

// series returns the coefficients c_k of f(h) = Σ c_k h^k, with f(h) = (1 − (1−ηh)^T)/h or
// (1 − e^{−ηTh})/h, and those of ∂f/∂η. In continuous time 40 terms suffice where ηT|h| ≤ 2:
// the next are below 2⁴²/42! < 2⁻¹²⁰.
func gapSeries(eta *big.Rat, steps int64, kind value.Kind) (f, overEta []*big.Rat) {
	for k := int64(0); k < steps || kind == value.Continuous && k < 40; k++ {
		c := new(big.Rat).SetInt(new(big.Int).Binomial(steps, k+1))
		if kind == value.Continuous {
			c.SetFrac(new(big.Int).Exp(big.NewInt(steps), big.NewInt(k+1), nil), new(big.Int).MulRange(1, k+1))
		}
		if k%2 == 1 {
			c.Neg(c)
		}
		f = append(f, mul(c, power(eta, k+1)))
		overEta = append(overEta, mul(c, big.NewRat(k+1, 1), power(eta, k)))
	}
	return f, overEta
}

// The gap and its gradient, on Hessians of any sign and rank, against the same polynomials in
// exact arithmetic.
func TestSTIC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 3).Draw(t, "P")
		c, dc := symmetric(dim).Draw(t, "C"), symmetric(dim).Draw(t, "dC")
		h, dh := symmetric(dim).Draw(t, "H"), symmetric(dim).Draw(t, "dH")
		if rapid.Bool().Draw(t, "isotropic") {
			h = zeros(dim)
			for i := range h {
				h[i][i].SetFrac64(1, 3)
			}
		}
		kind := rapid.SampledFrom([]value.Kind{value.Continuous, value.Discrete}).Draw(t, "kind")
		steps := rapid.Int64Range(0, 8).Draw(t, "T")
		eta := big.NewRat(1, rapid.Int64Range(6, 12).Draw(t, "1/η")) // ηT|h| ≤ 2
		const n = 7
		f, overEta := gapSeries(eta, steps, kind)
		gap, rate, along := new(big.Rat), new(big.Rat), new(big.Rat)
		one := big.NewRat(1, 1)
		power, change := zeros(dim), zeros(dim) // H^k and its derivative
		for i := range dim {
			power[i][i].Set(one)
		}
		for k := range f {
			gap.Add(gap, mul(f[k], c.traceWith(power)))
			rate.Add(rate, mul(overEta[k], c.traceWith(power)))
			along.Add(along, mul(f[k], add(dc.traceWith(power), c.traceWith(change))))
			change = change.times(h).plus(one, power.times(dh))
			power = power.times(h)
		}
		float := mobius.Float64{}.Rat
		got, err := value.NewSTIC(c.float(t), h.float(t), float(eta), steps, n, kind)
		if err != nil {
			t.Fatal(err)
		}
		derivative, err := got.Along(dc.float(t), dh.float(t))
		if err != nil {
			t.Fatal(err)
		}
		// f and its slopes are below e² times ηT, (ηT)², and their relative errors some 2⁻⁴⁴;
		// eigenvalues are off by some ulp, which f amplifies by its slope.
		time := float(eta) * float64(steps)
		for _, x := range []struct {
			what      string
			got       float64
			want      *big.Rat
			magnitude float64
		}{
			{"gap", got.Gap, gap, c.norm() * time},
			{"∂gap/∂η", got.OverEta, rate, c.norm() * float64(steps)},
			{"derivative", derivative, along, (dc.norm()*time + c.norm()*dh.norm()*time*time)},
		} {
			if want := float(x.want) / n; !(math.Abs(x.got-want) <= 0x1p-42*8*x.magnitude) {
				t.Fatalf("%v %s: %v, want %v", kind, x.what, x.got, want)
			}
		}
		for i := range dim {
			for j := range dim {
				if got.OverH.At(i, j) != got.OverH.At(j, i) || got.OverC.At(i, j) != got.OverC.At(j, i) {
					t.Fatalf("gradients %v and %v are not symmetric", got.OverC, got.OverH)
				}
			}
		}
	})
}

func square(t fatal, x ...float64) *tensor.Dense[float64] {
	t.Helper()
	dim := int(math.Sqrt(float64(len(x))))
	m, err := tensor.FromSlice(dim, 2, x)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// As T → ∞ the gap is Takeuchi's criterion, and Akaike's P/N where C = H; where H is flat it
// is ηT tr C/N for ever.
func TestSTICLimits(t *testing.T) {
	h := square(t, 2, 0.5, 0.5, 1)
	c := square(t, 3, -1, -1, 5)
	// tr(C H⁻¹) with H⁻¹ = ((1, −½), (−½, 2))/1.75.
	tic, err := value.TIC(c, h, 10)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "TIC", tic, (3+1+10)/17.5, 1e-15)
	for _, kind := range []value.Kind{value.Continuous, value.Discrete} {
		for _, eta := range []float64{0.1, 1e-6} {
			s, err := value.NewSTIC(c, h, eta, 1e9, 10, kind)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "limit", s.Gap, tic, 1e-13)
			if s, err = value.NewSTIC(h, h, eta, 1e9, 10, kind); err != nil {
				t.Fatal(err)
			}
			near(t, "AIC", s.Gap, 0.2, 1e-13)
		}
		flat, err := value.NewSTIC(c, square(t, 0, 0, 0, 0), 1e-3, 1000, 10, kind)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "flat", flat.Gap, 8.0/10, 1e-14)
		// Where ηTh is tiny, f(h) = ηT(1 − ηTh/2 + …) for T large.
		tiny, err := value.NewSTIC(square(t, 1), square(t, -1e-9), 1e-3, 1e6, 1, kind)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "slightly negative", tiny.Gap, 1e3*(1+0.5e-6), 1e-11)
		near(t, "its slope", tiny.OverH.At(0, 0), -0.5e6, 2e-6)
	}
	// The formula of Corollary 2 says the same.
	_, gap, err := value.Corollary2(ctx, value.Discrete)
	if err != nil {
		t.Fatal(err)
	}
	want, err := gap.Eval(expr.Env[float64]{
		Spectrum: []float64{2, 1}, Scalars: map[string]float64{"η": 0.1, "T": 9, "N": 10},
		Component: func(x expr.Component) (float64, error) { return c.At(x.Nodes[0][0], x.Nodes[1][0]), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := value.NewSTIC(c, square(t, 2, 0, 0, 1), 0.1, 9, 10, value.Discrete)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "formula", s.Gap, want, 1e-14)
}

func TestSTICErrors(t *testing.T) {
	h := square(t, 2, 0.5, 0.5, 1)
	for _, c := range []struct {
		c, h     *tensor.Dense[float64]
		eta      float64
		steps, n int64
		kind     value.Kind
		want     error
	}{
		{h, h, 0.1, 3, 4, value.Plain, value.ErrKind},
		{h, h, -0.1, 3, 4, value.Discrete, tensor.ErrValue},
		{h, h, math.NaN(), 3, 4, value.Discrete, tensor.ErrValue},
		{h, h, math.Inf(1), 3, 4, value.Discrete, tensor.ErrValue},
		{h, h, 0.1, -1, 4, value.Discrete, embed.ErrSize},
		{h, h, 0.1, 3, 0, value.Discrete, embed.ErrSize},
		{square(t, 1), h, 0.1, 3, 4, value.Discrete, tensor.ErrShape},
		{vector(t, 1, 2), h, 0.1, 3, 4, value.Discrete, tensor.ErrShape},
		{h, new(tensor.Dense[float64]), 0.1, 3, 4, value.Discrete, tensor.ErrShape},
		{nil, h, 0.1, 3, 4, value.Discrete, tensor.ErrShape},
		{h, nil, 0.1, 3, 4, value.Discrete, tensor.ErrShape},
		{square(t, 1, 2, 3, 4), h, 0.1, 3, 4, value.Discrete, tensor.ErrAsymmetric},
		{h, square(t, 1, 2, 3, 4), 0.1, 3, 4, value.Discrete, tensor.ErrAsymmetric},
		{h, square(t, math.NaN(), 0, 0, 1), 0.1, 3, 4, value.Discrete, tensor.ErrValue},
		{h, square(t, -1, 0, 0, 1), 1, 10000, 4, value.Discrete, tensor.ErrValue}, // 2^10000
	} {
		if s, err := value.NewSTIC(c.c, c.h, c.eta, c.steps, c.n, c.kind); !errors.Is(err, c.want) {
			t.Errorf("C=%v, H=%v, η=%v, T=%d, N=%d, %v: %v, %v; want error %v", c.c, c.h, c.eta, c.steps, c.n, c.kind, s, err, c.want)
		}
	}
	if _, err := value.TIC(h, square(t, 1, 1, 1, 1), 4); !errors.Is(err, tensor.ErrValue) {
		t.Errorf("TIC of a flat minimum: %v", err)
	}
	if _, err := value.TIC(h, h, 0); !errors.Is(err, embed.ErrSize) {
		t.Errorf("TIC of no points: %v", err)
	}
	s, err := value.NewSTIC(h, h, 0.1, 3, 4, value.Discrete)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Along(square(t, 1), h); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("along another dimension: %v", err)
	}
}

// Mean estimation with an l² term (P §C.1): l_x = (H+λ)θ²/2 + xSθ. The gap is a smooth
// function of λ, whose slope says how much it helps to raise λ.
func ExampleNewSTIC() {
	covariance, err := tensor.FromSlice(1, 2, []float64{100})
	if err != nil {
		panic(err)
	}
	hessian, err := tensor.FromSlice(1, 2, []float64{0.01})
	if err != nil {
		panic(err)
	}
	s, err := value.NewSTIC(covariance, hessian, 0.1, 100, 10, value.Discrete)
	if err != nil {
		panic(err)
	}
	none, _ := tensor.FromSlice(1, 2, []float64{0})
	one, _ := tensor.FromSlice(1, 2, []float64{1}) // H + λ grows by one per λ
	slope, err := s.Along(none, one)
	if err != nil {
		panic(err)
	}
	fmt.Printf("gap %.4f, slope %.3f\n", s.Gap, slope)
	tic, err := value.TIC(covariance, hessian, 10)
	if err != nil {
		panic(err)
	}
	fmt.Printf("after infinitely many steps %.0f\n", tic)
	// Output:
	// gap 95.2079, slope -463.807
	// after infinitely many steps 1000
}
