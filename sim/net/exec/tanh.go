package exec

import "math"

// tanhs returns tanh of every element.
func tanhs[T Float]() func(out, in []T) {
	var zero T
	if _, ok := any(zero).(float32); ok {
		return any(tanh32).(func(out, in []T))
	}
	return any(tanh64).(func(out, in []T))
}

func tanh64(out, in []float64) {
	for i, x := range in {
		out[i] = math.Tanh(x)
	}
}

// tanh32 is Lambert's continued fraction
//
//	tanh x = x/(1 + x²/(3 + x²/(5 + ⋯ + x²/17)))
//
// written as a quotient of polynomials, for |x| ≤ 4, where what is cut off changes it by
// less than 5·10⁻⁸.
func tanh32(out, in []float32) {
	const (
		c  = 34459425 // 17!!
		p1 = 4729725. / c
		p2 = 135135. / c
		p3 = 990. / c
		p4 = 1. / c
		q1 = 16216200. / c
		q2 = 945945. / c
		q3 = 13860. / c
		q4 = 45. / c
	)
	for i, x := range in {
		if !(x*x <= 16) {
			out[i] = float32(math.Tanh(float64(x)))
			continue
		}
		s := x * x
		out[i] = x * (1 + s*(p1+s*(p2+s*(p3+s*p4)))) / (1 + s*(q1+s*(q2+s*(q3+s*q4))))
	}
}
