package tensor

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"sync"

	"github.com/perturb-go/perturb/mobius"
)

// MaxCoordinates bounds the coordinates of a Gaussian datum.
const MaxCoordinates = 64

// A Gaussian is a Landscape whose datum x ∈ R^q is normal, with exact mean and
// covariance, and whose loss l_x(θ) is a polynomial in θ and x.
//
// In JSON it is
//
//	{
//	  "dim": 1,
//	  "theta": ["1"],
//	  "gaussian": {"mean": ["0", "0"], "covariance": [["1", "1/2"], ["1/2", "1"]]},
//	  "loss": [
//	    {"coef": "1/2", "exp": [2], "data": [0, 0]},
//	    {"coef": "-1", "exp": [1], "data": [1, 1]}
//	  ]
//	}
//
// whose loss is θ²/2 − θ x_0 x_1: exp has the exponents of θ, and data those of x.
// Otherwise it is as for a Finite.
//
// The zero Gaussian is not a landscape: it has dimension 0. See NewGaussian.
type Gaussian struct {
	theta      []*big.Rat
	mean       []*big.Rat
	covariance [][]*big.Rat
	loss       Polynomial // in θ, then x
}

var _ Landscape = (*Gaussian)(nil)

// NewGaussian returns the landscape with x of the given mean and covariance, at the
// point theta. The loss has len(theta) + len(mean) variables: those of θ, then of x.
//
// The error names the argument. It wraps ErrShape if theta or mean is empty or lengths
// do not fit, ErrNumber if a number is nil, ErrCovariance unless the covariance is
// symmetric and positive semidefinite, and ErrTooLarge above MaxCoordinates or
// MaxVariables, or if q coordinates are correlated, directly or through others, and
// their covariances have a common denominator or numerators of more than 65536/q bits.
func NewGaussian(theta, mean []*big.Rat, covariance [][]*big.Rat, loss Polynomial) (*Gaussian, error) {
	theta, err := checkTheta(theta)
	if err != nil {
		return nil, err
	}
	g := &Gaussian{theta: theta, loss: loss}
	if g.mean, g.covariance, err = checkNormal(mean, covariance); err != nil {
		return nil, err
	}
	if want := len(theta) + len(mean); loss.dim != want {
		return nil, within("loss", fmt.Errorf("%d variables, where theta and x have %d: %w", loss.dim, want, ErrShape))
	}
	return g, nil
}

// checkNormal returns copies of the mean and the covariance of a normal distribution.
func checkNormal(mean []*big.Rat, covariance [][]*big.Rat) ([]*big.Rat, [][]*big.Rat, error) {
	q := len(mean)
	switch {
	case q == 0:
		return nil, nil, within("mean", fmt.Errorf("no coordinates: %w", ErrShape))
	case q > MaxCoordinates:
		return nil, nil, within("mean", fmt.Errorf("%d coordinates, more than %d: %w", q, MaxCoordinates, ErrTooLarge))
	case len(covariance) != q:
		return nil, nil, within("covariance", fmt.Errorf("%d rows for %d coordinates: %w", len(covariance), q, ErrShape))
	}
	if err := checkPoint(q, mean); err != nil {
		return nil, nil, within("mean", err)
	}
	rows := make([][]*big.Rat, q)
	for i, row := range covariance {
		if err := checkPoint(q, row); err != nil {
			return nil, nil, within(fmt.Sprintf("covariance[%d]", i), err)
		}
		rows[i] = cloneAll(row)
		for j := range i {
			if row[j].Cmp(rows[j][i]) != 0 {
				return nil, nil, within(fmt.Sprintf("covariance[%d][%d]", i, j), fmt.Errorf("not equal to [%d][%d]: %w", j, i, ErrCovariance))
			}
		}
	}
	if err := checkPositive(rows); err != nil {
		return nil, nil, within("covariance", err)
	}
	return cloneAll(mean), rows, nil
}

func (*Gaussian) sealed() {}

// Dim returns the dimension of weight space.
func (g *Gaussian) Dim() int { return len(g.theta) }

// Theta returns a copy of the point.
func (g *Gaussian) Theta() []*big.Rat { return cloneAll(g.theta) }

