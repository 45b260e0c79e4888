package descent_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/internal/descent"
)

// coin is one step from θ_0 = 2 with l_x = (θ−x)²/2 and x = ±1, so that
// θ_1 = 2(1−η) + ηx and l = (θ²+1)/2.
func coin() descent.Problem {
	square := func(x int64) descent.Loss {
		return descent.Loss{
			{Coef: big.NewRat(1, 2), Exp: []int{2}},
			{Coef: big.NewRat(-x, 1), Exp: []int{1}},
			{Coef: big.NewRat(1, 2), Exp: []int{0}},
		}
	}
	half := big.NewRat(1, 2)
	return descent.Problem{
		Dim: 1, Theta: []*big.Rat{big.NewRat(2, 1)},
		Data: []descent.Datum{{Prob: half, Loss: square(1)}, {Prob: half, Loss: square(-1)}},
		N:    1, T: 1,
		Cells: []descent.Cell{{N: 0, T: 0, Weight: big.NewRat(1, 1)}},
	}
}

func series(t testing.TB, coefs ...string) descent.Series {
	t.Helper()
	var s descent.Series
	for _, text := range coefs {
		c, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("not a number: %q", text)
		}
		s = append(s, c)
	}
	return s
}

// power returns θ^k in one dimension.
func power(k int) descent.Loss {
	return descent.Loss{{Coef: big.NewRat(1, 1), Exp: []int{k}}}
}

// All by hand, with Var[x] = 1: for instance l(θ_1) = ½(4(1−η)² + 4(1−η)ηx + η²) + ½,
// whose variance is 4η²(1−η)².
func TestOneStep(t *testing.T) {
	e := expand(t, coin(), 5)
	same(t, "test loss", e.TestLoss(), series(t, "5/2", "-4", "5/2", "0", "0", "0"))
	same(t, "train loss", e.TrainLoss(), series(t, "5/2", "-5", "5/2", "0", "0", "0"))
	same(t, "gap", e.Gap(), series(t, "0", "1", "0", "0", "0", "0"))
	same(t, "displacement", e.Displacement()[0], series(t, "0", "-2", "0", "0", "0", "0"))
	same(t, "covariance", e.WeightCovariance()[0][0], series(t, "0", "0", "1", "0", "0", "0"))
	same(t, "variance", e.TestLossVariance(), series(t, "0", "0", "4", "-8", "4", "0"))
	same(t, "mean of 1", e.Mean(power(0)), series(t, "1", "0", "0", "0", "0", "0"))
	same(t, "mean of θ²", e.Mean(power(2)), series(t, "4", "-8", "5", "0", "0", "0"))
	same(t, "cov of θ, θ²", e.Covariance(power(1), power(2)), series(t, "0", "0", "4", "-4", "0", "0"))
	same(t, "cov of θ², θ", e.Covariance(power(2), power(1)), series(t, "0", "0", "4", "-4", "0", "0"))
}

// An idle row trains nothing: half of the train loss is the test loss.
func TestIdleRow(t *testing.T) {
	p := coin()
	p.N = 2
	e := expand(t, p, 3)
	same(t, "test loss", e.TestLoss(), series(t, "5/2", "-4", "5/2", "0"))
	same(t, "train loss", e.TrainLoss(), series(t, "5/2", "-9/2", "5/2", "0"))
	same(t, "gap", e.Gap(), series(t, "0", "1/2", "0", "0"))
}

// On a linear loss a·θ one step is −ηMa, M the metric. Rows of M: (1,2), (3,5).
func TestMetric(t *testing.T) {
	one := big.NewRat(1, 1)
	e := expand(t, descent.Problem{
		Dim: 2, Theta: series(t, "0", "7"),
		Data: []descent.Datum{{Prob: one, Loss: descent.Loss{
			{Coef: big.NewRat(10, 1), Exp: []int{1, 0}},
			{Coef: one, Exp: []int{0, 1}},
		}}},
		N: 1, T: 1, Cells: []descent.Cell{{Weight: one}},
		Metric: [][]*big.Rat{series(t, "1", "2"), series(t, "3", "5")},
	}, 1)
	same(t, "displacement 0", e.Displacement()[0], series(t, "0", "-12"))
	same(t, "displacement 1", e.Displacement()[1], series(t, "0", "-35"))
}

// With all data equal, two steps on l = θ³/3 from 1 by weights 1 and 2:
// θ_1 = 1−η and θ_2 = 1 − η − 2η(1−η)² = 1 − 3η + 4η² − 2η³.
func TestTwoStepsOnCubic(t *testing.T) {
	one := big.NewRat(1, 1)
	p := descent.Problem{
		Dim: 1, Theta: series(t, "1"),
		Data: []descent.Datum{{Prob: one, Loss: descent.Loss{{Coef: big.NewRat(1, 3), Exp: []int{3}}}}},
		N:    1, T: 2,
		Cells: []descent.Cell{{N: 0, T: 1, Weight: big.NewRat(2, 1)}, {N: 0, T: 0, Weight: one}},
	}
	same(t, "mean", expand(t, p, 4).Mean(power(1)), series(t, "1", "-3", "4", "-2", "0"))
	same(t, "truncated", expand(t, p, 2).Mean(power(1)), series(t, "1", "-3", "4"))
	same(t, "order 0", expand(t, p, 0).Mean(power(1)), series(t, "1"))
}

