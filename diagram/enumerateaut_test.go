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
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
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

// Σ d!/|Aut| counts labelled diagrams: (d+1)^(d−1) rooted forests by Cayley, times
// Bell(d) partitions. The number of diagrams is that of Burnside's lemma.
func TestOrdersSumToLabellings(t *testing.T) {
	most := 8
	switch {
	case *long:
		most = 10
	case testing.Short():
		most = 7
	}
	for edges := 1; edges <= most; edges++ {
		d := int64(edges)
		factorial := new(big.Int).MulRange(1, d).Uint64()
		sum, count := uint64(0), int64(0) // 10!·91,341,253 is far below 2⁶⁴
		for _, order := range enumerateAut(edges, diagram.Options{Workers: 2}) {
			sum += factorial / order
			count++
		}
		want := new(big.Int).Exp(big.NewInt(d+1), big.NewInt(d-1), nil)
		if want.Mul(want, mobius.Bell(edges)); want.Cmp(new(big.Int).SetUint64(sum)) != 0 {
			t.Errorf("%d edges: %d labelled diagrams, want %v", edges, sum, want)
		}
		if want := must(diagram.Count(edges, diagram.Single)); want.Cmp(big.NewInt(count)) != 0 {
			t.Errorf("%d edges: %d diagrams, want %v", edges, count, want)
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
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines are left of %d", after, before)
	}
}

// An enumeration ends soon after its context, also where there is little to yield.
func TestEnumerationObeysContext(t *testing.T) {
	for _, o := range []diagram.Options{{}, {Workers: 2}, {MaxPart: 1, RootDegree: 1, Irreducible: true}} {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		count := 0
		var last diagram.Diagram
		for d := range must(diagram.EnumerateAut(ctx, diagram.MaxAut, o)) {
			if count > 0 && diagram.Compare(last, d) >= 0 {
				t.Fatalf("%v comes before %v", last, d)
			}
			last = d
			count++
		}
		late := time.Since(deadlineOf(ctx))
		if ctx.Err() == nil || late > 100*time.Millisecond {
			t.Errorf("%+v: %d diagrams, %v late, error %v", o, count, late, ctx.Err())
		}
		cancel()
	}
}

func deadlineOf(ctx context.Context) time.Time {
	deadline, _ := ctx.Deadline()
	return deadline
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
