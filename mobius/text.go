package mobius

import "strings"

// digits name the elements, in order. They are the digits of base 64 in the Bash shell.
const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_"

// String returns the parts in the order of their least elements, each in increasing
// order, with hyphens between: 02-1-3. Elements 0, …, 9 are digits, 10, …, 35 the
// letters a, …, z, 36, …, 61 the letters A, …, Z, 62 is @ and 63 is _. The partition of
// no elements is the empty string.
func (p Partition) String() string {
	text, _ := p.AppendText(nil)
	return string(text)
}

// AppendText appends what String returns. The error is always nil.
func (p Partition) AppendText(b []byte) ([]byte, error) {
	for k := range p.NumParts() {
		if k > 0 {
			b = append(b, '-')
		}
		for i := range len(p.rgs) {
			if int(p.rgs[i]) == k {
				b = append(b, digits[i])
			}
		}
	}
	return b, nil
}

// MarshalText returns what String returns. The error is always nil.
func (p Partition) MarshalText() ([]byte, error) { return p.AppendText(nil) }

// UnmarshalText sets *p to the partition that Parse reads from text, or leaves it alone
// if there is an error.
func (p *Partition) UnmarshalText(text []byte) error {
	q, err := Parse(string(text))
	if err != nil {
		return err
	}
	*p = q
	return nil
}

// Parse reads the notation of String. Parts, and the elements of a part, may come in any
// order: 1-20-3 is 02-1-3. The number of elements is that of the text.
//
// The error is a *ParseError, which wraps ErrSyntax or ErrNotPartition.
func Parse(text string) (Partition, error) {
	fail := func(offset int, err error) (Partition, error) {
		return Partition{}, &ParseError{Text: text, Offset: offset, Err: err}
	}
	if text == "" {
		return Partition{}, nil
	}
	const none = MaxLen
	var labels [MaxLen]byte
	for i := range labels {
		labels[i] = none
	}
	n := 0                     // number of elements read
	part, size := byte(0), 0   // number of the current part, and of its elements
	highest, at := byte(0), -1 // highest element, and where it stands
	for offset := range len(text) + 1 {
		if offset == len(text) || text[offset] == '-' {
			if size == 0 {
				return fail(offset, ErrEmptyPart)
			}
			part, size = part+1, 0
			continue
		}
		i := strings.IndexByte(digits, text[offset])
		if i < 0 {
			return fail(offset, ErrSyntax)
		}
		if labels[i] != none {
			return fail(offset, ErrRepeated)
		}
		labels[i] = part // below MaxLen, since each part so far has an element of its own
		n++
		size++
		if byte(i) >= highest {
			highest, at = byte(i), offset
		}
	}
	if int(highest) >= n {
		return fail(at, ErrMissing)
	}
	return canonical(labels[:n]), nil
}

// MustParse is like Parse but panics on error. It is for literals.
func MustParse(text string) Partition {
	p, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return p
}
