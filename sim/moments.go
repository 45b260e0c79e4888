package sim

// moments are the count, the mean and the co-moments of rows of numbers,
// Σ (x_i − mean_i)(x_j − mean_j), and how many rows were left out.
type moments struct {
	count, diverged int64
	mean            []float64
	co              []float64 // for j ≤ i, by i, then j
	delta           []float64 // scratch
}

func newMoments(columns int) *moments {
	return &moments{
		mean:  make([]float64, columns),
		co:    make([]float64, columns*(columns+1)/2),
		delta: make([]float64, columns),
	}
}

// add adds a row, by Welford's recursion.
func (m *moments) add(x []float64) {
	m.count++
	n := float64(m.count)
	for i, v := range x {
		m.delta[i] = v - m.mean[i]
		m.mean[i] += m.delta[i] / n
	}
	k := 0
	for i, v := range x {
		rest := v - m.mean[i]
		row := m.co[k : k+i+1]
		for j, d := range m.delta[:i+1] {
			row[j] += rest * d
		}
		k += i + 1
	}
}

// merge adds the rows of b, by the formula of Chan, Golub and LeVeque.
func (m *moments) merge(b *moments) {
	m.diverged += b.diverged
	if b.count == 0 {
		return
	}
	na, nb := float64(m.count), float64(b.count)
	m.count += b.count
	share := nb / (na + nb)
	for i, v := range b.mean {
		m.delta[i] = v - m.mean[i]
		m.mean[i] += m.delta[i] * share
	}
	weight := na * share
	k := 0
	for i := range m.mean {
		for j := range i + 1 {
			m.co[k] += b.co[k] + m.delta[i]*m.delta[j]*weight
			k++
		}
	}
}

// at returns the co-moment of columns i and j.
func (m *moments) at(i, j int) float64 {
	if j > i {
		i, j = j, i
	}
	return m.co[i*(i+1)/2+j]
}
