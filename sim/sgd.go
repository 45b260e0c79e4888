package sim

import (
	"crypto/sha256"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/embed"
)

// SGD is stochastic gradient descent on a grid: N, E and B, weights, schedules and orders
// of the rows are all the grid's. So is GD, the grid of every cell.
type SGD struct {
	Grid embed.Grid
}

// String writes a regular grid as embed.Parse reads it, and any other as its hash.
func (o SGD) String() string {
	epochs, batch, weight, ok := o.Grid.Regular()
	if !ok {
		if o.Grid.Columns() == 0 {
			return fmt.Sprintf("gd N=%d T=0", o.Grid.Rows())
		}
		return fmt.Sprintf("grid %x", gridHash(o.Grid))
	}
	text := fmt.Sprintf("sgd N=%d E=%d B=%d", o.Grid.Rows(), epochs, batch)
	if batch == o.Grid.Rows() {
		text = fmt.Sprintf("gd N=%d T=%d", o.Grid.Rows(), epochs)
	}
	return text + rateText(timesBatch(weight, batch))
}

// timesBatch returns the rate of a regular grid whose cells have the given weight.
func timesBatch(weight *big.Rat, batch int64) *big.Rat {
	return new(big.Rat).Mul(weight, big.NewRat(batch, 1))
}

// gridHash returns a hash of all cells.
func gridHash(g embed.Grid) [32]byte {
	h := sha256.New()
	fmt.Fprintln(h, g.Rows(), g.Columns())
	for c := range g.Cells() {
		fmt.Fprintln(h, c.N, c.T, c.Weight.RatString())
	}
	return [32]byte(h.Sum(nil))
}

func rateText(rate *big.Rat) string {
	if rate.Cmp(big.NewRat(1, 1)) == 0 {
		return ""
	}
	return " rate=" + rate.RatString()
}

// Steps returns T, the number of columns.
func (o SGD) Steps() int64 { return o.Grid.Columns() }

// Rows returns N.
func (o SGD) Rows() int64 { return o.Grid.Rows() }

// Dynamics returns a counter of the grid.
func (o SGD) Dynamics() embed.Dynamics { return embed.NewCounter(o.Grid) }

// Until returns SGD on the first t columns of the grid. The rows stay, idle or not.
func (o SGD) Until(t int64) (Optimizer, error) {
	if err := checkSteps(o, t); err != nil {
		return nil, err
	}
	n := o.Grid.Rows()
	if _, batch, weight, ok := o.Grid.Regular(); ok && t > 0 && t*batch%n == 0 {
		whole, err := embed.SGD(n, t*batch/n, batch)
		if err != nil {
			return nil, fmt.Errorf("sim: %w", err)
		}
		return SGD{whole.Scale(timesBatch(weight, batch))}, nil
	}
	var cells []embed.Cell
	for c := range o.Grid.Cells() {
		if c.T >= t {
			break
		}
		if len(cells) == embed.MaxCells {
			return nil, fmt.Errorf("sim: %v until %d: %w", o, t, ErrTooLarge)
		}
		cells = append(cells, c)
	}
	first, err := embed.New(n, t, cells)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	return SGD{first}, nil
}

func (o SGD) valid() error { return nil }

func (o SGD) regular() bool {
	_, _, _, ok := o.Grid.Regular()
	return ok
}

func (o SGD) cost() int64 {
	if _, batch, _, ok := o.Grid.Regular(); ok {
		return batch
	}
	return o.Grid.Rows()
}

func (o SGD) stepper(l Landscape, eta float64) stepper {
	s := &sgdStepper{l: l, eta: eta, columns: newColumns(o.Grid)}
	s.grad, s.scratch = make([]float64, l.Dim()), make([]float64, l.Dim())
	return s
}

type sgdStepper struct {
	l             Landscape
	eta           float64
	columns       *columns
	order         []int // of the rows; nil if they are in theirs
	data          []float64
	grad, scratch []float64
}

