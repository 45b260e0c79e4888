package embed

import (
	"math/bits"

	"github.com/perturb-go/perturb/diagram"
)

// OpenAtOnce returns the largest number of parts of several nodes that meet at a node of an
// untied diagram: that have nodes in its subtree.
func OpenAtOnce(d diagram.Diagram) int {
	f := newForest(d)
	most := 0
	for v := range f.open {
		parts := f.open[v] | f.closes[v]
		for _, kid := range f.kids[v] {
			parts |= f.open[kid]
		}
		most = max(most, bits.OnesCount64(parts))
	}
	return most
}
