package mobius

import (
	"fmt"
	"math/big"
	"slices"
)

// MaxProducts is the largest number of products of a moment and a cumulant that one call
// may take. It is compared with Π (sᵢ + 1)(sᵢ + 2)/2 for a table of shape s, which no call
// exceeds: with n variables that each occur once this is 3ⁿ, which allows n = 17.
const MaxProducts = 1 << 28

// Cumulants returns the joint cumulants κ of the variables whose joint moments m are
// given, as a table of the same shape. For a multiset S of variables,
//
//	κ(S) = Σ (−1)^(|π|−1) (|π|−1)! Π m(A)
//
// where the sum is over the partitions π of S, and the product over the parts A of π; the
// copies of a repeated variable are told apart. It is computed from smaller cumulants by
//
//	κ(S) = m(S) − Σ κ(A) m(S∖A)
//
// where the sum is over the A strictly inside S that contain a chosen element of S. It
// takes at most MaxProducts products of a cumulant and a moment.
//
// The moment of the empty multiset is ignored, and taken to be one; its cumulant is zero.
// The error wraps ErrTooLarge if there would be more than MaxProducts products.
//
// Source: T. P. Speed, Cumulants and partition lattices (1983), for the sum over
// partitions. The recursion compares the coefficients in ∂M = M ∂K, where the generating
// functions M of the moments and K of the cumulants obey M = exp K.
func Cumulants[T any](r Ring[T], moments Table[T]) (Table[T], error) {
	moments.values = slices.Clone(moments.values)
	cumulants, err := toCumulants(r, moments, 1)
	if err != nil {
		return Table[T]{}, fmt.Errorf("mobius: cumulants: %w", err)
	}
	return cumulants, nil
}

// Moments is the inverse of Cumulants: it returns the joint moments m of the variables
// whose joint cumulants κ are given, as a table of the same shape. For a multiset S of
// variables,
//
//	m(S) = Σ Π κ(A) = Σ κ(A) m(S∖A)
//
// where the first sum is over the partitions of S, the product over their parts A, and the
// second sum over the A inside S that contain a chosen element of S; the copies of a
// repeated variable are told apart.
//
// The cumulant of the empty multiset is ignored; its moment is one. The error wraps
// ErrTooLarge if there would be more than MaxProducts products.
func Moments[T any](r Ring[T], cumulants Table[T]) (Table[T], error) {
	moments, err := toMoments(r, cumulants)
	if err != nil {
		return Table[T]{}, fmt.Errorf("mobius: moments: %w", err)
	}
	return moments, nil
}

// Cumulant returns the joint cumulant of a list of variables, which may repeat, from their
// joint moments; see Cumulants. Any integers may name the variables. The cumulant of no
// variables is zero.
//
// It calls moment once for each distinct non-empty sub-multiset of the variables, as a
// fresh list in increasing order. The moment of the empty one is one.
//
// The error wraps ErrTooLarge, and moment is not called, if the table of all
// sub-multisets would be too large for NewTable or Cumulants.
func Cumulant[T any](r Ring[T], variables []int, moment func(variables []int) T) (T, error) {
	if len(variables) == 0 {
		return r.Int(new(big.Int)), nil
	}
	moments, err := tabulate(variables, moment)
	if err == nil {
		// With the first variable as the chosen element only the cumulants of multisets
		// that contain it are needed, and these come last.
		var cumulants Table[T]
		if cumulants, err = toCumulants(r, moments, moments.stride[0]); err == nil {
			return cumulants.values[len(cumulants.values)-1], nil
		}
	}
	var none T
	return none, fmt.Errorf("mobius: cumulant of %d variables: %w", len(variables), err)
}

// Moment returns the joint moment of a list of variables, which may repeat, from their
// joint cumulants; see Moments. Any integers may name the variables. The moment of no
// variables is one.
//
// It calls cumulant once for each distinct non-empty sub-multiset of the variables, as a
// fresh list in increasing order.
//
// The error wraps ErrTooLarge, and cumulant is not called, if the table of all
// sub-multisets would be too large for NewTable or Moments.
func Moment[T any](r Ring[T], variables []int, cumulant func(variables []int) T) (T, error) {
	cumulants, err := tabulate(variables, cumulant)
	if err == nil {
		var moments Table[T]
		if moments, err = toMoments(r, cumulants); err == nil {
			return moments.values[len(moments.values)-1], nil
		}
	}
	var none T
	return none, fmt.Errorf("mobius: moment of %d variables: %w", len(variables), err)
}

// tabulate returns the table of the values of all sub-multisets of a list of variables,
// the distinct variables in increasing order. The entry of the empty one is not set.
func tabulate[T any](variables []int, value func(variables []int) T) (Table[T], error) {
	var distinct, shape []int
	for _, v := range slices.Sorted(slices.Values(variables)) {
		if len(distinct) == 0 || distinct[len(distinct)-1] != v {
			distinct, shape = append(distinct, v), append(shape, 0)
		}
		shape[len(shape)-1]++
	}
	if err := checkProducts(shape); err != nil {
		return Table[T]{}, err
	}
	t, err := makeTable[T](shape)
	if err != nil {
		return Table[T]{}, err
	}
	index := make([]int, len(shape))
	for at := 1; at < len(t.values); at++ {
		t.unravel(at, index)
		var list []int
		for i, v := range distinct {
			list = append(list, slices.Repeat([]int{v}, index[i])...)
		}
		t.values[at] = value(list)
	}
	return t, nil
}

