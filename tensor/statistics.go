package tensor

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"sync"

	"github.com/perturb-go/perturb/mobius"
)

// Statistics are the moments, at a point θ, of the derivatives of a random datum's
// loss l_x. All indices are down: there is no metric in them.
type Statistics[T any] interface {
	// Dim returns the dimension P of weight space.
	Dim() int
	// Moment returns E_x[∇^{k_1} l_x ⊗ … ⊗ ∇^{k_m} l_x] for the orders k_1, …, k_m,
	// a tensor of rank Σ k_i with indices in the order of the factors. It is
	// symmetric within each factor's indices. Order 0 is the loss itself, and the
	// moment of no orders is 1.
	//
	// The error wraps ErrOrder if an order is negative or not known.
	Moment(orders []int) (*Dense[T], error)
}

// A Cumulator is Statistics that have a better way to their cumulants than through
// moments: one that loses no digits, say, or has no bias.
type Cumulator[T any] interface {
	Statistics[T]
	// Cumulant returns what the function Cumulant does.
	Cumulant(orders []int) (*Dense[T], error)
}

// Cumulant returns κ(∇^{k_1} l_x, …, ∇^{k_m} l_x), the joint cumulant over x of the
// derivatives of one datum's loss, for the orders k_1, …, k_m. Orders may repeat, and
// may be 0. Its indices are those of Moment. The cumulant of no orders is 0.
//
// If s is a Cumulator, that is its own; else it comes from the moments by
//
//	κ(S) = m(S) − Σ_{A⊊S, A∋first} κ(A) m(S∖A).
//
// The error is that of Moment, and wraps ErrTooLarge above MaxNodes orders.
func Cumulant[T any](r mobius.Ring[T], s Statistics[T], orders []int) (*Dense[T], error) {
	return CumulantContext(context.Background(), r, s, orders)
}

// CumulantContext is Cumulant, which stops soon after the context ends as MomentContext does;
// then the error is the context's.
func CumulantContext[T any](ctx context.Context, r mobius.Ring[T], s Statistics[T], orders []int) (*Dense[T], error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s, ok := s.(*cache[T]); ok {
		return s.cumulant(ctx, r, orders)
	}
	if s, ok := s.(interruptibleCumulator[T]); ok && isOurs[T](s) {
		return s.cumulantWithin(ctx, orders)
	}
	if s, ok := s.(Cumulator[T]); ok {
		return s.Cumulant(orders)
	}
	return canonically(orders, func(sorted []int) (*Dense[T], error) {
		return cumulant(ctx, r, s, sorted)
	})
}

// Gradient returns G = ∇l, where l = E_x l_x.
func Gradient[T any](s Statistics[T]) (*Dense[T], error) { return s.Moment([]int{1}) }

// Hessian returns H = ∇∇l.
func Hessian[T any](s Statistics[T]) (*Dense[T], error) { return s.Moment([]int{2}) }

// Jerk returns J = ∇∇∇l.
func Jerk[T any](s Statistics[T]) (*Dense[T], error) { return s.Moment([]int{3}) }

// Covariance returns C = κ(∇l_x, ∇l_x), the covariance of gradients.
func Covariance[T any](r mobius.Ring[T], s Statistics[T]) (*Dense[T], error) {
	return Cumulant(r, s, []int{1, 1})
}

// Skewness returns S = κ(∇l_x, ∇l_x, ∇l_x), the third cumulant of gradients.
func Skewness[T any](r mobius.Ring[T], s Statistics[T]) (*Dense[T], error) {
	return Cumulant(r, s, []int{1, 1, 1})
}

