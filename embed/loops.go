package embed

// Most of the time goes into these loops. Those with products stand twice, since modulo 2^64 a
// product is one multiplication and not three.

// product sets to[i] to a[i]·b[i].
func (m modulus) product(to, a, b []uint64) {
	a, b = a[:len(to)], b[:len(to)]
	if m.p == 0 {
		for i := range to {
			to[i] = a[i] * b[i]
		}
		return
	}
	for i := range to {
		to[i] = m.mulPrime(a[i], b[i])
	}
}

// productAt sets to[i] to a[i]·x[at[i]].
func (m modulus) productAt(to, a, x []uint64, at []int32) {
	a, at = a[:len(to)], at[:len(to)]
	if m.p == 0 {
		for i := range to {
			to[i] = a[i] * x[at[i]]
		}
		return
	}
	for i := range to {
		to[i] = m.mulPrime(a[i], x[at[i]])
	}
}

// addProductAt adds a[i]·x[at[i]] to to[i].
func (m modulus) addProductAt(to, a, x []uint64, at []int32) {
	a, at = a[:len(to)], at[:len(to)]
	if m.p == 0 {
		for i := range to {
			to[i] += a[i] * x[at[i]]
		}
		return
	}
	for i := range to {
		to[i] = m.add(to[i], m.mulPrime(a[i], x[at[i]]))
	}
}

// productFrom sets to[i] to a[left[i]]·b[right[i]].
func (m modulus) productFrom(to, a, b []uint64, left, right []int32) {
	left, right = left[:len(to)], right[:len(to)]
	if m.p == 0 {
		for i := range to {
			to[i] = a[left[i]] * b[right[i]]
		}
		return
	}
	for i := range to {
		to[i] = m.mulPrime(a[left[i]], b[right[i]])
	}
}

// addProductFrom adds a[left[i]]·b[right[i]] to to[i].
func (m modulus) addProductFrom(to, a, b []uint64, left, right []int32) {
	left, right = left[:len(to)], right[:len(to)]
	if m.p == 0 {
		for i := range to {
			to[i] += a[left[i]] * b[right[i]]
		}
		return
	}
	for i := range to {
		to[i] = m.add(to[i], m.mulPrime(a[left[i]], b[right[i]]))
	}
}

// subStepsAt subtracts from to[i] the step of c to c[i], times x after the column at[i]. It
// steps from 0 to c[0].
func (m modulus) subStepsAt(to, c, x []uint64, at []int32) {
	c, at = c[:len(to)], at[:len(to)]
	var before uint64
	if m.p == 0 {
		for i, y := range c {
			to[i] -= (y - before) * x[at[i]+1]
			before = y
		}
		return
	}
	for i, y := range c {
		to[i] = m.add(to[i], m.mulPrime(m.sub(before, y), x[at[i]+1]))
		before = y
	}
}

// addStepsAt adds the step of c to c[i] to sum, after the column at[i].
func (m modulus) addStepsAt(sum, c []uint64, at []int32) {
	at = at[:len(c)]
	var before uint64
	for i, y := range c {
		sum[at[i]+1] = m.add(sum[at[i]+1], m.sub(y, before))
		before = y
	}
}

// addAt adds x[i] to sum[at[i]].
func (m modulus) addAt(sum, x []uint64, at []int32) {
	x = x[:len(at)]
	for i, t := range at {
		sum[t] = m.add(sum[t], x[i])
	}
}

// sums turns x[i] into x[0] + … + x[i].
func (m modulus) sums(x []uint64) {
	var sum uint64
	if m.p == 0 {
		for i, y := range x {
			sum += y
			x[i] = sum
		}
		return
	}
	for i, y := range x {
		sum = m.add(sum, y)
		x[i] = sum
	}
}
