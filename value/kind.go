package value

import (
	"errors"
	"fmt"
	"slices"
)

// ErrKind reports a name that is no kind of value, or a kind that cannot be had for the
// dynamics or over the numbers at hand.
var ErrKind = errors.New("no such kind of value")

// A Kind says what lies along the edges of a diagram. On an edge from a node at time t
// to its parent at time t' it is the propagator
//
//   - Plain: η, so that values do not depend on times;
//   - Continuous: exp(−ηH(t'−t)) η, with an integral over times (P Remark 2);
//   - Discrete: K^{t'−t−1} η with K = I − ηH, or in general Π_u (I − s_u ηH) η over the
//     columns u with t < u < t', where s_u is the sum of the weights in column u (P §2, the
//     edge rule).
//
// A plain series has all diagrams. A re-summed one, of the other kinds, has just the
// irreducible ones: chains of Hessians are in the propagators.
type Kind int

// The kinds; the zero Kind is Plain.
const (
	Plain Kind = iota
	Continuous
	Discrete
)

var kindNames = []string{"plain", "continuous", "discrete"}

// String returns "plain", "continuous" or "discrete".
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// ParseKind reads "plain", "continuous" or "discrete"; else the error wraps ErrKind.
func ParseKind(text string) (Kind, error) {
	if k := slices.Index(kindNames, text); k >= 0 {
		return Kind(k), nil
	}
	return 0, fmt.Errorf("%w: %.40q is not one of plain, continuous, discrete", ErrKind, text)
}