// cumulant returns the cumulant of increasing orders from the moments.
func cumulant[T any](ctx context.Context, r mobius.Ring[T], s Statistics[T], orders []int) (*Dense[T], error) {
	nodes := len(orders)
	if nodes == 0 {
		return Scalar(s.Dim(), r.Int(new(big.Int)))
	}
	if nodes > MaxNodes {
		return nil, fmt.Errorf("tensor: a cumulant of %d derivatives, more than %d: %w", nodes, MaxNodes, ErrTooLarge)
	}
	if err := checkOrders(s.Dim(), orders); err != nil {
		return nil, fmt.Errorf("tensor: cumulant of orders %v: %w", orders, err)
	}

	// The moment of each set of nodes. Sets with the same orders share theirs.
	all := 1<<nodes - 1
	moments := make([][]T, all+1)
	known := make(map[string][]T)
	for set := 1; set <= all; set++ {
		var sub []int
		for i, k := range orders {
			if set>>i&1 == 1 {
				sub = append(sub, k)
			}
		}
		key := fmt.Sprint(sub)
		if known[key] == nil {
			t, err := MomentContext(ctx, s, sub)
			if err != nil {
				return nil, err
			}
			if want, _ := rankOf(sub); t.dim != s.Dim() || t.rank != want {
				return nil, fmt.Errorf("tensor: a moment of orders %v with dimension %d and rank %d: %w", sub, t.dim, t.rank, ErrShape)
			}
			known[key] = t.data
		}
		moments[set] = known[key]
	}

	dim := s.Dim()
	minus := r.Int(big.NewInt(-1))
	m := make([]T, all+1)     // the moments of the sets at one index
	kappa := make([]T, all+1) // the cumulants of the sets that hold node 0
	w := &watch{ctx: ctx}
	return fill(w, dim, orders, true, func(index []int) T {
		for set := 1; set <= all; set++ {
			offset, axis := 0, 0
			for i, k := range orders {
				if set>>i&1 == 1 {
					for _, j := range index[axis : axis+k] {
						offset = offset*dim + j
					}
				}
				axis += k
			}
			m[set] = moments[set][offset]
		}
		for set := 1; set <= all; set += 2 {
			kappa[set] = m[set]
			if w.spend(set) != nil {
				break // fill reports it
			}
			for rest := (set - 1) & set; rest > 0; rest = (rest - 1) & (set - 1) {
				product := r.Mul(kappa[set&^rest], m[rest])
				kappa[set] = r.Add(kappa[set], r.Mul(minus, product))
			}
		}
		return kappa[all]
	})
}

// checkOrders returns an error unless there is a tensor for the orders.
func checkOrders(dim int, orders []int) error {
	rank, err := rankOf(orders)
	if err == nil {
		_, err = size(dim, rank)
	}
	return err
}

// canonically returns f of the orders, sorted, with the axes of the tensor put in the
// order of the orders as given.
func canonically[T any](orders []int, f func(sorted []int) (*Dense[T], error)) (*Dense[T], error) {
	if _, err := rankOf(orders); err != nil {
		return nil, fmt.Errorf("tensor: orders %v: %w", orders, err)
	}
	if slices.IsSorted(orders) {
		return f(slices.Clone(orders))
	}
	nodes := make([]int, len(orders))
	for i := range nodes {
		nodes[i] = i
	}
	slices.SortStableFunc(nodes, func(i, j int) int { return orders[i] - orders[j] })
	sorted := make([]int, len(orders))
	start := make([]int, len(orders)) // the first axis of each node once sorted
	axis := 0
	for n, i := range nodes {
		sorted[n], start[i] = orders[i], axis
		axis += orders[i]
	}
	t, err := f(sorted)
	if err != nil {
		return nil, err
	}
	axes := make([]int, 0, axis)
	for i, k := range orders {
		for a := range k {
			axes = append(axes, start[i]+a)
		}
	}
	return t.Permute(axes...)
}

