package measure_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/perturb-go/perturb/sim"
)

// Test loss and gap of an epoch of SGD agree with the theory of orders 2 and 3 wherever
// orders 3 and 4 say that these are off by less than an error; at the last learning rate,
// where they say four errors or more, theory and SGD part. An agreement is refused,
// of a theory that is off by no more than an error, with a chance of 1 in 4300.
func (s subject) testOrders(t *testing.T) {
	sgd := fmt.Sprintf("sgd N=%d", s.points)
	agreements := map[string]int{}
	for i, eta := range s.ladder {
		last := i == len(s.ladder)-1
		r := s.simulate(t, eta, s.trials/2, sgd)
		for _, o := range observables {
			x, p := measured(t, r, sim.Snapshot{}, o.measured), s.predict(seriesOf(t, parse(t, sgd), o.predicted), eta)
			z := zs(x, p)
			t.Logf("η = %v: %v %.5g ± %.1g; z through orders 1, …, 4: %.1f", eta, o.measured, x.Mean, x.StdErr, z[1:])
			for d := 2; d < order; d++ {
				name := fmt.Sprintf("%v through order %d", o.measured, d)
				off := 0.0
				for _, further := range p[d+1:] {
					off = max(off, math.Abs(further.Mean-p[d].Mean)/math.Hypot(x.StdErr, p[d].StdErr))
				}
				switch {
				case off < 1:
					agreements[name]++
					if math.Abs(z[d]) > 4.5 {
						t.Errorf("η = %v: %s has z = %v", eta, name, z[d])
					}
				case last && name != s.late && (off < 4 || math.Abs(z[d]) < 4):
					t.Errorf("η = %v: %s has z = %v, and further orders say %v", eta, name, z[d], off)
				}
				if last && agreements[name] == 0 {
					t.Errorf("%s is nowhere to agree", name)
				}
			}
		}
	}
}
