package tensor

import (
	"encoding/json"
	"fmt"
	"math/big"
)

// An encoder prepares exact values for writing as JSON, and keeps the first error.
type encoder struct {
	err error
}

// jsonTerm is a term as it is written; see wireTerm.
type jsonTerm struct {
	Coef string `json:"coef"`
	Exp  []int  `json:"exp"`
	Data []int  `json:"data,omitempty"`
}

// number returns q as text that decoder.number reads.
func (e *encoder) number(field string, q *big.Rat) string {
	if err := writable(q); err != nil && e.err == nil {
		e.err = within(field, err)
	}
	return q.RatString()
}

// numbers returns numbers as text.
func (e *encoder) numbers(field string, numbers []*big.Rat) []string {
	out := make([]string, len(numbers))
	for i, q := range numbers {
		out[i] = e.number(fmt.Sprintf("%s[%d]", field, i), q)
	}
	return out
}

// terms returns the terms of p, with the exponents of the first dim variables under
// exp and those of any others under data. A polynomial 0 has one term, to show its
// variables.
func (e *encoder) terms(field string, p Polynomial, dim int) []jsonTerm {
	terms := p.Terms()
	if len(terms) == 0 && p.dim > 0 {
		terms = []Term{{new(big.Rat), make([]int, p.dim)}}
	}
	out := make([]jsonTerm, len(terms))
	for i, t := range terms {
		coef := e.number(fmt.Sprintf("%s[%d].coef", field, i), t.Coef)
		out[i] = jsonTerm{Coef: coef, Exp: t.Exp[:dim], Data: t.Exp[dim:]}
	}
	return out
}

// marshal returns the JSON of v, or the first error.
func (e *encoder) marshal(v any) ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return json.Marshal(v)
}
