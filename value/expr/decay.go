package expr

import (
	"fmt"
	"math/big"
)

// A fate is what becomes of a power, or of an exponential, in the long run.
type fate int

const (
	decays fate = iota
	stays       // it is 1
)

// signOf returns the sign of s for small η, where scalars and eigenvalues are positive,
// and whether it is known: that of the terms lowest in η, if they have the same.
func signOf(s *sum) (sign int, known bool) {
	terms := lowest(s)
	for i, t := range terms {
		sg, ok := signOfTerm(t)
		if !ok || i > 0 && sg != sign {
			return 0, false
		}
		sign = sg
	}
	return sign, true
}

// lowest returns the terms with the lowest power of η, which come first.
func lowest(s *sum) []term {
	for i, t := range s.terms {
		if powerOf(t, "η") > powerOf(s.terms[0], "η") {
			return s.terms[:i]
		}
	}
	return s.terms
}

// signOfTerm is signOf for a term: a sum over indices of what has one sign has it too.
func signOfTerm(t term) (sign int, known bool) {
	sign = t.coef.Sign()
	for _, f := range t.factors {
		sg := 1
		switch n := f.node.(type) {
		case *scalar, *eigenvalue, *exponential:
		case *inverse:
			sg, known = signOf(n.base)
			if !known {
				return 0, false
			}
		case *power:
			if sg, known = signOf(n.base); sg <= 0 || !known {
				return 0, false
			}
		default:
			return 0, false
		}
		if f.power%2 != 0 {
			sign *= sg
		}
	}
	return sign, true
}

// fateOfPower says what becomes of base^T: it decays if the base is between −1 and 1,
// which it is for small η if it is 1 − p and what is lowest in η in p is positive, and has
// an η or an eigenvalue; without an η it is taken for a ηh of known η, below 2.
func (w *work) fateOfPower(base *sum) (fate, error) {
	out, err := w.writtenOut(base)
	if err != nil {
		return 0, err
	}
	p, err := w.less(out)
	if err != nil {
		return 0, err
	}
	if q, ok := p.constant(); ok {
		switch {
		case q.Sign() == 0:
			return stays, nil
		case q.Sign() < 0 || q.Cmp(two) >= 0:
			return 0, fmt.Errorf("%w: the powers of %s do not decay", ErrDiverges, display(base))
		}
		return decays, nil
	}
	sign, known := signOf(p)
	switch {
	case known && sign < 0:
		return 0, fmt.Errorf("%w: the powers of %s grow", ErrDiverges, display(base))
	case !known || !small(lowest(p)):
		return 0, fmt.Errorf("%w: the powers of %s", ErrUndecided, display(base))
	}
	return decays, nil
}

var two = big.NewRat(2, 1)

// small reports whether what is lowest in η, and positive, may be taken to be below 2.
func small(terms []term) bool {
	for _, t := range terms {
		switch n := powerOf(t, "η"); {
		case n > 0:
			continue
		case n < 0:
			return false
		case len(t.factors) == 0:
			if t.coef.Cmp(two) >= 0 {
				return false
			}
		case !hasEigenvalue(t):
			return false
		}
	}
	return true
}

func hasEigenvalue(t term) bool {
	for _, f := range t.factors {
		if _, ok := f.node.(*eigenvalue); ok && f.power > 0 {
			return true
		}
	}
	return false
}

// fateOfExp says what becomes of exp(rate·T).
func fateOfExp(rate *sum) (fate, error) {
	if len(rate.terms) == 0 {
		return stays, nil
	}
	switch sign, known := signOf(rate); {
	case !known:
		return 0, fmt.Errorf("%w: exp at the rate %s", ErrUndecided, display(rate))
	case sign > 0:
		return 0, fmt.Errorf("%w: exp at the rate %s grows", ErrDiverges, display(rate))
	}
	return decays, nil
}
