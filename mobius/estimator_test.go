package mobius_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

// weighted is a finite joint distribution whose points have their own probabilities.
type weighted struct {
	probability []*big.Rat
	point       population // point[k][d] is factor d at point k
}

// newWeighted returns a lopsided distribution of some factors on some points.
func newWeighted(factors, points int) weighted {
	var w weighted
	total := int64(points * (points + 1) / 2)
	for k := range int64(points) {
		w.probability = append(w.probability, big.NewRat(k+1, total))
		var point []*big.Rat
		for d := range int64(factors) {
			point = append(point, big.NewRat((3*k*k+5*k*d+7*d+2)%11-4, 1+(k+d)%3))
		}
		w.point = append(w.point, point)
	}
	return w
}

// moment returns the expectation of a product of factors.
func (w weighted) moment(factors []int) *big.Rat {
	sum := new(big.Rat)
	for k, probability := range w.probability {
		product := new(big.Rat).Set(probability)
		for _, d := range factors {
			product.Mul(product, w.point[k][d])
		}
		sum.Add(sum, product)
	}
	return sum
}

// product returns the product of f over the parts of mu.
func product(mu mobius.Partition, f func(part []int) *big.Rat) *big.Rat {
	result := big.NewRat(1, 1)
	for _, part := range mu.Parts() {
		result.Mul(result, f(part))
	}
	return result
}

// expect returns the expectation, over all lists of independent samples of w, of the
// function whose values at every partition estimate gives.
func (w weighted) expect(samples int, estimate func(x [][]*big.Rat) mobius.Function[*big.Rat]) map[mobius.Partition]*big.Rat {
	sums := map[mobius.Partition]*big.Rat{}
	x := make([][]*big.Rat, len(w.point[0]))
	for d := range x {
		x[d] = make([]*big.Rat, samples)
	}
	var draw func(j int, probability *big.Rat)
	draw = func(j int, probability *big.Rat) {
		if j == samples {
			for mu, value := range estimate(x).All() {
				if sums[mu] == nil {
					sums[mu] = new(big.Rat)
				}
				sums[mu].Add(sums[mu], new(big.Rat).Mul(probability, value))
			}
			return
		}
		for k := range w.point {
			for d := range x {
				x[d][j] = w.point[k][d]
			}
			draw(j+1, new(big.Rat).Mul(probability, w.probability[k]))
		}
	}
	draw(0, big.NewRat(1, 1))
	return sums
}

// The expectations of the estimates, over all samples there are, are the correlators and
// the cumulants of the distribution: exactly, and for every partition.
func TestUnbiased(t *testing.T) {
	for _, test := range []struct{ points, factors, samples int }{
		{2, 3, 2},
		{3, 2, 3},
		{2, 3, 3},
		{2, 2, 4},
		{2, 4, 1},
		{4, 3, 1},
		{2, 4, 2},
		{3, 1, 3},
		{3, 0, 2},
	} {
		w := newWeighted(test.factors, test.points)
		estimators := map[string]struct {
			estimate func(mobius.Ring[*big.Rat], int, int, func(mobius.Partition) *big.Rat) (mobius.Function[*big.Rat], error)
			truth    func(part []int) *big.Rat
		}{
			"Correlators": {mobius.Correlators[*big.Rat], w.moment},
			"CumulantProducts": {mobius.CumulantProducts[*big.Rat], func(part []int) *big.Rat {
				return must(mobius.Cumulant(mobius.Rational{}, part, w.moment))
			}},
		}
		for name, e := range estimators {
			got := w.expect(test.factors*test.samples, func(x [][]*big.Rat) mobius.Function[*big.Rat] {
				statistic := must(mobius.BatchStatistic(mobius.Rational{}, test.samples, x))
				return must(e.estimate(mobius.Rational{}, test.factors, test.samples, statistic))
			})
			for mu := range mobius.Partitions(test.factors) {
				what := fmt.Sprintf("%+v: expectation of %s at %v", test, name, mu)
				wantRat(t, what, got[mu], product(mu, e.truth))
			}
		}
	}
}

// P (7), with the product over the parts of mu: the expectations of S^D {x}_mu.
func TestEquation7(t *testing.T) {
	const points, factors, samples = 2, 3, 3
	w := newWeighted(factors, points)
	got := w.expect(factors*samples, func(x [][]*big.Rat) mobius.Function[*big.Rat] {
		return must(mobius.NewFunction(factors, must(mobius.BatchStatistic(mobius.Rational{}, samples, x))))
	})
	biased := 0
	for mu := range mobius.Partitions(factors) {
		want := new(big.Rat)
		for tau := range mobius.Interval(must(mobius.Finest(factors)), mu) {
			weight := new(big.Int).SetInt64(1)
			for _, k := range partsWithin(tau, mu) {
				weight.Mul(weight, new(big.Int).MulRange(int64(samples-k+1), samples)) // S!/(S−k)!
			}
			term := new(big.Rat).SetInt(weight)
			want.Add(want, term.Mul(term, product(tau, w.moment)))
		}
		scale := new(big.Rat).SetInt64(samples * samples * samples)
		wantRat(t, "expectation at "+mu.String(), scale.Mul(scale, got[mu]), want)
		if got[mu].Cmp(product(mu, w.moment)) != 0 {
			biased++
		}
	}
	if biased != 4 {
		t.Errorf("%d of the statistics are biased, want all but that of the finest partition", biased)
	}
}

