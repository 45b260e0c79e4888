package embed

// A function of time, as a list: x[i] belongs to the column at[i], and at increases.
// It is read in one of two ways. As a mass it has the value x[i] at time at[i] and 0
// elsewhere. As a step function it has the value x[i] strictly after at[i], up to and
// including at[i+1], and 0 up to at[0].
type function[T any] struct {
	at []int32
	x  []T
}

func makeFunction[T any](capacity int) function[T] {
	return function[T]{make([]int32, 0, capacity), make([]T, 0, capacity)}
}

func (f *function[T]) add(at int32, x T) {
	f.at = append(f.at, at)
	f.x = append(f.x, x)
}

// cumulate returns the step function Σ_{s<t} f(s) of a mass f.
func cumulate[T any, R numbers[T]](r R, f function[T]) function[T] {
	sums := function[T]{at: f.at, x: make([]T, len(f.x))}
	for i, x := range f.x {
		if i > 0 {
			x = r.add(sums.x[i-1], x)
		}
		sums.x[i] = x
	}
	return sums
}

// multiply returns the product of two step functions.
func multiply[T any, R numbers[T]](r R, f, g function[T]) function[T] {
	product := makeFunction[T](len(f.at) + len(g.at))
	i, j := -1, -1 // the steps that hold just after the time reached
	for i+1 < len(f.at) || j+1 < len(g.at) {
		var at int32
		switch {
		case j+1 == len(g.at) || i+1 < len(f.at) && f.at[i+1] < g.at[j+1]:
			i++
			at = f.at[i]
		case i+1 == len(f.at) || g.at[j+1] < f.at[i+1]:
			j++
			at = g.at[j]
		default:
			i, j = i+1, j+1
			at = f.at[i]
		}
		if i >= 0 && j >= 0 {
			product.add(at, r.mul(f.x[i], g.x[j]))
		}
	}
	return product
}

// weigh returns the mass w(t) f(t), for a mass w and a step function f.
func weigh[T any, R numbers[T]](r R, w, f function[T]) function[T] {
	mass := makeFunction[T](len(w.at))
	j := -1
	for i, at := range w.at {
		for j+1 < len(f.at) && f.at[j+1] < at {
			j++
		}
		if j < 0 {
			continue
		}
		if x := r.mul(w.x[i], f.x[j]); !r.isZero(x) {
			mass.add(at, x)
		}
	}
	return mass
}

// last returns the value of a step function at the end of time, and whether it has any step.
func (f function[T]) last() (x T, ok bool) {
	if len(f.x) == 0 {
		return x, false
	}
	return f.x[len(f.x)-1], true
}

// A sum of functions, collected by time.
type sum[T any] struct {
	x    []T
	held []bool
}

func newSum[T any](columns int) *sum[T] {
	return &sum[T]{make([]T, columns), make([]bool, columns)}
}

// addMass adds a mass.
func addMass[T any, R numbers[T]](r R, s *sum[T], f function[T]) {
	for i, at := range f.at {
		x := f.x[i]
		if s.held[at] {
			x = r.add(s.x[at], x)
		}
		s.x[at], s.held[at] = x, true
	}
}

// mass returns the sum.
func (s *sum[T]) mass() function[T] {
	f := makeFunction[T](len(s.x))
	for at, held := range s.held {
		if held {
			f.add(int32(at), s.x[at])
		}
	}
	return f
}

// jumps returns the mass whose cumulated sum is the step function f.
func jumps[T any, R numbers[T]](r R, minus T, f function[T]) function[T] {
	mass := function[T]{at: f.at, x: make([]T, len(f.x))}
	for i, x := range f.x {
		if i > 0 {
			x = r.add(x, r.mul(minus, f.x[i-1]))
		}
		mass.x[i] = x
	}
	return mass
}
