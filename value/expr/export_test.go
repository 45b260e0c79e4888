package expr

// ParseWithin is Parse with a bound on the work.
func ParseWithin(text string, bound int) (Expr, error) { return parse(text, &work{left: bound}) }

// EvalWithin is Eval with a bound on the steps.
func (e Expr) EvalWithin(env Env[float64], bound int) (float64, error) {
	return evaluate(e, env, doubles{}, bound)
}
