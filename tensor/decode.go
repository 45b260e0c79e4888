package tensor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/perturb-go/perturb/internal/rational"
)

// A decoder reads the fields of one file. Its errors say what is wrong; callers put
// them under the name of the field by within.
type decoder struct {
	// denominator is a common denominator of the numbers read.
	denominator *big.Int
}

// maxDenominator bounds the bits of a common denominator of the numbers in a file: all
// the fractions with denominators up to 45000, say. Sums of a file's numbers have such
// a denominator, so without a bound a file of megabytes could take days to add up.
const maxDenominator = 1 << 16

func newDecoder() *decoder { return &decoder{big.NewInt(1)} }

// number reads an exact number.
func (d *decoder) number(raw json.RawMessage) (*big.Rat, error) {
	if raw == nil {
		return nil, ErrMissing
	}
	q, err := rational.FromJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("%w %w", ErrNumber, err)
	}
	if err := writable(q); err != nil {
		return nil, err
	}
	leastCommonMultiple(d.denominator, q.Denom())
	if bits := d.denominator.BitLen(); bits > maxDenominator {
		return nil, fmt.Errorf("the numbers so far have a common denominator of more than %d bits: %w", maxDenominator, ErrTooLarge)
	}
	return q, nil
}

// leastCommonMultiple sets a to the least common multiple of a and b.
func leastCommonMultiple(a, b *big.Int) {
	rest := new(big.Int).Rem(a, b)
	if rest.Sign() == 0 {
		return
	}
	gcd := rest.GCD(nil, nil, a, b)
	a.Mul(a, gcd.Quo(b, gcd))
}

// writable returns an error unless q, written as a fraction, can be read again.
func writable(q *big.Rat) error {
	// A digit has more than 3.32 bits, so no shorter number has too many of them.
	if q.Num().BitLen()+q.Denom().BitLen() < 2*rational.MaxDigits*3 {
		return nil
	}
	if _, err := rational.Parse(q.RatString()); err != nil {
		return fmt.Errorf("%w %w", ErrNumber, err)
	}
	return nil
}

// numbers reads a list of exact numbers.
func (d *decoder) numbers(raw json.RawMessage, most int) ([]*big.Rat, error) {
	items, err := list(raw, most)
	if err != nil {
		return nil, err
	}
	numbers := make([]*big.Rat, len(items))
	for i, item := range items {
		if numbers[i], err = d.number(item); err != nil {
			return nil, within(fmt.Sprintf("[%d]", i), err)
		}
	}
	return numbers, nil
}

// integer reads an integer that fits an int.
func integer(raw json.RawMessage) (int, error) {
	if raw == nil {
		return 0, ErrMissing
	}
	q, err := rational.FromJSON(raw)
	if err != nil {
		return 0, fmt.Errorf("%w %w", ErrNumber, err)
	}
	if !q.IsInt() {
		return 0, fmt.Errorf("%s is not an integer: %w", brief(q), ErrNumber)
	}
	if !q.Num().IsInt64() || int64(int(q.Num().Int64())) != q.Num().Int64() {
		return 0, fmt.Errorf("%s: %w", brief(q), ErrTooLarge)
	}
	return int(q.Num().Int64()), nil
}

// integers reads a list of integers.
func integers(raw json.RawMessage, most int) ([]int, error) {
	// Files are mostly exponents, and those are mostly short lists of plain JSON integers.
	// A null would pass for one.
	var fast []int
	if 0 < len(raw) && len(raw) < 1<<14 && !bytes.Contains(raw, []byte("null")) && json.Unmarshal(raw, &fast) == nil && len(fast) <= most {
		return fast, nil
	}
	items, err := list(raw, most)
	if err != nil {
		return nil, err
	}
	numbers := make([]int, len(items))
	for i, item := range items {
		if numbers[i], err = integer(item); err != nil {
			return nil, within(fmt.Sprintf("[%d]", i), err)
		}
	}
	return numbers, nil
}

// list reads a list of at most so many items.
func list(raw json.RawMessage, most int) ([]json.RawMessage, error) {
	if raw == nil {
		return nil, ErrMissing
	}
	if raw[0] != '[' {
		return nil, fmt.Errorf("expected a list, found %.20q: %w", raw, ErrFormat)
	}
	// One item after the other: a list of millions is refused before it fills memory.
	items := []json.RawMessage{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	for dec.More() {
		if len(items) == most {
			return nil, fmt.Errorf("more than %d items: %w", most, ErrTooLarge)
		}
		var item json.RawMessage
		if err := dec.Decode(&item); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		items = append(items, item)
	}
	return items, nil
}

// object reads the fields of an object into a struct of json.RawMessage.
func object(raw json.RawMessage, fields any) error {
	if raw[0] != '{' {
		return fmt.Errorf("expected an object, found %.20q: %w", raw, ErrFormat)
	}
	if err := json.Unmarshal(raw, fields); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return nil
}

// document returns the one JSON value of a file.
func document(data []byte) (json.RawMessage, error) {
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if err == nil {
		return raw, nil
	}
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	before := data[:min(int(syntax.Offset), len(data))]
	line := 1 + bytes.Count(before, []byte("\n"))
	return nil, fmt.Errorf("line %d: %w: %w", line, ErrFormat, err)
}

// wireTerm is the JSON of a term. Data are the exponents of the datum's coordinates,
// where the loss has them.
type wireTerm struct {
	Coef json.RawMessage `json:"coef"`
	Exp  json.RawMessage `json:"exp"`
	Data json.RawMessage `json:"data"`
}

// polynomial reads a list of terms in dim variables and, if coordinates > 0, as many
// coordinates of a datum.
func (d *decoder) polynomial(raw json.RawMessage, dim, coordinates int) (Polynomial, error) {
	items, err := list(raw, MaxTerms)
	if err != nil {
		return Polynomial{}, err
	}
	sum := make(map[string]*big.Rat, len(items))
	first := make(map[string]int, len(items))
	for i, item := range items {
		field := fmt.Sprintf("[%d]", i)
		exp, coef, err := d.term(item, dim, coordinates)
		if err != nil {
			return Polynomial{}, within(field, err)
		}
		if j, ok := first[exp]; ok {
			return Polynomial{}, within(field+".exp", fmt.Errorf("the same exponents as [%d]: %w", j, ErrExponent))
		}
		first[exp] = i
		sum[exp] = coef
	}
	return Polynomial{dim + coordinates, collect(sum)}, nil
}

// term reads a term.
func (d *decoder) term(raw json.RawMessage, dim, coordinates int) (string, *big.Rat, error) {
	var wire wireTerm
	if err := object(raw, &wire); err != nil {
		return "", nil, err
	}
	coef, err := d.number(wire.Coef)
	if err != nil {
		return "", nil, within("coef", err)
	}
	exp, err := exponents(wire.Exp, dim)
	if err != nil || coordinates == 0 {
		return exp, coef, within("exp", err)
	}
	data, err := exponents(wire.Data, coordinates)
	if err != nil {
		return "", nil, within("data", err)
	}
	if degree(exp)+degree(data) > MaxDegree {
		return "", nil, fmt.Errorf("the degree exceeds %d: %w", MaxDegree, ErrTooLarge)
	}
	return exp + data, coef, nil
}

// exponents reads a list of exponents of so many variables.
func exponents(raw json.RawMessage, variables int) (string, error) {
	exp, err := integers(raw, MaxVariables)
	if err != nil {
		return "", err
	}
	return packExponents(variables, exp)
}
