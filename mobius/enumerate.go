package mobius

import "iter"

// Strings yields the restricted growth strings of n elements in lexicographic order: the
// slices a of length n with a[0] = 0 and a[i] ≤ 1 + max(a[0], …, a[i−1]). There are
// Bell(n) of them. The order is part of the API.
//
// The slice is reused: it is valid until the next step, and must not be modified.
//
// The sequence is empty if n < 0 or n > MaxLen.
func Strings(n int) iter.Seq[[]int] {
	// This function and its closure are small enough for the compiler to inline, which
	// makes a range over it as fast as a loop written by hand.
	return func(yield func([]int) bool) {
		w, highest := newWalk[int](n)
		labels := w.labels
		for ; highest >= 0; highest = w.next() {
			for label := range highest + 1 {
				labels[n] = label
				if !yield(labels[1:]) {
					return
				}
			}
		}
	}
}

// A walk runs through restricted growth strings in lexicographic order, but for their
// last labels: these are left to the caller, whose inner loop they are. E is the type of
// the labels.
//
// Source: D. E. Knuth, The Art of Computer Programming 4A (2011), 7.2.1.5, algorithm H.
type walk[E int | byte] struct {
	labels []E // labels[0] is a dummy and stays 0; the string is labels[1:]
	bounds []E // bounds[i] is the largest label that labels[i] may take; bounds[0] = 0
}

// newWalk returns a walk at the first string of n elements, with the largest label that
// the last one may take, or −1 if there are no strings.
func newWalk[E int | byte](n int) (w walk[E], highest int) {
	if n < 0 || n > MaxLen {
		return w, -1
	}
	w.labels, w.bounds = make([]E, n+1), make([]E, n+1)
	for i := 2; i <= n; i++ {
		w.bounds[i] = 1
	}
	return w, int(w.bounds[n])
}

// next moves on to the next string up to its last label, which becomes 0. It returns the
// largest that the last label may take, or −1 if there are no more strings.
func (w walk[E]) next() (highest int) {
	labels, bounds := w.labels, w.bounds[:len(w.labels)]
	i := len(labels) - 2
	for i > 0 && labels[i] == bounds[i] {
		i--
	}
	if i <= 0 {
		return -1
	}
	labels[i]++
	bound := max(bounds[i], labels[i]+1)
	for i++; i < len(labels); i++ {
		labels[i], bounds[i] = 0, bound
	}
	return int(bound)
}

// Partitions yields the Bell(n) partitions of n elements in lexicographic order of their
// restricted growth strings, from Coarsest(n) to Finest(n). The order is part of the API.
// Each Partition may be kept.
//
// The sequence is empty if n < 0 or n > MaxLen.
func Partitions(n int) iter.Seq[Partition] {
	return func(yield func(Partition) bool) {
		// Make several partitions at a time, as slices of one string, since to allocate
		// each would take most of the time.
		var (
			buffer [chunkBytes]byte
			size   int // bytes of the buffer in use
			count  int // strings in it
		)
		flush := func() bool {
			text := string(buffer[:size])
			for range count {
				if !yield(Partition{text[:n]}) {
					return false
				}
				text = text[n:]
			}
			size, count = 0, 0
			return true
		}
		w, highest := newWalk[byte](n)
		for ; highest >= 0; highest = w.next() {
			for label := range highest + 1 {
				if size+n > len(buffer) && !flush() {
					return
				}
				w.labels[n] = byte(label)
				size += copy(buffer[size:], w.labels[1:])
				count++
			}
		}
		flush()
	}
}

// chunkBytes is the length of the strings that Partitions cuts up. It is at least MaxLen,
// but small, because a single Partition that the caller keeps holds on to all of one.
const chunkBytes = 256

// PartitionsInto yields the Stirling(n, k) partitions of n elements into k parts, in the
// order of Partitions. Each Partition may be kept.
//
// The sequence is empty unless 0 ≤ k ≤ n ≤ MaxLen.
func PartitionsInto(n, k int) iter.Seq[Partition] {
	return func(yield func(Partition) bool) {
		if k < 0 || k > n || n > MaxLen || (k == 0 && n > 0) {
			return
		}
		labels := make([]byte, n)
		opened := make([]int, n+1) // opened[i] is the number of parts of labels[:i]

		// complete sets labels[i:] to its least value for which there are k parts.
		complete := func(i int) {
			for ; i < n; i++ {
				labels[i] = 0
				if k-opened[i] == n-i { // each element left opens a part
					labels[i] = byte(opened[i])
				}
				opened[i+1] = max(opened[i], int(labels[i])+1)
			}
		}
		for complete(0); yield(Partition{string(labels)}); {
			i := n - 1
			for i >= 0 && int(labels[i]) == min(opened[i], k-1) {
				i--
			}
			if i < 0 {
				return
			}
			labels[i]++
			opened[i+1] = max(opened[i], int(labels[i])+1)
			complete(i + 1)
		}
	}
}
