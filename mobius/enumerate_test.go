package mobius_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/mobius"
)

func TestPartitionsListing(t *testing.T) {
	want := "[0123 012-3 013-2 01-23 01-2-3 023-1 02-13 02-1-3 03-12 0-123 0-12-3 03-1-2 0-13-2 0-1-23 0-1-2-3]"
	if got := fmt.Sprint(all(4)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The partitions are those into the fibres of all maps, sorted.
func TestPartitionsBruteForce(t *testing.T) {
	for n := range 7 {
		set := map[mobius.Partition]bool{}
		labels := make([]int, n)
		var fill func(i int)
		fill = func(i int) {
			if i == n {
				set[must(mobius.New(labels))] = true
				return
			}
			for labels[i] = range n {
				fill(i + 1)
			}
		}
		fill(0)
		var want []mobius.Partition
		for p := range set {
			want = append(want, p)
		}
		slices.SortFunc(want, mobius.Compare)
		if got := all(n); !slices.Equal(got, want) {
			t.Errorf("n = %d: got %v, want %v", n, got, want)
		}
	}
}

// Strings, Partitions and counting agree, and the Partitions kept stay what they were.
func TestStringsAndPartitions(t *testing.T) {
	for n := range 11 {
		list := all(n)
		if int64(len(list)) != mobius.Bell(n).Int64() {
			t.Errorf("n = %d: %d partitions, Bell number %v", n, len(list), mobius.Bell(n))
		}
		i := 0
		for labels := range mobius.Strings(n) {
			if p := must(mobius.New(labels)); p != list[i] || !slices.Equal(p.Labels(), labels) {
				t.Fatalf("n = %d: string %d is %v, partition %v", n, i, labels, list[i])
			}
			i++
		}
		if i != len(list) {
			t.Errorf("n = %d: %d strings, %d partitions", n, i, len(list))
		}
		if !slices.IsSortedFunc(list, mobius.Compare) {
			t.Errorf("n = %d: not in increasing order", n)
		}
	}
}

func TestPartitionsInto(t *testing.T) {
	for n := range 9 {
		for k := range n + 1 {
			var want []mobius.Partition
			for p := range mobius.Partitions(n) {
				if p.NumParts() == k {
					want = append(want, p)
				}
			}
			got := slices.Collect(mobius.PartitionsInto(n, k))
			if !slices.Equal(got, want) {
				t.Errorf("n = %d, k = %d: got %v, want %v", n, k, got, want)
			}
			if s := mobius.Stirling(n, k); int64(len(got)) != s.Int64() {
				t.Errorf("n = %d, k = %d: %d partitions, Stirling number %v", n, k, len(got), s)
			}
		}
	}
	n := mobius.MaxLen
	if got := slices.Collect(mobius.PartitionsInto(n, n)); len(got) != 1 || got[0] != must(mobius.Finest(n)) {
		t.Errorf("n = k = %d: got %v", n, got)
	}
}

func TestEmptySequences(t *testing.T) {
	for _, n := range []int{-1, mobius.MaxLen + 1} {
		for p := range mobius.Partitions(n) {
			t.Fatalf("Partitions(%d) yields %v", n, p)
		}
		for a := range mobius.Strings(n) {
			t.Fatalf("Strings(%d) yields %v", n, a)
		}
		for p := range mobius.PartitionsInto(n, 1) {
			t.Fatalf("PartitionsInto(%d, 1) yields %v", n, p)
		}
	}
	for _, k := range []int{-1, 0, 4} {
		for p := range mobius.PartitionsInto(3, k) {
			t.Fatalf("PartitionsInto(3, %d) yields %v", k, p)
		}
	}
}

// A loop may stop anywhere, and the next one starts anew.
func TestStopAndRestart(t *testing.T) {
	finest, coarsest := must(mobius.Finest(6)), must(mobius.Coarsest(6))
	sequences := map[string]func(yield func(mobius.Partition) bool){
		"Partitions":     mobius.Partitions(6),
		"PartitionsInto": mobius.PartitionsInto(6, 3),
		"Interval":       mobius.Interval(finest, coarsest),
		"Covers":         mobius.Covers(finest),
		"Strings": func(yield func(mobius.Partition) bool) {
			mobius.Strings(6)(func(a []int) bool { return yield(must(mobius.New(a))) })
		},
		"All": func(yield func(mobius.Partition) bool) {
			f := must(mobius.NewFunction(6, mobius.Partition.Len))
			f.All()(func(p mobius.Partition, _ int) bool { return yield(p) })
		},
	}
	for name, sequence := range sequences {
		list := slices.Collect(sequence)
		for stop := 1; stop <= len(list); stop++ {
			i := 0
			for p := range sequence {
				if p != list[i] {
					t.Fatalf("%s: got %v, want %v", name, p, list[i])
				}
				if i++; i == stop {
					break
				}
			}
		}
	}
}