// checkProducts reports whether MaxProducts allows tables of the given shape.
func checkProducts(shape []int) error {
	products := int64(1)
	for i, s := range shape {
		if err := checkMultiplicity(i, s); err != nil {
			return err
		}
		products *= int64(s+1) * int64(s+2) / 2
		if products > MaxProducts {
			return fmt.Errorf("more than %d products: %w", MaxProducts, ErrTooLarge)
		}
	}
	return nil
}

// toCumulants returns the table of cumulants, of which it sets those at from, from + 1, ….
// It sets the moment of the empty multiset to one. The recursion must not need the
// cumulants that are not set.
func toCumulants[T any](r Ring[T], moments Table[T], from int) (Table[T], error) {
	if len(moments.values) == 0 {
		return Table[T]{}, nil
	}
	cumulants, err := makeTable[T](moments.shape)
	if err != nil {
		return Table[T]{}, err
	}
	c, err := newConvolution(r, cumulants, moments)
	if err != nil {
		return Table[T]{}, err
	}
	zero, minus := r.Int(new(big.Int)), r.Int(big.NewInt(-1))
	moments.values[0] = r.Int(big.NewInt(1))
	cumulants.values[0] = zero
	for at := from; at < len(moments.values); at++ {
		cumulants.values[at] = zero // so that the term A = S adds nothing
		cumulants.values[at] = r.Add(moments.values[at], r.Mul(minus, c.at(at)))
	}
	return cumulants, nil
}

// toMoments returns the table of moments.
func toMoments[T any](r Ring[T], cumulants Table[T]) (Table[T], error) {
	if len(cumulants.values) == 0 {
		return Table[T]{}, nil
	}
	moments, err := makeTable[T](cumulants.shape)
	if err != nil {
		return Table[T]{}, err
	}
	c, err := newConvolution(r, cumulants, moments)
	if err != nil {
		return Table[T]{}, err
	}
	moments.values[0] = r.Int(big.NewInt(1))
	for at := 1; at < len(moments.values); at++ {
		moments.values[at] = c.at(at)
	}
	return moments, nil
}

// A convolution computes Σ κ(A) m(S∖A) over the A inside S that contain a chosen element,
// the first. If, apart from that element, there are sᵢ copies of variable i in S and aᵢ in
// A, this stands for Π C(sᵢ, aᵢ) terms that are alike.
type convolution[T any] struct {
	r         Ring[T]
	cumulants []T // κ, by place in the table
	moments   []T // m
	shape     []int
	stride    []int
	binomials [][]T // binomials[n][k] is C(n, k)

	// Apart from the chosen element, S consists of the variables that occur more than
	// once, and those that occur once. These form subsets, whose places are listed.
	multiples []copies
	subsets   []int
}

// copies says that there are n copies of the variable with the given stride.
type copies struct{ n, stride int }

func newConvolution[T any](r Ring[T], cumulants, moments Table[T]) (*convolution[T], error) {
	if err := checkProducts(moments.shape); err != nil {
		return nil, err
	}
	c := &convolution[T]{
		r:         r,
		cumulants: cumulants.values,
		moments:   moments.values,
		shape:     moments.shape,
		stride:    moments.stride,
	}
	highest := 0
	for _, s := range c.shape {
		highest = max(highest, s)
	}
	row := make([]*big.Int, highest+1)
	for n := range row {
		// Row n of Pascal's triangle, from the right, overwrites row n−1.
		row[n] = big.NewInt(1)
		for k := n - 1; k > 0; k-- {
			row[k].Add(row[k], row[k-1])
		}
		binomials := make([]T, n+1)
		for k := range binomials {
			binomials[k] = r.Int(row[k])
		}
		c.binomials = append(c.binomials, binomials)
	}
	return c, nil
}

// at returns the sum for the S whose place in the tables is s > 0.
func (c *convolution[T]) at(s int) T {
	c.multiples, c.subsets = c.multiples[:0], append(c.subsets[:0], 0)
	chosen := 0
	for i, stride := range c.stride {
		n := s / stride % (c.shape[i] + 1)
		if n > 0 && chosen == 0 {
			chosen = stride
			n--
		}
		switch {
		case n > 1:
			c.multiples = append(c.multiples, copies{n, stride})
		case n == 1:
			for _, place := range c.subsets {
				c.subsets = append(c.subsets, place+stride)
			}
		}
	}
	return c.sum(c.multiples, chosen, s-chosen)
}

// sum returns the part of the sum in which the chosen element and the multiples before the
// given ones contribute a to the place of A. If A had no other elements, the place of S∖A
// would be rest.
func (c *convolution[T]) sum(multiples []copies, a, rest int) T {
	if len(multiples) == 0 {
		sum := c.r.Mul(c.cumulants[a], c.moments[rest])
		for _, place := range c.subsets[1:] {
			sum = c.r.Add(sum, c.r.Mul(c.cumulants[a+place], c.moments[rest-place]))
		}
		return sum
	}
	v, others := multiples[0], multiples[1:]
	sum := c.sum(others, a, rest)
	for k := 1; k <= v.n; k++ {
		term := c.sum(others, a+k*v.stride, rest-k*v.stride)
		if k < v.n {
			term = c.r.Mul(c.binomials[v.n][k], term)
		}
		sum = c.r.Add(sum, term)
	}
	return sum
}
