package measure

import (
	"sync"

	"github.com/perturb-go/perturb/sim"
)

// means are the vectors made of the landscape's own means. They are the same in all
// blocks, so all workers share them.
type means struct {
	mu        sync.Mutex
	landscape sim.Averaged
	theta     []float64
	known     vectors
	key       []byte
	start     *float64 // the mean loss, once it is known
}

func newMeans(s Spec) *means {
	return &means{
		landscape: s.Landscape.Clone().(sim.Averaged), theta: s.Theta,
		known: vectors{index: map[string]int{}},
	}
}

func (m *means) loss() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.start == nil {
		loss := m.landscape.MeanLoss(m.theta)
		m.start = &loss
	}
	return *m.start
}

// vector returns the mean gradient, differentiated along vectors that have the given
// numbers, and a number that it alone has among means.
func (m *means) vector(ids []int, along [][]float64) ([]float64, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.key = appendKey(m.key[:0], ids...)
	id, ok := m.known.index[string(m.key)]
	if !ok {
		id = m.known.used
		m.landscape.MeanGradient(m.known.next(len(m.theta)), m.theta, along...)
		m.known.index[string(m.key)] = id
	}
	return m.known.list[id], id
}
