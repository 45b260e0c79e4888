package mobius

import (
	"fmt"
	"iter"
	"math/big"
)

// Meet returns the greatest partition that refines both p and q. Two elements share a
// part of it if and only if they do so in p and in q.
//
// The error wraps ErrLength if p and q have different lengths.
func Meet(p, q Partition) (Partition, error) {
	if len(p.rgs) != len(q.rgs) {
		return Partition{}, fmt.Errorf("mobius: meet of %v and %v: %w", p, q, ErrLength)
	}
	var (
		label  [MaxLen][MaxLen]byte // one more than the label of a part of p within one of q
		buffer [MaxLen]byte
		parts  byte
	)
	for i := range len(p.rgs) {
		l := &label[p.rgs[i]][q.rgs[i]]
		if *l == 0 {
			parts++
			*l = parts
		}
		buffer[i] = *l - 1
	}
	return Partition{string(buffer[:len(p.rgs)])}, nil
}

// Join returns the least partition that both p and q refine. Two elements share a part of
// it if and only if a chain leads from one to the other, in which neighbours share a part
// of p or of q.
//
// The error wraps ErrLength if p and q have different lengths.
func Join(p, q Partition) (Partition, error) {
	if len(p.rgs) != len(q.rgs) {
		return Partition{}, fmt.Errorf("mobius: join of %v and %v: %w", p, q, ErrLength)
	}
	// A forest on the parts of p, in which no part has a parent with a higher number. Each
	// element ties its part of p to that of the least element of its part of q.
	var parent, buffer [MaxLen]byte
	for k := range parent {
		parent[k] = byte(k)
	}
	root := func(k byte) byte {
		for parent[k] != k {
			parent[k] = parent[parent[k]]
			k = parent[k]
		}
		return k
	}
	least := q.leasts()
	for i := range len(p.rgs) {
		a, b := root(p.rgs[i]), root(p.rgs[least[q.rgs[i]]])
		parent[max(a, b)] = min(a, b)
	}
	for i := range len(p.rgs) {
		buffer[i] = root(p.rgs[i])
	}
	return canonical(buffer[:len(p.rgs)]), nil
}

// Refines reports whether p ≤ q: whether every part of p lies in a part of q. It is false
// if p and q have different lengths.
func (p Partition) Refines(q Partition) bool {
	if len(p.rgs) != len(q.rgs) {
		return false
	}
	least := p.leasts()
	for i := range len(p.rgs) {
		if q.rgs[i] != q.rgs[least[p.rgs[i]]] {
			return false
		}
	}
	return true
}

// CoveredBy reports whether q covers p: whether p < q with no partition between, so that
// merging two parts of p makes q. It is false if p and q have different lengths.
func (p Partition) CoveredBy(q Partition) bool {
	return p.NumParts() == q.NumParts()+1 && p.Refines(q)
}

// Covers yields the partitions that cover p, each of which merges two of its parts, in
// the order of Partitions. There are k(k−1)/2 of them if p has k parts. Each Partition may
// be kept.
func Covers(p Partition) iter.Seq[Partition] {
	return func(yield func(Partition) bool) {
		labels := make([]byte, len(p.rgs))
		for b := range p.NumParts() {
			for a := range b {
				for i := range labels {
					labels[i] = p.rgs[i]
					switch {
					case labels[i] == byte(b):
						labels[i] = byte(a)
					case labels[i] > byte(b):
						labels[i]--
					}
				}
				if !yield(Partition{string(labels)}) {
					return
				}
			}
		}
	}
}

// Interval yields the partitions x with p ≤ x ≤ q, in the order of Partitions: from q to
// p. Their number is the product of Bell(k) over the parts of q, each made of k parts of
// p. Each Partition may be kept.
//
// The sequence is empty unless p refines q, and so if they have different lengths.
func Interval(p, q Partition) iter.Seq[Partition] {
	return func(yield func(Partition) bool) {
		if !p.Refines(q) {
			return
		}
		// Shrink each part of p to a point: the x are the refinements of a partition
		// `within` of these points, lifted to the elements. Lifting keeps the order,
		// because the points are in the order of their least elements.
		n := p.NumParts()
		within := make([]byte, n)
		for i := range len(p.rgs) {
			within[p.rgs[i]] = q.rgs[i]
		}
		labels := make([]byte, n)
		opened := make([]byte, n+1) // opened[i] is the number of parts of labels[:i]
		home := make([]byte, n)     // home[k] is the part of `within` that part k lies in

		// place gives point i the first label, from the given one up, that it may take.
		place := func(i int, label byte) {
			for label < opened[i] && home[label] != within[i] {
				label++
			}
			labels[i], opened[i+1] = label, opened[i]
			if label == opened[i] {
				home[label] = within[i]
				opened[i+1]++
			}
		}
		lifted := make([]byte, len(p.rgs))
		for i := 0; ; {
			for ; i < n; i++ {
				place(i, 0)
			}
			for e := range lifted {
				lifted[e] = labels[p.rgs[e]]
			}
			if !yield(Partition{string(lifted)}) {
				return
			}
			for i--; i >= 0 && labels[i] == opened[i]; i-- {
			}
			if i < 0 {
				return
			}
			place(i, labels[i]+1)
			i++
		}
	}
}

// Mobius returns the Möbius function μ(p, q) of the lattice: the product of
// (−1)^(k−1) (k−1)! over the parts of q, each made of k parts of p. It is zero unless p
// refines q, and so if they have different lengths.
//
// It is the inverse of the zeta function: Σ μ(p, x) over x in Interval(p, q) is 1 if
// p = q, and 0 if p < q.
//
// Source: G.-C. Rota, On the foundations of combinatorial theory I (1964), section 7.
func Mobius(p, q Partition) *big.Int {
	if !p.Refines(q) {
		return new(big.Int)
	}
	product := big.NewInt(1)
	for _, k := range p.split(q) {
		for j := 1; j < k; j++ {
			product.Mul(product, big.NewInt(int64(-j)))
		}
	}
	return product
}

// split returns, for each part of q, the number of parts of p that it is made of. It
// takes that p refines q.
func (p Partition) split(q Partition) []int {
	counts := make([]int, q.NumParts())
	least := p.leasts()
	for _, i := range least[:p.NumParts()] {
		counts[q.rgs[i]]++
	}
	return counts
}