// Mean returns a copy of the mean of x.
func (g *Gaussian) Mean() []*big.Rat { return cloneAll(g.mean) }

// Covariance returns a copy of the covariance of x.
func (g *Gaussian) Covariance() [][]*big.Rat {
	rows := make([][]*big.Rat, len(g.covariance))
	for i, row := range g.covariance {
		rows[i] = cloneAll(row)
	}
	return rows
}

// DatumLoss returns the loss l_x(θ) as a polynomial in θ, then x.
func (g *Gaussian) DatumLoss() Polynomial { return g.loss }

// At returns the landscape at another point; see Landscape.
func (g *Gaussian) At(theta []*big.Rat) (Landscape, error) {
	theta, err := checkMove(g.Dim(), theta)
	if err != nil {
		return nil, err
	}
	return &Gaussian{theta, g.mean, g.covariance, g.loss}, nil
}

// Loss returns the mean loss E_x l_x; see Landscape. The error wraps ErrTooLarge too
// if a moment of x is out of reach; see Statistics.
func (g *Gaussian) Loss() (Polynomial, error) {
	normal := newNormal(g.mean, g.covariance)
	sum := make(map[string]*big.Rat)
	for _, t := range g.loss.terms {
		mean, err := normal.moment(t.exp[g.Dim():])
		if err != nil {
			return Polynomial{}, within("loss", err)
		}
		accumulate(sum, t.exp[:g.Dim()], new(big.Rat).Mul(t.coef, mean))
	}
	return Polynomial{g.Dim(), collect(sum)}, nil
}

// Statistics returns the exact moments of the derivatives at θ; see Landscape.
//
// A moment is an error that wraps ErrTooLarge if it needs moments of x of a degree
// above 255; or moments E[x^a] for which Π_j (a_j+1) > 2^16, over coordinates that are
// correlated, directly or through others; or products of polynomials in x beyond the
// limits of Polynomial.Mul.
func (g *Gaussian) Statistics() Statistics[*big.Rat] {
	s := &gaussianStatistics{
		dim:    g.Dim(),
		loss:   g.loss,
		powers: newPowers(g.theta, g.loss.terms),
		normal: newNormal(g.mean, g.covariance),
		unit:   []term{{string(make([]byte, len(g.mean))), big.NewRat(1, 1)}},
		kept:   make(map[int][][]term),
	}
	for _, t := range g.loss.terms {
		s.degree = max(s.degree, degree(t.exp[s.dim:]))
	}
	return s
}

// gaussianStatistics are the moments of a Gaussian landscape: the expectations of
// products of derivatives, which are polynomials in x.
type gaussianStatistics struct {
	dim    int
	loss   Polynomial
	powers powers
	normal *normal
	unit   []term // the polynomial 1 in x
	degree int    // of the loss in x

	mu   sync.Mutex
	kept map[int][][]term // the derivatives, by order, at increasing indices
}

func (s *gaussianStatistics) Dim() int { return s.dim }

func (s *gaussianStatistics) Moment(orders []int) (*Dense[*big.Rat], error) {
	return s.momentWithin(context.Background(), orders)
}

func (s *gaussianStatistics) momentWithin(ctx context.Context, orders []int) (*Dense[*big.Rat], error) {
	t, err := s.moment(&watch{ctx: ctx}, orders)
	if err != nil {
		return nil, fmt.Errorf("tensor: moment of orders %v: %w", orders, err)
	}
	return t, nil
}

