package tensor

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"sync"

	"github.com/perturb-go/perturb/internal/rational"
	"github.com/perturb-go/perturb/mobius"
)

// A Finite is a Landscape with finitely many data. Datum x has probability Prob and the
// loss l_x = Loss, a polynomial in θ.
//
// In JSON it is
//
//	{
//	  "dim": 2,
//	  "theta": ["0", "1/2"],
//	  "data": [
//	    {"prob": "1/3", "loss": [{"coef": "-2/3", "exp": [1, 0]}, {"coef": "1", "exp": [0, 2]}]},
//	    {"prob": "2/3", "loss": [{"coef": "1/2", "exp": [2, 0]}]}
//	  ]
//	}
//
// whose first loss is −(2/3)θ_0 + θ_1². Numbers may be strings or JSON numbers: 0.1 is
// one tenth. No two terms of a loss may have the same exponents.
//
// The zero Finite is not a landscape: it has dimension 0. See NewFinite.
type Finite struct {
	theta []*big.Rat
	data  []Datum
}

// A Datum is a datum of a Finite landscape.
type Datum struct {
	Prob *big.Rat   // may be zero
	Loss Polynomial // in θ
}

var _ Landscape = (*Finite)(nil)

// NewFinite returns the landscape with the given data, at the point theta.
//
// The error names the field, such as data[1].prob. It wraps ErrShape if theta or data
// is empty or a loss has not len(theta) variables, ErrNumber if a number is nil,
// ErrProbability if a probability is negative or they do not sum to exactly 1, and
// ErrTooLarge above MaxData or MaxVariables.
func NewFinite(theta []*big.Rat, data []Datum) (*Finite, error) {
	theta, err := checkTheta(theta)
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, within("data", fmt.Errorf("no data: %w", ErrShape))
	}
	if len(data) > MaxData {
		return nil, within("data", fmt.Errorf("%d data, more than %d: %w", len(data), MaxData, ErrTooLarge))
	}
	f := &Finite{theta: theta}
	total := new(big.Rat)
	for i, d := range data {
		field := fmt.Sprintf("data[%d].prob", i)
		switch {
		case d.Prob == nil:
			return nil, within(field, fmt.Errorf("nil: %w", ErrNumber))
		case d.Prob.Sign() < 0:
			return nil, within(field, fmt.Errorf("%s is negative: %w", d.Prob.RatString(), ErrProbability))
		case d.Loss.dim != len(theta):
			return nil, within(fmt.Sprintf("data[%d].loss", i), fmt.Errorf("%d variables in dimension %d: %w", d.Loss.dim, len(theta), ErrShape))
		}
		total.Add(total, d.Prob)
		f.data = append(f.data, Datum{rational.Clone(d.Prob), d.Loss})
	}
	if total.Cmp(big.NewRat(1, 1)) != 0 {
		return nil, within("data", fmt.Errorf("the probabilities sum to %s, not 1: %w", brief(total), ErrProbability))
	}
	return f, nil
}

// brief returns q as text, or as a decimal if that is long.
func brief(q *big.Rat) string {
	if s := q.RatString(); len(s) <= 40 {
		return s
	}
	return q.FloatString(20)
}

func (*Finite) sealed() {}

// Dim returns the dimension of weight space.
func (f *Finite) Dim() int { return len(f.theta) }

// Theta returns a copy of the point.
func (f *Finite) Theta() []*big.Rat { return cloneAll(f.theta) }

// Data returns a copy of the data.
func (f *Finite) Data() []Datum {
	data := make([]Datum, len(f.data))
	for i, d := range f.data {
		data[i] = Datum{rational.Clone(d.Prob), d.Loss}
	}
	return data
}

// At returns the landscape at another point; see Landscape.
func (f *Finite) At(theta []*big.Rat) (Landscape, error) {
	theta, err := checkMove(f.Dim(), theta)
	if err != nil {
		return nil, err
	}
	return &Finite{theta, f.data}, nil
}

// Loss returns the mean loss Σ_x Prob · l_x.
func (f *Finite) Loss() (Polynomial, error) {
	sum := make(map[string]*big.Rat)
	for _, d := range f.data {
		for _, t := range d.Loss.terms {
			accumulate(sum, t.exp, new(big.Rat).Mul(d.Prob, t.coef))
		}
		if len(sum) > MaxTerms {
			return Polynomial{}, within("", checkTerms(f.Dim(), len(sum)))
		}
	}
	return Polynomial{f.Dim(), collect(sum)}, nil
}

// Statistics returns the exact moments of the derivatives at θ; see Landscape.
func (f *Finite) Statistics() Statistics[*big.Rat] {
	s := &finiteStatistics{dim: f.Dim(), kept: make(map[int][][]*big.Rat)}
	var all []term
	for _, d := range f.data {
		if d.Prob.Sign() > 0 {
			s.data = append(s.data, d)
			all = append(all, d.Loss.terms...)
		}
	}
	s.powers = newPowers(f.theta, all)
	return s
}

// finiteStatistics are the moments of a Finite landscape, as sums over its data.
type finiteStatistics struct {
	dim    int
	data   []Datum // of positive probability
	powers powers

	mu   sync.Mutex
	kept map[int][][]*big.Rat // the derivatives of every loss, by order
}

// maxKept bounds the derivatives of one order that are kept for further moments; above
// it they are computed again for each.
const maxKept = 1 << 20

func (s *finiteStatistics) Dim() int { return s.dim }

func (s *finiteStatistics) Moment(orders []int) (*Dense[*big.Rat], error) {
	return s.momentWithin(context.Background(), orders)
}

