package mobius

import (
	"fmt"
	"math/big"
	"sync"
)

// Bell returns the number of partitions of n elements: 1, 1, 2, 5, 15, 52, … It is zero
// if n < 0, and takes O(n²) additions.
//
// Source: OEIS A000110.
func Bell(n int) *big.Int {
	if n < 0 {
		return new(big.Int)
	}
	// Row n of the Bell triangle starts with Bell(n), and ends with Bell(n+1). Each of its
	// other entries is the sum of that before it and the one above that.
	row := []*big.Int{big.NewInt(1)}
	for range n {
		next := make([]*big.Int, len(row)+1)
		next[0] = row[len(row)-1]
		for i, above := range row {
			next[i+1] = new(big.Int).Add(next[i], above)
		}
		row = next
	}
	return row[0]
}

// Stirling returns the number of partitions of n elements into k parts, the Stirling
// number of the second kind. It is zero unless 0 ≤ k ≤ n, and takes O(k(n−k)) additions
// and multiplications.
//
// Source: OEIS A008277, S(n, k) = k S(n−1, k) + S(n−1, k−1).
func Stirling(n, k int) *big.Int {
	if k < 0 || k > n {
		return new(big.Int)
	}
	// Along a diagonal: column[j] is S(i+j, j), for i from 0 to n−k.
	column := make([]*big.Int, k+1)
	for j := range column {
		column[j] = big.NewInt(1)
	}
	for range n - k {
		column[0].SetInt64(0)
		for j := 1; j <= k; j++ {
			column[j].Mul(column[j], big.NewInt(int64(j)))
			column[j].Add(column[j], column[j-1])
		}
	}
	return column[k]
}

// completions returns the table of the numbers of ways to complete a restricted growth
// string that has j parts so far by i further labels, for i + j ≤ MaxLen.
var completions = sync.OnceValue(func() *[MaxLen + 1][MaxLen + 1]*big.Int {
	var table [MaxLen + 1][MaxLen + 1]*big.Int
	for j := range table[0] {
		table[0][j] = big.NewInt(1)
	}
	for i := 1; i <= MaxLen; i++ {
		for j := range MaxLen - i + 1 {
			ways := big.NewInt(int64(j)) // the next label is one of j, or opens a part
			ways.Mul(ways, table[i-1][j])
			table[i][j] = ways.Add(ways, table[i-1][j+1])
		}
	}
	return &table
})

// maxLen64 is the largest n for which Bell(n) fits an int64.
const maxLen64 = 25

// completions64 holds the entries of completions for i + j ≤ maxLen64.
var completions64 = func() (table [maxLen64 + 1][maxLen64 + 1]int64) {
	for j := range table[0] {
		table[0][j] = 1
	}
	for i := 1; i <= maxLen64; i++ {
		for j := range maxLen64 - i + 1 {
			table[i][j] = int64(j)*table[i-1][j] + table[i-1][j+1]
		}
	}
	return table
}()

// Rank returns the place of p, from 0, in the order of Partitions(p.Len()).
func (p Partition) Rank() *big.Int {
	if len(p.rgs) <= maxLen64 {
		return big.NewInt(p.rank64())
	}
	table := completions()
	rank, term := new(big.Int), new(big.Int)
	parts := 0
	for i := range len(p.rgs) {
		label := int(p.rgs[i])
		// Each of the smaller labels is that of an older part.
		rank.Add(rank, term.Mul(big.NewInt(int64(label)), table[len(p.rgs)-1-i][parts]))
		parts = max(parts, label+1)
	}
	return rank
}

// rank64 is Rank for at most maxLen64 elements.
func (p Partition) rank64() int64 {
	rank, parts := int64(0), 0
	for i := range len(p.rgs) {
		label := int(p.rgs[i])
		rank += int64(label) * completions64[len(p.rgs)-1-i][parts]
		parts = max(parts, label+1)
	}
	return rank
}

// Unrank returns the partition of n elements with the given rank.
//
// The error wraps ErrRank unless 0 ≤ rank < Bell(n), or if rank is nil. It wraps ErrLength
// if n < 0, and ErrTooLarge if n > MaxLen.
func Unrank(n int, rank *big.Int) (Partition, error) {
	if err := checkLen(n); err != nil {
		return Partition{}, err
	}
	table := completions()
	if rank == nil || rank.Sign() < 0 || rank.Cmp(table[n][0]) >= 0 {
		return Partition{}, fmt.Errorf("mobius: partition %v of %d elements: %w", rank, n, ErrRank)
	}
	rest, label := new(big.Int).Set(rank), new(big.Int)
	labels := make([]byte, n)
	parts := 0
	for i := range labels {
		// Older labels take equal shares of the ranks, and the rest is a new part's.
		share := table[n-1-i][parts]
		label.Quo(rest, share)
		if label.Cmp(big.NewInt(int64(parts))) >= 0 {
			label.SetInt64(int64(parts))
			parts++
		}
		labels[i] = byte(label.Int64())
		rest.Sub(rest, new(big.Int).Mul(label, share))
	}
	return Partition{string(labels)}, nil
}
