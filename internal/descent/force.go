package descent

import "math/big"

// A differ has the first derivatives of the losses, by datum and component, and the second.
type differ struct {
	first  [][]poly
	second [][][]poly
}

func newDiffer(losses []poly, dim int) differ {
	var d differ
	for _, loss := range losses {
		gradient := gradientOf(loss, dim)
		var hessian [][]poly
		for _, g := range gradient {
			hessian = append(hessian, gradientOf(g, dim))
		}
		d.first, d.second = append(d.first, gradient), append(d.second, hessian)
	}
	return d
}

// force returns ∂_ν tr Ĉ by ν, for the mean over the pairs of different rows of
// tr Ĉ = ½ Σ (∂_α l_n − ∂_α l_m) η^{αβ} (∂_β l_n − ∂_β l_m), where η^{αβ} is symmetric.
func (r *runner) force(at *point, data []int) []Series {
	dim := len(r.metric)
	sum := make([]Series, dim)
	for nu := range sum {
		sum[nu] = zero(at.n)
	}
	share := big.NewRat(1, int64(len(data)*(len(data)-1)))
	between := func(p, q poly) Series { return at.value(p).minus(at.value(q)) }
	for n, x := range data {
		for m, y := range data {
			if n == m || x == y {
				continue
			}
			for alpha := range dim {
				apart := zero(at.n)
				for beta := range dim {
					apart.addScaled(r.metric[alpha][beta], between(r.derivatives.first[x][beta], r.derivatives.first[y][beta]))
				}
				for nu := range sum {
					bend := between(r.derivatives.second[x][nu][alpha], r.derivatives.second[y][nu][alpha])
					sum[nu].addScaled(share, bend.times(apart, at.n))
				}
			}
		}
	}
	return sum
}