func (s *finiteStatistics) momentWithin(ctx context.Context, orders []int) (*Dense[*big.Rat], error) {
	form, err := newMomentForm(s.dim, orders)
	if err != nil {
		return nil, fmt.Errorf("tensor: moment of orders %v: %w", orders, err)
	}
	derivative := make(map[int]func(x int) []*big.Rat)
	for _, k := range orders {
		if derivative[k] == nil {
			derivative[k] = s.derivatives(k)
		}
	}
	ring := mobius.Rational{}
	mul := func(a, b *big.Rat) (*big.Rat, error) { return ring.Mul(a, b), nil }
	w := &watch{ctx: ctx}
	var sum []*big.Rat
	for x, d := range s.data {
		once := make(map[int][]*big.Rat)
		vectors := make([][]*big.Rat, len(orders))
		for g, k := range orders {
			if once[k] == nil {
				once[k] = derivative[k](x)
			}
			vectors[g] = once[k]
		}
		err := eachProduct(w, form, d.Prob, vectors, mul, func(n int, product *big.Rat) error {
			if x == 0 {
				sum = append(sum, product)
			} else {
				sum[n] = ring.Add(sum[n], product)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return spread(w, form, sum)
}

// derivatives returns the function from a datum to the derivatives of order k of its
// loss at increasing indices, in lexicographic order.
func (s *finiteStatistics) derivatives(k int) func(x int) []*big.Rat {
	offsets := classes(s.dim, k)
	compute := func(x int) []*big.Rat {
		at := s.data[x].Loss.derivatives(s.powers, k)
		values := make([]*big.Rat, len(offsets))
		zero := new(big.Rat)
		for c, offset := range offsets {
			if values[c] = at[offset]; values[c] == nil {
				values[c] = zero
			}
		}
		return values
	}
	if len(offsets)*len(s.data) > maxKept {
		return compute
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all, ok := s.kept[k]
	if !ok {
		for x := range s.data {
			all = append(all, compute(x))
		}
		s.kept[k] = all
	}
	return func(x int) []*big.Rat { return all[x] }
}

// Samples returns the derivatives at θ of orders 0, …, order in float64, weighted by
// the probabilities. Data of probability zero, or below the least float64, are left
// out. The error wraps ErrOrder if the order is negative, ErrTooLarge as for New, and
// ErrValue if a number is too large for float64.
func (f *Finite) Samples(order int) (*Samples, error) {
	if err := checkOrders(f.Dim(), []int{order}); err != nil {
		return nil, fmt.Errorf("tensor: samples: %w", err)
	}
	float := mobius.Float64{}
	var weights []float64
	var derivatives [][]*Dense[float64]
	for _, d := range f.data {
		weight := float.Rat(d.Prob)
		if weight == 0 { // or so small that it rounds to zero
			continue
		}
		var jet []*Dense[float64]
		for k := range order + 1 {
			t, err := d.Loss.Derivative(f.theta, k)
			if err != nil {
				return nil, err
			}
			jet = append(jet, Map(t, float.Rat))
		}
		weights = append(weights, weight)
		derivatives = append(derivatives, jet)
	}
	return NewSamples(weights, slices.Clip(derivatives))
}

// jsonFinite is a Finite as it is written.
type jsonFinite struct {
	Dim   int         `json:"dim"`
	Theta []string    `json:"theta"`
	Data  []jsonDatum `json:"data"`
}

type jsonDatum struct {
	Prob string     `json:"prob"`
	Loss []jsonTerm `json:"loss"`
}

// MarshalJSON returns the landscape in the form that ParseLandscape reads. The error
// wraps ErrNumber if a number has too many digits to be read again.
func (f *Finite) MarshalJSON() ([]byte, error) {
	e := encoder{}
	out := jsonFinite{Dim: f.Dim(), Theta: e.numbers("theta", f.theta)}
	for i, d := range f.data {
		out.Data = append(out.Data, jsonDatum{
			Prob: e.number(fmt.Sprintf("data[%d].prob", i), d.Prob),
			Loss: e.terms(fmt.Sprintf("data[%d].loss", i), d.Loss, f.Dim()),
		})
	}
	return e.marshal(out)
}

// UnmarshalJSON reads a finite landscape as ParseLandscape does. The error wraps
// ErrFormat if the file holds another kind.
func (f *Finite) UnmarshalJSON(data []byte) error {
	l, err := ParseLandscape(data)
	if err != nil {
		return err
	}
	read, ok := l.(*Finite)
	if !ok {
		return within("gaussian", fmt.Errorf("the landscape is not finite: %w", ErrFormat))
	}
	*f = *read
	return nil
}

// finite reads a finite landscape, whose theta is read already.
func (d *decoder) finite(theta []*big.Rat, wire wireLandscape) (*Finite, error) {
	items, err := list(wire.Data, MaxData)
	if err != nil {
		return nil, within("data", err)
	}
	data := make([]Datum, len(items))
	for i, item := range items {
		if data[i], err = d.datum(len(theta), item); err != nil {
			return nil, within(fmt.Sprintf("data[%d]", i), err)
		}
	}
	return NewFinite(theta, data)
}

// datum reads a datum of a finite landscape.
func (d *decoder) datum(dim int, raw json.RawMessage) (Datum, error) {
	var wire struct {
		Prob json.RawMessage `json:"prob"`
		Loss json.RawMessage `json:"loss"`
	}
	if err := object(raw, &wire); err != nil {
		return Datum{}, err
	}
	prob, err := d.number(wire.Prob)
	if err != nil {
		return Datum{}, within("prob", err)
	}
	loss, err := d.polynomial(wire.Loss, dim, 0)
	if err != nil {
		return Datum{}, within("loss", err)
	}
	return Datum{prob, loss}, nil
}
