package expr

import (
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/perturb-go/perturb/value/divdiff"
)

// numbers is the arithmetic of one kind of number.
type numbers[T any] interface {
	rat(q *big.Rat) T
	add(a, b T) T
	mul(a, b T) T
	isZero(a T) bool
	pow(a T, n int) (T, error)
	power(a, n T) (T, error)  // a^n
	power1(d, n T) (T, error) // (1−d)^n
	join(d []T) T             // 1 − Π (1−d_i)
	exp(a T) (T, error)
	dd(n T, deltas []T) (T, error)
	ddexp(t T, points []T) (T, error)
}

// doubles is floating point.
type doubles struct{}

func (doubles) rat(q *big.Rat) float64 {
	x, _ := q.Float64()
	return x
}
func (doubles) add(a, b float64) float64              { return a + b }
func (doubles) mul(a, b float64) float64              { return a * b }
func (doubles) isZero(a float64) bool                 { return a == 0 }
func (doubles) exp(a float64) (float64, error)        { return math.Exp(a), nil }
func (doubles) power(a, n float64) (float64, error)   { return math.Pow(a, n), nil }
func (doubles) power1(d, n float64) (float64, error)  { return pow1(d, n), nil }
func (doubles) join(d []float64) float64              { return join(d...) }
func (doubles) pow(a float64, n int) (float64, error) { return math.Pow(a, float64(n)), nil }

func (doubles) dd(n float64, deltas []float64) (float64, error) {
	if n < 0 || n != math.Floor(n) || n > 1<<53 {
		return 0, fmt.Errorf("%w: %v", ErrExponent, n)
	}
	if x, err := divdiff.Power(int64(n), deltas...); err == nil {
		return x, nil
	}
	return dd(n, deltas...), nil // overflows, or near that
}

func (doubles) ddexp(t float64, points []float64) (float64, error) {
	// [a_0, …, a_k] e^{−ux} = (−1)^k [−a_0, …, −a_k] e^{ux}.
	rates, sign := make([]float64, len(points)), 1.0
	for i, a := range points {
		if rates[i] = -a; t < 0 {
			rates[i] = a
		}
	}
	if t < 0 && len(points)%2 == 0 {
		sign = -1
	}
	if x, err := divdiff.Exp(math.Abs(t), rates...); err == nil {
		return sign * x, nil
	}
	return ddexp(t, points...), nil // overflows, or near that
}

// rationals is exact.
type rationals struct{}

func (rationals) rat(q *big.Rat) *big.Rat    { return q }
func (rationals) add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func (rationals) mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func (rationals) isZero(a *big.Rat) bool     { return a.Sign() == 0 }

func (r rationals) join(d []*big.Rat) *big.Rat {
	total := new(big.Rat)
	for _, x := range d { // 1 − (1−a)(1−b) = a + b·(1−a)
		total = r.add(total, r.mul(x, new(big.Rat).Sub(one, total)))
	}
	return total
}

// maxExact bounds the bits of exact values: beyond, arithmetic takes minutes.
const maxExact = 1 << 18

func (rationals) pow(a *big.Rat, n int) (*big.Rat, error) {
	size := int64(n)
	if n < 0 {
		size = -size
	}
	if int64(max(a.Num().BitLen(), a.Denom().BitLen())-1)*size > maxExact {
		return nil, fmt.Errorf("%w: power %d of %.40s", ErrLimit, n, a.RatString())
	}
	if n < 0 {
		a = new(big.Rat).Inv(a)
	}
	e := big.NewInt(size)
	return new(big.Rat).SetFrac(new(big.Int).Exp(a.Num(), e, nil), new(big.Int).Exp(a.Denom(), e, nil)), nil
}

func (r rationals) power(a, n *big.Rat) (*big.Rat, error) {
	k, err := steps(n)
	if err != nil {
		return nil, err
	}
	if k < 0 && a.Sign() == 0 {
		return nil, ErrDivision
	}
	return r.pow(a, k)
}

func (r rationals) power1(d, n *big.Rat) (*big.Rat, error) {
	return r.power(new(big.Rat).Sub(one, d), n)
}

// steps returns the value of an exponent.
func steps(n *big.Rat) (int, error) {
	if !n.IsInt() {
		return 0, fmt.Errorf("%w: %.40s", ErrExponent, n.RatString())
	}
	if n.Num().BitLen() > 31 {
		return 0, fmt.Errorf("%w: exponent %.40s", ErrLimit, n.RatString())
	}
	return int(n.Num().Int64()), nil
}

func (rationals) exp(a *big.Rat) (*big.Rat, error) {
	if a.Sign() != 0 {
		return nil, fmt.Errorf("%w: exp(%.40s)", ErrInexact, a.RatString())
	}
	return one, nil
}

func (rationals) ddexp(t *big.Rat, points []*big.Rat) (*big.Rat, error) {
	if t.Sign() != 0 {
		return nil, fmt.Errorf("%w: a divided difference of exp(%.40s x)", ErrInexact, t.RatString())
	}
	if len(points) > 1 {
		return new(big.Rat), nil
	}
	return one, nil
}

func (rationals) dd(n *big.Rat, deltas []*big.Rat) (*big.Rat, error) {
	T, err := steps(n)
	if err == nil && T < 0 {
		err = fmt.Errorf("%w: %d", ErrExponent, T)
	}
	if err != nil {
		return nil, err
	}
	points := make([]*big.Rat, len(deltas))
	for i, d := range deltas {
		points[i] = new(big.Rat).Sub(one, d)
	}
	q, err := divdiff.PowerRat(int64(T), points)
	if errors.Is(err, divdiff.ErrTooLarge) {
		err = fmt.Errorf("%w: %w", ErrLimit, err)
	}
	return q, err
}
