package sim

// A training is a training set seen from a point θ: its gradients and their covariance.
type training struct {
	l         Landscape
	n         int
	points    []float64
	theta     []float64
	mean      []float64 // ∇l̂, the mean of the gradients
	deviation []float64 // ∇l_n − ∇l̂, one after the other
	along     [][]float64
	product   []float64
}

func newTraining(l Landscape, n int64) *training {
	dim := l.Dim()
	return &training{
		l: l, n: int(n),
		mean: make([]float64, dim), deviation: make([]float64, int(n)*dim),
		along: make([][]float64, 1, 2), product: make([]float64, dim),
	}
}

func (s *training) begin(d draws) { s.points = d.points[:s.n*s.l.Size()] }

// point returns the n-th training point.
func (s *training) point(n int) []float64 {
	size := s.l.Size()
	return s.points[n*size : (n+1)*size]
}

// deviated returns ∇l_n − ∇l̂.
func (s *training) deviated(n int) []float64 {
	dim := len(s.mean)
	return s.deviation[n*dim : (n+1)*dim]
}

// at moves to θ.
func (s *training) at(theta []float64) {
	s.theta = theta
	clear(s.mean)
	for n := range s.n {
		d := s.deviated(n)
		s.l.Gradient(d, theta, s.point(n))
		for mu, g := range d {
			s.mean[mu] += g / float64(s.n)
		}
	}
	for n := range s.n {
		d := s.deviated(n)
		for mu := range d {
			d[mu] -= s.mean[mu]
		}
	}
}

// trace returns tr Ĉ = Σ_n |∇l_n − ∇l̂|²/(N−1), the mean of ½|∇l_x − ∇l_y|² over pairs.
func (s *training) trace() float64 {
	return dot(s.deviation, s.deviation) / float64(s.n-1)
}

// traceGradient sets grad to ∇ tr Ĉ = 2 Σ_n ∇∇l_n (∇l_n − ∇l̂)/(N−1).
func (s *training) traceGradient(grad []float64) {
	clear(grad)
	for n := range s.n {
		s.along[0] = s.deviated(n)
		s.l.Gradient(s.product, s.theta, s.point(n), s.along...)
		for mu, g := range s.product {
			grad[mu] += 2 * g / float64(s.n-1)
		}
	}
}
