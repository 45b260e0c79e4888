package errata

import (
	"testing"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// With propagators of 1 the sum over different times of the parts is the number of maps in
// moment form.
func TestInjectiveMaps(t *testing.T) {
	c := embed.NewCounter(embed.Must(embed.OneEpoch(steps)))
	for edges := range mostEdges + 1 {
		for d := range diagram.All(edges) {
			count, err := c.Count(ctx, d, embed.Moment)
			if err != nil {
				t.Fatal(err)
			}
			got := propagated(d, frac(1, 1), 0, make([]int, len(d.Parts())))
			if got.Cmp(count.Weight) != 0 {
				t.Errorf("%v: %v maps, want %v", d, got, count.Weight)
			}
		}
	}
}

// P's definition and ours differ in both directions.
func TestIrreducible(t *testing.T) {
	for text, want := range map[string][2]bool{ // as printed, as holds
		"(0-1)(01)":          {true, true},
		"(01-2)(02-12)":      {true, true},
		"(0-1-2)(01-12)":     {true, false}, // a chain, which is what propagators are for
		"(01-2-3)(02-13-23)": {true, false},
		"(0-12-3)(01-13-23)": {false, true},
	} {
		d := diagram.MustParse(text)
		if got := [2]bool{irreducibleAsPrinted(d), d.Irreducible()}; got != want {
			t.Errorf("%s: irreducible as printed and in truth: %v, want %v", text, got, want)
		}
	}
}