func (s *sgdStepper) begin(d draws) { s.data = d.points }

func (s *sgdStepper) step(theta []float64, t int64, w witness) {
	s.columns.gradient(s.l, s.grad, s.scratch, theta, s.data, t)
	if w != nil {
		w.points(theta, s.grad, t, s.order)
	}
	for mu, g := range s.grad {
		theta[mu] -= s.eta * g
	}
}

// Reshuffled is SGD on N points for E epochs with batch size B that goes through the
// points in a new uniformly random order in each epoch: embed.RandomReshuffles.
type Reshuffled struct {
	N, E, B int64
	// Rate multiplies the learning rate; nil is 1.
	Rate *big.Rat
}

func (o Reshuffled) rate() *big.Rat {
	if o.Rate == nil {
		return big.NewRat(1, 1)
	}
	return o.Rate
}

// String writes the optimizer as ParseOptimizer reads it.
func (o Reshuffled) String() string {
	return fmt.Sprintf("reshuffled N=%d E=%d B=%d", o.N, o.E, o.B) + rateText(o.rate())
}

// Steps returns T = EN/B; 0 if there is no batch.
func (o Reshuffled) Steps() int64 {
	if o.B < 1 {
		return 0
	}
	return o.N / o.B * o.E
}

// Rows returns N.
func (o Reshuffled) Rows() int64 { return o.N }

// Dynamics returns embed.RandomReshuffles.
func (o Reshuffled) Dynamics() embed.Dynamics {
	d, err := embed.RandomReshuffles(o.N, o.E, o.B)
	if err != nil {
		return nil
	}
	return embed.Scaled(d, o.rate())
}

// Until stops after whole epochs only.
func (o Reshuffled) Until(t int64) (Optimizer, error) {
	if err := o.valid(); err != nil {
		return nil, err
	}
	if err := checkSteps(o, t); err != nil {
		return nil, err
	}
	slots := o.N / o.B
	if t%slots != 0 || t == 0 {
		return nil, fmt.Errorf("sim: %w: %v until %d, not a whole number of epochs", ErrOptimizer, o, t)
	}
	o.E = t / slots
	return o, nil
}

func (o Reshuffled) valid() error {
	if _, err := embed.RandomReshuffles(o.N, o.E, o.B); err != nil {
		return fmt.Errorf("sim: %w: %w", ErrOptimizer, err)
	}
	return nil
}

func (o Reshuffled) cost() int64 { return o.B }

// grid returns the grid before reshuffling.
func (o Reshuffled) grid() embed.Grid {
	return embed.Must(embed.SGD(o.N, o.E, o.B)).Scale(o.rate())
}

func (o Reshuffled) columns() *columns { return newColumns(o.grid()) }

func (o Reshuffled) stepper(l Landscape, eta float64) stepper {
	s := &reshuffledStepper{inner: SGD{o.grid()}.stepper(l, eta).(*sgdStepper)}
	s.size, s.slots = l.Size(), o.N/o.B
	s.order = make([]int, o.N)
	s.inner.order = s.order
	s.shuffled = make([]float64, int(o.N)*s.size)
	return s
}

// A reshuffledStepper puts the points in order at the start of every epoch.
type reshuffledStepper struct {
	inner    *sgdStepper
	size     int
	slots    int64
	draws    draws
	order    []int
	shuffled []float64
}

func (s *reshuffledStepper) begin(d draws) {
	s.draws = d
	for i := range s.order {
		s.order[i] = i
	}
	s.inner.begin(draws{points: s.shuffled})
}

func (s *reshuffledStepper) step(theta []float64, t int64, w witness) {
	if t%s.slots == 0 {
		s.draws.noise.Shuffle(len(s.order), func(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] })
		for i, row := range s.order {
			copy(s.shuffled[i*s.size:(i+1)*s.size], s.draws.points[row*s.size:])
		}
	}
	s.inner.step(theta, t, w)
}
