package tensor_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

// product has the loss θ²/2 − θ x_0 x_1 with correlated x.
const product = `{
	"dim": 1, "theta": ["1"],
	"gaussian": {"mean": ["0", 0], "covariance": [["1", "1/2"], ["1/2", "1"]]},
	"loss": [{"coef": "1/2", "exp": [2], "data": [0, 0]}, {"coef": "-1", "exp": [1], "data": [1, 1]}]
}`

// isserlis returns E[Π_i x_i] for the listed coordinates of a normal x, as the sum
// over all ways to pair up some of them and to take the mean of the others.
func isserlis(mean []*big.Rat, covariance [][]*big.Rat, coordinates []int) *big.Rat {
	if len(coordinates) == 0 {
		return big.NewRat(1, 1)
	}
	i, rest := coordinates[0], coordinates[1:]
	sum := new(big.Rat).Mul(mean[i], isserlis(mean, covariance, rest))
	for n, j := range rest {
		others := append(append([]int{}, rest[:n]...), rest[n+1:]...)
		sum.Add(sum, new(big.Rat).Mul(covariance[i][j], isserlis(mean, covariance, others)))
	}
	return sum
}

// drawCovariance draws B Bᵀ, often singular, and often with independent coordinates.
func drawCovariance(t *rapid.T, n int) [][]*big.Rat {
	b := drawTensor(t, n, 2)
	out := make([][]*big.Rat, n)
	for i := range n {
		for j := range n {
			sum := new(big.Rat)
			for k := range n {
				sum.Add(sum, new(big.Rat).Mul(b.At(i, k), b.At(j, k)))
			}
			out[i] = append(out[i], sum)
		}
	}
	return out
}

// TestGaussianMoment compares with multiplying out the terms of the derivatives, and
// taking Isserlis's mean of each.
func TestGaussianMoment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim, coordinates := rapid.IntRange(1, 2).Draw(t, "dim"), rapid.IntRange(1, 3).Draw(t, "coordinates")
		theta, mean := drawRats(t, dim), drawRats(t, coordinates)
		covariance := drawCovariance(t, coordinates)
		loss := drawPolynomial(t, dim+coordinates, 2)
		if len(loss.Terms()) > 3 {
			loss = must(tensor.NewPolynomial(loss.Dim(), loss.Terms()[:3]))
		}
		g, err := tensor.NewGaussian(theta, mean, covariance, loss)
		if err != nil {
			t.Fatal(err)
		}
		orders := drawOrders(t, 2, 3)
		first, rank := axesOf(orders)
		got := must(g.Statistics().Moment(orders))
		for _, index := range indices(dim, rank) {
			product := []tensor.Term{{Coef: q("1"), Exp: make([]int, dim+coordinates)}}
			for i, k := range orders {
				terms := loss.Terms()
				for _, j := range index[first[i] : first[i]+k] {
					terms = differentiate(terms, j)
				}
				var next []tensor.Term
				for _, a := range product {
					for _, b := range terms {
						exp := make([]int, dim+coordinates)
						for j := range exp {
							exp[j] = a.Exp[j] + b.Exp[j]
						}
						next = append(next, tensor.Term{Coef: new(big.Rat).Mul(a.Coef, b.Coef), Exp: exp})
					}
				}
				product = next
			}
			want := new(big.Rat)
			for _, term := range product {
				var list []int
				for j, e := range term.Exp[dim:] {
					for range e {
						list = append(list, j)
					}
				}
				point := tensor.Term{Coef: term.Coef, Exp: term.Exp[:dim]}
				want.Add(want, new(big.Rat).Mul(evalTerms([]tensor.Term{point}, theta), isserlis(mean, covariance, list)))
			}
			if v := got.At(index...); v.Cmp(want) != 0 {
				t.Fatalf("%v, x ~ N(%v, %v): moment %v at %v is %v, want %v", loss, mean, covariance, orders, index, v, want)
			}
		}
	})
}

// TestGaussianDoubleFactorial: E[x^{2k}] = (2k−1)!! and odd moments vanish.
func TestGaussianDoubleFactorial(t *testing.T) {
	want := big.NewInt(1)
	for k := 0; k <= tensor.MaxDegree; k++ {
		loss := must(tensor.NewPolynomial(2, []tensor.Term{{Coef: q("1"), Exp: []int{0, k}}}))
		g := must(tensor.NewGaussian(qs("0"), qs("0"), [][]*big.Rat{qs("1")}, loss))
		got := must(g.Statistics().Moment([]int{0})).At()
		if k%2 == 1 {
			if got.Sign() != 0 {
				t.Errorf("E[x^%d] = %v, want 0", k, got)
			}
			continue
		}
		if k > 0 {
			want.Mul(want, big.NewInt(int64(k-1)))
		}
		if got.Cmp(new(big.Rat).SetInt(want)) != 0 {
			t.Errorf("E[x^%d] = %v, want %v", k, got, want)
		}
	}
}

