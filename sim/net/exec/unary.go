package exec

import (
	"fmt"
	"math"

	"github.com/perturb-go/perturb/sim/net/expr"
)

// unary returns what makes the step of an operation on one operand.
func unary[T Float](k expr.Kind, from, to expr.Shape) func(out int, reads []int) step[T] {
	f := function[T](k, from, to)
	return func(out int, reads []int) step[T] {
		in := reads[0]
		return func(slots [][]T) { f(slots[out], slots[in]) }
	}
}

func function[T Float](k expr.Kind, from, to expr.Shape) func(out, in []T) {
	switch k := k.(type) {
	case expr.Tanh:
		return tanhs[T]()
	case expr.OneMinusSquare:
		return oneMinusSquare[T]
	case expr.Exp:
		return func(out, in []T) {
			for i, x := range in {
				out[i] = T(math.Exp(float64(x)))
			}
		}
	case expr.LogSoftmax:
		return func(out, in []T) { logSoftmax(out, in, to.Cols) }
	case expr.RowSum:
		return func(out, in []T) { rowSum(out, in, to.Cols) }
	case expr.Repeat:
		return func(out, in []T) {
			for at := 0; at < len(out); at += len(in) {
				copy(out[at:], in)
			}
		}
	case expr.SumRows:
		return func(out, in []T) {
			clear(out)
			for at := 0; at < len(in); at += len(out) {
				addScaled(out, 1, in[at:at+len(out)])
			}
		}
	case expr.Patch:
		return newWindow[T](k, from.Rows).gather
	case expr.Fold:
		return newWindow[T](expr.Patch(k), to.Rows).scatter
	}
	panic(fmt.Sprintf("exec: no step for %v", k))
}

func oneMinusSquare[T Float](out, in []T) {
	in = in[:len(out)]
	for i := range out {
		out[i] = 1 - in[i]*in[i]
	}
}

func rowSum[T Float](out, in []T, cols int) {
	for at := 0; at < len(in); at += cols {
		var sum T
		for _, v := range in[at : at+cols] {
			sum += v
		}
		fill(out[at:at+cols], sum)
	}
}

// logSoftmax sums in float64, whatever T is.
func logSoftmax[T Float](out, in []T, cols int) {
	for at := 0; at < len(in); at += cols {
		x, y := in[at:at+cols], out[at:at+cols]
		largest := x[0]
		for _, v := range x {
			largest = max(largest, v)
		}
		sum := 0.0
		for _, v := range x {
			sum += math.Exp(float64(v - largest))
		}
		shift := largest + T(math.Log(sum))
		for j, v := range x {
			y[j] = v - shift
		}
	}
}