// Cache returns the statistics s with a memory: each moment and each cumulant is
// computed once for all arrangements of its orders, and kept. It is safe for concurrent
// use if s is. All the cumulants asked of it must be over one ring.
func Cache[T any](s Statistics[T]) Statistics[T] {
	if c, ok := s.(*cache[T]); ok {
		return c
	}
	return &cache[T]{
		s:         s,
		moments:   make(map[string]*kept[T]),
		cumulants: make(map[string]*kept[T]),
	}
}

type cache[T any] struct {
	s                  Statistics[T]
	mu                 sync.Mutex // guards the maps
	moments, cumulants map[string]*kept[T]
}

// A kept is what is known of some orders.
type kept[T any] struct {
	turn chan struct{} // holds one element while somebody computes or reads
	done bool
	t    *Dense[T]
	err  error
}

func (c *cache[T]) Dim() int { return c.s.Dim() }

func (c *cache[T]) Moment(orders []int) (*Dense[T], error) {
	return c.momentWithin(context.Background(), orders)
}

func (c *cache[T]) momentWithin(ctx context.Context, orders []int) (*Dense[T], error) {
	return canonically(orders, func(sorted []int) (*Dense[T], error) {
		return c.once(ctx, c.moments, sorted, func() (*Dense[T], error) { return MomentContext(ctx, c.s, sorted) })
	})
}

// cumulant is the function CumulantContext; its moments are kept too.
func (c *cache[T]) cumulant(ctx context.Context, r mobius.Ring[T], orders []int) (*Dense[T], error) {
	return canonically(orders, func(sorted []int) (*Dense[T], error) {
		return c.once(ctx, c.cumulants, sorted, func() (*Dense[T], error) {
			if _, ok := c.s.(Cumulator[T]); ok {
				return CumulantContext(ctx, r, c.s, sorted)
			}
			return cumulant(ctx, r, c, sorted)
		})
	})
}

// once returns what compute returned or will return for the orders, but for the error of a
// context that ended.
func (c *cache[T]) once(ctx context.Context, known map[string]*kept[T], orders []int, compute func() (*Dense[T], error)) (*Dense[T], error) {
	key := fmt.Sprint(orders)
	c.mu.Lock()
	k, ok := known[key]
	if !ok {
		k = &kept[T]{turn: make(chan struct{}, 1)}
		known[key] = k
	}
	c.mu.Unlock()
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-k.turn }()
	if k.done {
		return k.t, k.err
	}
	t, err := compute()
	if err == nil || ctx.Err() == nil {
		k.done, k.t, k.err = true, t, err
	}
	return t, err
}

// Convert returns the statistics s over another algebra. Cumulants are computed
// exactly and then converted, so they lose no digits to cancellation. Over float64, a
// number that is too large is an error that wraps ErrValue.
func Convert[T any](a mobius.Algebra[T], s Statistics[*big.Rat]) Statistics[T] {
	return converted[T]{a, Cache(s)}
}

type converted[T any] struct {
	a mobius.Algebra[T]
	s Statistics[*big.Rat]
}

func (c converted[T]) Dim() int { return c.s.Dim() }

func (c converted[T]) Moment(orders []int) (*Dense[T], error) {
	return c.momentWithin(context.Background(), orders)
}

func (c converted[T]) momentWithin(ctx context.Context, orders []int) (*Dense[T], error) {
	return c.convert(MomentContext(ctx, c.s, orders))
}

func (c converted[T]) Cumulant(orders []int) (*Dense[T], error) {
	return c.cumulantWithin(context.Background(), orders)
}

func (c converted[T]) cumulantWithin(ctx context.Context, orders []int) (*Dense[T], error) {
	return c.convert(CumulantContext(ctx, mobius.Rational{}, c.s, orders))
}

func (c converted[T]) convert(t *Dense[*big.Rat], err error) (*Dense[T], error) {
	if err != nil {
		return nil, err
	}
	out := Map(t, c.a.Rat)
	if err := checkFinite(out.data); err != nil {
		return nil, fmt.Errorf("tensor: convert: %w", err)
	}
	return out, nil
}
