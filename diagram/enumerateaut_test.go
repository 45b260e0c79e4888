package diagram_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"math/big"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/internal/golden"
	"github.com/perturb-go/perturb/internal/stops"
	"github.com/perturb-go/perturb/mobius"
)

var long = flag.Bool("long", false, "also check what takes many seconds")

func enumerateAut(edges int, o diagram.Options) iter.Seq2[diagram.Diagram, uint64] {
	return must(diagram.EnumerateAut(context.Background(), edges, o))
}

func TestOrders(t *testing.T) {
	for edges := range 6 {
		for roots := diagram.Single; roots <= diagram.Bridged; roots++ {
			for d, order := range enumerateAut(edges, diagram.Options{Roots: roots}) {
				if want := d.Aut(); want.Cmp(new(big.Int).SetUint64(order)) != 0 {
					t.Errorf("%v: |Aut| = %d, want %v", d, order, want)
				}
			}
		}
	}
}

// Σ d!/|Aut| counts labelled diagrams: r (d+r)^(d−1) forests below r roots by Cayley, times
// Bell(d) partitions, or those of one node more that do not leave the root alone. The number
// of diagrams is that of Burnside's lemma.
func TestOrdersSumToLabellings(t *testing.T) {
	most := 9
	switch {
	case *long:
		most = 10
	case testing.Short():
		most = 7
	}
	for edges := 1; edges <= most; edges++ {
		d := int64(edges)
		bell, more := mobius.Bell(edges), mobius.Bell(edges+1)
		for roots, test := range []struct {
			trees      int64
			partitions *big.Int
		}{
			diagram.Single: {1, bell},
			diagram.Tied:   {1, new(big.Int).Sub(more, bell)},
			diagram.Two:    {2, bell},
		} {
			if edges > most-2 && diagram.Roots(roots) != diagram.Single {
				continue
			}
			factorial := new(big.Int).MulRange(1, d).Uint64()
			sum, count := uint64(0), int64(0) // 10!·91,341,253 is far below 2⁶⁴
			for _, order := range enumerateAut(edges, diagram.Options{Roots: diagram.Roots(roots), Workers: 2}) {
				sum += factorial / order
				count++
			}
			want := new(big.Int).Exp(big.NewInt(d+test.trees), big.NewInt(d-1), nil)
			want.Mul(want.Mul(want, big.NewInt(test.trees)), test.partitions)
			if want.Cmp(new(big.Int).SetUint64(sum)) != 0 {
				t.Errorf("%d edges, roots %d: %d labelled diagrams, want %v", edges, roots, sum, want)
			}
			if want := must(diagram.Count(edges, diagram.Roots(roots))); want.Cmp(big.NewInt(count)) != 0 {
				t.Errorf("%d edges, roots %d: %d diagrams, want %v", edges, roots, count, want)
			}
		}
	}
}

// Trees alone, among them some with more moves than are listed: Σ d!/|Aut| is the number
// of rooted trees on d labelled nodes and a root.
func TestOrdersOfTrees(t *testing.T) {
	const edges = 15
	factorial := new(big.Int).MulRange(1, edges).Uint64()
	sum, count := uint64(0), 0
	for d, order := range enumerateAut(edges, diagram.Options{MaxPart: 1}) {
		if factorial%order != 0 {
			t.Fatalf("%v: |Aut| = %d", d, order)
		}
		sum += factorial / order
		count++
	}
	want := new(big.Int).Exp(big.NewInt(edges+1), big.NewInt(edges-1), nil)
	if want.Cmp(new(big.Int).SetUint64(sum)) != 0 {
		t.Errorf("%d labelled trees, want %v", sum, want)
	}
	if count != 235381 { // OEIS A000081(16)
		t.Errorf("%d trees, want 235381", count)
	}
}

