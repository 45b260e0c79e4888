package tensor

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"

	"github.com/perturb-go/perturb/internal/rational"
)

// A Landscape is a distribution over smooth losses l_x of θ, and a point θ where it is
// studied: a *Finite or a *Gaussian. Both are exact and immutable, and both are read
// from and written to JSON.
type Landscape interface {
	// Dim returns the dimension P of weight space.
	Dim() int
	// Theta returns a copy of the point θ.
	Theta() []*big.Rat
	// At returns the same landscape at another point. The error wraps ErrShape unless
	// the point has Dim coordinates, and ErrNumber if one is nil.
	At(theta []*big.Rat) (Landscape, error)
	// Loss returns the mean loss l = E_x l_x, a polynomial in θ. The error wraps
	// ErrTooLarge if it exceeds the limits of a polynomial.
	Loss() (Polynomial, error)
	// Statistics returns the exact moments of the losses' derivatives at θ. They are
	// safe for concurrent use; see Cache to have each computed once.
	Statistics() Statistics[*big.Rat]

	json.Marshaler
	sealed()
}

// Limits of landscape files.
const (
	// MaxFileSize bounds the bytes of a landscape file.
	MaxFileSize = 1 << 24
	// MaxData bounds the data of a Finite landscape.
	MaxData = 1 << 17
)

// ReadLandscape reads a landscape as ParseLandscape does, from a file of at most
// MaxFileSize bytes.
func ReadLandscape(r io.Reader) (Landscape, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("tensor: read landscape: %w", err)
	}
	return ParseLandscape(data)
}

// ParseLandscape reads a landscape of either kind from JSON: a *Gaussian if the file
// has the key gaussian, else a *Finite. See these for the form. Other keys than theirs
// are ignored.
//
// The error names the field, such as data[1].loss[3].exp, and is a *FieldError. It
// wraps ErrFormat if the file is not one JSON object or a field has the wrong type;
// ErrMissing if there is no such field; ErrNumber if a number cannot be read, or has
// more than 400 digits; ErrExponent if an exponent is negative or a term repeats
// another's; ErrStatisticsFile if the file has the key statistics; ErrTooLarge if it
// exceeds a limit of this package, or the least common denominator of its numbers
// exceeds 2^65536; and what NewFinite and NewGaussian do.
func ParseLandscape(data []byte) (Landscape, error) {
	if len(data) > MaxFileSize {
		return nil, within("", fmt.Errorf("a landscape file of more than %d bytes: %w", MaxFileSize, ErrTooLarge))
	}
	raw, err := document(data)
	if err != nil {
		return nil, within("", err)
	}
	var wire wireLandscape
	if err := object(raw, &wire); err != nil {
		return nil, within("", err)
	}
	if wire.Statistics != nil {
		return nil, within("statistics", ErrStatisticsFile)
	}
	dim, err := integer(wire.Dim)
	if err == nil {
		err = checkTerms(dim, 0)
	}
	if err != nil {
		return nil, within("dim", err)
	}
	d := newDecoder()
	theta, err := d.numbers(wire.Theta, MaxVariables)
	if err != nil {
		return nil, within("theta", err)
	}
	if theta, err = checkMove(dim, theta); err != nil {
		return nil, err
	}
	switch {
	case wire.Gaussian == nil:
		return asLandscape(d.finite(theta, wire))
	case wire.Data != nil:
		return nil, within("gaussian", fmt.Errorf("the file has data too: %w", ErrFormat))
	}
	return asLandscape(d.gaussian(theta, wire))
}

// asLandscape makes the nil of an error a nil Landscape.
func asLandscape[L Landscape](l L, err error) (Landscape, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
}

// wireLandscape has the fields of a landscape file of either kind.
type wireLandscape struct {
	Dim        json.RawMessage `json:"dim"`
	Theta      json.RawMessage `json:"theta"`
	Data       json.RawMessage `json:"data"`
	Gaussian   json.RawMessage `json:"gaussian"`
	Loss       json.RawMessage `json:"loss"`
	Statistics json.RawMessage `json:"statistics"`
}

// checkTheta returns a copy of theta if it is a point of weight space.
func checkTheta(theta []*big.Rat) ([]*big.Rat, error) {
	if err := checkTerms(len(theta), 0); err != nil {
		return nil, within("theta", err)
	}
	return checkMove(len(theta), theta)
}

// checkMove returns a copy of theta if it has dim coordinates.
func checkMove(dim int, theta []*big.Rat) ([]*big.Rat, error) {
	if len(theta) != dim {
		return nil, within("theta", fmt.Errorf("%d coordinates in dimension %d: %w", len(theta), dim, ErrShape))
	}
	if err := checkPoint(dim, theta); err != nil {
		return nil, within("theta", err)
	}
	return cloneAll(theta), nil
}

// cloneAll returns copies of the numbers.
func cloneAll(numbers []*big.Rat) []*big.Rat {
	out := make([]*big.Rat, len(numbers))
	for i, q := range numbers {
		out[i] = rational.Clone(q)
	}
	return out
}
