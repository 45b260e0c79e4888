package embed

import "errors"

var (
	// ErrSyntax reports text or JSON that describes no grid.
	ErrSyntax = errors.New("expected a grid such as 'sgd N=10 E=2 B=5 rate=1/2' or 'gd N=10 T=20'")
	// ErrPolynomial reports text that is no counting polynomial.
	ErrPolynomial = errors.New("expected a polynomial in E, K and B such as 1/2*E^2*K - E/B")
	// ErrRationalFunction reports text that is no rational function as ReshuffledWeight gives.
	ErrRationalFunction = errors.New("expected a function of E, N and B such as (E^2*N - E*B)/B^2/(N - 1)")
	// ErrForm reports a name that is no form.
	ErrForm = errors.New("expected a form, cumulant or moment")
)