// With no moves listed but exchanges of neighbours, the enumeration is the same.
func TestEnumerationWithoutMoves(t *testing.T) {
	for edges := range 6 {
		for roots := diagram.Single; roots <= diagram.Bridged; roots++ {
			for _, o := range []diagram.Options{{Roots: roots}, {Roots: roots, Irreducible: true, MaxPart: 2}} {
				next, stop := iter.Pull2(diagram.EnumerateWithoutMoves(edges, o))
				for d, order := range enumerateAut(edges, o) {
					if e, got, ok := next(); !ok || e != d || got != order {
						t.Fatalf("%+v: %v with %d, want %v with %d", o, e, got, d, order)
					}
				}
				if e, _, ok := next(); ok {
					t.Errorf("%+v: %v after the last", o, e)
				}
				stop()
			}
		}
	}
}

func TestWorkersChangeNothing(t *testing.T) {
	for edges := range 5 {
		for roots := diagram.Single; roots <= diagram.Bridged; roots++ {
			for _, o := range optionsFor(roots) {
				want := collect(edges, o)
				o.Workers = 1 + edges
				if got := collect(edges, o); !slices.Equal(got, want) {
					t.Errorf("%d edges, %+v: %d diagrams, want %d", edges, o, len(got), len(want))
				}
			}
		}
	}
	// Here trees are cut into several pieces.
	whole, shared := diagram.Options{Irreducible: true}, diagram.Options{Irreducible: true, Workers: 3}
	next, stop := iter.Pull2(enumerateAut(8, shared))
	defer stop()
	for d, order := range enumerateAut(8, whole) {
		if e, got, ok := next(); !ok || e != d || got != order {
			t.Fatalf("%v with %d, want %v with %d", e, got, d, order)
		}
	}
	if e, _, ok := next(); ok {
		t.Errorf("%v after the last", e)
	}
}

// Shards are in order, and between them yield everything once.
func TestShardsAreAll(t *testing.T) {
	for edges := range 8 {
		for roots := diagram.Single; roots <= diagram.Bridged; roots++ {
			o := diagram.Options{Roots: roots, Irreducible: edges%2 == 1, PathCondition: edges == 6}
			if edges == 7 && roots >= diagram.Two && testing.Short() {
				continue
			}
			all := map[diagram.Diagram]uint64{}
			for d, order := range enumerateAut(edges, o) {
				all[d] = order
			}
			for i, shard := range must(diagram.EnumerateShards(context.Background(), edges, o, 3)) {
				var last diagram.Diagram
				count := 0
				for d, order := range shard {
					if count > 0 && diagram.Compare(last, d) >= 0 {
						t.Fatalf("%d edges, %+v, shard %d: %v comes before %v", edges, o, i, last, d)
					}
					if want, ok := all[d]; !ok || want != order {
						t.Fatalf("%d edges, %+v, shard %d: %v with %d, want %d, %v", edges, o, i, d, order, want, ok)
					}
					delete(all, d)
					last = d
					count++
				}
			}
			if len(all) > 0 {
				t.Errorf("%d edges, %+v: %d diagrams in no shard", edges, o, len(all))
			}
		}
	}
}

// Shards range at the same time, each as often as it is asked to, and stop where they are told.
func TestShardsAreIndependent(t *testing.T) {
	shards := must(diagram.EnumerateShards(context.Background(), 8, diagram.Options{}, 4))
	counts := make([][2]int, len(shards))
	var group sync.WaitGroup
	for i, shard := range shards {
		group.Add(1)
		go func() {
			defer group.Done()
			for range shard {
				counts[i][0]++
			}
			for range shard {
				if counts[i][1]++; counts[i][1] == 1000 {
					break
				}
			}
		}()
	}
	group.Wait()
	sum := 0
	for i, count := range counts {
		sum += count[0]
		// Of 598201 diagrams. A shard that has an eighth less or more than its part would
		// keep two processors from being 1.8 times as fast as one.
		if count[0] < 130000 || count[0] > 168000 || count[1] != 1000 {
			t.Errorf("shard %d: %v diagrams", i, count)
		}
	}
	if want := golden.Diagrams().Count[8]; sum != want {
		t.Errorf("%d diagrams, want %d", sum, want)
	}
}

