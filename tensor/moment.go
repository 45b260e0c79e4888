package tensor

// Moments of some orders k_1, …, k_m are symmetric within the indices of each factor,
// and under swapping whole factors of one order. A moment form knows the classes of
// indices that are equal up to these; one element of each is computed.
type momentForm struct {
	dim    int
	orders []int
	before []int // the last earlier factor of the same order, or −1
}

func newMomentForm(dim int, orders []int) (momentForm, error) {
	if err := checkOrders(dim, orders); err != nil {
		return momentForm{}, err
	}
	m := momentForm{dim: dim, orders: orders}
	for g, k := range orders {
		before := -1
		for h, other := range orders[:g] {
			if other == k {
				before = h
			}
		}
		m.before = append(m.before, before)
	}
	return m, nil
}

// eachProduct calls yield with unit · Π_g vectors[g][c_g] for each class, numbered in
// lexicographic order. vectors[g] has the elements of ∇^{k_g} l_x at increasing
// indices, in lexicographic order. An error of mul, yield or the watch ends it.
func eachProduct[T any](w *watch, m momentForm, unit T, vectors [][]T, mul func(a, b T) (T, error), yield func(n int, product T) error) error {
	choice := make([]int, len(vectors))
	n := 0
	var visit func(g int, product T) error
	visit = func(g int, product T) error {
		if g == len(vectors) {
			n++
			return yield(n-1, product)
		}
		from := 0
		if before := m.before[g]; before >= 0 {
			from = choice[before]
		}
		for c := from; c < len(vectors[g]); c++ {
			choice[g] = c
			if err := w.spend(1); err != nil {
				return err
			}
			next, err := mul(product, vectors[g][c])
			if err != nil {
				return err
			}
			if err := visit(g+1, next); err != nil {
				return err
			}
		}
		return nil
	}
	return visit(0, unit)
}

// spread returns the tensor of the form m with the given element for each class.
func spread[T any](w *watch, m momentForm, elements []T) (*Dense[T], error) {
	n := 0
	return fill(w, m.dim, m.orders, true, func([]int) T {
		n++
		return elements[n-1]
	})
}
