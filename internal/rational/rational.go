// Package rational reads and writes exact rational numbers as text and JSON,
// refusing at once the ones that are too large to compute with.
package rational

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
)

// MaxDigits bounds the digits of a number's text and the size of its decimal exponent.
// A million-digit number is a slip of the pen, and one such coefficient would stall
// every later sum.
const MaxDigits = 400

var (
	// ErrSyntax reports text that is no number.
	ErrSyntax = errors.New("expected a number such as 3, -1/2, 0.25 or 1e-3")
	// ErrDivision reports a denominator of zero.
	ErrDivision = errors.New("the denominator is zero")
	// ErrRange reports a number with more than MaxDigits digits.
	ErrRange = fmt.Errorf("the number has more than %d digits", MaxDigits)
)

var (
	fraction = regexp.MustCompile(`^([+-]?[0-9]+)/([0-9]+)$`)
	decimal  = regexp.MustCompile(`^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?$`)
)

// Parse reads an integer, a fraction p/q or a decimal with an optional exponent,
// exactly. Its error wraps ErrSyntax, ErrDivision or ErrRange and quotes the text.
func Parse(text string) (*big.Rat, error) {
	if len(text) > 2*MaxDigits {
		return nil, fmt.Errorf("%.20q…: %w", text, ErrRange)
	}
	if m := fraction.FindStringSubmatch(text); m != nil {
		// Base 10 by name: big.Rat.SetString would read 010/3 as octal.
		num, _ := new(big.Int).SetString(m[1], 10)
		den, _ := new(big.Int).SetString(m[2], 10)
		if den.Sign() == 0 {
			return nil, fmt.Errorf("%q: %w", text, ErrDivision)
		}
		return new(big.Rat).SetFrac(num, den), nil
	}
	m := decimal.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q: %w", text, ErrSyntax)
	}
	if m[1] != "" {
		if e, err := strconv.Atoi(m[1]); err != nil || e > MaxDigits || e < -MaxDigits {
			return nil, fmt.Errorf("%q: %w", text, ErrRange)
		}
	}
	q, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, fmt.Errorf("%q: %w", text, ErrSyntax)
	}
	return q, nil
}

// FromJSON reads a JSON string or number by Parse, so 0.1 means one tenth.
func FromJSON(raw json.RawMessage) (*big.Rat, error) {
	if len(raw) > 0 && raw[0] == '"' {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, err
		}
		return Parse(text)
	}
	if len(raw) == 0 {
		return nil, fmt.Errorf("missing: %w", ErrSyntax)
	}
	return Parse(string(raw))
}

// Clone returns a copy of q that its holder may change.
func Clone(q *big.Rat) *big.Rat { return new(big.Rat).Set(q) }