// partsWithin returns the number of parts of tau inside each part of mu.
func partsWithin(tau, mu mobius.Partition) []int {
	counts := make([]int, mu.NumParts())
	for _, part := range tau.Parts() {
		counts[mu.PartOf(part[0])]++
	}
	return counts
}

// recursion returns the coefficients of the estimator for mu by the recursion of P, section C.6.
func recursion(mu mobius.Partition, samples int64) map[mobius.Partition]*big.Int {
	power := new(big.Int).Exp(big.NewInt(samples), big.NewInt(int64(mu.Len()-mu.NumParts())), nil)
	sum := map[mobius.Partition]*big.Int{mu: power}
	for tau := range mobius.Interval(must(mobius.Finest(mu.Len())), mu) {
		if tau == mu {
			continue
		}
		weight := big.NewInt(-1)
		for _, k := range partsWithin(tau, mu) {
			for j := int64(1); j < int64(k); j++ {
				weight.Mul(weight, big.NewInt(samples-j)) // (S−1)!/(S−k)!, zero if k > S
			}
		}
		for sigma, c := range recursion(tau, samples) {
			if sum[sigma] == nil {
				sum[sigma] = new(big.Int)
			}
			sum[sigma].Add(sum[sigma], new(big.Int).Mul(weight, c))
		}
	}
	return sum
}

func TestEstimatorRecursion(t *testing.T) {
	for n := range 6 {
		for mu := range mobius.Partitions(n) {
			for _, samples := range []int64{1, 2, 3, 10} {
				want := recursion(mu, samples)
				terms := must(mobius.Estimator(mu, int(samples)))
				for _, term := range terms {
					if term.Coefficient.Sign() == 0 || want[term.Statistic].Cmp(term.Coefficient) != 0 {
						t.Errorf("S = %d, μ = %v: coefficient of %v is %v, want %v",
							samples, mu, term.Statistic, term.Coefficient, want[term.Statistic])
					}
					delete(want, term.Statistic)
				}
				for tau, c := range want {
					if c.Sign() != 0 {
						t.Errorf("S = %d, μ = %v: coefficient of %v is missing, want %v", samples, mu, tau, c)
					}
				}
				if !slices.IsSortedFunc(terms, func(a, b mobius.Term) int {
					return mobius.Compare(a.Statistic, b.Statistic)
				}) {
					t.Errorf("S = %d, μ = %v: terms out of order: %v", samples, mu, terms)
				}
			}
		}
	}
}

// The functions and the formulas have the same coefficients.
func TestEstimatorsAgree(t *testing.T) {
	type function = func(mobius.Ring[*big.Rat], int, int, func(mobius.Partition) *big.Rat) (mobius.Function[*big.Rat], error)
	type formula = func(mobius.Partition, int) ([]mobius.Term, error)
	rapid.Check(t, func(t *rapid.T) {
		n, samples := rapid.IntRange(0, 5).Draw(t, "n"), rapid.IntRange(1, 5).Draw(t, "samples")
		statistics := rapid.SliceOfN(rational(), len(all(n)), len(all(n))).Draw(t, "statistics")
		statistic := func(mu mobius.Partition) *big.Rat { return statistics[mu.Rank().Int64()] }
		for name, pair := range map[string]struct {
			function function
			formula  formula
		}{
			"correlator": {mobius.Correlators[*big.Rat], mobius.Estimator},
			"cumulant":   {mobius.CumulantProducts[*big.Rat], mobius.CumulantEstimator},
		} {
			for mu, got := range must(pair.function(mobius.Rational{}, n, samples, statistic)).All() {
				want := new(big.Rat)
				for _, term := range must(pair.formula(mu, samples)) {
					c := new(big.Rat).SetInt(term.Coefficient)
					want.Add(want, c.Mul(c, statistic(term.Statistic)))
				}
				wantRat(t, fmt.Sprintf("%s at %v", name, mu), got, want)
			}
		}
	})
}

