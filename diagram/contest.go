package diagram

import (
	"math/big"
	"math/bits"
)

// A contest finds the least string that the moves of a forest make of a partition, by
// trying all of them. It is for forests with few moves.
type contest struct {
	assembly
	matrix
	best    [MaxNodes]uint64
	trial   [MaxNodes]uint64
	winners int // the number of moves that make the best
}

// enter makes c ready for parts by label, numbered below MaxNodes.
func (c *contest) enter(f *forest, part []int8) {
	c.reset(f)
	c.fill(f, part)
}

// hold tries all moves, unless they are more than maxMoves.
func (c *contest) hold() bool {
	switch total := c.total(maxMoves); {
	case total > maxMoves:
		return false
	case total == 1:
		c.best, c.winners = c.rows, 1
	default:
		c.place(c.inner() - 1)
	}
	return true
}

// place chooses the images of places up to v, and tries what that makes.
func (c *contest) place(v int) {
	v, choices := c.next(v)
	if v < 0 {
		c.try()
		return
	}
	for ; choices != 0; choices &= choices - 1 {
		w := bits.TrailingZeros64(choices)
		c.image[v] = int8(w)
		c.used |= 1 << w
		c.place(v - 1)
		c.used &^= 1 << w
	}
}

// try tries the move that is assembled.
func (c *contest) try() {
	trial := c.trial[:c.parts]
	clear(trial)
	for v := 0; v < c.nodes; v++ {
		if c.leaves>>v&1 == 0 {
			trial[c.part[c.image[v]]] += c.unit[v]
			continue
		}
		for from := c.kids[c.image[c.parent[v]]] & c.leaves; ; v++ {
			trial[c.part[bits.TrailingZeros64(from)]] += c.unit[v]
			if from &= from - 1; from == 0 {
				break
			}
		}
	}
	sortRows(trial)
	sign := -1
	if c.winners > 0 {
		sign = c.compare(trial, c.best[:c.parts])
	}
	switch {
	case sign < 0:
		copy(c.best[:], trial)
		c.winners = 1
	case sign == 0:
		c.winners++
	}
}

// write writes the least string.
func (l *layout) write(rows []uint64, text []byte) {
	for v := 0; v < len(text); {
		at := bits.TrailingZeros64(l.unit[v])
		for p, row := range rows {
			for range row & l.field[at] >> at {
				text[v] = byte(p)
				v++
			}
		}
	}
}

// interchanges returns the number of permutations of leaves that are siblings which map
// parts onto parts: those of leaves that share their part, and those of parts with equal
// rows. The rows decrease.
func (l *layout) interchanges(rows []uint64) *big.Int {
	order := uint64(1)
	large := big.NewInt(1)
	times := func(n uint64) {
		high, low := bits.Mul64(order, n)
		if high > 0 {
			large.Mul(large, new(big.Int).SetUint64(order))
			low = n
		}
		order = low
	}
	equal := uint64(0)
	for p, row := range rows {
		if p > 0 && row != rows[p-1] {
			equal = 0
		}
		equal++
		times(equal)
		for at := 0; at < l.width; {
			column := l.field[at]
			for n := row & column >> at; n > 1; n-- {
				times(n)
			}
			at = bits.Len64(column)
		}
	}
	return large.Mul(large, new(big.Int).SetUint64(order))
}
