package diagram

// A batch is diagrams in the making: several at a time are pieces of one string, since to
// allocate each would take much of the time.
type batch struct {
	used, count int
	codes       [batchBytes + 2*MaxNodes]byte
	orders      [batchBytes / 4]uint64 // a code has four bytes or more, but for the bare root
}

// batchBytes bounds the length of the strings. It is small because a single diagram that
// the caller keeps holds on to all of one.
const batchBytes = 1024

// full reports whether there is no room for another code of this length.
func (b *batch) full(length int) bool { return b.used+length > batchBytes }

// add adds a diagram.
func (b *batch) add(code *[2 * MaxNodes]byte, length int, order uint64) {
	*(*[2 * MaxNodes]byte)(b.codes[b.used:]) = *code // all of it, since that takes no loop
	b.used += length
	b.orders[b.count] = order
	b.count++
}

// text returns the codes.
func (b *batch) text() string { return string(b.codes[:b.used]) }

// eachOf yields the diagrams whose codes of a length stand in a text.
func eachOf(length int, codes string, orders []uint64, yield func(Diagram, uint64) bool) bool {
	for i, order := range orders {
		if !yield(fromCode(codes[i*length:(i+1)*length]), order) {
			return false
		}
	}
	return true
}