func TestShardErrors(t *testing.T) {
	for _, test := range []struct {
		edges, shards int
		cause         error
	}{{diagram.MaxAut + 1, 2, diagram.ErrTooLarge}, {3, 0, diagram.ErrOptions}, {-1, 1, diagram.ErrOptions}} {
		if list, err := diagram.EnumerateShards(context.Background(), test.edges, diagram.Options{}, test.shards); list != nil || !errors.Is(err, test.cause) {
			t.Errorf("%d edges, %d shards: error %v, want %v", test.edges, test.shards, err, test.cause)
		}
	}
}

func TestWorkersStop(t *testing.T) {
	before := runtime.NumGoroutine()
	for stop := range 5 {
		got := 0
		for range enumerateAut(12, diagram.Options{Workers: 2}) {
			if got++; got == 1+stop*1000 {
				break
			}
		}
	}
	for tries := 0; runtime.NumGoroutine() > before; tries++ {
		if tries == 500 {
			t.Fatalf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// An enumeration ends soon after its context, also where there is little to yield.
func TestEnumerationObeysContext(t *testing.T) {
	for _, test := range []struct {
		options diagram.Options
		shards  int
	}{{}, {options: diagram.Options{Workers: 2}}, {options: diagram.Options{MaxPart: 1, RootDegree: 1, Irreducible: true}}, {shards: 1000}} {
		t.Run(fmt.Sprintf("%+v, %d shards", test.options, test.shards), func(t *testing.T) {
			stops.Check(t, 50*time.Millisecond, func(ctx context.Context) error {
				enumerateFor(ctx, t, test.options, test.shards)
				return ctx.Err()
			})
		})
	}
}

// enumerateFor enumerates the last shard of diagrams without end, and checks their order.
func enumerateFor(ctx context.Context, t *testing.T, o diagram.Options, shards int) {
	seq := must(diagram.EnumerateAut(ctx, diagram.MaxAut, o))
	if shards > 0 {
		seq = must(diagram.EnumerateShards(ctx, diagram.MaxAut, o, shards))[shards-1]
	}
	var last diagram.Diagram
	count := 0
	for d := range seq {
		if count > 0 && diagram.Compare(last, d) >= 0 {
			t.Fatalf("%v comes before %v", last, d)
		}
		last = d
		count++
	}
}

func TestLimit(t *testing.T) {
	for _, test := range []struct {
		edges   int
		options diagram.Options
		text    string
	}{
		{4, diagram.Options{Limit: 101}, "<nil>"},
		{4, diagram.Options{Limit: 100}, "more diagrams than the limit: 101 with 4 edges, and the limit is 100"},
		{10, diagram.Options{Limit: 1e6}, "more diagrams than the limit: 91341253 with 10 edges, and the limit is 1000000"},
		{4, diagram.Options{Limit: 100, MaxPart: 2}, "more diagrams than the limit: at most 101 with 4 edges, and the limit is 100"},
		{-1, diagram.Options{Limit: 1}, "no diagram can have -1 edges"},
	} {
		_, err := diagram.Enumerate(test.edges, test.options)
		if fmt.Sprint(err) != test.text {
			t.Errorf("%d edges, %+v: error %v, want %s", test.edges, test.options, err, test.text)
		}
		var limit *diagram.LimitError
		if errors.As(err, &limit) != errors.Is(err, diagram.ErrLimit) {
			t.Errorf("%d edges, %+v: error %T", test.edges, test.options, err)
		}
	}
}

func TestEnumerateAutErrors(t *testing.T) {
	for _, test := range []struct {
		edges int
		cause error
	}{{diagram.MaxAut + 1, diagram.ErrTooLarge}, {-1, diagram.ErrOptions}} {
		if seq, err := diagram.EnumerateAut(context.Background(), test.edges, diagram.Options{}); seq != nil || !errors.Is(err, test.cause) {
			t.Errorf("%d edges: error %v, want %v", test.edges, err, test.cause)
		}
	}
	// The largest group there is.
	for d, order := range enumerateAut(diagram.MaxAut, diagram.Options{RootDegree: diagram.MaxAut}) {
		if d.Aut().Cmp(new(big.Int).SetUint64(order)) != 0 {
			t.Errorf("%v: |Aut| = %d", d, order)
		}
	}
}
