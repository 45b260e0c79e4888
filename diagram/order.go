package diagram

import "math/big"

// Aut returns |Aut(D)|, the order of the automorphism group.
//
// It is the number of moves of the forest that keep the partition, times the number of
// permutations of leaves that do.
func (d Diagram) Aut() *big.Int {
	var (
		f    forest
		c    contest
		part [MaxNodes]int8
	)
	f.plant([]byte(d.levels()))
	text := d.parts()
	for v := range len(text) {
		part[v] = int8(text[v])
	}
	c.enter(&f, part[:f.nodes])
	if !c.hold() {
		return d.Symmetry().Order()
	}
	order := c.interchanges(c.best[:c.parts])
	return order.Mul(order, big.NewInt(int64(c.winners)))
}