// Let l = aθ²/2 for a = 1, 2 with probability ½ each. The rows a and b have tr Ĉ = (a−b)²θ²/2,
// so that a step of GD from 2 with force f goes to 2 − η(a+b) − 2η²f(a−b)²; another, with the
// mean s of a and b and r = (a−b)², multiplies by 1 − ηs − η²fr once more.
func TestForce(t *testing.T) {
	half := big.NewRat(1, 2)
	p := descent.Problem{
		Dim: 1, Theta: series(t, "2"),
		Data: []descent.Datum{
			{Prob: half, Loss: descent.Loss{{Coef: half, Exp: []int{2}}}},
			{Prob: half, Loss: descent.Loss{{Coef: big.NewRat(1, 1), Exp: []int{2}}}},
		},
		N: 2, T: 1, Force: big.NewRat(3, 1),
		Cells: []descent.Cell{{N: 0, T: 0, Weight: half}, {N: 1, T: 0, Weight: half}},
	}
	e := expand(t, p, 4)
	same(t, "displacement", e.Displacement()[0], series(t, "0", "-3", "-3", "0", "0"))
	same(t, "covariance", e.WeightCovariance()[0][0], series(t, "0", "0", "1/2", "0", "9"))
	p.T = 2
	p.Cells = append(p.Cells, descent.Cell{N: 0, T: 1, Weight: half}, descent.Cell{N: 1, T: 1, Weight: half})
	// 2(1 − ηs − 3η²r)² = 2 − 4ηs + η²(2s² − 12r) + 12η³sr + 18η⁴r²: the means of s, s², r and
	// sr are 3/2, 19/8, 1/2 and 3/4.
	same(t, "two steps", expand(t, p, 4).Mean(power(1)), series(t, "2", "-6", "-5/4", "9", "9"))
	at, err := descent.At(p, half)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := at.Mean(power(1))[0], series(t, "2", "-6", "-5/4", "9", "9").Sum(half); got.Cmp(want) != 0 {
		t.Errorf("at 1/2: %v, want %v", got, want)
	}
	// In a metric m, which tr Ĉ has too, η is mη.
	p.Metric = [][]*big.Rat{series(t, "2")}
	same(t, "metric", expand(t, p, 4).Mean(power(1)), series(t, "2", "-12", "-5", "72", "144"))
}

func TestRun(t *testing.T) {
	test, train, err := descent.Run(coin(), big.NewRat(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	// 5/2 − 4/3 + 5/18 and 5/2 − 5/3 + 5/18.
	same(t, "test, train", descent.Series{test, train}, series(t, "13/9", "10/9"))
}

func TestBadProblems(t *testing.T) {
	for name, spoil := range map[string]func(*descent.Problem){
		"no dimension":       func(p *descent.Problem) { p.Dim = 0 },
		"no rows":            func(p *descent.Problem) { p.N = 0 },
		"no other row":       func(p *descent.Problem) { p.Force = big.NewRat(1, 1) },
		"short theta":        func(p *descent.Problem) { p.Theta = nil },
		"nil theta":          func(p *descent.Problem) { p.Theta = []*big.Rat{nil} },
		"probabilities":      func(p *descent.Problem) { p.Data = p.Data[:1] },
		"negative":           func(p *descent.Problem) { p.Data[0].Prob = big.NewRat(-1, 2) },
		"row outside":        func(p *descent.Problem) { p.Cells[0].N = 1 },
		"column outside":     func(p *descent.Problem) { p.Cells[0].T = 1 },
		"no weight":          func(p *descent.Problem) { p.Cells[0].Weight = nil },
		"exponents":          func(p *descent.Problem) { p.Data[0].Loss[0].Exp = nil },
		"negative exponent":  func(p *descent.Problem) { p.Data[0].Loss[0].Exp = []int{-1} },
		"large exponent":     func(p *descent.Problem) { p.Data[0].Loss[0].Exp = []int{256} },
		"nil coefficient":    func(p *descent.Problem) { p.Data[0].Loss[0].Coef = nil },
		"metric rows":        func(p *descent.Problem) { p.Metric = [][]*big.Rat{} },
		"metric not a table": func(p *descent.Problem) { p.Metric = [][]*big.Rat{{}} },
	} {
		p := coin()
		spoil(&p)
		if _, err := descent.Expand(p, 1); !errors.Is(err, descent.ErrProblem) {
			t.Errorf("%s: Expand: %v, want ErrProblem", name, err)
		}
		if _, _, err := descent.Run(p, new(big.Rat)); !errors.Is(err, descent.ErrProblem) {
			t.Errorf("%s: Run: %v, want ErrProblem", name, err)
		}
	}
	if _, err := descent.Expand(coin(), -1); !errors.Is(err, descent.ErrOrder) {
		t.Errorf("order −1: %v, want ErrOrder", err)
	}
	if _, err := descent.At(coin(), nil); !errors.Is(err, descent.ErrProblem) {
		t.Errorf("nil eta: %v, want ErrProblem", err)
	}
}

func TestSeries(t *testing.T) {
	s := series(t, "1", "-1/2", "0", "3")
	if got, want := s.String(), "[1 -1/2 0 3]"; got != want {
		t.Errorf("String: %s, want %s", got, want)
	}
	// 1 − (1/2)(2/3) + 3(8/27).
	if got, want := s.Sum(big.NewRat(2, 3)), big.NewRat(14, 9); got.Cmp(want) != 0 {
		t.Errorf("Sum: %v, want %v", got, want)
	}
	if s.Equal(s[:3]) || !s.Equal(series(t, "1", "-2/4", "0", "3")) {
		t.Error("Equal")
	}
}
