package errata

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/perturb-go/perturb/internal/descent"
	"github.com/perturb-go/perturb/value"
)

func same(t *testing.T, what string, got, want *big.Rat) {
	t.Helper()
	if got.Cmp(want) != 0 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Cor. 3 as corrected: GD less SGD is η² T (N−B)/(4NB) ∇tr C, for whole epochs of any batch
// size.
func TestCorollary3(t *testing.T) {
	for _, x := range []struct{ N, E, B int64 }{{1, 1, 1}, {2, 1, 1}, {2, 3, 1}, {3, 2, 1}, {4, 1, 2}, {4, 2, 2}, {3, 1, 3}} {
		T := x.E * x.N / x.B
		gd, sgd := fmt.Sprintf("gd N=%d T=%d", x.N, T), fmt.Sprintf("sgd N=%d E=%d B=%d", x.N, x.E, x.B)
		c, err := displacement.difference(ctx, coin, gd, sgd)
		if err != nil {
			t.Fatal(err)
		}
		want := product(frac(T*(x.N-x.B), 4*x.N*x.B), coin.letters().slopeC)
		same(t, sgd+", SGD itself", c.Truth, want)
		same(t, sgd+", ours", c.Ours, want)
	}
	// One update of an epoch of two differs from one of GD by o(η²) only.
	partial, err := descent.Expand(descent.Problem{
		Dim: 1, Theta: []*big.Rat{coin.theta}, N: 2, T: 1, Cells: []descent.Cell{{Weight: frac(1, 1)}},
		Data: []descent.Datum{{Prob: frac(1, 2), Loss: lossOf(coin.losses[0])}, {Prob: frac(1, 2), Loss: lossOf(coin.losses[1])}},
	}, 2)
	if err != nil {
		t.Fatal(err)
	}
	gd, err := coin.sgd("gd N=2 T=1", 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "a partial epoch", partial.Displacement()[0][2], gd.Displacement()[0][2])
}

// GDC, which is GD on l + l_C with the loss l_C = η (N−B)/(4NB) tr C, is SGD through η². Let
// every loss be l_x + s tr C with a number s. As η comes with every gradient, the coefficient
// of η² in E[l(θ_T)] for s = cη is that for s = 0, and c times the slope in s of that of η.
func TestGDC(t *testing.T) {
	for _, x := range []struct{ N, E, B int64 }{{2, 1, 1}, {2, 3, 1}, {3, 2, 1}, {4, 1, 2}} {
		sgd, err := coin.sgd(fmt.Sprintf("sgd N=%d E=%d B=%d", x.N, x.E, x.B), 2)
		if err != nil {
			t.Fatal(err)
		}
		gd := fmt.Sprintf("gd N=%d T=%d", x.N, x.E*x.N/x.B)
		var s [2]descent.Series
		for i := range s {
			pushed := coin
			for k := range pushed.losses {
				pushed.losses[k] = coin.losses[k].add(coin.covariance().scale(frac(int64(i), 1)))
			}
			e, err := pushed.sgd(gd, 2)
			if err != nil {
				t.Fatal(err)
			}
			s[i] = e.Mean(lossOf(coin.loss()))
		}
		c := frac(x.N-x.B, 4*x.N*x.B)
		for k, got := range []*big.Rat{s[0][0], s[0][1], sum(s[0][2], product(c, minus(s[1][1], s[0][1])))} {
			same(t, fmt.Sprintf("%+v, GDC's coefficient of η^%d", x, k), got, sgd.TestLoss()[k])
		}
	}
}

// Cor. 4 as corrected: η₀² N (M−1)/(4M) (∇tr C + 2HG), and G times that in the test loss.
func TestCorollary4(t *testing.T) {
	for _, l := range []landscape{coin, coinAtRest, skewed} {
		s := l.letters()
		for N := int64(1); N <= 3; N++ {
			for M := int64(1); M <= 3; M++ {
				many := fmt.Sprintf("sgd N=%d E=%d rate=1/%d", N, M, M)
				want := product(frac(N*(M-1), 4*M), sum(s.slopeC, product(frac(2, 1), s.H, s.G)))
				for _, c := range []struct {
					m    measure
					want *big.Rat
				}{{displacement, want}, {testLoss, product(s.G, want)}} {
					x, err := c.m.difference(ctx, l, many, fmt.Sprintf("sgd N=%d", N))
					if err != nil {
						t.Fatal(err)
					}
					same(t, x.Setting+", SGD itself", x.Truth, c.want)
					same(t, x.Setting+", ours", x.Ours, c.want)
				}
			}
		}
	}
}

// Cor. 5 as corrected, with the flows by their generators: SGD less ODE is η² (T/2)(C − GG)·H,
// and SGD less SDE is −η² (T/2) GHG.
func TestCorollary5(t *testing.T) {
	for _, l := range []landscape{coin, coinAtRest, mean} {
		s := l.letters()
		for T := int64(1); T <= 4; T++ {
			sgd, err := l.sgd(fmt.Sprintf("sgd N=%d", T), 2)
			if err != nil {
				t.Fatal(err)
			}
			for noise, want := range map[bool]*big.Rat{
				false: product(frac(T, 2), minus(s.C, product(s.G, s.G)), s.H),
				true:  product(frac(-T, 2), s.G, s.H, s.G),
			} {
				flow := flowMean(l, noise, l.loss(), T, 2)
				same(t, fmt.Sprintf("%v, noise %v, T = %d, η²", l, noise, T), minus(sgd.TestLoss()[2], flow[2]), want)
				for k := range 2 {
					same(t, fmt.Sprintf("%v, noise %v, T = %d, η^%d", l, noise, T, k), flow[k], sgd.TestLoss()[k])
				}
			}
		}
	}
}

// On a quadratic with constant noise, dθ = −Hθ dt' + √(ηC) dW, means are known:
// E[θ²] = θ_0² e^{−2Hs} + ηC (1 − e^{−2Hs})/(2H) after the time s = ηT.
func TestFlowMean(t *testing.T) {
	const T, order = 3, 5
	decay := make(polynomial, order+1) // e^{−2HηT}
	s := mean.letters()
	term := frac(1, 1)
	for k := range decay {
		decay[k] = term
		term = product(term, frac(-2*T, int64(k)+1), s.H)
	}
	square := polynomial{new(big.Rat), new(big.Rat), frac(1, 1)}
	start := product(mean.theta, mean.theta)
	rise := polynomial{frac(1, 1)}.add(decay.scale(frac(-1, 1))).scale(product(frac(1, 2), s.C, inverse(s.H)))
	for k := range order + 1 {
		same(t, fmt.Sprintf("ODE, η^%d", k), flowMean(mean, false, square, T, order)[k], product(start, decay[k]))
		want := product(start, decay[k])
		if k > 0 {
			want = sum(want, rise[k-1])
		}
		same(t, fmt.Sprintf("SDE, η^%d", k), flowMean(mean, true, square, T, order)[k], want)
	}
}

func inverse(x *big.Rat) *big.Rat { return new(big.Rat).Inv(x) }

// Beyond order 2 and the rows, flows agree with the sum over diagrams as well.
func TestFlowsAreDiagrams(t *testing.T) {
	for dynamics, noise := range map[string]bool{"ode T=3": false, "sde T=3": true} {
		for _, l := range []landscape{coin, skewed} {
			want := flowMean(l, noise, l.loss(), 3, 4)
			for k := range 5 {
				got, err := l.diagrams(ctx, dynamics, value.TestLoss(), k)
				if err != nil {
					t.Fatal(err)
				}
				same(t, fmt.Sprintf("%v; %s, η^%d", l, dynamics, k), got, want[k])
			}
		}
	}
}
