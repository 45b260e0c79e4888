package mobius_test

import (
	"fmt"
	"testing"

	"github.com/perturb-go/perturb/mobius"
)

// All peers add up the last labels, which is next to no work. They are functions of
// their own, because the compiler does not inline calls in the body of a b.Loop.
func BenchmarkPartitions(b *testing.B) {
	peers := []struct {
		name string
		sum  func(n int) int
	}{
		{"strings", sumStrings},
		{"strings-by-hand", sumStringsByHand},
		{"partitions", sumPartitions},
		{"partitions-by-hand", sumPartitionsByHand},
	}
	for _, n := range []int{8, 12} {
		for _, peer := range peers {
			b.Run(fmt.Sprintf("n=%d/%s", n, peer.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					peer.sum(n)
				}
			})
		}
	}
}

func sumStrings(n int) (sum int) {
	for a := range mobius.Strings(n) {
		sum += a[len(a)-1]
	}
	return sum
}

func sumPartitions(n int) (sum int) {
	for p := range mobius.Partitions(n) {
		sum += p.PartOf(n - 1)
	}
	return sum
}

// sumStringsByHand is a loop over restricted growth strings as one writes it by hand.
func sumStringsByHand(n int) (sum int) {
	a, bound := make([]int, n), make([]int, n)
	for i := 1; i < n; i++ {
		bound[i] = 1
	}
	for {
		sum += a[n-1]
		i := n - 1
		for a[i] == bound[i] {
			if i == 0 {
				return sum
			}
			i--
		}
		a[i]++
		next := max(bound[i], a[i]+1)
		for i++; i < n; i++ {
			a[i], bound[i] = 0, next
		}
	}
}

// sumPartitionsByHand is the same loop, which makes a value to keep out of each string.
func sumPartitionsByHand(n int) (sum int) {
	a, bound := make([]byte, n), make([]byte, n)
	for i := 1; i < n; i++ {
		bound[i] = 1
	}
	for {
		kept = string(a)
		sum += int(kept[n-1])
		i := n - 1
		for a[i] == bound[i] {
			if i == 0 {
				return sum
			}
			i--
		}
		a[i]++
		next := max(bound[i], a[i]+1)
		for i++; i < n; i++ {
			a[i], bound[i] = 0, next
		}
	}
}

// kept makes the values of sumPartitionsByHand escape to the heap, as those do that a
// caller of Partitions keeps.
var kept string