// TestGaussianNoise: with loss ½(θ−x)² the gradient θ − x is normal, so that C = Σ, the
// third cumulant vanishes, and H = I.
func TestGaussianNoise(t *testing.T) {
	var terms []tensor.Term
	for i := range 2 {
		for _, term := range []tensor.Term{{Coef: q("1/2"), Exp: []int{2, 0}}, {Coef: q("-1"), Exp: []int{1, 1}}, {Coef: q("1/2"), Exp: []int{0, 2}}} {
			exp := make([]int, 4)
			exp[i], exp[2+i] = term.Exp[0], term.Exp[1]
			terms = append(terms, tensor.Term{Coef: term.Coef, Exp: exp})
		}
	}
	loss := must(tensor.NewPolynomial(4, terms))
	g := must(tensor.NewGaussian(qs("1", "2"), qs("3", "-1/2"), [][]*big.Rat{qs("2", "1/3"), qs("1/3", "1")}, loss))
	s := tensor.Cache(g.Statistics())
	for want, got := range map[string]*tensor.Dense[*big.Rat]{
		"[-2 5/2]":                      must(tensor.Gradient(s)),
		"[[1 0] [0 1]]":                 must(tensor.Hessian(s)),
		"[[2 1/3] [1/3 1]]":             must(tensor.Covariance(exact, s)),
		"[[[0 0] [0 0]] [[0 0] [0 0]]]": must(tensor.Skewness(exact, s)),
		// Var[½(θ−x)²] = ½ tr Σ² + gᵀΣg for a normal gradient of mean g: 47/18 + 131/12.
		"487/36": must(tensor.Cumulant(exact, s, []int{0, 0})),
	} {
		if got.String() != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	at := qs("3", "-1/2")
	moved := must(g.At(at))
	if got := must(tensor.Gradient(moved.Statistics())).String(); got != "[0 0]" {
		t.Errorf("the gradient at the mean is %s, want 0", got)
	}
	mean := must(g.Loss())
	if got := must(mean.Eval(at)); got.Cmp(q("3/2")) != 0 { // ½ tr Σ
		t.Errorf("the mean loss there is %v, want 3/2", got)
	}
	if got := g.Covariance()[0][1]; got.Cmp(q("1/3")) != 0 || g.Mean()[0].Cmp(q("3")) != 0 || !g.DatumLoss().Equal(loss) {
		t.Error("accessors do not return what the landscape was made of")
	}
}

// TestCovarianceIsPositive compares with the test of all principal minors.
func TestCovarianceIsPositive(t *testing.T) {
	loss := must(tensor.NewPolynomial(4, nil))
	det := func(a [][]*big.Rat, rows []int) *big.Rat {
		var expand func(rows, columns []int) *big.Rat
		expand = func(rows, columns []int) *big.Rat {
			if len(rows) == 0 {
				return big.NewRat(1, 1)
			}
			sum := new(big.Rat)
			for n, j := range columns {
				rest := append(append([]int{}, columns[:n]...), columns[n+1:]...)
				v := new(big.Rat).Mul(a[rows[0]][j], expand(rows[1:], rest))
				if n%2 == 1 {
					v.Neg(v)
				}
				sum.Add(sum, v)
			}
			return sum
		}
		return expand(rows, rows)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := drawCovariance(t, 3)
		// Lower one diagonal element, perhaps by a little too much.
		i := rapid.IntRange(0, 2).Draw(t, "i")
		a[i][i].Sub(a[i][i], big.NewRat(rapid.Int64Range(0, 2).Draw(t, "less"), 5))
		positive := true
		for _, rows := range [][]int{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}} {
			positive = positive && det(a, rows).Sign() >= 0
		}
		_, err := tensor.NewGaussian(qs("0"), qs("0", "0", "0"), a, loss)
		if positive && err != nil || !positive && !errors.Is(err, tensor.ErrCovariance) {
			t.Fatalf("covariance %v, positive %v: %v", a, positive, err)
		}
	})
}

