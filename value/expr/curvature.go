package expr

// SetEigenvalue puts an expression in the place of the eigenvalue of a free index: 0 makes
// its direction flat. Eigenvalues of summation indices stay, so name the direction
// before it is summed over.
func SetEigenvalue(index string, value Expr) Rule {
	return Rule{err: checkIndex(index), leaf: func(_ *work, n node) (*sum, error) {
		if h, ok := n.(*eigenvalue); ok && h.index == index {
			return value.sum(), nil
		}
		return nil, nil
	}}
}

// Isotropic gives the Hessian one eigenvalue: h_μ becomes the value, and H_μν the value
// times δ_μν (P Remark 1).
func Isotropic(value Expr) Rule {
	return Rule{leaf: func(w *work, n node) (*sum, error) {
		switch n := n.(type) {
		case *eigenvalue:
			return value.sum(), nil
		case *tensor:
			if n.isMean(2) {
				d, err := w.newDelta(n.nodes[0][0], n.nodes[0][1])
				if err != nil {
					return nil, err
				}
				return w.mul(value.sum(), d)
			}
		}
		return nil, nil
	}}
}
