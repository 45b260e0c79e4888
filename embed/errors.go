package embed

import "errors"

var (
	// ErrSyntax reports text or JSON that describes no grid.
	ErrSyntax = errors.New("expected a grid such as 'sgd N=10 E=2 B=5 rate=1/2' or 'gd N=10 T=20'")
	// ErrForm reports a name that is no form.
	ErrForm = errors.New("expected a form, cumulant or moment")
)
