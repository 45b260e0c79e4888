package diagram

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/big"
)

// ErrOptions reports options, or a number of edges, that no diagram can have.
var ErrOptions = errors.New("no diagram can have")

// Roots says which roots an enumeration yields.
type Roots int

const (
	Single  Roots = iota // one root, alone in its part: for test-set quantities
	Tied                 // one root, which shares its part with another node
	Two                  // two roots, each alone in its part
	Bridged              // two roots, and some part meets both trees
)

// Options narrow an enumeration. The zero Options is all diagrams with a single root,
// alone in its part.
type Options struct {
	Roots         Roots
	RootDegree    int  // the number of children of every root; 0 for any
	MaxPart       int  // the size of the largest part; 0 for any
	Irreducible   bool // see Diagram.Irreducible
	PathCondition bool // see Diagram.PathCondition

	// Workers is the number of goroutines that share the work, besides the caller's; 0 and
	// 1 are for none. It changes neither what an enumeration yields nor the order.
	Workers int

	// Limit is the largest number of diagrams that may be enumerated; 0 for any.
	Limit uint64
}

// All yields the diagrams with the given number of edges and a single root, alone in
// its part, one per isomorphism class, in the order of Compare; that order is part of
// the API. Each diagram may be kept; none is held. Outside 0 ≤ edges ≤ MaxEdges there
// are none; see Enumerate for an error in that case, and for other roots.
//
// There are 1, 1, 4, 17, 101, 700, 5861, 55818, 598201, … of them.
func All(edges int) iter.Seq[Diagram] {
	seq, err := Enumerate(edges, Options{})
	if err != nil {
		return func(func(Diagram) bool) {}
	}
	return seq
}

// Enumerate yields the diagrams with the given number of edges that obey the options,
// one per isomorphism class, in the order of Compare. It does not filter: a tree or a
// partition that cannot be completed is left as soon as that shows. Memory does not
// grow with the number of diagrams.
//
// The error wraps ErrTooLarge, ErrOptions or ErrLimit.
func Enumerate(edges int, options Options) (iter.Seq[Diagram], error) {
	ctx := context.Background()
	if err := options.admit(ctx, edges); err != nil {
		return nil, err
	}
	return func(yield func(Diagram) bool) {
		options.enumerate(ctx, edges, false, func(d Diagram, _ uint64) bool { return yield(d) })
	}, nil
}

// MaxAut is the largest number of edges for which EnumerateAut yields diagrams: all
// groups of diagrams with so many edges, and not of those with more, have orders that a
// uint64 can hold, 20! at most.
const MaxAut = 20

// EnumerateAut is Enumerate with |Aut(D)| beside each diagram D, which comes out of the
// enumeration at little cost. It stops early when the context ends, so ctx.Err() says
// afterwards whether it went to the end.
//
// The error wraps ErrTooLarge, also if edges exceeds MaxAut, ErrOptions or ErrLimit, or
// is the context's.
func EnumerateAut(ctx context.Context, edges int, options Options) (iter.Seq2[Diagram, uint64], error) {
	if err := options.admitAut(ctx, edges); err != nil {
		return nil, err
	}
	return func(yield func(Diagram, uint64) bool) { options.enumerate(ctx, edges, true, yield) }, nil
}

// admitAut reports why an enumeration with the orders of groups may not start.
func (o Options) admitAut(ctx context.Context, edges int) error {
	if edges > MaxAut {
		return fmt.Errorf("%w, and orders of groups are enumerated up to %d edges, not %d", ErrTooLarge, MaxAut, edges)
	}
	return o.admit(ctx, edges)
}

// ErrLimit reports an enumeration that Options.Limit forbids.
var ErrLimit = errors.New("more diagrams than the limit")

// A LimitError says how many diagrams an enumeration would have had.
type LimitError struct {
	Edges int
	Limit uint64
	Count *big.Int // without conditions on degrees, paths or sizes of parts; see Options.Count
	Bound bool     // there are such conditions, so that Count is an upper bound
}

func (e *LimitError) Error() string {
	most := ""
	if e.Bound {
		most = "at most "
	}
	return fmt.Sprintf("%v: %s%v with %d edges, and the limit is %d", ErrLimit, most, e.Count, e.Edges, e.Limit)
}

// Unwrap returns ErrLimit.
func (e *LimitError) Unwrap() error { return ErrLimit }

// admit reports why an enumeration may not start.
func (o Options) admit(ctx context.Context, edges int) error {
	if err := o.check(edges); err != nil || o.Limit == 0 {
		return err
	}
	n, err := Options{Roots: o.Roots, Irreducible: o.Irreducible}.Count(ctx, edges)
	if err != nil {
		return err
	}
	if n.Cmp(new(big.Int).SetUint64(o.Limit)) > 0 {
		return &LimitError{edges, o.Limit, n, o.conditional()}
	}
	return nil
}

// conditional reports whether there is a condition for which Count has no formula.
func (o Options) conditional() bool { return o.RootDegree > 0 || o.MaxPart > 0 || o.PathCondition }

// enumerate yields diagrams until it has them all, yield returns false or the context
// ends.
func (o Options) enumerate(ctx context.Context, edges int, weigh bool, yield func(Diagram, uint64) bool) {
	if o.Workers > 1 {
		o.share(ctx, edges, weigh, yield)
		return
	}
	p := &pulse{ctx: ctx}
	parts := newAssigner(p, weigh, yield)
	var h host
	o.trees(edges, p, func(levels []byte) bool {
		h.set(levels, o)
		parts.settle(&h)
		return parts.run()
	})
}

// trees yields the level sequences of the trees in order; the slice is reused.
func (o Options) trees(edges int, p *pulse, yield func(levels []byte) bool) {
	g := treeGenerator{nodes: edges + o.roots(), options: o, pulse: p, yield: yield}
	g.run()
}

func (o Options) roots() int {
	if o.Roots == Two || o.Roots == Bridged {
		return 2
	}
	return 1
}

func (o Options) check(edges int) error {
	switch {
	case edges < 0:
		return fmt.Errorf("%w %d edges", ErrOptions, edges)
	case o.Roots < Single || o.Roots > Bridged:
		return fmt.Errorf("%w roots of kind %d", ErrOptions, o.Roots)
	case edges+o.roots() > MaxNodes:
		return fmt.Errorf("%w, too few for %d edges", ErrTooLarge, edges)
	case o.RootDegree < 0:
		return fmt.Errorf("%w a root of degree %d", ErrOptions, o.RootDegree)
	case o.MaxPart < 0:
		return fmt.Errorf("%w a largest part of %d nodes", ErrOptions, o.MaxPart)
	case o.Workers < 0:
		return fmt.Errorf("%w %d workers", ErrOptions, o.Workers)
	}
	return nil
}