func TestPrintedEstimators(t *testing.T) {
	for _, test := range []struct {
		name    string
		formula func(mobius.Partition, int) ([]mobius.Term, error)
		mu      string
		want    func(s int64) string
	}{
		{"P (6)", mobius.Estimator, "01", func(s int64) string {
			return fmt.Sprintf("[{%d 01} {%d 0-1}]", s, 1-s)
		}},
		// The example of complete symmetry in P, section C.6, with its sign corrected:
		// ⟨x⟩_012 = S² {x}_012 − (S−1)!/(S−3)! {x}_0-1-2 − 3 (S−1)!/(S−2)! ⟨x⟩_01-2,
		// where ⟨x⟩_01-2 = S {x}_01-2 − (S−1) {x}_0-1-2 stands for three partitions.
		{"complete symmetry", mobius.Estimator, "012", func(s int64) string {
			pair := -(s - 1) * s
			apart := -(s-1)*(s-2) + 3*(s-1)*(s-1)
			return fmt.Sprintf("[{%d 012} {%d 01-2} {%d 02-1} {%d 0-12} {%d 0-1-2}]", s*s, pair, pair, pair, apart)
		}},
		{"covariance", mobius.CumulantEstimator, "01", func(s int64) string {
			return fmt.Sprintf("[{%d 01} {%d 0-1}]", s, -s)
		}},
		{"third cumulant", mobius.CumulantEstimator, "012", func(s int64) string {
			s *= s
			return fmt.Sprintf("[{%d 012} {%d 01-2} {%d 02-1} {%d 0-12} {%d 0-1-2}]", s, -s, -s, -s, 2*s)
		}},
		{"nothing", mobius.Estimator, "", func(s int64) string { return "[{1 }]" }},
	} {
		for s := int64(2); s < 6; s++ {
			got := fmt.Sprint(must(test.formula(parse(test.mu), int(s))))
			if want := test.want(s); got != want {
				t.Errorf("%s, S = %d: got %s, want %s", test.name, s, got, want)
			}
		}
	}
	// With one sample there is only the statistic itself.
	if got := fmt.Sprint(must(mobius.Estimator(parse("012-3"), 1))); got != "[{1 012-3}]" {
		t.Errorf("S = 1: got %s", got)
	}
}

func TestEstimatorErrors(t *testing.T) {
	never := func(mu mobius.Partition) *big.Rat { t.Fatalf("called with %v", mu); return nil }
	r := mobius.Rational{}
	row := func(n int) []*big.Rat { return slices.Repeat([]*big.Rat{new(big.Rat)}, n) }
	coarsest := must(mobius.Coarsest(mobius.MaxFunction + 1))
	for name, test := range map[string]struct {
		call func() error
		want error
	}{
		"Correlators, no samples":      {func() error { _, err := mobius.Correlators(r, 2, 0, never); return err }, mobius.ErrSamples},
		"Correlators, n = −1":          {func() error { _, err := mobius.Correlators(r, -1, 1, never); return err }, mobius.ErrLength},
		"Correlators, n too large":     {func() error { _, err := mobius.Correlators(r, 13, 1, never); return err }, mobius.ErrTooLarge},
		"CumulantProducts, no samples": {func() error { _, err := mobius.CumulantProducts(r, 2, -1, never); return err }, mobius.ErrSamples},
		"Estimator, no samples":        {func() error { _, err := mobius.Estimator(parse("01"), 0); return err }, mobius.ErrSamples},
		"Estimator, large part":        {func() error { _, err := mobius.Estimator(coarsest, 2); return err }, mobius.ErrTooLarge},
		"Estimator, large parts": {func() error {
			_, err := mobius.Estimator(parse("0123456789-abcdefghij"), 2)
			return err
		}, mobius.ErrTooLarge},
		"CumulantEstimator, no samples": {func() error { _, err := mobius.CumulantEstimator(parse("01"), -5); return err }, mobius.ErrSamples},
		"BatchStatistic, no samples":    {func() error { _, err := mobius.BatchStatistic(r, 0, nil); return err }, mobius.ErrSamples},
		"BatchStatistic, ragged": {func() error {
			_, err := mobius.BatchStatistic(r, 2, [][]*big.Rat{row(4), row(5)})
			return err
		}, mobius.ErrLength},
		"BatchStatistic, one batch only": {func() error {
			_, err := mobius.BatchStatistic(r, 2, [][]*big.Rat{row(2), row(2)})
			return err
		}, mobius.ErrLength},
		"BatchStatistic, too many factors": {func() error {
			_, err := mobius.BatchStatistic(r, 1, slices.Repeat([][]*big.Rat{row(65)}, 65))
			return err
		}, mobius.ErrTooLarge},
	} {
		if err := test.call(); !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", name, err, test.want)
		}
	}
}

func TestBatchStatisticPanics(t *testing.T) {
	statistic := must(mobius.BatchStatistic(mobius.Float64{}, 1, [][]float64{{1, 2}, {3, 4}}))
	if got := statistic(parse("01")); got != 1*3 {
		t.Errorf("at 01: got %v, want 3", got)
	}
	if got := statistic(parse("0-1")); got != 1*4 {
		t.Errorf("at 0-1: got %v, want 4", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("at 0: no panic")
		}
	}()
	statistic(parse("0"))
}