func (s *gaussianStatistics) moment(w *watch, orders []int) (*Dense[*big.Rat], error) {
	form, err := newMomentForm(s.dim, orders)
	if err != nil {
		return nil, err
	}
	// Exponents are bytes.
	if d := s.degree * len(orders); d > 255 {
		return nil, fmt.Errorf("a moment of x of degree %d, above 255: %w", d, ErrTooLarge)
	}
	vectors := make([][][]term, len(orders))
	for i, k := range orders {
		vectors[i] = s.derivatives(k)
	}
	ring := mobius.Rational{}
	var elements []*big.Rat
	err = eachProduct(w, form, s.unit, vectors, mulTerms, func(_ int, product []term) error {
		sum := new(big.Rat)
		for _, t := range product {
			if err := w.spend(1); err != nil {
				return err
			}
			mean, err := s.normal.moment(t.exp)
			if err != nil {
				return err
			}
			sum = ring.Add(sum, ring.Mul(t.coef, mean))
		}
		elements = append(elements, sum)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return spread(w, form, elements)
}

// derivatives returns the derivatives of order k in θ at increasing indices, in
// lexicographic order, as polynomials in x.
func (s *gaussianStatistics) derivatives(k int) [][]term {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.kept[k]; ok {
		return d
	}
	at := make(map[int]map[string]*big.Rat) // by offset
	for _, t := range s.loss.terms {
		s.powers.differentiate(t, k, func(offset int, value *big.Rat) {
			if at[offset] == nil {
				at[offset] = make(map[string]*big.Rat)
			}
			accumulate(at[offset], t.exp[s.dim:], value)
		})
	}
	var d [][]term
	for _, offset := range classes(s.dim, k) {
		d = append(d, collect(at[offset]))
	}
	s.kept[k] = d
	return d
}

// jsonGaussian is a Gaussian as it is written.
type jsonGaussian struct {
	Dim      int        `json:"dim"`
	Theta    []string   `json:"theta"`
	Gaussian jsonNormal `json:"gaussian"`
	Loss     []jsonTerm `json:"loss"`
}

type jsonNormal struct {
	Mean       []string   `json:"mean"`
	Covariance [][]string `json:"covariance"`
}

// MarshalJSON returns the landscape in the form that ParseLandscape reads. The error
// wraps ErrNumber if a number has too many digits to be read again.
func (g *Gaussian) MarshalJSON() ([]byte, error) {
	e := encoder{}
	out := jsonGaussian{
		Dim:      g.Dim(),
		Theta:    e.numbers("theta", g.theta),
		Gaussian: jsonNormal{Mean: e.numbers("gaussian.mean", g.mean)},
		Loss:     e.terms("loss", g.loss, g.Dim()),
	}
	for i, row := range g.covariance {
		out.Gaussian.Covariance = append(out.Gaussian.Covariance, e.numbers(fmt.Sprintf("gaussian.covariance[%d]", i), row))
	}
	return e.marshal(out)
}

// UnmarshalJSON reads a Gaussian landscape as ParseLandscape does. The error wraps
// ErrFormat if the file holds another kind.
func (g *Gaussian) UnmarshalJSON(data []byte) error {
	l, err := ParseLandscape(data)
	if err != nil {
		return err
	}
	read, ok := l.(*Gaussian)
	if !ok {
		return within("gaussian", fmt.Errorf("the landscape is finite: %w", ErrFormat))
	}
	*g = *read
	return nil
}

// gaussian reads a Gaussian landscape, whose theta is read already.
func (d *decoder) gaussian(theta []*big.Rat, wire wireLandscape) (*Gaussian, error) {
	var inner struct {
		Mean       json.RawMessage `json:"mean"`
		Covariance json.RawMessage `json:"covariance"`
	}
	if err := object(wire.Gaussian, &inner); err != nil {
		return nil, within("gaussian", err)
	}
	mean, err := d.numbers(inner.Mean, MaxCoordinates)
	if err != nil {
		return nil, within("gaussian.mean", err)
	}
	items, err := list(inner.Covariance, MaxCoordinates)
	if err != nil {
		return nil, within("gaussian.covariance", err)
	}
	rows := make([][]*big.Rat, len(items))
	for i, item := range items {
		if rows[i], err = d.numbers(item, MaxCoordinates); err != nil {
			return nil, within(fmt.Sprintf("gaussian.covariance[%d]", i), err)
		}
	}
	// Before the loss, whose terms must fit the mean.
	if _, _, err := checkNormal(mean, rows); err != nil {
		return nil, within("gaussian", err)
	}
	loss, err := d.polynomial(wire.Loss, len(theta), len(mean))
	if err != nil {
		return nil, within("loss", err)
	}
	return &Gaussian{theta, mean, rows, loss}, nil
}