func TestNewGaussianErrors(t *testing.T) {
	loss := must(tensor.NewPolynomial(3, nil))
	one := func(a, b, c, d string) [][]*big.Rat { return [][]*big.Rat{qs(a, b), qs(c, d)} }
	for _, test := range []struct {
		name        string
		theta, mean []*big.Rat
		covariance  [][]*big.Rat
		want        error
		text        string
	}{
		{"no theta", nil, qs("0", "0"), one("1", "0", "0", "1"), tensor.ErrShape, "theta"},
		{"no mean", qs("0"), nil, nil, tensor.ErrShape, "mean"},
		{"long mean", qs("0"), make([]*big.Rat, 65), nil, tensor.ErrTooLarge, "mean"},
		{"nil mean", qs("0"), []*big.Rat{nil, nil}, one("1", "0", "0", "1"), tensor.ErrNumber, "mean"},
		{"no row", qs("0"), qs("0", "0"), [][]*big.Rat{qs("1", "0")}, tensor.ErrShape, "covariance: 1 rows"},
		{"short row", qs("0"), qs("0", "0"), [][]*big.Rat{qs("1", "0"), qs("1")}, tensor.ErrShape, "covariance[1]"},
		{"asymmetric", qs("0"), qs("0", "0"), one("1", "0", "1", "1"), tensor.ErrCovariance, "covariance[1][0]"},
		{"negative variance", qs("0"), qs("0", "0"), one("1", "0", "0", "-1"), tensor.ErrCovariance, "covariance[1]"},
		{"correlation 2", qs("0"), qs("0", "0"), one("1", "2", "2", "1"), tensor.ErrCovariance, "covariance[1]"},
		{"zero variance", qs("0"), qs("0", "0"), one("0", "1", "1", "1"), tensor.ErrCovariance, "covariance[1]"},
		{"variables", qs("0", "1"), qs("0", "0"), one("1", "0", "0", "1"), tensor.ErrShape, "loss: 3 variables"},
	} {
		if _, err := tensor.NewGaussian(test.theta, test.mean, test.covariance, loss); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v; want %v with %q", test.name, err, test.want, test.text)
		}
	}
}

// TestLongCovariance has numbers of 2000 bits, which are too long for 64 correlated
// coordinates and not for independent ones.
func TestLongCovariance(t *testing.T) {
	const n = 64
	loss := must(tensor.NewPolynomial(1+n, nil))
	long := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 2000))
	mean := make([]*big.Rat, n)
	covariance := make([][]*big.Rat, n)
	for i := range n {
		mean[i] = new(big.Rat)
		covariance[i] = make([]*big.Rat, n)
		for j := range n {
			covariance[i][j] = new(big.Rat)
		}
		covariance[i][i] = q("2")
	}
	covariance[0][0] = long
	if _, err := tensor.NewGaussian(qs("0"), mean, covariance, loss); err != nil {
		t.Errorf("independent: %v", err)
	}
	for i := range n - 1 {
		covariance[i][i+1], covariance[i+1][i] = q("1"), q("1")
	}
	if _, err := tensor.NewGaussian(qs("0"), mean, covariance, loss); !errors.Is(err, tensor.ErrTooLarge) {
		t.Errorf("correlated: %v", err)
	}
	// The tridiagonal matrix 1, 2, 1 has determinant n+1, and without the last 2 it is
	// not positive: its determinant is then −(n−1).
	covariance[0][0] = q("2")
	if _, err := tensor.NewGaussian(qs("0"), mean, covariance, loss); err != nil {
		t.Errorf("tridiagonal: %v", err)
	}
	covariance[n-1][n-1] = q("0")
	if _, err := tensor.NewGaussian(qs("0"), mean, covariance, loss); !errors.Is(err, tensor.ErrCovariance) || !strings.Contains(err.Error(), "covariance[63]") {
		t.Errorf("tridiagonal with a last 0: %v", err)
	}
}

// TestGaussianOutOfReach has moments of 20 correlated coordinates, and of degree 256.
func TestGaussianOutOfReach(t *testing.T) {
	const n = 20
	exp := make([]int, 1+n)
	covariance := make([][]*big.Rat, n)
	independent := make([][]*big.Rat, n)
	mean := make([]*big.Rat, n)
	for i := range n {
		exp[1+i] = 3
		mean[i] = q("1")
		for j := range n {
			covariance[i] = append(covariance[i], q("1"))
			independent[i] = append(independent[i], big.NewRat(int64(max(0, 1-(i-j)*(i-j))), 1))
		}
	}
	loss := must(tensor.NewPolynomial(1+n, []tensor.Term{{Coef: q("1"), Exp: exp}}))
	g := must(tensor.NewGaussian(qs("0"), mean, covariance, loss))
	if _, err := g.Statistics().Moment([]int{0}); !errors.Is(err, tensor.ErrTooLarge) {
		t.Errorf("E[Π x_i³] for 20 correlated coordinates: %v", err)
	}
	if _, err := g.Loss(); !errors.Is(err, tensor.ErrTooLarge) {
		t.Errorf("the mean loss: %v", err)
	}
	if _, err := g.Statistics().Moment(make([]int, 5)); !errors.Is(err, tensor.ErrTooLarge) {
		t.Errorf("a moment of degree 300: %v", err)
	}
	// E[x³] = 1 + 3 for each independent coordinate.
	g = must(tensor.NewGaussian(qs("0"), mean, independent, loss))
	if got, want := must(g.Statistics().Moment([]int{0})).String(), new(big.Int).Exp(big.NewInt(4), big.NewInt(n), nil).String(); got != want {
		t.Errorf("E[Π x_i³] = %s, want %s", got, want)
	}
}

func BenchmarkGaussianMoment(b *testing.B) {
	g := must(tensor.ParseLandscape([]byte(product)))
	for _, orders := range [][]int{{1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1}} {
		b.Run(fmt.Sprint(orders), func(b *testing.B) {
			for b.Loop() {
				must(g.Statistics().Moment(orders))
			}
		})
	}
}
