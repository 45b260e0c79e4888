package expr

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// Inside, an index is a string. A free index goes by its name. A summation index in
// canonical form has a number, above those of the indices summed inside the factors of
// its product; in the course of a computation it has a label that nothing else has.
// Numbers are before labels, and both before names.
const (
	numberMark = '\x01'
	labelMark  = '\x02'
)

func number(n int) string { return string(numberMark) + threeDigits(n) }

// threeDigits writes numbers below 1000 so that their order is that of strings.
func threeDigits(n int) string {
	return string([]byte{'0' + byte(n/100), '0' + byte(n/10%10), '0' + byte(n%10)})
}

var labels atomic.Uint64

func newLabel() string {
	var b [9]byte
	b[0] = labelMark
	binary.BigEndian.PutUint64(b[1:], labels.Add(1))
	return string(b[:])
}

func isBound(index string) bool { return index[0] == numberMark || index[0] == labelMark }

// A renaming gives some indices other names.
type renaming map[string]string

func (m renaming) of(index string) string {
	if name, ok := m[index]; ok {
		return name
	}
	return index
}

func (m renaming) touches(free []string) bool {
	for _, index := range free {
		if _, ok := m[index]; ok {
			return true
		}
	}
	return false
}

// checkIndex returns an error unless the name may be an index: a lower-case letter, with
// subscript digits or none.
func checkIndex(name string) error {
	r, size := utf8.DecodeRuneInString(name)
	if r == utf8.RuneError || !unicode.IsLower(r) || len(name) > MaxName || strings.Trim(name[size:], subscripts) != "" {
		return fmt.Errorf("expr: index %.60q: %w: a lower-case letter, then subscript digits if any", name, ErrName)
	}
	return nil
}

func checkIndices(names []string) error {
	if len(names) > MaxRank {
		return fmt.Errorf("expr: %w: %d indices on one tensor, more than %d", ErrLimit, len(names), MaxRank)
	}
	for _, name := range names {
		if err := checkIndex(name); err != nil {
			return err
		}
	}
	return nil
}

const (
	subscripts   = "₀₁₂₃₄₅₆₇₈₉"
	superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹"
)

// reserved are words of the grammar that cannot name a scalar. E alone is the number of
// epochs, and E[…] a moment.
var reserved = map[string]bool{
	"G": true, "H": true, "J": true, "C": true, "S": true, "l": true, "h": true, "k": true,
	"κ": true, "δ": true, "exp": true, "dd": true, "ddexp": true,
}

// checkScalar returns an error unless the name may be a scalar: letters and digits, a
// letter first.
func checkScalar(name string) error {
	if reserved[name] {
		return fmt.Errorf("expr: scalar %q: %w: it has another meaning", name, ErrName)
	}
	return checkWord(name)
}

func checkWord(name string) error {
	if name == "" || len(name) > MaxName || !utf8.ValidString(name) {
		return fmt.Errorf("expr: name %.60q: %w: 1 to %d bytes", name, ErrName, MaxName)
	}
	for i, r := range name {
		if !isLetter(r) && (i == 0 || !isDigit(r)) {
			return fmt.Errorf("expr: name %q: %w: letters and digits, a letter first", name, ErrName)
		}
	}
	return nil
}

// isLetter reports whether r may begin a name. Σ and ∇ have a meaning of their own.
func isLetter(r rune) bool { return unicode.IsLetter(r) && r != 'Σ' }

func isDigit(r rune) bool {
	return '0' <= r && r <= '9' || strings.ContainsRune(subscripts, r)
}

// indexNames are given to summation indices, in this order; then follow μ₁, ν₁, ….
var indexNames = strings.Fields("μ ν λ ρ σ π τ α β γ δ ε ζ θ ι κ ξ φ χ ψ ω υ ς ϑ ϕ a b c d e f g h i j k")

func indexName(n int) string {
	name := indexNames[n%len(indexNames)]
	if round := n / len(indexNames); round > 0 {
		for _, digit := range fmt.Sprint(round) {
			name += subscript(digit)
		}
	}
	return name
}

// subscript returns an ASCII digit below the line. All subscript digits have 3 bytes.
func subscript(digit rune) string {
	at := 3 * int(digit-'0')
	return subscripts[at : at+3]
}
